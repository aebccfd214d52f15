"""M17 by hand: when a track moves to its fallback, once, and what it takes along."""

from __future__ import annotations

import pytest

from helpers.records import cast, model_of, small
from helpers.settings import venue
from negotiation_sim.catalogue import schema

STUCK = cast("AAA", "BBB", ideal=0.2, margin=1.0)
MOVING = {
    "initiative": "one", "venue": "hall", "fallback": "other", "patience": 5.0, "start": 2.0,
    "underway": schema.Underway(mandate=True),
}  # fmt: skip


def moving(**process: float):
    """Return a model whose text (0.9) nobody accepts; it may move after five months."""
    other = venue("other", informality=1.0, setup_months=2.0)
    case = small(
        STUCK, tracks=[MOVING], text={"scope": 0.9}, more=[other],
        process={"chair_step": 0.0} | process,
    )  # fmt: skip
    return model_of(case, record=True)


def test_a_track_moves_when_its_patience_is_spent():
    model = moving()
    for month in range(2 + 5):
        model.step()
        assert model.tracks[0].venue_id == "hall", month
    assert model.tracks[0].rounds == 5
    model.step()
    track = model.tracks[0]
    assert (track.venue_id, track.seated, track.moved) == ("other", 7, True)
    assert [e["month"] for e in model.events if e["kind"] == "forum_shift"] == [8]


@pytest.mark.parametrize(("kept", "rounds"), [(0.0, 0), (0.5, 2), (0.8, 4), (1.0, 5)])
def test_it_keeps_its_text_and_whole_rounds_and_needs_a_mandate(kept, rounds):
    model = moving(rounds_kept=kept)
    for _ in range(7):
        model.step()
    text = model.tracks[0].text
    model.step()
    track = model.tracks[0]
    assert track.text == text and track.rounds == rounds
    assert not track.mandated and track.mandate == 0, "the milestone remains the first"
    assert track.pace == pytest.approx(0.06 * 2.0)


def test_the_new_venue_is_set_up_first_and_the_track_moves_once():
    model = moving(rounds_kept=0.0).run()
    asked = [e["month"] for e in model.events if e["kind"] == "mandate_vote"]
    assert min(asked) == 8 + 2
    assert sum(e["kind"] == "forum_shift" for e in model.events) == 1
    assert model.tracks[0].venue_id == "other"


def test_a_text_adopted_in_time_stays_where_it_is():
    plan = MOVING | {"start": 0.0}
    model = model_of(small(cast("AAA"), tracks=[plan], more=[venue("other")])).run()
    assert model.rows()[0]["adoption_month"] == 1 and model.tracks[0].venue_id == "hall"
