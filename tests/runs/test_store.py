"""Run folders: whole or not there, the same bytes for the same rows, damage noticed and named."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from helpers import run_samples
from helpers.run_samples import SCHEMA, header, rows
from negotiation_sim.errors import StoreError
from negotiation_sim.runs import store
from negotiation_sim.runs.store import replicate_columns as columns
from negotiation_sim.runs.store import writer


def write(folder: Path, *, chunks=(700, 1, 299), seed=1, **options) -> Path:
    """Write a finished run of sum(chunks) rows."""
    with store.RunWriter(folder, header(seed), SCHEMA, **options) as run:
        first = 0
        for n in chunks:
            run.append(rows(n, first))
            first += n
        return run.finish({"replicates": first}, {"summary.csv": b"a,b\n1,\n"}, {"seconds": 1})


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture
def small_parts(monkeypatch):
    monkeypatch.setattr(writer, "ROWS_PER_PART", 400)


def test_what_is_written_is_read_back(tmp_path, small_parts):
    folder = write(tmp_path / "sample" / "x")
    frame = store.load(folder)
    expected = rows(1000)
    assert list(frame.columns) == SCHEMA.names
    for name in expected:
        left, right = frame[name].astype(object), expected[name].astype(object)
        assert ((left == right) | (left.isna() & right.isna())).all(), name
    assert frame["adoption_month"].dtype == pd.Int16Dtype()
    assert isinstance(frame["cause"].dtype, pd.CategoricalDtype)
    assert len(store.open_run(folder).manifest["parts"]) == 3


def test_the_cut_into_chunks_leaves_no_trace(tmp_path, small_parts):
    one = contents(write(tmp_path / "one", chunks=(1000,)))
    many = contents(write(tmp_path / "many", chunks=(3, 500, 497)))
    assert one == many
    assert sorted(one) == [
        "log.json", "manifest.json", "replicates/part-00000.parquet",
        "replicates/part-00001.parquet", "replicates/part-00002.parquet", "summary.csv",
    ]  # fmt: skip


def test_lazy_reading_gives_a_dataset_and_duckdb_reads_the_folder(tmp_path, small_parts):
    import duckdb

    folder = write(tmp_path / "x")
    dataset = store.load(folder, lazy=True)
    assert dataset.count_rows(filter=pa.compute.field("cause") == "ratification") == 334
    query = f"select cause, count(*) from '{folder}/replicates/*.parquet' group by 1 order by 1"
    assert duckdb.sql(query).fetchall() == [("mandate", 666), ("ratification", 334)]


def test_an_empty_run_has_one_empty_part(tmp_path):
    folder = write(tmp_path / "x", chunks=())
    assert len(store.load(folder)) == 0


def test_categories_of_the_frame_do_not_change_the_bytes():
    plain = rows(50)
    coded = plain.assign(
        cause=pd.Categorical(plain["cause"], categories=["z", "ratification", "mandate"])
    )
    tables = [columns.to_table(frame, SCHEMA) for frame in (plain, coded)]
    assert writer.encode_part(tables[0]) == writer.encode_part(tables[1])


@pytest.mark.parametrize("change", ["missing", "unknown", "type"])
def test_a_table_that_does_not_fit_is_refused(change):
    frame = rows(5)
    if change == "missing":
        frame = frame.drop(columns="cause")
    elif change == "unknown":
        frame["colour"] = 1
    else:
        frame["rounds"] = "many"
    with pytest.raises(StoreError, match=r"cause|colour|many"):
        columns.to_table(frame, SCHEMA)


def test_run_id_depends_on_inputs_and_version_and_on_nothing_else():
    inputs = {"seed": 1, "setting": {"b": 1.5, "a": "x"}}
    same = {"setting": {"a": "x", "b": 1.5}, "seed": 1}
    assert store.run_id(inputs) == store.run_id(same)
    assert store.run_id(inputs) != store.run_id({**inputs, "seed": 2})
    assert store.run_id(inputs, "1") != store.run_id(inputs, "2")
    assert len(store.run_id(inputs)) == 12


@pytest.mark.parametrize(
    "victim", ["replicates/part-00001.parquet", "summary.csv", "manifest.json"]
)
@pytest.mark.parametrize("harm", ["cut", "flipped", "removed"])
def test_damage_is_noticed_and_named(tmp_path, small_parts, victim, harm):
    folder = write(tmp_path / "x")
    path = folder / victim
    data = bytearray(path.read_bytes())
    if harm == "removed":
        path.unlink()
    elif harm == "cut":
        path.write_bytes(data[: len(data) // 2])
    else:
        place = data.index(b"10") if victim == "manifest.json" else len(data) // 2
        data[place] ^= 0x01
        path.write_bytes(data)
    with pytest.raises(StoreError, match=Path(victim).name):
        store.load(folder)
        assert len(store.open_run(folder).summary) == 0


def test_a_foreign_folder_is_left_alone(tmp_path):
    folder = tmp_path / "x"
    folder.mkdir()
    (folder / "letters.txt").write_text("dear")
    for replace in (False, True):
        with pytest.raises(StoreError, match="not a run folder"):
            write(folder, replace=replace)
    with pytest.raises(StoreError, match="not a run folder"):
        store.open_run(folder)
    (folder / "manifest.json").write_text('{"name": "a web app"}')
    with pytest.raises(StoreError, match="not a run folder"):
        write(folder, replace=True)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["x"]
    assert sorted(p.name for p in folder.iterdir()) == ["letters.txt", "manifest.json"]


def test_a_file_in_the_way_is_one_message(tmp_path):
    (tmp_path / "results").write_text("")
    with pytest.raises(StoreError, match="results"):
        write(tmp_path / "results" / "sample" / "x")
    (tmp_path / "x").write_text("")
    with pytest.raises(StoreError, match="not a folder"):
        write(tmp_path / "x")


def test_a_finished_run_is_replaced_only_when_asked_and_only_when_done(tmp_path):
    folder = write(tmp_path / "x", chunks=(10,))
    before = contents(folder)
    with pytest.raises(StoreError, match="finished already"):
        write(folder, chunks=(20,))
    with pytest.raises(KeyboardInterrupt):
        with store.RunWriter(folder, header(), SCHEMA, replace=True) as run:
            run.append(rows(20))
            raise KeyboardInterrupt
    assert contents(folder) == before
    write(folder, chunks=(20,), replace=True)
    assert len(store.load(folder)) == 20
    assert [p.name for p in tmp_path.iterdir()] == ["x"]


def test_an_interrupted_run_leaves_nothing(tmp_path, small_parts):
    folder = tmp_path / "sample" / "x"
    with pytest.raises(KeyboardInterrupt), store.RunWriter(folder, header(), SCHEMA) as run:
        run.append(rows(900))
        assert (run.work / "replicates" / "part-00001.parquet").exists()
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_two_writers_of_one_run_do_not_meet(tmp_path):
    with store.RunWriter(tmp_path / "x", header(), SCHEMA):
        with pytest.raises(StoreError, match="another process"):
            write(tmp_path / "x")


def test_a_run_resumes_where_it_stopped_and_recomputes_what_is_damaged(tmp_path):
    undisturbed = tmp_path / "one"
    with store.RunWriter(undisturbed, header(), SCHEMA) as run:
        for index in range(4):
            run.write_part(index, rows(50, 50 * index))
        run.finish({}, {}, {})
    folder = tmp_path / "two"
    with pytest.raises(RuntimeError):
        with store.RunWriter(folder, header(), SCHEMA, resume=True) as run:
            for index in (2, 0, 3):
                run.write_part(index, rows(50, 50 * index))
            raise RuntimeError
    with pytest.raises(StoreError, match="unfinished"):
        store.load(folder)
    work = folder.with_name("two.unfinished")
    head, parts = store.read_unfinished(folder)
    assert head["id"] == header()["id"] and sorted(parts) == [0, 2, 3]
    (work / "replicates" / "part-00002.parquet").write_bytes(b"PAR1")
    (work / "replicates" / "part-00009.parquet").write_bytes(b"PAR1")
    with (work / "parts.jsonl").open("ab") as journal:
        journal.write(b'{"part": 1, "ro')
    with store.RunWriter(folder, header(), SCHEMA, resume=True) as run:
        assert sorted(run.parts) == [0, 3]
        assert len(run.damaged) == 1 and "part-00002" in run.damaged[0]
        for index in (1, 2):
            run.write_part(index, rows(50, 50 * index))
        run.finish({}, {}, {})
    assert contents(folder) == contents(undisturbed)


def test_resume_refuses_the_parts_of_another_run(tmp_path):
    with pytest.raises(RuntimeError):
        with store.RunWriter(tmp_path / "x", header(1), SCHEMA, resume=True):
            raise RuntimeError
    with pytest.raises(StoreError, match="another run"):
        with store.RunWriter(tmp_path / "x", header(2), SCHEMA, resume=True):
            pass


PATHS = os.pathsep.join(map(str, Path(run_samples.__file__).parents[1:3]))  # helpers, package
SCRIPT = """
    import sys, time
    from pathlib import Path
    from helpers.run_samples import SCHEMA, header, rows
    from negotiation_sim.runs import store
    with store.RunWriter(Path(sys.argv[1]), header(), SCHEMA, resume="resume" in sys.argv) as run:
        for index in range(12):
            if index not in run.parts:
                run.write_part(index, rows(200, 200 * index))
            print(index, flush=True)
        run.finish({}, {"summary.csv": b"x"}, {})
