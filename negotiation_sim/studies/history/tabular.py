"""Reading a table of historical facts: what is missing becomes None, what is broken is said."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import zip_longest
from os import PathLike
from pathlib import Path
from typing import NamedTuple

from negotiation_sim.catalogue.spreadsheets import read_sheet, refuse_two_marks
from negotiation_sim.errors import CatalogueError, nearest

MISSING = {"", "na", "n/a", "nan", "none", "null", "-", "--", ".", "?", "unknown"}


class Row(NamedTuple):
    """One line of the file: its number (the header is line 1) and its cells, stripped."""

    line: int
    cells: dict[str, str]


def is_missing(text: str | None) -> bool:
    """Return whether a cell says nothing.

    Examples
    --------
    >>> is_missing(" N/A ")
    True
    """
    return text is None or text.strip().casefold() in MISSING


def number(text: str | None) -> float | None:
    """Return a cell as a finite number, or None where it is none.

    Examples
    --------
    >>> number(" 12,5 "), number("about ten"), number("1e400")
    (12.5, None, None)
    """
    if text is None or is_missing(text):
        return None
    cleaned = text.strip().replace("\u2212", "-").replace("%", "").strip()
    if cleaned.count(",") == 1 and "." not in cleaned:
        cleaned = cleaned.replace(",", ".")
    try:
        value = float(cleaned)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def read_rows(path: str | PathLike[str], required: Iterable[str]) -> list[Row]:
    """Read a delimited file with a header, as spreadsheets save it.

    Parameters
    ----------
    path : str or Path
    required : iterable of str
        Columns without which nothing can be said.

    Raises
    ------
    CatalogueError
        With file, line and field: unreadable, empty, a column missing or given twice, or a line
        with more cells than the header.
    """
    sheet = read_sheet(Path(path))
    header = [name.casefold() for name in sheet.head]
    _check_header(str(path), header, required)
    for line, cells in sheet.rows:
        for name, cell in zip(header, cells, strict=False):
            refuse_two_marks(str(path), line, name, cell)
    rows = [
        Row(line, {n: c for n, c in zip_longest(header, cells, fillvalue="") if n})
        for line, cells in sheet.rows
    ]
    if not rows:
        raise CatalogueError(str(path), None, "", "has a header and no rows")
    return rows


def _check_header(path: str, header: list[str], required: Iterable[str]) -> None:
    for name in required:
        if name not in header:
            near = nearest(name, [h for h in header if h]) if any(header) else ""
            raise CatalogueError(path, 1, name, f"no such column{near}")
    for name in header:
        if name and header.count(name) > 1:
            raise CatalogueError(path, 1, name, "the column is there twice")
