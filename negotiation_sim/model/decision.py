"""M7: what a venue's rule makes of the responses. Quotas compare whole numbers only.

Writes nothing.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from negotiation_sim.model.compiling import formula, step
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
def wanted_participation(given: Given, v: int) -> int:
    """Return what an opt-in body waits for: success's share of the cast, or all it holds."""
    return min(given.clock[0].success_share, given.venues.member_capability[v])


@formula
def is_last_session(state: State, m: int, t: int) -> bool:
    """Return whether a track's talks meet for the last time; without a term every time may be it."""
    return state.tracks.term_end[m] < 0 or t >= state.tracks.last_session[m]


@step
def decide(given: Given, world: World, state: State, m: int, t: int) -> bool:
    """Return whether the venue's rule adopts what members have responded to."""
    seats, venues, v = given.seats, given.venues, state.tracks.venue[m]
    n_yes = n_along = n_no = votes_for = votes_against = required_objecting = held = 0
    for i in range(len(state.asked)):
        if state.asked.response[i] == ACCEPTS:
            n_yes += 1
            votes_for += seats.votes[v, i]
            held += given.cast.capability[i]
        elif state.asked.response[i] == GOES_ALONG:
            n_along += 1
        elif state.asked.response[i] == OBJECTS:
            n_no += 1
            votes_against += seats.votes[v, i]
            required_objecting += 1 if seats.required[v, i] else 0
    if venues.rule[v] == OPT_IN:
        return closes(
            n_yes, venues.n_members[v], held, venues.member_capability[v],
            wanted_participation(given, v), whole_millionths(world.venues.min_participation[v]),
            whole_millionths(world.venues.min_participants[v]), is_last_session(state, m, t),
        )  # fmt: skip
    return passes(
        venues.rule[v], venues.n_members[v], n_yes, n_along, n_no, votes_for, votes_against,
        venues.quota_part[v], venues.quota_whole[v], required_objecting,
    )  # fmt: skip
