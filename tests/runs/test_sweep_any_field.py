"""A sweep over whatever the files say: each point is a run of its own with the same override."""

from __future__ import annotations

import pandas as pd
import pytest
from typer.testing import CliRunner

from helpers.sweep_studies import write_experiment
from negotiation_sim import api
from negotiation_sim.catalogue import load_setting
from negotiation_sim.catalogue.schema import Setting
from negotiation_sim.errors import NegotiationSimError
from negotiation_sim.faces.cli.main import app
from negotiation_sim.runs.sweep.point_scenarios import base_values

REPLICATES = 4
OPTIN = "venues.adhoc-optin"
BAN = "strategies.ban-treaty@adhoc-optin+pledges+code@COPUOS"
# By kind of what is varied: how it is said on the command line, and the values of the two points.
SWEPT = {
    "rule": (
        f"{OPTIN}.decision={{rule: qualified_majority, quota: [2, 3]}},{{rule: consensus}}",
        [{"rule": "qualified_majority", "quota": [2, 3]}, {"rule": "consensus"}],
    ),
    "quota": ("venues.COPUOS.decision.rule=simple_majority,consensus",
              ["simple_majority", "consensus"]),
    "members": (f"{OPTIN}.members=[CAN,FRA],[CAN,FRA,USA]", [["CAN", "FRA"], ["CAN", "FRA", "USA"]]),
    "open or not": (f"{OPTIN}.members=open,[CAN]", ["open", ["CAN"]]),
    "required": (f"{OPTIN}.decision.required=[],[USA]", [[], ["USA"]]),
    "votes": (f"{OPTIN}.decision.weights={{USA: 5}},{{IND: 2, USA: 1}}",
              [{"USA": 5}, {"IND": 2, "USA": 1}]),
    "cast": ("cast=[CAN,USA],[CAN,FRA,IND]", [["CAN", "USA"], ["CAN", "FRA", "IND"]]),
    "wider cast": ("cast=[CAN,CHN],[CAN,FRA,RUS]", [["CAN", "CHN"], ["CAN", "FRA", "RUS"]]),
    "mandate": ("initiatives.code.mandate={box: {form: [0, 0.4]}},{box: {}}",
                [{"box": {"form": [0, 0.4]}}, {"box": {}}]),
    "box": ("initiatives.code.mandate.box.scope=[0,0.5],[0,1]", [[0, 0.5], [0, 1]]),
    "term": (f"{BAN}.term_months=6,48", [6, 48]),
    "term or none": ("strategies.*.term_months=null,12", [None, 12]),
    "date": ("actors.USA.turnover_dates=[],[2009-03,2010-01]", [[], ["2009-03", "2010-01"]]),
    "start": ("start=2009-01,2009-07", ["2009-01", "2009-07"]),
    "range": ("actors.USA.margin.range=[0,1],[0.05,0.1]", [[0, 1], [0.05, 0.1]]),
    "figure": ("actors.USA.margin={value: 0.1, range: [0, 0.5]},{value: 0.2}",
               [{"value": 0.1, "range": [0, 0.5]}, {"value": 0.2}]),
    "calendar": ("venues.COPUOS.calendar={weeks: {2: 4}},{weeks: {2: 1, 6: 2}}",
                 [{"weeks": {2: 4}}, {"weeks": {2: 1, 6: 2}}]),
    "weeks": ("venues.COPUOS.calendar.weeks.11=0,4", [0, 4]),
    "mandate rule": (f"{OPTIN}.mandate=null,{{rule: consensus}}", [None, {"rule": "consensus"}]),
    "weight": (f"{BAN}.tracks.0.underway={{mandate: true}},{{mandate: true, rounds: 3}}",
               [{"mandate": True}, {"mandate": True, "rounds": 3}]),
    "success": (f"{BAN}.succeeds_when=any,[1]", ["any", [1]]),
    "venue": ("strategies.code@adhoc-optin.venue=COPUOS,adhoc-optin", ["COPUOS", "adhoc-optin"]),
    "tie": ("affinity.CAN-USA=0,1", [0, 1]),
    "declared": ("initiatives.code.declared={USA: -1},{USA: 1, FRA: 1}",
                 [{"USA": -1}, {"USA": 1, "FRA": 1}]),
    "issue": ("actors.USA.ideal_point={form: 0.1, scope: 0.2},{form: 0.9, scope: 0.2}",
              [{"form": 0.1, "scope": 0.2}, {"form": 0.9, "scope": 0.2}]),
}  # fmt: skip


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return write_experiment(tmp_path, "")


