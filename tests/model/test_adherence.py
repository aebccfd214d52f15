"""M19: how a breach depends on form, and what binds from the next month."""

from __future__ import annotations

import pytest

from negotiation_sim.model import adherence as m


def test_breach_turns_on_the_sign_of_its_dependence_on_form():
    assert m.breach_chance(0.15, 0.0, 0.9) == 0.15
    assert m.breach_chance(0.15, 0.3, 0.8) == pytest.approx(0.24)
    assert m.breach_chance(0.15, -0.3, 0.8) == pytest.approx(0.06)
    assert m.breach_chance(0.15, 1.0, 0.5) == 0.15
    assert m.breach_chance(0.15, -1.0, 1.0) == 0.0
    assert m.breach_chance(0.9, 1.0, 1.0) == 1.0
