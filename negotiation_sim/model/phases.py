"""Which members and which rule a venue has this month: both may change at dates (M7, M9).

Between two such dates all is as it was: a phase. The rows of ``given.rules`` and ``given.seats``
are those of all venues in the first phase, then in the second and so on.
Writes ``state.run.phase_row``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation_sim.model.compiling import formula, step

if TYPE_CHECKING:
    from negotiation_sim.model.state import Given, State


@step
def enter_phase(given: Given, state: State, t: int) -> None:
    """Let the rules and the members of month ``t`` hold."""
    state.run[0].phase_row = given.phase_rows[t]


@formula
def row_of(state: State, v: int) -> int:
    """Return the row of a venue in ``given.rules`` and ``given.seats`` this month."""
    return state.run[0].phase_row + v
