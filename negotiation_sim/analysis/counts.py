"""What one strategy's replicates add up to: counts only, so that any order gives the same bits."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from negotiation_sim.model.terms import Cause

_BILLION = 1_000_000_000


@dataclass
class Tally:
    """Counts of one strategy; ``causes`` by code of :class:`Cause`, last the late successes."""

    horizon: int
    replicates: int = 0
    errors: int = 0
    pledges_only: bool = False
    timely_any: int = 0
    timely_all: int = 0
    months: dict[str, np.ndarray] = field(default_factory=dict)
    causes: np.ndarray = field(default_factory=lambda: np.zeros(len(Cause) + 1, dtype=np.int64))
    sums: Counter[str] = field(default_factory=Counter)
    terms: Counter[str] = field(default_factory=Counter)
    cells: dict[str, Counter[int]] = field(default_factory=dict)

    def by(self, name: str, month: int) -> int:
        """Return how many replicates have the milestone by a month."""
        return int(self.months[name][: month + 1].sum()) if name in self.months else 0

    def mean(self, name: str) -> float:
        """Return the mean of a quantity, not a number if there was none."""
        if not self.terms[name]:
            return float("nan")
        return self.sums[name] / (self.terms[name] * _BILLION)


class Chunk:
    """Adds the rows of a chunk to the tallies of their strategies, all strategies at once.

    Parameters
    ----------
    tallies : list of Tally
        One per strategy of the chunk.
    """

    def __init__(self, tallies: list[Tally]) -> None:
        self.tallies = tallies

    def counts(self, owner: np.ndarray, values: np.ndarray, width: int) -> np.ndarray:
        """Return how often each value from 0 to width - 1 occurs, by owner."""
        n = len(self.tallies)
        return np.bincount(owner * width + values, minlength=n * width).reshape(n, width)

    def add_number(self, field_name: str, owner: np.ndarray) -> None:
        """Add to a whole number of each tally how often it is an owner."""
        totals = np.bincount(owner, minlength=len(self.tallies)).tolist()
        for tally, total in zip(self.tallies, totals, strict=True):
            setattr(tally, field_name, getattr(tally, field_name) + total)

    def add_causes(self, owner: np.ndarray, causes: np.ndarray) -> None:
        """Count causes by code."""
        for tally, row in zip(
            self.tallies, self.counts(owner, causes, len(Cause) + 1), strict=True
        ):
            tally.causes += row

    def add_months(self, name: str, owner: np.ndarray, months: np.ndarray) -> None:
        """Count months; leave out replicates that never get there before the call."""
        horizon = self.tallies[0].horizon
        if len(months) and months.max() > horizon:
            raise ValueError(f"{name}: month {months.max()} is beyond the horizon {horizon}")
        for tally, row in zip(self.tallies, self.counts(owner, months, horizon + 1), strict=True):
            tally.months[name] = tally.months.get(name, 0) + row

    def add_sum(self, name: str, owner: np.ndarray, values: np.ndarray) -> None:
        """Add values in whole billionths: exact, so the order of addition cannot matter."""
        known = ~np.isnan(values)
        owner, whole = owner[known], np.rint(values[known] * _BILLION).astype(np.int64)
        sums = np.zeros(len(self.tallies), dtype=np.int64)
        np.add.at(sums, owner, whole)
        terms = np.bincount(owner, minlength=len(sums)).tolist()
        for tally, total, n in zip(self.tallies, sums.tolist(), terms, strict=True):
            tally.sums[name] += total
            tally.terms[name] += n

    def add_cells(
        self, owner: np.ndarray, track: np.ndarray, names: list[str], cell: np.ndarray
    ) -> None:
        """Count grid cells by strategy and track."""
        keys, counts = np.unique(np.column_stack([owner, track, cell]), axis=0, return_counts=True)
        for (who, where, which), count in zip(keys.tolist(), counts.tolist(), strict=True):
            self.tallies[who].cells.setdefault(names[where], Counter())[which] += count
