"""Statistics on the coded columns: the mean of a regularised regression and a random forest.

Both are scikit-learn's, with settings chosen before their scores were looked at. scikit-learn
is imported when a forecast is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from negotiation_sim.studies.history.coded_columns import CLASSES, NUMBERS, CodedFacts, table_of

STRENGTH = 0.1  # inverse of the ridge's weight, columns standardised
TREES, LEAF, SEED = 300, 5, 0
LEAST_ROWS = 40  # below this, or with one outcome alone, nothing is fitted


def _pipelines() -> dict[str, Any]:
    from sklearn.compose import make_column_transformer
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    def columns() -> Any:
        classes = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
        numbers = SimpleImputer(strategy="mean", keep_empty_features=True)
        return make_column_transformer((classes, CLASSES), (numbers, NUMBERS))

    forest = RandomForestClassifier(
        TREES, min_samples_leaf=LEAF, max_features="sqrt", random_state=SEED, n_jobs=1
    )
    ridge = LogisticRegression(C=STRENGTH, max_iter=2000)
    return {
        "regression": make_pipeline(columns(), StandardScaler(), ridge),
        "forest": make_pipeline(columns(), forest),
    }


class Fitted:
    """A regression and a forest, fitted to mandates whose outcome is known.

    Parameters
    ----------
    facts : sequence of CodedFacts
    outcome : array
        1 or 0; rows that are not a number are left out. Nothing is fitted to fewer than 40 rows, or
        where all ended alike.
    """

    def __init__(self, facts: Sequence[CodedFacts], outcome: np.ndarray) -> None:
        y = np.asarray(outcome, dtype=float)
        known = np.isfinite(y)
        self._models: dict[str, Any] = {}
        if known.sum() >= LEAST_ROWS and len(np.unique(y[known])) == 2:
            x = table_of([facts[i] for i in np.flatnonzero(known).tolist()])
            for name, pipeline in _pipelines().items():
                self._models[name] = pipeline.fit(x, y[known].astype(int))

    def chances(self, wanted: Sequence[CodedFacts]) -> dict[str, np.ndarray]:
        """Return the chance of adoption of mandates: ``regression``, ``forest`` and their ``mean``.

        Numbers that are missing are taken as the mean, classes as one of their own; empty where
        nothing was fitted.
        """
        if not self._models:
            return {}
        asked = table_of(wanted)
        found = {name: each.predict_proba(asked)[:, 1] for name, each in self._models.items()}
        found["mean"] = (found["regression"] + found["forest"]) / 2.0
        return found


def fitted_chances(
    facts: Sequence[CodedFacts], outcome: np.ndarray, wanted: Sequence[CodedFacts]
) -> dict[str, np.ndarray]:
    """Return the chances of wanted mandates from others whose outcome is known."""
    return Fitted(facts, outcome).chances(wanted)
