"""The commands of studies: printed answers, files in the run's folder, plain errors; the page on them."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from negotiation_sim import api
from negotiation_sim.errors import StoreError, UsageError
from negotiation_sim.faces.cli.main import app
from negotiation_sim.runs.store.study_results import read_studies, runs_of, study_name
from negotiation_sim.studies.lever_terms import Terms

STRATEGY = "code@adhoc-optin"
PAGE = Path(__file__).parents[3] / "docs" / "studies.md"


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    return tmp_path_factory.mktemp("results")


@pytest.fixture(scope="module")
def run(root):
    return api.run("bellagio", 200, out=root, figures=False, beliefs=0)


@pytest.fixture(scope="module")
def changed(root):
    """The same with a looser rule in COPUOS, and fewer replicates."""
    overrides = {"venues.COPUOS.decision.rule": "simple_majority", "environment.fester": 0.1}
    return api.run("bellagio", 160, out=root, figures=False, beliefs=0, overrides=overrides)


def say(*words: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == code, result.output
    return result.output


# compare


def test_compare_prints_what_the_call_returns(run, root):
    found = api.compare(run)
    text = say("compare", run.id, "--out", root)
    for line in found.sentences():
        assert line in text
    assert set(found.best["strategy"]) == set(found.goals)
    alike = [
        found.goals[a] == found.goals[b] for a, b in found.pairs[["first", "second"]].to_numpy()
    ]
    assert alike and all(alike)


def test_named_strategies_are_paired_whatever_their_goals(run, root):
    found = api.compare(run, ["ban-treaty@CD", STRATEGY])
    text = say("compare", run.id, "--strategies", "ban-treaty@CD", STRATEGY, "--out", root)
    assert all(line in text for line in found.sentences())
    assert found.pairs[["first", "second"]].to_numpy().tolist() == [["ban-treaty@CD", STRATEGY]]
    assert any(
        "Their goals differ (ban-treaty@CD: ban-treaty; code@adhoc-optin: code)" in n
        for n in found.notes
    )
    row = found.pairs.iloc[0]
    table = api.run("bellagio", 200, out=run.folder.parent.parent, figures=False, beliefs=0).summary
    p = table.set_index("strategy")["p_success"]
    assert row["difference"] == pytest.approx(p["ban-treaty@CD"] - p[STRATEGY])


def test_few_worlds_are_said(root):
    few = api.run("bellagio", 20, out=root, figures=False, beliefs=0)
    assert any("Only 20 worlds" in line for line in api.compare(few).sentences())
    assert not api.compare(few, ["ban-treaty@CD", "code@CD"]).pairs["settled"].any()


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["ban-treaty@CD"], "at least two"),
        (["ban-treaty@CD", "ban-treaty@CP"], "did you mean 'ban-treaty@CD'"),
        (["ban-treaty@CD", "pledges@adhoc-optin"], "gathers pledges only"),
    ],
)
def test_strategies_that_cannot_be_compared(run, names, words):
    with pytest.raises(UsageError, match=words):
        api.compare(run, names)


def test_a_damaged_or_unfinished_run_is_refused(run, root, tmp_path):
    import shutil

    broken = tmp_path / "bellagio" / run.id
    shutil.copytree(run.folder, broken)
    part = next(broken.glob("replicates/*.parquet"))
    data = bytearray(part.read_bytes())
    data[len(data) // 2] ^= 0xFF
    part.write_bytes(bytes(data))
    assert "checksum" in say("compare", broken, code=2)
    part.unlink()
    assert "missing" in say("causes", broken, code=2)
    unfinished = tmp_path / "x" / "0123456789ab.unfinished"
    unfinished.mkdir(parents=True)
    (unfinished / "header.json").write_text("{}")
    assert "unfinished" in say("diff", unfinished, run.folder, code=2)
    assert "no such run" in say("compare", "nothing-here", "--out", root, code=2)


def test_a_run_of_another_form_says_which_version_wrote_it(run, tmp_path):
    import shutil

    from negotiation_sim.runs import store

    folder = tmp_path / "bellagio" / run.id
    shutil.copytree(run.folder, folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["inputs"]["setting"]["horizon"] = 3
    manifest["versions"]["negotiation-sim"] = "0.0.1+old"
    manifest["id"] = store.run_id(manifest["inputs"], "0.0.1+old")
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(StoreError, match=r"written by 0\.0\.1\+old"):
        api.compare(folder)


# diff


def test_diff_names_the_inputs_and_pairs_the_worlds(run, changed, root):
    found = api.diff(run, changed)
    inputs = found.inputs.set_index("path")
    assert inputs.loc["venues.COPUOS.decision.rule"].tolist() == ["consensus", "simple_majority"]
    assert inputs.loc["replicates"].tolist() == ["200", "160"]
    assert inputs.loc["environment.fester.range", "after"] == "-"
    assert "environment.fester" not in inputs.index  # the value is the same
    assert found.paired and (found.answers["worlds"] == 160).all()
    answers = found.answers.set_index("strategy")
    one, other = (
        frame[frame["strategy"] == "guidelines@paris-group"].set_index("chance")["timely"].loc[:159]
        for frame in (run.load(), changed.load())
    )
    row = answers.loc["guidelines@paris-group"]
    assert row["gained"] == int((~one & other).sum()) and row["lost"] == int((one & ~other).sum())
    assert row["p_after"] == other.mean() and bool(row["changed"])
    assert answers.loc["code@CD", "gained"] == answers.loc["code@CD", "lost"] == 0
    text = say("diff", run.id, changed.id, "--out", root)
    assert "venues.COPUOS.decision.rule" in text
    for line in found.sentences():
        assert line in text


def test_diff_of_a_run_with_itself_is_nothing(run):
    found = api.diff(run, run)
    assert not len(found.inputs) and (found.answers["difference"] == 0.0).all()
    assert "exactly as before" in found.sentences()[1]


def test_diff_with_another_seed_does_not_pretend_to_pair(run, root):
    other = api.run("bellagio", 100, seed=2, out=root, figures=False, beliefs=0)
    found = api.diff(run, other)
    assert not found.paired
    assert any("The seeds differ" in line for line in found.sentences())
    row = found.answers.set_index("strategy").loc[STRATEGY]
    assert row["low"] <= row["difference"] <= row["high"]


def test_diff_says_which_strategies_are_in_one_run_only(run, root):
    other = api.run("us-administration", 100, out=root, figures=False, beliefs=0)
    found = api.diff(run, other)
    assert any(line.startswith("Only before:") for line in found.notes)
    paths = found.inputs["path"].tolist()
    assert "id" in paths and len(paths) == len(set(paths))


# causes, sensitivity, levers


def test_causes_write_what_they_say(run, root):
    found = api.causes(run, [STRATEGY], replicates=100, threads=2)
    text = say("causes", run.id, "--strategies", STRATEGY, "--replicates", 100, "--out", root)
    for line in found.sentences():
        assert line in text
    held = read_studies(run)[study_name("causes", STRATEGY)]
    assert held["study"] == "causes" and held["sentences"] == found.sentences(STRATEGY)
    assert [row["gives_way"] for row in held["table"]] == found.weights["gives_way"].tolist()
    base = found.weights["p_base"].iloc[0]
    rows = run.load()
    mine = rows[(rows["strategy"] == STRATEGY) & (rows["chance"] < 100)]
    assert base == pytest.approx(mine["timely"].mean())  # the run's own worlds


def test_sensitivity_belongs_to_the_runs_of_its_setting(run, changed, root):
    said = []
    found = api.sensitivity(
        "bellagio", STRATEGY, out=root, size=3, replicates=30, only=["environment.pace", "*.private_sd"],
        say=said.append,
    )  # fmt: skip
    assert re.match(r"Morris over 2 figures: 9 points x 30 worlds, about \d+ s\.", said[0])
    held = read_studies(run)[study_name("sensitivity-morris", STRATEGY)]
    assert held["study"] == "sensitivity" and len(held["table"]) == 2
    folder = run.folder / "studies"
    assert all((folder / name).stat().st_size for name in held["files"])
    points = pd.read_parquet(folder / next(n for n in held["files"] if n.endswith(".parquet")))
    assert len(points) == 9 and {"environment.pace", "p"} <= set(points)
    assert found.files[-1].name == f"{study_name('sensitivity-morris', STRATEGY)}.json"
    assert study_name("sensitivity-morris", STRATEGY) not in read_studies(changed)
    runs = runs_of(run.manifest["inputs"]["setting"], root)
    assert run.id in {each.id for each in runs} and changed.id not in {each.id for each in runs}


def test_without_a_strategy_the_likeliest_is_studied(run, root):
    found = api.sensitivity(
        run.folder, out=root, size=2, replicates=20, only=["environment.private_sd"], threads=1
    )
    table = run.summary
    assert found.strategy == table.loc[table["p_success"].idxmax(), "strategy"]


def test_levers_write_what_they_say(run, root):
    options = [
        "--without",
        "venues.*",
        "--without",
        "tracks.*",
        "--actors",
        "RUS",
        "--cost",
        "actors.*=2",
    ]
    text = say(
        "levers", "bellagio", "--strategy", STRATEGY, "--target", 0.15, "--replicates", 100, "--fresh",
        200, "--out", root, *options,
    )  # fmt: skip
    held = read_studies(run)[study_name("levers", STRATEGY)]
    assert held["target"] == 0.15 and held["actors"] == ["RUS"]
    for line in held["sentences"]:
        assert line in text
    for row in held["table"]:
        assert row["low"] <= row["p"] <= row["high"] and row["replicates"] == 200


@pytest.mark.long
def test_a_study_without_a_run_makes_the_run_first(tmp_path, monkeypatch):
    from negotiation_sim.runs import request

    monkeypatch.setitem(request.REPLICATES, "ensemble", 60)
    monkeypatch.setitem(request.BELIEFS, "ensemble", 0)
    said = []
    terms = Terms(without=["venues.*", "tracks.*", "actors.*"])
    found = api.levers(
        "bellagio", "code@CD", 0.5, tmp_path, replicates=50, fresh=50, terms=terms, say=said.append
    )
    assert said[0] == f"No run of bellagio in {tmp_path} yet: making it first (60 replicates)."
    assert found.files[0].is_file()
    assert len(api.compare("bellagio", out=tmp_path).best)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["levers", "bellagio", "--strategy", STRATEGY, "--target", "1.5"],
            "target: 1.5 is not a prob",
        ),
        (["levers", "bellagio", "--strategy", "nope", "--target", "0.5"], "no strategy 'nope'"),
        (
            ["levers", "bellagio", "--strategy", STRATEGY, "--target", "0.5", "--replicates", "9"],
            "too few",
        ),
        (
            ["levers", "bellagio", "--strategy", STRATEGY, "--target", "0.5", "--cost", "x"],
            "LEVER=NUMBER",
        ),
        (["sensitivity", "bellagio", "--method", "sobel"], "did you mean 'sobol'"),
        (["sensitivity", "bellagio", "--strategy", "pledges@adhoc-optin"], "gathers pledges only"),
        (["sensitivity", "bellagio", "--replicates", "3"], "too few for a claim"),
        (["causes", "bellagio", "--replicates", "0"], "at least 1"),
        (["compare", "bellagio", "--level", "2"], "level: 2 is not"),
    ],
)
def test_bad_requests_are_one_message_each(run, root, words, said):
    text = say(*words, "--out", root, code=2)
    assert said in text and "Traceback" not in text


def test_an_interrupt_leaves_nothing_behind(run, root):
    before = sorted(path.name for path in (run.folder / "studies").glob("*"))

    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        api.sensitivity(
            "bellagio", "code@COPUOS", out=root, size=2, replicates=20, only=["environment.*"],
            progress=stop,
        )  # fmt: skip
    assert sorted(path.name for path in (run.folder / "studies").glob("*")) == before


def documented() -> list[list[str]]:
    blocks = re.findall(r"^```bash\n(.*?)^```", PAGE.read_text("utf-8"), re.M | re.S)
    return [shlex.split(line)[1:] for block in blocks for line in block.splitlines()]


@pytest.mark.long
def test_the_page_on_studies_can_be_typed(tmp_path, monkeypatch, run, changed):
    monkeypatch.chdir(tmp_path)
    ids = {"0123456789ab": str(run.folder), "89abcdef0123": str(changed.folder)}
    for words in documented():
        say(*(ids.get(word, word) for word in words))


@pytest.mark.parametrize("command", ["compare", "diff", "causes", "sensitivity", "levers"])
def test_help_has_examples_that_parse(command):
    text = say(command, "--help")
    assert "Examples:" in text and f"negotiation-sim {command}" in text
