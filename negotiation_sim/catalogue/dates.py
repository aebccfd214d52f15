"""What a study dates: months counted from its start, and who is a member when."""

from __future__ import annotations

from negotiation_sim.catalogue.schema import Setting, Venue
from negotiation_sim.model.terms import MONTHS_PER_YEAR


def months_between(start: str, date: str) -> int:
    """Return whole months from one ``YYYY-MM`` to another; negative if earlier.

    Examples
    --------
    >>> months_between("2009-01", "2010-03")
    14
    """
    years = int(date[:4]) - int(start[:4])
    return years * MONTHS_PER_YEAR + int(date[5:7]) - int(start[5:7])


def month_after(start: str, months: int) -> str:
    """Return the month so many after another, as ``YYYY-MM``.

    Examples
    --------
    >>> month_after("2009-11", 3)
    '2010-02'
    """
    at = MONTHS_PER_YEAR * int(start[:4]) + int(start[5:7]) - 1 + months
    return f"{at // MONTHS_PER_YEAR:04}-{at % MONTHS_PER_YEAR + 1:02}"


def last_month(setting: Setting) -> str:
    """Return the last month of a run."""
    return month_after(setting.start, int(setting.horizon_years * MONTHS_PER_YEAR) - 1)


def members_in(setting: Setting, venue: Venue, month: int) -> set[str]:
    """Return who of the cast is a venue's member in a month; changes count in their order."""
    members = set(setting.actors) if venue.members == "open" else set(venue.members)
    for change in sorted(venue.membership_changes, key=lambda each: each.date):
        if months_between(setting.start, change.date) <= month:
            members = (members | set(change.joins)) - set(change.leaves)
    return members & set(setting.actors)
