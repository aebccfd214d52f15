"""M9 at its edges: how many rounds a month holds, from when, and how long a mandate lasts."""

from __future__ import annotations

import pytest

from helpers.records import TRACK, cast, model_of, opened, small
from helpers.settings import venue
from negotiation_sim.catalogue import schema
from negotiation_sim.engine.agents import Policy
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
    return [m.rounds_now(model.given, model.world, model.state, 0, t) for t in range(months)]


def test_a_venue_meets_in_the_months_of_its_calendar():
    weeks = schema.Calendar(weeks={10: 2.0, 1: 5.0, 2: 0.5}, basis="assumed", note="test")
    assert rounds(venue("hall", calendar=weeks), 13) == [1, 0, 0, 2, 1, *[0] * 7, 1]


@pytest.mark.parametrize(("months", "first"), [(0.0, 0), (2.0, 2), (2.5, 3)])
def test_none_is_held_before_the_venue_is_set_up(months, first):
    assert rounds(venue("hall", setup_months=months), 4) == [0] * first + [1] * (4 - first)


def term(t: int = 0, start: str = "2009-10", plan: dict | None = None, **hall):
    """Return the last month, rounds and last session of a mandate given in month ``t``."""
    case = small(cast("AAA"), venue("hall", **hall), [TRACK | (plan or {})], start=start)
    model = opened(case)
    m.open_term(model.given, model.world, model.state, 0, t, t + 1)
    tracks = model.state.tracks
    return int(tracks.term_end[0]), int(tracks.term_rounds[0]), int(tracks.last_session[0])


TWICE = schema.Calendar(weeks={3: 4.0, 9: 2.0}, basis="assumed", note="test")
END = {"term_ends": "2010-05"}


@pytest.mark.parametrize(
    ("hall", "plan", "found"),
    [
        ({}, {}, (-1, 0)),
        ({"term_months": 3.0}, {}, (3, 3)),
        ({"term_months": 2.5}, {}, (3, 3)),
        ({"term_months": 3.0}, {"term_months": 5.0}, (5, 5)),
        ({"term_months": 3.0}, {"term_months": 0.0}, (-1, 0)),
        ({"mandate_term": "session"}, {}, (2, 2)),
        ({"mandate_term": "session", "term_months": 1.0}, {}, (1, 1)),
        ({"mandate_term": "session", "term_months": 24.0}, {}, (2, 2)),
        ({"term_ends": "2010-05"}, {}, (7, 7)),
        ({"term_ends": "2010-05", "term_months": 3.0}, {}, (3, 3)),
        ({"term_ends": "2012-05"}, END, (7, 7)),
        ({"term_months": 24.0, "calendar": TWICE}, {}, (24, 6)),
    ],
)  # fmt: skip
def test_a_term_ends_by_months_session_or_date_whichever_is_first(hall, plan, found):
    """From October 2009; two rounds in March, one in September where that is the calendar."""
    assert term(plan=plan, **hall)[:2] == found


def test_the_last_session_is_the_last_month_of_the_term_that_meets():
    assert term(term_months=24.0, calendar=TWICE)[2] == 23, "September 2011"
    assert term(term_months=22.0, calendar=TWICE)[2] == 17, "March 2011"
    assert term(term_months=1.0, calendar=TWICE)[1:] == (0, 0), "none is left"


def test_rounds_count_from_when_the_venue_is_set_up():
    assert term(term_months=6.0, setup_months=4.0)[1] == 3, "months 4 to 6"


def test_a_term_may_go_on_beyond_the_horizon():
    """Ten years are looked at; the calendar goes on as it was."""
    assert term(t=110, term_months=24.0) == (134, 24, 134)
    assert term(t=118, term_months=24.0, calendar=TWICE)[1] == 6


def under_way(**hall):
    """Return a model of talks under way in December 2009."""
    begun = TRACK | {"underway": schema.Underway(mandate=True, rounds=7)}
    case = small(cast("AAA", ideal=0.9, margin=1.0), venue("hall", isolation=0.0, **hall), [begun],
                 start="2009-12")  # fmt: skip
    return model_of(case, record=True)


def test_talks_under_way_count_the_month_of_their_start():
    model = under_way(term_months=3.0)
    model.step()
    assert (model.tracks[0].term_rounds, model.tracks[0].term_used) == (4, 1)
    session = under_way(mandate_term="session")
    session.step()
    assert (session.tracks[0].term_rounds, session.tracks[0].term_used) == (1, 1)


@pytest.mark.parametrize(("hall", "rounds"), [({"term_months": 2.0}, 5), ({"mandate_term": "session"}, 8)])  # fmt: skip
def test_a_mandate_lapses_after_its_term_with_half_the_rounds_or_all_after_a_session(hall, rounds):
    """Seven rounds and those of the term: 10 become 5; one session's are kept whole."""
    model = under_way(**hall).run()
    lapsed = [e["month"] for e in model.events if e["kind"] == "mandate_lapsed"]
    assert lapsed == [4 if "term_months" in hall else 2]
    assert (model.tracks[0].rounds, model.tracks[0].mandated) == (rounds, False)
    assert max(e["month"] for e in model.events if e["kind"] == "decision") < lapsed[0]
    assert min(e["month"] for e in model.events if e["kind"] == "mandate_vote") == lapsed[0]
    texts = [e["text"] for e in model.events if e["kind"] == "decision"]
    assert model.tracks[0].text == texts[-1], "the text is kept"


@pytest.mark.parametrize(("ends", "votes"), [("2009-03", 2), ("2009-01", 0), ("2008-05", 0)])
def test_nobody_is_asked_for_a_mandate_that_would_have_ended(ends, votes):
    case = small(cast("AAA", ideal=0.9, margin=1.0), venue("hall", term_ends=ends))
    model = model_of(case, record=True).run()
    assert sum(e["kind"] == "mandate_vote" for e in model.events) == votes


def test_a_mandate_given_anew_has_a_whole_term():
    """Given in month 1, over after month 4; asked anew in 5 and given."""
    stuck = cast("AAA", "BBB")
    model = model_of(
        small(stuck, venue("hall", term_months=3.0)), record=True, policy=NeverAccepts()
    ).run()
    given = [e["month"] for e in model.events if e["kind"] == "mandate"]
    assert given[:3] == [1, 5, 9]
    assert model.tracks[0].mandate == 1, "the milestone is the first"


class NeverAccepts(Policy):
    """Wants talks and no text."""

    def accept(self, agent, track, advice):
        return False

    def go_along(self, agent, track, advice):
        return False
