"""What must hold (section 6 of the model), over random scenarios and in both engines.

Property 1 (both engines agree) fills engine/test_engines.py; property 4 is also held for the rule
itself in model/test_decision.py.
"""

from __future__ import annotations

import math
import random

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from helpers.engines import (
    MILESTONES,
    changed,
    same,
    same_values,
    table,
    with_actors,
    with_tracks,
    with_venues,
)
from helpers.generic import seeded_setting
from helpers.settings import (
    QUIET,
    actor,
    actors_of,
    environment,
    figure,
    initiative,
    setting,
    settings_of,
    units,
    venue,
    venues_of,
)
from negotiation_sim.analysis.intervals import wilson
from negotiation_sim.catalogue import schema
from negotiation_sim.engine import ensemble
from negotiation_sim.engine.agents import NegotiationModel
from negotiation_sim.engine.scenario import Scenario, compile_setting
from negotiation_sim.model import revision
from negotiation_sim.model.satisfaction import NEGLIGIBLE

pytestmark = [
    pytest.mark.filterwarnings("ignore:Generating overly large repr"),
    pytest.mark.timeout(900),  # a failure takes minutes to shrink
]
EITHER = pytest.mark.parametrize(("engine", "examples"), [("ensemble", 50), ("mesa", 8)])
NUMBERS = st.integers(0, 2**32)


def hold(strategy, examples: int, claim) -> None:
    """Hold a claim over examples of a hypothesis strategy."""

    @given(strategy)
    @settings(max_examples=examples)
    def over_examples(example):
        claim(example)

    over_examples()


def distance(text: dict[str, float], other: dict[str, float], who: schema.Actor) -> float:
    """Return how far apart an actor sees two texts."""
    weights = {k: f.value for k, f in who.salience.items()}
    square = sum(w * (text[k] - other[k]) ** 2 for k, w in weights.items())
    return math.sqrt(square / sum(weights.values()))


def meets(venue: schema.Venue, month: int) -> bool:
    """Return whether a venue meets in a month, counted from 1 = January 2009, the start."""
    return venue.calendar.weeks.get((month - 1) % 12 + 1, 0.0) > 0.0


def first_meeting(venue: schema.Venue, after: int = 0) -> int:
    """Return the first month, from 1, later than ``after`` in which a venue that stands meets."""
    ready = after + math.ceil(venue.setup_months.value if after == 0 else 0)
    return next(t for t in range(ready + 1, ready + 14) if meets(venue, t))


# 2. All want the start text


@st.composite
def contented(draw):
    """Draw a setting in which every ideal point equals the start text and nothing disturbs it."""
    issues = ("form", "scope", "verification")[: draw(st.integers(1, 3))]
    text, quo = {k: draw(units) for k in issues}, {k: draw(units) for k in issues}
    begun, point = draw(st.booleans()), {k: [v, v] for k, v in text.items()}
    cast = [
        a.model_copy(update={
            "ideal_point": {k: figure(v) for k, v in text.items()}, "turnover_rate": figure(0.0),
            "turnover_dates": [],
        })
        for a in draw(actors_of(draw(st.integers(1, 8)), issues))
    ]  # fmt: skip
    assume(max(abs(text[k] - quo[k]) for k in issues) > NEGLIGIBLE)
    away = {a.id: distance(text, quo, a) for a in cast}
    margins = {a: draw(st.floats(0.0, 0.99)) * d for a, d in away.items()}
    cast = [a.model_copy(update={"margin": figure(margins[a.id])}) for a in cast]
    hall = draw(venues_of([a.id for a in cast]))[2]
    hall = hall.model_copy(update={
        "decision": schema.Procedure(rule="consensus"), "linkage": "none", "members": "open",
        "remit": schema.Box(box={}, note="test"), "dissolved": None, "mandate_term": "none",
        "convening": {}, "conveners": [], "term_months": figure(0.0), "term_ends": None,
    })  # fmt: skip
    assume(any(hall.calendar.weeks.values()))
    values = {k: draw(units) for k in ("verification_cost", "missile_defence_cost", "fester")}
    values |= {"verifiable_scope": draw(units), "event_rate": 0.1, "crisis_rate": 0.1, "pace": 0.05}
    values |= {"foreclosure": draw(units)}
    ties = st.tuples(st.sampled_from(cast), st.sampled_from(cast), units)
    task = draw(st.sampled_from(["negotiate", "elaborate"]))
    return setting(
        cast, [hall],
        [initiative("one", text, {} if begun else point, binding=True, task=task)],
        [[{"initiative": "one", "venue": "gamma", "underway": schema.Underway(mandate=begun)}]],
        issues, status_quo={k: figure(v) for k, v in quo.items()},
        environment=environment(**values),
        affinity=[(a.id, b.id, w) for a, b, w in draw(st.lists(ties, max_size=10))],
    )  # fmt: skip


