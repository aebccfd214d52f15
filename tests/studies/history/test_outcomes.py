"""The text back-test on synthetic rows with the columns of the DEU data."""

import csv
import json

import numpy as np
import pytest

from negotiation_sim import api
from negotiation_sim.catalogue import environment_table, schema
from negotiation_sim.catalogue.schema import assumed
from negotiation_sim.engine.agents import NegotiationModel
from negotiation_sim.engine.scenario import compile_setting
from negotiation_sim.errors import CatalogueError
from negotiation_sim.model.terms import DecisionRule
from negotiation_sim.studies.history import text_forecasts as outcomes
from negotiation_sim.studies.history.issues import read_issues
from negotiation_sim.studies.history.single_issue import (
    Bargaining,
    Voting,
    agreed_text,
    bargain,
    positions_of,
    quota_of,
)

COLUMNS = [
    "proposal", "issue", "procedure", "council_rule", "actor", "position", "salience", "gdp",
    "reference_point", "outcome",
]  # fmt: skip
ACTORS = ["com", "ep", "de", "fr", "uk", "lu", "mt", "pt"]


def synthetic(seed, proposals=24, noise=12.0):
    """Issues whose outcome is the capability-weighted mean plus noise, on 0 to 100."""
    rng = np.random.default_rng(seed)
    rows = []
    for p in range(proposals):
        for k in range(2):
            position = rng.choice([0.0, 20.0, 50.0, 80.0, 100.0], len(ACTORS))
            salience = rng.integers(1, 11, len(ACTORS)) * 10.0
            gdp = np.array([4.0, 4.0, 4.0, 3.0, 2.5, 0.1, 0.05, 0.3])
            mean = np.sum(position * salience * gdp) / np.sum(salience * gdp)
            outcome = float(np.clip(mean + rng.normal(0, noise), 0, 100))
            rule = "Unan" if p % 4 == 0 else "QMV"
            for a, actor in enumerate(ACTORS):
                reference = "" if p % 3 == 0 else "0.0"
                rows.append(
                    [f"d{p}", f"d{p}i{k}", "COD", rule, actor, position[a], salience[a], gdp[a],
                     reference, round(outcome, 2)]
                )  # fmt: skip
    return rows


def write(path, rows, columns=None):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns or COLUMNS)
        writer.writerows(rows)
    return path


@pytest.fixture
def rows():
    return synthetic(1)


def test_unanimous_positions_are_the_text(tmp_path, rows):
    for row in rows:
        row[5] = 40.0
    issues, _ = read_issues(write(tmp_path / "a.csv", rows))
    for issue in issues[:4]:
        assert agreed_text(issue, Bargaining()) == (pytest.approx(0.4, abs=1e-12), 1)


def test_text_lies_among_positions_and_mirrors(tmp_path, rows):
    mirrored = [[*r[:5], 100.0 - r[5], *r[6:8], "" if r[8] == "" else 100.0, r[9]] for r in rows]
    plain, _ = read_issues(write(tmp_path / "a.csv", rows))
    other, _ = read_issues(write(tmp_path / "b.csv", mirrored))
    for one, two in zip(plain, other, strict=True):
        text, _ = agreed_text(one, Bargaining())
        assert one.position.min() <= text <= one.position.max()
        assert agreed_text(two, Bargaining())[0] == pytest.approx(1.0 - text, abs=1e-9)


def issue_of(tmp_path, actors, rule, reference="0.0"):
    rows = [["p", "i", "COD", rule, a, x, 50, g, reference, 50] for a, x, g in actors]
    (issue,), _ = read_issues(write(tmp_path / f"{rule}.csv", rows))
    return issue


@pytest.mark.parametrize("rule", ["Unan", "QMV"])
def test_compiled_and_plain_bargaining_are_the_same_bits(tmp_path, rows, rule):
    for row in rows:
        row[3] = rule
    issues, _ = read_issues(write(tmp_path / "a.csv", rows))
    p = Bargaining(pace=0.2)
    for issue in issues[:4]:
        actors = positions_of(issue, p.stake0)
        quo = -1.0 if issue.reference is None else issue.reference
        start = float(actors.stake @ issue.position / actors.stake.sum())
        text, adopted = bargain(
            actors, start, quo, Voting(int(issue.rule), *quota_of(issue.rule)), p, 60
        )
        assert (float(text), adopted) == agreed_text(issue, p)


