"""A table out of a file of any common kind, every cell with its line; what was assumed is said.

UTF-8, UTF-16 and the Western code page; tabs, semicolons, bars and commas; decimal commas; rows
left blank. pandas splits the cells; what could be read in two ways is refused.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from negotiation_sim.catalogue.names import odd_character
from negotiation_sim.catalogue.plain_files import read_text
from negotiation_sim.catalogue.strict_yaml import MOST
from negotiation_sim.errors import CatalogueError

MOST_BYTES = 20_000_000
SEPARATORS = {"\t": "tabs", ";": "semicolons", "|": "bars", ",": "commas"}
NO_VALUE = frozenset({"", "na", "n/a", "nan", "null", "none", "-", "."})
POINT = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?\Z", re.ASCII)
COMMA = re.compile(r"[-+]?\d*,\d+\Z", re.ASCII)
THOUSANDS = re.compile(r"[-+]?[1-9]\d{0,2},\d{3}\Z", re.ASCII)


@dataclass(frozen=True)
class Number:
    """A number of a file with the place where it stands.

    Parameters
    ----------
    value : float
    line : int
        Counted from 1.
    column : str
        Its header, or ``column 3``.
    """

    value: float
    line: int
    column: str


@dataclass(frozen=True)
class SheetRow:
    """A row that is not blank: its line, counted from 1, and its cells without blanks around them."""

    line: int
    cells: tuple[str, ...]

    def cell(self, place: int) -> str:
        """Return a cell, empty where the row is shorter."""
        return self.cells[place] if place < len(self.cells) else ""


@dataclass
class UserTable:
    """The rows of a file.

    Parameters
    ----------
    file : str
    rows : list of SheetRow
    assumed : list of str
        What was taken for granted in reading it.
    decimal_comma : bool
    """

    file: str
    rows: list[SheetRow]
    assumed: list[str] = field(default_factory=list)
    decimal_comma: bool = False

    def error(self, line: int | None, column: str, message: str) -> CatalogueError:
        """Return an error at a line and a column."""
        field = f"column {column}" if column.isdigit() else f"column '{column}'"
        return CatalogueError(self.file, line, field if column else "", message)

    def number(self, row: SheetRow, place: int, column: str) -> Number | None:
        """Return the number in a cell, None where it holds none.

        Raises
        ------
        CatalogueError
            Where the cell holds something else.
        """
        text = row.cell(place)
        if text.casefold() in NO_VALUE:
            return None
        plain = text.replace(",", ".") if self.decimal_comma and COMMA.match(text) else text
        if not POINT.match(plain):
            raise self.error(row.line, column, f"found '{text}', expected a number")
        if not abs(float(plain)) <= MOST:
            raise self.error(row.line, column, f"a number beyond {MOST:g}, which nothing counts")
        return Number(float(plain), row.line, column)

    def needed(self, row: SheetRow, place: int, column: str) -> Number:
        """Return the number in a cell; an empty one is an error."""
        found = self.number(row, place, column)
        if found is None:
            raise self.error(row.line, column, "empty, expected a number")
        return found


def read_table(path: Path) -> UserTable:
    """Return the rows of a file.

    Raises
    ------
    CatalogueError
        Where the file cannot be read, holds no row, or could be read in two ways: with line and
        column where there is one.
    """
    text, encoding = read_text(path, MOST_BYTES)
    assumed = [] if encoding == "utf-8-sig" else [f"the text is in {encoding.upper()}"]
    separator = _separator(path, text)
    table = UserTable(str(path), list(_rows(path, text, separator)), assumed)
    if not table.rows:
        raise CatalogueError(str(path), None, "", "the file is empty")
    if separator != ",":
        assumed.append(f"cells are parted by {SEPARATORS[separator]}")
    blank = table.rows[-1].line - len(table.rows)
    if blank > 0:
        assumed.append(f"{blank} blank line{'s' if blank > 1 else ''} between rows left out")
    _decide_on_commas(table)
    return table


def _separator(path: Path, text: str) -> str:
    """Return what parts the cells: what stands in every line that is not blank."""
    lines = [line for line in text.split("\n") if line.strip(" \t;|,")]
    if not lines:
        raise CatalogueError(str(path), None, "", "the file is empty")
    bare = [re.sub(r'"[^"]*"', "", line) for line in lines]
    everywhere = [sign for sign in SEPARATORS if all(sign in line for line in bare)]
    counted = [sign for sign in everywhere if len({line.count(sign) for line in bare}) == 1]
    if len(counted) > 1 and all(sign in bare[0] for sign in counted):
        names = " or ".join(SEPARATORS[sign] for sign in counted)
        message = f"cells may be parted by {names}; put quotes around what is no separator"
        raise CatalogueError(str(path), 1, "", message)
    return (counted or everywhere or [","])[0]


def _rows(path: Path, text: str, separator: str) -> Iterator[SheetRow]:
    """Yield the rows that hold anything."""
    import pandas as pd

    width = max(line.count(separator) for line in text.split("\n")) + 1
    quote = "'" if text.lstrip().startswith("'") else '"'
    try:
        with warnings.catch_warnings():  # of cells that pandas would leave out
            warnings.simplefilter("error", pd.errors.ParserWarning)
            cells = pd.read_csv(
                io.StringIO(text), sep=separator, header=None, names=list(range(width)), dtype=str,
                keep_default_na=False, na_filter=False, skip_blank_lines=False, quotechar=quote,
                skipinitialspace=True, index_col=False,
            )  # fmt: skip
    except (pd.errors.ParserError, pd.errors.EmptyDataError, pd.errors.ParserWarning) as error:
        raise CatalogueError(str(path), None, "", f"not a table: {error}") from None
    line = 1
    for values in cells.fillna("").to_numpy().tolist():
        row = SheetRow(line, tuple(str(value).strip() for value in values))
        for place, cell in enumerate(row.cells):
            if odd := odd_character(cell):
                message = f"a character that no text may hold ({odd})"
                raise CatalogueError(str(path), line, f"column {place + 1}", message)
        line += 1 + sum(str(value).count("\n") for value in values)
        if any(row.cells):
            yield row


def _decide_on_commas(table: UserTable) -> None:
    """Settle what a comma within a number is; refuse a table in which it may be either."""
    commas, points = [], []
    for row in table.rows:
        for place, text in enumerate(row.cells):
            if COMMA.match(text):
                commas.append((row.line, place, text))
            elif "." in text and POINT.match(text):
                points.append((row.line, place, text))
    if not commas:
        return
    line, place, text = commas[0]
    if points:
        message = f"'{text}' with a comma and '{points[0][2]}' (line {points[0][0]}) with a point"
        raise table.error(line, f"{place + 1}", f"{message}; write all numbers in one way")
    if all(THOUSANDS.match(found) for _, _, found in commas):
        message = f"'{text}' may be a decimal or thousands; write it with a point, or without comma"
        raise table.error(line, f"{place + 1}", message)
    table.decimal_comma = True
    table.assumed.append("a comma within a number is a decimal comma")