@EITHER
def test_2_consensus_adopts_in_the_first_round_what_all_want(engine, examples):
    def claim(case):
        rows = table(case, 2, engine=engine)
        hall = case.venues["gamma"]
        begun = case.strategies[0].tracks[0].underway.mandate
        first = first_meeting(hall)
        assert set(rows["mandate_month"]) == {0 if begun else first}
        assert set(rows["rounds"]) == {1}
        assert set(rows["adoption_month"]) == {first if begun else first_meeting(hall, first)}

    hold(contented(), examples, claim)


@EITHER
def test_2_also_where_margins_leave_next_to_nothing_and_all_have_ties(engine, examples):
    """A stated position must equal an ideal point that all share, to the last bit."""

    def claim(number):
        r = random.Random(number)
        names, text = ["AAA", "BBB", "CCC", "DDD"], {"form": r.random(), "scope": r.random()}
        cast = [actor(i, text, susceptibility=r.random()) for i in names]
        barely = math.nextafter(distance(text, dict.fromkeys(text, 0.0), cast[0]) - 1e-12, 0.0)
        cast = [a.model_copy(update={"margin": figure(barely)}) for a in cast]
        begun = [{"initiative": "one", "venue": "hall", "underway": schema.Underway(mandate=True)}]
        case = setting(
            cast, [venue("hall", isolation=0.0)], [initiative("one", text, binding=True)], [begun],
            affinity=[(a, b, r.random()) for a in names for b in names if a < b], horizon_years=1.0,
        )  # fmt: skip
        assert set(table(case, 1, engine=engine)["rounds"]) == {1}

    hold(NUMBERS, examples, claim)


# 3. One for whom every text is worth less than none


def near_enough(case: schema.Setting, who: schema.Actor, r: random.Random) -> dict[str, float]:
    """Return an ideal point no nearer to any mandate than to what is in force."""
    quo = {k: case.status_quo[k].value if k in case.status_quo else 0.0 for k in case.issues}
    aim, part = {k: r.random() for k in case.issues}, r.choice([0.0, 0.2, 0.5])
    ideal = {k: v + part * (aim[k] - v) for k, v in quo.items()}
    for plan in case.initiatives.values():
        box = {k: plan.mandate.box.get(k, [0.0, 1.0]) for k in case.issues}
        best = {k: min(max(v, box[k][0]), box[k][1]) for k, v in ideal.items()}
        if distance(ideal, quo, who) > distance(ideal, best, who):
            return quo
    return ideal


