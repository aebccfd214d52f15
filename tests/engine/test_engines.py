"""The two engines give the same table, exactly: in any order and any parts, on any workers."""

from __future__ import annotations

import random
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.engines import (
    ENGINES,
    in_worlds,
    same,
    same_values,
    table,
    with_tracks,
    with_venues,
)
from helpers.generic import seeded_setting
from helpers.settings import actor, initiative, setting, settings_of, venue
from negotiation_sim import catalogue
from negotiation_sim.catalogue import schema
from negotiation_sim.engine import ensemble, scenario
from negotiation_sim.engine.agents import NegotiationModel
from negotiation_sim.engine.scenario import SMALL_CAST, compile_setting
from negotiation_sim.engine.table import frame_of, nothing_reached, rows_of
from negotiation_sim.model import adherence, mandate, moods
from negotiation_sim.model.state import State
from negotiation_sim.model.terms import Cause, Ending, Stage, label

pytestmark = [
    pytest.mark.filterwarnings("ignore:Generating overly large repr"),
    pytest.mark.timeout(900),  # a failure takes minutes to shrink
]
SEEDS = st.sampled_from([0, 1, 2**31, 2**63 - 1])
WORLDS = [(0, 0), (3, 1), (1, 3), (2**40, 7)]


@given(settings_of(), SEEDS)
@settings(max_examples=60)
def test_engines_agree_in_every_column(setting, seed):
    """Shrinks to the smallest setting in which the Mesa model and the compiled loop part."""
    compiled = compile_setting(setting)
    same(in_worlds(compiled, WORLDS[:2], seed), in_worlds(compiled, WORLDS[:2], seed, "mesa"))


@pytest.mark.parametrize(
    "part", [0, 1, 2, *(pytest.param(n, marks=pytest.mark.long) for n in (3, 4, 5))]
)
def test_engines_agree_in_general_position(part):
    """Sixty settings, and ten asked in vain, in worlds whose belief and chance differ."""
    cases = [seeded_setting(number) for number in range(10 * part, 10 * part + 10)]
    if part == 0:
        cases += [asked_in_vain(number) for number in range(10)]
    for number, case in enumerate(cases, 10 * part):
        compiled = compile_setting(case)
        fast = in_worlds(compiled, WORLDS[:3], number)
        same(fast, in_worlds(compiled, WORLDS[:3], number, "mesa"))


def thorough_and_skipping(compiled, seed, worlds=WORLDS[:3]):
    """Return the tables of the compiled loop that looks at every month and of the one that skips."""
    places = list(range(len(compiled.strategy_names)))
    numbers = np.array(worlds, np.uint64)
    return [
        frame_of(rows_of(
            compiled, places, seed, numbers,
            ensemble.simulate(compiled, places, seed, numbers, thorough=thorough),
        ))
        for thorough in (True, False)
    ]  # fmt: skip


def asked_in_vain(number: int):
    """Return a setting whose venues give mandates by consensus and are surely asked again.

    There the loop stops at the first refusal, and asks the one who refused before the others.
    """
    bare = {"fallback": None, "underway": None, "term_ends": None}
    case = with_tracks(seeded_setting(number, groups={}), lambda t: bare)
    by_all = {
        "mandate": schema.Procedure(rule="consensus"), "linkage": "none", "dissolved": None,
        "term_ends": None,
    }  # fmt: skip
    return with_venues(case, lambda v: by_all)


@given(settings_of(), SEEDS)
@settings(max_examples=60)
def test_looking_at_every_month_changes_no_number(setting, seed):
    same(*thorough_and_skipping(compile_setting(setting), seed))


def test_looking_at_every_month_changes_no_number_in_general_position():
    for number in range(120):
        for case in (seeded_setting(number), asked_in_vain(number)):
            same(*thorough_and_skipping(compile_setting(case), number))


@pytest.mark.long
@given(st.integers(100, 2**32), st.integers(1, 60))
@settings(max_examples=2000)
def test_looking_at_every_month_changes_no_number_in_many_more_settings(number, n_actors):
    same(*thorough_and_skipping(compile_setting(seeded_setting(number, n_actors)), number, WORLDS))


