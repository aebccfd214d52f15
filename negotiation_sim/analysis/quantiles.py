"""Quantiles of time, participation and text, and how far two strategies are apart in them.

A quantile is the least value that so large a share of the worlds does not exceed. Of the time to
success it is taken over all worlds, those without success included, and is missing where fewer
succeed within the horizon: what lies beyond is not known. Of participation and text it is taken
over the worlds in which the strategy's text is adopted.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from negotiation_sim.analysis.measures import Measure, Measures
from negotiation_sim.analysis.pairing import add_up

QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)
RESAMPLES = 499
_FEWEST_RESAMPLES = 199
_MOST_DRAWN = 60_000_000
_BLOCK = 4_000_000
_COLUMNS = ["strategy", "measure", "quantile", "worlds", "values", "value", "low", "high"]
_PAIR_COLUMNS = [
    "first", "second", "measure", "quantile", "worlds", "values_first", "values_second",
    "value_first", "value_second", "difference", "low", "high",
]  # fmt: skip


class Bootstrap:
    """Quantiles of every strategy on the same redrawn worlds.

    Each resample draws whole worlds with all their strategies, so that a difference of two
    strategies' quantiles within a resample keeps their pairing.

    Parameters
    ----------
    measures : Measures
    resamples : int, optional
        Default 499; fewer, but at least 199, where there are more than 120,000 worlds.
    seed : int
    """

    def __init__(self, measures: Measures, resamples: int | None = None, seed: int = 0) -> None:
        self.measures, self.seed = measures, seed
        n = max(1, len(measures.known))
        fitting = max(_FEWEST_RESAMPLES, min(RESAMPLES, _MOST_DRAWN // n))
        self.resamples = fitting if resamples is None else resamples
        self._weights: dict[bytes, list[np.ndarray]] = {}
        self._found: dict[tuple[int, str, bytes], tuple[int, np.ndarray, np.ndarray]] = {}

    def of(
        self, measure: Measure, column: int, worlds: np.ndarray
    ) -> tuple[int, np.ndarray, np.ndarray]:
        """Return a strategy's quantiles on these worlds.

        Returns
        -------
        (int, array, array)
            How many values they rest on, the quantiles, and those of each resample (quantiles by
            resamples); infinite beyond the horizon, not a number without any value.
        """
        key = (column, measure.name, worlds.tobytes())
        if key not in self._found:
            self._found[key] = self._quantiles(measure, column, worlds)
        return self._found[key]

    def _quantiles(
        self, measure: Measure, column: int, worlds: np.ndarray
    ) -> tuple[int, np.ndarray, np.ndarray]:
        values = measure.values[worlds, column]
        order = np.argsort(values, kind="stable")[: int((~np.isnan(values)).sum())]
        n = len(order)
        if not n:
            empty = np.full((len(QUANTILES), self.resamples), np.nan)
            return 0, empty[:, 0], empty
        ordered = values[order]
        ranks = [math.ceil(q * n - 1e-9) - 1 for q in QUANTILES]
        finite = order[: int(np.isfinite(ordered).sum())]
        ladder = np.append(ordered[: len(finite)], np.inf)
        drawn = np.empty((len(QUANTILES), self.resamples))
        shares = np.array(QUANTILES)[:, None]
        start = 0
        for weights in self._drawn_worlds(worlds):
            size = weights.shape[1]
            heap = add_up(weights[finite])
            total = np.full(size, n) if len(values) == n else weights[order].sum(axis=0)
            rung = _rungs(heap, np.ceil(shares * total - 1e-9))
            drawn[:, start : start + size] = np.where(total > 0, ladder[rung], np.nan)
            start += size
        return n, ordered[ranks], drawn

    def _drawn_worlds(self, worlds: np.ndarray) -> list[np.ndarray]:
        """Return how often each world is drawn: blocks of worlds by resamples."""
        key = worlds.tobytes()
        n = int(worlds.sum())
        if n * self.resamples > 5 * _BLOCK:
            return _Again(n, self.resamples, self.seed)  # type: ignore[return-value]
        if key not in self._weights:
            self._weights[key] = list(_weights(n, self.resamples, self.seed))
        return self._weights[key]


class _Again:
    """Draws the same blocks each time they are asked for: too large to be kept."""

    def __init__(self, n: int, resamples: int, seed: int) -> None:
        self.what = (n, resamples, seed)

    def __iter__(self) -> Iterator[np.ndarray]:
        return _weights(*self.what)


def _weights(n: int, resamples: int, seed: int) -> Iterator[np.ndarray]:
    rng = np.random.default_rng(seed)
    step = max(1, _BLOCK // max(1, n))
    for start in range(0, resamples, step):
        size = min(step, resamples - start)
        drawn = rng.integers(0, n, size=(size, n), dtype=np.int32).astype(np.int64)
        drawn += n * np.arange(size)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=n * size).reshape(size, n)
        yield np.ascontiguousarray(counts.T, dtype=np.int16 if n < 2**15 else np.int32)


def _rungs(heap: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Return, per column of rising numbers, the first row that reaches what is wanted of it.

    The number of rows where none does. A binary search of all columns, for every line of
    ``wanted``, at once.
    """
    rows, size = heap.shape
    low = np.zeros(wanted.shape, dtype=np.int64)
    flat, columns, wanted = heap.ravel(), np.arange(size), wanted.astype(heap.dtype)
    step = 1 << rows.bit_length()
    while step := step >> 1:  # low: so many rows surely fall short
        tried = low + step
        short = tried <= rows
        short &= flat.take((tried - 1) * size + columns, mode="clip") < wanted
        low += step * short
    return low


