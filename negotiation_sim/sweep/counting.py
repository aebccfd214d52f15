"""Counts the compiled loop's output of one point directly, without a table of replicates.

What a strategy's tracks add up to is said in :mod:`negotiation_sim.analysis.replicates`; here the
same counts are taken from arrays, because a table costs more than a short point does. A test holds
every count equal to those of ``SummaryAccumulator`` on random scenarios.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from negotiation_sim import kernel
from negotiation_sim.analysis.outcomes import summary_row
from negotiation_sim.analysis.replicates import CAUSES, LATE, NEVER
from negotiation_sim.analysis.tally import Tally
from negotiation_sim.scenario import Scenario
from negotiation_sim.terms import MILLION, TrackKind

BILLION = 1_000_000_000
LATE_CODE = CAUSES.index(LATE)
_PLACE = {column: place for place, column in enumerate(kernel.OUT_COLUMNS)}
MILESTONES = {
    "mandate_month": _PLACE[kernel.T_MANDATE],
    "adoption_month": _PLACE[kernel.T_ADOPTION],
    "entry_into_force_month": _PLACE[kernel.T_FORCE],
    "success_month": _PLACE[kernel.T_SUCCESS],
}
CAUSE, COVERAGE, HELD = _PLACE[kernel.T_CAUSE], _PLACE[kernel.T_MOST_COVERAGE], -1
WORLD = ("events", "events_avoided", "violations")
Outputs = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


@dataclasses.dataclass(frozen=True)
class Tracks:
    """Which tracks of a strategy count, and how they combine; the same at every point."""

    n: int
    counted: np.ndarray  # (n,) bool
    chosen: np.ndarray  # places of the tracks that decide
    any_rule: bool
    pledges_only: bool


def tracks_of(scenario: Scenario) -> list[Tracks]:
    """Return, strategy by strategy, how its tracks combine."""
    arrays, found = scenario.arrays, []
    for s, strategy in enumerate(scenario.setting.strategies):
        n = int(arrays.n_tracks[s])
        kinds = arrays.initiative_facts[arrays.tracks[s, :n, 0], 0]
        pledges = kinds == int(TrackKind.PLEDGES)
        counted = ~pledges | pledges.all()
        listed = np.ones(n, dtype=bool)
        if not isinstance(strategy.succeeds_when, str):
            listed = np.isin(np.arange(n), strategy.succeeds_when)
        chosen = np.flatnonzero(counted & listed)
        if not len(chosen):
            raise ValueError("succeeds_when names no track of the strategy that can succeed")
        found.append(Tracks(n, counted, chosen, strategy.succeeds_when == "any", bool(pledges.all())))
    return found


class Counts:
    """What the replicates of one point add up to, strategy by strategy.

    Parameters
    ----------
    scenario : Scenario
        Of the point.
    tracks : list of Tracks
    """

    def __init__(self, scenario: Scenario, tracks: Sequence[Tracks]) -> None:
        self.scenario = scenario
        self.tracks = tracks
        self.tallies = [Tally(scenario.horizon, pledges_only=t.pledges_only) for t in tracks]

    def add(self, strategies: Sequence[int], outputs: Outputs) -> None:
        """Count the output of :func:`negotiation_sim.ensemble.simulate` for some strategies."""
        for c, s in enumerate(strategies):
            self._add(self.tallies[s], self.tracks[s], c, outputs)

    def _add(self, tally: Tally, tracks: Tracks, c: int, outputs: Outputs) -> None:
        out, world, text, _ = outputs
        rows = out[:, c, : tracks.n]
        deadline = self.scenario.deadline
        tally.replicates += len(rows)
        for name, place in MILESTONES.items():
            months = _never(rows[:, :, place])
            combined = _combined(months[:, tracks.chosen], tracks.any_rule)
            reached = combined[combined < NEVER]
            found = np.bincount(reached, minlength=tally.horizon + 1)
            tally.months[name] = tally.months.get(name, 0) + found
        # the loop ends with the months of success
        tally.timely_any += int((months[:, tracks.counted].min(axis=1) <= deadline).sum())
        tally.timely_all += int((months[:, tracks.counted].max(axis=1) <= deadline).sum())
        tally.causes += _causes(rows, months > deadline, combined <= deadline, tracks)
        for k, name in enumerate(WORLD):
            _sum(tally, name, world[:, c, k])
        _sum(tally, "pledge_coverage", rows[:, :, COVERAGE].max(axis=1) / MILLION)
        adoption = _never(rows[:, :, MILESTONES["adoption_month"]])
        adopted = (adoption <= deadline) & tracks.counted
        for k, issue in enumerate(self.scenario.issues):
            _sum(tally, f"text_{issue}", text[:, c, : tracks.n, k][adopted])
        _sum(tally, "participation", rows[:, :, HELD][adopted] / MILLION)

    def successes(self, strategy: int) -> tuple[int, int]:
        """Return timely successes and replicates of a strategy."""
        tally = self.tallies[strategy]
        return tally.by("success_month", self.scenario.deadline), tally.replicates

    def rows(self, level: float) -> list[dict[str, Any]]:
        """Return the row of each strategy, with the columns of ``summary.csv``."""
        return [
            summary_row(name, tally, self.scenario.deadline, level)
            for name, tally in zip(self.scenario.strategy_names, self.tallies, strict=True)
        ]


def _never(months: np.ndarray) -> np.ndarray:
    return np.where(months < 0, NEVER, months)


def _combined(months: np.ndarray, any_rule: bool) -> np.ndarray:
    return months.min(axis=1) if any_rule else months.max(axis=1)


def _causes(
    rows: np.ndarray, missed: np.ndarray, timely: np.ndarray, tracks: Tracks
) -> np.ndarray:
    """Return how often each cause decided a failure; the first entry counts timely successes."""
    cause = rows[:, :, CAUSE]
    cause = np.where(missed & (cause == 0), LATE_CODE, cause)[:, tracks.chosen]
    rank = np.where(missed[:, tracks.chosen], -cause if tracks.any_rule else cause, NEVER)
    deciding = cause[np.arange(len(cause)), rank.argmin(axis=1)]
    return np.bincount(np.where(timely, 0, deciding), minlength=len(CAUSES))


def _sum(tally: Tally, name: str, values: np.ndarray) -> None:
    """Add values in whole billionths: exact, so the order of addition cannot matter."""
    tally.sums[name] += int(np.rint(values * BILLION).astype(np.int64).sum())
    tally.terms[name] += len(values)