def test_the_plain_engine_skips_nothing_that_counts_either(monkeypatch):
    """And it does skip: months in which nobody is asked, refusals after the first, standing bonds."""
    done: Counter = Counter()
    for module, name in ((moods, "take_costs"), (mandate, "take_worth"), (adherence, "bind")):
        monkeypatch.setattr(module, name, counting(getattr(module, name), name, done))
    for number in range(24):
        compiled = compile_setting((seeded_setting, asked_in_vain)[number % 2](number))
        for place in range(2):
            found = {}
            for thorough in (False, True):
                model = NegotiationModel(compiled, place, number, 3, 1)
                model.state.run[0].thorough = thorough
                outcomes = nothing_reached(compiled, [place], 1)
                model.run().write_outcome(outcomes, 0, 0)
                found[thorough] = model.rows(), outcomes.named.tolist()
            assert found[True] == found[False], (number, place)
    for name in ("take_costs", "take_worth", "bind"):
        assert 0 < done[name, False] < 0.8 * done[name, True], name


def counting(step, name: str, done: Counter):
    """Return a step of a model's that counts its calls, apart by whether it is thorough."""

    def counted(*arguments):
        (state,) = (record for record in arguments if isinstance(record, State))
        done[name, state.run[0].thorough] += 1
        return step(*arguments)

    return counted


def test_the_settings_above_reach_every_stage_ending_and_cause():
    rows = pd.concat(
        in_worlds(compile_setting(seeded_setting(number)), WORLDS[:3], number)
        for number in range(60)
    )
    assert set(rows["stage"]) == {label(s) for s in Stage}
    assert set(rows["ending"]) == {label(e) for e in Ending}
    assert set(rows["cause"]) == {label(c) for c in Cause}
    for column in (
        "pledges", "events_avoided", "violations", "incidents", "missing_participation",
    ):  # fmt: skip
        assert (rows[column] > 0).any()
    assert rows["agreed_month"].notna().any(), "passed on"
    assert rows["report_month"].notna().any(), "explored"
    packed = rows[rows["track_name"].astype(str).str.contains("&")]
    assert (packed["stage"] == "success").any() and (packed["cause"] == "text").any()
    assert (rows["went_along"] != "").any() and (rows["wanted_by"] != "").any()
    named = set(" ".join(rows["blockers"]).replace(":", " ").split())
    assert named >= {"left_out", "convening", "own_reason"}


@pytest.mark.parametrize("packed", [False, True])
def test_twenty_issues_run_in_both_engines(packed):
    """No step looks at all corners of the box: of twenty issues there are a million."""
    issues = tuple(f"issue_{k:02d}" for k in range(20))
    r = random.Random(5)
    actors = [
        actor(name, {k: r.random() for k in issues}, margin=0.1) for name in ("AAA", "BBB", "CCC")
    ]
    plans = [
        initiative(name, {k: r.uniform(0.3, 0.7) for k in issues}, {k: [0.2, 0.8] for k in issues},
                   binding=False)
        for name in ("one", "two")
    ]  # fmt: skip
    tracks = [{"initiative": "one", "venue": "hall"}]
    tracks += [{"initiative": "two", "venue": "hall", "joined": 0}] * packed
    halls = [venue("hall", "qualified_majority")]
    case = setting(actors, halls, plans, [tracks], issues, horizon_years=1.0,
                   success=schema.Success(deadline_years=1.0))  # fmt: skip
    compiled = compile_setting(case)
    fast = in_worlds(compiled, WORLDS[:1])
    same(fast, in_worlds(compiled, WORLDS[:1], engine="mesa"))
    assert (fast["rounds"] > 0).all()


@pytest.mark.long
@given(st.integers(100, 2**32), st.integers(1, 60))
@settings(max_examples=250)
def test_engines_agree_in_many_more_settings(number, n_actors):
    compiled = compile_setting(seeded_setting(number, n_actors))
    same(in_worlds(compiled, WORLDS, number), in_worlds(compiled, WORLDS, number, "mesa"))


@pytest.mark.parametrize("n_actors", [SMALL_CAST, SMALL_CAST + 1, 70])
def test_engines_agree_around_the_size_where_ties_become_a_list(n_actors):
    for number in range(3):
        compiled = compile_setting(seeded_setting(number, n_actors))
        assert (compiled.arrays.tie_matrix.size > 0) == (n_actors <= SMALL_CAST)
        same(in_worlds(compiled, WORLDS[:1]), in_worlds(compiled, WORLDS[:1], engine="mesa"))


