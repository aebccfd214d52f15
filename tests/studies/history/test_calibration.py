"""The calibration: known answers, no leaks, the same seed the same files."""

import csv
from datetime import date

import numpy as np
import pytest
import yaml

from helpers.case_rows import row, write_cases
from negotiation_sim.catalogue import environment_table
from negotiation_sim.catalogue.coded_case import CASE_COLUMNS
from negotiation_sim.errors import CatalogueError
from negotiation_sim.studies.history import calibration, calibration_fit, case_design
from negotiation_sim.studies.history.calibration_priors import (
    CENTRE,
    DRAWS,
    FIGURES,
    SIMULATED,
    draw_columns,
    values_at,
)
from negotiation_sim.studies.history.emulator import Emulator
from negotiation_sim.studies.history.mapping import drawn_to_it, mapping_of
from negotiation_sim.studies.history.parameter_file import calibrated

D = len(FIGURES)
DAY = date(2026, 7, 1)


def rows(n=40):
    rng = np.random.default_rng(6)
    made = []
    for i in range(n):
        scope = round(float(rng.random()), 2)
        adopted = rng.random() < 0.9 - 0.8 * scope
        later = adopted or rng.random() < 0.3
        year = 1950 + i
        made.append(
            row(id=f"c{i}", scope=scope, mandate=f"{year}-03-01", participants=12,
                venue_class=("CD", "UN_conf_vote", "COPUOS", "GGE")[i % 4], start="",
                adopted=f"{year + 2}-03-01" if adopted else f"{year + 7}-03-01" if later else "",
                failed="", entry_into_force="", outcome5=adopted, outcome10=later)
        )  # fmt: skip
    return made


def written(tmp_path, n=40):
    return write_cases(tmp_path / "cases.csv", rows(n), CASE_COLUMNS)


def linear(cases, truth):
    """Return an emulator that is linear in two figures, and the shares it gives at a point."""
    coefficients = np.zeros((cases, len(_terms()), 2))
    coefficients[:, 1] = np.linspace(-2.0, 2.0, cases)[:, None]
    coefficients[:, 2] = 1.0
    coefficients[:, 0, 1] = 0.5
    made = Emulator(CENTRE.copy(), np.zeros((cases, len(DRAWS))), coefficients, 0.0)
    return made, 1.0 / (1.0 + np.exp(-made.log_odds(CENTRE + truth)))


