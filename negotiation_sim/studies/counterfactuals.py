"""How much likelier success would be if one actor, or two, had given way on the same worlds.

An actor that gives way backs every mandate, accepts every text, pledges where pledges are asked
for and ratifies or accedes when its turn comes; its ties, its delays and its place in the cast stay
as they are, and every draw stays the same. Both engines know nothing of this: the actor's margin
is put so low, and its flexibility so high, that every threshold of M2, M3, M8, M13 and M15 is met
from the first round. Where the margin does not count (talks that only explore) what it takes it to
accept the forum (M22) is put as low. It acts outside its negotiating group (M20), whose other
members it would else carry along. That a margin of 0 alone would not do is shown by a test: an
actor insists on its aspiration, which falls only as rounds pass.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from math import comb
from typing import Any

import numpy as np
import pandas as pd

from negotiation_sim.analysis.comparison import holm, mcnemar
from negotiation_sim.analysis.intervals import paired_difference
from negotiation_sim.engine.scenario import Scenario
from negotiation_sim.model.figures import ACTOR_PARAMETERS
from negotiation_sim.model.state import NEVER, OF_ACTOR, OF_CONVENING, RANGE
from negotiation_sim.studies.timely import Progress, Worlds, compile_first, in_order, venues_of

LEAST = -100.0  # far below what any text is worth
GIVES_WAY = {"margin": LEAST, "flexibility": 1e9}
ALL_UP_TO, MOST = 24, 24  # actors tried one by one; of a larger cast those that blocked most
FOR_PAIRS = 4
LINKAGE, AND = "linkage of ", " + "
COLUMNS = [
    "strategy", "gives_way", "worlds", "p_base", "p", "gain", "low", "high", "p_value", "p_holm",
    "sure",
]  # fmt: skip


def giving_way(scenario: Scenario, who: Sequence[str]) -> Scenario:
    """Return the scenario in which some actors stand in nobody's way, or venues have no linkage.

    Parameters
    ----------
    scenario : Scenario
    who : sequence of str
        Codes of actors; ``linkage of CD`` for a venue's dispute over other items.

    Notes
    -----
    Where the pace of concession is exactly 0 nobody's aspiration ever falls, not even theirs.
    """
    actors = [scenario.actor_ids.index(code) for code in who if not code.startswith(LINKAGE)]
    figures, convening = scenario.arrays.actor_figures.copy(), scenario.arrays.convening.copy()
    seats = scenario.arrays.seats.copy()
    seats["group"][:, actors] = NEVER
    for end in RANGE.names or ():
        convening[end][:, actors] = LEAST
        for name, value in GIVES_WAY.items():
            figures[end][actors, ACTOR_PARAMETERS.index(name)] = value
    changes, changed_to = scenario.arrays.changes, scenario.arrays.changed_to.copy()
    lasting = np.isin(changes["row"], actors) & (changes["owner"] == OF_ACTOR)
    forums = np.isin(changes["column"], actors) & (changes["owner"] == OF_CONVENING)
    for end in RANGE.names or ():
        changed_to[end][forums] = LEAST
        for name, value in GIVES_WAY.items():
            changed_to[end][lasting & (changes["column"] == ACTOR_PARAMETERS.index(name))] = value
    venues = scenario.arrays.venues.copy()
    for name in who:
        if name.startswith(LINKAGE):
            venues["linkage"][scenario.venue_ids.index(name.removeprefix(LINKAGE))] = NEVER
    arrays: dict[str, Any] = {
        "changed_to": changed_to, "actor_figures": figures, "convening": convening, "seats": seats, "venues": venues,
    }  # fmt: skip
    for array in arrays.values():
        array.setflags(write=False)
    return dataclasses.replace(scenario, arrays=scenario.arrays._replace(**arrays))


def candidates(scenario: Scenario, strategy: str, blockers: Sequence[str]) -> list[str]:
    """Return who may give way: linkages, and all of a small cast or those that blocked most."""
    linked = [
        LINKAGE + venue
        for venue in venues_of(scenario, scenario.index_of_strategy(strategy))
        if scenario.arrays.venues["linkage"][scenario.venue_ids.index(venue)] >= 0
    ]
    known = [code for code in dict.fromkeys(blockers) if code in scenario.actor_ids]
    if len(scenario.actor_ids) > ALL_UP_TO:
        return linked + known[:MOST]
    return linked + known + [code for code in scenario.actor_ids if code not in known]


def counterfactual_weights(
    scenario: Scenario,
    worlds: Worlds,
    strategies: Sequence[str],
    blockers: Mapping[str, Sequence[str]] | None = None,
    *,
    level: float = 0.95,
    threads: int | None = None,
    progress: Progress | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return how much P rises on the same worlds if one actor, or two, had given way.

    Parameters
    ----------
    scenario : Scenario
    worlds : Worlds
    strategies : sequence of str
        Strategies of pledges alone are not allowed.
    blockers : mapping of str to sequence of str, optional
        Per strategy the actors by how often they blocked: who is tried in a cast of more than
        ``ALL_UP_TO``, and whom pairs are made of where nobody gains anything alone.

    Returns
    -------
    singles, pairs : DataFrame
        ``strategy, gives_way`` (``"CHN + USA"`` for two), ``worlds, p_base, p``, ``gain`` with
        its paired interval ``low, high``, McNemar's ``p_value``, ``p_holm`` corrected for all
        that were tried for the strategy, ``sure`` (``p_holm`` below ``1 - level``); largest gain
        first. Pairs are those of the four with the largest gains (then: that blocked most), and
        have ``beyond``: the gain over the better of the two alone.
    """
    compile_first(scenario)
    singles: list[dict[str, Any]] = []
    pairs: list[dict[str, Any]] = []
    tell = progress or (lambda done, total: None)

    def after(done: int) -> Callable[[int], None]:
        return lambda n: tell(done + n, total)

    who = {name: candidates(scenario, name, (blockers or {}).get(name, ())) for name in strategies}
    total = sum(len(names) + comb(min(FOR_PAIRS, len(names)), 2) for names in who.values())
    for name, names in who.items():
        trial = _Trial(scenario, worlds, name, level, threads)
        done = len(singles) + len(pairs)
        ones = trial.rows([(one,) for one in names], after(done))
        gains = {row["gives_way"]: row["gain"] for row in ones}
        first = sorted(names, key=gains.__getitem__, reverse=True)[:FOR_PAIRS]
        done += len(ones)
        twos = trial.rows(list(combinations(first, 2)), after(done))
        for row in twos:
            row["beyond"] = row["gain"] - max(gains[one] for one in row["gives_way"].split(AND))
        singles += ones
        pairs += twos
    return pd.DataFrame(singles, columns=COLUMNS), pd.DataFrame(pairs, columns=[*COLUMNS, "beyond"])


