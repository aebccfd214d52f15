"""What a study may say of time and of rules, each by an experiment with a known answer.

Everything is quiet: no draws, no costs, nobody goes along. Of the states one wants another text so
much that it objects to the one on the table for good.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from helpers.dated import LARGE, dated_setting
from helpers.engines import in_worlds, same, table, with_actors, with_venues
from helpers.generic import seeded_setting
from helpers.records import model_of, small
from helpers.settings import QUIET, actor, figure, venue
from negotiation_sim.catalogue import apply_overrides, load_setting, schema
from negotiation_sim.catalogue.process_parameters import environment_table
from negotiation_sim.catalogue.strategy_names import parse_strategy
from negotiation_sim.engine import ensemble
from negotiation_sim.engine.agents import NegotiationModel
from negotiation_sim.engine.plain import PlainWorld
from negotiation_sim.engine.scenario import compile_setting, track_name
from negotiation_sim.engine.table import frame_of, rows_of
from negotiation_sim.faces import api
from negotiation_sim.model.decision import carries, objections_counted
from negotiation_sim.model.figures import declared
from negotiation_sim.model.moods import extend_moods
from negotiation_sim.model.terms import (
    ACTOR_PARAMETERS,
    ENVIRONMENT_PARAMETERS,
    VENUE_PARAMETERS,
)
from negotiation_sim.runs.sweep.point_scenarios import Patcher
from negotiation_sim.studies.assumptions import assumptions_of
from negotiation_sim.studies.counterfactuals import giving_way
from negotiation_sim.studies.lever_base import shifted

UNDERWAY = [{"initiative": "one", "venue": "hall", "underway": schema.Underway(mandate=True)}]
MONTHLY = dict.fromkeys(range(1, 13), 2.0)
YES, NO = 0.2, 0.0  # what is in force without a text is 0


def states(yes: int, no: int = 1, **capability: float) -> list[schema.Actor]:
    """Return states that want the text and states that object to it, as ``YAX`` and ``NAX``."""
    wants = [(f"Y{chr(65 + n)}X", YES) for n in range(yes)]
    wants += [(f"N{chr(65 + n)}X", NO) for n in range(no)]
    return [
        actor(name, {"scope": ideal}, capability=float(capability.get(name, 1.0)))
        for name, ideal in wants
    ]


def hall(name="hall", *, capability=None, changes=(), members="open", **decision) -> schema.Venue:
    return venue(
        name, isolation=0.0, members=members, decision=schema.Procedure(**decision),
        capability={i: figure(v) for i, v in (capability or {}).items()},
        membership_changes=[schema.MembershipChange(**c) for c in changes],
    )  # fmt: skip


def ends(cast, place, tracks=None, **changes):
    """Return the row of a run, the same in both engines; the mandate keeps the text as it is."""
    case = small(cast, place, tracks or UNDERWAY, **({"start": "2009-01"} | changes))
    one = case.initiatives["one"]
    fixed = one.model_copy(update={"mandate": schema.Box(box={"scope": [YES, YES]}, note="test")})
    case = case.model_copy(update={"initiatives": {"one": fixed}})
    fast = table(case, 1)
    same(fast, table(case, 1, engine="mesa"))
    return fast.iloc[0]


def adopted(cast, place, **changes) -> int | None:
    """Return the month of adoption, 1 for the first; None if there is none."""
    month = ends(cast, place, **changes)["adoption_month"]
    return None if pd.isna(month) else int(month)


# Decision rules


@pytest.mark.parametrize(
    ("objectors", "less", "month"), [(1, 0, None), (1, 1, 1), (2, 1, None), (2, 2, 1), (2, 5, 1)]
)
def test_consensus_less_one_passes_over_one_objection_and_not_over_two(objectors, less, month):
    place = hall(rule="consensus", less=less)
    assert adopted(states(3, objectors), place) == month


def test_who_objected_to_a_consensus_less_one_is_no_party():
    assert ends(states(3), hall(rule="consensus", less=1))["participants"] == 3


def test_one_that_must_agree_stops_consensus_less_one():
    assert adopted(states(3), hall(rule="consensus", less=1, required=["NAX"])) is None


def test_consensus_less_all_still_needs_one_that_accepts():
    assert adopted(states(0, 2), hall(rule="consensus", less=2)) is None


@pytest.mark.parametrize(
    ("weight", "quota", "month"),
    [(3.0, [1, 2], 1), (3.0, [501, 1000], None), (9.0, [1, 4], 1), (9.0, [1, 3], None)],
)
def test_a_double_majority_needs_capability_too_and_exactly_so_much_suffices(weight, quota, month):
    """Three states of four; the one against has as much capability as they, or three times it."""
    place = hall(rule="simple_majority", capability_quota=quota)
    assert adopted(states(3, NAX=weight), place) == month
    assert adopted(states(3, NAX=weight), hall(rule="simple_majority")) == 1


def test_capability_alone_makes_no_double_majority():
    place = hall(rule="simple_majority", capability_quota=[1, 2])
    assert adopted(states(1, 2, YAX=100.0), place) is None


@pytest.mark.parametrize(
    ("held", "all_held", "part", "whole", "carried"),
    [(0, 10, 0, 1, True), (5, 10, 1, 2, True), (4, 10, 1, 2, False), (666_667, 1_000_000, 2, 3, True),
     (666_666, 1_000_000, 2, 3, False)],
)  # fmt: skip
def test_capability_carries_when_exactly_equal(held, all_held, part, whole, carried):
    assert carries(held, all_held, part, whole) == carried


def test_objections_beyond_those_allowed_count():
    assert [objections_counted(n, 2) for n in range(5)] == [0, 0, 0, 1, 2]
    assert objections_counted(3, 0) == 3


def test_consensus_for_a_time_then_a_vote():
    """From the month of the date the vote holds, and not a month before."""
    then = schema.LaterProcedure(date="2010-06", rule="qualified_majority", quota=[2, 3])
    assert adopted(states(2), hall(rule="consensus", then=then)) == 18
    assert adopted(states(1), hall(rule="consensus", then=then)) is None, "one of two is not 2/3"
    then = schema.LaterProcedure(date="2009-01", rule="simple_majority")
    assert adopted(states(2), hall(rule="consensus", then=then)) == 1


def test_rules_may_follow_one_another():
    third = schema.LaterProcedure(date="2011-01", rule="consensus", less=1)
    second = schema.LaterProcedure(
        date="2010-01", rule="qualified_majority", quota=[9, 10], then=third
    )
    assert adopted(states(2), hall(rule="consensus", then=second)) == 25


def test_a_mandate_may_be_given_by_consensus_for_a_time_then_by_a_vote():
    then = schema.LaterProcedure(date="2010-03", rule="simple_majority")
    place = hall(rule="simple_majority").model_copy(
        update={"mandate": schema.Procedure(rule="consensus", then=then)}
    )
    row = ends(states(2), place, [{"initiative": "one", "venue": "hall"}])
    assert (row["mandate_month"], row["adoption_month"]) == (15, 16)


# Members


def test_who_leaves_no_longer_blocks_and_who_joins_does():
    leaves = hall(rule="consensus", changes=[{"date": "2010-01", "leaves": ["NAX"]}])
    assert adopted(states(2), leaves) == 13
    seated = ["YAX", "YBX"]
    joins = [{"date": "2009-01", "joins": ["NAX"]}, {"date": "2012-05", "leaves": ["NAX"]}]
    assert adopted(states(2), hall(rule="consensus", members=seated)) == 1
    assert adopted(states(2), hall(rule="consensus", members=seated, changes=joins[:1])) is None
    assert adopted(states(2), hall(rule="consensus", members=seated, changes=joins)) == 41


def test_a_change_before_the_run_counts_from_its_start():
    place = hall(rule="consensus", changes=[{"date": "1999-01", "leaves": ["NAX"]}])
    assert adopted(states(2), place) == 1


def test_a_new_majority_decides():
    seated = ["NAX", "NBX", "YAX"]
    changes = [{"date": "2009-09", "joins": ["YBX", "YCX"]}]
    place = hall(rule="simple_majority", members=seated, changes=changes)
    assert adopted(states(3, 2), place) == 9


# Calendar


def test_sessions_with_dates_are_held_once():
    """The mandate in the first, the text in the second, although the first month is every year's."""
    place = hall(rule="consensus", members=["YAX", "YBX"])
    once = [schema.Session(date=d, weeks=2.0) for d in ("2009-06", "2011-02")]
    calendar = schema.Calendar(sessions=once, basis="assumed", note="test")
    place = place.model_copy(update={"calendar": calendar})
    row = ends(states(2), place, [{"initiative": "one", "venue": "hall"}])
    assert (row["mandate_month"], row["adoption_month"]) == (6, 26)
    yearly = calendar.model_copy(update={"weeks": {6: 1.0}})
    row = ends(
        states(2), place.model_copy(update={"calendar": yearly}),
        [{"initiative": "one", "venue": "hall"}],
    )  # fmt: skip
    assert (row["mandate_month"], row["adoption_month"]) == (6, 18)


