"""M16: what an adopted track does to the others of its strategy, of either sign."""

from __future__ import annotations

from negotiation_sim.model.compiling import small_rule


@small_rule
def drawn_towards(ideal, text, spillover, spillover_draw):
    """Return the pull on an ideal point when a track is a stepping stone (``spillover > 0``)."""
    if spillover <= 0.0:
        return 0.0
    return spillover * spillover_draw * (text - ideal)


@small_rule
def trust_gained(spillover, agreement_trust):
    """Return the further rise of trust's baseline when a track is a stepping stone."""
    if spillover <= 0.0:
        return 0.0
    return spillover * agreement_trust


@small_rule
def urgency_left(urgency_share, spillover):
    """Return the share of urgency the other tracks still feel when a track is a substitute."""
    if spillover >= 0.0:
        return urgency_share
    return urgency_share * max(0.0, 1.0 + spillover)
