"""Read one YAML file without guessing: what is not plainly a number, true, false or null is text.

YAML's own rules read ``NO`` as false and ``12:30`` as 750, and let the last of two equal keys win.
Here four kinds of plain scalar have a meaning of their own (null, true/false, a decimal integer, a
decimal number with or without exponent); duplicate keys, anchors, merge keys and tags are refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from negotiation_sim.catalogue.names import odd_character
from negotiation_sim.catalogue.plain_files import read_plain
from negotiation_sim.errors import CatalogueError, UsageError

MAX_BYTES = 2_000_000
MAX_DEPTH = 20
MAX_DIGITS = 40
MOST = 1e15  # beyond, whole numbers and sums of them lose their last digits

INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)\Z", re.ASCII)
DECIMAL = re.compile(
    r"[-+]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?\Z",
    re.ASCII,
)
WORDS = {"": None, "null": None, "~": None, "true": True, "false": False}

Path_ = tuple[Any, ...]
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Document:
    """The plain data of one file and the line on which each of its fields begins.

    Parameters
    ----------
    file : str
        The file as the user would name it.
    data : object
        Dictionaries, lists, texts, numbers, True, False and None.
    lines : dict of tuple to int
        One-based line of each path into the data; the empty path is the whole.
    """

    file: str
    data: Any
    lines: dict[Path_, int] = field(default_factory=dict)

    def line(self, path: Path_) -> int | None:
        """Return the line of a path, or of its nearest enclosing field."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path)


def dotted(path: Path_) -> str:
    """Return a path as a person writes it.

    Examples
    --------
    >>> dotted(("ideal_point", "form", "range", 0))
    'ideal_point.form.range.0'
    """
    return ".".join(str(part) for part in path)


def plain_value(text: str) -> Any:
    """Return what an unquoted scalar means.

    Examples
    --------
    >>> [plain_value(text) for text in ("0.5", "1e6", "NO", "12:30", "01234", "null")]
    [0.5, 1000000.0, 'NO', '12:30', '01234', None]
    """
    if text in WORDS:
        return WORDS[text]
    if INTEGER.match(text):
        if len(text) > MAX_DIGITS:
            raise NumberError(f"a number of {len(text)} digits; at most {MAX_DIGITS} are read")
        return _bounded(int(text), text)
    if DECIMAL.match(text):
        return _bounded(float(text), text)
    return text


def reads_as_itself(text: str) -> bool:
    """Return whether an unquoted scalar is read as the very text that it is.

    Examples
    --------
    >>> [reads_as_itself(text) for text in ("NO", "0", "1e400", "null")]
    [True, False, False, False]
    """
    try:
        return bool(plain_value(text) == text)
    except NumberError:
        return False


class NumberError(UsageError, ValueError):
    """A number that is written out well and is too large to count with."""


def _bounded(value: Any, text: str) -> Any:
    if abs(value) > MOST:
        raise NumberError(f"{text[:MAX_DIGITS]} is too large for a number; at most {MOST:g}")
    return value


def _line_of(event: Any) -> int:
    line: int = event.start_mark.line
    return line + 1


