"""A ledger of forecasts: one line each, which anybody can check without this program.

A line is a JSON object, a tab, and the SHA-256 of the object's bytes. The object names the hash of
the line before, so that no line can be changed, moved, taken out or put in between without all
later hashes changing. That the end was not cut off, and when a line was written, only a clock
outside can show (docs/ledger.md).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from negotiation_sim.errors import StoreError
from negotiation_sim.glance import glanced
from negotiation_sim.runs.store.files import (
    FolderLock,
    disk_errors,
    read_regular,
    sha256,
    write_atomic,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

LEDGER = "ledger.txt"
NOTHING_BEFORE = "0" * 64
FIELDS = ("number", "sealed", "question", "p", "by", "resolves", "version", "previous")


def _is_day(value: Any) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


SHAPES: dict[str, Callable[[Any], bool]] = {
    "number": lambda value: type(value) is int,
    "sealed": _is_day, "by": _is_day, "question": _is_text, "resolves": _is_text,
    "version": _is_text, "previous": _is_text,
    "p": lambda value: type(value) in (int, float) and 0.0 <= value <= 1.0,
}  # fmt: skip


@glanced
@dataclass(frozen=True)
class Sealed:
    """One line of a ledger: what it says, and its hash."""

    entry: Mapping[str, Any]
    hash: str

    @property
    def number(self) -> int:
        return int(self.entry["number"])


def _line(entry: Mapping[str, Any]) -> str:
    body = json.dumps(entry, ensure_ascii=False, allow_nan=False, separators=(", ", ": "))
    return f"{body}\t{sha256(body.encode())}\n"


def read_ledger(path: str | PathLike[str]) -> list[Sealed]:
    """Read a ledger and check every line and the chain.

    Raises
    ------
    StoreError
        With the number of the first line that is not as it was sealed, and why.
    """
    place = Path(path)
    data = read_regular(place)
    if data and not data.endswith(b"\n"):
        last = data.count(b"\n") + 1
        raise StoreError(f"{path}:{last}: cut off, the line has no end")
    found: list[Sealed] = []
    for line, raw in enumerate(data.split(b"\n")[:-1], 1):
        found.append(_checked(f"{path}:{line}", raw, found))
    return found


def _checked(place: str, raw: bytes, before: list[Sealed]) -> Sealed:
    body, tab, said = raw.partition(b"\t")
    if not tab:
        raise StoreError(f"{place}: not a line of a ledger, it has no tab")
    if sha256(body).encode() != said:
        raise StoreError(f"{place}: altered, its hash is not that of its text")
    try:
        entry = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise StoreError(f"{place}: not a JSON object ({error})") from None
    missing = [name for name in FIELDS if not isinstance(entry, dict) or name not in entry]
    if missing:
        raise StoreError(f"{place}: lacks {', '.join(missing)}")
    wrong = [name for name, right in SHAPES.items() if not right(entry[name])]
    if wrong:
        raise StoreError(f"{place}: {wrong[0]} is not as a ledger writes it")
    last = before[-1] if before else None
    if entry["previous"] != (last.hash if last else NOTHING_BEFORE):
        raise StoreError(f"{place}: the chain is broken, a line before it was altered or taken out")
    if entry["number"] != len(before) + 1:
        raise StoreError(f"{place}: is number {entry['number']}, not {len(before) + 1}")
    if last and entry["sealed"] < last.entry["sealed"]:
        raise StoreError(f"{place}: sealed on {entry['sealed']}, before the line above it")
    return Sealed(entry, said.decode())


def append(path: str | PathLike[str], content: Mapping[str, Any], sealed: date) -> Sealed:
    """Add a line to a ledger, which is begun where there is none; whole or not at all.

    Parameters
    ----------
    path : path
    content : mapping
        ``question``, ``p``, ``by``, ``resolves``, ``version``, and what else is to be kept.
    sealed : date

    Raises
    ------
    StoreError
        Where the ledger does not check, another process is writing it, or it cannot be written;
        it is then as it was.
    """
    place = Path(path)
    with _locked(place.parent):
        before = read_ledger(place) if place.exists() else []
        head = before[-1].hash if before else NOTHING_BEFORE
        entry = {
            "number": len(before) + 1,
            "sealed": sealed.isoformat(),
            **content,
            "previous": head,
        }
        text = _line(entry)
        kept = read_regular(place) if before else b""
        new = _checked(f"{path}:{len(before) + 1}", text[:-1].encode(), before)
        write_atomic(place, kept + text.encode())
    return new


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    lock = FolderLock(folder)
    lock.acquire()
    try:
        yield
    finally:
        lock.release()


def check_head(path: str | PathLike[str], sealed: list[Sealed], head: str) -> int:
    """Return the number of the line that has a hash published earlier.

    Raises
    ------
    StoreError
        Where no line has it: the ledger was cut off or written anew since.
    """
    for each in sealed:
        if each.hash == head.strip().lower():
            return each.number
    raise StoreError(f"{path}: no line has the hash '{head[:16]}'; it was cut off or written anew")
