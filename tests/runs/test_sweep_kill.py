"""Sweeps killed without warning: the parent, its workers, a point that kills whoever tries it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from helpers.sweep_studies import contents, journal, write_experiment
from negotiation_sim.faces.api import sweep_calls as calls
from negotiation_sim.runs import store
from negotiation_sim.runs.sweep import plan
from negotiation_sim.runs.sweep.blocks import assignment_of, compute_block
from negotiation_sim.runs.sweep.reading import read_study
from negotiation_sim.runs.sweep.tasks import LOST_ALONE, LOST_TOGETHER, Lost, Task, Work

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="watches /proc")

SWEEP = """\
sweep:
  vary:
    environment.verifiable_scope: {from: 0, to: 1, steps: 20}
    venues.adhoc-optin.min_participation: [0.05, 0.2, 0.5]
  replicates: 150
  keep_replicates: true
"""
N_POINTS, N_BLOCKS = 60, 60
COMMAND = """
    from negotiation_sim.faces.cli.main import main
    from negotiation_sim.runs.sweep import plan
    plan.MOST_POINTS_A_BLOCK = 1
    main()
"""
PATIENCE = 120.0


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory) -> dict[str, bytes]:
    """Return the files of the study, computed at once in this process."""
    folder = tmp_path_factory.mktemp("undisturbed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "MOST_POINTS_A_BLOCK", 1)
        run, _ = calls.run_study(read_study(write_experiment(folder, SWEEP), out=folder), workers=1)
    return contents(run.folder)


@pytest.fixture
def study(tmp_path, monkeypatch):
    monkeypatch.setattr(plan, "MOST_POINTS_A_BLOCK", 1)
    return read_study(write_experiment(tmp_path, SWEEP), out=tmp_path / "results")


def start(study, *words: object, site: Path | None = None) -> subprocess.Popen:
    """Start the sweep; ``site`` holds a sitecustomize.py that its processes run first."""
    paths = [str(site)] if site else []
    paths += [path for path in [os.environ.get("PYTHONPATH")] if path]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    command = [
        sys.executable,
        "-c",
        textwrap.dedent(COMMAND),
        "sweep",
        "small.yaml",
        *map(str, words),
    ]
    return subprocess.Popen(
        command, cwd=study.folder.parent.parent.parent, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, env=environment,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip


def children(pid: int) -> list[int]:
    """Return the processes that a process has started and that still run."""
    try:
        lists = [p.read_text() for p in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:
        return []
    return [int(word) for words in lists for word in words.split()]


def workers_of(pid: int) -> list[int]:
    """Return the worker processes of a sweep."""
    found = []
    for child in children(pid):
        try:
            if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes():
                found.append(child)
        except OSError:
            continue
    return found


def gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def wait_until(condition) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.01)


def blocks_done(study) -> int:
    """Return how many blocks are listed; all of them once the sweep has its name."""
    work = study.folder.with_name(study.folder.name + ".unfinished")
    if study.folder.exists():
        return N_BLOCKS
    return len(journal(work)) if (work / "parts.jsonl").exists() else 0


def kill_at(study, process: subprocess.Popen, blocks: int, moment: float) -> None:
    """Kill a sweep some time after so many blocks are done, and see its workers end by themselves."""
    wait_until(lambda: process.poll() is not None or blocks_done(study) >= blocks)
    time.sleep(moment)
    started = workers_of(process.pid)
    process.kill()
    process.communicate()
    wait_until(lambda: all(gone(pid) for pid in started))


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("kills", [20])
def test_a_sweep_killed_at_random_moments_ends_with_the_same_files(study, undisturbed, kills):
    chance = random.Random(kills)
    for _ in range(kills):
        if not study.folder.exists():
            goal = min(N_BLOCKS, blocks_done(study) + chance.randint(0, 2 * N_BLOCKS // kills))
            kill_at(study, start(study, "--resume", "--workers", 2), goal, chance.uniform(0.0, 0.3))
    process = start(study, "--resume", "--workers", 2)
    _, errors = process.communicate()
    assert process.returncode == 0, errors
    assert contents(study.folder) == undisturbed


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(20))
def test_one_kill_anywhere_from_the_start_to_the_last_file(study, undisturbed, seed):
    """Each time another study, killed once: while it starts, computes, joins or takes its name."""
    chance = random.Random(seed)
    goal = N_BLOCKS if seed % 4 == 0 else chance.randint(0, N_BLOCKS)
    kill_at(study, start(study, "--workers", 1), goal, chance.uniform(0.0, 0.2))
    process = start(study, "--resume", "--workers", 1)
    _, errors = process.communicate()
    assert process.returncode == 0, errors
    assert contents(study.folder) == undisturbed


@pytest.mark.long
def test_a_killed_worker_costs_time_and_no_rows(study, undisturbed):
    process = start(study, "--workers", 2)
    wait_until(lambda: blocks_done(study) >= 5)
    os.kill(workers_of(process.pid)[0], signal.SIGKILL)
    _, errors = process.communicate()
    assert process.returncode == 0, errors
    assert contents(study.folder) == undisturbed


@pytest.mark.long
def test_an_interrupt_is_one_message_and_leaves_nobody_behind(study, undisturbed):
    process = start(study, "--workers", 2)
    wait_until(lambda: blocks_done(study) >= 5)
    started = workers_of(process.pid)
    process.send_signal(signal.SIGINT)
    out, errors = process.communicate()
    said = [line for line in errors.splitlines() if "compiling" not in line]
    assert process.returncode == 130 and len(said) == 1, errors
    assert "the same with --resume continues" in said[0]
    assert len(started) == 2 and all(gone(pid) for pid in started)
    done = blocks_done(study)
    process = start(study, "--workers", 1, "--resume")
    out, errors = process.communicate()
    assert process.returncode == 0 and f"for {N_POINTS - done} points" in out, errors
    assert contents(study.folder) == undisturbed


POISON = """
import os, sys
if "spawn_main" in " ".join(sys.argv) or "--multiprocessing-fork" in sys.argv or "dask" in " ".join(sys.orig_argv):
    from negotiation_sim.runs.sweep import blocks as points
    real = points.Points._point
    def deadly(self, point):
        if point[0] == 1.0 and point[1] == 0.2:
            os._exit(9)
        return real(self, point)
    points.Points._point = deadly
