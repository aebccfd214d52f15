"""Intervals against closed forms, SciPy and their own coverage, computed exactly."""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pytest
from scipy import special, stats

from negotiation_sim.analysis import intervals
from negotiation_sim.analysis.intervals import student_quantile


@pytest.mark.parametrize(("k", "n"), [(0, 1), (1, 1), (0, 10), (3, 10), (10, 10), (137, 2000)])
@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_wilson_equals_scipy(k: int, n: int, level: float) -> None:
    theirs = stats.binomtest(k, n).proportion_ci(level, method="wilson")
    assert intervals.wilson(k, n, level) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


def test_wilson_at_the_edges() -> None:
    assert intervals.wilson(0, 0) == (0.0, 1.0)
    assert intervals.wilson(0, 5)[0] == 0.0
    assert intervals.wilson(5, 5)[1] == 1.0
    z = stats.norm.ppf(0.975)
    assert intervals.wilson(0, 20)[1] == pytest.approx(z**2 / (20 + z**2))
    for bad in [(-1, 5), (6, 5)]:
        with pytest.raises(ValueError, match="successes"):
            intervals.wilson(*bad)
    with pytest.raises(ValueError, match="level"):
        intervals.wilson(1, 5, level=95.0)


@pytest.mark.parametrize("n", [50, 200, 2000])
def test_wilson_covers(n: int) -> None:
    k = np.arange(n + 1)
    limits = np.array([intervals.wilson(int(x), n) for x in k])
    p = np.linspace(0.05, 0.95, 61)
    inside = (limits[:, :1] <= p) & (p <= limits[:, 1:])
    coverage = (stats.binom.pmf(k[:, None], n, p) * inside).sum(axis=0)
    assert coverage.mean() == pytest.approx(0.95, abs=0.006)
    assert coverage.min() > 0.92


def test_paired_difference_against_the_published_example() -> None:
    # Fagerland, Lydersen and Laake (2014), table of Bentur et al.: 1 and 7 discordant of 21.
    difference, low, high = intervals.paired_difference(1, 7, 21)
    assert difference == pytest.approx(-6 / 21)
    assert (low, high) == pytest.approx((-0.508, -0.013), abs=5e-4)


def test_paired_difference_at_the_edges() -> None:
    assert intervals.paired_difference(0, 0, 0) == (0.0, -1.0, 1.0)
    difference, low, high = intervals.paired_difference(0, 0, 100)
    assert difference == 0.0
    assert low == pytest.approx(-high)
    assert 0.0 < high < 0.03
    assert intervals.paired_difference(1, 0, 1)[0] == 1.0
    assert intervals.paired_difference(50, 0, 50)[2] <= 1.0
    one = intervals.paired_difference(30, 10, 100)
    other = intervals.paired_difference(10, 30, 100)
    assert one == pytest.approx((-other[0], -other[2], -other[1]))
    with pytest.raises(ValueError, match="discordant"):
        intervals.paired_difference(60, 60, 100)


@pytest.mark.parametrize(
    ("first", "second"), [(0.02, 0.02), (0.1, 0.02), (0.2, 0.2), (0.4, 0.1), (0.5, 0.0)]
)
def test_paired_difference_covers(first: float, second: float) -> None:
    """Exact coverage: the trinomial distribution of discordant worlds, summed."""
    n = 100
    b = np.arange(n + 1)
    p_b = stats.binom.pmf(b, n, first)
    covered = 0.0
    for x, weight in zip(b, p_b, strict=True):
        if weight < 1e-12:
            continue
        c = np.arange(n - x + 1)
        p_c = stats.binom.pmf(c, n - x, second / (1.0 - first))
        limits = [intervals.paired_difference(int(x), int(y), n)[1:] for y in c[p_c > 1e-12]]
        inside = [low <= first - second <= high for low, high in limits]
        covered += weight * float(p_c[p_c > 1e-12] @ np.array(inside, dtype=float))
    assert 0.94 < covered < 0.996  # cautious where hardly any world is discordant


def test_bootstrap_of_a_mean_agrees_with_its_standard_error() -> None:
    values = np.random.default_rng(1).normal(size=400)
    low, high = intervals.bootstrap_interval(
        400, lambda rows: values[rows].mean(), resamples=4000, seed=2
    )
    se = values.std() / math.sqrt(400)
    # A quantile of 4,000 draws has standard error sqrt(p q / B) / density, here 0.042 se.
    assert low == pytest.approx(values.mean() - 1.96 * se, abs=4 * 0.042 * se)
    assert high == pytest.approx(values.mean() + 1.96 * se, abs=4 * 0.042 * se)


