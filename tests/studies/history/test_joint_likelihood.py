"""Known answers of the joint likelihood of both deadlines, and its slope."""

import math

import numpy as np
import pytest

from negotiation_sim.studies.history.joint_likelihood import (
    LEAST,
    category_chances,
    joint_log_likelihood,
)

UNKNOWN = math.nan


def odds(*chances: float) -> np.ndarray:
    return np.log(np.array([chances]) / (1.0 - np.array([chances])))


def test_chances_are_those_of_the_odds_where_ten_years_are_above_five():
    early, late, none = category_chances(odds(0.2, 0.5))[0]
    assert early == pytest.approx(0.2, rel=1e-12)
    assert late == pytest.approx(0.3, rel=1e-3)
    assert none == pytest.approx(0.5, rel=1e-3)


@pytest.mark.parametrize("pair", [(0.2, 0.5), (0.5, 0.5), (0.9, 0.1), (1e-9, 1 - 1e-9)])
def test_chances_sum_to_one_and_none_is_negative(pair):
    chances = category_chances(odds(*pair))[0]
    assert chances.sum() == pytest.approx(1.0, abs=1e-12)
    assert (chances > 0.0).all()


def test_crossed_odds_leave_a_late_text_a_chance_below_the_least_hazard():
    late = category_chances(odds(0.5, 0.4))[0, 1]
    assert 0.0 < late < 0.5 * LEAST


@pytest.mark.parametrize(
    ("outcome", "chance"),
    [
        ((1.0, 1.0), 0.2), ((1.0, UNKNOWN), 0.2), ((0.0, 1.0), 0.3), ((0.0, 0.0), 0.5),
        ((UNKNOWN, 0.0), 0.5), ((0.0, UNKNOWN), 0.8), ((UNKNOWN, 1.0), 0.5),
        ((UNKNOWN, UNKNOWN), 1.0),
    ],
)  # fmt: skip
def test_each_outcome_has_the_chance_of_what_is_known(outcome, chance):
    value, _ = joint_log_likelihood(odds(0.2, 0.5), np.array([outcome]))
    assert math.exp(value[0]) == pytest.approx(chance, rel=1e-3)


def test_one_draw_and_not_two():
    """Adopted by five years says nothing more at ten: two Bernoulli terms would count it twice."""
    value, slope = joint_log_likelihood(odds(0.2, 0.5), np.array([[1.0, 1.0]]))
    assert value[0] == pytest.approx(math.log(0.2)) and slope[0, 1] == 0.0


def test_the_slope_is_that_of_the_value():
    rng = np.random.default_rng(3)
    kinds = [
        (1, 1), (1, UNKNOWN), (0, 1), (0, 0), (0, UNKNOWN), (UNKNOWN, 1), (UNKNOWN, 0)
    ]  # fmt: skip
    outcome = np.array(kinds * 30, dtype=float)
    at = rng.normal(0.0, 2.0, outcome.shape)
    _, slope = joint_log_likelihood(at, outcome)
    for column in (0, 1):
        step = np.zeros(2)
        step[column] = 1e-6
        up, down = (
            joint_log_likelihood(at + step, outcome),
            joint_log_likelihood(at - step, outcome),
        )
        assert slope[:, column] == pytest.approx((up[0] - down[0]) / 2e-6, rel=1e-4, abs=1e-6)


def test_values_stay_finite_for_odds_that_an_emulator_may_give():
    outcome = np.array([(1, 1), (0, 1), (0, 0), (UNKNOWN, 1)], dtype=float)
    for pair in ((40.0, -40.0), (-40.0, 40.0), (-40.0, -40.0), (40.0, 40.0)):
        value, slope = joint_log_likelihood(np.tile(pair, (4, 1)), outcome)
        assert np.isfinite(value).all() and np.isfinite(slope).all(), pair
