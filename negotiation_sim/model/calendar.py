"""M9: when a venue meets, how many rounds a month holds, and how long a mandate lasts (M8).

Writes ``world.rounds`` and ``state.tracks``: the term, and ``mandated`` and ``rounds`` where a
mandate lapses.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from negotiation_sim.model.compiling import formula, step
from negotiation_sim.model.dated import figures_at
from negotiation_sim.model.event_records import MANDATE_LAPSED, tell

if TYPE_CHECKING:
    from negotiation_sim.model.state import Given, State, World


@formula
def rounds_in_month(weeks: float, weeks_per_round: float) -> int:
    """Return how many rounds a month's meeting weeks hold: at least one if it meets at all (M9)."""
    if weeks <= 0.0:
        return 0
    return max(1, int(math.floor(weeks / weeks_per_round)))


@step
def set_calendar(given: Given, world: World, v: int) -> None:
    """Note how many rounds each month of a venue holds, once a world."""
    start = given.clock[0].start_month
    for t in range(world.rounds.shape[1]):
        figures_at(given, world, t)
        per_round = world.environment[0].weeks_per_round
        weeks = given.weeks[v, (start + t) % 12] + given.sessions[v, t]
        world.rounds[v, t] = rounds_in_month(weeks, per_round)


@step
def term_of_mandate(given: Given, world: World, state: State, m: int, t: int) -> int:
    """Return the last month of a mandate given in month ``t``, -1 if it has no term.

    A session's mandate ends with the calendar year.
    """
    v, tracks = state.tracks.venue[m], state.tracks
    months: float = tracks.term_months[m]
    if months < 0.0:
        months = world.venues.term_months[v]
    last = -1
    if months > 0.0:
        last = t + int(math.ceil(months))
    if given.venues.session[v]:
        session = t + 11 - (given.clock[0].start_month + t) % 12
        last = session if last < 0 else min(last, session)
    ends = tracks.term_ends[m] if tracks.term_ends[m] >= 0 else given.venues.term_ends[v]
    if ends >= 0:
        last = ends if last < 0 else min(last, ends)
    return last


@step
def rounds_of(given: Given, world: World, v: int, t: int) -> int:
    """Return the rounds that a month holds; beyond the horizon those of the yearly calendar."""
    n = world.rounds.shape[1]
    if t < n:
        return world.rounds[v, t]
    if n < 12:
        return 0
    weeks = given.weeks[v, (given.clock[0].start_month + t) % 12]
    return rounds_in_month(weeks, world.environment[0].weeks_per_round)


@step
def open_term(given: Given, world: World, state: State, m: int, t: int, first_month: int) -> None:
    """Count the rounds that a mandate given in month ``t`` allows from a month on."""
    tracks, v = state.tracks, state.tracks.venue[m]
    last = term_of_mandate(given, world, state, m, t)
    first = int(math.ceil(tracks.seated[m] + world.venues.setup_months[v]))
    n = 0
    last_session = t
    for month in range(max(first_month, first), last + 1):
        rounds = rounds_of(given, world, v, month)
        if rounds > 0:
            n += rounds
            last_session = month
    for item in range(m, m + tracks.n_items[m]):
        tracks.term_end[item] = last
        tracks.term_rounds[item] = n
        tracks.term_used[item] = 0
        tracks.last_session[item] = last_session


@step
def may_be_mandated(given: Given, state: State, m: int, t: int) -> bool:
    """Return whether a mandate given now would not have ended already."""
    ends = state.tracks.term_ends[m]
    if ends < 0:
        ends = given.venues.term_ends[state.tracks.venue[m]]
    return ends < 0 or ends > t


@step
def rounds_now(given: Given, world: World, state: State, m: int, t: int) -> int:
    """Return how many rounds this month holds for a track; lets a mandate lapse after its term."""
    tracks, v = state.tracks, state.tracks.venue[m]
    rounds = world.rounds[v, t]
    if rounds == 0 or t < tracks.seated[m] + world.venues.setup_months[v]:
        return 0
    if tracks.mandated[m] and tracks.term_end[m] >= 0 and t > tracks.term_end[m]:
        lapse(given, world, state, m)
    return rounds


@step
def lapse(given: Given, world: World, state: State, m: int) -> None:
    """End a mandate: the text is kept, and half the rounds, or all of them after a session."""
    tracks = state.tracks
    for item in range(m, m + tracks.n_items[m]):
        tracks.mandated[item] = False
        if not given.venues.session[tracks.venue[m]]:
            tracks.rounds[item] = int(tracks.rounds[item] * world.environment[0].rounds_kept)
    tell(state.teller, MANDATE_LAPSED, m)