def test_rounds_of_a_dated_session_add_to_those_of_the_year():
    calendar = schema.Calendar(
        weeks={6: 2.0}, sessions=[schema.Session(date="2009-06", weeks=2.0)], basis="assumed",
        note="test",
    )  # fmt: skip
    place = hall(rule="consensus").model_copy(update={"calendar": calendar})
    assert ends(states(2), place, horizon_years=1.0, success=schema.Success(deadline_years=1.0))[
        "rounds"
    ] == 2  # fmt: skip


# Capability by venue


def test_capability_may_differ_by_venue():
    """Who holds little everywhere may hold much here, and keep a double majority from passing."""
    rule = {"rule": "simple_majority", "capability_quota": [1, 2]}
    assert adopted(states(3), hall(**rule)) == 1
    assert adopted(states(3), hall(**rule, capability={"NAX": 3.0})) == 1
    assert adopted(states(3), hall(**rule, capability={"NAX": 3.1})) is None


def test_capability_in_a_venue_leaves_participation_alone():
    row = ends(states(3), hall(rule="simple_majority", capability={"YAX": 9.0}))
    assert row["participation"] == pytest.approx(0.75)


# Figures with dates


def changes(*entries: tuple) -> list[schema.Change]:
    """Return changes of a figure: a date and a value each, and whether it goes there in a line."""
    return [
        schema.Change(date=d, value=v, gradual=bool(line), basis="assumed", note="test")
        for d, v, *line in entries
    ]


def watched(case: schema.Setting, read, months: int) -> list[float]:
    """Return what is read of the plain model at the end of each month, rounded."""
    model = model_of(case)
    found = []
    for _ in range(months):
        model.step()
        found.append(round(float(read(model)), 9))
    return found


@pytest.mark.parametrize(
    ("course", "values"),
    [
        ([("2009-03", 0.8)], [0.5, 0.5, 0.8, 0.8, 0.8, 0.8]),
        ([("2009-05", 0.9, True)], [0.5, 0.6, 0.7, 0.8, 0.9, 0.9]),
        ([("2009-02", 0.1), ("2009-05", 0.4, True)], [0.5, 0.1, 0.2, 0.3, 0.4, 0.4]),
        ([("2008-01", 0.1), ("2009-04", 0.3)], [0.1, 0.1, 0.1, 0.3, 0.3, 0.3]),
        ([("2008-09", 0.1), ("2009-05", 0.9, True)], [0.5, 0.6, 0.7, 0.8, 0.9, 0.9]),
        ([("2009-05", 0.9, True), ("2009-03", 0.6)], [0.5, 0.5, 0.6, 0.75, 0.9, 0.9]),
        ([("2009-03", 0.7, True), ("2009-05", 0.5, True)], [0.5, 0.6, 0.7, 0.6, 0.5, 0.5]),
    ],
)
def test_a_figure_steps_at_a_date_or_goes_there_in_a_line(course, values):
    """Of a state, of a venue, and of the environment, by the same words."""
    cast = [*states(1), *states(0)]
    one = cast[0].model_copy(update={
        "debris_concern": figure(0.5), "trust": figure(0.5),
        "changes": {"debris_concern": changes(*course), "trust": changes(*course)},
    })  # fmt: skip
    place = hall(rule="consensus").model_copy(
        update={"leadership": figure(0.5), "changes": {"leadership": changes(*course)}}
    )
    case = small(
        [one, *cast[1:]], place, UNDERWAY, start="2009-01", process={"pledge_effect": 0.5},
        changes={"pledge_effect": changes(*course)},
    )  # fmt: skip
    i = sorted(case.actors).index(one.id)
    assert watched(case, lambda m: m.state.actors.debris_concern[i], 6) == values
    assert watched(case, lambda m: m.state.actors.trust[i], 6) == values
    assert watched(case, lambda m: m.world.venues.leadership[0], 6) == values
    assert watched(case, lambda m: m.world.environment[0].pledge_effect, 6) == values
    assert watched(case, lambda m: m.world.environment_table[0, PLEDGE_EFFECT], 6) == values


PLEDGE_EFFECT = ENVIRONMENT_PARAMETERS.index("pledge_effect")


def test_trust_keeps_its_distance_from_its_own_baseline():
    """A crisis in the second month takes 0.2; the step of the third takes it along."""
    one = states(1, 0)[0].model_copy(
        update={"trust": figure(0.5), "changes": {"trust": changes(("2009-03", 0.8))}}
    )
    crisis = schema.ScheduledEvent(date="2009-02", kind="crisis", actor=one.id)
    case = small(
        [one], hall(rule="consensus"), UNDERWAY, start="2009-01", events=[crisis],
        process={"crisis_trust_cost": 0.2, "trust_return": 0.0, "interference_probability": 0.0},
    )  # fmt: skip
    assert watched(case, lambda m: m.state.actors.trust[0], 4) == [0.5, 0.3, 0.6, 0.6]


def test_more_that_all_can_see_makes_a_text_acceptable_from_its_date():
    """A state that demands verification objects until commercial data let all see enough."""
    wary = actor("WAY", {"scope": YES, "form": 0.5}, verification_demand=1.0, trust=0.0, margin=0.0)
    cast = [actor("YAX", {"scope": YES, "form": 1.0}), wary]
    text = {"scope": YES, "form": 1.0}
    fixed = {"mandate": schema.Box(box={k: [v, v] for k, v in text.items()}, note="test")}

    def month_of(*course):
        case = small(
            cast, hall(rule="consensus"), UNDERWAY, text=text, start="2009-01",
            process={"verification_cost": 3.0, "verifiable_scope": 0.0},
            changes={"verifiable_scope": changes(*course)} if course else {},
        )  # fmt: skip
        one = case.initiatives["one"].model_copy(update=fixed)
        case = case.model_copy(update={"initiatives": {"one": one}})
        found = table(case, 1)
        same(found, table(case, 1, engine="mesa"))
        month = found.iloc[0]["adoption_month"]
        return None if pd.isna(month) else int(month)

    assert month_of(("2010-01", YES)) == 13
    assert month_of(("2010-01", YES, True)) == 12, "before it gets there"
    assert month_of() is None and month_of(("2008-01", YES)) == 1


