"""Dotted paths: ``actors.USA.verification_demand``, ``strategies.*.start``, and what they set."""

from __future__ import annotations

import functools
import types
import typing
from collections.abc import Iterator, Mapping
from typing import Any

from negotiation_sim.catalogue.consistency import findings
from negotiation_sim.catalogue.earlier import unknown_name
from negotiation_sim.catalogue.process_parameters import environment_table, outside
from negotiation_sim.catalogue.records import EnvironmentEntry
from negotiation_sim.catalogue.reports import (
    Origin,
    Problems,
    member_type,
    record_type,
    report,
    shown,
)
from negotiation_sim.catalogue.schema import Figure, Record, Setting, Strategy, Track, assumed
from negotiation_sim.catalogue.strict_yaml import MOST, Document, NumberError, Path_, plain_value
from negotiation_sim.errors import CatalogueError, NegotiationSimError

NOTE = "set by an override"
WILDCARD = "*"
FOR_ALL_TRACKS = (
    "start", "patience", "after_milestone", "pledges", "task", "term_months", "term_ends",
)  # fmt: skip
_TEXT_LEAVES = ("start", "dissolved", "term_ends", "date")
_NO_LEVERS = (
    "id", "name", "description", "question", "kind", "basis", "source", "note", "members",
    "membership_source", "passes_to", "provenance", "resources", "unga_ideal_point",
    "turnover_dates", "evidence", "required", "weights", "states", "issues", "affinity",
    "initiative", "venue", "fallback", "succeeds_when", "joined",
)  # fmt: skip


def lift(kind: Any, data: Any, note: str) -> Any:
    """Return plain data with bare numbers as assumed figures where a figure is expected.

    Examples
    --------
    >>> lift(dict[str, Figure], {"event_rate": 0.1}, "set here")
    {'event_rate': {'value': 0.1, 'basis': 'assumed', 'note': 'set here'}}
    """
    if _is_figure(kind):
        if isinstance(data, (int, float)) and not isinstance(data, bool):
            return {"value": data, "basis": "assumed", "note": note}
        return data
    if isinstance(data, dict):
        return {key: lift(member_type(kind, key), value, note) for key, value in data.items()}
    return data


def _is_figure(kind: Any) -> bool:
    model = record_type(kind)
    return model is not None and issubclass(model, Figure)


def _unwrap(kind: Any) -> Any:
    """Return a type without its ``Annotated`` and ``| None``."""
    arguments = typing.get_args(kind)
    if typing.get_origin(kind) is typing.Annotated:
        return _unwrap(arguments[0])
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        rest = [argument for argument in arguments if argument is not type(None)]
        return _unwrap(rest[0]) if len(rest) == 1 else kind
    return kind


def _is_leaf(kind: Any, name: Any) -> bool:
    """Return whether an override may set a field of this type and name."""
    bare = _unwrap(kind)
    if _is_figure(bare) or bare in (float, int, bool) or name in ("quota", "capability_quota"):
        return True
    return typing.get_origin(bare) is typing.Literal or (bare is str and name in _TEXT_LEAVES)


def _children(node: Any, kind: Any) -> Iterator[tuple[str, Any, Any, Any]]:
    """Yield label, key, value and type of everything one step below a node."""
    if isinstance(node, Record) and not isinstance(node, Figure):
        for name, info in type(node).model_fields.items():
            if name not in _NO_LEVERS:
                yield name, name, getattr(node, name), info.annotation
    elif isinstance(node, dict):
        for key, value in node.items():
            yield str(key), key, value, member_type(_unwrap(kind), key)
    elif isinstance(node, list):
        for index, value in enumerate(node):
            label = value.name if isinstance(value, Strategy) else str(index)
            yield label, index, value, member_type(_unwrap(kind), index)


def _targets(node: Any, kind: Any, rest: str, path: Path_) -> Iterator[tuple[Path_, Any]]:
    """Yield the place and the type of every leaf that the rest of a dotted path names."""
    if isinstance(node, Strategy) and rest in FOR_ALL_TRACKS:
        for index in range(len(node.tracks)):
            yield (*path, "tracks", index, rest), Track.model_fields[rest].annotation
        return
    children = list(_children(node, kind))
    several = isinstance(node, (dict, list))
    if several and (rest == WILDCARD or rest.startswith(WILDCARD + ".")):
        chosen, rest = children, rest[2:]
    else:
        fitting = [c for c in children if rest == c[0] or rest.startswith(c[0] + ".")]
        chosen = sorted(fitting, key=lambda child: -len(child[0]))[:1]
        rest = rest[len(chosen[0][0]) + 1 :] if chosen else rest
    for _, key, value, below in chosen:
        if rest:
            yield from _targets(value, below, rest, (*path, key))
        elif _is_leaf(below, key):
            yield (*path, key), below


def _known(node: Any, kind: Any, prefix: str, stars: bool) -> Iterator[str]:
    if isinstance(node, Strategy):
        yield from (prefix + name for name in FOR_ALL_TRACKS)
    for label, key, value, below in _children(node, kind):
        if _is_leaf(below, key):
            yield prefix + label
        else:
            yield from _known(value, below, f"{prefix}{label}.", stars)
            if stars and prefix in ("actors.", "venues.", "strategies.", "initiatives."):
                yield from _known(value, below, f"{prefix}{WILDCARD}.", False)


def known_paths(setting: Setting) -> list[str]:
    """Return every path that an override may set, in alphabetical order.

    Parameters
    ----------
    setting : Setting

    Returns
    -------
    list of str
        Such as ``actors.USA.trust``, ``actors.*.trust``, ``strategies.ban@CD.start``.
    """
    return sorted(set(_known(setting, Setting, "", stars=True)))


