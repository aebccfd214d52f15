"""The text back-test on synthetic rows with the columns of the DEU data."""

import csv
import json

import numpy as np
import pytest

from negotiation_sim import api
from negotiation_sim.errors import CatalogueError
from negotiation_sim.model.terms import DecisionRule
from negotiation_sim.studies.history import text_forecasts as outcomes
from negotiation_sim.studies.history.issues import read_issues
from negotiation_sim.studies.history.single_issue import (
    Bargaining,
    Positions,
    Voting,
    agreed_text,
    bargain,
    hearing,
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
    # Started at a reference point elsewhere, the text comes within a step of where all are.
    assert agreed_text(issues[0], Bargaining())[0] == pytest.approx(0.4, abs=1e-12)
    assert agreed_text(issues[3], Bargaining(pace=0.01))[0] == pytest.approx(0.4, abs=0.1)


def test_text_lies_among_positions_and_mirrors(tmp_path, rows):
    mirrored = [[*r[:5], 100.0 - r[5], *r[6:8], "" if r[8] == "" else 100.0, r[9]] for r in rows]
    plain, _ = read_issues(write(tmp_path / "a.csv", rows))
    other, _ = read_issues(write(tmp_path / "b.csv", mirrored))
    for one, two in zip(plain, other, strict=True):
        text, _ = agreed_text(one, Bargaining())
        assert min(one.position.min(), one.reference or 1.0) <= text <= one.position.max()
        assert agreed_text(two, Bargaining())[0] == pytest.approx(1.0 - text, abs=1e-9)


def test_compiled_and_plain_bargaining_are_the_same_bits(tmp_path, rows):
    issues, _ = read_issues(write(tmp_path / "a.csv", rows))
    p = Bargaining()
    for issue in issues[:6]:
        strict = 1.0 if issue.rule == DecisionRule.CONSENSUS else 3 / 7
        part, whole = (1, 1) if issue.rule == DecisionRule.CONSENSUS else (5, 7)
        heard = hearing(issue, 2.0 * (part / whole) - 1.0)
        start = issue.reference if issue.reference is not None else (
            float(heard @ issue.position / heard.sum())
        )  # fmt: skip
        shares = issue.capability / issue.capability.sum()
        text, adopted = bargain(
            Positions(issue.position, heard, shares, issue.votes), start,
            Voting(int(issue.rule), part, whole, 2.0 * (part / whole) - 1.0), p, 60,
        )  # fmt: skip
        assert strict == pytest.approx(2.0 * (part / whole) - 1.0)
        assert (float(text), adopted) == agreed_text(issue, p)


def test_sharp_consensus_serves_a_small_objector_more_than_a_majority_does(tmp_path):
    rows = [["p", "i", "COD", "Unan", a, x, 50, g, "", 50] for a, x, g in
            (("de", 100, 4.0), ("fr", 100, 3.0), ("uk", 100, 3.0), ("mt", 0, 0.05))]  # fmt: skip
    texts = {}
    for rule in ("Unan", "QMV"):
        for row in rows:
            row[3] = rule
        issues, _ = read_issues(write(tmp_path / f"{rule}.csv", rows))
        texts[rule] = agreed_text(issues[0], Bargaining(softness=0.08, softness_strict=0.02))[0]
    assert texts["Unan"] < texts["QMV"] - 0.1


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
    with pytest.raises(CatalogueError, match="cannot be read"):
        api.backtest_outcomes(tmp_path / "none.csv")