def test_leadership_from_a_date_opens_a_blocked_venue():
    """Nobody opens it before; from the date on the hazard is so great that the month does."""
    place = hall(rule="consensus").model_copy(update={
        "linkage": "blocked", "unblock_rate": figure(1e6), "leadership": figure(0.0),
        "changes": {"leadership": changes(("2010-01", 1e6))},
    })  # fmt: skip
    row = ends(states(2, 0), place, [{"initiative": "one", "venue": "hall"}])
    assert (row["mandate_month"], row["adoption_month"]) == (13, 14)


def test_a_rate_of_events_by_date():
    course = changes(("2010-01", 0.2), ("2011-01", 0.0))
    case = small(states(1), changes={"event_rate": course}, start="2009-01")
    model = NegotiationModel(compile_setting(case), record=True)
    months = [e["month"] for e in model.run().events if e["kind"] == "event"]
    assert months and all(13 <= month <= 24 for month in months)


# Every figure, and those that are the same in all worlds

CASE = 63  # of the seeded settings: much happens in it


def dateable(case: schema.Setting) -> dict[str, schema.Figure]:
    """Return the dotted path of a figure of every kind that may be dated, and the figure."""
    code = sorted(case.actors)[0]
    venue_id, initiative_id = sorted(case.venues)[0], sorted(case.initiatives)[0]
    issue, bloc, group = case.issues[0], "EAST", sorted(case.groups)[0]
    a, v = case.actors[code], case.venues[venue_id]
    found = {f"actors.{code}.{name}": getattr(a, name) for name in schema.OF_ACTORS.single}
    found |= {f"venues.{venue_id}.{name}": getattr(v, name) for name in schema.OF_VENUES.single}
    found |= {f"environment.{name}": f for name, f in case.environment.items()}
    return found | {
        f"actors.{code}.ideal_point.{issue}": a.ideal_point[issue],
        f"actors.{code}.salience.{issue}": a.salience[issue],
        f"actors.{code}.blocs.{bloc}": a.blocs[bloc],
        f"venues.{venue_id}.capability.{code}": v.capability[code],
        f"venues.{venue_id}.convening.{code}": v.convening[code],
        f"status_quo.{issue}": case.status_quo[issue],
        f"initiatives.{initiative_id}.status_quo.{issue}":
            case.initiatives[initiative_id].status_quo[issue],
        f"groups.{group}.cohesion": case.groups[group].cohesion,
    }  # fmt: skip


def rich(number: int = CASE) -> schema.Setting:
    """Return a seeded setting that says a figure of every kind."""
    case = seeded_setting(number)
    code, issue = sorted(case.actors)[0], case.issues[0]
    case = with_actors(case, lambda actor: {"blocs": {"EAST": figure(0.3)}, "groups": ["NORTH"]})
    case = with_venues(
        case,
        lambda place: {
            "capability": {code: figure(1.5)}, "universal": False, "conveners": [],
            "convening": {code: figure(0.02)},
        },
    )  # fmt: skip
    first = sorted(case.initiatives)[0]
    own = case.initiatives[first].model_copy(update={"status_quo": {issue: figure(0.1)}})
    return case.model_copy(update={
        "initiatives": case.initiatives | {first: own},
        "groups": {"NORTH": schema.Group(cohesion=figure(0.4))},
        "status_quo": {issue: figure(0.05)},
    })  # fmt: skip


def dated_path(path: str) -> str:
    """Return where the changes of a figure stand: within its record, beside the figures."""
    owner, _, rest = path.partition(".")
    if owner == "environment":
        return f"changes.{rest}"
    if owner == "status_quo":
        return f"changes.{path}"
    name, _, inner = rest.partition(".")
    return f"{owner}.{name}.changes.{inner}"


def dated_at(case: schema.Setting, path: str, date: str, value: float, **more) -> schema.Setting:
    entry = {"date": date, "value": value, "basis": "assumed", "note": "test", **more}
    return apply_overrides(case, {dated_path(path): [entry]})


def another(path: str, figure_: schema.Figure) -> float:
    """Return a value of a figure that is allowed and clearly another."""
    _, name = path.split(".", maxsplit=1)[0], path.split(".")
    whose = {"actors": "actor", "venues": "venue", "initiatives": "initiative"}.get(
        name[0], "environment" if name[0] == "environment" else "experiment"
    )
    field = "cohesion" if name[0] == "groups" else name[0] if name[0] == "status_quo" else None
    field = field or name[1 if name[0] == "environment" else 2]
    bounds = declared(whose, field).bounds
    top = min(bounds.high, LARGE.get(field, 1.0))
    low = max(bounds.low, 0.0)
    middle = low + (top - low) * 0.6
    return middle if abs(middle - figure_.value) > 0.05 * (top - low) else low + (top - low) * 0.3


def test_every_figure_may_be_dated_and_says_so():
    """Each: from the first month it is the figure itself; after the last it is nothing."""
    case = rich()
    paths = dateable(case)
    assert {p.split(".")[2] for p in paths if p.startswith("actors")} == {
        *schema.OF_ACTORS.single, *schema.OF_ACTORS.several
    }  # fmt: skip
    assert (
        len(paths)
        == len(ACTOR_PARAMETERS) + len(VENUE_PARAMETERS) + len(ENVIRONMENT_PARAMETERS) + 9
    ), "all of them"
    as_it_is = table(case, 6)
    moved = []
    for path, each in paths.items():
        value = another(path, each)
        plain = table(apply_overrides(case, {path: value}), 6)
        same(table(dated_at(case, path, case.start, value), 6), plain)
        same(table(dated_at(case, path, "2001-03", value), 6), plain)
        same(table(dated_at(case, path, "2060-01", value), 6), as_it_is)
        if not plain.equals(as_it_is):
            moved.append(path)
    assert len(moved) > 0.6 * len(paths), "most of these would make a difference"


@pytest.mark.parametrize("part", [0, *(pytest.param(n, marks=pytest.mark.long) for n in (1, 2, 3))])
def test_engines_agree_on_every_dated_figure(part):
    case = rich()
    for n, (path, each) in enumerate(sorted(dateable(case).items())):
        if n % 12 == part * 3:  # a third of them; random settings have the rest
            value = another(path, each)
            for gradual in (False, True):
                dated = compile_setting(dated_at(case, path, "2010-07", value, gradual=gradual))
                worlds = [(0, 0), (3, 1)]
                same(in_worlds(dated, worlds, 1), in_worlds(dated, worlds, 1, "mesa"))


def dated_cast(cast, code: str, **courses):
    """Return actors of which one has figures with dates."""
    return [
        a.model_copy(update={"changes": courses}) if a.id == code else a for a in cast
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("course", "month"),
    [((("2010-01", 3.0),), 13), ((("2010-01", 1.0, True),), 10), ((("2010-01", 3.1),), None),
     ((("2009-06", 3.0), ("2009-07", 9.0)), 6), ((("2008-01", 3.0),), 1), ((("2029-01", 1.0),), None)],
)  # fmt: skip
def test_capability_in_general_or_in_a_venue_changes_at_a_date(course, month):
    """Three of four carry the text as soon as the one against holds no more than they: 9 to 1 falls
    by two thirds a month, and is 3 in the tenth."""
    place = hall(rule="simple_majority", capability_quota=[1, 2])
    cast = states(3, NAX=9.0)
    assert adopted(dated_cast(cast, "NAX", capability=changes(*course)), place) == month
    there = hall(rule="simple_majority", capability_quota=[1, 2], capability={"NAX": 9.0})
    dated = {"capability": {"NAX": changes(*course)}}
    assert adopted(states(3), there.model_copy(update={"changes": dated})) == month


def test_capability_of_the_parties_may_come_to_suffice_with_time():
    """Whoever adopted holds three fifths of the cast's from the month in which the other's falls."""
    row = ends(
        dated_cast(states(3, NAX=9.0), "NAX", capability=changes(("2010-03", 2.0))),
        hall(rule="simple_majority"),
    )
    assert (row["adoption_month"], row["success_month"]) == (1, 15)


