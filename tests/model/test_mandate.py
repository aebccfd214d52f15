"""M8 at its edges: the risk of talks, the nearest point of the box, the mandate's value."""

from __future__ import annotations

import pytest

from negotiation_sim.model import mandate as m


def test_risk_of_the_talks_is_larger_where_one_can_be_outvoted():
    assert m.mandate_risk(1.0, False, 0.3, 0.2) == 0.3
    assert m.mandate_risk(0.0, False, 0.3, 0.2) == 0.5
    assert m.mandate_risk(0.0, True, 0.3, 0.2) == 0.0


def test_nearest_point_of_the_box():
    assert [m.nearest_in_box(y, 0.2, 0.6) for y in (0.1, 0.2, 0.4, 0.6, 0.9)] == [
        0.2, 0.2, 0.4, 0.6, 0.6,
    ]  # fmt: skip


def test_mandate_value_by_hand():
    # 0.7 * 0.9 + 0.3 * 0.4 - 0.5 * 0.2
    assert m.mandate_value(0.9, 0.4, 0.3, 0.5, 0.2) == pytest.approx(0.65)
    assert m.mandate_value(0.9, 0.4, 0.0, 0.5, 0.0) == 0.9