@pytest.mark.parametrize("kind", SWEPT)
def test_each_point_is_the_run_with_the_same_override(kind, file, tmp_path):
    said, values = SWEPT[kind]
    path = said.partition("=")[0]
    run = api.sweep(file, [said], out=tmp_path / "results", replicates=REPLICATES, workers=1)
    table = run.load()
    assert not run.manifest["counts"]["failed"], list(table["failed_message"])
    assert run.manifest["counts"]["points"] == len(values)
    for point, value in enumerate(values):
        alone = api.outcomes(file, REPLICATES, overrides={path: value}, threads=1).summary
        mine = table[table["point"] == point].set_index("strategy")
        for name, row in alone.set_index("strategy").iterrows():
            pd.testing.assert_series_equal(
                mine.loc[name, ["p_success", "p_mandate", "p_adopted", "mean_scope"]].astype(float),
                row[["p_success", "p_mandate", "p_adopted", "mean_scope"]].astype(float),
                check_names=False,
            )
    again = api.sweep(file, {path: values}, out=tmp_path / "results", replicates=REPLICATES)
    assert again.id == run.id and not again.fresh  # the same in Python and on the command line


def test_a_sweep_of_lists_and_mappings_is_the_same_bit_for_bit_again(file, tmp_path):
    vary = [SWEPT["members"][0], SWEPT["rule"][0], SWEPT["wider cast"][0], SWEPT["term or none"][0]]
    run = api.sweep(file, vary, out=tmp_path / "results", replicates=2, workers=1)
    assert run.manifest["counts"]["points"] == 16
    found = api.reproduce(run, tmp_path / "results")
    assert found.same, found.differences
    table = run.load()
    assert set(table[f"{OPTIN}.members"].astype(str)) == {"[CAN, FRA]", "[CAN, FRA, USA]"}
    assert set(table["strategies.*.term_months"].astype(str)) == {"null", "12"}


@pytest.mark.parametrize(
    "design", ["latin-hypercube", "points", "one-at-a-time", "morris", "sobol"]
)
def test_designs_take_values_of_more_than_one_word(design, file, tmp_path):
    path, values = "venues.adhoc-optin.members", [["CAN", "FRA"], "open"]
    words = {
        "latin-hypercube": {"vary": {path: values, "environment.pace": {"from": 0.02, "to": 0.1}},
                            "size": 4},
        "sobol": {"vary": {path: values, "environment.pace": {"from": 0.02, "to": 0.1}}, "size": 2},
        "morris": {"vary": {path: values, "environment.pace": {"from": 0.02, "to": 0.1}}, "size": 2},
        "points": {"points": [{path: values[0]}, {path: values[1], "environment.pace": 0.05}]},
        "one-at-a-time": {"vary": {path: values}},
    }[design]  # fmt: skip
    vary = words.pop("vary", None)
    run = api.sweep(file, vary, out=tmp_path, design=design, replicates=2, workers=1, **words)
    table = run.load()
    assert not run.manifest["counts"]["failed"]
    assert {"[CAN, FRA]", "open"} <= set(table[path].astype(str))


def test_a_table_of_points_may_hold_lists(file, tmp_path):
    (tmp_path / "points.csv").write_text(
        'venues.adhoc-optin.members,environment.pace\n"[CAN, FRA]",0.05\nopen,\n'.replace(
            "\\\n", "\n"
        )
    )
    run = api.sweep(
        file, points=str(tmp_path / "points.csv"), out=tmp_path, replicates=2, workers=1
    )
    assert list(run.load()["venues.adhoc-optin.members"].astype(str))[::3] == ["[CAN, FRA]", "open"]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("issues=[form],[scope]", "columns of the table"),
        ("strategies=[code@COPUOS],[code@adhoc-optin]", "row of every point"),
        ("cast=[CAN,USB],[CAN]", "USB"),
        ("venues.COPUOS.members=[CAN,[USA]", "expected a list"),
        ("venues.COPUOS.members=[],[CAN]", "the venue has none"),
        ("venues.COPUOS.decision={rule: consensus},{rule: consensus}", "stands twice"),
        ("venues.COPUOS.decision={rule: consenus},{rule: consensus}", "did you mean 'consensus'"),
    ],
)
def test_what_cannot_be_swept_is_refused_before_anything_runs(said, words, file, tmp_path):
    with pytest.raises(NegotiationSimError, match=words):
        api.sweep(file, [said], out=tmp_path / "results", replicates=2, workers=1)
    assert not (tmp_path / "results").exists()


