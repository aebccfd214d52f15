"""On what an actor refuses: the term that would have to change least, by hand in both engines."""

from __future__ import annotations

import math

import pytest

from helpers.engines import ENGINES, table
from helpers.generic import seeded_setting
from helpers.records import TRACK, cast, opened, records_of, small
from helpers.settings import actor, figure, initiative, venue
from negotiation_sim.catalogue import schema
from negotiation_sim.model import grounds as m
from negotiation_sim.model.columns import term_names

BEGUN = TRACK | {"underway": schema.Underway(mandate=True)}


def test_a_refusal_that_the_own_draw_alone_makes_says_so_up_to_what_it_takes():
    assert m.of_its_own(0.1, -0.1) and m.of_its_own(5e-324, -0.1)
    assert not m.of_its_own(math.nextafter(0.1, 1.0), -0.1)
    assert not m.of_its_own(0.0, -0.1), "who is content itself does not refuse for itself"
    assert not m.of_its_own(0.1, 0.2) and not m.of_its_own(0.1, 0.0)


def test_what_a_refusal_may_speak_of():
    forum = [m.speaks_of(m.OF_CONVENING, what) for what in range(4)]
    own = [m.speaks_of(m.OF_PRIVATE, what) for what in range(4)]
    climate = [m.speaks_of(m.OF_CLIMATE, what) for what in range(4)]
    assert forum == [True, True, False, False] and own == climate == [True, True, False, True]
    assert all(m.speaks_of(m.OF_LEFT_OUT, what) for what in range(4))


def test_the_parts_of_a_distance_sum_to_it():
    text, position, salience = [0.5, 0.9, 0.2], [0.1, 0.8, 0.2], [0.3, 0.5, 0.2]
    distance = math.sqrt(0.3 * 0.16 + 0.5 * 0.01)
    parts = [m.part_of_distance(text, position, salience, k, distance) for k in range(3)]
    assert sum(parts) == pytest.approx(distance) and parts[2] == 0.0
    assert m.part_of_distance(text, text, salience, 0, 0.0) == 0.0


def named(engine: str, wants: schema.Actor, hall=None, plan=None, **options) -> str:
    """Return on which term the one state refuses a text that is under negotiation."""
    issues = tuple(wants.ideal_point)
    text = dict.fromkeys(issues, 0.5)
    plan = plan or initiative("one", text, {k: [v, v] for k, v in text.items()}, binding=False)
    case = small([wants], hall, [BEGUN], plan=plan, **options)
    found = table(case, 1, engine=engine).iloc[0]
    assert (found["cause"], found["main_blocker"]) == ("text", "AAA")
    assert found["blockers"] == f"AAA:{found['main_term']}"
    return found["main_term"]


STRICT = {"margin": 1.0}


@pytest.mark.parametrize("engine", ENGINES)
def test_an_issue_is_named_by_its_part_of_the_distance(engine):
    far = {"form": figure(0.2), "scope": figure(0.8)}
    wants = actor("AAA", {"form": 0.9, "scope": 0.1}, salience=far, **STRICT)
    assert named(engine, wants) == "scope"
    wants = actor("AAA", {"form": 1.0, "scope": 0.4}, salience=far, **STRICT)
    assert named(engine, wants) == "form"


TIGHT = {"form": 0.5, "scope": 0.5}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("term", "wants", "process"),
    [
        ("verification_cost", {"verification_demand": 1.0, "trust": 0.0}, {"verification_cost": 1.0}),
        ("missile_defence", {"missile_defence_stake": 1.0}, {"missile_defence_cost": 0.9}),
        ("set_aside", {"weapons_concern": 1.0}, {"fester": 0.9}),
        ("foreclosure", {"weapons_concern": 1.0}, {"foreclosure": 1.0}),
        ("conflict", {}, {"conflict": 1.0}),
    ],
)  # fmt: skip
def test_each_cost_of_a_text_is_named_where_it_weighs_most(engine, term, wants, process):
    ideal = {
        "verification_cost": {"form": 0.45, "scope": 0.45}, "missile_defence": {"form": 0.45, "scope": 0.45},
        "set_aside": {"form": 0.5, "scope": 0.55}, "foreclosure": {"form": 0.65, "scope": 0.65},
        "conflict": {"form": 0.35, "scope": 0.5},
    }[term]  # fmt: skip
    text = {"form": 0.3, "scope": 0.5} if term == "conflict" else TIGHT
    plan = initiative("one", text, {k: [v, v] for k, v in text.items()}, binding=False)
    state = actor("AAA", ideal, **(STRICT | wants))
    assert named(engine, state, plan=plan, process=process) == term


@pytest.mark.parametrize("engine", ENGINES)
def test_what_an_initiative_leaves_is_named(engine):
    plan = initiative(
        "one", {"scope": 0.5}, {"scope": [0.5, 0.5]}, binding=False, leaves=["ground"]
    )
    wants = actor("AAA", {"scope": 0.45}, debris_concern=1.0, **STRICT)
    assert named(engine, wants, plan=plan, process={"fester": 0.3}) == "left_out"


