"""Known answers of the scores, and coverage of their intervals."""

import math

import numpy as np
import pytest

from negotiation_sim.studies.history import scores
from negotiation_sim.studies.history.logistic import (
    chance_of,
    fit_logistic,
    grouped_folds,
    out_of_fold,
)


def test_brier_skill_of_the_base_rate_is_zero_and_of_the_truth_one():
    y = np.array([1, 0, 1, 1])
    assert scores.brier_skill(np.full(4, 0.75), y) == pytest.approx(0.0)
    assert scores.brier_skill(y, y) == 1.0
    assert scores.brier([0.0], [1]) == 1.0


def test_brier_skill_takes_a_base_rate_a_row():
    y = np.array([1.0, 0.0])
    assert scores.brier_skill([0.5, 0.5], y, [0.5, 0.5]) == pytest.approx(0.0)
    assert math.isnan(scores.brier_skill([0.5], [1.0]))


def test_log_score_is_finite_for_a_sure_and_wrong_forecast():
    assert scores.log_score([0.0], [1]) == pytest.approx(-math.log(1e-3))


def test_area_under_the_curve_equals_sklearns():
    from sklearn.metrics import roc_auc_score

    rng = np.random.default_rng(1)
    y = rng.random(80) < 0.4
    p = np.round(rng.random(80), 1)
    assert scores.area_under_curve(p, y) == pytest.approx(roc_auc_score(y, p))
    assert math.isnan(scores.area_under_curve([0.1, 0.2], [1, 1]))


def test_concordance_by_hand_with_censoring_and_ties():
    # Pairs that count: (0,1), (0,2), (0,3); row 1 is censored at 2, so (1,2), (1,3) do not;
    # (2,3) at equal times with one event counts.
    risk, time, observed = [0.9, 0.5, 0.95, 0.9], [1, 2, 3, 3], [True, False, True, False]
    # (0,1) right, (0,2) wrong, (0,3) tie, (2,3) right.
    assert scores.concordance(risk, time, observed) == pytest.approx((1 + 0 + 0.5 + 1) / 4)
    assert math.isnan(scores.concordance([1.0, 2.0], [1, 2], [False, False]))


def test_concordance_without_censoring_is_the_share_of_ordered_pairs():
    rng = np.random.default_rng(2)
    time, risk = rng.permutation(30), rng.random(30)
    pairs = [(i, j) for i in range(30) for j in range(30) if time[i] < time[j]]
    share = np.mean([risk[i] > risk[j] for i, j in pairs])
    assert scores.concordance(risk, time, np.ones(30, bool)) == pytest.approx(share)


def test_clustered_interval_is_wider_where_rows_repeat():
    rng = np.random.default_rng(3)
    value = np.repeat(rng.normal(size=40), 5)
    clusters = np.repeat(np.arange(40), 5)
    together = scores.clustered(clusters, lambda r: value[r].mean())
    apart = scores.clustered(np.arange(200), lambda r: value[r].mean())
    assert together["high"] - together["low"] > 1.7 * (apart["high"] - apart["low"])
    expected = 2 * 1.96 * value[::5].std() / math.sqrt(40)
    assert together["high"] - together["low"] == pytest.approx(expected, rel=0.15)


def test_calibration_band_holds_a_calibrated_forecast_about_as_often_as_it_says():
    rng = np.random.default_rng(4)
    within = []
    for _ in range(60):
        p = rng.random(100)
        curve = scores.calibration_curve(p, rng.random(100) < p, resamples=400)
        within += [row["within"] for row in curve]
    share = np.mean(within)
    assert 0.92 < share < 0.995
    wrong = scores.calibration_curve(np.full(200, 0.9), np.zeros(200))
    assert not any(row["within"] for row in wrong)


def test_calibration_slope_finds_overconfidence():
    rng = np.random.default_rng(5)
    odds = rng.normal(size=4000)
    y = rng.random(4000) < 1 / (1 + np.exp(-odds))
    intercept, slope = scores.calibration_slope(1 / (1 + np.exp(-2 * odds)), y)
    assert intercept == pytest.approx(0.0, abs=0.12) and slope == pytest.approx(0.5, abs=0.06)


def test_logistic_without_penalty_equals_sklearns():
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(6)
    x = rng.normal(size=(150, 3))
    y = rng.random(150) < 1 / (1 + np.exp(-(0.3 + x @ [1.0, -0.5, 0.0])))
    ours = fit_logistic(x, y, penalty=2.0)
    theirs = LogisticRegression(C=0.5, tol=1e-10, max_iter=1000).fit(x, y)
    assert ours[0] == pytest.approx(theirs.intercept_[0], abs=1e-5)
    assert ours[1:] == pytest.approx(theirs.coef_[0], abs=1e-5)


def test_logistic_of_separable_rows_stays_finite():
    b = fit_logistic([[0.0], [1.0]], [0, 1], penalty=1.0)
    assert np.isfinite(b).all() and chance_of(b, [[1.0]])[0] > 0.5


def test_folds_keep_groups_whole_and_spread_strata():
    groups = [f"g{i // 2}" for i in range(80)]
    strata = ["a" if i < 40 else "b" for i in range(80)]
    folds = grouped_folds(groups, strata, 5, seed=3)
    for group in set(groups):
        assert len({f for f, g in zip(folds, groups, strict=True) if g == group}) == 1
    for stratum in "ab":
        counts = np.bincount(folds[[s == stratum for s in strata]], minlength=5)
        assert counts.max() - counts.min() <= 2
    assert (folds == grouped_folds(groups, strata, 5, seed=3)).all()


def test_out_of_fold_never_uses_the_rows_own_outcome():
    rng = np.random.default_rng(7)
    x, y = rng.normal(size=(40, 2)), (rng.random(40) < 0.5).astype(float)
    folds = np.arange(40) % 4
    plain = out_of_fold(x, y, folds)
    flipped = y.copy()
    flipped[folds == 2] = 1.0 - flipped[folds == 2]
    other = out_of_fold(x, flipped, folds)
    assert other[folds == 2] == pytest.approx(plain[folds == 2], abs=1e-12)
    assert not np.allclose(other[folds != 2], plain[folds != 2])
