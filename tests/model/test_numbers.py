"""Clipped shares, hazards and triangular figures at their edges."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from negotiation_sim.model import numbers as m

unit = st.floats(0.0, 1.0)


def test_clip():
    assert [m.clip01(x) for x in (-0.1, 0.0, 0.5, 1.0, 1.1)] == [0.0, 0.0, 0.5, 1.0, 1.0]


def test_a_yearly_hazard_is_that_of_twelve_months():
    p = m.monthly_probability(0.3)
    assert (1 - p) ** 12 == pytest.approx(math.exp(-0.3), rel=1e-12)
    assert m.monthly_probability(0.0) == 0.0
    assert m.monthly_probability(1e12) == 1.0
    assert m.monthly_probability(1e-15) == pytest.approx(1e-15 / 12, rel=1e-12)


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
