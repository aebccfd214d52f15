"""Adds replicates until every interval is narrow enough, at fixed numbers of replicates.

The looks are taken at :func:`negotiation_sim.analysis.intervals.batch_boundaries`, so that the
table depends on nothing but the request, and intervals are computed at ``stopping_level``, which
keeps the promised coverage although a run may stop where its estimate happens to be extreme.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from negotiation_sim.analysis.intervals import batch_boundaries, is_difference_precise, is_precise
from negotiation_sim.engine.ensemble import run_ensemble

if TYPE_CHECKING:
    import pandas as pd

    from negotiation_sim.engine.scenario import Scenario


def open_successes(successes: Mapping[str, tuple[int, int]], precision: float) -> list[str]:
    """Return the strategies whose P(timely success) is not yet known to within the precision.

    Examples
    --------
    >>> open_successes({"narrow": (50, 10_000), "wide": (50, 100)}, 0.01)
    ['wide']
    """
    return [name for name, (k, n) in successes.items() if not is_precise(k, n, precision)]


class Differences:
    """Counts the worlds in which only one of two strategies succeeds.

    Every strategy is compared with the first that can succeed, as the experiment lists them.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.names = list(names)
        self.n = 0
        self.only_first = dict.fromkeys(self.names[1:], 0)
        self.only_second = dict.fromkeys(self.names[1:], 0)

    def update(self, outcomes: pd.DataFrame) -> None:
        """Count a chunk of whole worlds (every strategy in each)."""
        timely = {
            name: outcomes.loc[outcomes["strategy"] == name].set_index("chance")["timely"]
            for name in self.names
        }
        if not self.names or not len(timely[self.names[0]]):
            return
        first = timely[self.names[0]].to_numpy(bool)
        self.n += len(first)
        for name in self.names[1:]:
            other = timely[name].reindex(timely[self.names[0]].index).to_numpy(bool)
            self.only_first[name] += int(np.sum(first & ~other))
            self.only_second[name] += int(np.sum(other & ~first))

    def plain(self) -> dict[str, Any]:
        """Return all counts as whole numbers that JSON holds; :meth:`add` takes them."""
        return {
            "n": self.n, "only_first": dict(self.only_first), "only_second": dict(self.only_second)
        }  # fmt: skip

    def add(self, other: Mapping[str, Any]) -> None:
        """Add what :meth:`plain` gave of other worlds."""
        self.n += other["n"]
        for held, counts in (
            (self.only_first, other["only_first"]), (self.only_second, other["only_second"])
        ):  # fmt: skip
            for name, count in counts.items():
                held[name] += count

    def open(self, precision: float) -> list[str]:
        """Return the strategies whose difference is not yet known to within the precision."""
        return [
            name
            for name in self.names[1:]
            if not is_difference_precise(
                self.only_first[name], self.only_second[name], self.n, precision
            )
        ]


def run_until_precise(
    scenario: Scenario,
    count: Callable[[pd.DataFrame], pd.DataFrame],
    successes: Callable[[], Mapping[str, tuple[int, int]]],
    precision: float,
    seed: int = 1,
    *,
    on: str = "success",
    max_replicates: int = 100_000,
    engine: str = "ensemble",
    threads: int | None = None,
) -> Iterator[pd.DataFrame]:
    """Yield chunks of replicates until all intervals are at most plus or minus ``precision``.

    Parameters
    ----------
    scenario : Scenario
    count : callable
        Counts a chunk and returns its rows per strategy and replicate, as
        ``SummaryAccumulator.update`` does.
    successes : callable
        Returns timely successes and replicates of each strategy so far; one that cannot succeed
        (pledges alone) is left out and takes no more than the first batch.
    precision : float
        Half-width wanted.
    seed : int
    on : {'success', 'difference'}
        Each strategy's P(timely success), each stopping for itself; or the paired difference of
        each from the first strategy, all meeting the same worlds until the last is precise.
    max_replicates : int
        Most replicates of a strategy, precise or not.
    engine, threads
        See :func:`negotiation_sim.engine.ensemble.run_ensemble`.
    """
    names = list(scenario.strategy_names)
    wanted, done = names, 0
    differences: Differences | None = None
    for boundary in batch_boundaries(max_replicates):
        chunks = run_ensemble(
            scenario, boundary - done, seed, strategies=wanted, engine=engine, threads=threads,
            first=done,
        )  # fmt: skip
        for chunk in chunks:
            outcomes = count(chunk)
            if on == "difference":
                if differences is None:
                    differences = Differences(list(successes()))
                differences.update(outcomes)
            yield chunk
        done = boundary
        wanted = still_open(names, precision, on, differences, successes())
        if not wanted:
            return


def still_open(
    names: Sequence[str], precision: float, on: str, differences: Differences | None,
    successes: Mapping[str, tuple[int, int]],
) -> list[str]:  # fmt: skip
    """Return the strategies that need another batch.

    Parameters
    ----------
    names : sequence of str
        All strategies of the experiment.
    precision, on
        See :func:`run_until_precise`.
    differences : Differences or None
        So far, where ``on`` is ``difference``.
    successes : mapping
        Timely successes and replicates of each strategy so far.
    """
    if on == "difference":
        return list(names) if differences is not None and differences.open(precision) else []
    return open_successes(successes, precision)
