"""M10: the remit of a venue, and passing a text on where it has no power to adopt.

Writes ``state.tracks.agreed``.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from negotiation_sim.model.cause import clear
from negotiation_sim.model.compiling import formula, step
from negotiation_sim.model.event_records import PASSED_ON, tell
from negotiation_sim.model.forum_shift import move

if TYPE_CHECKING:
    from negotiation_sim.model.state import Given, State, Vector, World


@formula
def distance_outside(text: Vector, low: Vector, high: Vector) -> float:
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
def pass_on(given: Given, world: World, state: State, m: int, t: int) -> None:
    """Hand an agreed text to the venue that may adopt it, which must mandate it anew."""
    tracks = state.tracks
    for item in range(m, m + tracks.n_items[m]):
        if tracks.agreed[item] < 0:
            tracks.agreed[item] = t + 1
    move(world, state, m, given.venues.passes_to[tracks.venue[m]], t)
    clear(state, m)
    for item in range(m, m + tracks.n_items[m]):
        tell(state.teller, PASSED_ON, item, state.text[item])
