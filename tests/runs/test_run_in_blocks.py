"""One experiment in blocks: the same tables to the bit, however cut, computed or interrupted."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from helpers.dask_cluster import Cluster, wait_until
from helpers.sweep_studies import EXPERIMENT, contents, write_experiment
from negotiation_sim import api
from negotiation_sim.analysis.causes import CauseAccumulator
from negotiation_sim.analysis.outcomes import SummaryAccumulator
from negotiation_sim.analysis.replicates import strategy_outcomes
from negotiation_sim.catalogue import load_setting
from negotiation_sim.engine import ensemble
from negotiation_sim.errors import NegotiationSimError, StoreError, UsageError
from negotiation_sim.faces.cli.main import app
from negotiation_sim.runs import replicate_blocks, store
from negotiation_sim.runs.request import Request
from negotiation_sim.runs.store import files
from negotiation_sim.studies.finished_run import setting_of

COUNTED = {f"{name}.csv" for name in ("causes", "blockers", "pairs", "funnel", "months", "texts")}
REPLICATES, BELIEFS = 300, 4
PLAN = {"replicates": REPLICATES, "beliefs": BELIEFS, "figures": False}


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    """Cut the small run into nine blocks: seven of plain worlds, two of the nested design."""
    cut(monkeypatch, 45)
    monkeypatch.setattr(replicate_blocks, "ROWS_AT_ONCE", 60)


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Return the run with every replicate kept, computed at once."""
    folder = tmp_path_factory.mktemp("kept")
    return api.run(write_experiment(folder, ""), out=folder, threads=1, **PLAN)


@pytest.fixture
def study(tmp_path):
    return write_experiment(tmp_path, "")


def table(run, name: str) -> bytes:
    return (run.folder / name).read_bytes()


def cut(monkeypatch, worlds: int) -> None:
    monkeypatch.setattr(
        "negotiation_sim.runs.in_blocks.worlds_per_block", lambda assignment: worlds
    )


@pytest.mark.parametrize("worlds", [1000, 299, 45, 13])
def test_any_blocks_give_the_summary_of_all_replicates_kept(
    kept, study, tmp_path, monkeypatch, worlds
):
    cut(monkeypatch, worlds)
    run = api.run(study, out=tmp_path, keep="summary", workers=1, **PLAN)
    assert run.manifest["inputs"]["keep"] == run.manifest["keep"] == "summary"
    assert kept.manifest["keep"] == "replicates" and run.id != kept.id
    for name in ("summary.csv", "positions.csv"):
        assert table(run, name) == table(kept, name)
    assert set(run.manifest["tables"]) == {"summary.csv", "positions.csv", *COUNTED}
    assert run.manifest["parts"] == [] and not (run.folder / "replicates").exists()
    assert sorted(p.name for p in run.folder.iterdir() if p.suffix != ".csv") == [
        "log.json", "manifest.json"
    ]  # fmt: skip


def test_what_is_left_of_the_replicates_is_what_they_would_have_given(kept, study, tmp_path):
    run = api.run(study, out=tmp_path, keep="summary", workers=1, **PLAN)
    setting = setting_of(kept)
    rules = {s.name: s.succeeds_when for s in setting.strategies}
    rows = kept.load()
    summary, causes = SummaryAccumulator(rules, 48, 72), CauseAccumulator()
    causes.update(strategy_outcomes(rows, rules, 48))
    summary.update(rows)
    wanted = {
        "causes.csv": causes.shares(), "blockers.csv": causes.blockers(),
        "pairs.csv": causes.pairs(), "funnel.csv": summary.funnel(), "months.csv": summary.incidence(), "texts.csv": summary.texts(),
    }  # fmt: skip
    for name, expected in wanted.items():
        assert len(expected), name
        pd.testing.assert_frame_equal(run.table(name), expected, check_exact=True)


