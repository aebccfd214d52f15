"""From what a validator says to what a person can act on: file, line, field, found, allowed."""

from __future__ import annotations

import re
import types
import typing
from typing import Any

from negotiation_sim.catalogue.earlier import unknown_name
from negotiation_sim.catalogue.schema import Record
from negotiation_sim.catalogue.strict_yaml import Document, Path_, dotted
from negotiation_sim.errors import CatalogueError, nearest

Layer = tuple[Path_, Document, Path_]
_SUBFIELD = re.compile(r"([A-Za-z_][\w.\-]*): ")
_EXPECTED = {
    "string_type": "a text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "a mapping of names to values",
    "model_type": "a mapping of names to values",
    "model_attributes_type": "a mapping of names to values",
}
_LIMITS = {
    "greater_than": ("gt", "above"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "below"),
    "less_than_equal": ("le", "at most"),
}


MOST_PROBLEMS = 1000  # of one file; nobody reads more, and each costs a look for the nearest name


class TooManyProblems(CatalogueError):
    """A file has more errors than are told."""


class Problems:
    """Gathers errors; with ``first=True`` the first one is raised at once.

    Of one file 1,000 are gathered; the next raises :class:`TooManyProblems`.

    Examples
    --------
    >>> problems = Problems()
    >>> problems.add(CatalogueError("CD.yaml", 3, "name", "missing"))
    >>> len(problems.found)
    1
    """

    def __init__(self, first: bool = False) -> None:
        self.first = first
        self.found: list[CatalogueError] = []
        self.notes: list[CatalogueError] = []  # what is allowed and may not be meant
        self._known: set[str] = set()
        self._noted: set[str] = set()
        self._number: dict[str, int] = {}

    def note(self, error: CatalogueError) -> None:
        """Take note of what is allowed and may not be meant."""
        if str(error) not in self._noted and len(self.notes) < MOST_PROBLEMS:
            self._noted.add(str(error))
            self.notes.append(error)

    def add(self, error: CatalogueError) -> None:
        """Take note of an error, or raise it."""
        if self.first:
            raise error
        if str(error) in self._known or isinstance(error, TooManyProblems):
            return
        number = self._number[error.file] = self._number.get(error.file, 0) + 1
        if number > MOST_PROBLEMS + 1:
            raise TooManyProblems(error.file, None, "", "more is wrong than is told")
        if number > MOST_PROBLEMS:
            message = f"more is wrong; the first {MOST_PROBLEMS:,} are told"
            error = TooManyProblems(error.file, error.line, "", message)
        self._known.add(str(error))
        self.found.append(error)
        if number > MOST_PROBLEMS:
            raise error


class Origin:
    """Plain data of one record and where each of its fields was written.

    An experiment's overrides are laid over the file of an actor or venue; each field remembers
    the document it came from and the path it has there.
    """

    def __init__(self, data: Any, layers: list[Layer]) -> None:
        self.data = data
        self._layers = layers

    @classmethod
    def of(cls, document: Document, at: Path_ = ()) -> Origin:
        """Return the part of a document at a path."""
        return cls(at_path(document.data, at), [((), document, at)])

    @property
    def file(self) -> str:
        """The file in which the record stands."""
        return self._layers[0][1].file

    @property
    def layers(self) -> list[Layer]:
        return list(self._layers)

    def part(self, at: Path_, data: Any) -> Origin:
        """Return other data in the place of what stands at a path."""
        inside = [
            (prefix[len(at) :], document, where)
            for prefix, document, where in self._layers
            if prefix[: len(at)] == at
        ]
        return Origin(data, [self.layer((), at), *inside])

    def overlay(self, changes: Origin, merged: tuple[str, ...] = ()) -> None:
        """Lay a mapping over this one.

        Fields named in ``merged`` are merged key by key, all others are replaced whole.
        """
        data = dict(self.data)
        for key, value in changes.data.items():
            if key in merged and isinstance(value, dict) and isinstance(data.get(key), dict):
                data[key] = {**data[key], **value}
                self._layers += [changes.layer((key, sub), (key, sub)) for sub in value]
            else:
                data[key] = value
                self._layers.append(changes.layer((key,), (key,)))
        self.data = data

    def _find(self, path: Path_) -> tuple[Document, Path_]:
        for prefix, document, at in reversed(self._layers):
            if path[: len(prefix)] == prefix:
                return document, (*at, *path[len(prefix) :])
        raise AssertionError("the first layer covers every path")

    def error(self, path: Path_, message: str) -> CatalogueError:
        """Return an error placed at a path of the record."""
        document, where = self._find(path)
        return CatalogueError(document.file, document.line(where), dotted(where), message)

    def layer(self, prefix: Path_, at: Path_) -> Layer:
        """Return a layer that places a path of another record where one of this one stands."""
        return (prefix, *self._find(at))

    def has(self, path: Path_) -> bool:
        """Return whether the data holds something at the path."""
        return at_path(self.data, path, default=_NOTHING) is not _NOTHING


_NOTHING = object()


def at_path(data: Any, path: Path_, default: Any = None) -> Any:
    """Return what plain data holds at a path, or the default."""
    for part in path:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return default
    return data


def member_type(annotation: Any, key: Any) -> Any:
    """Return the type that a key leads to within an annotated type, or None.

    Examples
    --------
    >>> member_type(dict[str, int], "x")
    <class 'int'>
    """
    origin = typing.get_origin(annotation)
    arguments = typing.get_args(annotation)
    if origin is typing.Annotated:
        return member_type(arguments[0], key)
    if origin in (typing.Union, types.UnionType):
        found = (member_type(argument, key) for argument in arguments)
        return next((kind for kind in found if kind is not None), None)
    if origin is dict:
        return arguments[1]
    if origin is list:
        return arguments[0] if isinstance(key, int) else None
    if isinstance(annotation, type) and issubclass(annotation, Record):
        info = annotation.model_fields.get(key)
        return None if info is None else info.annotation
    return None


