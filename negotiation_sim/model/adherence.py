"""M19: what is in force binds its adherents; in a crisis a state may break it.

Writes ``state.actors.bound``, ``bound_form`` and ``bound_since``, ``state.run.pledge_share`` and ``trust_bonus``.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from negotiation_sim.model.compiling import formula, step
from negotiation_sim.model.decisions import BREACH, decided
from negotiation_sim.model.numbers import MILLION, clip01
from negotiation_sim.model.satisfaction import form_of
from negotiation_sim.model.state import FORM, PARTY
from negotiation_sim.model.trust import set_baselines

if TYPE_CHECKING:
    from negotiation_sim.model.state import Given, State, Truth, World


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


@step
def breaks(world: World, state: State, author: int, t: int) -> Truth:
    """Return whether a state under pressure breaks the text or pledge that binds it."""
    env, actors = world.environment[0], state.actors
    years = (t - actors.bound_since[author]) / 12.0
    chance = breach_chance(
        env.breach_probability, env.breach_form, actors.bound_form[author], years,
        env.norm_half_life, env.interference_probability,
    )  # fmt: skip
    return decided(state.teller, BREACH, -1, author, world.months.crisis[t] < chance)


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


@step
def bind(given: Given, world: World, state: State, t: int) -> None:
    """Let pledges, adherence and adopted texts count from the next month (M11, M12, M13)."""
    run, env, actors = state.run[0], world.environment[0], state.actors
    tracks, standing = state.tracks, state.standing
    run.trust_bonus += run.pending_bonus
    run.pending_bonus = 0.0
    pledged = 0
    for i in range(len(actors)):
        bound = 0.0
        form = -1.0
        has_pledged = False
        for m in range(run.n_tracks):
            if standing.pledged[m, i] and not tracks.ended[m] and tracks.force[m] < 0:
                has_pledged = True
                bound = max(bound, env.pledge_effect)
                form = max(form, pledge_form_of(given, state, m))
            if tracks.force[m] >= 0 and standing.status[m, i] == PARTY:
                bound = max(bound, env.adherence_effect)
                form = max(form, form_of(given, state, m))
        actors.bound[i] = bound
        if form >= 0.0 and actors.bound_form[i] < 0.0:
            actors.bound_since[i] = t + 1
        actors.bound_form[i] = form
        if has_pledged:
            pledged += given.cast.capability[i]
    run.pledge_share = pledged / MILLION
    set_baselines(world, state)
