"""Why strategies fail: shares by cause, who blocks and on which term, and which states together.

Input is the table of :func:`negotiation_sim.analysis.replicates.strategy_outcomes` (one row per
strategy and replicate), whole or in chunks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from negotiation_sim.analysis.intervals import wilson
from negotiation_sim.analysis.replicates import CAUSES, codes_of, errors_of
from negotiation_sim.words.vocabulary import cause_words


def parse_blockers(text: str) -> list[tuple[str, str]]:
    """Return the (actor, term) pairs of a ``blockers`` cell.

    Examples
    --------
    >>> parse_blockers("CHN:scope USA:verification_cost")
    [('CHN', 'scope'), ('USA', 'verification_cost')]
    >>> parse_blockers("")
    []
    """
    pairs = []
    for item in text.split():
        actor, colon, term = item.partition(":")
        if not colon or not actor or not term:
            raise ValueError(f"blockers: {item!r} is not written ACTOR:term")
        pairs.append((actor, term))
    return pairs


Key = TypeVar("Key", str, tuple[str, str])


@dataclass
class _FailureCounts:
    """Failures of one strategy."""

    replicates: int = 0
    causes: np.ndarray = field(default_factory=lambda: np.zeros(len(CAUSES), dtype=np.int64))
    terms: Counter[tuple[str, str]] = field(default_factory=Counter)
    actors: Counter[str] = field(default_factory=Counter)
    alone: Counter[str] = field(default_factory=Counter)
    main: Counter[str] = field(default_factory=Counter)
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def failures(self) -> int:
        return int(self.causes[1:].sum())

    def plain(self) -> dict[str, Any]:
        return {
            "replicates": self.replicates, "causes": self.causes.tolist(),
            "actors": dict(self.actors), "alone": dict(self.alone), "main": dict(self.main),
            "terms": [[*pair, n] for pair, n in self.terms.items()],
            "pairs": [[*pair, n] for pair, n in self.pairs.items()],
        }  # fmt: skip

    def add(self, other: Mapping[str, Any]) -> None:
        self.replicates += other["replicates"]
        self.causes += np.array(other["causes"], dtype=np.int64)
        for held, counts in (
            (self.actors, other["actors"]), (self.alone, other["alone"]), (self.main, other["main"])
        ):  # fmt: skip
            for name, n in counts.items():
                held[name] += n
        for pairs, rows in ((self.terms, other["terms"]), (self.pairs, other["pairs"])):
            for first, second, n in rows:
                pairs[first, second] += n


class CauseAccumulator:
    """Counts causes and blockers of tables that arrive in chunks; memory grows with states only."""

    def __init__(self) -> None:
        self._by_strategy: dict[str, _FailureCounts] = {}

    def update(self, outcomes: pd.DataFrame) -> None:
        """Count a chunk; replicates with an error and strategies of pledges alone are left out."""
        use = errors_of(outcomes) == ""
        if "pledges_only" in outcomes:
            use &= ~outcomes["pledges_only"].to_numpy(dtype=bool)
        chunk = outcomes[use]
        owner, names = codes_of(chunk["strategy"])
        by_strategy = [self._by_strategy.setdefault(name, _FailureCounts()) for name in names]
        if len(chunk):
            _count(by_strategy, owner, chunk)

    def plain(self) -> dict[str, Any]:
        """Return all counts as whole numbers that JSON holds; :meth:`add` takes them."""
        return {name: counted.plain() for name, counted in self._by_strategy.items()}

    def add(self, other: Mapping[str, Any]) -> None:
        """Add what :meth:`plain` gave of other replicates."""
        for name, counts in other.items():
            self._by_strategy.setdefault(name, _FailureCounts()).add(counts)

    def shares(self, level: float = 0.95) -> pd.DataFrame:
        """Return the causes of failure of each strategy.

        Returns
        -------
        DataFrame
            ``strategy, stage_missed, cause, count``; ``share`` of the strategy's failures with
            Wilson's interval ``low, high``; ``share_of_all`` replicates. The shares of a strategy
            sum to one, those of all replicates to its probability of failure.
        """
        rows = []
        for name, counted in self._by_strategy.items():
            for cause, count in zip(CAUSES[1:], counted.causes[1:].tolist(), strict=True):
                if count:
                    row: dict[str, object] = {
                        "strategy": name,
                        "stage_missed": cause_words(cause).missed,
                        "cause": cause,
                    }
                    row |= _share(count, counted.failures, level)
                    rows.append(row | {"share_of_all": count / counted.replicates})
        columns = ["strategy", "stage_missed", "cause", *_SHARE, "share_of_all"]
        return pd.DataFrame(rows, columns=columns)

    def blockers(self, level: float = 0.95) -> pd.DataFrame:
        """Return who stood in the way, how often, and on which term.

        Returns
        -------
        DataFrame
            ``strategy, actor, count``, ``share`` of the strategy's failures in which the actor
            blocked, with ``low, high``; ``alone``, the failures in which nobody else did;
            ``main``, those in which it was the main blocker; ``main_term``, its commonest term,
            and ``terms``, all of them with their counts, as words. Most frequent first.
        """
        rows = []
        for name, counted in self._by_strategy.items():
            for actor, count in _by_count(counted.actors):
                terms = [(term, n) for (who, term), n in _by_count(counted.terms) if who == actor]
                row: dict[str, object] = {"strategy": name, "actor": actor}
                row |= _share(count, counted.failures, level)
                row |= {"alone": counted.alone[actor], "main": counted.main[actor]}
                row |= {
                    "main_term": terms[0][0],
                    "terms": ", ".join(f"{term} {n}" for term, n in terms),
                }
                rows.append(row)
        columns = ["strategy", "actor", *_SHARE, "alone", "main", "main_term", "terms"]
        return pd.DataFrame(rows, columns=columns)

    def terms(self, level: float = 0.95) -> pd.DataFrame:
        """Return ``strategy, actor, term, count, share, low, high``: who objects to what."""
        rows = [
            {"strategy": name, "actor": actor, "term": term}
            | _share(count, counted.failures, level)
            for name, counted in self._by_strategy.items()
            for (actor, term), count in _by_count(counted.terms)
        ]
        return pd.DataFrame(rows, columns=["strategy", "actor", "term", *_SHARE])

    def pairs(self, level: float = 0.95) -> pd.DataFrame:
        """Return which two states block together.

        Returns
        -------
        DataFrame
            ``strategy, first, second, count, share, low, high``; ``lift`` is the count over what
            it would be if the two blocked independently, given how often each does.
        """
        rows = []
        for name, counted in self._by_strategy.items():
            for (first, second), count in _by_count(counted.pairs):
                expected = counted.actors[first] * counted.actors[second] / counted.failures
                row: dict[str, object] = {"strategy": name, "first": first, "second": second}
                row |= _share(count, counted.failures, level)
                rows.append(row | {"lift": count / expected})
        return pd.DataFrame(rows, columns=["strategy", "first", "second", *_SHARE, "lift"])


_SHARE = ("count", "share", "low", "high")


def _share(count: int, n: int, level: float) -> dict[str, float]:
    low, high = wilson(count, n, level)
    return dict(zip(_SHARE, (count, count / n, low, high), strict=True))


def _by_count(counts: Counter[Key]) -> list[tuple[Key, int]]:
    """Return items by falling count, then by name: the same order however they arrived."""
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _count(by_strategy: list[_FailureCounts], owner: np.ndarray, outcomes: pd.DataFrame) -> None:
    """Count causes, main blockers and blockers of a chunk, all its strategies at once."""
    codes, names = codes_of(outcomes["cause"])
    width = len(CAUSES)
    cause = np.array([CAUSES.index(name) for name in names])[codes]
    counts = np.bincount(owner * width + cause, minlength=len(by_strategy) * width)
    for counted, row in zip(by_strategy, counts.reshape(-1, width), strict=True):
        counted.causes += row
        counted.replicates += int(row.sum())
    failed = cause > 0
    for who, actor, count in _cells(owner, outcomes, "main_blocker", failed):
        if actor:
            by_strategy[who].main[actor] += count
    cells: dict[int, dict[str, int]] = {}
    for who, text, count in _cells(owner, outcomes, "blockers", failed):
        cells.setdefault(who, {})[text] = count
    for who, held in cells.items():
        _count_blockers(by_strategy[who], list(held), np.array(list(held.values())))


def _cells(
    owner: np.ndarray, outcomes: pd.DataFrame, column: str, failed: np.ndarray
) -> Iterator[tuple[int, str, int]]:
    """Yield how often each word of a column occurs among the failures of each strategy."""
    if column in outcomes and failed.any():
        codes, words = codes_of(outcomes[column])
        keys, counts = np.unique(owner[failed] * len(words) + codes[failed], return_counts=True)
        for key, count in zip(keys.tolist(), counts.tolist(), strict=True):
            yield key // len(words), words[key % len(words)], count


def _count_blockers(counted: _FailureCounts, texts: list[str], counts: np.ndarray) -> None:
    """Count actors, terms, lone blockers and pairs over distinct ``blockers`` cells."""
    parsed = [parse_blockers(text) for text in texts]
    actors = sorted({actor for pairs in parsed for actor, _ in pairs})
    place = {actor: index for index, actor in enumerate(actors)}
    blocks = np.zeros((len(texts), len(actors)))
    for row, (pairs, count) in enumerate(zip(parsed, counts.tolist(), strict=True)):
        for actor, term in set(pairs):
            blocks[row, place[actor]] = 1.0
            counted.terms[actor, term] += count
        who = {actor for actor, _ in pairs}
        if len(who) == 1:
            counted.alone[who.pop()] += count
    together = (blocks * counts[:, None]).T @ blocks
    for first, second in zip(*np.nonzero(np.triu(together)), strict=True):
        count = int(together[first, second])
        if first == second:
            counted.actors[actors[first]] += count
        else:
            counted.pairs[actors[first], actors[second]] += count


def cause_shares(outcomes: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """Return :meth:`CauseAccumulator.shares` of a table held in memory."""
    return _whole(outcomes).shares(level)


def blocking_pairs(outcomes: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """Return :meth:`CauseAccumulator.pairs` of a table held in memory."""
    return _whole(outcomes).pairs(level)


def _whole(outcomes: pd.DataFrame) -> CauseAccumulator:
    causes = CauseAccumulator()
    causes.update(outcomes)
    return causes
