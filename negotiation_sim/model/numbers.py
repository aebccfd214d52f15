"""Small numbers that several mechanisms need: clipped shares, hazards, triangular figures."""

from __future__ import annotations

import math

from negotiation_sim.model.compiling import formula

MILLION = 1_000_000


@formula
def clip01(value: float) -> float:
    """Return the value held within [0, 1]."""
    return min(1.0, max(0.0, value))


@formula
def monthly_probability(yearly_rate: float) -> float:
    """Return ``1 - exp(-h / 12)`` for a yearly hazard ``h >= 0``."""
    return -math.expm1(-yearly_rate / 12.0)


@formula
def waiting_months(u: float, yearly_rate: float) -> int:
    """Return whole months until a hazard strikes, at least 1; a rate of 0 never strikes.

    ``1 + floor(-12 log(u) / h)``: geometric with monthly probability ``1 - exp(-h / 12)``.
    """
    if yearly_rate <= 0.0:
        return 1000000
    months = min(1000000.0, -12.0 * math.log(u) / yearly_rate)
    return min(1000000, 1 + int(math.floor(months)))


@formula
def triangular(u: float, low: float, mode: float, high: float) -> float:
    """Return the inverse of the triangular distribution function; the mode where low = high."""
    width = high - low
    if width <= 0.0:
        return mode
    cut = (mode - low) / width
    if u < cut:
        return min(high, low + math.sqrt(u * width * (mode - low)))
    return max(low, high - math.sqrt((1.0 - u) * width * (high - mode)))
