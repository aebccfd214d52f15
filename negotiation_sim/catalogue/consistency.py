"""What must hold between the records of a setting; each finding is a path and a message."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from typing import Any

from negotiation_sim.catalogue.dates import (
    blocs_of,
    capability_in,
    course_of,
    ever_salient,
    loading_in,
    members_in,
    month_after,
    months_between,
    moving_months,
    salience_in,
    value_in,
)
from negotiation_sim.catalogue.schema import (
    Actor,
    Initiative,
    Procedure,
    Setting,
    Strategy,
    Track,
    Underway,
    Venue,
    courses,
)
from negotiation_sim.errors import nearest
from negotiation_sim.model.terms import ISSUES_WITH_A_ROLE, MONTHS_PER_YEAR

Finding = tuple[tuple[Any, ...], str]


def findings(setting: Setting) -> Iterator[Finding]:
    """Yield everything that contradicts itself within a setting."""
    yield from _experiment(setting)
    yield from _scales(setting)
    yield from _status_quo(setting)
    yield from _actors(setting)
    yield from _courses(setting)
    yield from _dated(setting)
    for venue in setting.venues.values():
        yield from _venue(setting, venue)
    for initiative in setting.initiatives.values():
        yield from _initiative(setting, initiative)
    names: set[str] = set()
    for index, strategy in enumerate(setting.strategies):
        if strategy.name in names:
            yield ("strategies", index, "name"), f"the name '{strategy.name}' stands twice"
        names.add(strategy.name)
        yield from _strategy(setting, index, strategy)


def _experiment(setting: Setting) -> Iterator[Finding]:
    for index, issue in enumerate(setting.issues):
        if issue in setting.issues[:index]:
            yield ("issues", index), f"the issue '{issue}' stands twice"
    deadline, horizon = setting.success.deadline_years, setting.horizon_years
    if deadline > horizon:
        message = f"the deadline of {deadline:g} years lies beyond the horizon of {horizon:g}"
        yield ("success", "deadline_years"), message
    for index, code in enumerate(setting.success.states):
        if code not in setting.actors:
            message = f"'{code}' is not in the cast{nearest(code, setting.actors)}"
            yield ("success", "states", index), message


def _scales(setting: Setting) -> Iterator[Finding]:
    """Say which scale belongs to no issue of the experiment, or to one that has the model's own."""
    for issue in setting.scales:
        if issue not in setting.issues:
            message = f"unknown issue{nearest(issue, setting.issues)}"
            yield ("scales", issue), message
        elif issue in ISSUES_WITH_A_ROLE:
            message = "has the model's own scale, 0 to 1; an issue of yours needs another name"
            yield ("scales", issue), message


def _status_quo(setting: Setting) -> Iterator[Finding]:
    for issue in setting.status_quo:
        if issue not in setting.issues:
            message = f"unknown issue{nearest(issue, setting.issues)}"
            yield ("status_quo", issue), message
    known = {group for actor in setting.actors.values() for group in actor.groups}
    for name in setting.groups:
        if name not in known:
            message = f"no state of the cast lists this group{nearest(name, sorted(known))}"
            yield ("groups", name), message


def _actors(setting: Setting) -> Iterator[Finding]:
    if not any(actor.capability.value > 0.0 for actor in setting.actors.values()):
        for code in list(setting.actors)[:1]:
            message = "the capabilities of the whole cast are zero"
            yield ("actors", code, "capability"), message
    for code, actor in setting.actors.items():
        total = 0.0
        for issue in setting.issues:
            found = f"none for the issue '{issue}'"
            silent = issue in actor.salience and actor.salience[issue].value == 0.0
            if issue not in actor.ideal_point and not silent:
                message = f"{found}; the experiment uses it (salience 0: it has no position)"
                yield ("actors", code, "ideal_point"), message
            if issue not in actor.salience:
                yield ("actors", code, "salience"), f"{found}; the experiment uses it"
            else:
                total += actor.salience[issue].value
        if not total > 0.0:
            message = f"all zero on the issues used ({', '.join(setting.issues)})"
            yield ("actors", code, "salience"), message


