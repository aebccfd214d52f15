"""Prints one table of ratios, all measured in this run: ``python tests/benchmarks [part ...]``.

Nothing is asserted. Single-thread times are processor time, the best of several, so that other
work on the machine matters little; lines marked wall need a quiet machine.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent), str(HERE.parents[1])]


def parts(python: str, quick: bool) -> dict:
    """Return each part's name and work."""
    import casts
    import machine
    import peers
    import plugins
    import room
    import sweeps

    import engine

    many = 100_000 if quick else 1_000_000
    return {
        "mesa": engine.against_mesa,
        "numpy": engine.against_numpy,
        "bare": peers.against_bare_mesa,
        "batch": peers.against_batch_run,
        "negmas": lambda: peers.against_negmas(python),
        "growth": engine.growth,
        "memory": lambda: machine.memory(many),
        "starts": machine.starts,
        "threads": machine.threads,
        "casts": casts.casts,
        "rule": plugins.rule,
        "call": sweeps.in_memory,
        "overhead": sweeps.overhead,
        "two": sweeps.two,
        "room": room.thirty,
    }


def main() -> None:
    """Measure the parts asked for, print each as it is done."""
    parser = argparse.ArgumentParser(prog="python tests/benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", help="which parts (default: all)")
    parser.add_argument("--quick", action="store_true", help="a tenth of the replicates for memory")
    help_ = "an interpreter that has NegMAS"
    parser.add_argument("--negmas-python", default=sys.executable, help=help_)
    chosen = parser.parse_args()
    work = parts(chosen.negmas_python, chosen.quick)
    unknown = set(chosen.parts) - set(work)
    if unknown:
        parser.error(f"unknown part {sorted(unknown)[0]}; known: {', '.join(work)}")
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {load:.1f}\n")
    print(f"{'measured':56s} {'value':>34s}  wanted")
    for name in chosen.parts or work:
        start = time.perf_counter()
        for line in work[name]():
            print(f"{line.what:56s} {line.value:>34s}  {line.target}".rstrip(), flush=True)
        print(f"-- {name}: {time.perf_counter() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()
