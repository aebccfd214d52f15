"""How mandates like this one ended: the nearest cases, the base rate among them, and how near.

Likeness is Gower's distance over the coded columns. Only cases that are open to fits and were
mandated before a date count, and of them only those whose outcome that date could know.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from negotiation_sim.analysis.intervals import wilson
from negotiation_sim.catalogue.coded_case import CodedCase, latest
from negotiation_sim.studies.history.coded_columns import (
    COLUMNS,
    CodedFacts,
    facts_of,
    gower,
    missing_in,
)
from negotiation_sim.studies.history.splits import (
    closed_outcomes,
    mandate_of,
    open_cases,
)

NEAREST = 10
MOST_MISSING = 3
WITHIN = 0.95  # of the cases' own distances to their tenth nearest
ALIKE = 0.1  # a number so near counts as alike


@dataclass(frozen=True)
class Query:
    """A mandate that asks for its precedents.

    Parameters
    ----------
    facts : CodedFacts
    at : date
        What happened on this day or later is not known.
    case : CodedCase, optional
        The row, where it is one: neither it nor its venue's same mandate is its precedent.
    """

    facts: CodedFacts
    at: date
    case: CodedCase | None = None


@dataclass(frozen=True)
class Precedent:
    """One near case: its distance, what is alike, what not, and whether a text was adopted in time.

    ``differs`` says for each column the query's value and then the case's. ``adopted`` is by the
    horizon that was asked for, 5 or 10 years.
    """

    case: CodedCase
    distance: float
    alike: list[str]
    differs: list[str]
    adopted: bool


@dataclass(frozen=True)
class Scope:
    """Whether a mandate lies within what was tested.

    Parameters
    ----------
    tested : bool
    distance, limit : float
        To the tenth nearest case, and the 95th percentile of the cases' own.
    missing : list of str
        CodedFacts that are missing; more than three put it outside.
    """

    tested: bool
    distance: float
    limit: float
    missing: list[str]

    def words(self) -> str:
        """Return why it was not tested for such a case; empty where it was."""
        if self.tested:
            return ""
        why = []
        if math.isinf(self.distance):
            why.append(f"fewer than {NEAREST + 1} cases were known then")
        elif not self.distance <= self.limit:
            why.append(
                f"its tenth nearest precedent is {self.distance:.2f} away, those of the cases "
                f"themselves at most {self.limit:.2f} in 95 of 100"
            )
        if len(self.missing) > MOST_MISSING:
            why.append(f"{len(self.missing)} facts are missing ({', '.join(self.missing)})")
        return f"not tested for such a case: {'; '.join(why)}"


def may_teach(query: Query, case: CodedCase) -> bool:
    """Return whether a case may be a precedent: mandated before, and not the mandate itself."""
    if latest(case.mandate) >= query.at:
        return False
    if query.case is None:
        return True
    same = case.id == query.case.id or mandate_of(case) == mandate_of(query.case)
    return not same and latest(case.mandate) < latest(query.case.mandate)


def teachers(query: Query, cases: Iterable[CodedCase]) -> list[CodedCase]:
    """Return the cases open to fits that may be precedents, in their order."""
    return [case for case in open_cases(cases) if may_teach(query, case)]


def nearest_cases(
    query: Query, cases: Sequence[CodedCase], years: int = 5, count: int = NEAREST
) -> list[Precedent]:
    """Return the nearest precedents whose window of so many years had closed, nearest first.

    Of equally near ones the later mandate comes first.
    """
    known = teachers(query, cases)
    outcome = closed_outcomes(known, years, query.at)
    at = np.flatnonzero(np.isfinite(outcome)).tolist()
    if not at:
        return []
    facts = [facts_of(known[i]) for i in at]
    apart = gower([query.facts], facts)[0]
    order = sorted(
        range(len(at)), key=lambda k: (apart[k], -latest(known[at[k]].mandate).toordinal())
    )
    return [
        Precedent(known[at[k]], float(apart[k]), *compared(query.facts, facts[k]),
                  adopted=bool(outcome[at[k]]))
        for k in order[:count]
    ]  # fmt: skip


def compared(query: CodedFacts, other: CodedFacts) -> tuple[list[str], list[str]]:
    """Return in words what two mandates have alike, and what not; missing facts are neither."""
    alike, differs = [], []
    for column in COLUMNS:
        mine, theirs = getattr(query, column.name), getattr(other, column.name)
        if mine is None or theirs is None:
            continue
        if column.kind == "number":
            near = abs(column.scale(float(mine)) - column.scale(float(theirs))) <= ALIKE + 1e-9
        else:
            near = mine == theirs
        said = f"{column.words} {column.shown(mine)}"
        if near:
            alike.append(said)
        else:
            differs.append(f"{said} (there {column.shown(theirs)})")
    return alike, differs


@dataclass(frozen=True)
class BaseRate:
    """The share adopted among precedents, with Wilson's 95 % interval; n is how many they are."""

    share: float
    low: float
    high: float
    n: int

    @property
    def adopted(self) -> int:
        """Return how many of them adopted a text in time."""
        return round(self.share * self.n)


def base_rate(precedents: Sequence[Precedent]) -> BaseRate | None:
    """Return the share of precedents that adopted a text in time; None where there is none."""
    n = len(precedents)
    if not n:
        return None
    adopted = sum(each.adopted for each in precedents)
    return BaseRate(adopted / n, *wilson(adopted, n), n)


def scope_of(query: Query, cases: Sequence[CodedCase], limit: float | None = None) -> Scope:
    """Return whether a mandate lies within what was tested.

    Outside is what is farther from its tenth nearest precedent than 95 of 100 cases are from
    theirs, or lacks more than three facts. Where fewer than ten cases can be precedents nothing
    was tested.

    Parameters
    ----------
    query : Query
    cases : sequence of CodedCase
    limit : float, optional
        The cases' own 95th percentile, where another query with the same precedents found it.
    """
    known = teachers(query, cases)
    missing = missing_in(query.facts)
    if len(known) <= NEAREST:
        return Scope(False, math.inf, math.nan, missing)
    facts = [facts_of(case) for case in known]
    distance = float(np.sort(gower([query.facts], facts)[0])[NEAREST - 1])
    if limit is None:
        limit = float(np.quantile(own_distances(known, facts), WITHIN))
    tested = distance <= limit + 1e-12 and len(missing) <= MOST_MISSING
    return Scope(tested, distance, limit, missing)


def own_distances(cases: Sequence[CodedCase], facts: Sequence[CodedFacts]) -> np.ndarray:
    """Return each case's distance to the tenth nearest other, its venue's same mandate left out."""
    apart = gower(facts, facts)
    mandates = {mandate: place for place, mandate in enumerate({mandate_of(c) for c in cases})}
    label = np.array([mandates[mandate_of(case)] for case in cases])
    apart[label[:, None] == label[None, :]] = np.inf
    answer: np.ndarray = np.sort(apart, axis=1)[:, NEAREST - 1]
    return answer
