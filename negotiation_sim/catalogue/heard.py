"""A setting without what nothing hears: records that no strategy uses, states outside the cast.

The catalogue's files serve many casts. Written out for one, they name its states alone, since a
study's own files may not say what moves nothing (``intent``).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, TypeVar

from negotiation_sim.catalogue.dates import last_month
from negotiation_sim.catalogue.intent import outside_the_run
from negotiation_sim.catalogue.schema import (
    Actor,
    Calendar,
    Changes,
    Initiative,
    MembershipChange,
    Procedure,
    Record,
    Setting,
    Strategy,
    Venue,
    courses,
)

Kept = TypeVar("Kept", bound=Record)
Rule = TypeVar("Rule", bound=Procedure)
Names = TypeVar("Names", list[str], dict[str, Any])


def heard(setting: Setting) -> Setting:
    """Return a setting with what its run hears and no more; the run is the same to the last bit."""
    tracks = [track for strategy in setting.strategies for track in strategy.tracks]
    venues = sorted({name for t in tracks for name in (t.venue, *t.fallbacks())})
    for name in venues:  # grows as venues pass work on
        target = setting.venues[name].passes_to
        if target is not None and target not in venues:
            venues.append(target)
    known = setting.actors.keys() | {g for actor in setting.actors.values() for g in actor.groups}
    initiatives = sorted({track.initiative for track in tracks})
    return setting.model_copy(
        update={
            "actors": {name: _lived(setting, name) for name in sorted(setting.actors)},
            "venues": {name: _seated(setting, name) for name in sorted(venues)},
            "initiatives": {name: _meant(setting, name, known) for name in initiatives},
            "strategies": [_weighed(each, setting) for each in setting.strategies],
            "changes": _coming(setting, setting.changes),
            "groups": {
                name: _changed(group, changes=_coming(setting, group.changes))
                for name, group in setting.groups.items()
            },
            "events": [e for e in setting.events if setting.start <= e.date <= last_month(setting)],
            "affinity": _tied(setting),
        }
    )


def _changed(record: Kept, **values: Any) -> Kept:
    """Return a record with what differs; what it did not say stays unsaid."""
    new = {name: value for name, value in values.items() if value != getattr(record, name)}
    return record.model_copy(update=new) if new else record


def _of(known: Collection[str], named: Names) -> Names:
    """Return a list or a mapping of names without those that are not known."""
    if isinstance(named, dict):
        return {name: value for name, value in named.items() if name in known}
    return [name for name in named if name in known]


def _lived(setting: Setting, name: str) -> Actor:
    actor = setting.actors[name]
    lost = {
        path[3]
        for path, _ in outside_the_run(setting)
        if path[:3] == ("actors", name, "turnover_dates")
    }
    dates = [date for place, date in enumerate(actor.turnover_dates) if place not in lost]
    last = last_month(setting)
    shifts = [shift for shift in actor.shifts if setting.start <= shift.date <= last]
    changes = _coming(setting, actor.changes)
    return _changed(actor, turnover_dates=dates, shifts=shifts, changes=changes)


def _coming(setting: Setting, changes: Changes) -> Changes:
    """Return the changes of figures that the run comes to, or is on the way to."""
    last = last_month(setting)
    found: Changes = {}
    for (name, *part), course in courses(changes):
        kept = [change for change in course if change.date <= last or change.gradual]
        if kept and not part:
            found[name] = kept
        elif kept:
            its = found.setdefault(name, {})
            assert isinstance(its, dict)
            its[part[0]] = kept
    return found


def _of_states(changes: Changes, seats: Collection[str]) -> Changes:
    """Return the changes of a venue's figures without those by states that are not known."""
    return {
        name: _of(seats, course) if isinstance(course, dict) else course
        for name, course in changes.items()
        if not isinstance(course, dict) or _of(seats, course)
    }


def _seated(setting: Setting, name: str) -> Venue:
    venue = setting.venues[name]
    members = venue.members if venue.members == "open" else _of(setting.actors, venue.members)
    changes = _joined(setting, venue)
    seats = set(setting.actors)
    if not isinstance(members, str):
        seats = {*members, *(code for change in changes for code in change.joins)}
    rules = {
        each: rule and _ruled(setting, rule, seats)
        for each, rule in (("decision", venue.decision), ("mandate", venue.mandate))
    }
    dated = _of_states(_coming(setting, venue.changes), set(setting.actors))
    convening, conveners = _of(seats, venue.convening), _of(seats, venue.conveners)
    return _changed(
        venue, members=members, convening=convening, conveners=conveners,
        membership_changes=changes, capability=_of(setting.actors, venue.capability),
        calendar=_held(setting, venue.calendar), changes=dated, **rules,
    )  # fmt: skip


def _joined(setting: Setting, venue: Venue) -> list[MembershipChange]:
    """Return the changes of membership that the run comes to, of states of the cast."""
    found = []
    for change in venue.membership_changes:
        joins, leaves = _of(setting.actors, change.joins), _of(setting.actors, change.leaves)
        if (joins or leaves) and change.date <= last_month(setting):
            found.append(_changed(change, joins=joins, leaves=leaves))
    return found


def _ruled(setting: Setting, rule: Rule, seats: Collection[str]) -> Rule:
    """Return a rule of these members, with those that take its place within the run."""
    comes = rule.then is not None and rule.then.date <= last_month(setting)
    return _changed(
        rule, required=_of(seats, rule.required), weights=_of(seats, rule.weights),
        then=_ruled(setting, rule.then, seats) if comes and rule.then is not None else None,
    )  # fmt: skip


def _held(setting: Setting, calendar: Calendar) -> Calendar:
    last = last_month(setting)
    sessions = [s for s in calendar.sessions if setting.start <= s.date <= last]
    return _changed(calendar, sessions=sessions)


def _meant(setting: Setting, name: str, known: Collection[str]) -> Initiative:
    initiative = setting.initiatives[name]
    force = initiative.entry_into_force
    force = _changed(force, states=_of(setting.actors, force.states))
    return _changed(
        initiative, declared=_of(known, initiative.declared), entry_into_force=force,
        changes=_coming(setting, initiative.changes),
    )  # fmt: skip


def _weighed(strategy: Strategy, setting: Setting) -> Strategy:
    tracks = [
        _changed(t, weight=_of(setting.actors, t.weight)) if isinstance(t.weight, dict) else t
        for t in strategy.tracks
    ]
    return _changed(strategy, tracks=tracks)


def _tied(setting: Setting) -> list[tuple[str, str, float]]:
    """Return the ties within the cast, each once; of two for one pair the later counts."""
    found = {
        (min(one, other), max(one, other)): weight
        for one, other, weight in setting.affinity
        if one != other and {one, other} <= setting.actors.keys() and weight > 0.0
    }
    return [(*pair, weight) for pair, weight in sorted(found.items())]
