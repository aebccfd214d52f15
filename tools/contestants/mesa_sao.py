"""Mesa: the same protocol as agents of a plain Mesa model, without data collection."""

from __future__ import annotations

import itertools

import mesa
import numpy as np

NAME = "Mesa model"
NEEDS = "mesa"


class Party(mesa.Agent):
    """A party that concedes with time: it takes what is worth its aspiration, or offers that."""

    def __init__(self, model: mesa.Model, outcomes: np.ndarray) -> None:
        super().__init__(model)
        worth = outcomes @ model.rng.uniform(-1.0, 1.0, 2)
        span = np.ptp(worth) or 1.0
        self.worth = (worth - worth.min()) / span
        self.reserved = float(model.rng.uniform(0.0, 0.4))

    def aspiration(self, time: float) -> float:
        """Return what it asks for, a Boulware's path from 1 to its reserved value."""
        return self.reserved + (1.0 - self.reserved) * (1.0 - time**4)

    def offer(self, time: float) -> int:
        """Return the outcome of least worth to itself that still meets its aspiration."""
        least = self.aspiration(time)
        above = np.where(self.worth >= least, self.worth, np.inf)
        return int(np.argmin(above))


class Talks(mesa.Model):
    """Parties that offer in turn until all take an offer, or the rounds are over."""

    def __init__(self, work: dict, outcomes: np.ndarray, seed: int) -> None:
        super().__init__(rng=seed)
        self.rounds = work["rounds"]
        self.parties = [Party(self, outcomes) for _ in range(work["parties"])]
        self.agreed: int | None = None

    def step(self) -> None:
        """Hold one round: each party offers once, the others answer."""
        time = self.steps / self.rounds
        for party in self.parties:
            offer = party.offer(time)
            if all(p.worth[offer] >= p.aspiration(time) for p in self.parties if p is not party):
                self.agreed = offer
                self.running = False
                return
        self.running = self.steps < self.rounds


def prepared(work: dict):
    """Return a function that carries out some negotiations and returns how many agreed."""
    grid = np.linspace(0.0, 1.0, work["levels"])
    outcomes = np.array(list(itertools.product(grid, grid)))
    seeds = itertools.count(1)

    def one() -> bool:
        talks = Talks(work, outcomes, next(seeds))
        while talks.running:
            talks.step()
        if hasattr(mesa.Agent, "_ids"):  # older versions keep every model
            mesa.Agent._ids.pop(talks, None)
        return talks.agreed is not None

    return lambda n: sum(one() for _ in range(n))
