"""Simulation-based calibration on emulators whose answer is known."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from negotiation_sim.studies.history.emulator import Emulator
from negotiation_sim.studies.history.identification import (
    BY_CASES,
    BY_THEORY,
    identify,
    log_posterior,
    p_of_uniform,
    posterior,
    prior_draws,
    synthetic_outcomes,
)

NAMES = ("idle", "weak", "strong")
STRENGTH = np.array([0.0, 0.12, 0.4])
N = 150
REACH = 1.8
PRIOR_VARIANCE = 0.694  # of a normal held within 1.8 widths


def emulator(n: int = N, bend: float = 0.0) -> Emulator:
    """Return log odds that are linear in three parameters, the first without influence."""
    rng = np.random.default_rng(5)
    slopes = np.repeat(rng.standard_normal((3, n, 1)) * STRENGTH[:, None, None], 2, axis=2)
    terms = [tuple(place) for place in np.argwhere(np.triu(np.ones((4, 4), bool)))]
    found = np.zeros((n, 5 + len(terms), 2))  # three simulated, and the shift that none moves
    found[:, 0] = [-0.7, 0.3]
    found[:, 1:4] = slopes.transpose(1, 0, 2)
    found[:, 5 + terms.index((2, 2))] = bend * rng.standard_normal((n, 2))
    return Emulator(np.zeros(3), np.zeros((n, 0)), found, 0.0)


def every(n: int = N) -> np.ndarray:
    return np.ones((n, 2), bool)


def both_counted(odds, outcome):
    """Return a likelihood that takes the two deadlines of a case for two draws."""
    value = outcome * odds - np.logaddexp(0.0, odds)
    return value.sum(axis=1), outcome - 1.0 / (1.0 + np.exp(-odds))


@pytest.fixture(scope="module")
def found():
    return identify(emulator(), every(), NAMES, sets=150, draws=400, seed=1)


@pytest.mark.long
def test_a_parameter_without_influence_keeps_its_prior_and_one_with_much_is_identified(found):
    table = found.table.set_index("parameter")
    assert table.loc["idle", "contraction"] == pytest.approx(0.0, abs=0.03)
    assert table.loc["strong", "contraction"] > 0.7
    assert table.loc["weak", "contraction"] == pytest.approx(0.4, abs=0.25)
    assert table["word"].tolist()[::2] == [BY_THEORY, BY_CASES]
    assert table["prior_sd"].to_numpy() ** 2 == pytest.approx(PRIOR_VARIANCE, abs=1e-3)


@pytest.mark.long
def test_places_of_the_truth_are_uniform_and_intervals_hold_it(found):
    assert found.uniform
    assert found.places.shape == (150, 3)
    assert found.table["coverage"].between(0.72, 0.88).all()


@pytest.mark.long
def test_what_is_written_down_is_plain_and_whole(found):
    said = json.loads(json.dumps(found.content()))
    assert (said["sets"], said["uniform"]) == (150, True)
    assert [each["parameter"] for each in said["parameters"]] == list(NAMES)
    assert said["parameters"][2]["word"] == BY_CASES


@pytest.mark.long
def test_counting_both_deadlines_as_two_draws_is_found_out(found):
    wrong = identify(
        emulator(), every(), NAMES, sets=150, draws=400, seed=1, likelihood=both_counted
    )
    strong = [each.table.set_index("parameter").loc["strong"] for each in (wrong, found)]
    assert strong[0]["posterior_sd"] < 0.9 * strong[1]["posterior_sd"]
    assert strong[0]["coverage"] < strong[1]["coverage"] - 0.05


@pytest.mark.long
def test_the_posterior_of_many_cases_has_the_width_of_their_information():
    many = emulator(4000)
    rng = np.random.default_rng(2)
    outcome = synthetic_outcomes(many.log_odds(np.zeros(3)), every(4000), rng)
    made = posterior(many, outcome, REACH, rng, draws=4000)
    chances = 1.0 / (1.0 + np.exp(-many.log_odds(np.zeros(3))))
    x = many.slopes(np.zeros(3))[:, :, 0]
    five, ten = chances[:, 0], chances[:, 1]
    late = ten - five  # information of the three chances, moved alike by one linear predictor
    moved = np.stack([five * (1 - five), ten * (1 - ten) - five * (1 - five), -ten * (1 - ten)])
    weight = (moved**2 / np.stack([five, late, 1.0 - ten])).sum(axis=0)
    expected = np.sqrt(np.diag(np.linalg.inv((x * weight) @ x.T + np.eye(3))))
    assert made.sd[1:] == pytest.approx(expected[1:], rel=0.1)
    assert abs(made.mode[2]) < 4.0 * expected[2]
    assert made.effective > 2000


def test_the_slope_of_the_posterior_is_that_of_its_value():
    bent = emulator(40, bend=0.3)
    outcome = synthetic_outcomes(bent.log_odds(np.zeros(3)), every(40), np.random.default_rng(1))
    z = np.array([0.3, -0.4, 0.9])
    _, slope = log_posterior(bent, outcome, z, 2.0)
    for place, step in enumerate(1e-5 * np.eye(3)):
        up, down = (log_posterior(bent, outcome, z + sign * step, 2.0)[0] for sign in (1, -1))
        assert slope[place] == pytest.approx((up - down) / 2e-5, rel=1e-5, abs=1e-6)


def test_synthetic_outcomes_are_one_draw_a_case_and_unknown_where_unknown():
    known = every()
    known[:50, 1] = False
    odds = emulator().log_odds(np.zeros(3))
    drawn = np.array(
        [synthetic_outcomes(odds, known, np.random.default_rng(seed)) for seed in range(200)]
    )
    assert np.isnan(drawn[:, :50, 1]).all() and np.isfinite(drawn[:, 50:]).all()
    assert (drawn[:, 50:, 1] >= drawn[:, 50:, 0]).all()
    chances = 1.0 / (1.0 + np.exp(-odds[50:]))
    assert drawn[:, 50:].mean(axis=(0, 1)) == pytest.approx(chances.mean(axis=0), abs=0.02)


def test_draws_of_the_priors_stay_within_reach_of_the_centre():
    z = prior_draws(np.array([0.0, 1.5]), REACH, 4000, np.random.default_rng(0))
    assert z.shape == (4000, 2) and (np.abs(z - [0.0, 1.5]) <= REACH).all()
    assert z[:, 0].var() == pytest.approx(PRIOR_VARIANCE, abs=0.05)
    assert z[:, 1].mean() == pytest.approx(0.615, abs=0.04)  # the prior pulls towards 0


def test_places_that_are_too_wide_or_lean_to_a_side_are_not_uniform():
    even = (np.arange(200) + 0.5) / 200
    assert p_of_uniform(even) > 0.9
    assert p_of_uniform(0.5 + 0.5 * (even - 0.5)) < 1e-6
    assert p_of_uniform(even**1.6) < 1e-3


def test_the_same_seed_gives_the_same_table():
    few = [identify(emulator(20), every(20), NAMES, sets=5, draws=50, seed=4) for _ in range(2)]
    assert few[0].table.equals(few[1].table)
    assert not math.isnan(few[0].effective)


def test_a_walk_draws_the_same_posterior_as_weighted_draws():
    outcome = synthetic_outcomes(
        emulator().log_odds(np.zeros(3)), every(), np.random.default_rng(3)
    )
    rng = np.random.default_rng(4)
    weighed = posterior(emulator(), outcome, REACH, rng, draws=4000)
    walked = posterior(emulator(), outcome, REACH, rng, draws=1500, walked=True)
    mean = weighed.weights @ weighed.draws
    assert walked.draws.shape == (1500, 3) and (np.abs(walked.draws) <= REACH).all()
    assert walked.draws.mean(axis=0) == pytest.approx(mean, abs=0.06)
    assert walked.sd == pytest.approx(weighed.sd, rel=0.08)
