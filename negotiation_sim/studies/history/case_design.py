"""Simulates every training case at many points: the long part of a calibration, in processes.

What is done is kept beside the results after every few points, so that an interrupted calibration
goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from negotiation_sim.catalogue.schema import Figure
from negotiation_sim.engine.processes import QuietProcesses
from negotiation_sim.runs.store import source_version
from negotiation_sim.runs.store.files import disk_errors, write_atomic
from negotiation_sim.studies.history.calibration_fit import simulated
from negotiation_sim.studies.history.cases import Case

KEPT = "design.part.npz"
KEPT_EVERY = 10
Progress = Callable[[int, int | None], None]


def simulated_design(
    cases: Sequence[Case], z: np.ndarray, environment: dict[str, Figure], replicates: int,
    seed: int, *, folder: Path | None = None, workers: int | None = None,
    progress: Progress | None = None,
) -> np.ndarray:  # fmt: skip
    """Return chances at every point, points x cases x deadlines.

    Parameters
    ----------
    cases : sequence of Case
    z : array, shape (points, parameters)
    environment : dict
        One figure for every process parameter.
    replicates, seed : int
        Worlds a case; the same for every point.
    folder : Path, optional
        Where what is done is kept until all is (``design.part.npz``), and taken up again.
    workers : int, optional
        Processes; default all cores. The numbers do not depend on it.
    progress : callable, optional
        Called with the points done and in all.
    """
    key = _key(cases, z, environment, replicates, seed)
    kept = None if folder is None else folder / KEPT
    done = _taken_up(kept, key)
    tell = progress or (lambda n, total: None)
    tell(len(done), len(z))
    tasks = [(cases, point, environment, replicates, seed) for point in z[len(done) :]]
    for chance in _carried_out(tasks, workers or len(os.sched_getaffinity(0))):
        done.append(chance)
        tell(len(done), len(z))
        if len(done) % KEPT_EVERY == 0:
            _keep(kept, key, done)
    if kept is not None:
        kept.unlink(missing_ok=True)
    return np.array(done)


Task = tuple[Sequence[Case], np.ndarray, dict[str, Figure], int, int]


def _one(task: Task) -> np.ndarray:
    cases, point, environment, replicates, seed = task
    return simulated(cases, [point], environment, replicates, seed, workers=1)


def _carried_out(tasks: list[Task], workers: int) -> Iterator[np.ndarray]:
    """Yield the tasks' results in their order."""
    if workers < 2 or len(tasks) < 2 * KEPT_EVERY:
        yield from map(_one, tasks)
        return
    pool = QuietProcesses(workers)
    try:
        ahead = [pool.submit(_one, task) for task in tasks]
        for future in ahead:
            yield future.result()
    finally:
        pool.stop()


def _key(cases: Sequence[Case], z: np.ndarray, environment: dict[str, Figure], *rest: int) -> str:
    """Return what the numbers depend on, as a hash."""
    text = repr((cases, sorted(environment.items()), rest, source_version()))
    return hashlib.sha256(text.encode() + z.tobytes()).hexdigest()


def _taken_up(kept: Path | None, key: str) -> list[np.ndarray]:
    """Return what an interrupted calibration of the very same inputs has done."""
    if kept is None or not kept.is_file():
        return []
    try:
        with np.load(kept, allow_pickle=False) as found:
            return list(found["chance"]) if str(found["key"]) == key else []
    except (OSError, ValueError, KeyError, EOFError):
        return []  # half-written or foreign: begin again


def _keep(kept: Path | None, key: str, done: list[np.ndarray]) -> None:
    if kept is None:
        return
    sink = io.BytesIO()
    np.savez(sink, key=np.array(key), chance=np.array(done))
    with disk_errors(kept):
        kept.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(kept, sink.getvalue())
