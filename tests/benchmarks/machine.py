"""Memory, starts, and threads against processes; each in interpreters of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time

from measure import HERE, ROOT, Line, child

# What getrusage says begins with the peak of the parent; VmHWM is the process's own.
PEAK = """
print(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1])
"""

STREAM = """
import sys
from negotiation_sim import catalogue
from negotiation_sim.engine import ensemble
from negotiation_sim.engine.scenario import compile_setting
scenario = compile_setting(catalogue.load_setting("bellagio"))
n = int(sys.argv[1])
tables = ensemble.run_ensemble(scenario, n, strategies=["ppwt@CD"])
assert sum(len(table) for table in tables) == n
"""

# One strategy through the whole command: manifest, Parquet files, summary.
STORE = """
import sys, tempfile
from pathlib import Path
from negotiation_sim import api
with tempfile.TemporaryDirectory() as folder:
    study = Path(folder) / "one.yaml"
    text = (Path("experiments") / "bellagio.yaml").read_text("utf-8")
    study.write_text(text[: text.index("strategies:")] + "strategies:\\n  - ppwt@CD\\n", "utf-8")
    api.run(study, int(sys.argv[1]), out=Path(folder) / "results", figures=False, beliefs=0)
"""


def memory(many: int = 1_000_000, few: int = 10_000) -> list[Line]:
    """Compare the peak memory of many replicates of one strategy with that of few."""
    lines = []
    for what, code in (("streamed", STREAM), ("run and stored", STORE)):
        small, large = (int(child(code + PEAK, str(n))[0]) / 1024 for n in (few, many))
        lines += [
            Line(f"peak memory, {few:,} replicates {what}", f"{small:.0f} MiB"),
            Line(f"peak memory, {many:,} replicates {what}", f"{large:.0f} MiB"),
            Line(f"many against few, {what}", f"{large / small:.2f} times", "at most 1.3"),
        ]
    return lines


def command(*words: str, cache: str) -> tuple[float, float]:
    """Return the wall and the processor seconds of one command."""
    before, start = os.times(), time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "negotiation_sim", *words], cwd=ROOT, check=True,
        capture_output=True, env=os.environ | {"NEGOTIATION_SIM_CACHE": cache, "MPLBACKEND": "Agg"},
    )  # fmt: skip
    wall, after = time.perf_counter() - start, os.times()
    spent = after.children_user + after.children_system
    return wall, spent - before.children_user - before.children_system


def told(seconds: tuple[float, float]) -> str:
    """Return wall and processor seconds as text."""
    return f"{seconds[0]:.2f} s (processor {seconds[1]:.2f} s)"


def starts() -> list[Line]:
    """Time ``--help``, a first run that compiles, later runs that do not, and a whole run."""
    with tempfile.TemporaryDirectory() as folder:
        out = ("--out", folder + "/results")
        cold = command("run", "bellagio", "--quick", *out, cache=folder)
        warm = command("run", "bellagio", "--quick", "--force", *out, cache=folder)
        whole = command("run", "bellagio", "--replicates", "2000", *out, cache=folder)
        help_ = min(command("--help", cache=folder) for _ in range(3))
    return [
        Line("--help (wall)", told(help_), "under 0.5 s"),
        Line("run bellagio --quick, first time: compiles (wall)", told(cold)),
        Line("run bellagio --quick, later (wall)", told(warm)),
        Line("run bellagio, 2,000 replicates, figures (wall)", told(whole), "under 15 s"),
    ]


WORKER = """
import sys, time
from negotiation_sim import catalogue
from negotiation_sim.engine import ensemble
from negotiation_sim.engine.scenario import compile_setting
scenario = compile_setting(catalogue.load_setting("bellagio"))
threads, n = int(sys.argv[1]), int(sys.argv[2])
for _ in ensemble.run_ensemble(scenario, 50, threads=threads):
    pass
print("ready", flush=True)
sys.stdin.readline()
start = time.perf_counter()
for _ in ensemble.run_ensemble(scenario, n, threads=threads):
    pass
print(time.perf_counter() - start, flush=True)
"""


def together(threads: int, processes: int, n: int) -> float:
    """Return wall seconds until every one of some processes has done n replicates."""
    paths = os.pathsep.join([str(ROOT), str(HERE)])
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, str(threads), str(n)], cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": paths},
        )
        for _ in range(processes)
    ]  # fmt: skip
    for worker in workers:
        worker.stdout.readline()
    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.flush()
    seconds = [float(worker.stdout.readline()) for worker in workers]
    for worker in workers:
        worker.communicate()
    return max(seconds)


def threads(n: int = 3000, repeats: int = 3) -> list[Line]:
    """Compare two threads with two independent processes of one thread, the same work in all."""
    both = [(together(2, 1, 2 * n), together(1, 2, n)) for _ in range(repeats)]
    in_threads, in_processes = (min(seconds) for seconds in zip(*both, strict=True))
    one = together(1, 1, 2 * n)
    ratio = f"{in_processes / in_threads:.2f}"
    return [
        Line("2 threads against 1 (wall)", f"{one / in_threads:.2f} times"),
        Line("2 threads against 2 processes, throughput (wall)", ratio, "at least 0.9"),
    ]
