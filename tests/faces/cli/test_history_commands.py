"""The commands on history: printed scores, files, plain errors; the page on validation is current."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from helpers.case_rows import row, write_cases
from negotiation_sim import api
from negotiation_sim.catalogue.coded_case import CASE_COLUMNS
from negotiation_sim.faces.cli.main import app
from negotiation_sim.studies.history.calibration_priors import FIGURES
from negotiation_sim.studies.history.case_table import coded_cases
from negotiation_sim.studies.history.outside_view import beside_run
from negotiation_sim.studies.history.splits import scored_outcome
from negotiation_sim.words.shares import percent, span

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "validation.md").read_text("utf-8")
VALIDATION = json.loads((ROOT / "experiments/backtest/validation.json").read_text("utf-8"))
ASIDE = json.loads((ROOT / "experiments/backtest/set_aside.json").read_text("utf-8"))


def say(*words: object, code: int = 0) -> str:
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == code, result.output
    return result.output


@pytest.fixture(scope="module")
def cases(tmp_path_factory):
    rows = [
        row(id=f"c{i}", scope=round(0.1 + 0.04 * i, 2), mandate=f"{1970 + i}-03-01",
            outcome5=i % 3 > 0, outcome10=i % 3 > 0 or i % 4 > 0, adopted=f"{1972 + i}-03-01",
            participants=("28-61", "~90", "100+")[i % 3])
        for i in range(14)
    ]  # fmt: skip
    return write_cases(tmp_path_factory.mktemp("cases") / "new.csv", rows, CASE_COLUMNS)


@pytest.mark.long
def test_backtest_cases_prints_scores_beside_the_baselines(cases, tmp_path):
    text = say("backtest", "cases", cases, "--out", tmp_path, "--replicates", 30, "--no-figures")
    for words in (
        "Brier skill",
        "base rate",
        "logistic regression",
        "14 cases, 14 scored",
        "bands",
    ):
        assert words in text
    scores = json.loads((tmp_path / "scores.json").read_text("utf-8"))
    assert f"{scores['5y']['brier']['value']:.3f} (" in text
    table = [*csv.DictReader((tmp_path / "predictions.csv").read_text("utf-8").splitlines())]
    assert [line["id"] for line in table] == [f"c{i}" for i in range(14)]
    again = api.backtest_cases(cases, tmp_path / "again", replicates=30, figures=False)
    assert again.scores == scores


def test_backtest_export_writes_a_study_or_says_in_one_line_why_not(cases, tmp_path):
    text = say("backtest", "export", cases, "c3", "--out", tmp_path / "study")
    assert f"Next: negotiation-sim run {tmp_path / 'study'}" in text
    assert "All is well" in say("check", tmp_path / "study")
    for name, folder, words in (
        ("c33", tmp_path / "other", "no case 'c33'; did you mean 'c3'?"),
        ("c3", tmp_path / "study", "the folder is not empty"),
    ):
        found = say("backtest", "export", cases, name, "--out", folder, code=2)
        assert words in found and "Traceback" not in found and found.count("\n") == 1
    assert not (tmp_path / "other").exists()


def test_backtest_outcomes_prints_errors_beside_the_means(tmp_path):
    lines = ["issue,actor,position,salience,gdp,outcome"]
    for i in range(4):
        lines += [
            f"i{i},{a},{p},{s},{g},40"
            for a, p, s, g in (("a", 0, 50, 5), ("b", 50, 80, 3), ("c", 100, 30, 1))
        ]
    path = tmp_path / "issues.csv"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    text = say("backtest", "outcomes", path, "--out", tmp_path / "out")
    for words in ("salience mean", "nash bargaining", "4 issues, 4 scored", "80 % intervals"):
        assert words in text
    assert (tmp_path / "out" / "predictions.csv").is_file()


def test_forecast_prints_every_method_for_every_issue():
    text = say("forecast", "bellagio", "--initiative", "code", "--venue", "COPUOS")
    table = api.forecast("bellagio", "code", "COPUOS")
    assert set(table["issue"]) == {"form", "scope"} and set(table["initiative"]) == {"code"}
    for _, line in table.iterrows():
        assert line["method"].replace("_", " ") in text and f"{line['prediction']:.3f}" in text


def test_forecast_takes_what_is_set_as_every_command_does():
    path = "actors.USA.ideal_point.scope"
    words = ("forecast", "bellagio", "--initiative", "code", "--set", f"{path}=0.99")
    table = api.forecast("bellagio", "code", overrides={path: 0.99})
    text = say(*words)
    before = say(*words[:4])
    assert text != before
    for _, line in table.iterrows():
        assert f"{line['prediction']:.3f}" in text
    assert "did you mean" in say(
        "forecast", "bellagio", "--set", "actors.USA.ideal_pont.scope=1", code=2
    )


def test_precedents_prints_forecasts_base_rates_and_the_nearest():
    text = say("precedents", "bellagio", "--strategy", "ppwt@CD")
    (view,) = api.precedents("bellagio", "ppwt@CD")
    rate = view.rates[5]
    assert percent(view.chance(5)) in text and percent(view.chance(10)) in text
    assert f"{round(10 * rate.share)} of 10 ({span(rate.low, rate.high)})".replace("–", "-") in text
    for near in view.precedents:
        assert f"{near.case.name} ({near.case.mandate[:4]}, distance {near.distance:.2f})" in text
        assert f"alike: {', '.join(near.alike)}" in text
    assert f"ppwt@CD: {view.scope.words()}." in text
    every = say("precedents", "bellagio")
    assert "Nearest to" not in every and "code@COPUOS" in every
    assert "Record of the outside view at 5 years" in every


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["precedents", "bellagio", "--strategy", "ppwt@CDX"], "did you mean 'ppwt@CD'"),
        (["precedents", "belagio"], "did you mean 'bellagio'"),
        (["backtest", "cases", "none.csv"], "none.csv"),
        (["backtest", "cases", "{cases}", "--replicates", "0"], "replicates: 0"),
        (["backtest", "outcomes", "{cases}"], "issue"),
        (["calibrate", "{cases}"], "14 rows open to fits have a known outcome, at least 30"),
        (["forecast", "bellagio", "--initiative", "cod"], "did you mean 'code'"),
        (["forecast", "bellagio", "--venue", "COPUS"], "did you mean 'COPUOS'"),
        (["forecast", "bellagio", "--reference", "2"], "not between 0 and 1"),
        (["forecast", "bellagio", "--reference", "scop=0.2"], "did you mean 'scope'"),
        (["forecast", "bellagio", "--reference", "scope"], "is no number and not ISSUE=VALUE"),
        (["forecast", "bellagio", "--reference", "0.1", "--reference", "scope=0.2"], "not both"),
    ],
)
def test_bad_input_is_one_message(words, said, cases, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = say(*(word.replace("{cases}", str(cases)) for word in words), code=2)
    assert said in text and len(text.strip().splitlines()) == 1
    assert not [*tmp_path.iterdir()]


def test_the_shipped_record_is_of_the_model_that_is_shipped():
    """The scores quoted, the figures fitted and the file that back-tests read belong together."""
    kept = yaml.safe_load((ROOT / "experiments/backtest/parameters.yaml").read_text("utf-8"))
    fitted = {p.name: p for p in FIGURES}
    assert set(VALIDATION["entries"]) == set(fitted) == set(kept["members"])
    for name, entry in VALIDATION["entries"].items():
        part = "parameters" if fitted[name].where == "environment" else "mapping"
        assert kept[part][name]["value"] == entry["value"]
        prior = kept["provenance"]["priors"][name]
        assert prior["middle"] == pytest.approx(fitted[name].middle)
    assert kept["provenance"]["n_cases"] == VALIDATION["n_cases"]
    assert kept["provenance"]["known_at"] == VALIDATION["known_at"]
    held = (ROOT / "experiments/backtest/out_of_fold.csv").read_text("utf-8").splitlines()
    assert len(held) == VALIDATION["n_cases"] + 1
    for deadline, n in (("5y", 596), ("10y", 595)):
        assert VALIDATION["out_of_fold"][deadline]["n"] == n


def test_a_run_prints_the_record_and_claims_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = say("run", "bellagio", "--replicates", 5, "--beliefs", 0, "--no-figures")
    brier = ASIDE["5y"]["brier"]
    assert (
        "No skill is claimed for this run." in text
        and "Process parameters that are provisional" in text
    )
    assert "{value:.2f} ({low:.2f} to {high:.2f})".format(**brier) in text


def test_a_run_shows_inside_and_outside_view_and_where_they_part(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run = api.run("bellagio", replicates=40, beliefs=0, figures=False)
    text = say("run", "bellagio", "--replicates", 40, "--beliefs", 0, "--no-figures")
    found = beside_run(run)
    assert all(line in text for line in found.lines)
    rows = {each.strategy: each for each in found.rows}
    code, moving = rows["code@gge"], rows["ban-treaty@CD>adhoc-optin"]
    line = next(row for row in text.splitlines()[::-1] if row.startswith(" code@gge "))
    assert percent(code.inside) in line and percent(code.outside) in line
    assert percent(code.pool) in line and "not tested" in line
    assert moving.inside != moving.inside  # precedents of the first venue, worlds of both
    assert "pledges@first-committee" not in rows
    (view,) = api.precedents("bellagio", "code@gge")
    assert code.outside == pytest.approx(view.chance(5))


def test_held_out_forecasts_of_the_shipped_cases_are_scored_as_said():
    text = (ROOT / "experiments/backtest/out_of_fold.csv").read_text("utf-8")
    held = [*csv.DictReader(text.splitlines())]
    truth = {case.id: scored_outcome(case, 5) for case in coded_cases()}
    errors = [(float(line["p_adopted_5y"]) - float(truth[line["id"]])) ** 2 for line in held]
    wanted = VALIDATION["out_of_fold"]["5y"]["brier"]["value"]
    assert len(held) == 596 and sum(errors) / len(errors) == pytest.approx(wanted, abs=1e-5)
