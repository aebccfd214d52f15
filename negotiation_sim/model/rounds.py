"""One round of talks: the chair revises, members respond, the venue decides (M5 to M7).

Writes ``state.tracks``: ``rounds``, ``term_used``, ``report``, ``task`` and ``mandated``; the scratch
``state.trial``, ``state.shares``, ``state.standing.said`` and ``state.run.pending_bonus``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation_sim.model.aspiration import insist, take_demands
from negotiation_sim.model.cause import clear, keep_objections
from negotiation_sim.model.chair_sheet import lay_out, put_to_members, renew_aspirations, weigh
from negotiation_sim.model.compiling import step
from negotiation_sim.model.decision import decide
from negotiation_sim.model.decisions import ACCEPT
from negotiation_sim.model.event_records import DECISION, REPORT, RESPONSE, heard, tell
from negotiation_sim.model.grounds import ON_TEXT, ground_of
from negotiation_sim.model.mandate import margin_counted
from negotiation_sim.model.numbers import MILLION
from negotiation_sim.model.obstruction import obstruction, would_pass
from negotiation_sim.model.phases import row_of, share_of
from negotiation_sim.model.ratification import adopt, binds, is_party
from negotiation_sim.model.remit import pass_on
from negotiation_sim.model.response import ACCEPTS, answer, take_limits
from negotiation_sim.model.revision import copy_texts, revise
from negotiation_sim.model.satisfaction import is_agreement
from negotiation_sim.model.state import EXPLORE, NEGOTIATE

if TYPE_CHECKING:
    from negotiation_sim.model.state import Given, Matrix, State, World


@step
def hold_round(given: Given, world: World, state: State, y: Matrix, m: int, t: int) -> bool:
    """Hold one round; return whether a text was agreed.

    A text that the rule would adopt as it stands is put to the decision unchanged.
    """
    tracks, v = state.tracks, state.tracks.venue[m]
    for item in range(m, m + tracks.n_items[m]):
        tracks.rounds[item] += 1
        tracks.term_used[item] += 1
    take_limits(given, world, state, v)
    take_demands(given, world, state, y, m, margin_of(given, world, state, m))
    insist(given, world, state, m)
    n = lay_out(given, world, state, y, m)
    copy_texts(state, m, state.text, state.trial)
    weigh(given, world, state, m, n, 0.0)
    if not would_pass(obstruction(given, world, state, m, n, t)):
        revise(given, world, state, y, m, t, n)
        if tracks.task[m] == EXPLORE:  # the text may bind now, or no longer
            take_demands(given, world, state, y, m, margin_of(given, world, state, m))
        insist(given, world, state, m)
        renew_aspirations(state, n)
        copy_texts(state, m, state.text, state.trial)
        weigh(given, world, state, m, n, 0.0)
    put_to_members(state, n)
    agreed = put_to_decision(given, world, state, y, m, t)
    if agreed:
        agree(given, world, state, m, t)
    elif t < given.clock[0].deadline or heard(state.teller):
        keep_objections(given, world, state, y, m, t)  # later it names no cause
    return agreed


@step
def margin_of(given: Given, world: World, state: State, m: int) -> float:
    """Return the part of the margin that counts in a decision: less for a report on a binding text."""
    if state.tracks.task[m] == EXPLORE and any_binds(given, world, state, m):
        env = world.environment[0]
        return margin_counted(EXPLORE, env.elaborate_margin, env.explore_margin)
    return 1.0


@step
def any_binds(given: Given, world: World, state: State, m: int) -> bool:
    """Return whether any text of a track's package needs ratification."""
    for item in range(m, m + state.tracks.n_items[m]):
        if binds(given, world, state, item):
            return True
    return False


@step
def put_to_decision(given: Given, world: World, state: State, y: Matrix, m: int, t: int) -> bool:
    """Let members respond and the venue decide; a text too near to what is in force is no agreement."""
    v = state.tracks.venue[m]
    answer(given, state, v, m, ACCEPT, given.rules.rule[row_of(state, v)], True)
    agreed = is_agreement(given, world, state, m, state.text) and decide(given, world, state, m, t)
    tell_responses(given, world, state, y, m)
    for item in range(m, m + state.tracks.n_items[m]):
        tell(state.teller, DECISION, item, agreed, state.text[item])
    return agreed


@step
def agree(given: Given, world: World, state: State, m: int, t: int) -> None:
    """Adopt the text; pass it on where the venue has no power to adopt (M10); or take a report (M8)."""
    v = state.tracks.venue[m]
    if state.tracks.task[m] == EXPLORE:
        take_report(state, m, t)
        if any_binds(given, world, state, m):
            ask_anew(world, state, m)
            return
    held = 0
    for i in range(len(state.asked)):
        if is_party(given, state, v, i):
            held += share_of(given, state, i)
    state.run[0].pending_bonus += world.environment[0].agreement_trust * (held / MILLION)
    for item in range(m, m + state.tracks.n_items[m]):
        for i in range(len(state.asked)):
            state.standing.said[item, i] = state.asked.response[i]
    if given.venues.adopts[v]:
        for item in range(m, m + state.tracks.n_items[m]):
            adopt(given, world, state, item, t)
        part(state, m)
    else:
        pass_on(given, world, state, m, t)


@step
def take_report(state: State, m: int, t: int) -> None:
    """Note the first report of talks that explore."""
    for item in range(m, m + state.tracks.n_items[m]):
        if state.tracks.report[item] < 0:
            state.tracks.report[item] = t + 1
        tell(state.teller, REPORT, item, state.text[item])


@step
def ask_anew(world: World, state: State, m: int) -> None:
    """Let a binding text ask for a mandate to negotiate, with half its rounds kept."""
    tracks = state.tracks
    for item in range(m, m + tracks.n_items[m]):
        tracks.task[item] = NEGOTIATE
        tracks.mandated[item] = False
        tracks.rounds[item] = int(tracks.rounds[item] * world.environment[0].rounds_kept)
    clear(state, m)


@step
def part(state: State, m: int) -> None:
    """Let the items of an adopted package go their own ways: each is ratified by its own rule."""
    tracks = state.tracks
    for item in range(m, m + tracks.n_items[m]):
        tracks.leader[item] = item
        if item > m:
            tracks.n_items[item] = 1
        for i in range(len(state.asked)):
            state.shares[item, i] = 1.0
    tracks.n_items[m] = 1


@step
def tell_responses(given: Given, world: World, state: State, y: Matrix, m: int) -> None:
    """Tell what every member said to the text, and on which term it fell short."""
    if heard(state.teller):
        actors, asked, text = state.actors, state.asked, state.text[m]
        row = row_of(state, state.tracks.venue[m])
        for i in range(len(actors)):
            if given.seats.member[row, i]:
                code = 0
                if asked.response[i] != ACCEPTS:
                    shortfall = actors.aspiration[i] - actors.value[i]
                    code = ground_of(given, world, state, y, m, i, shortfall, ON_TEXT) + 1
                tell(
                    state.teller, RESPONSE, m, i, asked.response[i], actors.value[i],
                    actors.aspiration[i], asked.deficit[i], code, text, y[i],
                )  # fmt: skip
