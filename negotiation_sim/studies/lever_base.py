"""A lever: something someone could change, from where things stand to the end of its reach."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from negotiation_sim.catalogue.schema import Setting
from negotiation_sim.engine.scenario import Scenario, compile_setting
from negotiation_sim.model.state import OF_ACTOR, OF_IDEAL, OF_VENUE

if TYPE_CHECKING:
    from numpy.typing import NDArray

FINE = 64  # steps of a lever that moves continuously
FAMILIES = {"actor": "actor_figures", "venue": "venue_figures", "ideal": "ideals"}
OWNERS = {"actor": OF_ACTOR, "venue": OF_VENUE, "ideal": OF_IDEAL}  # of what has dates


@dataclass(frozen=True)
class Lever:
    """Something that can be changed.

    Parameters
    ----------
    id : str
        Such as ``actors.CHN.margin``; costs and reaches are set by patterns of it.
    words : callable
        What a step does, in words.
    steps : int
        The last step: the whole reach.
    on_arrays, on_setting : callable
        What a step does; one of the two.
    cost : float
        Of the whole reach; a part of it costs its share.
    """

    id: str
    words: Callable[[int], str]
    steps: int
    on_arrays: Callable[[Scenario, int], Scenario] | None = None
    on_setting: Callable[[Setting, int], Setting] | None = None
    cost: float = 1.0

    def cost_of(self, step: int) -> float:
        """Return what a step costs."""
        return self.cost * step / self.steps


def pulled(scenario: Scenario, moves: Sequence[tuple[Lever, int]]) -> Scenario:
    """Return the scenario with some levers moved; rules first, then what sits in the arrays."""
    setting = scenario.setting
    for lever, step in moves:
        if lever.on_setting is not None and step:
            setting = lever.on_setting(setting, step)
    if setting is not scenario.setting:
        scenario = compile_setting(setting)
    for lever, step in moves:
        if lever.on_arrays is not None and step:
            scenario = lever.on_arrays(scenario, step)
    return scenario


def with_arrays(scenario: Scenario, **arrays: Any) -> Scenario:
    """Return the scenario with some arrays replaced, read-only like the others."""
    for array in arrays.values():
        array.setflags(write=False)
    return dataclasses.replace(scenario, arrays=scenario.arrays._replace(**arrays))


def shifted(
    scenario: Scenario, family: str, row: int, columns: list[int], by: float, least: float = 0.0
) -> Scenario:
    """Return the scenario with figures and their ranges shifted, held between ``least`` and 1.

    What they become at dates is shifted as well.
    """
    name = FAMILIES[family]
    figures = getattr(scenario.arrays, name).copy()
    for end in figures.dtype.names:
        figures[end][row, columns] = np.clip(figures[end][row, columns] + by, least, 1.0)
    its = scenario.arrays.changes["owner"] == OWNERS[family]
    its &= (scenario.arrays.changes["row"] == row) & np.isin(
        scenario.arrays.changes["column"], columns
    )
    return with_arrays(scenario, **{name: figures}, changed_to=moved(scenario, its, by, least))


def moved(scenario: Scenario, its: NDArray[np.bool_], by: float, least: float) -> NDArray[np.void]:
    """Return what dated figures become, some of them shifted as the figures themselves are."""
    to: NDArray[np.void] = np.asarray(scenario.arrays.changed_to).copy()
    for end in to.dtype.names or ():
        to[end][its] = np.clip(to[end][its] + by, least, 1.0)
    return to
