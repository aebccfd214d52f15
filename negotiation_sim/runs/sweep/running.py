"""Runs a sweep: hands blocks to workers, writes what comes back, survives what may happen."""

from __future__ import annotations

import datetime
import errno
import os
import platform
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from negotiation_sim.errors import NegotiationSimError, StoreError
from negotiation_sim.runs import store
from negotiation_sim.runs.store.files import read_json
from negotiation_sim.runs.store.finished_sweeps import damaged_parts, open_sweep, refuse_other, tidy
from negotiation_sim.runs.store.run_folders import HEADER, MANIFEST, unfinished
from negotiation_sim.runs.store.sweep_folder import Block, SweepWriter
from negotiation_sim.runs.sweep.blocks import assignment_of
from negotiation_sim.runs.sweep.executors import ExecutorLostError, Workers
from negotiation_sim.runs.sweep.plan import PlannedSweep
from negotiation_sim.runs.sweep.tasks import Task, Work

Progress = Callable[[int, int | None], None]
WAIT_SECONDS = 0.25
DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def run_tasks(
    work: Work, workers: Workers, write: Callable[[Block], None], tell: Callable[[int], None]
) -> None:
    """Hand out all tasks and write every block as soon as it is complete."""
    while True:
        while (task := work.next(workers.capacity())) is not None:
            workers.submit(task)
        if not work.out:
            return
        for task, result in workers.collect(WAIT_SECONDS):
            block = work.take(task, result)
            if block is not None:
                write(block)
        tell(work.computed)


def run_sweep(
    sweep: PlannedSweep,
    begin: Callable[[], Workers],
    *,
    resume: bool = False,
    retry_failed: bool = False,
    force: bool = False,
    progress: Progress | None = None,
    notice: Callable[[str], None] | None = None,
    order: Sequence[int] | None = None,
) -> tuple[store.Run, bool]:
    """Compute what is missing of a sweep; return the finished run and whether it is fresh.

    Parameters
    ----------
    sweep : PlannedSweep
    begin : callable
        Starts the workers, once there is something to do.
    resume : bool
        Continue an unfinished sweep; mend the damaged parts of a finished one.
    retry_failed : bool
        Compute points that failed again, and only those.
    force : bool
        Start anew.
    progress : callable, optional
        Called with the points done and the points in all.
    notice : callable, optional
        Called with a message for each file that was damaged or foreign.
    order : sequence of int, optional
        Of the blocks; the tables do not depend on it.

    Raises
    ------
    StoreError
        Where the folder is foreign, holds another sweep, or the disk is full.
    """
    finished = None
    if (sweep.folder / MANIFEST).is_file() and not force:
        finished = open_sweep(sweep.folder)
        tidy(sweep.folder)
        if not _needs_work(finished, resume, retry_failed):
            return store.open_run(sweep.folder), False
        own = {key: finished.manifest.get(key) for key in sweep.header}
        refuse_other(sweep.folder, own, sweep.header)
    elif not (resume or retry_failed or force):
        _refuse_unfinished(sweep)
    if notice is not None and (resume or retry_failed) and finished is None:
        for message in of_other_versions(sweep):
            notice(message)
    points, replicates = assignment_of(sweep).schemas()
    writer = SweepWriter(
        sweep.folder, sweep.header, points,
        replicates=replicates if sweep.request.keep_replicates else None,
        replace=force or finished is not None, resume=(resume or retry_failed) and not finished,
    )  # fmt: skip
    workers, done = begin(), False
    try:
        with writer:
            if finished is not None:
                writer.restore(finished, time.time())
            if notice is not None:
                for message in writer.notices:
                    notice(message)
            tasks = _tasks(sweep, writer, retry_failed, order)
            log = _compute(sweep, Work(assignment_of(sweep), *tasks), writer, workers, progress)
            writer.close(log)
            done = True
    except NegotiationSimError as error:
        raise _explained(error, writer, sweep) from error
    finally:
        workers.close(interrupted=not done)
    return store.open_run(sweep.folder), True


def _needs_work(run: store.Run, resume: bool, retry_failed: bool) -> bool:
    if retry_failed and run.manifest["counts"]["failed"]:
        return True
    return (resume or retry_failed) and bool(damaged_parts(run))