def _courses(setting: Setting) -> Iterator[Finding]:
    """Say where changes of figures leave nothing to go by in some month, or name an unknown issue."""
    for issue in setting.issues:
        for code, actor in setting.actors.items():
            silent = issue in actor.salience and issue not in actor.ideal_point
            if silent and not actor.salience[issue].value and ever_salient(setting, actor, issue):
                message = f"no position on '{issue}', which comes to weigh something; give it one"
                yield ("actors", code, "changes", "salience", issue), message
    for code, actor in setting.actors.items():
        yield from _weights(setting, code, actor)
        its = [course for (name, *_), course in courses(actor.changes) if name == "blocs"]
        for t in moving_months(setting, its):
            squares = sum(loading_in(setting, actor, b, t) ** 2 for b in blocs_of([actor]))
            if squares > 1.0 + 1e-9:
                message = (
                    f"the squared loadings sum to {squares:.3f} in {_date(setting, t)}, above 1"
                )
                yield ("actors", code, "changes", "blocs"), message
                break
    its = [course_of(actor.changes, "capability") for actor in setting.actors.values()]
    for t in moving_months(setting, its):
        if not any(capability_in(setting, code, t) > 0.0 for code in setting.actors):
            code = next(code for code, a in setting.actors.items() if "capability" in a.changes)
            message = f"the capabilities of the whole cast are zero in {_date(setting, t)}"
            yield ("actors", code, "changes", "capability"), message
            break
    known = {"": setting.issues}
    for name, initiative in setting.initiatives.items():
        known[name] = [*setting.issues, *initiative.text]
    for name, issues in known.items():
        changes = setting.initiatives[name].changes if name else setting.changes
        at: tuple[Any, ...] = ("initiatives", name, "changes") if name else ("changes",)
        for (field, *part), _ in courses(changes):
            if part and part[0] not in issues:
                yield (*at, field, part[0]), f"unknown issue{nearest(part[0], issues)}"


def _weights(setting: Setting, code: str, actor: Actor) -> Iterator[Finding]:
    """Say in which month nothing that is negotiated weighs anything for a state."""
    said = [issue for issue in setting.issues if issue in actor.salience]
    its = [course_of(actor.changes, "salience", issue) for issue in said]
    for t in moving_months(setting, its):
        if not any(salience_in(setting, actor, issue, t) > 0.0 for issue in said):
            message = f"all zero on the issues used in {_date(setting, t)}"
            yield ("actors", code, "changes", "salience"), message
            return


def _date(setting: Setting, month: int) -> str:
    return month_after(setting.start, month)


def _dated(setting: Setting) -> Iterator[Finding]:
    """Say where a shift or an event names an issue or a state that is not there."""
    for code, actor in setting.actors.items():
        for index, shift in enumerate(actor.shifts):
            at: tuple[Any, ...] = ("actors", code, "shifts", index)
            if any(other.date == shift.date for other in actor.shifts[:index]):
                yield (*at, "date"), f"{shift.date} stands twice"
            for issue in shift.to:
                if issue in setting.issues and issue not in actor.ideal_point:
                    yield (*at, "to", issue), "it has no position on this issue to shift from"
    for index, event in enumerate(setting.events):
        if event.actor is not None and event.actor not in setting.actors:
            message = f"'{event.actor}' is not in the cast{nearest(event.actor, setting.actors)}"
            yield ("events", index, "actor"), message


def _venue(setting: Setting, venue: Venue) -> Iterator[Finding]:
    at = ("venues", venue.id)
    if isinstance(venue.members, list) and not set(venue.members) & set(setting.actors):
        cast = ", ".join(list(setting.actors)[:12])
        yield (*at, "members"), f"none of the members is in the cast ({cast})"
    if venue.dissolved is not None and venue.dissolved <= setting.start:
        message = f"{venue.dissolved} is not after the start of the experiment, {setting.start}"
        yield (*at, "dissolved"), message
    yield from _decision((*at, "decision"), venue, venue.decision)
    if venue.mandate is not None:
        yield from _decision((*at, "mandate"), venue, venue.mandate)
    known = sorted(venue.ever_members())
    for field in ("convening", "conveners", "capability"):
        for name in getattr(venue, field):
            if isinstance(venue.members, list) and name not in known:
                yield (*at, field), f"'{name}' is not a member{nearest(name, known)}"
    for (field, *part), _ in courses(venue.changes):
        for name in part:
            if isinstance(venue.members, list) and name not in known:
                where = (*at, "changes", field, name)
                yield where, f"'{name}' is not a member{nearest(name, known)}"
    yield from _membership(setting, venue)
    yield from _passing(setting, venue)


