"""Forecasts of historical cases, scored beside baselines on the same rows."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from negotiation_sim.catalogue import find_root
from negotiation_sim.errors import UsageError
from negotiation_sim.model.terms import MONTHS_PER_YEAR
from negotiation_sim.studies.history import scores
from negotiation_sim.studies.history.case_baselines import baseline_forecasts
from negotiation_sim.studies.history.case_runs import HORIZON_YEARS, CaseRun, run_cases
from negotiation_sim.studies.history.cases import Case, read_cases
from negotiation_sim.studies.history.forecast_line import PLAIN_LINE, ForecastLine, log_odds_of
from negotiation_sim.studies.history.parameter_file import Calibrated, calibrated

Progress = Callable[[int, int | None], None]

DEADLINES = {"5y": 5.0, "10y": 10.0}
REPLICATES = 1000
OUT_OF_FOLD = "experiments/backtest/out_of_fold.csv"
PREDICTION_COLUMNS = (
    "id", "p_adopted_5y", "p_adopted_10y", "p_run_5y", "p_run_10y", "median_years", "main_cause",
)  # fmt: skip
HELD_OUT_BASELINES = ("base_rate", "regression", "forest", "statistics")


@dataclass(frozen=True)
class CaseForecasts:
    """Cases, what the engine says of each, and what was filled in while reading them."""

    cases: list[Case]
    runs: list[CaseRun]
    notes: list[str]
    line: ForecastLine = PLAIN_LINE

    def share(self, deadline: str) -> np.ndarray:
        """Return the share of worlds that adopt by a deadline, as a run of the case shows it."""
        return np.array([run.chance(DEADLINES[deadline]) for run in self.runs])

    def chance(self, deadline: str) -> np.ndarray:
        """Return every case's chance of adoption by a deadline, ``5y`` or ``10y``.

        The share of worlds, carried by the line that the fit has learnt.
        """
        shares = np.column_stack([self.share(name) for name in DEADLINES])
        answer: np.ndarray = self.line.chances(log_odds_of(shares))[
            :, list(DEADLINES).index(deadline)
        ]
        return answer


def outcomes_of(cases: Sequence[Case], deadline: str) -> np.ndarray:
    """Return 1, 0, or not-a-number where the row is not scored or censored."""
    found = []
    for case in cases:
        said = case.outcome5 if deadline == "5y" else case.outcome10
        found.append(math.nan if said is None or not case.scored else float(said))
    return np.array(found)


def forecast_cases(
    path: str | PathLike[str],
    *,
    replicates: int = REPLICATES,
    seed: int = 1,
    parameters: Calibrated | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> CaseForecasts:
    """Read a file of cases and forecast each in the same worlds."""
    if replicates < 1:
        raise UsageError(f"replicates: {replicates} is not at least 1")
    cases, notes = read_cases(path)
    used = parameters or calibrated()
    runs = run_cases(cases, used.points, replicates, seed, workers=workers, progress=progress)
    return CaseForecasts(cases, runs, notes, used.line)


def predictions_table(forecasts: CaseForecasts) -> pd.DataFrame:
    """Return a row for each case.

    ``id, p_adopted_5y, p_adopted_10y``, the shares of worlds ``p_run_5y, p_run_10y`` as a run of
    the case shows them, ``median_years`` and ``main_cause`` of those worlds.
    """
    return pd.DataFrame(
        {
            "id": [case.id for case in forecasts.cases],
            "p_adopted_5y": forecasts.chance("5y").round(4),
            "p_adopted_10y": forecasts.chance("10y").round(4),
            "p_run_5y": forecasts.share("5y").round(4),
            "p_run_10y": forecasts.share("10y").round(4),
            "median_years": [
                math.nan if run.median_years is None else round(run.median_years, 2)
                for run in forecasts.runs
            ],
            "main_cause": [run.main_cause for run in forecasts.runs],
        },
        columns=list(PREDICTION_COLUMNS),
    )


def time_to_adoption(case: Case) -> tuple[float, bool] | None:
    """Return years followed and whether a text was adopted; None where neither is known.

    A failed case is followed to the horizon: it will not be adopted, and stays among those not
    yet adopted (Fine and Gray 1999). A case still open is followed as far as its outcomes say.
    """
    if case.adopted_after is not None and case.adopted_after >= 0.0:
        return case.adopted_after, True
    if case.failed_after is not None:
        return HORIZON_YEARS, False
    if case.outcome10 is False:
        return 10.0, False
    return (5.0, False) if case.outcome5 is False else None


def restricted_mean(run: CaseRun) -> float:
    """Return the mean of years until adoption, worlds that never adopt counted at the horizon."""
    months = np.where(run.months > 0, run.months, HORIZON_YEARS * MONTHS_PER_YEAR)
    return float(months.mean() / MONTHS_PER_YEAR)


def _concordance(forecasts: CaseForecasts, seed: int) -> dict[str, Any]:
    rows = [
        (-restricted_mean(run), *known, case.mandate_text)
        for case, run in zip(forecasts.cases, forecasts.runs, strict=True)
        if case.scored and (known := time_to_adoption(case)) is not None
    ]
    if not rows:
        return {"value": None, "low": None, "high": None, "n": 0}
    risk, time, seen = (np.array(column) for column in list(zip(*rows, strict=True))[:3])
    clusters = [row[3] for row in rows]
    found = scores.clustered(
        clusters, lambda r: scores.concordance(risk[r], time[r], seen[r]), resamples=300, seed=seed
    )
    return found | {"n": len(rows)}


def deadline_scores(
    chance: np.ndarray, outcome: np.ndarray, baselines: dict[str, np.ndarray],
    clusters: Sequence[str], seed: int,
) -> dict[str, Any]:  # fmt: skip
    """Return scores at one deadline, of the model and of each baseline on the same rows."""
    at = np.flatnonzero(np.isfinite(outcome))
    if len(at) == 0:
        return {"n": 0, "reason": "no row has an outcome at this deadline"}
    y, labels = outcome[at], [clusters[i] for i in at.tolist()]
    said: dict[str, Any] = scores.probability_scores(chance[at], y, labels, seed=seed)
    said["calibration"] = scores.calibration_curve(chance[at], y, seed=seed)
    if 0.0 < y.mean() < 1.0 and len(at) > 10:
        intercept, slope = scores.calibration_slope(chance[at], y)
        said["calibration_line"] = {"intercept": intercept, "slope": slope}
    said["baselines"] = {}
    for name, other in baselines.items():
        scored = scores.probability_scores(other[at], y, labels, seed=seed)
        against = scores.paired_scores(chance[at], other[at], y, labels, seed=seed)
        said["baselines"][name] = scored | {"model_better_by": against}
    return said


def case_scores(
    forecasts: CaseForecasts, train: Sequence[Case] | None = None, seed: int = 0
) -> dict[str, Any]:
    """Return what ``scores.json`` holds: scores of the model and of baselines on the same rows.

    Where all scored rows are training rows of the calibration the scores are in sample
    (``in_sample``); ``out_of_fold`` then holds the ones to quote.
    """
    cases = forecasts.cases
    clusters = [case.mandate_text for case in cases]
    said: dict[str, Any] = {
        "n_cases": len(cases),
        "n_scored": int(np.isfinite(outcomes_of(cases, "5y")).sum()),
        "replicates": len(forecasts.runs[0].months) if forecasts.runs else 0,
        "baselines_fitted_on": "the training file" if train else "the other mandate dates here",
        "notes": forecasts.notes,
    }
    for name in DEADLINES:
        outcome = outcomes_of(cases, name)
        learnt = None if train is None else (train, outcomes_of(train, name))
        baselines = baseline_forecasts(cases, outcome, learnt)
        said[name] = deadline_scores(forecasts.chance(name), outcome, baselines, clusters, seed)
    said["concordance"] = _concordance(forecasts, seed)
    held_out = out_of_fold_scores(cases, seed)
    if held_out is not None:
        said["in_sample"] = True
        said["out_of_fold"] = held_out
    return said


def read_out_of_fold(root: Path | None = None) -> dict[str, dict[str, float]]:
    """Return by case the forecasts that ``calibrate`` made without the case's fold, if any."""
    path = (root or find_root()) / OUT_OF_FOLD
    if not path.is_file():
        return {}
    rows = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    return {
        row["id"]: {k: float(v) for k, v in row.items() if k != "id" and v != ""} for row in rows
    }


def out_of_fold_scores(
    cases: Sequence[Case], seed: int = 0, held_out: dict[str, dict[str, float]] | None = None
) -> dict[str, Any] | None:
    """Return scores of forecasts made without the case, where the scored rows are training rows."""
    known = read_out_of_fold() if held_out is None else held_out
    used = [case for case in cases if case.id in known and case.scored]
    if len(used) < len([case for case in cases if case.scored]) or not used:
        return None
    clusters = [case.mandate_text for case in used]
    said: dict[str, Any] = {}
    for name in DEADLINES:
        baselines = {
            other: np.array([known[case.id].get(f"{other}_{name}", math.nan) for case in used])
            for other in HELD_OUT_BASELINES
        }
        chance = np.array([known[case.id][f"p_adopted_{name}"] for case in used])
        said[name] = deadline_scores(chance, outcomes_of(used, name), baselines, clusters, seed)
    return said


def plain(value: Any) -> Any:
    """Return nested plain values with None in place of what is not a number."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (float, np.floating)):
        return float(value) if math.isfinite(value) else None
    return value.item() if isinstance(value, np.generic) else value
