"""Wide tables, a row an actor: plain actor tables, KTAB's and those of expected utility."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from negotiation_sim.catalogue.imports.draft import (
    ALL,
    BRACKET,
    SALIENCE,
    ActorDraft,
    Draft,
    IssueDraft,
    Talks,
    parse_scale,
    unused_scales,
)
from negotiation_sim.catalogue.imports.sheets import Number, SheetRow, UserTable
from negotiation_sim.catalogue.schema import Scale
from negotiation_sim.errors import nearest

PERCENT = Scale(low=0.0, high=100.0)
SHARE = Scale(low=0.0, high=1.0)
NAMES = {
    "actor": ("actor", "actors", "name", "state", "country", "party", "player"),
    "description": ("description", "long name", "label"),
    "capability": ("capability", "capabilities", "influence", "power", "weight", "resources"),
    "group": ("group", "groups", "bloc", "coalition"),
    "margin": ("margin",),
    "reservation": ("reservation", "reservation value"),
}
PLAIN = re.compile(r"(?:(.*?)[\s_:]+)?(position|salience)(?:[\s_:]+(.*))?\Z", re.IGNORECASE)
TALKS = "text"


@dataclass
class ActorColumns:
    """Where the columns of a wide table stand; of each issue by its label."""

    places: dict[str, int] = field(default_factory=dict)
    positions: dict[str, int] = field(default_factory=dict)
    saliences: dict[str, int] = field(default_factory=dict)
    scales: dict[str, Scale] = field(default_factory=dict)
    header: tuple[str, ...] = ()
    line: int = 1

    def name(self, place: int) -> str:
        """Return a column's header."""
        return self.header[place]


def is_expected_utility(row: SheetRow) -> bool:
    """Return whether a header is that of a table of one nameless issue."""
    return tuple(c.casefold() for c in row.cells if c) == (
        "actor", "capability", "position", "salience",
    )  # fmt: skip


def read_actor_table(table: UserTable, scales: Mapping[str, Scale]) -> Draft:
    """Return a plain actor table: a position of each issue needs a scale, there or from the caller."""
    columns = place_columns(table, table.rows[0], table.rows[1:])
    found = {**columns.scales, **scales}
    for label, place in columns.positions.items():
        if label not in found and ALL not in found:
            message = (
                "a position without a scale: write '[0-100 unit]' after the header, or give "
                f"--scale '{label}=0:100'"
            )
            raise table.error(columns.line, columns.name(place), message)
    return _filled(table, "actors", columns, table.rows[1:], found)


def read_expected_utility(table: UserTable, scales: Mapping[str, Scale]) -> Draft:
    """Return a table of expected utility: its continuum runs from the lowest position to the highest.

    So Bueno de Mesquita's models take it; a scale of the caller's goes before.
    """
    columns, rows = place_columns(table, table.rows[0], table.rows[1:]), table.rows[1:]
    label, place = next(iter(columns.positions.items()))
    found = dict(scales)
    if label not in found and ALL not in found:
        values = [table.needed(row, place, columns.name(place)).value for row in rows]
        if len(set(values)) < 2:
            raise table.error(
                columns.line, columns.name(place), f"no two positions differ; give --scale '{label}=LOW:HIGH'"
            )  # fmt: skip
        found[label] = Scale(low=min(values), high=max(values))
        table.assumed.append(
            f"the scale of '{label}' runs from its lowest position, {min(values):g}, to its "
            f"highest, {max(values):g}, as models of expected utility take it"
        )
    # A salience is a share there.
    return _filled(table, "expected-utility", columns, rows, {SALIENCE: SHARE, **found})


def is_ktab(table: UserTable) -> bool:
    """Return whether the second row is KTAB's header."""
    if len(table.rows) < 2:
        return False
    words = [cell.casefold() for cell in table.rows[1].cells]
    return words[0] == "actor" and "influence" in words and "actor" not in table.rows[0].cells


def read_ktab(table: UserTable, scales: Mapping[str, Scale]) -> Draft:
    """Return KTAB's table: positions and saliences of 0 to 100, saliences shares of all attention."""
    head, rows = table.rows[0], table.rows[2:]
    columns = place_columns(table, table.rows[1], rows)
    said = [Number(float(cell), head.line, "") for cell in head.cells if cell.isdigit()][:2]
    for number, here, what in zip(
        said, (len(rows), len(columns.positions)), ("actors", "dimensions"), strict=False
    ):
        if int(number.value) != here:
            message = f"says {number.value:g} {what}; the table has {here}"
            raise table.error(head.line, "", message)
    draft = _filled(table, "ktab", columns, rows, {ALL: PERCENT, SALIENCE: PERCENT, **scales})
    draft.shared = True
    table.assumed.append("positions and saliences run from 0 to 100, as in KTAB")
    return draft


