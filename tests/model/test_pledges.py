"""M13 by hand: who pledges, what is counted, and how long a pledge stands."""

from __future__ import annotations

import math

from helpers.records import cast, model_of, small
from helpers.settings import actor, figure, initiative, venue
from negotiation_sim.catalogue import schema
from negotiation_sim.engine.agents import Policy
from negotiation_sim.model import pledges as m

PLEDGING = {"initiative": "one", "venue": "hall", "pledges": True}


def three():
    """Return actors of 5, 3 and 2 tenths.

    The pledge (scope 0.2) is worth 0.2 more than nothing to each; the third wants 0.3 more.
    """
    return [
        actor("AAA", {"scope": 0.2}, capability=5.0), actor("BBB", {"scope": 0.5}, capability=3.0),
        actor("CCC", {"scope": 0.9}, capability=2.0, margin=0.3),
    ]  # fmt: skip


def test_a_pledge_must_be_worth_more_than_none_less_what_testing_is_worth():
    assert m.worth_pledging(0.75, 0.5, 0.5, 0.5)
    assert not m.worth_pledging(math.nextafter(0.75, 0.0), 0.5, 0.5, 0.5)
    assert m.worth_pledging(0.5, 0.5, 0.0, 0.5)


def test_who_alone_tests_pays_the_whole_cost_of_a_pledge():
    """Gains of 0.2 and a margin of 0.05: three quarters of the tests cost 0.18, one quarter 0.06."""
    actors = [actor(name, {"scope": 0.2}, test_propensity=tests)
              for name, tests in (("AAA", 3.0), ("BBB", 1.0), ("CCC", 0.0))]  # fmt: skip
    case = small(actors, tracks=[PLEDGING], process={"pledge_cost": 0.24})
    model = model_of(case, policy=NoText())
    for _ in range(2):
        model.step()
    assert model.tracks[0].pledged == [False, True, True]


def test_the_pledges_have_a_text_of_their_own():
    """The text on the table would give nobody 0.05 more than nothing; the pledge does."""
    for pledge, pledged in (({}, [False]), ({"scope": figure(0.4)}, [True])):
        plan = initiative("one", {"scope": 0.03}, binding=False, pledge=pledge)
        begun = PLEDGING | {"underway": schema.Underway(mandate=True)}
        model = model_of(small(cast("AAA", ideal=0.4), tracks=[begun], plan=plan,
                               process={"chair_step": 0.0}), policy=NoText())  # fmt: skip
        model.step()
        assert model.tracks[0].pledged == pledged


class NoText(Policy):
    """Accepts no text."""

    def accept(self, agent, track, advice):
        return False

    def go_along(self, agent, track, advice):
        return False


def test_who_finds_the_pledge_worth_its_reservation_value_pledges():
    model = model_of(small(three(), tracks=[PLEDGING]), policy=NoText())
    model.step()
    assert model.tracks[0].pledged == [False] * 3, "none before the first round"
    model.step()
    assert model.tracks[0].pledged == [True, True, False]
    assert (model.tracks[0].most_pledges, model.tracks[0].most_coverage) == (2, 800_000)
    assert model.state.run[0].pledge_share == 0.8
    assert [state.bound for state in model.states] == [0.5, 0.5, 0.0]


def test_a_pledge_exactly_worth_the_reservation_value_is_given():
    for margin, pledges in ((0.25, 1), (0.25 + 1e-9, 0)):
        actors = cast("AAA", ideal=0.5, margin=margin)
        begun = PLEDGING | {"underway": schema.Underway(mandate=True)}
        model = model_of(small(actors, tracks=[begun], text={"scope": 0.25}), policy=NoText())
        model.step()
        assert model.tracks[0].rounds == 1 and model.tracks[0].most_pledges == pledges


def test_only_members_pledge():
    hall = venue("hall", members=["AAA"])
    model = model_of(small(three(), hall, [PLEDGING], text={"scope": 0.3})).run()
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
    case = small(three(), tracks=[PLEDGING], process={"withdrawal": 0.5})
    model = model_of(case, policy=NoText())
    while model.running and not model.tracks[0].ended:
        model.step()
    assert model.tracks[0].ending_name == "withdrawn"
    assert model.tracks[0].most_pledges == 2
    assert model.state.run[0].pledge_share == 0.0
    assert [state.bound for state in model.states] == [0.0] * 3
