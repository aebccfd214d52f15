"""A study written for version 0.1 in the terms of this one, by one rule for each thing that is gone.

An actor's reservation value has no equivalent: what nothing is worth now follows from its position
and the status quo. A margin takes its place, the same for all, and its note keeps the old number.
Process parameters that are gone are left out. What only the author can decide is said, not guessed.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import textwrap
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from negotiation_sim.catalogue.check_files import SUBFOLDERS, yaml_files_in
from negotiation_sim.catalogue.earlier import (
    FIGURE,
    GONE,
    INITIATIVES,
    PARAMETERS,
    gone,
    now_two,
)
from negotiation_sim.catalogue.folders import ENVIRONMENT, POPULATION, SUFFIX, real
from negotiation_sim.catalogue.plain_files import read_plain
from negotiation_sim.catalogue.process_parameters import environment_table, is_fit
from negotiation_sim.catalogue.schema import Figure
from negotiation_sim.catalogue.strict_yaml import MAX_BYTES, decode, parse
from negotiation_sim.catalogue.yaml_edits import (
    Edit,
    Node,
    at,
    changed,
    compose,
    end_of,
    entries,
    line_of,
    removed,
    replaced,
    scalars,
)
from negotiation_sim.errors import UsageError
from negotiation_sim.glance import glanced

RULE = "an old reservation value has no equivalent; what nothing is worth now follows from the position"
TEMPORARY = ".partial"
WIDTH = 96


@glanced
@dataclass(frozen=True)
class Migration:
    """What became of a study.

    Attributes
    ----------
    files : list of Path
        Files written: those that changed, or with ``out`` all of them.
    changed, undecided : list of str
        What was changed, and what is left to the author; file, line and what, a line each.
    """

    files: list[Path]
    changed: list[str]
    undecided: list[str]


@dataclass
class _Page:
    """One file: its text, the edits to make, and what to say of them."""

    name: str
    text: str
    tree: Any
    edits: list[Edit] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def say(self, node: Node, words: str) -> None:
        self.said.append(f"{self.name}:{line_of(node)}: {words}")

    def new_text(self) -> str:
        """Return the text with its edits, read again to be sure that it is sound."""
        text = changed(self.text, self.edits)
        parse(text, self.name)
        return text


def migrate_study(study: str | Path, out: str | Path | None = None) -> Migration:
    """Rewrite a study of version 0.1; running it again changes nothing more.

    Parameters
    ----------
    study : str or Path
        A study's folder, or an experiment's file.
    out : str or Path, optional
        A new or empty folder for the whole study, which then stays as it is.

    Raises
    ------
    NegotiationSimError
        Where a file cannot be read, or nothing could be written: then all is as it was.
    """
    place = Path(study)
    if not place.exists():
        raise UsageError(f"study: {place}: no such file or folder")
    files = _files_of(place)
    own = {path.stem for path in files if path.parent.name == "initiatives"}
    texts: dict[Path, str] = {}
    told: list[str] = []
    undecided: list[str] = []
    for path in files:
        page = _page_of(path)
        _rewrite(page, path)
        undecided += _left_open(page, own)
        if page.edits:
            texts[path] = page.new_text()
            told += page.said
    if out is not None:
        return Migration(_write_copy(place, files, texts, Path(out)), told, undecided)
    _write(texts)
    return Migration(list(texts), told, undecided)


def _files_of(place: Path) -> list[Path]:
    """Return the files of a study's folder, or an experiment's file with the folders beside it."""
    if place.is_dir():
        return [path for path in yaml_files_in(place) if path.suffix == SUFFIX]
    beside = [place.parent / name for name in SUBFOLDERS]
    found = [path for folder in beside if folder.is_dir() for path in yaml_files_in(folder)]
    return [place, *(path for path in found if path.suffix == SUFFIX)]


def _page_of(path: Path) -> _Page:
    text = decode(read_plain(path, MAX_BYTES), str(path))
    parse(text, str(path))
    return _Page(str(path), text, compose(text))


# What is changed


def _rewrite(page: _Page, path: Path) -> None:
    """Note every change of a file."""
    tree = page.tree
    if path.stem == POPULATION or path.stem.startswith(POPULATION + "-"):
        _rewrite_group(page)
        return
    _rewrite_figure(page, tree)
    actors = at(tree, "actors")
    for _, record in entries(actors).values():
        _rewrite_figure(page, record)
    fitted = is_fit(path) and "mapping" in entries(tree)
    at_home = path.stem == ENVIRONMENT or fitted
    _drop_parameters(page, at(tree, "parameters" if at_home else "environment"))
    if path.stem == ENVIRONMENT:
        _add_parameters(page, at(tree, "parameters"))


def _rewrite_figure(page: _Page, holder: Any) -> None:
    """Put a margin in the place of an actor's reservation value."""
    found = entries(holder)
    if FIGURE not in found:
        return
    key, value = found[FIGURE]
    if "margin" in found:
        _drop(page, holder, [FIGURE])
        page.say(key, f"{FIGURE} {_number(value)} left out; a margin stands beside it")
        return
    page.edits.append(replaced(page.text, key, value, margin_entry(_number(value))))
    page.say(key, f"{FIGURE} {_number(value)} -> margin 0.05 (0 to 0.1); {RULE}")


