"""Issues of legislation in long format, a row per issue and actor, as records in [0, 1]."""

from __future__ import annotations

from dataclasses import dataclass
from os import PathLike

import numpy as np

from negotiation_sim.errors import CatalogueError
from negotiation_sim.model.terms import DecisionRule
from negotiation_sim.studies.history.notes import Notes
from negotiation_sim.studies.history.tabular import Row, is_missing, number, read_rows

REQUIRED = ("issue", "actor", "position", "salience")
OPTIONAL = ("proposal", "procedure", "council_rule", "gdp", "reference_point", "outcome")
SCALE = 100.0

# Take part and are heard, but cast no vote in the Council.
WITHOUT_VOTE = frozenset({"com", "ep", "commission", "parliament"})


@dataclass(frozen=True)
class Issue:
    """One issue; positions, salience, reference point and outcome in [0, 1].

    ``capability`` is relative. ``reference`` and ``outcome`` are None where not given. A missing
    salience is 0 (does not weigh), unless the whole issue has none, then 1/2 for all; a missing
    capability is the smallest of the issue's.
    """

    id: str
    proposal: str
    procedure: str
    rule: DecisionRule
    actors: tuple[str, ...]
    position: np.ndarray
    salience: np.ndarray
    capability: np.ndarray
    votes: np.ndarray  # bool
    reference: float | None
    outcome: float | None

    @property
    def scored(self) -> bool:
        """Return whether the issue counts: an outcome and three actors who care."""
        return self.outcome is not None and int((self.salience > 0.0).sum()) >= 3


def rule_of(text: str) -> DecisionRule | None:
    """Return the Council's rule from its name; None where the name says nothing.

    Examples
    --------
    >>> rule_of("Unan").name, rule_of("QMV").name, rule_of("Simple majority").name
    ('CONSENSUS', 'QUALIFIED_MAJORITY', 'SIMPLE_MAJORITY')
    """
    word = text.casefold()
    if "unan" in word or "consens" in word:
        return DecisionRule.CONSENSUS
    if "simple" in word:
        return DecisionRule.SIMPLE_MAJORITY
    if "qmv" in word or "qual" in word or "major" in word:
        return DecisionRule.QUALIFIED_MAJORITY
    return None


def _share(text: str | None) -> float | None:
    value = number(text)
    return value / SCALE if value is not None and 0.0 <= value <= SCALE else None


def _same(path: str, rows: list[Row], field: str) -> float | None:
    """Return an issue's one value of a field; refuse two different ones."""
    found: float | None = None
    for row in rows:
        value = _share(row.cells.get(field))
        if value is None:
            continue
        if found is not None and abs(value - found) > 1e-9:
            message = f"issue {row.cells['issue']} has two: {found * SCALE:g} and {value * SCALE:g}"
            raise CatalogueError(path, row.line, field, message)
        found = value
    return found


def _filled(values: list[float | None], filling: float) -> np.ndarray:
    return np.array([filling if value is None else value for value in values], dtype=float)


def _issue(path: str, name: str, rows: list[Row], notes: Notes) -> Issue | None:
    used, seen = [], set()
    for row in rows:
        actor = row.cells["actor"].casefold()
        if _share(row.cells["position"]) is None:
            notes.add("rows left out without a position in 0 to 100", row.line)
        elif not actor or actor in seen:
            notes.add("rows left out without an actor of their own", row.line)
        else:
            seen.add(actor)
            used.append(row)
    if not used:
        return None
    salience = [_share(row.cells["salience"]) for row in used]
    filling = 0.0 if any(salience) else 0.5
    for row, value in zip(used, salience, strict=True):
        if value is None:
            notes.add("salience missing, taken as 0", row.line)
    capability = [number(row.cells.get("gdp")) for row in used]
    capability = [value if value is not None and value > 0.0 else None for value in capability]
    positive = [value for value in capability if value is not None]
    first = used[0]
    rule = rule_of(first.cells.get("council_rule", ""))
    if rule is None:
        notes.add("council rule not known, taken as a qualified majority", first.line)
        rule = DecisionRule.QUALIFIED_MAJORITY
    votes = np.array([row.cells["actor"].casefold() not in WITHOUT_VOTE for row in used])
    return Issue(
        id=name,
        proposal=first.cells.get("proposal") or name,
        procedure=first.cells.get("procedure", ""),
        rule=rule,
        actors=tuple(row.cells["actor"] for row in used),
        position=np.array([_share(row.cells["position"]) for row in used], dtype=float),
        salience=_filled(salience, filling),
        capability=_filled(capability, min(positive) if positive else 1.0),
        votes=votes if votes.any() else np.ones(len(used), dtype=bool),
        reference=_same(path, rows, "reference_point"),
        outcome=_same(path, rows, "outcome"),
    )


def read_issues(path: str | PathLike[str]) -> tuple[list[Issue], list[str]]:
    """Read issues from a file with the columns of the DEU data, in order of first appearance.

    Returns
    -------
    (list of Issue, list of str)
        The issues, and notes on what was filled in or left out.

    Raises
    ------
    CatalogueError
        With file, line and field, where nothing usable can be read.
    """
    rows = read_rows(path, REQUIRED)
    groups: dict[str, list[Row]] = {}
    notes = Notes()
    for row in rows:
        if is_missing(row.cells["issue"]):
            notes.add("rows left out without an issue", row.line)
        else:
            groups.setdefault(row.cells["issue"], []).append(row)
    found = [_issue(str(path), name, group, notes) for name, group in groups.items()]
    issues = [issue for issue in found if issue is not None]
    if not issues:
        raise CatalogueError(str(path), None, "position", "no row has a position in 0 to 100")
    absent = [name for name in OPTIONAL if name not in rows[0].cells]
    words = [f"no column '{name}'" for name in absent] + notes.words()
    return issues, words