def test_one_at_a_time_keeps_its_own_cast(file, tmp_path):
    with pytest.raises(NegotiationSimError, match="CHN is not in the experiment's own cast"):
        api.sweep(file, ["cast=[CAN,CHN],[USA]"], out=tmp_path, design="one-at-a-time")
    run = api.sweep(
        file, ["cast=[CAN],[USA]"], out=tmp_path, design="one-at-a-time", replicates=2, workers=1
    )
    assert set(run.load()["cast"].astype(str)) == {"[CAN, FRA, IND, USA]", "[CAN]", "[USA]"}


# The words of run


def test_run_takes_the_words_of_a_sweep(file, tmp_path):
    words = ["--strategies", "code@COPUOS", "code@adhoc-optin", "--no-figures", "--replicates", "5",
             "--beliefs", "0", "--set", f"{OPTIN}.members=[CAN, FRA]", "environment.pace=0.08",
             "--out", str(tmp_path / "results")]  # fmt: skip
    done = CliRunner().invoke(app, ["run", str(file), *words])
    assert done.exit_code == 0, done.output
    overrides = {f"{OPTIN}.members": ["CAN", "FRA"], "environment.pace": 0.08}
    names = ["code@COPUOS", "code@adhoc-optin"]
    run = api.run(
        file, 5, out=tmp_path / "results", beliefs=0, strategies=names, overrides=overrides
    )
    assert not run.fresh  # found under the same id
    assert list(run.summary["strategy"]) == names
    memory = api.outcomes(file, 5, strategies=names, overrides=overrides)
    plain = memory.summary.astype(object).where(memory.summary.notna(), None)
    kept = run.summary.astype(object).where(run.summary.notna(), None)
    pd.testing.assert_frame_equal(plain, kept)
    shown = memory.replicates.astype(object).where(memory.replicates.notna(), None)
    stored = run.load().astype(object).where(run.load().notna(), None)
    pd.testing.assert_frame_equal(shown, stored, check_dtype=False, check_categorical=False)
    assert isinstance(memory.setting, Setting)


def test_in_memory_nothing_is_written_and_a_setting_is_taken_as_it_is(file, tmp_path):
    before = sorted(tmp_path.rglob("*"))
    setting = load_setting(file)
    one = api.outcomes(setting, 6, overrides={"venues.COPUOS.decision": "{rule: simple_majority}"})
    other = api.outcomes(file, 6, overrides={"venues.COPUOS.decision.rule": "simple_majority"})
    pd.testing.assert_frame_equal(one.summary, other.summary)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--set", "environment.pace"], "expected PATH=VALUE"),
        (["--set", "environment.pase=0.1"], "did you mean 'environment.pace'"),
        (["--set", "environment.pace=0.1", "environment.pace=0.2"], "stands twice"),
        (["--strategies", "code@COPUS"], "did you mean 'code@COPUOS'"),
        (["--set", "cast=[CAN, USB]"], "USB"),
    ],
)
def test_wrong_words_of_run_are_one_line_and_code_2(words, said, file, tmp_path):
    done = CliRunner().invoke(app, ["run", str(file), "--out", str(tmp_path / "r"), *words])
    assert done.exit_code == 2 and said in done.stderr and done.stderr.count("\n") == 1


def test_base_values_are_in_their_written_form(file):
    paths = ["cast", "venues.COPUOS.decision", "affinity.CAN-USA", "success.states"]
    found = base_values(load_setting(file), paths)
    assert found["cast"] == "[CAN, FRA, IND, USA]" and found["success.states"] == "[]"
    assert found["venues.COPUOS.decision"].startswith("{rule: consensus")
    assert 0.0 < found["affinity.CAN-USA"] <= 1.0
