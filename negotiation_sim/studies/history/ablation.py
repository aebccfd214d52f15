"""How much each mechanism adds to the back-test: the same cases with it at a neutral value."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from negotiation_sim.catalogue.schema import assumed
from negotiation_sim.studies.history import scores
from negotiation_sim.studies.history.case_design import DEADLINES, SEARCH_HORIZON
from negotiation_sim.studies.history.case_runs import Point, chances, run_cases
from negotiation_sim.studies.history.cases import Case
from negotiation_sim.studies.history.forecast_line import level_of, log_odds_of
from negotiation_sim.studies.history.mapping import mapping_of
from negotiation_sim.studies.history.parameter_file import Calibrated


@dataclass(frozen=True)
class Neutral:
    """One mechanism and the values at which it does nothing."""

    mechanism: str
    environment: dict[str, float] = dataclasses.field(default_factory=dict)
    mapping: dict[str, float] = dataclasses.field(default_factory=dict)
    offsets: bool = True  # whether fields and classes of venue keep theirs


NEUTRAL = (
    Neutral("stances of powers and groups at the table (M1, M6)",
            mapping={"for_gap": 0.5, "neutral_gap": 0.5, "against_gap": 0.5, "stake": 1.0}),
    Neutral("what has declared draws the others (M4)",
            mapping=dict.fromkeys(
                ("eu_draw", "g77_draw", "us_draw", "rus_draw", "chn_draw"), 0.0)),
    Neutral("earlier failures (M1)", mapping={"earlier_draw": 0.0}),
    Neutral("numbers (M1)", mapping={"crowd_draw": 0.0}),
    Neutral("fields and classes of venue (M1)", offsets=False),
    Neutral("margin over the status quo (M2)", mapping={"margin": 0.0}),
    Neutral("stakes (M6)", mapping={"stake": 1.0}),
    Neutral("spread of the others (M1)", mapping={"spread": 0.0}),
    Neutral("verification demand (M1)", mapping={"demand": 0.0}),
    Neutral("breadth slows (M3)", {"breadth": 0.0}),
    Neutral("informality quickens (M3)", {"informality_effect": 0.0}),
    Neutral("deadlines (M3)", {"deadline_effect": 0.0}),
    Neutral("influence along ties (M4)", mapping={"susceptibility": 0.0}),
    Neutral("room for the chair (M5)", mapping={"latitude": 0.0}),
    Neutral("the chair's misreading (M5)", {"chair_error": 0.0}),
    Neutral("cost of isolation (M6)", mapping={"isolation": 0.0}),
    Neutral("time until work begins (M9)", mapping={"setup": 0.0}),
    Neutral("urgency after a shock (M11)", mapping={"urgency": 0.0}),
    Neutral("private draws", {"private_sd": 0.0}),
    Neutral("moods and the common climate", {"mood_sd": 0.0, "climate_sd": 0.0}),
    Neutral("withdrawal (M18)", {"withdrawal": 0.0}),
)  # fmt: skip


def without(neutral: Neutral, full: Calibrated) -> Calibrated:
    """Return the calibration with one mechanism at its neutral value."""
    note = "neutral value of an ablation"
    process = {name: assumed(value, note) for name, value in neutral.environment.items()}

    def at_neutral(point: Point) -> Point:
        kept = point.mapping.offsets if neutral.offsets else {}
        mapping = mapping_of(neutral.mapping, dataclasses.replace(point.mapping, offsets=kept))
        return Point(point.environment | process, mapping)

    whole = at_neutral(Point(full.environment, full.mapping))
    members = tuple(at_neutral(point) for point in full.members)
    return dataclasses.replace(
        full, environment=whole.environment, mapping=whole.mapping, members=members
    )


def relevelled(chance: np.ndarray, outcome: np.ndarray) -> np.ndarray:
    """Return chances with their log odds shifted so that the mean fits: ranking, not level."""
    odds = log_odds_of(chance)
    answer: np.ndarray = 1.0 / (1.0 + np.exp(-(odds + level_of(odds, outcome))))
    return answer


def _skill_lost(whole: np.ndarray, part: np.ndarray, y: np.ndarray, rows: np.ndarray) -> float:
    return scores.brier_skill(whole[rows], y[rows]) - scores.brier_skill(part[rows], y[rows])


def ablation(
    cases: Sequence[Case], full: Calibrated, outcome: np.ndarray, *,
    replicates: int = 500, seed: int = 1, resamples: int = scores.RESAMPLES,
) -> pd.DataFrame:  # fmt: skip
    """Return the Brier skill lost at 5 and 10 years where each mechanism is neutral.

    Parameters
    ----------
    cases : sequence of Case
    full : Calibrated
    outcome : array, shape (cases, 2)
        1, 0 or not-a-number at five and ten years.
    replicates, seed : int
    resamples : int
        Of the bootstrap over mandate dates.

    Returns
    -------
    pandas.DataFrame
        ``mechanism, skill_5y, skill_10y, lost_5y, lost_5y_low, lost_5y_high, lost_10y, ...``, the
        whole model first. Nothing is refitted but the level: the log odds are shifted so that the
        mean chance is the share that happened, in the whole model as in the ablated ones.
    """
    settings = [("whole model", full), *((n.mechanism, without(n, full)) for n in NEUTRAL)]
    forecasts = {
        name: chances(run_cases(cases, c.points, replicates, seed, SEARCH_HORIZON), DEADLINES)
        for name, c in settings
    }
    clusters = [case.mandate_text for case in cases]
    rows = []
    for name, _ in settings:
        row: dict[str, object] = {"mechanism": name}
        for d, label in enumerate(("5y", "10y")):
            at = np.flatnonzero(np.isfinite(outcome[:, d]))
            y, labels = outcome[at, d], [clusters[i] for i in at]
            whole = relevelled(forecasts["whole model"][at, d], y)
            part = relevelled(forecasts[name][at, d], y)
            row[f"skill_{label}"] = scores.brier_skill(part, y)
            lost = scores.clustered(
                labels,
                partial(_skill_lost, whole, part, y),
                seed=seed,
                resamples=resamples,
            )
            row |= {f"lost_{label}": lost["value"], f"lost_{label}_low": lost["low"],
                    f"lost_{label}_high": lost["high"]}  # fmt: skip
        rows.append(row)
    return pd.DataFrame(rows)
