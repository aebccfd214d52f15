"""M20: a negotiating group holds its members together.

Writes ``state.asked.deficit``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation_sim.model.compiling import formula, step
from negotiation_sim.model.phases import row_of
from negotiation_sim.model.response import weighed_deficit

if TYPE_CHECKING:
    from negotiation_sim.model.state import Given, State, World


@formula
def held_together(deficit: float, mean: float, cohesion: float) -> float:
    """Return ``D'_i = (1 - h) D_i + h mean``."""
    return (1.0 - cohesion) * deficit + cohesion * mean


@step
def cohere(given: Given, world: World, state: State, v: int) -> None:
    """Move every member's deficit towards the mean of its group's members seated in the venue.

    A group does not carry a member over what it holds far worse than nothing.
    """
    seats, asked, actors, row = given.seats, state.asked, state.actors, row_of(state, v)
    for g in range(len(given.groups)):
        cohesion = world.cohesion[g, 0]
        if cohesion <= 0.0:
            continue
        total = 0.0
        n = 0
        for i in range(len(asked)):
            if seats.member[row, i] and seats.group[row, i] == g:
                total += asked.deficit[i]
                n += 1
        if n < 2:
            continue
        mean = total / n
        for i in range(len(asked)):
            if seats.member[row, i] and seats.group[row, i] == g:
                worse = weighed_deficit(actors.weight[i], actors.rho[i], actors.value[i])
                if worse <= asked.limit[i]:
                    asked.deficit[i] = held_together(asked.deficit[i], mean, cohesion)
