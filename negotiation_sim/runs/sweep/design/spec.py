"""What a sweep varies: read from an experiment's ``sweep:``, from ``--vary``, from a CSV file."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from negotiation_sim.catalogue.flow_values import (
    NOTHING,
    flow_text,
    is_flow,
    listed,
    read_flow,
)
from negotiation_sim.catalogue.spreadsheets import read_sheet, with_points
from negotiation_sim.catalogue.strict_yaml import MAX_DIGITS, MOST, NumberError, plain_value
from negotiation_sim.errors import CatalogueError, NegotiationSimError, UsageError, nearest

GRID, POINTS, LATIN = "grid", "points", "latin-hypercube"
SOBOL, MORRIS, ONE = "sobol", "morris", "one-at-a-time"
KINDS = (GRID, POINTS, LATIN, SOBOL, MORRIS, ONE)
SAMPLED = (LATIN, SOBOL, MORRIS)
MOST_POINTS = 100_000_000
MOST_STEPS, MOST_SIZE, MOST_LEVELS = 1_000_000, 10_000_000, 1000
MOST_SHOWN = 10**18  # a longer number tells nobody more
MOST_DRAWN = 50_000_000  # numbers of a sampled design, which is held whole
SIZE, MORRIS_LEVELS = {LATIN: 1000, SOBOL: 256, MORRIS: 20}, 4
SPEC_KEYS = ("design", "vary", "points", "size", "design_seed", "levels")

HELD = (int, float, str, list, tuple, dict, type(None))  # what a file may hold
Value = float | bool | str | None  # of a point; a list or a mapping is its written form
Point = tuple[Value, ...]
Fail = Callable[[tuple[Any, ...], str], NegotiationSimError]


@dataclasses.dataclass(frozen=True)
class Spec:
    """What a study asks for, as plain data; the same spec gives the same points.

    Parameters
    ----------
    kind : str
        One of ``KINDS``.
    vary : mapping of str to tuple
        By dotted path: the values of a grid or of one at a time, the discrete levels of a sampled
        design, or, as a :class:`Range`, the ends between which it samples.
    points : tuple of mapping
        Of an explicit list.
    size : int or None
        Points of a Latin hypercube, base samples of Sobol', trajectories of Morris.
    seed : int
        Of a sampled design; the worlds have a seed of their own.
    levels : int
        Grid levels of Morris.
    """

    kind: str
    vary: Mapping[str, Range | tuple[Value, ...]] = dataclasses.field(default_factory=dict)
    points: tuple[Mapping[str, Value], ...] = ()
    size: int | None = None
    seed: int = 0
    levels: int = MORRIS_LEVELS

    def inputs(self) -> dict[str, Any]:
        """Return what decides the points, as JSON; reads back by :func:`spec_of`.

        The order of the paths decides the points, so they stand in lists: keys of JSON have none.
        """
        found: dict[str, Any] = {"design": self.kind}
        if self.kind == POINTS:
            paths = list(dict.fromkeys(path for point in self.points for path in point))
            rows = [[point.get(path) for path in paths] for point in self.points]
            return found | {"points": {"paths": paths, "values": rows}}
        found["vary"] = [{"path": p} | _as_json(values) for p, values in self.vary.items()]
        if self.kind in SAMPLED:
            found |= {"size": self.size, "design_seed": self.seed}
        if self.kind == MORRIS:
            found["levels"] = self.levels
        return found


@dataclasses.dataclass(frozen=True)
class Range:
    """The ends between which a sampled design draws."""

    low: float
    high: float


def _as_json(values: Range | tuple[Value, ...]) -> dict[str, Any]:
    if isinstance(values, Range):
        return {"from": values.low, "to": values.high}
    return {"values": list(values)}


def keeps_order(data: Mapping[str, Any]) -> bool:
    """Return whether a manifest's ``sweep`` says in which order its paths were named.

    Those that version 0.1 wrote do not: their paths are keys, which JSON has sorted.
    """
    return isinstance(data.get("vary") or [], list) and not isinstance(data.get("points"), list)


def spec_of(data: Mapping[str, Any], fail: Fail | None = None, folder: Path | None = None) -> Spec:
    """Return the spec that a ``sweep:`` of an experiment file describes.

    Parameters
    ----------
    data : mapping
        Keys ``design``, ``vary``, ``points`` (a list, or a CSV file next to the experiment),
        ``size``, ``design_seed`` and ``levels``; others are not looked at. ``vary`` and
        ``points`` may also be as :meth:`Spec.inputs` gives them and a manifest holds them.
    fail : callable, optional
        Makes the error for a path within the data.
    folder : Path, optional
        Where a CSV file of points is looked for.
    """
    fail = fail or _plain_failure
    kind = data.get("design", POINTS if data.get("points") else GRID)
    if not isinstance(kind, str) or kind not in KINDS:
        raise fail(("design",), f"unknown design{nearest(kind, KINDS)}")
    for key in {"vary", "points"} - {"points" if kind == POINTS else "vary"}:
        if data.get(key):
            raise fail((key,), f"has no place in the design '{kind}'")
    numbers = {}
    for key, least, most in (
        ("size", 1, MOST_SIZE), ("design_seed", 0, 2**32 - 1), ("levels", 2, MOST_LEVELS),
    ):  # fmt: skip
        number = data.get(key)
        if number is not None and (type(number) is not int or not least <= number <= most):
            found = f"{number!r}" if len(str(number)) < MAX_DIGITS else "a longer number"
            raise fail(
                (key,),
                f"found {found}, expected a whole number of at least {least}, at most {most:,}",
            )
        numbers[key] = number
    if numbers["levels"] is not None and numbers["levels"] % 2:
        raise fail(("levels",), f"found {numbers['levels']}, expected an even number")
    return Spec(
        kind,
        {str(p): _values(p, v, fail) for p, v in _varied(data.get("vary"), fail).items()},
        _points(data.get("points"), fail, folder),
        (numbers["size"] or SIZE[kind]) if kind in SAMPLED else None,
        numbers["design_seed"] or 0,
        numbers["levels"] or MORRIS_LEVELS,
    )


def _plain_failure(path: tuple[Any, ...], message: str) -> NegotiationSimError:
    return UsageError(f"sweep.{'.'.join(str(part) for part in path)}: {message}")


def _varied(data: Any, fail: Fail) -> Mapping[str, Any]:
    """Return what varies by path, in order: from a mapping, or from a manifest's list."""
    if isinstance(data, Mapping) or not data:
        return data or {}
    if not isinstance(data, list) or not all(isinstance(e, Mapping) and "path" in e for e in data):
        raise fail(("vary",), "expected paths and their values")
    found = {}
    for entry in data:
        rest = {key: value for key, value in entry.items() if key != "path"}
        if entry["path"] in found:
            raise fail(("vary", entry["path"]), "stands twice")
        found[entry["path"]] = rest["values"] if list(rest) == ["values"] else rest
    return found


