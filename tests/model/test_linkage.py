"""M8, its first half, at its edges: a venue blocked over other matters."""

from __future__ import annotations

import math

from negotiation_sim.model import linkage as m
from negotiation_sim.model.numbers import monthly_probability


def test_linkage_moves_where_the_draw_falls_below_its_probability():
    p = monthly_probability(1.2)
    assert not m.linkage_next(True, math.nextafter(p, 0.0), 9.0, 1.2, 9.0)
    assert m.linkage_next(True, p, 9.0, 1.2, 9.0)
    assert m.linkage_next(False, math.nextafter(p, 0.0), 1.2, 9.0, 1.0)
    assert not m.linkage_next(False, p, 1.2, 9.0, 1.0)


def test_leadership_multiplies_the_rate_of_unblocking_alone():
    u = 0.5 * (monthly_probability(1.2) + monthly_probability(0.6))
    assert m.linkage_next(False, u, 0.6, 0.0, 2.0)
    assert not m.linkage_next(False, u, 0.6, 0.0, 1.0)
    assert not m.linkage_next(True, u, 0.6, 1.2, 0.0) and m.linkage_next(True, u, 0.6, 0.6, 9.0)


def test_a_rate_of_zero_never_moves():
    smallest = 0.5 * 2.0**-52
    assert m.linkage_next(True, smallest, 1.0, 0.0, 1.0)
    assert not m.linkage_next(False, smallest, 0.0, 1.0, 1.0)
