"""M9 at its edges: how many rounds a month holds, from when, and a session's mandate."""

from __future__ import annotations

import pytest

from helpers.records import TRACK, cast, model_of, small
from helpers.settings import venue
from negotiation_sim.catalogue import schema
from negotiation_sim.model import calendar as m
from negotiation_sim.model.forum_shift import sit


@pytest.mark.parametrize(
    ("weeks", "rounds"), [(0.0, 0), (0.1, 1), (1.9, 1), (2.0, 1), (3.9, 1), (4.0, 2), (5.0, 2)]
)
def test_a_month_that_meets_holds_a_round_at_least(weeks, rounds):
    assert m.rounds_in_month(weeks, 2.0) == rounds


def rounds(hall, months: int, **track):
    """Return how many rounds each of the first months holds for a track, seated in month 0."""
    begun = TRACK | {"underway": schema.Underway(mandate=True)} | track
    model = model_of(small(cast("AAA"), hall, [begun], start="2009-10"))
    sit(model.world, model.state, 0, 0, 0)
    return [
        m.rounds_now(model.given, model.world, model.state, 0, t) for t in range(months)
    ], model.state.tracks


def test_a_venue_meets_in_the_months_of_its_calendar():
    weeks = schema.Calendar(weeks={10: 2.0, 1: 5.0, 2: 0.5}, basis="assumed", note="test")
    assert rounds(venue("hall", calendar=weeks), 13)[0] == [1, 0, 0, 2, 1, *[0] * 7, 1]


@pytest.mark.parametrize(("months", "first"), [(0.0, 0), (2.0, 2), (2.5, 3)])
def test_none_is_held_before_the_venue_is_set_up(months, first):
    assert rounds(venue("hall", setup_months=months), 4)[0] == [0] * first + [1] * (4 - first)


@pytest.mark.parametrize(("term", "mandated"), [("none", True), ("session", False)])
def test_a_sessions_mandate_lapses_with_the_calendar_year(term, mandated):
    hall = venue("hall", mandate_term=term)
    case = small(
        cast("AAA"), hall, [TRACK | {"underway": schema.Underway(mandate=True)}], start="2009-10"
    )
    model = model_of(case)
    sit(model.world, model.state, 0, 0, 0)
    model.state.tracks.mandate_year[0] = (9 + 0) // 12
    kept = []
    for t in range(4):
        m.rounds_now(model.given, model.world, model.state, 0, t)
        kept.append(bool(model.state.tracks.mandated[0]))
    assert kept == [True, True, True, mandated]
