"""M1: how content an actor is with a text, and which term of it weighs most.

Texts, positions and saliences are sequences over the K issues, each in [0, 1]. ``form_at``,
``scope_at`` and ``verification_at`` say which issue plays that role, -1 where none does; the
terms of an absent issue vanish.

Writes ``state.actors.own_cost``.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from negotiation_sim.model.compiling import formula, step
from negotiation_sim.model.state import FORM, SCOPE, VERIFICATION

if TYPE_CHECKING:
    from negotiation_sim.model.state import Given, Matrix, State, Vector, World


@formula
def verification_cost_of(
    text: Vector,
    form_at: int,
    scope_at: int,
    verification_at: int,
    trust: float,
    demand: float,
    verifiable_scope: float,
    cost: float,
) -> float:
    """Return what a binding text beyond verifiable scope costs a state that demands verification.

    ``cost * demand * form * max(0, scope - verifiable_scope) * (1 - trust) * (1 - verification)``;
    a narrow treaty lends itself to national technical means (Bellagio 2008; Coe and Vaynman 2020).
    """
    if form_at < 0 or scope_at < 0:
        return 0.0
    excess = text[scope_at] - verifiable_scope
    if excess <= 0.0:
        return 0.0
    unverified = 1.0
    if verification_at >= 0:
        unverified = 1.0 - text[verification_at]
    return cost * demand * text[form_at] * excess * (1.0 - trust) * unverified


@formula
def missile_defence_cost_of(
    text: Vector, form_at: int, scope_at: int, stake: float, cost: float
) -> float:
    """Return what a broad and binding text costs a state with missile-defence interests."""
    if form_at < 0 or scope_at < 0:
        return 0.0
    return cost * stake * text[form_at] * text[scope_at]


@formula
def set_aside_cost_of(
    text: Vector, scope_at: int, weapons_concern: float, weapons_scope: float, fester: float
) -> float:
    """Return what a narrow text costs by setting space-based weapons aside to fester."""
    if scope_at < 0:
        return 0.0
    gap = weapons_scope - text[scope_at]
    if gap <= 0.0:
        return 0.0
    return fester * weapons_concern * gap


@formula
def text_cost(
    text: Vector,
    form_at: int,
    scope_at: int,
    verification_at: int,
    trust: float,
    demand: float,
    stake: float,
    weapons_concern: float,
    verifiable_scope: float,
    weapons_scope: float,
    verification_cost: float,
    missile_defence_cost: float,
    fester: float,
) -> float:
    """Return ``C_i(x)``, the sum of the three cost terms of M1, >= 0."""
    return (
        verification_cost_of(
            text,
            form_at,
            scope_at,
            verification_at,
            trust,
            demand,
            verifiable_scope,
            verification_cost,
        )
        + missile_defence_cost_of(text, form_at, scope_at, stake, missile_defence_cost)
        + set_aside_cost_of(text, scope_at, weapons_concern, weapons_scope, fester)
    )


@formula
def weighted_distance(text: Vector, position: Vector, salience: Vector) -> float:
    """Return ``sqrt(sum_k w_k (x_k - y_k)^2)``, in [0, 1] for saliences that sum to one."""
    total = 0.0
    for k in range(len(text)):
        gap = text[k] - position[k]
        total += salience[k] * (gap * gap)
    return math.sqrt(total)


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
def weightiest_term(
    text: Vector,
    position: Vector,
    salience: Vector,
    distance: float,
    extra_verification: float,
    extra_missile: float,
    extra_aside: float,
) -> int:
    """Return the number of the term that takes most from satisfaction: an issue, then the costs.

    An issue's part of the distance is ``w_k (x_k - y_k)^2 / distance``; the parts sum to it. The
    cost terms count by what they add over the stated position. Ties go to the first. K + 3 where
    nothing weighs at all (a refusal on disposition alone).
    """
    n = len(text)
    best = n + 3
    most = 0.0
    for k in range(n):
        gap = text[k] - position[k]
        part = 0.0
        if distance > 0.0:
            part = salience[k] * (gap * gap) / distance
        if part > most:
            most = part
            best = k
    if extra_verification > most:
        most = extra_verification
        best = n
    if extra_missile > most:
        most = extra_missile
        best = n + 1
    if extra_aside > most:
        most = extra_aside
        best = n + 2
    return best


@formula
def disposition(
    urgency_effect: float, debris_concern: float, urgency: float, private: float, mood: float
) -> float:
    """Return ``d_i = urgency_effect * debris_concern_i * U + private_i + mood_i``."""
    return urgency_effect * debris_concern * urgency + private + mood


@formula
def cost_of(given: Given, world: World, state: State, i: int, text: Vector) -> float:
    """Return ``C_i(text)`` at this month's trust."""
    actors, env = state.actors, world.environment[0]
    return text_cost(
        text, given.issues[FORM], given.issues[SCOPE], given.issues[VERIFICATION], actors.trust[i],
        actors.verification_demand[i], actors.missile_defence_stake[i], actors.weapons_concern[i],
        env.verifiable_scope, env.weapons_scope, env.verification_cost, env.missile_defence_cost,
        env.fester,
    )  # fmt: skip


