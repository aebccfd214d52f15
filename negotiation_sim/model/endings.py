"""M18: how a track begins and ends: dissolution of its venue, withdrawal, success.

Writes ``state.tracks.started``, ``waits_since``, ``ended``, ``ending`` and ``end``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation_sim.model.calendar import open_term
from negotiation_sim.model.compiling import step
from negotiation_sim.model.decisions import LEAVE, decided
from negotiation_sim.model.draws import P_WITHDRAWAL, uniform_of
from negotiation_sim.model.event_records import DISSOLVED, WITHDRAWAL, tell
from negotiation_sim.model.forum_shift import sit
from negotiation_sim.model.state import NOBODY
from negotiation_sim.model.terms import Ending

if TYPE_CHECKING:
    from negotiation_sim.model.state import Given, State, Truth, World

WITHDRAWN, ENDED_DISSOLVED = int(Ending.WITHDRAWN), int(Ending.DISSOLVED)


@step
def end_with(state: State, m: int, ending: int, month: int) -> None:
    """End a track."""
    state.tracks.ended[m] = True
    state.tracks.ending[m] = ending
    state.tracks.end[m] = month


@step
def reached(state: State, m: int, milestone: int) -> int:
    """Return the month in which a track reached a milestone, -1 if it has not."""
    tracks = state.tracks
    if milestone == 0:
        return tracks.mandate[m]
    if milestone == 1:
        return tracks.adoption[m]
    return tracks.force[m] if milestone == 2 else tracks.success[m]


@step
def has_begun(given: Given, world: World, state: State, m: int, t: int) -> bool:
    """Return whether a track is under way; begin it if its month has come."""
    tracks = state.tracks
    if tracks.started[m] >= 0:
        return True
    if t < tracks.start[m]:
        return False
    if tracks.after[m] >= 0:
        month = reached(state, tracks.after[m], tracks.after_milestone[m])
        if month < 0 or month > t:
            return False
    tracks.started[m] = tracks.waits_since[m] = t
    sit(world, state, m, tracks.venue[m], t)
    if tracks.mandated[m]:
        open_term(given, world, state, m, t, t)
    return True


@step
def withdraws(given: Given, world: World, state: State, m: int, t: int) -> Truth:
    """Return whether those behind a mandated initiative give it up this month."""
    tracks, key = state.tracks, world.key[0]
    if tracks.mandate[m] < 0:
        return False
    code = tracks.code[m]
    u = uniform_of(key.seed, key.chance, code, P_WITHDRAWAL, t, 0)
    return decided(state.teller, LEAVE, m, NOBODY, u < state.run[0].p_withdrawal)


@step
def ends(given: Given, world: World, state: State, m: int, t: int) -> Truth:
    """Return whether a track ends this month because its venue is dissolved or it is withdrawn."""
    tracks = state.tracks
    dissolved = given.venues.dissolved[tracks.venue[m]]
    if dissolved >= 0 and dissolved <= t:
        for item in range(m, m + tracks.n_items[m]):
            end_with(state, item, ENDED_DISSOLVED, t + 1)
        tell(state.teller, DISSOLVED, m)
    elif withdraws(given, world, state, m, t):
        for item in range(m, m + tracks.n_items[m]):
            end_with(state, item, WITHDRAWN, t + 1)
        tell(state.teller, WITHDRAWAL, m)
    return tracks.ended[m]
