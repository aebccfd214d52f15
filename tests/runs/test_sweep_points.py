"""One point of a sweep: its scenario, its counts and its row are those of a run of its own."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from helpers.settings import settings_of
from negotiation_sim import api
from negotiation_sim.analysis.outcomes import SummaryAccumulator
from negotiation_sim.analysis.success import success_rules
from negotiation_sim.catalogue import apply_overrides, known_paths, load_setting
from negotiation_sim.catalogue.consistency import findings
from negotiation_sim.engine import ensemble
from negotiation_sim.engine.scenario import compile_setting
from negotiation_sim.engine.table import frame_of, rows_of
from negotiation_sim.errors import NegotiationSimError
from negotiation_sim.runs.sweep.design import make_design, spec_of
from negotiation_sim.runs.sweep.point_counts import PointCounts
from negotiation_sim.runs.sweep.point_scenarios import Patcher, base_values, check_values

FEW = hypothesis_settings(max_examples=25, deadline=None)
FIGURES = ("trust", "informality", "leadership", "ideal_point", "min_participation", "flexibility")


def same_arrays(one, other) -> None:
    for name in one.arrays._fields:
        left, right = getattr(one.arrays, name), getattr(other.arrays, name)
        assert left.dtype == right.dtype and np.array_equal(left, right), name
        assert not left.flags.writeable


def consistent(setting) -> bool:
    return not list(findings(setting))


@given(settings_of(max_actors=6, max_tracks=2).filter(consistent), st.data())
@FEW
def test_a_patched_scenario_is_the_compiled_one_to_the_last_bit(setting, data):
    paths = [p for p in known_paths(setting) if any(name in p for name in FIGURES)]
    paths = [p for p in paths if not p.endswith(".ideal_point")]  # set as a whole: compiled anew
    paths += [f"environment.{name}" for name in ("event_rate", "verifiable_scope", "spillover")]
    chosen = data.draw(st.lists(st.sampled_from(paths), min_size=1, max_size=5, unique=True))
    values = [None, 0.125, 0.5, 0.75]
    point = tuple(data.draw(st.sampled_from(values[: 2 if "rate" in p else 4])) for p in chosen)
    overrides = {p: v for p, v in zip(chosen, point, strict=True) if v is not None}
    patcher = Patcher(setting, chosen)
    assert all(patcher.patched)
    expected = compile_setting(apply_overrides(setting, overrides))
    same_arrays(patcher.scenario(point), expected)
    same_arrays(patcher.scenario((None,) * len(chosen)), compile_setting(setting))


def test_which_paths_are_patched_and_which_compiled_anew():
    setting = load_setting("bellagio")
    paths = (
        "environment.breadth", "venues.*.informality", "actors.USA.ideal_point.form",
        "actors.*.trust", "success.deadline_years", "strategies.*.start",
        "actors.USA.capability", "venues.CD.linkage",
    )  # fmt: skip
    patcher = Patcher(setting, paths)
    assert patcher.patched == (True, True, True, True, False, False, False, False)
    point = (0.5, 0.25, 0.75, 0.125, 3.0, 6.0, 2.0, "none")
    overrides = dict(zip(paths, point, strict=True))
    same_arrays(patcher.scenario(point), compile_setting(apply_overrides(setting, overrides)))


def test_of_two_paths_to_one_figure_the_later_holds_patched_or_not():
    setting = load_setting("bellagio")
    for paths in (("actors.*.trust", "actors.USA.trust"), ("actors.USA.trust", "actors.*.trust")):
        expected = compile_setting(
            apply_overrides(setting, dict(zip(paths, (0.2, 0.9), strict=True)))
        )
        same_arrays(Patcher(setting, paths).scenario((0.2, 0.9)), expected)


def test_a_value_drops_the_range_of_its_figure():
    setting = load_setting("bellagio")
    assert setting.venues["COPUOS"].informality.range is not None
    arrays = Patcher(setting, ["venues.COPUOS.informality"]).scenario((0.3,)).arrays
    row = sorted(setting.venues).index("COPUOS")
    assert arrays.venue_figures[row, 0].tolist() == (0.3, 0.3, 0.3)


@st.composite
def counted_settings(draw):
    """Draw a setting whose strategies succeed by all, any or a list of their tracks."""
    setting = draw(settings_of(max_actors=5, max_tracks=3))
    strategies = []
    for strategy in setting.strategies:
        agreements = [
            n
            for n, t in enumerate(strategy.tracks)
            if setting.initiatives[t.initiative].kind == "agreement"
        ]
        rules = ["all", "any", *([agreements[:1], agreements] if agreements else [])]
        rule = draw(st.sampled_from(rules))
        strategies.append(strategy.model_copy(update={"succeeds_when": rule}))
    return setting.model_copy(update={"strategies": strategies})


@given(counted_settings(), st.integers(1, 12), st.integers(0, 2))
@FEW
def test_counts_are_those_of_the_table_of_replicates(setting, replicates, cut):
    scenario = compile_setting(setting)
    places = list(range(len(scenario.strategy_names)))
    counts = PointCounts(scenario, success_rules(scenario))
    pledges = [name for name, x in setting.initiatives.items() if x.kind == "pledges"]
    summary = SummaryAccumulator(
        scenario.succeeds_when, scenario.deadline, scenario.horizon, pledge_initiatives=pledges
    )
    first = min(cut, replicates - 1)
    for start, number in ((0, first), (first, replicates - first)):
        if number:
            worlds = ensemble.worlds_of(start, number)
            outcomes = ensemble.simulate(scenario, places, 7, worlds)
            counts.add(places, outcomes)
            summary.update(frame_of(rows_of(scenario, places, 7, worlds, outcomes)))
    expected = summary.table(0.9)
    pd.testing.assert_frame_equal(pd.DataFrame(counts.rows(0.9)), expected, check_exact=True)
    expected_successes = summary.successes()
    for place, name in enumerate(scenario.strategy_names):
        if name in expected_successes:
            assert counts.successes(place) == expected_successes[name]


POINT = {
    "venues.CD.leadership": 4.0,
    "environment.verifiable_scope": 0.6,
    "success.deadline_years": 4.0,
}


@pytest.mark.parametrize("words", [{"replicates": 60}, {"precision": 0.06, "max_replicates": 450}])
def test_a_row_is_the_summary_of_a_run_with_the_same_overrides(tmp_path, words):
    vary = {path: [value] for path, value in POINT.items()}
    swept = api.sweep("cd-revived", vary, seed=3, out=tmp_path, workers=1, **words).load()
    run = api.run(
        "cd-revived", seed=3, out=tmp_path, overrides=POINT, beliefs=0, figures=False, **words
    )
    expected = run.summary
    for name in expected.columns:
        left, right = list(swept[name]), list(expected[name])
        same = [a == b or (pd.isna(a) and pd.isna(b)) for a, b in zip(left, right, strict=True)]
        assert all(same), name
    assert {path: swept[path].iloc[0] for path in POINT} == POINT


def test_values_are_checked_before_anything_runs():
    setting = load_setting("bellagio")

    def check(**vary):
        check_values(setting, make_design(spec_of({"vary": vary})))

    check(**{"environment.breadth": [0, 2], "venues.CD.linkage": ["none", "open"]})
    for vary, message in (
        ({"venues.CD.leadershp": [1]}, "did you mean 'venues.CD.leadership'"),
        ({"actors.USA.verification_demnd": [1]}, "did you mean 'actors.USA.verification_demand'"),
        ({"venues.CD.informality": [0.5, 1.5]}, "venues.CD.informality: 1.5 is not between"),
        ({"venues.CD.linkage": ["shut"]}, "allowed: blocked, none, open"),
        ({"strategies.*.start": [-1]}, "at least 0"),
        ({"success.deadline_years": [30]}, "beyond the horizon"),
        ({"success.deadline_years": ["soon"]}, "expected a number"),
    ):
        with pytest.raises(NegotiationSimError, match=message):
            check(**vary)


def test_values_that_are_allowed_only_together_are_allowed():
    setting = load_setting("bellagio")
    vary = {"horizon_years": [15, 40], "success.deadline_years": [5, 30]}
    check_values(setting, make_design(spec_of({"vary": vary})))


def test_the_base_of_a_path_is_its_own_value_unless_a_wildcard_covers_several():
    setting = load_setting("bellagio")
    paths = (
        "venues.CD.leadership",
        "venues.*.informality",
        "venues.CD.linkage",
        "success.deadline_years",
    )
    assert base_values(setting, paths) == {
        "venues.CD.leadership": 1.0, "venues.*.informality": None, "venues.CD.linkage": "blocked",
        "success.deadline_years": 5.0,
    }  # fmt: skip


@pytest.mark.parametrize("name", ["executive_limit", "treaty_threshold"])
def test_what_bounds_an_instruments_mandate_is_compiled_anew(name):
    """The form of the ban as a treaty begins where the executive agreement's ends."""
    setting = load_setting("bellagio")
    path = f"environment.{name}"
    patcher = Patcher(setting, (path,))
    assert patcher.patched == (False,)
    value = {"executive_limit": 0.75, "treaty_threshold": 0.55}[name]
    changed = compile_setting(apply_overrides(setting, {path: value}))
    same_arrays(patcher.scenario((value,)), changed)
    assert not np.array_equal(changed.arrays.texts, compile_setting(setting).arrays.texts)
