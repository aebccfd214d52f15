"""Figures that change with time: at a date, or along a line until it (any mechanism's).

A world's tables hold the figures of one month. ``figures_at`` sets those that are dated to the month
at hand: while a world is drawn, and at the start of every month of a strategy. What is the same in all
worlds (capability, salience, loadings) follows the same course in ``given``.

Writes ``world.figures``, ``places.value``, ``venue_table``, ``convening``, ``cohesion``, ``quo`` and
``environment_table`` (the last at ``environment`` too), ``world.salience``, ``first_figures``,
``changed_to``, ``world.actors.propensity`` and ``share_of_tests``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation_sim.model.compiling import compiled_as, formula, step
from negotiation_sim.model.draws import P_CHANGE, draw_figures
from negotiation_sim.model.state import (
    OF_ACTOR,
    OF_CONVENING,
    OF_GROUP,
    OF_IDEAL,
    OF_QUO,
    OF_VENUE,
    TEST_PROPENSITY,
)
from negotiation_sim.model.terms import ENVIRONMENT_PARAMETERS

if TYPE_CHECKING:
    from negotiation_sim.model.state import Given, Truth, World


@formula
def on_the_way(before: float, after: float, passed: int, span: int) -> float:
    """Return a figure on the line from ``before`` to ``after``, ``passed`` of ``span`` months gone."""
    return before + (after - before) * (passed / span)


def _set_environment(world: World, column: int, value: float) -> None:
    world.environment_table[0, column] = value


@compiled_as(_set_environment)
def set_environment(world: World, column: int, value: float) -> None:
    """Set a process parameter; the plain engine holds it in two places."""
    world.environment_table[0, column] = value
    setattr(world.environment[0], ENVIRONMENT_PARAMETERS[column], value)


@step
def figure_of(world: World, owner: int, row: int, column: int) -> float:
    """Return a figure of the world's tables."""
    if owner == OF_ACTOR:
        return world.figures[row, column]
    if owner == OF_IDEAL:
        return world.places.value[row, column]
    if owner == OF_VENUE:
        return world.venue_table[row, column]
    if owner == OF_CONVENING:
        return world.convening[row, column]
    if owner == OF_GROUP:
        return world.cohesion[row, column]
    if owner == OF_QUO:
        return world.quo[row, column]
    return world.environment_table[row, column]


@step
def set_figure(world: World, owner: int, row: int, column: int, value: float) -> None:
    """Set a figure in the world's tables."""
    if owner == OF_ACTOR:
        world.figures[row, column] = value
    elif owner == OF_IDEAL:
        world.places.value[row, column] = value
    elif owner == OF_VENUE:
        world.venue_table[row, column] = value
    elif owner == OF_CONVENING:
        world.convening[row, column] = value
    elif owner == OF_GROUP:
        world.cohesion[row, column] = value
    elif owner == OF_QUO:
        world.quo[row, column] = value
    else:
        set_environment(world, column, value)


@step
def note_first_figures(given: Given, world: World) -> None:
    """Keep what a belief has drawn of the figures that will change, and of what they become."""
    changes, key = given.changes, world.key[0]
    draw_figures(key.seed, key.belief, changes.code, P_CHANGE, given.changed_to, world.changed_to)
    for c in range(len(changes)):
        world.first_figures[c] = figure_of(
            world, changes.owner[c], changes.row[c], changes.column[c]
        )


@step
def share_out_tests(given: Given, world: World) -> None:
    """Note each actor's propensity to test, and its share of all tests."""
    total = 0.0
    for i in range(len(given.cast)):
        world.actors.propensity[i] = world.figures[i, TEST_PROPENSITY]
        total += world.actors.propensity[i]
    for i in range(len(given.cast)):
        world.actors.share_of_tests[i] = 0.0
        if total > 0.0:
            world.actors.share_of_tests[i] = world.actors.propensity[i] / total


@formula
def followed(
    value: float, since: int, to: float, month: int, gradual: Truth, t: int
) -> tuple[float, int]:
    """Return where one change has taken a figure by month ``t``, and since when it stands there.

    ``value`` and ``since`` are what the changes before it have come to.
    """
    if t >= month:
        return to, month
    if t <= since:
        return value, since
    if gradual:
        value = on_the_way(value, to, t - since, month - since)
    return value, t  # no later change has begun


def course(first: float, changes: list[tuple[int, float, bool]], t: int) -> float:
    """Return a figure in a month, by its changes in order: month, new value, whether on a line.

    For what is the same in all worlds; :func:`figures_at` follows the same steps in a world.

    Examples
    --------
    >>> [course(0.5, [(4, 0.9, True)], t) for t in (0, 1, 4)]
    [0.5, 0.6, 0.9]
    """
    value, since = first, 0
    for month, to, gradual in changes:
        value, since = followed(value, since, to, month, gradual, t)
    return value


@step
def figures_at(given: Given, world: World, t: int) -> None:
    """Set every dated figure to its value of month ``t``; its changes stand in order of their dates."""
    changes = given.changes
    value = 0.0
    since = 0
    of_tests = False
    if given.salience.shape[0] > 1:
        take_saliences(given, world, given.period[t])
    for c in range(len(changes)):
        if changes.first[c]:
            value = world.first_figures[c]
            since = 0
        value, since = followed(
            value, since, world.changed_to[c, 0], changes.month[c], changes.gradual[c], t
        )
        if changes.last[c]:
            set_figure(world, changes.owner[c], changes.row[c], changes.column[c], value)
            of_tests = of_tests or changes.owner[c] == OF_ACTOR
    if of_tests:
        share_out_tests(given, world)


@step
def take_saliences(given: Given, world: World, period: int) -> None:
    """Let the saliences of a period hold."""
    for i in range(world.salience.shape[0]):
        for k in range(world.salience.shape[1]):
            world.salience[i, k] = given.salience[period, i, k]
