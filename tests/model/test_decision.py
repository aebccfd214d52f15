"""M7 at its edges: every rule exactly at its quota, and the order of strictness among them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.records import opened, small
from helpers.settings import actor, figure, venue
from negotiation_sim.catalogue import schema
from negotiation_sim.model.decision import (
    closes,
    convenes,
    decide,
    passes,
    strictness,
    wanted_participation,
    whole_millionths,
)
from negotiation_sim.model.terms import MILLION, DecisionRule, Response

CONSENSUS, QUALIFIED, SIMPLE, OPT_IN = DecisionRule


def vote(rule, members, yes, no, quota=(2, 3), votes=None, required=0, along=0):
    """Return the verdict of a venue of equal votes unless told."""
    votes = votes or (yes, no)
    return passes(int(rule), members, yes, along, no, *votes, *quota, required)


def close(accepting=5, members=10, held=600_000, held_by_all=MILLION, wanted=600_000,
          share=500_000, heads=0, last=False):  # fmt: skip
    """Return whether an opt-in body closes."""
    return closes(accepting, members, held, held_by_all, wanted, share, heads, last)


@pytest.mark.parametrize(
    ("share", "millionths"),
    [(0.0, 0), (1.0, MILLION), (2 / 3, 666_667), (0.0000005, 1), (0.0000004999, 0), (0.6, 600_000)],
)
def test_whole_millionths_round_half_up(share, millionths):
    assert whole_millionths(share) == millionths


def test_consensus_is_no_objection_and_somebody_who_accepts():
    assert vote(CONSENSUS, 10, 10, 0)
    assert vote(CONSENSUS, 10, 1, 0, along=9)
    assert not vote(CONSENSUS, 10, 0, 0, along=10)
    assert not vote(CONSENSUS, 10, 9, 1)
    assert not vote(CONSENSUS, 0, 0, 0)


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


@pytest.mark.parametrize("rule", [QUALIFIED, SIMPLE])
def test_a_vote_needs_half_of_the_members_behind_it(rule):
    assert vote(rule, 4, 2, 0)
    assert not vote(rule, 5, 2, 0)
    assert vote(rule, 5, 2, 0, along=1), "who goes along abstains and is present"
    assert not vote(rule, 5, 0, 0, along=5)
    assert not vote(rule, 0, 0, 0)


def test_weighted_votes_count_instead_of_heads():
    assert not vote(SIMPLE, 4, 3, 1, votes=(3, 3))
    assert vote(SIMPLE, 4, 2, 2, votes=(7, 3))
    assert not vote(SIMPLE, 4, 1, 3, votes=(9, 3))  # but half of the heads must be behind it


@pytest.mark.parametrize("rule", [CONSENSUS, QUALIFIED, SIMPLE])
def test_nothing_passes_against_a_named_member(rule):
    assert vote(rule, 10, 9, 0, required=0)
    assert not vote(rule, 10, 9, 1, required=1)


def test_opt_in_closes_where_the_wanted_participation_is_held():
    assert close()
    assert not close(held=599_999)
    assert close(held=300_000, held_by_all=300_000, wanted=300_000), "all that its members hold"


def test_below_it_opt_in_closes_in_its_last_session_with_the_share_of_the_venue():
    assert close(held=500_000, last=True) and not close(held=500_000)
    assert not close(held=499_999, last=True)
    assert close(held=150_000, held_by_all=300_000, last=True), "of the members' capability"
    assert close(held=1, share=0, last=True) and not close(held=0, wanted=0, share=0, last=True)


def test_opt_in_needs_two_states_and_its_share_of_members():
    assert close(accepting=2) and not close(accepting=1)
    assert close(accepting=3, heads=300_000) and not close(accepting=2, heads=300_000)
    assert not close(accepting=3, heads=300_001)


def test_convening_needs_exactly_the_share_and_somebody():
    assert convenes(5, 10, MILLION // 2)
    assert not convenes(4, 10, MILLION // 2)
    assert convenes(1, 10, 0)
    assert not convenes(0, 10, 0)


@pytest.mark.parametrize(
    ("quota", "strict"),
    [((1, 1), 1.0), ((1, 2), 0.0), ((3, 4), 0.5), ((2, 3), 1 / 3), ((1, 3), 0.0)],
)
def test_strictness_runs_from_simple_majority_to_consensus(quota, strict):
    assert strictness(*quota) == pytest.approx(strict, abs=1e-15)


@st.composite
def responses(draw):
    """Draw what a venue's members said: each accepts, goes along or objects, with its votes."""
    said = draw(st.lists(st.tuples(st.sampled_from("yan"), st.integers(1, 9)), min_size=1))
    yes, along, no = ([v for word, v in said if word == letter] for letter in "yan")
    return len(said), len(yes), len(no), (sum(yes), sum(no)), len(along)


