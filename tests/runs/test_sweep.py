"""Sweeps: the same tables however the work was cut, interrupted, damaged or retried."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from helpers.sweep_studies import SWEEP, contents, journal, write_experiment
from negotiation_sim import api
from negotiation_sim.analysis import figures as plots
from negotiation_sim.engine import ensemble
from negotiation_sim.errors import NegotiationSimError, StoreError, UsageError
from negotiation_sim.faces.api import sweep_calls as calls
from negotiation_sim.faces.cli.main import app
from negotiation_sim.runs import identity, store
from negotiation_sim.runs.sweep import blocks as points
from negotiation_sim.runs.sweep import plan
from negotiation_sim.runs.sweep.reading import read_study
from negotiation_sim.runs.sweep.status import status

KEEP = SWEEP + "  keep_replicates: true\n"
N_POINTS, N_ROWS = 36, 108


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    """Cut the small study into twelve blocks."""
    monkeypatch.setattr(plan, "MOST_POINTS_A_BLOCK", 3)


@pytest.fixture
def study(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_experiment(tmp_path, KEEP)
    return read_study("small.yaml", out=tmp_path / "results")


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory) -> dict[str, bytes]:
    """Return the files of the sweep, computed at once in this process."""
    folder = tmp_path_factory.mktemp("undisturbed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "MOST_POINTS_A_BLOCK", 3)
        study = read_study(write_experiment(folder, KEEP), out=folder)
        run, fresh = calls.run_study(study, workers=1)
    assert fresh
    return contents(run.folder)


def call(*words: object):
    return CliRunner().invoke(app, [str(word) for word in words])


def interrupt_after(n: int):
    """Return a progress that stops the sweep once n points are done."""

    def progress(done: int, total: int | None) -> None:
        if done >= n:
            raise KeyboardInterrupt

    return progress


def stopped(study, n: int = 18) -> Path:
    """Leave a study unfinished with about n points done; return its folder."""
    with pytest.raises(KeyboardInterrupt):
        calls.run_study(study, workers=1, progress=interrupt_after(n))
    return study.folder.with_name(study.folder.name + ".unfinished")


# What is in the tables


def test_one_tidy_row_per_point_and_strategy(study):
    run, _ = calls.run_study(study, workers=1)
    table = run.load()
    assert len(table) == N_ROWS and run.manifest["counts"]["points"] == N_POINTS
    assert list(table["point"]) == list(np.repeat(np.arange(N_POINTS), 3))
    assert table["strategy"].nunique() == 3
    path = "environment.verifiable_scope"
    expected = [p[0] for p in study.design for _ in range(3)]
    assert list(table[path]) == expected
    assert list(table.columns[:4]) == ["point", *study.design.paths]
    assert (table["seed"] == 1).all() and (table["replicates"] == 10).all()
    assert table["p_success"].between(0, 1).all() and table["p_success"].nunique() > 2


def test_every_point_meets_the_same_worlds(study):
    run, _ = calls.run_study(study, workers=1)
    rows = store.load(run, table="replicates")
    assert len(rows) == N_POINTS * 10 * 4  # two strategies of one track and one of two
    rows["met or avoided"] = rows["events"] + rows["events_avoided"]
    worlds = rows.groupby("chance", observed=True)["met or avoided"]
    assert (worlds.nunique() == 1).all() and worlds.first().nunique() > 1
    assert sorted(rows["chance"].unique()) == list(range(10)) and (rows["seed"] == 1).all()


def test_a_parameter_that_does_not_matter_changes_nothing(tmp_path, study):
    run = api.sweep("small.yaml", {"venues.COPUOS.unblock_rate": [1, 9]}, out=tmp_path, workers=1)
    table = run.load()
    one, other = (
        table[table["point"] == p].drop(columns=["point", "venues.COPUOS.unblock_rate"])
        for p in (0, 1)
    )
    pd.testing.assert_frame_equal(one.reset_index(drop=True), other.reset_index(drop=True))


def test_replicates_give_the_rows_of_the_table(study):
    run, _ = calls.run_study(study, workers=1)
    table, rows = run.load(), store.load(run, table="replicates")
    for name in ("code@adhoc-optin", "code@COPUOS"):
        share = rows[rows["strategy"] == name].groupby("point", observed=True)["timely"].mean()
        assert share.to_numpy() == pytest.approx(
            table[table["strategy"] == name]["p_success"].to_numpy()
        )


def test_by_precision_each_point_stops_at_a_fixed_boundary_of_its_own(study, tmp_path):
    words = {"precision": 0.05, "max_replicates": 675}
    vary = {"environment.verifiable_scope": [0, 1], "environment.withdrawal": [0.05, 0.5]}
    one = api.sweep("small.yaml", vary, out=tmp_path / "1", workers=1, **words)
    with ThreadPoolExecutor(2) as pool:
        two = api.sweep("small.yaml", vary, out=tmp_path / "2", executor=pool, workers=2, **words)
    assert contents(one.folder) == contents(two.folder)
    table = one.load()
    assert set(table["replicates"]) <= {200, 300, 450, 675} and table["replicates"].nunique() > 1
    half = (table["p_success_high"] - table["p_success_low"]) / 2
    assert (half[table["replicates"] < 675] <= 0.05).all()


def test_one_at_a_time_says_what_varies_and_what_the_base_is(study, tmp_path):
    vary = {"environment.verifiable_scope": [0.5], "strategies.*.patience": [12]}
    table = api.sweep("small.yaml", vary, out=tmp_path, workers=1, design="one-at-a-time").load()
    rows = table.drop_duplicates("point")
    assert list(rows["varied"]) == ["", *vary]
    assert list(rows["environment.verifiable_scope"]) == [0.25, 0.5, 0.25]
    assert list(rows["strategies.*.patience"]) == [36.0, 36.0, 12.0]


def test_words_and_truths_are_columns_of_their_own_kind(study, tmp_path):
    vary = {
        "venues.COPUOS.linkage": ["none", "blocked"],
        "strategies.code@adhoc-optin.pledges": [True, False],
    }
    table = api.sweep("small.yaml", vary, out=tmp_path, workers=1, replicates=5).load()
    assert table["strategies.code@adhoc-optin.pledges"].dtype == bool
    assert list(table["venues.COPUOS.linkage"].cat.categories) == ["none", "blocked"]
    with pytest.raises(UsageError, match="mixed"):
        api.sweep("small.yaml", {"environment.breadth": [1, True]}, out=tmp_path, workers=1)


# However the work was cut


@pytest.mark.parametrize("workers", [2, pytest.param(4, marks=pytest.mark.long)])
def test_processes_give_the_same_files(study, undisturbed, workers):
    run, _ = calls.run_study(study, workers=workers)
    assert contents(run.folder) == undisturbed


def test_a_shuffled_order_gives_the_same_files(study, undisturbed):
    order = np.random.default_rng(1).permutation(study.blocks)
    assert list(order) != sorted(order)
    run, _ = calls.run_study(study, workers=1, order=order)
    assert contents(run.folder) == undisturbed


def test_an_executor_of_the_callers_gives_the_same_files(study, undisturbed):
    with ThreadPoolExecutor(4) as pool:
        run, _ = calls.run_study(study, executor=pool, workers=4)
    assert contents(run.folder) == undisturbed


def test_other_blocks_give_the_same_table(study, undisturbed, monkeypatch, tmp_path):
    monkeypatch.setattr(plan, "MOST_POINTS_A_BLOCK", 5)
    again = read_study("small.yaml", out=tmp_path / "other")
    assert again.blocks == 8
    run, _ = calls.run_study(again, workers=1)
    assert (
        contents(run.folder)["points/part-00000.parquet"]
        == undisturbed["points/part-00000.parquet"]
    )


# Interrupted and taken up again


@pytest.mark.parametrize("n", [0, 1, 18, 35])
def test_what_was_stopped_is_continued(study, undisturbed, n):
    work = stopped(study, n)
    before = {entry["part"] for entry in journal(work)}
    assert not study.folder.exists()
    with pytest.raises(StoreError, match=r"points are done; --resume continues"):
        calls.run_study(study, workers=1)
    run, fresh = calls.run_study(study, workers=2 if n == 18 else 1, resume=True)
    assert fresh and contents(run.folder) == undisturbed
    assert run.log["points_computed"] == N_POINTS - 3 * len(before)


def test_resume_begins_where_there_is_nothing(study, undisturbed):
    run, _ = calls.run_study(study, workers=1, resume=True)
    assert contents(run.folder) == undisturbed


@pytest.mark.parametrize("whole", [False, True])
def test_resume_after_a_change_of_version_tells_of_the_old_folder(study, whole, monkeypatch):
    old = calls.run_study(study, workers=1)[0].folder if whole else stopped(study)
    monkeypatch.setattr(identity, "source_version", lambda: "9.9+other")
    now_versions = {**store.versions(), "negotiation-sim": "9.9+other"}
    for module in (store, identity, points):
        monkeypatch.setattr(module, "versions", lambda: now_versions)
    now = read_study("small.yaml", out=study.folder.parents[1])
    assert now.folder != study.folder
    (now.folder.parent / "stray").mkdir()
    (now.folder.parent / "stray" / "manifest.json").write_text("[]")
    said = []
    calls.run_study(now, workers=1, resume=True, notice=said.append)
    assert len(said) == 1 and f"{old}: the same sweep by 0.1.0+" in said[0]
    assert "begins anew beside it" in said[0] and old.exists()


def test_a_finished_sweep_is_shown_again_and_force_computes_it_anew(study, undisturbed):
    run, fresh = calls.run_study(study, workers=1)
    again, fresh_again = calls.run_study(study, workers=1, resume=True)
    assert fresh and not fresh_again and again.folder == run.folder
    forced, fresh_forced = calls.run_study(study, workers=1, force=True)
    assert fresh_forced and contents(forced.folder) == undisturbed


def test_force_discards_what_was_unfinished(study, undisturbed):
    stopped(study)
    run, _ = calls.run_study(study, workers=1, force=True)
    assert run.log["points_computed"] == N_POINTS and contents(run.folder) == undisturbed


def test_a_corrupt_a_missing_and_a_foreign_chunk_are_named_and_recomputed(
    study, undisturbed, tmp_path
):
    other = read_study("small.yaml", seed=2, out=tmp_path / "other")
    foreign = stopped(other) / "chunks" / "block-000001.parquet"
    work = stopped(study)
    chunks = sorted((work / "chunks").iterdir())
    (work / "replicates" / "part-00000.parquet").unlink()
    chunks[1].write_bytes(foreign.read_bytes())
    chunks[2].write_bytes(chunks[2].read_bytes()[:-7])
    damaged = bytearray(chunks[3].read_bytes())
    damaged[len(damaged) // 2] ^= 1
    chunks[3].write_bytes(damaged)
    (work / "chunks" / "block-000099.parquet").write_bytes(b"not ours")
    (work / "chunks" / "block-000011.parquet.partial").write_bytes(b"cut short")
    said: list[str] = []
    run, _ = calls.run_study(study, workers=1, resume=True, notice=said.append)
    assert contents(run.folder) == undisturbed
    for name, words in (
        ("part-00000.parquet", "missing"), ("block-000001", "damaged"), ("block-000002", "damaged"),
        ("block-000003", "checksum"), ("block-000099", "not in the list"),
    ):  # fmt: skip
        assert any(name in message and words in message for message in said), (name, said)


def test_a_torn_line_of_the_list_costs_its_block_only(study, undisturbed):
    work = stopped(study)
    lines = (work / "parts.jsonl").read_bytes()
    (work / "parts.jsonl").write_bytes(lines[:-30])
    run, _ = calls.run_study(study, workers=1, resume=True)
    assert contents(run.folder) == undisturbed
    assert run.log["points_computed"] == N_POINTS - 18 + 3


@pytest.mark.parametrize("name", ["points/part-00000.parquet", "replicates/part-00004.parquet"])
def test_a_damaged_part_of_a_finished_sweep_is_named_and_mended(study, undisturbed, name):
    run, _ = calls.run_study(study, workers=1)
    (run.folder / name).write_bytes(b"PAR1 no longer")
    with pytest.raises(StoreError, match=Path(name).name):
        store.load(run, table=name.split("/")[0])
    said: list[str] = []
    mended, fresh = calls.run_study(study, workers=1, resume=True, notice=said.append)
    assert fresh and name in said[0] and contents(mended.folder) == undisturbed
    if name.startswith("replicates"):
        assert mended.log["points_computed"] == 3


def test_a_stop_between_the_manifest_and_the_name_is_no_loss(study, undisturbed, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(
            store.sweep_folder.SweepWriter,
            "_take_name",
            lambda self: (_ for _ in ()).throw(KeyboardInterrupt),
        )
        with pytest.raises(KeyboardInterrupt):
            calls.run_study(study, workers=1)
    assert status(study.folder).state == "stopped"
    run, _ = calls.run_study(study, workers=1, resume=True)
    assert contents(run.folder) == undisturbed and run.log["points_computed"] == 0


def test_leftovers_of_a_stop_after_the_end_are_removed(study, undisturbed):
    run, _ = calls.run_study(study, workers=1)
    (run.folder / "chunks").mkdir()
    (run.folder / "chunks" / "block-000000.parquet").write_bytes(b"x")
    (run.folder / "parts.jsonl").write_bytes(b"x")
    assert not calls.run_study(study, workers=1)[1]
    assert contents(run.folder) == undisturbed


def test_blocks_of_other_versions_are_not_mixed(study):
    work = stopped(study)
    header = json.loads((work / "header.json").read_text())
    header["versions"]["pandas"] = "0.1"
    (work / "header.json").write_text(json.dumps(header))
    with pytest.raises(StoreError, match=r"other versions \(pandas 0.1 -> .*--force starts anew"):
        calls.run_study(study, workers=1, resume=True)


def test_a_foreign_folder_is_left_alone(study):
    study.folder.mkdir(parents=True)
    (study.folder / "thesis.txt").write_text("mine")
    with pytest.raises(StoreError, match="nothing was written"):
        calls.run_study(study, workers=1, resume=True, force=True)
    assert (study.folder / "thesis.txt").read_text() == "mine"


FULL_DISK = """
    import resource, sys
    from negotiation_sim.faces.cli.main import main
    from negotiation_sim.runs.store.sweep_folder import SweepWriter
    from negotiation_sim.runs.sweep import plan

    plan.MOST_POINTS_A_BLOCK = 3
    when = sys.argv.pop(1)
    real = {name: getattr(SweepWriter, name) for name in ("_open", "write_block", "close")}

    def wrapped(name, place):
        def inner(self, *rest):
            if when == f"{place} {len(self.parts)}":  # from now on no file can grow
                resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))
            return real[name](self, *rest)
        return inner

    for name, place in (("_open", "begin"), ("write_block", "block"), ("close", "join")):
        setattr(SweepWriter, name, wrapped(name, place))
    main()
