"""Writes a run whose replicates are computed in blocks: what is finished survives whatever stops it.

While such a run is written, ``<id>.unfinished/`` holds one small file of counts a block in
``chunks/`` (and, where replicates are kept, one of these), and ``blocks.jsonl``, which lists every
finished block with checksums. At the end the counts are added up and the replicates joined, in the
order of the blocks, into the parts that a run in one piece has.
"""

from __future__ import annotations

import json
import shutil
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from negotiation_sim.errors import StoreError
from negotiation_sim.runs.store.files import (
    FolderLock,
    append_line,
    disk_errors,
    read_json,
    read_regular,
    sha256,
    to_json,
    write_atomic,
)
from negotiation_sim.runs.store.finished_sweeps import CHUNKS, refuse_other
from negotiation_sim.runs.store.point_columns import decode
from negotiation_sim.runs.store.run_folders import HEADER, PARTS, part_problems
from negotiation_sim.runs.store.sweep_folder import Block
from negotiation_sim.runs.store.writer import RunWriter

BLOCKS = "blocks.jsonl"
COUNTS, REPLICATES = "counts", "replicates"


class BlockWriter(RunWriter):
    """Writes one run block by block; used as a context manager. What is unfinished stays.

    Parameters
    ----------
    folder, header, schema, replace
        As for :class:`RunWriter`; with ``replace`` an unfinished run is begun anew as well.
    keep_rows : bool
        Whether the replicates are written, or the counts alone.

    Attributes
    ----------
    blocks : dict
        By number of the block: what the list says of it.
    """

    def __init__(
        self,
        folder: Path,
        header: Mapping[str, Any],
        schema: pa.Schema,
        *,
        replace: bool = False,
        keep_rows: bool = True,
    ) -> None:
        super().__init__(folder, header, schema, replace=replace, resume=True)
        self.keeps_rows = keep_rows
        self.blocks: dict[int, dict[str, Any]] = {}

    def _open(self) -> None:
        path = self.work / HEADER
        if path.exists() and not self.replace:
            refuse_other(self.work, read_json(path), self.header)
            self._take_up()
        else:
            self._wipe()
            write_atomic(path, to_json(self.header))
        with disk_errors(self.work):
            for name in (CHUNKS, PARTS) if self.keeps_rows else (CHUNKS,):
                (self.work / name).mkdir(exist_ok=True)

    def _take_up(self) -> None:
        """Keep the blocks that are listed and whole; remove all else."""
        wanted = {HEADER, FolderLock.NAME}
        for number, entry in self._listed().items():
            files = [file for file in (entry[COUNTS], entry[REPLICATES]) if file is not None]
            problems = part_problems(self.work, files)
            self.damaged += problems
            if not problems:
                self.blocks[number] = entry
                wanted |= {file["file"] for file in files}
        with disk_errors(self.work):
            for path in sorted(self.work.rglob("*")):
                if path.is_file() and path.relative_to(self.work).as_posix() not in wanted:
                    path.unlink()
        lines = [self._line(number) for number in sorted(self.blocks)]
        write_atomic(self.work / BLOCKS, "".join(line + "\n" for line in lines).encode())

    def _listed(self) -> dict[int, dict[str, Any]]:
        """Return the finished blocks that the list names; a line cut short is passed over."""
        path = self.work / BLOCKS
        found: dict[int, dict[str, Any]] = {}
        for line in read_regular(path).splitlines() if path.exists() else ():
            try:
                entry = json.loads(line)
                number = int(entry["block"])
                rows = self.keeps_rows and not entry["item"][-1]  # none of the nested design
                names = [
                    self._name(COUNTS, number),
                    self._name(REPLICATES, number) if rows else None,
                ]
                files = [entry[kind] and entry[kind]["file"] for kind in (COUNTS, REPLICATES)]
                whole = names == files
            except (ValueError, KeyError, TypeError, RecursionError):
                continue
            if whole:
                found[number] = entry
        return found

    @staticmethod
    def _name(kind: str, number: int) -> str:
        suffix = "json.z" if kind == COUNTS else "parquet"
        return f"{CHUNKS}/{kind}-{number:06d}.{suffix}"

    def _line(self, number: int) -> str:
        return json.dumps(self.blocks[number], sort_keys=True)

    def has(self, number: int, item: Sequence[Any]) -> bool:
        """Return whether a block is finished, and of these very worlds and strategies."""
        return number in self.blocks and self.blocks[number]["item"] == list(item)

    def write_block(self, block: Block, item: Sequence[Any]) -> None:
        """Write a finished block and list it, with the worlds and strategies that it counts."""
        files: dict[str, Any] = {COUNTS: None, REPLICATES: None}
        for kind, data in ((COUNTS, block.points), (REPLICATES, block.replicates)):
            if data is not None:
                name = self._name(kind, block.number)
                write_atomic(self.work / name, data)
                files[kind] = {"file": name, "bytes": len(data), "sha256": sha256(data)}
        self.blocks[block.number] = {
            "block": block.number, "item": list(item), "done": block.done,
            "seconds": round(block.seconds, 4), **files,
        }  # fmt: skip
        append_line(self.work / BLOCKS, self._line(block.number))

    def counts_of(self, number: int) -> dict[str, Any]:
        """Return the counts of a finished block."""
        content: dict[str, Any] = unpacked_counts(self._content(self.blocks[number][COUNTS]))
        return content

    def join_rows(self, number: int) -> None:
        """Take the replicates of a finished block, which are to follow those taken before."""
        entry = self.blocks[number][REPLICATES]
        if entry is not None:
            self.append(decode(self._content(entry)))

    def _content(self, entry: Mapping[str, Any]) -> bytes:
        path = self.work / entry["file"]
        data: bytes = read_regular(path)
        if sha256(data) != entry["sha256"]:
            raise StoreError(f"{path}: damaged meanwhile; the same command computes it again")
        return data

    def _take_name(self) -> None:
        super()._take_name()
        tidy(self.folder)


def tidy(folder: Path) -> None:
    """Remove what an interruption right after the end may have left in a finished run."""
    shutil.rmtree(folder / CHUNKS, ignore_errors=True)
    (folder / BLOCKS).unlink(missing_ok=True)


def packed_counts(counts: Mapping[str, Any]) -> bytes:
    """Return counts as bytes that travel and rest: JSON, compressed."""
    return zlib.compress(json.dumps(counts, separators=(",", ":")).encode())


def unpacked_counts(data: bytes) -> dict[str, Any]:
    """Return the counts of :func:`packed_counts`."""
    content: dict[str, Any] = json.loads(zlib.decompress(data))
    return content