def two_issues(course: schema.Changes, **changed):
    """Return whether and when a state agrees that has another mind on each of two issues."""
    odd = actor("ODD", {"scope": 0.0, "form": 0.2}, changes=course)
    odd = odd.model_copy(update={"salience": {"scope": figure(1.0), "form": figure(0.0)}} | changed)
    cast = [actor("YAX", {"scope": 0.2, "form": 0.2}), odd]
    text = {"scope": 0.2, "form": 0.2}
    fixed = {"mandate": schema.Box(box={k: [v, v] for k, v in text.items()}, note="test")}
    case = small(cast, hall(rule="consensus"), UNDERWAY, text=text, start="2009-01")
    one = case.initiatives["one"].model_copy(update=fixed)
    case = case.model_copy(update={"initiatives": {"one": one}})
    found = table(case, 1)
    same(found, table(case, 1, engine="mesa"))
    return case, None if pd.isna(found.iloc[0]["adoption_month"]) else int(
        found.iloc[0]["adoption_month"]
    )


def test_salience_moves_from_one_issue_to_another_at_a_date():
    """On the first the state is against the text, on the second it wants it."""
    assert two_issues({})[1] is None
    away = {"salience": {"scope": changes(("2010-01", 0.0)), "form": changes(("2010-01", 1.0))}}
    case, month = two_issues(away)
    assert month == 13
    i = sorted(case.actors).index("ODD")
    weights = watched(case, lambda m: m.world.salience[i, case.issues.index("form")], 14)
    assert weights == [0.0] * 12 + [1.0] * 2
    slowly = {"salience": {"form": changes(("2009-05", 1.0, True))}}
    case, _ = two_issues(slowly)
    weights = watched(case, lambda m: m.world.salience[i, case.issues.index("form")], 5)
    assert weights == [0.0, 0.2, round(1 / 3, 9), round(3 / 7, 9), 0.5], "scaled to sum one"


def test_a_line_takes_an_ideal_point_along_and_shifts_go_on_from_it():
    course = {"ideal_point": {"scope": changes(("2009-05", 0.6, True))}}
    one = actor("AAX", {"scope": 0.2}, changes=course)
    wants = watched(small([one], start="2009-01"), lambda m: m.ideals[0, 0], 6)
    assert wants == [0.2, 0.3, 0.4, 0.5, 0.6, 0.6]
    away = one.model_copy(update={"shifts": [shift("2009-03", {"scope": 0.9})]})
    wants = watched(small([away], start="2009-01"), lambda m: m.ideals[0, 0], 6)
    assert wants == [0.2, 0.3, 0.9, 1.0, 1.0, 1.0], "0.1 a month, to the end of the scale"


def test_joining_a_bloc_at_a_date_makes_draws_and_moods_one():
    whole = {"blocs": {"EAST": changes(("2009-03", 1.0))}}
    cast = [actor(code, {"scope": 0.2}, changes=whole) for code in ("AAX", "BBX")]
    case = small(
        cast, start="2009-01",
        process={"private_sd": 0.2, "mood_sd": 0.1, "mood_persistence": 0.0},
    )  # fmt: skip
    never = schema.Calendar(weeks={}, basis="assumed", note="test")
    case = with_venues(case, lambda v: {"calendar": never})
    private = watched(case, lambda m: m.state.actors.private[0] - m.state.actors.private[1], 4)
    assert private[0] == private[1] != 0.0 and private[2:] == [0.0, 0.0]

    def moods(m):
        while m.world.filled[0].moods < 4:
            extend_moods(m.given, m.world)
        t = m.now - 1
        return m.world.moods[t, 0] - m.world.moods[t, 1]

    apart = watched(case, moods, 4)
    assert apart[0] != 0.0 != apart[1] and apart[2:] == [0.0, 0.0]


def test_what_it_takes_to_accept_a_forum_ends_at_a_date():
    place = hall(rule="consensus").model_copy(update={"convening": {"YBX": figure(1.0)}})
    assert adopted(states(2, 0), place) is None
    dated = {"convening": {"YBX": changes(("2010-01", 0.0))}}
    assert adopted(states(2, 0), place.model_copy(update={"changes": dated})) == 13
    raised = {"convening": {"YAX": changes(("2008-01", 1.0))}}
    free = hall(rule="consensus").model_copy(update={"changes": raised})
    assert adopted(states(2, 0), free) is None, "one that was not stated begins at 0"


def test_a_group_holds_together_from_a_date():
    """The state that insists on more accepts what the two others do, as soon as they are one."""
    cast = [actor(c, {"scope": YES}, flexibility=100.0, groups=["G"]) for c in ("YAX", "YBX")]
    cast.append(actor("WAX", {"scope": 0.3}, flexibility=1e-9, groups=["G"]))

    box = schema.Box(box={"scope": [YES, 0.3]}, note="test")

    def month_of(*course):
        group = schema.Group(cohesion=figure(0.0), changes={"cohesion": changes(*course)})
        case = small(
            cast, hall(rule="consensus"), UNDERWAY, start="2009-01", groups={"G": group},
            process={"chair_step": 0.01},
        )  # fmt: skip
        one = case.initiatives["one"].model_copy(update={"mandate": box})
        case = case.model_copy(update={"initiatives": {"one": one}})
        found = table(case, 1)
        same(found, table(case, 1, engine="mesa"))
        month = found.iloc[0]["adoption_month"]
        return None if pd.isna(month) else int(month)

    assert month_of() is None and month_of(("2029-01", 1.0)) is None
    assert month_of(("2010-01", 1.0)) == 13
    assert month_of(("2008-01", 1.0)) is not None


def test_a_state_acts_with_the_first_group_that_holds_together_by_then():
    cast = [actor("AAX", {"scope": 0.2}, groups=["LATE", "SOON"]), actor("BBX", {"scope": 0.2})]
    groups = {
        "LATE": schema.Group(changes={"cohesion": changes(("2009-03", 0.5))}),
        "SOON": schema.Group(cohesion=figure(0.5)),
    }
    case = small(cast, start="2009-01", groups=groups)
    acts = watched(case, lambda m: m.given.seats.group[m.state.run[0].phase_row, 0], 4)
    assert acts == [1.0, 1.0, 0.0, 0.0]
    none = small(cast, start="2009-01", groups={"SOON": groups["SOON"]})
    assert watched(none, lambda m: len(m.given.groups), 1) == [1.0]


@pytest.mark.parametrize("own", [False, True])
def test_what_is_in_force_without_a_text_changes_at_a_date(own):
    """As soon as nothing is worse for it than the text, the state that was against it agrees."""
    dated = {"status_quo": {"scope": changes(("2010-01", 0.4))}}
    case = small(states(2), hall(rule="consensus"), UNDERWAY, start="2009-01")
    one = case.initiatives["one"]
    fixed = {"mandate": schema.Box(box={"scope": [YES, YES]}, note="test")}
    if own:
        fixed |= {"status_quo": {"scope": figure(0.0)}, "changes": dated}
    else:
        case = case.model_copy(update={"changes": dated})
    case = case.model_copy(update={"initiatives": {"one": one.model_copy(update=fixed)}})
    row = table(case, 1)
    same(row, table(case, 1, engine="mesa"))
    assert row["adoption_month"].tolist() == [13]
    if own:  # its own is not the experiment's
        elsewhere = case.model_copy(
            update={"changes": {"status_quo": {"scope": changes(("2008-01", 0.4))}}}
        )
        assert table(elsewhere, 1)["adoption_month"].tolist() == [13]


