"""M21 at its edges: sides of the box, the best that it holds, and what frees a blocked venue."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from helpers.engines import ENGINES, table
from helpers.generic import seeded_setting
from helpers.records import TRACK, cast, opened, records_of, small
from helpers.settings import figure, initiative, venue
from negotiation_sim.catalogue import schema
from negotiation_sim.catalogue.consistency import findings
from negotiation_sim.catalogue.strategy_names import parse_strategy
from negotiation_sim.model import packages as m
from negotiation_sim.model.reservation import package_value


def test_a_coordinate_is_held_within_its_side():
    assert [m.held_within(y, 0.2, 0.6) for y in (0.1, 0.2, 0.4, 0.6, 0.9)] == [
        0.2, 0.2, 0.4, 0.6, 0.6,
    ]  # fmt: skip


def test_the_farther_end_of_a_side_is_the_upper_one_from_its_middle():
    assert [m.farther(y, 0.25, 0.75) for y in (0.0, 0.5, math.nextafter(0.5, 1.0), 1.0)] == [
        0.75, 0.75, 0.25, 0.25,
    ]  # fmt: skip


def test_the_best_of_the_box_is_its_point_nearest_to_the_position():
    plan = initiative("one", {"scope": 0.3}, {"scope": [0.2, 0.4]}, binding=False)
    model = opened(small(cast("AAA", ideal=0.9), plan=plan))
    given, world, state, y = records_of(model)
    assert m.best_of_box(given, world, state, y, 0, 0) == pytest.approx(0.5)
    assert state.trial[0, 0] == 0.4


@pytest.mark.parametrize("number", range(20))
def test_without_costs_no_text_of_the_box_is_worth_more_than_the_best(number):
    """Where nothing but distance counts; the point is nearest on each issue."""
    calm = dict.fromkeys(
        ("fester", "verification_cost", "missile_defence_cost", "foreclosure", "conflict",
         "private_sd", "mood_sd", "climate_sd", "declared_draw", "urgency_effect"), figure(0.0),
    )  # fmt: skip
    case = seeded_setting(number)
    model = opened(case.model_copy(update={"environment": case.environment | calm}))
    given, world, state, y = records_of(model)
    for track in model.tracks:
        if track.leader == track.number:
            for i in range(len(model.states)):
                best = m.best_of_box(given, world, state, y, track.number, i)
                at = package_value(given, world, state, y, track.number, i, state.text)
                assert best >= at


def linked(items: str, over: list[str], **blocked):
    """Return a setting of a package in a venue that is blocked for good over some initiatives."""
    plans = {name: initiative(name, {"scope": 0.2}, binding=False) for name in ("one", "two")}
    hall = venue("hall", linkage="blocked", linked=over, **blocked)
    case = small(cast("AAA", "BBB"), hall, plan=plans["one"], more=[venue("other")])
    strategy = parse_strategy(items)
    return case.model_copy(update={"initiatives": plans, "strategies": [strategy]})


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("items", "over", "mandate"),
    [
        ("one&two@hall", ["one", "two"], 1), ("one&two@hall", ["two"], 1),
        ("one@hall", ["one"], 1), ("one@hall", ["one", "two"], None), ("one&two@hall", [], None),
        ("one@hall", [], None), ("one@hall", ["one", "absent"], None),
    ],
)  # fmt: skip
def test_a_package_that_holds_each_linked_item_is_mandated_while_the_venue_is_blocked(
    engine, items, over, mandate
):
    found = table(linked(items, over), 1, engine=engine)["mandate_month"]
    assert found.isna().all() if mandate is None else (found == mandate).all()


def test_what_frees_one_venue_does_not_free_the_next():
    """The package holds what blocks the first venue, and nothing of what blocks its fallback."""
    case = linked("one&two@other>hall", ["vow"])
    case = case.model_copy(update={
        "venues": case.venues | {"other": venue("other", linkage="blocked", linked=["one"],
                                                calendar=schema.Calendar(weeks={6: 2.0},
                                                basis="assumed", note="test"))},
        "initiatives": case.initiatives | {
            "vow": initiative("vow", {"scope": 0.2}, binding=False)
        },
    })  # fmt: skip
    leaders = [t.model_copy(update={"patience": 2.0}) for t in case.strategies[0].tracks]
    case = case.model_copy(
        update={"strategies": [case.strategies[0].model_copy(update={"tracks": leaders})]}
    )
    found = table(case, 1).iloc[0]
    assert (found["venue"], found["cause"]) == ("hall", "linkage")
    assert pd.isna(found["mandate_month"])


@pytest.mark.parametrize("engine", ENGINES)
def test_an_item_with_its_twin_is_the_item_alone_to_the_last_bit(engine):
    """Identical items and weights; also where adopted texts spill over onto other tracks."""
    for number in range(0, 12 if engine == "ensemble" else 3):
        case = seeded_setting(number, 5)
        alone = schema.Strategy(name="alone", tracks=[schema.Track(initiative="one", venue="beta")])
        twins = parse_strategy("one&one@beta")
        case = case.model_copy(update={"strategies": [alone, twins]})
        found = table(case, 4, number, engine)
        same = [column for column in found.columns
                if column not in ("strategy", "track", "track_name")]  # fmt: skip
        single = found.loc[found["strategy"] == "alone", same].reset_index(drop=True)
        for track in (0, 1):
            item = (found["strategy"] == "one&one@beta") & (found["track"] == track)
            assert found.loc[item, same].reset_index(drop=True).equals(single), number


@pytest.mark.parametrize(("rounds", "found"), [(2, []), (3, ["underway"])])
def test_the_items_of_a_package_share_one_mandate(rounds, found):
    begun = [schema.Underway(mandate=True, rounds=n) for n in (2, rounds)]
    tracks = [TRACK | {"underway": begun[0]}, TRACK | {"joined": 0, "underway": begun[1]}]
    case = small(cast("AAA"), tracks=tracks)
    assert [path[-1] for path, _ in findings(case)] == found