def margin_entry(old: str) -> str:
    """Return the entry that takes the place of a reservation value, on one line.

    Examples
    --------
    >>> margin_entry("0.6")[:62]
    'margin: {value: 0.05, range: [0, 0.1], basis: assumed, note: "'
    """
    note = json.dumps(f"version 0.1 had reservation_value {old}; {RULE}", ensure_ascii=False)
    return f"margin: {{value: 0.05, range: [0, 0.1], basis: assumed, note: {note}}}"


def _number(value: Node) -> str:
    """Return the number of a figure, written bare or as a mapping, with its range."""
    inner = at(value, "value")
    if inner is None:
        return str(value.value) if isinstance(value.value, str) else "of several values"
    span = at(value, "range")
    ends = " to ".join(str(end.value) for end in span.value) if span is not None else ""
    return f"{inner.value} ({ends})" if ends else str(inner.value)


def _drop(page: _Page, holder: Any, names: list[str]) -> None:
    order = [str(key.value) for key, _ in holder.value]
    page.edits += removed(page.text, holder, {order.index(name) for name in names})


def _drop_parameters(page: _Page, holder: Any) -> None:
    """Leave out process parameters that are gone."""
    found = entries(holder)
    names = [name for name in PARAMETERS if name in found]
    if names:
        _drop(page, holder, names)
    for name in names:
        key, value = found[name]
        why = gone(f"environment.{name}").partition("; ")[2].rpartition("; ")[0]
        page.say(key, f"{name} {_number(value)} left out; {why}")


def _add_parameters(page: _Page, holder: Any) -> None:
    """Add to a study's own table what version 0.1 did not have, with this version's defaults."""
    found = entries(holder)
    missing = {n: e.figure() for n, e in environment_table().items() if n not in found}
    if not found or not missing or holder.flow_style:
        return
    first, last = holder.value[0][0], holder.value[-1][1]
    indent = " " * first.start_mark.column
    lines = [f"\n{indent}{name}: {_as_entry(figure)}" for name, figure in missing.items()]
    stop = page.text.find("\n", end_of(page.text, last))
    stop = len(page.text) if stop < 0 else stop
    page.edits.append(Edit(stop, stop, "".join(lines)))
    page.say(first, f"{', '.join(missing)} added with the defaults of this version")


def _as_entry(figure: Figure) -> str:
    """Return a figure as a mapping on one line, its source turned into a note."""
    data: dict[str, Any] = {"value": figure.value}
    if figure.range is not None:
        data["range"] = list(figure.range)
    note = figure.note or f"as the catalogue has it, by {figure.source}"
    data |= {"basis": "assumed", "note": note}
    return (
        "{" + ", ".join(f"{k}: {json.dumps(v, ensure_ascii=False)}" for k, v in data.items()) + "}"
    )


