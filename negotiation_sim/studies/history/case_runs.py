"""Cases through the engine: how many worlds adopt a text, when, and why the others do not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from negotiation_sim.catalogue.schema import Figure, assumed
from negotiation_sim.engine import ensemble
from negotiation_sim.engine.scenario import compile_setting
from negotiation_sim.model.terms import MONTHS_PER_YEAR, Cause, label
from negotiation_sim.studies.history.cases import Case
from negotiation_sim.studies.history.mapping import Mapping, case_to_setting
from negotiation_sim.studies.history.representatives import Rest

HORIZON_YEARS = 15.0
NO_SPACE = ("event_rate", "crisis_rate")  # debris and crises in orbit say nothing of other fields
WITHOUT_A_CAUSE = "none"


class Point(NamedTuple):
    """One calibration: process parameters and the mapping of cases."""

    environment: dict[str, Figure]
    mapping: Mapping


@dataclass(frozen=True)
class CaseRun:
    """One case in many worlds: the month of adoption (0 where none) and the cause of failure.

    ``cause`` is of worlds without a text five years on, by :class:`~negotiation_sim.model.terms.Cause`.
    """

    months: np.ndarray
    cause: np.ndarray

    def adopted(self, years: float) -> int:
        """Return in how many worlds a text is adopted within so many years."""
        return int(((self.months > 0) & (self.months <= years * MONTHS_PER_YEAR)).sum())

    def chance(self, years: float) -> float:
        """Return the share of worlds that adopt within so many years, 0.5 / (n + 1) off the ends.

        Half a world is added on either side (Jeffreys), so that no chance is 0 or 1.
        """
        return (self.adopted(years) + 0.5) / (len(self.months) + 1.0)

    @property
    def median_years(self) -> float | None:
        """Return the time by which half of all worlds adopt; None if fewer ever do."""
        if 2 * int((self.months > 0).sum()) < len(self.months):
            return None
        ranked = np.sort(np.where(self.months > 0, self.months, np.iinfo(np.int64).max))
        return float(ranked[(len(ranked) - 1) // 2] / MONTHS_PER_YEAR)

    @property
    def main_cause(self) -> str:
        """Return the commonest cause among worlds without a text after five years."""
        late = (self.months <= 0) | (self.months > 5 * MONTHS_PER_YEAR)
        counts = np.bincount(self.cause[late], minlength=len(Cause))
        counts[int(Cause.NONE)] = 0
        return label(Cause(int(counts.argmax()))) if counts.any() else WITHOUT_A_CAUSE


def case_environment(environment: dict[str, Figure]) -> dict[str, Figure]:
    """Return the process parameters of a case: the given ones, without events in orbit."""
    none = assumed(0.0, "events in orbit are no part of a historical case")
    return environment | dict.fromkeys(NO_SPACE, none)


def run_case(
    case: Case,
    points: Sequence[Point],
    replicates: int,
    seed: int = 1,
    horizon_years: float = HORIZON_YEARS,
    rest: Rest | None = None,
) -> CaseRun:
    """Run one case; all cases meet the same worlds (the same seed, beliefs and chances).

    Parameters
    ----------
    case : Case
    points : sequence of Point
        Calibrations to forecast by; they share the worlds out among them in turn, so that the
        pooled forecast is their mean.
    replicates : int
        Worlds in all.
    seed : int
    horizon_years : float
    rest : Rest, optional
        Whoever is not coded; default the states that voted in the year of the mandate.
    """
    out = [
        _in_worlds(
            case, point, np.arange(place, replicates, len(points)), seed, horizon_years, rest
        )
        for place, point in enumerate(points[:replicates])
    ]
    found = np.concatenate(out)
    return CaseRun(months=np.maximum(found[:, 0], 0), cause=found[:, 1])


def _in_worlds(
    case: Case,
    point: Point,
    worlds: np.ndarray,
    seed: int,
    horizon_years: float,
    rest: Rest | None,
) -> np.ndarray:
    """Return month of adoption and cause of one case in some worlds, worlds x 2."""
    environment = case_environment(point.environment)
    setting = case_to_setting(
        case, environment, point.mapping, horizon_years=horizon_years, rest=rest
    )
    numbers = np.stack([worlds, worlds], axis=1).astype(np.uint64)
    ends = ensemble.simulate(compile_setting(setting), [0], seed, numbers).tracks[:, 0, 0]
    return np.stack([ends["adoption"], ends["cause"]], axis=1)


def run_cases(
    cases: Sequence[Case],
    points: Sequence[Point],
    replicates: int,
    seed: int = 1,
    horizon_years: float = HORIZON_YEARS,
    workers: int | None = None,
    progress: Callable[[int, int | None], None] | None = None,
) -> list[CaseRun]:
    """Run cases side by side; the answer does not depend on the number of workers."""
    if not cases:
        return []
    tell = progress or (lambda done, total: None)
    first = run_case(cases[0], points, replicates, seed, horizon_years)

    def one(case: Case) -> CaseRun:
        return run_case(case, points, replicates, seed, horizon_years)

    found = [first]
    pool = ThreadPoolExecutor(max_workers=workers or ensemble.cores())
    try:
        for run in pool.map(one, cases[1:]):
            found.append(run)
            tell(len(found), len(cases))
    finally:
        pool.shutdown(cancel_futures=True)
    return found


def chances(runs: Iterable[CaseRun], years: Sequence[float] = (5.0, 10.0)) -> np.ndarray:
    """Return cases x deadlines of chances of adoption."""
    return np.array([[run.chance(y) for y in years] for run in runs])
