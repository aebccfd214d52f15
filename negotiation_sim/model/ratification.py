"""M15: delays, the domestic hurdle, accession, and entry into force.

Writes ``state.standing.status`` and ``attempt``, ``state.tracks.adoption``, ``to_ratify``,
``force``, ``success`` and ``spills``.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from negotiation_sim.model.compiling import formula, step
from negotiation_sim.model.decisions import ACCEDE, RATIFY, decided
from negotiation_sim.model.draws import (
    P_ACCESSION,
    P_DOMESTIC,
    P_RATIFICATION,
    P_STATE_DELAY,
    P_TREATY_DELAY,
    normal,
    uniform,
    uniform_of,
)
from negotiation_sim.model.endings import end_with
from negotiation_sim.model.event_records import (
    ACCESSION,
    IN_FORCE,
    RATIFICATION,
    SUCCESS,
    tell,
)
from negotiation_sim.model.numbers import MILLION, waiting_months
from negotiation_sim.model.phases import row_of, share_of
from negotiation_sim.model.reservation import item_reservation
from negotiation_sim.model.response import ACCEPTS, GOES_ALONG
from negotiation_sim.model.satisfaction import satisfaction_of, value_of
from negotiation_sim.model.state import ACCEPTED, FORM, PARTY
from negotiation_sim.model.terms import DecisionRule, Ending

if TYPE_CHECKING:
    from negotiation_sim.model.state import Given, Matrix, State, Truth, Vector, World

ENDED_SUCCESS = int(Ending.SUCCESS)
CONSENSUS = int(DecisionRule.CONSENSUS)


@formula
def needs_ratification(binding: int, form_at: int, text: Vector, treaty_threshold: float) -> bool:
    """Return whether a text binds: as the initiative says, else ``form >= treaty_threshold``."""
    if form_at >= 0:
        return text[form_at] >= treaty_threshold
    return binding == 1


@formula
def delay_draw(
    of_treaty: float, of_state: float, of_both: float, treaty_share: float, state_share: float
) -> float:
    """Return the standard normal draw of a delay from a treaty's, a state's and their own draw.

    In 264 treaties half of the variance lies between treaties, a thirtieth between states.
    """
    rest = max(0.0, 1.0 - treaty_share - state_share)
    return (
        math.sqrt(treaty_share) * of_treaty
        + math.sqrt(state_share) * of_state
        + math.sqrt(rest) * of_both
    )


@formula
def delay_months(median: float, sigma: float, z: float) -> int:
    """Return a log-normal delay in whole months, at least 1; ``z`` is a standard normal draw."""
    exponent = min(20.0, max(-20.0, sigma * z))
    return max(1, int(math.ceil(min(1000000.0, median * math.exp(exponent)))))


@formula
def hurdle(
    form_at: int,
    text: Vector,
    executive_limit: float,
    treaty_threshold_of_state: float,
    executive_threshold_of_state: float,
) -> float:
    """Return the domestic threshold that applies: executive agreement below ``executive_limit``."""
    if form_at >= 0 and text[form_at] < executive_limit:
        return executive_threshold_of_state
    return treaty_threshold_of_state


@formula
def ratifies(
    satisfaction: float, domestic_draw: float, reservation_value: float, threshold: float
) -> bool:
    """Return whether a state ratifies: ``u + draw >= rho + threshold`` (Putnam 1988)."""
    return satisfaction + domestic_draw >= reservation_value + threshold


@formula
def drawn_in(universality: float, joined: int, others: int) -> float:
    """Return what a text gains to who may join it, by the share of the others that have joined."""
    if others <= 0:
        return 0.0
    return universality * (joined / others)


@formula
def enters_into_force(
    n_ratified: int, n_needed: int, share_ratified: int, share_needed: int, named_missing: int
) -> bool:
    """Return whether the text's conditions are met; shares in whole millionths of the cast."""
    return (
        n_ratified >= 1
        and n_ratified >= n_needed
        and share_ratified >= share_needed
        and named_missing == 0
    )


