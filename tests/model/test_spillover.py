"""M16 at its edges: a stepping stone draws, a substitute takes urgency, zero does neither."""

from __future__ import annotations

import pytest

from negotiation_sim.model import spillover as m


def test_a_stepping_stone_draws_ideal_points_towards_the_adopted_text():
    assert m.drawn_towards(0.8, 0.4, 0.5, 0.2) == pytest.approx(-0.04)
    assert m.drawn_towards(0.4, 0.4, 0.5, 0.2) == 0.0


@pytest.mark.parametrize("spillover", [0.0, -0.5, -1.0])
def test_a_substitute_or_nothing_draws_nobody(spillover):
    assert m.drawn_towards(0.8, 0.4, spillover, 0.2) == 0.0
    assert m.trust_gained(spillover, 0.1) == 0.0


def test_a_stepping_stone_raises_trust_and_leaves_urgency():
    assert m.trust_gained(0.5, 0.1) == pytest.approx(0.05)
    assert m.urgency_left(0.7, 0.5) == 0.7
    assert m.urgency_left(0.7, 0.0) == 0.7


def test_a_substitute_takes_urgency_from_the_rest():
    assert m.urgency_left(0.8, -0.25) == pytest.approx(0.6)
    assert m.urgency_left(0.8, -1.0) == 0.0
    assert m.urgency_left(m.urgency_left(1.0, -0.5), -0.5) == 0.25  # each adoption anew
