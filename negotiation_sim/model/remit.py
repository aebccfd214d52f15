"""M10: the remit of a venue, and passing a text on where it has no power to adopt.

Writes ``state.tracks.agreed``.
"""

from __future__ import annotations

import math

from negotiation_sim.model.cause import clear
from negotiation_sim.model.compiling import formula, step
from negotiation_sim.model.event_records import PASSED_ON, tell
from negotiation_sim.model.forum_shift import move


@formula
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


@step
def pass_on(given, world, state, m, t):
    """Hand an agreed text to the venue that may adopt it, which must mandate it anew."""
    tracks = state.tracks
    if tracks.agreed[m] < 0:
        tracks.agreed[m] = t + 1
    move(world, state, m, given.venues.passes_to[tracks.venue[m]], t)
    clear(state, m)
    tell(state.teller, PASSED_ON, m, state.text[m])
