"""Tables and figures of a back-test, and the ablation."""

import dataclasses

import numpy as np
import pytest

from helpers.case_rows import row, write_cases
from negotiation_sim.analysis.figures.history import adoption_by_class, forecasts_by_case
from negotiation_sim.studies.history import backtest_tables
from negotiation_sim.studies.history.ablation import NEUTRAL, ablation, relevelled, without
from negotiation_sim.studies.history.case_forecasts import CaseForecasts, outcomes_of
from negotiation_sim.studies.history.case_runs import CaseRun
from negotiation_sim.studies.history.cases import read_cases
from negotiation_sim.studies.history.mapping import Mapping
from negotiation_sim.studies.history.parameter_file import calibrated


@pytest.fixture
def forecasts(tmp_path):
    rows = [
        row(id=f"c{i}", mandate=f"{1970 + i}-01-01", adopted=f"{1971 + i}-01-01" if i % 2 else "",
            failed="" if i % 2 else f"{1975 + i}-01-01", outcome5=i % 2 == 1, outcome10=i % 2 == 1,
            venue_class="CD" if i < 8 else "GGE")
        for i in range(10)
    ]  # fmt: skip
    cases, notes = read_cases(write_cases(tmp_path / "a.csv", rows))
    run = CaseRun(np.array([12, 24, 0, 0]), np.array([0, 0, 5, 5]))
    return CaseForecasts(cases, [run] * 10, notes)


def test_adoption_by_class_beside_kaplan_meier(forecasts):
    table = backtest_tables.adoption_table(forecasts)
    assert list(dict.fromkeys(table.venue_class)) == ["CD", "other"]
    cd = table[table.venue_class == "CD"].set_index("years")
    assert cd.observed[0.0] == 0.0 and cd.observed[0.75] == 0.0
    assert cd.observed[1.25] == pytest.approx(0.5)  # four of eight after one year
    assert cd.predicted[1.0] == 0.25 and cd.predicted[2.0] == 0.5 == cd.predicted[15.0]
    assert (cd.low <= cd.observed).all() and (cd.observed <= cd.high).all()


def test_tables_by_case_and_bin(forecasts):
    by_case = backtest_tables.by_case_table(forecasts)
    assert len(by_case) == 10 and by_case.happened.sum() == 5
    bins = backtest_tables.calibration_table(forecasts)
    assert bins["count"].sum() == 10 and bins.predicted.iloc[0] == pytest.approx(0.5)


def test_figures_are_drawn(forecasts, tmp_path):
    figure = adoption_by_class(backtest_tables.adoption_table(forecasts))
    figure.savefig(tmp_path / "a.svg")
    forecasts_by_case(backtest_tables.by_case_table(forecasts)).savefig(tmp_path / "b.svg")
    assert (tmp_path / "a.svg").stat().st_size > 5000


def test_relevelled_keeps_the_ranking_and_fits_the_mean():
    chance = np.array([0.1, 0.2, 0.6])
    level = relevelled(chance, np.array([1.0, 1.0, 0.0]))
    assert level.mean() == pytest.approx(2 / 3, abs=1e-6)
    assert (np.diff(level) > 0).all()


def test_every_neutral_value_is_of_a_known_parameter_and_differs():
    fitted = calibrated()
    offsets = Mapping(offsets={"field.env": 0.05})
    full = dataclasses.replace(fitted, mapping=offsets, members=())
    for neutral in NEUTRAL:
        assert set(neutral.environment) <= set(full.environment)
        part = without(neutral, full)
        assert part.environment != full.environment or part.mapping != full.mapping
        assert all(hasattr(Mapping(), name) for name in neutral.mapping)


@pytest.mark.long
def test_ablation_starts_from_the_whole_model(tmp_path):
    rows = [row(id=f"c{i}", mandate=f"{1970 + i}-01-01", scope=0.1 * i, outcome5=i < 5)
            for i in range(9)]  # fmt: skip
    cases, _ = read_cases(write_cases(tmp_path / "a.csv", rows))
    outcome = np.column_stack([outcomes_of(cases, "5y"), outcomes_of(cases, "10y")])
    outcome[:, 1] = outcome[::-1, 0]
    table = ablation(cases, calibrated(), outcome, replicates=10, resamples=20)
    assert table.mechanism[0] == "whole model" and len(table) == len(NEUTRAL) + 1
    assert table.lost_5y[0] == 0.0
    assert table.lost_5y[1] == pytest.approx(table.skill_5y[0] - table.skill_5y[1])
