"""One round of talks: the chair revises, members respond, the venue decides (M5 to M7).

Writes ``state.tracks.rounds`` and ``state.run.pending_bonus``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation_sim.model.aspiration import appraise
from negotiation_sim.model.cause import keep_objections
from negotiation_sim.model.compiling import step
from negotiation_sim.model.decision import decide
from negotiation_sim.model.event_records import DECISION, RESPONSE, heard, tell
from negotiation_sim.model.numbers import MILLION
from negotiation_sim.model.ratification import adopt
from negotiation_sim.model.remit import pass_on
from negotiation_sim.model.response import ACCEPTS, respond
from negotiation_sim.model.revision import revise
from negotiation_sim.model.satisfaction import term_of

if TYPE_CHECKING:
    from negotiation_sim.model.state import Given, Matrix, State, World


@step
def hold_round(given: Given, world: World, state: State, y: Matrix, m: int, t: int) -> bool:
    """Hold one round; return whether a text was agreed."""
    state.tracks.rounds[m] += 1
    appraise(given, world, state, y, m)
    revise(given, world, state, y, m)
    appraise(given, world, state, y, m)
    respond(given, world, state, m)
    agreed = decide(given, world, state, m)
    tell_responses(given, world, state, y, m)
    tell(state.teller, DECISION, m, agreed, state.text[m])
    if agreed:
        agree(given, world, state, m, t)
    elif t < given.clock[0].deadline or heard(state.teller):
        keep_objections(given, world, state, y, m)  # later it names no cause
    return agreed


@step
def agree(given: Given, world: World, state: State, m: int, t: int) -> None:
    """Adopt the text, or pass it on where the venue has no power to adopt (M10)."""
    held = 0
    for i in range(len(state.asked)):
        if state.asked.response[i] == ACCEPTS:
            held += given.cast.capability[i]
    state.run[0].pending_bonus += world.environment[0].agreement_trust * (held / MILLION)
    if given.venues.adopts[state.tracks.venue[m]]:
        adopt(given, world, state, m, t)
    else:
        pass_on(given, world, state, m, t)


@step
def tell_responses(given: Given, world: World, state: State, y: Matrix, m: int) -> None:
    """Tell what every member said to the text, and on which term it fell short."""
    if heard(state.teller):
        actors, response, text = state.actors, state.asked.response, state.text[m]
        for i in range(len(actors)):
            if given.seats.member[state.tracks.venue[m], i]:
                code = 0
                if response[i] != ACCEPTS:
                    code = term_of(given, world, state, y, i, text) + 1
                tell(
                    state.teller, RESPONSE, m, i, response[i], actors.value[i],
                    actors.aspiration[i], actors.aspiration[i] - actors.value[i], code, text, y[i],
                )  # fmt: skip
