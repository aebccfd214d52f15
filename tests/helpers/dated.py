"""Random settings with all that a study may date or differ by venue, on top of a seeded setting."""

from __future__ import annotations

import random

from helpers.engines import with_actors, with_tracks, with_venues
from helpers.generic import VENUES, seeded_setting
from helpers.settings import figure
from negotiation_sim.catalogue import schema
from negotiation_sim.catalogue.consistency import findings
from negotiation_sim.model.figures import declared

FIRST, LAST = 2008, 2018  # years from before the start to after the horizon


def date(r: random.Random) -> str:
    return f"{r.randint(FIRST, LAST)}-{r.randint(1, 12):02d}"


def rule_of(r: random.Random, members: list[str]) -> dict:
    """Return the fields of a rule of any kind, with whatever that kind may have."""
    rule = r.choice(["consensus", "consensus", "qualified_majority", "simple_majority", "opt_in"])
    vote = rule in ("qualified_majority", "simple_majority")
    return {
        "rule": rule, "quota": [2, 3] if rule == "qualified_majority" else None,
        "less": r.choice([0, 1, 2]) if rule == "consensus" else 0,
        "capability_quota": r.choice([None, [1, 2], [3, 5], [1, 1]]) if vote else None,
        "required": r.sample(members, 1) if r.random() < 0.1 else [],
        "weights": {i: r.randint(1, 5) for i in members if r.random() < 0.2},
    }  # fmt: skip


def procedure(r: random.Random, members: list[str]) -> schema.Procedure:
    """Return a rule that others may follow at dates."""
    then = None
    for when in sorted({date(r) for _ in range(r.choice([0, 1, 2]))}, reverse=True):
        then = schema.LaterProcedure(**rule_of(r, members), date=when, then=then)
    return schema.Procedure(**rule_of(r, members), then=then)


def sessions(r: random.Random) -> list[schema.Session]:
    dates = {date(r) for _ in range(r.randint(0, 5))}
    return [schema.Session(date=d, weeks=r.uniform(0.2, 0.9)) for d in sorted(dates)]


