"""Which workers a caller asks for: this process, local processes, a given executor or Dask."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor

from negotiation_sim.engine.ensemble import cores
from negotiation_sim.errors import UsageError
from negotiation_sim.runs.sweep.cluster import Dask
from negotiation_sim.runs.sweep.executors import Futures, Here, Processes, Workers


def workers_for(
    packed: bytes,
    workers: int | None = None,
    scheduler: str | None = None,
    executor: Executor | None = None,
) -> Callable[[], Workers]:
    """Return how to begin the workers that a caller asks for; nothing starts before it is called.

    Raises
    ------
    UsageError
        Where the request contradicts itself.
    """
    if workers is not None and workers < 1:
        raise UsageError(f"workers: {workers} is too few; at least 1")
    if scheduler is not None and executor is not None:
        raise UsageError("give a scheduler or an executor, not both")
    if executor is not None:
        return lambda: Futures(packed, executor, workers or cores())
    if scheduler is not None:
        if workers is not None and scheduler != "local":
            raise UsageError("workers: the cluster at the scheduler has its own; leave it out")
        return lambda: Dask(packed, scheduler, workers)
    number = workers or cores()
    return (lambda: Here(packed)) if number == 1 else (lambda: Processes(packed, number))