def test_private_draws_last_and_their_scale_has_a_date():
    case = small(
        states(1, 0), start="2009-01", process={"private_sd": 0.125},
        changes={"private_sd": changes(("2009-03", 0.25))},
    )  # fmt: skip
    drawn = watched(case, lambda m: m.state.actors.private[0], 4)
    assert drawn[0] == drawn[1] != 0.0 and drawn[2] == drawn[3] == pytest.approx(2 * drawn[0])


def test_what_all_can_see_grows_at_each_months_rate():
    case = small(
        states(1, 0), start="2009-01", process={"verifiable_growth": 0.12},
        changes={"verifiable_growth": changes(("2009-03", 0.24), ("2009-05", 0.0))},
    )  # fmt: skip
    grown = watched(case, lambda m: m.world.noted[m.now - 1, 2], 7)
    assert grown == [0.0, 0.01, 0.02, 0.04, 0.06, 0.06, 0.06]


def test_opening_urgency_is_that_of_the_first_month():
    def urgency(*course):
        case = small(
            states(1, 0), start="2009-01", process={"urgency_half_life": 1.0},
            changes={"opening_urgency": changes(*course)},
        )  # fmt: skip
        return watched(case, lambda m: m.state.run[0].urgency, 2)

    assert urgency(("2009-01", 0.8)) == urgency(("2001-01", 0.8)) == [0.4, 0.2]
    assert urgency(("2009-02", 0.8)) == [0.0, 0.0]


def binding_text(process: dict[str, float], course: schema.Changes, ratifies: float = 0.0):
    """Return the row of a text with form one half that is agreed in the first month."""
    text = {"form": 0.5, "scope": 0.5}
    cast = [
        actor(code, text, ratification_delay=1.0, ratification_threshold=ratifies,
              executive_threshold=0.0)
        for code in ("AAX", "BBX")
    ]  # fmt: skip
    case = small(
        cast, hall(rule="consensus"), UNDERWAY, text=text, start="2009-01", changes=course,
        process={"ratification_sigma": 0.0} | process,
        plan=schema.Initiative(
            id="one", name="one", text={k: figure(v) for k, v in text.items()},
            mandate=schema.Box(box={k: [v, v] for k, v in text.items()}, note="test"),
        ),
    )  # fmt: skip
    row = table(case, 1)
    same(row, table(case, 1, engine="mesa"))
    return row.iloc[0]


def test_what_a_treaty_is_has_a_date():
    """A text agreed before it is in force at once; after it waits for ratifications."""
    high = {"treaty_threshold": 0.6}
    at_once = binding_text(high, {"treaty_threshold": changes(("2009-02", 0.4))})
    assert at_once["adoption_month"] == at_once["entry_into_force_month"] == 1
    waits = binding_text(high, {"treaty_threshold": changes(("2009-01", 0.4))})
    assert waits["adoption_month"] == 1 < waits["entry_into_force_month"]


def test_what_an_executive_agreement_is_has_a_date():
    """A hurdle that no treaty passes does not count below the limit."""
    low = {"executive_limit": 0.4, "retry_rate": 5.0}
    assert pd.isna(binding_text(low, {}, ratifies=1.0)["entry_into_force_month"])
    row = binding_text(low, {"executive_limit": changes(("2011-01", 0.9))}, ratifies=1.0)
    assert row["entry_into_force_month"] >= 25


# Ranges of dated values


def ranged(value: float, low: float, high: float, date: str = "2009-03") -> list[schema.Change]:
    return [schema.Change(date=date, value=value, range=[low, high], basis="assumed", note="test")]


def test_a_dated_value_with_a_range_is_drawn_in_every_belief():
    one = states(1, 0)[0].model_copy(
        update={"trust": figure(0.5), "changes": {"trust": ranged(0.3, 0.2, 0.8)}}
    )
    case = compile_setting(small([one], start="2009-01"))

    def drawn(engine_world, belief: int) -> float:
        return float(engine_world(case, 7, belief, belief).world.changed_to[0, 0])

    found = [drawn(PlainWorld, belief) for belief in range(300)]
    assert min(found) >= 0.2 and max(found) <= 0.8 and len(set(found)) == 300
    mean, sd = (0.2 + 0.3 + 0.8) / 3, 0.1312
    assert abs(np.mean(found) - mean) < 3.3 * sd / 300**0.5
    again = PlainWorld(case, 7, 5, 99).world.changed_to[0, 0]
    assert again == found[5], "another chance is the same belief"
    trust = watched(case.setting, lambda m: m.state.actors.trust[0], 4)
    assert trust[:2] == [0.5, 0.5] and trust[2] == trust[3] == round(found[3], 9)


def test_a_range_of_what_no_belief_draws_is_for_sweeps_alone():
    cast = states(3, NAX=9.0)
    place = hall(rule="simple_majority", capability_quota=[1, 2])
    assert adopted(dated_cast(cast, "NAX", capability=ranged(3.0, 1.0, 9.0)), place) == 3


def test_a_range_of_one_dated_value_moves_no_other_draw():
    case = dated_setting(3)
    never = {"stake": ranged(0.5, 0.1, 0.9, "2060-01")}
    without = with_actors(case, lambda actor: {"changes": {}})
    same(table(with_actors(case, lambda actor: {"changes": never}), 5), table(without, 5))


SWEPT = [
    "actors.{code}.changes.trust.0.value", "actors.*.changes.trust.0.value",
    "actors.{code}.changes.ideal_point.{issue}.0.value",
    "actors.{code}.changes.capability.0.value", "actors.{code}.changes.salience.{issue}.0.value",
    "venues.{venue}.changes.isolation.0.value", "venues.{venue}.changes.convening.{code}.0.value",
    "changes.pace.0.value", "changes.status_quo.{issue}.0.value", "groups.NORTH.changes.cohesion.0.value",
    "changes.executive_limit.0.value",
]  # fmt: skip


def arrays_alike(one, other) -> bool:
    return all(
        np.array_equal(a, b) for a, b in zip(one.arrays, other.arrays, strict=True)
    )  # fmt: skip


def swept_setting() -> tuple[schema.Setting, dict[str, str]]:
    case = rich()
    names = {
        "code": sorted(case.actors)[0],
        "issue": case.issues[0],
        "venue": sorted(case.venues)[0],
    }
    said: dict = {}
    for path in SWEPT:
        if "*" not in path:
            own = path.format(**names).removesuffix(".0.value")
            value = 2.0 if own.endswith("capability") else 0.5
            said[own] = [{
                "date": "2010-01", "value": value, "range": [0.1, 3.0 if value == 2.0 else 0.9],
                "basis": "expert", "note": "test",
            }]  # fmt: skip
    return apply_overrides(case, said), names


@pytest.mark.parametrize("path", SWEPT)
def test_a_dated_value_is_swept_as_any_figure_is(path):
    """In the arrays or through the setting, the table is the same; the range goes."""
    case, names = swept_setting()
    path = path.format(**names)
    value = 1.25 if "capability" in path else 0.75
    patcher = Patcher(case, [path])
    assert patcher.patched == (not any(n in path for n in ("capability", "salience", "cohesion")),)
    override = apply_overrides(case, {path: value})
    by_sweep = table(patcher.scenario((value,)), 6)
    same(by_sweep, table(override, 6))
    assert not arrays_alike(patcher.scenario((value,)), patcher.base), "it is set"
    holder = override.actors[names["code"]].changes if path.startswith("actors") else None
    if holder is not None and "trust" in holder and "trust" in path:
        (set_,) = holder["trust"]
        assert (set_.range, set_.basis, set_.value) == (None, "assumed", value)
    kept = apply_overrides(
        case,
        {path: value, path.replace("value", "range"): [0.2, 0.9]} if value < 1 else {path: value},
    )
    assert schema.Setting.model_validate_json(kept.model_dump_json()) == kept


