"""Long files, a row for an actor's position on one issue: DECIDE's tables and those like DEU's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from negotiation_sim.catalogue.imports.draft import (
    ALL,
    SALIENCE,
    Draft,
    IssueDraft,
    Talks,
    unused_scales,
)
from negotiation_sim.catalogue.imports.sheets import Number, SheetRow, UserTable
from negotiation_sim.catalogue.imports.tables import PERCENT, SHARE, TALKS
from negotiation_sim.catalogue.schema import Scale
from negotiation_sim.errors import nearest

LONG = ("actor", "issue", "position", "salience")
CAPABILITY = ("capability", "power", "influence", "gdp", "weight")
OPTIONAL = ("proposal", "procedure", "council_rule", "rule", "reference_point", "outcome")
DEU = ("procedure", "council_rule", "gdp")
DECIDE_WIDTH = {"#a": 3, "#p": 3, "#m": 3, "#d": 6}
FIELDS = {"#a": ("mark", "actor", "description"), "#p": ("mark", "issue", "description"),
          "#m": ("mark", "issue", "end of the scale"),
          "#d": ("mark", "actor", "issue", "position", "salience", "power")}  # fmt: skip
DECIDE_PLACES = {"actor": 1, "issue": 2, "position": 3, "salience": 4, "capability": 5}


def is_decide(table: UserTable) -> bool:
    """Return whether the rows begin with DECIDE's marks."""
    return table.rows[0].cell(0).casefold() in DECIDE_WIDTH


def is_long(row: SheetRow) -> bool:
    """Return whether a header is that of a long table."""
    words = {cell.casefold() for cell in row.cells}
    return set(LONG) <= words


def read_decide(table: UserTable, scales: Mapping[str, Scale]) -> Draft:
    """Return DECIDE's tables: actors, issues with the ends of their scales, and a row a position."""
    ends: dict[str, list[Number]] = {}
    actors: dict[str, int] = {}
    data: list[SheetRow] = []
    for row in table.rows:
        mark = row.cell(0).casefold()
        if mark not in DECIDE_WIDTH:
            message = f"'{row.cell(0)}' is none of DECIDE's marks, {', '.join(FIELDS).upper()}"
            raise table.error(row.line, "1", message)
        if len([cell for cell in row.cells if cell]) < DECIDE_WIDTH[mark]:
            message = f"a row of {mark.upper()} holds {', '.join(FIELDS[mark])}"
            raise table.error(row.line, "", message)
        if mark == "#a":
            actors[row.cell(1)] = row.line
        elif mark == "#p":
            ends[row.cell(1)] = []
        elif mark == "#m":
            _known(table, row, 1, "issue", ends)
            ends[row.cell(1)].append(table.needed(row, 2, FIELDS[mark][2]))
        else:
            data.append(row)
    unused_scales(scales, ends)
    draft = Draft(table, "decide", scales.get(SALIENCE, SHARE))
    issues = {label: draft.add_issue(label, _ends(table, label, found, scales))
              for label, found in ends.items()}  # fmt: skip
    for row in data:
        _known(table, row, 1, "actor", actors)
        _known(table, row, 2, "issue", issues)
        _add(draft, row, DECIDE_PLACES, issues, FIELDS["#d"])
    for name, line in actors.items():
        if name not in {actor.key for actor in draft.actors.values()}:
            raise table.error(line, "actor", f"'{name}' has no position on any issue")
    draft.talks.append(Talks(TALKS, list(draft.issues)))
    return draft


def _ends(table: UserTable, label: str, found: list[Number], given: Mapping[str, Scale]) -> Scale:
    for name in (label, ALL):
        if name in given:
            return given[name]
    values = [number.value for number in found]
    if len(set(values)) < 2:
        message = f"the issue '{label}' has a position without a scale: no two rows of #M"
        raise table.error(found[0].line if found else None, "end of the scale", message)
    return Scale(low=min(values), high=max(values))


def _known(
    table: UserTable, row: SheetRow, place: int, what: str, names: Mapping[str, object]
) -> None:
    if row.cell(place) not in names:
        message = f"no {what} '{row.cell(place)}'{nearest(row.cell(place), names)}"
        raise table.error(row.line, what, message)


@dataclass
class _Long:
    """Where the columns of a long table stand, and what has been read."""

    places: dict[str, int]
    header: tuple[str, ...]
    issues: dict[str, IssueDraft] = field(default_factory=dict)
    talks: dict[str, Talks] = field(default_factory=dict)


def read_long(table: UserTable, scales: Mapping[str, Scale]) -> Draft:
    """Return a long table: one study for each ``proposal``, if there is such a column.

    With the columns of DEU the scales are those of DEU, 0 to 100. ``reference_point`` is the status
    quo; ``outcome`` is left out, since no model may know it.
    """
    header, rows = table.rows[0], table.rows[1:]
    long = _Long(_long_places(table, header), header.cells)
    if set(DEU) <= set(long.places) | {header.cells[long.places["capability"]].casefold()}:
        scales = {ALL: PERCENT, SALIENCE: PERCENT, **scales}
        table.assumed.append("positions and saliences run from 0 to 100, as in DEU")
    if "outcome" in long.places:
        table.assumed.append("the column 'outcome' is left out: what came of it is not known then")
    draft = Draft(table, "long", _long_saliences(table, long, rows, scales))
    for row in rows:
        label = row.cell(long.places["issue"])
        if label not in long.issues:
            long.issues[label] = _long_issue(draft, long, row, scales)
        _reference(draft, long, row)
        _add(draft, row, long.places, long.issues, long.header)
    unused_scales(scales, long.issues)
    draft.talks = list(long.talks.values())
    return draft


