"""M11: urgency fades by its half-life; tests are thinned by what binds their author."""

from __future__ import annotations

import math

import pytest

from helpers.records import cast, model_of, small
from negotiation_sim.model import events as m
from negotiation_sim.model.state import ACCIDENT, NOBODY


@pytest.mark.parametrize("half_life", [1.0, 20.0, 120.0])
def test_urgency_halves_in_its_half_life(half_life):
    assert m.urgency_decay(half_life) ** half_life == pytest.approx(0.5, rel=1e-12)


AUTHORS = {"test_propensity": 1.0}


def bound_model(bound: float, **process: float):
    """Return a model of one state that authors a test every month, bound as told."""
    every = {"event_rate": 1.0, "deliberate_share": 1.0, "trust_return": 0.0}
    case = small(cast("AAA", **AUTHORS), process=every | process)
    model = model_of(case)
    model.states[0].bound = bound
    return model


def test_a_test_goes_ahead_exactly_from_the_draw_that_what_binds_allows():
    model = bound_model(0.0)
    draw = float(model.world.months.thinning[0])
    for bound, tests in ((math.nextafter(draw, 1.0), 0), (draw, 1), (0.0, 1)):
        model = bound_model(bound)
        m.happen(model.world, model.state, 0)
        assert (model.state.run[0].events, model.state.run[0].avoided) == (tests, 1 - tests)


@pytest.mark.parametrize(
    ("bound", "trust", "violations"), [(0.0, 0.5 - 0.05, 0), (1e-9, 0.5 - 0.15, 1)]
)
def test_a_broken_promise_costs_more_than_a_test(bound, trust, violations):
    model = bound_model(bound)
    m.happen(model.world, model.state, 0)
    assert model.states[0].trust == pytest.approx(trust)
    assert model.state.run[0].violations == violations


def test_urgency_may_stand_in_the_first_month_and_fades():
    for opening in (0.0, 0.6):
        model = bound_model(0.0, opening_urgency=opening, event_rate=0.0, urgency_half_life=2.0)
        assert model.state.run[0].urgency == opening
        model.step()
        assert model.state.run[0].urgency == pytest.approx(opening * 0.5**0.5)


def test_urgency_fades_first_and_stops_at_one():
    model = bound_model(0.0, event_urgency=0.3, urgency_half_life=1.0)
    model.state.run[0].urgency = 0.8
    m.happen(model.world, model.state, 0)
    assert model.state.run[0].urgency == pytest.approx(0.4 + 0.3)
    full = bound_model(0.0, event_urgency=0.9)
    for month in range(3):
        m.happen(full.world, full.state, month)
    assert full.state.run[0].urgency == 1.0


def test_a_test_called_off_moves_nothing():
    model = bound_model(1.0)
    m.happen(model.world, model.state, 0)
    assert model.state.run[0].urgency == 0.0 and model.states[0].trust == 0.5


def test_where_nobody_has_a_propensity_events_are_accidents_without_author():
    case = small(cast("AAA"), process={"event_rate": 1.0, "deliberate_share": 1.0})
    months = model_of(case).world.months
    assert set(months.event) == {ACCIDENT} and set(months.author) == {NOBODY}


def pressed(form: float, draw: float):
    """Return a model after a crisis whose draw is told; 0.3 would interfere, 0.2 breach what binds."""
    process = {
        "crisis_rate": 1.0, "breach_probability": 0.2, "interference_probability": 0.3,
        "norm_half_life": 1000.0,
    }  # fmt: skip
    model = model_of(small(cast("AAA"), process=process), record=True)
    model.states[0].bound_form = form
    model.world.months.crisis[0] = draw
    m.happen(model.world, model.state, 0)
    run = model.state.run[0]
    assert model.events[0]["kind"] == "crisis"
    return run.incidents, run.violations, run.avoided, model.states[0].trust


@pytest.mark.parametrize(
    ("form", "draw", "counted", "lost"),
    [
        (-1.0, 0.29, (1, 0, 0), 0.05), (-1.0, 0.3, (0, 0, 0), 0.0),
        (0.5, 0.19, (0, 1, 0), 0.15), (0.5, 0.2, (0, 0, 1), 0.0), (0.5, 0.3, (0, 0, 0), 0.0),
    ],
)  # fmt: skip
def test_a_crisis_costs_trust_and_on_the_same_draw_what_binds_spares_an_incident(
    form, draw, counted, lost
):
    *found, trust = pressed(form, draw)
    assert tuple(found) == counted
    assert trust == pytest.approx(0.5 - 0.1 - lost)
