"""Carries out a run block by block, on any of a sweep's executors; the tables do not show it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from typing import Any

from negotiation_sim.analysis.figures import figure_files as figures
from negotiation_sim.analysis.intervals import batch_boundaries
from negotiation_sim.catalogue.schema import Setting
from negotiation_sim.engine.given_plugins import plugin_of
from negotiation_sim.engine.scenario import Scenario, compile_setting
from negotiation_sim.errors import StoreError, UsageError
from negotiation_sim.runs import one_run as runs
from negotiation_sim.runs import store
from negotiation_sim.runs.one_run import PlannedRun, Progress, Tables, counted
from negotiation_sim.runs.precision import still_open
from negotiation_sim.runs.replicate_blocks import (
    CountedBlocks,
    Item,
    RunAssignment,
    assignment_of,
    worlds_per_block,
)
from negotiation_sim.runs.request import (
    CHANCES_A_BELIEF,
    KEEP_REPLICATES,
    KEEP_SUMMARY,
    Request,
)
from negotiation_sim.runs.store.block_folder import BlockWriter
from negotiation_sim.runs.store.sweep_folder import Block
from negotiation_sim.runs.sweep.executors import ExecutorLostError, Workers
from negotiation_sim.runs.sweep.running import run_tasks
from negotiation_sim.runs.sweep.tasks import Task, Work
from negotiation_sim.runs.sweep.workers import workers_for

Begin = Callable[[bytes], Workers]


def begin_of(
    request: Request,
    setting: Setting,
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    executor: Executor | None = None,
    threads: int | None = None,
) -> Begin | None:
    """Return what begins the workers that a caller asks for, None for threads of this process.

    Parameters
    ----------
    request : Request
        One that keeps its summary alone is always computed in blocks.
    setting : Setting
        Whose plug-in, if any, must be one that blocks can have.
    workers, scheduler, executor
        See :func:`negotiation_sim.runs.sweep.workers.workers_for`.
    threads : int, optional
        As many processes, where nothing else is said and the summary alone is kept.
    """
    asked = not (workers is None and scheduler is None and executor is None)
    if request.keep == KEEP_REPLICATES and not asked:
        return None
    check_plugin(setting)
    number = workers if asked else threads
    workers_for(b"", number, scheduler, executor)  # refuses what contradicts itself
    return lambda packed: workers_for(packed, number, scheduler, executor)()


def check_plugin(setting: Setting) -> None:
    """Raise UsageError for a plug-in that cannot run in blocks: a class, or one that collects."""
    plugin = plugin_of(setting)
    if plugin is not None and plugin.where is None:
        raise UsageError("plugin: a class cannot travel to workers; write it into a file")
    if plugin is not None and plugin.series:
        raise UsageError(
            f"plugin: {plugin.record.name} collects time series, which are no whole counts: "
            "leave out workers, scheduler, executor and keep"
        )


class _Stages:
    """Hands out the blocks of a run stage by stage and adds them up in their order.

    A stage is what can be computed before the counts decide anything: all replicates, a batch of a
    run that stops by precision, or the nested design.
    """

    def __init__(
        self, assignment: RunAssignment, scenario: Scenario, writer: BlockWriter, workers: Workers,
        tell: Progress,
    ) -> None:  # fmt: skip
        self.assignment, self.request = assignment, assignment.request
        self.writer, self.workers, self.tell = writer, workers, tell
        self.size = worlds_per_block(assignment)
        self.strategies = list(scenario.strategy_names)
        self.counted = CountedBlocks(Tables(scenario, self.request))
        self.nested = self.request.beliefs * CHANCES_A_BELIEF
        plain = self.request.replicates
        self.total = None if plain is None else plain + self.nested
        self.next, self.done, self.seconds = 0, 0, 0.0

    def all(self) -> None:
        """Compute every stage."""
        self.tell(0, self.total)
        wanted, first = self.strategies, 0
        for end in self._boundaries():
            self._stage(first, end, wanted, nested=False)
            first, wanted = end, self._open()
            if not wanted:
                break
        if self.nested:
            self._stage(0, self.nested, self.strategies, nested=True)

    def _boundaries(self) -> tuple[int, ...]:
        if self.request.precision is None:
            return (self.request.replicates or 0,)
        return batch_boundaries(self.request.max_replicates)

    def _open(self) -> list[str]:
        if self.request.precision is None:
            return []
        return still_open(
            self.strategies, self.request.precision, self.request.precision_on,
            self.counted.differences, self.counted.tables.summary.successes(),
        )  # fmt: skip

    def _stage(self, first: int, end: int, wanted: list[str], *, nested: bool) -> None:
        """Compute what is missing of a stage, then add all its blocks in their order."""
        places = tuple(self.strategies.index(name) for name in wanted)
        blocks: dict[int, Item] = {}
        for start in range(first, end, self.size):
            blocks[self.next] = (start, min(self.size, end - start), places, nested)
            self.next += 1
        left = {n: item for n, item in blocks.items() if not self.writer.has(n, _plain(item))}
        self.done += sum(item[1] for n, item in blocks.items() if n not in left)
        self.tell(self.done, self.total)
        tasks: Iterator[Task] = (Task(number, (item,)) for number, item in left.items())

        def write(block: Block) -> None:
            self.writer.write_block(block, _plain(blocks[block.number]))
            self.seconds += block.seconds

        before = self.done
        run_tasks(
            Work(self.assignment, tasks, lambda number: blocks[number][1]), self.workers, write,
            lambda computed: self.tell(before + computed, self.total),
        )  # fmt: skip
        self.done = before + sum(item[1] for item in left.values())
        for number in blocks:
            self.counted.add(self.writer.counts_of(number))
            self.writer.join_rows(number)


def _plain(item: Item) -> list[Any]:
    first, count, strategies, nested = item
    return [first, count, list(strategies), nested]


def carry_out(
    planned: PlannedRun,
    begin: Begin,
    *,
    engine: str = "ensemble",
    replace: bool = False,
    progress: Progress | None = None,
    draw: bool = True,
) -> store.Run:
    """Compute a planned run in blocks and write its run folder; what is finished is not done again.

    Parameters
    ----------
    planned : PlannedRun
    begin : callable
        Starts the workers, given the assignment packed.
    engine : {'ensemble', 'mesa'}
    replace : bool
        Begin anew, and replace a finished run of the same id.
    progress : callable, optional
        Called with the number of worlds done and, where known, of all.
    draw : bool
        Whether figures are drawn.

    Returns
    -------
    Run
        With the same tables, to the bit, as :func:`negotiation_sim.runs.one_run.carry_out` makes;
        where only the summary is kept, with tables of causes, blockers, months and texts instead
        of the replicates.
    """
    scenario = compile_setting(planned.setting)
    assignment = assignment_of(planned, engine)
    keep_rows = planned.request.keep == KEEP_REPLICATES
    began = time.time()
    schema = store.replicate_schema(planned.setting.issues)
    writer = BlockWriter(
        planned.folder, planned.header, schema, replace=replace, keep_rows=keep_rows
    )
    workers, done = begin(assignment.packed()), False
    try:
        with writer:
            stages = _Stages(
                assignment, scenario, writer, workers, progress or (lambda done, total: None)
            )
            stages.all()
            done = True
            _finish(stages, scenario, began, draw)
    except ExecutorLostError as error:
        raise ExecutorLostError(f"{error}; {_safe(writer)}") from error
    except StoreError as error:
        raise StoreError(f"{error}; {_safe(writer)}" if writer.blocks else str(error)) from error
    finally:
        workers.close(interrupted=not done)
    return store.open_run(planned.folder)


def _safe(writer: BlockWriter) -> str:
    worlds = sum(entry["done"] for entry in writer.blocks.values())
    return f"{worlds:,} worlds are safe: the same command continues"


def _finish(stages: _Stages, scenario: Scenario, began: float, draw: bool) -> None:
    """Draw the figures, write the tables, the log and the manifest."""
    tables, writer, computed = stages.counted.tables, stages.writer, time.time()
    failed: list[str] = []
    if draw:
        drawn = figures.run_figures(
            tables.summary_table(), tables.summary, tables.causes, scenario, failed
        )
        for name, content in drawn:
            writer.write_file(f"figures/{name}", content)
    contents = runs.contents_of(tables)
    if stages.request.keep == KEEP_SUMMARY:
        contents |= {f"{name}.csv": runs.to_csv(each) for name, each in counted(tables).items()}
    log = runs.log_of(began, computed, stages.assignment.engine, None)
    log |= {"executor": stages.workers.name, "seconds_of_cores": round(stages.seconds, 3)}
    writer.finish(
        runs.counts_of(tables, scenario), contents, log | ({"figures": failed} if failed else {})
    )
