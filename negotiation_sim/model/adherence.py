"""M19: what is in force binds its adherents; in a crisis a state may break it.

Writes ``state.actors.bound`` and ``bound_form``, ``state.run.pledge_share`` and ``trust_bonus``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation_sim.model.compiling import formula, step
from negotiation_sim.model.decisions import BREACH, decided
from negotiation_sim.model.numbers import MILLION, clip01
from negotiation_sim.model.satisfaction import form_of
from negotiation_sim.model.state import PARTY
from negotiation_sim.model.trust import set_baselines

if TYPE_CHECKING:
    from negotiation_sim.model.state import Given, State, Truth, World


@formula
def breach_chance(breach_probability: float, breach_form: float, form: float) -> float:
    """Return the chance that an adherent in a crisis breaks its text (M19).

    ``clip(breach_probability + breach_form * (form - 1/2))``; the workshop disagreed whether binding
    texts are kept better, so ``breach_form`` may have either sign.
    """
    return clip01(breach_probability + breach_form * (form - 0.5))


@step
def breaks(world: World, state: State, author: int, u: float) -> Truth:
    """Return whether a state under pressure breaks the text that binds it; ``u`` is the draw."""
    env, form = world.environment[0], state.actors.bound_form[author]
    if form < 0.0:
        return False
    yields = u < breach_chance(env.breach_probability, env.breach_form, form)
    return decided(state.teller, BREACH, -1, author, yields)


@step
def bind_if_changed(given: Given, world: World, state: State) -> None:
    """Let what happened this month count from the next, if anything did."""
    run = state.run[0]
    if run.changed or run.thorough:
        run.changed = False
        bind(given, world, state)


@step
def bind(given: Given, world: World, state: State) -> None:
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
            if tracks.force[m] >= 0 and standing.status[m, i] == PARTY:
                bound = max(bound, env.adherence_effect)
                form = max(form, form_of(given, state, m))
        actors.bound[i] = bound
        actors.bound_form[i] = form
        if has_pledged:
            pledged += given.cast.capability[i]
    run.pledge_share = pledged / MILLION
    set_baselines(world, state)
