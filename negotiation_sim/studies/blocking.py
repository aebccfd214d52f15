"""``causes``: why strategies of a run fail, who blocks, and who would have to give way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd

from negotiation_sim.analysis.causes import CauseAccumulator
from negotiation_sim.glance import glanced
from negotiation_sim.runs import store
from negotiation_sim.studies.counterfactuals import LINKAGE, counterfactual_weights
from negotiation_sim.studies.finished_run import (
    FEW_WORLDS,
    chosen_strategies,
    read_run,
    records,
    version_note,
)
from negotiation_sim.studies.timely import Progress, Worlds
from negotiation_sim.words.shares import estimate

MOST = 8  # rows of a table that are shown or told


@glanced
@dataclass
class Causes:
    """Why strategies of a run fail.

    Attributes
    ----------
    shares, blockers, pairs : DataFrame
        See ``analysis.causes.CauseAccumulator``.
    weights, weights_of_two : DataFrame
        See ``studies.counterfactuals.counterfactual_weights``.
    """

    run: store.Run
    strategies: list[str]
    shares: pd.DataFrame
    blockers: pd.DataFrame
    pairs: pd.DataFrame
    weights: pd.DataFrame
    weights_of_two: pd.DataFrame
    worlds: int
    notes: list[str] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)

    def sentences(self, strategy: str | None = None) -> list[str]:
        """Return what was found in words, of one strategy or of all."""
        names = self.strategies if strategy is None else [strategy]
        return [line for name in names for line in self._of(name)] + self.notes

    def _of(self, name: str) -> list[str]:
        shares = self.shares[self.shares["strategy"] == name]
        if not len(shares):
            return [f"{name} succeeds in time in every world."]
        top = shares.sort_values("count", ascending=False, kind="stable").iloc[0]
        lines = [
            f"{name} fails most often at {top['cause'].replace('_', ' ')}: in "
            f"{estimate(top['share'], top['low'], top['high'])} of its "
            f"{int(shares['count'].sum()):,} failures."
        ]
        blockers = self.blockers[self.blockers["strategy"] == name].head(3)
        if len(blockers):
            said = "; ".join(
                f"{row['actor']} in {estimate(row['share'], row['low'], row['high'])}, mostly "
                f"{row['main_term'].replace('_', ' ')}"
                for row in blockers.to_dict("records")
            )
            lines.append(f"In the way, of its failures: {said}.")
        return [*lines, self._gain(name)]

    def _gain(self, name: str) -> str:
        """Return the sentence about giving way: one, else two, else nobody."""
        one = self.weights[(self.weights["strategy"] == name) & self.weights["sure"]]
        two = self.weights_of_two[
            (self.weights_of_two["strategy"] == name) & self.weights_of_two["sure"]
        ]
        one, two = one[one["gain"] > 0.0], two[two["gain"] > 0.0]
        words = []
        if len(one):
            words.append("Had " + _rise(one.iloc[0]))
        if len(two) and (not len(one) or two.iloc[0]["beyond"] > one.iloc[0]["gain"] / 2.0):
            words.append("Had both " + _rise(two.iloc[0]))
        if words:
            return " ".join(words)
        return (
            f"Nobody giving way alone, and no two of those tried, surely raise P on "
            f"{self.worlds:,} worlds."
        )

    def content(self, name: str) -> dict[str, Any]:
        """Return what the study's file says of a strategy."""
        tables = {
            "table": self.weights, "pairs_that_give_way": self.weights_of_two,
            "shares": self.shares, "blockers": self.blockers, "blocking_pairs": self.pairs,
        }  # fmt: skip
        return {
            "replicates": self.worlds,
            "sentences": self.sentences(name),
            "command": f"negotiation-sim causes {self.run.id} --strategies '{name}'",
        } | {key: records(table[table["strategy"] == name]) for key, table in tables.items()}


def _rise(row: pd.Series) -> str:
    who = row["gives_way"].replace(" + ", " and ")
    verb = "not stood in the way" if row["gives_way"].startswith(LINKAGE) else "given way"
    return (
        f"{who} {verb}, P would have been {row['p']:.3f} instead of {row['p_base']:.3f} "
        f"(by {row['gain']:+.3f}, {row['low']:+.3f} to {row['high']:+.3f}, same worlds)."
    )


def why(
    run: str | PathLike[str] | store.Run,
    strategies: Sequence[str] | None = None,
    root: str | PathLike[str] = "results",
    *,
    worlds: int = 500,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Causes:
    """Return causes and counterfactual weights of a run's strategies.

    Parameters
    ----------
    run : path, str or Run
    strategies : sequence of str, optional
        Default: all that can succeed.
    worlds : int
        On which actors give way: the first of the run's own worlds.
    """
    found, scenario, outcomes = read_run(run, root)
    names = chosen_strategies(found, outcomes, strategies)
    counted = CauseAccumulator()
    chosen = outcomes[outcomes["strategy"].isin(names)]
    counted.update(chosen.assign(strategy=chosen["strategy"].astype(str)))
    blockers = counted.blockers()
    order = {name: blockers[blockers["strategy"] == name]["actor"].tolist() for name in names}
    seed = int(found.manifest["inputs"]["seed"])
    weights, of_two = counterfactual_weights(
        scenario, Worlds(seed, worlds), names, order, threads=threads, progress=progress
    )
    notes = version_note(found)
    if worlds < FEW_WORLDS:
        notes.append(f"Only {worlds} worlds: small gains cannot be told from chance.")
    return Causes(
        found, names, counted.shares(), blockers, counted.pairs(), weights, of_two, worlds, notes
    )
