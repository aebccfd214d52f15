"""M8: whether a venue agrees to negotiate at all, to what task, and for how long.

Writes ``state.tracks``: ``mandated``, ``mandate``, the term and ``refuser``; ``state.actors.value``,
``best`` and ``rho``, and the scratch ``state.trial`` and ``state.asked``.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from negotiation_sim.model.ballot import blocks_alone
from negotiation_sim.model.calendar import open_term
from negotiation_sim.model.cause import clear, hold, may_matter
from negotiation_sim.model.compiling import formula, step
from negotiation_sim.model.decision import CONSENSUS, OPT_IN, is_given
from negotiation_sim.model.decisions import BACK_MANDATE
from negotiation_sim.model.event_records import (
    LINKED,
    MANDATE_GIVEN,
    MANDATE_REFUSED,
    MANDATE_VOTE,
    heard,
    tell,
)
from negotiation_sim.model.grounds import ON_MANDATE, ground_of
from negotiation_sim.model.groups import cohere
from negotiation_sim.model.packages import best_of_box, farther
from negotiation_sim.model.phases import row_of
from negotiation_sim.model.remit import distance_outside
from negotiation_sim.model.reservation import reservation_of
from negotiation_sim.model.response import (
    GOES_ALONG,
    OBJECTS,
    answer,
    take_limits,
    weighed_deficit,
)
from negotiation_sim.model.satisfaction import (
    cost_of_terms,
    disposition_of,
    nearness,
    satisfaction,
)
from negotiation_sim.model.state import (
    ELABORATE,
    FORM,
    LINKAGE,
    MANDATE,
    NEGOTIATE,
    NOBODY,
    SCOPE,
    TEXT,
    VERIFICATION,
)

if TYPE_CHECKING:
    from negotiation_sim.model.state import Given, Matrix, State, Truth, World


@formula
def mandate_risk(strict: float, opt_in: bool, risk: float) -> float:
    """Return how much what the talks may bring counts against agreeing to talk: ``risk (1 - strict)``.

    ``strict`` is of the rule by which the talks will decide: who keeps a veto risks nothing by
    talking, who can be outvoted does; under opt-in one may stay outside.
    """
    if opt_in:
        return 0.0
    return risk * (1.0 - strict)


@formula
def margin_counted(task: int, elaborate_margin: float, explore_margin: float) -> float:
    """Return which part of the margin counts in the vote on a mandate of a task."""
    if task == NEGOTIATE:
        return 1.0
    return elaborate_margin if task == ELABORATE else explore_margin


@formula
def mandate_value(
    value_near: float, value_worst: float, risk: float, remit_cost: float, outside: float
) -> float:
    """Return what a member compares with its reservation value when asked for a mandate (M8).

    ``(1 - f) v(b) + f v(worst) - remit_cost * distance``: ``b`` is the point of the mandate box
    nearest to its position.
    """
    return (1.0 - risk) * value_near + risk * value_worst - remit_cost * outside


@formula
def side(given: Given, initiative: int, role: int, highest: bool) -> float:
    """Return an end of the box on the issue that plays a role, 0 where none does."""
    at = given.issues[role]
    if at < 0:
        return 0.0
    return given.texts.high[initiative, at] if highest else given.texts.low[initiative, at]


@step
def worst_of_item(given: Given, world: World, state: State, y: Matrix, m: int, i: int) -> float:
    """Return a lower bound of what one item's box holds for an actor.

    Distance and costs each at their own worst, so that no corner need be looked at.
    """
    texts, actors, initiative = given.texts, state.actors, state.tracks.initiative[m]
    square = closest = weaker = 0.0
    for k in range(y.shape[1]):
        low, high = texts.low[initiative, k], texts.high[initiative, k]
        far = farther(y[i, k], low, high)
        gap = far - y[i, k]
        square += world.salience[i, k] * (gap * gap)
        quo = world.quo[initiative, k]
        moved = 0.0
        if quo < low:
            moved = low - quo
        elif quo > high:
            moved = quo - high
        closest += world.salience[i, k] * (moved * moved)
        if y[i, k] > low:
            weaker += world.salience[i, k] * ((y[i, k] - low) * (y[i, k] - low))
    form, scope = side(given, initiative, FORM, True), side(given, initiative, SCOPE, True)
    cost = 0.0
    if given.issues[SCOPE] >= 0:
        weapons = world.environment[0].weapons_scope
        unverified = 1.0 - side(given, initiative, VERIFICATION, False)
        cost = cost_of_terms(
            form, scope, unverified, weapons, actors.unverified[i], actors.sees[i],
            actors.shield[i], 0.0,
        ) + cost_of_terms(
            0.0, side(given, initiative, SCOPE, False), 0.0, weapons, 0.0, 0.0, 0.0, actors.aside[i]
        )  # fmt: skip
    cost += given.initiatives.leaves[initiative] * actors.gap[i]
    content = satisfaction(math.sqrt(square), cost, actors.own_cost[i])
    threshold = world.environment[0].treaty_threshold
    odds = 0.0
    if threshold > 0.0:
        odds = scope * max(0.0, 1.0 - side(given, initiative, FORM, False) / threshold)
    disputed = max(0.0, actors.forgone[i] * math.sqrt(weaker)) + max(0.0, actors.at_odds[i] * odds)
    urge = disposition_of(world, state, m, i) - disputed
    return content + (urge if urge < 0.0 else nearness(closest) * urge)


@step
def worst_of_box(given: Given, world: World, state: State, y: Matrix, m: int, i: int) -> float:
    """Return a lower bound of what a track's boxes hold for an actor."""
    if state.tracks.n_items[m] == 1:
        return worst_of_item(given, world, state, y, m, i)
    total = 0.0
    for item in range(m, m + state.tracks.n_items[m]):
        total += state.shares[item, i] * worst_of_item(given, world, state, y, item, i)
    return total


