"""One month, one call a line, in the order of docs/model.md.

Updates are synchronous: every track sees the state as the month opened, and what it does to the
others waits for the end of the month.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation_sim.model.adherence import bind_if_changed
from negotiation_sim.model.calendar import may_be_mandated, rounds_now
from negotiation_sim.model.cause import PLEDGES_ALONE, settle_causes
from negotiation_sim.model.compiling import pluggable, step
from negotiation_sim.model.endings import ends, has_begun
from negotiation_sim.model.events import happen
from negotiation_sim.model.forum_shift import shift_forum
from negotiation_sim.model.influence import move_positions
from negotiation_sim.model.mandate import ask_mandate, blocked
from negotiation_sim.model.moods import get_ready
from negotiation_sim.model.packages import holds_linked
from negotiation_sim.model.phases import enter_phase
from negotiation_sim.model.pledges import gather_pledges
from negotiation_sim.model.ratification import comes_up, ratify
from negotiation_sim.model.renewal import change_figures
from negotiation_sim.model.rounds import hold_round
from negotiation_sim.model.scheduled import happen_as_scheduled
from negotiation_sim.model.spillover import spill_over
from negotiation_sim.model.trust import recover_trust

if TYPE_CHECKING:
    from negotiation_sim.model.state import Given, Matrix, State, Truth, World


@step
def month(given: Given, world: World, state: State, t: int) -> None:
    """Run month ``t`` (from 0)."""
    before_month(given, world, state, t)  # a plug-in's
    enter_phase(given, state, t)  # M7, M9
    change_figures(given, world, state, t)
    happen(world, state, t)  # M11, M19
    happen_as_scheduled(given, world, state, t)  # M11
    running = any_running(state)  # else only the environment runs on
    if running:
        recover_trust(world, state)  # M12
        move_positions(given, world, state, t)  # M14, M4
    y = state.own if state.run[0].own else world.paths[t]
    if running:
        state.run[0].ready = False  # moods and costs of positions, M1
        for m in range(state.run[0].n_tracks):
            if not state.tracks.ended[m]:
                advance(given, world, state, y, m, t)  # M5 to M10, M13, M15 to M18
        spill_over(world, state, t)  # M16
        bind_if_changed(given, world, state, t)  # M11, M13, M19, from next month
    if t + 1 == given.clock[0].deadline:
        if running:
            get_ready(given, world, state, y, t)
        settle_causes(given, world, state, y)
    after_month(given, world, state, t)  # a plug-in's


@pluggable(lambda functions: functions.get("before_month"))
def before_month(given: Given, world: World, state: State, t: int) -> None:
    """Do what a plug-in does before a month; without one, nothing."""


@pluggable(lambda functions: functions.get("after_month"))
def after_month(given: Given, world: World, state: State, t: int) -> None:
    """Do what a plug-in does after a month; without one, nothing."""


@step
def any_running(state: State) -> bool:
    """Return whether any track has not ended."""
    for m in range(state.run[0].n_tracks):
        if not state.tracks.ended[m]:
            return True
    return False


@step
def advance(given: Given, world: World, state: State, y: Matrix, m: int, t: int) -> None:
    """Run one month of one track: M16 to M18, then M8 or M5 to M7, then M13 and M15."""
    tracks = state.tracks
    if tracks.leader[m] == m and not has_begun(given, world, state, m, t):
        return
    if tracks.started[m] < 0:
        return  # an item of a package that has not begun
    alone = given.initiatives.kind[tracks.initiative[m]] == PLEDGES_ALONE
    rounds = 0
    if not alone and tracks.adoption[m] < 0 and tracks.leader[m] == m:
        if ends(given, world, state, m, t):
            state.run[0].changed = True
            return
        shift_forum(given, world, state, m, t)
        rounds = rounds_now(given, world, state, m, t)
    if alone or somebody_decides(given, world, state, m, t, rounds):
        get_ready(given, world, state, y, t)
    if rounds > 0:
        meet(given, world, state, y, m, t, rounds)
    if alone or pledging(state, m):
        gather_pledges(given, world, state, y, m)
    if tracks.adoption[m] >= 0 and comes_up(given, state, m, t):
        state.run[0].changed = True
        ratify(given, world, state, y, m, t)


@step
def is_free(given: Given, world: World, state: State, m: int, t: int) -> Truth:
    """Return whether linkage does not keep a venue from agreeing to a mandate (M8, M21)."""
    return world.linkage_open[state.tracks.venue[m], t] or holds_linked(given, state, m)


@step
def may_ask(given: Given, world: World, state: State, m: int, t: int) -> Truth:
    """Return whether a venue may be asked for a mandate, which would not have ended already."""
    return may_be_mandated(given, state, m, t) and is_free(given, world, state, m, t)


@step
def pledging(state: State, m: int) -> Truth:
    """Return whether a track gathers interim pledges this month."""
    tracks = state.tracks
    return tracks.pledges[m] and tracks.rounds[m] > 0 and tracks.force[m] < 0


@step
def somebody_decides(
    given: Given, world: World, state: State, m: int, t: int, rounds: int
) -> Truth:
    """Return whether a state may be asked anything on a track this month."""
    tracks = state.tracks
    if state.run[0].thorough or pledging(state, m):
        return True
    if rounds > 0:
        return tracks.mandated[m] or may_ask(given, world, state, m, t)
    return tracks.adoption[m] >= 0 and comes_up(given, state, m, t)


@step
def meet(given: Given, world: World, state: State, y: Matrix, m: int, t: int, rounds: int) -> None:
    """Spend a meeting month on the mandate if there is none in force, else on rounds (M9)."""
    if state.tracks.mandated[m]:
        for _ in range(rounds):
            if hold_round(given, world, state, y, m, t):
                state.run[0].changed = True
                break
    elif may_ask(given, world, state, m, t):
        ask_mandate(given, world, state, y, m, t)
    elif not is_free(given, world, state, m, t):
        blocked(state, m)