def names_something(setting: Setting, path: str) -> bool:
    """Return whether a dotted path names anything that can be set."""
    return any(True for _ in _targets(setting, Setting, path, ()))


def targets(setting: Setting, path: str) -> list[tuple[Path_, Any]]:
    """Return place and type of everything that a dotted path sets; at least one."""
    found = list(_targets(setting, Setting, path, ()))
    if not found:
        message = unknown_name("path", path, known_paths(setting))
        raise CatalogueError("", None, path, message)
    return found


def _wrong(path: str, value: Any, expected: str) -> CatalogueError:
    return CatalogueError("", None, path, f"found {shown(value)}, expected {expected}")


def _number(path: str, value: Any) -> float:
    try:
        number = plain_value(value) if isinstance(value, str) else value
    except NumberError as error:
        raise CatalogueError("", None, path, str(error)) from None
    if isinstance(number, bool) or not isinstance(number, (int, float)):
        raise _wrong(path, value, "a number")
    if not abs(number) <= MOST:
        raise _wrong(path, value, f"a finite number, at most {MOST:g}")
    return number


def _fitting(path: str, value: Any, kind: Any) -> Any:
    """Return a value as the field's own kind of value."""
    bare = _unwrap(kind)
    if hasattr(value, "item") and not isinstance(value, str):
        value = value.item()  # a NumPy scalar, as designs hand them out
    if _is_figure(bare):
        return assumed(_number(path, value), NOTE)
    if bare is bool:
        truth = {"true": True, "false": False}.get(value) if isinstance(value, str) else value
        if not isinstance(truth, bool):
            raise _wrong(path, value, "true or false")
        return truth
    if bare is float:
        return float(_number(path, value))
    if bare is int:
        number = _number(path, value)
        if number != int(number):
            raise _wrong(path, value, "a whole number")
        return int(number)
    if typing.get_origin(bare) is list and isinstance(value, str):
        return [plain_value(part.strip()) for part in value.split("/")]
    return value


def _changed(node: Any, changes: Mapping[Any, Any], path: Path_) -> Any:
    """Return a copy of a node with the changes below it made, checked on the way up."""
    if isinstance(node, list):
        items = list(node)
        for key, change in changes.items():
            items[key] = _one(items[key], change, (*path, key))
        return items
    if isinstance(node, dict):
        return node | {key: _one(node[key], c, (*path, key)) for key, c in changes.items()}
    data = {name: getattr(node, name) for name in type(node).model_fields}
    for key, change in changes.items():
        data[key] = _one(data[key], change, (*path, key))
    try:
        return type(node).model_validate(data)
    except ValueError as error:
        problems = Problems()
        report(error, type(node), Origin.of(Document("", data)), problems)
        found = problems.found[0]
        raise CatalogueError("", None, _join(path, found.field), found.message) from None


def _one(node: Any, change: Any, path: Path_) -> Any:
    return change.value if isinstance(change, _Leaf) else _changed(node, change, path)


class _Leaf:
    def __init__(self, value: Any) -> None:
        self.value = value


def _join(path: Path_, field: str) -> str:
    return ".".join([*(str(part) for part in path), *([field] if field else [])])


def _check_bounds(
    path: str, place: Path_, value: Any, bounds: Mapping[str, EnvironmentEntry]
) -> None:
    if place[0] == "environment" and place[1] in bounds:
        message = outside(value, bounds[place[1]])
        if message:
            raise CatalogueError("", None, path, message)


@functools.lru_cache(maxsize=1)
def _own_bounds() -> dict[str, EnvironmentEntry]:
    """Return the bounds of the package's catalogue; none where there is no catalogue."""
    try:
        return environment_table()
    except NegotiationSimError:
        return {}


def apply_overrides(
    setting: Setting,
    overrides: Mapping[str, Any],
    environment: Mapping[str, EnvironmentEntry] | None = None,
) -> Setting:
    """Return a setting with figures and plain values replaced.

    A figure gets the value, loses its range and is marked as assumed. All changes are made before
    anything is checked, so that ``venues.CD.decision.rule`` and ``.quota`` may change together.

    Parameters
    ----------
    setting : Setting
        Left as it is.
    overrides : mapping of str to float, str or bool
        Dotted paths, see :func:`known_paths`; ``*`` stands for every actor, venue or strategy.
    environment : mapping, optional
        Bounds of the process parameters; those of the package's catalogue by default.

    Raises
    ------
    CatalogueError
        For an unknown path (with the nearest valid one) or a value that is not allowed.
    """
    bounds = _own_bounds() if environment is None else environment
    changed: Setting = _changed(setting, _tree(setting, overrides, bounds), ())
    for place, message in findings(changed):
        raise CatalogueError("", None, _named(changed, place), message)
    return changed


def _tree(
    setting: Setting, overrides: Mapping[str, Any], bounds: Mapping[str, EnvironmentEntry]
) -> dict[Any, Any]:
    """Return the changes as nested mappings that end in leaves."""
    tree: dict[Any, Any] = {}
    for path, value in overrides.items():
        for place, kind in targets(setting, str(path)):
            fitted = _fitting(str(path), value, kind)
            _check_bounds(str(path), place, fitted, bounds)
            branch = tree
            for step in place[:-1]:
                branch = branch.setdefault(step, {})
            branch[place[-1]] = _Leaf(fitted)
    return tree


def _named(setting: Setting, place: Path_) -> str:
    """Return a path with the strategy's name in place of its number."""
    if place[0] == "strategies":
        return _join(("strategies", setting.strategies[place[1]].name, *place[2:]), "")
    return _join(place, "")
