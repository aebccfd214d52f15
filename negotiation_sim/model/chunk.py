"""Many replicates in one call: every strategy in every world of a chunk, and what comes out.

The one function that is compiled whole; everything of the model becomes part of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from negotiation_sim.model.compiling import Functions, Plug, Put, pluggable, step
from negotiation_sim.model.month import month
from negotiation_sim.model.opening import draw_belief, draw_chance, open_strategy
from negotiation_sim.model.phases import share_of
from negotiation_sim.model.state import PARTY, RUN, TRACK, Given

if TYPE_CHECKING:
    from negotiation_sim.model.state import Given, Matrix, PluggedState, State, Vector, World


class Outcomes(NamedTuple):
    """How replicates ended. R worlds, C strategies, M tracks, K issues, N actors."""

    tracks: np.ndarray  # (R, C, M) TRACK
    runs: np.ndarray  # (R, C) RUN
    text: np.ndarray  # (R, C, M, K)
    named: np.ndarray  # (R, C, M, N) the term's number plus one of each actor in the cause
    said: np.ndarray  # (R, C, M, N) what each member said when the text was agreed


def new_outcomes(given: Given, n_worlds: int, n_strategies: int) -> Outcomes:
    """Return empty outcomes."""
    _, n, k = given.salience.shape
    shape = (n_worlds, n_strategies, given.plans.shape[1])
    return Outcomes(
        tracks=np.zeros(shape, TRACK), runs=np.zeros(shape[:2], RUN), text=np.zeros((*shape, k)),
        named=np.zeros((*shape, n), np.uint8), said=np.zeros((*shape, n), np.uint8),
    )  # fmt: skip


@step
def count_parties(given: Given, state: State) -> None:
    """Count each track's parties and the capability that they hold."""
    tracks, standing = state.tracks, state.standing
    for m in range(state.run[0].n_tracks):
        n = held = 0
        for i in range(len(given.cast)):
            if standing.status[m, i] == PARTY:
                n += 1
                held += share_of(given, state, i)
        tracks.parties[m] = n
        tracks.held[m] = held


@step
def open_world(given: Given, world: World, seed: int, belief: int, chance: int) -> None:
    """Draw the world of a belief and a chance."""
    key, filled = world.key[0], world.filled[0]
    key.seed, key.belief, key.chance = seed, belief, chance
    filled.moods = filled.positions = filled.next_change = 0
    filled.settled = False
    draw_belief(given, world)
    draw_chance(given, world)


def _by_collector(functions: Functions) -> Put | None:
    if "collector" not in functions:
        return None
    collector = functions["collector"]

    def collect(given: Given, world: World, state: PluggedState, r: int, c: int, t: int) -> None:
        values = collector(given, world, state, t)
        for n in range(len(values)):
            state.teller.series[r, c, t, n] = values[n]

    return collect


@pluggable(_by_collector)
def collect(given: Given, world: World, state: State, r: int, c: int, t: int) -> None:
    """Keep what a plug-in collects of a month; without one, nothing."""


class Plugged(NamedTuple):
    """What compiled code has in the place of a teller where there is a plug-in."""

    plug: Plug
    given: Given
    world: World
    state: State  # the same memory, without a teller
    series: np.ndarray  # (R, C, H, names) what its collector has found


def run_chunk(
    given: Given,
    world: World,
    state: State,
    seed: int,
    worlds: Matrix,
    strategies: Vector,
    outcomes: Outcomes,
    thorough: bool,
) -> None:
    """Run every strategy in every world of a chunk.

    Parameters
    ----------
    given : Given
    world : World
    state : State
        Both overwritten.
    seed : uint64
    worlds : (R, 2) uint64 array
        Belief and chance; a plain run has both equal to the replicate's number.
    strategies : (C,) int64 array
        Places of the strategies to run.
    outcomes : Outcomes
    thorough : bool
        Look at every month, also where nothing can change; the answer is the same.
    """
    for r in range(len(worlds)):
        open_world(given, world, seed, worlds[r, 0], worlds[r, 1])
        for c in range(len(strategies)):
            open_strategy(given, world, state, strategies[c])
            state.run[0].thorough = thorough
            for t in range(given.clock[0].horizon):
                month(given, world, state, t)
                collect(given, world, state, r, c, t)
            count_parties(given, state)
            outcomes.runs[r, c] = state.run[0]
            for m in range(state.run[0].n_tracks):
                outcomes.tracks[r, c, m] = state.tracks[m]
                for k in range(state.text.shape[1]):
                    outcomes.text[r, c, m, k] = state.text[m, k]
                for i in range(len(given.cast)):
                    outcomes.named[r, c, m, i] = state.standing.named[m, i]
                    outcomes.said[r, c, m, i] = state.standing.said[m, i]
