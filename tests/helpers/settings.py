"""Random settings for property tests: hypothesis strategies that shrink to small scenarios."""

from __future__ import annotations

from hypothesis import strategies as st

from negotiation_sim.catalogue import schema
from negotiation_sim.model.terms import ENVIRONMENT_PARAMETERS

NAMES = tuple(f"{a}{b}{c}" for a in "ABCDE" for b in "MNOPQ" for c in "XYZ")
VENUES = ("alpha", "beta", "gamma")
ALL_ISSUES = ("form", "scope", "verification", "interference", "other")

QUIET = {
    "event_rate": 0.0, "deliberate_share": 0.5, "event_urgency": 0.3, "urgency_half_life": 20.0,
    "urgency_effect": 0.0, "test_trust_cost": 0.05, "breach_trust_cost": 0.15, "crisis_rate": 0.0,
    "crisis_trust_cost": 0.1, "breach_probability": 0.15, "breach_form": 0.0, "pledge_effect": 0.5,
    "adherence_effect": 0.8, "trust_return": 0.03, "pledge_trust": 0.1, "agreement_trust": 0.1,
    "turnover_sd": 0.0, "private_sd": 0.0, "mood_sd": 0.0, "mood_persistence": 0.9,
    "verification_cost": 0.0, "missile_defence_cost": 0.0, "fester": 0.0, "verifiable_scope": 0.25,
    "weapons_scope": 0.9, "breadth": 1.0, "pace": 0.06, "informality_effect": 1.0, "chair_step": 0.5,
    "chair_error": 0.0, "stake0": 0.1, "mandate_risk": 0.5, "deadline_effect": 0.8,
    "deadline_power": 3.0, "rounds_kept": 0.5, "weeks_per_round": 2.0, "treaty_threshold": 0.5,
    "executive_limit": 0.8, "ratification_sigma": 0.5, "ratification_treaty_share": 0.4,
    "ratification_state_share": 0.09, "domestic_sd": 0.0, "retry_rate": 0.2, "accession_rate": 0.15,
    "withdrawal": 0.0, "spillover": 0.0, "spillover_draw": 0.2, "foreclosure": 0.0, "conflict": 0.0,
    "climate_sd": 0.0, "climate_persistence": 0.97, "declared_draw": 0.0, "pledge_cost": 0.0,
    "interference_probability": 0.5, "norm_half_life": 10.0, "elaborate_margin": 0.5,
    "explore_margin": 0.0, "leadership_effect": 0.0, "verifiable_growth": 0.0,
    "interference_gap": 0.0, "settlement_effect": 0.0, "universality": 0.0,
    "good_faith": 0.0, "opening_urgency": 0.0,
}  # fmt: skip
assert set(QUIET) == set(ENVIRONMENT_PARAMETERS)

LIVELY = QUIET | {
    "event_rate": 0.05, "urgency_effect": 0.3, "crisis_rate": 0.03, "turnover_sd": 0.1,
    "private_sd": 0.08, "mood_sd": 0.06, "verification_cost": 1.0, "missile_defence_cost": 0.3,
    "fester": 0.1, "domestic_sd": 0.08, "withdrawal": 0.06, "climate_sd": 0.05, "pledge_cost": 0.05,
    "declared_draw": 0.1,
}  # fmt: skip


def figure(value: float, spread: float = 0.0) -> schema.Figure:
    """Return an assumed figure, with a range within [0, 1] where a spread is given."""
    span = None
    if spread > 0.0:
        span = [max(0.0, value - spread), min(1.0, value + spread)]
    return schema.Figure(value=value, basis="assumed", note="test", range=span)


def environment(**changes: float) -> dict[str, schema.Figure]:
    """Return a quiet environment (no chance, no costs) with some parameters changed."""
    return {name: figure(value) for name, value in (QUIET | changes).items()}


