"""A world drawn by the plain engine, which the strategies that meet it may share."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np

from negotiation_sim.engine.scenario import Scenario
from negotiation_sim.model.opening import draw_belief, draw_chance, new_world
from negotiation_sim.model.state import Columns, OneRow, State, World, plainly

Kept = TypeVar("Kept", World, State)


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


def keep(record: Kept) -> list[Any]:
    """Return a copy of what a record of the plain engine holds, for :func:`put_back`."""
    return [_copied(value) for value in record]


def put_back(record: Kept, kept: list[Any]) -> None:
    """Give a record of the plain engine what it held when it was kept."""
    for value, was in zip(record, kept, strict=True):
        if isinstance(value, np.ndarray):
            value[...] = was
        elif isinstance(value, Columns):
            for name, column in was.items():
                getattr(value, name)[...] = column
        elif isinstance(value, OneRow):
            vars(value[0]).update(was)


def _copied(value: object) -> Any:
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, Columns):
        return {n: column.copy() for n, column in vars(value).items() if n != "_n"}
    return dict(vars(value[0])) if isinstance(value, OneRow) else None
