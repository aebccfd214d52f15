"""What stands before the first month: the world that all strategies share, and a strategy's start.

Writes everything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from negotiation_sim.model.calendar import set_calendar
from negotiation_sim.model.compiling import step
from negotiation_sim.model.dated import (
    figures_at,
    note_first_figures,
    share_out_tests,
    take_saliences,
)
from negotiation_sim.model.declared import take_draw_of_declared
from negotiation_sim.model.draws import (
    P_ACTOR,
    P_CONVENING,
    P_DIRECTED_SHIFT,
    P_ENVIRONMENT,
    P_GROUP,
    P_IDEAL,
    P_STATUS_QUO,
    P_VENUE,
    draw_figures,
    uniform_of,
)
from negotiation_sim.model.events import draw_events, urgency_decay
from negotiation_sim.model.governments import first_changes
from negotiation_sim.model.linkage import draw_linkage
from negotiation_sim.model.moods import (
    draw_climate,
    draw_misreadings,
    draw_private,
    note_figures,
    private_at,
)
from negotiation_sim.model.numbers import monthly_probability, triangular
from negotiation_sim.model.phases import enter_phase
from negotiation_sim.model.ratification import draw_states_delays
from negotiation_sim.model.state import (
    ACTOR,
    ASKED,
    ENVIRONMENT,
    FILLED,
    KEY,
    MONTH,
    NEVER,
    NEVER_AGAIN,
    OUTSIDE,
    OWN_PLACE,
    PLACE,
    POINT,
    RUN,
    SHEET,
    STANDING,
    TRACK,
    VENUE_FIGURES,
    WORLD_ACTOR,
    Given,
    State,
    World,
)
from negotiation_sim.model.trust import set_baselines

if TYPE_CHECKING:
    from negotiation_sim.model.state import Given, State, World


@step
def draw_belief(given: Given, world: World) -> None:
    """Draw what a belief holds: figures within their ranges."""
    key, cast = world.key[0], given.cast
    seed, belief = key.seed, key.belief
    draw_figures(seed, belief, cast.code, P_IDEAL, given.ideals, world.places.value)
    draw_figures(seed, belief, cast.code, P_ACTOR, given.actor_figures, world.figures)
    draw_figures(seed, belief, given.venues.code, P_VENUE, given.venue_figures, world.venue_table)
    draw_figures(seed, belief, given.groups.code, P_GROUP, given.group_figures, world.cohesion)
    draw_figures(seed, belief, given.initiatives.quo_code, P_STATUS_QUO, given.quo, world.quo)
    draw_convening(given, world)
    draw_figures(
        seed, belief, given.environment_code, P_ENVIRONMENT, given.environment_figures,
        world.environment_table,
    )  # fmt: skip
    draw_figures(
        seed, belief, given.directed.code, P_DIRECTED_SHIFT, given.directed_to, world.directed_to
    )
    take_saliences(given, world, 0)
    note_first_figures(given, world)


@step
def draw_convening(given: Given, world: World) -> None:
    """Draw what it takes each state to accept each forum (M22)."""
    key, ranges = world.key[0], given.convening
    for v in range(len(given.venues)):
        for i in range(len(given.cast)):
            world.convening[v, i] = ranges.mode[v, i]
            if ranges.low[v, i] < ranges.high[v, i]:
                u = uniform_of(key.seed, key.belief, given.seats.code[v, i], P_CONVENING, 0, 0)
                world.convening[v, i] = triangular(
                    u, ranges.low[v, i], ranges.mode[v, i], ranges.high[v, i]
                )


@step
def draw_chance(given: Given, world: World) -> None:
    """Draw what a chance holds: private dispositions, events, crises, linkage, governments."""
    figures_at(given, world, 0)
    draw_private(given, world, 0)
    note_figures(given, world)
    draw_climate(given, world)
    draw_misreadings(given, world)
    draw_states_delays(given, world)
    share_out_tests(given, world)
    draw_events(given, world)
    for v in range(len(given.venues)):
        draw_linkage(given, world, v)
        set_calendar(given, world, v)
    figures_at(given, world, 0)
    first_changes(given, world)


@step
def open_strategy(given: Given, world: World, state: State, s: int) -> None:
    """Set the state to the first of the months of a strategy."""
    figures_at(given, world, 0)
    private_at(given, world, 0)
    open_run(given, world, state, s)
    enter_phase(given, state, 0)
    open_actors(given, world, state)
    for m in range(len(state.tracks)):
        open_track(given, state, s, m)
        take_draw_of_declared(given, world, state, m)
    set_baselines(world, state)


@step
def open_run(given: Given, world: World, state: State, s: int) -> None:
    """Set what is counted, and the factors that hold for all months."""
    run, env = state.run[0], world.environment[0]
    run.n_tracks = given.n_tracks[s]
    run.strategy = s
    run.urgency_kept = urgency_decay(env.urgency_half_life)
    run.p_withdrawal = monthly_probability(env.withdrawal)
    run.urgency = env.opening_urgency
    run.trust_bonus = run.pledge_share = run.pending_bonus = 0.0
    run.events = run.avoided = run.violations = run.incidents = 0
    run.climate = 0.0
    run.settled = run.ready = run.changed = run.own = False


@step
def open_actors(given: Given, world: World, state: State) -> None:
    """Give every actor its figures of this world."""
    actors, places = state.actors, state.places
    for i in range(len(actors)):
        for p in range(world.figures.shape[1]):
            state.actor_table[i, p] = world.figures[i, p]
        actors.own_trust[i] = actors.trust[i]
        actors.private[i] = world.actors.private[i]
        actors.mood[i] = actors.own_cost[i] = actors.bound[i] = 0.0
        actors.bound_form[i] = -1.0
        actors.bound_since[i] = actors.settles[i] = 0.0
        for k in range(state.own.shape[1]):
            places.pull[i, k] = 0.0


@step
def open_track(given: Given, state: State, s: int, m: int) -> None:
    """Set a track to what its strategy says of it."""
    plans, tracks, standing = given.plans, state.tracks, state.standing
    tracks.initiative[m] = plans.initiative[s, m]
    tracks.venue[m] = plans.venue[s, m]
    tracks.fallback[m] = plans.fallback[s, m]
    tracks.pledges[m] = plans.pledges[s, m]
    tracks.start[m] = plans.start[s, m]
    tracks.after[m] = plans.after[s, m]
    tracks.after_milestone[m] = plans.after_milestone[s, m]
    tracks.patience[m] = plans.patience[s, m]
    tracks.mandated[m] = plans.mandated[s, m]
    tracks.rounds[m] = plans.rounds[s, m]
    tracks.code[m] = plans.code[s, m]
    tracks.leader[m] = tracks.of_package[m] = plans.leader[s, m]
    tracks.n_items[m] = plans.n_items[s, m]
    tracks.slot[m] = plans.slot[s, m]
    tracks.task[m] = plans.task[s, m]
    tracks.term_months[m] = plans.term_months[s, m]
    tracks.term_ends[m] = plans.term_ends[s, m]
    tracks.report[m] = tracks.term_end[m] = NEVER
    tracks.term_rounds[m] = tracks.term_used[m] = tracks.last_session[m] = 0
    tracks.in_time[m] = tracks.aimed[m] = False
    tracks.started[m] = tracks.seated[m] = tracks.end[m] = tracks.agreed[m] = NEVER
    tracks.adoption[m] = tracks.force[m] = tracks.success[m] = NEVER
    tracks.deepest[m] = tracks.cause_deepest[m] = tracks.refuser[m] = NEVER
    tracks.mandate[m] = 0 if plans.mandated[s, m] else NEVER
    tracks.moves[m] = tracks.waits_since[m] = 0
    tracks.moved[m] = tracks.ended[m] = tracks.fresh[m] = False
    tracks.to_ratify[m] = tracks.spills[m] = False
    tracks.ending[m] = tracks.obstacle[m] = tracks.most_pledges[m] = tracks.most_coverage[m] = 0
    tracks.cause[m] = tracks.missing[m] = 0
    tracks.urgency_share[m] = 1.0
    for k in range(state.text.shape[1]):
        state.text[m, k] = given.plan_texts[s, m, k]
    for i in range(len(state.asked)):
        standing.status[m, i] = OUTSIDE
        standing.attempt[m, i] = NEVER_AGAIN
        standing.pledged[m, i] = False
        standing.blocker[m, i] = standing.named[m, i] = standing.said[m, i] = 0
        state.shares[m, i] = given.item_weights[s, m, i]


def new_world(given: Given) -> World:
    """Return an empty world of a scenario's sizes."""
    _, n, k = given.salience.shape
    horizon = int(given.clock[0]["horizon"])
    environment, venues = np.zeros(1, ENVIRONMENT), np.zeros(len(given.venues), VENUE_FIGURES)
    parts: dict[str, Any] = {
        "key": np.zeros(1, KEY),
        "environment": environment, "environment_table": as_numbers(environment),
        "venues": venues, "venue_table": as_numbers(venues),
        "convening": np.zeros(given.convening.shape), "cohesion": np.zeros(given.group_figures.shape),
        "quo": np.zeros(given.quo.shape),
        "figures": np.zeros(given.actor_figures.shape), "actors": np.zeros(n, WORLD_ACTOR),
        "places": np.zeros((n, k), PLACE), "directed_to": np.zeros(given.directed_to.shape),
        "salience": np.zeros((n, k)), "first_figures": np.zeros(len(given.changes)),
        "changed_to": np.zeros(given.changed_to.shape), "noted": np.zeros((horizon, 3)),
        "months": np.zeros(horizon, MONTH),
        "linkage_open": np.zeros((len(given.venues), horizon), np.bool_),
        "rounds": np.zeros((len(given.venues), horizon), np.int64),
        "moods": np.zeros((horizon, n)), "climate": np.zeros(horizon), "factors": np.zeros((len(given.bloc_codes), 4)),
        "paths": np.zeros((horizon, n, k)), "shifts": np.zeros((horizon, n, k)),
        "filled": np.zeros(1, FILLED),
    }  # fmt: skip
    return World(**parts)


