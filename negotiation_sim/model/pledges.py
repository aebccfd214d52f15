"""M13: interim pledges, from a track's first round until entry into force or its end.

Writes ``state.standing.pledged``, ``state.tracks.most_pledges`` and ``most_coverage``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation_sim.model.compiling import formula, step
from negotiation_sim.model.decisions import PLEDGE, decided
from negotiation_sim.model.event_records import PLEDGE as PLEDGED
from negotiation_sim.model.event_records import tell
from negotiation_sim.model.phases import row_of, share_of
from negotiation_sim.model.reservation import item_reservation
from negotiation_sim.model.satisfaction import value_of

if TYPE_CHECKING:
    from negotiation_sim.model.state import Given, Matrix, State, World


@formula
def worth_pledging(value: float, cost: float, share_of_tests: float, rho: float) -> bool:
    """Return whether a pledge is worth more than none, less what it costs those who test."""
    return value - cost * share_of_tests >= rho


@step
def gather_pledges(given: Given, world: World, state: State, y: Matrix, m: int) -> None:
    """Let every member that has not pledged decide whether to."""
    tracks, pledged, v = state.tracks, state.standing.pledged, state.tracks.venue[m]
    text = given.texts.pledge[tracks.initiative[m]]
    cost = world.environment[0].pledge_cost
    n = held = 0
    row = row_of(state, v)
    for i in range(len(state.actors)):
        if given.seats.member[row, i] and not pledged[m, i]:
            value = value_of(given, world, state, y, m, i, text)
            rho = item_reservation(given, world, state, y, m, i)
            advice = worth_pledging(value, cost, world.actors.share_of_tests[i], rho)
            if decided(state.teller, PLEDGE, m, i, advice):
                pledged[m, i] = True
                state.run[0].changed = True
                tell(state.teller, PLEDGED, m, i)
        if pledged[m, i]:
            n += 1
            held += share_of(given, state, i)
    tracks.most_pledges[m] = max(tracks.most_pledges[m], n)
    tracks.most_coverage[m] = max(tracks.most_coverage[m], held)
