"""Scenario discovery: in which corners of what we do not know does a strategy succeed?

A regression tree on half of the points proposes boxes ("pace above 0.06 and trust of CHN above
0.5"); the other half, which the tree has not seen, says how much of success each holds. A box has
density (P within it), coverage (the share of all success that falls in it) and support (the share
of all points). Few and short conditions are preferred to a close fit (Bryant and Lempert 2010,
Technological Forecasting and Social Change 77, 34-49).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from negotiation_sim.errors import UsageError
from negotiation_sim.studies.assumptions import Assumption

CONDITIONS = 3  # at most so many in a box
SMALLEST = 0.05  # least share of the points in a box
RESAMPLES = 300
FEWEST = 40  # base points: fewer cannot be split in two
COLUMNS = ["box", "p", "p_low", "p_high", "coverage", "support", "lift"]


@dataclass(frozen=True)
class Region:
    """Conditions that hold together: ends by place of the figure, in shares of its span."""

    ends: dict[int, tuple[float, float]]

    def holds(self, shares: np.ndarray) -> np.ndarray:
        """Return, point by point, whether all conditions hold."""
        inside = np.ones(len(shares), dtype=bool)
        for place, (low, high) in self.ends.items():
            inside &= (shares[:, place] > low) & (shares[:, place] <= high)
        return inside

    def words(self, assumptions: Sequence[Assumption]) -> str:
        """Return the conditions in the figures' own units."""
        parts = []
        for place, (low, high) in sorted(self.ends.items()):
            parts.append(assumptions[place].within(low, high))
        return " and ".join(parts)


def discover(
    shares: np.ndarray,
    p: np.ndarray,
    assumptions: Sequence[Assumption],
    block: int = 1,
    *,
    level: float = 0.95,
    seed: int = 0,
) -> pd.DataFrame:
    """Return the boxes in which success is densest, judged on points that did not choose them.

    Parameters
    ----------
    shares : (points, figures) array
        In shares of each figure's span.
    p : (points,) array
        Share of worlds in which the strategy succeeds.
    assumptions : sequence of Assumption
        Names and spans of the figures.
    block : int
        Points in a row that belong together (a base sample of a Sobol' design).

    Returns
    -------
    DataFrame
        ``box`` (the conditions in words), ``p`` within it with ``p_low, p_high`` (bootstrap over
        base points), ``coverage``, ``support``, ``lift`` (``p`` over P everywhere); densest
        first. Empty where P is nowhere above 0, or no box is denser than the whole.
    """
    group = np.arange(len(p)) // block
    if group[-1] + 1 < FEWEST:
        raise UsageError(
            f"boxes: {group[-1] + 1} base points are too few to split; at least {FEWEST}"
        )
    seen = group % 2 == 0
    judged = ~seen
    total = p[judged].sum()
    rows = []
    if p[seen].max() > p[seen].min() and total > 0.0:
        for box in _leaves(shares[seen], p[seen], seed):
            inside = box.holds(shares[judged])
            if inside.any():
                rows.append(_row(box, inside, p[judged], group[judged], assumptions, level, seed))
    rows = [row for row in rows if row["p_low"] > p[judged].mean()]
    rows.sort(key=lambda row: -row["p"])
    return pd.DataFrame(rows, columns=COLUMNS)


def _row(
    box: Region, inside: np.ndarray, p: np.ndarray, group: np.ndarray,
    assumptions: Sequence[Assumption], level: float, seed: int,
) -> dict[str, Any]:  # fmt: skip
    low, high = _interval(inside, p, group, level, seed)
    density = float(p[inside].mean())
    return {
        "box": box.words(assumptions), "p": density, "p_low": min(low, density),
        "p_high": max(high, density),
        "coverage": float(p[inside].sum() / p.sum()), "support": float(inside.mean()),
        "lift": density / float(p.mean()),
    }  # fmt: skip


def _interval(
    inside: np.ndarray, p: np.ndarray, group: np.ndarray, level: float, seed: int
) -> tuple[float, float]:
    """Return the bootstrap interval of P within a box; base points are drawn whole."""
    _, place = np.unique(group, return_inverse=True)
    success = np.bincount(place, np.where(inside, p, 0.0))
    held = np.bincount(place, inside.astype(float))
    rng = np.random.default_rng(seed)
    drawn = rng.integers(0, len(held), size=(RESAMPLES, len(held)))
    n = held[drawn].sum(axis=1)
    shares = success[drawn].sum(axis=1)[n > 0] / n[n > 0]
    tail = (1.0 - level) / 2.0
    return tuple(np.quantile(shares, [tail, 1.0 - tail]).tolist())


def _leaves(shares: np.ndarray, p: np.ndarray, seed: int) -> Iterator[Region]:
    """Yield the leaves of a small regression tree as boxes."""
    from sklearn.tree import DecisionTreeRegressor

    model = DecisionTreeRegressor(
        max_depth=CONDITIONS, min_samples_leaf=max(2, int(SMALLEST * len(p))), random_state=seed
    ).fit(shares, p)
    tree = model.tree_
    waiting: list[tuple[int, dict[int, tuple[float, float]]]] = [(0, {})]
    while waiting:
        node, ends = waiting.pop()
        left, right = int(tree.children_left[node]), int(tree.children_right[node])
        if left < 0:
            if ends:
                yield Region(ends)
            continue
        place, cut = int(tree.feature[node]), float(tree.threshold[node])
        low, high = ends.get(place, (-1.0, 1.0))
        waiting.append((left, ends | {place: (low, cut)}))
        waiting.append((right, ends | {place: (cut, high)}))