def membership(
    r: random.Random, names: list[str], members: list[str]
) -> list[schema.MembershipChange]:
    """Return changes after which the first member is always left."""
    found = []
    for when in sorted({date(r) for _ in range(r.choice([0, 1, 3]))}):
        some = r.sample(names, r.randint(1, len(names)))
        leaves = [i for i in some[: len(some) // 2] if i != members[0]]
        joins = some[len(some) // 2 :]
        found.append(schema.MembershipChange(date=when, joins=joins, leaves=leaves))
    return found


def dated_setting(number: int, n_actors: int | None = None) -> schema.Setting:
    """Return a seeded setting in which much changes with time."""
    base = seeded_setting(number, n_actors)
    r = random.Random(f"dated {number}")
    names = sorted(base.actors)

    def changed(venue: schema.Venue) -> dict:
        members = names if venue.members == "open" else list(venue.members)
        own = {i: figure(r.uniform(0.1, 5.0)) for i in names if r.random() < 0.2}
        weeks = venue.calendar.weeks if r.random() < 0.7 else {}
        return {
            "decision": procedure(r, members),
            "mandate": procedure(r, members) if r.random() < 0.4 else None,
            "membership_changes": membership(r, names, members),
            "capability": own,
            "changes": courses(r, schema.OF_VENUES, {
                "capability": sorted(own), "convening": members,
            }),
            "calendar": schema.Calendar(
                weeks=weeks, sessions=sessions(r), basis="assumed", note="test"
            ),
        }  # fmt: skip

    base = with_venues(base, changed)
    base = with_actors(base, lambda actor: dated_actor(r, base, actor))
    base = with_tracks(base, lambda track: chained(r, track))
    events = [event(r, names) for _ in range(r.choice([0, 2, 5]))]
    quo = {"status_quo": list(base.issues)}
    return base.model_copy(update={
        "changes": courses(r, schema.OF_EXPERIMENTS, quo), "events": events,
        "groups": {
            name: group.model_copy(update={"changes": courses(r, schema.OF_GROUPS, {})})
            for name, group in base.groups.items()
        },
        "initiatives": {
            name: each.model_copy(update={
                "changes": courses(r, schema.OF_INITIATIVES, {"status_quo": sorted(each.status_quo)})
            })
            for name, each in base.initiatives.items()
        },
    })  # fmt: skip


def courses(
    r: random.Random, dated: schema.Dateable, parts: dict[str, list[str]]
) -> schema.Changes:
    """Return changes of some figures, within their bounds, steps and lines, some with a range.

    ``parts`` says of the figures that have several values which of them may be dated.
    """
    names = [*dated.single, *(f"{name}.{part}" for name in parts for part in parts[name])]
    found: dict = {}
    for path in r.sample(names, min(len(names), r.choice([0, 0, 1, 3, 4]))):
        name, _, part = path.partition(".")
        low, high = declared(dated.place_of(name), name).bounds[:2]
        top = min(high, LARGE.get(name, 1.0))
        dates = sorted({date(r) for _ in range(r.randint(1, 3))})
        course = [change(r, when, max(low, -1.0), top) for when in dates]
        if part:
            found.setdefault(name, {})[part] = course
        else:
            found[name] = course
    return found


def change(r: random.Random, when: str, low: float, top: float) -> schema.Change:
    values = sorted(max(low, r.uniform(low, top)) for _ in range(3))
    return schema.Change(
        date=when, value=values[1], range=r.choice([None, [values[0], values[2]]]),
        gradual=r.random() < 0.5, basis="assumed", note="test",
    )  # fmt: skip


def loadings_fit(case: schema.Setting, actor: schema.Actor) -> bool:
    """Return whether dated loadings leave room in every month for a draw of its own."""
    alone = case.model_copy(update={"actors": {actor.id: actor}})
    return not any(place[-1] == "blocs" for place, _ in findings(alone))


LARGE = {"ratification_delay": 20.0, "term_months": 30.0, "setup_months": 8.0, "flexibility": 2.0,
         "urgency_half_life": 40.0, "norm_half_life": 20.0, "weeks_per_round": 4.0,
         "event_rate": 0.1, "crisis_rate": 0.1, "capability": 4.0}  # fmt: skip


def dated_actor(r: random.Random, case: schema.Setting, actor: schema.Actor) -> dict:
    shifts = []
    issues = case.issues
    for when in sorted({date(r) for _ in range(r.choice([0, 0, 1, 2]))}):
        to = {k: figure(r.random(), r.choice([0.0, 0.1])) for k in r.sample(issues, 1)}
        chance = figure(r.choice([1.0, 0.5, 0.0]))
        shifts.append(schema.DirectedShift(date=when, to=to, chance=chance))
    parts = {"ideal_point": issues, "salience": issues, "blocs": ["EAST", "WEST", "NORTH"]}
    changes = courses(r, schema.OF_ACTORS, parts)
    if not loadings_fit(case, actor.model_copy(update={"changes": changes})):
        changes = {name: course for name, course in changes.items() if name != "blocs"}
    return {"shifts": shifts, "changes": changes}


def chained(r: random.Random, track: schema.Track) -> dict:
    """Return further fallbacks of a track that has one, the same for all items of a package."""
    if track.fallback is None or track.joined is not None or r.random() < 0.5:
        return {}
    chain = [track.venue, track.fallback]
    for _ in range(r.randint(1, 3)):
        chain.append(r.choice([v for v in VENUES if v != chain[-1]]))
    return {"later_fallbacks": chain[2:], "patience": float(r.randint(3, 20))}


def event(r: random.Random, names: list[str]) -> schema.ScheduledEvent:
    kind = r.choice(["accident", "test", "crisis", "shock"])
    who = None if kind == "shock" else r.choice(names)
    own = {"urgency": figure(r.random()), "trust_cost": figure(0.2)} if kind == "shock" else {}
    return schema.ScheduledEvent(date=date(r), kind=kind, actor=who, **own)
