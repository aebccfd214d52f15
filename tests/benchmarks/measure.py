"""How things are measured here: best of several, processor time, memory of a child process."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent


@dataclasses.dataclass(frozen=True)
class Line:
    """One line of the printed table; ``target`` says what is wanted, if anything is."""

    what: str
    value: str
    target: str = ""


def best(
    work: Callable[[], object], repeats: int = 3, clock: Callable[[], float] = time.process_time
) -> float:
    """Return the shortest of several times, in seconds; processor time unless told otherwise."""
    times = []
    for _ in range(repeats):
        start = clock()
        work()
        times.append(clock() - start)
    return min(times)


def child(code: str, *arguments: str, python: str = sys.executable, **variables: str) -> list[str]:
    """Run code in a fresh interpreter; return the words of its last line."""
    paths = os.pathsep.join([str(ROOT), str(ROOT / "tests"), str(HERE)])
    done = subprocess.run(
        [python, "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True, check=False,
        env=os.environ | {"PYTHONPATH": paths} | variables,
    )  # fmt: skip
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip().splitlines()[-1] if done.stderr else "failed")
    return done.stdout.strip().splitlines()[-1].split()


def micro(seconds: float) -> str:
    """Return a time in microseconds, as text."""
    return f"{seconds * 1e6:.1f} us"


def times(ratio: float) -> str:
    """Return a ratio, as text."""
    return f"{ratio:,.0f} times" if ratio >= 20 else f"{ratio:.2f} times"
