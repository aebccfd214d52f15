"""M5: the chair looks for a text that stands less in the way, and moves a step towards it.

Writes ``state.text``, ``state.aim`` and the scratch ``state.trial``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation_sim.model.compiling import formula, step
from negotiation_sim.model.decisions import proposed
from negotiation_sim.model.event_records import REVISION, heard, tell
from negotiation_sim.model.obstruction import stands_in_way
from negotiation_sim.model.packages import held_within

if TYPE_CHECKING:
    from negotiation_sim.model.state import Given, Matrix, State, World

WIDEST, NARROWER, FINEST = 0.2, 0.05, 0.01
FROM_STATUS_QUO = 1
TIE = 1e-9
UNKNOWN = 1e12  # a score above every score


@formula
def revised(coordinate: float, aim: float, chair_step: float, low: float, high: float) -> float:
    """Return one coordinate of the revised text, ``x + chair_step (x* - x)``, held in the box."""
    return held_within(coordinate + chair_step * (aim - coordinate), low, high)


@step
def copy_texts(state: State, m: int, source: Matrix, target: Matrix) -> None:
    """Copy the texts of a track's items."""
    for item in range(m, m + state.tracks.n_items[m]):
        for k in range(target.shape[1]):
            target[item, k] = source[item, k]


@step
def set_trial(state: State, m: int, slot: int, k: int, value: float) -> None:
    """Set a coordinate of the texts looked at; items that are alike move as one."""
    if state.tracks.n_items[m] == 1:
        state.trial[m, k] = value
        return
    for item in range(m, m + state.tracks.n_items[m]):
        if state.tracks.slot[item] == slot:
            state.trial[item, k] = value


@step
def try_issue(
    given: Given, world: World, state: State, where: tuple[int, int, int, int, int], width: float,
    best: float,
) -> float:
    """Try an issue in both directions and take the better; return the score then.

    ``where`` holds the track, the number of its members, the month, the item and the issue. The
    texts as they are are looked at only where their score is not known yet.
    """
    m, n, t, item, k = where
    tracks, initiative = state.tracks, state.tracks.initiative[item]
    here: float = state.trial[item, k]
    chosen = here
    nearest = best
    for direction in range(0 if best >= UNKNOWN else 1, 3):
        tried = here
        if direction > 0:
            moved = width if direction == 1 else -width
            tried = held_within(
                here + moved, given.texts.low[initiative, k], given.texts.high[initiative, k]
            )
            if tried == here:
                continue
        set_trial(state, m, tracks.slot[item], k, tried)
        score = stands_in_way(given, world, state, m, n, t)
        if direction == 0:
            best = nearest = score
        elif score < best - TIE and score < nearest:
            nearest = score
            chosen = tried
    set_trial(state, m, tracks.slot[item], k, chosen)
    return nearest


@step
def compass(
    given: Given, world: World, state: State, m: int, n: int, t: int, width: float
) -> float:
    """Search from ``state.trial`` and leave there where it came out; return the score."""
    best = UNKNOWN
    while width >= FINEST:
        before = best
        for item in range(m, m + state.tracks.n_items[m]):
            if state.tracks.slot[item] == item:
                for k in range(state.trial.shape[1]):
                    best = try_issue(given, world, state, (m, n, t, item, k), width, best)
        if not best < before:
            width *= 0.5
    return best


@step
def begin(given: Given, world: World, state: State, m: int, start: int) -> None:
    """Put into ``state.trial`` where a search begins.

    Where the last one came out; else at the text, and at the mandate's point nearest to the status
    quo.
    """
    tracks, texts = state.tracks, given.texts
    for item in range(m, m + tracks.n_items[m]):
        initiative = tracks.initiative[item]
        for k in range(state.trial.shape[1]):
            state.trial[item, k] = state.aim[item, k] if tracks.aimed[m] else state.text[item, k]
            if start == FROM_STATUS_QUO:
                state.trial[item, k] = held_within(
                    world.quo[initiative, k], texts.low[initiative, k], texts.high[initiative, k]
                )


@step
def search(given: Given, world: World, state: State, m: int, n: int, t: int) -> None:
    """Leave in ``state.aim`` the text that stands least in the way, as far as the search finds.

    A track's first search is two: from the text and from the status quo. Later ones begin where the
    last came out, since little changes from round to round (docs/design.md).
    """
    aimed = state.tracks.aimed[m]
    best = UNKNOWN
    for start in range(1 if aimed else 2):
        begin(given, world, state, m, start)
        score = compass(given, world, state, m, n, t, NARROWER if aimed else WIDEST)
        if score < best - TIE:
            best = score
            copy_texts(state, m, state.trial, state.aim)
    state.tracks.aimed[m] = True


@step
def revise(given: Given, world: World, state: State, y: Matrix, m: int, t: int, n: int) -> None:
    """Move a track's texts towards what the chair has found, within the mandate box."""
    search(given, world, state, m, n, t)
    if heard(state.teller):
        heed_proposals(given, state, y, m)
    chair_step = world.environment[0].chair_step
    for item in range(m, m + state.tracks.n_items[m]):
        initiative = state.tracks.initiative[item]
        for k in range(state.text.shape[1]):
            state.point.before[k] = state.text[item, k]
            state.text[item, k] = revised(
                state.text[item, k], state.aim[item, k], chair_step,
                given.texts.low[initiative, k], given.texts.high[initiative, k],
            )  # fmt: skip
        tell(state.teller, REVISION, item, state.point.before, state.text[item])


@step
def heed_proposals(given: Given, state: State, y: Matrix, m: int) -> None:
    """Draw the chair's aim towards what members propose, by their capability."""
    for i in range(len(state.asked)):
        if given.seats.member[state.tracks.venue[m], i]:
            weight, wanted = proposed(state.teller, m, i, given.cast.influence[i], y[i])
            if weight > 0.0:
                for item in range(m, m + state.tracks.n_items[m]):
                    for k in range(state.aim.shape[1]):
                        state.aim[item, k] += weight * (wanted[k] - state.aim[item, k])