def _values(path: str, data: Any, fail: Fail) -> Range | tuple[Value, ...]:
    """Return what varies at a path: a list, or ``{from, to}`` with or without ``steps``."""
    at = ("vary", path)
    if isinstance(data, Mapping):
        unknown = [key for key in data if key not in ("from", "to", "steps")]
        if unknown or "from" not in data or "to" not in data:
            raise fail(at, "expected a list of values, or from, to and (for a grid) steps")
        low, high = (_finite(data[key], at, fail) for key in ("from", "to"))
        if not abs(high - low) <= MOST:
            raise fail(at, f"from and to lie further apart than {MOST:g}")
        if data.get("steps") is None:
            if not low < high:
                raise fail(at, f"the range from {low:g} to {high:g} is empty")
            return Range(low, high)
        steps = data["steps"]
        if type(steps) is not int or not 2 <= steps <= MOST_STEPS:
            message = (
                f"found {steps!r}, expected a whole number of at least 2, at most {MOST_STEPS:,}"
            )
            raise fail((*at, "steps"), message)
        return even_steps(low, high, steps)
    values = data if isinstance(data, list) else [data]
    if not values:
        raise fail(at, "an empty list")
    if len({_key(value) for value in values}) < len(values):
        raise fail(at, "a value stands twice")
    for value in values:
        if value != value or not isinstance(value, HELD):
            raise fail(at, f"found {value!r}, expected values that a file may hold")
    return _alike([_plain(value) for value in values])


def _key(value: Any) -> tuple[str, Any]:
    value = _plain(value)
    return (type(value).__name__ if isinstance(value, (bool, str)) else "number", str(value))


def _plain(value: Any) -> Value:
    """Return a number as float, true, false and words as they are, all else in its written form."""
    if isinstance(value, (bool, str)):
        return value
    return float(value) if isinstance(value, (int, float)) else flow_text(value)


def _alike(values: list[Value]) -> tuple[Value, ...]:
    """Return values as they are; numbers beside ``null`` as words, for one column holds them."""
    rest = [value for value in values if value != NOTHING]
    if len(rest) < len(values) and not any(isinstance(value, str) for value in rest):
        return tuple(v if v == NOTHING else flow_text(_whole(v)) for v in values)
    return tuple(values)


