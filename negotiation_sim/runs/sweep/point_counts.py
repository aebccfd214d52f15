"""Counts the compiled loop's output of one point directly, without a table of replicates.

How a strategy's tracks combine is said in :mod:`negotiation_sim.analysis.success`; here the
same counts are taken from arrays, because a table costs more than a short point does. A test holds
every count equal to those of ``SummaryAccumulator`` on random scenarios.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from negotiation_sim.analysis.counts import StrategyCounts
from negotiation_sim.analysis.outcomes import summary_row
from negotiation_sim.analysis.replicates import CAUSES, LATE, NEVER
from negotiation_sim.analysis.success import SuccessRule
from negotiation_sim.engine.scenario import Scenario
from negotiation_sim.model.chunk import Outcomes
from negotiation_sim.model.columns import on_range
from negotiation_sim.model.terms import MILLION

BILLION = 1_000_000_000
LATE_CODE = CAUSES.index(LATE)
MILESTONES = {
    "mandate_month": "mandate",
    "adoption_month": "adoption",
    "entry_into_force_month": "force",
    "success_month": "success",
}
WORLD = {"events": "events", "events_avoided": "avoided", "violations": "violations"}


class PointCounts:
    """What the replicates of one point add up to, strategy by strategy.

    Parameters
    ----------
    scenario : Scenario
        Of the point.
    rules : list of SuccessRule
        How the tracks of each strategy combine at this point.
    """

    def __init__(self, scenario: Scenario, rules: Sequence[SuccessRule]) -> None:
        self.scenario = scenario
        self.rules = rules
        self.by_strategy = [
            StrategyCounts(scenario.horizon, pledges_only=r.pledges_only) for r in rules
        ]

    def add(self, strategies: Sequence[int], outcomes: Outcomes) -> None:
        """Count the output of :func:`negotiation_sim.engine.ensemble.simulate` for some strategies."""
        alike: dict[tuple[int, bytes, bytes, bool], list[int]] = {}
        for c, s in enumerate(strategies):
            alike.setdefault(_key(self.rules[s]), []).append(c)
        for places in alike.values():
            members = [strategies[c] for c in places]
            by_strategy = [self.by_strategy[s] for s in members]
            self._add(by_strategy, self.rules[members[0]], places, outcomes)

    def _add(
        self,
        by_strategy: list[StrategyCounts],
        rule: SuccessRule,
        places: list[int],
        outcomes: Outcomes,
    ) -> None:
        """Count strategies whose tracks combine alike; arrays are replicates, strategies, tracks."""
        runs, text = outcomes.runs[:, places], outcomes.text[:, places]
        rows = outcomes.tracks[:, places, : len(rule.counted)]
        deadline, n = self.scenario.deadline, len(rows)
        for name, field in MILESTONES.items():
            months = _never(rows[field])
            combined = _combined(months[..., rule.chosen], rule.any_rule)
            for counted, found in zip(
                by_strategy, _months(combined, by_strategy[0].horizon), strict=True
            ):
                counted.months[name] = counted.months.get(name, 0) + found
        # the loop ends with the months of success
        mine = months[..., rule.counted]
        any_, all_ = (
            (end(axis=2) <= deadline).sum(axis=0).tolist() for end in (mine.min, mine.max)
        )
        causes = _causes(rows, months > deadline, combined <= deadline, rule)
        for k, counted in enumerate(by_strategy):
            counted.replicates += n
            counted.timely_any += any_[k]
            counted.timely_all += all_[k]
            counted.causes += causes[k]
        for name, field in WORLD.items():
            _sum(by_strategy, name, runs[field])
        _sum(by_strategy, "pledge_coverage", rows["most_coverage"].max(axis=2) / MILLION)
        adopted = _never(rows["adoption"]) <= deadline
        adopted &= rule.counted
        for k, issue in enumerate(self.scenario.issues):
            agreed = on_range(text[:, :, : len(rule.counted), k], *self.scenario.ranges[k])
            _sum(by_strategy, f"text_{issue}", agreed, adopted)
        _sum(by_strategy, "participation", rows["held"] / MILLION, adopted)

    def successes(self, strategy: int) -> tuple[int, int]:
        """Return timely successes and replicates of a strategy."""
        counted = self.by_strategy[strategy]
        return counted.by("success_month", self.scenario.deadline), counted.replicates

    def rows(self, level: float) -> list[dict[str, Any]]:
        """Return the row of each strategy, with the columns of ``summary.csv``."""
        return [
            summary_row(name, counted, self.scenario.deadline, level)
            for name, counted in zip(self.scenario.strategy_names, self.by_strategy, strict=True)
        ]


def _key(rule: SuccessRule) -> tuple[Any, ...]:
    """Return what is equal for strategies whose tracks combine alike."""
    return (rule.counted.tobytes(), rule.chosen.tobytes(), rule.any_rule)


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


def _causes(
    rows: np.ndarray, missed: np.ndarray, timely: np.ndarray, rule: SuccessRule
) -> np.ndarray:
    """Return how often each cause decided a failure; the first entry counts timely successes."""
    cause = rows["cause"]
    cause = np.where(missed & (cause == 0), LATE_CODE, cause)[..., rule.chosen]
    rank = np.where(missed[..., rule.chosen], -cause if rule.any_rule else cause, NEVER)
    deciding = np.take_along_axis(cause, rank.argmin(axis=2)[..., None], axis=2)[..., 0]
    return _counted(np.where(timely, 0, deciding), len(CAUSES))


def _sum(
    by_strategy: list[StrategyCounts],
    name: str,
    values: np.ndarray,
    known: np.ndarray | None = None,
) -> None:
    """Add values in whole billionths: exact, so the order of addition cannot matter."""
    if known is None:
        known = np.ones(values.shape, dtype=bool)
    across = tuple(axis for axis in range(values.ndim) if axis != 1)
    whole = np.rint(np.where(known, values, 0.0) * BILLION).astype(np.int64)
    sums, terms = whole.sum(axis=across).tolist(), known.sum(axis=across).tolist()
    for counted, total, n in zip(by_strategy, sums, terms, strict=True):
        counted.sums[name] += total
        counted.terms[name] += n
