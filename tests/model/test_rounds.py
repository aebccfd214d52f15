"""M5 to M8 in one round, by hand in both engines: decisions, reports, and what is no agreement."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers.engines import ENGINES, table
from helpers.records import TRACK, cast, model_of, small
from helpers.settings import actor, figure, initiative, venue
from negotiation_sim.catalogue import schema

BEGUN = TRACK | {"underway": schema.Underway(mandate=True)}


def months(case, engine: str = "ensemble", track: int = 0) -> tuple[int | None, ...]:
    """Return the months of mandate, report, adoption and entry into force."""
    row = table(case, 1, engine=engine).iloc[track]
    columns = ("mandate_month", "report_month", "adoption_month", "entry_into_force_month")
    return tuple(None if pd.isna(row[column]) else int(row[column]) for column in columns)


def exploring(form: float, box: list[float] | None = None, **wants):
    """Return a setting of three that explore a text of a form, all at 0.1 from it at most."""
    actors = [
        actor(name, {"form": form, "scope": scope}, **wants)
        for name, scope in (("AAA", 0.4), ("BBB", 0.5), ("CCC", 0.6))
    ]
    text = {"form": form, "scope": 0.5}
    plan = initiative(
        "one", text, {"form": box or [form, form], "scope": [0.5, 0.5]}, task="explore"
    )
    return small(actors, tracks=[TRACK], plan=plan)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_report_on_a_text_that_does_not_bind_is_its_adoption(engine):
    assert months(exploring(0.3), engine) == (1, 2, 2, 2)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_report_on_a_binding_text_is_followed_by_a_mandate_to_negotiate(engine):
    """Report in the first round; asked anew a month later; adopted in the round after."""
    found = months(exploring(0.9, ratification_delay=1.0), engine)
    assert found[:3] == (1, 2, 4) and found[3] > 4


def test_a_report_binds_nobody_and_keeps_half_the_rounds():
    model = model_of(exploring(0.9), record=True)
    for _ in range(2):
        model.step()
    track = model.tracks[0]
    assert (track.report, track.adoption, track.mandated, track.rounds) == (2, -1, False, 0)
    assert track.status == [0, 0, 0] and track.task == 2
    assert [e["kind"] for e in model.events if e["kind"] in ("report", "in_force")] == ["report"]


def test_a_report_needs_no_margin_and_a_treaty_does():
    """The text is worth 0.05 more than nothing to the nearest: a report, and no mandate after it."""
    found = months(exploring(0.9, margin=0.9))
    assert found[:3] == (1, 2, None)
    assert months(exploring(0.3, margin=0.9))[1:3] == (None, None), "it would be adopted at once"


def test_the_margin_counts_as_the_text_that_is_put_to_the_decision_binds():
    """The chair brings the text below the threshold: then it would apply at once, and is refused."""
    case = exploring(0.5, [0.2, 0.5], margin=0.9)
    wants = {name: a.model_copy(update={"ideal_point": a.ideal_point | {"form": figure(0.2)}})
             for name, a in case.actors.items()}  # fmt: skip
    case = case.model_copy(update={"actors": wants})
    row = table(case, 1).iloc[0]
    assert row["text_form"] < 0.5 and pd.isna(row["report_month"])


@pytest.mark.parametrize("engine", ENGINES)
def test_a_text_within_a_fiftieth_of_what_is_in_force_is_never_adopted(engine):
    """All accept it in every round, and it is no agreement."""
    for scope, adopted in ((0.02, None), (0.0201, 1)):
        plan = initiative("one", {"scope": scope}, {"scope": [scope, scope]}, binding=False)
        case = small(cast("AAA", "BBB", ideal=0.1, margin=0.0), tracks=[BEGUN], plan=plan)
        assert months(case, engine)[2] == adopted


def divided(rule: str, **hall):
    """Return three of four who want a text, and one who falls short by 0.03 and is not capable."""
    actors = [actor(name, {"scope": 0.5}, capability=3.0) for name in ("AAA", "BBB", "CCC")]
    actors.append(actor("DDD", {"scope": 0.25}, capability=1.0, margin=0.03))
    plan = initiative("one", {"scope": 0.5}, {"scope": [0.5, 0.5]}, binding=False)
    return small(actors, venue("hall", rule, **hall), [BEGUN], plan=plan)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("rule", "along", "participants"), [("consensus", "DDD", 4), ("simple_majority", "DDD", 3)]
)
def test_consensus_binds_who_went_along_and_a_vote_does_not(engine, rule, along, participants):
    row = table(divided(rule, isolation=0.1), 1, engine=engine).iloc[0]
    assert (row["wanted_by"], row["went_along"]) == ("AAA BBB CCC", along)
    assert row["adoption_month"] == 1
    status = model_of(divided(rule, isolation=0.1))
    status.step()
    assert sum(s == 2 for s in status.tracks[0].status) == participants


def test_under_opt_in_who_does_not_accept_stays_out():
    row = table(divided("opt_in", isolation=0.1), 1).iloc[0]
    assert (row["wanted_by"], row["went_along"], row["adoption_month"]) == ("AAA BBB CCC", "", 1)


@pytest.mark.parametrize("engine", ENGINES)
def test_items_of_a_package_are_adopted_together_and_ratified_apart(engine):
    """What each alone falls short of, both together hold: each wants one item and bears the other."""
    actors = [
        actor("AAA", {"scope": 0.6}, ratification_delay=2.0),
        actor("BBB", {"scope": 0.6}, ratification_delay=9.0),
    ]
    plans = [
        initiative(name, {"scope": 0.5}, {"scope": [0.5, 0.5]}, binding=name == "two",
                   entry_into_force=schema.EntryIntoForce(ratifiers=figure(2.0)))
        for name in ("one", "two")
    ]  # fmt: skip
    tracks = [BEGUN, BEGUN | {"initiative": "two", "joined": 0}]
    case = small(actors, tracks=tracks, plan=plans[0], process={"ratification_sigma": 0.0})
    case = case.model_copy(update={"initiatives": {p.id: p for p in plans}})
    assert months(case, engine, 0) == (0, None, 1, 1)
    assert months(case, engine, 1) == (0, None, 1, 10)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_package_carries_what_neither_item_would_alone(engine):
    """AAA gains 0.4 by one and loses 0.2 by two; BBB the other way about."""
    low, high = {"scope": 0.2}, {"scope": 0.8}
    plans = {
        name: initiative(name, text, {"scope": [text["scope"]] * 2}, binding=False,
                         status_quo={"scope": figure(0.5)})
        for name, text in (("one", low), ("two", high))
    }  # fmt: skip
    actors = [
        actor("AAA", {"scope": 0.2}, margin=0.0), actor("BBB", {"scope": 0.8}, margin=0.0),
    ]  # fmt: skip
    weights = [{"AAA": 3.0, "BBB": 1.0}, {"AAA": 1.0, "BBB": 3.0}]
    packed = [BEGUN | {"weight": weights[0]}, BEGUN | {"initiative": "two", "joined": 0,
                                                      "weight": weights[1]}]  # fmt: skip
    apart = [BEGUN, BEGUN | {"initiative": "two"}]
    hall = venue("hall", isolation=0.0)
    for tracks, adopted in ((packed, 1), (apart, None)):
        case = small(actors, hall, tracks, plan=plans["one"], process={"pace": 100.0})
        case = case.model_copy(update={"initiatives": plans})
        assert [months(case, engine, track)[2] for track in (0, 1)] == [adopted] * 2


@pytest.mark.parametrize("engine", ENGINES)
def test_a_group_may_carry_a_member_over_what_it_would_object_to(engine):
    """Insisting on 0.94, AAA misses 0.19 at first; more than it costs to stand alone, 0.16.

    Its group means 0.04: it goes along at once, and so do the others of the group.
    """
    actors = [actor("AAA", {"scope": 0.25}, margin=0.03, groups=["EU"])]
    actors += [actor(name, {"scope": 0.5}, groups=["EU"]) for name in ("BBB", "CCC")]
    actors += [actor(name, {"scope": 0.5}) for name in ("DDD", "EEE")]
    plan = initiative("one", {"scope": 0.5}, {"scope": [0.3, 0.5]}, binding=False)
    found = []
    for cohesion in (0.0, 0.9):
        groups = {"EU": schema.Group(cohesion=figure(cohesion))}
        case = small(actors, venue("hall", isolation=0.2), [BEGUN], plan=plan, groups=groups,
                     process={"chair_step": 0.0})  # fmt: skip
        row = table(case, 1, engine=engine).iloc[0]
        found.append((int(row["adoption_month"]), row["went_along"]))
    assert found == [(5, "AAA"), (1, "AAA BBB CCC")]
