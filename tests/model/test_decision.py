"""M7 at its edges: every rule exactly at its quota, and the order of strictness among them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiation_sim.model.decision import convenes, passes, whole_millionths
from negotiation_sim.model.terms import MILLION, DecisionRule

CONSENSUS, QUALIFIED, SIMPLE, OPT_IN = DecisionRule


def vote(rule, members, yes, no, quota=(2, 3), votes=None, required=0, held=(0, 1, 0)):
    """Return the verdict of a venue of equal votes unless told."""
    votes = votes or (yes, no)
    return passes(int(rule), members, yes, no, *votes, *quota, required, *held)


@pytest.mark.parametrize(
    ("share", "millionths"),
    [(0.0, 0), (1.0, MILLION), (2 / 3, 666_667), (0.0000005, 1), (0.0000004999, 0), (0.6, 600_000)],
)
def test_whole_millionths_round_half_up(share, millionths):
    assert whole_millionths(share) == millionths


def test_consensus_is_no_objection_and_at_least_half_accepting():
    assert vote(CONSENSUS, 10, 10, 0)
    assert vote(CONSENSUS, 10, 5, 0)  # the rest stands aside
    assert not vote(CONSENSUS, 10, 4, 0)
    assert not vote(CONSENSUS, 10, 9, 1)
    assert vote(CONSENSUS, 65, 33, 0) and not vote(CONSENSUS, 65, 32, 0)


def test_qualified_majority_is_met_when_exactly_equal():
    assert vote(QUALIFIED, 9, 6, 3)
    assert not vote(QUALIFIED, 9, 5, 3)  # 5/8
    assert vote(QUALIFIED, 9, 5, 2)  # 5/7
    assert vote(QUALIFIED, 10, 6, 4, quota=(3, 5)) and not vote(QUALIFIED, 10, 6, 4)
    assert vote(QUALIFIED, 4, 4, 0, quota=(1, 1)) and not vote(QUALIFIED, 4, 3, 1, quota=(1, 1))


def test_no_floating_point_tie_decides_a_quota():
    """7/10 and 3/5 have no exact binary form; whole numbers meet them exactly."""
    assert vote(QUALIFIED, 10, 7, 3, quota=(7, 10))
    assert vote(QUALIFIED, 30, 21, 9, quota=(7, 10))
    assert not vote(QUALIFIED, 30, 20, 9, quota=(7, 10))


def test_simple_majority_is_strictly_above_one_half():
    assert vote(SIMPLE, 9, 5, 4)
    assert not vote(SIMPLE, 10, 5, 5)
    assert vote(SIMPLE, 10, 5, 4)


@pytest.mark.parametrize("rule", [CONSENSUS, QUALIFIED, SIMPLE])
def test_every_voted_rule_needs_half_of_the_members(rule):
    assert vote(rule, 4, 2, 0)
    assert not vote(rule, 5, 2, 0)
    assert not vote(rule, 0, 0, 0)


def test_weighted_votes_count_instead_of_heads():
    assert not vote(SIMPLE, 4, 3, 1, votes=(3, 3))
    assert vote(SIMPLE, 4, 2, 2, votes=(7, 3))
    assert not vote(SIMPLE, 4, 1, 3, votes=(9, 3))  # but half of the heads must accept


@pytest.mark.parametrize("rule", [CONSENSUS, QUALIFIED, SIMPLE])
def test_nothing_passes_against_a_named_member(rule):
    assert vote(rule, 10, 9, 0, required=0)
    assert not vote(rule, 10, 9, 1, required=1)


def test_opt_in_knows_no_veto_and_is_met_exactly():
    half = MILLION // 2
    assert vote(OPT_IN, 10, 1, 9, required=3, held=(half, MILLION, half))
    assert not vote(OPT_IN, 10, 1, 9, held=(half - 1, MILLION, half))
    assert vote(OPT_IN, 10, 2, 8, held=(300_000, 600_000, half))  # of the members' capability
    assert not vote(OPT_IN, 10, 0, 10, held=(0, MILLION, 0))


def test_convening_needs_exactly_the_share_and_somebody():
    assert convenes(5, 10, MILLION // 2)
    assert not convenes(4, 10, MILLION // 2)
    assert convenes(1, 10, 0)
    assert not convenes(0, 10, 0)


@st.composite
def responses(draw):
    """Draw what a venue's members said: each accepts, stands aside or objects, with its votes."""
    said = draw(st.lists(st.tuples(st.sampled_from("yno"), st.integers(1, 9)), min_size=1))
    yes, no = ([v for word, v in said if word == letter] for letter in "yn")
    return len(said), len(yes), len(no), (sum(yes), sum(no))


@given(responses(), st.integers(0, 2))
def test_what_a_stricter_rule_adopts_a_laxer_one_adopts(said, required):
    """Property 4: consensus, two thirds, simple majority, for the same responses."""
    members, yes, no, votes = said
    required = min(required, no)
    verdicts = [
        vote(rule, members, yes, no, votes=votes, required=required)
        for rule in (CONSENSUS, QUALIFIED, SIMPLE)
    ]
    assert verdicts == sorted(verdicts)


@given(responses(), st.integers(1, 50), st.integers(1, 50), st.integers(1, 50))
def test_a_lower_quota_never_stops_what_a_higher_one_adopts(said, a, b, whole):
    members, yes, no, votes = said
    low, high = sorted((min(a, whole), min(b, whole)))
    if vote(QUALIFIED, members, yes, no, (high, whole), votes):
        assert vote(QUALIFIED, members, yes, no, (low, whole), votes)
