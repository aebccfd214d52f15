"""Historical negotiations in a table, read robustly into records.

Nothing of a row is guessed by looking at other rows: what is missing or odd is filled by the rules
stated here, and every filling is noted with its line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from os import PathLike
from typing import Any

from negotiation_sim.errors import CatalogueError
from negotiation_sim.studies.history.coded_columns import years_to
from negotiation_sim.studies.history.notes import Notes
from negotiation_sim.studies.history.parsing import Rule, parse_date, parse_participants, parse_rule
from negotiation_sim.studies.history.tabular import Row, is_missing, number, read_rows

COLUMNS = (
    "id", "name", "form", "binding", "scope", "domain", "venue_class", "venue", "decision_rule",
    "mandate", "start", "adopted", "failed", "entry_into_force", "participants", "us", "rus", "chn",
    "verification", "outcome5", "outcome10", "outcome5_flag", "confidence", "source", "note",
    "deadline", "draft", "regime", "task", "earlier", "shock", "eu", "g77",
)  # fmt: skip
REQUIRED = ("id",)

# What the mapping to a scenario may read, and nothing else (a test permutes the rest).
MAPPED = (
    "form", "binding", "scope", "domain", "venue_class", "decision_rule", "mandate",
    "participants", "us", "rus", "chn", "verification", "deadline", "draft", "regime", "task",
    "earlier", "shock", "eu", "g77",
)  # fmt: skip

MISSING_SCOPE, MISSING_VERIFICATION, MISSING_PARTICIPANTS = 0.4, 0.1, 60
MISSING_MANDATE = (1990, 1)
BINDING_FORMS = (
    "treaty", "convention", "agreement", "protocol", "amendment", "statute", "charter",
    "regulation", "plan", "annex", "schedule", "mandatory", "binding", "measure",
)  # fmt: skip
# The first of each is taken where nothing is said: the commonest.
REGIMES, TASKS = ("new", "protocol", "successor"), ("elaborate", "negotiate", "explore")
YES, NO = {"1", "1.0", "true", "yes", "y"}, {"0", "0.0", "false", "no", "n"}


@dataclass(frozen=True)
class Case:
    """One negotiation. ``mandate`` is (year, month); times are years from the mandate.

    ``outcome5`` and ``outcome10`` are None where censored; ``scored`` says whether the row counts
    in scores (no ``outcome5_flag`` that excludes it). ``rule`` is None where nothing is said.
    ``deadline_years`` runs to the end of the year that the mandate names: infinite where it names
    none, None where that is not known. ``eu`` and ``g77`` are None where they had no part in it.
    """

    id: str
    name: str
    line: int
    form: str
    binding: bool
    scope: float
    domain: str
    venue_class: str
    rule: Rule | None
    mandate: tuple[int, int]
    mandate_text: str
    participants: int
    us: int
    rus: int
    chn: int
    verification: float
    adopted_after: float | None
    failed_after: float | None
    outcome5: bool | None
    outcome10: bool | None
    scored: bool
    confidence: str
    deadline_years: float | None = None
    draft: int = 0
    regime: str = "new"
    task: str = "elaborate"
    earlier: int = 0
    shock: bool = False
    eu: int | None = None
    g77: int | None = None


def _years(first: date | None, second: date | None) -> float | None:
    if first is None or second is None:
        return None
    return (second - first).days / 365.25


def _flag(text: str | None) -> bool | None:
    words = (text or "").strip().casefold()
    return True if words in YES else False if words in NO else None


def _outcome(
    row: Row, column: str, years: float, adopted: float | None, failed: float | None
) -> bool | None:
    """Return whether adopted in time: the file's word, else from the dates; None if censored."""
    said = _flag(row.cells.get(column))
    if said is not None or column in row.cells:
        return said
    if adopted is not None:
        return adopted <= years
    return False if failed is not None else None


def _stance(row: Row, column: str, notes: Notes) -> int:
    value = number(row.cells.get(column))
    if value is None:
        words = row.cells.get(column, "").casefold()
        value = {"for": 1.0, "against": -1.0, "neutral": 0.0}.get(words)
    if value is None:
        notes.add(f"{column} missing, taken as neutral", row.line)
        return 0
    return (value > 0.25) - (value < -0.25)


def _unit(row: Row, column: str, filling: float, notes: Notes) -> float:
    value = number(row.cells.get(column))
    if value is None:
        notes.add(f"{column} missing, taken as {filling:g}", row.line)
        return filling
    if not 0.0 <= value <= 1.0:
        notes.add(f"{column} outside 0 to 1, held within", row.line)
    return min(1.0, max(0.0, value))


def is_binding(text: str | None, form: str) -> bool:
    """Return whether a text binds: as said, else by the words of its form (a code does not)."""
    said = _flag(text)
    return said if said is not None else any(word in form for word in BINDING_FORMS)


