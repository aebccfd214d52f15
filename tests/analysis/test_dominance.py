"""Stochastic dominance: sure cases, crossing curves, the two orders, and the size of the test."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from helpers.tables import outcomes
from negotiation_sim.analysis.comparison import holm, mcnemar
from negotiation_sim.analysis.dominance import dominance_table, joint_table, strongest
from negotiation_sim.analysis.measures import PARTICIPATION, YEARS, measures_of

HORIZON = 180
PAIR = [("a", "b")]


def measures(horizon: int = HORIZON, participation=None, **months):
    """Return measures of strategies with given months of success."""
    table = outcomes(**{name: list(values) for name, values in months.items()})
    if participation is not None:
        table = table.assign(participation=np.concatenate(participation))
    return measures_of(table, horizon)


def test_one(order=1, measure=YEARS, **given):
    table = dominance_table(measures(**given), PAIR)
    return table[(table["measure"] == measure) & (table["order"] == order)].iloc[0]


test_one.__test__ = False


def test_a_strategy_that_is_always_sooner_dominates_in_both_orders() -> None:
    times = np.random.default_rng(0).integers(5, 100, 200).astype(float)
    for order in (1, 2):
        row = test_one(order, a=times, b=times + 10)
        assert row["verdict"] == "first dominates"
        assert row["lag"] == 0.0 and math.isnan(row["lag_at"])
        assert row["p_first_never_behind"] == 1.0 or row["p_first_never_behind"] > 0.4
        assert row["p_second_holm"] < 0.01
        assert test_one(order, a=times + 10, b=times)["verdict"] == "second dominates"


def test_curves_that_cross_and_where() -> None:
    rng = np.random.default_rng(1)
    early_or_never = np.where(rng.uniform(size=400) < 0.4, 12.0, math.inf)
    late_but_sure = np.full(400, 90.0)
    row = test_one(a=early_or_never, b=late_but_sure)
    assert row["verdict"] == "crossing"
    assert (row["lead_at"], row["lag_at"]) == (89 / 12, 15.0)
    assert row["lead"] == pytest.approx(np.isfinite(early_or_never).mean())


def test_second_order_without_first_is_for_the_sure_thing() -> None:
    """Half at once and half never, or all in the middle: the same mean, the second without risk."""
    risky = np.array([1.0, math.inf] * 150)
    sure = np.full(300, 91.0)
    assert test_one(1, a=sure, b=risky)["verdict"] == "crossing"
    assert test_one(2, a=sure, b=risky)["verdict"] == "first dominates"
    table = dominance_table(measures(a=sure, b=risky), PAIR)
    line = strongest(table)
    assert line[["verdict", "order"]].to_numpy().tolist() == [["first dominates", 2]]
    assert line["p_holm"].iloc[0] == table["p_second_holm"].iloc[1]


def test_second_order_lead_is_the_area_in_years() -> None:
    row = test_one(2, a=np.full(10, 12.0), b=np.full(10, 24.0))
    assert row["lead"] == pytest.approx(1.0)


def test_participation_counts_nothing_where_nothing_is_adopted() -> None:
    n = 200
    shares = [np.full(n, 0.5), np.where(np.arange(n) % 2 == 0, 0.5, np.nan)]
    never = [math.inf] * n
    row = test_one(1, PARTICIPATION, a=never, b=never, participation=shares)
    assert row["verdict"] == "first dominates"
    assert (row["lead"], row["lead_at"]) == (0.5, pytest.approx(0.01))
    assert test_one(2, PARTICIPATION, a=never, b=never, participation=shares)[
        "lead"
    ] == pytest.approx(0.25)


def test_nothing_to_tell_apart() -> None:
    never, same = np.full(30, math.inf), np.full(30, 12.0)
    for times in (never, same):
        table = dominance_table(measures(a=times, b=times), PAIR)
        assert table["verdict"].tolist() == ["open", "open"]
        assert (table[["p_first_holm", "p_second_holm"]] == 1.0).all(axis=None)
    assert test_one(a=[12.0], b=[24.0])["verdict"] == "open"
    assert dominance_table(measures(a=same), []).empty
    assert strongest(dominance_table(measures(a=same), [])).empty
    assert joint_table(measures(a=same), []).empty


@pytest.mark.parametrize("order", [1, 2])
def test_size_of_the_test_on_equal_laws(order) -> None:
    rng, runs, rejected = np.random.default_rng(7), 300, 0
    for run in range(runs):
        shared = rng.exponential(30, 100)
        first, second = (np.ceil(shared + rng.exponential(20, 100)) for _ in range(2))
        table = dominance_table(measures(a=first, b=second), PAIR, swaps=199, seed=run)
        p = table.loc[table["order"] == order, "p_first_never_behind"].iloc[0]
        rejected += p < 0.05
    assert rejected / runs == pytest.approx(0.05, abs=4 * math.sqrt(0.05 * 0.95 / runs))


def test_rare_p_values_are_extrapolated_to_the_right_size() -> None:
    """All worlds differ over the same months, so that the exact tail is a binomial one."""
    first, second = np.array([10.0] * 60), np.array([20.0] * 60)
    second[:14], first[:14] = 10.0, 20.0
    known = stats.binom.sf(45, 60, 0.5)
    p = test_one(a=first, b=second)["p_second_never_behind"]
    assert 0.2 < p / known < 5.0
    assert test_one(a=np.full(4, 10.0), b=np.full(4, 20.0))["p_second_never_behind"] > 0.03


def test_holm_is_over_both_hypotheses_of_all_pairs_of_one_measure_and_order() -> None:
    rng = np.random.default_rng(3)
    given = {name: rng.integers(1, 170, 80) + 10 * k for k, name in enumerate("abc")}
    table = dominance_table(measures(**given), [("a", "b"), ("a", "c"), ("b", "c")])
    for _, part in table.groupby(["measure", "order"]):
        raw = part[["p_first_never_behind", "p_second_never_behind"]].to_numpy().ravel()
        ours = part[["p_first_holm", "p_second_holm"]].to_numpy().ravel()
        assert len(raw) == 6
        np.testing.assert_array_equal(ours, holm(raw.tolist()))


def test_pairs_do_not_depend_on_the_others_and_use_common_worlds_alone() -> None:
    rng = np.random.default_rng(4)
    a, b, c = (rng.integers(1, 170, 60).astype(float) for _ in range(3))
    columns = ["lead", "lag", "p_first_never_behind", "p_second_never_behind"]
    alone = dominance_table(measures(a=a, b=b), PAIR)[columns]
    shorter = measures(a=a, b=b, c=c[:40])
    both = dominance_table(shorter, [("a", "b"), ("a", "c")])
    first = both[both["second"] == "b"][columns].reset_index(drop=True)
    np.testing.assert_array_equal(first, alone)
    second = both[both["second"] == "c"]
    assert second["worlds"].tolist() == [40, 40]
    cut = dominance_table(measures(a=a[:40], c=c[:40]), [("a", "c")])
    np.testing.assert_array_equal(second[columns], cut[columns])


def test_who_is_ahead_in_everything() -> None:
    # sooner and more; sooner but less; alike; later, as many; never both, the second with a text
    a, b = [10, 10, 30, 50, math.inf], [20, 20, 30, 40, math.inf]
    shares = [np.array([0.8, 0.5, 0.7, 0.6, np.nan]), np.array([0.7, 0.6, 0.7, 0.6, 0.3])]
    row = joint_table(measures(a=a, b=b, participation=shares), PAIR).iloc[0]
    assert row["worlds"] == 5
    assert row[["first_ahead", "second_ahead", "mixed", "alike"]].tolist() == [0.2, 0.4, 0.2, 0.2]
    assert row["p_value"] == mcnemar(1, 2) and not row["settled"]
    assert row["difference"] == pytest.approx(-0.2)


@pytest.mark.parametrize(
    ("one", "two"), [(0, 0), (0, 5), (3, 3), (3, 4), (2, 11), (40, 80), (9_000, 9_500), (4, 90_000)]
)
def test_mcnemar_is_scipys_exact_binomial_test(one, two) -> None:
    known = stats.binomtest(min(one, two), one + two).pvalue if one + two else 1.0
    assert mcnemar(one, two) == mcnemar(two, one) == pytest.approx(known, rel=1e-9)
