"""Simulates every case at many points: the long part of a calibration, in processes.

What is done is kept beside the results after every few points, so that an interrupted calibration
goes on where it stopped; the whole table is kept too, and another fit of the same cases by the same
program takes it from there.
"""

from __future__ import annotations

import dataclasses
import hashlib
import io
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from negotiation_sim.catalogue.schema import Figure
from negotiation_sim.engine import ensemble
from negotiation_sim.engine.processes import QuietProcesses
from negotiation_sim.runs.store import hash_of_sources
from negotiation_sim.runs.store.files import disk_errors, write_atomic
from negotiation_sim.studies.history.calibration_priors import (
    CENTRE,
    DRAWS,
    SHIFT_WIDTH,
    SIMULATED,
    draw_columns,
    point_of,
)
from negotiation_sim.studies.history.case_runs import run_case
from negotiation_sim.studies.history.cases import Case
from negotiation_sim.studies.history.emulator import Simulated
from negotiation_sim.studies.history.mapping import offsets_of

TABLE = "design.npz"
KEPT_EVERY = 10
DESIGN_SEED = 7
FIRST_WORLD_SEED = 1000  # every point meets worlds of its own, so that no chance of a few is learnt
POINT_WIDTH = 0.5  # spread of the points around the centre, in widths of the priors
OWN_WIDTH = 0.1  # of every case's shift around its own centre, in units of an issue
DEADLINES = (5.0, 10.0)
SEARCH_HORIZON = 10.0
# Sources that decide the table.
MAKERS = (
    "model/", "engine/", "catalogue/casting.py", "catalogue/world.py",
    *(f"studies/history/{name}.py" for name in (
        "calibration_priors", "case_design", "case_runs", "mapping", "representatives",
        "venue_classes",
    )),
)  # fmt: skip
# What of a case the engine may see (``cases.MAPPED``), by the names of the record.
FACTS = (
    "id", "form", "binding", "scope", "domain", "venue_class", "rule", "mandate", "participants",
    "us", "rus", "chn", "verification", "deadline_years", "draft", "regime", "task", "earlier",
    "shock", "eu", "g77",
)  # fmt: skip
Progress = Callable[[int, int | None], None]


@dataclasses.dataclass(frozen=True)
class CaseDesign:
    """Points to simulate and every case's shift at each, the centre first.

    The points are part of the method, not of its chance: fewer are the first of more, and a case's
    shifts hang on its id alone.

    Parameters
    ----------
    z : array, shape (points, simulated parameters)
    shift : array, shape (points, cases)
        In units of an issue.
    centre : array, shape (cases,)
        Of the shifts.
    """

    z: np.ndarray
    shift: np.ndarray
    centre: np.ndarray

    @classmethod
    def of(cls, cases: Sequence[Case], points: int) -> CaseDesign:
        """Return the design of some cases."""
        d = len(SIMULATED)
        z = CENTRE[:d] + POINT_WIDTH * np.random.default_rng(DESIGN_SEED).standard_normal(
            (points, d)
        )
        middle = draw_columns(cases) @ np.array([p.value(p.centre) for p in DRAWS])
        own = [
            np.random.default_rng([DESIGN_SEED, zlib.crc32(c.id.encode())]).standard_normal(points)
            for c in cases
        ]
        shift = OWN_WIDTH * np.array(own).T
        z[:1], shift[:1] = CENTRE[:d], 0.0
        return cls(z, middle + shift, middle)

    def simulated(self, adopted: np.ndarray, worlds: int) -> Simulated:
        """Return what was made at the points, as the emulator learns it."""
        gap = self.z - CENTRE[: len(SIMULATED)]
        return Simulated(gap, (self.shift - self.centre) / SHIFT_WIDTH, adopted, worlds)


def simulated_design(
    cases: Sequence[Case], design: CaseDesign, environment: dict[str, Figure], replicates: int,
    *, folder: Path | None = None, workers: int | None = None, progress: Progress | None = None,
) -> Simulated:  # fmt: skip
    """Return in how many worlds every case adopts in time at every point.

    Parameters
    ----------
    cases : sequence of Case
    design : CaseDesign
    environment : dict
        One figure for every process parameter.
    replicates : int
        Worlds a case at a point, other ones at every point.
    folder : Path, optional
        Where the table is kept (``design.npz``), whole or as far as it got, and taken up again.
    workers : int, optional
        Processes; default all cores. The numbers do not depend on it.
    progress : callable, optional
        Called with the points done and in all.
    """
    key = _key(cases, design, environment, replicates)
    kept = None if folder is None else folder / TABLE
    done = _taken_up(kept, key)[: len(design.z)]
    tell = progress or (lambda n, total: None)
    tell(len(done), len(design.z))
    tasks = [
        DesignPoint(
            cases, design.z[k], design.shift[k], environment, replicates, FIRST_WORLD_SEED + k
        )
        for k in range(len(done), len(design.z))
    ]
    for adopted in _carried_out(tasks, workers or ensemble.cores()):
        done.append(adopted)
        tell(len(done), len(design.z))
        if len(done) % KEPT_EVERY == 0 or len(done) == len(design.z):
            _keep(kept, key, done)
    return design.simulated(np.array(done, dtype=float), replicates)


@dataclasses.dataclass(frozen=True)
class DesignPoint:
    """One point: all cases, each with its own shift."""

    cases: Sequence[Case]
    z: np.ndarray
    shift: np.ndarray
    environment: dict[str, Figure]
    replicates: int
    seed: int


def _one(task: DesignPoint) -> np.ndarray:
    """Return in how many worlds every case adopts in time, cases x deadlines."""
    values = {p.name: p.value(float(x)) for p, x in zip(SIMULATED, task.z, strict=True)}
    still = dict.fromkeys((p.name for p in DRAWS), 0.0)
    found = []
    for case, shift in zip(task.cases, task.shift, strict=True):
        own = values | still | {offsets_of(case)[1]: float(shift)}
        run = run_case(
            case, [point_of(own, task.environment)], task.replicates, task.seed, SEARCH_HORIZON
        )
        found.append([run.adopted(years) for years in DEADLINES])
    return np.array(found)


def _carried_out(tasks: list[DesignPoint], workers: int) -> Iterator[np.ndarray]:
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


def _key(
    cases: Sequence[Case], design: CaseDesign, environment: dict[str, Figure], replicates: int
) -> str:
    """Return what the numbers depend on, as a hash; no outcome is part of it."""
    facts = [[getattr(case, name) for name in FACTS] for case in cases]
    first = CaseDesign.of(cases, 1)
    text = repr((facts, sorted(environment.items()), replicates, DESIGN_SEED, MAKERS))
    text += hash_of_sources(lambda name: name.startswith(MAKERS))
    return hashlib.sha256(text.encode() + first.z.tobytes() + first.shift.tobytes()).hexdigest()


def _taken_up(kept: Path | None, key: str) -> list[np.ndarray]:
    """Return what an earlier calibration of the very same inputs has done."""
    if kept is None or not kept.is_file():
        return []
    try:
        with np.load(kept, allow_pickle=False) as found:
            return list(found["adopted"]) if str(found["key"]) == key else []
    except (OSError, ValueError, KeyError, EOFError):
        return []  # half-written or foreign: begin again


def _keep(kept: Path | None, key: str, done: list[np.ndarray]) -> None:
    if kept is None:
        return
    sink = io.BytesIO()
    np.savez_compressed(sink, key=np.array(key), adopted=np.array(done, dtype=np.uint16))
    with disk_errors(kept):
        kept.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(kept, sink.getvalue())
