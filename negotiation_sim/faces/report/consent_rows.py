"""Who wanted the adopted texts and who went along: a sentence a strategy, a table of the best."""

from __future__ import annotations

from typing import Any

import pandas as pd

from negotiation_sim.faces.report import hedging as words
from negotiation_sim.faces.report.facts import Facts
from negotiation_sim.faces.report.study_rows import Table
from negotiation_sim.words import shares as per_cent

MOST_NAMED, MOST_ROWS = 4, 12


def sentences(facts: Facts) -> list[str]:
    """Return a sentence for each strategy with a text in time: who wanted it, who went along."""
    found = []
    for name, part in facts.consent.groupby("strategy", sort=False):
        n = int(part["texts"].iloc[0])
        along = _named(part, "along", facts)
        second = f"; {along} went along most often" if along else "; nobody only went along"
        texts = f"{n:,} {'text' if n == 1 else 'texts'} in time"
        found.append(
            f"`{name}` ({texts}): wanted most often by {_named(part, 'wanted', facts)}{second}."
        )
    return found


def _named(part: pd.DataFrame, count: str, facts: Facts) -> str:
    most = part[part[count] > 0].sort_values(count, ascending=False, kind="stable")
    shown = zip(most["actor"].head(MOST_NAMED), most[f"p_{count}"].head(MOST_NAMED), strict=True)
    said = [f"{facts.names.get(actor, actor)} ({per_cent.percent(p)})" for actor, p in shown]
    return words.some(said, MOST_NAMED) if said else ""


def table(facts: Facts, strategies: list[str]) -> Table:
    """Return state by state how often it wanted the texts of some strategies, or went along.

    Of a large cast those are shown that went along or stood apart most often.
    """
    rows = []
    row: Any
    for name in strategies:
        mine = facts.consent[facts.consent["strategy"] == name]
        shown = mine.sort_values("wanted", kind="stable").head(MOST_ROWS)
        for place, row in enumerate(mine.loc[sorted(shown.index)].itertuples()):
            neither = 1.0 - row.p_wanted - row.p_along
            cells = (per_cent.percent(p) for p in (row.p_wanted, row.p_along, max(0.0, neither)))
            state = facts.names.get(row.actor, row.actor)
            rows.append([f"`{name}`" if place == 0 else "", state, *cells])
    columns = ["strategy", "state", "wanted it", "went along", "neither"]
    return Table(columns, rows, frozenset({2, 3, 4}))
