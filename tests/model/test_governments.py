"""M14 at its edges: a change of government moves an ideal point within the issue space."""

from __future__ import annotations

import pytest

from negotiation_sim.model import governments as m


def test_ideal_points_stay_in_the_issue_space():
    assert m.shifted(0.5, 0.1, -0.2) == pytest.approx(0.4)
    assert m.shifted(0.9, 0.3, 0.0) == 1.0
    assert m.shifted(0.1, -0.3, 0.0) == 0.0
