"""M10 at its edges: the distance outside a remit, and passing a text on."""

from __future__ import annotations

import pytest

from negotiation_sim.model import remit as m


def test_distance_outside_the_remit():
    assert m.distance_outside([0.5, 0.5], [0.0, 0.5], [0.5, 1.0]) == 0.0
    assert m.distance_outside([0.8, 0.1], [0.0, 0.5], [0.5, 1.0]) == pytest.approx(0.5)  # 3-4-5
    assert m.distance_outside([0.9], [0.0], [0.4]) == 0.5
