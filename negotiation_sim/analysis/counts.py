"""What one strategy's replicates add up to: counts only, so that any order gives the same bits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

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

    def plain(self) -> dict[str, Any]:
        """Return all counts as whole numbers that JSON holds; :meth:`add` takes them."""
        return {
            "replicates": self.replicates, "errors": self.errors,
            "pledges_only": self.pledges_only, "timely_any": self.timely_any,
            "timely_all": self.timely_all, "causes": self.causes.tolist(),
            "months": {name: months.tolist() for name, months in self.months.items()},
            "sums": dict(self.sums), "terms": dict(self.terms),
            "cells": {track: list(cells.items()) for track, cells in self.cells.items()},
        }  # fmt: skip

    def add(self, other: Mapping[str, Any]) -> None:
        """Add what :meth:`plain` gave of other replicates."""
        self.replicates += other["replicates"]
        self.errors += other["errors"]
        self.pledges_only |= other["pledges_only"]
        self.timely_any += other["timely_any"]
        self.timely_all += other["timely_all"]
        self.causes += np.array(other["causes"], dtype=np.int64)
        for name, months in other["months"].items():
            self.months[name] = self.months.get(name, 0) + np.array(months, dtype=np.int64)
        for name, total in other["sums"].items():
            self.sums[name] += total
        for name, number in other["terms"].items():
            self.terms[name] += number
        for track, cells in other["cells"].items():
            held = self.cells.setdefault(track, Counter())
            for cell, count in cells:
                held[cell] += count


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
