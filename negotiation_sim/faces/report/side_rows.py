"""Strategies side by side as rows of text: by year, quantiles, dominance, all together."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pandas as pd

from negotiation_sim.analysis.dominance import CROSSING, FIRST, SECOND
from negotiation_sim.analysis.measures import PARTICIPATION, YEARS
from negotiation_sim.analysis.outcomes import likeliest_first
from negotiation_sim.faces.report.facts import Facts
from negotiation_sim.faces.report.study_rows import Table
from negotiation_sim.words import shares as per_cent

ORDERS = {1: "first order", 2: "second order"}
JOINT = (
    ("first_ahead", "first"),
    ("second_ahead", "second"),
    ("mixed", "mixed"),
    ("alike", "alike"),
)
LEAST_MATRIX = 3


def of(facts: Facts) -> dict[str, Any]:
    """Return the tables that templates print, by name."""
    return {
        "by_year": by_year_table(facts), "quantiles": quantile_table(facts),
        "dominance": dominance_table(facts), "joint": joint_table(facts),
        "matrices": matrices(facts), "dominance_note": dominance_note(facts),
    }  # fmt: skip


def by_year_table(facts: Facts) -> Table:
    """Return P of success within each number of years; strategies without any success left out."""
    table = facts.side.by_year
    years = sorted(set(table["years"]))
    rows = []
    order = likeliest_first(facts.summary)["strategy"]
    for name in order:
        part = table[table["strategy"] == name]
        if part["successes"].any():
            cells = [_share(row.p, row.low, row.high) for row in part.itertuples()]
            rows.append([f"`{name}`", f"{part['replicates'].iloc[0]:,}", *cells])
    columns = ["within years", "repli\xadcates", *(f"{year:g}" for year in years)]
    return Table(columns, rows, frozenset(range(1, len(columns))))


def _share(p: float, low: float, high: float) -> str:
    r"""Return a share in per cent above its interval, rounded outwards: narrow, for many columns.

    Examples
    --------
    >>> _share(0.1234, 0.1098, 0.1376), _share(0.0, 0.0, 0.0019)
    ('12\n10–14', '0.0\n0.0–0.2')
    """
    digits = 1 if high < 0.0995 else 0
    unit = 10.0 ** (2 + digits)
    bottom, top = (
        math.floor(low * unit + 1e-9) / 10**digits,
        math.ceil(high * unit - 1e-9) / 10**digits,
    )
    return f"{100.0 * p:.{digits}f}\n{bottom:.{digits}f}–{top:.{digits}f}"


def _text_of(measure: str) -> str:
    """Return which of a strategy's texts a measure is of: nothing for the first."""
    return measure.partition(", ")[2]


def _by_pair(table: pd.DataFrame) -> Iterator[tuple[list[str], dict[str, Any]]]:
    """Yield the names of a pair and its rows by measure; one line for each text of both."""
    for (first, second), part in table.groupby(["first", "second"], sort=False):
        for text, lines in part.groupby(part["measure"].map(_text_of), sort=False):
            names = ["", text] if text else [f"`{first}`", f"`{second}`"]
            yield names, {str(row.measure).partition(", ")[0]: row for row in lines.itertuples()}


def quantile_table(facts: Facts) -> Table:
    """Return one quantile of each measure of the best of each goal beside those of the others."""
    table = facts.side.against_best(facts.side.headline())
    measures = [m for m in dict.fromkeys(table["measure"]) if not _text_of(m)]
    rows = []
    for names, found in _by_pair(table):
        cells = [_beside(found[m], facts) if m in found else "" for m in measures]
        years, texts = found.get(YEARS), found.get(PARTICIPATION)
        counts = [f"{years.values_first:,}" if years else ""]
        counts.append(f"{texts.values_first:,} and {texts.values_second:,}" if texts else "")
        rows.append([*names, *cells, *counts])
    heads = [f"{m} (quantile)" if m == YEARS else f"{m} (median)" for m in measures]
    columns = ["the best", "beside", *heads, "replicates", "with a text"]
    return Table(columns, rows)


def _beside(row: Any, facts: Facts) -> str:
    """Return both values and their difference with its interval."""
    years = row.measure == YEARS
    beyond = f"over {facts.setting.horizon_years:g}" if years else per_cent.NONE
    one, two = (_value(v, years, beyond) for v in (row.value_first, row.value_second))
    said = f"{row.quantile:.0%}: {one} and {two}" if years else f"{one} and {two}"
    if pd.isna(row.difference):
        return said
    return f"{said};\n{_signed(row.difference, years)}\n({_limits(row.low, row.high, years)})"


