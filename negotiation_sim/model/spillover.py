"""M16: what an adopted track does to the others of its strategy, of either sign.

Writes ``state.places``, ``state.own``, ``state.tracks.urgency_share`` and ``state.run.own``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation_sim.model.compiling import formula, step
from negotiation_sim.model.governments import move_ideals

if TYPE_CHECKING:
    from negotiation_sim.model.state import State, World


@formula
def drawn_towards(ideal: float, text: float, spillover: float, spillover_draw: float) -> float:
    """Return the pull on an ideal point when a track is a stepping stone (``spillover > 0``)."""
    if spillover <= 0.0:
        return 0.0
    return spillover * spillover_draw * (text - ideal)


@formula
def trust_gained(spillover: float, agreement_trust: float) -> float:
    """Return the further rise of trust's baseline when a track is a stepping stone."""
    if spillover <= 0.0:
        return 0.0
    return spillover * agreement_trust


@formula
def urgency_left(urgency_share: float, spillover: float) -> float:
    """Return the share of urgency the other tracks still feel when a track is a substitute."""
    if spillover >= 0.0:
        return urgency_share
    return urgency_share * max(0.0, 1.0 + spillover)


@step
def spill_over(world: World, state: State, t: int) -> None:
    """Let this month's adopted tracks shift the others."""
    run = state.run[0]
    for m in range(run.n_tracks):
        if state.tracks.spills[m]:
            state.tracks.spills[m] = False
            if has_others(state, m) and world.environment[0].spillover != 0.0:
                spill(world, state, m, t)


@step
def has_others(state: State, m: int) -> bool:
    """Return whether a strategy has tracks beside a track and the items of its package."""
    for other in range(state.run[0].n_tracks):
        if state.tracks.of_package[other] != state.tracks.of_package[m]:
            return True
    return False


@step
def spill(world: World, state: State, m: int, t: int) -> None:
    """Shift the other tracks of the strategy when one is adopted.

    From now on the strategy has positions of its own, and no longer the world's.
    """
    run, env, tracks, places = state.run[0], world.environment[0], state.tracks, state.places
    run.pending_bonus += trust_gained(env.spillover, env.agreement_trust)
    for other in range(run.n_tracks):
        if tracks.of_package[other] != tracks.of_package[m]:
            tracks.urgency_share[other] = urgency_left(tracks.urgency_share[other], env.spillover)
    own, ideal, pull = state.own, places.ideal, places.pull
    if not run.own:
        run.own = True
        for i in range(own.shape[0]):
            for k in range(own.shape[1]):
                own[i, k] = world.paths[t, i, k]
        move_ideals(world.places.value, world.shifts[t], pull, ideal)
    run.settled = False
    for i in range(own.shape[0]):
        for k in range(own.shape[1]):
            pull[i, k] += drawn_towards(
                ideal[i, k], state.text[m, k], env.spillover, env.spillover_draw
            )
    move_ideals(world.places.value, world.shifts[t], pull, ideal)