"""


def start(folder: Path, *words: str) -> subprocess.Popen:
    """Start the script; its first line comes after the first part."""
    environment = {**os.environ, "PYTHONPATH": PATHS}
    command = [sys.executable, "-c", textwrap.dedent(SCRIPT), str(folder), *words]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)


def finish(process: subprocess.Popen) -> None:
    with process:
        process.communicate()
    assert process.returncode == 0


def kill(process: subprocess.Popen, after: float) -> None:
    """Kill without warning, some seconds after the first part."""
    with process:
        process.stdout.readline()
        time.sleep(after)
        process.send_signal(signal.SIGKILL)


@pytest.mark.long
def test_killed_at_any_moment_it_resumes_to_the_same_bytes(tmp_path):
    finish(start(tmp_path / "whole"))
    folder, chance = tmp_path / "killed", random.Random(5)
    for _ in range(6):
        kill(start(folder, "resume"), chance.uniform(0.0, 0.02))
        assert folder.exists() or (tmp_path / "killed.unfinished").exists()
        if folder.exists():
            break
        with pytest.raises(StoreError, match="unfinished"):
            store.open_run(folder)
    if not folder.exists():
        finish(start(folder, "resume"))
    assert contents(folder) == contents(tmp_path / "whole")


@pytest.mark.long
def test_killed_without_resume_the_next_run_starts_afresh(tmp_path):
    kill(start(tmp_path / "x"), 0.0)
    assert not (tmp_path / "x").exists()
    finish(start(tmp_path / "x"))
    assert len(store.load(tmp_path / "x")) == 2400


def test_a_full_disk_is_one_message_and_leaves_no_part(tmp_path):
    code = """
        import resource, sys
        from pathlib import Path
        from helpers.run_samples import SCHEMA, header, rows
        from negotiation_sim.runs import store
        from negotiation_sim.errors import StoreError
        resource.setrlimit(resource.RLIMIT_FSIZE, (8000, 8000))
        try:
            with store.RunWriter(Path(sys.argv[1]), header(), SCHEMA) as run:
                run.write_part(0, rows(100000))
        except StoreError as error:
            print(error)
    """
    environment = {**os.environ, "PYTHONPATH": PATHS}
    command = [sys.executable, "-c", textwrap.dedent(code), str(tmp_path / "x")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert "part-00000.parquet" in done.stdout and "large" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_runs_are_found_by_folder_by_name_and_by_the_first_digits(tmp_path):
    folders = []
    for seed in (1, 2):
        name = header(seed)["id"]
        folders.append(write(tmp_path / "sample" / name, chunks=(5,), seed=seed))
    wanted = folders[0]
    for reference in (wanted, wanted / "manifest.json", f"sample/{wanted.name}", wanted.name[:8]):
        assert store.find_run(reference, tmp_path).folder == wanted
    with pytest.raises(StoreError, match="no such run"):
        store.find_run("nothing", tmp_path)
    with pytest.raises(StoreError, match="no run named"):
        store.find_run("", tmp_path)
    with pytest.raises(StoreError, match="not a run folder"):
        store.find_run(".", tmp_path)
    assert {run.folder for run in store.latest_runs(tmp_path)} == set(folders)


def test_an_experiment_names_its_latest_run_of_the_kind(tmp_path):
    folders = []
    for seed in (1, 2, 3):
        folders.append(write(tmp_path / "sample" / header(seed)["id"], chunks=(5,), seed=seed))
        os.utime(folders[-1] / "manifest.json", (seed, seed))
    for reference in ("sample", tmp_path / "sample"):
        assert store.find_run(reference, tmp_path).folder == folders[-1]
    manifest = json.loads((folders[-1] / "manifest.json").read_text())
    (folders[-1] / "manifest.json").write_text(json.dumps(manifest | {"kind": "sweep"}))
    assert store.find_run("sample", tmp_path).folder == folders[-1]
    assert store.find_run("sample", tmp_path, kind="run").folder == folders[1]
    with pytest.raises(StoreError, match="a sweep, not a run"):
        store.find_run(folders[-1], tmp_path, kind="run")
    (folders[1] / "manifest.json").write_text("{")  # damaged: passed over
    assert store.find_run("sample", tmp_path, kind="run").folder == folders[0]


def test_a_manifest_changed_by_hand_is_refused(tmp_path):
    folder = write(tmp_path / "x", chunks=(5,))
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["inputs"]["seed"] = 99
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(StoreError, match="altered"):
        store.open_run(folder)


def test_memory_does_not_grow_with_the_rows(tmp_path, small_parts):
    """The writer holds at most one part's worth of rows between two appends."""
    with store.RunWriter(tmp_path / "x", header(), SCHEMA) as run:
        held = []
        for index in range(40):
            run.append(rows(150, 150 * index))
            held.append(sum(len(table) for table in run._rows))
        assert max(held) < 400
        run.finish({}, {}, {})
    assert np.array_equal(store.load(tmp_path / "x")["chance"], np.arange(6000))


@pytest.mark.skipif(sys.platform != "linux", reason="counts threads in /proc")
def test_parquet_in_memory_is_read_in_this_thread(tmp_path):
    """Arrow's threads, holding Python's memory, abort a process that ends just then."""
    folder = write(tmp_path / "x", chunks=(5,))
    code = """
        import os, sys
        from pathlib import Path
        from negotiation_sim.runs.store.point_columns import decode
        data = next(Path(sys.argv[1]).glob("replicates/*.parquet")).read_bytes()
        before = len(os.listdir("/proc/self/task"))
        assert len(decode(data)) == 5
        print(len(os.listdir("/proc/self/task")) - before)
    """
    command = [sys.executable, "-c", textwrap.dedent(code), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "0\n"
