"""The points of a spec: a grid by arithmetic, a sampled design as one row of shares a point."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from negotiation_sim.errors import UsageError
from negotiation_sim.runs.sweep.design.spec import (
    GRID,
    LATIN,
    MOST_DRAWN,
    MOST_POINTS,
    MOST_SHOWN,
    ONE,
    POINTS,
    SAMPLED,
    SIZE,
    SOBOL,
    Point,
    Range,
    Spec,
    Value,
)


class Design(Sequence[Point]):
    """The points of a spec, in a fixed order.

    Attributes
    ----------
    paths : tuple of str
        One for each value of a point.
    """

    def __init__(self, spec: Spec, rows: Sequence[Point] | np.ndarray | None = None) -> None:
        self.spec = spec
        listed = {path: None for point in spec.points for path in point}
        self.paths = tuple(spec.vary or listed)
        self._levels = [v for v in spec.vary.values() if not isinstance(v, Range)]
        self._rows = rows
        self._length = math.prod(len(v) for v in self._levels) if rows is None else len(rows)

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(index)
        index = int(index) % len(self)
        if isinstance(self._rows, np.ndarray):
            return self._sampled(self._rows[index])
        return self._of_grid(index) if self._rows is None else self._rows[index]

    def _of_grid(self, index: int) -> Point:
        """Return a point of the grid; the last path changes fastest."""
        found: list[Value] = []
        for values in reversed(self._levels):
            index, place = divmod(index, len(values))
            found.append(values[place])
        return tuple(reversed(found))

    def _sampled(self, row: np.ndarray) -> Point:
        """Return a sampled point: shares of a range, or of a list of values."""
        found: list[Value] = []
        for share, values in zip(row.tolist(), self.spec.vary.values(), strict=True):
            if isinstance(values, Range):
                found.append(values.low + share * (values.high - values.low))
            else:
                found.append(values[min(int(share * len(values)), len(values) - 1)])
        return tuple(found)

    def values_of(self, place: int) -> list[Value]:
        """Return the values a path may take: its levels, or the least and the greatest."""
        path = self.paths[place]
        if self.spec.vary:
            values = self.spec.vary[path]
            return [values.low, values.high] if isinstance(values, Range) else list(values)
        return list(dict.fromkeys(p[path] for p in self.spec.points if p.get(path) is not None))

    def varied(self, index: int) -> str:
        """Return the path that a point of one at a time changes; empty for the base."""
        if self.spec.kind != ONE:
            return ""
        return next((p for p, v in zip(self.paths, self[index], strict=True) if v is not None), "")

    @property
    def shares(self) -> np.ndarray:
        """The points of a sampled design as a library drew them, in shares of each range."""
        if not isinstance(self._rows, np.ndarray):
            raise UsageError(f"design: {self.spec.kind} is not sampled; it has no shares")
        return self._rows

    def digest(self) -> str | None:
        """Return a hash of the points where a library drew them, None where the spec says all."""
        if not isinstance(self._rows, np.ndarray):
            return None
        return hashlib.sha256(np.ascontiguousarray(self._rows).tobytes()).hexdigest()[:16]


def make_design(spec: Spec) -> Design:
    """Return the points of a spec.

    Raises
    ------
    UsageError
        Where the spec has no points or too many, or its extra is not installed.
    """
    if not spec.vary and not spec.points:
        raise UsageError("sweep: nothing varies; name paths and values with --vary or 'sweep:'")
    for path, values in spec.vary.items():
        if isinstance(values, Range) and spec.kind not in SAMPLED:
            hint = "give values, or from, to and steps"
            raise UsageError(f"{path}: a range without steps is for {', '.join(SAMPLED)}; {hint}")
    if spec.kind == POINTS:
        paths = list({path: None for point in spec.points for path in point})
        return Design(spec, [tuple(point.get(path) for path in paths) for point in spec.points])
    if spec.kind == ONE:
        return Design(spec, _one_at_a_time(spec))
    if spec.kind == GRID:
        sizes = [len(values) for values in spec.vary.values() if not isinstance(values, Range)]
        n = math.prod(sizes)
        if n > MOST_POINTS:
            shown = f"{n:,}" if n < MOST_SHOWN else f"more than {MOST_SHOWN:,}"
            raise UsageError(f"sweep: {shown} points are too many; at most {MOST_POINTS:,}")
        return Design(spec)
    return Design(spec, _samples(spec))


def _one_at_a_time(spec: Spec) -> list[Point]:
    paths = list(spec.vary)
    points = 1 + sum(len(v) for v in spec.vary.values() if not isinstance(v, Range))
    if points * len(paths) > MOST_DRAWN:
        raise UsageError(
            f"sweep: {points:,} points of {len(paths):,} paths; at most {MOST_DRAWN:,} values"
        )
    rows: list[Point] = [(None,) * len(paths)]
    for place, values in enumerate(spec.vary.values()):
        for value in values:  # type: ignore[union-attr]
            rows.append(tuple(value if k == place else None for k in range(len(paths))))
    return rows


def salib_problem(spec: Spec) -> dict[str, Any]:
    """Return the problem that SALib's analyses ask for; every parameter in shares of its range.

    Examples
    --------
    >>> salib_problem(Spec(SOBOL, {"environment.pace": Range(0.01, 0.1)}))
    {'num_vars': 1, 'names': ['environment.pace'], 'bounds': [[0.0, 1.0]]}
    """
    names = list(spec.vary)
    return {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}


def _samples(spec: Spec) -> np.ndarray:
    """Return a sampled design as shares in [0, 1], one row a point."""
    size = spec.size or SIZE[spec.kind]
    points = size * (1 if spec.kind == LATIN else len(spec.vary) + 2)
    if points * len(spec.vary) > MOST_DRAWN:
        raise UsageError(
            f"size: {size:,} makes {points:,} points of {len(spec.vary)} numbers; at most "
            f"{MOST_DRAWN:,} numbers are drawn"
        )
    if spec.kind == LATIN:
        rng = np.random.default_rng(spec.seed)
        shuffled = np.column_stack([rng.permutation(size) for _ in spec.vary])
        return (shuffled + rng.random(shuffled.shape)) / size
    problem = salib_problem(spec)
    try:
        from SALib.sample import morris, sobol
    except ImportError:
        hint = "pip install 'negotiation-sim[analysis]'"
        raise UsageError(f"design: {spec.kind} needs SALib: {hint}") from None
    if spec.kind == SOBOL:
        if size & (size - 1):
            raise UsageError(f"size: {size}; Sobol' base samples come in powers of two")
        shares: np.ndarray = sobol.sample(problem, size, calc_second_order=False, seed=spec.seed)
    else:
        shares = morris.sample(problem, size, num_levels=spec.levels, seed=spec.seed)
    return shares
