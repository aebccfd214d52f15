"""What a strategy keeps from month to month of figures that change with time, renewed where they do.

Waits and terms that have begun stand: a delay drawn, a term given, the next chance change of
government. Trust keeps its distance from its own baseline.
Writes ``state.actors`` (the figures, ``private``, ``own_trust``, ``trust``), ``tracks.pace``, ``run.urgency_kept``,
``p_withdrawal``, ``changed`` and ``settled``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation_sim.model.compiling import step
from negotiation_sim.model.dated import figures_at
from negotiation_sim.model.declared import take_draw_of_declared
from negotiation_sim.model.events import urgency_decay
from negotiation_sim.model.forum_shift import pace_in
from negotiation_sim.model.moods import private_at
from negotiation_sim.model.numbers import clip01, monthly_probability
from negotiation_sim.model.state import OF_ACTOR, TRUST
from negotiation_sim.model.trust import set_baselines

if TYPE_CHECKING:
    from negotiation_sim.model.state import Given, State, World


@step
def change_figures(given: Given, world: World, state: State, t: int) -> None:
    """Let the figures of month ``t`` hold, and renew what hangs on them."""
    figures_at(given, world, t)
    if not given.dated[t]:
        return
    changes, actors, run, env = given.changes, state.actors, state.run[0], world.environment[0]
    for c in range(len(changes)):
        if changes.last[c] and changes.owner[c] == OF_ACTOR:
            i, column = changes.row[c], changes.column[c]
            value = world.figures[i, column]
            if column == TRUST:
                actors.trust[i] = clip01(actors.trust[i] + (value - actors.own_trust[i]))
                actors.own_trust[i] = value
            else:
                state.actor_table[i, column] = value
    private_at(given, world, t)
    for i in range(len(actors)):
        actors.private[i] = world.actors.private[i]
    run.urgency_kept = urgency_decay(env.urgency_half_life)
    run.p_withdrawal = monthly_probability(env.withdrawal)
    set_baselines(world, state)
    for m in range(run.n_tracks):
        take_draw_of_declared(given, world, state, m)
        if state.tracks.started[m] >= 0:
            state.tracks.pace[m] = pace_in(world, state.tracks.venue[m])
    run.changed = True
    run.settled = False
