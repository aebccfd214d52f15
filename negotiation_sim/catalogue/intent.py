"""What a study says and no run would hear: states outside the cast, dates outside the run.

Files of the catalogue serve many casts and spans, so only what a study itself says is held to it;
a catalogue's veto that falls away is worth a note.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from negotiation_sim.catalogue.dates import course_of, last_month
from negotiation_sim.catalogue.schema import (
    Changes,
    LaterProcedure,
    Setting,
    Strategy,
    Venue,
    courses,
)
from negotiation_sim.errors import nearest
from negotiation_sim.model.terms import MONTHS_PER_YEAR

AT_FIRST = ("opening_urgency",)  # process parameters that no later month reads
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
        for (name, *part), _ in courses(venue.changes):
            for code in part:
                yield from _absent(setting, (*at, "changes", name, code), code)
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
    owners += [(("groups", name, "changes"), g.changes) for name, g in setting.groups.items()]
    owners += [
        (("initiatives", name, "changes"), i.changes) for name, i in setting.initiatives.items()
    ]
    for start, changes in owners:
        for names, course in courses(changes):
            for index, change in enumerate(course):
                if not change.gradual:  # a line to a later date counts all the same
                    yield (*start, *names, index, "date"), change.date
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
    yield from _after_their_moment(setting)
    for venue in setting.venues.values():
        yield from _rules_that_never_hold(setting, venue)
        yield from _members_as_before(setting, venue)
    for place, strategy in enumerate(setting.strategies):
        for number, track in enumerate(strategy.tracks):
            months = track.start + track.patience * len(track.fallbacks())
            if track.later_fallbacks and months >= setting.horizon_years * MONTHS_PER_YEAR:
                where = ("strategies", place, "tracks", number, "patience")
                yield where, "so long that the last fallback lies beyond the horizon"


def _after_their_moment(setting: Setting) -> Iterator[Said]:
    """Yield changes of what counts in the first month alone, after it."""
    for name in AT_FIRST:
        for index, change in enumerate(course_of(setting.changes, name)):
            if change.date > setting.start:
                message = (
                    f"it counts in the first month alone, {setting.start}; {change.date} is later"
                )
                yield ("changes", name, index, "date"), message


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


def in_vain(setting: Setting) -> Iterator[Said]:
    """Yield what a setting says that is allowed, and that nothing in it would make a difference."""
    yield from _ends_outside(setting)
    for venue in setting.venues.values():
        for path, message in _of_venue(venue):
            yield ("venues", venue.id, *path), message
    for place, strategy in enumerate(setting.strategies):
        for path, message in _of_strategy(strategy):
            yield ("strategies", place, *path), message
    carried = {t.initiative for s in setting.strategies for t in s.tracks if t.pledges}
    for initiative in setting.initiatives.values():
        if initiative.pledge and initiative.id not in carried:
            message = "without effect: no strategy lets it carry interim pledges, '+pledges'"
            yield ("initiatives", initiative.id, "pledge"), message
    if not setting.affinity:
        for code, actor in setting.actors.items():
            if "susceptibility" in actor.model_fields_set and actor.susceptibility.value > 0.0:
                message = "without effect: no two states of the cast have a tie"
                yield ("actors", code, "susceptibility"), message


def _ends_outside(setting: Setting) -> Iterator[Said]:
    """Yield the ends of venues that lie after the run; a mandate's term counts before it ends."""
    last = last_month(setting)
    for venue in setting.venues.values():
        if venue.dissolved is not None and venue.dissolved > last:
            message = (
                f"without effect: {venue.dissolved} is outside the run, {setting.start} to {last}"
            )
            yield ("venues", venue.id, "dissolved"), message


def _of_venue(venue: Venue) -> Iterator[Said]:
    """Yield what a venue says and its own rules leave no room for."""
    said = venue.model_fields_set
    if not any(venue.calendar.weeks.values()) and not venue.calendar.sessions:
        yield ("calendar", "weeks"), "it never meets: all its weeks are 0"
    stated = [procedure for procedure in (venue.decision, venue.mandate) if procedure]
    rules = {rule.rule for procedure in stated for rule in procedure.in_turn()}
    for name in ("convene_share", "min_participation"):
        if name in said and "opt_in" not in rules:
            yield (name,), "without effect: nothing here is decided by opt_in"
    for name in ("unblock_rate", "block_rate", "linked"):
        if name in said and venue.linkage == "none":
            yield (name,), "without effect: 'linkage' is none"
    for name in ("decision", "mandate"):
        procedure = getattr(venue, name)
        for turn, rule in enumerate(procedure.in_turn() if procedure else ()):
            if rule.weights and rule.rule in ("consensus", "opt_in"):
                message = f"without effect: {rule.rule} does not count votes"
                yield (name, *("then",) * turn, "weights"), message
    if venue.adopts and venue.passes_to is not None:
        yield ("passes_to",), "without effect: it adopts itself; say 'adopts: false'"
    if venue.universal and venue.convening:
        yield ("convening",), "without effect: nobody refuses a forum that is 'universal'"
    if venue.universal and "convening" in venue.changes:
        where = ("changes", "convening")
        yield where, "without effect: nobody refuses a forum that is 'universal'"


def _of_strategy(strategy: Strategy) -> Iterator[Said]:
    """Yield what a strategy says of a track that has nothing of the kind."""
    leaders = {track.joined for track in strategy.tracks}
    for number, track in enumerate(strategy.tracks):
        said, at = track.model_fields_set, ("tracks", number)
        if "patience" in said and not any(t.fallback for t in strategy.tracks):
            yield (*at, "patience"), "without effect: the track has no fallback to move to"
        if "after_milestone" in said and track.after is None and _none_waits(strategy):
            yield (*at, "after_milestone"), "without effect: the track waits for none, no 'after'"
        if "weight" in said and track.joined is None and number not in leaders:
            yield (*at, "weight"), "without effect: the track is no item of a package"
    if len(strategy.tracks) == 1 and strategy.succeeds_when == "any":
        yield ("succeeds_when",), "without effect: there is one track only"


def _none_waits(strategy: Strategy) -> bool:
    """Return whether no other track of a strategy waits: one value may speak of all tracks."""
    return all(track.after is None for track in strategy.tracks)


def unheard(setting: Setting) -> Iterator[Said]:
    """Yield everything that a setting says and no run would hear."""
    yield from outside_the_cast(setting)
    yield from outside_the_run(setting)
    yield from moot(setting)
