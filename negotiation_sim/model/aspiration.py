"""M3: what an actor insists on, and how it falls from round to round and as a term runs out.

Writes ``state.actors.rho``, ``best`` and ``aspiration``.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from negotiation_sim.model.compiling import formula, step
from negotiation_sim.model.packages import best_of_box
from negotiation_sim.model.phases import row_of
from negotiation_sim.model.reservation import reservation_of
from negotiation_sim.model.satisfaction import part_of
from negotiation_sim.model.state import SCOPE

if TYPE_CHECKING:
    from negotiation_sim.model.state import Given, Matrix, State, World


@formula
def venue_pace(pace: float, informality_effect: float, informality: float) -> float:
    """Return ``pace_v``: the pace of concession a round, faster where a venue is informal."""
    return pace * (1.0 + informality_effect * informality)


@formula
def led(pace: float, leadership: float, leadership_effect: float) -> float:
    """Return the pace of a venue that is led: ``pace leadership^effect``; 1 is the record so far."""
    return pace * math.pow(leadership, leadership_effect)


@formula
def deadline_fall(share_used: float, deadline_effect: float, deadline_power: float) -> float:
    """Return ``1 - deadline_effect tau^psi``: what is left of a demand as a term is used up.

    Roth, Murnighan and Schoumaker 1988; 1 without a term (``tau`` is 0).
    """
    if share_used <= 0.0:
        return 1.0
    return 1.0 - deadline_effect * math.pow(share_used, deadline_power)


@formula
def insistence(
    flexibility: float, pace: float, rounds: float, breadth: float, scope: float, fall: float
) -> float:
    """Return ``f = exp(-phi pace r / (1 + breadth scope)) (1 - deadline_effect tau^psi)``.

    A time-dependent tactic (Faratin, Sierra and Jennings 1998); broad texts are slower.
    """
    return math.exp(-(flexibility * pace * rounds / (1.0 + breadth * scope))) * fall


@formula
def aspiration(rho: float, value_of_best: float, insists: float) -> float:
    """Return ``a_i = rho_i + max(0, v_i(b_i) - rho_i) f``.

    The opening demand is the worth of the best that the mandate allows, never more.
    """
    if value_of_best <= rho:
        return rho
    return rho + (value_of_best - rho) * insists


@formula
def fall_of(world: World, state: State, m: int) -> float:
    """Return what is left of demands by the share of the mandate's term that is used."""
    tracks, env = state.tracks, world.environment[0]
    if tracks.term_rounds[m] <= 0:
        return 1.0
    share = tracks.term_used[m] / tracks.term_rounds[m]
    return deadline_fall(min(1.0, share), env.deadline_effect, env.deadline_power)


@step
def breadth_of(given: Given, state: State, m: int) -> float:
    """Return the scope that slows a track's talks: the broadest of its items."""
    scope = 0.0
    for item in range(m, m + state.tracks.n_items[m]):
        scope = max(scope, part_of(given, state.text[item], SCOPE))
    return scope


@step
def take_demands(
    given: Given, world: World, state: State, y: Matrix, m: int, margin_share: float
) -> None:
    """Note what every member could do without, and the best that the mandate allows it."""
    actors, row = state.actors, row_of(state, state.tracks.venue[m])
    for i in range(len(actors)):
        if given.seats.member[row, i]:
            actors.rho[i] = reservation_of(given, world, state, y, m, i, margin_share)
            actors.best[i] = best_of_box(given, world, state, y, m, i)


@step
def insist(given: Given, world: World, state: State, m: int) -> None:
    """Note what every member insists on in this round."""
    actors, env = state.actors, world.environment[0]
    row = row_of(state, state.tracks.venue[m])
    scope, fall = breadth_of(given, state, m), fall_of(world, state, m)
    rounds, pace = float(state.tracks.rounds[m]), state.tracks.pace[m]
    for i in range(len(actors)):
        if given.seats.member[row, i]:
            insists = insistence(actors.flexibility[i], pace, rounds, env.breadth, scope, fall)
            actors.aspiration[i] = aspiration(actors.rho[i], actors.best[i], insists)


@step
def aspiration_of(
    given: Given, world: World, state: State, y: Matrix, m: int, i: int, margin_share: float
) -> float:
    """Return ``a_i`` on a track after its rounds so far, with the part of the margin that counts."""
    actors, env = state.actors, world.environment[0]
    insists = insistence(
        actors.flexibility[i], state.tracks.pace[m], float(state.tracks.rounds[m]), env.breadth,
        breadth_of(given, state, m), fall_of(world, state, m),
    )  # fmt: skip
    rho = reservation_of(given, world, state, y, m, i, margin_share)
    return aspiration(rho, best_of_box(given, world, state, y, m, i), insists)
