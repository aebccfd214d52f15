"""M9 at its edges: how many rounds a month holds, from when, and a session's mandate."""

from __future__ import annotations

import pytest

from negotiation_sim.model import calendar as m


@pytest.mark.parametrize(
    ("weeks", "rounds"), [(0.0, 0), (0.1, 1), (1.9, 1), (2.0, 1), (3.9, 1), (4.0, 2), (5.0, 2)]
)
def test_a_month_that_meets_holds_a_round_at_least(weeks, rounds):
    assert m.rounds_in_month(weeks, 2.0) == rounds
