"""M6 at its edges: accepting is unweighed, going along spreads and stops, standing alone costs."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.records import opened, small
from helpers.settings import actor, venue
from negotiation_sim.model import response as m
from negotiation_sim.model.decisions import ACCEPT
from negotiation_sim.model.terms import DecisionRule

ACCEPTS, ALONG, OBJECTS, ABSENT = m.ACCEPTS, m.GOES_ALONG, m.OBJECTS, m.ABSENT
CONSENSUS = int(DecisionRule.CONSENSUS)


def test_standing_alone_costs_the_capable_less():
    assert m.standing_alone(0.2, 0.25) == pytest.approx(0.15)
    assert m.standing_alone(0.2, 1.0) == m.standing_alone(0.0, 0.5) == 0.0


def test_a_deficit_is_weighed_by_the_stake():
    assert m.weighed_deficit(0.5, 0.8, 0.6) == pytest.approx(0.1)
    assert m.weighed_deficit(0.5, 0.6, 0.8) == pytest.approx(-0.1)


@given(st.floats(1e-3, 1.0), st.floats(-2.0, 2.0), st.floats(-2.0, 2.0))
def test_whether_a_text_is_accepted_is_unweighed(weight, aspiration, value):
    assert (m.weighed_deficit(weight, aspiration, value) <= 0.0) is (value >= aspiration)


def test_going_along_is_strict_at_what_standing_alone_costs():
    assert not m.goes_along(0.0625, 0.125, 0.5)
    assert m.goes_along(math.nextafter(0.0625, 0.0), 0.125, 0.5)
    assert not m.goes_along(5e-324, 0.0, 1.0) and not m.goes_along(0.01, 1.0, 0.0)


def seated(n: int, ties=(), hall=None, **stakes: float):
    """Return a model of n states of equal capability in one venue, with their ties and stakes."""
    names = [f"A{chr(65 + i)}X" for i in range(n)]
    actors = [actor(name, {"scope": 0.2}, stake=stakes.get(name, 1.0)) for name in names]
    pairs = [(names[a], names[b], weight) for a, b, weight in ties]
    return opened(small(actors, hall or venue("hall", isolation=0.2), affinity=pairs))


def respond(model, deficits: list[float], rule: int = CONSENSUS) -> list[int]:
    """Return what members respond when a text falls short by so much."""
    given_, world, state = model.given, model.world, model.state
    m.take_limits(given_, world, state, 0)
    state.asked.deficit[:] = deficits
    m.answer(given_, state, 0, 0, ACCEPT, rule, True)
    return state.asked.response.tolist()


def test_equal_weights_without_ties():
    """Limit 0.2 * (1 - 1/4) = 0.15; two of the three others accept: 0.1."""
    model = seated(4)
    assert respond(model, [0.0, -0.1, 0.09, 0.3]) == [ACCEPTS, ACCEPTS, ALONG, OBJECTS]
    assert respond(model, [0.0, -0.1, 0.11, 0.3]) == [ACCEPTS, ACCEPTS, OBJECTS, OBJECTS]


def test_going_along_makes_it_costlier_to_object():
    """The third alone would object at 0.12: with the fourth along it is 3/3 of 0.15."""
    model = seated(4)
    assert respond(model, [0.0, 0.0, 0.12, 0.3]) == [ACCEPTS, ACCEPTS, OBJECTS, OBJECTS]
    assert respond(model, [0.0, 0.0, 0.12, 0.09]) == [ACCEPTS, ACCEPTS, ALONG, ALONG]


def test_nobody_goes_along_with_nobody():
    assert respond(seated(3), [0.01, 0.01, 0.01]) == [OBJECTS] * 3


def test_ties_weigh_by_affinity_times_stake():
    """The first is tied to the second (0.6) and third (0.2); the third has half a stake."""
    ties = [(0, 1, 0.6), (0, 2, 0.2)]
    model = seated(4, ties, ACX=0.5)
    limit = 0.2 * 0.75
    weights = 0.6 * 1.0, 0.2 * (0.1 + 0.9 * 0.5)
    share = weights[1] / sum(weights)
    far, near = limit * share * 1.001, limit * share * 0.999
    assert respond(model, [near, 0.9, 0.0, 0.9])[0] == ALONG
    assert respond(model, [far, 0.9, 0.0, 0.0])[0] == OBJECTS, "the fourth is no tie"


def test_ties_to_who_is_no_member_do_not_count():
    hall = venue("hall", isolation=0.2, members=["AAX", "ABX", "ADX"])
    model = seated(4, [(0, 2, 1.0)], hall)
    limit = 0.2 * 0.75
    assert respond(model, [limit * 0.49, 0.0, 0.0, 0.9]) == [ALONG, ACCEPTS, ABSENT, OBJECTS]


def test_the_only_member_stands_alone():
    model = seated(2, hall=venue("hall", isolation=1.0, members=["AAX"]))
    assert respond(model, [1e-9, 0.0]) == [OBJECTS, ABSENT]
    assert respond(model, [0.0, 0.0]) == [ACCEPTS, ABSENT]


def test_it_spreads_at_most_ten_times():
    """A row of fourteen: each is moved by the one before it."""
    ties = [(i, i + 1, 1.0) for i in range(13)]
    found = respond(seated(14, ties), [0.0] + [1e-6] * 13)
    assert found == [ACCEPTS] + [ALONG] * 10 + [OBJECTS] * 3


def test_under_opt_in_nobody_goes_along():
    rule = int(DecisionRule.OPT_IN)
    assert respond(seated(3), [0.0, 0.0, 1e-9], rule) == [ACCEPTS, ACCEPTS, OBJECTS]


@pytest.mark.parametrize("deficit", [0.0, math.nextafter(0.0, 1.0)])
def test_accepting_is_met_exactly(deficit):
    model = seated(1)
    assert respond(model, [deficit]) == [ACCEPTS if deficit == 0.0 else OBJECTS]


@given(st.lists(st.floats(-0.2, 0.3), min_size=2, max_size=8), st.data())
def test_who_would_accept_less_never_loses_a_text_support(deficits, data):
    """Lower deficits of one member: nobody who was behind the text objects to it now."""
    model = seated(len(deficits))
    before = respond(model, deficits)
    i = data.draw(st.integers(0, len(deficits) - 1))
    deficits[i] -= data.draw(st.floats(0.0, 0.3))
    after = respond(model, deficits)
    assert all(b != OBJECTS for a, b in zip(before, after, strict=True) if a != OBJECTS)
