"""Two states bluff: in the first rounds they refuse even a text that they would accept."""

from negotiation_sim.engine.plugins import decision

ROUNDS = 6


@decision("accept", states=["CHN", "USA"])
def bluff(given, world, state, m, i, advice):
    """Return whether state ``i`` accepts the text of track ``m``."""
    return advice and state.tracks.rounds[m] > ROUNDS


@decision("go_along", states=["CHN", "USA"])
def stand_firm(given, world, state, m, i, advice):
    """Return whether it goes along though it does not accept."""
    return advice and state.tracks.rounds[m] > ROUNDS
