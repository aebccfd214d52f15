"""Blocks of points on a Dask cluster, local or not; Dask is imported only when asked for."""

from __future__ import annotations

import concurrent.futures
import contextlib
import json
import logging
import time
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from negotiation_sim.catalogue.plain_files import read_plain
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
        self._held.enter_context(dask_silent())
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


@contextlib.contextmanager
def dask_silent() -> Iterator[None]:
    """Keep Dask's own words off our output: what it tells of a loss, we tell in one line."""
    try:
        import distributed  # noqa: F401  # makes its loggers
    except ImportError:
        hint = "pip install 'negotiation-sim[cluster]'"
        raise UsageError(f"scheduler: a cluster needs Dask: {hint}") from None
    names = [name for name in logging.root.manager.loggerDict if name.startswith("distributed")]
    loggers = {name: logging.getLogger(name) for name in names}
    before = {name: logger.disabled for name, logger in loggers.items()}
    for logger in loggers.values():
        logger.disabled = True
    try:
        yield
    finally:
        for name, logger in loggers.items():
            logger.disabled = before[name]


def _address_in(file: str) -> str:
    """Return the address that a scheduler's file names."""
    if not Path(file).is_file():
        raise UsageError(
            f"scheduler: '{file}' is neither tcp://host:port, a scheduler file nor 'local'"
        )
    try:
        address = json.loads(read_plain(Path(file)))["address"]
    except (ValueError, TypeError, KeyError, RecursionError):
        address = None
    if not isinstance(address, str) or "://" not in address:
        raise UsageError(f"scheduler: {file} is no scheduler file; it names no address")
    return address


def _connect(scheduler: str, workers: int | None) -> tuple[Any, Any]:
    """Return a client, and the cluster if it is a local one."""
    from distributed import Client, LocalCluster

    if scheduler == "local":
        cluster = LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=workers or cores(), threads_per_worker=1, host="127.0.0.1",
            dashboard_address=None, protocol="tcp://", silence_logs=logging.CRITICAL,
        )  # fmt: skip
        return Client(cluster), cluster  # type: ignore[no-untyped-call]
    address = scheduler if "://" in scheduler else _address_in(scheduler)
    try:
        return Client(address, timeout=CONNECT_SECONDS), None  # type: ignore[no-untyped-call]
    except Exception as error:  # each of Dask's transports has errors of its own
        raise UsageError(f"scheduler: nobody answers at {scheduler} ({error})") from None
