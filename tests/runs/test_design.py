"""Designs of a sweep: the points are the ones named, in the order named, by any spelling."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiation_sim.errors import NegotiationSimError
from negotiation_sim.runs.sweep.design import (
    KINDS,
    Range,
    Spec,
    make_design,
    parse_vary,
    salib_problem,
    spec_of,
)

TWO = {"environment.pace": {"from": 0.02, "to": 0.1}, "environment.breadth": {"from": 0, "to": 2}}


def design(**words):
    return make_design(spec_of(words))


levels = st.lists(st.integers(-9, 9), min_size=1, max_size=5, unique=True)


@given(st.lists(levels, min_size=1, max_size=4))
def test_a_grid_is_the_product_of_its_levels_the_last_path_fastest(values):
    grid = design(vary={f"environment.p{k}": v for k, v in enumerate(values)})
    expected = list(itertools.product(*([float(x) for x in v] for v in values)))
    assert list(grid) == expected
    assert grid[-1] == expected[-1]
    assert grid[1:3] == expected[1:3]


def test_a_grid_of_a_hundred_million_points_is_not_held_in_memory():
    grid = design(vary={f"p{k}": {"from": 0, "to": 1, "steps": 100} for k in range(4)})
    assert len(grid) == 100_000_000
    assert grid[99_999_999] == (1.0, 1.0, 1.0, 1.0)
    with pytest.raises(NegotiationSimError, match="too many"):
        design(vary={f"p{k}": {"from": 0, "to": 1, "steps": 100} for k in range(5)})


def test_even_steps_are_the_decimals_one_would_write():
    grid = design(vary={"a": {"from": 0, "to": 1, "steps": 11}})
    assert [p[0] for p in grid] == [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]


def test_explicit_points_leave_alone_what_they_do_not_name():
    found = design(points=[{"a": 1, "b": "open"}, {"b": "blocked"}, {"c": True}])
    assert found.paths == ("a", "b", "c")
    assert list(found) == [(1.0, "open", None), (None, "blocked", None), (None, None, True)]
    assert found.values_of(1) == ["open", "blocked"]


def test_points_are_read_from_a_table(tmp_path):
    (tmp_path / "points.csv").write_text("a, b\n0.5,open\n,blocked\n1e-3,true\n")
    found = make_design(spec_of({"points": "points.csv"}, folder=tmp_path))
    assert list(found) == [(0.5, "open"), (None, "blocked"), (0.001, True)]


@pytest.mark.parametrize("text, words", [
    ("", "first line"), ("a,b\n", "first line"), ("a,a\n1,2\n", "each once"), ("a,b\n1\n", ":2: 1 values"),
])  # fmt: skip
def test_a_wrong_table_of_points_is_refused_by_name(tmp_path, text, words):
    (tmp_path / "points.csv").write_text(text)
    with pytest.raises(NegotiationSimError, match=words) as error:
        spec_of({"points": "points.csv"}, folder=tmp_path)
    assert "points.csv" in str(error.value)


def test_one_at_a_time_keeps_all_others_at_the_base():
    found = design(design="one-at-a-time", vary={"a": [1, 2], "b": [True]})
    assert list(found) == [(None, None), (1.0, None), (2.0, None), (None, True)]
    assert [found.varied(i) for i in range(4)] == ["", "a", "a", "b"]


@given(st.integers(1, 60), st.integers(0, 99))
def test_a_latin_hypercube_has_one_point_in_each_slice_of_each_parameter(size, seed):
    found = design(design="latin-hypercube", vary=TWO, size=size, design_seed=seed)
    points = np.array(list(found))
    for column, (low, high) in zip(points.T, ((0.02, 0.1), (0.0, 2.0)), strict=True):
        slices = np.floor((column - low) / (high - low) * size * (1 - 1e-12))
        assert sorted(slices) == list(range(size))


def test_a_list_of_values_in_a_sampled_design_is_sampled_too():
    found = design(
        design="latin-hypercube",
        vary={"a": ["x", "y", "z"], "b": TWO["environment.pace"]},
        size=300,
    )
    words = [point[0] for point in found]
    assert {word: words.count(word) for word in "xyz"} == {"x": 100, "y": 100, "z": 100}


def test_a_sobol_design_gives_the_indices_known_in_closed_form():
    """Y = 4a + 2b, a and b uniform: variances 16/12 and 4/12, so indices 0.8 and 0.2."""
    sobol = pytest.importorskip("SALib.analyze.sobol")
    vary = {"a": {"from": 0, "to": 1}, "b": {"from": 0, "to": 1}, "c": {"from": 5, "to": 6}}
    found = design(design="sobol", vary=vary, size=1024)
    assert len(found) == 1024 * (3 + 2)
    y = np.array([4 * a + 2 * b for a, b, _ in found])
    indices = sobol.analyze(salib_problem(found.spec), y, calc_second_order=False, seed=1)
    assert indices["S1"] == pytest.approx([0.8, 0.2, 0.0], abs=0.02)
    assert indices["ST"] == pytest.approx([0.8, 0.2, 0.0], abs=0.02)


def test_a_morris_design_gives_the_effects_known_in_closed_form():
    """Y = 4a + 2b in shares of the ranges: elementary effects 4 and 2 everywhere."""
    morris = pytest.importorskip("SALib.analyze.morris")
    vary = {"a": {"from": 0, "to": 1}, "b": {"from": 0, "to": 1}}
    found = design(design="morris", vary=vary, size=8, levels=4)
    x = np.array(list(found))
    assert len(found) == 8 * 3
    effects = morris.analyze(salib_problem(found.spec), x, 4 * x[:, 0] + 2 * x[:, 1], num_levels=4)
    assert np.asarray(effects["mu_star"]) == pytest.approx([4.0, 2.0])


@pytest.mark.parametrize("kind", ["latin-hypercube", "sobol", "morris"])
def test_a_seed_gives_the_same_points_and_another_others(kind):
    one, same, other = (design(design=kind, vary=TWO, size=16, design_seed=s) for s in (3, 3, 4))
    assert list(one) == list(same) != list(other)
    assert one.digest() == same.digest() != other.digest()


@pytest.mark.parametrize("words", [
    {"vary": {"a": [1, 2], "b": ["x"], "c": [True, False]}},
    {"points": [{"a": 1}, {"b": "x"}]},
    {"design": "one-at-a-time", "vary": {"a": [1, 2]}},
    {"design": "sobol", "vary": TWO, "size": 8, "design_seed": 5},
    {"design": "morris", "vary": TWO, "size": 4, "levels": 6},
    {"design": "latin-hypercube", "vary": {"a": [1, 2], "b": {"from": 0, "to": 1}}, "size": 7},
])  # fmt: skip
def test_a_spec_reads_back_from_what_the_manifest_holds(words):
    spec = spec_of(words)
    again = spec_of(spec.inputs())
    assert again.inputs() == spec.inputs()
    assert list(make_design(again)) == list(make_design(spec))


def test_the_command_line_spells_lists_steps_ranges_and_words():
    assert parse_vary(["a=1,2.5", "b=0:1:11", "c=0:1", "d=open, blocked", "e=true", "f=2/3"]) == {
        "a": [1, 2.5], "b": {"from": 0, "to": 1, "steps": 11}, "c": {"from": 0, "to": 1},
        "d": ["open", "blocked"], "e": [True], "f": ["2/3"],
    }  # fmt: skip


@pytest.mark.parametrize("option", ["a", "a=", "=1", " =1"])
def test_a_wrong_option_is_refused(option):
    with pytest.raises(NegotiationSimError, match="PATH=VALUES"):
        parse_vary([option])


@pytest.mark.parametrize("words, message", [
    ({}, "nothing varies"),
    ({"design": "gird", "vary": {"a": [1]}}, "did you mean 'grid'"),
    ({"vary": {"a": []}}, "empty list"),
    ({"vary": {"a": [1, 1.0]}}, "stands twice"),
    ({"vary": {"a": [{1}]}}, "that a file may hold"),
    ({"vary": {"a": [float("nan")]}}, "that a file may hold"),
    ({"vary": {"a": [[1, 2], [1, 2]]}}, "stands twice"),
    ({"vary": {"a": {"from": 0}}}, "from, to"),
    ({"vary": {"a": {"from": 0, "to": 1, "step": 3}}}, "from, to"),
    ({"vary": {"a": {"from": 0, "to": 1, "steps": 1}}}, "at least 2"),
    ({"vary": {"a": {"from": 0, "to": True, "steps": 3}}}, "expected a number"),
    ({"vary": {"a": {"from": 1, "to": 1}}}, "empty"),
    ({"vary": {"a": {"from": 0, "to": 1}}}, "range without steps"),
    ({"vary": ["a"]}, "paths and their values"),
    ({"vary": [{"path": "a"}]}, "expected a list of values"),
    ({"vary": [{"path": "a", "values": [1]}, {"path": "a", "values": [2]}]}, "stands twice"),
    ({"design": "points", "vary": {"a": [1]}}, "no place"),
    ({"design": "grid", "points": [{"a": 1}]}, "no place"),
    ({"points": [1]}, "list of points"),
    ({"points": [{"a": None}]}, "leave it out"),
    ({"design": "sobol", "vary": TWO, "size": 100}, "powers of two"),
    ({"design": "sobol", "vary": TWO, "size": 0}, "at least 1"),
    ({"design": "morris", "vary": TWO, "levels": 5}, "even"),
])  # fmt: skip
def test_a_wrong_sweep_is_refused_with_a_reason(words, message):
    with pytest.raises(NegotiationSimError, match=message):
        make_design(spec_of(words))


def test_true_is_not_the_number_one():
    found = design(vary={"a": [1, True]})
    assert [p[0] for p in found] == [1.0, True]
    assert [type(p[0]) for p in found] == [float, bool]


def test_every_kind_is_named_once():
    assert len(set(KINDS)) == 6
    assert Spec("grid", {"a": Range(0, 1)}).inputs() == {
        "design": "grid",
        "vary": [{"path": "a", "from": 0, "to": 1}],
    }