def stubborn(case: schema.Setting) -> schema.Setting:
    """Return a setting with a member that gains nothing by any text; no noise, no isolation."""
    who = min(case.actors)
    own = near_enough(case, case.actors[who], random.Random(who))

    def fixed(actor):
        ideal = {k: figure(f.value) for k, f in actor.ideal_point.items()}
        calm = {
            "margin": figure(actor.margin.value), "susceptibility": figure(0.0),
            "turnover_rate": figure(0.0), "turnover_dates": [], "ideal_point": ideal,
        }  # fmt: skip
        if actor.id == who:
            none = dict.fromkeys(("verification_demand", "missile_defence_stake",
                                  "weapons_concern", "debris_concern"), figure(0.0))  # fmt: skip
            calm |= none | {"margin": figure(max(0.01, actor.margin.value))}
            calm["ideal_point"] = {k: figure(v) for k, v in own.items()}
        return calm

    case = with_actors(case, fixed)
    case = with_venues(case, lambda v: {
        "decision": schema.Procedure(rule="consensus"), "isolation": figure(0.0),
        "members": v.members if v.members == "open" else sorted({*v.members, who}),
    })  # fmt: skip
    case = with_tracks(case, lambda t: {"fallback": None})
    off = ("urgency_effect", "private_sd", "mood_sd", "climate_sd", "turnover_sd", "spillover",
           "declared_draw", "conflict")  # fmt: skip
    noiseless = {k: figure(QUIET[k]) for k in off}
    noiseless["stake0"] = figure(max(0.05, case.environment["stake0"].value))
    initiatives = {
        i: x.model_copy(update={"status_quo": {}}) for i, x in case.initiatives.items()
    }
    quo = {k: figure(f.value) for k, f in case.status_quo.items()}
    return changed(case, initiatives=initiatives, status_quo=quo, environment=noiseless)


@EITHER
@pytest.mark.parametrize("source", ["drawn", "general"])
def test_3_consensus_never_adopts_over_one_who_gains_nothing(engine, examples, source):
    cases = settings_of(max_actors=5) if source == "drawn" else NUMBERS.map(seeded_setting)

    def claim(case):
        rows = table(stubborn(case), 3, engine=engine)
        assert rows["adoption_month"].isna().all()
        assert rows["agreed_month"].isna().all()

    hold(cases, examples, claim)


def test_3_without_that_member_the_same_settings_do_adopt():
    """The claim above is not empty: it is that member who stands in the way."""
    adopted = 0
    for number in range(40):
        case = stubborn(seeded_setting(number))
        who = min(case.actors)
        gaining = {k: figure(case.initiatives["one"].text[k].value) for k in case.issues}
        yielding = with_actors(case, lambda a, who=who, gaining=gaining: (
            {"margin": figure(0.0), "ideal_point": gaining} if a.id == who else {}
        ))  # fmt: skip
        adopted += table(yielding, 2)["adoption_month"].notna().any()
    assert adopted > 5


# 4. Stricter and laxer rules


LADDER = (
    schema.Procedure(rule="consensus"),
    schema.Procedure(rule="qualified_majority", quota=[2, 3]),
    schema.Procedure(rule="simple_majority"),
)


@EITHER
def test_4_a_laxer_rule_adopts_whatever_and_as_soon_as_a_stricter_one(engine, examples):
    """With a chair that leaves the text alone, responses are the same until somebody adopts."""

    def claim(number):
        case = with_tracks(seeded_setting(number), lambda t: {
            "initiative": "one", "pledges": False, "fallback": None, "after": None, "joined": None,
            "underway": schema.Underway(mandate=True), "task": "negotiate", "term_months": 0.0,
            "term_ends": None,
        })  # fmt: skip
        case = changed(case, environment={"chair_step": figure(0.0), "spillover": figure(0.0)})
        case = case.model_copy(update={"strategies": [
            s.model_copy(update={"tracks": s.tracks[:1]}) for s in case.strategies
        ]})  # fmt: skip
        months = []
        for decision in LADDER:
            venue = {
                "decision": decision, "mandate_term": "none", "adopts": True,
                "term_months": figure(0.0), "term_ends": None,
            }  # fmt: skip
            rows = table(with_venues(case, lambda v, venue=venue: venue), 3, number, engine)
            months.append(rows["adoption_month"].fillna(999).to_numpy(int))
        assert (np.diff(months, axis=0) <= 0).all()

    hold(NUMBERS, examples, claim)


# 5, 6. Order and units


@EITHER
def test_5_the_order_of_the_actors_changes_nothing(engine, examples):
    def claim(pair):
        case, r = pair
        names = list(case.actors)
        r.shuffle(names)
        shuffled = changed(case, actors={i: case.actors[i] for i in names})
        same(table(case, 2, engine=engine), table(shuffled, 2, engine=engine))

    hold(st.tuples(NUMBERS.map(seeded_setting), st.randoms()), examples, claim)