def test_dates_are_swept_too():
    case, names = swept_setting()
    path = f"actors.{names['code']}.changes.trust.0.date"
    found = [Patcher(case, [path]).scenario((date,)) for date in ("2009-01", "2012-01")]
    assert found[0].arrays.changes["month"].tolist() != found[1].arrays.changes["month"].tolist()
    same(table(found[0], 6), table(apply_overrides(case, {path: "2009-01"}), 6))


def test_sensitivity_and_levers_know_dated_values():
    case, names = swept_setting()
    scenario = compile_setting(case)
    strategy = scenario.strategy_names[0]
    found = {a.path: a for a in assumptions_of(scenario, strategy, environment_table())}
    path = f"actors.{names['code']}.changes.trust.0.value"
    assert (found[path].low, found[path].high, found[path].why) == (0.1, 0.9, "range")
    assert "changes.pace.0.value" in found and "groups.NORTH.changes.cohesion.0.value" in found
    row = sorted(case.actors).index(names["code"])
    column = ACTOR_PARAMETERS.index("trust")
    lower = shifted(scenario, "actor", row, [column], -0.25)
    at = scenario.places.index(("actors", names["code"], "changes", "trust", 0))
    assert lower.arrays.changed_to["mode"][at, 0] == 0.25
    assert lower.arrays.actor_figures["mode"][row, column] == pytest.approx(
        max(0.0, scenario.arrays.actor_figures["mode"][row, column] - 0.25)
    )


def test_giving_way_holds_whatever_was_to_come():
    cast = states(2)
    stubborn = dated_cast(cast, "NAX", margin=changes(("2009-02", 0.9)))
    place = hall(rule="consensus").model_copy(update={
        "changes": {"convening": {"NAX": changes(("2009-01", 1.0))}}
    })  # fmt: skip
    case = compile_setting(small(stubborn, place, UNDERWAY, start="2009-01"))
    assert table(case, 1)["adoption_month"].isna().all()
    assert table(giving_way(case, ["NAX"]), 1)["adoption_month"].notna().all()


# Directed shifts and elections


def shift(date: str, to: dict[str, float], chance: float = 1.0) -> schema.DirectedShift:
    return schema.DirectedShift(
        date=date, to={k: figure(v) for k, v in to.items()}, chance=figure(chance)
    )


def test_a_shift_takes_a_state_from_where_it_stands_to_where_it_goes():
    cast = states(2)
    cast[-1] = cast[-1].model_copy(update={"shifts": [shift("2010-06", {"scope": YES})]})
    assert adopted(cast, hall(rule="consensus")) == 18
    back = [*cast[-1].shifts, shift("2010-02", {"scope": YES}), shift("2010-04", {"scope": NO})]
    cast[-1] = cast[-1].model_copy(update={"shifts": back})
    never = schema.Calendar(weeks={}, basis="assumed", note="test")  # talks would end the moves
    place = hall(rule="consensus").model_copy(update={"calendar": never})
    model = model_of(small(cast, place, start="2009-01"))
    i = model.scenario.actor_ids.index("NAX")
    wants = watched(model.scenario.setting, lambda m: m.ideals[i, 0], 19)
    assert wants == [NO] * 13 + [YES] * 2 + [NO] * 2 + [YES] * 2


def test_a_shift_leaves_other_issues_alone_and_random_ones_go_from_the_new_point():
    one = actor("AAX", {"scope": 0.2, "form": 0.6}, shifts=[shift("2009-03", {"scope": 0.7})])
    case = small([one], start="2009-01")
    wants = [watched(case, lambda m, k=k: m.ideals[0, k], 4) for k in range(2)]
    assert wants == [[0.2, 0.2, 0.7, 0.7], [0.6] * 4]
    restless = one.model_copy(update={"turnover_dates": ["2009-05"]})
    case = small([restless], start="2009-01", process={"turnover_sd": 0.01})
    later = watched(case, lambda m: m.ideals[0, 0], 6)
    assert later[2:4] == [0.7, 0.7] and later[4] != 0.7 and abs(later[4] - 0.7) < 0.05


@pytest.mark.parametrize("chance", [0.0, 0.3, 1.0])
def test_an_election_is_won_with_its_chance(chance):
    cast = states(2)
    cast[-1] = cast[-1].model_copy(update={"shifts": [shift("2010-01", {"scope": YES}, chance)]})
    case = small(cast, hall(rule="consensus"), UNDERWAY, start="2009-01")
    fixed = {"mandate": schema.Box(box={"scope": [YES, YES]}, note="test")}
    case = case.model_copy(
        update={"initiatives": {"one": case.initiatives["one"].model_copy(update=fixed)}}
    )
    months = table(case, 400)["adoption_month"]
    assert set(months.dropna().astype(int)) <= {13}
    share = months.notna().mean()
    assert abs(share - chance) <= 3.3 * (chance * (1 - chance) / 400) ** 0.5


def test_an_election_moves_no_other_draw():
    """Whoever wins nothing but its own ideal point is another; with no chance nothing is."""
    case = dated_setting(3)
    none = with_actors(case, lambda a: {"shifts": []})
    never = with_actors(case, lambda a: {"shifts": [shift("2010-01", {"scope": 0.5}, 0.0)]})
    same(table(none, 5), table(never, 5))


# Events with dates


def test_events_happen_in_their_month_and_do_what_chance_events_do():
    said = [
        schema.ScheduledEvent(date="2009-02", kind="accident"),
        schema.ScheduledEvent(date="2009-04", kind="test", actor="YAX"),
        schema.ScheduledEvent(date="2009-06", kind="shock", urgency=figure(0.25)),
        schema.ScheduledEvent(date="2009-07", kind="shock", trust_cost=figure(0.125)),
    ]
    case = small(
        states(1), events=said, start="2009-01",
        process={"event_urgency": 0.5, "urgency_half_life": 1.0, "test_trust_cost": 0.25, "trust_return": 0.0},
    )  # fmt: skip
    assert watched(case, lambda m: m.state.run[0].urgency, 7) == [
        0.0, 0.5, 0.25, 0.625, 0.3125, 0.40625, 0.203125,
    ]  # fmt: skip
    assert watched(case, lambda m: m.state.actors.trust[0], 7) == [0.5] * 3 + [0.25] * 3 + [0.125]
    row = table(case, 1).iloc[0]
    assert row["events"] == 2


def test_a_scheduled_test_is_called_off_by_who_is_bound():
    said = schema.ScheduledEvent(date="2010-01", kind="test", actor="YAX")
    case = small(
        states(2, 0), hall(rule="consensus"), UNDERWAY, events=[said], start="2009-01",
        process={"adherence_effect": 1.0},
    )  # fmt: skip
    row = table(case, 1).iloc[0]
    assert (row["events"], row["events_avoided"]) == (0, 1)


# Chains of fallbacks


def halls_of(*rules: str) -> list[schema.Venue]:
    return [
        hall(name, rule=rule)
        for name, rule in zip(("hall", "two", "tre", "fou"), rules, strict=False)
    ]


def test_a_chain_of_fallbacks_is_gone_through_in_turn():
    """Twelve months in each; the third venue votes. In a venue that is new the mandate comes first."""
    first, *more = halls_of("consensus", "consensus", "simple_majority")
    track = {
        "initiative": "one", "venue": "hall", "fallback": "two", "later_fallbacks": ["tre"],
        "patience": 12.0,
    }  # fmt: skip
    row = ends(states(2), first, [track], more=more)
    assert (row["venue"], row["mandate_month"], row["adoption_month"]) == ("tre", 25, 26)
    row = ends(states(2), first, [track | {"later_fallbacks": []}], more=more)
    assert row["venue"] == "two" and pd.isna(row["adoption_month"])


