"""A pool of processes that leave Ctrl-C to their parent and end when it does."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing.process import BaseProcess
from typing import ParamSpec, TypeVar

Arguments = ParamSpec("Arguments")
Done = TypeVar("Done")


class QuietProcesses(ProcessPoolExecutor):
    """Processes started afresh, for a fork of a threaded parent may hang.

    They hear no interrupt, end with their parent however it ends, and do not run the caller's
    script again.
    """

    def __init__(self, workers: int) -> None:
        context = multiprocessing.get_context("spawn")
        super().__init__(workers, mp_context=context, initializer=_begin_worker)

    def submit(
        self,
        function: Callable[Arguments, Done],
        /,
        *arguments: Arguments.args,
        **options: Arguments.kwargs,
    ) -> Future[Done]:
        """Hand out a task; processes start with the first ones."""
        with own_main_left_out(), _interrupts_held():
            return super().submit(function, *arguments, **options)

    def stop(self) -> None:
        """End all processes at once, whatever they are at."""
        for process in list((getattr(self, "_processes", None) or {}).values()):
            process.terminate()
        self.shutdown(wait=True, cancel_futures=True)


def _begin_worker() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)


@contextlib.contextmanager
def own_main_left_out() -> Iterator[None]:
    """Keep new processes from running the caller's script again; they need none of it."""
    main = sys.modules["__main__"]
    kept: dict[str, object] = {
        name: vars(main)[name] for name in ("__file__", "__spec__") if name in vars(main)
    }
    try:
        main.__spec__ = None
        vars(main).pop("__file__", None)
        yield
    finally:
        vars(main).update(kept)


@contextlib.contextmanager
def _interrupts_held() -> Iterator[None]:
    """Hold an interrupt back while processes start, and raise it after.

    New processes inherit the blocked signal and never hear one; what another thread hears of it
    waits, so that no process is left half started.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard: list[int] = []
    handler = signal.signal(signal.SIGINT, lambda number, frame: heard.append(number))
    blocks = hasattr(signal, "pthread_sigmask")
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if blocks else set()
    try:
        yield
    finally:
        if blocks:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        signal.signal(signal.SIGINT, handler)
        if heard:
            signal.raise_signal(signal.SIGINT)