@given(responses(), st.integers(0, 2))
def test_what_a_stricter_rule_adopts_a_laxer_one_adopts(said, required):
    """Property 4: consensus, two thirds, simple majority, for the same responses."""
    members, yes, no, votes, along = said
    required = min(required, no)
    verdicts = [
        vote(rule, members, yes, no, votes=votes, required=required, along=along)
        for rule in (CONSENSUS, QUALIFIED, SIMPLE)
    ]
    assert verdicts == sorted(verdicts)


@given(responses(), st.integers(1, 50), st.integers(1, 50), st.integers(1, 50))
def test_a_lower_quota_never_stops_what_a_higher_one_adopts(said, a, b, whole):
    members, yes, no, votes, along = said
    low, high = sorted((min(a, whole), min(b, whole)))
    if vote(QUALIFIED, members, yes, no, (high, whole), votes, along=along):
        assert vote(QUALIFIED, members, yes, no, (low, whole), votes, along=along)


@given(st.integers(0, 12), st.integers(0, MILLION), st.integers(0, MILLION), st.booleans())
def test_a_participant_more_never_keeps_an_opt_in_body_from_closing(n, held, more, last):
    held, more = sorted((held, more))
    if close(n, 12, held, last=last, heads=200_000):
        assert close(n + 1, 12, more, last=True, heads=200_000)


def decided(rule: str, responses: list[int], t: int = 0, **hall):
    """Return what a venue of four states with 4, 3, 2 and 1 tenths makes of responses at a month."""
    actors = [
        actor(name, {"scope": 0.2}, capability=size)
        for name, size in (("AAA", 4.0), ("BBB", 3.0), ("CCC", 2.0), ("DDD", 1.0))
    ]
    model = opened(small(actors, venue("hall", rule, **hall), success=SHARE))
    model.state.asked.response[:] = responses
    model.state.tracks.term_end[0], model.state.tracks.last_session[0] = 9, 7
    return decide(model.given, model.world, model.state, 0, t)


SHARE = schema.Success(deadline_years=5.0, success_share=figure(0.6))
Y, A, N = int(Response.ACCEPTS), int(Response.GOES_ALONG), int(Response.OBJECTS)


def test_a_venue_counts_its_members_responses():
    assert decided("consensus", [Y, A, A, A]) and not decided("consensus", [Y, Y, Y, N])
    assert decided("simple_majority", [Y, Y, A, N]) and not decided("simple_majority", [Y, Y, N, N])
    assert not decided("qualified_majority", [Y, Y, N, N])
    assert decided("qualified_majority", [Y, A, Y, N]) and decided(
        "qualified_majority", [A, Y, Y, N]
    )


def test_opt_in_waits_for_the_wanted_participation_until_its_last_session():
    assert decided("opt_in", [Y, N, Y, N]) and not decided("opt_in", [Y, N, N, Y])
    assert not decided("opt_in", [Y, N, N, Y], t=6) and decided("opt_in", [Y, N, N, Y], t=7)
    assert not decided("opt_in", [N, Y, N, Y], t=7), "half of the members' capability"
    assert decided("opt_in", [N, Y, N, Y], t=7, min_participation=0.4)
    assert not decided("opt_in", [N, Y, N, Y], t=7, min_participation=0.4, min_participants=0.75)
    assert not decided("opt_in", [Y, N, Y, N], min_participants=0.75)


def test_a_named_member_that_goes_along_does_not_block():
    procedure = schema.Procedure(rule="simple_majority", required=["DDD"])
    hall = {"decision": procedure}
    assert decided("simple_majority", [Y, Y, Y, A], **hall)
    assert not decided("simple_majority", [Y, Y, Y, N], **hall)


@pytest.mark.parametrize(("share", "wanted"), [(0.6, 300_000), (0.2, 200_000)])
def test_the_wanted_participation_is_what_the_members_can_hold(share, wanted):
    actors = [actor(n, {"scope": 0.2}, capability=c) for n, c in (("AAA", 7.0), ("BBB", 3.0))]
    success = schema.Success(deadline_years=5.0, success_share=figure(share))
    hall = venue("hall", "opt_in", members=["BBB"])
    assert wanted_participation(opened(small(actors, hall, success=success)).given, 0) == wanted