def place_columns(table: UserTable, header: SheetRow, rows: list[SheetRow]) -> ActorColumns:
    """Return what stands in which column; one that cannot be placed is an error."""
    columns = ActorColumns(header=header.cells, line=header.line)
    for place, text in enumerate(header.cells):
        if not text or re.fullmatch(r"unnamed: \d+", text, re.IGNORECASE):
            _left_out(table, columns, place, rows)
            continue
        bracket = BRACKET.search(text)
        scale = parse_scale(bracket[1]) if bracket else None
        _place(table, columns, place, text[: bracket.start()] if bracket else text)
        if scale is not None:
            label = next(
                (k for k, at in columns.positions.items() if at == place),
                SALIENCE if place in columns.saliences.values() else "",
            )
            if label:
                columns.scales[label] = scale
    for needed in ("actor", "capability"):
        if needed not in columns.places:
            message = f"no column for the {needed}; it may be called {', '.join(NAMES[needed])}"
            raise table.error(header.line, "", message)
    for label, place in columns.positions.items():
        if label not in columns.saliences:
            raise table.error(header.line, columns.name(place), f"no column '{label} salience'")
    for label, place in columns.saliences.items():
        if label not in columns.positions:
            raise table.error(header.line, columns.name(place), f"no column '{label} position'")
    if not columns.positions:
        raise table.error(header.line, "", "no column 'ISSUE position' and 'ISSUE salience'")
    return columns


def _left_out(table: UserTable, columns: ActorColumns, place: int, rows: list[SheetRow]) -> None:
    """Leave out a column without a header that is empty or counts the rows; refuse another."""
    cells = [row.cell(place) for row in rows]
    if not any(cells):
        return
    counts = [str(n) for n in range(len(cells))], [str(n + 1) for n in range(len(cells))]
    if cells in counts and place == 0:
        table.assumed.append("the first column counts the rows and is left out")
        return
    row = next(row for row in rows if row.cell(place))
    message = f"'{row.cell(place)}' stands in a column without a header"
    raise table.error(row.line, f"{place + 1}", message)


def _place(table: UserTable, columns: ActorColumns, place: int, text: str) -> None:
    """Note what a column holds."""
    word = " ".join(text.casefold().replace("_", " ").split())
    kind = next((kind for kind, names in NAMES.items() if word in names), "")
    found = PLAIN.match(" ".join(text.split()))
    if kind:
        taken: dict[str, int] = columns.places
        key = kind
    elif found:
        key = (found[1] or found[3] or "position").strip()
        taken = columns.positions if found[2].casefold() == "position" else columns.saliences
    else:
        known = [name for names in NAMES.values() for name in names]
        allowed = [*known, "ISSUE position", "ISSUE salience"]
        raise table.error(columns.line, text, f"cannot be placed{nearest(word, allowed)}")
    if key in taken:
        message = f"a second column for the same thing as '{columns.name(taken[key])}'"
        raise table.error(columns.line, text, message)
    taken[key] = place


def salience_scale(
    table: UserTable, columns: ActorColumns, rows: list[SheetRow], given: Mapping[str, Scale]
) -> Scale:
    """Return on which scale saliences stand: as given, else 0 to 1 or 0 to 100 by the highest.

    Between 1 and 10 it may be either, and is refused.
    """
    if SALIENCE in given:
        return given[SALIENCE]
    found = [
        number
        for row in rows
        for place in columns.saliences.values()
        if (number := table.number(row, place, columns.name(place))) is not None
    ]
    highest = max(found, key=lambda number: number.value, default=Number(1.0, columns.line, ""))
    scale = SHARE if highest.value <= 1.0 else PERCENT
    if 1.0 < highest.value <= 10.0 or highest.value > 100.0:
        message = (
            f"the highest salience is {highest.value:g}; give its scale: --scale salience=0:10"
        )
        raise table.error(highest.line, highest.column, message)
    table.assumed.append(f"saliences run from 0 to {scale.high:g}, by the highest")
    return scale


def _filled(
    table: UserTable,
    form: str,
    columns: ActorColumns,
    rows: list[SheetRow],
    scales: Mapping[str, Scale],
) -> Draft:
    """Return a wide table with every actor's figures."""
    unused_scales(scales, columns.positions)
    draft = Draft(table, form, salience_scale(table, columns, rows, scales))
    issues = {
        label: draft.add_issue(label, scales[label] if label in scales else scales[ALL])
        for label in columns.positions
    }
    for row in rows:
        _add(draft, columns, row, issues)
    draft.talks.append(Talks(TALKS, list(draft.issues)))
    return draft


def _add(
    draft: Draft, columns: ActorColumns, row: SheetRow, issues: Mapping[str, IssueDraft]
) -> ActorDraft:
    """Add the actor of a row."""
    table, places = draft.table, columns.places
    at = places["actor"], places["capability"]
    capability = table.needed(row, at[1], columns.name(at[1]))
    actor = draft.add_actor(row.cell(at[0]), row.line, columns.name(at[0]), capability)
    if "description" in places and row.cell(places["description"]):
        at_name = places["description"]
        actor.name = draft.named(row.cell(at_name), row.line, columns.name(at_name))
    if "group" in places:
        parts = re.split(r"[;/+]", row.cell(places["group"]))
        actor.groups = [part.strip() for part in parts if part.strip()]
    for kind in ("margin", "reservation"):
        if kind in places:
            number = table.number(row, places[kind], columns.name(places[kind]))
            if number is not None and not 0.0 <= number.value <= 1.0:
                message = f"{number.value:g} is not a satisfaction between 0 and 1"
                raise table.error(row.line, number.column, message)
            setattr(actor, kind, number)
    for label, issue in issues.items():
        draft.put(
            actor, issue,
            table.number(row, columns.positions[label], columns.name(columns.positions[label])),
            table.number(row, columns.saliences[label], columns.name(columns.saliences[label])),
        )  # fmt: skip
    if not any(number.value > 0.0 for number in actor.saliences.values()):
        raise table.error(row.line, columns.name(at[0]), f"{actor.name} cares about no issue")
    return actor
