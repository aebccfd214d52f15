"""M8: whether a venue agrees to negotiate at all.

Writes ``state.tracks.mandated``, ``mandate`` and ``mandate_year``, and the scratch ``state.point``
and ``state.asked.found``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation_sim.model.cause import clear, hold, may_matter
from negotiation_sim.model.compiling import formula, step
from negotiation_sim.model.decision import CONSENSUS, OPT_IN, convenes, passes, whole_millionths
from negotiation_sim.model.decisions import BACK_MANDATE, decided
from negotiation_sim.model.event_records import (
    LINKED,
    MANDATE_GIVEN,
    MANDATE_REFUSED,
    MANDATE_VOTE,
    heard,
    tell,
)
from negotiation_sim.model.remit import distance_outside
from negotiation_sim.model.satisfaction import disposition_of, satisfaction_of, term_of
from negotiation_sim.model.state import LINKAGE, MANDATE, NOBODY, TEXT

if TYPE_CHECKING:
    from negotiation_sim.model.state import Given, Matrix, State, World


@formula
def mandate_risk(strict: float, opt_in: bool, risk: float, risk_vote: float) -> float:
    """Return ``f``: how much what the talks may bring counts against agreeing to talk."""
    if opt_in:
        return 0.0
    return risk + risk_vote * (1.0 - strict)


@formula
def nearest_in_box(coordinate: float, low: float, high: float) -> float:
    """Return the coordinate held within the mandate box."""
    return min(high, max(low, coordinate))


@formula
def mandate_value(
    value_near: float, value_worst: float, risk: float, remit_cost: float, outside: float
) -> float:
    """Return what a member compares with its reservation value when asked for a mandate (M8).

    ``(1 - f) v(b) + f v(worst corner) - remit_cost * distance``: ``b`` is the point of the mandate
    box nearest to its position.
    """
    return (1.0 - risk) * value_near + risk * value_worst - remit_cost * outside


@step
def worst_corner(given: Given, world: World, state: State, y: Matrix, m: int, i: int) -> float:
    """Return the least value over the corners of the mandate box; leave that corner in ``worst``."""
    point, initiative = state.point, state.tracks.initiative[m]
    d = disposition_of(world, state, m, i)
    least = 0.0
    for n in range(1 << len(point)):
        for k in range(len(point)):
            high = (n >> k) & 1
            point.corner[k] = given.texts.low[initiative, k]
            if high:
                point.corner[k] = given.texts.high[initiative, k]
        value = satisfaction_of(given, world, state, y, i, point.corner) + d
        if n == 0 or value < least:
            least = value
            for k in range(len(point)):
                point.worst[k] = point.corner[k]
    return least


@step
def worth_of_talks(
    given: Given, world: World, state: State, y: Matrix, m: int, i: int, risk: float, outside: float
) -> float:
    """Return what a member compares with its reservation value when asked for a mandate.

    Leaves in ``state.point.worst`` the point of the box to blame where that is too little.
    """
    point, texts, initiative = state.point, given.texts, state.tracks.initiative[m]
    for k in range(len(point)):
        point.near[k] = nearest_in_box(y[i, k], texts.low[initiative, k], texts.high[initiative, k])
    d = disposition_of(world, state, m, i)
    best = satisfaction_of(given, world, state, y, i, point.near) + d
    least = best
    if risk > 0.0:
        least = worst_corner(given, world, state, y, m, i)
    if risk <= 0.0 or best < state.actors.reservation_value[i]:
        for k in range(len(point)):
            point.worst[k] = point.near[k]
    remit_cost = world.venues.remit_cost[state.tracks.venue[m]]
    return mandate_value(best, least, risk, remit_cost, outside)


@step
def refuses_again(
    given: Given, world: World, state: State, y: Matrix, m: int, risk: float, outside: float
) -> bool:
    """Return whether the member that refused last refuses once more: where one is enough."""
    i = state.tracks.refuser[m]
    if i < 0 or not given.seats.member[state.tracks.venue[m], i]:
        return False
    value = worth_of_talks(given, world, state, y, m, i, risk, outside)
    return not value >= state.actors.reservation_value[i]


@step
def ask_mandate(given: Given, world: World, state: State, y: Matrix, m: int, t: int) -> None:
    """Ask the venue's members to agree to negotiate."""
    env, v, venues = world.environment[0], state.tracks.venue[m], given.venues
    rule = venues.mandate_rule[v]
    risk = mandate_risk(
        venues.mandate_strict[v], rule == OPT_IN, env.mandate_risk, env.mandate_risk_vote
    )
    outside = distance_outside(state.text[m], given.remit.low[v], given.remit.high[v])
    say_why = heard(state.teller) or state.run[0].thorough or may_matter(given, state, m, t)
    for i in range(len(state.asked)):
        state.asked.found[i] = 0
    if (
        not say_why
        and rule == CONSENSUS
        and refuses_again(given, world, state, y, m, risk, outside)
    ):
        hold(state, m, MANDATE, NOBODY)
    elif ask_all(given, world, state, y, m, risk, outside, say_why):
        give_mandate(given, state, m, t)


