"""The line from the engine's share of worlds to the chance that is forecast."""

import numpy as np
import pytest

from negotiation_sim.studies.history.forecast_line import (
    GENTLEST,
    PLAIN_LINE,
    STEEPEST,
    ForecastLine,
    line_of,
)

RNG = np.random.default_rng(2)
ODDS = RNG.normal(0.0, 1.5, size=(4000, 2))


def drawn(log_odds):
    return (RNG.random(log_odds.shape) < 1.0 / (1.0 + np.exp(-log_odds))).astype(float)


def test_the_plain_line_leaves_shares_as_they_are():
    odds = np.sort(ODDS, axis=1)
    assert PLAIN_LINE.chances(odds) == pytest.approx(1.0 / (1.0 + np.exp(-odds)))


def test_the_slope_is_taken_from_the_inner_folds_and_the_level_from_the_engine():
    outcome = drawn(0.7 * ODDS - 0.4)
    line = line_of(ODDS, ODDS + 2.0, outcome)
    assert line.slope == pytest.approx([0.7, 0.7], abs=0.06)
    assert line.level == pytest.approx([-0.4 - 1.4] * 2, abs=0.12)
    assert line.chances(ODDS + 2.0)[:, 0].mean() == pytest.approx(outcome[:, 0].mean(), abs=1e-6)


@pytest.mark.parametrize(("true", "held"), [(0.1, GENTLEST), (4.0, STEEPEST)])
def test_slopes_are_held_within_bounds(true, held):
    assert line_of(ODDS, ODDS, drawn(true * ODDS)).slope == pytest.approx([held, held])


def test_what_is_not_known_counts_nothing():
    outcome = drawn(ODDS)
    outcome[::2, 1] = np.nan
    other = line_of(ODDS, ODDS, outcome)
    kept = line_of(ODDS[1::2], ODDS[1::2], outcome[1::2])
    assert (other.level[1], other.slope[1]) == pytest.approx((kept.level[1], kept.slope[1]))


def test_a_text_by_ten_years_is_no_less_likely_than_by_five():
    line = ForecastLine((1.0, -1.0), (1.0, 1.0))
    chance = line.chances(np.zeros((3, 2)))
    assert (chance[:, 1] == chance[:, 0]).all()
