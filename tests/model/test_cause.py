"""M18 by hand: the first milestone missed, who stood in the way, and on which term."""

from __future__ import annotations

import pytest

from helpers.engines import ENGINES, table
from helpers.records import TRACK, cast, model_of, small
from helpers.settings import actor, figure, initiative, venue
from negotiation_sim.catalogue import schema
from negotiation_sim.engine.agents import Policy

BEGUN = TRACK | {"underway": schema.Underway(mandate=True)}
YEARS = schema.Success(deadline_years=2.0, success_share=figure(0.6))


def row(actors, hall=None, tracks=None, **options):
    return model_of(small(actors, hall, tracks, success=YEARS, **options)).run().rows()[0]


def stubborn(*ideals: float):
    """Return actors whom no text moves: each would have to be better by 1 than nothing."""
    names = ("AAA", "BBB", "CCC", "DDD")
    return [
        actor(name, {"scope": ideal}, margin=1.0)
        for name, ideal in zip(names, ideals, strict=False)
    ]


def fixed(scope: float) -> schema.Initiative:
    """Return an initiative whose mandate leaves the chair no room."""
    return initiative("one", {"scope": scope}, {"scope": [scope, scope]}, binding=False)


def test_a_text_that_objectors_stop_names_them_and_the_farthest_first():
    found = row(stubborn(0.9, 0.4, 0.1), tracks=[BEGUN], plan=fixed(0.2))
    assert found["cause"] == "text"
    assert found["blockers"] == "AAA:scope BBB:scope CCC:scope"
    assert (found["main_blocker"], found["main_term"]) == ("CCC", "scope")


def test_a_text_that_is_no_agreement_is_stopped_by_nobody():
    """All would accept it, and it changes nothing of what is in force."""
    found = row(cast("AAA", "BBB", ideal=0.1, margin=0.0), tracks=[BEGUN], plan=fixed(0.02))
    assert (found["cause"], found["blockers"], found["main_blocker"]) == ("text", "", "")


def test_where_all_who_do_not_accept_go_along_they_are_named():
    """A policy that lets nobody accept: one member is asked whether it goes along, and does."""
    case = small(cast("AAA", "BBB"), tracks=[BEGUN], success=YEARS)
    found = model_of(case, policy=GoesAlong()).run().rows()[0]
    assert found["cause"] == "time" and found["adoption_month"] is None
    assert [word.split(":")[0] for word in found["blockers"].split()] == ["AAA", "BBB"]


class GoesAlong(Policy):
    """Accepts nothing and objects to nothing."""

    def accept(self, agent, track, advice):
        return False

    def go_along(self, agent, track, advice):
        return True


def test_only_what_time_would_mend_names_time():
    """The text is worth 0.6 and nothing 0.5; they still insist on nearly all."""
    for margin, cause in ((0.1, "time"), (0.1 + 1e-9, "text")):
        slow = small(
            cast("AAA", "BBB", ideal=0.5, margin=margin), tracks=[BEGUN], text={"scope": 0.9},
            process={"pace": 0.001, "chair_step": 0.0}, success=YEARS,
        )  # fmt: skip
        for engine in ENGINES:
            assert table(slow, 1, engine=engine)["cause"].tolist() == [cause]


def test_a_refused_mandate_names_who_refused():
    found = row([*cast("AAA", "BBB"), actor("CCC", {"scope": 0.5}, margin=0.9)], plan=fixed(0.2))
    assert (found["cause"], found["blockers"]) == ("mandate", "CCC:scope")
    assert (found["main_blocker"], found["main_term"]) == ("CCC", "scope")


def test_linkage_and_a_venue_that_does_not_meet_name_nobody():
    found = row(cast("AAA"), venue("hall", linkage="blocked"))
    assert (found["cause"], found["blockers"], found["main_blocker"]) == ("linkage", "", "")
    never = schema.Calendar(weeks={1: 0.0}, basis="assumed", note="test")
    assert row(cast("AAA"), venue("hall", calendar=never))["cause"] == "calendar"


def test_an_attempt_that_got_farther_names_the_cause():
    """A session's mandate lapses and is refused for good, but a text had failed before."""
    hall = venue("hall", mandate_term="session")
    found = row(stubborn(0.2, 0.2), hall, [BEGUN], plan=fixed(0.9))
    assert found["rounds"] == 12, "no round after the first year"
    assert found["cause"] == "text"


def test_ratification_names_who_accepted_and_has_not_ratified():
    binding = schema.Initiative(
        id="one", name="one", text={"scope": figure(0.2)}, binding=True,
        mandate=schema.Box(box={}, note="test"),
        entry_into_force=schema.EntryIntoForce(ratifiers=figure(3.0)),
    )  # fmt: skip
    actors = [
        actor(name, {"scope": 0.2}, capability=c, ratification_delay=18.0, **hurdle)
        for name, c, hurdle in (
            ("AAA", 3.0, {}),
            ("BBB", 2.0, {"ratification_threshold": 1.0}),
            ("CCC", 1.0, {"ratification_threshold": 1.0}),
        )
    ]
    found = row(actors, tracks=[BEGUN], plan=binding, process={"ratification_sigma": 0.0})
    assert found["cause"] == "ratification" and found["main_blocker"] == "BBB"
    assert [word.split(":")[0] for word in found["blockers"].split()] == ["BBB", "CCC"]
    assert found["participants"] == 1


def test_who_would_ratify_and_has_not_yet_wants_time_and_objects_to_nothing():
    """The deadline is two years: one would take ten, one is held back at home, one is both."""
    plan = initiative("one", {"scope": 0.3}, {"scope": [0.3, 0.3]}, binding=True)
    slow, held = {"ratification_delay": 120.0}, {"ratification_threshold": 1.0}
    actors = [
        actor(name, {"scope": 0.2}, **({"ratification_delay": 2.0} | more))
        for name, more in (("AAA", {}), ("BBB", slow), ("CCC", held), ("DDD", slow | held))
    ]
    process = {"ratification_sigma": 0.0, "retry_rate": 0.0}
    found = row(actors, tracks=[BEGUN], plan=plan, process=process)
    assert found["blockers"] == "BBB:delay CCC:scope DDD:scope"


def test_timely_success_has_no_cause_and_late_success_has_one():
    assert row(cast("AAA"))["cause"] == "none"
    late = row(cast("AAA"), tracks=[TRACK | {"start": 30.0}])
    assert (late["ending"], late["timely"], late["cause"]) == ("success", False, "not_started")


@pytest.mark.parametrize(("deadline", "cause"), [(1.0, "not_started"), (4.0, "none")])
def test_the_cause_is_taken_at_the_deadline(deadline, cause):
    success = YEARS.model_copy(update={"deadline_years": deadline})
    case = small(cast("AAA"), tracks=[TRACK | {"start": 30.0}], success=success)
    assert model_of(case).run().rows()[0]["cause"] == cause
