"""What is in the catalogue, as plain data: names, values, ranges and sources."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from negotiation_sim.catalogue.folders import KINDS, SUFFIX, Folders, unknown
from negotiation_sim.catalogue.lookup import Catalogue
from negotiation_sim.catalogue.records import Experiment
from negotiation_sim.catalogue.reports import Origin, Problems, validate
from negotiation_sim.catalogue.schema import Figure, Record
from negotiation_sim.errors import CatalogueError, UsageError, nearest

_BASES = ("basis", "source", "note", "locator", "year")


def _kind(kind: str) -> str:
    plural = kind if kind.endswith("s") else kind + "s"
    if plural not in KINDS:
        raise UsageError(f"no kind '{kind}' in the catalogue{nearest(kind, KINDS)}")
    return plural


def _record(kind: str, name: str, catalogue: Catalogue, files: dict[str, Path]) -> Any:
    if kind == "experiments":
        origin = Origin.of(catalogue.folders.read(files[name]))
        return validate(Experiment, origin, catalogue.problems)
    return catalogue.record(kind, name)


def _names(kind: str, catalogue: Catalogue, files: dict[str, Path]) -> list[str]:
    return sorted(files) if kind == "experiments" else catalogue.names(kind)


def _folders(root: Path | None, study: Path | None) -> Folders:
    """Return the layers of the catalogue, a study's own before them."""
    if study is None:
        return Folders.around(None, root)
    file = study / ("study" + SUFFIX) if study.is_dir() else study
    if not file.is_file():
        raise CatalogueError(str(study), None, "", "no study here: it has a study.yaml")
    folders = Folders.around(file, root)
    data = folders.read(file).data
    alone = isinstance(data, dict) and data.get("self_contained") is True
    return dataclasses.replace(folders, alone=alone)


def list_catalogue(
    kind: str, root: Path | None = None, study: Path | None = None
) -> list[dict[str, Any]]:
    """Return one row per record of a kind, in alphabetical order.

    Parameters
    ----------
    kind : {'actors', 'venues', 'initiatives', 'experiments'}
    root : Path, optional
        Folder of the catalogue; found by default.
    study : Path, optional
        A study's folder or file, whose own records stand first.

    Returns
    -------
    list of dict
        ``id``, ``name``, ``about`` (a question, a description or groups) and ``file``.
    """
    kind = _kind(kind)
    folders = _folders(root, study)
    catalogue = Catalogue(folders, Problems(first=True))
    files = folders.files(kind)
    rows = []
    for name in _names(kind, catalogue, files):
        record = _record(kind, name, catalogue, files)
        about = getattr(record, "question", "") or getattr(record, "description", "")
        about = about or " ".join(getattr(record, "groups", ()))
        file = _file(name, kind, catalogue, files)
        rows.append({"id": name, "name": record.name, "about": about, "file": file})
    return rows


def _file(name: str, kind: str, catalogue: Catalogue, files: dict[str, Path]) -> str:
    if name in files:
        return catalogue.folders.show(files[name])
    _, origin = catalogue.rows()[name]
    return origin.error(("rows", name), "").file


def describe(
    kind: str, name: str, root: Path | None = None, study: Path | None = None
) -> dict[str, Any]:
    """Return one record as plain data.

    Parameters
    ----------
    kind : {'actors', 'venues', 'initiatives', 'experiments'}
    name : str
    root : Path, optional
        Folder of the catalogue; found by default.
    study : Path, optional
        As in :func:`list_catalogue`.

    Returns
    -------
    dict
        ``kind``, ``id``, ``name``, ``file``; ``fields``, a list of ``field``, ``value``, ``low``,
        ``high``, ``basis``, ``source``, ``note``, ``locator``, ``year``; and ``sources``, the
        entries of the sources named.
    """
    kind = _kind(kind)
    folders = _folders(root, study)
    catalogue = Catalogue(folders, Problems(first=True))
    files = folders.files(kind)
    names = _names(kind, catalogue, files)
    if name not in names:
        raise CatalogueError("", None, kind, unknown(kind, name, names))
    record = _record(kind, name, catalogue, files)
    fields = [row for row in _fields(record, "", {}) if row["field"] not in ("id", "name")]
    known = catalogue.known_sources(kind)
    named = {row["source"] for row in fields}
    named |= {row["value"] for row in fields if row["field"] == "membership_source"}
    used = sorted(known.keys() & named)
    return {
        "kind": kind,
        "id": name,
        "name": record.name,
        "file": _file(name, kind, catalogue, files),
        "fields": fields,
        "sources": {source: known[source] for source in used},
    }


def _row(field: str, value: Any, rests: dict[str, Any]) -> dict[str, Any]:
    row = {"field": field, "value": value, "low": None, "high": None}
    return {**row, **{name: rests.get(name) for name in _BASES}}


def _fields(node: Any, field: str, rests: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every leaf of a record; what a figure or box rests on goes with its values."""
    if isinstance(node, Figure):
        row = _row(field, node.value, node.model_dump(include=set(_BASES)))
        row["low"], row["high"] = node.range or (None, None)
        yield row
    elif isinstance(node, Record):
        rests = {name: getattr(node, name, None) for name in _BASES}
        for name in type(node).model_fields:
            if name not in _BASES:
                yield from _fields(getattr(node, name), _below(field, name), rests)
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from _fields(value, _below(field, str(key)), rests)
    elif isinstance(node, list) and any(isinstance(item, (Record, dict)) for item in node):
        for index, item in enumerate(node):
            yield from _fields(item, _below(field, str(index)), rests)
    elif node not in (None, "", [], {}):
        yield _row(field, node, rests)


def _below(field: str, name: str) -> str:
    return f"{field}.{name}" if field else name
