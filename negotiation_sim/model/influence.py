"""M4: stated positions move along the affinity network (Friedkin and Johnsen 1990).

Writes ``world.paths``, ``world.actors.drawn`` and ``world.filled.positions``; ``state.own`` and
``own_next`` once spillover has parted a strategy from the world's path.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation_sim.model.compiling import formula, step
from negotiation_sim.model.governments import changes_of_government, move_ideals, tell_changes
from negotiation_sim.model.numbers import clip01
from negotiation_sim.model.state import SUSCEPTIBILITY

if TYPE_CHECKING:
    from negotiation_sim.model.state import Given, Matrix, State, World


@formula
def influenced(ideal: float, susceptibility: float, drawn: float) -> float:
    """Return a stated position one month on: ``(1 - s) ideal + s sum_j A_ij y_j`` (M4).

    Friedkin and Johnsen 1990. ``drawn`` is ``sum_j A_ij (y_j - ideal)`` over the ties kept, which is
    the same as the weights sum to one, and leaves a position that all share where it is, to the
    last bit.
    """
    return clip01(ideal + susceptibility * drawn)


@step
def drawn_by_ties(given: Given, world: World, y: Matrix, ideal: Matrix, k: int) -> None:
    """Note how far every actor's ties draw it from its ideal point, in index order.

    Who has no position on the issue draws nobody.

    A small cast adds up whole columns of the matrix, which the processor does several actors at a
    time; the zeros it adds leave every bit as it is.
    """
    drawn, ties, matrix = world.actors.drawn, given.ties, given.tie_matrix
    for i in range(len(drawn)):
        drawn[i] = 0.0
    if matrix.shape[0] > 0:
        for j in range(matrix.shape[0]):
            if given.silent[j, k]:
                continue
            stated = y[j, k]
            for i in range(len(drawn)):
                drawn[i] += matrix[j, i] * (stated - ideal[i, k])
        return
    for i in range(len(drawn)):
        total = 0.0
        for n in range(given.cast.n_ties[i]):
            other = ties.other[i, n]
            if not given.silent[other, k]:
                total += ties.weight[i, n] * (y[other, k] - ideal[i, k])
        drawn[i] = total


@step
def influence(given: Given, world: World, y: Matrix, ideal: Matrix, y_next: Matrix) -> bool:
    """Put next month's stated positions into ``y_next``; return whether none has moved."""
    settled = True
    for k in range(y.shape[1]):
        drawn_by_ties(given, world, y, ideal, k)
        for i in range(y.shape[0]):
            stated: float = ideal[i, k]
            if given.cast.n_ties[i] > 0:
                stated = influenced(
                    ideal[i, k], world.figures[i, SUSCEPTIBILITY], world.actors.drawn[i]
                )
            if stated != y[i, k]:
                settled = False
            y_next[i, k] = stated
    return settled


@step
def extend_positions(given: Given, world: World) -> None:
    """Extend the world's paths of positions and shifts by a month.

    No strategy touches them unless one of its tracks spills over, so all share them.
    """
    filled, places = world.filled[0], world.places
    t = filled.positions
    before = places.value if t == 0 else world.paths[t - 1]
    for i in range(before.shape[0]):
        for k in range(before.shape[1]):
            world.shifts[t, i, k] = 0.0 if t == 0 else world.shifts[t - 1, i, k]
    world.months.changed[t] = False
    due = t >= filled.next_change
    if due:
        filled.next_change = changes_of_government(given, world, t)
    if due or given.dated[t]:  # susceptibility or an ideal point may be another
        move_ideals(places.value, world.shifts[t], places.no_pull, places.ideal)
        filled.settled = False
        world.months.changed[t] = True
    if filled.settled:
        for i in range(before.shape[0]):
            for k in range(before.shape[1]):
                world.paths[t, i, k] = before[i, k]
    elif influence(given, world, before, places.ideal, world.paths[t]):
        filled.settled = True
    filled.positions = t + 1


@step
def own_positions(given: Given, world: World, state: State, t: int) -> None:
    """Move the positions of a strategy that spillover has parted from the world's path."""
    run, places, own = state.run[0], state.places, state.own
    if world.months.changed[t]:
        move_ideals(world.places.value, world.shifts[t], places.pull, places.ideal)
        run.settled = False
    if run.settled:
        return
    run.settled = influence(given, world, own, places.ideal, state.own_next)
    for i in range(own.shape[0]):
        for k in range(own.shape[1]):
            own[i, k] = state.own_next[i, k]


@step
def move_positions(given: Given, world: World, state: State, t: int) -> None:
    """Move stated positions, after governments have changed and ties have drawn."""
    if world.filled[0].positions <= t:
        extend_positions(given, world)
    if state.run[0].own:
        own_positions(given, world, state, t)
    tell_changes(world, state, t)
