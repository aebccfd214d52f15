"""M1: how content an actor is with a text, what it compares, and which term of it weighs most.

Texts, positions and saliences are sequences over the K issues, each in [0, 1]. ``form_at``,
``scope_at`` and ``verification_at`` say which issue plays that role, -1 where none does; the
terms of an absent issue vanish.

Writes ``state.actors``: what each term costs it this month, and ``own_cost``.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from negotiation_sim.model.compiling import formula, step
from negotiation_sim.model.state import FORM, SCOPE, VERIFICATION

if TYPE_CHECKING:
    from negotiation_sim.model.state import Given, Matrix, State, Vector, World

FADE = 0.1  # within this distance of the status quo what is not satisfaction fades out
GROWTH = 2  # column of `world.noted`
NEGLIGIBLE = 0.02  # a text that near to the status quo on every issue is no agreement


@formula
def verification_coefficient(demand: float, trust: float, cost: float) -> float:
    """Return what a unit of unverified binding scope costs a state that demands verification.

    ``cost * demand * (1 - trust)``; a narrow treaty lends itself to national technical means
    (Bellagio 2008; Coe and Vaynman 2020).
    """
    return cost * demand * (1.0 - trust)


@formula
def grown(before: float, verifiable_growth: float, months: float) -> float:
    """Return by how much what all can see has grown after so many months at a rate per year."""
    return before + verifiable_growth * (months / 12.0)


@formula
def seen_by_all(verifiable_scope: float, growth: float) -> float:
    """Return the scope that all can verify: it grows as commercial operators share their data."""
    return verifiable_scope + growth


@formula
def cost_of_terms(
    form: float,
    scope: float,
    unverified: float,
    weapons_scope: float,
    coefficient: float,
    sees: float,
    shield: float,
    aside: float,
) -> float:
    """Return ``C_i(x)``, the sum of three cost terms of M1, >= 0.

    ``coefficient * form * max(0, scope - sees) * unverified + shield * form * scope
    + aside * max(0, weapons_scope - scope)``: binding scope that cannot be verified, missile
    defence that a broad and binding text touches, and weapons in space left to fester.
    """
    excess = scope - sees
    if excess < 0.0:
        excess = 0.0
    left = weapons_scope - scope
    if left < 0.0:
        left = 0.0
    return coefficient * form * excess * unverified + shield * form * scope + aside * left


@formula
def satisfaction(distance: float, cost_of_text: float, cost_of_position: float) -> float:
    """Return ``u_i(x) = max(0, 1 - distance - max(0, C(x) - C(y)))``, in [0, 1].

    A stated position already allows for its own costs, so only what the text adds counts.
    """
    extra = cost_of_text - cost_of_position
    if extra < 0.0:
        extra = 0.0
    value = 1.0 - distance - extra
    if value < 0.0:
        return 0.0
    return value


@formula
def nearness(square: float) -> float:
    """Return ``near(x) = min(1, |x - q|_w / 0.1)``, from the squared distance: 0 at the status quo."""
    if square >= FADE * FADE:
        return 1.0
    return math.sqrt(square) / FADE


@formula
def disputed_cost(forgone: float, weaker: float, at_odds: float, odds: float) -> float:
    """Return the two terms of either sign that the workshop disputed.

    ``forgone * sqrt(weaker)``: a weak text takes the place of a stronger one (``weaker`` is
    ``sum_k w_k max(0, y_k - x_k)^2``); ``at_odds * odds``: a code read otherwise than existing
    treaties (:func:`odds_of`).
    """
    cost = 0.0
    if forgone != 0.0:
        cost = forgone * math.sqrt(weaker)
    return cost + at_odds * odds


@formula
def odds_of(form: float, scope: float, treaty_threshold: float) -> float:
    """Return ``scope * max(0, 1 - form / treaty_threshold)``: how far a text is unlike a treaty."""
    if treaty_threshold <= 0.0 or form >= treaty_threshold:
        return 0.0
    return scope * (1.0 - form / treaty_threshold)


@formula
def goodwill(good_faith: float, trust: float, own: float) -> float:
    """Return what trust above its own baseline adds to a disposition, or takes where below (M12).

    Promises that are kept are signs of good faith (Osgood 1962); tests and breaches undo them.
    """
    return good_faith * (trust - own)


@formula
def worth(content: float, near: float, disposition: float, disputed: float) -> float:
    """Return ``v_i(x) = u_i(x) + near(x) (d_i - disputed costs)``.

    An urge to act is no reason to adopt what is in force already.
    """
    return content + near * (disposition - disputed)


@formula
def disposition(
    urgency_effect: float, debris_concern: float, urgency: float, private: float, mood: float
) -> float:
    """Return ``d_i = urgency_effect * debris_concern_i * U + private_i + mood_i``."""
    return urgency_effect * debris_concern * urgency + private + mood


@formula
def part_of(given: Given, text: Vector, role: int) -> float:
    """Return a text on the issue that plays a role, 0 where none does."""
    at = given.issues[role]
    if at >= 0:
        return text[at]
    return 0.0


@formula
def terms_of(given: Given, world: World, state: State, i: int, text: Vector) -> float:
    """Return ``C_i(text)`` at this month's trust."""
    if given.issues[SCOPE] < 0:
        return 0.0
    actors = state.actors
    return cost_of_terms(
        part_of(given, text, FORM), part_of(given, text, SCOPE),
        1.0 - part_of(given, text, VERIFICATION), world.environment[0].weapons_scope,
        actors.unverified[i], actors.sees[i], actors.shield[i], actors.aside[i],
    )  # fmt: skip


