"""The least that would have to change for a strategy to reach a wanted probability.

Each lever is moved alone, then levers by twos, on the same worlds: the smallest step is found by
looking at quarters of the reach and halving the first interval in which P crosses the target. What
was found on these worlds was chosen by them, so it is run again on fresh ones, and those numbers
are reported.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from negotiation_sim.analysis.causes import CauseAccumulator
from negotiation_sim.analysis.intervals import wilson
from negotiation_sim.analysis.outcomes import strategy_outcomes
from negotiation_sim.analysis.success import pledge_initiatives
from negotiation_sim.catalogue import environment_table
from negotiation_sim.engine.ensemble import run_ensemble
from negotiation_sim.engine.scenario import Scenario
from negotiation_sim.errors import UsageError, nearest
from negotiation_sim.studies.lever_base import Lever
from negotiation_sim.studies.lever_findings import ABOUT, SHORT, SURE, Levers
from negotiation_sim.studies.lever_kinds import levers_of, levers_said
from negotiation_sim.studies.lever_looks import Looks, Move, quarters
from negotiation_sim.studies.lever_terms import Terms
from negotiation_sim.studies.timely import Progress, Worlds, compile_first, duration, in_order

WORLDS, FRESH, FEWEST = 500, 2000, 50
ACTORS = 6
IN_PAIRS, PAIRS_REFINED, MOST_BUILT = 12, 8, 6
WORTH_A_PAIR = 0.9  # a pair must cost a tenth less than either of its levers alone
COLUMNS = [
    "change", "levers", "cost", "p_search", "p", "low", "high", "reaches", "replicates", "shares",
]  # fmt: skip


class Search:
    """Finds the smallest changes for one strategy and one target.

    Parameters
    ----------
    scenario : Scenario
    strategy : str
    target : float
        Wanted P(timely success), above 0 and at most 1.
    worlds, fresh : int
        Worlds of the search, and fresh ones that judge what it found.
    actors : sequence of str
        Whose positions may move; default: those that block most.
    terms : Terms
    vary : mapping, or sequence of 'PATH=VALUES'
        Levers of the caller's own: whatever has a path, its values in the order of their steps.
    """

    def __init__(
        self, scenario: Scenario, strategy: str, target: float, *, worlds: int = WORLDS,
        fresh: int = FRESH, seed: int = 1, actors: Sequence[str] = (), terms: Terms | None = None,
        vary: Mapping[str, Any] | Sequence[str] = (),
    ) -> None:  # fmt: skip
        check_target(target)
        if min(worlds, fresh) < FEWEST:
            few = min(worlds, fresh)
            raise UsageError(f"replicates: {few} worlds are too few for a claim; at least {FEWEST}")
        for code in actors:
            if code not in scenario.actor_ids:
                hint = nearest(code, scenario.actor_ids)
                raise UsageError(f"actors: no actor '{code}' in {scenario.setting.id}{hint}")
        self.scenario, self.strategy, self.target = scenario, strategy, float(target)
        self.worlds = Worlds(seed, worlds)
        self.fresh = Worlds(seed, fresh, first=worlds)
        self.terms = terms or Terms()
        self.actors = list(actors) or main_blockers(scenario, strategy, self.worlds)
        own = levers_said(scenario.setting, vary, environment_table())
        named = {lever.id for lever in own}
        found = levers_of(scenario, strategy, self.actors, self.terms.reach_of)
        self.levers = self.terms.priced([*own, *(x for x in found if x.id not in named)])
        self.look = Looks(scenario, strategy, self.target, self.worlds)

    def words(self) -> str:
        """Return the cost in words, measured on one look."""
        return (
            f"{len(self.levers)} levers, at most about {self.looks:,} looks x {self.worlds.n:,} "
            f"worlds, {duration(self.seconds())} on one core; then {self.fresh.n:,} fresh worlds a "
            "change."
        )

    def seconds(self) -> float:
        """Return about how long the search will take at most, measured on one look."""
        compile_first(self.scenario)
        began = time.perf_counter()
        self.look.timely(self.worlds, ())
        return (time.perf_counter() - began) * self.looks

    @property
    def looks(self) -> int:
        """About how many times the worlds of the search will be run at most."""
        n = len(self.levers)
        return 8 * n + IN_PAIRS * (IN_PAIRS - 1) // 2 + 30 * PAIRS_REFINED

    def run(self, threads: int | None = None, progress: Progress | None = None) -> Levers:
        """Search, and judge what was found on fresh worlds."""
        compile_first(self.scenario)
        tell = progress or (lambda done, total: None)
        base = int(self.look.timely(self.fresh, ()).sum())
        found: list[tuple[Move, ...]] = []
        best: dict[str, tuple[int, float]] = {}
        farthest: list[tuple[Move, ...]] = []
        if wilson(base, self.fresh.n)[0] < self.target:
            for place, (lever, step, reached) in enumerate(
                in_order(self._alone, self.levers, threads)
            ):
                best[lever.id] = reached
                found += [((lever, step),)] if step else []
                tell(place + 1, None)
            pairs, best_pair = self._pairs(found, best, threads)
            found += pairs
            if not found:
                farthest = self._farthest(best, best_pair, threads)
        table = pd.DataFrame([self._judged(moves) for moves in found], columns=COLUMNS)
        table = table.sort_values(["cost", "change"], kind="stable", ignore_index=True)
        low, high = wilson(base, self.fresh.n)
        return Levers(
            strategy=self.strategy, target=self.target, p_base=base / self.fresh.n, base_low=low,
            base_high=high, worlds=self.worlds.n, fresh=self.fresh.n, table=table,
            alone=self._alone_table(best), actors=self.actors,
            farthest=pd.DataFrame([self._judged(moves) for moves in farthest], columns=COLUMNS),
        )  # fmt: skip

    def _alone(self, lever: Lever) -> tuple[Lever, int, tuple[int, float]]:
        """Return the smallest step that reaches the target (0: none), and the best with its P."""
        looked = [(step, self.look.p((lever, step))) for step in quarters(lever.steps)]
        best = max(looked, key=lambda pair: (pair[1], -pair[0]))
        under = 0
        for step, p in looked:
            if p >= self.target:
                return lever, self.look.halve(lever, under, step), best
            under = step
        return lever, 0, best

    def _pairs(
        self,
        singles: list[tuple[Move, ...]],
        best: dict[str, tuple[int, float]],
        threads: int | None,
    ) -> tuple[list[tuple[Move, ...]], tuple[Move, ...]]:
        """Return pairs that reach the target more cheaply than either alone, and the best seen."""
        alone = {moves[0][0].id: moves[0] for moves in singles}
        names = self._promising(best)
        twos = [pair for pair in combinations(names, 2) if not _opposite(pair[0].id, pair[1].id)]
        limits: list[tuple[Move, ...]] = [
            tuple((x, self.look.limit(x, best[x.id][1])) for x in pair) for pair in twos
        ]
        reached = list(in_order(lambda moves: self.look.p(*moves), limits, threads))
        ranked = sorted(zip(reached, limits, strict=True), key=lambda pair: -pair[0])
        enough = (m for p, m in ranked if p >= self.target)
        hopeful = [m for m in enough if self._saves(m, alone)][:PAIRS_REFINED]
        found: list[tuple[Move, ...]] = []
        for moves in in_order(self.look.cheapest, hopeful, threads):
            price = sum(lever.cost_of(step) for lever, step in moves)
            costs = [x.cost_of(alone[x.id][1]) for x, _ in moves if x.id in alone]
            if price <= WORTH_A_PAIR * min(costs, default=np.inf):
                found.append(moves)
        return found, ranked[0][1] if ranked else ()

    def _farthest(
        self, best: dict[str, tuple[int, float]], pair: tuple[Move, ...], threads: int | None
    ) -> list[tuple[Move, ...]]:
        """Return what gets farthest where neither one change nor two are enough.

        The best change alone, the best two, and a package: built up from those two by what helps
        most, or, where that does not get there, everything less what is not needed.
        """
        if not self.levers:
            return []
        top = max(self.levers, key=lambda lever: best[lever.id][1])
        alone = ((top, best[top.id][0]),)
        limits = [(x, self.look.limit(x, best[x.id][1])) for x in self.levers]
        package = self._built(pair or alone, limits, threads)
        if self.look.p(*package) < self.target:
            package = max(package, self._pared(limits), key=lambda moves: self.look.p(*moves))
        return [moves for moves in dict.fromkeys((alone, pair, package)) if moves]

    def _built(
        self, package: tuple[Move, ...], limits: list[Move], threads: int | None
    ) -> tuple[Move, ...]:
        """Return a package with the change added that helps most, until nothing helps."""
        while len(package) < MOST_BUILT and self.look.p(*package) < self.target:
            more = [(*package, move) for move in limits if _fits(move, package)]
            reached = list(in_order(lambda moves: self.look.p(*moves), more, threads))
            if not reached or max(reached) <= self.look.p(*package):
                break
            package = more[int(np.argmax(reached))]
        return package

    def _pared(self, limits: list[Move]) -> tuple[Move, ...]:
        """Return everything at its limit, less what the target can do without, dearest first."""
        package: tuple[Move, ...] = ()
        for move in limits:
            package += (move,) if _fits(move, package) else ()
        whole = self.look.p(*package)
        for move in sorted(package, key=lambda move: -move[0].cost_of(move[1])):
            left = tuple(other for other in package if other is not move)
            if left and self.look.p(*left) >= min(self.target, whole):
                package = left
        return package

    def _saves(self, limits: tuple[Move, ...], alone: dict[str, Move]) -> bool:
        """Return whether, with the other at its limit, a lever may stop well short of its own.

        Of what it takes alone, that is: else the two can hardly be cheaper than one.
        """
        able = [(alone[x.id], other) for (x, _), other in zip(limits, limits[::-1], strict=True)
                if x.id in alone]  # fmt: skip
        return not able or any(
            self.look.p((x, step - max(1, step // 4)), other) >= self.target
            for (x, step), other in able
        )

    def _promising(self, best: dict[str, tuple[int, float]]) -> list[Lever]:
        """Return the levers to pair: those that help most alone, then in the order of the list."""
        order = sorted(range(len(self.levers)), key=lambda i: -best[self.levers[i].id][1])
        chosen = [self.levers[i] for i in order]
        helping = [x for x in chosen if best[x.id][1] > self.look.p()]
        idle = [x for x in chosen if x not in helping]
        idle.sort(
            key=lambda x: not x.id.startswith("actors.")
        )  # blockers first: both may be needed
        return (helping + idle)[:IN_PAIRS]

    def _judged(self, moves: tuple[Move, ...]) -> dict[str, Any]:
        """Return a row of the table: the change, and P on fresh worlds."""
        done = int(self.look.timely(self.fresh, moves).sum())
        low, high = wilson(done, self.fresh.n)
        reaches = SURE if low >= self.target else (SHORT if high < self.target else ABOUT)
        return {
            "change": _told(moves), "levers": [lever.id for lever, _ in moves],
            "cost": sum(lever.cost_of(step) for lever, step in moves), "p_search": self.look.p(*moves),
            "p": done / self.fresh.n, "low": low, "high": high, "reaches": reaches,
            "replicates": self.fresh.n, "shares": [step / lever.steps for lever, step in moves],
        }  # fmt: skip

    def _alone_table(self, best: dict[str, tuple[int, float]]) -> pd.DataFrame:
        rows = [
            {"lever": x.id, "change": x.words(step), "share": step / x.steps, "p": p}
            for x in self.levers
            for step, p in [best.get(x.id, (x.steps, np.nan))]
        ]
        table = pd.DataFrame(rows, columns=["lever", "change", "share", "p"])
        return table.sort_values("p", ascending=False, kind="stable", ignore_index=True)


def check_target(target: float) -> None:
    """Raise UsageError for a target that is no probability above 0."""
    if not 0.0 < target <= 1.0:
        raise UsageError(f"target: {target:g} is not a probability above 0 and at most 1")


def _told(moves: Sequence[Move]) -> str:
    return "; ".join(lever.words(step) for lever, step in moves)


def _fits(move: Move, package: Sequence[Move]) -> bool:
    """Return whether a move is neither in a package nor against one that is."""
    return not any(
        move[0].id == lever.id or _opposite(move[0].id, lever.id) for lever, _ in package
    )


def _opposite(one: str, other: str) -> bool:
    """Return whether two levers pull the same thing in opposite ways."""
    return {one.rsplit(".", 1)[-1], other.rsplit(".", 1)[-1]} == {
        "narrower_mandate", "wider_mandate",
    } and one.rsplit(".", 1)[0] == other.rsplit(".", 1)[0]  # fmt: skip


def main_blockers(scenario: Scenario, strategy: str, worlds: Worlds) -> list[str]:
    """Return the actors that block a strategy most often, at most six."""
    causes = CauseAccumulator()
    pledges = pledge_initiatives(scenario.setting)
    for chunk in run_ensemble(scenario, worlds.n, worlds.seed, strategies=[strategy]):
        causes.update(
            strategy_outcomes(
                chunk, scenario.succeeds_when, scenario.deadline, pledge_initiatives=pledges
            )
        )
    return causes.blockers()["actor"].tolist()[:ACTORS]
