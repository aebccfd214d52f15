"""What a step of a lesson answers, written from the tables of the very run that is shown.

No sentence here knows what the model says: each reads shares and their intervals, and claims a
difference only where its interval keeps off zero. So a lesson stays true when figures change.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from negotiation_sim.faces.page.ensemble_jobs import EnsembleTables
from negotiation_sim.faces.report import answer
from negotiation_sim.words import shares
from negotiation_sim.words.sentences import listed

MEASURES = {
    "p_success": "success in time", "p_mandate": "a mandate in time",
    "p_adopted": "a text adopted in time", "p_in_force": "a text in force in time",
}  # fmt: skip
Names = Sequence[str]
State = Mapping[str, str]


def difference(
    row: Mapping[str, Any], other: Mapping[str, Any], measure: str
) -> tuple[float, float]:
    """Return the 95 % interval of one share less another, from both Wilson intervals.

    Newcombe's method 10; the worlds are the same, so that it is rather too wide.

    Examples
    --------
    >>> low, high = difference({"p": 0.5, "p_low": 0.4, "p_high": 0.6}, {"p": 0.2, "p_low": 0.15,
    ...                        "p_high": 0.28}, "p")
    >>> round(low, 3), round(high, 3)
    (0.172, 0.412)
    """
    (p, low, high), (q, less, more) = (
        [float(each[f"{measure}{end}"]) for end in ("", "_low", "_high")] for each in (row, other)
    )
    below = math.sqrt((p - low) * (p - low) + (more - q) * (more - q))
    above = math.sqrt((high - p) * (high - p) + (q - less) * (q - less))
    return p - q - below, p - q + above


def _rows(tables: EnsembleTables, names: Names, measure: str) -> list[dict[str, Any]]:
    """Return the rows of those strategies that have the measure, highest first."""
    table = tables.summary[tables.summary["strategy"].isin(list(names))]
    table = table[table[measure].notna()].sort_values(measure, ascending=False, kind="stable")
    return [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]


def _said(row: Mapping[str, Any], measure: str) -> str:
    return shares.estimate(row[measure], row[f"{measure}_low"], row[f"{measure}_high"])


def likeliest(tables: EnsembleTables, names: Names, measure: str) -> list[str]:
    """Say which strategy most often comes so far, and which may be as good."""
    rows = _rows(tables, names, measure)
    if not rows:
        return []
    first, what = rows[0], MEASURES[measure]
    if first[measure] == 0.0:
        return [f"Not one of {tables.done:,} worlds comes to {what}, with any of these strategies."]
    text = f"Most often {what}: {first['strategy']}, {_said(first, measure)}"
    level = [row for row in rows[1:] if difference(first, row, measure)[0] <= 0.0]
    behind = [row for row in rows[1:] if row not in level]
    if level:
        text += "; not shown to differ: " + listed(
            f"{row['strategy']}, {_said(row, measure)}" for row in level
        )
    if behind:
        text += "; less often: " + listed(
            f"{row['strategy']}, {_said(row, measure)}" for row in behind
        )
    return [text + "."]


def moved(
    tables: EnsembleTables, before: EnsembleTables | None, names: Names, measure: str
) -> list[str]:
    """Say what the step before does to a share, strategy by strategy."""
    if before is None:
        return []
    was = {row["strategy"]: row for row in _rows(before, names, measure)}
    told = []
    for row in _rows(tables, names, measure):
        if row["strategy"] in was:
            old = was[row["strategy"]]
            low, high = difference(row, old, measure)
            turn = "more" if low > 0.0 else "less" if high < 0.0 else "no difference shown"
            told.append(
                f"{row['strategy']}: {MEASURES[measure]} {_said(row, measure)}, "
                f"in the step before {_said(old, measure)}: {turn}."
            )
    return told


def fails(tables: EnsembleTables, names: Names, states: State) -> list[str]:
    """Say why each strategy fails and who stands in its way, as the report does."""
    counted = [name for name in names if (tables.causes["strategy"] == name).any()]
    return [
        answer.failure(name, tables.causes, tables.blockers, states).replace("`", "")
        for name in counted
    ]


def unsure(tables: EnsembleTables, names: Names) -> list[str]:
    """Say how far chance, and what is not known of positions, move each probability."""
    spread: dict[str, Any] = {}
    if len(tables.positions):
        spread = {row["strategy"]: row for row in tables.positions.to_dict("records")}
    told = []
    for row in _rows(tables, names, "p_success"):
        text = f"{row['strategy']}: {_said(row, 'p_success')} by chance in {tables.done:,} worlds"
        known = spread.get(row["strategy"])
        if known is not None and known["p_positions_high"] > known["p_positions_low"]:
            low, high = known["p_positions_low"], known["p_positions_high"]
            chance = row["p_success_high"] - row["p_success_low"]
            wider = "wider" if high - low > chance else "no wider"
            text += (
                f"; {shares.span(low, high)} by what is not known of positions, which is {wider} "
                "than chance"
            )
        told.append(text + ".")
    return told


def told(
    wanted: Sequence[str], tables: EnsembleTables, before: EnsembleTables | None, names: Names,
    states: State,
) -> list[str]:  # fmt: skip
    """Return the answer of a step.

    Parameters
    ----------
    wanted : sequence of str
        ``likeliest:p_adopted``, ``moved:p_success``, ``fails`` or ``unsure``.
    tables, before : EnsembleTables
        Of the settings of the step, and of the step before where it is shown beside it.
    names : sequence of str
        The strategies compared.
    states : mapping
        Names of states by code.
    """
    makers: dict[str, Callable[[str], list[str]]] = {
        "likeliest": lambda measure: likeliest(tables, names, measure),
        "moved": lambda measure: moved(tables, before, names, measure),
        "fails": lambda _: fails(tables, names, states),
        "unsure": lambda _: unsure(tables, names),
    }
    return [
        line for want in wanted for line in makers[want.partition(":")[0]](want.partition(":")[2])
    ]


KNOWN = ("likeliest", "moved", "fails", "unsure")
