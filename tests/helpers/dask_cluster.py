"""A Dask scheduler and its workers over TCP on this machine, each a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

PATIENCE = 120.0


def wait_until(condition, patience: float = PATIENCE) -> None:
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)


class Cluster:
    """A scheduler and its workers, each a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "scheduler.json"
        self.log = folder / "cluster.log"
        self.processes: list[subprocess.Popen] = []

    def begin(self, n: int) -> None:
        """Start a scheduler and n workers."""
        words = ("--port", "0", "--no-show", "--no-dashboard", "--scheduler-file", self.file)
        self.processes.append(self._start("scheduler", *words))
        wait_until(self.file.exists)
        self.add(n)

    def _start(self, role: str, *words: object) -> subprocess.Popen:
        command = [sys.executable, "-m", "dask", role, "--host", "127.0.0.1", *map(str, words)]
        with self.log.open("ab") as log:
            return subprocess.Popen(command, stdout=log, stderr=log)

    def add(self, n: int) -> None:
        """Start more workers and wait until the scheduler knows them."""
        for _ in range(n):
            self.processes.append(self._start(
                "worker", "--nthreads", "1", "--no-nanny", "--no-dashboard",
                "--scheduler-file", self.file,
            ))  # fmt: skip
        running = len(self.processes) - 1
        wait_until(lambda: self.log.read_text().count("Register worker") >= running)

    @property
    def address(self) -> str:
        return json.loads(self.file.read_text())["address"]

    def end(self) -> None:
        for process in reversed(self.processes):
            process.kill()
            process.wait()
