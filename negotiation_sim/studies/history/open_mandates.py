"""Forecasts of mandates that are still open: inside and outside view, and their pool.

Both views are given that the mandate is open on the day: the inside view counts the simulated worlds
that are still open at the mandate's age, the outside view the cases that were.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from negotiation_sim import __version__
from negotiation_sim.analysis.intervals import wilson
from negotiation_sim.catalogue import find_root
from negotiation_sim.catalogue.coded_case import CodedCase, latest
from negotiation_sim.catalogue.process_parameters import PARAMETERS
from negotiation_sim.engine import ensemble
from negotiation_sim.engine.scenario import compile_setting
from negotiation_sim.model.terms import MONTHS_PER_YEAR
from negotiation_sim.runs.store.files import file_sha256
from negotiation_sim.studies.history.case_study import case_setting
from negotiation_sim.studies.history.case_table import CASES, LIVE
from negotiation_sim.studies.history.cases import Case, read_cases
from negotiation_sim.studies.history.outside_view import (
    FEWEST_MANDATES,
    INSIDE_WEIGHT,
    OutsideView,
    of_open_mandate,
)
from negotiation_sim.studies.history.parameter_file import Calibrated, calibrated
from negotiation_sim.studies.history.splits import years_on
from negotiation_sim.studies.history.strategy_facts import first_day
from negotiation_sim.studies.sealing import DIGITS, months_between


@dataclass(frozen=True)
class Endings:
    """How a mandate went in many worlds, by month from its own: 0 where there was no such month."""

    adopted: np.ndarray
    ended: np.ndarray


@dataclass(frozen=True)
class Inside:
    """The share of the worlds still open at some age that adopt a text in time.

    Parameters
    ----------
    p, low, high : float
        With half a world added on either side, and a 95 % interval; not-a-number where fewer than
        30 worlds were still open.
    still_open, worlds : int
    """

    p: float
    low: float
    high: float
    still_open: int
    worlds: int


@dataclass(frozen=True)
class LiveForecast:
    """What is said of one open mandate at one horizon, on one day."""

    case: CodedCase
    years: int
    by: date
    at: date
    inside: Inside
    outside: float
    tested: bool
    missing: tuple[str, ...]
    why_not: str

    @property
    def pool(self) -> float:
        """Return 0.4 of the inside and 0.6 of the outside view; not-a-number where one is missing."""
        return INSIDE_WEIGHT * self.inside.p + (1.0 - INSIDE_WEIGHT) * self.outside

    @property
    def sealed(self) -> tuple[str, float]:
        """Return which forecast the ledger scores, and its chance: the pool where there is one."""
        said = {"pool": self.pool, "outside view": self.outside, "inside view": self.inside.p}
        return next((n, p) for n, p in said.items() if math.isfinite(p))


def inside_given_open(worlds: Endings, age: int, months: int) -> Inside:
    """Return the chance of a text by a month, given that there is none at an age and talks go on.

    Examples
    --------
    >>> adopted = np.repeat([0, 12, 40, 80], 100)
    >>> found = inside_given_open(Endings(adopted, np.zeros(400, int)), 24, 60)
    >>> round(found.p, 3), found.still_open
    (0.334, 300)
    """
    over = np.where(worlds.adopted > 0, worlds.adopted, worlds.ended)
    still = (over <= 0) | (over > age)
    n, n_worlds = int(still.sum()), len(over)
    if n < FEWEST_MANDATES:
        return Inside(math.nan, math.nan, math.nan, n, n_worlds)
    hits = int((still & (worlds.adopted > 0) & (worlds.adopted <= months)).sum())
    return Inside((hits + 0.5) / (n + 1.0), *wilson(hits, n), n, n_worlds)


def in_worlds(case: Case, replicates: int, seed: int, parameters: Calibrated) -> Endings:
    """Return how a case goes in so many worlds, shared out among the fits as in the back-test."""
    found = []
    points = parameters.points[:replicates]
    for place in range(len(points)):
        numbers = np.arange(place, replicates, len(points))
        setting = case_setting(case, place + 1, parameters)
        both = np.stack([numbers, numbers], axis=1).astype(np.uint64)
        ends = ensemble.simulate(compile_setting(setting), [0], seed, both).tracks[:, 0, 0]
        found.append((ends["adoption"], np.where(ends["ended"], ends["end"], 0)))
    adopted, ended = (np.maximum(np.concatenate(each), 0) for each in zip(*found, strict=True))
    return Endings(adopted, ended)


def mapped_cases() -> dict[str, Case]:
    """Return the open mandates by id, as the mapping to a scenario reads them."""
    return {case.id: case for case in read_cases(find_root() / LIVE)[0]}


def live_forecasts(
    mandates: Sequence[CodedCase], at: date, replicates: int, seed: int
) -> list[LiveForecast]:
    """Return what is said of open mandates on a day, at each horizon that is not past.

    A horizon at which neither view has a chance is left out.

    Parameters
    ----------
    mandates : sequence of CodedCase
    at : date
        Cases are known before it; the mandates are taken to be open on it.
    replicates : int
        Worlds for each mandate.
    seed : int
    """
    mapped, parameters = mapped_cases(), calibrated()
    found = []
    for case in mandates:
        worlds = in_worlds(mapped[case.id], replicates, seed, parameters)
        start = first_day(case_setting(mapped[case.id], 1, parameters))
        age, view = months_between(start, at), of_open_mandate(case, at)
        each = [_at_horizon(case, at, y, worlds, view, age) for y in view.chances]
        found += [f for f in each if math.isfinite(f.inside.p) or math.isfinite(f.outside)]
    return found


def _at_horizon(
    case: CodedCase, at: date, years: int, worlds: Endings, view: OutsideView, age: int
) -> LiveForecast:
    inside = inside_given_open(worlds, age, years * MONTHS_PER_YEAR)
    by, scope = years_on(latest(case.mandate), years), view.scope
    return LiveForecast(
        case, years, by, at, inside, view.chance(years), scope.tested, tuple(scope.missing),
        scope.words(),
    )  # fmt: skip


def live_entry(each: LiveForecast, seed: int) -> dict[str, Any]:
    """Return what a ledger seals of a forecast."""
    name, p = each.sealed
    inside = each.inside
    said = {"p": inside.p, "low": inside.low, "high": inside.high}
    root = find_root()
    return {
        "question": f"{each.case.name}: a text adopted by {each.by}, {each.years} years after its mandate?",
        "p": round(p, DIGITS), "by": each.by.isoformat(), "resolves": each.case.resolution,
        "version": __version__, "known_until": each.at.isoformat(), "event": "adoption",
        "given": f"open on {each.at}", "scored": name,
        "inside": {key: _number(value) for key, value in said.items()}
        | {"still_open": inside.still_open, "worlds": inside.worlds, "seed": seed},
        "outside": {"p": _number(each.outside), "tested": each.tested, "missing": list(each.missing)},
        "case": each.case.id, "live": file_sha256(root / LIVE), "cases": file_sha256(root / CASES),
        "parameters": file_sha256(root / PARAMETERS),
    }  # fmt: skip


def _number(value: float) -> float | None:
    return round(value, DIGITS) if math.isfinite(value) else None
