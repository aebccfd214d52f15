"""Numbers, sizes, files and surroundings without end: one message with its place, exit code 2."""

from __future__ import annotations

import errno
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from negotiation_sim.catalogue import apply_overrides, check_paths, init_study, load_setting
from negotiation_sim.errors import NegotiationSimError, nearest
from negotiation_sim.faces import api
from negotiation_sim.faces.api import sweep_calls
from negotiation_sim.faces.cli.main import app
from negotiation_sim.faces.report import content, facts
from negotiation_sim.runs import store
from negotiation_sim.studies.history.cases import read_cases
from negotiation_sim.studies.history.parsing import parse_participants
from negotiation_sim.studies.sealing import read_outcomes

LONG = "9" * 41
SECONDS = 20


@pytest.fixture
def patience():
    """Fail a test that hangs, rather than hang with it."""

    def late(*_: object) -> None:
        raise TimeoutError("the call hangs")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(SECONDS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture(scope="module")
def small_run(tmp_path_factory):
    root = tmp_path_factory.mktemp("results")
    return api.run("bellagio", 20, 1, root, beliefs=0, threads=1, figures=False)


def refused(*words: str, says: str = "") -> str:
    """Return the one message of a command that ends with code 2."""
    done = CliRunner().invoke(app, list(words))
    assert done.exit_code == 2, (words, done.exit_code, done.output[-400:])
    said = done.stderr.strip()
    assert said.count("negotiation-sim: ") == 1 and "internal error" not in said
    assert says in said and len(said) < 2500, said
    return said


# Numbers without end


@pytest.mark.parametrize("number", ["1e400", "-1e400", LONG, "1e300", "9" * 5000, "1" + "0" * 16])
@pytest.mark.parametrize("form", ["{}", "0.1,{}", "0:{}:3", "0:1:{}"])
def test_a_number_without_end_is_refused_in_vary(number, form):
    vary = f"environment.pace={form.format(number)}"
    assert "environment.pace" in refused("sweep", "bellagio", "--vary", vary, "--dry-run")


@pytest.mark.parametrize("number", ["1e400", LONG, "1e300", 1e300, float("inf"), 10**400])
def test_a_number_without_end_is_refused_as_an_override(number):
    with pytest.raises(NegotiationSimError, match="environment.pace"):
        load_setting("bellagio", overrides={"environment.pace": number})


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("strategies.*.patience", 1e300), ("strategies.*.start", "1e300"),
        ("venues.CD.decision.quota", f"{LONG[:38]}/{LONG[:38]}"), ("actors.USA.salience.form", 1e300),
        ("venues.CD.decision.weights.USA", 10**38),
    ],
)  # fmt: skip
def test_a_field_without_bounds_has_an_end_all_the_same(path, value):
    with pytest.raises(NegotiationSimError):
        apply_overrides(load_setting("bellagio"), {path: value})


@pytest.mark.parametrize("line", [
    "patience: 1e300", "start: 1e300", f"patience: {LONG}", "patience: 1e400", "weight: 1e300",
])  # fmt: skip
def test_a_file_s_number_without_end_is_told_with_its_line(line, tmp_path):
    init_study(tmp_path / "s")
    file = tmp_path / "s" / "study.yaml"
    old = "    underway: {mandate: true, rounds: 10}\n"
    assert old in file.read_text("utf-8")
    file.write_text(file.read_text("utf-8").replace(old, f"{old}    {line}\n"), "utf-8")
    (error,) = check_paths([tmp_path / "s"])
    assert error.line and "strategies" in str(error)


@pytest.mark.parametrize("field", ["quota: [{0}, {0}]", "weights: {{USA: {0}}}"])
@pytest.mark.parametrize("number", ["1000001", "1" + "0" * 38])
def test_votes_and_quotas_have_an_end(field, number, tmp_path):
    init_study(tmp_path / "s")
    file = tmp_path / "s" / "study.yaml"
    rule = f"venues:\n  CD:\n    decision: {{rule: qualified_majority, {field.format(number)}}}\n"
    file.write_text(file.read_text("utf-8").replace("venues:\n  CD:\n", rule), "utf-8")
    assert [e for e in check_paths([file]) if "decision" in e.field and e.line]


