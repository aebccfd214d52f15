"""A plug-in through commands and calls: the five examples of docs/plugins.md, and what is refused."""

from __future__ import annotations

import inspect
import json
from pathlib import Path

import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

from helpers.documents import blocks
from helpers.sweep_studies import EXPERIMENT, write_experiment
from negotiation_sim import api
from negotiation_sim.engine.agents import NegotiationModel
from negotiation_sim.errors import StoreError, UsageError
from negotiation_sim.faces.cli.main import app
from negotiation_sim.faces.page import server, whole_page
from negotiation_sim.studies.lever_terms import Terms

ROOT = Path(__file__).parents[2]
PAGE, FOLDER = ROOT / "docs" / "plugins.md", ROOT / "examples" / "plugins"
EXAMPLES = sorted(path.stem for path in FOLDER.glob("*.py"))
RUNS = ("run", "trace", "sweep", "causes", "sensitivity", "levers", "reproduce")
SWEEP = """\
sweep:
  vary:
    environment.verifiable_scope: [0, 1]
  replicates: 2
"""


def plainly(name: str, folder: Path) -> Path:
    """Return an example that is not compiled: the wait for it is for the long tests."""
    path = folder / f"{name}.py"
    path.write_text((FOLDER / path.name).read_text("utf-8") + "\nCOMPILED = False\n", "utf-8")
    return path


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return write_experiment(tmp_path_factory.mktemp("study"), SWEEP, EXPERIMENT)


@pytest.fixture(scope="module")
def usual(study, tmp_path_factory):
    return api.run(
        study, 3, out=tmp_path_factory.mktemp("usual"), figures=False, engine="mesa", threads=1
    )


@pytest.mark.parametrize("name", EXAMPLES)
def test_each_example_goes_through_run_sweep_causes_and_report(name, study, usual, tmp_path):
    file, said = plainly(name, tmp_path), []
    run = api.run(study, 3, out=tmp_path, figures=False, plugin=file, threads=1, say=said.append)
    assert "plain engine" in said[0]
    rows, before = run.load(), usual.load()
    assert not rows["error"].astype(bool).any()
    assert not rows.equals(before), "it changes nothing"
    assert run.manifest["inputs"]["setting"]["plugin"]["text"] == file.read_text("utf-8")
    assert (run.folder / "series.csv").exists() == (name == "thaw")

    sweep = api.sweep(study, out=tmp_path, workers=1, plugin=file)
    assert sweep.manifest["counts"]["failed"] == 0 and len(sweep.load()) == 2 * 3

    found = api.causes(study, ["code@COPUOS"], tmp_path, replicates=3, threads=1, plugin=file)
    assert found.run.id == run.id and found.files

    written = api.report(run, root=tmp_path)
    assert any(file.name in line for line in written.warnings)
    assert file.name in written.markdown.read_text("utf-8")


def test_the_examples_are_those_of_the_page():
    shown = [block.strip() for block in blocks(PAGE, "python")]
    for name in EXAMPLES:
        assert (FOLDER / f"{name}.py").read_text("utf-8").strip() in shown
    assert len(EXAMPLES) >= 5


def test_a_run_is_reproduced_with_the_file_that_made_it_and_not_without(study, tmp_path, capfd):
    file = plainly("less_one", tmp_path)
    run = api.run(study, 2, out=tmp_path, figures=False, plugin=file, threads=1)
    runner = CliRunner()
    out = ["--out", str(tmp_path)]
    taken = tmp_path / "taken.py"
    done = runner.invoke(
        app, ["export", run.id, "--results", str(tmp_path), "--plugin-to", str(taken)]
    )
    assert done.exit_code == 0 and taken.read_bytes() == file.read_bytes()
    again = runner.invoke(
        app, ["export", run.id, "--results", str(tmp_path), "--plugin-to", str(taken)]
    )
    assert again.exit_code == 2

    other = tmp_path / "other.py"
    other.write_text(file.read_text("utf-8") + "\n", "utf-8")
    wrong = runner.invoke(app, ["reproduce", run.id, *out, "--plugin", str(other)])
    assert wrong.exit_code == 2
    right = runner.invoke(
        app, ["reproduce", run.id, *out, "--plugin", str(taken), "--threads", "1"]
    )
    assert right.exit_code == 0, right.output
    assert "The same, bit for bit" in right.output

    from negotiation_sim.engine import given_plugins

    kept, given_plugins._GIVEN = given_plugins._GIVEN, {}  # as a new process begins
    try:
        for words in (["reproduce", run.id, *out], ["causes", run.id, *out]):
            none = runner.invoke(app, words)
            assert none.exit_code == 2
            assert run.manifest["inputs"]["setting"]["plugin"]["sha256"] in none.output
            assert f"export {run.id} --plugin-to less_one.py" in none.output
        assert api.report(run, root=tmp_path).html.exists()  # reads, runs nothing
        archived = api.archive(run, out=tmp_path / "run.zip")
        assert runner.invoke(app, ["reproduce", str(archived.file)]).exit_code == 2
        again = ["reproduce", str(archived.file), "--plugin", str(taken), "--threads", "1"]
        done = runner.invoke(app, again)
        assert done.exit_code == 0 and "The same, bit for bit" in done.output, done.output
    finally:
        given_plugins._GIVEN = kept


