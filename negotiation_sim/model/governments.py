"""M14: changes of government redraw the shift of an actor's ideal point around its value.

Writes ``world.shifts``, ``world.actors.next_change`` and ``last_change``, and whichever ideal
points it is given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation_sim.model.compiling import formula, step
from negotiation_sim.model.draws import P_SHIFT, P_TURNOVER, normal, uniform, uniform_of
from negotiation_sim.model.event_records import TURNOVER, heard, tell
from negotiation_sim.model.numbers import clip01, waiting_months
from negotiation_sim.model.state import NEVER_AGAIN, TURNOVER_RATE

if TYPE_CHECKING:
    from negotiation_sim.model.state import Given, Matrix, State, World


@formula
def shifted(value: float, shift: float, pull: float) -> float:
    """Return an ideal point after a change of government's shift and spillover's pull."""
    return clip01(value + shift + pull)


@step
def first_changes(given: Given, world: World) -> None:
    """Draw when each government first changes by chance."""
    key = world.key[0]
    for i in range(len(given.cast)):
        u = uniform(key.seed, key.chance, given.cast.code[i], P_TURNOVER, 0)
        world.actors.next_change[i] = waiting_months(u, world.figures[i, TURNOVER_RATE])
        world.actors.last_change[i] = -1


@step
def changes_of_government(given: Given, world: World, t: int) -> int:
    """Redraw the shift of an ideal point where a government changes; return the next such month."""
    actors, key, sd = world.actors, world.key[0], world.environment[0].turnover_sd
    dates, codes, shift = given.turnover_dates, given.cast.code, world.shifts[t]
    soonest = NEVER_AGAIN
    for i in range(len(codes)):
        due = t == actors.next_change[i]
        dated = False
        for d in range(dates.shape[1]):
            if dates[i, d] == t:
                dated = True
            elif dates[i, d] > t:
                soonest = min(soonest, dates[i, d])
        if due or dated:
            actors.last_change[i] = t
            if due:
                u = uniform(key.seed, key.chance, codes[i], P_TURNOVER, t)
                actors.next_change[i] = t + waiting_months(u, world.figures[i, TURNOVER_RATE])
            for k in range(shift.shape[1]):
                u = uniform_of(key.seed, key.chance, codes[i], P_SHIFT, t, k)
                shift[i, k] = sd * normal(u)
        soonest = min(soonest, actors.next_change[i])
    return soonest


@step
def move_ideals(value: Matrix, shift: Matrix, pull: Matrix, ideal: Matrix) -> None:
    """Set every ideal point to its value, this government's shift and spillover's pull."""
    for i in range(value.shape[0]):
        for k in range(value.shape[1]):
            ideal[i, k] = shifted(value[i, k], shift[i, k], pull[i, k])


@step
def tell_changes(world: World, state: State, t: int) -> None:
    """Tell of this month's new governments and what they want."""
    if heard(state.teller) and world.months.changed[t]:
        for i in range(len(state.actors)):
            if world.actors.last_change[i] == t:
                if state.run[0].own:
                    tell(state.teller, TURNOVER, -1, i, state.places.ideal[i])
                else:
                    tell(state.teller, TURNOVER, -1, i, world.places.ideal[i])
