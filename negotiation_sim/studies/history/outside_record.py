"""The outside view's own record: out-of-fold forecasts of the cases open to fits, scored.

Whole frames are left out; the cases set aside are in no fold and in no score. ``record_of`` makes
what ``experiments/backtest/outside_view.json`` keeps, by the day up to which outcomes were known.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from negotiation_sim.catalogue import find_root
from negotiation_sim.catalogue.coded_case import CodedCase
from negotiation_sim.errors import CatalogueError
from negotiation_sim.studies.history import scores
from negotiation_sim.studies.history.coded_columns import CodedFacts, facts_of, gower
from negotiation_sim.studies.history.precedents import NEAREST
from negotiation_sim.studies.history.splits import (
    HORIZONS,
    closed_outcomes,
    frame_folds,
    frame_of,
    open_cases,
)
from negotiation_sim.studies.history.statistical import fitted_chances

RECORD = Path("experiments") / "backtest" / "outside_view.json"
SET_ASIDE = RECORD.with_name("set_aside.json")
KNOWN_AT = (date(2009, 1, 1), date(2026, 7, 1))  # before bellagio begins; as of live.csv


def left_out_chances(cases: Sequence[CodedCase], outcome: np.ndarray) -> dict[str, np.ndarray]:
    """Return every case's forecasts by each method from fits without the case's frame.

    ``nearest`` is the share among the ten nearest of other frames.
    """
    facts = [facts_of(case) for case in cases]
    found: dict[str, np.ndarray] = {}
    for fold in frame_folds(cases):
        taught = [i for i in fold.fitted.tolist() if np.isfinite(outcome[i])]
        asked = [facts[i] for i in fold.left_out]
        told = [facts[i] for i in taught]
        chances = fitted_chances(told, outcome[taught], asked)
        chances["nearest"] = _shares(told, outcome[taught], asked)
        for name, chance in chances.items():
            found.setdefault(name, np.full(len(cases), np.nan))[fold.left_out] = chance
    return found


def _shares(
    told: Sequence[CodedFacts], outcome: np.ndarray, asked: Sequence[CodedFacts]
) -> np.ndarray:
    near = np.argsort(gower(asked, told), axis=1, kind="stable")[:, :NEAREST]
    answer: np.ndarray = outcome[near].mean(axis=1)
    return answer


def scored(chance: np.ndarray, outcome: np.ndarray, frames: Sequence[str]) -> dict[str, Any]:
    """Return skill over the base rate of the rows themselves, with slope; intervals by frame."""
    said: dict[str, Any] = {"n": len(outcome)}
    said["brier_skill"] = scores.clustered(
        frames, lambda rows: scores.brier_skill(chance[rows], outcome[rows])
    )
    said["slope"] = scores.calibration_slope(chance, outcome)[1]
    return said


def record_of(cases: Sequence[CodedCase], at: date) -> dict[str, Any]:
    """Return the record with outcomes known before a day: by horizon and method, all and newer rows.

    Parameters
    ----------
    cases : sequence of CodedCase
        Those not open to fits are left out.
    at : date
    """
    rows = open_cases(cases)
    frames = [frame_of(case) for case in rows]
    found: dict[str, Any] = {"frames": len(set(frames))}
    for years in HORIZONS:
        outcome = closed_outcomes(rows, years, at)
        chances = left_out_chances(rows, outcome)
        known = np.isfinite(outcome)
        newer = known & np.array([not case.older for case in rows])
        part: dict[str, Any] = {"adopted": float(outcome[known].mean())}
        for half, used in (("all", known), ("newer", newer)):
            at_rows = np.flatnonzero(used)
            labels = [frames[i] for i in at_rows.tolist()]
            part[half] = {
                name: scored(chance[at_rows], outcome[at_rows], labels)
                for name, chance in chances.items()
            }
        found[f"{years}y"] = part
    return found


@cache
def _kept(file: Path) -> dict[str, Any]:
    path = find_root() / file
    try:
        answer: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise CatalogueError(str(path), None, "", f"cannot be read: {error}") from None
    return answer


def kept_record() -> dict[str, Any]:
    """Return the record file's content, by the day up to which outcomes were known."""
    return _kept(RECORD)


def record_at(at: date) -> tuple[date, dict[str, Any]] | None:
    """Return the last kept record of what was known by a day; None where that is too early."""
    kept = {date.fromisoformat(day): record for day, record in kept_record().items()}
    days = [day for day in sorted(kept) if day <= at]
    return (days[-1], kept[days[-1]]) if days else None


def skill_words(at: date, years: int = 5) -> str:
    """Return the statistical forecast's record in words; empty where there is none so early.

    That on the rows set aside: the records of left-out frames (docs/cases.md) are better.
    """
    if record_at(at) is None:
        return ""
    aside = _kept(SET_ASIDE)
    part, first = aside[f"{years}y"], date.fromisoformat(aside["set_aside_from"])
    return (
        f"Record of the outside view at {years} years, on {part['n']} mandates from {first:%B %Y} on "
        f"that it was not fitted to: Brier skill {_interval(part['baselines']['statistics'])}"
    )


def _interval(said: dict[str, Any]) -> str:
    skill = said["brier_skill"]
    return f"{skill['value']:.2f} ({skill['low']:.2f} to {skill['high']:.2f})"