class _Trial:
    """One strategy on some worlds, as it is and with some giving way."""

    def __init__(
        self, scenario: Scenario, worlds: Worlds, strategy: str, level: float, threads: int | None
    ) -> None:
        self.scenario, self.worlds, self.strategy = scenario, worlds, strategy
        self.place = scenario.index_of_strategy(strategy)
        self.level, self.threads = level, threads
        self.base = self.timely(scenario)

    def timely(self, scenario: Scenario) -> np.ndarray:
        return self.worlds.timely(scenario, [self.place])[:, 0]

    def rows(
        self, groups: list[tuple[str, ...]], tell: Callable[[int], None]
    ) -> list[dict[str, Any]]:
        """Return a row for each group that gives way, the largest gain first."""
        changed = (giving_way(self.scenario, group) for group in groups)
        rows: list[dict[str, Any]] = []
        for found in in_order(self.timely, changed, self.threads):
            rows.append(self._row(groups[len(rows)], found))
            tell(len(rows))
        for row, p in zip(rows, holm([row["p_value"] for row in rows]), strict=True):
            row["p_holm"], row["sure"] = float(p), bool(p < 1.0 - self.level)
        return sorted(rows, key=lambda row: -row["gain"])

    def _row(self, group: tuple[str, ...], found: np.ndarray) -> dict[str, Any]:
        base = self.base
        only_found, only_base = int((found & ~base).sum()), int((base & ~found).sum())
        gain, low, high = paired_difference(only_found, only_base, len(base), self.level)
        return {
            "strategy": self.strategy, "gives_way": AND.join(group), "worlds": len(base),
            "p_base": float(base.mean()), "p": float(found.mean()), "gain": gain, "low": low,
            "high": high, "p_value": mcnemar(only_found, only_base),
        }  # fmt: skip
