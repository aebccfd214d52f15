"""Writes the folder of a sweep: finished blocks of points survive whatever stops the program.

While a sweep runs, ``<id>.unfinished/`` holds ``header.json``, one small file of points a block in
``chunks/`` (and, if wished, its replicates in ``replicates/``), and ``parts.jsonl``, which lists
every finished block with checksums. At the end the small files are joined, in the order of the
points, into ``points/part-00000.parquet`` onwards; the manifest follows, then the folder's name.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

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
from negotiation_sim.runs.store.point_columns import decode, failed_points, joined, merged
from negotiation_sim.runs.store.reader import Run
from negotiation_sim.runs.store.run_folders import (
    HEADER,
    JOURNAL,
    MANIFEST,
    PARTS,
    journal_parts,
    part_problems,
)
from negotiation_sim.runs.store.writer import RunWriter, encode_part, part_name

POINTS = "points"
ROWS_PER_POINT_PART = 1 << 16


def chunk_name(block: int) -> str:
    """Return the path of a block's points within the unfinished folder."""
    return f"{CHUNKS}/block-{block:06d}.parquet"


@dataclass(frozen=True)
class Block:
    """What a worker hands back: consecutive points, computed.

    Parameters
    ----------
    number : int
    points : bytes
        The rows of the points as Parquet.
    replicates : bytes or None
        Their replicates as Parquet, if these are kept.
    done : int
        Number of points.
    failed : tuple of int
        Points that failed.
    seconds : float
        Time spent on them by one core.
    """

    number: int
    points: bytes
    replicates: bytes | None
    done: int
    failed: tuple[int, ...]
    seconds: float


