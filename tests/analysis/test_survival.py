"""Survival against closed forms, SciPy, a textbook example and simulated coverage."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from helpers.tables import failed, random_table, succeeded, table
from negotiation_sim.analysis import survival
from negotiation_sim.analysis.outcomes import SummaryAccumulator, strategy_outcomes

# Remission of leukaemia patients on 6-MP (Freireich et al. 1963), ties and censoring included.
REMISSION = np.array([6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35])
RELAPSED = np.array([1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0], dtype=bool)
PLACEBO = np.array([1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23])


def test_kaplan_meier_of_the_textbook() -> None:
    curve = survival.kaplan_meier(REMISSION, RELAPSED).set_index("month")["survival"]
    known = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
    assert {m: round(curve[m], 3) for m in known} == known
    assert curve[0] == 1.0
    assert curve[35] == curve[23]


def test_kaplan_meier_without_censoring_is_the_share_left() -> None:
    months = np.array([3, 3, 5, 9])
    curve = survival.kaplan_meier(months, np.ones(4, dtype=bool))
    assert curve["survival"].tolist() == [1.0, 0.5, 0.25, 0.0]
    assert curve["at_risk"].tolist() == [4, 4, 2, 1]
    assert curve[["low", "high"]].notna().all(axis=None)
    assert ((curve["low"] <= curve["survival"]) & (curve["survival"] <= curve["high"])).all()


def test_the_band_is_scipys_where_scipy_has_one() -> None:
    curve = survival.kaplan_meier(REMISSION, RELAPSED).set_index("month").loc[6:]
    data = stats.CensoredData(uncensored=REMISSION[RELAPSED], right=REMISSION[~RELAPSED])
    band = stats.ecdf(data).sf.confidence_interval(0.95, method="log-log")
    np.testing.assert_allclose(curve["low"], band.low.probabilities)
    np.testing.assert_allclose(curve["high"], band.high.probabilities)


@pytest.mark.parametrize("n", [1, 5])
def test_all_censored_stays_at_one_with_a_band(n: int) -> None:
    curve = survival.kaplan_meier(np.full(n, 180), np.zeros(n, dtype=bool))
    assert (curve["survival"] == 1.0).all()
    assert (curve["low"] < 1.0).all()
    assert (curve["high"] == 1.0).all()


def test_kaplan_meier_band_covers() -> None:
    rng, runs, inside = np.random.default_rng(8), 400, 0
    for _ in range(runs):
        event, censor = rng.exponential(60, 80), rng.exponential(120, 80)
        months = np.ceil(np.minimum(event, censor))
        curve = survival.kaplan_meier(months, event <= censor)
        row = curve[curve["month"] <= 40].iloc[-1]
        inside += row["low"] <= math.exp(-40 / 60) <= row["high"]
    assert inside / runs == pytest.approx(0.95, abs=4 * math.sqrt(0.95 * 0.05 / runs))


def test_the_tables_agree_with_the_counts_of_the_summary() -> None:
    summary = SummaryAccumulator({}, 60, 180)
    outcomes = summary.update(random_table(150, {"a@CD": 1, "b@CD": 2}, seed=6))
    theirs = summary.incidence().set_index(["strategy", "month"])
    curve = survival.survival_table(outcomes, 180, "adoption")
    known = theirs.loc[list(zip(curve["strategy"], curve["month"], strict=True)), "adopted"]
    np.testing.assert_allclose(1 - curve["survival"], known, atol=1e-12)


def test_withdrawal_is_no_censoring() -> None:
    rows = table(
        succeeded(0, 40),
        failed(1, "withdrawal", ending="withdrawn", end_month=10),
        failed(2),
    )
    outcomes = strategy_outcomes(rows, {}, 60)
    months, observed = survival.milestone_times(outcomes, 180)
    assert months.tolist() == [40, 180, 180]
    assert observed.tolist() == [True, False, False]
    km = survival.survival_table(outcomes, 180)
    assert km["survival"].iloc[-1] == pytest.approx(2 / 3)


def test_restricted_mean_is_the_mean_of_shortened_times() -> None:
    months = np.array([10, 20, 30, 200])
    mean, low, high = survival.restricted_mean(np.minimum(months, 180), months <= 180, 100)
    assert mean == pytest.approx(np.minimum(months, 100).mean())
    assert low < mean < high
    assert survival.restricted_mean([180], [False], 60) == (60.0, 60.0, 60.0)


def test_restricted_mean_without_censoring_has_the_error_of_a_mean() -> None:
    months = np.array([10, 20, 30, 95, 200])
    short = np.minimum(months, 100.0)
    mean, low, high = survival.restricted_mean(np.minimum(months, 180), months <= 180, 100)
    half = stats.norm.ppf(0.975) * short.std() / math.sqrt(5)
    assert (mean, low, high) == pytest.approx((51.0, 51.0 - half, 51.0 + half))


def test_restricted_mean_covers() -> None:
    rng, runs, inside = np.random.default_rng(4), 500, 0
    truth = 60 * (1 - math.exp(-1))
    for _ in range(runs):
        times, censor = rng.exponential(60, 100), rng.exponential(150, 100)
        _, low, high = survival.restricted_mean(np.minimum(times, censor), times <= censor, 60)
        inside += low <= truth <= high
    assert inside / runs == pytest.approx(0.945, abs=4 * math.sqrt(0.95 * 0.05 / runs))


def test_what_is_wrong_is_said() -> None:
    with pytest.raises(ValueError, match="no replicates"):
        survival.kaplan_meier([], [])
    with pytest.raises(ValueError, match="2 times but 1"):
        survival.kaplan_meier([1, 2], [True])
