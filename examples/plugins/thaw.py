"""Trust grows a little every month, and the run keeps how trust and urgency went."""

from negotiation_sim.engine.plugins import after_month, collector

A_MONTH = 0.001


@after_month
def thaw(given, world, state, t):
    """Let every state trust a little more."""
    for i in range(len(state.actors)):
        state.actors.trust[i] = min(1.0, state.actors.trust[i] + A_MONTH)


@collector("trust", "urgency")
def moods(given, world, state, t):
    """Return the mean trust of all states, and how urgent the matter is."""
    total = 0.0
    for i in range(len(state.actors)):
        total += state.actors.trust[i]
    return total / len(state.actors), state.run[0].urgency
