"""The command line: one message and the right exit code, never a traceback; twice the same."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

import negotiation_sim
from negotiation_sim import api
from negotiation_sim.errors import NegotiationSimError, StoreError, UsageError
from negotiation_sim.faces.cli.main import app
from negotiation_sim.runs import store
from negotiation_sim.runs.store import run_id

SMALL = """\
id: small
name: Three states
start: 2009-01
horizon_years: 8
issues: [form, scope]
success:
  deadline_years: 5
  success_share: {value: 0.2, basis: assumed, note: a fifth}
cast: [CHN, RUS, USA]
strategies:
  - ban-treaty@CD
  - code@adhoc-optin
  - ban-treaty@CD>adhoc-optin
  - pledges@adhoc-optin
  - ban-treaty@adhoc-optin+pledges+code@COPUOS
"""


@pytest.fixture
def study(tmp_path, monkeypatch) -> Path:
    """A small experiment in a folder of its own, which is the working folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small.yaml").write_text(SMALL)
    return tmp_path / "small.yaml"


def call(*words: object):
    """Call the command; figures are drawn only where a test asks for them."""
    if words[0] == "run" and "--figures" not in words:
        words = (*words, "--no-figures")
    return CliRunner().invoke(app, [str(word) for word in words])


def ends(result, code: int, *patterns: str) -> None:
    """Hold a result to its exit code, one line on stderr, and words in it."""
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    said = [line for line in result.stderr.splitlines() if "compiling" not in line]
    assert len(said) == 1, result.stderr
    for pattern in patterns:
        assert re.search(pattern, said[0]), said[0]


def run_folder(result) -> Path:
    return Path(re.search(r"Run folder: (.*)", result.stdout)[1])


def files(folder: Path) -> dict[str, bytes]:
    """Return every file of a run but the log, which holds the times."""
    found = {str(p.relative_to(folder)): p for p in folder.rglob("*") if p.is_file()}
    return {name: path.read_bytes() for name, path in found.items() if name != "log.json"}


# What a run prints and writes


def test_run_prints_a_row_per_strategy_and_the_folder(study):
    result = call("run", "small.yaml", "--replicates", 20, "--figures")
    assert result.exit_code == 0, result.output
    for strategy in (
        "ban-treaty@CD",
        "code@adhoc-optin",
        "ban-treaty@CD>adhoc-optin",
        "pledges@adhoc-optin",
    ):
        assert re.search(rf"^ {re.escape(strategy)} ", result.stdout, re.M)
    assert "over 8" in result.stdout and "(pledges " in result.stdout
    folder = run_folder(result)
    assert folder.parent == Path("results/small")
    summary = pd.read_csv(folder / "summary.csv")
    needed = [
        "strategy",
        "replicates",
        "p_success",
        "p_success_low",
        "p_success_high",
        "p_mandate",
        "p_adopted",
        "p_in_force",
        "median_years",
        "mean_form",
        "mean_scope",
        "mean_participation",
        "main_cause",
    ]
    assert [name for name in summary.columns if name in needed] == needed
    assert "p_positions_low" in summary and "p_positions_high" in summary
    rows = store.load(folder)
    assert len(rows) == 20 * (5 + 1)  # the last strategy has two tracks
    assert (rows["error"] == "").all()
    for name in ("probability", "survival", "funnel", "causes", "texts"):
        assert (folder / "figures" / f"{name}.png").stat().st_size > 10_000
    agree = summary.set_index("strategy")["p_success"]["code@adhoc-optin"]
    assert rows[rows["strategy"] == "code@adhoc-optin"]["timely"].mean() == agree


def test_the_same_run_is_shown_again_and_force_computes_it_anew(study):
    first = call("run", "small.yaml", "--quick")
    folder = run_folder(first)
    before, log = files(folder), (folder / "log.json").read_text()
    again = call("run", "small.yaml", "--quick")
    assert again.exit_code == 0 and "Shown again" in again.stdout
    assert (folder / "log.json").read_text() == log
    table = [line for line in first.stdout.splitlines() if line.startswith(" ")]
    assert table == [line for line in again.stdout.splitlines() if line.startswith(" ")]
    forced = call("run", "small.yaml", "--quick", "--force")
    assert forced.exit_code == 0 and "Shown again" not in forced.stdout
    assert files(folder) == before