@EITHER
def test_6_capabilities_times_a_power_of_two_change_nothing(engine, examples):
    def claim(pair):
        case, power = pair
        scaled = with_actors(
            case, lambda a: {"capability": figure(a.capability.value * 2.0**power)}
        )
        same(table(case, 2, engine=engine), table(scaled, 2, engine=engine))

    hold(st.tuples(settings_of(max_actors=6), st.integers(-30, 30)), examples, claim)


# 7. The mirror


def flipped(box: dict) -> dict:
    low, high = box.get("scope", [0.0, 1.0])
    return box | {"scope": [1.0 - high, 1.0 - low]}


def mirrored(case: schema.Setting) -> schema.Setting:
    """Return a setting with the scope issue turned around."""

    def turned(figures: dict) -> dict:
        return figures | {"scope": figure(1.0 - figures["scope"].value)}

    def box(record):
        return schema.Box(box=flipped(record.box), note="test")

    case = with_actors(case, lambda a: {"ideal_point": turned(a.ideal_point)})
    case = with_venues(case, lambda v: {"remit": box(v.remit)})
    initiatives = {
        i: x.model_copy(update={
            "text": turned(x.text), "mandate": box(x.mandate), "status_quo": turned(x.status_quo),
        })
        for i, x in case.initiatives.items()
    }  # fmt: skip
    return changed(case, initiatives=initiatives)


def plain_scope(number: int) -> schema.Setting:
    """Return a setting in general position with nothing that tells narrow from broad."""
    case = seeded_setting(number)
    case = with_actors(case, lambda a: {
        "ideal_point": {k: figure(f.value) for k, f in a.ideal_point.items()},
        "margin": figure(a.margin.value), "turnover_rate": figure(0.0), "turnover_dates": [],
    })  # fmt: skip
    case = with_venues(case, lambda v: {"informality": figure(v.informality.value)})
    case = with_tracks(case, lambda t: {
        "pledges": False, "initiative": "two" if t.initiative == "vow" else t.initiative,
    })  # fmt: skip

    def quo(plan: schema.Initiative) -> dict[str, schema.Figure]:
        own = {k: figure(0.0) for k in case.issues} | case.status_quo | plan.status_quo
        return {k: figure(f.value) for k, f in own.items()}

    plans = {i: x.model_copy(update={"status_quo": quo(x)}) for i, x in case.initiatives.items()}
    off = ("verification_cost", "missile_defence_cost", "fester", "foreclosure", "conflict",
           "breadth", "spillover", "turnover_sd")  # fmt: skip
    return changed(case, initiatives=plans, environment={name: figure(0.0) for name in off})


def hangs_on_a_tie(case: schema.Setting, strategy: str, world: int) -> bool:
    """Return whether a search of the chair's came to two texts that nothing parts but a rounding.

    Two moves alike within 1e-6, or a rough search that came out just at the least distance.
    """
    scores: list[float] = []
    ties = []

    def scored(*arguments):
        scores.append(score(*arguments))
        return scores[-1]

    def moved(*arguments):
        scores.clear()
        found = move(*arguments)
        best = sorted(x for x in scores if x < arguments[-1] - revision.TIE)[:2]
        ties.append(len(best) == 2 and best[1] - best[0] <= 1e-6)
        return found

    def away(state, m):
        far = np.abs(np.array(state.trial[m]) - np.array(state.aim[m])).max()
        ties.append(abs(far - revision.WIDE) <= 1e-9)
        return elsewhere(state, m)

    score, move, elsewhere = revision.stands_in_way, revision.try_move, revision.elsewhere
    with pytest.MonkeyPatch.context() as patch:
        for name, wrapped in (("stands_in_way", scored), ("try_move", moved), ("elsewhere", away)):
            patch.setattr(revision, name, wrapped)
        NegotiationModel(compile_setting(case), strategy, 1, world).run()
    return any(ties)


