"""M4, M11 to M14 and M19: influence, events, trust, moods, changes of government, adherence."""

from __future__ import annotations

import math

from negotiation_sim.model.compiling import small_rule


@small_rule
def clip01(value):
    """Return the value held within [0, 1]."""
    return min(1.0, max(0.0, value))


@small_rule
def urgency_decay(half_life):
    """Return the monthly factor of a half-life in months."""
    return math.exp(-math.log(2.0) / half_life)


@small_rule
def influenced(ideal, susceptibility, drawn):
    """Return a stated position one month on: ``(1 - s) ideal + s sum_j A_ij y_j`` (M4).

    Friedkin and Johnsen 1990. ``drawn`` is ``sum_j A_ij (y_j - ideal)`` over the ties kept, which is
    the same as the weights sum to one, and leaves a position that all share where it is, to the
    last bit.
    """
    return clip01(ideal + susceptibility * drawn)


@small_rule
def trust_baseline(own, pledge_trust, pledge_share, bonus):
    """Return the level trust returns to: own baseline, pledged share, texts adopted (M12)."""
    return clip01(own + pledge_trust * pledge_share + bonus)


@small_rule
def trust_next(trust, baseline, trust_return):
    """Return trust a month on, a share ``trust_return`` of the way back to its baseline."""
    return trust + trust_return * (baseline - trust)


@small_rule
def trust_after(trust, cost):
    """Return trust after a test, breach or crisis, not below 0."""
    return max(0.0, trust - cost)


@small_rule
def mood_next(mood, shock, persistence, sd):
    """Return the next mood: first-order autoregressive with standard deviation ``sd``."""
    return persistence * mood + math.sqrt(1.0 - persistence * persistence) * sd * shock


@small_rule
def breach_chance(breach_probability, breach_form, form):
    """Return the chance that an adherent in a crisis breaks its text (M19).

    ``clip(breach_probability + breach_form * (form - 1/2))``; the workshop disagreed whether binding
    texts are kept better, so ``breach_form`` may have either sign.
    """
    return clip01(breach_probability + breach_form * (form - 0.5))


@small_rule
def shifted(value, shift, pull):
    """Return an ideal point after a change of government's shift and spillover's pull."""
    return clip01(value + shift + pull)


@small_rule
def waiting_months(u, yearly_rate):
    """Return whole months until a hazard strikes, at least 1; a rate of 0 never strikes.

    ``1 + floor(-12 log(u) / h)``: geometric with monthly probability ``1 - exp(-h / 12)``.
    """
    if yearly_rate <= 0.0:
        return 1000000
    months = min(1000000.0, -12.0 * math.log(u) / yearly_rate)
    return min(1000000, 1 + int(math.floor(months)))


@small_rule
def triangular(u, low, mode, high):
    """Return the inverse of the triangular distribution function; the mode where low = high."""
    width = high - low
    if width <= 0.0:
        return mode
    cut = (mode - low) / width
    if u < cut:
        return min(high, low + math.sqrt(u * width * (mode - low)))
    return max(low, high - math.sqrt((1.0 - u) * width * (high - mode)))