def _case(row: Row, notes: Notes) -> Case:
    cells = row.cells
    form = cells.get("form", "").casefold()
    mandated = parse_date(cells.get("mandate"))
    if mandated is None:
        notes.add("mandate missing, taken as {}-{:02}".format(*MISSING_MANDATE), row.line)
    participants = parse_participants(cells.get("participants"))
    if participants is None:
        notes.add(f"participants missing, taken as {MISSING_PARTICIPANTS}", row.line)
    adopted = _years(mandated, parse_date(cells.get("adopted")))
    failed = _years(mandated, parse_date(cells.get("failed")))
    flag = cells.get("outcome5_flag", "")
    return Case(
        id=cells["id"] or f"line{row.line}",
        name=cells.get("name") or cells["id"],
        line=row.line,
        form=form,
        binding=is_binding(cells.get("binding"), form),
        scope=_unit(row, "scope", MISSING_SCOPE, notes),
        domain=cells.get("domain", "").casefold(),
        venue_class=cells.get("venue_class", ""),
        rule=parse_rule(cells.get("decision_rule")),
        mandate=(mandated.year, mandated.month) if mandated else MISSING_MANDATE,
        mandate_text=mandated.isoformat() if mandated else f"none, line {row.line}",
        participants=participants or MISSING_PARTICIPANTS,
        us=_stance(row, "us", notes),
        rus=_stance(row, "rus", notes),
        chn=_stance(row, "chn", notes),
        verification=_unit(row, "verification", MISSING_VERIFICATION, notes),
        adopted_after=adopted,
        failed_after=failed,
        outcome5=_outcome(row, "outcome5", 5.0, adopted, failed),
        outcome10=_outcome(row, "outcome10", 10.0, adopted, failed),
        scored=is_missing(flag),
        confidence=cells.get("confidence", ""),
        **_facts(row, mandated, notes),
    )


def _facts(row: Row, mandated: date | None, notes: Notes) -> dict[str, Any]:
    """Return the facts of the mandate; what is missing is filled by rule and noted."""
    return {
        "deadline_years": _deadline(row, mandated, notes),
        "draft": _level(row, "draft", notes),
        "regime": _word(row, "regime", REGIMES, notes),
        "task": _word(row, "task", TASKS, notes),
        "earlier": _level(row, "earlier", notes),
        "shock": _flag(row.cells.get("shock")) is True,
        "eu": _group_stance(row, "eu"),
        "g77": _group_stance(row, "g77"),
    }


def _deadline(row: Row, mandated: date | None, notes: Notes) -> float | None:
    """Return the years to the end of the year that a mandate names."""
    said = (row.cells.get("deadline") or "").strip().casefold()
    ends = parse_date(said)
    day = mandated or date(*MISSING_MANDATE, 1)
    if said != "none" and ends is None:
        if "deadline" in row.cells:
            notes.add("deadline missing, taken as the usual term", row.line)
        return None
    return years_to(said if ends is None else str(ends.year), (day.year, day.month))


def _level(row: Row, column: str, notes: Notes) -> int:
    value = number(row.cells.get(column))
    if value is None:
        if column in row.cells:
            notes.add(f"{column} missing, taken as 0", row.line)
        return 0
    return int(min(2.0, max(0.0, round(value))))


def _word(row: Row, column: str, words: tuple[str, ...], notes: Notes) -> str:
    said = (row.cells.get(column) or "").strip().casefold()
    if said in words:
        return said
    if column in row.cells:
        notes.add(f"{column} missing, taken as {words[0]}", row.line)
    return words[0]


def _group_stance(row: Row, column: str) -> int | None:
    """Return the stance of a group; None where it had no part in it."""
    value = number(row.cells.get(column))
    return None if value is None else (value > 0.25) - (value < -0.25)


def last_known(cases: Sequence[Case]) -> str:
    """Return the last month that outcomes of some cases speak of, ``YYYY-MM``."""
    last = (0, 0)
    for case in cases:
        year, month = case.mandate
        ended = case.adopted_after if case.adopted_after is not None else case.failed_after
        if ended is None:
            ended = max(5.0 * (case.outcome5 is False), 10.0 * (case.outcome10 is False))
        months = 12 * year + month - 1 + int(12.0 * ended)
        last = max(last, (months // 12, months % 12 + 1))
    return "{:04}-{:02}".format(*last)


def read_cases(path: str | PathLike[str]) -> tuple[list[Case], list[str]]:
    """Read a file with the columns of ``cases.csv``; only ``id`` must be there.

    Returns
    -------
    (list of Case, list of str)
        The cases in the file's order, and notes on what was filled by rule.

    Raises
    ------
    CatalogueError
        Where the file cannot be read, has no ``id`` column or no rows, or an id comes twice.
    """
    rows = read_rows(path, REQUIRED)
    notes = Notes()
    seen: dict[str, int] = {}
    cases = []
    for row in rows:
        case = _case(row, notes)
        if case.id in seen:
            message = f"'{case.id}' is there already, in line {seen[case.id]}"
            raise CatalogueError(str(path), row.line, "id", message)
        seen[case.id] = row.line
        cases.append(case)
    absent = [name for name in (*MAPPED, "adopted", "failed") if name not in rows[0].cells]
    return cases, [f"no column '{name}'" for name in absent] + notes.words()