def test_engines_threads_and_folders_leave_no_trace_in_the_tables(study):
    one = call("run", "small.yaml", "--replicates", 12, "--out", "a", "--beliefs", 0)
    two = call(
        "run", "small.yaml", "--replicates", 12, "--out", "b", "--beliefs", 0,
        "--engine", "mesa", "--threads", 1,
    )  # fmt: skip
    assert run_folder(one).name == run_folder(two).name
    assert files(run_folder(one)) == files(run_folder(two))


def test_another_seed_is_another_run_with_other_worlds(study):
    folders = [run_folder(call("run", "small.yaml", "--quick", "--seed", s)) for s in (1, 2)]
    assert folders[0].name != folders[1].name
    rows = [store.load(folder).drop(columns="seed") for folder in folders]
    assert not rows[0].equals(rows[1])


def test_precision_stops_each_strategy_for_itself(study):
    result = call("run", "small.yaml", "--precision", 0.03, "--beliefs", 0)
    assert result.exit_code == 0, result.output
    summary = store.open_run(run_folder(result)).summary.set_index("strategy")
    agreements = summary.drop("pledges@adhoc-optin")
    half = (agreements["p_success_high"] - agreements["p_success_low"]) / 2
    assert (half <= 0.03).all()
    assert agreements["replicates"]["ban-treaty@CD"] < agreements["replicates"]["code@adhoc-optin"]
    limited = call(
        "run", "small.yaml", "--precision", 0.001, "--max-replicates", 250, "--beliefs", 0
    )
    assert "Stopped at 250 replicates" in limited.stdout


def test_precision_on_the_difference_keeps_the_worlds_paired(study):
    run = api.run(study, precision=0.04, precision_on="difference", beliefs=0, figures=False)
    assert run.summary["replicates"].nunique() == 1
    rows = run.load()
    one = rows[rows["strategy"] == "ban-treaty@CD"]["chance"].to_numpy()
    assert (one == rows[rows["strategy"] == "code@adhoc-optin"]["chance"].to_numpy()).all()


def test_results_of_run_as_a_call(study):
    run = api.run(study, 10, seed=3, out="elsewhere", figures=False)
    assert run.fresh and run.experiment == "small" and run.folder.parent.parent == Path("elsewhere")
    assert run.manifest["inputs"]["seed"] == 3 and run.manifest["counts"]["rows"] == 60
    assert run.log["engine"] == "ensemble" and run.log["seconds"] > 0
    assert not api.run(study, 10, seed=3, out="elsewhere", figures=False).fresh
    overrides = {"actors.USA.margin": 0.9}
    changed = api.run(study, 10, seed=3, overrides=overrides, figures=False)
    assert changed.id != run.id
    value = changed.manifest["inputs"]["setting"]["actors"]["USA"]["margin"]["value"]
    assert value == 0.9


def test_progress_counts_worlds(study):
    seen = []
    api.run(
        study, 10, beliefs=2, figures=False, progress=lambda done, total: seen.append((done, total))
    )
    assert seen[0] == (0, 50) and seen[-1] == (50, 50)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


# Reproduction


def test_reproduce_finds_the_same_and_finds_what_differs(study):
    folder = run_folder(call("run", "small.yaml", "--replicates", 15))
    for reference in (folder, folder.name[:6]):
        result = call("reproduce", reference)
        assert result.exit_code == 0, result.output
        assert "The same, bit for bit" in result.stdout
    manifest = json.loads((folder / "manifest.json").read_text())
    summary = (
        (folder / "summary.csv").read_bytes().replace(b"ban-treaty@CD,15", b"ban-treaty@CD,16")
    )
    (folder / "summary.csv").write_bytes(summary)
    manifest["tables"]["summary.csv"] = store.files.sha256(summary)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    result = call("reproduce", folder)
    assert result.exit_code == 1
    assert "summary.csv: differs" in result.stdout and "Not the same" in result.stdout


