"""Settings in general position: numbers drawn evenly by a seeded generator, so that no two tie.

Hypothesis prefers the corners (0, 1, empty lists), where most initiatives die early. These settings
reach every stage, ending and cause, and a comparison that depends on a rounding error never occurs.
"""

from __future__ import annotations

import random

from helpers.settings import (
    GROUPS,
    INSTRUMENTS,
    LIVELY,
    QUIET,
    TASKS,
    figure,
    initiative,
    instrument_of,
    setting,
)
from negotiation_sim.catalogue import schema

VENUES = ("alpha", "beta", "gamma")
RULES = ("consensus", "qualified_majority", "simple_majority", "opt_in")
INITIATIVES = (("one", "agreement"), ("two", "agreement"), ("vow", "pledges"))
EXTRA_ISSUES = ("verification", "interference")


def names_of(n: int) -> list[str]:
    """Return n codes of three letters."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return [f"{letters[i // 26]}{letters[i % 26]}X" for i in range(n)]


def _actor(r: random.Random, name: str, issues: tuple[str, ...], centre: dict, spread: float):
    def near(value: float) -> float:
        return min(1.0, max(0.0, value + r.uniform(-0.35, 0.35)))

    return schema.Actor(
        id=name, name=name, provenance="synthetic", capability=figure(r.uniform(0.1, 3.0)),
        ideal_point={k: figure(near(centre[k]), spread) for k in issues},
        salience={k: figure(r.uniform(0.1, 1.0)) for k in issues},
        margin=figure(r.choice([r.uniform(0.0, 0.1), r.uniform(0.0, 0.5)]), spread),
        stake=figure(r.random(), spread), technical_means=figure(r.uniform(0.0, 0.3), spread),
        groups=[g for g in GROUPS if r.random() < 0.3],
        flexibility=figure(r.uniform(0.5, 2.0)), susceptibility=figure(r.uniform(0.0, 0.6)),
        verification_demand=figure(r.random()), missile_defence_stake=figure(r.random()),
        weapons_concern=figure(r.random()), debris_concern=figure(r.random()),
        trust=figure(r.uniform(0.2, 0.9)), ratification_threshold=figure(r.uniform(-0.2, 0.2)),
        executive_threshold=figure(r.uniform(-0.3, 0.1)),
        ratification_delay=figure(r.uniform(1.0, 18.0)),
        turnover_rate=figure(r.choice([0.0, 0.25, 1.0])),
        turnover_dates=r.choice([[], [], ["2009-01", "2011-07"]]),
        test_propensity=figure(r.choice([0.0, r.random()])),
        blocs={b: figure(r.uniform(0.0, 0.6)) for b in ("EAST", "WEST") if r.random() < 0.5},
    )  # fmt: skip


def _venue(r: random.Random, name: str, names: list[str], spread: float):
    rule, quota = r.choice(RULES), r.choice([[2, 3], [3, 5], [1, 1]])
    share = r.choice([0.0, 0.0, 0.0, 0.4])
    adopts = name == "gamma" or r.random() < 0.7
    count = r.randint(1, 12)
    members = "open" if r.random() < 0.6 else r.sample(names, r.randint(1, len(names)))
    seated = names if members == "open" else members
    return schema.Venue(
        id=name, name=name, members=members,
        convening={i: figure(r.uniform(0.0, 0.2), spread) for i in seated if r.random() < 0.1},
        universal=r.random() < 0.2, conveners=r.sample(seated, 1) if r.random() < 0.2 else [],
        term_months=figure(r.choice([0.0, 0.0, r.uniform(3.0, 40.0)])),
        term_ends=r.choice([None, None, None, "2011-03"]),
        min_participants=figure(r.choice([0.0, r.uniform(0.1, 0.6)])),
        linked=r.choice([[], ["one"], ["one", "two"]]),
        decision=schema.Procedure(
            rule=rule, quota=quota if rule == "qualified_majority" else None,
            weights={i: r.randint(1, 5) for i in names if r.random() < share},
            required=r.sample(names, 1) if r.random() < 0.2 else [],
        ),
        mandate=r.choice([None, *(schema.Procedure(rule=x) for x in ("simple_majority", "opt_in"))]),
        mandate_term=r.choice(["none", "none", "session"]),
        convene_share=figure(r.uniform(0.1, 0.6)), min_participation=figure(r.uniform(0.1, 0.7)),
        calendar=schema.Calendar(
            weeks={m: r.uniform(0.5, 4.0) for m in r.sample(range(1, 13), count)},
            basis="assumed", note="test",
        ),
        remit=schema.Box(box=r.choice([{}, {"form": [0.0, r.uniform(0.3, 1.0)]}]), note="test"),
        remit_cost=figure(r.uniform(0.0, 0.5)), informality=figure(r.random(), spread),
        isolation=figure(r.uniform(0.0, 0.4)), setup_months=figure(r.choice([0.0, 3.0, 8.0])),
        linkage=r.choice(["none", "none", "open", "blocked"]),
        unblock_rate=figure(r.uniform(0.1, 2.0)),
        block_rate=figure(r.uniform(0.1, 1.0)), leadership=figure(r.uniform(0.5, 3.0)),
        adopts=adopts, passes_to=None if adopts else "gamma",
        dissolved=r.choice([None, None, None, "2012-06"]),
    )  # fmt: skip


def _initiative(
    r: random.Random, name: str, issues: tuple[str, ...], centre: dict, kind: str, names: list[str]
):
    text = {k: min(1.0, max(0.0, centre[k] + r.uniform(-0.3, 0.3))) for k in issues}
    box = {
        k: [max(0.0, v - r.uniform(0.05, 0.5)), min(1.0, v + r.uniform(0.05, 0.5))]
        for k, v in text.items()
    }
    box, instrument = instrument_of(r.choice([None, None, None, *INSTRUMENTS]), text, box)

    def some(chance: float, low: float, high: float) -> dict[str, schema.Figure]:
        return {
            k: figure(r.uniform(low, high), r.choice([0.0, 0.1]))
            for k in issues
            if r.random() < chance
        }

    return initiative(
        name, text, box, kind=kind, binding=r.random() < 0.5, instrument=instrument,
        task=r.choice(TASKS), status_quo=some(r.choice([0.0, 0.0, 1.0]), 0.0, 0.4),
        leaves=r.choice([[], [], ["ground"]]), pledge=some(0.3, 0.0, 1.0),
        declared={i: r.uniform(-1.0, 1.0) for i in (*names, *GROUPS) if r.random() < 0.2},
        entry_into_force=schema.EntryIntoForce(
            ratifiers=figure(r.choice([0.0, 2.0])), capability_share=figure(r.uniform(0.0, 0.4))
        ),
    )  # fmt: skip


def _track(r: random.Random, number: int) -> schema.Track:
    begun = schema.Underway(mandate=True, rounds=r.randint(0, 6)) if r.random() < 0.3 else None
    return schema.Track(
        initiative=r.choice(["one", "one", "two", "two", "vow"]), venue=r.choice(VENUES),
        fallback=r.choice([None, "beta", "gamma"]), pledges=r.random() < 0.4,
        start=float(r.randint(0, 6)),
        after=r.randrange(number) if number and r.random() < 0.3 else None,
        after_milestone=r.choice(["mandate", "adoption", "entry_into_force", "success"]),
        patience=float(r.randint(6, 40)), underway=begun, task=r.choice([None, None, *TASKS]),
        term_months=r.choice([None, None, None, 0.0, r.uniform(2.0, 20.0)]),
        term_ends=r.choice([None, None, None, "2010-02"]),
    )  # fmt: skip


def _tracks(r: random.Random, names: list[str]) -> list[schema.Track]:
    """Return one to three tracks, or a package and perhaps one more."""
    if r.random() < 0.6:
        return [_track(r, m) for m in range(r.randint(1, 3))]
    leader = _track(r, 0)
    items = [
        leader.model_copy(update={
            "initiative": item, "joined": 0 if n else None, "pledges": r.random() < 0.4,
            "weight": r.choice([1.0, r.uniform(0.2, 2.0), {i: r.uniform(0.2, 2.0) for i in names[:3]}]),
        })
        for n, item in enumerate(r.choice([["one", "two"], ["two", "one", "two"], ["one", "one"]]))
    ]  # fmt: skip
    return [*items, *(_track(r, len(items)) for _ in range(r.randint(0, 1)))]


def _environment(r: random.Random) -> dict[str, schema.Figure]:
    values = dict(r.choice([QUIET, LIVELY, LIVELY, LIVELY]))
    values |= {
        "breach_form": r.choice([0.0, 0.3, -0.3]), "spillover": r.choice([0.0, 0.6, -0.6]),
        "verifiable_scope": r.random(), "breadth": r.uniform(0.0, 2.0),
        "pace": r.uniform(0.02, 0.4), "weeks_per_round": r.choice([1.0, 2.0]),
        "foreclosure": r.choice([0.0, r.uniform(-0.3, 0.3)]),
        "conflict": r.choice([0.0, r.uniform(-0.4, 0.4)]),
        "chair_error": r.choice([0.0, 0.1]), "stake0": r.uniform(0.05, 0.5),
        "chair_step": r.choice([r.random(), 0.5]), "mandate_risk": r.uniform(0.0, 0.5),
        "deadline_effect": r.random(), "deadline_power": r.uniform(0.5, 5.0),
        "interference_probability": r.uniform(0.1, 0.6), "norm_half_life": r.uniform(0.5, 20.0),
        "leadership_effect": r.uniform(0.0, 0.5), "verifiable_growth": r.uniform(0.0, 0.05),
        "interference_gap": r.random(), "settlement_effect": r.random(),
        "universality": r.uniform(0.0, 0.2), "good_faith": r.random(),
    }  # fmt: skip
    values["opening_urgency"] = 0.3 if values["good_faith"] > 0.8 else 0.0  # no draw of its own
    return {name: figure(value) for name, value in values.items()}


def seeded_setting(number: int, n_actors: int | None = None, **changes) -> schema.Setting:
    """Return the setting of a seed: 1 to 12 actors unless told, 1 to 4 issues, 2 strategies."""
    r = random.Random(number)
    names = names_of(n_actors or r.randint(1, 12))
    issues = ("form", "scope", *EXTRA_ISSUES)[: r.choice([1, 2, 2, 3, 4])]
    if r.random() < 0.15:
        issues = ("other", "scope")
    spread = r.choice([0.0, 0.1])
    centre = {k: r.uniform(0.2, 0.8) for k in issues}
    ties = [(a, b, r.uniform(0.1, 1.0)) for a in names for b in names if a < b and r.random() < 0.4]
    strategies = [schema.Strategy(name=f"s{s}", tracks=_tracks(r, names)) for s in range(2)]
    actors = [_actor(r, name, issues, centre, spread) for name in names]
    fields = {
        "status_quo": {k: figure(r.uniform(0.0, 0.3), 0.1) for k in issues if r.random() < 0.5},
        "groups": {
            g: schema.Group(cohesion=figure(r.choice([0.0, r.random()]), spread))
            for g in sorted({g for a in actors for g in a.groups})
        },
        "affinity": ties, "environment": _environment(r), "horizon_years": r.choice([4.0, 8.0]),
        "success": schema.Success(
            deadline_years=r.choice([2.0, 4.0]), success_share=figure(r.uniform(0.1, 0.8)),
            states=r.sample(names, 1) if r.random() < 0.2 else [],
        ),
    }  # fmt: skip
    return setting(
        actors,
        [_venue(r, name, names, spread) for name in VENUES],
        [_initiative(r, name, issues, centre, kind, names) for name, kind in INITIATIVES],
        strategies, issues, **(fields | changes),
    )  # fmt: skip