def _whole(value: Any) -> Any:
    """Return a number without decimals as a whole number."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _finite(value: Any, at: tuple[Any, ...], fail: Fail) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) <= MOST:
        raise fail(at, f"found {value!r}, expected a number of at most {MOST:g}")
    return float(value)


def even_steps(low: float, high: float, steps: int) -> tuple[float, ...]:
    """Return numbers from low to high, both included, in even steps.

    Rounded to twelve digits, so that 0 to 1 in eleven steps holds 0.3 and not its neighbour.

    Examples
    --------
    >>> even_steps(0.0, 1.0, 11)[3]
    0.3
    """
    exact = [low + (high - low) * k / (steps - 1) for k in range(steps)]
    return tuple(float(f"{value:.12g}") for value in exact)


def _points(data: Any, fail: Fail, folder: Path | None) -> tuple[Mapping[str, Value], ...]:
    if data is None:
        return ()
    if isinstance(data, str):
        file = (folder or Path()) / data
        if not file.exists():
            raise fail(("points",), f"no such file: {data}")
        return read_points(file)[0]
    if isinstance(data, Mapping) and set(data) == {"paths", "values"}:  # as a manifest holds them
        data = [
            {p: v for p, v in zip(data["paths"], row, strict=True) if v is not None}
            for row in data["values"]
        ]
    if not isinstance(data, list) or not all(isinstance(p, Mapping) and p for p in data):
        raise fail(("points",), "expected a list of points, each with paths and values")
    found = []
    for place, point in enumerate(data):
        for path, value in point.items():
            if value is None or value != value or not isinstance(value, HELD):
                message = (
                    f"found {value!r}, expected a value; leave it out, or write 'null' in quotes"
                )
                raise fail(("points", place, path), message)
        found.append({str(path): _plain(value) for path, value in point.items()})
    return tuple(found)


def read_points(file: Path) -> tuple[tuple[Mapping[str, Value], ...], tuple[str, ...]]:
    """Return the points of a table, and what was assumed of it in words.

    Its head are paths; an empty cell leaves the base as it is.

    Raises
    ------
    CatalogueError
        With file, line and path.
    """
    sheet = with_points(read_sheet(file))
    head = sheet.head
    for name in head:
        if not name or head.count(name) > 1:
            message = f"'{name}' stands twice" if name else "a column without a path"
            raise CatalogueError(sheet.file, 1, "", f"{message}; expected paths, each once")
    if not sheet.rows:
        raise CatalogueError(sheet.file, 1, "", "expected points below the first line, of paths")
    found = []
    for line, cells in sheet.rows:
        if len(cells) < len(head):
            message = f"{len(cells)} values for {len(head)} paths"
            raise CatalogueError(sheet.file, line, "", message)
        point = {}
        for path, cell in zip(head, cells, strict=True):
            if cell:
                try:
                    point[path] = _plain(read_flow(cell) if is_flow(cell) else plain_value(cell))
                except (NumberError, UsageError) as error:
                    raise CatalogueError(sheet.file, line, path, str(error)) from None
        found.append(point)
    said = tuple(f"{sheet.file}: {words}" for words in sheet.assumed)
    return tuple(found), said


def parse_vary(options: Sequence[str]) -> dict[str, Any]:
    """Return ``--vary PATH=VALUES`` as the ``vary`` of a sweep.

    Values are a list ``1,2,4``, even steps ``0:1:11`` or, for sampled designs, a range ``0:1``.
    Lists, mappings and nothing are written as YAML writes them on one line, ``[USA,CHN],[USA]``.

    Examples
    --------
    >>> parse_vary(["venues.CD.leadership=1,2", "environment.pace=0.02:0.1:5"])
    {'venues.CD.leadership': [1, 2], 'environment.pace': {'from': 0.02, 'to': 0.1, 'steps': 5}}
    >>> parse_vary(["venues.CD.decision={rule: consensus},{rule: simple_majority}"])
    {'venues.CD.decision': [{'rule': 'consensus'}, {'rule': 'simple_majority'}]}
    """
    found: dict[str, Any] = {}
    for option in options:
        path, equals, text = option.partition("=")
        path = path.strip()
        if not equals or not path or not text.strip():
            raise UsageError(
                f"vary: '{option}': expected PATH=VALUES, as in environment.pace=0.05,0.1"
            )
        if path in found:
            raise UsageError(f"vary: {path} stands twice")
        if any(sign in text for sign in "[{\"'") or NOTHING in text.split(","):
            try:
                found[path] = listed(text)
            except UsageError as error:
                raise UsageError(f"vary: {path}: {error}") from None
            continue
        try:
            parts = [plain_value(part.strip()) for part in text.split(":")]
            several = [plain_value(part.strip()) for part in text.split(",")]
        except NumberError as error:
            raise UsageError(f"vary: {path}: {error}") from None
        numeric = all(isinstance(p, (int, float)) and not isinstance(p, bool) for p in parts)
        if len(parts) in (2, 3) and numeric:
            found[path] = dict(zip(("from", "to", "steps"), parts, strict=False))
        else:
            found[path] = several
    return found
