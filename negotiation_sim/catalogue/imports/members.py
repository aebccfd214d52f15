"""Lists of members: a column or several that name states by ISO2, ISO3, COW number or name."""

from __future__ import annotations

from negotiation_sim.catalogue.imports.sheets import SheetRow, UserTable
from negotiation_sim.catalogue.states import find_state, unknown_state

MOST_UNKNOWN = 0.5  # of the cells of a list that is taken for one, its misspellings included
KINDS = {"iso", "iso2", "iso3", "cow", "state", "states", "name", "country", "member", "members",
         "code", "ccode", "stateabb", "statename", "iso_code"}  # fmt: skip


def is_list_of_members(table: UserTable) -> bool:
    """Return whether the first column names states, for the most part."""
    rows = _body(table)
    known = sum(find_state(row.cell(0)) is not None for row in rows)
    return bool(rows) and known >= MOST_UNKNOWN * len(rows)


def _body(table: UserTable) -> list[SheetRow]:
    """Return the rows without a header; a first row that names a state is none."""
    first = table.rows[0].cell(0)
    headed = first.casefold().replace(" ", "") in KINDS or find_state(first) is None
    return table.rows[1:] if headed else table.rows


def read_members(table: UserTable) -> dict[str, int]:
    """Return the states of a list with their lines.

    Raises
    ------
    CatalogueError
        Where a cell names no state (with the nearest name), a row names two, or one stands twice.
    """
    rows = _body(table)
    header = table.rows[0].cells if len(rows) < len(table.rows) else ()
    found: dict[str, int] = {}
    for row in rows:
        codes: dict[str, str] = {}
        for place, text in enumerate(row.cells):
            column = header[place] if place < len(header) and header[place] else f"{place + 1}"
            if not text:
                continue
            code = find_state(text)
            if code is None:
                raise table.error(row.line, column, unknown_state(text))
            codes.setdefault(code, column)
        if len(codes) > 1:
            names = " and ".join(codes)
            raise table.error(row.line, list(codes.values())[1], f"one row names {names}")
        for code, column in codes.items():
            if code in found:
                message = f"{code} stands twice (first on line {found[code]})"
                raise table.error(row.line, column, message)
            found[code] = row.line
    if not found:
        raise table.error(None, "", "no row names a state")
    return found