class _Builder:
    """Turns the events of one document into plain data, noting lines on the way."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.events = yaml.parse(text, Loader=_Loader)
        self.lines: dict[Path_, int] = {(): 1}

    def fail(self, event: Any, path: Path_, message: str) -> CatalogueError:
        return CatalogueError(self.file, _line_of(event), dotted(path), message)

    def document(self) -> Any:
        event = next(self.events)
        while isinstance(event, (yaml.StreamStartEvent, yaml.DocumentStartEvent)):
            event = next(self.events)
        if isinstance(event, yaml.StreamEndEvent):
            raise CatalogueError(self.file, None, "", "the file is empty")
        data = self.node(event, ())
        next(self.events)  # end of the document
        event = next(self.events)
        if not isinstance(event, yaml.StreamEndEvent):
            raise self.fail(event, (), "a second document begins here; one file holds one")
        return data

    def node(self, event: Any, path: Path_) -> Any:
        self.refuse(event, path)
        self.lines.setdefault(path, _line_of(event))
        if isinstance(event, yaml.ScalarEvent):
            return self.scalar(event, path)
        if len(path) >= MAX_DEPTH:
            raise self.fail(event, path, f"nested deeper than {MAX_DEPTH} levels")
        if isinstance(event, yaml.MappingStartEvent):
            return self.mapping(path)
        return self.sequence(path)

    def refuse(self, event: Any, path: Path_) -> None:
        if isinstance(event, yaml.AliasEvent):
            raise self.fail(event, path, f"alias *{event.anchor}: write the value out instead")
        if event.anchor is not None:
            raise self.fail(event, path, f"anchor &{event.anchor}: anchors are not read")
        if event.tag is not None:
            raise self.fail(event, path, f"tag {event.tag}: tags are not read")

    def scalar(self, event: Any, path: Path_) -> Any:
        odd = odd_character(event.value)
        if odd:
            raise self.fail(event, path, f"a character that no text may hold ({odd})")
        if not event.implicit[0]:  # quoted, or a block of text
            return event.value
        try:
            return plain_value(event.value)
        except ValueError as error:
            raise self.fail(event, path, str(error)) from None

    def key(self, event: Any, path: Path_, seen: dict[str, int]) -> str | int:
        if not isinstance(event, yaml.ScalarEvent):
            self.refuse(event, path)
            raise self.fail(event, path, "a key must be a name, not a list or a mapping")
        self.refuse(event, path)
        key = self.scalar(event, path)
        if key == "<<" and event.implicit[0]:
            raise self.fail(event, path, "merge key <<: write the fields out instead")
        if isinstance(key, bool) or not isinstance(key, (str, int)):
            shown = event.value or "nothing"
            raise self.fail(event, path, f"{shown} as a key: write it in quotes if a name is meant")
        if str(key) in seen:
            first = seen[str(key)]
            raise self.fail(event, (*path, key), f"the key stands twice (first on line {first})")
        seen[str(key)] = _line_of(event)
        return key

    def mapping(self, path: Path_) -> dict[str | int, Any]:
        data: dict[str | int, Any] = {}
        seen: dict[str, int] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self.key(event, path, seen)
            self.lines[(*path, key)] = _line_of(event)
            data[key] = self.node(next(self.events), (*path, key))
        return data

    def sequence(self, path: Path_) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            items.append(self.node(event, (*path, len(items))))
        return items


def _text(path: Path, file: str) -> str:
    return decode(read_plain(path, MAX_BYTES, file), file)


def decode(raw: bytes, file: str) -> str:
    """Return the bytes as text; refuse what is not UTF-8, and tabs."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise CatalogueError(file, line, "", "not UTF-8 text; save the file as UTF-8") from None
    tab = text.find("\t")
    if tab >= 0:
        line = text.count("\n", 0, tab) + 1
        raise CatalogueError(file, line, "", "a tab; YAML is indented with spaces")
    return text


def parse(text: str, file: str) -> Document:
    """Return the data of a text in YAML, or raise :class:`CatalogueError`."""
    builder = _Builder(file, text)
    try:
        data = builder.document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = None if mark is None else mark.line + 1
        raise CatalogueError(file, line, "", f"not valid YAML: {error.problem}") from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        shown = f"a character that YAML does not allow (#x{int(error.character):04x})"
        raise CatalogueError(file, line, "", shown) from None
    if data is None:
        raise CatalogueError(file, None, "", "the file is empty")
    return Document(file, data, builder.lines)


def read_document(path: Path, file: str | None = None) -> Document:
    """Read one file.

    Parameters
    ----------
    path : Path
    file : str, optional
        Name to show in messages; the path by default.

    Raises
    ------
    CatalogueError
        With the line of what cannot be read, or is refused.
    """
    name = str(path) if file is None else file
    return parse(_text(Path(path), name), name)
