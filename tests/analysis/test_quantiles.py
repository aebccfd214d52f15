"""Quantiles side by side: by hand, beyond the horizon, coverage of the paired intervals."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from helpers.tables import failed, outcomes, succeeded, table
from negotiation_sim.analysis.measures import PARTICIPATION, YEARS, measures_of, outcomes_with_texts
from negotiation_sim.analysis.quantiles import (
    QUANTILES,
    Bootstrap,
    quantile_differences,
    quantile_table,
)
from negotiation_sim.analysis.survival import success_by_year

PAIR = [("a", "b")]


def times(horizon=180, **months):
    return measures_of(outcomes(**{k: list(v) for k, v in months.items()}), horizon)


def of(found, quantile, measure=YEARS):
    return found[(found["measure"] == measure) & np.isclose(found["quantile"], quantile)].iloc[0]


def test_quantiles_of_time_count_those_who_never_succeed() -> None:
    a = [12, 24, 36, 48, math.inf, math.inf, math.inf, math.inf, math.inf, math.inf]
    found = quantile_table(Bootstrap(times(a=a)))
    assert of(found, 0.1)["value"] == 1.0 and of(found, 0.25)["value"] == 3.0
    assert found["worlds"].tolist() == found["values"].tolist() == [10] * len(QUANTILES)
    beyond = of(found, 0.5)
    assert math.isnan(beyond["value"]) and math.isnan(beyond["high"])
    assert 1.0 <= beyond["low"] <= 4.0 or math.isnan(beyond["low"])


def test_a_difference_with_one_beyond_the_horizon_is_never_invented() -> None:
    a, b = [12.0] * 60 + [math.inf] * 40, [60.0] * 30 + [math.inf] * 70
    found = quantile_differences(Bootstrap(times(a=a, b=b)), PAIR)
    known = of(found, 0.1)
    assert known["difference"] == -4.0 and (known["low"], known["high"]) == (-4.0, -4.0)
    half = of(found, 0.5)
    assert half["value_first"] == 1.0 and math.isnan(half["value_second"])
    assert half[["difference", "low", "high"]].isna().all()
    never = quantile_differences(Bootstrap(times(a=[math.inf] * 5, b=[math.inf] * 5)), PAIR)
    assert never[["value_first", "value_second", "difference", "low", "high"]].isna().all(axis=None)


def test_a_limit_beyond_the_horizon_is_missing_and_the_other_is_not() -> None:
    n = 200
    a = [12.0] * n
    b = [24.0] * 55 + [math.inf] * (n - 55)  # the first quarter is reached, but only just
    row = of(quantile_differences(Bootstrap(times(a=a, b=b)), PAIR), 0.25)
    assert row["difference"] == -1.0 and row["high"] == -1.0
    assert math.isnan(row["low"])


def test_equal_strategies_do_not_differ_in_any_resample() -> None:
    a = np.random.default_rng(0).integers(1, 180, 300)
    found = quantile_differences(Bootstrap(times(a=a, b=a)), PAIR)
    assert (found[["difference", "low", "high"]] == 0.0).all(axis=None)


@pytest.mark.parametrize("quantile", [0.1, 0.5, 0.9])
def test_the_interval_of_one_quantile_lies_at_the_ranks_of_a_binomial(quantile) -> None:
    n = 400
    row = of(quantile_table(Bootstrap(times(horizon=500, a=np.arange(1, n + 1)))), quantile)
    known = stats.binom.ppf([0.025, 0.975], n, quantile)
    sd = math.sqrt(n * quantile * (1 - quantile))
    np.testing.assert_allclose([12 * row["low"], 12 * row["high"]], known, atol=0.5 * sd)


def test_the_pairing_narrows_the_interval() -> None:
    rng = np.random.default_rng(2)
    shared = rng.integers(10, 150, 400)
    own = shared + rng.integers(0, 3, 400)
    paired = of(quantile_differences(Bootstrap(times(a=shared, b=own)), PAIR), 0.5)
    apart = of(quantile_differences(Bootstrap(times(a=shared, b=rng.permutation(own))), PAIR), 0.5)
    assert paired["high"] - paired["low"] < 0.5 * (apart["high"] - apart["low"])


@pytest.mark.parametrize("quantile", [0.25, 0.5])
def test_paired_intervals_cover(quantile) -> None:
    """Times of a shared and an own part; the true quantiles from a long draw of the same law."""

    def law(rng, n):
        shared = rng.exponential(40.0, n)
        return shared + rng.exponential(20.0, n), 1.3 * shared + rng.exponential(30.0, n)

    horizon, runs, inside = 100_000, 300, 0
    long = law(np.random.default_rng(99), 2_000_000)
    truth = np.diff([np.quantile(x, quantile) for x in long[::-1]])[0] / 12
    for run in range(runs):
        rng = np.random.default_rng(run)
        months = [np.round(100 * x) for x in law(rng, 150)]
        months = [np.minimum(m, 32_000) for m in months]
        found = measures_of(outcomes(a=list(months[0]), b=list(months[1])), horizon)
        row = of(quantile_differences(Bootstrap(found, seed=run), PAIR), quantile)
        inside += row["low"] / 100 <= truth <= row["high"] / 100
    assert inside / runs == pytest.approx(0.95, abs=4 * math.sqrt(0.95 * 0.05 / runs))


def test_texts_and_participation_are_those_of_adopted_texts() -> None:
    rows = table(
        succeeded(0, 40, text_form=0.4, participation=0.9),
        succeeded(1, 50, text_form=0.6, participation=0.7),
        failed(2, text_form=0.1, participation=0.2),
        {"strategy": "b@CD"} | succeeded(0, 20, text_form=0.2, participation=0.5),
        {"strategy": "b@CD"} | failed(1), {"strategy": "b@CD"} | failed(2, error="boom"),
    )  # fmt: skip
    found = measures_of(outcomes_with_texts(rows, {}, 60), 180)
    boot = Bootstrap(found)
    shown = quantile_differences(boot, [("code@COPUOS", "b@CD")])
    form = of(shown, 0.5, "form")
    assert (form["worlds"], form["values_first"], form["values_second"]) == (2, 2, 1)
    assert (form["value_first"], form["value_second"]) == (0.4, 0.2)
    assert form["difference"] == pytest.approx(0.2)
    assert math.isnan(form["low"]), "in some resamples the second has no text at all"
    own = quantile_table(boot)
    mine = own[own["strategy"] == "code@COPUOS"]
    assert of(mine, 0.9, PARTICIPATION)["value"] == 0.9
    assert of(mine, 0.9, PARTICIPATION)[["worlds", "values"]].tolist() == [3, 2]


def test_each_text_of_a_strategy_has_its_own_measures() -> None:
    name = "code@CD+ban@CD"
    rows = table(
        succeeded(0, 20, strategy=name, track=0, track_name="code@CD", text_form=0.3),
        succeeded(0, 30, strategy=name, track=1, track_name="ban@CD", text_form=0.7),
        failed(1, strategy=name, track=0, track_name="code@CD"),
        succeeded(1, 30, strategy=name, track=1, track_name="ban@CD", text_form=0.8),
    )
    found = outcomes_with_texts(rows, {name: "any"}, 60)
    np.testing.assert_array_equal(found["form"], [0.3, np.nan])
    np.testing.assert_array_equal(found["form, text 2"], [0.7, 0.8])


def test_pledges_beside_a_text_are_no_text() -> None:
    name = "ban@CD+pledges@CD"
    rows = table(
        failed(0, strategy=name, track=0, track_name="pledges@CD", adoption_month=3, text_form=0.1),
        succeeded(0, 30, strategy=name, track=1, track_name="ban@CD", text_form=0.7),
    )
    found = outcomes_with_texts(rows, {}, 60)
    assert found["form"].tolist() == [0.7]
    assert "form, text 2" not in found


def test_many_worlds_are_drawn_in_blocks_and_mean_the_same(monkeypatch) -> None:
    from negotiation_sim.analysis import quantiles

    rng = np.random.default_rng(5)
    found = times(a=rng.integers(1, 200, 500), b=rng.integers(1, 200, 500))
    whole = quantile_differences(Bootstrap(found), PAIR)
    monkeypatch.setattr(quantiles, "_BLOCK", 7_000)
    parts = quantile_differences(Bootstrap(found), PAIR)
    np.testing.assert_allclose(whole["difference"], parts["difference"])
    np.testing.assert_allclose(whole["low"], parts["low"])


def test_success_by_year_counts_and_ends_at_the_horizon() -> None:
    from negotiation_sim.analysis.intervals import wilson

    found = success_by_year(outcomes(a=[12, 13, 30, math.inf], b=[math.inf] * 4), 30)
    a, b = found[found["strategy"] == "a"], found[found["strategy"] == "b"]
    assert a["years"].tolist() == [1.0, 2.0, 2.5]
    assert a["successes"].tolist() == [1, 2, 3]
    assert a["p"].tolist() == [0.25, 0.5, 0.75]
    assert (a["low"].iloc[1], a["high"].iloc[1]) == wilson(2, 4)
    assert b["p"].tolist() == [0.0] * 3 and b["high"].iloc[0] == wilson(0, 4)[1]
    assert success_by_year(outcomes(a=[]), 30).empty
