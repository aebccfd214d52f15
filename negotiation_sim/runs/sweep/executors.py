"""Where blocks of points are computed: this process, local processes, a given executor, Dask.

Each takes tasks and hands back, in any order, a block or :class:`Lost`. None of them writes, and
none decides what becomes of a lost task: that is :mod:`negotiation_sim.runs.sweep.running`.
"""

from __future__ import annotations

import concurrent.futures
import os
from concurrent.futures import BrokenExecutor, Executor, Future
from typing import Protocol

from negotiation_sim.engine.processes import QuietProcesses
from negotiation_sim.errors import NegotiationSimError
from negotiation_sim.runs.store.sweep_folder import Block
from negotiation_sim.runs.sweep.blocks import compute_block
from negotiation_sim.runs.sweep.tasks import Lost, Task

AHEAD = 2  # blocks handed out per worker: one at work, one waiting


class ExecutorLostError(NegotiationSimError):
    """Whatever computes is gone for good; what is finished is safe."""


class Workers(Protocol):
    """What the loop needs of an executor."""

    name: str

    def capacity(self) -> int: ...
    def submit(self, task: Task) -> None: ...
    def collect(self, seconds: float) -> list[tuple[Task, Block | Lost]]: ...
    def close(self, *, interrupted: bool) -> None: ...


class Here:
    """Computes in this process, one block after another."""

    name = "this process"

    def __init__(self, packed: bytes) -> None:
        self._packed = packed
        self._waiting: list[Task] = []

    def capacity(self) -> int:
        """Return how many tasks may be out at once."""
        return 1

    def submit(self, task: Task) -> None:
        """Take a task."""
        self._waiting.append(task)

    def collect(self, seconds: float) -> list[tuple[Task, Block | Lost]]:
        """Return what is done."""
        tasks, self._waiting = self._waiting, []
        return [(t, compute_block(self._packed, t.number, t.items)) for t in tasks]

    def close(self, *, interrupted: bool) -> None:
        """End."""


class Futures:
    """Computes on any executor of :mod:`concurrent.futures`.

    Parameters
    ----------
    packed : bytes
        The assignment.
    executor : Executor
        Given by the caller, who also ends it.
    workers : int
        How many tasks it computes at once.
    """

    name = "given executor"

    def __init__(self, packed: bytes, executor: Executor, workers: int) -> None:
        self._packed = packed
        self._executor = executor
        self._workers = workers
        self._out: dict[Future[Block], Task] = {}

    def capacity(self) -> int:
        """Return how many tasks may be out at once."""
        return AHEAD * self._workers

    def submit(self, task: Task) -> None:
        """Hand a task out."""
        try:
            future = self._executor.submit(compute_block, self._packed, task.number, task.items)
        except BrokenExecutor:  # noticed only now; collect() tells
            future = Future()
            future.set_exception(BrokenExecutor("the executor broke before the task began"))
        self._out[future] = task

    def collect(self, seconds: float) -> list[tuple[Task, Block | Lost]]:
        """Wait a little; return what is done and what was lost."""
        done, _ = concurrent.futures.wait(
            self._out, timeout=seconds, return_when=concurrent.futures.FIRST_COMPLETED
        )
        return [(self._out.pop(future), self._result(future)) for future in done]

    def _result(self, future: Future[Block]) -> Block | Lost:
        try:
            return future.result()
        except (BrokenExecutor, concurrent.futures.CancelledError) as error:
            raise ExecutorLostError(f"the executor is gone ({error or 'cancelled'})") from error

    def close(self, *, interrupted: bool) -> None:
        """Take back what has not begun."""
        for future in self._out:
            future.cancel()


class Processes(Futures):
    """Computes on local processes; a dead one is replaced and what it had is told as lost."""

    def __init__(self, packed: bytes, workers: int) -> None:
        self.name = f"{workers} processes"
        super().__init__(packed, QuietProcesses(workers), workers)

    def _result(self, future: Future[Block]) -> Block | Lost:
        try:
            return future.result()
        except BrokenExecutor as error:
            return Lost(str(error))

    def collect(self, seconds: float) -> list[tuple[Task, Block | Lost]]:
        """Wait a little; after a death all that was out is lost, and new processes start."""
        found = super().collect(seconds)
        if any(isinstance(result, Lost) for _, result in found):
            while self._out:
                found += super().collect(1.0)
            self._executor.shutdown(wait=False)
            self._executor = QuietProcesses(self._workers)
            self._check_alive()
        return found

    def _check_alive(self) -> None:
        """Raise if a new process cannot live even without a task: then no task is to blame."""
        try:
            self._executor.submit(_alive).result()
        except BrokenExecutor as error:
            raise ExecutorLostError("worker processes die as soon as they start") from error

    def close(self, *, interrupted: bool) -> None:
        """End the processes: at once if interrupted."""
        super().close(interrupted=interrupted)
        if interrupted:
            self._executor.stop()
        self._executor.shutdown(wait=True, cancel_futures=True)


def _alive() -> int:
    return os.getpid()