def test_the_most_votes_and_the_widest_quota_are_taken_and_counted(tmp_path):
    init_study(tmp_path / "s")
    file = tmp_path / "s" / "study.yaml"
    rule = "rule: qualified_majority, quota: [999999, 1000000], weights: {USA: 1000000}"
    text = file.read_text("utf-8").replace(
        "venues:\n  CD:\n", f"venues:\n  CD:\n    decision: {{{rule}}}\n"
    )
    file.write_text(text, "utf-8")
    assert check_paths([file]) == []
    run = api.run(file, 20, 1, tmp_path / "out", beliefs=0, threads=1, figures=False)
    assert run.manifest["counts"]["errors"] == 0


@pytest.mark.parametrize("digits", [5, 40, 41, 400, 5000])
def test_participants_of_any_length_are_a_number_of_states(digits):
    assert parse_participants("9" * digits) == 10_000
    assert parse_participants(f"{'9' * digits}-{'9' * digits}") == 10_000


@pytest.mark.parametrize("cell", [LONG, "1e400", "1e300"])
def test_a_number_without_end_is_refused_in_points(cell, tmp_path):
    file = tmp_path / "points.csv"
    file.write_text(f"environment.pace\n0.1\n{cell}\n", "utf-8")
    said = refused("sweep", "bellagio", "--points", str(file), "--dry-run", says="points.csv:3")
    assert "environment.pace" in said


def test_a_number_without_end_is_refused_in_terms(tmp_path):
    file = tmp_path / "terms.yaml"
    file.write_text(f"cost:\n  actors.*: {LONG}\n", "utf-8")
    words = ("levers", "bellagio", "--strategy", "code@COPUOS", "--target", "0.5")
    refused(*words, "--terms", str(file), says="terms.yaml:2")
    refused(*words, "--cost", f"actors.*={LONG}")


# Sizes without limit


@pytest.mark.parametrize(
    "words",
    [
        ("sweep", "bellagio", "--vary", "environment.pace=0.1:0.2:100000000"),
        ("sweep", "bellagio", "--vary", "environment.pace=0.1:0.2:1000001"),
        ("sweep", "bellagio", "--vary", "environment.pace=0.1:0.2", "--design", "sobol",
         "--size", str(2**28)),
        ("sweep", "bellagio", "--vary", "environment.pace=0.1:0.2", "--design", "morris",
         "--size", str(10**9)),
        ("sweep", "bellagio", "--vary", "environment.pace=0.1:0.2", "--design", "latin-hypercube",
         "--size", str(10**10)),
        ("sweep", "bellagio", "--vary", "environment.pace=0.1,0.2", "--replicates", str(10**12)),
        ("run", "bellagio", "--replicates", str(10**12)),
        ("run", "bellagio", "--precision", "0.01", "--max-replicates", str(10**12)),
        ("run", "bellagio", "--beliefs", str(10**12)),
        ("causes", "bellagio", "--replicates", str(10**12)),
        ("levers", "bellagio", "--strategy", "code@COPUOS", "--target", "0.5", "--replicates",
         str(10**12)),
        ("sensitivity", "bellagio", "--strategy", "code@COPUOS", "--size", str(10**12)),
        ("sensitivity", "bellagio", "--strategy", "code@COPUOS", "--replicates", str(10**12)),
    ],
)  # fmt: skip
def test_a_size_without_limit_is_refused_before_anything_is_made(words, patience, small_run):
    more = ("--out", str(small_run.folder.parents[1]))
    begun = time.process_time()
    refused(*words, *more)
    assert time.process_time() - begun < 10.0


def test_the_largest_number_of_steps_is_counted_not_refused():
    study = sweep_calls.read(
        "bellagio", ["environment.pace=0.1:0.2:1000000"], 1, "results", None, {}
    )
    assert len(study.design) == 1_000_000


