"""Paired comparisons against closed forms, textbook numbers and simulation."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from helpers.tables import outcomes
from negotiation_sim.analysis import comparison
from negotiation_sim.analysis.intervals import paired_difference
from negotiation_sim.analysis.pairing import month_matrix, success_matrix


def of_counts(both: int, only_first: int, only_second: int, neither: int) -> pd.DataFrame:
    first = [12.0] * (both + only_first) + [math.inf] * (only_second + neither)
    second = [12.0] * both + [math.inf] * only_first + [12.0] * only_second + [math.inf] * neither
    return outcomes(first=first, second=second)


def test_matrices_align_worlds_whatever_the_order() -> None:
    table = outcomes(a=[10, math.inf, 70], b=[math.inf, 20, 30])
    shuffled = table.sample(frac=1, random_state=3)
    matrix = success_matrix(shuffled)[["a", "b"]]
    assert matrix.to_numpy().tolist() == [[1, 0], [0, 1], [0, 1]]
    assert month_matrix(shuffled)["a"].tolist() == [10, math.inf, 70]
    table.loc[0, "error"] = "boom"
    assert math.isnan(success_matrix(table).iloc[0]["a"])
    with pytest.raises(ValueError, match="same world twice"):
        success_matrix(pd.concat([table, table]))


def test_mcnemar_is_the_binomial_test() -> None:
    assert comparison.mcnemar(0, 0) == 1.0
    assert comparison.mcnemar(7, 7) == 1.0
    assert comparison.mcnemar(1, 9) == pytest.approx(2 * (1 + 10) / 2**10)
    assert comparison.mcnemar(3, 12) == comparison.mcnemar(12, 3)
    assert comparison.mcnemar(400, 500) == pytest.approx(2 * stats.binom.cdf(400, 900, 0.5))


def test_holm_worked_by_hand() -> None:
    p = [0.01, 0.04, 0.03, 0.005]
    assert comparison.holm(p).tolist() == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert comparison.holm([0.6, 0.7]).tolist() == [1.0, 1.0]
    assert comparison.holm([]).tolist() == []


def test_holm_keeps_the_familywise_error() -> None:
    p = np.random.default_rng(0).uniform(size=(4000, 10))
    wrong = np.mean([comparison.holm(row).min() < 0.05 for row in p])
    assert wrong < 0.05 + 4 * math.sqrt(0.05 * 0.95 / 4000)


def test_effect_sizes() -> None:
    assert comparison.cohens_h(0.5, 0.5) == 0.0
    assert comparison.cohens_h(1.0, 0.0) == pytest.approx(math.pi)
    assert comparison.cohens_h(0.75, 0.5) == pytest.approx(math.pi / 6)
    assert comparison.odds_ratio(20, 10, 100) == pytest.approx((20 / 80) / (10 / 90))
    assert comparison.odds_ratio(5, 0, 10) == pytest.approx((5.5 * 10.5) / (5.5 * 0.5))
    assert comparison.odds_ratio(0, 0, 10) == 1.0


def test_a_pair_worked_by_hand() -> None:
    row = comparison.paired_differences(of_counts(30, 20, 5, 45)).iloc[0]
    assert (row["worlds"], row["only_first"], row["only_second"]) == (100, 20, 5)
    assert (row["p_first"], row["p_second"]) == (0.5, 0.35)
    assert tuple(row[["difference", "low", "high"]]) == paired_difference(20, 5, 100)
    assert row["p_value"] == comparison.mcnemar(20, 5)
    assert row["p_holm"] == row["p_value"]
    assert bool(row["settled"])
    assert pd.isna(row["more_worlds"])


def test_pairs_are_corrected_for_their_number() -> None:
    rng = np.random.default_rng(2)
    table = outcomes(**{f"s{i}": rng.choice([12.0, math.inf], 80) for i in range(5)})
    pairs = comparison.paired_differences(table)
    assert len(pairs) == 10
    assert (pairs["p_holm"] >= pairs["p_value"]).all()
    assert (pairs["low_all"] < pairs["low"]).all()
    assert (pairs["high_all"] > pairs["high"]).all()
    strict = paired_difference(pairs["only_first"][0], pairs["only_second"][0], 80, 0.995)
    assert pairs["low_all"][0] == pytest.approx(strict[1])


def test_only_like_goals_are_paired() -> None:
    table = outcomes(a=[1, 2], b=[1, 2], c=[1, 2], d=[1, 2])
    pairs = comparison.paired_differences(table, {"a": "code", "b": "treaty", "c": "code"})
    assert list(zip(pairs["first"], pairs["second"], strict=True)) == [("a", "c")]
    assert comparison.paired_differences(table, strategies=["b"]).empty
    with pytest.raises(ValueError, match="not in the table"):
        comparison.paired_differences(table, strategies=["a", "z"])


def test_identical_strategies_and_one_world() -> None:
    row = comparison.paired_differences(outcomes(a=[12.0] * 50, b=[12.0] * 50)).iloc[0]
    assert (row["difference"], row["p_value"], row["settled"]) == (0.0, 1.0, False)
    assert pd.isna(row["more_worlds"])
    one = comparison.paired_differences(outcomes(a=[12.0], b=[math.inf])).iloc[0]
    assert one["worlds"] == 1
    assert one["low"] < 0.0 < one["high"]


def test_worlds_to_settle_gives_the_power_it_promises() -> None:
    needed = comparison.worlds_to_settle(30, 15, 300)
    assert needed is not None
    rng, runs = np.random.default_rng(6), 1500
    cells = rng.multinomial(needed, [0.1, 0.05, 0.85], size=runs)
    found = np.mean([comparison.mcnemar(int(b), int(c)) < 0.05 for b, c, _ in cells])
    assert found == pytest.approx(0.8, abs=0.03 + 4 * math.sqrt(0.16 / runs))
    assert comparison.worlds_to_settle(5, 5, 100) is None
    assert comparison.worlds_to_settle(0, 0, 0) is None
    assert comparison.worlds_to_settle(30, 15, 300, level=0.99) > needed


def test_probability_best_of_two_is_known() -> None:
    """P(first best) is P(gamma(b) > gamma(c)): a beta tail, with half a world for either."""
    table = of_counts(10, 12, 7, 20)
    best = comparison.probability_best(table, draws=40_000).set_index("strategy")["p_best"]
    known = stats.beta.sf(0.5, 12.5, 7.5)
    assert best["first"] == pytest.approx(known, abs=4 * math.sqrt(known * (1 - known) / 40_000))
    assert best.sum() == pytest.approx(1.0)


def test_probability_best_shares_ties_and_keeps_goals_apart() -> None:
    table = outcomes(a=[12.0] * 9, b=[12.0] * 9, c=[math.inf] * 9)
    best = comparison.probability_best(table).set_index("strategy")["p_best"]
    assert best.to_dict() == pytest.approx({"a": 0.5, "b": 0.5, "c": 0.0}, abs=0.03)
    apart = comparison.probability_best(table, {"a": "x", "b": "x", "c": "y"})
    found = apart.set_index("strategy")["p_best"].to_dict()
    assert found == pytest.approx({"a": 0.5, "b": 0.5, "c": 1.0}, abs=0.03)


def test_one_world_makes_nobody_the_best_for_certain() -> None:
    best = comparison.probability_best(of_counts(0, 1, 0, 5000), draws=40_000)
    known = stats.beta.sf(0.5, 1.5, 0.5)
    assert best["p_best"].iloc[0] == pytest.approx(known, abs=0.01)
    assert known < 0.85


def test_probability_best_repeats() -> None:
    table = of_counts(10, 12, 7, 20)
    one, two = (comparison.probability_best(table, seed=5) for _ in range(2))
    pd.testing.assert_frame_equal(one, two, check_exact=True)
