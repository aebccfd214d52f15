"""What is known of a mandate on its date, as columns: for likeness and for statistics.

Nothing that tells of the outcome is here: :class:`CodedFacts` has no place for it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

import numpy as np
import pandas as pd

from negotiation_sim.catalogue.coded_case import CodedCase
from negotiation_sim.studies.history.parsing import Rule, parse_participants, parse_rule
from negotiation_sim.studies.history.venue_classes import rule_in

NO_DEADLINE = math.inf
PATIENCE = 5.0  # years in which the pressure of a deadline falls to 1/e
FEWEST, MOST = 2.0, 200.0
STANCES = {1: "for", 0: "neutral", -1: "against", None: "absent"}


@dataclass(frozen=True)
class CodedFacts:
    """What is known of a mandate on its date; None where a fact is missing.

    Parameters
    ----------
    binding : bool
        Whether the text sought would bind.
    scope, verification : float
        0 to 1, as in docs/cases.md.
    domain, venue_class, rule : str
        Field, class of venue, and class of decision rule.
    participants : int
    us, rus, chn : int
        -1 against, 0 neutral, absent or not known, 1 for.
    eu, g77 : str
        ``for``, ``neutral``, ``against`` or ``absent``.
    years_to_deadline : float
        From the mandate to the end of the year it names; infinite where it names none.
    draft, earlier : int
        0 to 2.
    regime, task : str
    shock : bool
    """

    binding: bool | None
    scope: float | None
    verification: float | None
    domain: str | None
    venue_class: str | None
    rule: str | None
    participants: int | None
    us: int | None
    rus: int | None
    chn: int | None
    eu: str | None
    g77: str | None
    years_to_deadline: float | None
    draft: int | None
    regime: str | None
    task: str | None
    earlier: int | None
    shock: bool | None

    def without(self, *names: str) -> CodedFacts:
        """Return the same facts with some of them missing."""
        return replace(self, **dict.fromkeys(names))


def years_to(deadline: str, mandate: tuple[int, int]) -> float | None:
    """Return the years from a mandate's month to the end of the year it names.

    Parameters
    ----------
    deadline : str
        A year, ``none``, or empty where it is not known.
    mandate : (int, int)
        Year and month.

    Examples
    --------
    >>> years_to("1976", (1974, 7)), years_to("none", (1974, 7)), years_to("", (1974, 7))
    (2.5, inf, None)
    """
    if deadline == "":
        return None
    if deadline == "none":
        return NO_DEADLINE
    year, month = mandate
    return max(0.0, int(deadline) + 1 - year - (month - 1) / 12.0)


def rule_words(rule: Rule) -> str:
    """Return the class of a decision rule; a veto of the powers is one of its own."""
    return "powers' veto" if rule.veto else rule.rule.name.lower().replace("_", " ")


@lru_cache(maxsize=4096)
def facts_of(case: CodedCase) -> CodedFacts:
    """Return the facts of a coded case."""
    day = case.mandated
    return CodedFacts(
        binding=case.binding,
        scope=case.scope,
        verification=case.verification,
        domain=case.domain,
        venue_class=case.venue_class,
        rule=rule_words(rule_in(parse_rule(case.decision_rule), case.venue_class)),
        participants=parse_participants(case.participants),
        us=case.us,
        rus=case.rus,
        chn=case.chn,
        eu=STANCES[case.eu],
        g77=STANCES[case.g77],
        years_to_deadline=years_to(case.deadline, (day.year, day.month)),
        draft=case.draft,
        regime=case.regime,
        task=case.task,
        earlier=case.earlier,
        shock=case.shock,
    )


def _share(value: float) -> float:
    return float(value)


def _half(value: float) -> float:
    return value / 2.0


def _stance(value: float) -> float:
    return (value + 1.0) / 2.0


def _pressure(years: float) -> float:
    """Return how near a deadline is: 1 at once, 1/e in five years, 0 where there is none."""
    return math.exp(-years / PATIENCE)


def _size(participants: float) -> float:
    """Return a number of states on a logarithmic scale from 2 to 200."""
    held = min(MOST, max(FEWEST, participants))
    return math.log(held / FEWEST) / math.log(MOST / FEWEST)


def _in_years(value: object) -> str:
    years = float(str(value))
    return "none" if math.isinf(years) else f"in {years:.1f} years"


def _sided(value: object) -> str:
    return STANCES[int(str(value))].replace("neutral", "not declared")


@dataclass(frozen=True)
class CodedColumn:
    """One column: the fact's name, what it is called, and how it is measured.

    Parameters
    ----------
    name, words : str
    kind : {'number', 'class'}
        A number is carried to 0 to 1 by ``scale``; classes are alike or not.
    scale : callable
    shown : callable
        The value in words.
    """

    name: str
    words: str
    kind: Literal["number", "class"]
    scale: Callable[[float], float] = _share
    shown: Callable[[object], str] = str


def _yes(value: object) -> str:
    return "yes" if value else "no"


COLUMNS = (
    CodedColumn("binding", "binding", "class", shown=_yes),
    CodedColumn("scope", "scope", "number"),
    CodedColumn("verification", "verification", "number"),
    CodedColumn("domain", "field", "class"),
    CodedColumn("venue_class", "class of venue", "class"),
    CodedColumn("rule", "decision rule", "class"),
    CodedColumn("participants", "participants", "number", _size),
    CodedColumn("us", "United States", "number", _stance, _sided),
    CodedColumn("rus", "Russia", "number", _stance, _sided),
    CodedColumn("chn", "China", "number", _stance, _sided),
    CodedColumn("eu", "European Union", "class"),
    CodedColumn("g77", "developing countries", "class"),
    CodedColumn("years_to_deadline", "deadline", "number", _pressure, _in_years),
    CodedColumn("draft", "draft on the table", "number", _half),
    CodedColumn("regime", "regime", "class"),
    CodedColumn("task", "task", "class"),
    CodedColumn("earlier", "earlier failures", "number", _half),
    CodedColumn("shock", "recent shock", "class", shown=_yes),
)
NUMBERS = [column.name for column in COLUMNS if column.kind == "number"]
CLASSES = [column.name for column in COLUMNS if column.kind == "class"]


def missing_in(facts: CodedFacts) -> list[str]:
    """Return what the missing facts are called, in the order of the columns."""
    return [column.words for column in COLUMNS if getattr(facts, column.name) is None]


def table_of(facts: Sequence[CodedFacts]) -> pd.DataFrame:
    """Return a row for each mandate.

    Numbers lie within 0 to 1, not-a-number where missing; classes are words, ``unknown`` where
    missing.
    """
    found: dict[str, object] = {}
    for column in COLUMNS:
        values = [getattr(each, column.name) for each in facts]
        if column.kind == "number":
            found[column.name] = np.array(
                [math.nan if v is None else column.scale(float(v)) for v in values]
            )
        else:
            words = ["unknown" if v is None else str(v).casefold() for v in values]
            found[column.name] = pd.Series(words, dtype=object)
    return pd.DataFrame(found)


def gower(first: Sequence[CodedFacts], second: Sequence[CodedFacts]) -> np.ndarray:
    """Return Gower's distance of every mandate to every other, first x second.

    The mean over the columns that both have of: the difference of numbers, each carried to 0 to
    1; 0 for the same class, 1 for another. 1 where they have no column in common.

    References
    ----------
    Gower (1971), Biometrics 27, 857-871.
    """
    apart = np.zeros((len(first), len(second)))
    both = np.zeros_like(apart)
    for column in COLUMNS:
        difference = _apart(column, first, second)
        counted = np.isfinite(difference)
        apart += np.where(counted, difference, 0.0)
        both += counted
    answer: np.ndarray = np.where(both > 0, apart / np.maximum(both, 1.0), 1.0)
    return answer


def _apart(
    column: CodedColumn, first: Sequence[CodedFacts], second: Sequence[CodedFacts]
) -> np.ndarray:
    """Return the distance in one column, first x second; not-a-number where either is missing."""
    one, other = ([getattr(f, column.name) for f in side] for side in (first, second))
    if column.kind == "number":
        a, b = (
            np.array([math.nan if v is None else column.scale(float(v)) for v in side])
            for side in (one, other)
        )
        answer: np.ndarray = np.abs(a[:, None] - b[None, :])
        return answer
    known = {value: place for place, value in enumerate(dict.fromkeys([*one, *other]))}
    a, b = (np.array([known[v] for v in side]) for side in (one, other))
    differs: np.ndarray = np.where(a[:, None] != b[None, :], 1.0, 0.0)
    absent = np.array([v is None for v in one])[:, None] | np.array([v is None for v in other])
    differs[absent] = math.nan
    return differs
