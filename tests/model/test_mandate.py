"""M8 at its edges: the risk of talks, what counts of the margin, the worst of the box, the vote."""

from __future__ import annotations

import itertools
import math
import random

import pandas as pd
import pytest

from helpers.engines import ENGINES, table
from helpers.generic import seeded_setting
from helpers.records import TRACK, cast, model_of, opened, records_of, small
from helpers.settings import actor, figure, initiative, venue
from negotiation_sim.catalogue import schema
from negotiation_sim.model import mandate as m
from negotiation_sim.model.packages import best_of_box
from negotiation_sim.model.reservation import package_value
from negotiation_sim.model.state import ELABORATE, EXPLORE, FORM, NEGOTIATE, SCOPE, VERIFICATION


def test_who_keeps_a_veto_risks_nothing_by_talking():
    assert m.mandate_risk(1.0, False, 0.5) == 0.0
    assert m.mandate_risk(0.0, False, 0.5) == 0.5
    assert m.mandate_risk(1 / 3, False, 0.6) == pytest.approx(0.4)
    assert m.mandate_risk(0.0, True, 0.5) == 0.0


def test_the_margin_counts_by_task():
    assert m.margin_counted(NEGOTIATE, 0.5, 0.25) == 1.0
    assert m.margin_counted(ELABORATE, 0.5, 0.25) == 0.5
    assert m.margin_counted(EXPLORE, 0.5, 0.25) == 0.25


def test_mandate_value_by_hand():
    # 0.7 * 0.9 + 0.3 * 0.4 - 0.5 * 0.2
    assert m.mandate_value(0.9, 0.4, 0.3, 0.5, 0.2) == pytest.approx(0.65)
    assert m.mandate_value(0.9, 0.4, 0.0, 0.5, 0.0) == 0.9


def test_ends_of_the_box_by_role():
    plan = initiative("one", {"scope": 0.3, "form": 0.4}, {"scope": [0.2, 0.5]}, binding=False)
    given = opened(small([actor("AAA", {"scope": 0.2, "form": 0.2})], plan=plan)).given
    ends = [(m.side(given, 0, role, False), m.side(given, 0, role, True))
            for role in (FORM, SCOPE, VERIFICATION)]  # fmt: skip
    assert ends == [(0.0, 1.0), (0.2, 0.5), (0.0, 0.0)]


def test_the_worst_of_the_box_by_hand():
    """Farthest is 0.9 from 0.3; costs at their own worst: scope 0.9 and what is left below 0.2."""
    plan = initiative("one", {"scope": 0.3}, {"scope": [0.2, 0.9]}, binding=False)
    wants = actor("AAA", {"scope": 0.3}, weapons_concern=1.0)
    model = opened(small([wants], plan=plan, process={"fester": 0.1}))
    given, world, state, y = records_of(model)
    own = 0.1 * (0.9 - 0.3)
    assert m.worst_of_box(given, world, state, y, 0, 0) == pytest.approx(
        1 - 0.6 - (0.1 * (0.9 - 0.2) - own)
    )


@pytest.mark.parametrize("number", range(40))
def test_no_text_of_the_box_is_worth_less_than_its_worst(number):
    r = random.Random(number)
    model = opened(seeded_setting(number), belief=number, strategy=number % 2)
    given, world, state, y = records_of(model)
    texts = given.texts
    for track in model.tracks:
        if track.leader != track.number:
            continue
        items = range(track.number, track.number + track.n_items)
        for i in range(len(model.states)):
            worst = m.worst_of_box(given, world, state, y, track.number, i)
            for _ in range(12):
                for item in items:
                    p = state.tracks.initiative[item]
                    for k in range(y.shape[1]):
                        low, high = texts.low[p, k], texts.high[p, k]
                        at = r.choice([low, high, r.uniform(low, high), y[i, k], world.quo[p, k]])
                        state.trial[item, k] = min(high, max(low, at))
                value = package_value(given, world, state, y, track.number, i, state.trial)
                assert value >= worst - 1e-12
            best = best_of_box(given, world, state, y, track.number, i)
            assert best >= worst - 1e-12


def asked(engine: str, hall=None, task: str = "negotiate", box=None, **wants):
    """Return the month of the mandate that one state gives for texts from 0.5 on, or None."""
    plan = initiative("one", {"scope": 0.5}, box or {"scope": [0.5, 0.5]}, binding=False, task=task)
    case = small(cast("AAA", ideal=0.25, **wants), hall, plan=plan)
    month = table(case, 1, engine=engine)["mandate_month"].iloc[0]
    return None if pd.isna(month) else int(month)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_mandate_is_backed_exactly_at_the_reservation_value(engine):
    """Nothing and the text are worth 0.75 each: only who needs no margin backs it."""
    assert asked(engine, margin=0.0) == 1
    assert asked(engine, margin=1e-9) is None


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("task", "margin", "month"),
    [("negotiate", 0.15, 1), ("negotiate", 0.16, None), ("elaborate", 0.3, 1),
     ("elaborate", 0.31, None), ("explore", 1.0, 1)],
)  # fmt: skip
def test_less_of_the_margin_counts_for_a_lesser_task(engine, task, margin, month):
    """The nearest text of the box is worth 0.9, nothing 0.75; half of the margin to elaborate."""
    assert asked(engine, task=task, margin=margin, box={"scope": [0.35, 0.5]}) == month


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("convening", "month"), [(0.05, 1), (0.11, None)])
def test_a_forum_refused_stops_the_mandate(engine, convening, month):
    hall = venue("hall", convening={"AAA": figure(convening)})
    assert asked(engine, hall, margin=0.05, box={"scope": [0.35, 0.5]}) == month
    lifted = (
        hall.model_copy(update={"universal": True}), hall.model_copy(update={"conveners": ["AAA"]}),
    )  # fmt: skip
    for open_hall in lifted:
        assert asked(engine, open_hall, margin=0.05, box={"scope": [0.35, 0.5]}) == 1


