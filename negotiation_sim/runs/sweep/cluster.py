"""Blocks of points on a Dask cluster, local or not; Dask is imported only when asked for."""

from __future__ import annotations

import concurrent.futures
import contextlib
import time
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from negotiation_sim.engine.ensemble import cores
from negotiation_sim.engine.processes import own_main_left_out
from negotiation_sim.errors import UsageError
from negotiation_sim.runs.store.sweep_folder import Block
from negotiation_sim.runs.sweep.executors import AHEAD, ExecutorLostError, Futures
from negotiation_sim.runs.sweep.tasks import Lost

CONNECT_SECONDS, REFRESH_SECONDS = 20.0, 5.0


class Dask(Futures):
    """Computes on a Dask cluster; a lost worker's blocks are computed by the others.

    Parameters
    ----------
    packed : bytes
    scheduler : str
        ``tcp://host:port``, the path of a scheduler file, or ``local``.
    workers : int or None
        Of a local cluster; default all cores.
    """

    def __init__(self, packed: bytes, scheduler: str, workers: int | None) -> None:
        self._held = contextlib.ExitStack()
        if scheduler == "local":  # its processes, begun now or later, do not run the script again
            self._held.enter_context(own_main_left_out())
        try:
            self._client, self._cluster = _connect(scheduler, workers)
        except BaseException:
            self._held.close()
            raise
        self.name = f"dask at {self._client.scheduler.address}"
        self._looked = -REFRESH_SECONDS
        super().__init__(packed, self._client.get_executor(pure=False), 1)

    def capacity(self) -> int:
        """Return how many tasks may be out, as workers come and go."""
        if time.monotonic() - self._looked > REFRESH_SECONDS:
            try:
                self._workers = max(2, sum(self._client.nthreads().values()))
            except (OSError, ValueError) as error:
                raise ExecutorLostError(f"the Dask scheduler is gone ({error})") from error
            self._looked = time.monotonic()
        return AHEAD * self._workers

    def _result(self, future: Future[Block]) -> Block | Lost:
        from distributed.scheduler import KilledWorker

        try:
            return future.result()
        except KilledWorker as error:  # after Dask's own retries on other workers
            return Lost(f"every worker that tried it died ({error.allowed_failures} retries)", True)
        except concurrent.futures.CancelledError as error:
            raise ExecutorLostError("the Dask scheduler is gone, or cancelled the task") from error

    def close(self, *, interrupted: bool) -> None:
        """Leave the cluster; end it if it is our own."""
        with self._held:
            super().close(interrupted=interrupted)
            self._client.close()
            if self._cluster is not None:
                self._cluster.close()


def _connect(scheduler: str, workers: int | None) -> tuple[Any, Any]:
    """Return a client, and the cluster if it is a local one."""
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        hint = "pip install 'negotiation-sim[cluster]'"
        raise UsageError(f"scheduler: a cluster needs Dask: {hint}") from None
    if scheduler == "local":
        cluster = LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=workers or cores(), threads_per_worker=1, host="127.0.0.1",
            dashboard_address=None, protocol="tcp://",
        )  # fmt: skip
        return Client(cluster), cluster  # type: ignore[no-untyped-call]
    options: dict[str, Any] = {"address": scheduler}
    if "://" not in scheduler:
        if not Path(scheduler).is_file():
            raise UsageError(
                f"scheduler: '{scheduler}' is neither tcp://host:port, a scheduler file nor 'local'"
            )
        options = {"scheduler_file": scheduler}
    try:
        found = Client(**options, timeout=CONNECT_SECONDS)  # type: ignore[no-untyped-call]
        return found, None
    except (OSError, TimeoutError, ValueError) as error:
        raise UsageError(f"scheduler: nobody answers at {scheduler} ({error})") from None
