"""Why a track failed: what stood in its way last, the first milestone missed, and who stands behind it.

Writes ``state.tracks.obstacle``, ``deepest``, ``fresh``, ``in_time``, ``cause``,
``cause_deepest`` and ``missing``, and ``state.standing.blocker`` and ``named``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation_sim.model.compiling import step
from negotiation_sim.model.decision import decide
from negotiation_sim.model.decisions import ACCEPT
from negotiation_sim.model.grounds import ON_TEXT, TO_JOIN, TO_RATIFY, ground_of
from negotiation_sim.model.groups import cohere
from negotiation_sim.model.numbers import MILLION
from negotiation_sim.model.phases import row_of, share_of
from negotiation_sim.model.ratification import drawn_in, held_by_parties, would_ratify
from negotiation_sim.model.reservation import item_reservation
from negotiation_sim.model.response import GOES_ALONG, OBJECTS, answer, weighed_deficit
from negotiation_sim.model.satisfaction import is_agreement, value_of
from negotiation_sim.model.state import (
    ACCEPTED,
    LINKAGE,
    MANDATE,
    NO_OBSTACLE,
    PARTY,
    TEXT,
)
from negotiation_sim.model.terms import COST_TERMS, Cause, Ending, TrackKind

if TYPE_CHECKING:
    from negotiation_sim.model.state import Given, Matrix, State, World

NONE, NOT_STARTED = int(Cause.NONE), int(Cause.NOT_STARTED)
OF_CALENDAR, OF_LINKAGE, OF_MANDATE = int(Cause.CALENDAR), int(Cause.LINKAGE), int(Cause.MANDATE)
OF_TEXT, OF_TIME = int(Cause.TEXT), int(Cause.TIME)
OF_WITHDRAWAL, OF_DISSOLUTION = int(Cause.WITHDRAWAL), int(Cause.DISSOLUTION)
OF_RATIFICATION, OF_PARTICIPATION = int(Cause.RATIFICATION), int(Cause.PARTICIPATION)
WITHDRAWN, ENDED_DISSOLVED = int(Ending.WITHDRAWN), int(Ending.DISSOLVED)
PLEDGES_ALONE = int(TrackKind.PLEDGES)


@step
def clear(state: State, m: int) -> None:
    """Forget what stood in the way before a mandate, or before a text was agreed."""
    state.tracks.obstacle[m] = NO_OBSTACLE
    state.tracks.deepest[m] = -1
    state.tracks.fresh[m] = False
    for i in range(len(state.asked)):
        state.standing.blocker[m, i] = 0


@step
def hold(state: State, m: int, obstacle: int, deepest: int) -> None:
    """Remember why the last attempt failed (who: ``found``), unless an earlier one got farther."""
    tracks = state.tracks
    if obstacle >= tracks.obstacle[m] or tracks.fresh[m]:
        tracks.obstacle[m] = obstacle
        tracks.deepest[m] = deepest
        tracks.fresh[m] = False
        for i in range(len(state.asked)):
            state.standing.blocker[m, i] = state.asked.found[i]


@step
def may_matter(given: Given, state: State, m: int, t: int) -> bool:
    """Return whether this refusal can be the one that names the cause at the deadline.

    It cannot where the venue, not subject to linkage, will surely be asked again before it.
    """
    tracks, venues, v = state.tracks, given.venues, state.tracks.venue[m]
    if t >= given.clock[0].deadline:
        return False
    return (
        t >= venues.last_meeting[v]
        or tracks.mandate[m] >= 0
        or tracks.fallback[m] >= 0
        or venues.linkage[v] >= 0
        or venues.dissolved[v] >= 0
        or venues.term_ends[v] >= 0
        or tracks.term_ends[m] >= 0
    )


@step
def keep_objections(given: Given, world: World, state: State, y: Matrix, m: int, t: int) -> None:
    """Remember who stood in the way at this decision, and on which term of M1.

    Those who object; where none objects but too few accept, those who go along.
    """
    actors, asked, tracks = state.actors, state.asked, state.tracks
    against = GOES_ALONG
    for i in range(len(asked)):
        if asked.response[i] == OBJECTS:
            against = OBJECTS
    deepest = -1
    for i in range(len(asked)):
        asked.found[i] = 0
        if asked.response[i] == against:
            shortfall = actors.aspiration[i] - actors.value[i]
            asked.found[i] = ground_of(given, world, state, y, m, i, shortfall, ON_TEXT) + 1
            if deepest < 0 or asked.deficit[i] > asked.deficit[deepest]:
                deepest = i
    hold(state, m, TEXT, deepest)
    tracks.in_time[m] = at_last(given, world, state, m, t)


@step
def at_last(given: Given, world: World, state: State, m: int, t: int) -> bool:
    """Return whether the rule would have adopted the text had everybody come down to ``rho_i``."""
    actors, asked, v = state.actors, state.asked, state.tracks.venue[m]
    if not is_agreement(given, world, state, m, state.text):
        return False
    for i in range(len(asked)):
        asked.deficit[i] = weighed_deficit(actors.weight[i], actors.rho[i], actors.value[i])
    if given.rules.grouped[row_of(state, v)]:
        cohere(given, world, state, v)
    answer(given, state, v, m, ACCEPT, given.rules.rule[row_of(state, v)], False)
    return decide(given, world, state, m, t)


@step
def cause_of(given: Given, state: State, m: int) -> int:
    """Return the first milestone a track has missed so far; 0 if it has succeeded."""
    tracks = state.tracks
    pledges_alone = given.initiatives.kind[tracks.initiative[m]] == PLEDGES_ALONE
    if tracks.success[m] >= 0 or pledges_alone:
        return NONE
    if tracks.ending[m] == WITHDRAWN:
        return OF_WITHDRAWAL
    if tracks.ending[m] == ENDED_DISSOLVED:
        return OF_DISSOLUTION
    if tracks.started[m] < 0:
        return NOT_STARTED
    if tracks.force[m] >= 0:
        return OF_PARTICIPATION
    if tracks.adoption[m] >= 0:
        return OF_RATIFICATION
    leader = tracks.leader[m]
    if tracks.obstacle[leader] == TEXT:
        return OF_TIME if tracks.in_time[leader] else OF_TEXT
    if tracks.obstacle[leader] == MANDATE:
        return OF_MANDATE
    return OF_LINKAGE if tracks.obstacle[leader] == LINKAGE else OF_CALENDAR


@step
def settle_cause(given: Given, world: World, state: State, y: Matrix, m: int) -> None:
    """Name the first milestone missed at the deadline, and who or what stands behind it."""
    tracks, standing = state.tracks, state.standing
    cause = cause_of(given, state, m)
    tracks.cause[m] = cause
    if cause in (OF_RATIFICATION, OF_PARTICIPATION):
        name_absent(given, world, state, y, m)
    elif cause not in (NONE, NOT_STARTED):
        leader = tracks.leader[m]
        tracks.cause_deepest[m] = tracks.deepest[leader]
        for i in range(len(state.asked)):
            standing.named[m, i] = standing.blocker[leader, i]


@step
def name_absent(given: Given, world: World, state: State, y: Matrix, m: int) -> None:
    """Name the states that have not ratified or joined; the most capable is the main one."""
    tracks, standing = state.tracks, state.standing
    joining = tracks.cause[m] == OF_PARTICIPATION
    deepest = -1
    held = most = 0
    for i in range(len(state.asked)):
        share = share_of(given, state, i)
        absent = standing.status[m, i] == ACCEPTED
        if joining:
            absent = standing.status[m, i] != PARTY
        if absent:
            standing.named[m, i] = ground_of_absent(given, world, state, y, m, i) + 1
            if deepest < 0 or share > most:
                deepest, most = i, share
        if standing.status[m, i] == PARTY:
            held += share
    tracks.cause_deepest[m] = deepest
    if joining:
        tracks.missing[m] = max(0, given.clock[0].success_share - held)


@step
def ground_of_absent(given: Given, world: World, state: State, y: Matrix, m: int, i: int) -> int:
    """Return on which term a state has not ratified or joined an adopted text.

    A state that has accepted, and would ratify without a draw, wants time alone.
    """
    if state.standing.status[m, i] == ACCEPTED:
        joined = held_by_parties(given, state, m)
        others = MILLION - share_of(given, state, i)
        gain = drawn_in(world.environment[0].universality, joined, others)
        if would_ratify(given, world, state, y, m, i, 0.0, gain):
            return y.shape[1] + len(COST_TERMS) + 1
    rho = item_reservation(given, world, state, y, m, i)
    shortfall = rho - value_of(given, world, state, y, m, i, state.text[m])
    what = TO_RATIFY if state.standing.status[m, i] == ACCEPTED else TO_JOIN
    return ground_of(given, world, state, y, m, i, shortfall, what)


@step
def settle_causes(given: Given, world: World, state: State, y: Matrix) -> None:
    """Name every track's cause at the deadline."""
    for m in range(state.run[0].n_tracks):
        settle_cause(given, world, state, y, m)