def _refuse_unfinished(sweep: PlannedSweep) -> None:
    work = unfinished(sweep.folder)
    if (work / HEADER).is_file():
        parts = store.read_unfinished(sweep.folder)[1]
        done = sum(part.get("done", 0) for part in parts.values())
        words = f"{done:,} of {len(sweep.design):,} points are done"
        raise StoreError(f"{work}: {words}; --resume continues, --force starts anew")


def of_other_versions(sweep: PlannedSweep) -> Iterator[str]:
    """Yield a line for each folder of the same sweep that another version began or finished."""
    wanted = store.canonical(sweep.header["inputs"])
    ours = {sweep.folder, unfinished(sweep.folder)}
    for path in sorted(sweep.folder.parent.glob("*/*.json")):
        if path.name not in (HEADER, MANIFEST) or path.parent in ours:
            continue
        try:
            header = read_json(path)
            same = header["kind"] == "sweep" and store.canonical(header["inputs"]) == wanted
            version = header["versions"]["negotiation-sim"]
        except (StoreError, KeyError, TypeError, ValueError, RecursionError):
            continue
        if same:
            yield (
                f"{path.parent}: the same sweep by {version}; this version, "
                f"{sweep.header['versions']['negotiation-sim']}, cannot continue it and begins anew beside it"
            )


def _tasks(
    sweep: PlannedSweep, writer: SweepWriter, retry_failed: bool, order: Sequence[int] | None
) -> tuple[Iterator[Task], Callable[[int], int]]:
    """Return the tasks of all blocks that are not finished, and how many points each block wants."""
    failed: dict[int, list[int]] = {}
    if retry_failed:
        failed = {n: entry["failed"] for n, entry in writer.parts.items() if entry["failed"]}

    def points_of(number: int) -> Sequence[int]:
        return failed.get(number) or sweep.block(number)

    def tasks() -> Iterator[Task]:
        for number in order if order is not None else range(sweep.blocks):
            if number in failed or number not in writer.parts:
                points = points_of(number)
                design = sweep.design
                yield Task(int(number), tuple((i, design[i], design.varied(i)) for i in points))

    return tasks(), lambda number: len(points_of(number))


def _compute(
    sweep: PlannedSweep,
    work: Work,
    writer: SweepWriter,
    workers: Workers,
    progress: Progress | None,
) -> dict[str, Any]:
    """Compute all tasks; return the log."""
    began, tell = time.time(), progress or (lambda done, total: None)
    total, before = len(sweep.design), sum(part["done"] for part in writer.parts.values())
    retried = set(writer.parts)
    writer.note({"session": {"at": round(began, 3), "executor": workers.name, "done": before}})
    tell(before, total)

    def write(block: Block) -> None:
        keep = writer.merge_block if block.number in retried else writer.write_block
        keep(block, time.time())

    run_tasks(work, workers, write, lambda done: tell(min(total, before + done), total))
    now = time.time()
    return {
        "started": _stamp(began), "finished": _stamp(now), "executor": workers.name,
        "points_computed": work.computed, "seconds": round(now - began, 3),
        "seconds_of_cores": round(sum(p["seconds"] for p in writer.parts.values()), 3),
        "machine": platform.platform(), "cores": os.cpu_count(),
    }  # fmt: skip


def _stamp(seconds: float) -> str:
    moment = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    return moment.isoformat(timespec="seconds")


def _explained(
    error: NegotiationSimError, writer: SweepWriter, sweep: PlannedSweep
) -> NegotiationSimError:
    """Return the error with what to do, where the disk is full or the workers are gone."""
    done = sum(part["done"] for part in writer.parts.values())
    safe = f"{done:,} of {len(sweep.design):,} points are safe"
    if isinstance(error, ExecutorLostError):
        return ExecutorLostError(f"{error}; {safe}: --resume continues")
    cause = error.__cause__
    if isinstance(error, StoreError) and isinstance(cause, OSError) and cause.errno in DISK_FULL:
        return StoreError(f"{error}; {safe}: free some space, then the same with --resume")
    return error