class SweepWriter(RunWriter):
    """Writes one sweep; used as a context manager. What is unfinished stays.

    Parameters
    ----------
    folder, header
        As for :class:`RunWriter`; the header holds ``blocks`` and ``points_per_block``.
    schema : pyarrow.Schema
        Columns of the table of points.
    replicates : pyarrow.Schema or None
        Columns of the table of replicates, if these are kept.
    replace : bool
        Whether a finished sweep may be replaced; it stays until the new one stands.
    resume : bool
        Whether the finished blocks of an unfinished sweep are kept.

    Attributes
    ----------
    parts : dict
        By number of the block: what the journal says of it.
    notices : list of str
        Files that were damaged or foreign; their blocks are computed again.
    """

    def __init__(
        self,
        folder: Path,
        header: Mapping[str, Any],
        schema: pa.Schema,
        *,
        replicates: pa.Schema | None = None,
        replace: bool = False,
        resume: bool = False,
    ) -> None:
        super().__init__(folder, header, schema, replace=replace, resume=True)
        self.replicates = replicates
        self.take_up = resume
        self.notices: list[str] = []

    def _open(self) -> None:
        path = self.work / HEADER
        if self.take_up and path.exists():
            refuse_other(self.work, read_json(path), self.header)
            self._take_up()
        else:
            self._wipe()
            write_atomic(path, to_json(self.header))
        with disk_errors(self.work):
            (self.work / CHUNKS).mkdir(exist_ok=True)
            if self.replicates is not None:
                (self.work / PARTS).mkdir(exist_ok=True)

    def _take_up(self) -> None:
        """Keep the blocks that are listed and whole; name and remove all else."""
        wanted = {HEADER, FolderLock.NAME}
        for number, entry in sorted(journal_parts(self.work).items()):
            try:
                files = _files_of(entry)
            except (KeyError, TypeError):
                continue
            problems = part_problems(self.work, files)
            self.notices += problems
            if not problems and 0 <= number < self.header["blocks"]:
                self.parts[number] = entry
                wanted |= {file["file"] for file in files}
        with disk_errors(self.work):
            for path in sorted(self.work.rglob("*")):
                name = path.relative_to(self.work).as_posix()
                if path.is_file() and name not in wanted:
                    if name.split("/")[0] in (CHUNKS, PARTS) and str(path) not in self._named():
                        self.notices.append(f"{path}: not in the list of finished blocks")
                    path.unlink()
        self._rewrite_journal()

    def _named(self) -> set[str]:
        return {notice.split(": ")[0] for notice in self.notices}

    def _rewrite_journal(self) -> None:
        lines = [self._journal_line(number) for number in sorted(self.parts)]
        write_atomic(self.work / JOURNAL, "".join(line + "\n" for line in lines).encode())

    def note(self, content: Mapping[str, Any]) -> None:
        """Write into the journal what is no block, such as the begin of a session."""
        append_line(self.work / JOURNAL, json.dumps(content, sort_keys=True))

    def write_block(self, block: Block, at: float) -> None:
        """Write a finished block and list it; ``at`` is the time, for the display of progress."""
        points = self._write(chunk_name(block.number), block.points)
        replicates = None
        if block.replicates is not None:
            replicates = self._write(part_name(block.number), block.replicates)
        self.parts[block.number] = {
            "points": points, "replicates": replicates, "done": block.done,
            "failed": list(block.failed), "at": round(at, 3), "seconds": round(block.seconds, 4),
        }  # fmt: skip
        append_line(self.work / JOURNAL, self._journal_line(block.number))

    def _write(self, name: str, data: bytes) -> dict[str, Any]:
        write_atomic(self.work / name, data)
        rows = pq.ParquetFile(pa.BufferReader(data)).metadata.num_rows
        return {"file": name, "rows": rows, "bytes": len(data), "sha256": sha256(data)}

    def merge_block(self, block: Block, at: float) -> None:
        """Replace some points of a block that is there already."""
        before = self.parts[block.number]
        old = self._content(before["points"])
        again = _points_in(block.points)
        points = merged(old, block.points, again, self.schema)
        replicates = None
        if self.replicates is not None and block.replicates is not None:
            held = self._content(before["replicates"])
            replicates = merged(held, block.replicates, again, self.replicates)
        left = {*(set(before["failed"]) - set(again)), *block.failed}
        seconds = before["seconds"] + block.seconds
        done = Block(block.number, points, replicates, before["done"], tuple(sorted(left)), seconds)
        self.write_block(done, at)

    def _content(self, entry: Mapping[str, Any]) -> bytes:
        path = self.work / entry["file"]
        data = read_regular(path)
        if sha256(data) != entry["sha256"]:
            raise StoreError(f"{path}: damaged meanwhile; --resume computes it again")
        answer: bytes = data
        return answer

    def close(self, log: Mapping[str, Any]) -> Path:
        """Join the blocks, write log and manifest, give the folder its name and return it."""
        shutil.rmtree(self.work / POINTS, ignore_errors=True)
        with disk_errors(self.work):
            (self.work / POINTS).mkdir()
        parts = list(self._point_parts())
        entries = [self.parts[number] for number in sorted(self.parts)]
        self.write_file("log.json", to_json(log))
        counts = {
            "points": sum(entry["done"] for entry in entries),
            "failed": sum(len(entry["failed"]) for entry in entries),
            "rows": sum(part["rows"] for part in parts),
        }
        manifest = {**self.header, "counts": counts, "parts": parts, "tables": {}}
        if self.replicates is not None:
            manifest["replicate_parts"] = [entry["replicates"] for entry in entries]
            counts["replicate_rows"] = sum(e["replicates"]["rows"] for e in entries)
        self.write_file(MANIFEST, to_json(manifest))
        self._take_name()
        shutil.rmtree(self.folder / CHUNKS, ignore_errors=True)
        return self.folder

    def _point_parts(self) -> Iterator[dict[str, Any]]:
        """Join the blocks' points into parts of at least so many rows; blocks stay whole."""
        tables: list[pa.Table] = []
        first, index, last = 0, 0, self.header["blocks"] - 1
        for number in range(last + 1):
            tables.append(decode(self._content(self.parts[number]["points"])))
            if sum(len(table) for table in tables) >= ROWS_PER_POINT_PART or number == last:
                data = encode_part(joined(tables, self.schema))
                entry = self._write(f"{POINTS}/part-{index:05d}.parquet", data)
                yield entry | {"blocks": [first, number]}
                tables, first, index = [], number + 1, index + 1

    def restore(self, run: Run, at: float) -> None:
        """Take over the whole parts of a finished sweep, as blocks; name the others."""
        size = self.header["points_per_block"]
        replicate_parts = run.manifest.get("replicate_parts")
        for part in run.manifest["parts"]:
            problems = part_problems(run.folder, [part])
            self.notices += problems
            if problems:
                continue
            table = pq.read_table(run.folder / part["file"], partitioning=None)
            for number in range(part["blocks"][0], part["blocks"][1] + 1):
                self._restore_block(run, table, number, size, replicate_parts, at)

    def _restore_block(
        self, run: Run, table: pa.Table, number: int, size: int,
        replicate_parts: Sequence[Mapping[str, Any]] | None, at: float,
    ) -> None:  # fmt: skip
        import pyarrow.compute as pc

        replicates = None
        if replicate_parts is not None:
            problems = part_problems(run.folder, [replicate_parts[number]])
            self.notices += problems
            if problems:
                return
            replicates = read_regular(run.folder / replicate_parts[number]["file"])
        low, high = number * size, (number + 1) * size
        column = table["point"]
        mine = table.filter(pc.and_(pc.greater_equal(column, low), pc.less(column, high)))
        data = encode_part(joined([mine], self.schema))
        done = len(pc.unique(mine["point"]))
        failed = tuple(failed_points(mine))
        self.write_block(Block(number, data, replicates, done, failed, 0.0), at)


def _points_in(data: bytes) -> list[int]:
    return sorted(set(decode(data)["point"].to_pylist()))


def _files_of(entry: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [file for file in (entry["points"], entry["replicates"]) if file is not None]