def test_the_grammar_says_a_chain():
    (track,) = parse_strategy("ban@CD>COPUOS>gge>adhoc-optin").tracks
    assert (track.fallback, track.later_fallbacks) == ("COPUOS", ["gge", "adhoc-optin"])
    assert track_name(track) == "ban@CD>COPUOS>gge>adhoc-optin"
    assert load_setting("bellagio").strategies[0].tracks[0].later_fallbacks == []


# In study files

STUDY = """\
id: study
name: Fish
start: 2009-01
horizon_years: 5
issues: [quota]
cast: [USA, CHN, CAN]
self_contained: true
strategies: [fish@hall]
"""
STATE = """\
id: {code}
name: {code}
capability: {{value: {capability}, basis: assumed, note: a test}}
ideal_point: {{quota: {{value: {ideal}, basis: assumed, note: a test}}}}
salience: {{quota: {{value: 1, basis: assumed, note: a test}}}}
turnover_rate: {{value: 0, basis: assumed, note: a test}}
"""
HALL = """\
id: hall
name: Hall
members: [USA, CAN, CHN]
isolation: {value: 0, basis: assumed, note: a test}
informality: {value: 0, basis: assumed, note: a test}
calendar:
  basis: assumed
  note: a test
  sessions: [{date: 2009-06, weeks: 2}, {date: 2010-06, weeks: 2}, {date: 2011-06, weeks: 2, note: last}]
"""
FISH = """\
id: fish
name: Fish
binding: false
text: {quota: {value: 0.2, basis: assumed, note: a test}}
mandate: {box: {quota: [0.2, 0.2]}, note: a test}
"""


def study(folder, rule: str, more: str = "") -> str:
    """Write a study of three states, of which CHN objects, and return its path."""
    quiet = "".join(f"  {name}: {value}\n" for name, value in QUIET.items())
    files = {
        "study.yaml": f"{STUDY}environment:\n{quiet}{more}",
        "venues/hall.yaml": HALL + rule,
        "initiatives/fish.yaml": FISH,
    }
    for code, ideal, capability in (("USA", 0.2, 1), ("CAN", 0.2, 1), ("CHN", 0, 2)):
        files[f"actors/{code}.yaml"] = STATE.format(code=code, ideal=ideal, capability=capability)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return str(folder)


RULES = {  # a rule as a file says it, and the month of adoption
    "decision: {rule: consensus}": None,
    "decision: {rule: consensus, less: 1}": 18,
    "decision: {rule: simple_majority, capability_quota: [1, 2]}": 18,
    "decision: {rule: simple_majority, capability_quota: [51, 100]}": None,
    "decision: {rule: simple_majority, capability_quota: [51, 100]}\n"
    "capability: {CHN: {value: 1, basis: assumed, note: a test}}": 18,
    "decision: {rule: simple_majority, then: {date: 2010-07, rule: consensus, less: 1}}": 18,
    "decision: {rule: consensus, less: 1, then: {date: 2009-07, rule: consensus}}": None,
    "mandate: {rule: simple_majority}\n"
    "decision: {rule: consensus, then: {date: 2010-07, rule: simple_majority}}": 30,
    "mandate: {rule: simple_majority}\ndecision: {rule: consensus}\n"
    "membership_changes: [{date: 2011-06, leaves: [CHN]}]": 30,
}


MORE = {  # what study.yaml says, and the month of adoption
    "actors: {CHN: {shifts: [{date: 2010-06, to: {quota: 0.2}}]}}\n": 18,
    "actors: {CHN: {shifts: [{date: 2010-06, to: {quota: 0.2}, chance: 0}]}}\n": None,
    "actors: {CHN: {changes: {margin: [{date: 2010-06, value: 0}]}}}\n": None,
    "venues: {hall: {changes: {isolation: [{date: 2010-06, value: 1, gradual: false}]}}}\n": 18,
    "actors: {CHN: {changes: {ideal_point: {quota: [{date: 2010-06, value: 0.2}]}}}}\n": 18,
    "changes: {status_quo: {quota: [{date: 2011-06, value: 0.4, range: [0.4, 0.5]}]}}\n": 30,
    "venues: {hall: {changes: {convening: {CHN: [{date: 2010-06, value: 0}]}}}}\n": None,
    "changes: {urgency_effect: [{date: 2011-06, value: 1}]}\n"
    "actors: {CHN: {debris_concern: 1}}\n"
    "events: [{date: 2009-06, kind: accident}, {date: 2011-06, kind: shock, urgency: 1}]\n": 30,
}


@pytest.mark.parametrize("more", MORE)
def test_a_study_file_says_what_has_dates(more, tmp_path):
    rule = "decision: {rule: consensus}\nmandate: {rule: simple_majority}"
    folder = study(tmp_path, rule, more)
    assert api.check(folder) == []
    row = table(load_setting(folder), 1).iloc[0]
    month = row["adoption_month"]
    assert (None if pd.isna(month) else int(month)) == MORE[more]


@pytest.mark.parametrize(
    ("more", "message"),
    [("changes: {urgency: [{date: 2010-06, value: 1}]}", "unknown figure"),
     ("changes: {opening_urgency: [{date: 2010-06, value: 0.5}]}", "in the first month alone"),
     ("changes: {status_quo: [{date: 2010-06, value: 0.1}]}", "it has a value by issue"),
     ("changes: {status_quo: {qouta: [{date: 2010-06, value: 0.1}]}}", "did you mean 'quota'"),
     ("changes: {pace: {quota: [{date: 2010-06, value: 0.1}]}}", "it has one value"),
     ("changes: {success_share: [{date: 2010-06, value: 0.1}]}", "is the same in all months"),
     ("changes: {pace: [{date: 2010-06, value: 0.1, range: [0.2, 0.3]}]}", "outside its range"),
     ("changes: {pace: [{date: 2010-06, value: 0.1, range: [0.1, 2]}]}", "2 is not between"),
     ("changes: {pace: [{date: 2010-06, value: 0.1, basis: expert, source: nowhere}]}", "'nowhere'"),
     ("actors: {CHN: {changes: {blocs: {EAST: [{date: 2010-06, value: 0.9}], "
      "WEST: [{date: 2010-07, value: 0.9}]}}}}", "1.620 in 2010-07, above 1"),
     ("actors: {CHN: {changes: {salience: {quota: [{date: 2010-06, value: 0}]}}}}", "all zero"),
     ("actors: {CHN: {changes: {salience: {form: [{date: 2010-06, value: 0}]}}}}",
      "no salience.form to change from"),
     ("actors: {CHN: {changes: {resources: [{date: 2010-06, value: 0}]}}}", "no mechanism reads it"),
     ("actors: {CHN: {changes: {unga_ideal_point: [{date: 2010-06, value: 0}]}}}", "ties are made"),
     ("actors: {CHN: {changes: {capability: [{date: 2010-06, value: 0}]}}, "
      "USA: {changes: {capability: [{date: 2010-06, value: 0}]}}, "
      "CAN: {changes: {capability: [{date: 2010-07, value: 0}]}}}", "zero in 2010-07"),
     ("venues: {hall: {changes: {quota: [{date: 2010-06, value: 0.7}]}}}", "decision.then"),
     ("venues: {hall: {changes: {weeks: [{date: 2010-06, value: 1}]}}}", "calendar.sessions"),
     ("venues: {hall: {changes: {capability: {CHN: [{date: 2010-06, value: 1}]}}}}",
      "no capability.CHN to change from"),
     ("venues: {hall: {changes: {convening: {USE: [{date: 2010-06, value: 1}]}}}}", "USE"),
     ("initiatives: {fish: {changes: {status_quo: {quota: [{date: 2010-06, value: 1}]}}}}",
      "no status_quo.quota to change from"),
     ("initiatives: {fish: {changes: {text: {quota: [{date: 2010-06, value: 1}]}}}}", "first text"),
     ("actors: {CHN: {changes: {trust: [{date: 2030-06, value: 1}]}}}", "2030-06 is after the run"),
     ("initiatives: {fish: {status_quo: {quota: 0}, changes: {status_quo: "
      "{quota: [{date: 2030-06, value: 1}]}}}}", "2030-06 is after the run"),
     ("changes: {event_rate: [{date: 2010-06, value: 0.3}]}", "0.3 is not between 0 and 0.2"),
     ("changes: {event_rate: [{date: 2010-06, value: 0}, {date: 2010-06, value: 0.1}]}", "stands twice"),
     ("actors: {CHN: {changes: {trusst: [{date: 2010-06, value: 1}]}}}", "did you mean 'trust'"),
     ("venues: {hall: {changes: {isolation: [{date: 2010-06, value: 2}]}}}", "2 is not between 0"),
     ("changes: {event_rate: [{date: 2019-06, value: 0.1}]}", "2019-06 is after the run"),
     ("actors: {CHN: {shifts: [{date: 2019-06, to: {quota: 1}}]}}", "2019-06 is outside the run"),
     ("actors: {CHN: {shifts: [{date: 2010-06, to: {quota: 2}}]}}", "2.0 is not between 0.0 and 1"),
     ("actors: {CHN: {shifts: [{date: 2010-06, to: {}}]}}", "to"),
     ("events: [{date: 2010-06, kind: test}]", "a test has one"),
     ("events: [{date: 2010-06, kind: shock}]", "a shock adds urgency or costs trust"),
     ("events: [{date: 2010-06, kind: crisis, actor: USE}]", "'USE' is not in the cast"),
     ("events: [{date: 2030-06, kind: crisis, actor: USA}]", "2030-06 is outside the run"),
     ("events: [{date: 2010-06, kind: accident, urgency: 0.1}]", "only a shock"),
    ],
)  # fmt: skip
def test_dates_that_make_no_sense_are_refused_with_their_place(more, message, tmp_path):
    found = api.check(study(tmp_path, "decision: {rule: consensus}", more + "\n"))
    assert found and message in f"{found[0].field}: {found[0].message}", found
    assert found[0].line or "whole" in found[0].message


