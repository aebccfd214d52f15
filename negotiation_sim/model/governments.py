"""M14: changes of government redraw the shift of an actor's ideal point around its value.

Or a date, or an election, takes it to a point of its own.
Writes ``world.shifts``, ``world.places.directed``, ``world.actors.next_change`` and ``last_change``,
and whichever ideal points it is given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation_sim.model.compiling import formula, step
from negotiation_sim.model.draws import (
    P_ELECTION,
    P_SHIFT,
    P_TURNOVER,
    normal,
    uniform,
    uniform_of,
)
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
        for k in range(world.places.directed.shape[1]):
            world.places.directed[i, k] = 0.0


@step
def directed_shifts(given: Given, world: World, t: int) -> int:
    """Move ideal points to where a date or an election takes them; return the next such month.

    An election is won with its chance; else all stays as it is. Later changes of government by
    chance shift around the new point.
    """
    directed, to, places, key = given.directed, world.directed_to, world.places, world.key[0]
    soonest = NEVER_AGAIN
    for e in range(len(directed)):
        i = directed.actor[e]
        if directed.month[e] > t:
            soonest = min(soonest, directed.month[e])
        elif directed.month[e] == t:
            u = uniform_of(key.seed, key.chance, directed.code[e], P_ELECTION, 0, 0)
            if u < to[e, to.shape[1] - 1]:
                world.actors.last_change[i] = t
                for k in range(to.shape[1] - 1):
                    if given.directed_on[e, k]:
                        places.directed[i, k] = to[e, k] - places.value[i, k]
                        world.shifts[t, i, k] = places.directed[i, k]
    return soonest


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
                shift[i, k] = world.places.directed[i, k] + sd * normal(u)
        soonest = min(soonest, actors.next_change[i])
    return min(soonest, directed_shifts(given, world, t))


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