@EITHER
def test_7_mirroring_scope_mirrors_the_text_and_leaves_months_alone(engine, examples):
    def claim(number):
        case = plain_scope(number)
        assume("scope" in case.issues)
        there, back = table(case, 3, engine=engine), table(mirrored(case), 3, engine=engine)
        back["text_scope"] = 1.0 - back["text_scope"]
        texts = [c for c in there if c.startswith("text_")]
        far = (there[texts] - back[texts]).abs().gt(1e-6).any(axis=1)
        for name, world in there.loc[far, ["strategy", "chance"]].drop_duplicates().itertuples(index=False):
            assert hangs_on_a_tie(case, name, int(world))
            there, back = (
                t[(t["strategy"] != name) | (t["chance"] != world)] for t in (there, back)
            )
        same_values(there.drop(columns=texts), back.drop(columns=texts))

    hold(NUMBERS, examples, claim)


def test_7_where_nothing_parts_two_directions_the_first_is_taken_in_the_mirror_too():
    """The tie that the claim leaves out: two camps as far from the text, either of them enough."""
    ideals = {"AAA": 0.1, "BBB": 0.1, "CCC": 0.9, "DDD": 0.9}
    case = setting(
        [actor(name, {"scope": x}) for name, x in ideals.items()], [venue("hall", "opt_in")],
        [initiative("one", {"scope": 0.5}, binding=False, status_quo={"scope": figure(0.5)})],
        [[{"initiative": "one", "venue": "hall"}]], ("scope",), horizon_years=1.0,
        success=schema.Success(success_share=figure(0.5)),
    )  # fmt: skip
    assert hangs_on_a_tie(case, "s0", 0)
    there, back = (table(x, 1)["text_scope"].item() for x in (case, mirrored(case)))
    assert there == back and abs(there - 0.5) > 0.1


# 8. The calendar


def reachable(case: schema.Setting, track: schema.Track) -> list[schema.Venue]:
    names = [track.venue, track.fallback, "gamma"]
    return [case.venues[name] for name in names if name]


@EITHER
@pytest.mark.parametrize("source", ["drawn", "general"])
def test_8_nothing_is_mandated_or_adopted_while_the_venue_does_not_meet(engine, examples, source):
    cases = settings_of(max_actors=5) if source == "drawn" else NUMBERS.map(seeded_setting)

    def claim(case):
        rows = table(case, 3, engine=engine)
        for s, strategy in enumerate(case.strategies):
            for m, track in enumerate(strategy.tracks):
                mine = rows[(rows["strategy"] == f"s{s}") & (rows["track"] == m)]
                months = pd.concat([mine[c].dropna() for c in MILESTONES[:2]])
                for month in set(months[months > 0]):
                    assert any(meets(v, month) for v in reachable(case, track))

    hold(cases, examples, claim)


@EITHER
def test_8_a_venue_that_never_meets_never_mandates_or_adopts(engine, examples):
    def claim(case):
        never = schema.Calendar(weeks={1: 0.0}, basis="assumed", note="test")
        rows = table(with_venues(case, lambda v: {"calendar": never}), 2, engine=engine)
        assert set(rows["mandate_month"].dropna()) <= {0}, "a track under way has its mandate"
        assert rows["adoption_month"].isna().all() and rows["agreed_month"].isna().all()

    hold(NUMBERS.map(seeded_setting), examples, claim)


def test_8_every_round_falls_in_a_month_when_its_venue_meets_and_stands():
    for number in range(12):
        case = seeded_setting(number)
        model = NegotiationModel(compile_setting(case), 0, number, 0, record=True).run()
        for event in model.events:
            if event["kind"] in ("mandate_vote", "mandate", "linkage", "revision", "decision"):
                hall = case.venues[event["venue"]]
                assert meets(hall, event["month"])
                assert event["month"] > hall.setup_months.value


# 9. Milestones


@EITHER
@pytest.mark.parametrize("source", ["drawn", "general"])
def test_9_milestones_are_ordered_and_the_funnel_never_widens(engine, examples, source):
    cases = settings_of(max_actors=5) if source == "drawn" else NUMBERS.map(seeded_setting)

    def claim(case):
        rows = table(case, 3, engine=engine)
        months = np.transpose([rows[c].to_numpy(float, na_value=math.inf) for c in MILESTONES])
        assert (months[:, 1:] >= months[:, :-1]).all()
        reached = months < math.inf
        assert (reached[:, 1:] <= reached[:, :-1]).all()
        stages = ["none", "mandated", "adopted", "in_force", "success"]
        assert [stages.index(s) for s in rows["stage"]] == reached.sum(axis=1).tolist()
        assert ((rows["ending"] == "success") == reached[:, 3]).all()
        last = rows["end_month"].to_numpy(int)
        assert (np.where(reached, months, 0).max(axis=1) <= last).all()
        assert (last <= math.ceil(case.horizon_years * 12)).all()

    hold(cases, examples, claim)


