"""M8 to M10 at their edges: hazards, linkage, the calendar, the remit, the mandate's value."""

from __future__ import annotations

import math

import pytest

from negotiation_sim.model import mandate as m


def test_a_yearly_hazard_is_that_of_twelve_months():
    p = m.monthly_probability(0.3)
    assert (1 - p) ** 12 == pytest.approx(math.exp(-0.3), rel=1e-12)
    assert m.monthly_probability(0.0) == 0.0
    assert m.monthly_probability(1e12) == 1.0
    assert m.monthly_probability(1e-15) == pytest.approx(1e-15 / 12, rel=1e-12)


def test_linkage_moves_where_the_draw_falls_below_its_probability():
    p = m.monthly_probability(1.2)
    assert not m.linkage_next(True, math.nextafter(p, 0.0), 9.0, 1.2, 9.0)
    assert m.linkage_next(True, p, 9.0, 1.2, 9.0)
    assert m.linkage_next(False, math.nextafter(p, 0.0), 1.2, 9.0, 1.0)
    assert not m.linkage_next(False, p, 1.2, 9.0, 1.0)


def test_leadership_multiplies_the_rate_of_unblocking_alone():
    u = 0.5 * (m.monthly_probability(1.2) + m.monthly_probability(0.6))
    assert m.linkage_next(False, u, 0.6, 0.0, 2.0)
    assert not m.linkage_next(False, u, 0.6, 0.0, 1.0)
    assert not m.linkage_next(True, u, 0.6, 1.2, 0.0) and m.linkage_next(True, u, 0.6, 0.6, 9.0)


def test_a_rate_of_zero_never_moves():
    smallest = 0.5 * 2.0**-52
    assert m.linkage_next(True, smallest, 1.0, 0.0, 1.0)
    assert not m.linkage_next(False, smallest, 0.0, 1.0, 1.0)


@pytest.mark.parametrize(
    ("weeks", "rounds"), [(0.0, 0), (0.1, 1), (1.9, 1), (2.0, 1), (3.9, 1), (4.0, 2), (5.0, 2)]
)
def test_a_month_that_meets_holds_a_round_at_least(weeks, rounds):
    assert m.rounds_in_month(weeks, 2.0) == rounds


def test_risk_of_the_talks_is_larger_where_one_can_be_outvoted():
    assert m.mandate_risk(1.0, False, 0.3, 0.2) == 0.3
    assert m.mandate_risk(0.0, False, 0.3, 0.2) == 0.5
    assert m.mandate_risk(0.0, True, 0.3, 0.2) == 0.0


def test_nearest_point_of_the_box():
    assert [m.nearest_in_box(y, 0.2, 0.6) for y in (0.1, 0.2, 0.4, 0.6, 0.9)] == [
        0.2, 0.2, 0.4, 0.6, 0.6,
    ]  # fmt: skip


def test_distance_outside_the_remit():
    assert m.distance_outside([0.5, 0.5], [0.0, 0.5], [0.5, 1.0]) == 0.0
    assert m.distance_outside([0.8, 0.1], [0.0, 0.5], [0.5, 1.0]) == pytest.approx(0.5)  # 3-4-5
    assert m.distance_outside([0.9], [0.0], [0.4]) == 0.5


def test_mandate_value_by_hand():
    # 0.7 * 0.9 + 0.3 * 0.4 - 0.5 * 0.2
    assert m.mandate_value(0.9, 0.4, 0.3, 0.5, 0.2) == pytest.approx(0.65)
    assert m.mandate_value(0.9, 0.4, 0.0, 0.5, 0.0) == 0.9
