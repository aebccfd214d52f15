"""The tables of docs/model.md and docs/columns.md, made of what the model declares.

``tools/regenerate.py`` writes them into the pages: ``M1``, ``M2`` and so on, the parameters of one
mechanism; ``process``, the table of process parameters; ``figures``, the table of what actors,
venues, initiatives and experiments hold; ``replicates``, the columns of the table of replicates.
"""

from __future__ import annotations

import textwrap
from pathlib import Path

from negotiation_sim.catalogue.process_parameters import environment_table
from negotiation_sim.catalogue.schema import Figure
from negotiation_sim.model import columns, figures
from negotiation_sim.model.figures import Declaration

ROOT = Path(__file__).resolve().parent.parent

MECHANISMS = sorted({f.mechanism for f in figures.FIGURES} - {""}, key=lambda m: int(m[1:]))
# Figures of actors, venues, initiatives, tracks and experiments; the rest are process parameters.
# The same name may belong to two owners: a venue's term and a track's own.
FIGURES = tuple(figure for figure in figures.FIGURES if figure.owner != "environment")
HOME = {
    mechanism: tuple(f for f in figures.FIGURES if f.mechanism == mechanism)
    for mechanism in MECHANISMS
}  # the mechanism at home with each parameter


def number(value: float) -> str:
    """Return a number as the tables show it."""
    return f"{value:g}"


def span(pair: list[float] | None) -> str:
    """Return ``low to high``, or nothing."""
    return f"{number(pair[0])} to {number(pair[1])}" if pair else ""


def rests_on(figure: Figure) -> str:
    """Return basis, source and note of a figure as one cell."""
    head = figure.basis + (f", `{figure.source}`" if figure.source else "")
    return f"{head}: {figure.note}" if figure.note else head


def home_of(name: str) -> str:
    """Return the mechanism at home with a parameter, or nothing."""
    return next((m for m, found in HOME.items() if name in [f.name for f in found]), "")


def table(header: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |\n" for line in lines)


def process_table() -> str:
    """Return the table of process parameters, in their order."""
    header = [
        "parameter", "meaning", "unit", "default", "range", "bounds", "role", "in", "rests on",
    ]  # fmt: skip
    rows = []
    for name, entry in environment_table(ROOT).items():
        rows.append([
            f"`{name}`", entry.description, entry.unit, number(entry.value), span(entry.range),
            span(entry.bounds), entry.role, home_of(name), rests_on(entry),
        ])  # fmt: skip
    return table(header, rows)


def default(figure: Declaration) -> str:
    """Return a figure's default and, where it has one, its note."""
    if figure.default is None:
        return "none"
    return number(figure.default) + (f": {figure.note}" if figure.note else "")


def figures_table() -> str:
    """Return the table of what the records of the catalogue hold."""
    header = ["figure", "of", "meaning", "unit", "default", "allowed", "role", "drawn", "in"]
    rows = []
    for figure in FIGURES:
        drawn = "if it has a range" if figure.drawn else "no"
        rows.append([
            f"`{figure.name}`", figure.owner, figure.meaning, figure.unit, default(figure),
            figure.bounds.words(), figure.role, drawn, figure.mechanism,
        ])  # fmt: skip
    return table(header, rows)


def parameters_of(mechanism: str) -> str:
    """Return the line that names a mechanism's parameters, with default and unit."""
    process = environment_table(ROOT)
    words = []
    for figure in HOME[mechanism]:
        if figure.owner == "environment":
            entry = process[figure.name]
            words.append(f"`{figure.name}` {number(entry.value)} ({entry.unit})")
        else:
            known = "" if figure.default is None else f", else {number(figure.default)}"
            words.append(f"`{figure.name}` of the {figure.owner}{known} ({figure.unit})")
    line = "*Parameters:* " + "; ".join(words) + "."
    return textwrap.fill(line, 100, break_long_words=False, break_on_hyphens=False) + "\n"


TYPES = {
    columns.WORD: "word", columns.TEXT: "word", columns.PLACE: "int32", columns.COUNT: "int32",
    columns.NUMBER: "int64", columns.MONTH: "month", columns.REAL: "float64", columns.FLAG: "bool",
}  # fmt: skip
TEXTS = tuple(
    [f"`text_{issue}`", "float64", f"{issue} of the last text; NaN where {issue} is no issue"]
    for issue in ("form", "scope")
)
OTHER_TEXT = ["`text_<issue>`", "float64", "the last text on any other issue of the experiment"]


def columns_table() -> str:
    """Return the table of the columns of a table of replicates."""
    before, after = (
        [[f"`{column.name}`", TYPES[column.kind], column.meaning] for column in part]
        for part in (columns.BEFORE_TEXT, columns.AFTER_TEXT)
    )
    return table(["column", "type", "meaning"], [*before, *TEXTS, OTHER_TEXT, *after])


def block(name: str) -> str:
    """Return the text of one generated block."""
    if name == "replicates":
        return columns_table()
    if name == "process":
        return process_table()
    if name == "figures":
        return figures_table()
    return parameters_of(name)
