"""M2 to M6 at their edges: aspirations, the chair's revision, standing aside."""

from __future__ import annotations

import math

import pytest

from negotiation_sim.model import bargaining as m


def test_pace_grows_with_informality():
    assert m.venue_pace(0.05, 1.0, 0.0) == 0.05
    assert m.venue_pace(0.05, 1.0, 0.5) == pytest.approx(0.075)
    assert m.venue_pace(0.05, 0.0, 0.5) == 0.05


def test_aspiration_starts_at_everything_and_falls_to_the_reservation_value():
    assert m.aspiration(0.6, 1.0, 0.05, 0.0, 1.0, 0.5) == 1.0
    assert m.aspiration(0.6, 1.0, 0.05, 1e9, 1.0, 0.5) == 0.6
    assert m.aspiration(1.0, 1.0, 0.05, 100.0, 1.0, 0.5) == 1.0


def test_aspiration_by_hand():
    # exponent 2 * 0.1 * 10 / (1 + 1 * 1) = 1
    assert m.aspiration(0.6, 2.0, 0.1, 10.0, 1.0, 1.0) == pytest.approx(0.6 + 0.4 / math.e)


def test_broad_texts_are_slower_and_breadth_zero_makes_scope_idle():
    narrow, broad = (m.aspiration(0.5, 1.0, 0.1, 5.0, 1.0, scope) for scope in (0.0, 0.9))
    assert broad > narrow
    assert m.aspiration(0.5, 1.0, 0.1, 5.0, 0.0, 0.9) == narrow


@pytest.mark.parametrize(
    ("quota", "strict"),
    [((1, 1), 1.0), ((1, 2), 0.0), ((3, 4), 0.5), ((2, 3), 1 / 3), ((1, 3), 0.0)],
)
def test_strictness_runs_from_simple_majority_to_consensus(quota, strict):
    assert m.strictness(*quota) == pytest.approx(strict, abs=1e-15)


def test_chair_reads_objections_more_sharply_under_consensus():
    assert m.chair_softness(0.0, 0.08, 0.02) == 0.08
    assert m.chair_softness(1.0, 0.08, 0.02) == pytest.approx(0.02)
    assert m.chair_softness(0.5, 0.08, 0.02) == pytest.approx(0.05)


def test_objection_probability_is_logistic_and_holds_its_argument():
    assert m.objection_probability(0.0, 0.02) == 0.5
    assert m.objection_probability(0.02, 0.02) == pytest.approx(1 / (1 + 1 / math.e))
    assert m.objection_probability(1e6, 0.001) == 1.0
    assert m.objection_probability(-1e6, 0.001) == 1 / (1 + math.exp(500.0)) > 0.0


def test_under_consensus_the_smallest_objector_counts_like_the_largest():
    assert m.capability_weight(0.001, 1.0) == m.capability_weight(0.9, 1.0) == 1.0
    assert m.capability_weight(0.25, 0.0) == 0.25
    assert m.capability_weight(0.25, 0.5) == 0.5
    assert m.capability_weight(0.0, 1.0) == 1.0


def test_chair_serves_objectors_under_consensus_and_those_about_to_turn_under_majority():
    assert [m.objection_weight(1.0, 1.0, p) for p in (0.0, 0.5, 1.0)] == [0.0, 0.5, 1.0]
    assert [m.objection_weight(0.5, 0.0, p) for p in (0.0, 0.5, 1.0)] == [0.0, 0.5, 0.0]
    assert m.objection_weight(1.0, 0.5, 0.5) == 0.75


def test_revision_moves_by_the_step_towards_the_weighted_mean():
    # two members at 0.4 and 1.0 with weights 1 and 3 see 0.2: mean gap (0.2 + 2.4) / 4 = 0.65
    assert m.revised(0.2, 0.5, 1 * 0.2 + 3 * 0.8, 4.0, 0.0, 1.0) == pytest.approx(0.2 + 0.5 * 0.65)


def test_revision_stays_within_the_mandate_and_without_weights_stays_put():
    assert m.revised(0.2, 1.0, 4.0, 1.0, 0.1, 0.6) == 0.6
    assert m.revised(0.2, 1.0, -4.0, 1.0, 0.1, 0.6) == 0.1
    assert m.revised(0.2, 1.0, 4.0, 0.0, 0.1, 0.6) == 0.2


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