def _limits(drawn: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Return percentile limits, line by line.

    What cannot be known in a resample may lie anywhere; a limit beyond reach is missing.
    """
    tail, n = (1.0 - level) / 2.0, drawn.shape[1]
    low = max(0, math.floor(tail * (n + 1)) - 1)
    high = min(n - 1, math.ceil((1.0 - tail) * (n + 1)) - 1)
    unknown = np.isnan(drawn)
    if unknown.any():
        lows = np.sort(np.where(unknown, -np.inf, drawn), axis=1)[:, low]
        highs = np.sort(np.where(unknown, np.inf, drawn), axis=1)[:, high]
    else:
        ordered = np.sort(drawn, axis=1)
        lows, highs = ordered[:, low], ordered[:, high]
    return _reached(lows), _reached(highs)


def _reached(values: np.ndarray) -> np.ndarray:
    return np.where(np.isfinite(values), values, np.nan)


def quantile_table(bootstrap: Bootstrap, level: float = 0.95) -> pd.DataFrame:
    """Return quantiles of each strategy and measure, each with its bootstrap interval.

    Returns
    -------
    DataFrame
        ``strategy, measure, quantile, worlds, values, value, low, high``: ``values`` counts the
        worlds that the quantile is taken over; ``value`` and limits are missing beyond reach.
    """
    measures, rows = bootstrap.measures, []
    for column, name in enumerate(measures.strategies):
        worlds = measures.known[:, column]
        for measure in measures.each:
            n, found, drawn = bootstrap.of(measure, column, worlds)
            if not n:
                continue
            lines = zip(QUANTILES, _reached(found), *_limits(drawn, level), strict=True)
            rows += [(name, measure.name, q, int(worlds.sum()), n, *line) for q, *line in lines]
    return pd.DataFrame(rows, columns=_COLUMNS)


def quantile_differences(
    bootstrap: Bootstrap, pairs: Sequence[tuple[str, str]], level: float = 0.95
) -> pd.DataFrame:
    """Return the quantiles of two strategies side by side, with their paired difference.

    Parameters
    ----------
    bootstrap : Bootstrap
    pairs : sequence of (str, str)
    level : float
        Of each interval on its own; it is not widened for the number of rows.

    Returns
    -------
    DataFrame
        ``first, second, measure, quantile``; ``worlds`` that both have met; ``values_first,
        values_second``, how many of them the quantiles are taken over; ``value_first,
        value_second``, missing beyond reach; ``difference`` (first less second) and its limits
        ``low, high``, missing where one of the two is beyond reach; a limit alone is missing
        where it lies beyond. A measure without values of both is left out.

    References
    ----------
    Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapter 13 (percentile limits).
    """
    measures = bootstrap.measures
    rows: list[tuple[object, ...]] = []
    for first, second in pairs:
        i, j = measures.places(first, second)
        worlds = measures.common(i, j)
        for measure in measures.each:
            n, mine, drawn = bootstrap.of(measure, i, worlds)
            m, theirs, others = bootstrap.of(measure, j, worlds)
            if not n or not m:
                continue
            with np.errstate(invalid="ignore"):
                limits = _limits(drawn - others, level)
            one, two = _reached(mine), _reached(theirs)
            apart = one - two
            low, high = (np.where(np.isnan(apart), np.nan, limit) for limit in limits)
            head = (first, second, measure.name)
            counts = (int(worlds.sum()), n, m)
            lines = zip(QUANTILES, one, two, apart, low, high, strict=True)
            rows += [(*head, q, *counts, *line) for q, *line in lines]
    return pd.DataFrame(rows, columns=_PAIR_COLUMNS)
