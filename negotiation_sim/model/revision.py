"""M5: the chair revises the single negotiating text.

Writes ``state.text`` and the scratch ``state.point.gap``.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from negotiation_sim.model.compiling import formula, step
from negotiation_sim.model.decisions import proposed
from negotiation_sim.model.event_records import REVISION, tell

if TYPE_CHECKING:
    from negotiation_sim.model.state import Given, Matrix, State, World


@formula
def strictness(quota_part: float, quota_whole: float) -> float:
    """Return ``clip((quota - 1/2) / (1/2), 0, 1)``: 1 for consensus, 0 for a simple majority."""
    value = 2.0 * (quota_part / quota_whole) - 1.0
    return min(1.0, max(0.0, value))


@formula
def chair_softness(strict: float, softness: float, softness_strict: float) -> float:
    """Return the width of doubt with which a chair reads objections, narrower under consensus."""
    return softness - (softness - softness_strict) * strict


@formula
def objection_probability(deficit: float, softness: float) -> float:
    """Return ``logistic(deficit / softness)`` with the argument held within +-500."""
    z = deficit / softness
    if z > 500.0:
        z = 500.0
    if z < -500.0:
        z = -500.0
    return 1.0 / (1.0 + math.exp(-z))


@formula
def capability_weight(capability: float, strict: float) -> float:
    """Return ``c^(1 - strict)``: under consensus the smallest objector counts like the largest."""
    return capability ** (1.0 - strict)  # type: ignore[no-any-return]


@formula
def objection_weight(capability_part: float, strict: float, probability: float) -> float:
    """Return ``omega_i``: whoever objects under consensus, those about to turn under majority."""
    return capability_part * (
        strict * probability + (1.0 - strict) * 4.0 * probability * (1.0 - probability)
    )


@formula
def revised(
    coordinate: float, step: float, weighted_gap: float, weight: float, low: float, high: float
) -> float:
    """Return one coordinate of the chair's revised text, held within the mandate box (M5).

    ``clip(x + eta * sum_i omega_i (y_i - x) / sum_i omega_i)``; unchanged if the weights sum to 0.
    """
    if weight <= 0.0:
        return coordinate
    value = coordinate + step * (weighted_gap / weight)
    return min(high, max(low, value))


@step
def revise(given: Given, world: World, state: State, y: Matrix, m: int) -> None:
    """Move a track's text to where the objections are, within the mandate box."""
    env, actors, v = world.environment[0], state.actors, state.tracks.venue[m]
    initiative, gap = state.tracks.initiative[m], state.point.gap
    strict = given.venues.strict[v]
    softness = chair_softness(strict, env.softness, env.softness_strict)
    total = 0.0
    for k in range(len(gap)):
        gap[k] = 0.0
    for i in range(len(actors)):
        if given.seats.member[v, i]:
            part = given.seats.chair_capability[v, i]
            p = objection_probability(actors.aspiration[i] - actors.value[i], softness)
            weight = objection_weight(part, strict, p)
            weight, wanted = proposed(state.teller, m, i, weight, part, y[i])
            total += weight
            for k in range(len(gap)):
                gap[k] += weight * (wanted[k] - state.text[m, k])
    for k in range(len(gap)):
        state.point.before[k] = state.text[m, k]
        state.text[m, k] = revised(
            state.text[m, k], env.chair_step, gap[k], total, given.texts.low[initiative, k],
            given.texts.high[initiative, k],
        )  # fmt: skip
    tell(state.teller, REVISION, m, state.point.before, state.text[m])
