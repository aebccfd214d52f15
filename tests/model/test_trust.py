"""M12 at its edges: the baseline, the way back, and what is lost at a stroke."""

from __future__ import annotations

import pytest

from negotiation_sim.model import trust as m


def test_trust_returns_to_a_baseline_that_pledges_and_texts_raise():
    assert m.trust_baseline(0.5, 0.1, 0.4, 0.02) == pytest.approx(0.56)
    assert m.trust_baseline(0.95, 0.1, 1.0, 0.1) == 1.0
    assert m.trust_next(0.2, 0.6, 0.25) == pytest.approx(0.3)
    assert m.trust_next(0.6, 0.6, 0.25) == 0.6


def test_trust_lost_stops_at_zero():
    assert m.trust_after(0.5, 0.1) == 0.4
    assert m.trust_after(0.05, 0.1) == 0.0
