"""Plug-ins in the compiled loop: whether Numba can compile one, and worlds run with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from negotiation_sim.model.ballot import Ballot
from negotiation_sim.model.chunk import Plugged, run_chunk
from negotiation_sim.model.compiling import Plug, compiled, not_compiled
from negotiation_sim.model.opening import new_state, new_world

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from negotiation_sim.engine.scenario import Scenario
    from negotiation_sim.model.chunk import Outcomes

BALLOT = Ballot(0, False, False, 3, 1, 1, 1, 1, 1, 2, 3, 0, 0, 0, cast("int", np.uint64(1)))


def refusal(plug: Plug, scenario: Scenario) -> str | None:
    """Return why a plug-in cannot be compiled, None where it can be."""
    for allocates in (False, True):
        found = _refusal(plug, scenario, allocates)
        if found is None:
            plug.allocates = allocates
            return None
    return found


def _refusal(plug: Plug, scenario: Scenario, allocates: bool) -> str | None:
    given = scenario.arrays
    records: tuple[Any, ...] = (given, new_world(given), new_state(given))
    for name, function in plug.functions.items():
        rest: tuple[Any, ...] = (0, 0, True)  # of a decision
        if name.startswith("rule "):
            rest = (BALLOT,)
        elif name == "chair":
            rest = (records[2].own, 0, 0)
        elif name in ("before_month", "after_month", "collector"):
            rest = (0,)
        arguments = rest if name.startswith("rule ") else (*records, *rest)
        why = not_compiled(function, arguments, plug, allocates)
        if why is not None:
            return f"Numba cannot compile {getattr(function, '__name__', name)}: {why}"
    return None


def simulate_plugged(
    scenario: Scenario,
    strategies: Sequence[int],
    seed: int,
    worlds: NDArray[np.uint64],
    outcomes: Outcomes,
    *,
    plug: Plug,
    names: tuple[str, ...],
    thorough: bool = False,
) -> NDArray[np.float64]:
    """Fill outcomes from the compiled loop with a plug-in; return what it collected.

    Returns
    -------
    (R, C, H, names) array
        Worlds, strategies, months and series.
    """
    given = scenario.arrays
    world, state = new_world(given), new_state(given)
    shape = (len(worlds), len(strategies), scenario.horizon, len(names)) if names else (0, 0, 0, 0)
    series = np.zeros(shape)
    heard = state._replace(teller=cast("Any", Plugged(plug, given, world, state, series)))
    compiled(run_chunk, allocates=plug.allocates, plug=plug)(
        given, world, heard, cast("int", np.uint64(seed)), worlds,
        np.asarray(strategies, np.int64), outcomes, thorough,
    )  # fmt: skip
    return series