def test_reproduce_says_which_versions_differ(study):
    run = api.run(study, 5, beliefs=0, figures=False)
    manifest = json.loads((run.folder / "manifest.json").read_text())
    manifest["versions"]["numpy"] = "1.0"
    (run.folder / "manifest.json").write_text(json.dumps(manifest))
    found = api.reproduce(run.folder)
    assert found.same and set(found.versions) == {"numpy"}
    assert "1.0 -> " in call("reproduce", run.folder).stdout


# Bad input


@pytest.mark.parametrize(
    ("words", "patterns"),
    [
        (("run", "smal"), [r"no experiment 'smal'"]),
        (("run", "belagio"), [r"did you mean 'bellagio'"]),
        (("run", "small.yaml", "--replicates", "0"), [r"replicates: 0"]),
        (("run", "small.yaml", "--seed", "-1"), [r"seed: -1"]),
        (("run", "small.yaml", "--seed", str(2**63)), [r"seed"]),
        (("run", "small.yaml", "--engine", "fast"), [r"engine: 'fast'.*ensemble, mesa"]),
        (("run", "small.yaml", "--threads", "0"), [r"threads: 0"]),
        (("run", "small.yaml", "--quick", "--replicates", "5"), [r"quick"]),
        (("run", "small.yaml", "--precision", "0"), [r"precision: 0"]),
        (("run", "small.yaml", "--precision", "0.7"), [r"precision: 0\.7"]),
        (("run", "small.yaml", "--precision", "0.1", "--replicates", "9"), [r"max-replicates"]),
        (("run", "small.yaml", "--max-replicates", "9"), [r"max-replicates"]),
        (("run", "small.yaml", "--precision", "0.1", "--precision-on", "p"), [r"precision-on: 'p'"]),
        (("run", "small.yaml", "--beliefs", "1"), [r"beliefs: 1"]),
        (("run", "small.yaml", "--beliefs", "-3"), [r"beliefs: -3"]),
        (("run", "no/such.yaml"), [r"no/such\.yaml"]),
        (("run", "."), [r"\S"]),
        (("trace", "small.yaml", "--strategy", "ban-treaty@DC"), [r"did you mean 'ban-treaty@CD'"]),
        (("trace", "small.yaml", "--strategy", "ban-treaty@CD", "--replicate", "-1"), [r"replicate: -1"]),
        (("trace", "small.yaml", "--strategy", "ban-treaty@CD", "--seed", "-1"), [r"seed: -1"]),
        (("catalogue", "planets"), [r"no kind 'planets'"]),
        (("catalogue", "actors", "UKX"), [r"did you mean 'UKR'"]),
        (("reproduce", "nothing"), [r"nothing: no such run"]),
        (("reproduce", "."), [r"not a run folder"]),
        (("init", "."), [r"not empty"]),
    ],
)  # fmt: skip
def test_bad_input_is_one_message_and_writes_nothing(study, words, patterns):
    before = sorted(Path().rglob("*"))
    ends(call(*words), 2, *patterns)
    assert sorted(Path().rglob("*")) == before


@pytest.mark.parametrize(
    ("old", "new", "line", "field"),
    [
        ("issues: [form, scope]", "issues: [form, scope", 6, "success|expected|flow"),
        ("deadline_years: 5", "deadline_years: -5", 7, "deadline_years"),
        ("ban-treaty@CD\n", "ban-treatyy@CD\n", 11, "ban-treatyy"),
        ("cast: [CHN, RUS, USA]", "cast: [CHN, RUS, NO]", 9, "NO"),
        ("start: 2009-01", "start: 2009-13", 3, "start"),
        ("horizon_years: 8", "horizon_years: 1e6", 4, "horizon_years"),
        ("name: Three states", "name: Three states\nname: Four", 3, "name"),
    ],
)
def test_a_bad_file_is_named_with_line_and_field(study, old, new, line, field):
    study.write_text(SMALL.replace(old, new, 1))
    ends(call("run", "small.yaml"), 2, rf"small\.yaml:{line}\b", field)
    assert not Path("results").exists()


def test_usage_errors_of_the_parser_end_with_2(study):
    for words in (("run",), ("run", "a", "--replicates", "many"), ("sing",), ("check",)):
        result = call(*words)
        assert result.exit_code == 2 and "Traceback" not in result.output


