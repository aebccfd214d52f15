"""The emulator: what it learns of simulated shares, and its slopes."""

import numpy as np
import pytest

from negotiation_sim.studies.history.emulator import Emulator, Simulated, learn, terms_of

N, CASES, WORLDS = 300, 6, 400


def truth(gap, shift):
    """Log odds of some cases by two figures and their own shift, at two deadlines."""
    a, b = gap[:, :1], gap[:, 1:2]
    case = np.linspace(-1.0, 1.0, CASES)
    odds = 0.3 + case + a * (1.0 + case) - 0.5 * b + 1.5 * shift + 0.3 * a * a
    return np.stack([odds, odds + 0.6], axis=-1)


@pytest.fixture(scope="module")
def learnt():
    rng = np.random.default_rng(1)
    gap, shift = 0.5 * rng.normal(size=(N, 2)), 0.8 * rng.normal(size=(N, CASES))
    chance = 1.0 / (1.0 + np.exp(-truth(gap, shift)))
    seen = Simulated(gap, shift, rng.binomial(WORLDS, chance).astype(float), WORLDS)
    features = np.column_stack([np.ones(CASES), np.linspace(-1.0, 1.0, CASES)])
    columns = np.column_stack([np.linspace(0.0, 1.0, CASES), np.ones(CASES)])
    return learn(seen, np.array([0.2, -0.1, 0.4, 0.0]), columns, features)


def test_it_learns_what_the_shares_hang_on(learnt):
    z = np.array([0.5, 0.3, 0.9, -0.4])
    gap = z - learnt.centre
    shift = learnt.columns @ gap[2:]
    wanted = truth(np.tile(gap[:2], (1, 1)), shift[None, :])[0]
    assert learnt.log_odds(z) == pytest.approx(wanted, abs=0.12)
    assert learnt.error < 0.85  # what is left is the chance of worlds


def test_its_slopes_are_its_differences(learnt):
    z, step = np.array([0.1, 0.2, -0.3, 0.5]), 1e-6
    slopes = learnt.slopes(z)
    assert slopes.shape == (4, CASES, 2)
    for k in range(4):
        moved = z.copy()
        moved[k] += step
        by_hand = (learnt.log_odds(moved) - learnt.log_odds(z)) / step
        assert slopes[k] == pytest.approx(by_hand, abs=1e-4)


def test_rows_of_it_are_the_same_cases(learnt):
    z, rows = np.full(4, 0.2), np.array([4, 1, 1])
    assert (learnt.of_rows(rows).log_odds(z) == learnt.log_odds(z)[rows]).all()
    assert (learnt.log_odds_at(np.array([z, -z]))[1] == learnt.log_odds(-z)).all()


def test_terms_are_constant_linear_and_products():
    assert terms_of(np.array([2.0, 3.0])).tolist() == [[1.0, 2.0, 3.0, 4.0, 6.0, 9.0]]


def test_without_simulated_points_it_is_what_its_coefficients_say():
    flat = np.zeros((2, len(terms_of(np.zeros(2))[0]), 2))
    flat[1, 2] = 3.0
    made = Emulator(np.zeros(2), np.array([[0.0], [2.0]]), flat, 0.0)
    assert made.log_odds(np.array([7.0, 0.5])).tolist() == [[0.0, 0.0], [3.0, 3.0]]
