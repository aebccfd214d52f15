"""M15: delays, the domestic hurdle, and entry into force."""

from __future__ import annotations

import math

from negotiation_sim.model.compiling import small_rule


@small_rule
def needs_ratification(binding, form_at, text, treaty_threshold):
    """Return whether a text binds: as the initiative says, else ``form >= treaty_threshold``."""
    if form_at >= 0:
        return text[form_at] >= treaty_threshold
    return binding == 1


@small_rule
def delay_months(median, sigma, z):
    """Return a log-normal delay in whole months, at least 1; ``z`` is a standard normal draw."""
    exponent = min(20.0, max(-20.0, sigma * z))
    return max(1, int(math.ceil(min(1000000.0, median * math.exp(exponent)))))


@small_rule
def hurdle(form_at, text, executive_limit, treaty_threshold_of_state, executive_threshold_of_state):
    """Return the domestic threshold that applies: executive agreement below ``executive_limit``."""
    if form_at >= 0 and text[form_at] < executive_limit:
        return executive_threshold_of_state
    return treaty_threshold_of_state


@small_rule
def ratifies(satisfaction, domestic_draw, reservation_value, threshold):
    """Return whether a state ratifies: ``u + draw >= rho + threshold`` (Putnam 1988)."""
    return satisfaction + domestic_draw >= reservation_value + threshold


@small_rule
def enters_into_force(n_ratified, n_needed, share_ratified, share_needed, named_missing):
    """Return whether the text's conditions are met; shares in whole millionths of the cast."""
    return (
        n_ratified >= 1
        and n_ratified >= n_needed
        and share_ratified >= share_needed
        and named_missing == 0
    )
