"""Outcome distributions against closed forms and SciPy."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from helpers.tables import failed, random_table, succeeded, table
from negotiation_sim.analysis import distributions as d


def test_joint_outcomes_are_the_adopted_tracks() -> None:
    rows = table(
        succeeded(0, 26, text_form=0.3, text_scope=0.2, participation=0.7),
        succeeded(1, 100, text_form=0.9),
        failed(2),
        failed(3, "none", error="boom"),
    )
    points = d.joint_outcomes(rows)
    assert len(points) == 2
    first = points.iloc[0]
    assert first[["form", "scope", "participation", "years"]].tolist() == [0.3, 0.2, 0.7, 25 / 12]
    assert len(d.joint_outcomes(rows, by_month=60)) == 1
    assert d.dimensions(points) == ["form", "scope", "participation", "years"]


def test_quantiles() -> None:
    rows = table(*(succeeded(i, 13, text_form=i / 100) for i in range(101)))
    form = d.quantile_table(d.joint_outcomes(rows)).set_index("dimension").loc["form"]
    assert form[["q05", "q50", "q95", "mean"]].tolist() == pytest.approx([0.05, 0.5, 0.95, 0.5])
    assert form["count"] == 101


def test_the_joint_histogram_has_the_marginals() -> None:
    points = d.joint_outcomes(random_table(300, {"a@CD": 1, "b@CD": 1}, seed=1))
    cells = d.joint_histogram(points, ["form", "years"], bins=5)
    assert cells.groupby("strategy", observed=True)["share"].sum().tolist() == pytest.approx([1, 1])
    part = points[points["strategy"] == "a@CD"]
    marginal = cells[cells["strategy"] == "a@CD"].groupby("form")["count"].sum()
    assert marginal.tolist() == np.histogram(part["form"], 5, (0, 1))[0].tolist()
    marginal = cells[cells["strategy"] == "a@CD"].groupby("years")["count"].sum()
    assert marginal.sum() == len(part)


def test_overlap_of_known_distributions() -> None:
    grid = (np.arange(4000) + 0.5) / 4000
    assert d.overlap(grid, grid) == pytest.approx(1.0)
    assert d.overlap(grid, grid + 0.5, bins=30) == pytest.approx(0.5)
    assert d.overlap(grid, grid + 5.0) == 0.0
    normal = stats.norm.ppf(grid)
    known = 2 * stats.norm.cdf(-0.5)
    assert d.overlap(normal, normal + 1.0, bins=100) == pytest.approx(known, abs=0.01)
    assert d.overlap([0.3], [0.3]) == 1.0


def test_overlap_of_one_law_falls_short_as_documented() -> None:
    rng = np.random.default_rng(0)
    got = [d.overlap(*rng.uniform(size=(2, 500)), bins=20) for _ in range(200)]
    assert 1 - np.mean(got) == pytest.approx(math.sqrt(20 / (math.pi * 500)), rel=0.15)


def test_energy_distance_equals_scipy_in_one_dimension() -> None:
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=300), rng.normal(1.0, size=200)
    assert d.energy_distance(x, y) == pytest.approx(stats.energy_distance(x, y))
    assert d.energy_distance(x, x) == 0.0


def test_energy_distance_of_two_points_in_the_plane() -> None:
    assert d.energy_distance(np.array([[0.0, 0.0]]), np.array([[3.0, 4.0]])) == pytest.approx(
        math.sqrt(10.0)
    )


def test_energy_distance_of_many_points_is_thinned_evenly() -> None:
    x = np.linspace(0, 1, 20_001)
    assert d.energy_distance(x, x + 0.3) == pytest.approx(
        stats.energy_distance(x[::10], x[::10] + 0.3), rel=0.01
    )


def test_comparison_of_two_strategies() -> None:
    rows = table(
        *(succeeded(i, 13, text_form=0.2 + i / 1000) for i in range(100)),
        *({"strategy": "b@CD"} | succeeded(i, 25, text_form=0.5 + i / 1000) for i in range(100)),
    )
    points = d.joint_outcomes(rows)
    both = d.compare_outcomes(points, "code@COPUOS", "b@CD").set_index("dimension")
    assert both.loc["form", "wasserstein"] == pytest.approx(0.3)
    assert both.loc["form", "overlap"] == 0.0
    assert both.loc["years", "wasserstein"] == pytest.approx(1.0)
    assert both.loc["participation", "energy"] == 0.0
    form = 0.2 + np.arange(100) / 1000
    clouds = (np.column_stack([form + 0.3 * s, np.full(100, (12 + 12 * s) / 180)]) for s in (0, 1))
    known = d.energy_distance(*clouds)
    assert both.loc["joint", "energy"] == pytest.approx(known)
    assert d.compare_outcomes(points, "b@CD", "nothing@CD").empty


def test_nothing_adopted() -> None:
    points = d.joint_outcomes(table(failed(0)))
    assert points.empty
    assert d.quantile_table(points).empty
    with pytest.raises(ValueError, match="at least one adopted text"):
        d.overlap([], [1.0])
    with pytest.raises(ValueError, match="at least one adopted text"):
        d.energy_distance(np.empty((0, 2)), np.zeros((1, 2)))


def test_an_issue_that_is_absent_is_left_out() -> None:
    rows = table(succeeded(0, 25, text_scope=math.nan), succeeded(1, 25, text_scope=math.nan))
    other = rows.assign(strategy="b@CD")
    points = d.joint_outcomes(pd.concat([rows, other]))
    names = d.compare_outcomes(points, "b@CD", "code@COPUOS")["dimension"].tolist()
    assert names == ["form", "participation", "years", "joint"]
