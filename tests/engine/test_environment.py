"""The PettingZoo environment: its own API tests, and that actions and rewards are what is said."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
from pettingzoo.test import parallel_api_test, parallel_seed_test

from helpers.documents import blocks
from negotiation_sim.catalogue import load_setting
from negotiation_sim.engine.agents import NegotiationModel, Policy
from negotiation_sim.engine.environment import ACTIONS, AS_ADVISED, NO, YES, NegotiationEnv
from negotiation_sim.engine.scenario import compile_setting
from negotiation_sim.model.decisions import DECISIONS


@pytest.fixture(scope="module")
def scenario():
    return compile_setting(load_setting("bellagio"))


def played(env, choose, world=13):
    """Return the sum of rewards by state, and the model at the end."""
    observations, _ = env.reset(options={"world": world})
    total = dict.fromkeys(env.agents, 0.0)
    while env.agents:
        observations, rewards, ended, cut, _ = env.step({who: choose(who) for who in env.agents})
        assert not any(ended.values())
        for who, reward in rewards.items():
            total[who] += reward
    assert set(cut.values()) == {True}
    assert all(env.observation_space(who).contains(seen) for who, seen in observations.items())
    return total, env.model


def test_its_own_api_tests_pass(scenario):
    short = NegotiationEnv(scenario, "guidelines@COPUOS")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # theirs, on themselves
        parallel_api_test(short, num_cycles=200)
        parallel_seed_test(lambda: NegotiationEnv(scenario, "guidelines@COPUOS"), num_cycles=12)


def test_as_advised_is_the_model_itself(scenario):
    def worlds():
        for n in range(60):
            yield n, NegotiationModel(scenario, "guidelines@COPUOS", 1, n).run()

    world, usual = next((n, model) for n, model in worlds() if model.tracks[0].in_force)
    env = NegotiationEnv(scenario, "guidelines@COPUOS")
    total, model = played(env, lambda who: [AS_ADVISED] * len(ACTIONS), world)
    assert model.rows() == usual.rows()
    by_hand = dict.fromkeys(total, 0.0)
    again = NegotiationModel(scenario, "guidelines@COPUOS", 1, world)
    (track,) = again.tracks
    while again.running:
        again.step()
        for state in again.states if track.in_force else ():
            gain = state.satisfaction(track.text) - state.satisfaction(track.status_quo)
            by_hand[state.actor_id] += gain / 180
    assert total == by_hand and any(total.values())


def test_an_action_is_what_the_state_answers_all_month(scenario):
    class Refusing(Policy):
        def accept(self, agent, track, advice):
            return advice and agent.actor_id != "IND"

        def go_along(self, agent, track, advice):
            return agent.actor_id != "IND"

    usual = NegotiationModel(scenario, "guidelines@COPUOS", 1, 13, policy=Refusing()).run()
    no = [AS_ADVISED] * len(ACTIONS)
    no[ACTIONS.index("accept")] = NO
    no[ACTIONS.index("go_along")] = NO
    yes = [AS_ADVISED] * len(ACTIONS)
    yes[ACTIONS.index("go_along")] = YES
    env = NegotiationEnv(scenario, "guidelines@COPUOS")
    total, model = played(env, lambda who: no if who == "IND" else yes)
    assert model.rows() == usual.rows()
    assert model.tracks[0].adoption == -1 and set(total.values()) == {0.0}


def test_every_decision_of_a_state_is_an_action_and_every_number_has_a_name(scenario):
    assert set(ACTIONS) == {each.name for each in DECISIONS if each.who != "track"}
    env = NegotiationEnv(scenario, "ban-treaty@adhoc-optin+pledges+code@COPUOS")
    seen, infos = env.reset(seed=3)
    again, infos_again = env.reset(seed=3)
    assert infos == infos_again and all(np.array_equal(seen[who], again[who]) for who in seen)
    assert env.reset()[1] != infos
    for who in env.possible_agents:
        assert seen[who].shape == (len(env.observation_names),)
    assert len(env.observation_names) == 2 + 4 + 2 * (5 + 2)


def test_the_learning_example_of_the_docs_runs(capsys):
    page = Path(__file__).parents[2] / "docs" / "learning.md"
    (example,) = blocks(page, "python")
    exec(compile(example, str(page), "exec"), {})
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("best: ") and f'"{last[6:]}"' in example