def test_a_foreign_folder_in_the_runs_place_is_an_error_even_with_force(study):
    folder = run_folder(call("run", "small.yaml", "--quick"))
    shutil.rmtree(folder)
    folder.mkdir()
    (folder / "diary.txt").write_text("dear")
    ends(call("run", "small.yaml", "--quick"), 2, "not a run folder")
    ends(call("run", "small.yaml", "--quick", "--force"), 2, "not a run folder")
    assert [path.name for path in folder.iterdir()] == ["diary.txt"]


def test_a_damaged_run_is_named_and_force_mends_it(study):
    folder = run_folder(call("run", "small.yaml", "--quick"))
    part = folder / "replicates" / "part-00000.parquet"
    part.write_bytes(part.read_bytes()[:-10])
    ends(call("run", "small.yaml", "--quick"), 2, "part-00000.parquet", "--force")
    assert call("run", "small.yaml", "--quick", "--force").exit_code == 0
    assert call("run", "small.yaml", "--quick").exit_code == 0


def test_results_that_cannot_be_written_are_one_message(study):
    Path("taken").write_text("")
    ends(call("run", "small.yaml", "--quick", "--out", "taken"), 2, "taken")
    assert Path("taken").read_text() == ""


def test_an_error_of_ours_is_a_message_too_with_the_way_to_see_more(study, monkeypatch):
    monkeypatch.setattr(api, "catalogue", lambda *_, **__: 1 / 0)
    ends(call("catalogue"), 70, "ZeroDivisionError", "NEGOTIATION_SIM_DEBUG")


# The other commands


def test_trace_tells_who_asked_who_objected_on_which_term_and_by_how_much(study):
    result = call("trace", "small.yaml", "--strategy", "code@adhoc-optin", "--replicate", 3)
    assert result.exit_code == 0, result.output
    assert re.search(r"the mandate is (given|refused)", result.stdout)
    assert re.search(r"round 1: the chair moves the text: \w+ 0\.\d+ -> 0\.\d+", result.stdout)
    assert re.search(
        r"(Stay out|Object|Against it): .*\(on [\w ]+, short by (0\.\d\d|less)", result.stdout
    )
    assert re.search(r"^(January|February|March|April|May|June) 20\d\d$", result.stdout, re.M)


def test_trace_for_machines_is_the_very_replicate_of_the_run(study):
    run = api.run(study, 5, beliefs=0, figures=False)
    rows = run.load()
    result = call(
        "trace", "small.yaml", "--strategy", "code@adhoc-optin", "--replicate", 4, "--json"
    )
    told = json.loads(result.stdout)
    mine = rows[(rows["strategy"] == "code@adhoc-optin") & (rows["chance"] == 4)].iloc[0]
    for column in (
        "stage",
        "ending",
        "rounds",
        "text_form",
        "text_scope",
        "participation",
        "cause",
    ):
        assert told["rows"][0][column] == mine[column]
    assert {"month", "date", "kind"} <= told["events"][0].keys()


def test_trace_draws_a_file_for_each_track(study):
    strategy = "ban-treaty@adhoc-optin+pledges+code@COPUOS"
    result = call("trace", "small.yaml", "--strategy", strategy, "--plot", "path.png")
    assert result.exit_code == 0, result.output
    for name in ("path.png", "path-2.png"):
        assert Path(name).read_bytes().startswith(b"\x89PNG")
    for name in ("path.jpg", "no/such/path.png"):
        ends(call("trace", "small.yaml", "--strategy", strategy, "--plot", name), 2, "plot")
    assert not Path("path.jpg").exists()


def test_check_prints_everything_that_is_wrong(study):
    assert call("check", "small.yaml").stdout == "All is well.\n"
    study.write_text(SMALL.replace("ban-treaty@CD\n", "ban-treatyy@CD\n").replace("RUS", "RUX"))
    result = call("check", "small.yaml")
    assert result.exit_code == 2
    assert "RUX" in result.stderr and "ban-treatyy" in result.stderr and "2 things" in result.stderr
    assert len(api.check(study)) == 2
    with pytest.raises(UsageError):
        api.check()


