"""What one strategy's replicates add up to: counts only, so that any order gives the same bits."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from negotiation_sim.model.terms import Cause

_BILLION = 1_000_000_000


@dataclass
class StrategyCounts:
    """Counts of one strategy; ``causes`` by code of :class:`Cause`, last the late successes."""

    horizon: int
    replicates: int = 0
    errors: int = 0
    pledges_only: bool = False
    timely_any: int = 0
    timely_all: int = 0
    months: dict[str, np.ndarray] = field(default_factory=dict)
    causes: np.ndarray = field(default_factory=lambda: np.zeros(len(Cause) + 1, dtype=np.int64))
    sums: Counter = field(default_factory=Counter)
    terms: Counter = field(default_factory=Counter)
    cells: dict[str, Counter] = field(default_factory=dict)

    def by(self, name: str, month: int) -> int:
        """Return how many replicates have the milestone by a month."""
        return int(self.months[name][: month + 1].sum()) if name in self.months else 0

    def mean(self, name: str) -> float:
        """Return the mean of a quantity, not a number if there was none."""
        if not self.terms[name]:
            return float("nan")
        return self.sums[name] / (self.terms[name] * _BILLION)


class Chunk:
    """Adds the rows of a chunk to the counts of their strategies, all strategies at once.

    Parameters
    ----------
    by_strategy : list of StrategyCounts
        One per strategy of the chunk.
    """

    def __init__(self, by_strategy: list[StrategyCounts]) -> None:
        self.by_strategy = by_strategy

    def counts(self, owner: np.ndarray, values: np.ndarray, width: int) -> np.ndarray:
        """Return how often each value from 0 to width - 1 occurs, by owner."""
        n = len(self.by_strategy)
        return np.bincount(owner * width + values, minlength=n * width).reshape(n, width)

    def add_number(self, field_name: str, owner: np.ndarray) -> None:
        """Add to a whole number of each strategy how often it is an owner."""
        totals = np.bincount(owner, minlength=len(self.by_strategy)).tolist()
        for counted, total in zip(self.by_strategy, totals, strict=True):
            setattr(counted, field_name, getattr(counted, field_name) + total)

    def add_causes(self, owner: np.ndarray, causes: np.ndarray) -> None:
        """Count causes by code."""
        for counted, row in zip(
            self.by_strategy, self.counts(owner, causes, len(Cause) + 1), strict=True
        ):
            counted.causes += row

    def add_months(self, name: str, owner: np.ndarray, months: np.ndarray) -> None:
        """Count months; leave out replicates that never get there before the call."""
        horizon = self.by_strategy[0].horizon
        if len(months) and months.max() > horizon:
            raise ValueError(f"{name}: month {months.max()} is beyond the horizon {horizon}")
        for counted, row in zip(
            self.by_strategy, self.counts(owner, months, horizon + 1), strict=True
        ):
            counted.months[name] = counted.months.get(name, 0) + row

    def add_sum(self, name: str, owner: np.ndarray, values: np.ndarray) -> None:
        """Add values in whole billionths: exact, so the order of addition cannot matter."""
        known = ~np.isnan(values)
        owner, whole = owner[known], np.rint(values[known] * _BILLION).astype(np.int64)
        sums = np.zeros(len(self.by_strategy), dtype=np.int64)
        np.add.at(sums, owner, whole)
        terms = np.bincount(owner, minlength=len(sums)).tolist()
        for counted, total, n in zip(self.by_strategy, sums.tolist(), terms, strict=True):
            counted.sums[name] += total
            counted.terms[name] += n

    def add_cells(
        self, owner: np.ndarray, track: np.ndarray, names: list[str], cell: np.ndarray
    ) -> None:
        """Count grid cells by strategy and track."""
        keys, counts = np.unique(np.column_stack([owner, track, cell]), axis=0, return_counts=True)
        for (who, where, which), count in zip(keys.tolist(), counts.tolist(), strict=True):
            self.by_strategy[who].cells.setdefault(names[where], Counter())[which] += count
