"""M8 to M10: linkage, the calendar, the remit, and whether a venue agrees to negotiate at all."""

from __future__ import annotations

import math

from negotiation_sim.model.compiling import small_rule


@small_rule
def monthly_probability(yearly_rate):
    """Return ``1 - exp(-h / 12)`` for a yearly hazard ``h >= 0``."""
    return -math.expm1(-yearly_rate / 12.0)


@small_rule
def linkage_next(is_open, u, unblock_rate, block_rate, leadership):
    """Return whether the venue is open after this month's draw (two-state chain, yearly hazards)."""
    if is_open:
        return not (u < monthly_probability(block_rate))
    return u < monthly_probability(unblock_rate * leadership)


@small_rule
def rounds_in_month(weeks, weeks_per_round):
    """Return how many rounds a month's meeting weeks hold: at least one if it meets at all (M9)."""
    if weeks <= 0.0:
        return 0
    return max(1, int(math.floor(weeks / weeks_per_round)))


@small_rule
def mandate_risk(strict, opt_in, risk, risk_vote):
    """Return ``f``: how much what the talks may bring counts against agreeing to talk."""
    if opt_in:
        return 0.0
    return risk + risk_vote * (1.0 - strict)


@small_rule
def nearest_in_box(coordinate, low, high):
    """Return the coordinate held within the mandate box."""
    return min(high, max(low, coordinate))


@small_rule
def distance_outside(text, low, high):
    """Return the Euclidean distance of a text from the remit box, 0 inside it (M10)."""
    total = 0.0
    for k in range(len(text)):
        gap = 0.0
        if text[k] < low[k]:
            gap = low[k] - text[k]
        elif text[k] > high[k]:
            gap = text[k] - high[k]
        total += gap * gap
    return math.sqrt(total)


@small_rule
def mandate_value(value_near, value_worst, risk, remit_cost, outside):
    """Return what a member compares with its reservation value when asked for a mandate (M8).

    ``(1 - f) v(b) + f v(worst corner) - remit_cost * distance``: ``b`` is the point of the mandate
    box nearest to its position.
    """
    return (1.0 - risk) * value_near + risk * value_worst - remit_cost * outside
