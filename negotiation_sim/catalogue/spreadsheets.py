"""Tables as spreadsheets save them: which separator, encoding and decimal mark is found, and said.

What cannot be told apart is refused with line and column.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from negotiation_sim.catalogue.plain_files import read_text
from negotiation_sim.errors import CatalogueError

SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
DECIMAL_COMMA = re.compile(r"[-+]?\d*,\d+(?:[eE][-+]?\d+)?\Z")
DECIMAL_POINT = re.compile(r"[-+]?\d*\.\d+(?:[eE][-+]?\d+)?\Z")
_EXPECTED = re.compile(r"Expected (\d+) fields in line (\d+), saw (\d+)")


@dataclass(frozen=True)
class Sheet:
    """A table as text.

    Parameters
    ----------
    file : str
    head : list of str
        Names of the columns, stripped.
    rows : list of (int, list of str)
        The line in the file and its cells, stripped, fewer than names where the line ends early;
        lines without any are left out.
    assumed : list of str
        What was taken for granted, in words.
    """

    file: str
    head: list[str]
    rows: list[tuple[int, list[str]]]
    assumed: list[str]


def read_sheet(path: Path) -> Sheet:
    """Return a table of text.

    Raises
    ------
    CatalogueError
        With file, line and column where it cannot be read.
    """
    file = str(path)
    text, encoding = read_text(path)
    assumed = [] if encoding == "utf-8-sig" else [f"read as {encoding.upper()}"]
    if not text.strip():
        raise CatalogueError(file, None, "", "is empty; expected names in the first line")
    first = next(line for line in text.split("\n") if line.strip())
    separator = max(SEPARATORS, key=first.count)
    if separator != "," and separator in first:
        assumed.append(f"columns separated by {SEPARATORS[separator]}")
    cells = _cells(text, separator, file)
    if not cells:
        raise CatalogueError(
            file, None, "", "holds empty cells alone; expected names in the first line"
        )
    head, rows = cells[0][1], cells[1:]
    head, rows = _without_index(head, rows, assumed)
    return Sheet(file, head, rows, assumed)


def _cells(text: str, separator: str, file: str) -> list[tuple[int, list[str]]]:
    """Return the cells of each line that has any, with its number; a short line is left short."""
    try:
        frame = pd.read_csv(
            io.StringIO(text), sep=separator, header=None, dtype=str, na_filter=False,
            skip_blank_lines=False, engine="python",
        )  # fmt: skip
    except pd.errors.ParserError as error:
        found = _EXPECTED.search(str(error))
        if found is None:
            raise CatalogueError(file, None, "", str(error).splitlines()[-1]) from None
        expected, line, seen = found.groups()
        message = f"{seen} cells, but the lines above have {expected}"
        raise CatalogueError(file, int(line), "", message) from None
    lines, number = [], 1
    for row in frame.itertuples(index=False, name=None):
        written = [cell for cell in row if isinstance(cell, str)]
        stripped = [cell.strip() for cell in written]
        if any(stripped):
            lines.append((number, stripped))
        number += 1 + sum(cell.count("\n") for cell in written)
    return lines


def _without_index(
    head: list[str], rows: list[tuple[int, list[str]]], assumed: list[str]
) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Drop columns without name and content, and a first one that only counts the rows."""
    kept = [
        place for place, name in enumerate(head)
        if name or any(cells[place] for _, cells in rows if place < len(cells))
    ]  # fmt: skip
    if rows and kept[:1] == [0] and head[0].casefold() in ("", "unnamed: 0", "index"):
        first = [cells[0] for _, cells in rows]
        if any(first == [str(n + k) for n in range(len(rows))] for k in (0, 1)):
            kept = kept[1:]
            assumed.append("the first column, which counts the rows, is left out")
    picked = [
        (line, [cells[place] for place in kept if place < len(cells)]) for line, cells in rows
    ]
    return [head[place] for place in kept], picked


def refuse_two_marks(file: str, line: int, name: str, cell: str) -> None:
    """Refuse a number with a comma and a point, of which either may be the decimal mark."""
    if re.fullmatch(r"[-+]?\d[\d.,]*", cell) and "," in cell and "." in cell:
        message = f"'{cell}' may be two numbers; write it without a mark for thousands"
        raise CatalogueError(file, line, name, message)


def with_points(sheet: Sheet) -> Sheet:
    """Return a table with decimal commas written as points, and true and false in small letters.

    Raises
    ------
    CatalogueError
        Where a column has decimal commas and points, or a number has both.
    """
    assumed, rows, marks = list(sheet.assumed), [], dict[int, str]()
    for line, cells in sheet.rows:
        out = []
        for place, cell in enumerate(cells):
            name = sheet.head[place]
            refuse_two_marks(sheet.file, line, name, cell)
            if cell.casefold() in ("true", "false"):
                cell = cell.casefold()
            elif DECIMAL_COMMA.match(cell) or DECIMAL_POINT.match(cell):
                mark = "," if "," in cell else "."
                if marks.setdefault(place, mark) != mark:
                    message = f"'{cell}': decimal commas and points in one column"
                    raise CatalogueError(sheet.file, line, name, message)
                cell = cell.replace(",", ".")
            out.append(cell)
        rows.append((line, out))
    if "," in marks.values():
        assumed.append("a comma in a number read as its decimal mark")
    return Sheet(sheet.file, sheet.head, rows, assumed)
