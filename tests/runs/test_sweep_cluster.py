"""Sweeps through a real Dask scheduler and worker processes over TCP on this machine."""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator

import pytest

from helpers.dask_cluster import Cluster, wait_until
from helpers.sweep_studies import contents, journal, write_experiment
from negotiation_sim.errors import UsageError
from negotiation_sim.faces.api import sweep_calls as calls
from negotiation_sim.runs.sweep import cluster as cluster_module
from negotiation_sim.runs.sweep import plan
from negotiation_sim.runs.sweep.reading import read_study

pytest.importorskip("distributed")

SWEEP = """\
sweep:
  vary:
    environment.verifiable_scope: {from: 0, to: 1, steps: 20}
    venues.adhoc-optin.min_participation: [0.05, 0.2, 0.5]
  replicates: 150
  keep_replicates: true
"""
COMMAND = """
    from negotiation_sim.faces.cli.main import main
    from negotiation_sim.runs.sweep import plan
    plan.MOST_POINTS_A_BLOCK = 2
    main()
"""


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory) -> dict[str, bytes]:
    """Return the files of the study, computed at once in this process."""
    folder = tmp_path_factory.mktemp("undisturbed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "MOST_POINTS_A_BLOCK", 2)
        run, _ = calls.run_study(read_study(write_experiment(folder, SWEEP), out=folder), workers=1)
    return contents(run.folder)


@pytest.fixture
def study(tmp_path, monkeypatch):
    monkeypatch.setattr(plan, "MOST_POINTS_A_BLOCK", 2)
    return read_study(write_experiment(tmp_path, SWEEP), out=tmp_path / "results")


@pytest.fixture
def cluster(tmp_path) -> Iterator[Cluster]:
    found = Cluster(tmp_path)
    try:
        found.begin(2)
        yield found
    finally:
        found.end()


def start(study, *words: object) -> subprocess.Popen:
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
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def blocks_done(study) -> int:
    work = study.folder.with_name(study.folder.name + ".unfinished")
    return len(journal(work)) if (work / "parts.jsonl").exists() else 0


@pytest.mark.long
def test_the_whole_path_over_tcp_and_a_worker_lost_on_the_way(study, undisturbed, cluster):
    """Two workers, one of them killed mid-study: the same files, by the address."""
    assert cluster.address.startswith("tcp://127.0.0.1:")
    process = start(study, "--scheduler", cluster.address)
    wait_until(lambda: process.poll() is not None or blocks_done(study) >= 5)
    cluster.processes[2].send_signal(signal.SIGKILL)
    out, errors = process.communicate()
    assert process.returncode == 0, errors
    assert contents(study.folder) == undisturbed
    assert cluster.address in out


@pytest.mark.long
def test_a_scheduler_file_a_worker_more_and_a_parent_killed(study, undisturbed, cluster):
    process = start(study, "--scheduler", cluster.file)
    wait_until(lambda: blocks_done(study) >= 5)
    process.kill()
    process.communicate()
    cluster.add(1)
    done = blocks_done(study)
    process = start(study, "--scheduler", cluster.file, "--resume")
    out, errors = process.communicate()
    assert process.returncode == 0, errors
    assert contents(study.folder) == undisturbed
    assert f"for {60 - 2 * done} points" in out


@pytest.mark.long
def test_a_lost_scheduler_is_one_message_and_resume_completes(study, undisturbed, cluster):
    process = start(study, "--scheduler", cluster.address)
    wait_until(lambda: blocks_done(study) >= 5)
    cluster.processes[0].kill()
    _, errors = process.communicate()
    assert process.returncode == 2, errors
    said = [line for line in errors.splitlines() if " points, " not in line]  # how far it is
    assert len(said) == 1 and "points are safe: --resume continues" in said[0], errors
    again = start(study, "--resume", "--workers", 1)
    _, errors = again.communicate()
    assert again.returncode == 0, errors
    assert contents(study.folder) == undisturbed


@pytest.mark.long
def test_a_local_cluster_of_its_own(study, undisturbed):
    process = start(study, "--scheduler", "local", "--workers", 2)
    _, errors = process.communicate()
    assert process.returncode == 0, errors
    assert contents(study.folder) == undisturbed


def test_nobody_there_is_one_message(study, monkeypatch):
    from negotiation_sim.runs.sweep import cluster as module

    monkeypatch.setattr(module, "CONNECT_SECONDS", 0.5)
    with pytest.raises(Exception, match="nobody answers at tcp://127.0.0.1:9"):
        calls.run_study(study, scheduler="tcp://127.0.0.1:9")
    assert not study.folder.parent.exists()


@pytest.mark.parametrize(
    "text", ["{}", "[]", "not JSON", '{"address": 7}', '{"address": "nowhere"}', "", "\0"]
)
def test_a_file_that_names_no_scheduler_is_one_message(text, study, tmp_path):
    file = tmp_path / "scheduler.json"
    file.write_text(text, "utf-8")
    with pytest.raises(UsageError, match=r"scheduler\.json is no scheduler file"):
        calls.run_study(study, scheduler=str(file))
    with pytest.raises(UsageError, match="nobody answers at foo://x"):
        calls.run_study(study, scheduler="foo://x")


def test_dask_is_silent_while_it_works_for_us_and_speaks_again_after():
    logger = logging.getLogger("distributed.client")
    with cluster_module.dask_silent():
        assert logger.disabled
    assert not logger.disabled


def test_a_worker_of_other_versions_is_refused(study):
    from concurrent.futures import ThreadPoolExecutor

    study.header["versions"]["pandas"] = "0.1"
    with (
        ThreadPoolExecutor(1) as pool,
        pytest.raises(Exception, match="other versions.*pandas .* for 0.1"),
    ):
        calls.run_study(study, executor=pool)
