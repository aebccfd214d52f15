"""Our engine beside NegMAS and a Mesa model on stated like work; ratios measured in one run.

    python tools/contest.py                              # a few minutes of one core
    python tools/contest.py --only ours my_engine.py     # some of them, or one of your own
    python tools/contest.py --python negmas_sao=/path/to/python   # a contestant's own environment

The work: ``parties`` with drawn preferences over two issues negotiate for at most ``rounds`` rounds, and
all must agree; each negotiation has preferences or chances of its own. It is like work, not the same: the
two alternating-offers contestants search ``levels`` by ``levels`` outcomes and concede with time; our
engine moves one text in a continuous space, and each of its negotiations also draws a world, with
mandates, events, trust and changes of government. How many agree is shown for that reason; no claim
about who models better follows from any number here.

A contestant is a file with ``NAME``, ``NEEDS`` (the module without which it is left out) and
``prepared(work)``, which returns a function of a number of negotiations that carries them out and returns
how many agreed; those of tools/contestants/ are examples. Each runs in a process of its own on one core, by
turns, ``--turns`` times, so that what else the machine does meets all. Times are processor time without
imports, compiling and preparation; the ratio is of medians, its range that of all pairs of turns.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
CONTESTANTS = Path(__file__).resolve().parent / "contestants"
WORK = {"parties": 10, "rounds": 40, "levels": 11}
FIRST = "ours"


def file_of(name: str) -> Path:
    """Return a contestant's file by its path or by its name in tools/contestants/."""
    path = Path(name)
    found = path if path.suffix == ".py" else CONTESTANTS / f"{name}.py"
    if not found.is_file():
        there = ", ".join(sorted(each.stem for each in CONTESTANTS.glob("*.py")))
        raise SystemExit(f"no contestant {name}; there are {there}, or give a file")
    return found


def loaded(path: Path) -> ModuleType:
    """Return a contestant's file as a module."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def measured(path: Path, seconds: float) -> dict[str, float | int | str]:
    """Return what a contestant does in about so many seconds, in this process."""
    module = loaded(path)
    carry_out = module.prepared(WORK)
    n = 1
    while True:
        begun = time.process_time()
        agreed = carry_out(n)
        took = time.process_time() - begun
        if took >= seconds:
            return {"name": module.NAME, "n": n, "agreed": agreed, "seconds": took / n}
        n = max(2 * n, int(1.2 * n * seconds / took)) if took > 0.01 else 4 * n


def turn(path: Path, seconds: float, python: str) -> dict[str, float | int | str]:
    """Return what a contestant does, in a process of its own on one core."""
    one_core = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
    paths = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [python, str(Path(__file__).resolve()), "--measure", str(path), "--seconds", str(seconds)],
        env=os.environ | one_core | {"PYTHONPATH": paths}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    needs = next(
        (
            line.split('"')[1]
            for line in path.read_text("utf-8").splitlines()
            if line.startswith("NEEDS")
        ),
        "",
    )
    if needs and f"No module named '{needs}'" in done.stderr:
        return {"name": path.stem, "missing": needs}
    if done.returncode:
        raise SystemExit(f"{path.name} failed:\n{done.stderr}")
    found: dict[str, float | int | str] = json.loads(done.stdout.splitlines()[-1])
    return found


def table(turns: Mapping[Path, Sequence[Mapping[str, float | int | str]]]) -> list[str]:
    """Return the lines of the table: the first contestant, and how much longer each other takes."""
    head = (
        f"{'contestant':<20}{'microseconds':>14}{'a second':>12}{'agreed':>8}{'ratio':>10}  range"
    )
    lines = [head]
    first: list[float] = []
    for done in turns.values():
        if "missing" in done[0]:
            lines.append(f"{done[0]['name']:<20}not installed: {done[0]['missing']}")
            continue
        own = [float(each["seconds"]) for each in done]
        first = first or own
        middle = statistics.median(own)
        agreed = sum(int(each["agreed"]) for each in done) / sum(int(each["n"]) for each in done)
        ratio = middle / statistics.median(first)
        ends = [a / b for a in own for b in first]
        lines.append(
            f"{done[0]['name']!s:<20}{middle * 1e6:>14,.1f}{1 / middle:>12,.0f}{agreed:>8.2f}"
            f"{ratio:>10,.1f}  {min(ends):,.1f} to {max(ends):,.1f}"
        )
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--only", nargs="+", default=[FIRST, "mesa_sao", "negmas_sao"], metavar="NAME"
    )
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5.0, help="of a turn")
    parser.add_argument("--python", action="append", default=[], metavar="NAME=PATH")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    said = parser.parse_args(arguments)
    if said.measure:
        print(json.dumps(measured(said.measure, said.seconds)))
        return 0
    pythons = dict(each.split("=", 1) for each in said.python if "=" in each)
    paths = [file_of(name) for name in said.only]
    turns: dict[Path, list[Mapping[str, float | int | str]]] = {path: [] for path in paths}
    for _ in range(max(1, said.turns)):
        for path in paths:
            turns[path].append(turn(path, said.seconds, pythons.get(path.stem, sys.executable)))
    print(
        f"work: {WORK['parties']} parties, two issues, at most {WORK['rounds']} rounds, all must agree;"
    )
    print(f"{max(1, said.turns)} turns of {said.seconds:g} s, processor time\n")
    print("\n".join(table(turns)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