def _rewrite_group(page: _Page) -> None:
    """Put one margin among a group's defaults in the place of its column of reservation values."""
    tree, defaults = page.tree, at(page.tree, "defaults")
    _rewrite_figure(page, defaults)
    columns = at(tree, "columns")
    names = [str(item.value) for item in columns.value] if columns is not None else []
    if FIGURE not in names:
        return
    place, old = names.index(FIGURE), []
    page.edits += removed(page.text, columns, {place})
    for code, (_, row) in entries(at(tree, "rows")).items():
        if len(row.value) == len(names):
            old.append(f"{code} {row.value[place].value}")
            page.edits += removed(page.text, row, {place})
    for part in ("half_widths", "sources"):
        if FIGURE in entries(at(tree, part)):
            _drop(page, at(tree, part), [FIGURE])
    remark = f"{FIGURE} of version 0.1 by row: {', '.join(old)}"
    if not {FIGURE, "margin"} & set(entries(defaults)):
        _add_default(page, defaults, remark)
    page.say(
        columns, f"column {FIGURE} of {len(old)} rows -> margin 0.05 (0 to 0.1) for all; {RULE}"
    )


def _add_default(page: _Page, defaults: Any, remark: str) -> None:
    """Write the margin among the defaults, which a file may lack; the old numbers as a remark."""
    head = "".join(f"# {line}\n" for line in textwrap.wrap(remark, WIDTH - 2))
    entry = margin_entry("by row, see the remark on top")
    columns = next(key for key, _ in page.tree.value if key.value == "columns")
    page.edits.append(Edit(0, 0, head))
    if defaults is None or not defaults.value:
        page.edits.append(Edit(columns.start_mark.index, columns.start_mark.index,
                               f"defaults:\n  {entry}\n"))  # fmt: skip
        return
    first = defaults.value[0][0]
    between = ", " if defaults.flow_style else "\n" + " " * first.start_mark.column
    page.edits.append(Edit(first.start_mark.index, first.start_mark.index, entry + between))


# What is left to the author


def _left_open(page: _Page, own: set[str]) -> list[str]:
    """Return what cannot be changed by a rule: paths of sweeps, and initiatives that are now two."""
    found = []
    for path, node in scalars(page.tree):
        word = str(node.value)
        if GONE.fullmatch(word):
            found.append(f"{page.name}:{line_of(node)}: {word}: {gone(word)}")
        elif path[:1] == ("strategies",):
            found += _split(page, node, word, own)
    return found


def _split(page: _Page, node: Node, word: str, own: set[str]) -> Iterator[str]:
    for old in INITIATIVES:
        if old not in own and re.search(rf"(?<![\w-]){old}@", word):
            yield f"{page.name}:{line_of(node)}: {word}: {now_two(old)}; choose one"


# Writing


def _write_copy(place: Path, files: list[Path], texts: dict[Path, str], out: Path) -> list[Path]:
    """Write the whole study into a new or empty folder; nothing is left where that fails."""
    base = place if place.is_dir() else place.parent
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"out: {out}: name a new or empty folder")
    if place.is_dir() and real(out).is_relative_to(real(base)):
        raise UsageError(f"out: {out}: lies inside the study; name a folder outside it")
    was_there = out.exists()
    made = [out / path.relative_to(base) for path in files]
    try:
        if place.is_dir():
            shutil.copytree(place, out, dirs_exist_ok=True)
        for path, target in zip(files, made, strict=True):
            target.parent.mkdir(parents=True, exist_ok=True)
            if path in texts:
                target.write_text(texts[path], encoding="utf-8", newline="")
            elif place.is_file():
                shutil.copyfile(path, target)
    except OSError as error:
        shutil.rmtree(out, ignore_errors=True)
        if was_there:
            out.mkdir(parents=True, exist_ok=True)
        raise UsageError(f"out: {out}: cannot be written: {error.strerror or error}") from None
    return made


def _write(texts: dict[Path, str]) -> None:
    """Write files in place, all or none: each whole beside the old one, then put in its place."""
    new = {path: path.with_name(path.name + TEMPORARY) for path in texts}
    old = {path: path.read_bytes() for path in texts}
    done: list[Path] = []
    try:
        for path, beside in new.items():
            beside.write_text(texts[path], encoding="utf-8", newline="")
        for path, beside in new.items():
            os.replace(beside, path)
            done.append(path)
    except OSError as error:
        for path in done:
            path.write_bytes(old[path])
        for beside in new.values():
            with suppress(OSError):
                beside.unlink()
        raise UsageError(f"{error.filename}: cannot be written: {error.strerror}") from None