# Pipes, devices, long lists


@pytest.fixture
def pipe(tmp_path):
    path = tmp_path / "pipe.csv"
    os.mkfifo(path)
    return path


@pytest.mark.parametrize("device", ["pipe", "/dev/zero", "/dev/full"])
def test_a_pipe_or_a_device_is_refused_as_a_table(device, pipe, patience):
    file = str(pipe) if device == "pipe" else device
    for words in (
        ("backtest", "cases", file), ("backtest", "outcomes", file), ("calibrate", file), ("sweep", "bellagio", "--points", file),
        ("levers", "bellagio", "--strategy", "code@COPUOS", "--target", "0.5", "--terms", file),
    ):  # fmt: skip
        refused(*words)
    for words in (
        ("check", file), ("migrate", file), ("ledger", "verify", "--ledger", file), ("ledger", "show", "--ledger", file),
        ("import", file, "--out", str(pipe.parent / "study")),
    ):  # fmt: skip
        refused(*words)
    with pytest.raises(NegotiationSimError, match="a pipe or a device, not a file"):
        read_outcomes(file)


@pytest.mark.parametrize("name", ["study.yaml", "sources.yaml", "actors/USA.yaml"])
def test_a_pipe_in_a_study_hangs_nothing(name, tmp_path, patience, monkeypatch):
    monkeypatch.chdir(tmp_path)
    study = tmp_path / "s"
    init_study(study)
    (study / "actors").mkdir(exist_ok=True)
    (study / name).unlink(missing_ok=True)
    os.mkfifo(study / name)
    refused("check", str(study))
    refused("migrate", str(study))
    refused("run", str(study))


@pytest.mark.parametrize("name", ["lock", "parts.jsonl", "header.json", "manifest.json"])
def test_a_pipe_in_a_run_folder_hangs_nothing(name, small_run, tmp_path, patience):
    folder = tmp_path / small_run.experiment / small_run.id
    work = folder.with_name(f"{small_run.id}.unfinished")
    shutil.copytree(small_run.folder, folder if name == "manifest.json" else work)
    inside = (folder if name == "manifest.json" else work) / name
    if name != "manifest.json":
        (work / "header.json").write_bytes((work / "manifest.json").read_bytes())
    inside.unlink(missing_ok=True)
    os.mkfifo(inside)
    run = ["run", "bellagio", "--replicates", "20", "--beliefs", "0", "--no-figures"]
    for words in (run, ["status"], ["report", str(folder)]):
        done = CliRunner().invoke(
            app, [*words, *([] if words[0] == "report" else ["--out", str(tmp_path)])]
        )
        assert done.exit_code in (0, 2) and "internal error" not in done.output


def test_a_log_that_is_a_pipe_hangs_nothing(small_run, tmp_path, patience):
    folder = tmp_path / "r" / small_run.id
    shutil.copytree(small_run.folder, folder)
    (folder / "log.json").unlink()
    os.mkfifo(folder / "log.json")
    with pytest.raises(NegotiationSimError, match=r"log\.json: not a plain file"):
        assert store.open_run(folder).log


def many_wrong(where: str, text: str) -> str:
    """Return the starter study with very many wrong names at a place."""
    names = [f"Q{k:x}" for k in range(100_000)]
    cast = text[text.index("cast: [") : text.index("]\n", text.index("cast: [")) + 1]
    if where == "keys":
        return text + "".join(f"unknown_{k}: 1\n" for k in range(20_000))
    if where == "cast":
        return text.replace(cast, f"cast: [{','.join(names)}]")
    if where == "weights":
        rule = f"rule: qualified_majority, quota: [2, 3], weights: {{{','.join(f'{n}: 1' for n in names[:20_000])}}}"
        return text.replace("venues:\n  CD:\n", f"venues:\n  CD:\n    decision: {{{rule}}}\n")
    paths = "".join(f"    {name}: [1, 2]\n" for name in names[:5_000])
    return text + f"sweep:\n  design: {where}\n  vary:\n{paths}"