"""


@pytest.mark.long
def test_a_point_that_kills_its_worker_is_a_row(study, undisturbed, tmp_path, monkeypatch):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(POISON)
    process = start(study, "--workers", 2, site=tmp_path / "site")
    out, errors = process.communicate()
    assert process.returncode == 1, errors
    assert "1 of 60 points failed" in out.splitlines()[-1]
    table = store.load(study.folder)
    bad = table[table["failed_stage"] != ""]
    assert set(bad["failed_stage"]) == {"worker"} and set(bad["failed_type"]) == {"WorkerLost"}
    assert set(bad["environment.verifiable_scope"]) == {1.0}
    assert set(bad["venues.adhoc-optin.min_participation"]) == {0.2}
    mended = start(study, "--workers", 1, "--retry-failed")
    out, errors = mended.communicate()
    assert mended.returncode == 0, errors
    assert contents(study.folder) == undisturbed


BROKEN = "import os, sys\nif '--multiprocessing-fork' in sys.argv: os._exit(3)\n"


def test_workers_that_cannot_start_are_one_message(study, tmp_path):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(BROKEN)
    process = start(study, "--workers", 2, site=tmp_path / "site")
    _, errors = process.communicate()
    said = [line for line in errors.splitlines() if "compiling" not in line]
    assert process.returncode == 2 and len(said) == 1, errors
    assert "die as soon as they start; 0 of 60 points are safe: --resume continues" in said[0]


# What becomes of a lost task, decided without any process


def items(*numbers: int):
    return tuple((n, (0.0, 0.05), "") for n in numbers)


@pytest.fixture
def job(study):
    return assignment_of(study)


def drive(job, tasks: list[Task], deadly: set[int], capacity: int = 4):
    """Run tasks on imagined processes that all die when one of them has a deadly point."""
    sizes = {task.number: len(task.items) for task in tasks}
    work = Work(job, iter(tasks), sizes.__getitem__)
    packed, tried, found, out = job.packed(), [], [], []
    while True:
        while (task := work.next(capacity)) is not None:
            out.append(task)
        if not out:
            return found, tried
        assert not (any(t.alone for t in out) and len(out) > 1)
        tried.append([[i for i, _, _ in t.items] for t in out])
        dead = any({i for i, _, _ in t.items} & deadly for t in out)
        for task in out:
            result = Lost("died") if dead else compute_block(packed, task.number, task.items)
            done = work.take(task, result)
            found += [] if done is None else [done]
        out = []


def test_only_the_deadly_point_of_a_lost_block_fails(job):
    tasks = [Task(0, items(0, 1, 2)), Task(1, items(3, 4)), Task(2, items(5))]
    found, tried = drive(job, tasks, deadly={1})
    assert {b.number: (b.done, b.failed) for b in found} == {0: (3, (1,)), 1: (2, ()), 2: (1, ())}
    deaths = sum(any(1 in points for points in group) for group in tried)
    assert deaths == LOST_TOGETHER + 1 + LOST_ALONE
    assert tried[-1] in ([[2]], [[1]])


def test_without_a_deadly_point_nothing_is_tried_twice(job):
    found, tried = drive(job, [Task(n, items(n)) for n in range(6)], deadly=set(), capacity=3)
    assert len(found) == 6 and sorted(p for group in tried for t in group for p in t) == list(
        range(6)
    )


def test_a_task_that_is_certainly_deadly_is_cut_at_once(job):
    work = Work(job, iter([Task(0, items(0, 1))]), lambda n: 2)
    assert work.take(work.next(4), Lost("killed", certain=True)) is None
    first = work.next(4)
    assert [i for i, _, _ in first.items] == [0] and first.alone and work.next(4) is None
    assert work.take(first, Lost("killed", certain=True)) is None
    second = work.next(4)
    done = work.take(second, Lost("killed", certain=True))
    assert done.failed == (0, 1) and done.done == 2
