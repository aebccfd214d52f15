"""The rows that had no part in any fit: forecast once, scored, and written down whatever they say.

Mandates from 10 December 2005 on, rows of the workshop's own agenda left out
(:mod:`negotiation_sim.studies.history.splits`). What is said of skill anywhere rests on them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from negotiation_sim.catalogue import find_root
from negotiation_sim.studies.history import scores
from negotiation_sim.studies.history.calibration import BASELINES, NAMES, statistics_of
from negotiation_sim.studies.history.case_forecasts import deadline_scores
from negotiation_sim.studies.history.case_runs import run_cases
from negotiation_sim.studies.history.case_table import CASES, coded_cases
from negotiation_sim.studies.history.cases import Case, read_cases
from negotiation_sim.studies.history.forecast_line import log_odds_of
from negotiation_sim.studies.history.outside_record import KNOWN_AT
from negotiation_sim.studies.history.outside_view import INSIDE_WEIGHT
from negotiation_sim.studies.history.parameter_file import Calibrated, calibrated
from negotiation_sim.studies.history.splits import (
    HORIZONS,
    SET_ASIDE_FROM,
    closed_outcomes,
    frame_of,
    part_of,
)

REPLICATES = 1_000
Progress = Callable[[int, int | None], None]


@dataclass(frozen=True)
class SetAside:
    """Forecasts of the rows set aside, rows x deadlines.

    Parameters
    ----------
    cases : list of Case
    frames : list of str
    outcome : array
        1, 0, or not-a-number where the window was open.
    chances : dict of str to array
        ``model``, ``as_run`` (before the line), each baseline, and ``pool``.
    """

    cases: list[Case]
    frames: list[str]
    outcome: np.ndarray
    chances: dict[str, np.ndarray]


def forecast_set_aside(
    parameters: Calibrated | None = None, replicates: int = REPLICATES, seed: int = 1,
    progress: Progress | None = None,
) -> SetAside:  # fmt: skip
    """Forecast the catalogue's rows set aside by what was fitted to the others."""
    coded = coded_cases()
    aside = [case for case in coded if part_of(case) == "set aside"]
    told = [case for case in coded if part_of(case) == "open"]
    rows = {case.id: case for case in read_cases(find_root() / CASES)[0]}
    cases = [rows[case.id] for case in aside]
    used = parameters or calibrated()
    runs = run_cases(cases, used.points, replicates, seed, max(HORIZONS), progress=progress)
    shares = np.array([[run.chance(float(years)) for years in HORIZONS] for run in runs])
    model = used.line.chances(log_odds_of(shares))
    chances = {"model": model, "as_run": shares}
    known = np.column_stack([closed_outcomes(told, years, KNOWN_AT[-1]) for years in HORIZONS])
    chances |= statistics_of(told, known, aside)
    chances["pool"] = INSIDE_WEIGHT * model + (1.0 - INSIDE_WEIGHT) * chances["statistics"]
    outcome = np.column_stack([closed_outcomes(aside, y, KNOWN_AT[-1]) for y in HORIZONS])
    return SetAside(cases, [frame_of(case) for case in aside], outcome, chances)


def scores_of_set_aside(found: SetAside, folds: dict[str, Any], seed: int = 0) -> dict[str, Any]:
    """Return scores at each deadline beside the baselines, and how far from those of the folds.

    Parameters
    ----------
    found : SetAside
    folds : dict
        ``out_of_fold`` of the calibration's ``validation.json``.
    """
    said: dict[str, Any] = {
        "n_cases": len(found.cases), "set_aside_from": SET_ASIDE_FROM.isoformat(),
        "known_at": KNOWN_AT[-1].isoformat(),
    }  # fmt: skip
    others = {name: found.chances[name] for name in (*BASELINES, "pool", "as_run")}
    for d, name in enumerate(NAMES):
        part = deadline_scores(
            found.chances["model"][:, d], found.outcome[:, d],
            {other: chance[:, d] for other, chance in others.items()}, found.frames, seed,
        )  # fmt: skip
        part["over_base_rate"] = _over(found, "model", d, seed)
        part["pool_over_base_rate"] = _over(found, "pool", d, seed)
        part["statistics_over_base_rate"] = _over(found, "statistics", d, seed)
        part["from_folds"] = from_folds(part["brier_skill"], folds[name]["brier_skill"])
        said[name] = part
    said["better"] = better_view(said)
    return said


def _over(found: SetAside, view: str, d: int, seed: int) -> dict[str, float | None]:
    """Return the share of the Brier score of the open rows' base rate that a view saves."""
    at = np.flatnonzero(np.isfinite(found.outcome[:, d]))
    y, labels = found.outcome[at, d], [found.frames[i] for i in at]
    chance, rate = found.chances[view][at, d], found.chances["base_rate"][at, d]

    def saved(rows: np.ndarray) -> float:
        return 1.0 - scores.brier(chance[rows], y[rows]) / scores.brier(rate[rows], y[rows])

    return scores.clustered(labels, saved, seed=seed)


def from_folds(aside: dict[str, Any], folds: dict[str, Any]) -> dict[str, float]:
    """Return how far a skill lies from that of the folds, with a standard error from both intervals.

    Examples
    --------
    >>> one, other = ({"value": v, "low": v - 0.196, "high": v + 0.196} for v in (0.1, 0.3))
    >>> found = from_folds(one, other)
    >>> round(found["value"], 3), round(found["standard_error"], 3)
    (-0.2, 0.141)
    """
    errors = [(each["high"] - each["low"]) / (2.0 * 1.96) for each in (aside, folds)]
    return {
        "value": aside["value"] - folds["value"],
        "standard_error": float(np.hypot(*errors)),
    }


def better_view(said: dict[str, Any]) -> dict[str, str]:
    """Return which of the views has the least Brier score at each deadline on what was set aside."""
    names = {"model": "inside", "statistics": "outside", "pool": "pool"}
    found = {}
    for deadline in NAMES:
        part = said[deadline]
        missed = {"model": part["brier"]["value"]} | {
            name: part["baselines"][name]["brier"]["value"] for name in ("statistics", "pool")
        }
        found[deadline] = names[min(missed, key=lambda name: missed[name])]
    return found


def table_of_set_aside(found: SetAside) -> Sequence[dict[str, object]]:
    """Return a row for each case: id, and every view's chance by deadline."""
    return [
        {"id": case.id}
        | {
            f"{view}_{name}": round(float(chance[i, d]), 5)
            for view, chance in found.chances.items()
            for d, name in enumerate(NAMES)
        }
        for i, case in enumerate(found.cases)
    ]