def test_bootstrap_keeps_shape_and_repeats() -> None:
    values = np.arange(20.0).reshape(10, 2)
    one = intervals.bootstrap_interval(10, lambda rows: values[rows].mean(axis=0), seed=3)
    two = intervals.bootstrap_interval(10, lambda rows: values[rows].mean(axis=0), seed=3)
    assert one[0].shape == (2,)
    assert np.array_equal(one[0], two[0])
    assert intervals.bootstrap_interval(1, lambda rows: 5.0) == (5.0, 5.0)
    with pytest.raises(ValueError, match="no units"):
        intervals.bootstrap_interval(0, lambda rows: 0.0)


def test_boundaries_grow_to_the_maximum() -> None:
    assert intervals.batch_boundaries(1000) == (200, 300, 450, 675, 1000)
    assert intervals.batch_boundaries(50) == (50,)
    assert intervals.batch_boundaries(9, first=2, growth=2.0) == (2, 4, 8, 9)
    with pytest.raises(ValueError, match="growth"):
        intervals.batch_boundaries(100, growth=1.0)


def _coverage_when_stopped(p: np.ndarray, precision: float, maximum: int, level: float):
    """Return exact coverage and mean replicates of the stopping rule, over every path."""
    running = np.ones((1, len(p)))
    covered, spent, n = np.zeros(len(p)), np.zeros(len(p)), 0
    for size in intervals.batch_boundaries(maximum):
        step = stats.binom.pmf(np.arange(size - n + 1)[:, None], size - n, p)
        running = np.array([np.convolve(running[:, i], step[:, i]) for i in range(len(p))]).T
        n = size
        limits = np.array([intervals.wilson(k, n, level) for k in range(n + 1)])
        stop = np.array([intervals.is_precise(k, n, precision) for k in range(n + 1)])
        stop |= n == maximum
        inside = (limits[:, :1] <= p) & (p <= limits[:, 1:])
        covered += (running * inside * stop[:, None]).sum(axis=0)
        spent += n * (running * stop[:, None]).sum(axis=0)
        running = running * ~stop[:, None]
    return covered, spent


@pytest.mark.parametrize("precision", [0.02, 0.03, 0.05, 0.1])
def test_stopping_by_precision_covers(precision: float) -> None:
    p = np.linspace(0.05, 0.95, 46)
    covered, spent = _coverage_when_stopped(p, precision, 6000, intervals.stopping_level())
    assert covered.min() >= 0.949
    assert covered.mean() >= 0.957
    fixed = (1.96 / precision) ** 2 * 0.25
    assert spent.max() < 2.0 * max(fixed, 200)


def test_stopping_at_the_plain_level_would_fall_short() -> None:
    """Why the corrected level exists: the plain one is visibly below 95 % somewhere."""
    covered, _ = _coverage_when_stopped(np.linspace(0.05, 0.95, 46), 0.05, 2000, 0.95)
    assert covered.min() < 0.94


def test_stopping_on_a_difference_covers() -> None:
    rng = np.random.default_rng(5)
    runs, precision = 4000, 0.03
    for first, second in [(0.1, 0.1), (0.25, 0.05), (0.05, 0.01)]:
        cells = np.zeros((runs, 3), dtype=int)
        covered = np.zeros(runs, dtype=bool)
        going, n = np.ones(runs, dtype=bool), 0
        for size in intervals.batch_boundaries(5000):
            cells += rng.multinomial(size - n, [first, second, 1 - first - second], size=runs)
            n = size
            for run in np.flatnonzero(going):
                b, c = int(cells[run, 0]), int(cells[run, 1])
                if n == 5000 or intervals.is_difference_precise(b, c, n, precision):
                    _, low, high = intervals.paired_difference(b, c, n, intervals.stopping_level())
                    covered[run], going[run] = low <= first - second <= high, False
        error = math.sqrt(0.95 * 0.05 / runs)
        assert covered.mean() > 0.95 - 4 * error


def test_nothing_heavy_is_imported() -> None:
    code = (
        "import sys, negotiation_sim.analysis.intervals\n"
        "print([m for m in ('scipy', 'pandas', 'matplotlib', 'numba') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


@pytest.mark.parametrize("level", [0.5, 0.9, 0.95, 0.99, 0.999])
def test_student_s_quantile_is_that_of_the_tables(level):
    for freedom in [*range(1, 130), 999, 1000, 1001, 9999, 10**6]:
        wanted = float(stats.t.ppf(0.5 + level / 2.0, freedom))
        assert student_quantile(level, freedom) == pytest.approx(wanted, rel=2e-10)
        square = student_quantile(level, freedom) ** 2
        inside = float(special.betainc(0.5, freedom / 2.0, square / (freedom + square)))
        assert inside == pytest.approx(level, rel=1e-12)


def test_no_version_of_a_library_moves_student_s_quantile():
    digits = {1: "12.7062047362", 4: "2.7764451052", 99: "1.9842169516", 999: "1.9623414611"}
    for freedom, wanted in digits.items():
        assert f"{student_quantile(0.95, freedom):.10f}" == wanted
