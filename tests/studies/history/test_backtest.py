"""The back-test of cases: files, odd rows, baselines and what may not leak."""

import csv
import dataclasses
import json

import numpy as np
import pytest

from helpers.case_rows import row, write_cases
from negotiation_sim import api
from negotiation_sim.catalogue import find_root
from negotiation_sim.errors import CatalogueError, StoreError, UsageError
from negotiation_sim.studies.history import case_forecasts as backtest
from negotiation_sim.studies.history.case_baselines import (
    baseline_forecasts,
    left_out,
    short_columns,
)
from negotiation_sim.studies.history.case_runs import CaseRun, Point, run_case, run_cases
from negotiation_sim.studies.history.cases import read_cases
from negotiation_sim.studies.history.parameter_file import calibrated, write_parameters

SHIPPED = "experiments/backtest/cases-first-251.csv"


@pytest.fixture(scope="module")
def used():
    return calibrated()


def some_rows(n=24):
    rng = np.random.default_rng(3)
    rows = []
    for i in range(n):
        adopted = rng.random() < 0.5
        rows.append(
            row(
                id=f"c{i}", scope=round(float(rng.random()), 2), mandate=f"{1970 + i // 2}-03-01",
                adopted=f"{1972 + i // 2}-05-01" if adopted else "",
                failed="" if adopted else f"{1985 + i // 2}-01-01",
                outcome5=adopted, outcome10=adopted, binding=int(rng.random() < 0.5),
            )
        )  # fmt: skip
    return rows


def test_predictions_and_scores_of_a_file_with_odd_rows(tmp_path):
    odd = [
        row(id="span", participants="28-61", outcome5="", outcome10=""),
        row(id="flagged", outcome5_flag="borderline"),
        row(id="bare", **dict.fromkeys(("form", "scope", "mandate", "decision_rule", "us"), "")),
        row(id="odd", mandate="about 1988", decision_rule="by lot", participants="many"),
    ]
    path = write_cases(tmp_path / "cases.csv", some_rows() + odd)
    said = api.backtest_cases(path, tmp_path / "out", replicates=40, seed=2).scores
    text = (tmp_path / "out" / "predictions.csv").read_text(encoding="utf-8")
    table = [*csv.DictReader(text.splitlines())]
    assert tuple(table[0]) == backtest.PREDICTION_COLUMNS and len(table) == 28
    for line in table:
        five, ten = float(line["p_adopted_5y"]), float(line["p_adopted_10y"])
        assert 0.0 < five <= ten < 1.0
        assert line["median_years"] == "" or 0.0 < float(line["median_years"]) <= 15.0
    kept = json.loads((tmp_path / "out" / "scores.json").read_text(encoding="utf-8"))
    assert kept == said
    for name in ("calibration", "cases", "classes"):
        assert (tmp_path / "out" / f"{name}.png").stat().st_size > 5_000
    assert kept["n_cases"] == 28 and kept["n_scored"] == 26 and "out_of_fold" not in kept
    assert set(kept["5y"]["baselines"]) == {"base_rate", "logistic", "logistic_stances"}
    assert 0.0 < kept["concordance"]["value"] < 1.0
    assert any("participants missing" in note for note in kept["notes"])


def test_forecasts_do_not_read_outcomes(tmp_path, used):
    rows = some_rows(6)
    blind = [
        {**r, "outcome5": "", "outcome10": "", "adopted": "", "failed": "", "note": "x"}
        for r in rows
    ]
    seen, unseen = (
        backtest.forecast_cases(write_cases(tmp_path / name, some), replicates=30, parameters=used)
        for name, some in (("a.csv", rows), ("b.csv", blind))
    )
    assert backtest.predictions_table(seen).equals(backtest.predictions_table(unseen))
    assert backtest.case_scores(unseen)["5y"]["n"] == 0


