"""M7, M8: what a venue's rule makes of the responses, to a text and to a mandate.

Quotas compare whole numbers only.

Writes nothing.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from negotiation_sim.model.ballot import ruled
from negotiation_sim.model.compiling import formula, step
from negotiation_sim.model.phases import row_of
from negotiation_sim.model.response import ACCEPTS, GOES_ALONG, OBJECTS
from negotiation_sim.model.terms import DecisionRule

if TYPE_CHECKING:
    from negotiation_sim.model.state import Given, State, World

MILLION = 1_000_000
CONSENSUS = int(DecisionRule.CONSENSUS)
QUALIFIED_MAJORITY = int(DecisionRule.QUALIFIED_MAJORITY)
SIMPLE_MAJORITY = int(DecisionRule.SIMPLE_MAJORITY)
OPT_IN = int(DecisionRule.OPT_IN)


@formula
def whole_millionths(share: float) -> int:
    """Return a share in [0, 1] as whole millionths, half up."""
    return int(math.floor(share * 1000000.0 + 0.5))


@formula
def strictness(quota_part: float, quota_whole: float) -> float:
    """Return ``clip((quota - 1/2) / (1/2), 0, 1)``: 1 for consensus, 0 for a simple majority."""
    value = 2.0 * (quota_part / quota_whole) - 1.0
    return min(1.0, max(0.0, value))


@formula
def passes(
    decision_rule: int,
    n_members: int,
    n_accepting: int,
    n_along: int,
    n_objecting: int,
    votes_for: int,
    votes_against: int,
    quota_part: int,
    quota_whole: int,
    required_objecting: int,
) -> bool:
    """Return whether a proposal passes by consensus or vote.

    Parameters
    ----------
    decision_rule : int
        A :class:`~negotiation_sim.model.terms.DecisionRule`; not opt-in (:func:`closes`).
    n_members, n_accepting, n_along, n_objecting : int
        Heads; who goes along counts as an abstention in a vote.
    votes_for, votes_against : int
        Votes, equal to heads unless the venue weights them.
    quota_part, quota_whole : int
        The quota of a qualified majority as a fraction; met when exactly equal.
    required_objecting : int
        How many of the members without whom nothing passes object.

    Notes
    -----
    Consensus: no member objects and at least one accepts. Votes: more for than against, at least
    half of the members for or going along (exactly half suffices), and the quota of votes cast;
    a simple majority is strictly above one half.
    """
    if n_accepting == 0 or required_objecting > 0:
        return False
    if decision_rule == CONSENSUS:
        return n_objecting == 0
    if votes_for <= votes_against or 2 * (n_accepting + n_along) < n_members:
        return False
    if decision_rule == QUALIFIED_MAJORITY:
        return votes_for * quota_whole >= quota_part * (votes_for + votes_against)
    return True


@formula
def objections_counted(n_objecting: int, less: int) -> int:
    """Return how many objections stand in the way of consensus less ``less``; exactly so many do not."""
    return max(0, n_objecting - less)


@formula
def carries(held: int, held_by_all: int, part: int, whole: int) -> bool:
    """Return whether those in favour hold the share of all members' capability that a rule wants.

    The second half of a double majority, of capability beside heads or votes; ``part`` 0 wants
    none, exactly the share suffices, and who goes along or objects does not count.
    """
    return held * whole >= part * held_by_all


@formula
def closes(
    n_accepting: int,
    n_members: int,
    held: int,
    held_by_all: int,
    wanted: int,
    share_needed: int,
    members_needed: int,
    last_session: bool,
) -> bool:
    """Return whether an opt-in body closes with those who accept; it knows no veto.

    Below the wanted participation only in its last session, and then with at least
    ``share_needed`` (millionths) of its members' capability. Always with two states at least, and
    ``members_needed`` (millionths) of the members; exactly the share suffices.
    """
    if n_accepting < 2 or n_accepting * MILLION < members_needed * n_members or held <= 0:
        return False
    if held >= wanted:
        return True
    return last_session and held * MILLION >= share_needed * held_by_all


@formula
def convenes(n_backing: int, n_members: int, share_needed: int) -> bool:
    """Return whether enough members convene an opt-in body; exactly the share suffices."""
    return n_backing > 0 and n_backing * MILLION >= share_needed * n_members


@formula
def wanted_participation(given: Given, row: int) -> int:
    """Return what an opt-in body waits for: success's share of the cast, or all it holds."""
    return min(given.clock[0].success_share, given.rules.member_capability[row])


