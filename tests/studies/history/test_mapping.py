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
from negotiation_sim.studies.history.case_forecasts import outcomes_of
from negotiation_sim.studies.history.case_runs import run_case
from negotiation_sim.studies.history.cases import COLUMNS, MAPPED, read_cases
from negotiation_sim.studies.history.mapping import (
    Mapping,
    case_to_setting,
    form_value,
    start_text,
)
from negotiation_sim.studies.history.parameter_file import calibrated
from negotiation_sim.studies.history.representatives import (
    POWERS,
    population,
    rest_of,
)
from negotiation_sim.studies.history.scores import brier
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
        "rus": 0, "chn": 1, "verification": 0.9,
    }  # fmt: skip
    plain = case_to_setting(case_of(tmp_path), ENVIRONMENT)
    other = case_to_setting(case_of(tmp_path, **{column: changed[column]}), ENVIRONMENT)
    assert plain != other


def test_stances_become_ideal_points(tmp_path):
    case = case_of(tmp_path, us=1, rus=0, chn=-1, scope=0.6)
    actors = case_to_setting(case, ENVIRONMENT).actors
    scope = [actors[p].ideal_point["scope"].value for p in POWERS]
    assert 0.6 > scope[0] > scope[1] > scope[2]
    assert [actors[p].stake.value for p in POWERS] == [1.0, Mapping().stake, 1.0]


def test_neutral_powers_sit_only_in_worldwide_bodies(tmp_path):
    few = case_to_setting(case_of(tmp_path, participants=11, us=0, rus=0, chn=1), ENVIRONMENT)
    many = case_to_setting(case_of(tmp_path, participants=60, us=0, rus=0, chn=1), ENVIRONMENT)
    assert set(POWERS) & set(few.actors) == {"CHN"}
    assert set(POWERS) <= set(many.actors)


def test_what_exists_is_nothing_and_the_margin_hangs_on_the_field(tmp_path):
    m = Mapping()
    settings = {
        domain: case_to_setting(case_of(tmp_path, domain=domain), ENVIRONMENT)
        for domain in ("space", "arms", "env", "trade")
    }
    for setting in settings.values():
        assert {k: figure.value for k, figure in setting.status_quo.items()} == dict.fromkeys(
            setting.issues, 0.0
        )
    margins = [
        {actor.margin.value for actor in setting.actors.values()} for setting in settings.values()
    ]
    factors = (1.0, m.security, m.technical, m.distributive)
    assert [each.pop() for each in margins] == pytest.approx([m.margin * f for f in factors])
    assert margins == [set()] * 4


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
    states = population()
    assert len({state.id for state in states}) == len(states)
    half = [state.alignment for state in states[:8]]
    assert np.mean(half) == pytest.approx(np.mean([s.alignment for s in states]), abs=0.15)


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
    case = case_of(tmp_path, domain="env", us=1, rus=1, chn=-1, participants=80)
    arms = case_of(tmp_path, domain="arms", us=1, rus=0, chn=-1, participants=80)
    trade = case_of(tmp_path, domain="trade", us=1, rus=0, chn=-1, participants=80)
    silent = case_of(tmp_path, us=0, rus=0, chn=0, decision_rule="majority vote")
    cases = (case, arms, trade, silent)
    plain = [case_to_setting(c, ENVIRONMENT) for c in cases]
    for field in dataclasses.fields(Mapping):
        moved = dataclasses.replace(Mapping(), **{field.name: field.default * 0.7 + 0.02})
        other = [case_to_setting(c, ENVIRONMENT, moved) for c in cases]
        assert plain != other, field.name


def test_a_case_is_cast_from_the_world_of_its_year(tmp_path):
    case = case_of(tmp_path, participants=100, us=1, rus=0, chn=-1)
    plain = case_to_setting(case, ENVIRONMENT)
    for year in (1946, 1964, 1975, 2023):
        rest = rest_of(year)
        made = case_to_setting(case, ENVIRONMENT, rest=rest)
        assert {p: made.actors[p] for p in POWERS} == {p: plain.actors[p] for p in POWERS}
        others = set(made.actors) - set(POWERS)
        assert others < set(world.voters(year)) and len(others) == n_representatives(100, 3)
        one, other = sorted(others)[:2]
        near = likeness(world.voters(year)[one].value, world.voters(year)[other].value)
        assert (one, other, near) in made.affinity
        compile_setting(made)


def test_the_rest_of_a_year_keeps_who_votes_and_goes_no_further():
    voters = world.voters(1980)
    rest = rest_of(1980)
    assert {state.id for state in rest.states} == set(voters) - set(POWERS)
    assert rest.alignment["RUS"] == voters["RUS"].value
    mean = sum(state.alignment for state in rest.states) / len(rest.states)
    for state in rest.states:
        wanted = world.positions().slope * (state.alignment - mean)
        assert state.deviation["scope"] == pytest.approx(wanted, abs=1e-12)
    assert rest_of(1945) == rest_of(1946) and rest_of(2024) == rest_of(2023)
    assert rest_of(1964) == rest_of(1963)


@pytest.mark.long
def test_what_the_world_of_the_year_would_move_is_as_the_document_says():
    """Run the cases the parameters were fitted to with either rest, the parameters as they are."""
    cases, _ = read_cases(find_root() / "experiments" / "backtest" / "cases-first-251.csv")
    cases = [case for case in cases if case.scored and case.outcome5 is not None]
    points = calibrated().points
    found = {}
    for world_of_year in (False, True):
        runs = []
        for case in cases:
            rest = rest_of(case.mandate[0]) if world_of_year else None
            runs.append(run_case(case, points, 200, rest=rest))
        for deadline, years in (("5y", 5.0), ("10y", 10.0)):
            outcome = outcomes_of(cases, deadline)
            chance = np.array([run.chance(years) for run in runs])
            known = ~np.isnan(outcome)
            found[world_of_year, deadline] = (chance, brier(chance[known], outcome[known]))
    moved = np.concatenate([abs(found[True, d][0] - found[False, d][0]) for d in ("5y", "10y")])
    text = " ".join((find_root() / "docs" / "backtest-mapping.md").read_text("utf-8").split())
    for said in (
        f"by {moved.mean():.2f} in the mean and by {moved.max():.2f} at most",
        f"on the {len(cases)} cases",
        f"from {found[False, '5y'][1]:.3f} to {found[True, '5y'][1]:.3f} at five",
        f"from {found[False, '10y'][1]:.3f} to {found[True, '10y'][1]:.3f} at ten",
    ):
        assert said in text, said
