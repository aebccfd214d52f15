"""From a file of another tool to a study: which form it has, and what is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from negotiation_sim.catalogue import draft_files, drafts
from negotiation_sim.catalogue.folders import Folders, unknown
from negotiation_sim.catalogue.imports.draft import Draft, identifier, named_scales
from negotiation_sim.catalogue.imports.lists import is_decide, is_long, read_decide, read_long
from negotiation_sim.catalogue.imports.members import is_list_of_members, read_members
from negotiation_sim.catalogue.imports.sheets import UserTable, read_table
from negotiation_sim.catalogue.imports.studies import SOURCE, Plain, assumptions, texts_of
from negotiation_sim.catalogue.imports.tables import (
    NAMES,
    is_expected_utility,
    is_ktab,
    read_actor_table,
    read_expected_utility,
    read_ktab,
)
from negotiation_sim.catalogue.reports import Problems
from negotiation_sim.catalogue.schema import Scale
from negotiation_sim.catalogue.study import write_texts
from negotiation_sim.errors import CatalogueError, UsageError, nearest
from negotiation_sim.glance import glanced

_READERS: dict[str, Callable[[UserTable, Mapping[str, Scale]], Draft]] = {
    "actors": read_actor_table,
    "ktab": read_ktab,
    "decide": read_decide,
    "long": read_long,
    "expected-utility": read_expected_utility,
}
MEMBERS = "members"
FORMATS = (*_READERS, MEMBERS)


@glanced
@dataclass(frozen=True)
class Imported:
    """What a file has become.

    Parameters
    ----------
    form : str
        As which it was read.
    files : list of Path
        Those written.
    experiments : list of Path
        What can be run.
    actors, issues : dict of str to str
        Name in the study by name in the file.
    assumed : list of str
        What was taken for granted.
    """

    form: str
    files: list[Path]
    experiments: list[Path]
    actors: dict[str, str]
    issues: dict[str, str]
    assumed: list[str]


def import_study(
    file: Path,
    out: Path,
    form: str | None = None,
    venue: str | None = None,
    scales: Sequence[str] = (),
    year: int | None = None,
) -> Imported:
    """Write a study from a file of another tool.

    Parameters
    ----------
    file : Path
    out : Path
        A new or empty folder.
    form : str, optional
        One of ``FORMATS``; told from the file by default.
    venue : str, optional
        A venue of the catalogue; by default one by the file's rule, or talks by consensus.
    scales : sequence of str
        ``ISSUE=LOW:HIGH UNIT``; without an issue, of all; ``salience=0:10`` for saliences.

    year : int, optional
        Of a list of members, and only of one.

    Raises
    ------
    NegotiationSimError
        With file, line and column of what cannot be read or placed; nothing is then written.
    """
    if form is not None and form not in FORMATS:
        raise UsageError(f"as: no form '{form}'{nearest(form, FORMATS)}")
    given = named_scales(scales)
    table = read_table(file)
    form = form or form_of(table)
    if (form == MEMBERS) != (year is not None):
        raise UsageError("year: a list of members needs one, and no other file takes one")
    if year is not None:
        return _members(table, out, year, venue)
    draft = _READERS[form](table, given)
    place = None if venue is None else _venue(draft, venue)
    _whole(draft)
    texts = texts_of(draft, place, file.stem)
    files = write_texts(out, texts)
    experiments = [path for path in files if path.name == "study.yaml" or path.parent.name == "experiments"]  # fmt: skip
    return Imported(
        form,
        files,
        experiments,
        {a.key: a.id for a in draft.actors.values()},
        {i.label: i.id for i in draft.issues.values()},
        assumptions(draft),
    )


def _members(table: UserTable, out: Path, year: int, body: str | None) -> Imported:
    """Write a study drafted for the states of a list."""
    rows = read_members(table)
    study = drafts.draft(year, list(rows), body)
    name = Path(table.file).name
    study.sources[SOURCE] = {"title": f"List '{name}', read as members", "file": name}
    study.venues = {
        key: venue.model_copy(update={"membership_source": SOURCE})
        for key, venue in study.venues.items()
    }
    where = ", ".join(f"{code} on line {line}" for code, line in rows.items())
    study.notes += [f"members by {name}: {where}", *table.assumed]
    files = write_texts(out, draft_files.texts(study))
    runs = [path for path in files if path.name == "study.yaml"]
    codes, issues = {code: code for code in rows}, {k: k for k in study.issues}
    return Imported(MEMBERS, files, runs, codes, issues, study.notes)


def form_of(table: UserTable) -> str:
    """Return which form a table has; refuse one that has none."""
    header = table.rows[0]
    if is_decide(table):
        return "decide"
    if is_ktab(table):
        return "ktab"
    if is_expected_utility(header):
        return "expected-utility"
    if is_long(header):
        return "long"
    words = {cell.casefold() for cell in header.cells}
    if words & set(NAMES["actor"]) and words & set(NAMES["capability"]):
        return "actors"
    if is_list_of_members(table):
        return MEMBERS
    message = f"not told apart from its header; name its form: --as {', '.join(FORMATS)}"
    raise CatalogueError(table.file, header.line, "", message)


def _whole(draft: Draft) -> None:
    """Refuse a file without rows, and more issues in one talk than the model takes."""
    from negotiation_sim.catalogue.schema import MOST_ISSUES

    if not draft.actors:
        raise draft.table.error(None, "", "no row holds an actor")
    if not any(actor.capability.value > 0.0 for actor in draft.actors.values()):
        first = next(iter(draft.actors.values())).capability
        raise draft.table.error(first.line, first.column, "the capabilities of all actors are zero")
    for talks in draft.talks:
        if len(talks.issues) > MOST_ISSUES:
            message = f"{len(talks.issues)} issues are negotiated together; at most {MOST_ISSUES}"
            raise draft.table.error(draft.table.rows[0].line, "", message)
        talks.id = identifier(talks.id, [other.id for other in draft.talks if other is not talks])


def _venue(draft: Draft, name: str) -> tuple[Plain, Plain]:
    """Return a venue of the catalogue for this cast, and its sources.

    It is open where one of its members is not in the file.
    """
    folders = Folders.around(None, None)
    files = folders.files("venues")
    if name not in files:
        raise UsageError(f"venue: {unknown('venues', name, files)}")
    data: Plain = dict(folders.read(files[name]).data)
    if not data.get("adopts", True):
        raise UsageError(f"venue: {name} passes its texts on; name a venue that adopts")
    members = data.get("members", "open")
    if members != "open" and not set(members) <= set(draft.actors):
        draft.table.assumed.append(f"{name} is open to all actors of the file, each with one vote")
        data["members"] = "open"
        rule = data["decision"].items()
        data["decision"] = {k: v for k, v in rule if k not in ("weights", "required")}
        for part in ("convening", "conveners", "mandate", "membership_source"):
            data.pop(part, None)
    return data, folders.sources("venues", Problems(first=True))
