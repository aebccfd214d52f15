"""M4 at its edges: a stated position between the ideal point and the ties."""

from __future__ import annotations

import pytest

from negotiation_sim.model import influence as m


def test_influence_mixes_ideal_and_neighbours():
    assert m.influenced(0.2, 0.25, 0.6 - 0.2) == pytest.approx(0.3)
    assert m.influenced(0.2, 0.0, 0.6 - 0.2) == 0.2
    assert m.influenced(0.2, 1.0, 0.6 - 0.2) == pytest.approx(0.6)
    assert m.influenced(0.1, 0.7, 0.0) == 0.1, "a position that all share stays, to the last bit"
    assert m.influenced(0.9, 1.0, 0.2) == 1.0
