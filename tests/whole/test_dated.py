"""What a study may say of time and of rules, each by an experiment with a known answer.

Everything is quiet: no draws, no costs, nobody goes along. Of the states one wants another text so
much that it objects to the one on the table for good.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from helpers.dated import dated_setting
from helpers.engines import in_worlds, same, table, with_actors
from helpers.records import model_of, small
from helpers.settings import QUIET, actor, figure, venue
from negotiation_sim.catalogue import load_setting, schema
from negotiation_sim.catalogue.strategy_names import parse_strategy
from negotiation_sim.engine import ensemble
from negotiation_sim.engine.agents import NegotiationModel
from negotiation_sim.engine.scenario import compile_setting, track_name
from negotiation_sim.engine.table import frame_of, rows_of
from negotiation_sim.faces import api
from negotiation_sim.model.decision import carries, objections_counted
from negotiation_sim.model.terms import ENVIRONMENT_PARAMETERS

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
     ("actors.*.changes.margin.0.value", 0.5, None)],
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
