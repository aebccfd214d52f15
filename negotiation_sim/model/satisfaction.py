"""M1: how content an actor is with a text, and which term of it weighs most.

Texts, positions and saliences are sequences over the K issues, each in [0, 1]. ``form_at``,
``scope_at`` and ``verification_at`` say which issue plays that role, -1 where none does; the
terms of an absent issue vanish.
"""

from __future__ import annotations

import math

from negotiation_sim.model.compiling import small_rule


@small_rule
def verification_cost_of(
    text, form_at, scope_at, verification_at, trust, demand, verifiable_scope, cost
):
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


@small_rule
def missile_defence_cost_of(text, form_at, scope_at, stake, cost):
    """Return what a broad and binding text costs a state with missile-defence interests."""
    if form_at < 0 or scope_at < 0:
        return 0.0
    return cost * stake * text[form_at] * text[scope_at]


@small_rule
def set_aside_cost_of(text, scope_at, weapons_concern, weapons_scope, fester):
    """Return what a narrow text costs by setting space-based weapons aside to fester."""
    if scope_at < 0:
        return 0.0
    gap = weapons_scope - text[scope_at]
    if gap <= 0.0:
        return 0.0
    return fester * weapons_concern * gap


@small_rule
def text_cost(
    text, form_at, scope_at, verification_at, trust, demand, stake, weapons_concern,
    verifiable_scope, weapons_scope, verification_cost, missile_defence_cost, fester,
):  # fmt: skip
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


@small_rule
def weighted_distance(text, position, salience):
    """Return ``sqrt(sum_k w_k (x_k - y_k)^2)``, in [0, 1] for saliences that sum to one."""
    total = 0.0
    for k in range(len(text)):
        gap = text[k] - position[k]
        total += salience[k] * (gap * gap)
    return math.sqrt(total)


@small_rule
def satisfaction(distance, cost_of_text, cost_of_position):
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


@small_rule
def weightiest_term(
    text, position, salience, distance, extra_verification, extra_missile, extra_aside
):
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


@small_rule
def disposition(urgency_effect, debris_concern, urgency, private, mood):
    """Return ``d_i = urgency_effect * debris_concern_i * U + private_i + mood_i``."""
    return urgency_effect * debris_concern * urgency + private + mood
