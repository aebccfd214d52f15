"""Writes a run folder: chunks as they come, the folder's name only when all is there.

Order of events: ``<id>.unfinished/`` with ``header.json``; for each part its file (atomic), then
a line in ``parts.jsonl`` with its checksum; at the end summary, figures and log, then
``manifest.json``, then the folder is renamed to ``<id>/``. Whatever stops the program before that
leaves a folder that no reader takes for a run.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from negotiation_sim.errors import StoreError
from negotiation_sim.runs.store.files import (
    FolderLock,
    append_line,
    disk_errors,
    read_json,
    sha256,
    sync_folder,
    to_json,
    write_atomic,
)
from negotiation_sim.runs.store.replicate_columns import to_table
from negotiation_sim.runs.store.run_folders import (
    FORMAT,
    HEADER,
    JOURNAL,
    MANIFEST,
    PARTS,
    journal_parts,
    part_problems,
    refuse_foreign,
    unfinished,
)

ROWS_PER_PART = 1 << 16


def part_name(index: int) -> str:
    """Return the path of a part within its run folder."""
    return f"{PARTS}/part-{index:05d}.parquet"


def encode_part(table: pa.Table) -> bytes:
    """Return a table as Parquet; equal rows give equal bytes."""
    sink = pa.BufferOutputStream()
    bare = table.replace_schema_metadata(None)
    pq.write_table(bare, sink, compression="zstd", row_group_size=ROWS_PER_PART)
    answer: bytes = sink.getvalue().to_pybytes()
    return answer


class RunWriter:
    """Writes one run; used as a context manager.

    Parameters
    ----------
    folder : Path
        Where the finished run shall stand, ``<root>/<experiment>/<run id>``.
    header : mapping
        What is known before the first replicate: ``id``, ``experiment``, ``kind``, ``inputs``,
        ``versions``. Goes into the manifest as it is.
    schema : pyarrow.Schema
        Columns of the replicate table.
    replace : bool
        Whether a finished run of this name may be replaced (it stays until the new one stands).
    resume : bool
        Whether parts of an unfinished run are kept. Otherwise they are removed at the start, and
        whatever stops the writer removes the unfinished folder.

    Attributes
    ----------
    parts : dict
        Finished parts by index: ``{"rows", "bytes", "sha256"}`` and the note given with each.
    damaged : list of str
        Parts of an unfinished run that failed their checksum and have to be computed again.
    """

    def __init__(
        self,
        folder: Path,
        header: Mapping[str, Any],
        schema: pa.Schema,
        *,
        replace: bool = False,
        resume: bool = False,
    ) -> None:
        self.folder = Path(folder)
        self.header = {**header, "format": FORMAT}
        self.schema = schema
        self.replace = replace
        self.resume = resume
        self.keeps_rows = True
        self.parts: dict[int, dict[str, Any]] = {}
        self.damaged: list[str] = []
        self.work = unfinished(self.folder)
        self._lock = FolderLock(self.work)
        self._rows: list[pa.Table] = []
        self._next = 0
        self._finished = False
        self._around: list[Path] = []  # folders that were made for it, the inner first

    def __enter__(self) -> RunWriter:
        refuse_foreign(self.folder)
        if self.folder.is_dir() and any(self.folder.iterdir()) and not self.replace:
            raise StoreError(f"{self.folder}: this run is finished already")
        refuse_foreign(self.work)
        self._around = [path for path in self.work.parents if not path.exists()]
        made = not self.work.exists()
        try:
            with disk_errors(self.work):
                self.work.mkdir(parents=True, exist_ok=True)
            self._lock.acquire()
            try:
                self._open()
            except BaseException:
                self._lock.release()
                raise
        except BaseException:
            if made:
                self._remove()
            raise
        return self

    def _remove(self) -> None:
        """Remove the unfinished folder, and those around it that were made for it."""
        shutil.rmtree(self.work, ignore_errors=True)
        with contextlib.suppress(OSError):
            for path in self._around:
                path.rmdir()

    def _open(self) -> None:
        header = self.work / HEADER
        same = header.exists() and read_json(header) == self.header
        if self.resume and header.exists() and not same:
            raise StoreError(f"{self.work}: holds another run; its header differs")
        if self.resume and same:
            self._take_up()
            return
        self._wipe()
        write_atomic(header, to_json(self.header))
        with disk_errors(self.work):
            (self.work / PARTS).mkdir()

    def _wipe(self) -> None:
        """Remove what an earlier attempt left; its header goes last, so that it stays ours."""
        with disk_errors(self.work):
            for entry in self.work.iterdir():
                if entry.is_dir():
                    shutil.rmtree(entry)
                elif entry.name not in (FolderLock.NAME, HEADER):
                    entry.unlink()

    def _take_up(self) -> None:
        """Keep the parts of the journal that are there and whole; remove all others."""
        found = journal_parts(self.work)
        for index, part in found.items():
            problem = part_problems(self.work, [{"file": part_name(index), **part}])
            if problem:
                self.damaged += problem
            else:
                self.parts[index] = part
        with disk_errors(self.work):
            (self.work / PARTS).mkdir(exist_ok=True)
            kept = {part_name(index) for index in self.parts}
            for path in (self.work / PARTS).iterdir():
                if f"{PARTS}/{path.name}" not in kept:
                    path.unlink()
        lines = [self._journal_line(index) for index in sorted(self.parts)]
        write_atomic(self.work / JOURNAL, "".join(line + "\n" for line in lines).encode())

    def _journal_line(self, index: int) -> str:
        return json.dumps({"part": index, **self.parts[index]}, sort_keys=True)

    def write_part(
        self, index: int, rows: pd.DataFrame | pa.Table, note: Mapping[str, Any] | None = None
    ) -> None:
        """Write one part whole, in any order of indices; ``note`` goes into the journal."""
        data = encode_part(to_table(rows, self.schema))
        write_atomic(self.work / part_name(index), data)
        self.parts[index] = {
            "rows": len(rows), "bytes": len(data), "sha256": sha256(data), **(note or {})
        }  # fmt: skip
        append_line(self.work / JOURNAL, self._journal_line(index))

    def append(self, rows: pd.DataFrame | pa.Table) -> None:
        """Take rows in their final order; parts are cut at a fixed number of rows."""
        self._rows.append(to_table(rows, self.schema))
        waiting = sum(len(table) for table in self._rows)
        while waiting >= ROWS_PER_PART:
            table = pa.concat_tables(self._rows)
            self._flush(table.slice(0, ROWS_PER_PART))
            self._rows = [table.slice(ROWS_PER_PART)]
            waiting -= ROWS_PER_PART

    def _flush(self, table: pa.Table) -> None:
        self.write_part(self._next, table)
        self._next += 1

    def write_file(self, name: str, data: bytes) -> None:
        """Write another file of the run, such as ``summary.csv`` or ``figures/funnel.png``."""
        path = self.work / name
        with disk_errors(path):
            path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, data)

    def finish(
        self,
        counts: Mapping[str, Any],
        tables: Mapping[str, bytes],
        log: Mapping[str, Any],
    ) -> Path:
        """Write tables, log and manifest, give the folder its name and return it.

        Parameters
        ----------
        counts : mapping
            Goes into the manifest; the number of rows is added.
        tables : mapping
            File name and content of the tables that the manifest vouches for.
        log : mapping
            What may change from run to run: times, engine, machine.
        """
        waiting = [table for table in self._rows if len(table)]
        if self.keeps_rows and (waiting or not self.parts):
            whole = pa.concat_tables(waiting) if waiting else self.schema.empty_table()
            self._flush(whole)
        self._rows = []
        for name, data in tables.items():
            self.write_file(name, data)
        self.write_file("log.json", to_json(log))
        manifest = {
            **self.header,
            "counts": {**counts, "rows": sum(part["rows"] for part in self.parts.values())},
            "parts": [{"file": part_name(i), **self.parts[i]} for i in sorted(self.parts)],
            "tables": {name: sha256(data) for name, data in tables.items()},
        }
        self.write_file(MANIFEST, to_json(manifest))
        self._take_name()
        return self.folder

    def _take_name(self) -> None:
        """Rename the folder; a finished run that it replaces stays until then."""
        old = self.folder.with_name(self.folder.name + ".replaced")
        if os.name == "nt":  # an open file would hold the folder's name
            self._lock.release()
        with disk_errors(self.work):
            if self.folder.exists():
                shutil.rmtree(old, ignore_errors=True)
                os.rename(self.folder, old)
            os.rename(self.work, self.folder)
            self._finished = True
            self._lock.release(self.folder)
            for name in (HEADER, JOURNAL):
                (self.folder / name).unlink(missing_ok=True)
            sync_folder(self.folder.parent)
        shutil.rmtree(old, ignore_errors=True)

    def __exit__(self, *_: object) -> None:
        self._rows = []
        if not self._finished and not self.resume:
            self._remove()
        self._lock.release()