def new_state(given: Given) -> State:
    """Return an empty state of a scenario's sizes."""
    _, n, k = given.salience.shape
    most = given.plans.shape[1]
    actors = np.zeros(n, ACTOR)
    parts: dict[str, Any] = {
        "run": np.zeros(1, RUN), "actors": actors, "actor_table": as_numbers(actors),
        "own": np.zeros((n, k)), "own_next": np.zeros((n, k)), "places": np.zeros((n, k), OWN_PLACE),
        "tracks": np.zeros(most, TRACK), "text": np.zeros((most, k)),
        "trial": np.zeros((most, k)), "aim": np.zeros((most, k)), "heading": np.zeros((most, k)), "shares": np.zeros((most, n)),
        "sheet": np.zeros((len(SHEET) + 2 * k + 2 * most, n)),
        "seated": np.zeros(n, np.int64), "order": np.zeros(n, np.int64),
        "standing": np.zeros((most, n), STANDING), "asked": np.zeros(n, ASKED),
        "point": np.zeros(k, POINT), "teller": None,
    }  # fmt: skip
    return State(**parts)


def as_numbers(table: np.ndarray) -> np.ndarray:
    """Return a table whose columns are all real as numbers in two dimensions, in place."""
    return table.view(np.float64).reshape(len(table), -1)