def blamed(row) -> bool:
    """Return whether who stands behind a failure fits its cause."""
    named = dict(word.split(":") for word in row.blockers.split())
    if row.main_blocker:
        assert named[row.main_blocker] == row.main_term
    else:
        assert not row.main_term
    if row.cause in ("mandate", "text", "time"):
        return bool(named)
    return row.cause in ("ratification", "participation", "withdrawal", "dissolution") or not named


@EITHER
def test_9_each_row_is_coherent(engine, examples):
    """Who is named was named for a reason, shares are shares, and a missing share has its cause."""

    def claim(number):
        case = seeded_setting(number)
        rows = table(case, 3, number, engine)
        assert all(blamed(row) for row in rows.itertuples())
        assert (rows["missing_participation"].gt(0) <= rows["cause"].eq("participation")).all()
        for share in ("participation", "pledge_coverage", "missing_participation"):
            assert rows[share].between(0.0, 1.0).all()
        for count in ("participants", "pledges"):
            assert rows[count].between(0, len(case.actors)).all()
        adopted = rows["adoption_month"].notna()
        assert (rows.loc[~adopted, "participants"] == 0).all()
        shared = rows.groupby(["strategy", "chance"], observed=True)
        assert (shared[["events", "events_avoided", "violations"]].nunique() == 1).all(axis=None)
        assert (rows["error"] == "").all()

    hold(NUMBERS, examples, claim)


# 10. The deadline


@EITHER
def test_10_timely_success_does_not_fall_as_the_deadline_moves_out(engine, examples):
    """World by world: what is timely stays so, and only timeliness and causes turn on it."""

    def claim(number):
        case = seeded_setting(number)
        before = None
        for years in (0.5, 1.5, 3.0, 4.0):
            success = case.success.model_copy(update={"deadline_years": years})
            rows = table(changed(case, success=success), 3, number, engine)
            due = rows["success_month"].fillna(9999).to_numpy(int)
            assert (rows["timely"] == (due <= 12 * years)).all()
            pledges = rows["track_name"].astype(str).str.startswith("vow")
            assert ((rows["cause"] == "none") == (rows["timely"] | pledges)).all()
            told = ["timely", "cause", "blockers", "main_blocker", "main_term"]
            told.append("missing_participation")
            if before is not None:
                assert (rows["timely"] >= before["timely"]).all()
                same(rows.drop(columns=told), before.drop(columns=told))
            before = rows

    hold(NUMBERS, examples, claim)


# 11. Coverage


def successes(case: Scenario, n: int, seed: int) -> int:
    """Return in how many of n worlds every track of the first strategy succeeds in time."""
    outcomes = ensemble.simulate(case, [0], seed, ensemble.worlds_of(0, n))
    months = outcomes.tracks["success"][:, 0, : case.arrays.n_tracks[0]]
    return int(((months >= 0) & (months <= case.deadline)).all(axis=1).sum())


@pytest.mark.parametrize("number", [14, 21, 46])
def test_11_the_interval_holds_the_long_run_probability_as_often_as_it_says(number):
    """400 seeds of 100 replicates: 95 % within four standard errors of that share."""
    case = compile_setting(plain_scope(number))
    long_run = successes(case, 40_000, 10**6) / 40_000
    assert 0.05 < long_run < 0.95
    rows = table(case, 100, strategies=[0])
    assert rows.groupby("chance")["timely"].all().sum() == successes(case, 100, 1)
    held = 0
    for seed in range(400):
        low, high = wilson(successes(case, 100, seed), 100)
        held += low <= long_run <= high
    assert abs(held / 400 - 0.95) < 4 * math.sqrt(0.95 * 0.05 / 400)
