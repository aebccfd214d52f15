"""Free text of historical tables as dates, numbers of states and classes of decision rules."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from negotiation_sim.model.terms import DecisionRule
from negotiation_sim.studies.history.tabular import is_missing

ALL_STATES = 190
MOST_STATES, LONGEST = 10_000, 40
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


class Rule(NamedTuple):
    """How a body decides: the class of rule, a quota, and whether the powers hold a veto."""

    rule: DecisionRule
    quota: tuple[int, int] | None = None
    veto: bool = False


def parse_date(text: str | None) -> date | None:
    """Return a date from ISO, partial or odd writing; the middle of what is left open.

    Examples
    --------
    >>> parse_date("1995"), parse_date("c. June 1972"), parse_date("12/03/1995")
    (datetime.date(1995, 7, 1), datetime.date(1972, 6, 15), datetime.date(1995, 3, 12))
    """
    if is_missing(text):
        return None
    words = str(text).casefold()
    year_found = re.search(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)", words)
    if not year_found:
        return None
    year, month, day = int(year_found[0]), 0, 15
    after = re.match(r"[-/.](\d{1,2})(?:[-/.](\d{1,2}))?(?!\d)", words[year_found.end() :])
    before = re.search(r"(?:(\d{1,2})[-/.])?(\d{1,2})[-/.]$", words[: year_found.start()])
    if after:
        month, day = int(after[1]), int(after[2] or 15)
    elif before:
        month, day = int(before[2]), int(before[1] or 15)
    else:
        named = [i for i, name in enumerate(MONTHS, 1) if re.search(rf"\b{name}", words)]
        month = named[0] if named else 0
        of_month = re.search(r"(?<!\d)(\d{1,2})(?!\d)", words)
        day = int(of_month[1]) if of_month and 1 <= int(of_month[1]) <= 31 else 15
    if month > 12 >= day:
        month, day = day, month
    if not 1 <= month <= 12:
        return date(year, 7, 1)
    return date(year, month, min(max(day, 1), 28))


def parse_participants(text: str | None) -> int | None:
    """Return a number of states: the middle of a span, the number in ``~90``, ``100+``, ``>70``.

    Examples
    --------
    >>> [parse_participants(t) for t in ("28-61", "~90", "100+", "about 1,200", "all", "")]
    [44, 90, 100, 1200, 190, None]
    """
    if is_missing(text):
        return None
    words = re.sub(r"(?<=\d),(?=\d{3}\b)", "", str(text).casefold())
    span = re.search(r"(\d+)\s*(?:-|\u2013|\u2014|to|or)\s*(\d+)", words)
    if span:
        return min(MOST_STATES, max(1, (_whole(span[1]) + _whole(span[2])) // 2))
    found = re.search(r"\d+(?:\.\d+)?", words)
    if found:
        states = min(float(MOST_STATES), float(found[0]))
        return max(1, round(states)) if states >= 1.0 else None
    return ALL_STATES if re.search(r"\ball\b|open|univers", words) else None


def _whole(digits: str) -> int:
    """Return a whole number, however many digits it has, or the most that is told apart."""
    return min(MOST_STATES, int(digits)) if len(digits) <= LONGEST else MOST_STATES


FRACTIONS = (
    (r"two[- ]thirds|2/3", (2, 3)), (r"three[- ]quarters|3/4", (3, 4)),
    (r"three[- ]fifths|3/5", (3, 5)), (r"four[- ]fifths|4/5", (4, 5)),
    (r"seven[- ]eighths|7/8", (7, 8)),
)  # fmt: skip


def _quota(words: str) -> tuple[int, int] | None:
    for pattern, quota in FRACTIONS:
        if re.search(pattern, words):
            return quota
    percent = re.search(r"(\d{2})\s*(?:%|per ?cent)", words)
    if percent and 50 < int(percent[1]) <= 100:
        return int(percent[1]), 100
    return None


def parse_rule(text: str | None) -> Rule | None:
    """Return the class of a decision rule from free text; None where it says nothing.

    Notes
    -----
    The first that fits, in this order: disputed rules count as consensus if that is one of them; a
    veto or a unanimity of the five is a majority of three fifths with a veto of the powers; opt-in,
    critical mass or self-selection, unless consensus is named first; consensus in fact; consensus
    with a vote to fall back on is a vote of two thirds; a fraction is that quota (with a veto where
    the five are named); a majority is a simple one; consensus, unanimity, or a number of parties or
    powers is consensus; any other vote is two thirds, as in the rules of most conferences.

    Examples
    --------
    >>> parse_rule("two-thirds vote, consensus sought").quota
    (2, 3)
    >>> parse_rule("consensus (de facto)").rule.name, parse_rule("opt-in").rule.name
    ('CONSENSUS', 'OPT_IN')
    """
    if is_missing(text):
        return None
    words = str(text).casefold()
    consensus, majority = DecisionRule.CONSENSUS, DecisionRule.QUALIFIED_MAJORITY
    agreed = re.search(r"consens|unanim|acclam|party|power|bilateral|without a vote", words)
    opted = re.search(r"opt[- ]?in|critical mass|self[- ]select|like[- ]?minded|voluntary", words)
    if re.search(r"disputed|\bvs\b|unclear", words) and agreed:
        return Rule(consensus)
    if re.search(r"\bveto\b|p-?5 unanim|permanent five", words):
        return Rule(majority, (3, 5), veto=True)
    if opted and (not re.search("consens", words[: opted.start()]) or "self" in opted[0]):
        return Rule(DecisionRule.OPT_IN)
    if re.search(r"de facto", words) and agreed:
        return Rule(consensus)
    if re.search(r"consens.*(then|fall ?back|fallback|failing|else).*vot", words) or re.search(
        r"consens.*vot\w* (as )?(fall ?back|fallback|last)", words
    ):
        return Rule(majority, (2, 3))
    quota = _quota(words)
    if quota:
        return Rule(majority, quota, veto=bool(re.search(r"\bp-?5\b", words)))
    if "majority" in words and "qualified" not in words:
        return Rule(DecisionRule.SIMPLE_MAJORITY)
    if agreed:
        return Rule(consensus)
    return Rule(majority, (2, 3)) if re.search(r"vot|qualified|majority", words) else None
