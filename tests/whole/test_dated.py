"""What a study may say of time and of rules, each by an experiment with a known answer.

Everything is quiet: no draws, no costs, nobody goes along. Of the states one wants another text so
much that it objects to the one on the table for good.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from helpers.dated import dated_setting
from helpers.engines import in_worlds, same, table
from helpers.records import small
from helpers.settings import QUIET, actor, figure, venue
from negotiation_sim.catalogue import load_setting, schema
from negotiation_sim.engine import ensemble
from negotiation_sim.engine.scenario import compile_setting
from negotiation_sim.engine.table import frame_of, rows_of
from negotiation_sim.faces import api
from negotiation_sim.model.decision import carries, objections_counted

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
    assert not new & {*place, *place["decision"], *place["calendar"]}
    assert schema.Setting.model_validate_json(case.model_dump_json()) == case


@pytest.mark.parametrize(
    ("path", "value", "month"),
    [("venues.hall.decision.less", 1, 18), ("venues.hall.decision.then.date", "2011-01", 30)],
)
def test_they_are_reached_by_dotted_path(path, value, month, tmp_path):
    then = ", then: {date: 2013-01, rule: simple_majority}"
    rule = f"mandate: {{rule: simple_majority}}\ndecision: {{rule: consensus{then}}}"
    found = table(load_setting(study(tmp_path, rule), overrides={path: value}), 1)
    assert found["adoption_month"].tolist() == [month]


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
