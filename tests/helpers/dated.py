"""Random settings with all that a study may date or differ by venue, on top of a seeded setting."""

from __future__ import annotations

import random

from helpers.engines import with_actors, with_tracks, with_venues
from helpers.generic import VENUES, seeded_setting
from helpers.settings import figure
from negotiation_sim.catalogue import schema
from negotiation_sim.model.figures import declared
from negotiation_sim.model.terms import (
    ACTOR_PARAMETERS,
    ENVIRONMENT_PARAMETERS,
    VENUE_PARAMETERS,
)

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
        weeks = venue.calendar.weeks if r.random() < 0.7 else {}
        return {
            "decision": procedure(r, members),
            "mandate": procedure(r, members) if r.random() < 0.4 else None,
            "membership_changes": membership(r, names, members),
            "capability": {i: figure(r.uniform(0.1, 5.0)) for i in names if r.random() < 0.2},
            "changes": courses(r, "venue", VENUE_PARAMETERS),
            "calendar": schema.Calendar(
                weeks=weeks, sessions=sessions(r), basis="assumed", note="test"
            ),
        }  # fmt: skip

    base = with_venues(base, changed)
    base = with_actors(base, lambda actor: dated_actor(r, actor, base.issues))
    base = with_tracks(base, lambda track: chained(r, track))
    events = [event(r, names) for _ in range(r.choice([0, 2, 5]))]
    return base.model_copy(update={
        "changes": courses(r, "environment", ENVIRONMENT_PARAMETERS), "events": events,
    })  # fmt: skip


def courses(r: random.Random, owner: str, names: tuple[str, ...]) -> schema.Changes:
    """Return changes of some figures, within their bounds, steps and lines."""
    found = {}
    for name in r.sample(names, r.choice([0, 0, 1, 3])):
        low, high = declared(owner, name).bounds[:2]
        top = min(high, LARGE.get(name, 1.0))
        dates = sorted({date(r) for _ in range(r.randint(1, 3))})
        if name not in schema.UNDATED:
            found[name] = [
                schema.Change(
                    date=d, value=max(low, r.uniform(max(low, -1.0), top)),
                    gradual=r.random() < 0.5, basis="assumed", note="test",
                )
                for d in dates
            ]  # fmt: skip
    return found


LARGE = {"ratification_delay": 20.0, "term_months": 30.0, "setup_months": 8.0, "flexibility": 2.0,
         "urgency_half_life": 40.0, "norm_half_life": 20.0, "weeks_per_round": 4.0,
         "event_rate": 0.1, "crisis_rate": 0.1}  # fmt: skip


def dated_actor(r: random.Random, actor: schema.Actor, issues: list[str]) -> dict:
    shifts = []
    for when in sorted({date(r) for _ in range(r.choice([0, 0, 1, 2]))}):
        to = {k: figure(r.random(), r.choice([0.0, 0.1])) for k in r.sample(issues, 1)}
        chance = figure(r.choice([1.0, 0.5, 0.0]))
        shifts.append(schema.DirectedShift(date=when, to=to, chance=chance))
    return {"shifts": shifts, "changes": courses(r, "actor", ACTOR_PARAMETERS)}


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
