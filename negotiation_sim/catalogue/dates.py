"""What a study dates: months counted from its start, who is a member when, and figures by month.

Figures here are those that are the same in all worlds, or the most likely ones where a belief draws.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from negotiation_sim.catalogue.schema import Actor, Change, Changes, Course, Group, Setting, Venue
from negotiation_sim.model.dated import course
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


def horizon_of(setting: Setting) -> int:
    """Return how many months a run has at most."""
    return math.ceil(setting.horizon_years * MONTHS_PER_YEAR)


def in_order(changes: Course) -> list[Change]:
    """Return the changes of a figure by their dates."""
    return sorted(changes, key=lambda change: change.date)


def course_of(changes: Changes, *name: str) -> Course:
    """Return the changes of a figure; none where it has none."""
    found = changes.get(name[0], [])
    if isinstance(found, dict):
        return found.get(name[1], []) if len(name) > 1 else []
    return found


def value_in(setting: Setting, first: float, changes: Course, month: int) -> float:
    """Return a figure in a month, from what it is first."""
    steps = [
        (months_between(setting.start, change.date), change.value, change.gradual)
        for change in in_order(changes)
    ]
    return course(first, steps, month)


def moving_months(setting: Setting, courses: Iterable[Course]) -> list[int]:
    """Return the months in which any of these figures may be another than the month before."""
    found: set[int] = set()
    horizon = horizon_of(setting)
    for changes in courses:
        since = 0
        for change in in_order(changes):
            month = months_between(setting.start, change.date)
            first = since + 1 if change.gradual else month
            found |= set(range(max(0, first), min(month + 1, horizon)))
            since = month
    return sorted(found)


def capability_in(setting: Setting, code: str, month: int) -> float:
    """Return a state's capability in general."""
    actor = setting.actors[code]
    return value_in(setting, actor.capability.value, course_of(actor.changes, "capability"), month)


def capability_at(setting: Setting, venue: Venue, code: str, month: int) -> float:
    """Return a state's capability in a venue: its own there, or that in general."""
    if code not in venue.capability:
        return capability_in(setting, code, month)
    changes = course_of(venue.changes, "capability", code)
    return value_in(setting, venue.capability[code].value, changes, month)


def salience_in(setting: Setting, actor: Actor, issue: str, month: int) -> float:
    """Return how much an issue weighs for a state, before weights are scaled to sum one."""
    changes = course_of(actor.changes, "salience", issue)
    return value_in(setting, actor.salience[issue].value, changes, month)


def loading_in(setting: Setting, actor: Actor, bloc: str, month: int) -> float:
    """Return a state's loading on a bloc."""
    first = actor.blocs[bloc].value if bloc in actor.blocs else 0.0
    return value_in(setting, first, course_of(actor.changes, "blocs", bloc), month)


def blocs_of(actors: Iterable[Actor]) -> tuple[str, ...]:
    """Return every bloc that a state has a loading on, at once or by a date."""
    found: set[str] = set()
    for actor in actors:
        dated = actor.changes.get("blocs", {})
        found |= {*actor.blocs, *(dated if isinstance(dated, dict) else ())}
    return tuple(sorted(found))


def ever_salient(setting: Setting, actor: Actor, issue: str) -> bool:
    """Return whether an issue weighs anything for a state in any month of the run."""
    months = moving_months(setting, [course_of(actor.changes, "salience", issue)])
    return any(salience_in(setting, actor, issue, t) > 0.0 for t in {0, *months})


def highest_cohesion(setting: Setting, group: Group, month: int) -> float:
    """Return the most that a group may hold together in a month."""
    figure = group.cohesion
    first = max(figure.value, *(figure.range or [figure.value]))
    changes = [
        each.model_copy(update={"value": max(each.value, *(each.range or [each.value]))})
        for each in course_of(group.changes, "cohesion")
    ]
    return value_in(setting, first, changes, month)


def holding_groups(setting: Setting, month: int) -> list[str]:
    """Return the groups that hold together at all in a month."""
    groups = sorted(setting.groups.items())
    return [name for name, group in groups if highest_cohesion(setting, group, month) > 0.0]