def _value(value: Any, years: bool, beyond: str) -> str:
    return beyond if pd.isna(value) else f"{value:.{1 if years else 2}f}"


def _signed(value: Any, years: bool) -> str:
    if pd.isna(value):
        return per_cent.NONE
    text = f"{value:+.{1 if years else 2}f}"
    return "0" if float(text) == 0.0 else text.replace("-", "−")


def _limits(low: Any, high: Any, years: bool) -> str:
    if pd.isna(low) and pd.isna(high):
        return per_cent.NONE
    return f"{_signed(low, years)} to {_signed(high, years)}"


def dominance_table(facts: Facts) -> Table:
    """Return whether the best of each goal stochastically dominates the others."""
    rows = []
    for names, found in _by_pair(facts.side.against_best(facts.side.strongest)):
        cells: list[str] = []
        for measure in (YEARS, PARTICIPATION):
            row = found.get(measure)
            cells += [_verdict(row), _p_value(row.p_holm)] if row is not None else ["", ""]
        rows.append([*names, *cells, f"{next(iter(found.values())).worlds:,}"])
    columns = ["the best", "beside", "who dominates in years to success", "p, corrected"]
    columns += ["who dominates in participation", "p, corrected", "replicates"]
    return Table(columns, rows, frozenset({3, 5, 6}))


def _p_value(p: float) -> str:
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def _verdict(row: Any) -> str:
    if row.verdict == FIRST:
        return f"the best, {ORDERS[row.order]}"
    if row.verdict == SECOND:
        return f"the other, {ORDERS[row.order]}"
    return str(row.verdict)


def joint_table(facts: Facts) -> Table:
    """Return in how many worlds the best of each goal is ahead in everything."""
    rows = []
    for row in facts.side.against_best(facts.side.joint).to_dict("records"):
        shares = [
            per_cent.estimate(row[name], row[f"{short}_low"], row[f"{short}_high"])
            for name, short in JOINT
        ]
        cells = [*shares, _p_value(row["p_holm"]), f"{row['worlds']:,}"]
        rows.append([f"`{row['first']}`", f"`{row['second']}`", *cells])
    columns = ["the best", "beside", "best ahead", "other ahead", "each in something", "alike"]
    return Table([*columns, "p, corrected", "replicates"], rows, frozenset(range(2, 8)))


def matrices(facts: Facts) -> list[tuple[str, Table]]:
    """Return every pair of a goal as a matrix, one for each measure; title and table."""
    found = []
    table = facts.side.strongest
    goals = facts.best.groupby("goal", sort=False)["strategy"]
    for goal, members in goals:
        if len(members) < LEAST_MATRIX:
            continue
        mine = table[table["first"].isin(members) & table["second"].isin(members)]
        for measure in (YEARS, PARTICIPATION):
            part = mine[mine["measure"] == measure]
            if part["verdict"].isin([FIRST, SECOND, CROSSING]).any():
                found.append((f"{goal!s}, {measure}" if goal else measure, _matrix(part)))
    return found


def _matrix(part: pd.DataFrame) -> Table:
    """Return signs of dominance, row over column."""
    names = list(dict.fromkeys([*part["first"], *part["second"]]))
    cells = {(name, name): "" for name in names}
    for row in part.itertuples():
        pair, turned = (row.first, row.second), (row.second, row.first)
        sign = str(row.order) if row.verdict in (FIRST, SECOND) else ""
        if row.verdict == FIRST:
            cells[pair], cells[turned] = sign, ""
        elif row.verdict == SECOND:
            cells[pair], cells[turned] = "", sign
        else:
            cells[pair] = cells[turned] = "×" if row.verdict == CROSSING else "·"  # noqa: RUF001
    rows = [
        [f"{n} `{name}`", *(cells.get((name, other), "") for other in names)]
        for n, name in enumerate(names, 1)
    ]
    columns = ["dominates", *(str(n) for n in range(1, len(names) + 1))]
    return Table(columns, rows, frozenset(range(1, len(columns))))


def dominance_note(facts: Facts) -> str:
    """Return how many pairs and hypotheses were looked at."""
    n = len(facts.side.joint)
    return f"{n} {'pair was' if n == 1 else 'pairs were'} looked at" if n else ""