def actor(name: str, ideal: dict[str, float], **changes) -> schema.Actor:
    """Return a plain actor; numbers among the changes become figures."""
    fields = {
        "id": name, "name": name, "provenance": "synthetic", "capability": figure(1.0),
        "ideal_point": {k: figure(v) for k, v in ideal.items()},
        "salience": {k: figure(1.0) for k in ideal}, "turnover_rate": figure(0.0),
    }  # fmt: skip
    for key, value in changes.items():
        fields[key] = figure(value) if isinstance(value, (int, float)) else value
    return schema.Actor(**fields)


def venue(name: str, rule: str = "consensus", **changes) -> schema.Venue:
    """Return a venue that meets two weeks every month, open to all, without remit or linkage."""
    quota = [2, 3] if rule == "qualified_majority" else None
    fields = {
        "id": name, "name": name, "decision": schema.Procedure(rule=rule, quota=quota),
        "calendar": schema.Calendar(weeks=dict.fromkeys(range(1, 13), 2.0), basis="assumed", note="test"),
        "informality": figure(0.5),
    }  # fmt: skip
    for key, value in changes.items():
        fields[key] = figure(value) if isinstance(value, float) else value
    return schema.Venue(**fields)


def initiative(
    name: str, text: dict[str, float], box: dict[str, list[float]] | None = None, **changes
):
    """Return an initiative with a free mandate unless a box is given."""
    return schema.Initiative(
        id=name, name=name, text={k: figure(v) for k, v in text.items()},
        mandate=schema.Box(box=box or {}, note="test"), **changes,
    )  # fmt: skip


def setting(
    actors, venues, initiatives, strategies, issues=("form", "scope"), **changes
) -> schema.Setting:
    """Return a setting; ``strategies`` are schema.Strategy or lists of tracks (as dicts)."""
    built = []
    for n, s in enumerate(strategies):
        if not isinstance(s, schema.Strategy):
            s = schema.Strategy(name=f"s{n}", tracks=[schema.Track(**t) for t in s])
        built.append(s)
    fields = {
        "id": "test", "name": "test", "start": "2009-01", "horizon_years": 10.0, "issues": list(issues),
        "actors": {a.id: a for a in actors}, "venues": {v.id: v for v in venues},
        "initiatives": {i.id: i for i in initiatives}, "environment": environment(), "strategies": built,
    }  # fmt: skip
    return schema.Setting(**(fields | changes))


units = st.floats(0.0, 1.0, allow_nan=False, width=32).map(float)
small = st.floats(0.0, 0.25, width=32).map(float)
spreads = st.sampled_from([0.0, 0.0, 0.15])
margins = st.sampled_from([0.0, 0.05, 0.05, 0.3, 1.0])
GROUPS = ("NORTH", "COAST")
WEIGHTS = (0.0, 0.25, 1.0, 3.0)


@st.composite
def actors_of(draw, n: int, issues: tuple[str, ...]) -> list[schema.Actor]:
    """Draw n actors with every figure of the model free."""
    names = draw(st.lists(st.sampled_from(NAMES), min_size=n, max_size=n, unique=True))
    built = []
    for name in names:
        spread = draw(spreads)
        blocs = draw(st.dictionaries(st.sampled_from(["EAST", "WEST", "SOUTH"]), units, max_size=2))
        built.append(
            schema.Actor(
                id=name, name=name, provenance="synthetic",
                groups=draw(st.lists(st.sampled_from(GROUPS), max_size=2, unique=True)),
                capability=figure(draw(st.floats(0.0625, 10.0, width=32).map(float))),
                ideal_point={k: figure(draw(units), spread) for k in issues},
                salience={k: figure(draw(st.floats(0.0625, 1.0, width=32).map(float))) for k in issues},
                margin=figure(draw(margins), draw(spreads)),
                stake=figure(draw(units), draw(spreads)), technical_means=figure(draw(units)),
                flexibility=figure(draw(st.sampled_from([0.5, 1.0, 2.0]))),
                susceptibility=figure(draw(units)),
                verification_demand=figure(draw(units)), missile_defence_stake=figure(draw(units)),
                weapons_concern=figure(draw(units)), debris_concern=figure(draw(units)),
                trust=figure(draw(units)),
                ratification_threshold=figure(draw(small)), executive_threshold=figure(draw(small)),
                ratification_delay=figure(draw(st.sampled_from([1.0, 6.0, 24.0]))),
                turnover_rate=figure(draw(st.sampled_from([0.0, 0.25, 3.0]))),
                turnover_dates=draw(st.sampled_from([[], ["2009-03"], ["2010-01", "2012-05"]])),
                test_propensity=figure(draw(units)),
                blocs={k: figure(v * 0.7) for k, v in blocs.items()},
            )
        )  # fmt: skip
    return built