def _membership(setting: Setting, venue: Venue) -> Iterator[Finding]:
    """Say who leaves that is no member, and when nobody is left."""
    at = ("venues", venue.id, "membership_changes")
    known = sorted(venue.ever_members())
    for index, change in enumerate(venue.membership_changes):
        for place, code in enumerate(change.leaves):
            if isinstance(venue.members, list) and code not in known:
                where = (*at, index, "leaves", place)
                yield where, f"'{code}' is not a member{nearest(code, known)}"
        month = months_between(setting.start, change.date)
        if not members_in(setting, venue, month):
            yield (*at, index), f"from {change.date} on no member is in the cast"


def _decision(at: tuple[Any, ...], venue: Venue, decision: Procedure) -> Iterator[Finding]:
    if not isinstance(venue.members, list):
        return
    known = sorted(venue.ever_members())
    for name in ("required", "weights"):
        for index, code in enumerate(getattr(decision, name)):
            if code not in known:
                where = (*at, name, index if name == "required" else code)
                yield where, f"'{code}' is not a member{nearest(code, known)}"
    if decision.then is not None:
        yield from _decision((*at, "then"), venue, decision.then)


def _passing(setting: Setting, venue: Venue) -> Iterator[Finding]:
    """Follow ``passes_to`` from a venue: it must lead to another and never back."""
    seen = [venue.id]
    current = venue
    while not current.adopts and current.passes_to is not None:
        if current.passes_to not in setting.venues:
            break  # reported by the loader, at the venue that names it
        if current.passes_to in seen:
            if current.passes_to == venue.id:
                circle = " > ".join([*seen, venue.id])
                yield ("venues", venue.id, "passes_to"), f"circular: {circle}"
            return
        seen.append(current.passes_to)
        current = setting.venues[current.passes_to]


def _initiative(setting: Setting, initiative: Initiative) -> Iterator[Finding]:
    at = ("initiatives", initiative.id)
    for issue in setting.issues:
        if issue not in initiative.text:
            yield (*at, "text"), f"no start text for the issue '{issue}'; the experiment uses it"
    for field in ("status_quo", "pledge"):
        for issue in getattr(initiative, field):
            if issue not in setting.issues and issue not in initiative.text:
                yield (*at, field, issue), f"unknown issue{nearest(issue, setting.issues)}"
    if initiative.instrument is not None and "form" in setting.issues:
        yield from _instrument(setting, initiative)
    needs = initiative.kind == "agreement" and initiative.binding is None
    if needs and "form" not in setting.issues:
        message = "missing; without the issue 'form' say whether it is binding, true or false"
        yield (*at, "binding"), message


def _instrument(setting: Setting, initiative: Initiative) -> Iterator[Finding]:
    """Say where an instrument's form leaves its start text outside, or no box at all."""
    low, high = box_of(setting, initiative, "form")
    form = initiative.text["form"].value if "form" in initiative.text else low
    if not low <= form <= high:
        name = initiative.instrument
        message = f"{form:g} is not the form of the instrument '{name}' [{low:.6g}, {high:.6g}]"
        yield ("initiatives", initiative.id, "text", "form"), message


def box_of(setting: Setting, initiative: Initiative, issue: str) -> tuple[float, float]:
    """Return the side of the mandate box on an issue, as the instrument narrows it (M5).

    A treaty's form is at the executive limit or above, an executive agreement's below it and at the
    treaty threshold or above.
    """
    low, high = initiative.mandate.box.get(issue, (0.0, 1.0))
    if issue != "form" or initiative.instrument is None:
        return float(low), float(high)
    limit = _at_first(setting, "executive_limit")
    if initiative.instrument == "treaty":
        return max(float(low), limit), float(high)
    threshold = _at_first(setting, "treaty_threshold")
    return max(float(low), threshold), min(float(high), math.nextafter(limit, 0.0))


def _at_first(setting: Setting, name: str) -> float:
    """Return a process parameter in the first month: what an instrument is does not change later."""
    return value_in(setting, setting.environment[name].value, course_of(setting.changes, name), 0)


