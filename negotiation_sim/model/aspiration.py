"""M3: what an actor insists on, and how it falls from round to round.

Writes ``state.actors.value`` and ``state.actors.aspiration``.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from negotiation_sim.model.compiling import formula, step
from negotiation_sim.model.satisfaction import scope_of, value_of

if TYPE_CHECKING:
    from negotiation_sim.model.state import Given, Matrix, State, World


@formula
def venue_pace(pace: float, informality_effect: float, informality: float) -> float:
    """Return ``pace_v``: the pace of concession a round, faster where a venue is informal."""
    return pace * (1.0 + informality_effect * informality)


@formula
def aspiration(
    reservation_value: float,
    flexibility: float,
    pace: float,
    rounds: float,
    breadth: float,
    scope: float,
) -> float:
    """Return what an actor insists on after ``rounds`` rounds; broad texts are slower (M3).

    ``rho + (1 - rho) exp(-phi pace r / (1 + breadth scope))``: a time-dependent tactic (Faratin,
    Sierra and Jennings 1998), 1 before the first round, towards ``rho`` as rounds pass.
    """
    fall = flexibility * pace * rounds / (1.0 + breadth * scope)
    return reservation_value + (1.0 - reservation_value) * math.exp(-fall)


@formula
def aspiration_of(given: Given, world: World, state: State, m: int, i: int) -> float:
    """Return ``a_i`` for a track's text after its rounds so far."""
    actors, tracks = state.actors, state.tracks
    return aspiration(
        actors.reservation_value[i], actors.flexibility[i], tracks.pace[m], float(tracks.rounds[m]),
        world.environment[0].breadth, scope_of(given, state.text[m]),
    )  # fmt: skip


@step
def appraise(given: Given, world: World, state: State, y: Matrix, m: int) -> None:
    """Put every member's value and aspiration for a track's text beside its name."""
    actors = state.actors
    v = state.tracks.venue[m]
    for i in range(len(actors)):
        if given.seats.member[v, i]:
            actors.value[i] = value_of(given, world, state, y, m, i, state.text[m])
            actors.aspiration[i] = aspiration_of(given, world, state, m, i)