@step
def outside_remit(given: Given, state: State, m: int) -> float:
    """Return how far a track's texts lie outside the venue's remit: the farthest counts."""
    v = state.tracks.venue[m]
    farthest = 0.0
    for item in range(m, m + state.tracks.n_items[m]):
        outside = distance_outside(state.text[item], given.remit.low[v], given.remit.high[v])
        farthest = max(farthest, outside)
    return farthest


@step
def take_worth(
    given: Given,
    world: World,
    state: State,
    y: Matrix,
    m: int,
    i: int,
    risk: float,
    outside: float,
) -> None:
    """Note what a member compares when it is asked for a mandate, and what it misses."""
    actors, env, v = state.actors, world.environment[0], state.tracks.venue[m]
    best = best_of_box(given, world, state, y, m, i)
    worst = worst_of_box(given, world, state, y, m, i) if risk > 0.0 else best
    counted = margin_counted(state.tracks.task[m], env.elaborate_margin, env.explore_margin)
    actors.value[i] = mandate_value(best, worst, risk, world.venues.remit_cost[v], outside)
    actors.best[i] = best
    actors.rho[i] = reservation_of(given, world, state, y, m, i, counted)
    state.asked.deficit[i] = weighed_deficit(actors.weight[i], actors.rho[i], actors.value[i])


@step
def refuses_again(
    given: Given, world: World, state: State, y: Matrix, m: int, risk: float, outside: float
) -> bool:
    """Return whether the member that refused last refuses once more, whatever the others do."""
    i, row = state.tracks.refuser[m], row_of(state, state.tracks.venue[m])
    if i < 0 or not given.seats.member[row, i] or given.rules.grouped[row]:
        return False
    take_worth(given, world, state, y, m, i, risk, outside)
    return state.asked.deficit[i] > 0.0 and state.asked.deficit[i] >= state.asked.limit[i]