def _strategy(setting: Setting, index: int, strategy: Strategy) -> Iterator[Finding]:
    at = ("strategies", index)
    for number, track in enumerate(strategy.tracks):
        for name, message in _track(setting, strategy, number, track):
            yield (*at, "tracks", number, *name), message
    if isinstance(strategy.succeeds_when, list):
        last = len(strategy.tracks) - 1
        if not strategy.succeeds_when:
            yield (*at, "succeeds_when"), "an empty list; name the tracks that must succeed"
        for place, number in enumerate(strategy.succeeds_when):
            if not 0 <= number <= last:
                message = f"no track {number}; tracks are counted from 0 to {last}"
                yield (*at, "succeeds_when", place), message


def _names(setting: Setting, track: Track) -> Iterator[Finding]:
    """Say which names of a track stand for nothing; a setting that is loaded has them all."""
    for field, known in (
        ("initiative", setting.initiatives), ("venue", setting.venues), ("fallback", setting.venues),
    ):  # fmt: skip
        name = getattr(track, field)
        if name is not None and name not in known:
            yield (field,), f"'{name}' is not in this experiment{nearest(name, known)}"


def _package(setting: Setting, strategy: Strategy, number: int, track: Track) -> Iterator[Finding]:
    """Say what keeps an item from being decided together with the others of its package."""
    first = number if track.joined is None else track.joined
    if first > number or first >= len(strategy.tracks) or strategy.tracks[first].joined is not None:
        yield ("joined",), f"track {first} is not the first of a package before track {number}"
        return
    if track.joined is None:
        return
    if any(strategy.tracks[n].joined != first for n in range(first + 1, number)):
        yield ("joined",), f"the items of a package stand side by side; track {number} does not"
    leader = strategy.tracks[first]
    for name in (
        "venue",
        "fallback",
        "later_fallbacks",
        "start",
        "patience",
        "after",
        "after_milestone",
        "task",
    ):
        if getattr(track, name) != getattr(leader, name):
            message = f"the items of a package share one {name}; track {first} has another"
            yield (name,), message
    begun, led = (each.underway or Underway() for each in (track, leader))
    if (begun.mandate, begun.rounds) != (led.mandate, led.rounds):
        message = f"the items of a package share one mandate; track {first} has another"
        yield ("underway",), message
    initiative = setting.initiatives.get(track.initiative)
    if initiative is not None and initiative.kind == "pledges":
        yield ("initiative",), f"'{track.initiative}' consists of pledges, which nobody decides"


def _track(setting: Setting, strategy: Strategy, number: int, track: Track) -> Iterator[Finding]:
    yield from _names(setting, track)
    yield from _package(setting, strategy, number, track)
    chain = [track.venue, *track.fallbacks()]
    if track.fallback is None and track.later_fallbacks:
        yield ("later_fallbacks",), "there is no first; name it in 'fallback'"
    for one, other in itertools.pairwise(chain):
        if one == other:
            field = "fallback" if one == track.venue else "later_fallbacks"
            yield (field,), f"circular: the fallback of {one} is {one} itself"
    if track.start >= setting.horizon_years * MONTHS_PER_YEAR:
        horizon = setting.horizon_years * MONTHS_PER_YEAR
        yield ("start",), f"month {track.start:g} lies beyond the horizon of {horizon:g} months"
    if track.after is not None:
        if track.after == number:
            yield ("after",), f"track {number} waits for itself"
        elif track.after >= len(strategy.tracks):
            message = f"no track {track.after}; tracks are counted from 0"
            yield ("after",), message
        elif track.after > number:
            yield ("after",), f"track {number} waits for a later one, {track.after}"
    initiative = setting.initiatives.get(track.initiative)
    if initiative is None:
        return
    if track.pledges and initiative.kind == "pledges":
        yield ("pledges",), f"'{track.initiative}' consists of pledges already"
    if track.underway is not None:
        for issue, value in track.underway.text.items():
            if issue not in setting.issues:
                message = f"unknown issue{nearest(issue, setting.issues)}"
                yield ("underway", "text", issue), message
                continue
            low, high = initiative.mandate.box.get(issue, (0.0, 1.0))
            if not low <= value <= high:
                message = f"{value:g} lies outside the mandate [{low:g}, {high:g}]"
                yield ("underway", "text", issue), message