@pytest.mark.parametrize("rule", RULES)
def test_a_study_file_says_it(rule, tmp_path):
    folder = study(tmp_path, rule)
    assert api.check(folder) == []
    row = table(load_setting(folder), 1).iloc[0]
    month = row["adoption_month"]
    assert (None if pd.isna(month) else int(month)) == RULES[rule]


@pytest.mark.parametrize(
    ("rule", "message"),
    [("decision: {rule: consensus, quota: [2, 3]}", "only a qualified majority"),
     ("decision: {rule: opt_in, less: 1}", "only consensus may be less"),
     ("decision: {rule: consensus, capability_quota: [1, 2]}", "only a majority has one"),
     ("decision: {rule: simple_majority, capability_quota: [3, 2]}", "3/2 is above 1"),
     ("decision: {rule: consensus, then: {rule: opt_in}}", "then.date"),
     ("decision: {rule: consensus, then: {date: 2010, rule: opt_in}}", "then.date"),
     ("decision: {rule: consensus, leess: 1}", "did you mean 'less'"),
     ("decision: {rule: consensus, then: {date: 2010-01, rule: opt_in, "
      "then: {date: 2010-01, rule: opt_in}}}", "2010-01 is not after 2010-01"),
     ("decision: {rule: consensus}\nmembership_changes: [{date: 2010-01}]", "nobody joins or leaves"),
     ("decision: {rule: consensus}\nmembership_changes: [{date: 2010-01, leaves: [USA, CAN, CHN]}]",
      "from 2010-01 on no member is in the cast"),
     ("decision: {rule: consensus}\nmembership_changes: [{date: 2010-01, joins: [USE]}]", "USE"),
     ("decision: {rule: consensus}\ncapability: {USE: {value: 1, basis: assumed, note: a}}", "USE"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_with_its_place(rule, message, tmp_path):
    (error, *_) = api.check(study(tmp_path, rule))
    assert message in f"{error.field}: {error.message}" and error.line, error


def test_a_setting_without_these_fields_is_written_down_as_before():
    case = small(states(2), hall(rule="consensus"), UNDERWAY)
    said = case.model_dump(mode="json")
    place = said["venues"]["hall"]
    new = {"less", "capability_quota", "then", "membership_changes", "capability", "sessions"}
    new |= {"changes", "events", "shifts", "later_fallbacks"}
    who, track = said["actors"]["NAX"], said["strategies"][0]["tracks"][0]
    assert not new & {*said, *place, *place["decision"], *place["calendar"], *track}
    assert not (new - {"capability"}) & who.keys()
    assert schema.Setting.model_validate_json(case.model_dump_json()) == case


@pytest.mark.parametrize(
    ("path", "value", "month"),
    [("venues.hall.decision.less", 1, 18), ("venues.hall.decision.then.date", "2011-01", 30),
     ("actors.CHN.shifts.0.chance", 1, 18), ("venues.hall.calendar.sessions.1.date", "2010-08", None),
     ("actors.*.changes.margin.0.value", 0.5, None),
     ("actors.CHN.changes.margin.0.range", [0.04, 0.06], None),
     ("changes.status_quo.quota", [{"date": "2010-06", "value": 0.4}], 18),
     ("actors.CHN.changes.ideal_point", {"quota": [{"date": "2010-06", "value": 0.2}]}, 18),
     ("actors.CHN.changes.ideal_point.quota", "[{date: 2010-06, value: 0.2}]", 18)],
)  # fmt: skip
def test_they_are_reached_by_dotted_path(path, value, month, tmp_path):
    then = ", then: {date: 2013-01, rule: simple_majority}"
    rule = f"mandate: {{rule: simple_majority}}\ndecision: {{rule: consensus{then}}}"
    more = (
        "actors: {CHN: {shifts: [{date: 2010-01, to: {quota: 0.2}, chance: 0}], "
        "changes: {margin: [{date: 2010-01, value: 0.05}]}}}\n"
    )
    found = table(load_setting(study(tmp_path, rule, more), overrides={path: value}), 1)
    assert found["adoption_month"].dropna().tolist() == ([] if month is None else [month])


# All together


@pytest.mark.parametrize("part", [0, 1, pytest.param(2, marks=pytest.mark.long)])
def test_engines_agree_where_much_changes_with_time(part):
    for number in range(12 * part, 12 * part + 12):
        compiled = compile_setting(dated_setting(number))
        fast = in_worlds(compiled, [(0, 0), (3, 1)], number)
        same(fast, in_worlds(compiled, [(0, 0), (3, 1)], number, "mesa"))


def test_looking_at_every_month_changes_no_number_where_much_changes():
    numbers = np.array([(0, 0), (3, 1)], np.uint64)
    for number in range(150):
        compiled = compile_setting(dated_setting(number))
        places = list(range(len(compiled.strategy_names)))
        found = [
            ensemble.simulate(compiled, places, number, numbers, thorough=thorough)
            for thorough in (True, False)
        ]
        same(*(frame_of(rows_of(compiled, places, number, numbers, each)) for each in found))


def test_the_random_settings_reach_what_they_are_for():
    """They adopt and fail, and their dates matter: without them the tables differ."""
    rows = [table(dated_setting(number), 2) for number in range(40)]
    assert sum(int(t["adoption_month"].notna().sum()) for t in rows) > 20
    assert {cause for t in rows for cause in t["cause"].astype(str)} > {"text", "mandate"}