def _long_places(table: UserTable, header: SheetRow) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, text in enumerate(header.cells):
        word = text.casefold()
        key = "capability" if word in CAPABILITY else word
        if key not in (*LONG, "capability", *OPTIONAL):
            allowed = (*LONG, *CAPABILITY, *OPTIONAL)
            raise table.error(header.line, text, f"cannot be placed{nearest(word, allowed)}")
        if key in places:
            message = f"a second column for the same thing as '{header.cells[places[key]]}'"
            raise table.error(header.line, text, message)
        places[key] = place
    if "capability" not in places:
        message = f"no column for the capability; it may be called {', '.join(CAPABILITY)}"
        raise table.error(header.line, "", message)
    return places


def _long_saliences(
    table: UserTable, long: _Long, rows: list[SheetRow], scales: Mapping[str, Scale]
) -> Scale:
    from negotiation_sim.catalogue.imports.tables import ActorColumns, salience_scale

    columns = ActorColumns(saliences={"": long.places["salience"]}, header=long.header)
    return salience_scale(table, columns, rows, scales)


def _long_issue(
    draft: Draft, long: _Long, row: SheetRow, scales: Mapping[str, Scale]
) -> IssueDraft:
    """Add the issue of a row to the talks it belongs to."""
    table, label = draft.table, row.cell(long.places["issue"])
    if not label:
        raise table.error(row.line, "issue", "no issue is named")
    if label not in scales and ALL not in scales:
        message = f"a position without a scale: give --scale '{label}=0:100', or '0:100' for all"
        raise table.error(row.line, long.header[long.places["position"]], message)
    issue = draft.add_issue(label, scales[label] if label in scales else scales[ALL])
    name = row.cell(long.places["proposal"]) if "proposal" in long.places else TALKS
    if not name:
        raise table.error(row.line, "proposal", "no proposal is named")
    if name not in long.talks:
        long.talks[name] = _talks(table, long, row, name)
    long.talks[name].issues.append(issue.id)
    return issue


def _talks(table: UserTable, long: _Long, row: SheetRow, name: str) -> Talks:
    """Return how a proposal is decided, by the Council's rule and the procedure where they stand.

    The Commission proposes and has no vote; Parliament has none where it is only consulted, and is
    needed under co-decision.
    """
    place = long.places.get("council_rule", long.places.get("rule"))
    talks = Talks(name, [])
    if place is None:
        return talks
    word = row.cell(place).casefold()
    rules = {"unan": "consensus", "consens": "consensus", "simple": "simple_majority",
             "qmv": "qualified_majority", "quali": "qualified_majority"}  # fmt: skip
    talks.rule = next((rule for begins, rule in rules.items() if word.startswith(begins)), "")
    if not talks.rule:
        message = f"'{row.cell(place)}' is no rule{nearest(word, ('qmv', 'unanimity', 'simple majority'))}"
        raise table.error(row.line, long.header[place], message)
    if "procedure" in long.places:
        codecided = row.cell(long.places["procedure"]).casefold() == "cod"
        talks.required = ["ep"] if codecided else []
        talks.without_vote = ["com"] if codecided else ["com", "ep"]
    return talks


def _reference(draft: Draft, long: _Long, row: SheetRow) -> None:
    """Note an issue's reference point; two different ones are an error."""
    if "reference_point" not in long.places:
        return
    number = draft.table.number(row, long.places["reference_point"], "reference_point")
    issue = long.issues[row.cell(long.places["issue"])]
    if number is None:
        return
    if issue.status_quo is None:
        issue.status_quo = number
    elif issue.status_quo.value != number.value:
        message = f"'{issue.label}' has two, {issue.status_quo.value:g} and {number.value:g}"
        raise draft.table.error(row.line, "reference_point", message)


def _add(
    draft: Draft,
    row: SheetRow,
    places: Mapping[str, int],
    issues: Mapping[str, IssueDraft],
    header: tuple[str, ...],
) -> None:
    """Add a row's position to its actor, which has one capability throughout."""
    table = draft.table

    def number(key: str) -> Number | None:
        return table.number(row, places[key], header[places[key]])

    name, issue = row.cell(places["actor"]), issues[row.cell(places["issue"])]
    capability = number("capability")
    if capability is None:
        raise table.error(row.line, header[places["capability"]], "empty, expected a number")
    actor = next((each for each in draft.actors.values() if each.key == name), None)
    if actor is None:
        actor = draft.add_actor(name, row.line, "actor", capability)
    elif actor.capability.value != capability.value:
        message = (
            f"{name} has {capability.value:g} here and {actor.capability.value:g} on line "
            f"{actor.capability.line}; an actor has one"
        )
        raise table.error(row.line, capability.column, message)
    if issue.id in actor.positions:
        first = actor.positions[issue.id].line
        message = f"{name} has a second position on '{issue.label}' (first on line {first})"
        raise table.error(row.line, header[places["position"]], message)
    draft.put(actor, issue, number("position"), number("salience"))
