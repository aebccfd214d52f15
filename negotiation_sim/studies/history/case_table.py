"""The table of coded negotiations that comes with the catalogue, and the mandates still open."""

from __future__ import annotations

from functools import cache
from os import PathLike
from pathlib import Path

from negotiation_sim.catalogue import find_root
from negotiation_sim.catalogue.coded_case import (
    CASE_COLUMNS,
    LIVE_COLUMNS,
    CodedCase,
    coded_case,
)
from negotiation_sim.errors import CatalogueError, nearest
from negotiation_sim.studies.history.tabular import Row, read_rows

FOLDER = Path("experiments") / "backtest"
CASES, LIVE = FOLDER / "cases.csv", FOLDER / "live.csv"
# Of the older half alone, and they tell of outcomes: read by nobody.
OUTCOME_TELLING = (
    "scope_reason", "adopters", "blockers", "years_mandate_to_adoption",
    "years_mandate_to_failure_or_censor", "in_force_within_10y", "adopted_in_mandated_venue",
)  # fmt: skip
HALF = "stance_coding"  # filled in the older half only


def read_coded(path: str | PathLike[str]) -> list[CodedCase]:
    """Read a file with the columns of ``cases.csv``, strictly.

    Raises
    ------
    CatalogueError
        Where the file cannot be read, a column is missing or unknown, a cell holds what it may
        not, or an id comes twice; with line and column.
    """
    return _read(path, CASE_COLUMNS, (*OUTCOME_TELLING, HALF))


def read_open(path: str | PathLike[str]) -> list[CodedCase]:
    """Read a file with the columns of ``live.csv``: mandates whose outcome is not known.

    Raises
    ------
    CatalogueError
        As :func:`read_coded`, and where a row has an outcome or does not say how it will be
        resolved.
    """
    found = _read(path, LIVE_COLUMNS, ())
    for line, case in enumerate(found, 2):
        if case.adopted or case.outcome5 is not None or case.outcome10 is not None:
            raise CatalogueError(str(path), line, "adopted", f"'{case.id}' has an outcome")
        if not case.resolution:
            message = f"'{case.id}' does not say what would count as adoption"
            raise CatalogueError(str(path), line, "resolution", message)
    return found


def _read(
    path: str | PathLike[str], columns: tuple[str, ...], passed_over: tuple[str, ...]
) -> list[CodedCase]:
    rows = read_rows(path, columns)
    for name in rows[0].cells:
        if name not in columns and name not in passed_over:
            near = nearest(name, (*columns, *passed_over))
            raise CatalogueError(str(path), 1, name, f"no such column{near}")
    seen: dict[str, int] = {}
    return [_case(row, str(path), columns, seen) for row in rows]


def _case(row: Row, path: str, columns: tuple[str, ...], seen: dict[str, int]) -> CodedCase:
    cells = {name: row.cells[name] for name in columns}
    case = coded_case(cells, path, row.line, older=bool(row.cells.get(HALF)))
    if case.id in seen:
        message = f"'{case.id}' is there already, in line {seen[case.id]}"
        raise CatalogueError(path, row.line, "id", message)
    seen[case.id] = row.line
    return case


@cache
def coded_cases() -> tuple[CodedCase, ...]:
    """Return the negotiations of the catalogue, in the file's order."""
    return tuple(read_coded(find_root() / CASES))


@cache
def open_mandates() -> tuple[CodedCase, ...]:
    """Return the mandates of the catalogue that are still open, in the file's order."""
    return tuple(read_open(find_root() / LIVE))
