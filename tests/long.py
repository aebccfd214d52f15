"""Runs the long tests part by part and says of each how it went: ``python tests/long.py [part ...]``.

The parts and their minutes stand in tests/long_parts.toml. What failed, what was cut off when the
time was over and what was not begun is named at the end, and each of them is a failure.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TESTS = Path(__file__).resolve().parent
TABLE = TESTS / "long_parts.toml"
PASSED, FAILED, CUT_OFF, NOT_BEGUN = "passed", "failed", "cut off", "not begun"
GRACE = 20.0  # seconds in which a part that is cut off may say what it has shown so far

Parts = Mapping[str, Mapping[str, object]]


def read_parts(table: Path = TABLE) -> Parts:
    return tomllib.loads(table.read_text("utf-8"))


def command_of(part: Mapping[str, object]) -> list[str]:
    """Return the command that runs the long tests of a part."""
    paths = [str(TESTS / path) for path in part["paths"]]
    return [sys.executable, "-m", "pytest", "-m", "long", "--durations=5", *paths]


def carry_out(command: Sequence[str], seconds: float, output: int | None = None) -> str:
    """Run a command for at most some seconds and return how it went; nothing of it stays behind."""
    process = subprocess.Popen(
        command, cwd=TESTS.parent, start_new_session=True, stdout=output, stderr=output,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's "&" ignores it
    )  # fmt: skip
    try:
        return PASSED if process.wait(seconds) == 0 else FAILED
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(GRACE)
        return CUT_OFF
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def longest_first(parts: Parts) -> list[str]:
    return sorted(parts, key=lambda name: -int(str(parts[name]["minutes"])))


def minutes_of(parts: Parts, lanes: int) -> int:
    """Return how long parts take side by side, each lane taking the longest that is left."""
    busy = [0] * lanes
    for name in longest_first(parts):
        busy[busy.index(min(busy))] += int(str(parts[name]["minutes"]))
    return max(busy)


def run_parts(
    parts: Parts,
    seconds: float,
    command: Callable[[Mapping[str, object]], Sequence[str]],
    lanes: int = 1,
) -> dict[str, tuple[str, float]]:
    """Run parts while there is time; return how each went and its seconds.

    One after the other, or side by side, the longest first; then each is printed when it is over.
    """
    end = time.monotonic() + seconds

    def run(name: str) -> tuple[str, float]:
        began = time.monotonic()
        if began >= end:
            return NOT_BEGUN, 0.0
        left = f"{parts[name]['minutes']} minutes, {(end - began) / 60:.0f} left"
        if lanes == 1:
            print(f"\n== {name}: {left}", flush=True)
            return carry_out(command(parts[name]), end - began), time.monotonic() - began
        print(f"== {name} begins: {left}", flush=True)
        with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
            outcome = carry_out(command(parts[name]), end - began, said.fileno())
            said.seek(0)
            print(f"\n== {name}: {outcome}\n{said.read()}", flush=True)
        return outcome, time.monotonic() - began

    order = list(parts) if lanes == 1 else longest_first(parts)
    with ThreadPoolExecutor(lanes) as pool:
        went = dict(zip(order, pool.map(run, order), strict=True))
    return {name: went[name] for name in parts}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python tests/long.py", description=__doc__)
    parser.add_argument("part", nargs="*", help="a name in tests/long_parts.toml; all if none")
    parser.add_argument("--within", type=float, default=float("inf"), help="seconds for all parts")
    parser.add_argument("--lanes", type=int, default=1, help="parts that run side by side")
    parser.add_argument("--table", type=Path, default=TABLE, help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    parts = read_parts(chosen.table)
    unknown = [name for name in chosen.part if name not in parts]
    if unknown:
        parser.error(f"unknown part {unknown[0]}; known: {', '.join(parts)}")
    wanted = {name: parts[name] for name in chosen.part or parts}
    seconds = min(chosen.within, 7 * 86400.0)
    went = run_parts(wanted, seconds, command_of, chosen.lanes)
    print(f"\n{'part':<12}{'minutes':>8}{'of':>5}")
    for name, (outcome, took) in went.items():
        print(f"{name:<12}{took / 60:>8.1f}{wanted[name]['minutes']:>5}  {outcome}")
    return int(any(outcome != PASSED for outcome, _ in went.values()))


if __name__ == "__main__":
    sys.exit(main())
