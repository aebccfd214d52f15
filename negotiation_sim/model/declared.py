"""M4, its second half: powers that have declared themselves draw those tied to them.

Writes ``state.standing.drawn``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation_sim.model.compiling import step

if TYPE_CHECKING:
    from negotiation_sim.model.state import Given, State, World


@step
def take_draw_of_declared(given: Given, world: World, state: State, m: int) -> None:
    """Note what declarations for or against a track's initiative add to every disposition.

    ``declared_draw * sum_j A_ij declared_j`` over the ties kept, in satisfaction. Positions are
    shared by all strategies of a world, declarations belong to one initiative: so they draw the
    disposition towards it and not the position (docs/design.md).
    """
    strength, initiative = world.environment[0].declared_draw, state.tracks.initiative[m]
    for i in range(len(given.cast)):
        drawn = 0.0
        for n in range(given.cast.n_ties[i]):
            drawn += given.ties.weight[i, n] * given.declared[initiative, given.ties.other[i, n]]
        state.standing.drawn[m, i] = strength * drawn
