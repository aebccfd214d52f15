"""The default game always gives a game: how often every seat is asked before the deadline, as dealt."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from negotiation_sim.engine.agents import NegotiationModel
from negotiation_sim.faces.page.game import (
    ADVICE,
    PROPOSE,
    SeatPolicy,
    deal,
    default_strategy,
)
from negotiation_sim.faces.page.library import Library

SEEDS = range(1, 101)
OBJECTS = {"mandate": "refuse", "text": "object"}
WAYS = {
    "as agents": lambda question, rng: ADVICE,
    "always object": lambda question, rng: OBJECTS.get(question.question, question.answers[-1]),
    "at random": lambda question, rng: rng.choice([a for a in question.answers if a != PROPOSE]),
    "always accept": lambda question, rng: question.answers[0],
}


class CountingPolicy(SeatPolicy):
    """Answers each question in one way and counts them by seat."""

    def __init__(self, seats, way, seed) -> None:
        super().__init__(seats, ())
        self.way, self.rng, self.asked = way, random.Random(seed), Counter()

    def _decide(self, agent, track, question, advice):
        found = super()._decide(agent, track, question, advice)
        if found is None:
            put = self.missing.pop()
            self.asked[put.actor] += 1
            found = put.answered(self.way(put, self.rng))
        return found


def fewest(scenario, way, seed) -> int:
    """Return how often the seat that is asked least is asked before the deadline."""
    seats = deal(scenario)
    policy = CountingPolicy(seats, WAYS[way], seed)
    model = NegotiationModel(scenario, default_strategy(scenario), seed, 0, policy=policy)
    for _ in range(scenario.deadline):
        model.step()
    return min(policy.asked[seat] for seat in seats)


@pytest.fixture(scope="module")
def scenario():
    return Library("bellagio").scenario("bellagio")


def test_the_ways_differ(scenario):
    assert fewest(scenario, "always object", 1) > fewest(scenario, "always accept", 1) >= 4


@pytest.mark.long
@pytest.mark.parametrize(
    ("way", "least"),
    [("as agents", 8), ("always object", 8), ("at random", 8), ("always accept", 4)],
)
def test_every_seat_is_asked_often_enough_in_95_of_100_worlds(scenario, way, least):
    counts = [fewest(scenario, way, seed) for seed in SEEDS]
    assert sum(n >= least for n in counts) >= 95, sorted(counts)[:10]
