"""Time series that a plug-in collects: a chunk's numbers, and their mean month by month."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Collected:
    """What was collected in the worlds of a chunk.

    Parameters
    ----------
    strategies : tuple of int
        Places.
    values : (R, C, H, names) array
        Worlds, strategies, months, series.
    """

    NAME: ClassVar[str] = "collected"  # of the entry in a table's ``attrs``
    strategies: tuple[int, ...]
    values: NDArray[np.float64]


class SeriesAccumulator:
    """Adds series up, replicate by replicate, so that no sum depends on how they were cut.

    Parameters
    ----------
    names : sequence of str
    strategy_names : sequence of str
    """

    def __init__(self, names: Sequence[str], strategy_names: Sequence[str]) -> None:
        self.names, self.strategy_names = tuple(names), tuple(strategy_names)
        self._first: dict[int, NDArray[np.float64]] = {}
        self._sums: dict[int, NDArray[np.float64]] = {}

    def update(self, chunk: pd.DataFrame) -> None:
        """Count what was collected with a chunk of replicates, and take it off the table."""
        found = chunk.attrs.pop(Collected.NAME, None)
        if found is None:
            return
        for c, s in enumerate(found.strategies):
            for values in found.values[:, c]:
                first = self._first.setdefault(s, np.where(np.isfinite(values), values, 0.0))
                known = np.isfinite(values)
                off = np.where(known, values - first, 0.0)
                sums = self._sums.setdefault(s, np.zeros((3, *values.shape)))
                sums += np.stack([known, off, off * off])

    def table(self, z: float = 1.959963984540054) -> pd.DataFrame:
        """Return one row per strategy, series and month: how many replicates, mean, its interval."""
        import pandas as pd

        columns = ("strategy", "series", "month", "replicates", "mean", "mean_low", "mean_high")
        return pd.DataFrame(list(self._rows(z)), columns=list(columns))

    def _rows(self, z: float) -> Iterator[tuple[str, str, int, int, float, float, float]]:
        for s in sorted(self._sums):
            first, (number, total, squares) = self._first[s], self._sums[s]
            for k, name in enumerate(self.names):
                for month in range(first.shape[0]):
                    n, sum_, square = (float(each[month, k]) for each in (number, total, squares))
                    mean = first[month, k] + sum_ / n if n else math.nan
                    spread = max(0.0, square - sum_ * sum_ / n) / (n - 1.0) if n > 1 else math.nan
                    half = z * math.sqrt(spread / n) if n > 1 else math.nan
                    low, high = float(mean - half), float(mean + half)
                    yield (
                        self.strategy_names[s], name, month + 1, int(n), float(mean), low, high
                    )  # fmt: skip
