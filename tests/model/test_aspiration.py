"""M3 at its edges: the pace of a venue, and what a state insists on from round to round."""

from __future__ import annotations

import math

import pytest

from negotiation_sim.model import aspiration as m


def test_pace_grows_with_informality():
    assert m.venue_pace(0.05, 1.0, 0.0) == 0.05
    assert m.venue_pace(0.05, 1.0, 0.5) == pytest.approx(0.075)
    assert m.venue_pace(0.05, 0.0, 0.5) == 0.05


def test_aspiration_starts_at_everything_and_falls_to_the_reservation_value():
    assert m.aspiration(0.6, 1.0, 0.05, 0.0, 1.0, 0.5) == 1.0
    assert m.aspiration(0.6, 1.0, 0.05, 1e9, 1.0, 0.5) == 0.6
    assert m.aspiration(1.0, 1.0, 0.05, 100.0, 1.0, 0.5) == 1.0


def test_aspiration_by_hand():
    # exponent 2 * 0.1 * 10 / (1 + 1 * 1) = 1
    assert m.aspiration(0.6, 2.0, 0.1, 10.0, 1.0, 1.0) == pytest.approx(0.6 + 0.4 / math.e)


def test_broad_texts_are_slower_and_breadth_zero_makes_scope_idle():
    narrow, broad = (m.aspiration(0.5, 1.0, 0.1, 5.0, 1.0, scope) for scope in (0.0, 0.9))
    assert broad > narrow
    assert m.aspiration(0.5, 1.0, 0.1, 5.0, 0.0, 0.9) == narrow
