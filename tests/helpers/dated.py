"""Random settings with all that a study may date or differ by venue, on top of a seeded setting."""

from __future__ import annotations

import random

from helpers.engines import with_venues
from helpers.generic import seeded_setting
from helpers.settings import figure
from negotiation_sim.catalogue import schema

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
            "calendar": schema.Calendar(
                weeks=weeks, sessions=sessions(r), basis="assumed", note="test"
            ),
        }  # fmt: skip

    return with_venues(base, changed)