@step
def wait(given: Given, world: World, state: State, m: int, i: int, t: int, rate: float) -> int:
    """Return the month in which an actor may try (again) to join a track's text."""
    key = world.key[0]
    code = given.cast.code[i] ^ state.tracks.code[m]
    u = uniform_of(key.seed, key.chance, code, P_ACCESSION, t, 0)
    return t + waiting_months(u, rate)


@step
def binds(given: Given, world: World, state: State, m: int) -> bool:
    """Return whether a track's text needs ratification."""
    binding = given.initiatives.binding[state.tracks.initiative[m]]
    return needs_ratification(
        binding, given.issues[FORM], state.text[m], world.environment[0].treaty_threshold
    )


@step
def is_party(given: Given, state: State, v: int, i: int) -> bool:
    """Return whether a member is party to what was just adopted, or must ratify it.

    Consensus binds those who went along as well; a vote or opt-in those who accepted.
    """
    response = state.asked.response[i]
    if response == GOES_ALONG:
        return given.rules.rule[row_of(state, v)] == CONSENSUS
    return response == ACCEPTS


@step
def first_attempt(given: Given, world: World, state: State, m: int, i: int, t: int) -> int:
    """Return the month in which a party's ratification first comes up.

    The treaty's own draw is keyed by the initiative's name, so that it is the same for all states;
    the state's own by its code, the same for all treaties.
    """
    key, env, code = world.key[0], world.environment[0], given.cast.code[i]
    treaty = uniform_of(key.seed, key.chance, state.tracks.code[m], P_TREATY_DELAY, 0, 0)
    both = uniform_of(key.seed, key.chance, code ^ state.tracks.code[m], P_RATIFICATION, 0, 0)
    z = delay_draw(
        normal(treaty), world.actors.delay[i], normal(both), env.ratification_treaty_share,
        env.ratification_state_share,
    )  # fmt: skip
    return t + delay_months(state.actors.ratification_delay[i], env.ratification_sigma, z)


@step
def draw_states_delays(given: Given, world: World) -> None:
    """Draw how quick each state is to ratify, whatever the treaty; once a world."""
    key = world.key[0]
    for i in range(len(given.cast)):
        u = uniform_of(key.seed, key.chance, given.cast.code[i], P_STATE_DELAY, 0, 0)
        world.actors.delay[i] = normal(u)


@step
def adopt(given: Given, world: World, state: State, m: int, t: int) -> None:
    """Open an adopted text: bind its parties, at once or after ratification."""
    tracks, standing, env, v = (
        state.tracks,
        state.standing,
        world.environment[0],
        state.tracks.venue[m],
    )
    tracks.adoption[m] = t + 1
    tracks.spills[m] = True
    to_ratify = binds(given, world, state, m)
    tracks.to_ratify[m] = to_ratify
    for i in range(len(state.asked)):
        if not is_party(given, state, v, i):
            standing.attempt[m, i] = wait(given, world, state, m, i, t, env.accession_rate)
            continue
        standing.status[m, i] = PARTY
        if to_ratify:
            standing.status[m, i] = ACCEPTED
            standing.attempt[m, i] = first_attempt(given, world, state, m, i, t)
    if not to_ratify:
        tracks.force[m] = t + 1
        tell(state.teller, IN_FORCE, m)


@step
def comes_up(given: Given, state: State, m: int, t: int) -> bool:
    """Return whether anything can change this month: a state's month has come, or it was adopted.

    Or parties may come to hold more, where capability has dates.
    """
    if state.tracks.adoption[m] == t + 1 or state.run[0].thorough or given.dated[t]:
        return True
    for i in range(len(state.asked)):
        if state.standing.attempt[m, i] == t:
            return True
    return False


