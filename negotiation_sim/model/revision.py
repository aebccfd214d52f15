"""M5: the chair looks for a text that stands less in the way, and moves a step towards it.

Writes ``state.text``, ``state.aim`` and the scratch ``state.trial``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation_sim.model.compiling import Functions, Put, formula, pluggable, step
from negotiation_sim.model.decisions import proposed
from negotiation_sim.model.event_records import REVISION, heard, tell
from negotiation_sim.model.obstruction import stands_in_way, would_pass
from negotiation_sim.model.packages import held_within
from negotiation_sim.model.phases import row_of
from negotiation_sim.model.terms import DecisionRule

if TYPE_CHECKING:
    from negotiation_sim.model.state import Given, Matrix, State, World

WIDEST, WIDE, NARROW, FINEST = 0.2, 0.1, 0.025, 0.005
TIE = 1e-9
UNKNOWN = 1e12  # a score above every score
PROMISING = 0.02  # a rough search this near to the best is finished
FROM_TEXT, FROM_LAST, FROM_STATUS_QUO = 0, 1, 2
OPT_IN = int(DecisionRule.OPT_IN)


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
def move_issue(
    given: Given, state: State, m: int, item: int, k: int, here: float, moved: float
) -> bool:
    """Move one issue of the texts looked at, within the mandate box; return whether it moved."""
    initiative = state.tracks.initiative[item]
    low, high = given.texts.low[initiative, k], given.texts.high[initiative, k]
    value = held_within(here + moved, low, high)
    set_trial(state, m, item, k, value)
    return value != here


@formula
def sign_of(turn: int, heading: float) -> float:
    """Return in which direction an issue is tried at its first or second turn."""
    first = heading if heading != 0.0 else 1.0
    return first if turn == 1 else -first


@step
def try_move(
    given: Given,
    world: World,
    state: State,
    where: tuple[int, int, int],
    what: tuple[int, int, int, int],
    width: float,
    best: float,
) -> float:
    """Try an issue in both directions, or two issues at once in four; return the score then.

    ``what`` holds the item and the issue, and the other ones, the same where there is one alone.
    The direction that helped last is tried first, and taken if it helps again; else the better of
    the two. The texts as they are are looked at only where their score is not known yet.
    """
    m, n, t = where
    item, k, item_2, k_2 = what
    diagonal = item != item_2 or k != k_2
    heading: float = 0.0 if diagonal else state.heading[item, k]
    here: float = state.trial[item, k]
    here_2: float = state.trial[item_2, k_2]
    to, to_2, nearest = here, here_2, best
    for turn in range(0 if best >= UNKNOWN else 1, 5 if diagonal else 3):
        if turn > 0:
            sign = sign_of((turn + 1) >> 1 if diagonal else turn, heading)
            moved = move_issue(given, state, m, item, k, here, sign * width)
            if diagonal:
                across = width if turn & 1 else -width
                moved = move_issue(given, state, m, item_2, k_2, here_2, across) and moved
            if not moved:
                continue
        score = stands_in_way(given, world, state, m, n, t)
        if turn == 0:
            best = nearest = score
        elif score < best - TIE and score < nearest:
            nearest = score
            to, to_2 = state.trial[item, k], state.trial[item_2, k_2]
            if diagonal or heading != 0.0:
                break
    if not diagonal and to != here:
        state.heading[item, k] = 1.0 if to > here else -1.0
    set_trial(state, m, item, k, to)
    set_trial(state, m, item_2, k_2, to_2)
    return nearest


@step
def may_move(given: Given, state: State, item: int, k: int) -> bool:
    """Return whether an issue is free: its side of the box is no point, its item no copy."""
    initiative = state.tracks.initiative[item]
    return (
        state.tracks.slot[item] == item
        and given.texts.low[initiative, k] < given.texts.high[initiative, k]
    )


@step
def next_item(state: State, m: int, item: int) -> int:
    """Return the item of a package after one, the first after the last; copies are passed over."""
    after = item + 1
    while after < m + state.tracks.n_items[m] and state.tracks.slot[after] != after:
        after += 1
    return after if after < m + state.tracks.n_items[m] else m


@step
def compass(
    given: Given,
    world: World,
    state: State,
    where: tuple[int, int, int],
    width: float,
    finest: float,
) -> float:
    """Search from ``state.trial`` and leave there where it came out; return the score.

    Issue by issue; at the finest step an issue and its neighbour at once where no single one helps,
    so that a ridge between two members does not hold the search up.
    """
    m = where[0]
    n_items, n_issues = state.tracks.n_items[m], state.trial.shape[1]
    best = UNKNOWN
    n_moving = 0  # issues, a copy's not counted
    for item in range(m, m + n_items):
        n_moving += n_issues if state.tracks.slot[item] == item else 0
        for k in range(n_issues):
            state.heading[item, k] = 0.0
    while width >= finest:
        before = best
        pairs = 2 if width * 0.5 < FINEST and n_moving > 1 else 1
        for turn in range(pairs):
            if turn == 1 and best < before:
                break
            for item in range(m, m + n_items):
                for k in range(n_issues):
                    item_2, k_2 = item, k
                    if turn == 1:
                        k_2 = k + 1
                        if k_2 == n_issues:
                            k_2, item_2 = 0, next_item(state, m, item)
                        if n_moving == 2 and (item_2 < item or k_2 < k):
                            continue  # the same two as before
                    if may_move(given, state, item, k) and may_move(given, state, item_2, k_2):
                        what = (item, k, item_2, k_2)
                        best = try_move(given, world, state, where, what, width, best)
        if not best < before:
            width *= 0.5
    return best


@step
def begin(given: Given, world: World, state: State, m: int, source: int) -> None:
    """Put into ``state.trial`` where a search begins."""
    texts = given.texts
    for item in range(m, m + state.tracks.n_items[m]):
        initiative = state.tracks.initiative[item]
        for k in range(state.trial.shape[1]):
            if source == FROM_TEXT:
                state.trial[item, k] = state.text[item, k]
            elif source == FROM_LAST:
                state.trial[item, k] = state.aim[item, k]
            elif source == FROM_STATUS_QUO:
                state.trial[item, k] = held_within(
                    world.quo[initiative, k], texts.low[initiative, k], texts.high[initiative, k]
                )


@step
def elsewhere(state: State, m: int) -> bool:
    """Return whether a rough search came out far from the best text known."""
    for item in range(m, m + state.tracks.n_items[m]):
        for k in range(state.trial.shape[1]):
            if abs(state.trial[item, k] - state.aim[item, k]) > WIDE:
                return True
    return False


@step
def search(given: Given, world: World, state: State, m: int, n: int, t: int) -> float:
    """Leave in ``state.aim`` the text that stands least in the way, and return its score.

    A track's first search is two, from the text and from the mandate's point nearest to the status
    quo. Since little changes from round to round, a later one begins where the last came out and is
    rough from the status quo, unless that promises more. Under opt-in, where what would pass comes
    and goes at a stroke, all are searched anew.
    """
    tracks = state.tracks
    again = tracks.aimed[m] and given.rules.rule[row_of(state, tracks.venue[m])] != OPT_IN
    best = UNKNOWN
    rough = UNKNOWN
    for phase in range(3):
        if phase < 2:
            source = FROM_STATUS_QUO if phase == 1 else FROM_LAST if again else FROM_TEXT
            begin(given, world, state, m, source)
        elif not again or rough >= best + PROMISING or not elsewhere(state, m):
            break
        width, finest = WIDEST, FINEST
        if again:
            width = NARROW if phase == 0 else WIDEST if phase == 1 else WIDE * 0.5
            finest = WIDE if phase == 1 else FINEST
        score = compass(given, world, state, (m, n, t), width, finest)
        if phase == 1:
            rough = score
        if phase == 0 or (score < best - TIE and not (again and phase == 1)):
            best = score
            copy_texts(state, m, state.trial, state.aim)
    tracks.aimed[m] = True
    return best


def _by_chair(functions: Functions) -> Put | None:
    if "chair" not in functions:
        return None
    chair = functions["chair"]

    def aim(given: Given, world: World, state: State, y: Matrix, m: int, t: int, n: int) -> float:
        copy_texts(state, m, state.text, state.aim)
        chair(given, world, state, y, m, t)
        copy_texts(state, m, state.aim, state.trial)
        return stands_in_way(given, world, state, m, n, t)

    return aim


@pluggable(_by_chair)
def aim(given: Given, world: World, state: State, y: Matrix, m: int, t: int, n: int) -> float:
    """Leave in ``state.aim`` where the chair wants the texts to go, and return its score there."""
    return search(given, world, state, m, n, t)


@step
def is_closing(state: State, m: int, t: int) -> bool:
    """Return whether a mandate's term holds no later month in which its venue meets."""
    return state.tracks.term_end[m] >= 0 and t >= state.tracks.last_session[m]


@step
def revise(given: Given, world: World, state: State, y: Matrix, m: int, t: int, n: int) -> None:
    """Move a track's texts towards what the chair has found, within the mandate box.

    By a step, since talks go on; in the last month of a term a text that would pass is put as it is.
    """
    score = aim(given, world, state, y, m, t, n)
    if heard(state.teller):
        heed_proposals(given, state, y, m)
    chair_step: float = world.environment[0].chair_step
    if is_closing(state, m, t) and would_pass(score):
        chair_step = 1.0
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
    row = row_of(state, state.tracks.venue[m])
    for i in range(len(state.asked)):
        if given.seats.member[row, i]:
            weight, wanted = proposed(state.teller, m, i, given.seats.influence[row, i], y[i])
            if weight > 0.0:
                for item in range(m, m + state.tracks.n_items[m]):
                    for k in range(state.aim.shape[1]):
                        state.aim[item, k] += weight * (wanted[k] - state.aim[item, k])
