"""Dominance of times: sure cases, crossing curves, and the size of the test."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from scipy import stats

from helpers.tables import outcomes
from negotiation_sim.analysis.dominance import dominance_table, lead_by_month, time_dominance
from negotiation_sim.analysis.intervals import paired_difference


def test_a_strategy_that_is_always_sooner() -> None:
    times = np.random.default_rng(0).integers(5, 100, 200).astype(float)
    result = time_dominance(times, times + 10)
    assert result["verdict"] == "first sooner"
    assert result["lag"] == 0.0
    assert result["p_first_never_behind"] == 1.0
    assert result["p_second_never_behind"] < 0.01
    assert time_dominance(times + 10, times)["verdict"] == "second sooner"


def test_curves_that_cross() -> None:
    rng = np.random.default_rng(1)
    early_or_never = np.where(rng.uniform(size=400) < 0.4, 10.0, math.inf)
    late_but_sure = np.full(400, 90.0)
    result = time_dominance(early_or_never, late_but_sure)
    assert result["verdict"] == "crossing"
    assert (result["lead_month"], result["lag_month"]) == (10, 90)


def test_nothing_to_tell_apart() -> None:
    never = np.full(30, math.inf)
    assert time_dominance(never, never)["verdict"] == "open"
    same = np.full(30, 12.0)
    assert time_dominance(same, same)["verdict"] == "open"
    assert time_dominance(np.array([12.0]), np.array([24.0]))["verdict"] == "open"
    assert time_dominance(np.array([]), np.array([]))["worlds"] == 0


def test_size_of_the_test_on_equal_laws() -> None:
    rng, runs, rejected = np.random.default_rng(7), 300, 0
    for run in range(runs):
        shared = rng.exponential(30, 100)
        first, second = (np.ceil(shared + rng.exponential(20, 100)) for _ in range(2))
        result = time_dominance(first, second, swaps=199, seed=run)
        rejected += result["p_first_never_behind"] < 0.05
    assert rejected / runs < 0.05 + 4 * math.sqrt(0.05 * 0.95 / runs)
    assert rejected / runs > 0.05 - 4 * math.sqrt(0.05 * 0.95 / runs)


def test_rare_p_values_are_extrapolated_to_the_right_size() -> None:
    """All worlds differ over the same months, so that the exact tail is a binomial one."""
    first, second = np.array([10.0] * 60), np.array([20.0] * 60)
    second[:14], first[:14] = 10.0, 20.0
    known = stats.binom.sf(45, 60, 0.5)
    p = time_dominance(first, second)["p_second_never_behind"]
    assert known / 5 < p < known * 5
    assert time_dominance(np.full(4, 10.0), np.full(4, 20.0))["p_second_never_behind"] > 0.03


def test_table_pairs_like_goals_only() -> None:
    table = outcomes(a=[10.0] * 50, b=[40.0] * 50, c=[math.inf] * 50)
    pairs = dominance_table(table, swaps=199)
    assert pairs["verdict"].tolist() == ["first sooner"] * 3
    assert (pairs["p_second_never_behind"] < 0.05 / 3).all()
    assert pd.isna(pairs["lag_month"]).all()
    assert len(dominance_table(table, {"a": "x", "b": "x", "c": "y"}, swaps=199)) == 1
    assert dominance_table(outcomes(a=[1.0])).empty


def test_lead_by_month_is_the_paired_difference() -> None:
    lead = lead_by_month(outcomes(a=[10, 20, math.inf], b=[15, math.inf, 5]), "a", "b", 30)
    row = lead[lead["month"] == 12].iloc[0]
    assert tuple(row[["difference", "low", "high"]]) == paired_difference(1, 1, 3)
    assert lead["difference"].iloc[-1] == 0.0