@step
def would_ratify(
    given: Given, world: World, state: State, y: Matrix, m: int, i: int, draw: float, gain: float
) -> bool:
    """Return whether an actor's domestic hurdle is passed with a domestic draw."""
    actors, env, text = state.actors, world.environment[0], state.text[m]
    threshold = hurdle(
        given.issues[FORM], text, env.executive_limit, actors.ratification_threshold[i],
        actors.executive_threshold[i],
    )  # fmt: skip
    content = satisfaction_of(given, world, state, y, i, state.tracks.initiative[m], text)
    rho = item_reservation(given, world, state, y, m, i)
    return ratifies(content + gain, draw, rho, threshold)


@step
def passes_hurdle(
    given: Given, world: World, state: State, y: Matrix, m: int, i: int, t: int, gain: float
) -> bool:
    """Return whether an actor's domestic hurdle is passed this month."""
    key = world.key[0]
    u = uniform(key.seed, key.chance, given.cast.code[i], P_DOMESTIC, t)
    draw = world.environment[0].domestic_sd * normal(u)
    return would_ratify(given, world, state, y, m, i, draw, gain)


@formula
def held_by_parties(given: Given, state: State, m: int) -> int:
    """Return the capability of the parties to a track's text."""
    held = 0
    for i in range(len(given.cast)):
        if state.standing.status[m, i] == PARTY:
            held += share_of(given, state, i)
    return held


@step
def try_to_join(
    given: Given, world: World, state: State, y: Matrix, m: int, i: int, t: int, joined: int
) -> None:
    """Let an actor whose month has come ratify or accede, or try again later."""
    standing, env = state.standing, world.environment[0]
    accepted = standing.status[m, i] == ACCEPTED
    gain = drawn_in(env.universality, joined, MILLION - share_of(given, state, i))
    joins: Truth = True
    if not accepted:
        value = value_of(given, world, state, y, m, i, state.text[m])
        joins = value + gain >= item_reservation(given, world, state, y, m, i)
    if joins and state.tracks.to_ratify[m]:
        joins = passes_hurdle(given, world, state, y, m, i, t, gain)
    if accepted:
        joins = decided(state.teller, RATIFY, m, i, joins)
        tell(state.teller, RATIFICATION, m, i, joins)
    else:
        joins = decided(state.teller, ACCEDE, m, i, joins)
        tell(state.teller, ACCESSION, m, i, joins)
    if joins:
        standing.status[m, i] = PARTY
    else:
        rate = env.retry_rate if accepted else env.accession_rate
        standing.attempt[m, i] = wait(given, world, state, m, i, t, rate)


@step
def ratify(given: Given, world: World, state: State, y: Matrix, m: int, t: int) -> None:
    """Let states whose month has come ratify or accede; look at force and success."""
    standing, cast = state.standing, given.cast
    initiative = state.tracks.initiative[m]
    n_parties = share = missing = wanted = 0
    joined = held_by_parties(given, state, m)
    for i in range(len(cast)):
        if standing.status[m, i] != PARTY and standing.attempt[m, i] == t:
            try_to_join(given, world, state, y, m, i, t, joined)
        if standing.status[m, i] == PARTY:
            n_parties += 1
            share += share_of(given, state, i)
        else:
            missing += 1 if given.force_states[initiative, i] else 0
            wanted += 1 if cast.success_state[i] else 0
    look_at_force(given, state, m, t, n_parties, share, missing)
    if state.tracks.force[m] >= 0 and share >= given.clock[0].success_share and wanted == 0:
        state.tracks.success[m] = t + 1
        end_with(state, m, ENDED_SUCCESS, t + 1)
        tell(state.teller, SUCCESS, m, share / MILLION)


@step
def look_at_force(
    given: Given, state: State, m: int, t: int, n_parties: int, share: int, missing: int
) -> None:
    """Note entry into force in the month its conditions are met."""
    initiatives, initiative = given.initiatives, state.tracks.initiative[m]
    if state.tracks.force[m] < 0 and enters_into_force(
        n_parties, initiatives.ratifiers[initiative], share, initiatives.share[initiative], missing
    ):
        state.tracks.force[m] = t + 1
        tell(state.teller, IN_FORCE, m, n_parties)
