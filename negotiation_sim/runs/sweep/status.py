"""How far a sweep is, read from its folder by another process; nothing is locked or changed."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import time
from os import PathLike
from pathlib import Path
from typing import Any

from negotiation_sim.errors import StoreError, nearest
from negotiation_sim.glance import glanced
from negotiation_sim.runs.store.files import is_locked, read_json, read_regular
from negotiation_sim.runs.store.run_folders import HEADER, JOURNAL, MANIFEST, UNFINISHED, unfinished


@glanced
@dataclasses.dataclass(frozen=True)
class Status:
    """Where a sweep stands.

    Parameters
    ----------
    folder : Path
    state : {'finished', 'running', 'stopped'}
    points, done, failed : int
    rate : float or None
        Points a second since this session began; None before the first block.
    seconds_left : float or None
    blocks, blocks_done : int
    executor : str
        Of the last session.
    """

    folder: Path
    state: str
    points: int
    done: int
    failed: int
    rate: float | None = None
    seconds_left: float | None = None
    blocks: int = 0
    blocks_done: int = 0
    executor: str = ""


def status(run: str | PathLike[str], root: str | PathLike[str] = "results") -> Status:
    """Return where a sweep stands.

    Parameters
    ----------
    run : path or str
        A folder (with or without ``.unfinished``), ``<experiment>/<id>``, or the first digits of
        an id under ``root``.

    Raises
    ------
    StoreError
        Where there is no such sweep.
    """
    folder = find_sweep(run, root)
    work = unfinished(folder)
    if (work / HEADER).is_file():
        return _of_unfinished(work)
    manifest = read_json(folder / MANIFEST)
    if manifest.get("kind") != "sweep":
        raise StoreError(f"{folder}: a {manifest.get('kind')}, not a sweep")
    counts = manifest["counts"]
    blocks = manifest["blocks"]
    return Status(folder, "finished", counts["points"], counts["points"], counts["failed"],
                  blocks=blocks, blocks_done=blocks)  # fmt: skip


def find_sweep(run: str | PathLike[str], root: str | PathLike[str]) -> Path:
    """Return the folder of a sweep, finished or not, under the name it has when finished."""
    text = str(run)
    for path in (Path(text), Path(root) / text):
        plain = path.with_name(path.name.removesuffix(UNFINISHED)) if path.name else path
        if text and ((unfinished(plain) / HEADER).is_file() or (plain / MANIFEST).is_file()):
            return plain
    folders = _folders(root)
    matches = sorted(p for p in folders if text and p.name.startswith(text))
    if len(matches) == 1:
        return matches[0]
    names = [f"{p.parent.name}/{p.name}" for p in sorted(matches or folders)]
    if matches:
        raise StoreError(f"{text}: several begin so: {', '.join(names)}")
    raise StoreError(f"{text}: no such sweep{nearest(text, names)}")


def _folders(root: str | PathLike[str]) -> list[Path]:
    """Return all run folders under a root, finished or not, by the name of a finished one."""
    found = {p.parent for p in Path(root).glob(f"*/*/{MANIFEST}")}
    found |= {p.parent for p in Path(root).glob(f"*/*{UNFINISHED}/{HEADER}")}
    return sorted({p.with_name(p.name.removesuffix(UNFINISHED)) for p in found})


def statuses(root: str | PathLike[str] = "results") -> list[Status]:
    """Return where every sweep under a root stands, unfinished ones first."""
    found = []
    for folder in _folders(root):
        with contextlib.suppress(StoreError):  # a plain run, or damaged
            found.append(status(folder))
    return sorted(found, key=lambda each: (each.state == "finished", str(each.folder)))


def _of_unfinished(work: Path) -> Status:
    header = read_json(work / HEADER)
    if header.get("kind") != "sweep":
        raise StoreError(f"{work}: a {header.get('kind')}, not a sweep")
    session, blocks = _journal(work)
    done = sum(block["done"] for block in blocks.values())
    total = int(header["points"])
    mine = [b for b in blocks.values() if b["at"] >= session.get("at", 0.0)]
    rate = left = None
    running = is_locked(work)
    if mine and session:
        until = time.time() if running else max(b["at"] for b in mine)
        rate = sum(b["done"] for b in mine) / max(1e-3, until - session["at"])
        left = (total - done) / rate if running else None
    failed = sum(len(block["failed"]) for block in blocks.values())
    return Status(
        work, "running" if running else "stopped", total, done, failed, rate, left,
        int(header["blocks"]), len(blocks), str(session.get("executor", "")),
    )  # fmt: skip


def _journal(work: Path) -> tuple[dict[str, Any], dict[int, dict[str, Any]]]:
    """Return the last session and the finished blocks; a line cut short is passed over."""
    session: dict[str, Any] = {}
    blocks: dict[int, dict[str, Any]] = {}
    path = work / JOURNAL
    lines = read_regular(path).splitlines() if path.exists() else []
    for line in lines:
        try:
            entry = json.loads(line)
            if "session" in entry:
                session = dict(entry["session"])
            else:
                blocks[int(entry["part"])] = entry
        except (ValueError, KeyError, TypeError):
            continue
    return session, blocks
