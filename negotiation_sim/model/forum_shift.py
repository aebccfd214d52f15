"""M17: a track sits in a venue, and may move to another with its text and part of its rounds.

Writes ``state.tracks``: ``venue``, ``seated``, ``pace``, ``moved``, and what a mandate had set.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation_sim.model.aspiration import led, venue_pace
from negotiation_sim.model.compiling import step
from negotiation_sim.model.event_records import FORUM_SHIFT, tell
from negotiation_sim.model.state import NEVER

if TYPE_CHECKING:
    from negotiation_sim.model.state import State, World


@step
def sit(world: World, state: State, m: int, venue: int, t: int) -> None:
    """Seat a track, or the items of a package, in a venue."""
    env, tracks, venues = world.environment[0], state.tracks, world.venues
    pace = venue_pace(env.pace, env.informality_effect, venues.informality[venue])
    for item in range(m, m + tracks.n_items[m]):
        tracks.venue[item] = venue
        tracks.seated[item] = t
        tracks.started[item] = tracks.started[m]
        tracks.pace[item] = led(pace, venues.leadership[venue], env.leadership_effect)


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
def shift_forum(world: World, state: State, m: int, t: int) -> None:
    """Move a track whose patience is spent to its fallback venue."""
    tracks = state.tracks
    if (
        tracks.fallback[m] >= 0
        and not tracks.moved[m]
        and t - tracks.started[m] >= tracks.patience[m]
    ):
        tracks.moved[m] = True
        move(world, state, m, tracks.fallback[m], t)
        tell(state.teller, FORUM_SHIFT, m)