"""


@pytest.mark.skipif(os.name == "nt", reason="no limit of file sizes")
@pytest.mark.parametrize("when, safe", [
    pytest.param("begin 0", 0, marks=pytest.mark.long), ("block 5", 15),
    pytest.param("join 12", 36, marks=pytest.mark.long),
])  # fmt: skip
def test_a_full_disk_is_one_message_and_resume_completes(study, undisturbed, when, safe):
    command = [sys.executable, "-c", textwrap.dedent(FULL_DISK)]
    words = ["sweep", "small.yaml", "--workers", "1"]
    full = subprocess.run([*command, when, *words], capture_output=True, text=True, check=False)
    said = [line for line in full.stderr.splitlines() if "compiling" not in line]
    assert full.returncode == 2 and len(said) == 1, full.stderr
    words_of_it = f"{safe} of 36 points are safe: free some space, then the same with --resume"
    assert "File too large" in said[0] and words_of_it in said[0]
    assert not study.folder.exists() and not list(study.folder.parent.rglob("*.partial"))
    done = subprocess.run(
        [*command, "never", *words, "--resume"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert contents(study.folder) == undisturbed
    log = json.loads((study.folder / "log.json").read_text())
    assert log["points_computed"] == N_POINTS - safe


# Failures are rows


@pytest.fixture
def breaking(monkeypatch):
    """Return what breaks the engine where verifiable scope is 0.4, and what mends it."""
    real = ensemble.simulate

    def simulate(scenario, *rest):
        from negotiation_sim.model.terms import ENVIRONMENT_PARAMETERS

        place = ENVIRONMENT_PARAMETERS.index("verifiable_scope")
        if scenario.arrays.environment_figures["mode"][0, place] == 0.4:
            raise ZeroDivisionError("a talk\nabout nothing")
        return real(scenario, *rest)

    monkeypatch.setattr(points.ensemble, "simulate", simulate)
    return lambda: monkeypatch.setattr(points.ensemble, "simulate", real)


def test_a_failing_point_is_a_row_and_the_study_goes_on(study, undisturbed, breaking):
    run, _ = calls.run_study(study, workers=1)
    table = run.load()
    assert len(table) == N_ROWS and run.manifest["counts"]["failed"] == 6
    bad = table[table["environment.verifiable_scope"] == 0.4]
    assert len(bad) == 18 and set(bad["strategy"].cat.codes) == {0, 1, 2}
    row = bad.iloc[0]
    assert (row["failed_stage"], row["failed_type"], row["failed_message"]) == (
        "run", "ZeroDivisionError", "a talk about nothing",
    )  # fmt: skip
    assert bad["p_success"].isna().all() and (bad["replicates"] == 0).all()
    good = table[table["environment.verifiable_scope"] != 0.4]
    assert (good["failed_stage"] == "").all() and good["p_success"].notna().all()


@pytest.mark.parametrize("unfinished", [False, True])
def test_only_what_failed_is_retried(study, undisturbed, breaking, unfinished):
    if unfinished:
        stopped(study, 24)
    else:
        calls.run_study(study, workers=1)
    breaking()
    run, fresh = calls.run_study(study, workers=1, retry_failed=True)
    assert fresh and contents(run.folder) == undisturbed
    assert run.log["points_computed"] == (6 + 12 if unfinished else 6)


def test_retrying_nothing_changes_nothing(study, undisturbed):
    calls.run_study(study, workers=1)
    run, fresh = calls.run_study(study, workers=1, retry_failed=True)
    assert not fresh and contents(run.folder) == undisturbed


def test_a_point_whose_values_contradict_one_another_says_so(study, tmp_path):
    vary = {"actors.USA.salience.form": [0, 1], "actors.USA.salience.scope": [0, 1]}
    table = api.sweep("small.yaml", vary, out=tmp_path, workers=1, replicates=5).load()
    bad = table[table["failed_stage"] != ""]
    assert list(bad["point"]) == [0, 0, 0]
    assert set(bad["failed_stage"]) == {"scenario"} and set(bad["failed_type"]) == {
        "CatalogueError"
    }
    assert "actors.USA.salience" in bad["failed_message"].iloc[0]


# The command line


def test_the_last_line_and_the_exit_code_say_what_failed(study):
    words = ["sweep", "small.yaml", "--vary", "actors.USA.salience.form=0,1", "--vary",
             "actors.USA.salience.scope=0,1", "--replicates", "5", "--workers", "1"]  # fmt: skip
    result = call(*words)
    assert result.exit_code == 1
    last = result.stdout.splitlines()[-1]
    assert last.startswith("1 of 4 points failed") and "--retry-failed" in last
    again = call(*words, "--retry-failed")
    assert again.exit_code == 1 and "1 points" in again.stdout


def test_nothing_is_written_for_bad_input(study, tmp_path):
    for words, message in (
        (["--vary", "venues.COPUOS.infrmality=0,1"], "did you mean 'venues.COPUOS.informality'"),
        (["--vary", "environment.breadth=99"], "environment.breadth: 99 is not between"),
        (["--vary", "environment.breadth"], "PATH=VALUES"),
        (["--design", "gird"], "did you mean 'grid'"),
        (["--points", "none.csv"], "no such file: none.csv"),
        (["--replicates", "0"], "too few"),
        (["--precision", "2"], "not between"),
        (["--max-replicates", "10"], "only with precision"),
        (["--replicates", "5", "--precision", "0.1"], "max-replicates instead"),
        (["--workers", "0"], "at least 1"),
        (["--scheduler", "nowhere"], "neither tcp://host:port"),
        (["--scheduler", "tcp://127.0.0.1:1", "--workers", "2"], "leave it out"),
        (["--seed", "-1"], "seed"),
    ):
        result = call("sweep", "small.yaml", *words)
        assert result.exit_code == 2, result.output
        assert message in result.stderr and len(result.stderr.splitlines()) == 1, result.stderr
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize("sweep, message", [
    ("sweep: {design: grid, vary: {environment.breadht: [1]}}\n", "small.yaml:14: .*did you mean 'environment.breadth'"),
    ("sweep:\n  vary:\n    environment.breadth: [99]\n", "small.yaml:16: .*not between"),
    ("sweep:\n  vary:\n    environment.breadth: {from: 0, too: 1}\n", "small.yaml:16: .*from, to"),
    ("sweep:\n  varry: {}\n", "small.yaml:15: .*did you mean 'vary'"),
    ("sweep:\n  vary: {environment.breadth: [1]}\n  replicates: many\n", "small.yaml:16: .*whole number"),
    ("sweep:\n  points: [{environment.breadth: 1}, {environment.breadth: no}]\n", "environment.breadth: found the text 'no', expected a number"),
    ("", "nothing varies"),
])  # fmt: skip
def test_errors_of_the_file_name_file_and_line(tmp_path, monkeypatch, sweep, message):
    monkeypatch.chdir(tmp_path)
    write_experiment(tmp_path, sweep)
    with pytest.raises(NegotiationSimError, match=message):
        api.sweep("small.yaml", workers=1)


def test_what_the_caller_says_replaces_what_the_file_says(study):
    again = read_study("small.yaml", vary=["environment.breadth=1,2"], changes={"precision": 0.1})
    assert list(again.design) == [(1.0,), (2.0,)]
    assert again.request.precision == 0.1 and again.request.replicates is None
    assert again.request.keep_replicates
    assert read_study("small.yaml", changes={"replicates": 7}).request.replicates == 7


def test_a_dry_run_says_what_it_would_take_and_writes_nothing(study, tmp_path):
    result = call("sweep", "small.yaml", "--dry-run", "--workers", "2")
    assert result.exit_code == 0
    assert "36 points x 3 strategies = 108 rows; 10 replicates" in result.stdout
    assert "with 2 worker(s)" in result.stdout and "of disk" in result.stdout
    assert not (tmp_path / "results").exists()


def test_the_estimate_of_the_disk_is_of_the_right_size(study):
    found = calls.dry_run("small.yaml", out=study.folder.parent.parent)
    run, _ = calls.run_study(study, workers=1)
    size = sum(p.stat().st_size for p in run.folder.rglob("*.parquet"))
    assert 0.5 < found.bytes_at_end / size < 2.0
    assert found.rows == N_ROWS and found.points == N_POINTS


def test_status_tells_a_running_from_a_stopped_and_a_finished_sweep(study, tmp_path):
    seen = []

    def look(done, total):
        found = status(study.folder)
        seen.append((done, total, found.state, found.done))
        if done >= 18:
            assert found.rate > 0 and found.seconds_left > 0
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        calls.run_study(study, workers=1, progress=look)
    assert seen[0] == (0, 36, "running", 0) and seen[-1] == (18, 36, "running", 18)
    found = status(study.folder.name[:6], tmp_path / "results")
    assert (found.state, found.done, found.points, found.seconds_left) == ("stopped", 18, 36, None)
    shown = call("status", study.folder.name[:6])
    assert "stopped" in shown.stdout and "18 of 36" in shown.stdout
    calls.run_study(study, workers=1, resume=True)
    assert status(study.folder).state == "finished"
    assert "36 of 36" in call("status").stdout
    assert call("status", "zzz").exit_code == 2


def test_two_processes_do_not_write_the_same_sweep(study):
    def second(done, total):
        with pytest.raises(StoreError, match="another process is writing"):
            calls.run_study(study, workers=1, resume=True)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        calls.run_study(study, workers=1, progress=second)


# Reading back


def test_it_is_read_as_pandas_as_a_dataset_and_by_duckdb(study):
    import duckdb
    import pyarrow.compute as pc

    run, _ = calls.run_study(study, workers=1)
    table = store.load(run.folder)
    dataset = store.load(run.folder, lazy=True)
    assert dataset.count_rows() == len(table) == N_ROWS
    few = dataset.to_table(columns=["p_success"], filter=pc.field("strategy") == "code@COPUOS")
    assert few.num_rows == N_POINTS
    query = f"""select strategy, avg(p_success) p from '{run.folder}/points/*.parquet' group by 1 order by 1"""
    means = dict(duckdb.sql(query).fetchall())
    expected = table.groupby("strategy", observed=True)["p_success"].mean()
    assert means == pytest.approx(expected.to_dict())
    lazy = store.load(run.folder, lazy=True, table="replicates")
    assert lazy.count_rows() == run.manifest["counts"]["replicate_rows"]


def test_plots_take_the_table_as_it_is(study):
    run, _ = calls.run_study(study, workers=1)
    table = run.load()
    x, y = "environment.verifiable_scope", "venues.adhoc-optin.min_participation"
    one = table[(table["strategy"] == "code@adhoc-optin") & (table["strategies.*.patience"] == 36)]
    figures = [
        plots.heat_map(one, x, y, intervals=True),
        plots.heat_maps(table, x, y, "strategy"),
        plots.lines(table[table[y] == 0.2].drop_duplicates([x, "strategy"]), x),
        plots.difference_map(table, x, y, "code@adhoc-optin", "code@COPUOS"),
    ]
    assert all(figure.axes for figure in figures)


def test_plots_leave_blank_what_failed_or_has_no_probability(study, tmp_path):
    vary = {"actors.USA.salience.form": [0, 1], "actors.USA.salience.scope": [0, 1]}
    table = api.sweep("small.yaml", vary, out=tmp_path, workers=1, replicates=5).load()
    table["linkage"] = np.where(table["actors.USA.salience.form"] > 0, "none", "blocked")
    table.loc[table["strategy"] == "code@COPUOS", "p_success"] = np.nan
    panels = plots.heat_maps(table, "linkage", "actors.USA.salience.scope", "strategy")
    titles = [axes.get_title(loc="left") for axes in panels.axes if axes.get_visible()]
    assert len([title for title in titles if title]) == 2 and "code@COPUOS" not in titles
    one = plots.heat_map(table, "linkage", "actors.USA.salience.scope")
    assert [text.get_text() for text in one.axes[0].get_xticklabels()] == ["blocked", "none"]
    assert len([text for text in one.axes[0].texts if text.get_text()]) == 3


@pytest.mark.parametrize("words", [
    {}, {"precision": 0.1, "max_replicates": 300}, {"design": "latin-hypercube", "size": 5},
])  # fmt: skip
def test_a_sweep_is_reproduced_from_its_manifest(study, tmp_path, words):
    vary = {"environment.breadth": [0, 1] if "design" not in words else {"from": 0, "to": 1}}
    run = api.sweep("small.yaml", vary, out=tmp_path, workers=1, **words)
    found = api.reproduce(run.folder, threads=1)
    assert found.same and not found.versions, found.differences
    (run.folder / "points" / "part-00000.parquet").write_bytes(
        b"x" * run.manifest["parts"][0]["bytes"]
    )
    assert not api.reproduce(run.folder, threads=1).same


MEMORY = """
    import resource, sys
    from negotiation_sim.faces.api import sweep_calls as calls
    from negotiation_sim.runs.sweep import blocks as points, plan
    from negotiation_sim.runs.sweep.reading import read_study

    real = points.Points._point
    canned = []
    def quick(self, point):
        if not canned:
            canned.append(real(self, point))
        return canned[0]
    points.Points._point = quick
    plan.MOST_POINTS_A_BLOCK = 256
    n = int(sys.argv[1])
    study = read_study("small.yaml", vary=[f"environment.breadth=0:2:{n}"], changes={"replicates": 1, "keep_replicates": False})
    run, _ = calls.run_study(study, workers=1)
    print(run.manifest["counts"]["rows"], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.skipif(os.name == "nt", reason="no getrusage")
@pytest.mark.long
def test_memory_stays_flat(study):
    def used(n: int) -> tuple[int, int]:
        command = [sys.executable, "-c", textwrap.dedent(MEMORY), str(n)]
        result = subprocess.run(command, capture_output=True, text=True, check=True)
        rows, kilobytes = map(int, result.stdout.split())
        return rows, kilobytes // 1024

    (few, small), (many, large) = used(33_334), used(333_334)
    assert few == 100_002 and many == 1_000_002
    assert large < small + 60, (small, large)
