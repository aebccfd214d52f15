"""M2: what a text must be worth to be better than none. No constant: it follows from the status quo.

Writes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation_sim.model.compiling import formula, step
from negotiation_sim.model.satisfaction import satisfaction_of, value_of

if TYPE_CHECKING:
    from negotiation_sim.model.state import Given, Matrix, State, World


@formula
def reservation(worth_of_status_quo: float, margin: float, convening: float) -> float:
    """Return ``rho_i = u_i(q) + m_i``, and what it takes to accept the forum itself (M2, M22)."""
    return worth_of_status_quo + margin + convening


@step
def without(given: Given, world: World, state: State, y: Matrix, m: int, i: int) -> float:
    """Return ``u_i(q)``: what an actor has where nothing of a track's package is agreed."""
    tracks = state.tracks
    if tracks.n_items[m] == 1:
        initiative = tracks.initiative[m]
        return satisfaction_of(given, world, state, y, i, initiative, world.quo[initiative])
    total = 0.0
    for item in range(m, m + tracks.n_items[m]):
        initiative = tracks.initiative[item]
        total += state.shares[item, i] * satisfaction_of(
            given, world, state, y, i, initiative, world.quo[initiative]
        )
    return total


@step
def reservation_of(
    given: Given, world: World, state: State, y: Matrix, m: int, i: int, margin_share: float
) -> float:
    """Return ``rho_i`` in a track's venue, with the part of the margin that counts."""
    return reservation(
        without(given, world, state, y, m, i), margin_share * state.actors.margin[i],
        world.convening[state.tracks.venue[m], i],
    )  # fmt: skip


@step
def item_reservation(given: Given, world: World, state: State, y: Matrix, m: int, i: int) -> float:
    """Return ``rho_i`` of one track's text by itself, outside its talks: to ratify, accede, pledge."""
    initiative = state.tracks.initiative[m]
    content = satisfaction_of(given, world, state, y, i, initiative, world.quo[initiative])
    return reservation(content, state.actors.margin[i], 0.0)


@step
def package_value(
    given: Given, world: World, state: State, y: Matrix, m: int, i: int, texts: Matrix
) -> float:
    """Return ``v_i`` of a track's texts together: ``sum_p W_ip v_i(x_p)`` (M21)."""
    if state.tracks.n_items[m] == 1:
        return value_of(given, world, state, y, m, i, texts[m])
    total = 0.0
    for item in range(m, m + state.tracks.n_items[m]):
        total += state.shares[item, i] * value_of(given, world, state, y, item, i, texts[item])
    return total
