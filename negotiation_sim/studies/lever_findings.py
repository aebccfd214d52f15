"""What the search for levers found, and how it is told."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from negotiation_sim.glance import glanced
from negotiation_sim.studies.finished_run import records

SURE, ABOUT, SHORT = "surely", "about", "falls short"


@glanced
@dataclass
class Levers:
    """What the search found.

    Attributes
    ----------
    table : DataFrame
        One row for each change that reached the target on the worlds of the search, the cheapest
        first: ``change`` in words, ``levers``, ``cost``, ``p_search``; on fresh worlds ``p`` with
        Wilson's ``low, high``, and ``reaches``: ``surely`` (the whole interval is above the
        target), ``about`` (it holds the target) or ``falls short``.
    alone : DataFrame
        One row for each lever: the highest P it reaches alone, and the share of its reach there.
    farthest : DataFrame
        Where nothing reached the target: the best change alone, the best two and the best
        package, with the columns of ``table``.
    """

    strategy: str
    target: float
    p_base: float
    base_low: float
    base_high: float
    worlds: int
    fresh: int
    table: pd.DataFrame
    alone: pd.DataFrame
    actors: list[str]
    farthest: pd.DataFrame
    seconds: float = math.nan
    files: list[Path] = field(default_factory=list)

    def sentences(self) -> list[str]:
        """Return what was found in words, never more certain than the intervals."""
        now = (
            f"P({self.strategy}) is {self.p_base:.3f} ({self.base_low:.3f} to "
            f"{self.base_high:.3f}); wanted: {self.target:g}."
        )
        if self.base_low >= self.target:
            return [now, "The target is reached as things are; nothing needs to change."]
        good = self.table[self.table["reaches"] != SHORT]
        if not len(good):
            return [now, *self._nothing()]
        words = [now]
        for size, what in ((1, "one change"), (2, "two changes together")):
            rows = good[good["levers"].map(len) == size]
            if len(rows):
                row = rows.iloc[0]
                words.append(
                    f"The cheapest {what}: {row['change']} (cost {row['cost']:.2f}); P on fresh "
                    f"worlds {row['p']:.3f} ({row['low']:.3f} to {row['high']:.3f}), "
                    f"{_verdict(row['reaches'])}."
                )
            elif size == 1:
                words.append("No single change within its reach is enough.")
        return words

    def content(self) -> dict[str, Any]:
        """Return what the study's file says."""
        table = self.table if len(self.table) else self.farthest
        shown = table.assign(levers=table["levers"].map(" + ".join)).drop(columns=["shares"])
        return {
            "target": self.target, "p_base": [self.p_base, self.base_low, self.base_high],
            "actors": self.actors, "reached": bool(len(self.table)), "sentences": self.sentences(),
            "table": records(shown), "alone": records(self.alone),
        }  # fmt: skip

    def _nothing(self) -> list[str]:
        words = [
            "On the worlds of the search no single change within its reach is enough, nor are two."
        ]
        for row in self.farthest.to_dict("records"):
            n = len(row["levers"])
            what = {1: "best alone", 2: "best two"}.get(n, f"best package of {n}")
            words.append(
                f"The {what} (cost {row['cost']:.2f}): {row['change']}; P on fresh worlds "
                f"{row['p']:.3f} ({row['low']:.3f} to {row['high']:.3f})."
            )
        return words


def _verdict(reaches: str) -> str:
    return {
        SURE: "surely at or above the target", ABOUT: "the target lies within the interval",
        SHORT: "short of the target",
    }[reaches]  # fmt: skip
