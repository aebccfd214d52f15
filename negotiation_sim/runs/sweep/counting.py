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

from negotiation_sim.analysis.counts import Tally
from negotiation_sim.analysis.outcomes import summary_row
from negotiation_sim.analysis.replicates import CAUSES, LATE, NEVER
from negotiation_sim.engine.scenario import Scenario
from negotiation_sim.model.chunk import Outcomes
from negotiation_sim.model.terms import MILLION, TrackKind

BILLION = 1_000_000_000
LATE_CODE = CAUSES.index(LATE)
MILESTONES = {
    "mandate_month": "mandate",
    "adoption_month": "adoption",
    "entry_into_force_month": "force",
    "success_month": "success",
}
WORLD = {"events": "events", "events_avoided": "avoided", "violations": "violations"}


@dataclasses.dataclass(frozen=True)
class Tracks:
    """Which tracks of a strategy count, and how they combine; the same at every point."""

    n: int
    counted: np.ndarray  # (n,) bool
    chosen: np.ndarray  # places of the tracks that decide
    any_rule: bool
    pledges_only: bool

    @property
    def key(self) -> tuple[int, bytes, bytes, bool]:
        """Equal for strategies whose tracks combine alike."""
        return (self.n, self.counted.tobytes(), self.chosen.tobytes(), self.any_rule)


def tracks_of(scenario: Scenario) -> list[Tracks]:
    """Return, strategy by strategy, how its tracks combine."""
    arrays, found = scenario.arrays, []
    for s, strategy in enumerate(scenario.setting.strategies):
        n = int(arrays.n_tracks[s])
        kinds = arrays.initiatives["kind"][arrays.plans["initiative"][s, :n]]
        pledges = kinds == int(TrackKind.PLEDGES)
        counted = ~pledges | pledges.all()
        listed = np.ones(n, dtype=bool)
        if not isinstance(strategy.succeeds_when, str):
            listed = np.isin(np.arange(n), strategy.succeeds_when)
        chosen = np.flatnonzero(counted & listed)
        if not len(chosen):
            raise ValueError("succeeds_when names no track of the strategy that can succeed")
        found.append(
            Tracks(n, counted, chosen, strategy.succeeds_when == "any", bool(pledges.all()))
        )
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

    def add(self, strategies: Sequence[int], outcomes: Outcomes) -> None:
        """Count the output of :func:`negotiation_sim.engine.ensemble.simulate` for some strategies."""
        alike: dict[tuple[int, bytes, bytes, bool], list[int]] = {}
        for c, s in enumerate(strategies):
            alike.setdefault(self.tracks[s].key, []).append(c)
        for places in alike.values():
            members = [strategies[c] for c in places]
            tallies = [self.tallies[s] for s in members]
            self._add(tallies, self.tracks[members[0]], places, outcomes)

    def _add(
        self, tallies: list[Tally], tracks: Tracks, places: list[int], outcomes: Outcomes
    ) -> None:
        """Count strategies whose tracks combine alike; arrays are replicates, strategies, tracks."""
        runs, text = outcomes.runs[:, places], outcomes.text[:, places]
        rows = outcomes.tracks[:, places, : tracks.n]
        deadline, n = self.scenario.deadline, len(rows)
        for name, field in MILESTONES.items():
            months = _never(rows[field])
            combined = _combined(months[..., tracks.chosen], tracks.any_rule)
            for tally, found in zip(tallies, _months(combined, tallies[0].horizon), strict=True):
                tally.months[name] = tally.months.get(name, 0) + found
        # the loop ends with the months of success
        mine = months[..., tracks.counted]
        any_, all_ = (
            (end(axis=2) <= deadline).sum(axis=0).tolist() for end in (mine.min, mine.max)
        )
        causes = _causes(rows, months > deadline, combined <= deadline, tracks)
        for k, tally in enumerate(tallies):
            tally.replicates += n
            tally.timely_any += any_[k]
            tally.timely_all += all_[k]
            tally.causes += causes[k]
        for name, field in WORLD.items():
            _sum(tallies, name, runs[field])
        _sum(tallies, "pledge_coverage", rows["most_coverage"].max(axis=2) / MILLION)
        adopted = _never(rows["adoption"]) <= deadline
        adopted &= tracks.counted
        for k, issue in enumerate(self.scenario.issues):
            _sum(tallies, f"text_{issue}", text[:, :, : tracks.n, k], adopted)
        _sum(tallies, "participation", rows["held"] / MILLION, adopted)

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
    answer: np.ndarray = months.min(axis=-1) if any_rule else months.max(axis=-1)
    return answer


def _counted(values: np.ndarray, width: int) -> np.ndarray:
    """Return how often each value from 0 to width - 1 occurs in each column."""
    columns = values.shape[1]
    found = np.bincount((np.arange(columns) * width + values).ravel(), minlength=columns * width)
    return found.reshape(columns, width)


def _months(months: np.ndarray, horizon: int) -> np.ndarray:
    """Return how often each month from 0 to the horizon occurs in each column."""
    return _counted(np.minimum(months, horizon + 1), horizon + 2)[:, :-1]


def _causes(rows: np.ndarray, missed: np.ndarray, timely: np.ndarray, tracks: Tracks) -> np.ndarray:
    """Return how often each cause decided a failure; the first entry counts timely successes."""
    cause = rows["cause"]
    cause = np.where(missed & (cause == 0), LATE_CODE, cause)[..., tracks.chosen]
    rank = np.where(missed[..., tracks.chosen], -cause if tracks.any_rule else cause, NEVER)
    deciding = np.take_along_axis(cause, rank.argmin(axis=2)[..., None], axis=2)[..., 0]
    return _counted(np.where(timely, 0, deciding), len(CAUSES))


def _sum(
    tallies: list[Tally], name: str, values: np.ndarray, known: np.ndarray | None = None
) -> None:
    """Add values in whole billionths: exact, so the order of addition cannot matter."""
    if known is None:
        known = np.ones(values.shape, dtype=bool)
    across = tuple(axis for axis in range(values.ndim) if axis != 1)
    whole = np.rint(np.where(known, values, 0.0) * BILLION).astype(np.int64)
    sums, terms = whole.sum(axis=across).tolist(), known.sum(axis=across).tolist()
    for tally, total, n in zip(tallies, sums, terms, strict=True):
        tally.sums[name] += total
        tally.terms[name] += n