@pytest.mark.parametrize("engine", ENGINES)
def test_a_forum_refused_is_named_in_talks_and_on_a_mandate(engine):
    hall = venue("hall", convening={"AAA": figure(0.9)})
    wants = actor("AAA", {"scope": 0.45}, margin=0.2)
    assert named(engine, wants, hall) == "convening"
    plan = initiative("one", {"scope": 0.5}, {"scope": [0.5, 0.5]}, binding=False)
    found = table(small([wants], hall, plan=plan), 1, engine=engine).iloc[0]
    assert (found["cause"], found["blockers"]) == ("mandate", "AAA:convening")


def test_a_forum_is_no_reason_not_to_ratify_what_it_brought():
    hall = venue("hall", convening={"BBB": figure(0.04)})
    plan = initiative("one", {"scope": 0.5}, {"scope": [0.5, 0.5]}, binding=True)
    actors = [
        *cast("AAA", ideal=0.5, ratification_delay=18.0),
        actor("BBB", {"scope": 0.49}, ratification_threshold=1.0, ratification_delay=18.0),
    ]
    success = schema.Success(deadline_years=5.0, success_share=figure(1.0))
    found = table(small(actors, hall, [BEGUN], plan=plan, success=success,
                        process={"ratification_sigma": 0.0}), 1).iloc[0]  # fmt: skip
    assert found["adoption_month"] == 1 and found["cause"] == "participation"
    assert found["blockers"] == "BBB:scope"


def with_wish(
    private: float, shortfall: float, what: int = m.ON_TEXT, text: float = 0.5, climate: float = 0.0
) -> str:
    """Return the ground of a state at 0.4 with a private draw, short by so much of a text."""
    model = opened(small(cast("AAA", ideal=0.4), text={"scope": text}))
    given, world, state, y = records_of(model)
    state.actors.private[0] = private
    state.actors.mood[0] += climate
    state.run[0].climate = climate
    code = m.ground_of(given, world, state, y, 0, 0, shortfall, what)
    return term_names(model.scenario.issues)[code]


def test_a_reason_of_its_own_that_we_do_not_see():
    assert with_wish(-0.2, 0.2) == "own_reason"
    assert with_wish(-0.2, 0.25) == "own_reason", "it takes more than the distance of 0.1"
    assert with_wish(-0.05, 0.2) == "scope"
    assert with_wish(-0.2, 0.2, m.TO_RATIFY) == "scope", "its executive ratifies by satisfaction"
    assert with_wish(-0.2, 0.2, m.TO_JOIN) == "own_reason"


def test_what_all_feel_is_no_reason_of_its_own():
    assert with_wish(0.0, 0.15, climate=-0.2) == "climate"
    assert with_wish(0.0, 0.2, climate=-0.2) == with_wish(-0.3, 0.2, climate=-0.2) == "climate"
    assert with_wish(-0.1, 0.25, climate=-0.2) == "own_reason", "it takes both"
    assert with_wish(0.1, 0.25, climate=-0.2) == "climate", "it takes most, and more than all own"
    assert with_wish(-0.05, 0.04, climate=0.2) == "scope", "the climate is for it"
    assert with_wish(0.0, 0.15, m.TO_RATIFY, climate=-0.2) == "scope"


def test_near_what_is_in_force_the_own_draw_weighs_less():
    """At 0.05, half of it: -0.1 and no more."""
    assert with_wish(-0.2, 0.1, text=0.05) == "own_reason"
    assert with_wish(-0.2, 0.11, text=0.05) == "scope"


def test_where_nothing_weighs_the_refusal_is_plain():
    model = opened(small(cast("AAA", ideal=0.5), text={"scope": 0.5}))
    given, world, state, y = records_of(model)
    code = m.ground_of(given, world, state, y, 0, 0, 0.3, m.ON_TEXT)
    assert term_names(model.scenario.issues)[code] == "refusal"


def test_a_mandate_is_refused_for_its_nearest_point_or_for_the_risk_of_its_farthest():
    """Nearest to 0.4 is 0.5, by 0.1; where that would do, the farthest, 0.9, stands for the risk."""
    plan = initiative("one", {"scope": 0.6}, {"scope": [0.5, 0.9]}, binding=False)
    model = opened(small(cast("AAA", ideal=0.4), plan=plan))
    given, _, state, y = records_of(model)
    state.actors.rho[0] = 0.95
    for best, point in ((0.9, 0.5), (0.95, 0.9)):
        state.actors.best[0] = best
        m.look_at(given, state, y, 0, 0, m.ON_MANDATE)
        assert state.trial[0, 0] == point


@pytest.mark.parametrize("number", range(20))
def test_the_named_term_takes_most(number):
    """Over random settings, whatever is refused: no other term of which it may speak takes more."""
    model = opened(seeded_setting(number), belief=number)
    given, world, state, y = records_of(model)
    n_terms = y.shape[1] + len(m.COST_TERMS)
    for track in model.tracks:
        if track.leader == track.number:
            for i in range(len(model.states)):
                code = m.ground_of(given, world, state, y, track.number, i, 9.0, m.TO_JOIN)
                m.look_at(given, state, y, track.number, i, m.TO_JOIN)
                parts = [
                    m.part_of_package(given, world, state, y, track.number, i, term)
                    for term in range(n_terms)
                    if term < y.shape[1] or m.speaks_of(term - y.shape[1], m.TO_JOIN)
                ]
                if code < n_terms:
                    part = m.part_of_package(given, world, state, y, track.number, i, code)
                    assert part == max(parts) > 0.0
                else:
                    assert max(parts) <= 0.0
