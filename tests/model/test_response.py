"""M6 at its edges: the share that accepts, and standing aside."""

from __future__ import annotations

import math

from negotiation_sim.model import response as m

TIES, WEIGHTS = [1, 2, 3], [0.5, 0.25, 0.25]


def share(member, accepting, n_ties=3):
    members = sum(member)
    return m.accepting_share(TIES, WEIGHTS, n_ties, member, accepting, sum(accepting), members)


def test_accepting_share_weighs_by_affinity():
    assert share([True] * 5, [False, True, False, True, True]) == 0.75
    assert share([True] * 5, [False, False, False, False, True]) == 0.0


def test_accepting_share_leaves_out_who_is_no_member():
    # 1 is outside: of the quarter and quarter left, one accepts
    assert share([True, False, True, True, True], [False, False, True, False, False]) == 0.5


def test_accepting_share_is_equal_without_ties_to_members():
    two_of_four = [False, True, False, False, True]
    assert share([True] * 5, two_of_four, n_ties=0) == 0.5
    outside = [True, False, False, False, True]
    assert share(outside, [False, False, False, False, True]) == 1.0


def test_the_only_member_stands_alone():
    assert share([True, False, False, False, False], [False] * 5) == 0.0


def test_standing_aside_is_strict_at_what_isolation_costs():
    # 0.5 * 0.5 * (1 - 0.5) = 0.125
    assert not m.stands_aside(0.125, 0.5, 0.5, 0.5)
    assert m.stands_aside(math.nextafter(0.125, 0.0), 0.5, 0.5, 0.5)


def test_nobody_stands_aside_where_isolation_costs_nothing():
    assert not m.stands_aside(5e-324, 0.0, 1.0, 0.0)
    assert not m.stands_aside(0.01, 1.0, 0.0, 0.0)
    assert not m.stands_aside(0.01, 1.0, 1.0, 1.0)  # who holds everything cannot be isolated
