"""M7: what a venue's rule makes of the responses. Quotas compare whole numbers only.

Writes nothing.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from negotiation_sim.model.compiling import formula, step
from negotiation_sim.model.terms import DecisionRule, Response

if TYPE_CHECKING:
    from negotiation_sim.model.state import Given, State, World

MILLION = 1_000_000
CONSENSUS = int(DecisionRule.CONSENSUS)
QUALIFIED_MAJORITY = int(DecisionRule.QUALIFIED_MAJORITY)
SIMPLE_MAJORITY = int(DecisionRule.SIMPLE_MAJORITY)
OPT_IN = int(DecisionRule.OPT_IN)
ACCEPTS, OBJECTS = int(Response.ACCEPTS), int(Response.OBJECTS)


@formula
def whole_millionths(share: float) -> int:
    """Return a share in [0, 1] as whole millionths, half up."""
    return int(math.floor(share * 1000000.0 + 0.5))


@formula
def passes(
    decision_rule: int,
    n_members: int,
    n_accepting: int,
    n_objecting: int,
    votes_for: int,
    votes_against: int,
    quota_part: int,
    quota_whole: int,
    required_objecting: int,
    capability_for: int,
    capability_members: int,
    share_needed: int,
) -> bool:
    """Return whether a proposal passes.

    Parameters
    ----------
    decision_rule : int
        A :class:`~negotiation_sim.model.terms.DecisionRule`.
    n_members, n_accepting, n_objecting : int
        Heads; those who stand aside are neither accepting nor objecting.
    votes_for, votes_against : int
        Votes, equal to heads unless the venue weights them.
    quota_part, quota_whole : int
        The quota of a qualified majority as a fraction; met when exactly equal.
    required_objecting : int
        How many of the members without whom nothing passes object.
    capability_for, capability_members, share_needed : int
        Millionths; used under opt-in only, met when exactly equal.

    Notes
    -----
    Every voted rule needs at least half of the members accepting (exactly half suffices). A simple
    majority is strictly above one half of votes cast; opt-in knows no veto.
    """
    if decision_rule == OPT_IN:
        return n_accepting > 0 and capability_for * MILLION >= share_needed * capability_members
    if 2 * n_accepting < n_members or n_accepting == 0 or required_objecting > 0:
        return False
    if decision_rule == CONSENSUS:
        return n_objecting == 0
    if decision_rule == QUALIFIED_MAJORITY:
        return votes_for * quota_whole >= quota_part * (votes_for + votes_against)
    return 2 * votes_for > votes_for + votes_against


@formula
def convenes(n_backing: int, n_members: int, share_needed: int) -> bool:
    """Return whether enough members convene an opt-in body; exactly the share suffices."""
    return n_backing > 0 and n_backing * MILLION >= share_needed * n_members


@step
def decide(given: Given, world: World, state: State, m: int) -> bool:
    """Return whether the venue's rule adopts the text."""
    seats, venues, v = given.seats, given.venues, state.tracks.venue[m]
    n_yes = n_no = votes_for = votes_against = required_objecting = capability_for = 0
    for i in range(len(state.asked)):
        if state.asked.response[i] == ACCEPTS:
            n_yes += 1
            votes_for += seats.votes[v, i]
            capability_for += given.cast.capability[i]
        elif state.asked.response[i] == OBJECTS:
            n_no += 1
            votes_against += seats.votes[v, i]
            required_objecting += 1 if seats.required[v, i] else 0
    return passes(
        venues.rule[v], venues.n_members[v], n_yes, n_no, votes_for, votes_against,
        venues.quota_part[v], venues.quota_whole[v], required_objecting, capability_for,
        venues.member_capability[v], whole_millionths(world.venues.min_participation[v]),
    )  # fmt: skip