def test_unanimity_serves_the_one_nearest_to_what_exists_more_than_a_majority_does(tmp_path):
    actors = (("de", 100, 4.0), ("fr", 90, 3.0), ("uk", 80, 3.0), ("mt", 20, 0.05))
    texts = {
        rule: agreed_text(issue_of(tmp_path, actors, rule), Bargaining(pace=0.1))
        for rule in ("Unan", "QMV")
    }
    assert texts["Unan"][1] > 0 < texts["QMV"][1]
    assert texts["Unan"][0] < texts["QMV"][0] - 0.1


def test_who_is_content_with_what_exists_blocks_unanimity_alone(tmp_path):
    actors = (("de", 100, 4.0), ("fr", 100, 3.0), ("uk", 100, 3.0), ("mt", 0, 0.05))
    p = Bargaining(pace=0.1, isolation=0.0)
    assert agreed_text(issue_of(tmp_path, actors, "Unan"), p)[1] == 0
    text, adopted = agreed_text(issue_of(tmp_path, actors, "QMV"), p)
    assert adopted > 0 and text > 0.5


QUIET = (
    "event_rate", "crisis_rate", "private_sd", "mood_sd", "climate_sd", "turnover_sd", "withdrawal",
    "chair_error", "informality_effect", "breadth",
)  # fmt: skip


def as_setting(issue, p):
    """Return an issue as a scenario of the engine: nothing random, a round every month."""

    def figure(value):
        return assumed(float(value), "made for a test")

    given = dict.fromkeys(QUIET, 0.0) | {
        "pace": p.pace, "chair_step": p.chair_step, "stake0": p.stake0, "weeks_per_round": 1.0,
    }  # fmt: skip
    environment = {
        name: figure(given.get(name, entry.value)) for name, entry in environment_table().items()
    }
    actors = {
        name: schema.Actor(
            id=name, name=name, provenance="synthetic", capability=figure(c),
            ideal_point={"reach": figure(x)}, salience={"reach": figure(1.0)},
            stake=figure(s), margin=figure(p.margin), turnover_rate=figure(0.0),
        )
        for name, x, s, c in zip(
            issue.actors, issue.position, issue.salience, issue.capability, strict=True
        )
    }  # fmt: skip
    quota = quota_of(issue.rule) if issue.rule == DecisionRule.QUALIFIED_MAJORITY else None
    decision = {"rule": issue.rule.name.lower(), "quota": quota and list(quota)}
    venue = schema.Venue(
        id="council", name="council", decision=schema.Procedure.model_validate(decision),
        calendar=schema.Calendar(weeks=dict.fromkeys(range(1, 13), 1.0), basis="assumed", note="x"),
        isolation=figure(p.isolation), informality=figure(0.0),
    )  # fmt: skip
    stake = positions_of(issue, p.stake0).stake
    start = float(stake @ issue.position / stake.sum())
    initiative = schema.Initiative(
        id="act", name="act", text={"reach": figure(start)}, binding=False,
        mandate=schema.Box(box={"reach": [0.0, 1.0]}, note="x"),
    )  # fmt: skip
    track = schema.Track(
        initiative="act", venue="council", underway=schema.Underway(mandate=True), patience=1200.0
    )
    return schema.Setting(
        id="issue", name="issue", start="1990-01", issues=["reach"], actors=actors,
        venues={"council": venue}, initiatives={"act": initiative}, environment=environment,
        status_quo={"reach": figure(issue.reference)},
        strategies=[schema.Strategy(name="act@council", tracks=[track])],
    )  # fmt: skip


@pytest.mark.parametrize("rule", ["Unan", "QMV"])
def test_the_rounds_are_those_of_the_engine(tmp_path, rule):
    """One issue, nothing random: the Mesa model agrees in the same round, but for its coarser search."""
    actors = (("de", 90, 4.0), ("fr", 80, 3.0), ("uk", 60, 3.0), ("mt", 20, 0.5))
    issue = issue_of(tmp_path, actors, rule)
    p = Bargaining(pace=0.1)
    text, adopted = agreed_text(issue, p)
    model = NegotiationModel(compile_setting(as_setting(issue, p)))
    model.run()
    track = model.tracks[0]
    assert (track.rounds, track.adoption > 0) == (adopted, True)
    assert track.text[0] == pytest.approx(text, abs=0.03)


