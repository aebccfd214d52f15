"""Computes blocks of replicates of one experiment and counts them; this is what a worker does.

A block hands back whole counts, so that adding blocks up gives the same bits however the replicates
were cut and whoever computed them.
"""

from __future__ import annotations

import dataclasses
import pickle
import time
import zlib
from collections.abc import Sequence
from typing import Any

from negotiation_sim.catalogue.schema import Setting
from negotiation_sim.engine import ensemble
from negotiation_sim.engine.given_plugins import where_of
from negotiation_sim.engine.scenario import compile_setting
from negotiation_sim.errors import StoreError
from negotiation_sim.runs.one_run import PlannedRun, Tables
from negotiation_sim.runs.precision import Differences
from negotiation_sim.runs.request import CHANCES_A_BELIEF, KEEP_REPLICATES, Request
from negotiation_sim.runs.store.block_folder import packed_counts
from negotiation_sim.runs.store.point_columns import encode_replicates
from negotiation_sim.runs.store.replicate_columns import replicate_schema
from negotiation_sim.runs.store.sweep_folder import Block

SECONDS_A_BLOCK, MOST_BLOCKS = 2.0, 2000
MOST_ROWS_A_BLOCK, ROWS_AT_ONCE = 1 << 17, 1 << 14
Item = tuple[int, int, tuple[int, ...], bool]  # first world, worlds, strategies, nested or plain


@dataclasses.dataclass(frozen=True)
class RunAssignment:
    """What every block of a run needs.

    Parameters
    ----------
    setting : Setting
    request : Request
    engine : {'ensemble', 'mesa'}
    versions : mapping
        Of the process that collects; a worker's must be the same.
    plugin : (str, str), optional
        Path and hash of the plug-in that the setting names; a worker reads the file itself.
    """

    setting: Setting
    request: Request
    engine: str
    versions: dict[str, str]
    plugin: tuple[str, str] | None = None

    def computer(self) -> Replicates:
        """Return what computes blocks."""
        return Replicates(self)

    def packed(self) -> bytes:
        """Return the assignment as bytes that travel to a worker."""
        return zlib.compress(pickle.dumps(self))

    def lost(self, number: int, items: Sequence[Item], message: str) -> Block:
        """Refuse to go on: worlds that no worker survives cannot be counted as anything."""
        first, count, _, nested = items[0]
        which = "replicates of the beliefs" if nested else "replicates"
        raise StoreError(f"{which} {first} to {first + count - 1}: {message}")


def assignment_of(planned: PlannedRun, engine: str) -> RunAssignment:
    """Return what the workers of a run need."""
    return RunAssignment(
        planned.setting, planned.request, engine, dict(planned.header["versions"]),
        where_of(planned.setting),
    )  # fmt: skip


def worlds_per_block(assignment: RunAssignment) -> int:
    """Return how many worlds make a block of some seconds; from the run alone, not the clock."""
    setting, request = assignment.setting, assignment.request
    strategies, actors = len(setting.strategies), len(setting.actors)
    seconds = actors * (
        strategies * ensemble.SECONDS_AN_ACTOR_RUN + ensemble.SECONDS_AN_ACTOR_WORLD
    )
    if assignment.engine == "mesa":
        seconds *= ensemble.MESA_SLOWER
    wanted = request.replicates or request.max_replicates
    size = max(int(SECONDS_A_BLOCK / seconds), -(-wanted // MOST_BLOCKS))
    if request.keep == KEEP_REPLICATES:
        size = min(size, MOST_ROWS_A_BLOCK // strategies)
    return max(1, size)


class CountedBlocks:
    """What blocks add up to: the tables of a run, and what a paired precision needs."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.differences: Differences | None = None

    def _paired(self) -> Differences:
        if self.differences is None:
            self.differences = Differences(list(self.tables.summary.successes()))
        return self.differences

    def count(self, chunk: Any, paired: bool) -> None:
        """Count a chunk of the plain design."""
        outcomes = self.tables.count(chunk)
        if paired:
            self._paired().update(outcomes)

    def plain(self) -> dict[str, Any]:
        """Return all counts as whole numbers that JSON holds; :meth:`add` takes them."""
        found = {"summary": self.tables.summary.plain(), "causes": self.tables.causes.plain()}
        if self.tables.beliefs is not None:
            found["beliefs"] = self.tables.beliefs.plain()
        if self.differences is not None:
            found["differences"] = self.differences.plain()
        return found

    def add(self, other: dict[str, Any]) -> None:
        """Add what :meth:`plain` gave of another block."""
        self.tables.summary.add(other["summary"])
        self.tables.causes.add(other["causes"])
        if self.tables.beliefs is not None:
            self.tables.beliefs.add(other["beliefs"])
        if "differences" in other:
            self._paired().add(other["differences"])


class Replicates:
    """Computes blocks of replicates of one assignment; holds the compiled scenario."""

    def __init__(self, assignment: RunAssignment) -> None:
        self.assignment = assignment
        self.request = assignment.request
        self.scenario = compile_setting(assignment.setting)
        self.schema = replicate_schema(assignment.setting.issues)

    def block(self, number: int, items: Sequence[Item]) -> Block:
        """Return the counts of a block, and its replicates if these are kept."""
        began = time.thread_time()
        counted = CountedBlocks(Tables(self.scenario, self.request))
        paired = self.request.precision is not None and self.request.precision_on == "difference"
        kept, done = [], 0
        for first, count, strategies, nested in items:
            step = max(1, ROWS_AT_ONCE // len(strategies))
            for start in range(first, first + count, step):
                worlds = ensemble.worlds_of(
                    start, min(step, first + count - start), CHANCES_A_BELIEF if nested else None
                )
                rows = ensemble.chunk_of(
                    self.assignment.engine, self.scenario, strategies, self.request.seed, worlds
                )
                if nested:
                    counted.tables.count_beliefs(rows)
                else:
                    counted.count(rows, paired)
                    if self.request.keep == KEEP_REPLICATES:
                        kept.append(rows)
            done += count
        replicates = encode_replicates(kept, self.schema) if kept else None
        spent = time.thread_time() - began
        return Block(number, packed_counts(counted.plain()), replicates, done, (), spent)
