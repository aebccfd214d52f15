"""A PettingZoo environment (extra ``learning``): one agent a state, the declared decisions as actions.

A step is a month. Each agent says beforehand what it will answer wherever it is asked that month;
the talks themselves are the plain engine's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

try:
    from gymnasium.spaces import Box, MultiDiscrete
    from pettingzoo import ParallelEnv
except ImportError as error:
    raise ImportError(
        "the environment needs PettingZoo: pip install 'negotiation-sim[learning]'"
    ) from error

from negotiation_sim.engine.agents import NegotiationModel, Policy
from negotiation_sim.model.decisions import DECISIONS
from negotiation_sim.model.state import PARTY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from negotiation_sim.engine.scenario import Scenario

    Numbers = NDArray[np.float32]

AS_ADVISED, YES, NO = 0, 1, 2
ACTIONS = tuple(each.name for each in DECISIONS if each.who != "track")
OF_ALL = ("time", "urgency")
OF_STATE = ("trust", "value", "rho", "aspiration")
OF_TRACK = ("mandated", "rounds", "adopted", "in_force", "party")
HALF_WAY = 10.0  # rounds at which the observation of them stands at one half
SEED_OF_WORLDS = 2**31


class _Acts(Policy):
    """Answers for every state as its action of the month says."""

    def __init__(self) -> None:
        self.actions: dict[str, Any] = {}


def _answer(place: int, name: str) -> Any:
    def method(self: _Acts, agent: Any, track: Any, advice: bool) -> bool:
        action = self.actions.get(agent.actor_id)
        said = AS_ADVISED if action is None else int(action[place])
        return advice if said == AS_ADVISED else said == YES

    method.__name__ = name
    return method


for _place, _name in enumerate(ACTIONS):
    setattr(_Acts, _name, _answer(_place, _name))


class NegotiationEnv(ParallelEnv):  # type: ignore[misc]  # PettingZoo's base is generic in any types
    """One strategy of an experiment as a PettingZoo ``ParallelEnv``.

    Parameters
    ----------
    scenario : Scenario
    strategy : int or str
        Place or name of the strategy.
    seed : int
        Of the worlds; 0 to 2**63 - 1.

    Attributes
    ----------
    possible_agents : list of str
        Codes of the states, in the order of the scenario.
    observation_names : list of str
        What each number of an observation is, all between -1 and 1: the share of the months
        gone, the urgency; the state's trust, and the value, reservation value and aspiration of the
        talks held last; for each track whether it is mandated, adopted, in force, the state a party,
        its rounds ``n / (n + 10)``, and its text.

    Notes
    -----
    An action is one number for each of :data:`ACTIONS` (``back_mandate``, ``accept``, ...): 0 as the
    rules advise, 1 the first option (yes), 2 the second (no), wherever the state is asked that month.
    What those behind an initiative decide (withdrawal) stays with the rules.

    The reward of a month is what the texts in force are worth to the state beyond the status quo,
    ``sum of u_i(text) - u_i(status quo)`` over tracks in force, divided by the months of the horizon:
    a whole episode brings between -1 and 1 for each track. The horizon truncates; nothing terminates.

    ``reset(seed=...)`` begins a series of worlds anew, each further ``reset()`` takes the next;
    ``options={"world": n}`` takes replicate ``n`` of ``run`` with the environment's seed.
    """

    metadata = {"name": "negotiation_sim_v0", "render_modes": [], "is_parallelizable": True}  # noqa: RUF012

    def __init__(self, scenario: Scenario, strategy: int | str = 0, seed: int = 1) -> None:
        self.scenario, self.strategy, self.world_seed = scenario, strategy, seed
        self.possible_agents = list(scenario.actor_ids)
        self.agents: list[str] = []
        self.render_mode = None
        place = scenario.index_of_strategy(strategy) if isinstance(strategy, str) else strategy
        issues = [str(issue) for issue in scenario.issues]
        self.observation_names = [*OF_ALL, *OF_STATE]
        for track in scenario.track_names[place]:
            self.observation_names += [f"{track} {name}" for name in (*OF_TRACK, *issues)]
        n = len(self.observation_names)
        self._seen = {who: Box(-1.0, 1.0, (n,), np.float32) for who in self.possible_agents}
        self._done = {who: MultiDiscrete([3] * len(ACTIONS)) for who in self.possible_agents}
        self._dice = np.random.default_rng(seed)
        self._policy = _Acts()

    def observation_space(self, agent: str) -> Box:
        return self._seen[agent]

    def action_space(self, agent: str) -> MultiDiscrete:
        return self._done[agent]

    def reset(
        self, seed: int | None = None, options: Mapping[str, Any] | None = None
    ) -> tuple[dict[str, Numbers], dict[str, dict[str, int]]]:
        """Begin a world; see the class."""
        if seed is not None:
            self._dice = np.random.default_rng(seed)
        drawn = int(self._dice.integers(SEED_OF_WORLDS))
        self.world = int((options or {}).get("world", drawn))
        self._policy = _Acts()
        self.model = NegotiationModel(
            self.scenario, self.strategy, self.world_seed, self.world, policy=self._policy
        )
        self.agents = list(self.possible_agents)
        return self._observations(), {who: {"world": self.world} for who in self.agents}

    def step(
        self, actions: Mapping[str, Any]
    ) -> tuple[
        dict[str, Numbers], dict[str, float], dict[str, bool], dict[str, bool],
        dict[str, dict[str, int]],
    ]:  # fmt: skip
        """Run a month; see the class."""
        self._policy.actions = dict(actions)
        self.model.step()
        ended = not self.model.running
        acting = self.agents
        found = (
            self._observations(), self._rewards(), dict.fromkeys(acting, False),
            dict.fromkeys(acting, ended), {who: {"world": self.world} for who in acting},
        )  # fmt: skip
        if ended:
            self.agents = []
        return found

    def render(self) -> None:
        """Show nothing: ``negotiation-sim trace`` tells a world."""

    def _observations(self) -> dict[str, Numbers]:
        model = self.model
        common = [model.now / self.scenario.horizon, float(model.state.run[0].urgency)]
        found = {}
        for i, who in enumerate(self.agents):
            values = [*common, *(getattr(model.state.actors, name)[i] for name in OF_STATE)]
            for track in model.tracks:
                party = model.state.standing.status[track.number, i] == PARTY
                values += [
                    float(track.mandated), track.rounds / (track.rounds + HALF_WAY),
                    float(track.adopted), float(track.in_force), float(party), *track.text,
                ]  # fmt: skip
            found[who] = np.clip(np.array(values, np.float32), -1.0, 1.0)
        return found

    def _rewards(self) -> dict[str, float]:
        model, months = self.model, self.scenario.horizon
        found = dict.fromkeys(self.agents, 0.0)
        for track in model.tracks:
            if track.in_force:
                text, quo = track.text, track.status_quo
                for i, who in enumerate(self.agents):
                    state = model.states[i]
                    gain = state.satisfaction(text, track) - state.satisfaction(quo, track)
                    found[who] += gain / months
        return found
