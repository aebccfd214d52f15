"""Timely success of a strategy, world by world, at many scenarios: what every study asks again.

A study compares scenarios on the same worlds, so it wants one truth value a world and no table.
Worlds run only to the deadline: what happens later cannot make a success timely, and no draw
depends on how long a world runs.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, TimeoutError
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar, cast

import numpy as np

from negotiation_sim.analysis.success import success_rule_of
from negotiation_sim.engine.ensemble import check_request, cores, simulate, worlds_of
from negotiation_sim.engine.scenario import Scenario
from negotiation_sim.errors import UsageError

if TYPE_CHECKING:
    from negotiation_sim.model.state import Table

WORLDS_AT_ONCE = 500
Progress = Callable[[int, int | None], None]


@dataclass(frozen=True)
class Worlds:
    """Some worlds of a seed: plain ones, belief and chance both the replicate's number.

    Parameters
    ----------
    seed : int
    n : int
        How many.
    first : int
        Number of the first; other numbers are fresh worlds.
    """

    seed: int = 1
    n: int = 1000
    first: int = 0

    def __post_init__(self) -> None:
        check_request(self.n, self.seed, "ensemble", None)

    def timely(self, scenario: Scenario, strategies: Sequence[int]) -> np.ndarray:
        """Return worlds by strategies: whether each succeeds in time.

        Raises
        ------
        UsageError
            For a strategy of pledges alone, which has no success.
        """
        short = to_deadline(scenario)
        found = np.empty((self.n, len(strategies)), dtype=bool)
        for start in range(0, self.n, WORLDS_AT_ONCE):
            count = min(WORLDS_AT_ONCE, self.n - start)
            worlds = worlds_of(self.first + start, count)
            out = simulate(short, strategies, self.seed, worlds).tracks["success"]
            for c, s in enumerate(strategies):
                chosen, any_rule = deciding_tracks(scenario, s)
                month = out[:, c, chosen]
                done = (month >= 0) & (month <= scenario.deadline)
                found[start : start + count, c] = done.any(axis=1) if any_rule else done.all(axis=1)
        return found


def to_deadline(scenario: Scenario) -> Scenario:
    """Return the scenario with worlds that end at the deadline; what is timely stays the same."""
    clock = scenario.arrays.clock.copy()
    clock["horizon"] = np.minimum(clock["horizon"], clock["deadline"])
    clock.setflags(write=False)
    return replace(scenario, arrays=scenario.arrays._replace(clock=cast("Table", clock)))


def deciding_tracks(scenario: Scenario, strategy: int) -> tuple[np.ndarray, bool]:
    """Return the tracks whose success decides, and whether any of them is enough."""
    rule = success_rule_of(scenario, strategy)
    if rule.pledges_only:
        name = scenario.strategy_names[strategy]
        raise UsageError(f"strategy: '{name}' gathers pledges only; it has no success to study")
    return np.flatnonzero(rule.chosen), rule.any_rule


def venues_of(scenario: Scenario, strategy: int) -> list[str]:
    """Return the venues a strategy may sit in: its own, its fallbacks, and where work is passed on."""
    arrays = scenario.arrays
    plans = arrays.plans[strategy, : arrays.n_tracks[strategy]]
    chains = np.asarray(arrays.chains)[strategy, : len(plans)]
    places = [
        int(v)
        for plan, chain in zip(plans, chains, strict=True)
        for v in (plan["venue"], *chain)
        if v >= 0
    ]
    for v in places:  # grows as venues pass work on
        target = int(arrays.venues["passes_to"][v])
        if target >= 0 and target not in places:
            places.append(target)
    return [scenario.venue_ids[v] for v in dict.fromkeys(places)]


Item = TypeVar("Item")
Done = TypeVar("Done")


def in_order(
    work: Callable[[Item], Done], items: Iterable[Item], threads: int | None = None
) -> Iterator[Done]:
    """Yield ``work(item)`` in order from some threads; an interrupt is noticed while waiting.

    Items are made in the calling thread, a few ahead.
    """
    workers = threads or cores()
    if workers == 1:
        yield from map(work, items)
        return
    pool = ThreadPoolExecutor(workers)
    waiting: deque[Future[Done]] = deque()
    try:
        for item in items:
            waiting.append(pool.submit(work, item))
            if len(waiting) >= 2 * workers:
                yield _patiently(waiting.popleft())
        while waiting:
            yield _patiently(waiting.popleft())
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _patiently(future: Future[Done]) -> Done:
    while True:
        try:
            return future.result(timeout=0.1)
        except TimeoutError:
            if future.done():
                raise


def compile_first(scenario: Scenario) -> None:
    """Compile the loop in this thread before others call it."""
    simulate(to_deadline(scenario), [0], 1, worlds_of(0, 1))


def duration(seconds: float) -> str:
    """Return seconds in words.

    Examples
    --------
    >>> duration(3.2), duration(300.0)
    ('4 s', '5 min')
    """
    return f"{math.ceil(seconds)} s" if seconds < 120 else f"{seconds / 60:.0f} min"