def test_order_and_workers_change_nothing(tmp_path, used):
    cases, _ = read_cases(write_cases(tmp_path / "a.csv", some_rows(6)))
    one = run_cases(cases, used.points, 25, 4, workers=1)
    two = run_cases(cases[::-1], used.points, 25, 4, workers=2)[::-1]
    for a, b in zip(one, two, strict=True):
        assert (a.months == b.months).all() and (a.cause == b.cause).all()


def test_a_run_knows_its_chances_median_and_cause():
    run = CaseRun(np.array([6, 12, 60, 61, 0, 0]), np.array([0, 0, 0, 6, 7, 7]))
    assert run.chance(5.0) == pytest.approx(3.5 / 7.0)
    assert run.median_years == 5.0 and run.main_cause == "withdrawal"
    never = CaseRun(np.array([6, 0, 0]), np.array([0, 5, 5]))
    assert never.median_years is None and never.main_cause == "text"
    assert CaseRun(np.array([1, 2]), np.array([0, 0])).main_cause == "none"


def test_baselines_leave_the_whole_mandate_date_out(tmp_path):
    cases, _ = read_cases(write_cases(tmp_path / "a.csv", some_rows()))
    y = backtest.outcomes_of(cases, "5y")
    groups = [case.mandate_text for case in cases]
    plain = left_out(short_columns(cases), y, groups)
    flipped = y.copy()
    flipped[:2] = 1.0 - flipped[:2]  # the two rows of the first mandate date
    other = left_out(short_columns(cases), flipped, groups)
    assert other[:2] == pytest.approx(plain[:2], abs=1e-12)
    assert not np.allclose(other[2:], plain[2:])
    rate = baseline_forecasts(cases, y, None)["base_rate"]
    assert rate[0] == pytest.approx(y[2:].mean())


def test_a_training_file_serves_the_baselines(tmp_path):
    train = write_cases(tmp_path / "train.csv", some_rows(30))
    path = write_cases(tmp_path / "a.csv", some_rows(8))
    said = api.backtest_cases(
        path, tmp_path / "out", train=train, replicates=20, figures=False
    ).scores
    assert said["baselines_fitted_on"] == "the training file"
    cases, _ = read_cases(train)
    rate = np.mean([case.outcome5 for case in cases])
    y = backtest.outcomes_of(read_cases(path)[0], "5y")
    brier = said["5y"]["baselines"]["base_rate"]["brier"]["value"]
    assert brier == pytest.approx(np.mean((rate - y) ** 2))


def test_baselines_on_the_shipped_cases_are_about_the_known_ones():
    cases, _ = read_cases(find_root() / SHIPPED)
    for deadline, low, high in (("5y", 0.08, 0.13), ("10y", 0.07, 0.12)):
        y = backtest.outcomes_of(cases, deadline)
        known = np.isfinite(y)
        chance = baseline_forecasts(cases, y, None)["logistic"]
        skill = backtest.scores.brier_skill(chance[known], y[known])
        assert low < skill < high, deadline


def test_time_to_adoption_follows_failures_to_the_horizon(tmp_path):
    rows = [
        row(id="yes"), row(id="failed", adopted="", failed="1980-01-01", outcome5="False"),
        row(id="open", adopted="", outcome5="False", outcome10=""),
        row(id="new", adopted="", outcome5="", outcome10=""),
    ]  # fmt: skip
    cases, _ = read_cases(write_cases(tmp_path / "a.csv", rows))
    found = [backtest.time_to_adoption(case) for case in cases]
    assert found[0][0] == pytest.approx(2.0, abs=0.01) and found[0][1]
    assert found[1:] == [(15.0, False), (5.0, False), None]


def test_scores_of_held_out_forecasts_where_all_rows_are_known(tmp_path):
    cases, _ = read_cases(write_cases(tmp_path / "a.csv", some_rows()))
    y = backtest.outcomes_of(cases, "5y")
    held = {
        case.id: {
            **{f"p_adopted_{d}": 0.9 * o + 0.05 for d in ("5y", "10y")},
            **{f"{b}_{d}": 0.5 for b in backtest.HELD_OUT_BASELINES for d in ("5y", "10y")},
        }
        for case, o in zip(cases, y, strict=True)
    }
    said = backtest.out_of_fold_scores(cases, held_out=held)
    assert said["5y"]["brier"]["value"] == pytest.approx(0.05**2)
    del held[cases[0].id]
    assert backtest.out_of_fold_scores(cases, held_out=held) is None


