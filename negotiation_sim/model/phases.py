"""Which members, which rule and which capabilities a venue has this month: all may have dates (M7, M9).

Between two such dates all is as it was: a phase. The rows of ``given.rules`` and ``given.seats``
are those of all venues and of the cast as a whole in the first phase, then in the second and so on.
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


@formula
def share_of(given: Given, state: State, i: int) -> int:
    """Return an actor's share of the whole cast's capability this month, in millionths."""
    return given.seats.capability[row_of(state, len(given.venues)), i]