@st.composite
def convening_of(draw, seated: list[str]) -> dict[str, schema.Figure]:
    """Draw what it takes some members to accept a forum."""
    chosen = draw(st.lists(st.sampled_from(seated), max_size=2, unique=True))
    return {name: figure(draw(small), draw(spreads)) for name in chosen}


@st.composite
def venues_of(draw, names: list[str]) -> list[schema.Venue]:
    """Draw the three venues: every rule, calendar, linkage, set-up, remit and power to adopt."""
    built = []
    for v in VENUES:
        rule = draw(
            st.sampled_from(["consensus", "qualified_majority", "simple_majority", "opt_in"])
        )
        quota = (
            draw(st.sampled_from([[2, 3], [3, 5], [1, 1]]))
            if rule == "qualified_majority"
            else None
        )
        weights = draw(st.dictionaries(st.sampled_from(names), st.integers(1, 9), max_size=3))
        required = draw(st.lists(st.sampled_from(names), max_size=2, unique=True))
        adopts = v == "gamma" or draw(st.booleans())
        months = draw(st.lists(st.integers(1, 12), max_size=8, unique=True))
        members = draw(
            st.one_of(st.just("open"), st.lists(st.sampled_from(names), min_size=1, unique=True))
        )
        seated = names if members == "open" else members
        built.append(
            schema.Venue(
                id=v, name=v, members=members,
                convening=draw(convening_of(seated)), universal=draw(st.sampled_from([False, False, True])),
                conveners=draw(st.lists(st.sampled_from(seated), max_size=1)),
                term_months=figure(draw(st.sampled_from([0.0, 0.0, 7.5, 24.0]))),
                term_ends=draw(st.sampled_from([None, None, None, "2008-05", "2010-10"])),
                min_participants=figure(draw(units)),
                linked=draw(st.lists(st.sampled_from(["one", "two"]), max_size=2, unique=True)),
                decision=schema.Procedure(rule=rule, quota=quota, weights=weights, required=required),
                mandate=draw(st.sampled_from([None, schema.Procedure(rule="simple_majority")])),
                mandate_term=draw(st.sampled_from(["none", "session"])),
                convene_share=figure(draw(units)), min_participation=figure(draw(units)),
                calendar=schema.Calendar(
                    weeks={m: draw(st.sampled_from([0.5, 2.0, 4.0])) for m in months},
                    basis="assumed", note="test",
                ),
                remit=schema.Box(box=draw(st.sampled_from([{}, {"form": [0.0, 0.4]}])), note="test"),
                remit_cost=figure(draw(units)), informality=figure(draw(units), draw(spreads)),
                isolation=figure(draw(small)),
                setup_months=figure(draw(st.sampled_from([0.0, 5.0]))),
                linkage=draw(st.sampled_from(["none", "open", "blocked"])),
                unblock_rate=figure(draw(st.sampled_from([0.1, 2.0]))),
                block_rate=figure(draw(st.sampled_from([0.1, 2.0]))),
                leadership=figure(draw(st.sampled_from([0.5, 1.0, 4.0]))),
                adopts=adopts, passes_to=None if adopts else "gamma",
                dissolved=draw(st.sampled_from([None, None, "2011-06"])),
            )
        )  # fmt: skip
    return built


INSTRUMENTS = {"treaty": (0.8, 1.0), "executive_agreement": (0.5, 0.799)}
TASKS = ("negotiate", "negotiate", "elaborate", "explore")
signs = st.sampled_from([-1.0, -0.5, 0.5, 1.0])


