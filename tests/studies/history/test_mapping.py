"""The mechanical mapping from a case to a scenario."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.case_rows import row, write_cases
from negotiation_sim.catalogue import environment_table, find_root, world
from negotiation_sim.catalogue.casting import MOST_REPRESENTATIVES, likeness, n_representatives
from negotiation_sim.catalogue.schema import assumed
from negotiation_sim.engine.agents import NegotiationModel
from negotiation_sim.engine.scenario import compile_setting
from negotiation_sim.studies.history.cases import COLUMNS, MAPPED, read_cases
from negotiation_sim.studies.history.mapping import (
    DELAYS,
    MOST_OTHERS,
    USUAL_TERM,
    Mapping,
    case_to_setting,
    drawn_to_it,
    form_value,
    n_others,
    start_text,
)
from negotiation_sim.studies.history.representatives import EU, G77, POWERS, rest_of
from negotiation_sim.studies.history.venue_classes import PROFILES, class_of

ENVIRONMENT = {name: entry.figure() for name, entry in environment_table().items()}


def case_of(tmp_path, **changes):
    (case,), _ = read_cases(write_cases(tmp_path / "cases.csv", [row(**changes)]))
    return case


def test_the_other_columns_change_nothing(tmp_path):
    cases, _ = read_cases(find_root() / "experiments" / "backtest" / "cases-first-251.csv")
    import csv

    path = find_root() / "experiments" / "backtest" / "cases-first-251.csv"
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    rng = np.random.default_rng(8)
    others = [name for name in COLUMNS if name not in MAPPED and name != "id"]
    for name in others:
        shuffled = rng.permutation([r[name] for r in rows])
        for r, value in zip(rows, shuffled, strict=True):
            r[name] = str(value)
    permuted, _ = read_cases(write_cases(tmp_path / "cases.csv", rows))
    for before, after in zip(cases, permuted, strict=True):
        assert case_to_setting(before, ENVIRONMENT) == case_to_setting(after, ENVIRONMENT)


@pytest.mark.parametrize("column", MAPPED)
def test_every_mapped_column_is_read(tmp_path, column):
    changed = {
        "form": "guidelines", "binding": 0, "scope": 0.9, "domain": "env", "venue_class": "GGE",
        "decision_rule": "vote", "mandate": "1975-03-01", "participants": 180, "us": -1,
        "rus": 0, "chn": 1, "verification": 0.9, "deadline": 1976, "draft": 2,
        "regime": "successor", "task": "explore", "earlier": 1, "shock": 1, "eu": 1, "g77": -1,
    }  # fmt: skip
    fitted = Mapping(offsets={"field.env": 0.04})
    plain = case_to_setting(case_of(tmp_path), ENVIRONMENT, fitted)
    other = case_to_setting(case_of(tmp_path, **{column: changed[column]}), ENVIRONMENT, fitted)
    assert plain != other


def test_stances_become_ideal_points(tmp_path):
    case = case_of(tmp_path, us=1, rus=0, chn=-1, scope=0.6)
    actors = case_to_setting(case, ENVIRONMENT).actors
    scope = [actors[p].ideal_point["scope"].value for p in POWERS]
    assert 0.6 == scope[0] > scope[1] > scope[2]
    assert [actors[p].stake.value for p in POWERS] == [1.0, Mapping().stake, 1.0]


def test_neutral_powers_sit_only_in_worldwide_bodies(tmp_path):
    few = case_to_setting(case_of(tmp_path, participants=11, us=0, rus=0, chn=1), ENVIRONMENT)
    many = case_to_setting(case_of(tmp_path, participants=60, us=0, rus=0, chn=1), ENVIRONMENT)
    assert set(POWERS) & set(few.actors) == {"CHN"}
    assert set(POWERS) <= set(many.actors)


def test_what_exists_is_a_share_of_the_text_where_a_regime_does(tmp_path):
    for regime, share in (("new", 0.0), ("protocol", 0.1), ("successor", 0.1)):
        setting = case_to_setting(case_of(tmp_path, regime=regime, scope=0.5), ENVIRONMENT)
        assert setting.status_quo["scope"].value == pytest.approx(share * 0.5)
        low, high = setting.initiatives["text"].mandate.box["scope"]
        assert low == pytest.approx(0.5 + Mapping().latitude * (share * 0.5 - 0.5))
        assert high == 0.5


def test_a_deadline_is_the_term_of_the_mandate(tmp_path):
    terms = [
        case_to_setting(case_of(tmp_path, deadline=said), ENVIRONMENT).strategies[0].tracks[0]
        for said in ("none", "1976", "1974", "")
    ]
    assert [track.term_months for track in terms] == pytest.approx(
        [0.0, 25.0, 1.0, 12 * USUAL_TERM]
    )


def test_a_draft_is_rounds_held_a_shock_urgency_and_the_task_time_before_work_begins(tmp_path):
    plain, drafted = (
        case_to_setting(case_of(tmp_path, draft=n), ENVIRONMENT).strategies[0].tracks[0].underway
        for n in (0, 2)
    )
    assert (plain.rounds, drafted.rounds) == (0, 4)
    quiet, shaken = (
        case_to_setting(case_of(tmp_path, shock=n), ENVIRONMENT).environment for n in (0, 1)
    )
    assert quiet["opening_urgency"].value == 0.0
    assert shaken["opening_urgency"].value == Mapping().urgency
    months = [
        case_to_setting(case_of(tmp_path, task=task), ENVIRONMENT).venues["venue"].setup_months
        for task in DELAYS
    ]
    assert [each.value for each in months] == [Mapping().setup * x for x in DELAYS.values()]


def test_groups_sit_where_they_had_a_part_and_draw_the_others(tmp_path):
    absent, present = case_of(tmp_path, eu="", g77=""), case_of(tmp_path, eu=1, g77=-1)
    assert not {EU, G77} & set(case_to_setting(absent, ENVIRONMENT).actors)
    actors = case_to_setting(present, ENVIRONMENT).actors
    assert actors[EU].ideal_point["scope"].value > actors[G77].ideal_point["scope"].value
    m = Mapping()
    assert drawn_to_it(present, m) - drawn_to_it(absent, m) == pytest.approx(m.eu_draw - m.g77_draw)


def test_what_draws_the_others_moves_all_of_them_alike(tmp_path):
    case = case_of(tmp_path, participants=100, domain="env", earlier=2, us=1, rus=0, chn=0)
    m = Mapping(offsets={"field.env": 0.03, "venue.CD": -0.01, "field.arms": 0.5})
    expected = m.us_draw + 2 * m.earlier_draw + m.crowd_draw * np.log(100 / 60) + 0.02
    expected += m.decade_draw * (1974 - 1980) / 10
    assert drawn_to_it(case, m) == pytest.approx(expected)
    still = case_to_setting(case, ENVIRONMENT, Mapping(us_draw=0, earlier_draw=0, crowd_draw=0))
    moved = case_to_setting(case, ENVIRONMENT, m)
    for code in set(still.actors) - {*POWERS, EU, G77}:
        one, other = still.actors[code].ideal_point, moved.actors[code].ideal_point
        if 0.0 < one["scope"].value + expected < 1.0:
            assert other["scope"].value - one["scope"].value == pytest.approx(expected)


def test_an_opponent_would_rather_have_nothing_and_a_supporter_the_text(tmp_path):
    case = case_of(tmp_path, us=1, rus=0, chn=-1, scope=0.6)
    quiet = ENVIRONMENT | {"private_sd": assumed(0.0, "quiet"), "mood_sd": assumed(0.0, "quiet")}
    setting = case_to_setting(case, quiet, dataclasses.replace(Mapping(), demand=0.0))
    model = NegotiationModel(compile_setting(setting))
    text, track = [start_text(case)[k] for k in setting.issues], model.tracks[0]
    gains = {
        agent.actor_id: agent.satisfaction(text, track) - agent.reservation_value(track)
        for agent in model.agents
    }
    assert gains["USA"] > gains["RUS"] > gains["CHN"]
    assert gains["USA"] > 0.0 > gains["CHN"]


def test_the_cast_grows_slowly_and_is_nested():
    counts = [n_representatives(n, 3) for n in (2, 5, 12, 40, 193, 10_000)]
    assert counts == sorted(counts) and counts[0] == 0 and counts[-1] == MOST_REPRESENTATIVES
    few = [n_others(n, 0) for n in (2, 3, 6, 12, 48, 193, 10_000)]
    assert few == sorted(few) and few[0] == 2 and few[-1] == MOST_OTHERS
    states = rest_of(1980).states
    assert len({state.id for state in states}) == len(states)
    half = [state.alignment for state in states[:8]]
    assert np.mean(half) == pytest.approx(np.mean([s.alignment for s in states]), abs=0.2)


@given(
    n=st.integers(1, 300), us=st.sampled_from([-1, 0, 1]), rus=st.sampled_from([-1, 0, 1]),
    scope=st.floats(0, 1), venue=st.sampled_from([*PROFILES, "odd one", ""]),
    rule=st.sampled_from(["consensus", "P5 veto", "opt-in", "majority", "vote", "", "by lot"]),
)  # fmt: skip
def test_any_case_compiles(tmp_path_factory, n, us, rus, scope, venue, rule):
    path = tmp_path_factory.mktemp("case")
    case = case_of(
        path, participants=n, us=us, rus=rus, scope=scope, venue_class=venue, decision_rule=rule
    )
    scenario = compile_setting(case_to_setting(case, ENVIRONMENT))
    assert 2 <= len(scenario.actor_ids) <= 25


@pytest.mark.parametrize(
    ("name", "known"),
    [("cd", "CD"), ("Conference on Disarmament", "CD"), ("UN conf", "UN_conf_consensus"),
     ("review conference of a treaty", "treaty_body"), ("xyz", "adhoc_consensus")],
)  # fmt: skip
def test_unknown_venue_classes_get_the_nearest(name, known):
    assert class_of(name) == known


@pytest.mark.parametrize(
    ("form", "binding", "value"),
    [("treaty", True, 0.8), ("treaty", False, 0.45), ("protocol", True, 0.7), ("", True, 0.8),
     ("", False, 0.3), ("code (binding)", True, 0.6), ("gge report", False, 0.1)],
)  # fmt: skip
def test_forms_on_the_scale_of_form(form, binding, value):
    assert form_value(form, binding) == value


def test_every_parameter_of_the_mapping_matters(tmp_path):
    cases = (
        case_of(tmp_path, us=1, rus=1, chn=-1, participants=80, eu=1, g77=1, earlier=1, shock=1),
        case_of(tmp_path, us=0, rus=0, chn=0, participants=80, decision_rule="majority vote"),
    )
    plain = [case_to_setting(c, ENVIRONMENT) for c in cases]
    for field in dataclasses.fields(Mapping):
        value = {"field.arms": 0.02} if field.name == "offsets" else field.default * 0.7 + 0.02
        moved = dataclasses.replace(Mapping(), **{field.name: value})
        assert plain != [case_to_setting(c, ENVIRONMENT, moved) for c in cases], field.name


def test_a_case_is_cast_from_the_world_of_its_year(tmp_path):
    case = case_of(tmp_path, participants=100, us=1, rus=0, chn=-1)
    plain = case_to_setting(case, ENVIRONMENT)
    for year in (1946, 1964, 1975, 2023):
        rest = rest_of(year)
        made = case_to_setting(case, ENVIRONMENT, rest=rest)
        assert {p: made.actors[p] for p in POWERS} == {p: plain.actors[p] for p in POWERS}
        others = set(made.actors) - set(POWERS)
        assert others < set(world.voters(year)) and len(others) == n_others(100, 3)
        one, other = sorted(others)[:2]
        near = likeness(world.voters(year)[one].value, world.voters(year)[other].value)
        assert (one, other, near) in made.affinity
        compile_setting(made)


def test_the_rest_of_a_year_keeps_who_votes_and_goes_no_further():
    voters = world.voters(1980)
    rest = rest_of(1980)
    assert {state.id for state in rest.states} == set(voters) - set(POWERS)
    assert rest.alignment["RUS"] == voters["RUS"].value
    deviations = np.array([state.deviation for state in rest.states])
    assert deviations.mean() == pytest.approx(0.0, abs=1e-9)
    assert deviations.std() == pytest.approx(1.0)
    by_alignment = sorted(rest.states, key=lambda state: state.alignment)
    assert sorted(deviations) == [state.deviation for state in by_alignment]
    assert rest.alignment[EU] > rest.alignment[G77]
    assert rest_of(1945) == rest_of(1946) and rest_of(2024) == rest_of(2023)
    assert rest_of(1964) == rest_of(1963)