def record_type(annotation: Any) -> type[Record] | None:
    """Return the record class behind an annotation (``X``, ``X | None``, ``Annotated[X, ...]``)."""
    if isinstance(annotation, type):
        return annotation if issubclass(annotation, Record) else None
    if typing.get_origin(annotation) in (typing.Annotated, typing.Union, types.UnionType):
        found = (record_type(argument) for argument in typing.get_args(annotation))
        return next((kind for kind in found if kind is not None), None)
    return None


def shown(value: Any) -> str:
    """Return a value in a few words, for a message."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return f"the number {value:.12g}" if abs(value) < 1e300 else "a number without end"
    if isinstance(value, str):
        return f"the text '{value[:40]}'" + ("..." if len(value) > 40 else "")
    if isinstance(value, dict):
        return "a mapping"
    return "a list" if isinstance(value, (list, tuple)) else type(value).__name__


def _path(location: tuple[Any, ...], origin: Origin) -> Path_:
    """Drop from a validator's location what is no part of the data (union branches)."""
    path: Path_ = ()
    for part in location:
        if part == "[key]":
            continue
        holder = at_path(origin.data, path)
        if isinstance(holder, dict) or (isinstance(holder, list) and isinstance(part, int)):
            path = (*path, part)
    return path


def at_type(model: Any, path: Path_) -> Any:
    """Return the type that a path leads to from a record class, or None."""
    annotation: Any = model
    for part in path:
        annotation = member_type(annotation, part)
    return annotation


def _sentence(model: type[Record], path: Path_, error: dict[str, Any]) -> tuple[Path_, str]:
    """Return the path and the message of one error of the validator."""
    kind, value, context = error["type"], error["input"], error.get("ctx") or {}
    if kind == "extra_forbidden":
        owner = record_type(at_type(model, path[:-1]))
        allowed = [] if owner is None else list(owner.model_fields)
        if value is None and " " in str(path[-1]):
            return path, "unknown field; write a text with commas in quotes"
        return path, unknown_name("field", path[-1], allowed)
    if kind == "missing":
        return path, "missing; this field must be given"
    if kind == "literal_error":
        allowed = re.findall(r"'([^']*)'", context["expected"])
        return path, f"found {shown(value)}{nearest(value, allowed)}"
    if kind in _EXPECTED:
        return path, f"found {shown(value)}, expected {_EXPECTED[kind]}{_hint(kind, value)}"
    if kind in _LIMITS:
        name, words = _LIMITS[kind]
        return path, f"found {shown(value)}, expected {words} {context[name]:g}"
    if kind in ("too_short", "too_long"):
        limit = context.get("min_length", context.get("max_length"))
        words = "at least" if kind == "too_short" else "at most"
        return path, f"{context['actual_length']} items, expected {words} {limit}"
    message = str(error["msg"]).removeprefix("Value error, ")
    return path, message


def _hint(kind: str, value: Any) -> str:
    if kind == "string_type" and isinstance(value, (bool, int, float)):
        return "; write it in quotes"
    if kind == "bool_type" and str(value).casefold() in ("yes", "no", "on", "off"):
        return "; yes and no are read as text"
    if kind == "bool_type" and str(value).casefold() in ("true", "false"):
        return "; in small letters, without quotes"
    if kind in ("float_type", "int_type") and isinstance(value, str):
        return "; numbers are decimal, without quotes or leading zeros"
    if kind == "model_type" and isinstance(value, (int, float)):
        return ", for example {value: 0.5, basis: assumed, note: why}"
    return ""


def report(error: ValueError, model: type[Record], origin: Origin, problems: Problems) -> None:
    """Add every error of a failed validation, in people's words, at its place."""
    details: list[dict[str, Any]] = error.errors()  # type: ignore[attr-defined]
    for detail in _best_branches(details):
        path = _path(detail["loc"], origin)
        path, message = _sentence(model, path, detail)
        named = _SUBFIELD.match(message)
        if named and detail["type"] == "value_error":
            deeper = (*path, *_parts(named.group(1)))
            if origin.has(deeper) or record_type(at_type(model, path)) is not None:
                path, message = deeper, message[named.end() :]
        problems.add(origin.error(path, message))


def _parts(text: str) -> Path_:
    return tuple(int(part) if part.isdigit() else part for part in text.split("."))


def _best_branches(details: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of the branches of a union keep the one that came furthest into the data."""
    best: dict[Path_, int] = {}
    keys = []
    for detail in details:
        branch = _branch(detail["loc"])
        keys.append(branch)
        if branch is not None:
            best[branch] = max(best.get(branch, 0), len(detail["loc"]))
    kept = []
    taken: set[Path_] = set()
    for detail, branch in zip(details, keys, strict=True):
        if branch is not None:
            if branch in taken or len(detail["loc"]) < best[branch]:
                continue
            taken.add(branch)
        kept.append(detail)
    return kept


def _branch(location: tuple[Any, ...]) -> Path_ | None:
    """Return the path of the union a location passes through, or None."""
    for index, part in enumerate(location):
        if isinstance(part, str) and (("[" in part and part != "[key]") or part == "MembersOf"):
            return location[:index]
    return None


def validate(model: type[Record], origin: Origin, problems: Problems) -> Any:
    """Return the record, or None after its errors were added to ``problems``."""
    try:
        return model.model_validate(origin.data)
    except ValueError as error:
        report(error, model, origin, problems)
        return None
