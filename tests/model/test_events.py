"""M11: urgency fades by its half-life; tests are thinned by what binds their author."""

from __future__ import annotations

import pytest

from negotiation_sim.model import events as m


@pytest.mark.parametrize("half_life", [1.0, 20.0, 120.0])
def test_urgency_halves_in_its_half_life(half_life):
    assert m.urgency_decay(half_life) ** half_life == pytest.approx(0.5, rel=1e-12)
