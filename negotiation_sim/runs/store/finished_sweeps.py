"""Finished sweeps on disk: opened although damaged, compared with what is wanted, tidied."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from negotiation_sim.errors import StoreError
from negotiation_sim.runs.store.files import read_json
from negotiation_sim.runs.store.reader import Run, check_manifest
from negotiation_sim.runs.store.run_folders import HEADER, JOURNAL, MANIFEST, part_problems

CHUNKS = "chunks"


def refuse_other(work: Path, found: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Raise StoreError where a header is not the one wanted; versions are named."""
    if found == wanted:
        return
    then, now = found.get("versions", {}), wanted["versions"]
    changed = [
        f"{name} {then.get(name, 'none')} -> {now.get(name, 'none')}"
        for name in sorted({*then, *now})
        if then.get(name) != now.get(name)
    ]
    if changed:
        message = f"was begun with other versions ({', '.join(changed)})"
    else:
        message = f"holds another {wanted.get('kind', 'sweep')}; its header differs"
    raise StoreError(f"{work}: {message}; --force starts anew")


def tidy(folder: Path) -> None:
    """Remove what an interruption right after the end may have left in a finished sweep."""
    shutil.rmtree(folder / CHUNKS, ignore_errors=True)
    for name in (HEADER, JOURNAL):
        (folder / name).unlink(missing_ok=True)


def open_sweep(folder: Path) -> Run:
    """Return a finished sweep whose parts may be damaged."""
    manifest = read_json(folder / MANIFEST)
    check_manifest(folder, manifest)
    if manifest["kind"] != "sweep":
        raise StoreError(f"{folder}: a {manifest['kind']}, not a sweep")
    return Run(folder, manifest)


def damaged_parts(run: Run) -> list[str]:
    """Return a message for each part of a finished sweep that is not as it was written."""
    return part_problems(run.folder, run.all_parts())
