"""Reading a table of historical facts: what is missing becomes None, what is broken is said."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable
from os import PathLike
from pathlib import Path
from typing import NamedTuple

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


def _text_of(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise CatalogueError(str(path), None, "", f"cannot be read: {reason}") from None
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise CatalogueError(str(path), None, "", "is not text in UTF-8")


def _delimiter(header: str) -> str:
    return max((",", ";", "\t"), key=header.count)


def read_rows(path: str | PathLike[str], required: Iterable[str]) -> list[Row]:
    """Read a delimited file with a header, UTF-8, comma, semicolon or tab.

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
    place = Path(path)
    text = _text_of(place)
    lines = text.splitlines(keepends=True)
    if not lines:
        raise CatalogueError(str(path), None, "", "is empty")
    reader = csv.reader(lines, delimiter=_delimiter(lines[0]))
    rows: list[Row] = []
    try:
        header = [name.strip().casefold() for name in next(reader)]
        _check_header(str(path), header, required)
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
                message = f"{len(cells)} cells, but the header has {len(header)}"
                raise CatalogueError(str(path), reader.line_num, "", message)
            padded = cells + [""] * (len(header) - len(cells))
            named = {n: c.strip() for n, c in zip(header, padded, strict=False) if n}
            rows.append(Row(reader.line_num, named))
    except csv.Error as error:
        raise CatalogueError(str(path), reader.line_num, "", str(error)) from None
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