def test_replicates_computed_in_blocks_are_those_computed_at_once(kept, study, tmp_path):
    run = api.run(study, out=tmp_path, workers=1, **PLAN)
    assert contents(run.folder) == contents(kept.folder)


def test_a_given_executor_and_any_order_of_the_blocks_change_nothing(kept, study, tmp_path):
    with ThreadPoolExecutor(3) as pool:
        run = api.run(study, out=tmp_path, keep="summary", executor=pool, workers=3, **PLAN)
    assert table(run, "summary.csv") == table(kept, "summary.csv")
    assert run.log["executor"] == "given executor"


@pytest.mark.parametrize("on", ["success", "difference"])
def test_a_run_that_stops_by_precision_stops_at_the_same_replicate(
    study, tmp_path, on, monkeypatch
):
    cut(monkeypatch, 170)
    words = {"precision": 0.04, "precision_on": on, "max_replicates": 2000, "beliefs": 0}
    whole = api.run(study, out=tmp_path / "a", figures=False, threads=1, **words)
    parts = api.run(study, out=tmp_path / "b", figures=False, keep="summary", workers=1, **words)
    assert table(parts, "summary.csv") == table(whole, "summary.csv")
    assert whole.summary["replicates"].max() < 2000  # it did stop


class Interrupted(Exception):
    pass


def interrupted_after(blocks: int, patch) -> None:
    """Let a run be stopped when it has written so many blocks."""
    from negotiation_sim.runs.store.block_folder import BlockWriter

    plain, seen = BlockWriter.write_block, []

    def write(self, block, item):
        if len(seen) == blocks:
            raise Interrupted
        seen.append(block.number)
        plain(self, block, item)

    patch.setattr(BlockWriter, "write_block", write)


@pytest.mark.parametrize("keep", ["summary", "replicates"])
def test_an_interrupted_run_goes_on_where_it_was(kept, study, tmp_path, monkeypatch, keep):
    with monkeypatch.context() as patch:
        interrupted_after(5, patch)
        with pytest.raises(Interrupted):
            api.run(study, out=tmp_path, keep=keep, workers=1, **PLAN)
    work = next(tmp_path.glob("small/*.unfinished"))
    damaged = next(work.glob("chunks/counts-000002*"))
    damaged.write_bytes(b"?" + damaged.read_bytes()[1:])
    drawn = []
    plain = ensemble.chunk_of
    monkeypatch.setattr(ensemble, "chunk_of", lambda *a: drawn.append(len(a[-1])) or plain(*a))
    shown = []
    run = api.run(
        study, out=tmp_path, keep=keep, workers=1, progress=lambda *a: shown.append(a), **PLAN
    )
    missing = REPLICATES + 20 * BELIEFS - 4 * 45  # five were done, one of these is damaged
    assert sum(drawn) == missing
    assert shown[-1] == (REPLICATES + 20 * BELIEFS,) * 2
    assert table(run, "summary.csv") == table(kept, "summary.csv")
    if keep == "replicates":
        assert contents(run.folder) == contents(kept.folder)


