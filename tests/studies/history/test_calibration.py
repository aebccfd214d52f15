"""The emulator and the calibration: known answers, no leaks, the same seed the same file."""

import csv

import numpy as np
import pytest
import yaml

from helpers.case_rows import row, write_cases
from negotiation_sim.errors import CatalogueError
from negotiation_sim.studies.history import calibration, calibration_fit, case_design
from negotiation_sim.studies.history.cases import read_cases
from negotiation_sim.studies.history.emulator import learn, terms_of
from negotiation_sim.studies.history.parameter_file import calibrated

D = len(calibration_fit.PARAMETERS)


def quadratic(z):
    """Log odds of three cases at two deadlines, quadratic in two of the parameters."""
    a, b = z[..., 0], z[..., 1]
    odds = np.stack([a, a * b, 0.5 - b * b], axis=-1)
    return np.stack([odds, odds + 0.5], axis=-1)


def chance(odds):
    return 1.0 / (1.0 + np.exp(-odds))


@pytest.fixture(scope="module")
def emulator():
    z = np.random.default_rng(1).normal(size=(400, D))
    return learn(z, chance(quadratic(z)), np.zeros(D), (1e-6,))


def test_the_emulator_learns_a_quadratic_exactly(emulator):
    z = np.random.default_rng(2).normal(size=D)
    assert emulator.error < 1e-6
    assert emulator.log_odds(z) == pytest.approx(quadratic(z), abs=1e-6)


def test_its_slopes_are_its_differences(emulator):
    z = np.random.default_rng(3).normal(size=D)
    step = 1e-5
    for k in range(4):
        moved = z.copy()
        moved[k] += step
        by_hand = (emulator.log_odds(moved) - emulator.log_odds(z)) / step
        assert emulator.slopes(z)[k] == pytest.approx(by_hand, abs=1e-4)


def test_terms_are_constant_linear_and_products():
    assert terms_of(np.array([2.0, 3.0])).tolist() == [[1.0, 2.0, 3.0, 4.0, 6.0, 9.0]]


def test_a_fit_finds_the_truth_and_the_priors_hold_it_back(emulator):
    truth = np.zeros(D)
    truth[:2] = 0.8, -0.6
    y = chance(quadratic(truth))  # shares in place of outcomes: the best fit is the truth
    loose = calibration_fit.fit(emulator, y, np.arange(3), 1e-9, np.full(D, 0.1))
    assert np.abs(loose[:2]) == pytest.approx([0.8, 0.6], abs=0.01)
    tight = calibration_fit.fit(emulator, y, np.arange(3), 50.0, np.full(D, 0.1))
    assert np.abs(tight).max() < 0.1


def test_priors_keep_values_within_bounds():
    for p in calibration_fit.PARAMETERS:
        assert p.value(0.0) == pytest.approx(p.middle)
        assert p.bounds[0] <= p.value(-50.0) < p.value(50.0) <= p.bounds[1]


def rows(n=30):
    rng = np.random.default_rng(6)
    made = []
    for i in range(n):
        scope = round(float(rng.random()), 2)
        adopted = rng.random() < 0.9 - 0.8 * scope
        made.append(
            row(id=f"c{i}", scope=scope, mandate=f"{1960 + i // 2}-03-01", participants=12,
                venue_class=("CD", "UN_conf_vote")[i % 2], outcome5=adopted,
                outcome10=adopted or rng.random() < 0.3)
        )  # fmt: skip
    return made


SMALL = calibration.Effort(design=30, replicates=4, final_replicates=10, resamples=2, members=1)


@pytest.mark.long
def test_calibrate_writes_the_same_files_from_the_same_seed_however_it_was_cut(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(calibration, "N_FOLDS", 3)
    monkeypatch.setattr(calibration_fit, "TIGHTNESS", (1.0, 4.0))
    path = write_cases(tmp_path / "cases.csv", rows())
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
    assert [each.name for each in (tmp_path / "two").iterdir()] == ["design.part.npz"]
    seen = []
    calibration.calibrate(
        path, tmp_path / "two", effort=SMALL, seed=3, workers=1,
        progress=lambda done, total: seen.append(done),
    )  # fmt: skip
    assert seen[0] == 10 and seen[-1] == SMALL.design
    for name in ("parameters.yaml", "out_of_fold.csv", "validation.json"):
        text = (tmp_path / "one" / name).read_text(encoding="utf-8")
        assert text == (tmp_path / "two" / name).read_text(encoding="utf-8")
    assert len([*(tmp_path / "two").iterdir()]) == 3
    table = [*csv.DictReader((tmp_path / "one" / "out_of_fold.csv").read_text().splitlines())]
    assert len(table) == 30 and 0.0 < float(table[0]["p_adopted_5y"]) < 1.0
    for name, entry in one["entries"].items():
        low, high = entry["range"]
        assert low <= entry["value"] <= high, name
    assert set(one["out_of_fold"]) == {"5y", "10y"}
    assert set(one["out_of_fold"]["5y"]["baselines"]) == {
        "base_rate",
        "logistic",
        "logistic_stances",
    }
    content = yaml.safe_load((tmp_path / "one" / "parameters.yaml").read_text(encoding="utf-8"))
    assert {len(values) for values in content["members"].values()} == {1}
    assert set(content["members"]) == {p.name for p in calibration_fit.PARAMETERS}


def test_a_design_is_the_same_in_processes_and_a_foreign_part_is_not_taken_up(tmp_path):
    cases = calibration_fit.Training.of(
        read_cases(write_cases(tmp_path / "a.csv", rows(4)))[0]
    ).cases
    environment = calibrated().environment
    z = calibration_fit.design_points(24)
    (tmp_path / case_design.KEPT).write_bytes(b"not ours")
    found = [
        case_design.simulated_design(cases, z, environment, 5, 1, folder=tmp_path, workers=workers)
        for workers in (1, 2)
    ]
    assert found[0].shape == (24, 4, 2)
    assert (found[0] == found[1]).all()


def test_a_fold_is_forecast_without_its_outcomes(tmp_path):
    training = calibration_fit.Training.of(read_cases(write_cases(tmp_path / "a.csv", rows()))[0])
    n = len(training.cases)
    z = np.random.default_rng(4).normal(size=(300, D))
    slope = np.linspace(-1.0, 1.0, n)
    odds = z[:, :1] * slope + z[:, 1:2]
    made = learn(z, chance(np.stack([odds, odds + 0.4], axis=-1)), np.zeros(D), (1e-3,))
    folds = np.arange(n) % 5
    plain = calibration_fit.out_of_fold_points(made, training, folds, 3, 1)
    flipped = training.outcome.copy()
    flipped[folds == 2] = 1.0 - flipped[folds == 2]
    other = calibration_fit.out_of_fold_points(
        made, calibration_fit.Training(training.cases, flipped, training.mandate,
                                       training.venue_class), folds, 3, 1
    )  # fmt: skip
    assert plain[2] == pytest.approx(other[2], abs=1e-9)
    assert np.abs(plain[1] - other[1]).max() > 1e-3


def test_too_few_cases_are_refused(tmp_path):
    path = write_cases(tmp_path / "a.csv", rows(10))
    with pytest.raises(CatalogueError, match="at least 30"):
        calibration.calibrate(path)


def test_the_shipped_calibration_is_within_its_ranges():
    found = calibrated()
    for p in calibration_fit.PARAMETERS:
        value = (
            found.environment[p.name].value
            if p.where == "environment"
            else getattr(found.mapping, p.name)
        )
        assert p.bounds[0] <= value <= p.bounds[1], p.name