def instrument_of(name: str | None, text: dict, box: dict) -> tuple[dict, str | None]:
    """Return a box and an instrument; its form moves into the instrument's range."""
    if name is None or "form" not in text:
        return box, None
    low, high = INSTRUMENTS[name]
    text["form"] = low + (high - low) * text["form"]
    return box | {"form": [low, max(high, text["form"])]}, name


@st.composite
def points_of(draw, issues: tuple[str, ...]) -> dict[str, schema.Figure]:
    """Draw nothing or a figure an issue, some with a range."""
    if draw(st.booleans()):
        return {}
    return {k: figure(draw(units), draw(spreads)) for k in issues}


@st.composite
def initiatives_of(draw, issues: tuple[str, ...], names: list[str]) -> list[schema.Initiative]:
    """Draw two agreements and a pledge initiative, each with a box that holds its text.

    The second is now and then the first once more by another name.
    """
    built = []
    for name, kind in (("one", "agreement"), ("two", "agreement"), ("vow", "pledges")):
        text = {k: draw(units) for k in issues}
        box = {k: [max(0.0, v - draw(units)), min(1.0, v + draw(units))] for k, v in text.items()}
        box, instrument = instrument_of(
            draw(st.sampled_from([None, None, *INSTRUMENTS])), text, box
        )
        if name == "two" and draw(st.booleans()) and draw(st.booleans()):
            built.append(built[0].model_copy(update={"id": "two", "name": "two"}))
            continue
        built.append(
            initiative(
                name, text, box, kind=kind, binding=draw(st.booleans()), instrument=instrument,
                task=draw(st.sampled_from(TASKS)), status_quo=draw(points_of(issues)),
                leaves=draw(st.sampled_from([[], [], ["ground"], ["ground", "dual"]])),
                pledge={k: f for k, f in draw(points_of(issues)).items() if draw(st.booleans())},
                declared=draw(st.dictionaries(st.sampled_from([*names, *GROUPS]), signs, max_size=3)),
                entry_into_force=schema.EntryIntoForce(
                    ratifiers=figure(draw(st.sampled_from([0.0, 2.0, 5.0]))),
                    capability_share=figure(draw(small)),
                ),
            )
        )  # fmt: skip
    return built


@st.composite
def tracks_of(draw, number: int) -> schema.Track:
    """Draw one track; it may wait for an earlier one, carry pledges, fall back or be under way."""
    begun = draw(st.sampled_from([None, None, schema.Underway(mandate=True, rounds=4)]))
    return schema.Track(
        initiative=draw(st.sampled_from(["one", "one", "two", "vow"])),
        venue=draw(st.sampled_from(VENUES)), fallback=draw(st.sampled_from([None, "beta", "gamma"])),
        pledges=draw(st.booleans()), start=float(draw(st.integers(0, 8))),
        after=draw(st.sampled_from([None, *range(number)])),
        after_milestone=draw(st.sampled_from(["mandate", "adoption", "entry_into_force", "success"])),
        patience=float(draw(st.integers(1, 40))), underway=begun,
        task=draw(st.sampled_from([None, *TASKS])),
        term_months=draw(st.sampled_from([None, None, 0.0, 3.0, 18.0])),
        term_ends=draw(st.sampled_from([None, None, "2009-11"])),
    )  # fmt: skip


@st.composite
def package_of(draw, first: int, names: list[str]) -> list[schema.Track]:
    """Draw two or three items decided together, alike or not, each with its weight for each."""
    leader = draw(tracks_of(first))
    own = st.dictionaries(st.sampled_from(names), st.sampled_from(WEIGHTS[1:]), max_size=3)
    items = draw(st.lists(st.sampled_from(["one", "two"]), min_size=2, max_size=3))
    return [
        leader.model_copy(update={
            "initiative": item, "joined": first if n else None, "pledges": draw(st.booleans()),
            "weight": draw(st.one_of(st.sampled_from(WEIGHTS[1:]), own)),
        })
        for n, item in enumerate(items)
    ]  # fmt: skip


