"""M4, M11 to M14 and M19 at their edges: influence, trust, moods, hazards, adherence."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from negotiation_sim.model import environment as m

unit = st.floats(0.0, 1.0)


def test_clip():
    assert [m.clip01(x) for x in (-0.1, 0.0, 0.5, 1.0, 1.1)] == [0.0, 0.0, 0.5, 1.0, 1.0]


@pytest.mark.parametrize("half_life", [1.0, 20.0, 120.0])
def test_urgency_halves_in_its_half_life(half_life):
    assert m.urgency_decay(half_life) ** half_life == pytest.approx(0.5, rel=1e-12)


def test_influence_mixes_ideal_and_neighbours():
    assert m.influenced(0.2, 0.25, 0.6 - 0.2) == pytest.approx(0.3)
    assert m.influenced(0.2, 0.0, 0.6 - 0.2) == 0.2
    assert m.influenced(0.2, 1.0, 0.6 - 0.2) == pytest.approx(0.6)
    assert m.influenced(0.1, 0.7, 0.0) == 0.1, "a position that all share stays, to the last bit"
    assert m.influenced(0.9, 1.0, 0.2) == 1.0


def test_trust_returns_to_a_baseline_that_pledges_and_texts_raise():
    assert m.trust_baseline(0.5, 0.1, 0.4, 0.02) == pytest.approx(0.56)
    assert m.trust_baseline(0.95, 0.1, 1.0, 0.1) == 1.0
    assert m.trust_next(0.2, 0.6, 0.25) == pytest.approx(0.3)
    assert m.trust_next(0.6, 0.6, 0.25) == 0.6


def test_trust_lost_stops_at_zero():
    assert m.trust_after(0.5, 0.1) == 0.4
    assert m.trust_after(0.05, 0.1) == 0.0


def test_mood_keeps_its_standard_deviation():
    """Stationary: persistence^2 sd^2 + (1 - persistence^2) sd^2 = sd^2."""
    kept = m.mood_next(0.1, 0.0, 0.8, 0.05)
    shaken = m.mood_next(0.0, 1.0, 0.8, 0.05)
    assert kept == pytest.approx(0.08)
    assert shaken == pytest.approx(0.6 * 0.05)
    assert (0.8 * 0.05) ** 2 + shaken**2 == pytest.approx(0.05**2)


def test_breach_turns_on_the_sign_of_its_dependence_on_form():
    assert m.breach_chance(0.15, 0.0, 0.9) == 0.15
    assert m.breach_chance(0.15, 0.3, 0.8) == pytest.approx(0.24)
    assert m.breach_chance(0.15, -0.3, 0.8) == pytest.approx(0.06)
    assert m.breach_chance(0.15, 1.0, 0.5) == 0.15
    assert m.breach_chance(0.15, -1.0, 1.0) == 0.0
    assert m.breach_chance(0.9, 1.0, 1.0) == 1.0


def test_ideal_points_stay_in_the_issue_space():
    assert m.shifted(0.5, 0.1, -0.2) == pytest.approx(0.4)
    assert m.shifted(0.9, 0.3, 0.0) == 1.0
    assert m.shifted(0.1, -0.3, 0.0) == 0.0


def test_waiting_is_geometric_with_the_monthly_probability():
    """A wait exceeds n months if and only if u < exp(-n h / 12)."""
    rate = 0.6
    for n in range(1, 40):
        edge = math.exp(-n * rate / 12)
        assert m.waiting_months(edge * (1 - 1e-9), rate) == n + 1
        assert m.waiting_months(edge * (1 + 1e-9), rate) == n


def test_a_hazard_strikes_after_one_month_at_the_earliest_and_zero_never():
    assert m.waiting_months(1.0 - 2.0**-53, 5.0) == 1
    assert m.waiting_months(0.5, 1e12) == 1
    assert m.waiting_months(0.5, 0.0) == 1_000_000


@pytest.mark.parametrize("rate", [1e-7, 1e-18, 1e-300, 5e-324])
def test_a_wait_beyond_all_horizons_is_held(rate):
    """Whole numbers of compiled code end at 2**63: the wait is held before it is rounded."""
    assert m.waiting_months(1e-9, rate) == 1_000_000


def test_triangular_at_its_corners():
    assert m.triangular(0.5, 0.3, 0.3, 0.3) == 0.3
    assert m.triangular(0.0, 0.1, 0.3, 0.9) == 0.1
    assert m.triangular(1.0, 0.1, 0.3, 0.9) == 0.9
    assert m.triangular(0.25, 0.1, 0.3, 0.9) == pytest.approx(0.3)  # F(mode) = 0.2 / 0.8
    assert m.triangular(0.25, 0.0, 0.0, 1.0) == pytest.approx(1 - math.sqrt(0.75))
    assert m.triangular(0.25, 0.0, 1.0, 1.0) == pytest.approx(0.5)


@given(unit, st.lists(unit, min_size=3, max_size=3, unique=True))
def test_triangular_inverts_its_distribution_function(u, corners):
    low, mode, high = sorted(corners)
    x = m.triangular(u, low, mode, high)
    assert low <= x <= high
    if high - low > 1e-6:
        law = stats.triang((mode - low) / (high - low), low, high - low)
        assert law.cdf(x) == pytest.approx(u, abs=1e-6)
