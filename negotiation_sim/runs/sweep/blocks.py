"""Computes points: the same worlds at each, counted at once; a failure is a row.

This is what a worker does. It gets an assignment (setting, paths, request) once and blocks of points
many times; what it hands back are finished Parquet files, so that whoever collects them only writes.
"""

from __future__ import annotations

import dataclasses
import functools
import pickle
import threading
import time
import zlib
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from negotiation_sim.analysis.intervals import batch_boundaries, is_precise, stopping_level
from negotiation_sim.analysis.success import SuccessRule, success_rules
from negotiation_sim.catalogue.schema import Setting
from negotiation_sim.engine import ensemble
from negotiation_sim.engine.given_plugins import load_again, where_of
from negotiation_sim.engine.scenario import Scenario
from negotiation_sim.engine.table import frame_of, rows_of
from negotiation_sim.errors import UsageError
from negotiation_sim.runs.identity import versions
from negotiation_sim.runs.store.point_columns import (
    FAILURE,
    decode,
    encode_points,
    encode_replicates,
    point_schema,
    sweep_replicate_schema,
)
from negotiation_sim.runs.store.sweep_folder import Block
from negotiation_sim.runs.sweep.design.spec import Point
from negotiation_sim.runs.sweep.plan import PlannedSweep, SweepRequest
from negotiation_sim.runs.sweep.point_counts import PointCounts
from negotiation_sim.runs.sweep.point_scenarios import Patcher

LEVEL = 0.95
LONGEST_MESSAGE = 500
SCENARIO, RUN, COUNT, WORKER = "scenario", "run", "count", "worker"
Item = tuple[int, Point, str]  # number of the point, its values, the path it varies


@dataclasses.dataclass(frozen=True)
class Assignment:
    """What every block of a sweep needs.

    Parameters
    ----------
    setting : Setting
    request : SweepRequest
    columns : mapping of str to str
        Kind of value by path, in the order of a point's values.
    base : mapping
        Values that stand in the table where a point leaves the base alone.
    varied : bool
        Whether points say which path they vary.
    versions : mapping
        Of the process that collects; a worker's must be the same.
    plugin : (str, str), optional
        Path and hash of the plug-in that the setting names; a worker reads the file itself.
    """

    setting: Setting
    request: SweepRequest
    columns: dict[str, str]
    base: dict[str, Any]
    varied: bool
    versions: dict[str, str]
    plugin: tuple[str, str] | None = None

    def schemas(self) -> tuple[Any, Any]:
        """Return the columns of the table of points and of the table of replicates."""
        issues = self.setting.issues
        points = point_schema(self.columns, issues, varied=self.varied)
        return points, sweep_replicate_schema(self.columns, issues)

    def head(self, index: int, point: Point, varied: str) -> dict[str, Any]:
        """Return the columns that a point's rows begin with."""
        values = zip(self.columns, point, strict=True)
        known = {path: self.base.get(path) if v is None else v for path, v in values}
        head = {"point": index, **known, "seed": self.request.seed} | dict.fromkeys(FAILURE, "")
        return head | {"varied": varied} if self.varied else head

    def computer(self) -> Points:
        """Return what computes blocks."""
        return Points(self)

    def lost(self, number: int, items: Sequence[Item], message: str) -> Block:
        """Return points that no worker survived, as failures."""
        return lost_points(self, number, items, message)

    def packed(self) -> bytes:
        """Return the assignment as bytes that travel to a worker."""
        return zlib.compress(pickle.dumps(self))


def assignment_of(sweep: PlannedSweep) -> Assignment:
    """Return what the workers of a sweep need."""
    return Assignment(
        sweep.setting, sweep.request, sweep.columns, sweep.base,
        sweep.spec.kind == "one-at-a-time", dict(sweep.header["versions"]),
        where_of(sweep.setting),
    )  # fmt: skip


