"""What a sweep adds to the bare ensemble, and what two processes reach against two programs."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from measure import HERE, ROOT, Line, best

from negotiation_sim.catalogue import load_setting
from negotiation_sim.engine import ensemble
from negotiation_sim.faces.api import sweep_calls as calls
from negotiation_sim.runs.sweep.plan import PlannedSweep
from negotiation_sim.runs.sweep.point_scenarios import Patcher
from negotiation_sim.runs.sweep.reading import read_study

EVERY = "environment.breadth=0:2:{}"


def _study(folder: str, points: int, replicates: int, strategies: str = "") -> PlannedSweep:
    text = (ROOT / "experiments" / "bellagio.yaml").read_text("utf-8")
    if strategies:
        text = text[: text.index("strategies:")] + f"strategies: [{strategies}]\n"
    file = Path(folder) / "study.yaml"
    file.write_text(text, "utf-8")
    words = {"replicates": replicates}
    return read_study(file, vary=[EVERY.format(points)], changes=words, out=Path(folder) / "out")


def _bare(study: PlannedSweep, tables: bool) -> Callable[[], None]:
    """Return the same replicates without a sweep, scenarios made beforehand."""
    patcher = Patcher(study.setting, study.design.paths)
    scenarios = [patcher.scenario(point) for point in study.design]
    n, seed = study.request.replicates, study.request.seed

    def run() -> None:
        for scenario in scenarios:
            if tables:
                for _ in ensemble.run_ensemble(scenario, n, seed, threads=1):
                    pass
            else:
                places = list(range(len(scenario.strategy_names)))
                ensemble.simulate(scenario, places, seed, ensemble.worlds_of(0, n))

    return run


def in_memory() -> list[Line]:
    """Time a call that writes nothing, as a loop of one's own makes it, loading included."""
    from negotiation_sim.faces import api

    def call() -> None:
        api.outcomes("bellagio", 20, strategies=["code@COPUOS"], threads=1)

    call()  # compiles
    wall = best(call, 5, time.perf_counter)
    setting = load_setting("bellagio")

    def loaded() -> None:
        api.outcomes(setting, 20, strategies=["code@COPUOS"], threads=1)

    again = best(loaded, 5, time.perf_counter)
    what = "wall: api.outcomes, 20 replicates of one strategy"
    return [
        Line(what, f"{wall:.3f} s", "below 0.3 s"),
        Line(f"{what}, its setting loaded before", f"{again:.3f} s"),
    ]


def overhead() -> list[Line]:
    """Compare a sweep in this process with the ensemble, and with the compiled loop alone."""
    lines = []
    for what, points, replicates, strategies in (
        ("400 points of one strategy, 10 replicates", 400, 10, "code@COPUOS"),
        ("200 points of 27 strategies, 20 replicates", 200, 20, ""),
        ("8 points of 27 strategies, 1,000 replicates", 8, 1000, ""),
    ):
        with tempfile.TemporaryDirectory() as folder:
            study = _study(folder, points, replicates, strategies)
            calls.run_study(study, workers=1)
            swept = best(lambda study=study: calls.run_study(study, workers=1, force=True)) / points
            for name, tables in (("the ensemble", True), ("the compiled loop alone", False)):
                bare = best(_bare(study, tables)) / points
                value = (
                    f"{1e3 * swept:.2f} for {1e3 * bare:.2f} ms, {100 * (swept / bare - 1):+.1f} %"
                )
                lines.append(Line(f"{what}: over {name}", value, "5 %, or 2 ms on short ones"))
    return lines


ALONE = """
import sys
from pathlib import Path
sys.path[:0] = sys.argv[1:3]
import sweeps
from negotiation_sim.faces.api import sweep_calls as calls
study = sweeps._study(sys.argv[3], int(sys.argv[4]), 400)
calls.run_study(study, workers=int(sys.argv[5]))
print(calls.run_study(study, workers=int(sys.argv[5]), force=True)[0].log["seconds"])
"""


def _started(folder: str, points: int, workers: int) -> subprocess.Popen:
    words = [str(HERE), str(ROOT), folder, str(points), str(workers)]
    return subprocess.Popen(
        [sys.executable, "-c", ALONE, *words], stdout=subprocess.PIPE, text=True
    )


def _rate(points: int, processes: list[subprocess.Popen]) -> float:
    """Return points a second that processes reach together, each on points of its own."""
    return sum(points / float(p.communicate()[0].split()[-1]) for p in processes)


def two(points: int = 60, rounds: int = 3) -> list[Line]:
    """Compare a sweep on two processes with two programs of one process each, in turns."""
    if (os.cpu_count() or 1) < 2:
        return []
    together, apart = [], []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
            apart.append(_rate(points, [_started(f, points, 1) for f in (one, other)]))
        with tempfile.TemporaryDirectory() as folder:
            together.append(_rate(2 * points, [_started(folder, 2 * points, 2)]))
            time.sleep(0.5)
    value = f"{max(together):.2f} for {max(apart):.2f} points/s, {max(together) / max(apart):.2f}"
    return [Line("wall: 2 processes of a sweep against 2 programs", value, "0.90")]
