"""A world drawn by the plain engine, which the strategies that meet it may share."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from negotiation_sim.engine.scenario import Scenario
from negotiation_sim.model.opening import draw_belief, draw_chance, new_world
from negotiation_sim.model.state import Columns, OneRow, State, World, plainly


class PlainWorld:
    """A world drawn by the plain engine; strategies that meet it may share it.

    Parameters
    ----------
    scenario : Scenario
    seed, belief, chance : int
    """

    def __init__(self, scenario: Scenario, seed: int, belief: int, chance: int) -> None:
        self.given = plainly(scenario.arrays)
        arrays = new_world(scenario.arrays)
        arrays.key[0] = (seed, belief, chance)
        draw_belief(self.given, plainly(arrays))
        self.world = plainly(arrays)  # anew, with the environment that has just been drawn
        draw_chance(self.given, self.world)


def keep(record: World | State) -> Callable[[], None]:
    """Return what gives a record of the plain engine back what it holds now."""
    parts = [_kept(value) for value in record]

    def back() -> None:
        for part in parts:
            part()

    return back


def _kept(value: object) -> Callable[[], None]:
    """Return what gives a part of a record back what it holds now."""
    if isinstance(value, OneRow):
        row, was = vars(value[0]), dict(vars(value[0]))
        return lambda: row.update(was)
    columns = [value] if isinstance(value, np.ndarray) else []
    if isinstance(value, Columns):
        columns = [column for name, column in vars(value).items() if name != "_n"]
    copies = [column.copy() for column in columns]

    def back() -> None:
        for column, copy in zip(columns, copies, strict=True):
            column[...] = copy

    return back
