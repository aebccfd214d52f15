"""M19: what is in force binds its adherents; in a crisis a state may break it.

Writes ``state.actors.bound``, ``bound_form``, ``bound_since`` and ``settles``,
``state.run.pledge_share`` and ``trust_bonus``.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from negotiation_sim.model.compiling import formula, step
from negotiation_sim.model.decisions import BREACH, decided
from negotiation_sim.model.numbers import MILLION, clip01
from negotiation_sim.model.phases import share_of
from negotiation_sim.model.satisfaction import form_of, part_of
from negotiation_sim.model.state import FORM, INTERFERENCE, PARTY, VERIFICATION
from negotiation_sim.model.trust import set_baselines

if TYPE_CHECKING:
    from negotiation_sim.model.state import Given, State, Truth, World

CONSULTATION = 0.3  # verification at which a text foresees consultations in full


@formula
def breach_chance(
    breach_probability: float,
    breach_form: float,
    form: float,
    years: float,
    half_life: float,
    unbound: float,
) -> float:
    """Return the chance that an adherent in a crisis breaks its text or pledge (M19).

    ``min(unbound, clip(breach_probability + breach_form (form - 1/2)) 2^(-years / half life))``: the
    workshop disagreed whether binding texts are kept better, so ``breach_form`` may have either sign;
    a norm kept for ``years`` in peacetime is kept better; nothing that binds makes it worse than
    ``unbound``, the chance where nothing does.
    """
    chance = clip01(breach_probability + breach_form * (form - 0.5))
    return min(unbound, chance * math.exp(-math.log(2.0) * years / half_life))


@formula
def settled_by(form: float, verification: float, treaty: float) -> float:
    """Return how far a text settles disputes: as a court of a treaty, or by consultations.

    A treaty (``form`` at ``treaty``) knows none of its own, 1 is one with dispute settlement;
    consultations come with verification, in full from 0.3. The better of the two.
    """
    court = 0.0
    if form > treaty:
        court = (form - treaty) / (1.0 - treaty)
    return max(court, min(1.0, verification / CONSULTATION))


@formula
def unsettled(chance: float, settlement_effect: float, settles: float) -> float:
    """Return the chance of a breach that settling disputes leaves."""
    return chance * (1.0 - settlement_effect * settles)


@formula
def held_back(adherence_effect: float, interference_gap: float, forbidden: float) -> float:
    """Return the share of its tests that a party calls off: less where interference is allowed."""
    return adherence_effect * (1.0 - interference_gap * (1.0 - forbidden))


@step
def breaks(world: World, state: State, author: int, t: int, draw: float) -> Truth:
    """Return whether a state under pressure breaks the text or pledge that binds it."""
    env, actors = world.environment[0], state.actors
    years = (t - actors.bound_since[author]) / 12.0
    chance = breach_chance(
        env.breach_probability, env.breach_form, actors.bound_form[author], years,
        env.norm_half_life, env.interference_probability,
    )  # fmt: skip
    chance = unsettled(chance, env.settlement_effect, actors.settles[author])
    return decided(state.teller, BREACH, -1, author, draw < chance)


@step
def bind_if_changed(given: Given, world: World, state: State, t: int) -> None:
    """Let what happened this month count from the next, if anything did."""
    run = state.run[0]
    if run.changed or run.thorough:
        run.changed = False
        bind(given, world, state, t)


@formula
def pledge_form_of(given: Given, state: State, m: int) -> float:
    """Return how binding a track's interim pledges are: their form, 0 where form is no issue."""
    if given.issues[FORM] < 0:
        return 0.0
    return given.texts.pledge[state.tracks.initiative[m], given.issues[FORM]]


@formula
def held_back_by(given: Given, world: World, state: State, m: int) -> float:
    """Return what a track's text in force holds back; all, where interference is no issue."""
    env, forbidden = world.environment[0], 1.0
    if given.issues[INTERFERENCE] >= 0:
        forbidden = part_of(given, state.text[m], INTERFERENCE)
    return held_back(env.adherence_effect, env.interference_gap, forbidden)


@formula
def settlement_of(given: Given, world: World, state: State, m: int) -> float:
    """Return how far a track's text settles disputes."""
    text = state.text[m]
    return settled_by(
        part_of(given, text, FORM), part_of(given, text, VERIFICATION),
        world.environment[0].executive_limit,
    )  # fmt: skip


@step
def bind(given: Given, world: World, state: State, t: int) -> None:
    """Let pledges, adherence and adopted texts count from the next month (M11, M12, M13)."""
    run, env, actors = state.run[0], world.environment[0], state.actors
    tracks, standing = state.tracks, state.standing
    run.trust_bonus += run.pending_bonus
    run.pending_bonus = 0.0
    pledged = 0
    for i in range(len(actors)):
        bound = settles = 0.0
        form = -1.0
        has_pledged = False
        for m in range(run.n_tracks):
            if standing.pledged[m, i] and not tracks.ended[m] and tracks.force[m] < 0:
                has_pledged = True
                bound = max(bound, env.pledge_effect)
                form = max(form, pledge_form_of(given, state, m))
            if tracks.force[m] >= 0 and standing.status[m, i] == PARTY:
                bound = max(bound, held_back_by(given, world, state, m))
                form = max(form, form_of(given, state, m))
                settles = max(settles, settlement_of(given, world, state, m))
        actors.bound[i] = bound
        actors.settles[i] = settles
        if form >= 0.0 and actors.bound_form[i] < 0.0:
            actors.bound_since[i] = t + 1
        actors.bound_form[i] = form
        if has_pledged:
            pledged += share_of(given, state, i)
    run.pledge_share = pledged / MILLION
    set_baselines(world, state)
