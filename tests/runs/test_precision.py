"""Stopping at a wanted precision: fixed looks, each strategy for itself, worlds kept paired."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from negotiation_sim.analysis.intervals import batch_boundaries, stopping_level, wilson
from negotiation_sim.runs import precision
from negotiation_sim.runs.precision import Differences, run_until_precise

CHANCES = {"never": 0.0, "even": 0.5, "rare": 0.1}


class Scenario:
    strategy_names = tuple(CHANCES)


@pytest.fixture
def coins(monkeypatch):
    """Replace the engine by coins; each strategy has its own, the same at every request."""
    calls = []

    def run_ensemble(scenario, replicates, seed, *, strategies, engine, threads, first):
        calls.append((first, replicates, tuple(strategies)))
        for start in range(first, first + replicates, 70):
            chance = np.arange(start, min(start + 70, first + replicates))
            yield pd.concat([_rows(name, chance, seed) for name in strategies])

    monkeypatch.setattr(precision, "run_ensemble", run_ensemble)
    return calls


def _rows(name: str, chance: np.ndarray, seed: int) -> pd.DataFrame:
    place = list(CHANCES).index(name)
    draws = [np.random.default_rng([seed, place, c]).random() for c in chance]
    return pd.DataFrame(
        {"strategy": name, "chance": chance, "timely": np.array(draws) < CHANCES[name]}
    )


class Counter:
    """Counts successes as the summary does."""

    def __init__(self):
        self.found = {}

    def count(self, chunk: pd.DataFrame) -> pd.DataFrame:
        for name, part in chunk.groupby("strategy"):
            k, n = self.found.get(name, (0, 0))
            self.found[name] = (k + int(part["timely"].sum()), n + len(part))
        return chunk

    def successes(self):
        return {name: self.found[name] for name in CHANCES if name in self.found}


def test_each_strategy_stops_at_the_first_look_that_is_precise_enough(coins):
    counter = Counter()
    list(run_until_precise(Scenario, counter.count, counter.successes, 0.02, 7))
    for k, n in counter.found.values():
        low, high = wilson(k, n, stopping_level())
        assert high - low <= 0.04
        assert n in batch_boundaries(100_000)
    sizes = {name: n for name, (_, n) in counter.found.items()}
    assert sizes["never"] == 200 < sizes["rare"] < sizes["even"]
    needed = 1.0 / (4 * 0.02**2) * 4.4  # z^2 of the stopping level is 4.45
    assert needed < sizes["even"] < 1.6 * needed


def test_worlds_are_numbered_on_from_look_to_look(coins):
    counter, seen = Counter(), []
    for chunk in run_until_precise(Scenario, counter.count, counter.successes, 0.05, 1):
        seen += chunk.loc[chunk["strategy"] == "even", "chance"].tolist()
    assert seen == list(range(len(seen)))
    assert [first for first, _, _ in coins] == [0, *(f + n for f, n, _ in coins[:-1])]


def test_the_maximum_is_kept(coins):
    counter = Counter()
    list(
        run_until_precise(Scenario, counter.count, counter.successes, 0.001, 1, max_replicates=250)
    )
    assert counter.found["even"][1] == 250


def test_on_the_difference_all_meet_the_same_worlds(coins):
    counter = Counter()
    list(run_until_precise(Scenario, counter.count, counter.successes, 0.06, 1, on="difference"))
    assert len({n for _, n in counter.found.values()}) == 1
    assert all(strategies == Scenario.strategy_names for _, _, strategies in coins)


def test_differences_count_the_worlds_in_which_only_one_succeeds():
    names = ["one", "two", "three"]
    results = {"one": [1, 1, 0, 0], "two": [1, 0, 1, 0], "three": [1, 1, 0, 0]}
    rows = [
        {"strategy": name, "chance": world, "timely": bool(result)}
        for name in names
        for world, result in enumerate(results[name])
    ]
    counted = Differences(names)
    for _ in range(500):
        counted.update(pd.DataFrame(rows))
    assert counted.n == 2000
    assert counted.only_first == {"two": 500, "three": 0}
    assert counted.only_second == {"two": 500, "three": 0}
    assert counted.open(0.01) == ["two"]
    assert counted.open(0.1) == []


def test_the_intervals_cover_although_they_decide_when_to_stop(coins):
    """Over 60 seeds the interval for the even coin misses one half about 3 times, not 12."""
    missed = 0
    for seed in range(60):
        counter = Counter()
        list(run_until_precise(Scenario, counter.count, counter.successes, 0.08, seed))
        low, high = wilson(*counter.found["even"], stopping_level())
        missed += not low <= 0.5 <= high
    assert missed <= 8  # binomial(60, 0.05) exceeds this once in 700
