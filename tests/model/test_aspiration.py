"""M3 at its edges: the pace of a venue, the fall by a deadline, and what a state insists on."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.records import TRACK, actor, opened, records_of, small
from helpers.settings import figure, venue
from negotiation_sim.catalogue import schema
from negotiation_sim.model import aspiration as m

unit = st.floats(0.0, 1.0)


def test_pace_grows_with_informality():
    assert m.venue_pace(0.05, 1.0, 0.0) == 0.05
    assert m.venue_pace(0.05, 1.0, 0.5) == pytest.approx(0.075)
    assert m.venue_pace(0.05, 0.0, 0.5) == 0.05


def test_a_deadline_takes_its_part_at_the_end_of_the_term():
    assert m.deadline_fall(0.0, 0.8, 3.0) == 1.0, "without a term"
    assert m.deadline_fall(0.5, 0.8, 3.0) == pytest.approx(1.0 - 0.8 / 8)
    assert m.deadline_fall(1.0, 0.8, 3.0) == pytest.approx(0.2)
    assert m.deadline_fall(1.0, 1.0, 0.1) == 0.0


def test_insistence_by_hand():
    # exponent 2 * 0.1 * 10 / (1 + 1 * 1) = 1
    assert m.insistence(2.0, 0.1, 10.0, 1.0, 1.0, 0.5) == pytest.approx(0.5 / math.e)
    assert m.insistence(1.0, 0.1, 0.0, 1.0, 0.5, 1.0) == 1.0
    assert m.insistence(1.0, 0.1, 1e9, 1.0, 0.5, 1.0) == 0.0


def test_broad_texts_are_slower_and_breadth_zero_makes_scope_idle():
    narrow, broad = (m.insistence(1.0, 0.1, 5.0, 1.0, scope, 1.0) for scope in (0.0, 0.9))
    assert broad > narrow
    assert m.insistence(1.0, 0.1, 5.0, 0.0, 0.9, 1.0) == narrow


def test_aspiration_falls_from_the_best_of_the_mandate_to_the_reservation_value():
    assert m.aspiration(0.5, 0.9, 1.0) == pytest.approx(0.9)
    assert m.aspiration(0.5, 0.9, 0.25) == pytest.approx(0.6)
    assert m.aspiration(0.5, 0.9, 0.0) == 0.5
    assert m.aspiration(0.5, 0.4, 1.0) == m.aspiration(0.5, 0.5, 1.0) == 0.5


@given(st.floats(0.0, 2.0), st.floats(-1.0, 2.0), unit, unit)
def test_aspiration_stays_between_reservation_value_and_best_and_never_rises(rho, best, f, g):
    low, high = sorted((f, g))
    less, more = m.aspiration(rho, best, low), m.aspiration(rho, best, high)
    assert rho <= less <= more + 1e-15
    assert more <= max(rho, best) + 1e-15
    assert m.aspiration(rho, best, 1.0) == pytest.approx(max(rho, best))


def insisting(rounds: int, **options):
    """Return what a state that wants 0.9 insists on after some rounds; the box holds all."""
    begun = TRACK | {"underway": schema.Underway(mandate=True, rounds=rounds)}
    wants = actor("AAA", {"scope": 0.9}, flexibility=2.0)
    model = opened(small([wants], options.pop("hall", None), [begun], text={"scope": 0.5},
                         process={"pace": 0.1, **options}))  # fmt: skip
    return model, model.states[0].aspiration(model.tracks[0])


def test_what_a_state_insists_on_by_hand():
    """rho 0.15, best 1; pace 0.1 * 1.5, flexibility 2, breadth 1 at scope 0.5: r / 5."""
    for rounds in (0, 3, 50):
        found = insisting(rounds)[1]
        assert found == pytest.approx(0.15 + 0.85 * math.exp(-rounds * 0.3 / 1.5))


def test_a_term_that_runs_out_takes_its_part():
    hall = venue("hall", term_months=figure(10.0))
    model, early = insisting(0, hall=hall)
    assert model.tracks[0].term_rounds == 11, "months 0 to 10"
    track, (given_, world, state, y) = model.state.tracks, records_of(model)
    found = []
    for used in (0, 5, 11, 14):
        track.term_used[0] = used
        found.append(m.aspiration_of(given_, world, state, y, 0, 0, 1.0))
    assert found[0] == early == pytest.approx(1.0)
    assert found[1] == pytest.approx(0.15 + 0.85 * (1 - 0.8 * (5 / 11) ** 3))
    assert found[2] == found[3] == pytest.approx(0.15 + 0.85 * 0.2)


def test_the_broadest_item_slows_a_package():
    tracks = [TRACK, TRACK | {"joined": 0}]
    model = opened(small([actor("AAA", {"scope": 0.9})], tracks=tracks))
    state = model.state
    state.text[0, 0], state.text[1, 0] = 0.3, 0.7
    assert m.breadth_of(model.given, state, 0) == 0.7
    state.text[0, 0] = 0.8
    assert m.breadth_of(model.given, state, 0) == 0.8


def test_a_venue_that_is_led_is_quicker():
    assert m.led(0.03, 1.0, 0.25) == 0.03, "the record so far"
    assert m.led(0.03, 16.0, 0.25) == pytest.approx(0.06)
    assert m.led(0.03, 16.0, 0.0) == 0.03
    assert m.led(0.03, 0.0, 0.25) == 0.0, "nobody concedes where nobody leads"


def test_leadership_counts_where_a_track_sits():
    hall = venue("hall", leadership=16.0, informality=0.5)
    case = small(
        [actor("AAA", {"scope": 0.2})], hall, process={"pace": 0.02, "leadership_effect": 0.5}
    )
    assert opened(case).state.tracks.pace[0] == pytest.approx(0.02 * 1.5 * 4.0)
