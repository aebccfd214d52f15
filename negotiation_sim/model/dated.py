"""Figures that change with time: at a date, or along a line until it (any mechanism's).

A world's tables hold the figures of one month. ``figures_at`` sets those that are dated to the month
at hand: while a world is drawn, and at the start of every month of a strategy.

Writes ``world.figures``, ``venue_table`` and ``environment_table`` (the last at ``environment`` too),
``world.first_figures``, ``world.actors.propensity`` and ``share_of_tests``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation_sim.model.compiling import compiled_as, formula, step
from negotiation_sim.model.state import OF_ACTOR, OF_VENUE, TEST_PROPENSITY
from negotiation_sim.model.terms import ENVIRONMENT_PARAMETERS

if TYPE_CHECKING:
    from negotiation_sim.model.state import Given, World


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
def set_figure(world: World, owner: int, row: int, column: int, value: float) -> None:
    """Set a figure in the world's tables."""
    if owner == OF_ACTOR:
        world.figures[row, column] = value
    elif owner == OF_VENUE:
        world.venue_table[row, column] = value
    else:
        set_environment(world, column, value)


@step
def note_first_figures(given: Given, world: World) -> None:
    """Keep what a belief has drawn of the figures that will change."""
    changes = given.changes
    for c in range(len(changes)):
        row, column = changes.row[c], changes.column[c]
        if changes.owner[c] == OF_ACTOR:
            world.first_figures[c] = world.figures[row, column]
        elif changes.owner[c] == OF_VENUE:
            world.first_figures[c] = world.venue_table[row, column]
        else:
            world.first_figures[c] = world.environment_table[0, column]


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


@step
def figures_at(given: Given, world: World, t: int) -> None:
    """Set every dated figure to its value of month ``t``; its changes stand in order of their dates."""
    changes = given.changes
    value = 0.0
    since = 0
    of_tests = False
    for c in range(len(changes)):
        if changes.first[c]:
            value = world.first_figures[c]
            since = 0
        if t >= changes.month[c]:
            value = changes.value[c]
            since = changes.month[c]
        elif t > since:
            if changes.gradual[c]:
                value = on_the_way(value, changes.value[c], t - since, changes.month[c] - since)
            since = t  # no later change has begun
        if changes.last[c]:
            set_figure(world, changes.owner[c], changes.row[c], changes.column[c], value)
            of_tests = of_tests or changes.owner[c] == OF_ACTOR
    if of_tests:
        share_out_tests(given, world)