def test_a_calibration_is_read_back_as_written(tmp_path):
    root = tmp_path
    (root / "experiments" / "backtest").mkdir(parents=True)
    entries = (find_root() / "experiments" / "environment.yaml").read_text(encoding="utf-8")
    (root / "experiments" / "environment.yaml").write_text(entries, encoding="utf-8")
    sources = (find_root() / "experiments" / "sources.yaml").read_text(encoding="utf-8")
    (root / "experiments" / "sources.yaml").write_text(sources, encoding="utf-8")
    figure = {"value": 0.125, "range": [0.1, 0.25], "basis": "calibrated", "note": "a test: of it"}
    content = {
        "description": "a test",
        "provenance": {"seed": 1, "cases": "cases.csv", "skill": {"5y": 0.1}},
        "mapping": {"centre": {"value": 0.5, "range": [0.4, 0.6]}, "stake": {"value": 0.25}},
        "parameters": {"pace": figure},
        "members": {"pace": [0.1, 0.2], "centre": [0.4, 0.6]},
    }
    write_parameters(root / "experiments" / "backtest" / "parameters.yaml", content)
    found = calibrated(root)
    assert found.environment["pace"].value == 0.125 and found.environment["pace"].range is None
    assert (found.mapping.centre, found.mapping.stake) == (0.5, 0.25)
    assert found.provenance["skill"] == {"5y": 0.1}
    assert [point.environment["pace"].value for point in found.points] == [0.1, 0.2]
    assert [point.mapping.centre for point in found.points] == [0.4, 0.6]
    assert {point.mapping.stake for point in found.points} == {0.25}


def test_a_broken_mapping_names_its_field(tmp_path, monkeypatch):
    from negotiation_sim.studies.history import parameter_file

    with pytest.raises(CatalogueError, match="mapping.centr"):
        parameter_file._mapping({"centr": {"value": 0.5}})


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"centr": [0.5]}, "members.centr: unknown; did you mean 'centre'"),
        ({"centre": [0.5], "pace": [0.1, 0.2]}, "equally many"),
        ({"centre": ["a"]}, "members.centre: found 'a'"),
    ],
)
def test_broken_members_name_their_field(members, words, used):
    from negotiation_sim.studies.history import parameter_file

    with pytest.raises(CatalogueError, match=words):
        parameter_file._members(members, used.points[0])


def test_points_share_the_worlds_out_and_their_forecasts_are_pooled(tmp_path, used):
    case = read_cases(write_cases(tmp_path / "a.csv", some_rows(2)))[0][0]
    hopeful, hopeless = (
        Point(used.environment, dataclasses.replace(used.mapping, margin=margin))
        for margin in (0.0, 0.9)
    )
    both = run_case(case, (hopeful, hopeless), 41, 3)
    alone = [run_case(case, (point,), 41, 3) for point in (hopeful, hopeless)]
    assert len(both.months) == 41
    assert both.months.tolist() == [*alone[0].months[::2], *alone[1].months[1::2]]
    assert alone[0].chance(10.0) > both.chance(10.0) > alone[1].chance(10.0)
    assert len(run_case(case, (hopeful, hopeless), 1, 3).months) == 1


def test_unusable_arguments_are_refused(tmp_path):
    path = write_cases(tmp_path / "a.csv", some_rows(2))
    with pytest.raises(UsageError):
        api.backtest_cases(path, replicates=0)
    with pytest.raises(CatalogueError):
        api.backtest_cases(tmp_path / "none.csv")
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(StoreError, match="file"):
        api.backtest_cases(path, tmp_path / "file", replicates=5, figures=False)
