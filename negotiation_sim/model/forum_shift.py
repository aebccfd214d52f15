"""M17: a track sits in a venue, and may move to another with its text and part of its rounds.

Writes ``state.tracks``: ``venue``, ``seated``, ``pace``, ``moved``, ``moves``, ``waits_since``, and what a mandate had set.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation_sim.model.aspiration import led, venue_pace
from negotiation_sim.model.compiling import formula, step
from negotiation_sim.model.event_records import FORUM_SHIFT, tell
from negotiation_sim.model.state import NEVER

if TYPE_CHECKING:
    from negotiation_sim.model.state import Given, State, World


@formula
def pace_in(world: World, venue: int) -> float:
    """Return the pace of concession in a venue (M3)."""
    env, venues = world.environment[0], world.venues
    pace = venue_pace(env.pace, env.informality_effect, venues.informality[venue])
    return led(pace, venues.leadership[venue], env.leadership_effect)


@step
def sit(world: World, state: State, m: int, venue: int, t: int) -> None:
    """Seat a track, or the items of a package, in a venue."""
    tracks = state.tracks
    for item in range(m, m + tracks.n_items[m]):
        tracks.venue[item] = venue
        tracks.seated[item] = t
        tracks.started[item] = tracks.started[m]
        tracks.pace[item] = pace_in(world, venue)


@step
def move(world: World, state: State, m: int, venue: int, t: int) -> None:
    """Carry the text and part of the rounds to another venue, which must mandate it anew."""
    tracks = state.tracks
    for item in range(m, m + tracks.n_items[m]):
        tracks.rounds[item] = int(tracks.rounds[item] * world.environment[0].rounds_kept)
        tracks.mandated[item] = False
        tracks.term_end[item] = NEVER
        tracks.term_rounds[item] = tracks.term_used[item] = 0
    tracks.fresh[m] = True
    sit(world, state, m, venue, t)


@step
def shift_forum(given: Given, world: World, state: State, m: int, t: int) -> None:
    """Move a track whose patience is spent to its fallback venue, the next of a chain."""
    tracks, s = state.tracks, state.run[0].strategy
    if (
        tracks.moves[m] < given.plans.n_fallbacks[s, m]
        and t - tracks.waits_since[m] >= tracks.patience[m]
    ):
        tracks.fallback[m] = given.chains[s, m, tracks.moves[m]]
        tracks.moves[m] += 1
        tracks.moved[m] = True
        tracks.waits_since[m] = t
        move(world, state, m, tracks.fallback[m], t)
        tell(state.teller, FORUM_SHIFT, m)