@pytest.mark.parametrize(
    ("where", "number", "says"),
    [
        ("keys", 1001, "more is wrong; the first 1,000 are told"),
        ("cast", 1001, "more is wrong; the first 1,000 are told"),
        ("weights", 1001, "more is wrong; the first 1,000 are told"),
        ("grid", 1, "more than 1,000,000,000,000,000,000 points are too many"),
        ("one-at-a-time", 1, "10,001 points of 5,000 paths; at most 50,000,000 values"),
    ],
)  # fmt: skip
def test_check_does_not_slow_down_with_the_errors_it_finds(where, number, says, tmp_path):
    file = tmp_path / "s" / "study.yaml"
    init_study(file.parent)
    file.write_text(many_wrong(where, file.read_text("utf-8")), "utf-8")
    begun = time.process_time()
    found = api.check(file)
    assert time.process_time() - begun < 8.0
    assert len(found) == number and all(error.line for error in found)
    assert says in str(found[-1])


def test_the_nearest_of_very_many_names_is_found_at_once():
    names = [f"name{k:07}" for k in range(200_000)]
    begun = time.process_time()
    assert nearest("name01000000", names) == "; did you mean 'name0100000'?"
    assert nearest("x" * 1_000_000, names).startswith("; allowed: name0000000, ")
    assert time.process_time() - begun < 4.0


def test_a_strategy_of_too_many_tracks_is_refused(tmp_path, patience):
    init_study(tmp_path / "s")
    file = tmp_path / "s" / "study.yaml"
    long = "+".join(["code@COPUOS"] * 100_000)
    file.write_text(
        file.read_text("utf-8").replace("  - ban-treaty@CD\n", f"  - {long}\n"), "utf-8"
    )
    refused("run", str(file), says="at most 50 tracks")


@pytest.mark.parametrize(
    "command", ["run", "check", "report", "compare", "sweep", "trace", "migrate"]
)
def test_a_name_too_long_for_the_file_system_is_one_message(command):
    more = ("--strategy", "x") if command == "trace" else ()
    refused(command, "x" * 5000, *more)
    refused(command, "x/" * 3000 + "y.yaml", *more)


@pytest.fixture
def shut(tmp_path, monkeypatch):
    """A folder that may not be entered; for root, who may enter all, the system is made to say so."""
    folder = tmp_path / "shut"
    folder.mkdir()
    if os.geteuid() != 0:
        folder.chmod(0)
        yield folder
        folder.chmod(0o700)
        return

    def guarded(real, itself: bool):
        def called(path, *more, **options):
            if not isinstance(path, int):
                place = Path(os.fspath(path))
                if folder in place.parents or (itself and place == folder):
                    raise PermissionError(errno.EACCES, "Permission denied", str(path))
            return real(path, *more, **options)

        return called

    for name in ("stat", "lstat", "mkdir", "open"):
        monkeypatch.setattr(os, name, guarded(getattr(os, name), itself=False))
    for name in ("listdir", "scandir"):
        monkeypatch.setattr(os, name, guarded(getattr(os, name), itself=True))
    monkeypatch.setattr(io, "open", guarded(io.open, itself=False))
    yield folder


def test_a_folder_without_permission_is_one_message(shut):
    for words in (("check", str(shut)), ("run", str(shut)), ("init", str(shut / "x"))):
        refused(*words)


# Damaged run folders


WRONG = {
    "parts": 3, "tables": ["x"], "versions": [], "inputs": [1], "counts": None, "kind": "other",
    "experiment": {"a": 1}, "id": 7,
}  # fmt: skip