@formula
def satisfaction_of(
    given: Given, world: World, state: State, y: Matrix, i: int, text: Vector
) -> float:
    """Return ``u_i(text)``, in [0, 1], of an actor whose stated position is ``y[i]``."""
    distance = weighted_distance(text, y[i], given.salience[i])
    return satisfaction(distance, cost_of(given, world, state, i, text), state.actors.own_cost[i])


@formula
def disposition_of(world: World, state: State, m: int, i: int) -> float:
    """Return ``d_i`` this month, with the urgency that a track still feels."""
    actors = state.actors
    felt = state.run[0].urgency * state.tracks.urgency_share[m]
    return disposition(
        world.environment[0].urgency_effect, actors.debris_concern[i], felt, actors.private[i],
        actors.mood[i],
    )  # fmt: skip


@formula
def value_of(
    given: Given, world: World, state: State, y: Matrix, m: int, i: int, text: Vector
) -> float:
    """Return ``v_i = u_i + d_i``, what an actor compares with its thresholds."""
    return satisfaction_of(given, world, state, y, i, text) + disposition_of(world, state, m, i)


@formula
def scope_of(given: Given, text: Vector) -> float:
    """Return the text's scope, 0 where scope is no issue."""
    if given.issues[SCOPE] >= 0:
        return text[given.issues[SCOPE]]
    return 0.0


@formula
def form_of(given: Given, state: State, m: int) -> float:
    """Return how binding a track's text is: its form, else 1 or 0 as the initiative says."""
    if given.issues[FORM] >= 0:
        return state.text[m, given.issues[FORM]]
    return 1.0 if given.initiatives.binding[state.tracks.initiative[m]] == 1 else 0.0


@step
def term_of(given: Given, world: World, state: State, y: Matrix, i: int, text: Vector) -> int:
    """Return the number of the term of M1 that takes most from this actor's satisfaction."""
    actors, env = state.actors, world.environment[0]
    form_at, scope_at = given.issues[FORM], given.issues[SCOPE]
    verification_at = given.issues[VERIFICATION]
    distance = weighted_distance(text, y[i], given.salience[i])
    trust, demand = actors.trust[i], actors.verification_demand[i]
    stake, concern = actors.missile_defence_stake[i], actors.weapons_concern[i]
    extra_verification = verification_cost_of(
        text, form_at, scope_at, verification_at, trust, demand, env.verifiable_scope,
        env.verification_cost,
    ) - verification_cost_of(
        y[i], form_at, scope_at, verification_at, trust, demand, env.verifiable_scope,
        env.verification_cost,
    )  # fmt: skip
    extra_missile = missile_defence_cost_of(
        text, form_at, scope_at, stake, env.missile_defence_cost
    ) - missile_defence_cost_of(y[i], form_at, scope_at, stake, env.missile_defence_cost)
    extra_aside = set_aside_cost_of(
        text, scope_at, concern, env.weapons_scope, env.fester
    ) - set_aside_cost_of(y[i], scope_at, concern, env.weapons_scope, env.fester)
    return weightiest_term(
        text, y[i], given.salience[i], distance, extra_verification, extra_missile, extra_aside
    )


@step
def take_costs(given: Given, world: World, state: State, y: Matrix) -> None:
    """Note what each stated position costs at this month's trust."""
    for i in range(len(state.actors)):
        state.actors.own_cost[i] = cost_of(given, world, state, i, y[i])
