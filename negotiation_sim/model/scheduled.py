"""M11: events with dates: an accident, a test, a crisis, or a shock of its own size.

They happen after this month's random ones, each whatever happens besides. What they do is what the
random ones do; a shock adds urgency and takes trust as it says.
Writes what ``events`` writes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation_sim.model.compiling import step
from negotiation_sim.model.draws import P_SCHEDULED, uniform_of
from negotiation_sim.model.event_records import SHOCK, tell
from negotiation_sim.model.events import befall, press
from negotiation_sim.model.state import A_CRISIS, ACCIDENT, NOBODY, TEST
from negotiation_sim.model.trust import lose_trust

if TYPE_CHECKING:
    from negotiation_sim.model.state import Given, State, World


@step
def happen_as_scheduled(given: Given, world: World, state: State, t: int) -> None:
    """Let the events of month ``t`` that have a date happen, in their order."""
    scheduled, key, run = given.scheduled, world.key[0], state.run[0]
    for e in range(len(scheduled)):
        if scheduled.month[e] != t:
            continue
        kind, author = scheduled.kind[e], scheduled.actor[e]
        u = uniform_of(key.seed, key.chance, scheduled.code[e], P_SCHEDULED, t, 0)
        if kind in (ACCIDENT, TEST):
            befall(world, state, author, kind == TEST, u)
        elif kind == A_CRISIS:
            press(world, state, author, t, u)
        else:
            run.urgency = min(1.0, run.urgency + scheduled.urgency[e])
            lose_trust(state, scheduled.trust_cost[e])
            tell(state.teller, SHOCK, NOBODY)
