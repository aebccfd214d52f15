"""M9: when a venue meets, and how many rounds a month holds.

Writes ``world.rounds``; a mandate of a session lapses here (``state.tracks.mandated``).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from negotiation_sim.model.compiling import formula, step
from negotiation_sim.model.event_records import MANDATE_LAPSED, tell

if TYPE_CHECKING:
    from negotiation_sim.model.state import Given, State, World


@formula
def rounds_in_month(weeks: float, weeks_per_round: float) -> int:
    """Return how many rounds a month's meeting weeks hold: at least one if it meets at all (M9)."""
    if weeks <= 0.0:
        return 0
    return max(1, int(math.floor(weeks / weeks_per_round)))


@step
def set_calendar(given: Given, world: World, v: int) -> None:
    """Note how many rounds each month of a venue holds, once a world."""
    per_round, start = world.environment[0].weeks_per_round, given.clock[0].start_month
    for t in range(world.rounds.shape[1]):
        world.rounds[v, t] = rounds_in_month(given.weeks[v, (start + t) % 12], per_round)


@step
def rounds_now(given: Given, world: World, state: State, m: int, t: int) -> int:
    """Return how many rounds this month holds for a track; lets a session's mandate lapse."""
    tracks, v = state.tracks, state.tracks.venue[m]
    rounds = world.rounds[v, t]
    if rounds == 0 or t < tracks.seated[m] + world.venues.setup_months[v]:
        return 0
    if (
        given.venues.session[v]
        and tracks.mandated[m]
        and tracks.mandate_year[m] != (given.clock[0].start_month + t) // 12
    ):
        tracks.mandated[m] = False
        tell(state.teller, MANDATE_LAPSED, m)
    return rounds
