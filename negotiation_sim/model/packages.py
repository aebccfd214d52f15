"""M21: items decided together. They stand side by side among a strategy's tracks, the first leads.

Writes ``state.trial``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation_sim.model.compiling import formula, step
from negotiation_sim.model.reservation import package_value

if TYPE_CHECKING:
    from negotiation_sim.model.state import Given, Matrix, State, World


@formula
def held_within(coordinate: float, low: float, high: float) -> float:
    """Return the coordinate held within a side of the mandate box."""
    if coordinate < low:
        return low
    if coordinate > high:
        return high
    return coordinate


@formula
def farther(position: float, low: float, high: float) -> float:
    """Return the end of a side of the box that is farther from a position."""
    return low if position - low > high - position else high


@step
def holds_linked(given: Given, state: State, m: int) -> bool:
    """Return whether a package holds every item over which its venue may be blocked (M8)."""
    v, n_linked = state.tracks.venue[m], 0
    for initiative in range(given.linked.shape[1]):
        if given.linked[v, initiative]:
            n_linked += 1
            held = False
            for item in range(m, m + state.tracks.n_items[m]):
                if state.tracks.initiative[item] == initiative:
                    held = True
            if not held:
                return False
    return n_linked > 0


@step
def best_of_box(given: Given, world: World, state: State, y: Matrix, m: int, i: int) -> float:
    """Return ``v_i(b_i)``: the worth of the mandate's point nearest to a stated position."""
    texts = given.texts
    for item in range(m, m + state.tracks.n_items[m]):
        initiative = state.tracks.initiative[item]
        for k in range(y.shape[1]):
            state.trial[item, k] = held_within(
                y[i, k], texts.low[initiative, k], texts.high[initiative, k]
            )
    return package_value(given, world, state, y, m, i, state.trial)
