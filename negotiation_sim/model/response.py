"""M6: members respond to a text or a mandate: accept, go along, or object.

Writes the scratch ``state.asked``: ``limit``, ``response``, ``yields`` and ``asked``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation_sim.model.compiling import formula, step
from negotiation_sim.model.decisions import GO_ALONG, decided
from negotiation_sim.model.event_records import heard
from negotiation_sim.model.phases import row_of
from negotiation_sim.model.terms import DecisionRule, Response

if TYPE_CHECKING:
    from negotiation_sim.model.state import Given, State, Truth, World

ABSENT, ACCEPTS = int(Response.ABSENT), int(Response.ACCEPTS)
GOES_ALONG, OBJECTS = int(Response.GOES_ALONG), int(Response.OBJECTS)
OPT_IN = int(DecisionRule.OPT_IN)
PASSES = 10


@formula
def standing_alone(isolation: float, capability: float) -> float:
    """Return ``isolation_v (1 - c_i)``: what it costs to be the only one to object."""
    return isolation * (1.0 - capability)


@formula
def weighed_deficit(weight: float, aspiration: float, value: float) -> float:
    """Return ``D_i = s_i (a_i - v_i)``: what a text falls short by, weighed by the stake."""
    return weight * (aspiration - value)


@formula
def goes_along(deficit: float, limit: float, share: float) -> bool:
    """Return whether a member that does not accept goes along: its deficit is below the cost.

    Strict: a deficit exactly equal to ``isolation (1 - c) share`` still objects.
    """
    return deficit < limit * share


@step
def share_behind(given: Given, state: State, v: int, i: int, n_behind: int) -> float:
    """Return the share of the other members that accept or go along, by affinity times stake.

    Equal weights where the actor has no tie to a member; 0 where it is the only member. The actor
    itself does neither (only then is it asked), so it is not among ``n_behind``.
    """
    held = 0.0
    behind = 0.0
    row = row_of(state, v)
    for n in range(given.cast.n_ties[i]):
        other = given.ties.other[i, n]
        if given.seats.member[row, other]:
            weight = given.ties.weight[i, n] * state.actors.weight[other]
            held += weight
            if state.asked.response[other] != OBJECTS:
                behind += weight
    if held > 0.0:
        return behind / held
    if given.rules.n_members[row] <= 1:
        return 0.0
    return n_behind / (given.rules.n_members[row] - 1)


@step
def take_limits(given: Given, world: World, state: State, v: int) -> None:
    """Note what it costs each member to be the only one to object."""
    seats, row = given.seats, row_of(state, v)
    for i in range(len(state.asked)):
        state.asked.limit[i] = standing_alone(world.venues.isolation[v], seats.influence[row, i])


@step
def answer(
    given: Given, state: State, v: int, m: int, question: int, rule: int, asking: Truth
) -> None:
    """Let every member respond, by its ``deficit`` and ``limit``; going along spreads.

    Without ``asking`` no policy is asked: the rules say what members would do.
    """
    asked = state.asked
    behind = 0
    objecting = False
    row = row_of(state, v)
    for i in range(len(asked)):
        asked.response[i] = ABSENT
        asked.asked[i] = False
        if given.seats.member[row, i]:
            accepts: Truth = asked.deficit[i] <= 0.0
            if asking:
                accepts = decided(state.teller, question, m, i, accepts)
            asked.response[i] = ACCEPTS if accepts else OBJECTS
            if accepts:
                behind += 1
            else:
                objecting = True
    if not objecting or rule == OPT_IN:
        return
    for _ in range(PASSES):
        moved = spread(given, state, v, m, behind, asking)
        if moved == 0 and asking and heard(state.teller):
            moved = ask_the_rest(given, state, v, m)
        if moved == 0:
            break
        behind += moved


@step
def spread(given: Given, state: State, v: int, m: int, behind: int, asking: Truth) -> int:
    """Let those for whom it has become too costly to object go along; return how many."""
    asked = state.asked
    for i in range(len(asked)):
        asked.yields[i] = (
            asked.response[i] == OBJECTS
            and not asked.asked[i]
            and asked.deficit[i] < asked.limit[i]
            and goes_along(
                asked.deficit[i], asked.limit[i], share_behind(given, state, v, i, behind)
            )
        )
    moved = 0
    for i in range(len(asked)):
        if asked.yields[i]:
            yields: Truth = True
            if asking:
                asked.asked[i] = True
                yields = decided(state.teller, GO_ALONG, m, i, True)
            if yields:
                asked.response[i] = GOES_ALONG
                moved += 1
    return moved


@step
def ask_the_rest(given: Given, state: State, v: int, m: int) -> int:
    """Ask those who would object whether they go along after all, each once; return how many do."""
    moved = 0
    for i in range(len(state.asked)):
        if state.asked.response[i] == OBJECTS and not state.asked.asked[i]:
            state.asked.asked[i] = True
            if decided(state.teller, GO_ALONG, m, i, False):
                state.asked.response[i] = GOES_ALONG
                moved += 1
    return moved