def test_catalogue_shows_values_ranges_and_sources(study):
    result = call("catalogue")
    assert all(kind in result.stdout for kind in ("actors", "venues", "initiatives", "experiments"))
    result = call("catalogue", "actors", "CHN")
    assert re.search(r"ideal_point\.scope +0\.\d+ +0\.\d* to", result.stdout)
    assert "Sources" in result.stdout
    assert {row["id"] for row in api.catalogue("venues")} >= {"CD", "COPUOS", "paris-group"}


def test_init_makes_a_study_that_checks_and_runs(study):
    assert call("init", "mine").exit_code == 0
    assert call("check", "mine").exit_code == 0
    assert call("run", "mine", "--replicates", 2, "--beliefs", 0).exit_code == 0
    ends(call("init", "mine"), 2, "not empty")


OLD = (
    SMALL
    + """\
actors:
  USA: {reservation_value: 0.5}
environment:
  softness: 0.1
"""
)


@pytest.mark.parametrize("command", ["check", "run", "trace", "sweep", "sensitivity", "serve"])
def test_every_command_says_of_a_study_of_version_01_what_to_do(study, command):
    study.write_text(OLD)
    more = {"trace": ("--strategy", "ban-treaty@CD"), "sweep": ("--vary", "environment.pace=0.1,0.2"),
            "serve": ("--no-browser",)}.get(command, ())  # fmt: skip
    result = call(command, "small.yaml", *more)
    assert result.exit_code == 2
    lines = [line for line in result.stderr.splitlines() if "version 0.1" in line]
    assert "small.yaml:17: actors.USA.reservation_value: " in lines[0]
    assert "negotiation-sim migrate" in lines[0] and "Traceback" not in result.stderr
    assert len(lines) == (2 if command == "check" else 1)


def test_migrate_says_what_it_changed_and_the_study_runs(study):
    study.write_text(OLD)
    first = call("migrate", "small.yaml", "--out", "new")
    assert first.exit_code == 0, first.output
    assert "small.yaml:17: reservation_value 0.5 -> margin 0.05" in first.stdout
    assert "small.yaml:19: softness 0.1 left out" in first.stdout
    assert "negotiation-sim check new" in first.stdout and study.read_text() == OLD
    assert call("check", "new/small.yaml").exit_code == 0
    assert call("run", "new/small.yaml", "--replicates", 2, "--beliefs", 0).exit_code == 0
    again = call("migrate", "new/small.yaml")
    assert again.exit_code == 0 and "Nothing had to be changed." in again.stdout
    ends(call("migrate", "nowhere"), 2, "no such file or folder")


def test_migrate_names_what_is_left_to_the_author(study):
    study.write_text(SMALL.replace("ban-treaty@CD\n", "ban@CD\n"))
    result = call("migrate", "small.yaml")
    assert "For you to decide: small.yaml:11: ban@CD: " in result.stdout
    assert "'ban-treaty' or 'ban-executive'" in result.stdout


def test_a_run_of_version_01_is_refused_in_one_line(study):
    """Its manifest holds reservation values, which this version does not know."""
    assert call("run", "small.yaml", "--replicates", 2, "--beliefs", 0).exit_code == 0
    (folder,) = (study.parent / "results" / "small").iterdir()
    file = folder / "manifest.json"
    manifest = json.loads(file.read_text("utf-8"))
    for actor in manifest["inputs"]["setting"]["actors"].values():
        actor["reservation_value"] = actor.pop("margin")
    manifest["versions"]["negotiation-sim"] = "0.1.0+0123456789"
    manifest["id"] = run_id(manifest["inputs"], "0.1.0+0123456789")
    file.write_text(json.dumps(manifest), "utf-8")
    moved = folder.rename(folder.with_name(manifest["id"]))
    for command in ("reproduce", "report"):
        result = call(command, moved)
        assert result.exit_code == 2, result.output
        (line,) = result.stderr.strip().splitlines()
        assert "0.1.0+0123456789" in line and "does not know the form" in line