@step
def ask_mandate(given: Given, world: World, state: State, y: Matrix, m: int, t: int) -> None:
    """Ask the venue's members to agree to negotiate.

    Who refuses, and why, is found out only where it can become the cause at the deadline, or
    somebody listens; else a refusal that nothing can change is enough under consensus.
    """
    env, v, rules = world.environment[0], state.tracks.venue[m], given.rules
    row = row_of(state, v)
    risk = mandate_risk(rules.strict[row], rules.rule[row] == OPT_IN, env.mandate_risk)
    outside = outside_remit(given, state, m)
    say_why = heard(state.teller) or state.run[0].thorough or may_matter(given, state, m, t)
    take_limits(given, world, state, v)
    for i in range(len(state.asked)):
        state.asked.found[i] = 0
    if (
        not say_why
        and blocks_alone(
            given,
            state,
            v,
            state.tracks.refuser[m],
            rules.mandate_rule[row] == CONSENSUS and rules.mandate_less[row] == 0,
        )
        and refuses_again(given, world, state, y, m, risk, outside)
    ):
        hold(state, m, MANDATE, NOBODY)
        return
    for i in range(len(state.asked)):
        if given.seats.member[row, i]:
            take_worth(given, world, state, y, m, i, risk, outside)
    if rules.grouped[row]:
        cohere(given, world, state, v)
    answer(given, state, v, m, BACK_MANDATE, rules.mandate_rule[row], True)
    if is_given(given, world, state, v):
        count_votes(given, world, state, y, m, heard(state.teller))
        give_mandate(given, world, state, m, t)
    else:
        deepest = count_votes(given, world, state, y, m, say_why)
        hold(state, m, MANDATE, deepest)
        tell(state.teller, MANDATE_REFUSED, m, deepest)


@step
def count_votes(given: Given, world: World, state: State, y: Matrix, m: int, say_why: Truth) -> int:
    """Tell of the members' votes; note who refused, and why; return who is farthest."""
    actors, asked = state.actors, state.asked
    row = row_of(state, state.tracks.venue[m])
    against = GOES_ALONG
    for i in range(len(asked)):
        if asked.response[i] == OBJECTS:
            against = OBJECTS
    deepest = NOBODY
    for i in range(len(asked)):
        if not given.seats.member[row, i]:
            continue
        code = 0
        along = heard(state.teller) and asked.response[i] == GOES_ALONG
        if say_why and (along or asked.response[i] == against):
            shortfall = actors.rho[i] - actors.value[i]
            code = ground_of(given, world, state, y, m, i, shortfall, ON_MANDATE) + 1
        if asked.response[i] == against:
            state.tracks.refuser[m] = i
            asked.found[i] = code
            if say_why and (deepest < 0 or asked.deficit[i] > asked.deficit[deepest]):
                deepest = i
        tell(
            state.teller, MANDATE_VOTE, m, i, asked.response[i], actors.value[i], actors.rho[i],
            code,
        )  # fmt: skip
    return deepest


@step
def give_mandate(given: Given, world: World, state: State, m: int, t: int) -> None:
    """Open the talks; what stood in their way before is forgotten."""
    tracks = state.tracks
    for item in range(m, m + tracks.n_items[m]):
        tracks.mandated[item] = True
        if tracks.mandate[item] < 0:
            tracks.mandate[item] = t + 1
        tell(state.teller, MANDATE_GIVEN, item, state.text[item])
    open_term(given, world, state, m, t, t + 1)
    if tracks.obstacle[m] < TEXT or tracks.fresh[m]:
        clear(state, m)


@step
def blocked(state: State, m: int) -> None:
    """Note that linkage keeps the venue from agreeing on anything."""
    if state.tracks.obstacle[m] < LINKAGE or state.tracks.fresh[m]:  # else nothing is new
        for i in range(len(state.asked)):
            state.asked.found[i] = 0
        hold(state, m, LINKAGE, NOBODY)
    tell(state.teller, LINKED, m)
