"""M8, its first half: a venue blocked by a dispute over other items.

Writes ``world.linkage_open``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation_sim.model.compiling import formula, step
from negotiation_sim.model.dated import figures_at
from negotiation_sim.model.draws import P_LINKAGE, uniform
from negotiation_sim.model.numbers import monthly_probability

if TYPE_CHECKING:
    from negotiation_sim.model.state import Given, World


@formula
def linkage_next(
    is_open: bool, u: float, unblock_rate: float, block_rate: float, leadership: float
) -> bool:
    """Return whether the venue is open after this month's draw (two-state chain, yearly hazards)."""
    if is_open:
        return not (u < monthly_probability(block_rate))
    return u < monthly_probability(unblock_rate * leadership)


@step
def draw_linkage(given: Given, world: World, v: int) -> None:
    """Fill a venue's months with whether it is open; month 0 is as its file says."""
    figures, key = world.venues, world.key[0]
    starts, n = given.venues.linkage[v], world.linkage_open.shape[1]
    is_open = starts != 0
    for t in range(n):
        if t > 0 and starts >= 0:
            figures_at(given, world, t)
            u = uniform(key.seed, key.chance, given.venues.code[v], P_LINKAGE, t)
            is_open = linkage_next(
                is_open, u, figures.unblock_rate[v], figures.block_rate[v], figures.leadership[v]
            )
        world.linkage_open[v, t] = is_open