def test_force_begins_anew(study, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        interrupted_after(5, patch)
        with pytest.raises(Interrupted):
            api.run(study, out=tmp_path, keep="summary", workers=1, **PLAN)
    drawn = []
    plain = ensemble.chunk_of
    monkeypatch.setattr(ensemble, "chunk_of", lambda *a: drawn.append(len(a[-1])) or plain(*a))
    api.run(study, out=tmp_path, keep="summary", workers=1, force=True, **PLAN)
    assert sum(drawn) == REPLICATES + 20 * BELIEFS


def test_what_another_version_began_is_not_continued(study, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        interrupted_after(2, patch)
        with pytest.raises(Interrupted):
            api.run(study, out=tmp_path, keep="summary", workers=1, **PLAN)
    header = next(tmp_path.glob("small/*.unfinished/header.json"))
    content = json.loads(header.read_text())
    content["versions"]["numpy"] = "0.1"
    files.write_atomic(header, files.to_json(content))
    with pytest.raises(StoreError, match=r"other versions \(numpy 0.1 -> .*--force"):
        api.run(study, out=tmp_path, keep="summary", workers=1, **PLAN)


def test_a_replicate_that_fails_is_counted_as_an_error(study, tmp_path, monkeypatch):
    plain = ensemble.ENGINES["ensemble"]

    def fails(scenario, strategies, seed, worlds):
        if 7 in worlds[:, 1]:
            raise ArithmeticError("made for a test")
        return plain(scenario, strategies, seed, worlds)

    monkeypatch.setitem(ensemble.ENGINES, "ensemble", fails)
    run = api.run(
        study, out=tmp_path, keep="summary", workers=1, replicates=60, beliefs=0, figures=False
    )
    assert run.summary["errors"].tolist() == [1, 1, 1]
    assert run.summary["replicates"].tolist() == [59, 59, 59]


def test_it_is_reproduced_with_its_figures_drawn(study, tmp_path):
    run = api.run(study, 60, out=tmp_path, beliefs=0, keep="summary", workers=1)
    assert (run.folder / "figures" / "causes.png").is_file()
    assert api.reproduce(run, tmp_path, threads=1).same
    path = run.folder / "months.csv"
    path.write_text(path.read_text().replace("0", "1", 1))
    assert "months.csv: damaged" in " ".join(api.reproduce(run, tmp_path, threads=1).differences)


def test_commands_that_need_replicates_say_what_is_lost(study, tmp_path):
    run = api.run(study, 60, out=tmp_path, beliefs=0, keep="summary", workers=1, figures=False)
    for words in (["compare"], ["causes"], ["report"]):
        done = CliRunner().invoke(app, [*words, str(run.folder)])
        assert done.exit_code == 2, (words, done.output)
        assert "kept its summary alone (--keep summary)" in done.stderr
        assert "--keep replicates" in done.stderr and len(done.stderr.splitlines()) == 1
    for lazy in (True, False):
        with pytest.raises(StoreError, match="kept its summary alone"):
            run.load(lazy=lazy)
    assert "summary" in run._repr_html_()
    written = {path.name for path in api.export(run, tmp_path / "csv")}
    assert written == {"summary.csv", "columns.csv", *COUNTED}


def test_the_command_takes_the_same_words(study, tmp_path, kept):
    done = CliRunner().invoke(
        app, ["run", str(study), "--replicates", str(REPLICATES), "--beliefs", str(BELIEFS),
              "--keep", "summary", "--workers", "1", "--no-figures", "--out", str(tmp_path)],
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "no outside view" in done.stdout
    folder = next(path.parent for path in tmp_path.glob("small/*/manifest.json"))
    assert (folder / "summary.csv").read_bytes() == table(kept, "summary.csv")


def test_what_contradicts_itself_is_refused(study, tmp_path):
    for words, said in (
        ({"keep": "sumary"}, "keep: 'sumary' is not known; did you mean 'summary'?"),
        ({"workers": 0}, "workers: 0 is too few"),
        ({"replicates": 100_000_001}, "keep='summary' takes up to 10,000,000,000"),
        ({"workers": 2, "scheduler": "tcp://127.0.0.1:1"}, "the cluster at the scheduler has its"),
    ):
        with pytest.raises(UsageError) as found:
            api.run(study, out=tmp_path, **words)
        assert said in str(found.value)
    assert Request(replicates=10_000_000_000, keep="summary").replicates == 10_000_000_000
    with pytest.raises(UsageError, match="more than 10,000,000,000 are too many"):
        Request(replicates=10_000_000_001, keep="summary")


def test_worlds_that_no_worker_survives_stop_the_run_and_lose_nothing(study, tmp_path, monkeypatch):
    from negotiation_sim.runs.sweep.executors import Here
    from negotiation_sim.runs.sweep.tasks import Lost

    plain = Here.collect

    def collect(self, seconds):
        fatal = [task for task in self._waiting if task.items[0][0] == 90]
        self._waiting = [task for task in self._waiting if task not in fatal]
        return plain(self, seconds) + [(task, Lost("it died")) for task in fatal]

    with monkeypatch.context() as patch:
        patch.setattr(Here, "collect", collect)
        with pytest.raises(NegotiationSimError) as found:
            api.run(study, out=tmp_path, keep="summary", workers=1, **PLAN)
    assert "replicates 90 to 134: its worker process died" in str(found.value)
    assert "255 worlds are safe: the same command continues" in str(found.value)


def test_blocks_of_a_run_are_of_some_seconds_and_not_too_many(study):
    module, setting = replicate_blocks, load_setting(study)
    sizes = {}
    for replicates in (1000, 10**7, 10**9):
        request = Request(replicates=replicates, keep="summary")
        sizes[replicates] = module.worlds_per_block(
            module.RunAssignment(setting, request, "ensemble", {})
        )
    assert 1000 < sizes[1000] < 100_000  # the short run is one block
    assert sizes[10**9] == 10**9 // module.MOST_BLOCKS
    rows = Request(replicates=10**8)
    size = module.worlds_per_block(module.RunAssignment(setting, rows, "ensemble", {}))
    assert size * len(setting.strategies) <= module.MOST_ROWS_A_BLOCK


TEN = "".join(
    f"  - {initiative}@{venue}\n"
    for initiative in ("code", "eu-code", "guidelines", "ban-executive", "open")
    for venue in ("adhoc-optin", "COPUOS")
)
CALL = """
    from negotiation_sim.faces.cli.main import main
    from negotiation_sim.runs import replicate_blocks
    replicate_blocks.SECONDS_A_BLOCK = 0.26
    main()
"""


def peak(pid: int) -> int:
    """Return the most memory that a process has held so far, in MiB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) // 1024


@pytest.mark.long
@pytest.mark.timeout(1500)
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="watches /proc")
def test_a_million_on_two_dask_workers_of_which_one_is_killed(tmp_path, monkeypatch):
    """The same bits as in this process, no block lost, and memory that does not grow."""
    text = EXPERIMENT[: EXPERIMENT.index("  - code@adhoc-optin")] + TEN
    study, each = write_experiment(tmp_path, "", text), 100_000
    cluster, process = Cluster(tmp_path), None
    try:
        cluster.begin(2)
        command = [
            sys.executable, "-c", textwrap.dedent(CALL), "run", str(study), "--replicates", str(each),
            "--beliefs", "0", "--no-figures", "--keep", "summary", "--out", str(tmp_path / "dask"),
            "--scheduler", str(cluster.file),
        ]  # fmt: skip
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)

        def done() -> int:
            return len([*tmp_path.glob("dask/small/*.unfinished/chunks/counts-*")])

        wait_until(lambda: done() >= 10, 600.0)
        early = {p.pid: peak(p.pid) for p in (process, *cluster.processes[1:])}
        wait_until(lambda: done() >= 20, 600.0)
        cluster.processes[1].send_signal(signal.SIGKILL)
        cluster.add(1)
        wait_until(lambda: done() >= 90, 600.0)
        grown = peak(process.pid) - early[process.pid], peak(cluster.processes[2].pid) - early[
            cluster.processes[2].pid
        ]  # fmt: skip
        assert process.wait(600) == 0
    finally:
        cluster.end()
        if process is not None and process.poll() is None:
            process.kill()
            process.wait()
    assert max(grown) < 64, grown
    run = store.open_run(next(tmp_path.glob("dask/small/*/manifest.json")).parent)
    assert run.summary["replicates"].tolist() == [each] * 10
    assert run.summary["errors"].tolist() == [0] * 10
    cut(monkeypatch, 30_000)
    here = api.run(
        study, each, out=tmp_path / "here", beliefs=0, figures=False, keep="summary", workers=2
    )
    assert contents(run.folder) == contents(here.folder)
