"""P on the worlds of a search with some levers moved, and the smallest steps that reach a target."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np

from negotiation_sim.engine.scenario import Scenario
from negotiation_sim.errors import CatalogueError
from negotiation_sim.studies.lever_base import Lever, pulled
from negotiation_sim.studies.timely import Worlds

Move = tuple[Lever, int]


class Looks:
    """Looks at a strategy with levers moved; each look is taken once.

    Parameters
    ----------
    scenario : Scenario
    strategy : str
    target : float
    worlds : Worlds
    """

    def __init__(self, scenario: Scenario, strategy: str, target: float, worlds: Worlds) -> None:
        self.scenario, self.target, self.worlds = scenario, target, worlds
        self.place = scenario.index_of_strategy(strategy)
        self._known: dict[frozenset[tuple[str, int]], float] = {}
        self._lock = threading.Lock()

    def p(self, *moves: Move) -> float:
        """Return P on the worlds of the search with some levers moved; each is run once."""
        key = frozenset((lever.id, step) for lever, step in moves if step)
        with self._lock:
            known = self._known.get(key)
        if known is None:
            known = float(self.timely(self.worlds, moves).mean())
            with self._lock:
                self._known[key] = known
        return known

    def timely(self, worlds: Worlds, moves: Sequence[Move]) -> np.ndarray:
        """Return, world by world, whether the strategy succeeds in time."""
        try:
            scenario = pulled(self.scenario, moves)
        except CatalogueError:  # changes that contradict one another bring nobody anywhere
            return np.zeros(worlds.n, dtype=bool)
        return worlds.timely(scenario, [self.place])[:, 0]

    def halve(self, lever: Lever, under: int, over: int, other: Sequence[Move] = ()) -> int:
        """Return the smallest step in (under, over] at which P is at the target, by halving."""
        while over - under > 1:
            middle = (under + over) // 2
            if self.p((lever, middle), *other) >= self.target:
                over = middle
            else:
                under = middle
        return over

    def limit(self, lever: Lever, highest: float) -> int:
        """Return how far a lever goes in a pair: the last step looked at with the highest P."""
        return max(s for s in quarters(lever.steps) if self.p((lever, s)) == highest)

    def cheapest(self, limits: tuple[Move, ...]) -> tuple[Move, Move]:
        """Return the cheapest two steps within limits at which P is at the target."""
        (a, most), (b, top) = limits
        price: dict[int, tuple[float, int]] = {}

        def look(step: int) -> None:
            if step not in price and self.p((a, step), (b, top)) >= self.target:
                other = self.halve(b, 0, top, ((a, step),)) if step else top
                price[step] = (a.cost_of(step) + b.cost_of(other), other)

        width = max(1, most // 4)
        for step in range(most, 0, -width):
            look(step)
        while width > 1 and price:
            width = max(1, width // 2)
            centre = min(price, key=lambda step: price[step][0])
            for step in (centre - width, centre + width):
                if 0 < step <= most:
                    look(step)
        step = min(price, key=lambda step: price[step][0])
        return (a, step), (b, price[step][1])


def quarters(steps: int) -> list[int]:
    """Return up to four steps spread over a lever's reach, the last one its end.

    Examples
    --------
    >>> quarters(64), quarters(3), quarters(1)
    ([16, 32, 48, 64], [1, 2, 3], [1])
    """
    return sorted({max(1, round(steps * k / 4)) for k in (1, 2, 3, 4)})
