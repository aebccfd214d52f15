"""Tables behind the figures of a back-test."""

from __future__ import annotations

import numpy as np
import pandas as pd

from negotiation_sim.analysis.survival import kaplan_meier
from negotiation_sim.model.terms import MONTHS_PER_YEAR
from negotiation_sim.studies.history.case_forecasts import (
    CaseForecasts,
    outcomes_of,
    time_to_adoption,
)
from negotiation_sim.studies.history.case_runs import HORIZON_YEARS, CaseRun
from negotiation_sim.studies.history.scores import calibration_curve
from negotiation_sim.studies.history.venue_classes import class_of

STEP_MONTHS = 3


def calibration_table(forecasts: CaseForecasts, deadline: str = "5y") -> pd.DataFrame:
    """Return ``predicted, observed, count, low, high, band_low, band_high, within`` by bin."""
    outcome = outcomes_of(forecasts.cases, deadline)
    at = np.flatnonzero(np.isfinite(outcome))
    if len(at) == 0:
        return pd.DataFrame(columns=["predicted", "observed", "count", "low", "high"])
    return pd.DataFrame(calibration_curve(forecasts.chance(deadline)[at], outcome[at]))


def by_case_table(forecasts: CaseForecasts, deadline: str = "5y") -> pd.DataFrame:
    """Return ``id, predicted, happened`` of every scored case."""
    outcome = outcomes_of(forecasts.cases, deadline)
    table = pd.DataFrame(
        {
            "id": [case.id for case in forecasts.cases],
            "predicted": forecasts.chance(deadline),
            "happened": outcome,
        }
    )
    table = table[np.isfinite(outcome)].reset_index(drop=True)
    answer: pd.DataFrame = table.assign(happened=table["happened"].astype(bool))
    return answer


def adoption_table(forecasts: CaseForecasts, fewest: int = 5) -> pd.DataFrame:
    """Return forecast and real shares adopted over the years, by venue class.

    Returns
    -------
    pandas.DataFrame
        ``venue_class, n, years, predicted, observed, low, high``; classes with fewer scored cases
        than ``fewest`` are together under ``other``. ``observed`` is one minus Kaplan-Meier, with
        failed cases followed to the horizon.
    """
    groups: dict[str, list[int]] = {}
    known: dict[int, tuple[float, bool]] = {}
    for i, case in enumerate(forecasts.cases):
        time = time_to_adoption(case) if case.scored else None
        if time is not None:
            known[i] = time
            groups.setdefault(class_of(case.venue_class), []).append(i)
    small = [i for rows in groups.values() if len(rows) < fewest for i in rows]
    groups = {name: rows for name, rows in groups.items() if len(rows) >= fewest}
    if small:
        groups["other"] = small
    frames = []
    for name in sorted(groups, key=lambda n: (n == "other", -len(groups[n]), n)):
        rows = groups[name]
        runs = [forecasts.runs[i] for i in rows]
        frames.append(_class_rows(name, [known[i] for i in rows], runs))
    columns = ["venue_class", "n", "years", "predicted", "observed", "low", "high"]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)


def _class_rows(name: str, known: list[tuple[float, bool]], runs: list[CaseRun]) -> pd.DataFrame:
    months = np.arange(0, int(HORIZON_YEARS * MONTHS_PER_YEAR) + 1, STEP_MONTHS)
    end = HORIZON_YEARS * MONTHS_PER_YEAR
    time = [min(end, round(years * MONTHS_PER_YEAR)) for years, _ in known]
    seen = [adopted and years <= HORIZON_YEARS for years, adopted in known]
    curve = kaplan_meier(time, seen)
    at = np.searchsorted(curve["month"].to_numpy(), months, side="right") - 1
    picked = curve.iloc[at]
    when = np.concatenate([np.where(run.months > 0, run.months, np.inf) for run in runs])
    return pd.DataFrame(
        {
            "venue_class": name,
            "n": len(known),
            "years": months / MONTHS_PER_YEAR,
            "predicted": [float((when <= month).mean()) for month in months],
            "observed": 1.0 - picked["survival"].to_numpy(),
            "low": 1.0 - picked["high"].to_numpy(),
            "high": 1.0 - picked["low"].to_numpy(),
        }
    )
