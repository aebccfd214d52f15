"""Dotted paths: ``actors.USA.verification_demand``, ``venues.*.members``, and the places they name.

Every field of the schema that a run depends on has a path; what is new in the schema has one
without being named here. A path ends at a figure, at a plain value, or at a list, mapping or record
that is set as a whole; the experiment itself and its actors, venues, initiatives and strategies are
set field by field.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from typing import Any

from negotiation_sim.catalogue import schema
from negotiation_sim.catalogue.earlier import unknown_name
from negotiation_sim.catalogue.reports import member_type, record_type
from negotiation_sim.catalogue.schema import (
    Actor,
    Figure,
    Initiative,
    Record,
    Setting,
    Strategy,
    Track,
    Venue,
)
from negotiation_sim.catalogue.strict_yaml import Path_
from negotiation_sim.errors import CatalogueError

WILDCARD = "*"
CAST = "cast"  # a path of its own: it chooses among the actors
# What says of a record what it is, where it is from and how it is shown: no run depends on it.
WITHOUT_EFFECT = (
    "id", "name", "description", "question", "note", "basis", "source", "locator", "year",
    "membership_source", "provenance", "resources", "unga_ideal_point", "evidence", "facts",
    "scales",
)  # fmt: skip
_STEPS_ONLY = (Setting, Actor, Venue, Initiative, Strategy)
_COLLECTIONS = ("actors", "venues", "initiatives", "environment", "strategies")
FOR_ALL_TRACKS = tuple(n for n in Track.model_fields if n not in ("initiative", "joined"))

Child = tuple[str, Any, Any, Any]  # label, key, value, type


def bare(kind: Any) -> Any:
    """Return a type without its ``Annotated`` and ``| None``."""
    arguments = typing.get_args(kind)
    if typing.get_origin(kind) is typing.Annotated:
        return bare(arguments[0])
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        rest = [argument for argument in arguments if argument is not type(None)]
        return bare(rest[0]) if len(rest) == 1 else kind
    return kind


def is_figure(kind: Any) -> bool:
    """Return whether a field of this type holds a figure."""
    model = record_type(kind)
    return model is not None and issubclass(model, Figure)


def _is_leaf(kind: Any) -> bool:
    """Return whether a value may be set at a place of this type."""
    model = record_type(kind)
    return model is None or not issubclass(model, _STEPS_ONLY)


def _mapping(kind: Any) -> Any:
    """Return the mapping that a field of this type may hold, None where it holds none."""
    inner = bare(kind)
    several = typing.get_origin(inner) in (typing.Union, types.UnionType)
    kinds = typing.get_args(inner) if several else (inner,)
    return next((each for each in kinds if typing.get_origin(each) is dict), None)


def _fields(model: type[Record]) -> Iterator[tuple[str, Any]]:
    """Yield name and type of a record's fields that a run depends on."""
    for name, info in model.model_fields.items():
        own = name == "value" and issubclass(model, Figure)  # the figure's own path
        if name not in WITHOUT_EFFECT and not own:
            yield name, info.annotation


def _children(node: Any, kind: Any) -> Iterator[Child]:
    """Yield everything one step below a node, also what it could hold and does not."""
    model = type(node) if isinstance(node, Record) else None
    if node is None:
        model = record_type(kind)
    if model is not None:
        for name, below in _fields(model):
            yield name, name, getattr(node, name, None), below
    elif isinstance(node, dict):
        for key, value in node.items():
            yield str(key), key, value, member_type(bare(kind), key)
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield _label(index, value), index, value, member_type(bare(kind), index)


def _label(index: int, item: Any) -> str:
    if isinstance(item, Strategy):
        return item.name
    if isinstance(item, tuple) and len(item) == 3:  # a tie
        return f"{item[0]}-{item[1]}"
    return str(index)