def test_the_names_of_the_package_are_there_and_lazy(study):
    assert negotiation_sim.run is api.run
    assert negotiation_sim.NegotiationSimError is NegotiationSimError
    with pytest.raises(StoreError):
        negotiation_sim.load("results/none")
    with pytest.raises(AttributeError, match="nonsense"):
        _ = negotiation_sim.nonsense


# As a process of its own


def start(*words: object, **options) -> subprocess.Popen:
    """Start the command as a shell would, able to be interrupted."""
    command = [sys.executable, "-m", "negotiation_sim", *map(str, words)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL), start_new_session=True,
        **options,
    )  # fmt: skip


HEAVY = ("numba", "mesa", "pandas", "numpy", "scipy", "matplotlib", "pyarrow", "rich")


@pytest.mark.parametrize(
    "what", ["import negotiation_sim", "from negotiation_sim.faces.cli.main import app"]
)
def test_a_light_start_imports_nothing_heavy(what):
    code = f"{what}; import sys; print([m for m in {HEAVY} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_help_has_examples_and_imports_nothing_heavy(study):
    code = f"""
import sys
from negotiation_sim.faces.cli.main import app
try:
    app(sys.argv[1:])
except SystemExit as end:
    assert end.code == 0
print([m for m in {HEAVY} if m in sys.modules])
"""
    for command in ("run", "trace", "check", "catalogue", "init", "migrate", "reproduce"):
        call_ = [sys.executable, "-c", code, command, "--help"]
        done = subprocess.run(call_, capture_output=True, text=True, check=True)
        assert f"negotiation-sim {command}" in done.stdout.split("Examples:")[1]
        assert done.stdout.splitlines()[-1] == "[]"


def test_exit_codes_reach_the_shell_and_stderr_is_quiet_off_a_terminal(study):
    with start("run", "small.yaml", "--replicates", 3, "--no-figures") as process:
        out, err = process.communicate(timeout=200)
    assert process.returncode == 0 and "Run folder" in out
    assert not [line for line in err.splitlines() if "compiling" not in line]
    with start("run", "nowhere") as process:
        _, err = process.communicate(timeout=60)
    assert process.returncode == 2 and "Traceback" not in err


@pytest.mark.long
@pytest.mark.parametrize("engine", ["ensemble", "mesa"])
def test_an_interrupt_ends_with_130_and_leaves_nothing(study, engine):
    command = ("run", "small.yaml", "--engine", engine, "--replicates", 5_000_000, "--beliefs", 0)
    with start(*command) as process:
        deadline = time.monotonic() + 200
        while not list(Path().glob("results/small/*/replicates")) and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(1.0)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to all of its processes
        began = time.monotonic()
        _, err = process.communicate(timeout=60)
    # Python itself may end with the signal, which a shell shows as 130 too.
    assert process.returncode in (130, -signal.SIGINT)
    assert time.monotonic() - began < 10.0
    assert "Traceback" not in err and err.strip().splitlines()[-1].startswith(
        "negotiation-sim: stopped"
    )
    assert not Path("results/small").exists()


def test_a_reader_that_leaves_early_is_no_error(study):
    with start("catalogue", "actors") as process:
        process.stdout.close()
        err = process.stderr.read()
    assert process.returncode in (0, 1) and "Traceback" not in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("compare r --strategies a b", "compare r --strategies a --strategies b"),
        (
            "compare r --strategies a b --level 0.9",
            "compare r --strategies a --strategies b --level 0.9",
        ),
        ("compare --strategies a r", "compare --strategies a r"),
        (
            "compare --level 0.9 r --strategies a b",
            "compare --level 0.9 r --strategies a --strategies b",
        ),
        ("sweep e --resume --vary a=-1 b=2", "sweep e --resume --vary a=-1 --vary b=2"),
        ("sweep e --vary=a=1 b=2", "sweep e --vary=a=1 b=2"),
        ("trace e --strategy a b", "trace e --strategy a b"),
        ("compare r --strategies", "compare r --strategies"),
        ("compare r --strategies a -- b", "compare r --strategies a -- b"),
    ],
)
def test_an_option_of_several_values_takes_all_words_after_it(words, said):
    name, *rest = words.split()
    command = typer.main.get_command(app).commands[name]
    assert [name, *command._said_again(rest)] == said.split()
