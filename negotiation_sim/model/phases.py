"""Which members and which rule a venue has this month, and what states weigh (M1, M5, M7, M9).

Between two dates at which any of it changes all is as it was: a phase; a weight on its way along a
line has one each month. The rows of ``given.rules`` and ``given.seats`` are those of all venues in the
first phase, then in the second and so on.
Writes ``state.run.phase`` and ``phase_row``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation_sim.model.compiling import formula, step

if TYPE_CHECKING:
    from negotiation_sim.model.state import Given, State


@step
def enter_phase(given: Given, state: State, t: int) -> None:
    """Let the rules, the members and the weights of month ``t`` hold."""
    state.run[0].phase = given.phases[t]
    state.run[0].phase_row = given.phases[t] * len(given.venues)


@formula
def row_of(state: State, v: int) -> int:
    """Return the row of a venue in ``given.rules`` and ``given.seats`` this month."""
    return state.run[0].phase_row + v


@formula
def capability_of(given: Given, state: State, i: int) -> int:
    """Return an actor's share of the cast's capability this month, in millionths."""
    return given.weights.capability[state.run[0].phase, i]