def _terms():
    d = len(SIMULATED) + 1
    return range(1 + d + d * (d + 1) // 2)


def test_a_fit_finds_the_truth_and_the_priors_hold_it_back():
    truth = np.zeros(D)
    truth[:2] = 0.8, -0.6
    emulator, chance = linear(400, truth)
    outcome = (np.random.default_rng(3).random((400, 1)) < chance).astype(float)
    every = np.arange(400)
    loose = calibration_fit.fit(emulator, outcome, every, 1e-6)
    assert loose[:2] - CENTRE[:2] == pytest.approx([0.8, -0.6], abs=0.25)
    tight = calibration_fit.fit(emulator, outcome, every, 1e6)
    nearest = np.clip(0.0, CENTRE - calibration_fit.REACH, CENTRE + calibration_fit.REACH)
    assert tight == pytest.approx(nearest, abs=1e-3)


def test_priors_keep_values_within_bounds():
    for p in FIGURES:
        assert p.value(0.0) == pytest.approx(p.middle)
        assert p.bounds[0] <= p.value(-50.0) < p.value(50.0) <= p.bounds[1]


def test_what_is_not_simulated_moves_a_case_as_the_mapping_does(tmp_path):
    training = calibration.read_training(written(tmp_path), DAY)
    columns = draw_columns(training.cases)
    z = np.random.default_rng(5).normal(size=D)
    values = values_at(z)
    drawn = columns @ np.array([values[p.name] for p in DRAWS])
    mapping = mapping_of({p.name: values[p.name] for p in DRAWS})
    assert drawn == pytest.approx([drawn_to_it(case, mapping) for case in training.cases])


SMALL = calibration.Effort(design=24, replicates=4, final_replicates=10, resamples=3, members=2)


@pytest.mark.long
def test_calibrate_writes_the_same_files_from_the_same_seed_however_it_was_cut(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(calibration, "N_FOLDS", 3)
    monkeypatch.setattr(calibration_fit, "TIGHTNESS", (1.0,))
    monkeypatch.setattr(calibration, "KNOWN_AT", (date(1985, 1, 1), DAY))
    path = written(tmp_path)
    one = calibration.calibrate(path, tmp_path / "one", effort=SMALL, seed=3, workers=1)

    class Stopped(Exception):
        pass

    def stop(done, total):
        if done >= 15:
            raise Stopped

    with pytest.raises(Stopped):
        calibration.calibrate(
            path, tmp_path / "two", effort=SMALL, seed=3, workers=1, progress=stop
        )
    assert [each.name for each in (tmp_path / "two").iterdir()] == ["design.npz"]
    seen = []
    calibration.calibrate(
        path, tmp_path / "two", effort=SMALL, seed=3, workers=1,
        progress=lambda done, total: seen.append(done),
    )  # fmt: skip
    assert seen[0] == 10 and seen[-1] == SMALL.design
    names = {"parameters.yaml", "parameters-1985-01.yaml", "out_of_fold.csv", "validation.json"}
    for name in names:
        text = (tmp_path / "one" / name).read_text(encoding="utf-8")
        assert text == (tmp_path / "two" / name).read_text(encoding="utf-8")
    assert {each.name for each in (tmp_path / "two").iterdir()} == names | {"design.npz"}
    table = [*csv.DictReader((tmp_path / "one" / "out_of_fold.csv").read_text().splitlines())]
    assert len(table) == 40 and 0.0 < float(table[0]["p_adopted_5y"]) < 1.0
    for name, entry in one["entries"].items():
        low, high = entry["range"]
        assert low <= entry["value"] <= high, name
    assert set(one["out_of_fold"]["5y"]["baselines"]) == set(calibration.BASELINES)
    content = yaml.safe_load((tmp_path / "one" / "parameters.yaml").read_text(encoding="utf-8"))
    assert {len(values) for values in content["members"].values()} == {2}
    assert set(content["members"]) == {p.name for p in FIGURES}
    seen.clear()
    calibration.calibrate(
        path, tmp_path / "two", effort=SMALL, seed=4, workers=1,
        progress=lambda done, total: seen.append(done),
    )  # fmt: skip
    assert seen == [SMALL.design]


def test_a_design_is_the_same_in_processes_and_a_foreign_table_is_not_taken_up(tmp_path):
    cases = calibration.read_training(written(tmp_path), DAY).cases[:4]
    environment = {name: entry.figure() for name, entry in environment_table().items()}
    design = case_design.CaseDesign.of(cases, 24)
    found = []
    for workers in (1, 2):
        (tmp_path / case_design.TABLE).write_bytes(b"not ours")
        found.append(
            case_design.simulated_design(
                cases, design, environment, 5, folder=tmp_path, workers=workers
            ).adopted
        )
    assert found[0].shape == (24, 4, 2)
    assert (found[0] == found[1]).all()
    again = (
        case_design.simulated_design(
            cases,
            design,
            environment,
            5,
            folder=tmp_path,
            progress=lambda done, n: taken.append(done),
        )
        if (taken := []) is not None
        else None
    )
    assert taken == [24] and (again.adopted == found[0]).all()


def test_a_design_of_fewer_points_is_the_first_of_more(tmp_path):
    cases = calibration.read_training(written(tmp_path), DAY).cases
    few, many = case_design.CaseDesign.of(cases, 3), case_design.CaseDesign.of(cases, 9)
    assert (few.z == many.z[:3]).all()
    assert few.shift == pytest.approx(many.shift[:3], abs=1e-12)
    some = case_design.CaseDesign.of(cases[5:7], 9)
    assert some.shift == pytest.approx(many.shift[:, 5:7], abs=1e-12)
    assert (many.z[0] == CENTRE[: len(SIMULATED)]).all() and (many.shift[0] == many.centre).all()


def test_a_fold_is_forecast_without_its_outcomes(tmp_path):
    training = calibration.read_training(written(tmp_path), DAY)
    emulator, _ = linear(len(training.cases), np.zeros(D))
    every = training.rows
    folds = training.folds(every, 5, 0)
    flipped = training.outcome.copy()
    flipped[every[folds == 2]] = 1.0  # a text by five years in every one of them
    other = calibration_fit.Training(training.cases, training.coded, flipped, DAY)
    for fold, same in ((2, True), (1, False)):
        rows_taught = every[folds != fold]
        points = [
            calibration_fit.member_points(emulator, known, rows_taught, 1.0, 3, 1)
            for known in (training, other)
        ]
        assert bool(np.abs(points[0] - points[1]).max() < 1e-9) == same


def test_frames_stay_whole_in_folds_and_in_resamples(tmp_path):
    training = calibration.read_training(written(tmp_path), DAY)
    folds = training.folds(training.rows, 5, 0)
    by_frame = {}
    for row_number, fold in zip(training.rows, folds, strict=True):
        by_frame.setdefault(training.frames[row_number], set()).add(int(fold))
    assert {len(found) for found in by_frame.values()} == {1}


def test_a_fit_of_a_day_sees_nothing_later_and_no_row_of_the_agenda(tmp_path):
    made = rows()
    made[3]["domain"] = "space"
    training = calibration.read_training(
        write_cases(tmp_path / "cases.csv", made, CASE_COLUMNS), DAY
    )
    known = calibration.known_on(training, date(1970, 1, 1))
    years = [int(case.mandate[:4]) for case in known.coded]
    for year, case, outcome in zip(years, known.coded, known.outcome, strict=True):
        seen = np.isfinite(outcome)
        if case.domain == "space":
            assert not seen.any()
        else:
            assert seen.tolist() == [year + 5 < 1970, year + 10 < 1970]
    assert np.isfinite(calibration.known_on(training, DAY).outcome).all()


def test_rows_set_aside_are_neither_fitted_nor_scored(tmp_path):
    made = rows()
    made[-1] |= {"mandate": "2005-12-10", "adopted": "", "outcome5": "False", "outcome10": "False"}
    training = calibration.read_training(
        write_cases(tmp_path / "cases.csv", made, CASE_COLUMNS), DAY
    )
    assert "c39" not in {case.id for case in training.cases} and len(training.cases) == 39


def test_too_few_cases_are_refused(tmp_path):
    with pytest.raises(CatalogueError, match="at least 30"):
        calibration.calibrate(written(tmp_path, 10))


def test_the_shipped_calibrations_are_within_their_bounds():
    for start in ("2009-01", "2026-07"):
        found = calibrated(start=start)
        for p in FIGURES:
            if p.where == "environment":
                value = found.environment[p.name].value
            else:
                value = getattr(found.mapping, p.name, found.mapping.offsets.get(p.name))
            assert p.bounds[0] <= value <= p.bounds[1], p.name