@formula
def distance_squared(text: Vector, other: Vector, salience: Vector) -> float:
    """Return ``sum_k w_k (x_k - y_k)^2``, in [0, 1] for saliences that sum to one."""
    total = 0.0
    for k in range(len(text)):
        gap = text[k] - other[k]
        total += salience[k] * (gap * gap)
    return total


@formula
def weaker_than(text: Vector, position: Vector, salience: Vector) -> float:
    """Return ``sum_k w_k max(0, y_k - x_k)^2``: how far a text stays below a position."""
    total = 0.0
    for k in range(len(text)):
        gap = position[k] - text[k]
        if gap > 0.0:
            total += salience[k] * (gap * gap)
    return total


@formula
def near_of(given: Given, world: World, i: int, initiative: int, text: Vector) -> float:
    """Return ``near(x)`` of a text of an initiative, by what is in force without it."""
    return nearness(distance_squared(text, world.quo[initiative], world.salience[i]))


@formula
def satisfaction_of(
    given: Given, world: World, state: State, y: Matrix, i: int, initiative: int, text: Vector
) -> float:
    """Return ``u_i(text)``, in [0, 1], of an actor whose stated position is ``y[i]``."""
    distance = math.sqrt(distance_squared(text, y[i], world.salience[i]))
    cost = terms_of(given, world, state, i, text)
    leaves = given.initiatives.leaves[initiative]
    if leaves > 0:
        near = near_of(given, world, i, initiative, text)
        cost += near * (leaves * state.actors.gap[i])
    return satisfaction(distance, cost, state.actors.own_cost[i])


@formula
def disposition_of(world: World, state: State, m: int, i: int) -> float:
    """Return ``d_i`` this month, with the urgency that a track still feels (M1, M4, M16)."""
    actors = state.actors
    felt = state.run[0].urgency * state.tracks.urgency_share[m]
    return (
        disposition(
            world.environment[0].urgency_effect, actors.debris_concern[i], felt, actors.private[i],
            actors.mood[i],
        )
        + state.standing.drawn[m, i]
        + goodwill(world.environment[0].good_faith, actors.trust[i], actors.own_trust[i])
    )  # fmt: skip


@formula
def disputed_of(given: Given, world: World, state: State, y: Matrix, i: int, text: Vector) -> float:
    """Return the two disputed costs of a text to an actor, before they fade."""
    actors = state.actors
    weaker = 0.0
    if actors.forgone[i] != 0.0:
        weaker = weaker_than(text, y[i], world.salience[i])
    odds = odds_of(
        part_of(given, text, FORM), part_of(given, text, SCOPE),
        world.environment[0].treaty_threshold,
    )  # fmt: skip
    return disputed_cost(actors.forgone[i], weaker, actors.at_odds[i], odds)


@formula
def value_of(
    given: Given, world: World, state: State, y: Matrix, m: int, i: int, text: Vector
) -> float:
    """Return ``v_i``, what an actor compares with its thresholds, of a text for one track."""
    initiative = state.tracks.initiative[m]
    near = near_of(given, world, i, initiative, text)
    content = satisfaction_of(given, world, state, y, i, initiative, text)
    disputed = disputed_of(given, world, state, y, i, text)
    return worth(content, near, disposition_of(world, state, m, i), disputed)


@formula
def form_of(given: Given, state: State, m: int) -> float:
    """Return how binding a track's text is: its form, else 1 or 0 as the initiative says."""
    if given.issues[FORM] >= 0:
        return state.text[m, given.issues[FORM]]
    return 1.0 if given.initiatives.binding[state.tracks.initiative[m]] == 1 else 0.0


@step
def is_agreement(given: Given, world: World, state: State, m: int, texts: Matrix) -> bool:
    """Return whether each text of a package differs from what is in force by 0.02 on an issue."""
    for item in range(m, m + state.tracks.n_items[m]):
        initiative = state.tracks.initiative[item]
        differs = False
        for k in range(texts.shape[1]):
            if abs(texts[item, k] - world.quo[initiative, k]) > NEGLIGIBLE:
                differs = True
        if not differs:
            return False
    return True


@step
def take_costs(given: Given, world: World, state: State, y: Matrix, t: int) -> None:
    """Note what each term costs every actor at this month's trust, and its own position."""
    actors, env, form_at = state.actors, world.environment[0], given.issues[FORM]
    all_see = seen_by_all(env.verifiable_scope, world.noted[t, GROWTH])
    for i in range(len(actors)):
        actors.unverified[i] = actors.shield[i] = actors.aside[i] = 0.0
        actors.sees[i] = all_see + actors.technical_means[i]
        if given.issues[SCOPE] >= 0:
            actors.aside[i] = env.fester * actors.weapons_concern[i]
            if form_at >= 0:
                actors.unverified[i] = verification_coefficient(
                    actors.verification_demand[i], actors.trust[i], env.verification_cost
                )
                actors.shield[i] = env.missile_defence_cost * actors.missile_defence_stake[i]
        actors.gap[i] = env.fester * actors.debris_concern[i]
        actors.forgone[i] = env.foreclosure * actors.weapons_concern[i]
        actors.at_odds[i] = env.conflict * y[i, form_at] if form_at >= 0 else 0.0
        actors.weight[i] = env.stake0 + (1.0 - env.stake0) * actors.stake[i]
        actors.own_cost[i] = terms_of(given, world, state, i, y[i])
