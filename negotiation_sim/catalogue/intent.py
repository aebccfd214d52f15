"""What a study says and no run would hear: states outside the cast, dates outside the run.

Files of the catalogue serve many casts and spans, so only what a study itself says is held to it;
a catalogue's veto that falls away is worth a note.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from negotiation_sim.catalogue.dates import last_month
from negotiation_sim.catalogue.schema import Changes, LaterProcedure, Setting, Venue
from negotiation_sim.errors import nearest
from negotiation_sim.model.terms import MONTHS_PER_YEAR

Said = tuple[tuple[Any, ...], str]
VETOES = ("required", "states")
# Figures that count only where the issue is negotiated: M1 and M3 of docs/model.md.
IDLE_WITHOUT = {
    "scope": (
        "actors.verification_demand", "actors.missile_defence_stake", "actors.technical_means",
        "environment.verification_cost", "environment.missile_defence_cost",
        "environment.verifiable_scope", "environment.verifiable_growth",
        "environment.weapons_scope", "environment.breadth",
    ),
    "form": (
        "actors.verification_demand", "actors.missile_defence_stake", "actors.technical_means",
        "environment.verification_cost", "environment.missile_defence_cost",
        "environment.verifiable_scope", "environment.verifiable_growth",
        "environment.conflict",
    ),
}  # fmt: skip
OF_TRUST = (
    "actors.trust", "environment.test_trust_cost", "environment.breach_trust_cost",
    "environment.crisis_trust_cost", "environment.trust_return", "environment.pledge_trust",
    "environment.agreement_trust",
)  # fmt: skip


def idle_figures(setting: Mapping[str, Any]) -> set[str]:
    """Return the figures that can move nothing, as ``actors.trust`` or ``environment.breadth``.

    Trust counts through doubts of verification and through good faith alone.

    Parameters
    ----------
    setting : mapping
        As plain data, as a manifest holds it.
    """
    idle = {
        name for issue, names in IDLE_WITHOUT.items() if issue not in setting["issues"]
        for name in names
    }  # fmt: skip
    faith = setting["environment"].get("good_faith") or {"value": 0.0}
    if "environment.verification_cost" in idle and not any(
        (faith["value"], *(faith.get("range") or ()))
    ):
        idle |= set(OF_TRUST)
    return idle


def is_idle(path: str, idle: set[str]) -> bool:
    """Return whether a dotted path sets a figure that is idle.

    Examples
    --------
    >>> is_idle("actors.USA.trust", {"actors.trust"}), is_idle("actors.*.margin", {"actors.trust"})
    (True, False)
    """
    owner, _, rest = path.partition(".")
    return f"{owner}.{rest.rpartition('.')[2] if owner == 'actors' else rest}" in idle


def idle_note(setting: Mapping[str, Any]) -> str:
    """Return one sentence on what is without effect here; empty where everything counts."""
    idle = idle_figures(setting)
    if not idle:
        return ""
    missing = " and ".join(f"'{name}'" for name in IDLE_WITHOUT if name not in setting["issues"])
    names = ", ".join(name.rpartition(".")[2].replace("_", " ") for name in sorted(idle))
    return f"Without the issue {missing} these figures are without effect: {names}."


def outside_the_cast(setting: Setting) -> Iterator[Said]:
    """Yield where a state is named that takes no part, and what is lost with it."""
    for venue in setting.venues.values():
        at: tuple[Any, ...] = ("venues", venue.id)
        for name in ("decision", "mandate"):
            stated = getattr(venue, name)
            for turn, procedure in enumerate(stated.in_turn() if stated is not None else ()):
                here = (*at, name, *("then",) * turn)
                for index, code in enumerate(procedure.required):
                    yield from _absent(setting, (*here, "required", index), code)
                for code in procedure.weights:
                    yield from _absent(setting, (*here, "weights", code), code)
        for index, change in enumerate(venue.membership_changes):
            for field in ("joins", "leaves"):
                for place, code in enumerate(getattr(change, field)):
                    yield from _absent(
                        setting, (*at, "membership_changes", index, field, place), code
                    )
        for code in venue.capability:
            yield from _absent(setting, (*at, "capability", code), code)
        for code in venue.convening:
            yield from _absent(setting, (*at, "convening", code), code)
        for index, code in enumerate(venue.conveners):
            yield from _absent(setting, (*at, "conveners", index), code)
    groups = {group for actor in setting.actors.values() for group in actor.groups}
    for initiative in setting.initiatives.values():
        at = ("initiatives", initiative.id)
        for code in initiative.declared:
            if code not in groups:
                yield from _absent(setting, (*at, "declared", code), code)
        for index, code in enumerate(initiative.entry_into_force.states):
            yield from _absent(setting, (*at, "entry_into_force", "states", index), code)
    for place, strategy in enumerate(setting.strategies):
        for number, track in enumerate(strategy.tracks):
            for code in track.weight if isinstance(track.weight, dict) else ():
                yield from _absent(
                    setting, ("strategies", place, "tracks", number, "weight", code), code
                )


def _absent(setting: Setting, path: tuple[Any, ...], code: str) -> Iterator[Said]:
    if code not in setting.actors:
        near = nearest(code, setting.actors)
        yield path, f"'{code}' is not in the cast, so this counts for nothing{near}"


def outside_the_run(setting: Setting) -> Iterator[Said]:
    """Yield the dates that no month of the run holds."""
    first, last = setting.start, last_month(setting)
    for path, date in _dates(setting):
        if not first <= date <= last:
            yield path, f"{date} is outside the run, {first} to {last}; leave it out"
    for path, date in _dates_from_which(setting):
        if date > last:
            yield path, f"{date} is after the run, {first} to {last}; leave it out"


def _dates(setting: Setting) -> Iterator[Said]:
    """Yield the dates of what happens once."""
    for code, actor in setting.actors.items():
        for index, date in enumerate(actor.turnover_dates):
            yield ("actors", code, "turnover_dates", index), date
        for index, shift in enumerate(actor.shifts):
            yield ("actors", code, "shifts", index, "date"), shift.date
    for index, event in enumerate(setting.events):
        yield ("events", index, "date"), event.date
    for venue in setting.venues.values():
        at = ("venues", venue.id, "calendar", "sessions")
        for index, session in enumerate(venue.calendar.sessions):
            yield (*at, index, "date"), session.date


def _dates_from_which(setting: Setting) -> Iterator[Said]:
    """Yield the dates of what holds from then on, also where that was before the run."""
    owners: list[tuple[tuple[Any, ...], Changes]] = [(("changes",), setting.changes)]
    owners += [(("actors", code, "changes"), a.changes) for code, a in setting.actors.items()]
    owners += [(("venues", name, "changes"), v.changes) for name, v in setting.venues.items()]
    for start, changes in owners:
        for name, course in changes.items():
            for index, change in enumerate(course):
                if not change.gradual:  # a line to a later date counts all the same
                    yield (*start, name, index, "date"), change.date
    for venue in setting.venues.values():
        at: tuple[Any, ...] = ("venues", venue.id)
        for index, joined in enumerate(venue.membership_changes):
            yield (*at, "membership_changes", index, "date"), joined.date
        for name in ("decision", "mandate"):
            stated = getattr(venue, name)
            for turn, rule in enumerate(stated.in_turn() if stated is not None else ()):
                if isinstance(rule, LaterProcedure):
                    yield (*at, name, *("then",) * turn, "date"), rule.date


def moot(setting: Setting) -> Iterator[Said]:
    """Yield what changes nothing: shifts on other issues, rules and members that never count."""
    for code, actor in setting.actors.items():
        for index, shift in enumerate(actor.shifts):
            if not set(shift.to) & set(setting.issues):
                message = f"none of these is negotiated here ({', '.join(setting.issues)})"
                yield ("actors", code, "shifts", index, "to"), message
    for venue in setting.venues.values():
        yield from _rules_that_never_hold(setting, venue)
        yield from _members_as_before(setting, venue)
    for place, strategy in enumerate(setting.strategies):
        for number, track in enumerate(strategy.tracks):
            months = track.start + track.patience * len(track.fallbacks())
            if track.later_fallbacks and months >= setting.horizon_years * MONTHS_PER_YEAR:
                where = ("strategies", place, "tracks", number, "patience")
                yield where, "so long that the last fallback lies beyond the horizon"


def _rules_that_never_hold(setting: Setting, venue: Venue) -> Iterator[Said]:
    for name in ("decision", "mandate"):
        stated = getattr(venue, name)
        for turn, rule in enumerate(stated.in_turn() if stated is not None else ()):
            if rule.then is not None and rule.then.date <= setting.start:
                message = "it holds from the first month on, so the rule before it never does"
                yield ("venues", venue.id, name, *("then",) * (turn + 1), "date"), message


def _members_as_before(setting: Setting, venue: Venue) -> Iterator[Said]:
    seated = set(setting.actors if venue.members == "open" else venue.members)
    at = ("venues", venue.id, "membership_changes")
    for index, change in sorted(enumerate(venue.membership_changes), key=lambda each: each[1].date):
        for place, code in enumerate(change.joins):
            if code in seated and code in setting.actors:
                yield (*at, index, "joins", place), f"'{code}' is a member already"
        for place, code in enumerate(change.leaves):
            if code not in seated and code in setting.actors:
                yield (*at, index, "leaves", place), f"'{code}' is no member then"
        seated = (seated | set(change.joins)) - set(change.leaves)


def unheard(setting: Setting) -> Iterator[Said]:
    """Yield everything that a setting says and no run would hear."""
    yield from outside_the_cast(setting)
    yield from outside_the_run(setting)
    yield from moot(setting)