@step
def ask_all(
    given: Given,
    world: World,
    state: State,
    y: Matrix,
    m: int,
    risk: float,
    outside: float,
    say_why: bool,
) -> bool:
    """Ask member after member and return whether they give the mandate.

    Who refuses, and why, is found out only where it can become the cause at the deadline, or
    somebody listens; else the first refusal under consensus is enough.
    """
    actors, asked, seats = state.actors, state.asked, given.seats
    v = state.tracks.venue[m]
    rule = given.venues.mandate_rule[v]
    n_backing = votes_for = votes_against = required_refusing = 0
    deepest = NOBODY
    deepest_gap = 0.0
    for i in range(len(actors)):
        if not seats.member[v, i]:
            continue
        value = worth_of_talks(given, world, state, y, m, i, risk, outside)
        rho = actors.reservation_value[i]
        backs = decided(state.teller, BACK_MANDATE, m, i, value >= rho)
        if backs:
            n_backing += 1
            votes_for += seats.mandate_votes[v, i]
        else:
            votes_against += seats.mandate_votes[v, i]
            required_refusing += 1 if seats.mandate_required[v, i] else 0
            state.tracks.refuser[m] = i
            if say_why:
                asked.found[i] = term_of(given, world, state, y, i, state.point.worst) + 1
                if deepest < 0 or rho - value > deepest_gap:
                    deepest = i
                    deepest_gap = rho - value
            elif rule == CONSENSUS:
                break
        tell(state.teller, MANDATE_VOTE, m, i, backs, value, rho, asked.found[i])
    given_it = mandated(given, world, v, n_backing, votes_for, votes_against, required_refusing)
    if not given_it:
        hold(state, m, MANDATE, deepest)
        tell(state.teller, MANDATE_REFUSED, m, deepest)
    return given_it


@step
def mandated(
    given: Given,
    world: World,
    v: int,
    n_backing: int,
    votes_for: int,
    votes_against: int,
    required_refusing: int,
) -> bool:
    """Return whether the venue's mandate rule counts enough members behind it."""
    venues, rule = given.venues, given.venues.mandate_rule[v]
    if rule == OPT_IN:
        share = whole_millionths(world.venues.convene_share[v])
        return convenes(n_backing, venues.n_members[v], share)
    return passes(
        rule, venues.n_members[v], n_backing, venues.n_members[v] - n_backing, votes_for,
        votes_against, venues.mandate_quota_part[v], venues.mandate_quota_whole[v],
        required_refusing, 0, 0, 0,
    )  # fmt: skip


@step
def give_mandate(given: Given, state: State, m: int, t: int) -> None:
    """Open the talks; what stood in their way before is forgotten."""
    tracks = state.tracks
    tracks.mandated[m] = True
    tracks.mandate_year[m] = (given.clock[0].start_month + t) // 12
    if tracks.mandate[m] < 0:
        tracks.mandate[m] = t + 1
    if tracks.obstacle[m] < TEXT or tracks.fresh[m]:
        clear(state, m)
    tell(state.teller, MANDATE_GIVEN, m, state.text[m])


@step
def blocked(state: State, m: int) -> None:
    """Note that linkage keeps the venue from agreeing on anything."""
    if state.tracks.obstacle[m] < LINKAGE or state.tracks.fresh[m]:  # else nothing is new
        for i in range(len(state.asked)):
            state.asked.found[i] = 0
        hold(state, m, LINKAGE, NOBODY)
    tell(state.teller, LINKED, m)