def test_ties_as_a_matrix_and_as_a_list_are_the_same_to_the_last_bit(monkeypatch):
    for number in range(30):
        setting = seeded_setting(number)
        as_matrix = table(setting, 5, number)
        with monkeypatch.context() as patch:
            patch.setattr(scenario, "SMALL_CAST", 0)
            compiled = compile_setting(setting)
        assert compiled.arrays.tie_matrix.size == 0
        same(as_matrix, table(compiled, 5, number))


@pytest.mark.parametrize("engine", ENGINES)
def test_worlds_may_come_in_any_order(engine):
    """Every row depends on its own world alone: neighbours and scratch arrays leave no trace."""
    for number in range(20 if engine == "ensemble" else 3):
        compiled = compile_setting(seeded_setting(number))
        worlds = [(b, c) for b in range(3) for c in range(2)]
        forward = in_worlds(compiled, worlds, engine=engine)
        backward = in_worlds(compiled, worlds[::-1], engine=engine)
        order = ["belief", "chance", "strategy", "track"]
        same(forward.sort_values(order), backward.sort_values(order))


def test_strategies_may_come_in_any_order_and_any_part():
    for number in range(30):
        compiled = compile_setting(seeded_setting(number))
        both = in_worlds(compiled, WORLDS)
        for places in ([1], [0], [1, 0]):
            part = in_worlds(compiled, WORLDS, strategies=places)
            for s in places:
                name = compiled.strategy_names[s]
                found = part[part["strategy"] == name]
                same_values(found, both[both["strategy"] == name])


@pytest.mark.parametrize("threads", [2, 4])
@pytest.mark.parametrize("size", [1, 7, 4096])
def test_threads_and_chunks_change_nothing(threads, size, monkeypatch):
    compiled = compile_setting(seeded_setting(5))
    whole = table(compiled, 50)
    monkeypatch.setattr(ensemble, "chunk_size", lambda *_: size)
    chunks = list(ensemble.run_ensemble(compiled, 50, threads=threads))
    assert [len(c) for c in chunks][:-1] == [len(chunks[0])] * (len(chunks) - 1)
    same(whole, pd.concat(chunks))


@pytest.mark.long
def test_mesa_on_two_processes_gives_the_same_table():
    compiled = compile_setting(seeded_setting(5, 4))
    same(table(compiled, 6, engine="mesa"), table(compiled, 6, engine="mesa", threads=2))


def test_a_run_may_begin_at_any_replicate():
    compiled = compile_setting(seeded_setting(6))
    whole = table(compiled, 20)
    parts = [table(compiled, 8), table(compiled, 12, first=8)]
    same(whole, pd.concat(parts))


@pytest.mark.parametrize("engine", ENGINES)
def test_nested_design_shares_beliefs(engine):
    """Replicates of one belief hold the same figures and differ in chance alone."""
    compiled = compile_setting(seeded_setting(7, 4))
    nested = table(compiled, 6, chances_a_belief=3, engine=engine)
    first = nested[(nested["strategy"] == "s0") & (nested["track"] == 0)]
    assert first["belief"].tolist() == [0, 0, 0, 1, 1, 1]
    assert first["chance"].tolist() == list(range(6))
    worlds = list(zip(first["belief"], first["chance"], strict=True))
    same(nested, in_worlds(compiled, worlds))


@pytest.mark.parametrize("name", ["bellagio", "bellagio-provisions", "us-administration"])
def test_engines_agree_on_the_catalogue(name):
    """One replicate of every strategy: all the catalogue's figures and ranges."""
    compiled = compile_setting(catalogue.load_setting(name))
    same(in_worlds(compiled, [(4, 4)]), in_worlds(compiled, [(4, 4)], engine="mesa"))


def test_seeds_and_worlds_differ():
    """Other seeds, beliefs or chances are other worlds: nothing here is constant."""
    setting = seeded_setting(8, 8)
    texts = {tuple(table(setting, 1, seed)["text_form"]) for seed in range(20)}
    assert len(texts) > 10
    compiled = compile_setting(setting)
    for worlds in ([(0, c) for c in range(20)], [(b, 0) for b in range(20)]):
        rows = in_worlds(compiled, worlds, strategies=[0])
        assert rows["text_form"].nunique() > 3


def test_a_scenario_is_never_written_to():
    compiled = compile_setting(seeded_setting(9))
    before = [np.array(array) for array in compiled.arrays]
    table(compiled, 3)
    table(compiled, 1, engine="mesa")
    for old, new in zip(before, compiled.arrays, strict=True):
        np.testing.assert_array_equal(old, new)
        assert not new.flags.writeable
