"""Which coded cases a fit may see: what is set aside, what was known when, and folds of frames.

Every fit and every score takes its rows from here, so that none looks where it may not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from negotiation_sim.catalogue.coded_case import CodedCase, earliest, latest
from negotiation_sim.errors import UsageError
from negotiation_sim.studies.history.logistic import grouped_folds

SET_ASIDE_FROM = date(2005, 12, 10)
# The agenda of the workshop after it, which figures of the catalogue were chosen by looking at.
AGENDA_DOMAINS, AGENDA_FROM = ("space", "space-security"), date(2008, 12, 1)
HORIZONS = (5, 10)
FOLDS = 10

Part = Literal["open", "set aside", "agenda"]


def part_of(case: CodedCase) -> Part:
    """Return where a case belongs.

    ``open`` to fits and looks; ``set aside``, mandated from 10 December 2005 on, or perhaps so
    where the date is a month or a year; or ``agenda``: what came up in space after November 2008,
    which is neither fitted nor scored.
    """
    if latest(case.mandate) < SET_ASIDE_FROM:
        return "open"
    if case.domain in AGENDA_DOMAINS and latest(case.mandate) >= AGENDA_FROM:
        return "agenda"
    return "set aside"


def open_cases(cases: Iterable[CodedCase]) -> list[CodedCase]:
    """Return the cases that may be fitted to and looked at, in their order."""
    return [case for case in cases if part_of(case) == "open"]


def frame_of(case: CodedCase) -> str:
    """Return a case's frame: the class of its venue and the decade of its mandate.

    What is left out together: cases of one frame were found on one walk and resemble each other.
    """
    return f"{case.venue_class} {case.mandate[:3]}0s"


def mandate_of(case: CodedCase) -> tuple[str, str]:
    """Return what rows of one mandate share: the venue and the date."""
    return case.venue, case.mandate


def years_on(day: date, years: int) -> date:
    """Return the same day so many years on; 28 February for 29 February.

    Examples
    --------
    >>> years_on(date(2004, 2, 29), 5).isoformat()
    '2009-02-28'
    """
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def scored_outcome(case: CodedCase, years: int) -> bool | None:
    """Return the outcome at a horizon, 5 or 10; None where it cannot be said or is not scored."""
    if years not in HORIZONS:
        raise UsageError(f"years: {years} is not one of 5 and 10")
    if case.outcome5_flag:
        return None
    return case.outcome5 if years == 5 else case.outcome10


def window_closed(case: CodedCase, years: int, at: date) -> bool:
    """Return whether so many years had passed since the mandate when the day ``at`` began."""
    return years_on(latest(case.mandate), years) < at


def outcome_known(case: CodedCase, years: int, at: date) -> bool | None:
    """Return what was known of an outcome when the day ``at`` began; None where nothing was.

    A text adopted before it is known to be; that none was is known once the window has closed, or
    from the failure on. Whoever counts shares takes the rows of :func:`window_closed`
    instead: among younger mandates successes are known earlier than the want of one.
    """
    outcome = scored_outcome(case, years)
    if outcome is None or earliest(case.mandate) >= at:
        return None
    if window_closed(case, years, at):
        return outcome
    if outcome:
        return True if case.adopted and latest(case.adopted) < at else None
    return False if case.failed and latest(case.failed) < at else None


def closed_outcomes(cases: Sequence[CodedCase], years: int, at: date) -> np.ndarray:
    """Return 1, 0, or not-a-number where the window was open at ``at`` or the row is not scored."""
    said = [scored_outcome(c, years) if window_closed(c, years, at) else None for c in cases]
    return np.array([np.nan if outcome is None else float(outcome) for outcome in said])


@dataclass(frozen=True)
class Fold:
    """Row numbers to fit on and to forecast; no frame is in both."""

    number: int
    fitted: np.ndarray
    left_out: np.ndarray


def fold_numbers(cases: Sequence[CodedCase], n: int = FOLDS, seed: int = 0) -> np.ndarray:
    """Return a fold for every case, frames whole, venue classes spread evenly over folds."""
    frames = [frame_of(case) for case in cases]
    return grouped_folds(frames, [case.venue_class for case in cases], n, seed)


def frame_folds(cases: Sequence[CodedCase], n: int = FOLDS, seed: int = 0) -> Iterator[Fold]:
    """Yield folds that leave whole frames out; nest them by calling this on a fold's own rows.

    Raises
    ------
    UsageError
        Where a case is not open to fits: the set-aside is never folded.
    """
    shut = [case.id for case in cases if part_of(case) != "open"]
    if shut:
        raise UsageError(f"{len(shut)} cases are not open to fits, first '{shut[0]}'")
    numbers = fold_numbers(cases, n, seed)
    for number in np.unique(numbers).tolist():
        yield Fold(number, np.flatnonzero(numbers != number), np.flatnonzero(numbers == number))


def open_for(case: CodedCase, years: float) -> bool:
    """Return whether a mandate was still open so many years after its date: no text, no failure."""
    ends = [earliest(day) for day in (case.adopted, case.failed) if day]
    return all((day - case.mandated).days > 365.25 * years for day in ends)