def test_files_and_scores(tmp_path, rows):
    path = write(tmp_path / "a.csv", rows)
    said = api.backtest_outcomes(path, tmp_path / "out", seed=2).scores
    written = (tmp_path / "out" / "predictions.csv").read_text(encoding="utf-8")
    table = [*csv.DictReader(written.splitlines())]
    assert list(table[0]) == ["issue", "prediction", "low", "high"] and len(table) == 48
    for row in table:
        assert 0 <= float(row["low"]) <= float(row["prediction"]) <= float(row["high"]) <= 100
    assert json.loads((tmp_path / "out" / "scores.json").read_text(encoding="utf-8")) == said
    error = said["mean_absolute_error"]
    by_hand = np.mean(
        [abs(float(r["prediction"]) - float(rows[8 * i][9])) for i, r in enumerate(table)]
    )
    assert error["bargaining"]["value"] == pytest.approx(by_hand, abs=1e-3)
    # The outcomes were made from the capability mean, so it must win and differ from the median.
    assert error["capability_mean"]["value"] == min(e["value"] for e in error.values())
    paired = said["paired_difference"]["bargaining"]["median"]
    assert paired["value"] == pytest.approx(
        error["bargaining"]["value"] - error["median"]["value"], abs=1e-9
    )
    assert said["mean_distance"]["bargaining"]["salience_mean"]["value"] > 1.0


def test_predictions_do_not_read_the_outcome(tmp_path, rows):
    blind = [[*r[:9], ""] for r in rows]
    seen = outcomes.predictions_table(outcomes.judge(write(tmp_path / "a.csv", rows)))
    unseen = outcomes.judge(write(tmp_path / "b.csv", blind))
    assert outcomes.predictions_table(unseen).equals(seen)
    assert outcomes.outcome_scores(unseen)["n_scored"] == 0


@pytest.mark.long
def test_cross_validation_does_not_see_the_proposals_own_outcome(tmp_path, rows):
    issues, _ = read_issues(write(tmp_path / "a.csv", rows))
    plain, chosen = outcomes.cross_validated(issues, 3)
    assert len(chosen) == 10
    for row in rows:
        if row[0] == "d5":
            row[9] = 100.0 - float(row[9])
    changed, _ = read_issues(write(tmp_path / "b.csv", rows))
    other, _ = outcomes.cross_validated(changed, 3)
    own = [i for i, issue in enumerate(issues) if issue.proposal == "d5"]
    assert plain[own] == pytest.approx(other[own], abs=1e-12)


def test_odd_values_are_read_by_rule_and_noted(tmp_path):
    rows = [
        ["p", "i", "COD", "??", "de", "n/a", "50", "1", "0", "50"],
        ["p", "i", "COD", "??", "fr", "100", "", "1", "0", "50"],
        ["p", "i", "COD", "??", "uk", "0", "80", "-3", "0", "50"],
        ["p", "i", "COD", "??", "uk", "0", "80", "2", "0", "50"],
        ["p", "", "COD", "??", "it", "0", "80", "2", "0", "50"],
        ["p", "j", "", "", "it", "120", "80", "2", "", ""],
    ]
    issues, notes = read_issues(write(tmp_path / "a.csv", rows))
    assert [issue.id for issue in issues] == ["i"]
    assert issues[0].actors == ("fr", "uk")
    assert issues[0].salience.tolist() == [0.0, 0.8] and issues[0].capability.tolist() == [1.0, 1.0]
    assert issues[0].rule == DecisionRule.QUALIFIED_MAJORITY and not issues[0].scored
    said = " ".join(notes)
    assert "line 2" in said and "line 6" in said and "salience missing" in said


def test_a_file_without_optional_columns_is_forecast(tmp_path):
    rows = [["i", a, x, 50] for a, x in (("a", 0), ("b", 100), ("c", 100))]
    path = write(tmp_path / "a.csv", rows, ["issue", "actor", "position", "salience"])
    judged = outcomes.judge(path)
    assert 50 < outcomes.predictions_table(judged).prediction[0] < 100
    assert "no column 'gdp'" in judged.notes


@pytest.mark.parametrize(
    ("text", "line", "field"),
    [
        ("issue,actor,positon,salience\ni,a,1,2\n", 1, "position"),
        ("issue,actor,position,salience\n", None, ""),
        ("", None, ""),
        ("issue,actor,position,salience\ni,a,x,2\n", None, "position"),
        ("issue,actor,position,salience\ni,a,1,2,3\n", 2, ""),
        ("issue,actor,position,position,salience\ni,a,1,2,3\n", 1, "position"),
        ("issue,actor,position,salience,outcome\ni,a,1,2,3\ni,b,1,2,4\n", 3, "outcome"),
    ],
)
def test_broken_files_say_where(tmp_path, text, line, field):
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        api.backtest_outcomes(path)
    assert (caught.value.line, caught.value.field) == (line, field)
    assert caught.value.file == str(path)


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(CatalogueError, match="no such file"):
        api.backtest_outcomes(tmp_path / "none.csv")
