"""M16 at its edges: a stepping stone draws, a substitute takes urgency, zero does neither."""

from __future__ import annotations

import pytest

from helpers.records import TRACK, cast, model_of, small
from helpers.settings import initiative
from negotiation_sim.catalogue import schema
from negotiation_sim.model import spillover as m


def test_a_stepping_stone_draws_ideal_points_towards_the_adopted_text():
    assert m.drawn_towards(0.8, 0.4, 0.5, 0.2) == pytest.approx(-0.04)
    assert m.drawn_towards(0.4, 0.4, 0.5, 0.2) == 0.0


@pytest.mark.parametrize("spillover", [0.0, -0.5, -1.0])
def test_a_substitute_or_nothing_draws_nobody(spillover):
    assert m.drawn_towards(0.8, 0.4, spillover, 0.2) == 0.0
    assert m.trust_gained(spillover, 0.1) == 0.0


def test_a_stepping_stone_raises_trust_and_leaves_urgency():
    assert m.trust_gained(0.5, 0.1) == pytest.approx(0.05)
    assert m.urgency_left(0.7, 0.5) == 0.7
    assert m.urgency_left(0.7, 0.0) == 0.7


def test_a_substitute_takes_urgency_from_the_rest():
    assert m.urgency_left(0.8, -0.25) == pytest.approx(0.6)
    assert m.urgency_left(0.8, -1.0) == 0.0
    assert m.urgency_left(m.urgency_left(1.0, -0.5), -0.5) == 0.25  # each adoption anew


def two_tracks(spillover: float):
    """Return a model of two tracks; the first adopts 0.4 in its first month, the second never."""
    begun = TRACK | {"underway": schema.Underway(mandate=True)}
    later = TRACK | {"start": 50.0}
    actors = cast("AAA", "BBB", ideal=0.8, margin=0.0)
    process = {"spillover": spillover, "spillover_draw": 0.25, "pace": 1.0, "breadth": 0.0}
    fixed = initiative("one", {"scope": 0.4}, {"scope": [0.4, 0.4]}, binding=False)
    return model_of(small(actors, tracks=[begun, later], process=process, plan=fixed))


def adopted(spillover: float):
    model = two_tracks(spillover)
    while model.tracks[0].adoption < 0:
        model.step()
    return model


def test_a_stepping_stone_draws_ideal_points_and_raises_trust_next_month():
    model = adopted(0.5)
    assert model.ideals.tolist() == [[pytest.approx(0.8 - 0.5 * 0.25 * 0.4)]] * 2
    assert model.positions.tolist() == [[0.8]] * 2, "stated positions follow next month"
    model.step()
    assert model.positions.tolist() == model.ideals.tolist()
    assert model.state.run[0].trust_bonus == pytest.approx(0.1 + 0.5 * 0.1)
    assert model.tracks[1].urgency_share == 1.0


def test_a_substitute_takes_urgency_from_the_other_tracks_alone():
    model = adopted(-0.25)
    assert [track.urgency_share for track in model.tracks] == [1.0, 0.75]
    assert model.ideals.tolist() == [[0.8]] * 2
    assert model.state.run[0].trust_bonus == pytest.approx(0.1)


def test_without_spillover_positions_stay_the_worlds():
    model = adopted(0.0)
    assert not model.state.run[0].own
    assert adopted(0.5).state.run[0].own


@pytest.mark.parametrize("spillover", [0.5, -0.5])
def test_items_adopted_together_shift_the_other_tracks_and_not_one_another(spillover):
    begun = TRACK | {"underway": schema.Underway(mandate=True)}
    packed = [begun, begun | {"joined": 0}]
    fixed = initiative("one", {"scope": 0.4}, {"scope": [0.4, 0.4]}, binding=False)
    process = {"spillover": spillover, "spillover_draw": 0.25}
    shares, own = [], []
    for tracks in (packed, [*packed, TRACK | {"start": 50.0}]):
        model = model_of(small(cast("AAA", "BBB", ideal=0.8), tracks=tracks, process=process,
                               plan=fixed))  # fmt: skip
        for _ in range(3):
            model.step()
        assert [track.adoption for track in model.tracks[:2]] == [1, 1]
        shares.append([track.urgency_share for track in model.tracks])
        own.append(bool(model.state.run[0].own))
    assert own == [False, True]
    each = 1.0 if spillover > 0 else 0.5
    assert shares == [[1.0, 1.0], [1.0, 1.0, each * each]]