class Failure(Exception):
    """What stopped a point: the stage, and the error as its cause."""

    def __init__(self, stage: str, error: BaseException) -> None:
        super().__init__(stage, error)
        self.stage, self.error = stage, error

    def rows(self, assignment: Assignment, head: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the rows that stand for the point: one for each strategy, without numbers."""
        words = " ".join(str(self.error).split())[:LONGEST_MESSAGE]
        columns = dict(zip(FAILURE, (self.stage, type(self.error).__name__, words), strict=True))
        empty = head | {"replicates": 0, "errors": 0, "main_cause": ""} | columns
        return [empty | {"strategy": strategy.name} for strategy in assignment.setting.strategies]


class WorkerLost(Exception):
    """A point at which every process that tried it died."""


def lost_points(assignment: Assignment, number: int, items: Sequence[Item], message: str) -> Block:
    """Return points that no worker survived, as failures."""
    failure = Failure(WORKER, WorkerLost(message))
    points, replicates = assignment.schemas()
    rows = [row for item in items for row in failure.rows(assignment, assignment.head(*item))]
    kept = encode_replicates([], replicates) if assignment.request.keep_replicates else None
    failed = tuple(index for index, _, _ in items)
    return Block(number, encode_points(rows, points), kept, len(items), failed, 0.0)


class Points:
    """Computes points of one assignment; holds the compiled base and the last few variants of it."""

    def __init__(self, assignment: Assignment) -> None:
        self.assignment = assignment
        self.request = assignment.request
        self.schema, self.replicate_schema = assignment.schemas()
        self.patcher = Patcher(assignment.setting, list(assignment.columns))
        self.rules = success_rules(self.patcher.base)
        precise = assignment.request.precision is not None
        self.level = stopping_level(LEVEL) if precise else LEVEL
        self._warm()

    def _warm(self) -> None:
        """Compile, so that no point is charged for it."""
        base = self.patcher.base
        ensemble.simulate(base, [0], self.request.seed, ensemble.worlds_of(0, 1))

    def block(self, number: int, items: Sequence[Item]) -> Block:
        """Return some points, computed."""
        began = time.thread_time()
        rows: list[dict[str, Any]] = []
        frames: list[Any] = []
        failed = []
        for index, point, varied in items:
            head = self.assignment.head(index, point, varied)
            try:
                found, tables = self._point(point)
            except Failure as failure:
                failed.append(index)
                rows += failure.rows(self.assignment, head)
                continue
            rows += [head | row for row in found]
            frames += [self._named(table, head) for table in tables]
        replicates = None
        if self.request.keep_replicates:
            replicates = encode_replicates(frames, self.replicate_schema)
        data = encode_points(rows, self.schema)
        spent = time.thread_time() - began
        return Block(number, data, replicates, len(items), tuple(failed), spent)

    def replicates_in(self, block: Block) -> int:
        """Return how many replicates the rows of a block rest on."""
        return sum(decode(block.points)["replicates"].to_pylist())

    def _named(self, table: Any, head: dict[str, Any]) -> Any:
        for path in self.assignment.columns:
            value = head[path]
            table[path] = np.nan if value is None else value
        table["point"] = head["point"]
        return table

    def _point(self, point: Point) -> tuple[list[dict[str, Any]], list[Any]]:
        """Return a point's rows, and its tables of replicates if these are kept."""
        stage = SCENARIO
        try:
            scenario = self.patcher.scenario(point)
            rules = self._rules_of(scenario)
            counts = PointCounts(scenario, rules)
            tables: list[Any] = []
            wanted = list(range(len(rules)))
            done = 0
            for boundary in self._boundaries():
                for first, count in _cut(
                    done, boundary, ensemble.chunk_size(scenario, len(wanted))
                ):
                    stage = RUN
                    worlds = ensemble.worlds_of(first, count)
                    outcomes = ensemble.simulate(scenario, wanted, self.request.seed, worlds)
                    stage = COUNT
                    counts.add(wanted, outcomes)
                    if self.request.keep_replicates:
                        seed = self.request.seed
                        rows = rows_of(scenario, wanted, seed, worlds, outcomes)
                        tables.append(frame_of(rows))
                done = boundary
                wanted = self._open(counts, rules, wanted)
                if not wanted:
                    break
            return counts.rows(self.level), tables
        except Exception as error:
            raise Failure(stage, error) from error

    def _boundaries(self) -> tuple[int, ...]:
        if self.request.precision is None:
            return (self.request.replicates or 0,)
        return batch_boundaries(self.request.max_replicates)

    def _rules_of(self, scenario: Scenario) -> list[SuccessRule]:
        """Return what counts as success at a point; what varies may be part of it."""
        same = scenario.setting is self.assignment.setting
        return self.rules if same else success_rules(scenario)

    def _open(self, counts: PointCounts, rules: list[SuccessRule], wanted: list[int]) -> list[int]:
        """Return the strategies whose P is not yet known to within the precision."""
        precision = self.request.precision
        if precision is None:
            return []
        return [
            s
            for s in wanted
            if not rules[s].pledges_only and not is_precise(*counts.successes(s), precision, LEVEL)
        ]


def _cut(first: int, end: int, size: int) -> list[tuple[int, int]]:
    return [(start, min(size, end - start)) for start in range(first, end, size)]


_LOCK = threading.Lock()


class Computer(Protocol):
    """What computes blocks of an assignment."""

    def block(self, number: int, items: Sequence[Any]) -> Block: ...


class Assigned(Protocol):
    """What the workers of a sweep, or of a run in blocks, are given once."""

    @property
    def versions(self) -> dict[str, str]: ...
    @property
    def plugin(self) -> tuple[str, str] | None: ...
    def computer(self) -> Computer: ...
    def lost(self, number: int, items: Sequence[Any], message: str) -> Block: ...


@functools.lru_cache(maxsize=2)
def _unpacked(packed: bytes) -> Computer:
    assignment: Assigned = pickle.loads(zlib.decompress(packed))
    check_versions(assignment)
    if assignment.plugin is not None:
        load_again(assignment.plugin)
    return assignment.computer()


def compute_block(packed: bytes, number: int, items: Sequence[Any]) -> Block:
    """Return a block of points, or of replicates; this is the task that executors are given.

    Raises
    ------
    UsageError
        Where this process has other versions than the one that collects.
    """
    with _LOCK:  # made once a process, by one thread
        computer = _unpacked(packed)
    return computer.block(number, items)


def check_versions(assignment: Assigned) -> None:
    """Raise UsageError where this process would compute with other versions than the assignment's."""
    own = versions()
    changed = [
        f"{name} {own.get(name, 'none')} for {wanted}"
        for name, wanted in assignment.versions.items()
        if own.get(name) != wanted
    ]
    if changed:
        message = "a worker has other versions than this process"
        raise UsageError(f"{message}: {', '.join(changed)}; its numbers might differ")