def test_who_can_be_outvoted_weighs_the_worst_of_the_talks():
    """Half of 0.9 and half of 0.25 lie below nothing; under consensus or opt-in the veto stands."""
    box = {"scope": [0.35, 1.0]}
    assert asked("ensemble", venue("hall", "simple_majority"), box=box, margin=0.0) is None
    assert asked("ensemble", venue("hall"), box=box, margin=0.0) == 1
    assert asked("ensemble", venue("hall", "opt_in"), box=box, margin=0.0) == 1


@pytest.mark.parametrize(("isolation", "month"), [(0.16, 1), (0.14, None)])
def test_members_go_along_with_a_mandate(isolation, month):
    """Of three one is short by 0.1; what it costs to stand alone is two thirds of isolation."""
    actors = [*cast("AAA", "BBB"), actor("ZZZ", {"scope": 0.15}, margin=0.2)]
    plan = initiative("one", {"scope": 0.2}, {"scope": [0.2, 0.2]}, binding=False)
    model = model_of(small(actors, venue("hall", isolation=isolation), plan=plan), record=True)
    model.step()
    votes = {e["actor"]: e for e in model.events if e["kind"] == "mandate_vote"}
    assert votes["ZZZ"]["response"] == ("goes_along" if month else "objects")
    assert votes["ZZZ"]["value"] - votes["ZZZ"]["reservation_value"] == pytest.approx(-0.1)
    assert votes["AAA"]["response"] == "accepts"
    assert model.tracks[0].mandate == (month or -1)


def test_the_farthest_item_of_a_package_lies_outside_the_remit():
    hall = venue("hall", remit=schema.Box(box={"scope": [0.0, 0.4]}, note="test"))
    model = opened(small(cast("AAA"), hall, [TRACK, TRACK | {"joined": 0}]))
    model.state.text[0, 0], model.state.text[1, 0] = 0.5, 0.9
    assert m.outside_remit(model.given, model.state, 0) == pytest.approx(0.5)


def test_the_one_who_refused_last_is_asked_first_and_its_reasons_are_found_at_the_end():
    """Refused for years; both engines name who refused in the last month that counts."""
    actors = [*cast("AAA"), actor("BBB", {"scope": 0.9}, margin=0.8)]
    plan = initiative("one", {"scope": 0.2}, {"scope": [0.2, 0.2]}, binding=False)
    case = small(actors, venue("hall", isolation=0.0), plan=plan)
    for engine in ENGINES:
        found = table(case, 1, engine=engine).iloc[0]
        assert (found["cause"], found["blockers"]) == ("mandate", "BBB:scope")


@pytest.mark.parametrize("where", ["venue", "track"])
def test_a_refusal_before_the_end_of_every_term_is_named(where):
    """Nobody is asked again after the end of all terms there, long before the deadline."""
    ends = {"term_ends": "2010-01"}
    hall = venue("hall", isolation=0.0, **(ends if where == "venue" else {}))
    actors = [*cast("AAA"), actor("BBB", {"scope": 0.9}, margin=0.8)]
    plan = initiative("one", {"scope": 0.2}, {"scope": [0.2, 0.2]}, binding=False)
    case = small(actors, hall, [TRACK | (ends if where == "track" else {})], plan=plan)
    for engine in ENGINES:
        found = table(case, 1, engine=engine).iloc[0]
        assert (found["cause"], found["blockers"]) == ("mandate", "BBB:scope")


def test_mandates_count_votes_of_their_own():
    """AAA has three votes on a mandate and one on a text."""
    rule = schema.Procedure(rule="simple_majority", weights={"AAA": 3})
    hall = venue("hall", mandate=rule, isolation=0.0)
    actors = [*cast("AAA", "BBB"), *cast("CCC", "DDD", ideal=0.9, margin=1.0)]
    model = model_of(small(actors, hall), record=True).run()
    assert model.rows()[0]["mandate_month"] == 1 and model.rows()[0]["adoption_month"] is None


@pytest.mark.parametrize(("share", "month"), [(0.5, 1), (0.51, None)])
def test_an_opt_in_body_is_convened_by_its_share_of_members(share, month):
    hall = venue("hall", "opt_in", convene_share=share)
    actors = [*cast("AAA", "BBB"), *cast("CCC", "DDD", ideal=0.9, margin=1.0)]
    found = table(small(actors, hall), 1)["mandate_month"].iloc[0]
    assert (None if pd.isna(found) else int(found)) == month


def test_risk_at_every_strictness_lies_between_none_and_all_of_it():
    for part, whole in itertools.product(range(1, 8), range(1, 8)):
        strict = min(1.0, max(0.0, 2 * part / whole - 1))
        assert 0.0 <= m.mandate_risk(strict, False, 0.5) <= 0.5
    assert math.isclose(m.mandate_risk(0.25, False, 0.4), 0.3)
