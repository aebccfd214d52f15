"""M6: members respond to a text: accept, stand aside, or object.

Writes the scratch ``state.asked.accepting`` and ``state.asked.response``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation_sim.model.compiling import formula, step
from negotiation_sim.model.decisions import ACCEPT, STAND_ASIDE, decided
from negotiation_sim.model.terms import DecisionRule, Response

if TYPE_CHECKING:
    from negotiation_sim.model.state import Given, State, Vector, World

ABSENT, ACCEPTS = int(Response.ABSENT), int(Response.ACCEPTS)
STANDS_ASIDE, OBJECTS = int(Response.STANDS_ASIDE), int(Response.OBJECTS)
OPT_IN = int(DecisionRule.OPT_IN)


@formula
def accepting_share(
    ties: Vector,
    weights: Vector,
    n_ties: int,
    member: Vector,
    accepting: Vector,
    n_accepting: int,
    n_members: int,
) -> float:
    """Return the share accepting among the other members, weighted by affinity (M6).

    Equal weights where the actor has no tie to a member; 0 where it is the only member. The actor
    itself does not accept (only then is it asked), so it is not among ``n_accepting``.
    """
    held = 0.0
    accepts = 0.0
    for t in range(n_ties):
        other = ties[t]
        if member[other]:
            held += weights[t]
            if accepting[other]:
                accepts += weights[t]
    if held > 0.0:
        return accepts / held
    if n_members <= 1:
        return 0.0
    return n_accepting / (n_members - 1)


@formula
def stands_aside(
    deficit: float, isolation: float, share_accepting: float, capability: float
) -> bool:
    """Return whether a member that does not accept yields: its deficit is below isolation's cost.

    Strict: a deficit exactly equal to ``isolation * share * (1 - capability)`` still objects.
    """
    return deficit < isolation * share_accepting * (1.0 - capability)


@step
def share_accepting(given: Given, state: State, v: int, i: int, n_accepting: int) -> float:
    """Return the share accepting among the other members of a venue, weighted by affinity."""
    return accepting_share(
        given.ties.other[i], given.ties.weight[i], given.cast.n_ties[i], given.seats.member[v],
        state.asked.accepting, n_accepting, given.venues.n_members[v],
    )  # fmt: skip


@step
def respond(given: Given, world: World, state: State, m: int) -> None:
    """Let every member respond in one simultaneous pass."""
    actors, asked, v = state.actors, state.asked, state.tracks.venue[m]
    opt_in = given.venues.rule[v] == OPT_IN
    n = 0
    for i in range(len(actors)):
        asked.accepting[i] = False
        if given.seats.member[v, i]:
            asked.accepting[i] = decided(
                state.teller, ACCEPT, m, i, actors.value[i] >= actors.aspiration[i]
            )
        n += 1 if asked.accepting[i] else 0
    for i in range(len(actors)):
        asked.response[i] = ABSENT
        if not given.seats.member[v, i]:
            continue
        asked.response[i] = ACCEPTS
        if not asked.accepting[i]:
            asked.response[i] = OBJECTS
            if not opt_in:
                share = share_accepting(given, state, v, i, n)
                deficit = actors.aspiration[i] - actors.value[i]
                yields = stands_aside(
                    deficit, world.venues.isolation[v], share, given.cast.influence[i]
                )
                if decided(state.teller, STAND_ASIDE, m, i, yields):
                    asked.response[i] = STANDS_ASIDE
