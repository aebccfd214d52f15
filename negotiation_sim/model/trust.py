"""M12: trust returns slowly to a baseline, and is lost at a stroke.

Writes ``state.actors.trust`` and ``trust_baseline``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation_sim.model.compiling import formula, step
from negotiation_sim.model.numbers import clip01

if TYPE_CHECKING:
    from negotiation_sim.model.state import State, World


@formula
def trust_baseline(own: float, pledge_trust: float, pledge_share: float, bonus: float) -> float:
    """Return the level trust returns to: own baseline, pledged share, texts adopted (M12)."""
    return clip01(own + pledge_trust * pledge_share + bonus)


@formula
def trust_next(trust: float, baseline: float, trust_return: float) -> float:
    """Return trust a month on, a share ``trust_return`` of the way back to its baseline."""
    return trust + trust_return * (baseline - trust)


@formula
def trust_after(trust: float, cost: float) -> float:
    """Return trust after a test, breach or crisis, not below 0."""
    return max(0.0, trust - cost)


@step
def lose_trust(state: State, cost: float) -> None:
    """Lower everybody's trust."""
    trust = state.actors.trust
    for i in range(len(trust)):
        trust[i] = trust_after(trust[i], cost)


@step
def set_baselines(world: World, state: State) -> None:
    """Set the level trust returns to; it changes only with pledges and adopted texts."""
    actors, run, env = state.actors, state.run[0], world.environment[0]
    for i in range(len(actors)):
        actors.trust_baseline[i] = trust_baseline(
            actors.own_trust[i], env.pledge_trust, run.pledge_share, run.trust_bonus
        )


@step
def recover_trust(world: World, state: State) -> None:
    """Let trust return towards its baseline."""
    actors, trust_return = state.actors, world.environment[0].trust_return
    for i in range(len(actors)):
        actors.trust[i] = trust_next(actors.trust[i], actors.trust_baseline[i], trust_return)
