"""A world drawn by the plain engine, which the strategies that meet it may share."""

from __future__ import annotations

from negotiation_sim.engine.scenario import Scenario
from negotiation_sim.model.opening import draw_belief, draw_chance, new_world
from negotiation_sim.model.state import plainly


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
