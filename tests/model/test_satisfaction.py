"""M1 at its edges: cost terms, distances, what fades near the status quo, and what is compared."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.generic import seeded_setting
from helpers.records import cast, opened, records_of, small
from helpers.settings import actor, figure, initiative
from negotiation_sim.model import satisfaction as m1
from negotiation_sim.model.state import FORM, SCOPE, VERIFICATION

unit = st.floats(0.0, 1.0)
TREATY = {"form": 0.8, "scope": 0.65, "unverified": 1.0, "weapons_scope": 0.9}
NOTHING = {"coefficient": 0.0, "sees": 0.25, "shield": 0.0, "aside": 0.0}


def cost(**changes: float) -> float:
    return m1.cost_of_terms(**(TREATY | NOTHING | changes))


# Costs


def test_trust_lowers_what_unverified_scope_costs():
    assert m1.verification_coefficient(0.5, 0.5, 2.0) == 0.5
    assert m1.verification_coefficient(0.5, 1.0, 2.0) == 0.0
    assert m1.verification_coefficient(0.0, 0.0, 2.0) == 0.0


def test_verification_costs_a_binding_text_beyond_what_an_actor_sees():
    # 0.5 * 0.8 * (0.65 - 0.25)
    assert cost(coefficient=0.5) == pytest.approx(0.16, abs=1e-15)
    assert cost(coefficient=0.5, unverified=0.75) == pytest.approx(0.12, abs=1e-15)
    assert cost(coefficient=0.5, unverified=0.0) == cost(coefficient=0.5, form=0.0) == 0.0


def test_what_an_actor_sees_is_the_edge():
    assert cost(coefficient=0.5, scope=0.25) == cost(coefficient=0.5, sees=0.9) == 0.0
    assert cost(coefficient=0.5, scope=math.nextafter(0.25, 1.0)) > 0.0


def test_missile_defence_costs_form_times_scope():
    assert cost(shield=0.15) == pytest.approx(0.15 * 0.8 * 0.65)
    assert cost(shield=0.15, scope=0.0) == cost(shield=0.15, form=0.0) == 0.0


def test_what_a_narrow_text_sets_aside_festers():
    assert cost(aside=0.05) == pytest.approx(0.05 * 0.25)
    assert cost(aside=0.05, scope=0.9) == cost(aside=0.05, scope=1.0) == 0.0


def test_the_cost_of_a_text_is_the_sum_of_its_three_terms():
    total = cost(coefficient=0.5, shield=0.15, aside=0.05)
    assert total == pytest.approx(0.16 + 0.078 + 0.0125, abs=1e-15)


def test_own_technical_means_see_farther():
    """Two states alike but for their means: 0.25 and 0.25 + 0.2 of a scope of 0.65 are seen."""
    actors = [
        actor(name, {"form": 0.0, "scope": 0.0}, verification_demand=1.0, technical_means=means)
        for name, means in (("AAA", 0.0), ("BBB", 0.2))
    ]
    model = opened(small(actors, process={"verification_cost": 1.0}))
    costs = [m1.terms_of(model.given, model.world, model.state, i, [0.8, 0.65]) for i in range(2)]
    assert costs == pytest.approx([0.5 * 0.8 * 0.4, 0.5 * 0.8 * 0.2])


@pytest.mark.parametrize("issues", [("form",), ("other",), ("verification", "other")])
def test_without_scope_no_term_costs_anything(issues):
    actors = [actor("AAA", dict.fromkeys(issues, 0.5), weapons_concern=1.0,
                    missile_defence_stake=1.0, verification_demand=1.0)]  # fmt: skip
    dear = {"fester": 1.0, "verification_cost": 1.0, "missile_defence_cost": 1.0}
    model = opened(small(actors, process=dear))
    assert m1.terms_of(model.given, model.world, model.state, 0, [1.0] * len(issues)) == 0.0


def test_parts_of_absent_issues_are_zero():
    given_ = opened(small([actor("AAA", {"scope": 0.5, "form": 0.1})])).given
    text = [0.3, 0.7]
    assert [m1.part_of(given_, text, role) for role in (FORM, SCOPE, VERIFICATION)] == [
        0.7, 0.3, 0.0,
    ]  # fmt: skip


# Distances and satisfaction


def test_weighted_distance_by_hand():
    # 0.5 * (0.6^2 + 0.8^2)
    assert m1.distance_squared([1.0, 0.0], [0.4, 0.8], [0.5, 0.5]) == pytest.approx(0.5)
    assert m1.distance_squared([0.2, 0.3], [0.2, 0.9], [1.0, 0.0]) == 0.0


def test_only_where_a_text_stays_below_a_position_is_it_weaker():
    # 0.25 * 0.4^2; the second issue lies above
    assert m1.weaker_than([0.2, 0.9], [0.6, 0.1], [0.25, 0.75]) == pytest.approx(0.04)
    assert m1.weaker_than([0.6, 0.9], [0.6, 0.1], [0.5, 0.5]) == 0.0


def test_satisfaction_counts_only_what_a_text_adds_and_stops_at_zero():
    assert m1.satisfaction(0.3, 0.2, 0.1) == pytest.approx(0.6)
    assert m1.satisfaction(0.3, 0.1, 0.2) == 0.7  # a cheaper text is no bonus
    assert m1.satisfaction(0.0, 0.1, 0.1) == 1.0
    assert m1.satisfaction(0.5, 0.5, 0.0) == m1.satisfaction(0.9, 0.2, 0.0) == 0.0


# Near the status quo


def test_nearness_is_zero_at_the_status_quo_and_whole_from_a_tenth():
    assert m1.nearness(0.0) == 0.0
    assert m1.nearness(0.05 * 0.05) == pytest.approx(0.5)
    assert m1.nearness(0.1 * 0.1) == m1.nearness(1.0) == 1.0
    assert m1.nearness(math.nextafter(0.1 * 0.1, 0.0)) == pytest.approx(1.0, abs=1e-12)


@given(unit, unit)
def test_nearness_never_falls_with_distance(a, b):
    low, high = sorted((a, b))
    assert 0.0 <= m1.nearness(low) <= m1.nearness(high) <= 1.0


def test_disputed_costs_have_either_sign():
    assert m1.disputed_cost(0.4, 0.25, 0.3, 0.2) == pytest.approx(0.4 * 0.5 + 0.06)
    assert m1.disputed_cost(-0.4, 0.25, -0.3, 0.2) == pytest.approx(-0.26)
    assert m1.disputed_cost(0.0, 0.25, 0.0, 0.2) == 0.0


def test_a_text_is_at_odds_with_treaties_below_the_treaty_threshold():
    assert m1.odds_of(0.35, 0.45, 0.5) == pytest.approx(0.45 * 0.3)
    assert m1.odds_of(0.0, 0.45, 0.5) == 0.45
    assert m1.odds_of(0.5, 0.45, 0.5) == m1.odds_of(0.9, 0.45, 0.5) == 0.0
    assert m1.odds_of(0.0, 0.45, 0.0) == 0.0


def test_worth_fades_the_urge_and_what_is_disputed_alike():
    assert m1.worth(0.6, 0.5, 0.2, 0.06) == pytest.approx(0.67)
    assert m1.worth(0.6, 0.0, 5.0, -5.0) == 0.6


def test_disposition_by_hand():
    # 0.3 * 0.5 * 0.4 + 0.02 - 0.05
    assert m1.disposition(0.3, 0.5, 0.4, 0.02, -0.05) == pytest.approx(0.03)


@pytest.mark.parametrize("number", range(30))
def test_what_is_in_force_is_worth_its_satisfaction_whatever_disposes(number):
    """``v(q) = u(q)``: urges, gaps, foreclosure and conflict are gone at the status quo."""
    model = opened(seeded_setting(number), belief=number)
    given_, world, state, y = records_of(model)
    for track in model.tracks:
        quo = world.quo[track.initiative]
        for i in range(len(model.states)):
            content = m1.satisfaction_of(given_, world, state, y, i, track.initiative, quo)
            assert m1.value_of(given_, world, state, y, track.number, i, quo) == content


@pytest.mark.parametrize("number", range(30))
def test_satisfaction_is_a_share_and_whole_at_a_position_that_leaves_nothing(number):
    model = opened(seeded_setting(number), belief=number)
    for state in model.states:
        for track in model.tracks:
            assert 0.0 <= state.satisfaction(track.text, track) <= 1.0
            if not model.given.initiatives.leaves[track.initiative]:
                assert state.satisfaction(state.position, track) == 1.0


def one_gap(leaves: list[str], text: float):
    """Return what a text is worth to a state that fears debris by half; fester is 0.2."""
    plan = initiative("one", {"scope": text}, binding=False, leaves=leaves)
    model = opened(small(cast("AAA", ideal=text, debris_concern=0.5), plan=plan,
                         process={"fester": 0.2}))  # fmt: skip
    return model.states[0].satisfaction([text], model.tracks[0])


def test_each_gap_that_an_initiative_leaves_costs_who_fears_debris():
    assert one_gap([], 0.5) == 1.0
    assert one_gap(["ground_asat"], 0.5) == pytest.approx(0.9)
    assert one_gap(["ground_asat", "dual_use"], 0.5) == pytest.approx(0.8)
    assert one_gap(["ground_asat"], 0.05) == pytest.approx(1.0 - 0.5 * 0.1), "near what is in force"


# What is an agreement at all


@pytest.mark.parametrize(
    ("text", "quo", "agreement"),
    [
        (0.02, 0.0, False), (math.nextafter(0.02, 1.0), 0.0, True), (0.0, 0.0, False),
        (0.5, 0.5, False), (0.0, 0.5, True),
    ],
)  # fmt: skip
def test_a_text_near_to_what_is_in_force_is_no_agreement(text, quo, agreement):
    case = small(cast("AAA"), text={"scope": text}, status_quo={"scope": figure(quo)})
    model = opened(case)
    given_, world, state, _ = records_of(model)
    assert m1.is_agreement(given_, world, state, 0, state.text) is agreement


def test_each_text_of_a_package_must_differ():
    items = [{"initiative": "one", "venue": "hall"},
             {"initiative": "one", "venue": "hall", "joined": 0}]  # fmt: skip
    model = opened(small(cast("AAA"), tracks=items, text={"scope": 0.3}))
    given_, world, state, _ = records_of(model)
    assert m1.is_agreement(given_, world, state, 0, state.text)
    state.text[1, 0] = 0.02
    assert not m1.is_agreement(given_, world, state, 0, state.text)


def test_what_all_can_see_grows_with_the_years():
    assert m1.seen_by_all(0.25, m1.grown(0.0, 0.02, 0.0)) == 0.25
    assert m1.seen_by_all(0.25, m1.grown(0.0, 0.02, 30.0)) == pytest.approx(0.3)
    assert m1.seen_by_all(0.25, m1.grown(0.0, 0.0, 180.0)) == 0.25
    assert m1.grown(0.1, 0.02, 6.0) == pytest.approx(0.11)


def test_trust_above_its_own_baseline_makes_a_state_forthcoming_and_below_it_the_reverse():
    assert m1.goodwill(0.5, 0.7, 0.5) == pytest.approx(0.1)
    assert m1.goodwill(0.5, 0.4, 0.5) == pytest.approx(-0.05)
    assert m1.goodwill(0.0, 0.9, 0.1) == 0.0