@formula
def is_last_session(state: State, m: int, t: int) -> bool:
    """Return whether a track's talks meet for the last time; without a term every time may be it."""
    return state.tracks.term_end[m] < 0 or t >= state.tracks.last_session[m]


@step
def decide(given: Given, world: World, state: State, m: int, t: int) -> bool:
    """Return whether the venue's rule adopts what members have responded to."""
    seats, rules, v = given.seats, given.rules, state.tracks.venue[m]
    row = row_of(state, v)
    n_yes = n_along = n_no = votes_for = votes_against = required_objecting = held = 0
    for i in range(len(state.asked)):
        if state.asked.response[i] == ACCEPTS:
            n_yes += 1
            votes_for += seats.votes[row, i]
            held += seats.capability[row, i]
        elif state.asked.response[i] == GOES_ALONG:
            n_along += 1
        elif state.asked.response[i] == OBJECTS:
            n_no += 1
            votes_against += seats.votes[row, i]
            required_objecting += 1 if seats.required[row, i] else 0
    if rules.rule[row] == OPT_IN:
        passed = closes(
            n_yes, rules.n_members[row], held, rules.member_capability[row],
            wanted_participation(given, row),
            whole_millionths(world.venues.min_participation[v]),
            whole_millionths(world.venues.min_participants[v]), is_last_session(state, m, t),
        )  # fmt: skip
    else:
        passed = carries(
            held, rules.member_capability[row], rules.share_part[row], rules.share_whole[row]
        ) and passes(
            rules.rule[row], rules.n_members[row], n_yes, n_along,
            objections_counted(n_no, rules.less[row]), votes_for, votes_against,
            rules.quota_part[row], rules.quota_whole[row], required_objecting,
        )  # fmt: skip
    return bool(ruled(given, state, v, passed, False))


@step
def is_given(given: Given, world: World, state: State, v: int) -> bool:
    """Return whether the venue's mandate rule counts enough members behind it."""
    rules, seats, row = given.rules, given.seats, row_of(state, v)
    n_yes = n_along = n_no = votes_for = votes_against = required_refusing = held = 0
    for i in range(len(state.asked)):
        if state.asked.response[i] == ACCEPTS:
            n_yes += 1
            votes_for += seats.mandate_votes[row, i]
            held += seats.capability[row, i]
        elif state.asked.response[i] == GOES_ALONG:
            n_along += 1
        elif state.asked.response[i] == OBJECTS:
            n_no += 1
            votes_against += seats.mandate_votes[row, i]
            required_refusing += 1 if seats.mandate_required[row, i] else 0
    if rules.mandate_rule[row] == OPT_IN:
        share = whole_millionths(world.venues.convene_share[v])
        passed = convenes(n_yes, rules.n_members[row], share)
    else:
        passed = carries(
            held, rules.member_capability[row], rules.mandate_share_part[row],
            rules.mandate_share_whole[row],
        ) and passes(
            rules.mandate_rule[row], rules.n_members[row], n_yes, n_along,
            objections_counted(n_no, rules.mandate_less[row]), votes_for, votes_against,
            rules.mandate_quota_part[row], rules.mandate_quota_whole[row], required_refusing,
        )  # fmt: skip
    return bool(ruled(given, state, v, passed, True))
