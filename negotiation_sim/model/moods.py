"""Private dispositions and moods of M1: what states want for reasons of their own.

Writes ``world.actors.private`` and ``misread``, ``world.climate``, ``world.noted``, ``world.moods``, ``world.factors``, ``world.filled.moods``,
``state.actors.mood``, ``state.run.climate`` and ``state.run.ready``.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from negotiation_sim.model.compiling import formula, step
from negotiation_sim.model.dated import figures_at
from negotiation_sim.model.draws import (
    P_CLIMATE,
    P_MISREADING,
    P_MOOD,
    P_PRIVATE,
    block,
    normal,
    uniform,
    unit,
    word_of,
)
from negotiation_sim.model.satisfaction import GROWTH, grown, take_costs
from negotiation_sim.model.terms import ENVIRONMENT_PARAMETERS

if TYPE_CHECKING:
    from negotiation_sim.model.state import Given, Matrix, State, World

PRIVATE_SD = ENVIRONMENT_PARAMETERS.index("private_sd")
CLIMATE_SD = ENVIRONMENT_PARAMETERS.index("climate_sd")
CHAIR_ERROR = ENVIRONMENT_PARAMETERS.index("chair_error")


@formula
def mood_next(mood: float, shock: float, persistence: float, sd: float) -> float:
    """Return the next mood: first-order autoregressive with standard deviation ``sd``."""
    return persistence * mood + math.sqrt(1.0 - persistence * persistence) * sd * shock


@step
def draw_private(given: Given, world: World, t: int) -> None:
    """Draw ``private_i``: normal, standard deviation ``private_sd``, correlated within blocs.

    The draw lasts; where its scale or the loadings have dates, it counts by those of month ``t``.
    """
    key, sd, cast, period = (
        world.key[0],
        world.environment[0].private_sd,
        given.cast,
        given.period[t],
    )
    for i in range(len(cast)):
        own = normal(uniform(key.seed, key.belief, cast.code[i], P_PRIVATE, 0))
        shock = given.rest[period, i] * own
        for b in range(len(given.bloc_codes)):
            if given.loadings[period, i, b] != 0.0:
                u = uniform(key.seed, key.belief, given.bloc_codes[b], P_PRIVATE, 0)
                shock += given.loadings[period, i, b] * normal(u)
        world.actors.private[i] = sd * shock


@step
def private_at(given: Given, world: World, t: int) -> None:
    """Let private draws count as in month ``t``, where what they hang on has dates."""
    if given.ever[PRIVATE_SD] or given.loadings.shape[0] > 1:
        draw_private(given, world, t)


@step
def extend_moods(given: Given, world: World) -> None:
    """Extend the table of moods by four months, those that share a block of draws.

    Month 0 is drawn from the stationary distribution.
    """
    key, moods, factors, figures = world.key[0], world.moods, world.factors, world.noted
    cast, done = given.cast, world.filled[0].moods
    months = min(4, moods.shape[0] - done)
    for b in range(len(given.bloc_codes)):
        words = block(key.seed, key.chance, given.bloc_codes[b], P_MOOD, done >> 2)
        for n in range(4):
            factors[b, n] = normal(unit(word_of(words, n)))
    for i in range(len(cast)):
        words = block(key.seed, key.chance, cast.code[i], P_MOOD, done >> 2)
        for n in range(months):
            period = given.period[done + n]
            shock = given.rest[period, i] * normal(unit(word_of(words, n)))
            for b in range(len(given.bloc_codes)):
                if given.loadings[period, i, b] != 0.0:
                    shock += given.loadings[period, i, b] * factors[b, n]
            if done + n == 0:
                moods[0, i] = figures[0, 0] * shock
            else:
                moods[done + n, i] = mood_next(
                    moods[done + n - 1, i], shock, figures[done + n, 1], figures[done + n, 0]
                )
    world.filled[0].moods = done + months


@step
def note_figures(given: Given, world: World) -> None:
    """Note standard deviation and persistence of moods month by month, since they are drawn when needed.

    Also by how much what all can see has grown: at each month's rate from that month on.
    """
    before = rate = 0.0
    since = 0
    for t in range(world.noted.shape[0]):
        figures_at(given, world, t)
        world.noted[t, 0] = world.environment[0].mood_sd
        world.noted[t, 1] = world.environment[0].mood_persistence
        if world.environment[0].verifiable_growth != rate:
            before, since = grown(before, rate, t - since), t
            rate = world.environment[0].verifiable_growth
        world.noted[t, GROWTH] = grown(before, rate, t - since)


@step
def draw_climate(given: Given, world: World) -> None:
    """Draw the mood common to all, month by month: political climates turn (M1)."""
    key, env, climate = world.key[0], world.environment[0], world.climate
    if env.climate_sd <= 0.0 and not given.ever[CLIMATE_SD]:
        for t in range(len(climate)):
            climate[t] = 0.0
        return
    for t in range(len(climate)):
        figures_at(given, world, t)
        shock = normal(uniform(key.seed, key.chance, given.environment_code[0], P_CLIMATE, t))
        if t == 0:
            climate[0] = env.climate_sd * shock
        else:
            climate[t] = mood_next(climate[t - 1], shock, env.climate_persistence, env.climate_sd)


@step
def draw_misreadings(given: Given, world: World) -> None:
    """Draw how the chair misreads each state, in standard deviations; it lasts (M5)."""
    key = world.key[0]
    for i in range(len(given.cast)):
        world.actors.misread[i] = 0.0
        if world.environment[0].chair_error > 0.0 or given.ever[CHAIR_ERROR]:
            u = uniform(key.seed, key.belief, given.cast.code[i], P_MISREADING, 0)
            world.actors.misread[i] = normal(u)


@step
def get_ready(given: Given, world: World, state: State, y: Matrix, t: int) -> None:
    """Take this month's moods and what each position costs, once a month and only if needed."""
    if state.run[0].ready:
        return
    state.run[0].ready = True
    while world.filled[0].moods <= t:
        extend_moods(given, world)
    for i in range(len(state.actors)):
        state.actors.mood[i] = world.moods[t, i] + world.climate[t]
    state.run[0].climate = world.climate[t]
    take_costs(given, world, state, y, t)
