"""The nested design on a case with a known answer: shares that follow a beta distribution."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from helpers.tables import failed, random_table, succeeded, table
from negotiation_sim.analysis.intervals import wilson
from negotiation_sim.analysis.outcomes import strategy_outcomes
from negotiation_sim.analysis.uncertainty import (
    BeliefAccumulator,
    belief_table,
    spread_over_beliefs,
)


def _draw(rng: np.random.Generator, a: float, b: float, beliefs: int, chances: int) -> np.ndarray:
    return rng.binomial(chances, rng.beta(a, b, beliefs))


@pytest.mark.parametrize(("a", "b"), [(2.0, 2.0), (2.0, 5.0), (8.0, 8.0)])
def test_beta_binomial_percentiles_and_variance(a: float, b: float) -> None:
    rng, runs = np.random.default_rng(1), 300
    spreads = [spread_over_beliefs(_draw(rng, a, b, 200, 40), [40] * 200) for _ in range(runs)]
    for ours, known in [
        (np.array([s.sd_beliefs**2 for s in spreads]), stats.beta.var(a, b)),
        (np.array([s.mean for s in spreads]), stats.beta.mean(a, b)),
    ]:
        assert ours.mean() == pytest.approx(known, abs=4 * ours.std() / math.sqrt(runs))
    # Percentiles of shrunk shares: the spread is right, the shape is a shade rounder.
    for ours, q in [([s.low for s in spreads], 0.05), ([s.high for s in spreads], 0.95)]:
        assert np.mean(ours) == pytest.approx(stats.beta.ppf(q, a, b), abs=0.02)


def test_without_the_correction_the_spread_would_be_too_wide() -> None:
    rng = np.random.default_rng(2)
    k = _draw(rng, 8.0, 8.0, 4000, 10)
    spread = spread_over_beliefs(k, [10] * 4000)
    naive = np.quantile(k / 10, [0.05, 0.95])
    known = stats.beta.ppf([0.05, 0.95], 8.0, 8.0)
    ours = np.abs([spread.low, spread.high] - known).max()
    assert ours < 0.25 * np.abs(naive - known).min()


def test_when_all_beliefs_agree_the_spread_is_nearly_nothing() -> None:
    rng = np.random.default_rng(3)
    widths = []
    for _ in range(100):
        spread = spread_over_beliefs(rng.binomial(100, 0.4, 300), [100] * 300)
        widths.append(spread.high - spread.low)
    # Uncorrected, the percentiles would lie 3.3 standard errors, 0.16, apart.
    assert np.mean(widths) < 0.05
    assert np.median(widths) < 0.05


def test_interval_of_the_mean_covers_both_kinds() -> None:
    rng, runs, inside = np.random.default_rng(4), 1000, 0
    for _ in range(runs):
        spread = spread_over_beliefs(_draw(rng, 2.0, 5.0, 30, 20), [20] * 30)
        inside += spread.mean_low <= 2 / 7 <= spread.mean_high
    assert inside / runs == pytest.approx(0.95, abs=4 * math.sqrt(0.95 * 0.05 / runs))


def test_edges() -> None:
    none = spread_over_beliefs([0, 0, 0], [10, 10, 10])
    assert (none.low, none.mean, none.high, none.sd_beliefs) == (0.0, 0.0, 0.0, 0.0)
    assert none.mean_high == wilson(0, 30)[1]
    # One success in two chances: p (1 - p) / (m - 1) is 1/4, the variance within a pair.
    assert spread_over_beliefs([1, 1, 1], [2, 2, 2]).sd_noise == 0.5
    every = spread_over_beliefs([10, 10], [10, 10])
    assert (every.low, every.high, every.mean_high) == (1.0, 1.0, 1.0)
    camps = spread_over_beliefs([0, 1000], [1000, 1000])
    assert (camps.low, camps.high) == pytest.approx((0.05, 0.95))
    for k, m in [([1], [5]), ([1, 0], [1, 1]), ([], [])]:
        with pytest.raises(ValueError, match="at least two beliefs"):
            spread_over_beliefs(k, np.array(m))


def _nested(beliefs: int, chances: int) -> pd.DataFrame:
    rng = np.random.default_rng(5)
    p = rng.beta(2, 2, beliefs)
    rows = []
    for belief in range(beliefs):
        for chance in range(chances):
            row = succeeded(chance, 20) if rng.uniform() < p[belief] else failed(chance)
            rows.append(row | {"belief": belief})
    return strategy_outcomes(table(*rows), {}, 60)


def test_table_counts_by_belief() -> None:
    outcomes = _nested(20, 10)
    row = belief_table(outcomes).iloc[0]
    counts = outcomes.groupby("belief")["timely"].sum()
    spread = spread_over_beliefs(counts, [10] * 20)
    assert (row["beliefs"], row["chances"], row["p_success"]) == (20, 10, spread.mean)
    assert (row["p_positions_low"], row["p_positions_high"]) == (spread.low, spread.high)
    assert row["p_positions_low"] < row["p_success"] < row["p_positions_high"]


def test_chunks_leave_no_trace() -> None:
    outcomes = _nested(20, 10)
    parts = BeliefAccumulator()
    for start in range(0, len(outcomes), 7):
        parts.update(outcomes.iloc[start : start + 7])
    pd.testing.assert_frame_equal(parts.table(), belief_table(outcomes), check_exact=True)


def test_a_plain_run_is_refused() -> None:
    outcomes = strategy_outcomes(random_table(10, {"a@CD": 1}), {}, 60)
    with pytest.raises(ValueError, match="two chances each"):
        belief_table(outcomes)
