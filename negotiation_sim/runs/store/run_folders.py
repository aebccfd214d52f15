"""What a run folder looks like on disk: ours or foreign, finished or not, whole or damaged."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from negotiation_sim.errors import StoreError
from negotiation_sim.runs.store.files import (
    TEMPORARY,
    FolderLock,
    file_sha256,
    read_json,
    read_regular,
)

FORMAT = "negotiation-sim run 1"
MANIFEST, HEADER, JOURNAL = "manifest.json", "header.json", "parts.jsonl"
PARTS = "replicates"
UNFINISHED = ".unfinished"


def unfinished(folder: Path) -> Path:
    """Return the name under which a run is written, given either of its names."""
    if folder.name.endswith(UNFINISHED):
        return folder
    if folder.name in ("", ".."):
        folder = Path(os.path.realpath(folder))
    return folder.parent / (folder.name + UNFINISHED)


def journal_parts(folder: Path) -> dict[int, dict[str, Any]]:
    """Return the parts that an unfinished run says it has; a line cut short is passed over."""
    path = folder / JOURNAL
    found: dict[int, dict[str, Any]] = {}
    if path.exists():
        for line in read_regular(path).splitlines():
            try:
                entry = json.loads(line)
                found[int(entry.pop("part"))] = entry
            except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
                continue
    return found


def part_problems(
    folder: Path, parts: Iterable[Mapping[str, Any]], *, checksums: bool = True
) -> list[str]:
    """Return a message for each part that is missing or differs from what was written."""
    problems = []
    for part in parts:
        path = folder / part["file"]
        try:
            there = path.is_file()
        except OSError as error:  # a name that the file system does not take
            problems.append(f"{folder}: a part that cannot be looked up ({error.strerror})")
            continue
        if not there:
            problems.append(f"{path}: missing")
        elif path.stat().st_size != part["bytes"]:
            problems.append(f"{path}: damaged, {path.stat().st_size} bytes of {part['bytes']}")
        elif checksums and file_sha256(path) != part["sha256"]:
            problems.append(f"{path}: damaged, its checksum differs")
    return problems


def refuse_foreign(folder: Path) -> None:
    """Raise StoreError if a path is taken by something that is no run, finished or not."""
    if folder.is_symlink():
        raise StoreError(f"{folder}: a link to somewhere else; nothing was written")
    if not folder.exists():
        return
    if not folder.is_dir():
        raise StoreError(f"{folder}: not a folder; nothing was written")
    names = {entry.name for entry in folder.iterdir()}
    names -= {FolderLock.NAME, HEADER + TEMPORARY}
    if not names:
        return
    for name in (MANIFEST, HEADER):
        if name in names and read_json(folder / name).get("format") == FORMAT:
            return
    message = f"{folder}: not a run folder of negotiation-sim (no {MANIFEST} of ours)"
    raise StoreError(f"{message}; nothing was written")


def is_taken(folder: Path) -> bool:
    """Return whether there is something at a run's place: a run, whole or not, or a stranger."""
    return folder.exists() and (not folder.is_dir() or any(folder.iterdir()))
