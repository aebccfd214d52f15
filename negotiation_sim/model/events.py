"""M11: debris-generating events, crises, and the urgency they leave.

Writes ``world.months`` and ``state.run.urgency``, ``events``, ``avoided``, ``violations``
and ``incidents``.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from negotiation_sim.model.adherence import breaks
from negotiation_sim.model.compiling import formula, step
from negotiation_sim.model.dated import figures_at
from negotiation_sim.model.decisions import TEST, decided
from negotiation_sim.model.draws import (
    P_CRISIS,
    P_CRISIS_AUTHOR,
    P_CRISIS_KIND,
    P_EVENT,
    P_EVENT_AUTHOR,
    P_EVENT_KIND,
    race,
    uniform,
    uniform_of,
)
from negotiation_sim.model.event_records import (
    AVOIDED,
    CRISIS,
    EVENT,
    INCIDENT,
    VIOLATION,
    tell,
)
from negotiation_sim.model.state import ACCIDENT, NO_EVENT, NOBODY
from negotiation_sim.model.state import TEST as A_TEST
from negotiation_sim.model.trust import lose_trust

if TYPE_CHECKING:
    from negotiation_sim.model.state import Given, State, Truth, World


@formula
def urgency_decay(half_life: float) -> float:
    """Return the monthly factor of a half-life in months."""
    return math.exp(-math.log(2.0) / half_life)


@step
def draw_events(given: Given, world: World) -> None:
    """Draw the events and crises that a world holds before anybody is bound by anything.

    Rates are per month. ``thinning`` is the draw compared with what an event's author is bound by,
    ``crisis`` the one compared with the chance of a breach by who is ``pressed``.
    """
    months, env, key = world.months, world.environment[0], world.key[0]
    seed, chance, code, codes = key.seed, key.chance, given.environment_code[0], given.cast.code
    for t in range(len(months)):
        figures_at(given, world, t)
        months.event[t] = NO_EVENT
        months.author[t] = NOBODY
        months.pressed[t] = NOBODY
        if uniform(seed, chance, code, P_EVENT, t) < env.event_rate:
            months.event[t] = ACCIDENT
            author = race(seed, chance, codes, world.actors.propensity, P_EVENT_AUTHOR, t)
            months.author[t] = author
            kind = uniform_of(seed, chance, code, P_EVENT_KIND, t, 0)
            if kind < env.deliberate_share and author >= 0:
                months.event[t] = A_TEST
                months.thinning[t] = uniform_of(seed, chance, code, P_EVENT_KIND, t, 1)
        if uniform(seed, chance, code, P_CRISIS, t) < env.crisis_rate:
            row = given.phase_rows[t] + len(given.venues)
            influence = given.seats.influence[row]
            months.pressed[t] = race(seed, chance, codes, influence, P_CRISIS_AUTHOR, t)
            months.crisis[t] = uniform(seed, chance, code, P_CRISIS_KIND, t)


@step
def happen(world: World, state: State, t: int) -> None:
    """Let this month's event and crisis happen, thinned by what their authors are bound by."""
    run, months = state.run[0], world.months
    run.urgency *= run.urgency_kept
    if months.event[t] != NO_EVENT:
        deliberate = months.event[t] == A_TEST
        befall(world, state, months.author[t], deliberate, months.thinning[t])
    if months.pressed[t] >= 0:
        press(world, state, months.pressed[t], t, months.crisis[t])


@step
def befall(world: World, state: State, author: int, deliberate: Truth, draw: float) -> None:
    """Let an event happen, unless it is a test and what binds its author keeps it from testing."""
    run, env, bound = state.run[0], world.environment[0], state.actors.bound
    if deliberate:
        tests = not draw < bound[author]
        if not decided(state.teller, TEST, -1, author, tests):
            run.avoided += 1
            tell(state.teller, AVOIDED, -1, author)
            return
    run.events += 1
    run.urgency = min(1.0, run.urgency + env.event_urgency)
    broken = deliberate and bound[author] > 0.0
    tell(state.teller, EVENT, -1, author, deliberate, broken)
    if broken:
        run.violations += 1
        lose_trust(state, env.breach_trust_cost)
    elif deliberate:
        lose_trust(state, env.test_trust_cost)


@step
def press(world: World, state: State, author: int, t: int, draw: float) -> None:
    """Lower trust in a crisis; the state under pressure may test or interfere, or break what binds it.

    On the same draw: what it keeps from doing because it is bound is avoided.
    """
    run, env = state.run[0], world.environment[0]
    lose_trust(state, env.crisis_trust_cost)
    tell(state.teller, CRISIS, -1, author)
    would = draw < env.interference_probability
    if state.actors.bound_form[author] < 0.0:
        if would:
            run.incidents += 1
            lose_trust(state, env.test_trust_cost)
            tell(state.teller, INCIDENT, -1, author)
    elif breaks(world, state, author, t, draw):
        run.violations += 1
        lose_trust(state, env.breach_trust_cost)
        tell(state.teller, VIOLATION, -1, author)
    elif would:
        run.avoided += 1
        tell(state.teller, AVOIDED, -1, author)
