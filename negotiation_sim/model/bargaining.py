"""M2 to M6: aspirations fall, the chair revises the text, members respond."""

from __future__ import annotations

import math

from negotiation_sim.model.compiling import small_rule


@small_rule
def venue_pace(pace, informality_effect, informality):
    """Return ``pace_v``: the pace of concession a round, faster where a venue is informal."""
    return pace * (1.0 + informality_effect * informality)


@small_rule
def aspiration(reservation_value, flexibility, pace, rounds, breadth, scope):
    """Return what an actor insists on after ``rounds`` rounds; broad texts are slower (M3).

    ``rho + (1 - rho) exp(-phi pace r / (1 + breadth scope))``: a time-dependent tactic (Faratin,
    Sierra and Jennings 1998), 1 before the first round, towards ``rho`` as rounds pass.
    """
    fall = flexibility * pace * rounds / (1.0 + breadth * scope)
    return reservation_value + (1.0 - reservation_value) * math.exp(-fall)


@small_rule
def strictness(quota_part, quota_whole):
    """Return ``clip((quota - 1/2) / (1/2), 0, 1)``: 1 for consensus, 0 for a simple majority."""
    value = 2.0 * (quota_part / quota_whole) - 1.0
    return min(1.0, max(0.0, value))


@small_rule
def chair_softness(strict, softness, softness_strict):
    """Return the width of doubt with which a chair reads objections, narrower under consensus."""
    return softness - (softness - softness_strict) * strict


@small_rule
def objection_probability(deficit, softness):
    """Return ``logistic(deficit / softness)`` with the argument held within +-500."""
    z = deficit / softness
    if z > 500.0:
        z = 500.0
    if z < -500.0:
        z = -500.0
    return 1.0 / (1.0 + math.exp(-z))


@small_rule
def capability_weight(capability, strict):
    """Return ``c^(1 - strict)``: under consensus the smallest objector counts like the largest."""
    return capability ** (1.0 - strict)


@small_rule
def objection_weight(capability_part, strict, probability):
    """Return ``omega_i``: whoever objects under consensus, those about to turn under majority."""
    return capability_part * (
        strict * probability + (1.0 - strict) * 4.0 * probability * (1.0 - probability)
    )


@small_rule
def revised(coordinate, step, weighted_gap, weight, low, high):
    """Return one coordinate of the chair's revised text, held within the mandate box (M5).

    ``clip(x + eta * sum_i omega_i (y_i - x) / sum_i omega_i)``; unchanged if the weights sum to 0.
    """
    if weight <= 0.0:
        return coordinate
    value = coordinate + step * (weighted_gap / weight)
    return min(high, max(low, value))


@small_rule
def accepting_share(ties, weights, n_ties, member, accepting, n_accepting, n_members):
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


@small_rule
def stands_aside(deficit, isolation, share_accepting, capability):
    """Return whether a member that does not accept yields: its deficit is below isolation's cost.

    Strict: a deficit exactly equal to ``isolation * share * (1 - capability)`` still objects.
    """
    return deficit < isolation * share_accepting * (1.0 - capability)
