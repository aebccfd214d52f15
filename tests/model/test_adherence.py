"""M19: how a breach depends on form, and what binds from the next month."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.records import model_of, small
from helpers.settings import actor
from negotiation_sim.model import adherence as m
from negotiation_sim.model.state import OUTSIDE, PARTY


def chance(breach: float, by_form: float, form: float, years=0.0, half_life=10.0, unbound=1.0):
    return m.breach_chance(breach, by_form, form, years, half_life, unbound)


def test_breach_turns_on_the_sign_of_its_dependence_on_form():
    assert chance(0.15, 0.0, 0.9) == 0.15
    assert chance(0.15, 0.3, 0.8) == pytest.approx(0.24)
    assert chance(0.15, -0.3, 0.8) == pytest.approx(0.06)
    assert chance(0.15, 1.0, 0.5) == 0.15
    assert chance(0.15, -1.0, 1.0) == 0.0
    assert chance(0.9, 1.0, 1.0) == 1.0


def test_a_norm_that_has_aged_is_kept_better():
    assert chance(0.2, 0.0, 0.5, years=10.0) == pytest.approx(0.1)
    assert chance(0.2, 0.0, 0.5, years=5.0, half_life=2.5) == pytest.approx(0.05)


def test_what_binds_makes_nothing_worse_than_nothing_would():
    assert chance(0.9, 0.0, 0.5, unbound=0.3) == 0.3
    assert chance(0.9, 0.0, 0.5, years=20.0, unbound=0.3) == pytest.approx(0.225)
    assert chance(0.9, 0.0, 0.5, unbound=0.0) == 0.0


@given(*[st.floats(0.0, 1.0)] * 2, st.floats(-1.0, 1.0), *[st.floats(0.0, 50.0)] * 2)
def test_a_breach_never_grows_with_the_age_of_the_norm(breach, unbound, by_form, a, b):
    young, old = sorted((a, b))
    found = [chance(breach, by_form, 0.8, years, 7.0, unbound) for years in (young, old)]
    assert 0.0 <= found[1] <= found[0] <= unbound


def adopted(*parties: bool, text: float = 0.2, pledged=()):
    """Return a model whose one track is in force for some actors."""
    actors = [
        actor(name, {"form": text}, capability=2.0) for name, _ in zip(NAMES, parties, strict=False)
    ]
    model = model_of(small(actors, text={"form": text}))
    track = model.state.tracks
    track.force[0] = 1 if any(parties) else -1
    for i, party in enumerate(parties):
        model.state.standing.status[0, i] = PARTY if party else OUTSIDE
        model.state.standing.pledged[0, i] = i in pledged
    m.bind(model.given, model.world, model.state, 4)
    return model


NAMES = ("AAA", "BBB", "CCC", "DDD")


def test_parties_to_a_text_in_force_are_bound_by_its_form():
    model = adopted(True, False, text=0.3)
    assert [state.bound for state in model.states] == [0.8, 0.0]
    assert [state.bound_form for state in model.states] == [0.3, -1.0]


def test_a_pledge_binds_until_the_text_is_in_force():
    model = adopted(False, False, False, False, pledged=(0,))
    assert [state.bound for state in model.states] == [0.5, 0.0, 0.0, 0.0]
    assert model.state.run[0].pledge_share == 0.25
    assert model.states[1].trust_baseline == pytest.approx(0.5 + 0.1 * 0.25)
    assert adopted(True, False, pledged=(1,)).states[1].bound == 0.0


@pytest.mark.parametrize("months", [0, 60])
def test_a_breach_needs_a_draw_strictly_below_its_chance(months):
    """From month 5 on it is bound; the norm halves its breach in ten years."""
    model = adopted(True, False)
    assert model.states[0].bound_since == 5
    now = chance(0.15, 0.0, 0.2, months / 12, 10.0, 0.5)
    for draw, breaks in ((math.nextafter(now, 0.0), True), (now, False)):
        model.world.months.crisis[5 + months] = draw
        assert (
            bool(
                m.breaks(
                    model.world, model.state, 0, 5 + months, model.world.months.crisis[5 + months]
                )
            )
            is breaks
        )


def test_a_norm_keeps_its_age_while_anything_binds_and_begins_anew_after():
    model = adopted(False, False, pledged=(0,))
    tracks, standing = model.state.tracks, model.state.standing
    tracks.force[0] = 9
    standing.status[0, 0] = PARTY
    m.bind(model.given, model.world, model.state, 8)
    assert (model.states[0].bound, model.states[0].bound_since) == (0.8, 5)
    standing.status[0, 0] = OUTSIDE
    m.bind(model.given, model.world, model.state, 10)
    assert model.states[0].bound_form == -1.0
    standing.status[0, 0] = PARTY
    m.bind(model.given, model.world, model.state, 12)
    assert model.states[0].bound_since == 13


def test_a_pledge_binds_by_the_form_of_its_own_text():
    model = adopted(False, text=0.6, pledged=(0,))
    assert model.states[0].bound_form == 0.1, "voluntary unless its file says"


def test_what_was_gained_counts_once():
    model = adopted(False)
    model.state.run[0].pending_bonus = 0.125
    for t in range(2):
        m.bind(model.given, model.world, model.state, t)
    assert model.state.run[0].trust_bonus == 0.125
    assert model.states[0].trust_baseline == 0.625


def test_a_court_or_consultations_settle_disputes_whichever_does_more():
    assert m.settled_by(0.8, 0.0, 0.8) == 0.0, "a treaty alone"
    assert m.settled_by(0.9, 0.0, 0.8) == pytest.approx(0.5)
    assert m.settled_by(1.0, 0.0, 0.8) == pytest.approx(1.0)
    assert m.settled_by(0.2, 0.15, 0.8) == pytest.approx(0.5)
    assert m.settled_by(0.9, 0.6, 0.8) == 1.0
    assert m.settled_by(1.0, 0.0, 1.0) == 0.0, "no form is left above such a limit"


def test_what_settles_disputes_takes_its_part_of_the_breaches():
    assert m.unsettled(0.2, 0.5, 0.5) == pytest.approx(0.15)
    assert m.unsettled(0.2, 1.0, 1.0) == 0.0
    assert m.unsettled(0.2, 0.0, 1.0) == 0.2


def test_adherence_holds_less_back_where_interference_is_allowed():
    assert m.held_back(0.8, 0.5, 1.0) == 0.8
    assert m.held_back(0.8, 0.5, 0.5) == pytest.approx(0.6)
    assert m.held_back(0.8, 1.0, 0.0) == 0.0
    assert m.held_back(0.8, 0.0, 0.0) == 0.8


def in_force(text: dict[str, float], **process: float):
    """Return a model whose one track is in force for its one actor."""
    model = model_of(small([actor("AAA", text)], text=text, process=process))
    model.state.tracks.force[0] = 1
    model.state.standing.status[0, 0] = PARTY
    m.bind(model.given, model.world, model.state, 4)
    return model


def test_what_the_text_in_force_says_of_interference_and_disputes_counts():
    text = {"form": 0.95, "verification": 0.06, "interference": 0.25}
    model = in_force(text, interference_gap=0.4, settlement_effect=0.5)
    assert model.states[0].bound == pytest.approx(0.8 * (1.0 - 0.4 * 0.75))
    assert model.states[0].settles == pytest.approx(0.75)
    now = chance(0.15, 0.0, 0.95, 0.0, 10.0, 0.5) * (1.0 - 0.5 * 0.75)
    for draw, breaks in ((now - 1e-9, True), (now + 1e-9, False)):
        model.world.months.crisis[5] = draw
        assert (
            bool(m.breaks(model.world, model.state, 0, 5, model.world.months.crisis[5])) is breaks
        )


def test_where_interference_is_no_issue_adherence_holds_all_back_that_it_does():
    assert in_force({"form": 0.2}, interference_gap=1.0).states[0].bound == 0.8
