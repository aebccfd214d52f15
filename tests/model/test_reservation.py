"""M2, M21, M22: what a text must be worth, alone and in a package, here and anywhere."""

from __future__ import annotations

import pytest

from helpers.generic import seeded_setting
from helpers.records import cast, opened, records_of, small
from helpers.settings import actor, figure, venue
from negotiation_sim.model import reservation as m
from negotiation_sim.model.satisfaction import satisfaction_of

TWO = [{"initiative": "one", "venue": "hall", "weight": 1.0},
       {"initiative": "one", "venue": "hall", "weight": 3.0, "joined": 0}]  # fmt: skip


def test_reservation_is_the_worth_of_what_is_in_force_and_the_margin():
    assert m.reservation(0.7, 0.05, 0.0) == pytest.approx(0.75)
    assert m.reservation(0.7, 0.0, 0.1) == pytest.approx(0.8)


def test_reservation_follows_from_position_and_status_quo():
    case = small(cast("AAA", ideal=0.6, margin=0.05), status_quo={"scope": figure(0.2)})
    model = opened(case)
    assert model.states[0].reservation_value(model.tracks[0]) == pytest.approx(0.6 + 0.05)


def test_an_initiative_may_have_a_status_quo_of_its_own():
    case = small(cast("AAA", ideal=0.6))
    plan = case.initiatives["one"].model_copy(update={"status_quo": {"scope": figure(0.5)}})
    case = case.model_copy(update={"initiatives": {"one": plan}})
    model = opened(case)
    assert model.states[0].reservation_value(model.tracks[0]) == pytest.approx(0.9 + 0.05)


def test_reservation_moves_with_trust():
    """In force is a text of form 0.5 and scope 0.65, of which 0.4 cannot be verified."""
    quo = {"form": figure(0.5), "scope": figure(0.65)}
    wary = actor("AAA", {"form": 0.0, "scope": 0.65}, verification_demand=1.0, trust=0.5)
    case = small([wary], process={"verification_cost": 1.0}, status_quo=quo)
    model = opened(case)
    state, track = model.states[0], model.tracks[0]
    distance = (0.5 * 0.25) ** 0.5
    assert state.reservation_value(track) == pytest.approx(1 - distance - 0.5 * 0.5 * 0.4 + 0.05)
    state.trust = 1.0
    model.state.run[0].ready = False
    assert state.reservation_value(track) == pytest.approx(1 - distance + 0.05)


def test_a_forum_refused_counts_there_and_not_when_a_text_is_joined():
    hall = venue("hall", convening={"AAA": figure(0.2)})
    model = opened(small(cast("AAA", "BBB"), hall))
    given, world, state, y = records_of(model)
    rho = [m.reservation_of(given, world, state, y, 0, i, 1.0) for i in range(2)]
    assert rho == pytest.approx([0.8 + 0.05 + 0.2, 0.85])
    joining = [m.item_reservation(given, world, state, y, 0, i) for i in range(2)]
    assert joining == pytest.approx([0.85, 0.85])


def test_part_of_the_margin_counts_where_told():
    model = opened(small(cast("AAA", margin=0.1)))
    given, world, state, y = records_of(model)
    found = [m.reservation_of(given, world, state, y, 0, 0, share) for share in (0.0, 0.5, 1.0)]
    assert found == pytest.approx([0.8, 0.85, 0.9])


def test_a_package_weighs_its_items_and_counts_the_margin_once():
    model = opened(small(cast("AAA", ideal=0.6), tracks=TWO, status_quo={"scope": figure(0.2)}))
    given, world, state, y = records_of(model)
    state.trial[0, 0], state.trial[1, 0] = 0.6, 0.5
    value = m.package_value(given, world, state, y, 0, 0, state.trial)
    assert value == pytest.approx(0.25 * 1.0 + 0.75 * 0.9)
    assert m.reservation_of(given, world, state, y, 0, 0, 1.0) == pytest.approx(0.6 + 0.05)


def test_weights_of_items_may_be_an_actors_own():
    tracks = [TWO[0] | {"weight": {"AAA": 3.0}}, TWO[1] | {"weight": {"AAA": 1.0}}]
    model = opened(small(cast("AAA", "BBB"), tracks=tracks))
    assert model.state.shares[:2].tolist() == [[0.75, 0.5], [0.25, 0.5]]


@pytest.mark.parametrize("number", range(20))
def test_reservation_without_margin_and_convening_is_the_worth_of_the_status_quo(number):
    model = opened(seeded_setting(number), belief=number)
    given, world, state, y = records_of(model)
    for track in model.tracks:
        for i in range(len(model.states)):
            rho = m.item_reservation(given, world, state, y, track.number, i)
            q, margin = world.quo[track.initiative], state.actors.margin[i]
            assert rho == satisfaction_of(given, world, state, y, i, track.initiative, q) + margin
