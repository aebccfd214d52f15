"""Tables as rows of text: the shape, and the compact form of each study's own table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from negotiation_sim.analysis.figures.sweep_maps import parameter_label
from negotiation_sim.faces.report import hedging as words
from negotiation_sim.faces.report import studied
from negotiation_sim.words import shares as per_cent

MOST_ROWS = 12


@dataclass(frozen=True)
class Table:
    """A table of text.

    Parameters
    ----------
    columns : list of str
    rows : list of list
    numbers : set of int
        Columns that are set to the right.
    """

    columns: list[str]
    rows: list[list[Any]]
    numbers: frozenset[int] = frozenset()


def study_table(study: studied.FinishedStudy) -> Table:
    """Return the first rows of a study's table as text, compact where its columns are known."""
    known = set(study.table.columns)
    if study.kind == studied.SENSITIVITY and "parameter" in known:
        return _sensitivity(study)
    if study.kind == studied.CAUSES and {"gives_way", "p_base", "p", "gain"} <= known:
        return _giving_way(study)
    if study.kind == studied.LEVERS and {"change", "cost", "p", "low", "high"} <= known:
        return _levers(study)
    table = study.table.drop(columns=["strategy"], errors="ignore").head(MOST_ROWS)
    numbers = frozenset(
        place for place, name in enumerate(table.columns)
        if pd.api.types.is_numeric_dtype(table[name])
    )  # fmt: skip
    columns = [str(name).replace("_", " ") for name in table.columns]
    return Table(columns, table.astype(object).values.tolist(), numbers)


def _sensitivity(study: studied.FinishedStudy) -> Table:
    main = "mu_star" if study.is_morris else "total"
    columns = ["assumption"]
    columns += ["change of P over its span" if study.is_morris else "share of the variance"]
    columns += ["95% interval", "value", "span", "basis"]
    rows = []
    for row in study.table.head(MOST_ROWS).to_dict("records"):
        rows.append([
            parameter_label(str(row["parameter"])), _percent(row.get(main)),
            _both(_percent(row.get(f"{main}_low")), _percent(row.get(f"{main}_high"))),
            _plain(row.get("value")), _both(_plain(row.get("low")), _plain(row.get("high"))),
            row.get("basis"),
        ])  # fmt: skip
    return Table(columns, rows, frozenset({1, 2, 3, 4}))


def _giving_way(study: studied.FinishedStudy) -> Table:
    columns = ["who gives way", "P as it is", "P then", "gain, points of 100"]
    columns += ["95% interval", "sure?"]
    rows = [
        [row["gives_way"], per_cent.percent(row["p_base"]), per_cent.percent(row["p"]),
         words.signed(row["gain"]), words.signed_span(row["low"], row["high"]),
         "sure" if row["sure"] else "open"]
        for row in study.table.head(MOST_ROWS).to_dict("records")
    ]  # fmt: skip
    return Table(columns, rows, frozenset({1, 2, 3, 4}))


def _levers(study: studied.FinishedStudy) -> Table:
    columns = ["change", "cost", "P on fresh worlds", "reaches the target?"]
    rows = [
        [row["change"], _plain(row["cost"]), per_cent.estimate(row["p"], row["low"], row["high"]),
         row.get("reaches")]
        for row in study.table.head(MOST_ROWS).to_dict("records")
    ]  # fmt: skip
    return Table(columns, rows, frozenset({1, 2}))


def _percent(value: Any) -> str:
    return per_cent.NONE if value is None or pd.isna(value) else per_cent.percent(value)


def _plain(value: Any) -> str:
    return per_cent.NONE if value is None or pd.isna(value) else f"{value:g}"


def _both(low: str, high: str) -> str:
    return low if per_cent.NONE in (low, high) else f"{low} to {high}"