class Places:
    """The places that dotted paths name in a setting.

    Parameters
    ----------
    setting : Setting
    """

    def __init__(self, setting: Setting) -> None:
        self.setting = setting

    def of(self, path: str) -> list[tuple[Path_, Any]]:
        """Return place and type of everything that a path sets; at least one.

        Raises
        ------
        CatalogueError
            For an unknown path, with the nearest valid one.
        """
        found = list(self.named(path))
        if found:
            return found
        parts = [part for part in path.split(".") if part in WITHOUT_EFFECT]
        message = unknown_name("path", path, list(self.known()))
        if parts and parts[-1] == path.rpartition(".")[2]:
            message = f"unknown path; no run depends on a '{parts[-1]}'"
        raise CatalogueError("", None, path, message)

    def named(self, path: str) -> Iterator[tuple[Path_, Any]]:
        """Yield place and type of everything that a path names."""
        if path == CAST:
            yield (CAST,), list[str]
        elif path == "strategies":
            yield ("strategies",), Setting.model_fields["strategies"].annotation
        elif path:
            yield from self._below(self.setting, Setting, path, ())

    def _below(self, node: Any, kind: Any, rest: str, path: Path_) -> Iterator[tuple[Path_, Any]]:
        if isinstance(node, Strategy) and rest.partition(".")[0] in FOR_ALL_TRACKS:
            for index, track in enumerate(node.tracks):
                yield from self._below(track, Track, rest, (*path, "tracks", index))
            return
        chosen, rest = self._step(node, kind, rest, path)
        for _, key, value, below in chosen:
            if rest:
                yield from self._below(value, below, rest, (*path, key))
            elif _is_leaf(below) and (*path, key) not in ((name,) for name in _COLLECTIONS):
                yield (*path, key), below

    def _step(self, node: Any, kind: Any, rest: str, path: Path_) -> tuple[list[Child], str]:
        """Return the children that the beginning of a path names, and what is left of it."""
        if node is None and _mapping(kind) is not None:
            node = {}
        children = list(_children(node, kind))
        several = isinstance(node, (dict, list))
        if several and (rest == WILDCARD or rest.startswith(WILDCARD + ".")):
            return children, rest[2:]
        fitting = [c for c in children if rest == c[0] or rest.startswith(c[0] + ".")]
        if not fitting and isinstance(node, list):
            fitting = _turned(node, kind, rest)
        if not fitting and isinstance(node, dict):
            fitting = self._new(kind, rest, path)
        chosen = sorted(fitting, key=lambda child: -len(child[0]))[:1]
        return chosen, rest[len(chosen[0][0]) + 1 :] if chosen else rest

    def _new(self, kind: Any, rest: str, path: Path_) -> list[Child]:
        """Return the entry that a mapping of issues, states or months may hold and does not."""
        arguments = typing.get_args(_mapping(kind))
        if len(arguments) != 2 or (len(path) == 1 and path[0] in _COLLECTIONS):
            return []
        keys: dict[str, Any] = {name: name for name in self._words(path)}
        if arguments[0] is int:
            keys = {str(month): month for month in range(1, 13)}
        fitting = [label for label in keys if rest == label or rest.startswith(label + ".")]
        return [(label, keys[label], None, arguments[1]) for label in fitting]

    def _words(self, path: Path_) -> set[str]:
        """Return what the keys of a mapping may be: issues or states, as those of its kind are."""
        setting = self.setting
        dated = schema.DATED.get(path[0] if len(path) > 1 else "") if "changes" in path else None
        if dated is not None and path[-1] == "changes":
            return {*dated.single, *dated.several}
        if dated is not None:  # by issue, bloc or state, as the figure that is dated
            path = (*path[: path.index("changes")], path[-1])
        states = {*setting.actors, *(g for actor in setting.actors.values() for g in actor.groups)}
        issues = set(setting.issues)
        alike = [(setting, path)]
        if path[0] in _COLLECTIONS:
            holders = getattr(setting, path[0])
            each = holders.values() if isinstance(holders, dict) else holders
            alike = [(holder, path[2:]) for holder in each]
        for node in (_at(holder, steps) for holder, steps in alike):
            if isinstance(node, dict) and node:
                return set(node) | (issues if issues & set(node) else states)
        return issues | states

    def known(self) -> Iterator[str]:
        """Yield every path to what is there, a figure's own ``.range`` left out."""
        yield CAST
        yield "strategies"
        yield from self._known(self.setting, Setting, "", stars=True)

    def _known(self, node: Any, kind: Any, prefix: str, stars: bool) -> Iterator[str]:
        if isinstance(node, Strategy):
            yield from (prefix + name for name in FOR_ALL_TRACKS)
        for label, _, value, below in _children(node, kind):
            path = prefix + label
            if _is_leaf(below) and path not in _COLLECTIONS:
                yield path
            if is_figure(below) or not isinstance(value, (Record, dict, list)):
                continue
            if isinstance(value, list) and not any(isinstance(v, (Record, tuple)) for v in value):
                continue  # its words have paths, but are set as a whole
            yield from self._known(value, below, f"{path}.", stars)
            if stars and prefix in ("actors.", "venues.", "strategies.", "initiatives."):
                yield from self._known(value, below, f"{prefix}{WILDCARD}.", False)


def _at(node: Any, path: Path_) -> Any:
    """Return what stands at a path of a record, None where there is nothing."""
    for step in path:
        if isinstance(node, dict):
            node = node.get(step)
        elif isinstance(node, list):
            node = node[step] if isinstance(step, int) and step < len(node) else None
        else:
            node = getattr(node, step, None)
    return node


def _turned(node: list[Any], kind: Any, rest: str) -> list[Child]:
    """Return a tie that is named from its other end."""
    return [
        (f"{item[1]}-{item[0]}", index, item, member_type(bare(kind), index))
        for index, item in enumerate(node)
        if isinstance(item, tuple) and len(item) == 3 and rest == f"{item[1]}-{item[0]}"
    ]


def known_paths(setting: Setting) -> list[str]:
    """Return every path that an override may set, in alphabetical order.

    Parameters
    ----------
    setting : Setting

    Returns
    -------
    list of str
        Such as ``actors.USA.trust``, ``actors.*.trust``, ``strategies.ban@CD.start``; that of a
        figure's range, ``actors.USA.trust.range``, goes without saying.
    """
    return sorted(set(Places(setting).known()))


def names_something(setting: Setting, path: str) -> bool:
    """Return whether a dotted path names anything that can be set."""
    return any(True for _ in Places(setting).named(path))


def targets(setting: Setting, path: str) -> list[tuple[Path_, Any]]:
    """Return place and type of everything that a dotted path sets; at least one."""
    return Places(setting).of(path)