@pytest.mark.parametrize("key", WRONG)
def test_a_manifest_of_the_wrong_shape_breaks_no_other_run(key, small_run, tmp_path):
    root = tmp_path / "results"
    shutil.copytree(small_run.folder.parents[1], root)
    bad = root / small_run.folder.parent.name / "0123456789ab"
    shutil.copytree(small_run.folder, bad)
    manifest = json.loads((bad / "manifest.json").read_text("utf-8")) | {key: WRONG[key]}
    (bad / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    with pytest.raises(NegotiationSimError, match="manifest.json"):
        store.open_run(bad)
    refused("report", str(bad), says="manifest.json")
    assert store.find_run(small_run.folder.parent.name, root).id == small_run.id
    for command in ("compare", "status"):
        words = [command, small_run.folder.parent.name] if command == "compare" else [command]
        done = CliRunner().invoke(app, [*words, "--out", str(root)])
        assert done.exit_code == 0, done.output


@pytest.mark.parametrize(
    "words", [("report",), ("causes",), ("sensitivity",), ("reproduce",), ("archive",),
              ("levers", "--strategy", "ban-executive@adhoc-optin", "--target", "0.5")]
)  # fmt: skip
def test_a_setting_that_contradicts_itself_is_told_with_its_run(words, small_run, tmp_path):
    """Whole by its checksums, of an id that fits, and no world can be made of it."""
    manifest = json.loads((small_run.folder / "manifest.json").read_text("utf-8"))
    manifest["inputs"]["setting"]["issues"] = ["scope"]
    manifest["id"] = store.run_id(manifest["inputs"], manifest["versions"]["negotiation-sim"])
    bad = tmp_path / "r" / manifest["id"]
    shutil.copytree(small_run.folder, bad)
    (bad / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    said = refused(words[0], str(bad), *words[1:])
    assert f"{bad}: damaged, its setting cannot be run" in said and "binding" in said


def test_a_part_outside_the_run_folder_is_not_read(small_run, tmp_path):
    bad = tmp_path / "r" / small_run.id
    shutil.copytree(small_run.folder, bad)
    manifest = json.loads((bad / "manifest.json").read_text("utf-8"))
    manifest["parts"][0]["file"] = "../../secret"
    (bad / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    with pytest.raises(NegotiationSimError, match="parts not as we write it"):
        store.open_run(bad)


def test_inputs_that_json_does_not_know_are_told(small_run, tmp_path):
    bad = tmp_path / "r" / small_run.id
    shutil.copytree(small_run.folder, bad)
    manifest = json.loads((bad / "manifest.json").read_text("utf-8"))
    manifest["inputs"]["seed"] = float("nan")
    (bad / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    with pytest.raises(NegotiationSimError, match="altered"):
        store.open_run(bad)


@pytest.mark.parametrize("ending", ["", ".unfinished"])
def test_a_link_in_the_place_of_a_run_is_not_followed(ending, tmp_path):
    planned = api.run("bellagio", 20, 1, tmp_path / "one", beliefs=0, threads=1, figures=False)
    place = tmp_path / "two" / planned.folder.parent.name
    place.mkdir(parents=True)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    link = place / f"{planned.id}{ending}"
    link.symlink_to(elsewhere)
    with pytest.raises(NegotiationSimError, match="a link to somewhere else"):
        api.run("bellagio", 20, 1, tmp_path / "two", beliefs=0, threads=1, figures=False)
    assert list(elsewhere.iterdir()) == [] and link.is_symlink()


def test_a_full_disk_leaves_no_empty_folder(tmp_path, monkeypatch):
    def full(*_: object) -> None:
        raise NegotiationSimError("No space left on device")

    monkeypatch.setattr("negotiation_sim.runs.store.writer.write_atomic", full)
    with pytest.raises(NegotiationSimError, match="No space left"):
        api.run("bellagio", 20, 1, tmp_path / "out", beliefs=0, threads=1, figures=False)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "words",
    [
        ("init", "new/study"), ("cast", "--members", "USA,CHN", "--year", "2008", "--out", "new"),
        ("trace", "bellagio", "--strategy", "ppwt@CD", "--plot", "path.png"),
        ("trace", "bellagio", "--strategy", "ppwt@CD", "--html", "path.html"),
        ("import", "../table.csv", "--out", "new"),
    ],
)  # fmt: skip
def test_a_full_disk_leaves_neither_a_file_nor_a_folder(words, tmp_path, monkeypatch):
    (tmp_path / "table.csv").write_text(
        "actor,position [0-1],salience,influence\nA,0,50,1\nB,1,60,2\n", "utf-8"
    )
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    real = io.open

    def full(file, mode="r", *more, **options):
        if set(mode) & set("wax"):
            real(file, mode, *more, **options).close()
            raise OSError(errno.ENOSPC, "No space left on device", str(file))
        return real(file, mode, *more, **options)

    monkeypatch.setattr(io, "open", full)
    refused(*words, says="No space left on device")
    assert not list(Path.cwd().iterdir())


def test_terms_are_refused_before_a_run_is_made(tmp_path):
    file = tmp_path / "terms.yaml"
    file.write_text("cost:\n  no.such.lever: 3\n", "utf-8")
    out = tmp_path / "out"
    refused(
        "levers", "bellagio", "--strategy", "code@COPUOS", "--target", "0.5", "--terms", str(file),
        "--out", str(out),
    )  # fmt: skip
    assert not out.exists()


# Streams


def command(*words: str, shell: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a process of its own; ``shell`` says where its output goes."""
    line = [sys.executable, "-m", "negotiation_sim", *words]
    script = ["sh", "-c", f'exec "$@" {shell}', "sh", *line]
    return subprocess.run(
        script, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("shell", "environment", "code"),
    [
        ("", {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}, 0),
        (">&-", {}, 0), ("2>&-", {}, 0), (">&- 2>&-", {}, 0), (">/dev/full", {}, 2),
        ("", {"PYTHONIOENCODING": "utf-16"}, 0),
    ],
)  # fmt: skip
def test_output_goes_anywhere_or_ends_with_one_message(shell, environment, code):
    done = command("catalogue", "venues", shell=shell, **environment)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr and "Exception ignored" not in done.stderr
    assert "internal error" not in done.stderr


# Which run, and how it is made again


def test_a_study_s_file_or_folder_names_its_run_as_it_is_now(tmp_path, monkeypatch):
    init_study(tmp_path / "one")
    init_study(tmp_path / "two")
    ids = [
        yaml.safe_load((tmp_path / n / "study.yaml").read_text("utf-8"))["id"]
        for n in ("one", "two")
    ]
    assert ids == ["one", "two"]
    monkeypatch.chdir(tmp_path)
    run = api.run("one", 20, 1, beliefs=0, threads=1, figures=False)
    assert run.folder.parent.name == "one"
    for said in ("one", "one/study.yaml", run.id[:5]):
        done = CliRunner().invoke(app, ["causes", said, "--replicates", "20"])
        assert done.exit_code == 0 and f"Run: {run.folder} (seed 1, 20 repl" in done.stderr
    refused("report", "two", says="first: negotiation-sim run two")
    refused("compare", "two/study.yaml", says="first: negotiation-sim run two/study.yaml")


def test_the_report_says_only_commands_that_make_the_run_again(tmp_path, monkeypatch, small_run):
    monkeypatch.chdir(tmp_path)
    init_study(tmp_path / "own")
    run = api.run("own", 20, 1, beliefs=0, threads=1, figures=False)
    said = content.of(facts.read(run.folder), [], [])["commands"]
    assert said["run"] == "" and said["reproduce"] == f"negotiation-sim reproduce {run.id}"
    known = content.of(facts.read(small_run.folder), [], [])["commands"]
    assert known["run"] == "negotiation-sim run bellagio --seed 1 --replicates 20 --beliefs 0"


def test_a_table_of_cases_that_is_a_folder_is_one_message(tmp_path):
    with pytest.raises(NegotiationSimError, match="a folder, not a file"):
        read_cases(tmp_path)
    assert Path(tmp_path).is_dir()
