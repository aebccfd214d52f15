"""M13 by hand: who pledges, what is counted, and how long a pledge stands."""

from __future__ import annotations

from helpers.records import cast, model_of, small
from helpers.settings import actor, figure, initiative, venue
from negotiation_sim.catalogue import schema

PLEDGING = {"initiative": "one", "venue": "hall", "pledges": True}


def three():
    """Return actors of 5, 3 and 2 tenths; the pledge (scope 0.2) is worth 1, 0.7 and 0.3 to them."""
    return [
        actor("AAA", {"scope": 0.2}, capability=5.0), actor("BBB", {"scope": 0.5}, capability=3.0),
        actor("CCC", {"scope": 0.9}, capability=2.0),
    ]  # fmt: skip


def test_who_finds_the_pledge_worth_its_reservation_value_pledges():
    model = model_of(small(three(), tracks=[PLEDGING], process={"chair_step": 0.01}))
    model.step()
    assert model.tracks[0].pledged == [False] * 3, "none before the first round"
    model.step()
    assert model.tracks[0].pledged == [True, True, False]
    assert (model.tracks[0].most_pledges, model.tracks[0].most_coverage) == (2, 800_000)
    assert model.state.run[0].pledge_share == 0.8
    assert [state.bound for state in model.states] == [0.5, 0.5, 0.0]


def test_a_pledge_exactly_worth_the_reservation_value_is_given():
    for ideal, pledges in ((0.2, 1), (0.2 + 1e-9, 0)):
        actors = cast("AAA", ideal=ideal, reservation_value=1.0)
        begun = PLEDGING | {"underway": schema.Underway(mandate=True)}
        model = model_of(small(actors, tracks=[begun], text={"scope": 0.9}))
        model.step()
        assert model.tracks[0].rounds == 1 and model.tracks[0].most_pledges == pledges


def test_only_members_pledge():
    hall = venue("hall", members=["AAA"])
    model = model_of(small(three(), hall, [PLEDGING], text={"scope": 0.4})).run()
    assert model.rows()[0]["pledges"] == 1 and model.rows()[0]["pledge_coverage"] == 0.5


def test_pledges_end_with_entry_into_force():
    case = small(cast("AAA", "BBB"), tracks=[PLEDGING], process={"adherence_effect": 0.8})
    model = model_of(case)
    for _ in range(3):
        model.step()
    track = model.tracks[0]
    assert track.force == track.adoption == 2
    assert model.state.run[0].pledge_share == 0.0, "the text in force has taken their place"
    assert [state.bound for state in model.states] == [0.8, 0.8]


def test_a_track_of_pledges_alone_gathers_them_from_its_first_month():
    alone = initiative("vow", {"scope": 0.2}, kind="pledges")
    never = schema.Calendar(weeks={1: 0.0}, basis="assumed", note="test")
    hall = venue("hall", calendar=never)
    case = small(three(), hall, [{"initiative": "vow", "venue": "hall", "start": 4.0}], plan=alone)
    model = model_of(case)
    for month in range(1, 7):
        model.step()
        assert model.tracks[0].most_pledges == (2 if month > 4 else 0)
    row = model.run().rows()[0]
    assert (row["pledges"], row["pledge_coverage"], row["cause"]) == (2, 0.8, "none")
    assert row["rounds"] == 0 and row["stage"] == "none"


def test_the_pledges_of_a_withdrawn_track_no_longer_stand():
    case = small(three(), tracks=[PLEDGING], process={"chair_step": 0.01})
    case = case.model_copy(update={"environment": case.environment | {"withdrawal": figure(0.5)}})
    model = model_of(case)
    while model.running and not model.tracks[0].ended:
        model.step()
    assert model.tracks[0].ending_name == "withdrawn"
    assert model.tracks[0].most_pledges == 2
    assert model.state.run[0].pledge_share == 0.0
    assert [state.bound for state in model.states] == [0.0] * 3