def test_a_plug_in_is_part_of_what_a_run_is(study, usual, tmp_path):
    file = plainly("thaw", tmp_path)
    run = api.run(study, 2, out=tmp_path, figures=False, plugin=file, threads=1)
    assert api.run(study, 2, out=tmp_path, figures=False, plugin=file).fresh is False
    assert api.run(study, 2, out=tmp_path, figures=False, engine="mesa", threads=1).id != run.id
    series = pd.read_csv(run.folder / "series.csv")
    assert list(series.columns) == [
        "strategy", "series", "month", "replicates", "mean", "mean_low", "mean_high",
    ]  # fmt: skip
    assert len(series) == 3 * 2 * 72 and (series["replicates"] == 2).all()
    trust = series[(series["series"] == "trust") & (series["strategy"] == "code@COPUOS")]
    assert trust["mean"].iloc[-1] > trust["mean"].iloc[0]


def test_a_run_without_one_takes_none_and_a_study_without_such_a_run_says_so(
    study, usual, tmp_path
):
    file = plainly("less_one", tmp_path)
    with pytest.raises(UsageError, match="was computed without one; leave it out"):
        api.causes(usual, out=usual.folder.parents[1], plugin=file)
    with pytest.raises(StoreError, match="no run under .* with this plug-in; first"):
        api.causes(study, out=tmp_path / "empty", plugin=file)


def test_a_class_goes_into_calls_and_stays_in_this_process(study, usual, tmp_path):
    run = api.run(study, 2, out=tmp_path, figures=False, plugin=Calmer)
    kept = run.manifest["inputs"]["setting"]["plugin"]
    assert kept["name"] == "Calmer" and kept["text"] == inspect.getsource(Calmer)
    assert run.log["engine"] == "mesa"
    assert api.sweep(study, out=tmp_path, plugin=Calmer).manifest["counts"]["failed"] == 0
    with pytest.raises(UsageError, match="a class cannot travel to workers"):
        api.sweep(study, out=tmp_path / "two", workers=2, plugin=Calmer)
    assert api.causes(run, ["code@COPUOS"], tmp_path, replicates=2, threads=1).files
    assert api.reproduce(run, tmp_path, plugin=Calmer).same
    story = api.trace(study, "code@COPUOS", plugin=Calmer)
    assert str(story) != str(api.trace(study, "code@COPUOS"))


@pytest.mark.long
def test_levers_and_sensitivity_take_a_plug_in_together_with_what_is_set(study, tmp_path):
    """Both come to the run of both, and write beside it; a run of one of them alone is another."""
    file, changes = plainly("less_one", tmp_path), {"environment.pace": 0.2}
    run = api.run(study, 20, out=tmp_path, figures=False, plugin=file, overrides=changes, threads=1)
    alone = api.run(study, 2, out=tmp_path, figures=False, plugin=file, threads=1)
    assert alone.id != run.id
    either = {"out": tmp_path, "threads": 1, "plugin": file}
    found = api.sensitivity(
        study,
        "code@adhoc-optin",
        size=2,
        replicates=20,
        only=["actors.*.margin"],
        overrides=changes,
        **either,
    )
    assert found.files[0].parent == run.folder / "studies"
    held = json.loads(next(f for f in found.files if f.suffix == ".json").read_text("utf-8"))
    assert len(held["table"]) == 4, "a margin a state"
    terms = Terms(without=["venues.*", "tracks.*", "initiatives.*", "actors.*.i*"])
    moved = api.levers(
        study,
        "code@adhoc-optin",
        0.9,
        replicates=50,
        fresh=50,
        actors=["USA"],
        terms=terms,
        overrides=changes,
        **either,
    )
    assert moved.files[0].parent == run.folder / "studies"
    assert not (alone.folder / "studies").exists()


class Calmer(NegotiationModel):
    """Trust is full in every month."""

    def step(self):
        for state in self.states:
            state.trust = 1.0
        super().step()


def test_every_command_that_runs_takes_a_plug_in_and_no_other():
    group = typer.main.get_command(app)
    takes = {
        name for name, command in group.commands.items()
        if any("--plugin" in option.opts for option in command.params)
    }  # fmt: skip
    assert takes == set(RUNS)


def test_the_page_takes_no_plug_in():
    for module in (server, whole_page):
        assert "plugin" not in inspect.getsource(module)
    assert "plugin" not in inspect.signature(api.serve).parameters


def test_a_sweep_of_a_plug_in_is_reproduced(study, tmp_path):
    file = plainly("bluffing", tmp_path)
    sweep = api.sweep(study, out=tmp_path, workers=1, plugin=file)
    assert (
        json.loads((sweep.folder / "manifest.json").read_text("utf-8"))["inputs"]["setting"][
            "plugin"
        ]["name"]
        == "bluffing.py"
    )
    assert api.reproduce(sweep, tmp_path, threads=1, plugin=file).same
