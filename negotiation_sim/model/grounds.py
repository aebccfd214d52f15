"""On what an actor refuses: the term of M1 that takes most from its satisfaction, the
climate of the time, or a reason of its own.

Writes nothing.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from negotiation_sim.model.compiling import formula, step
from negotiation_sim.model.packages import farther, held_within
from negotiation_sim.model.satisfaction import (
    cost_of_terms,
    distance_squared,
    near_of,
    odds_of,
    part_of,
    weaker_than,
)
from negotiation_sim.model.state import FORM, SCOPE, VERIFICATION
from negotiation_sim.model.terms import COST_TERMS

if TYPE_CHECKING:
    from negotiation_sim.model.state import Given, Matrix, State, Vector, World

(
    OF_VERIFICATION, OF_MISSILE_DEFENCE, OF_SET_ASIDE, OF_LEFT_OUT, OF_FORECLOSURE, OF_CONFLICT,
    OF_CONVENING, OF_PRIVATE, OF_CLIMATE,
) = range(len(COST_TERMS))  # fmt: skip


# What is refused: a text on the table, a mandate, to ratify what was accepted, to join later.
ON_TEXT, ON_MANDATE, TO_RATIFY, TO_JOIN = 0, 1, 2, 3


@formula
def of_its_own(shortfall: float, disposition: float) -> bool:
    """Return whether a refusal would not exist but for a disposition.

    ``shortfall`` is what is missing, 0 or less where the actor itself is content; ``disposition``
    the private draw and the mood, or of the mood what is common to all.
    """
    return disposition < 0.0 and 0.0 < shortfall <= -disposition


@formula
def speaks_of(term: int, what: int) -> bool:
    """Return whether a term has a part in a refusal.

    The forum is accepted or not while its members decide there; a state ratifies by its
    satisfaction, without its own draw and mood.
    """
    if term == OF_CONVENING:
        return what in (ON_TEXT, ON_MANDATE)
    return what != TO_RATIFY or term not in (OF_PRIVATE, OF_CLIMATE)


@step
def part_of_distance(
    text: Vector, position: Vector, salience: Vector, k: int, distance: float
) -> float:
    """Return an issue's part of the distance, ``w_k (x_k - y_k)^2 / distance``; they sum to it."""
    if distance <= 0.0:
        return 0.0
    gap = text[k] - position[k]
    return salience[k] * (gap * gap) / distance


@step
def cost_term(given: Given, world: World, state: State, i: int, term: int, text: Vector) -> float:
    """Return one of the three costs of M1 of a text to an actor."""
    if given.issues[SCOPE] < 0:
        return 0.0
    actors = state.actors
    return cost_of_terms(
        part_of(given, text, FORM), part_of(given, text, SCOPE),
        1.0 - part_of(given, text, VERIFICATION), world.environment[0].weapons_scope,
        actors.unverified[i] if term == OF_VERIFICATION else 0.0, actors.sees[i],
        actors.shield[i] if term == OF_MISSILE_DEFENCE else 0.0,
        actors.aside[i] if term == OF_SET_ASIDE else 0.0,
    )  # fmt: skip


@step
def loss_of(
    given: Given, world: World, state: State, y: Matrix, m: int, i: int, term: int, text: Vector
) -> float:
    """Return what a term takes from an actor's worth of a text, beyond its stated position."""
    actors, initiative = state.actors, state.tracks.initiative[m]
    if term <= OF_SET_ASIDE:
        return cost_term(given, world, state, i, term, text) - cost_term(
            given, world, state, i, term, y[i]
        )
    near = near_of(given, world, i, initiative, text)
    if term == OF_LEFT_OUT:
        return near * given.initiatives.leaves[initiative] * actors.gap[i]
    if term == OF_FORECLOSURE:
        weaker = weaker_than(text, y[i], world.salience[i])
        return near * actors.forgone[i] * math.sqrt(weaker)
    if term == OF_CONFLICT:
        threshold = world.environment[0].treaty_threshold
        odds = odds_of(part_of(given, text, FORM), part_of(given, text, SCOPE), threshold)
        return near * actors.at_odds[i] * odds
    if term == OF_CONVENING:
        return world.convening[state.tracks.venue[m], i]
    climate: float = state.run[0].climate
    if term == OF_CLIMATE:
        return -near * climate
    return -near * (actors.private[i] + actors.mood[i] - climate)


@step
def look_at(given: Given, state: State, y: Matrix, m: int, i: int, what: int) -> None:
    """Put into ``state.trial`` the texts of which a refusal speaks.

    Those on the table, or of a mandate the points of the boxes nearest to a position, the farthest
    where only the risk speaks against talks.
    """
    farthest = state.actors.best[i] >= state.actors.rho[i]
    for item in range(m, m + state.tracks.n_items[m]):
        if what == ON_MANDATE:
            blame_on_box(given, state, y, item, i, farthest)
        else:
            for k in range(y.shape[1]):
                state.trial[item, k] = state.text[item, k]


@step
def nearness_of_texts(given: Given, world: World, state: State, m: int, i: int) -> float:
    """Return by how much a disposition counts towards the texts in ``state.trial``."""
    total = 0.0
    for item in range(m, m + state.tracks.n_items[m]):
        near = near_of(given, world, i, state.tracks.initiative[item], state.trial[item])
        total += state.shares[item, i] * near
    return total


@step
def ground_of(
    given: Given, world: World, state: State, y: Matrix, m: int, i: int, shortfall: float, what: int
) -> int:
    """Return the number of the term on which an actor refuses: an issue, then the costs.

    The term that would have to change least: what is missing is the smallest part of the one that
    takes most. A refusal that would not exist but for the climate, or but for the actor's own draw
    and mood, says so.
    ``what`` is refused: a text, a mandate, to ratify or to join. K plus the number of costs where
    nothing weighs at all.
    """
    n = y.shape[1]
    look_at(given, state, y, m, i, what)
    if what != TO_RATIFY:
        near = nearness_of_texts(given, world, state, m, i)
        if of_its_own(shortfall, near * state.run[0].climate):
            return n + OF_CLIMATE
        if of_its_own(shortfall, near * (state.actors.private[i] + state.actors.mood[i])):
            return n + OF_PRIVATE
    best = n + len(COST_TERMS)
    most = 0.0
    for term in range(n + len(COST_TERMS)):
        if term < n or speaks_of(term - n, what):
            part = part_of_package(given, world, state, y, m, i, term)
            if part > most:
                most = part
                best = term
    return best


@step
def part_of_package(
    given: Given, world: World, state: State, y: Matrix, m: int, i: int, term: int
) -> float:
    """Return what an issue or a cost takes from the worth of all texts in ``state.trial``."""
    n, total = y.shape[1], 0.0
    for item in range(m, m + state.tracks.n_items[m]):
        text = state.trial[item]
        if term < n:
            distance = math.sqrt(distance_squared(text, y[i], world.salience[i]))
            part = part_of_distance(text, y[i], world.salience[i], term, distance)
        else:
            part = loss_of(given, world, state, y, item, i, term - n, text)
        total += state.shares[item, i] * part
    return total


@step
def blame_on_box(given: Given, state: State, y: Matrix, m: int, i: int, on_farthest: bool) -> None:
    """Put into ``state.trial`` the point of an item's box nearest to a position, or the farthest."""
    initiative = state.tracks.initiative[m]
    for k in range(y.shape[1]):
        low, high = given.texts.low[initiative, k], given.texts.high[initiative, k]
        state.trial[m, k] = held_within(y[i, k], low, high)
        if on_farthest:
            state.trial[m, k] = farther(y[i, k], low, high)