@st.composite
def environments(draw) -> dict[str, schema.Figure]:
    """Draw an environment with each mechanism on or off."""
    values = draw(st.sampled_from([QUIET, LIVELY, LIVELY]))
    changes = {
        "breach_form": draw(st.sampled_from([0.0, 0.3, -0.3])),
        "spillover": draw(st.sampled_from([0.0, 0.5, -0.5])),
        "verifiable_scope": draw(units),
        "breadth": draw(st.sampled_from([0.0, 1.0, 3.0])),
        "pace": draw(st.sampled_from([0.0, 0.05, 0.5])),
        "weeks_per_round": draw(st.sampled_from([1.0, 2.0])),
        "foreclosure": draw(st.sampled_from([0.0, 0.3, -0.3])),
        "conflict": draw(st.sampled_from([0.0, 0.4, -0.4])),
        "chair_error": draw(st.sampled_from([0.0, 0.2])),
        "stake0": draw(st.sampled_from([0.001, 0.1, 1.0])),
        "chair_step": draw(st.sampled_from([0.0, 0.5, 1.0])),
        "deadline_effect": draw(st.sampled_from([0.0, 0.8, 1.0])),
        "deadline_power": draw(st.sampled_from([0.5, 3.0])),
        "interference_probability": draw(st.sampled_from([0.0, 0.3, 1.0])),
        "norm_half_life": draw(st.sampled_from([0.5, 1000.0])),
        "mandate_risk": draw(st.sampled_from([0.0, 0.5])),
        "leadership_effect": draw(st.sampled_from([0.0, 0.5])),
        "verifiable_growth": draw(st.sampled_from([0.0, 0.05])),
        "interference_gap": draw(st.sampled_from([0.0, 0.7])),
        "settlement_effect": draw(st.sampled_from([0.0, 0.6])),
        "universality": draw(st.sampled_from([0.0, 0.2])),
        "good_faith": draw(st.sampled_from([0.0, 0.5])),
        "opening_urgency": draw(st.sampled_from([0.0, 0.5])),
    }
    return {name: figure(value) for name, value in (values | changes).items()}


@st.composite
def settings_of(
    draw, max_actors: int = 30, max_issues: int = 4, max_tracks: int = 4
) -> schema.Setting:
    """Draw a whole setting: 1 to 30 actors, 1 to 4 issues, every rule and mechanism on or off."""
    count = draw(st.integers(1, max_issues))
    issues = tuple(draw(st.permutations(ALL_ISSUES))[:count])
    cast = draw(actors_of(draw(st.integers(1, max_actors)), issues))
    names = [a.id for a in cast]
    venues = draw(venues_of(names))
    strategies = []
    for n in range(draw(st.integers(1, 2))):
        tracks: list[schema.Track] = []
        while len(tracks) < max_tracks and (not tracks or draw(st.booleans())):
            packed = len(tracks) + 3 <= max_tracks and draw(st.sampled_from([False, False, True]))
            tracks += (
                draw(package_of(len(tracks), names)) if packed else [draw(tracks_of(len(tracks)))]
            )
        strategies.append(schema.Strategy(name=f"s{n}", tracks=tracks))
    pairs = st.tuples(st.sampled_from(names), st.sampled_from(names), units)
    ties = draw(st.lists(pairs, max_size=3 * len(names)))
    return setting(
        cast, venues, draw(initiatives_of(issues, names)), strategies, issues,
        affinity=ties, environment=draw(environments()), status_quo=draw(points_of(issues)),
        groups={
            g: schema.Group(cohesion=figure(draw(st.sampled_from([0.0, 0.4, 1.0])), draw(spreads)))
            for g in sorted({g for a in cast for g in a.groups})
        },
        horizon_years=draw(st.sampled_from([1.0, 4.0, 8.0])),
        success=schema.Success(
            deadline_years=draw(st.sampled_from([0.5, 1.0])), success_share=figure(draw(units)),
            states=draw(st.lists(st.sampled_from(names), max_size=1)),
        ),
    )  # fmt: skip
