"""Confidence intervals in closed form, the bootstrap, and when a run is precise enough to stop.

Light on purpose (``math`` and NumPy only): the engine asks these questions while it runs.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from statistics import NormalDist

import numpy as np

FIRST_LOOK = 200
GROWTH = 1.5
STOPPING_SHARE = 0.7


@lru_cache(maxsize=64)
def normal_quantile(level: float) -> float:
    """Return the two-sided standard normal quantile of a confidence level.

    Examples
    --------
    >>> round(normal_quantile(0.95), 4)
    1.96
    """
    if not 0.0 < level < 1.0:
        raise ValueError(f"level: {level} is not between 0 and 1")
    return NormalDist().inv_cdf(0.5 + level / 2.0)


MANY = 1000  # degrees of freedom from which the expansion is exact to the last digits


@lru_cache(maxsize=64)
def student_quantile(level: float, freedom: int) -> float:
    """Return the two-sided quantile of Student's t of a confidence level.

    Written out here because SciPy's differs between versions from the eleventh digit on.

    Parameters
    ----------
    level : float
    freedom : int
        Degrees of freedom, at least 1.

    References
    ----------
    Abramowitz and Stegun (1964), 26.7.3 and 26.7.4 (its probability, a finite sum), 26.7.5 (its
    expansion for many degrees of freedom).

    Examples
    --------
    >>> round(student_quantile(0.95, 99), 10)
    1.9842169516
    """
    z = normal_quantile(level)
    if freedom >= MANY:
        return _expanded(z, freedom)
    t, step = z, z
    while step > 1e-15 * t:  # from below, where Newton's steps never go too far
        step = (level - _within(t, freedom)) / (2.0 * _density(t, freedom))
        t += step
    return t


def _within(t: float, freedom: int) -> float:
    """Return the probability that Student's t is between -t and t."""
    angle = math.atan(t / math.sqrt(freedom))
    cosine, odd = math.cos(angle), freedom % 2
    term, total = (cosine if odd else 1.0), 0.0
    for k in range(3 if odd else 2, freedom + 1, 2):
        total += term
        term *= cosine * cosine * (k - 1) / k
    inside = math.sin(angle) * total
    return 2.0 * (angle + inside) / math.pi if odd else inside


def _density(t: float, freedom: int) -> float:
    half = (freedom + 1) / 2.0
    scale = math.lgamma(half) - math.lgamma(freedom / 2.0) - half * math.log1p(t * t / freedom)
    return math.exp(scale) / math.sqrt(freedom * math.pi)


def _expanded(z: float, freedom: int) -> float:
    s = z * z
    terms = (
        (s + 1.0) / 4.0,
        ((5.0 * s + 16.0) * s + 3.0) / 96.0,
        (((3.0 * s + 19.0) * s + 17.0) * s - 15.0) / 384.0,
        ((((79.0 * s + 776.0) * s + 1482.0) * s - 1920.0) * s - 945.0) / 92160.0,
    )
    return z * (1.0 + sum(term / float(freedom) ** k for k, term in enumerate(terms, 1)))


def wilson(successes: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Return Wilson's score interval of a proportion.

    Parameters
    ----------
    successes, n : int
        Number of successes and of trials; without trials nothing is known and (0, 1) is returned.
    level : float
        Confidence level, for example 0.95.

    Returns
    -------
    (float, float)
        Lower and upper limit, both within [0, 1] and never excluding ``successes / n``.

    References
    ----------
    Wilson (1927), Journal of the American Statistical Association 22, 209-212.

    Examples
    --------
    >>> low, high = wilson(0, 100)
    >>> low, round(high, 4)
    (0.0, 0.037)
    """
    if not 0 <= successes <= n:
        raise ValueError(f"successes: {successes} is not between 0 and n = {n}")
    if n == 0:
        return 0.0, 1.0
    z = normal_quantile(level)
    centre = (successes + z * z / 2.0) / (n + z * z)
    half = z / (n + z * z) * math.sqrt(successes * (n - successes) / n + z * z / 4.0)
    share = successes / n
    low = 0.0 if successes == 0 else min(share, max(0.0, centre - half))
    high = 1.0 if successes == n else max(share, min(1.0, centre + half))
    return low, high


def paired_difference(
    only_first: int, only_second: int, n: int, level: float = 0.95
) -> tuple[float, float, float]:
    """Return the difference of two proportions on the same worlds, with its interval.

    Wald's interval after Bonett and Price's adjustment (one imaginary pair of each discordant
    kind). Only discordant worlds carry information; without any the interval is
    narrow but not empty.

    Parameters
    ----------
    only_first, only_second : int
        Worlds in which only the first, or only the second, strategy succeeds.
    n : int
        Worlds met by both.
    level : float

    Returns
    -------
    (float, float, float)
        ``(only_first - only_second) / n``, lower and upper limit within [-1, 1];
        (0, -1, 1) without worlds.

    References
    ----------
    Bonett and Price (2012), Journal of Educational and Behavioral Statistics 37, 479-488;
    compared with its rivals in Fagerland, Lydersen and Laake (2014), Statistics in Medicine 33.

    Examples
    --------
    >>> [round(limit, 3) for limit in paired_difference(1, 7, 21)]
    [-0.286, -0.508, -0.013]
    """
    if only_first < 0 or only_second < 0 or only_first + only_second > n:
        raise ValueError(f"{only_first} + {only_second} discordant worlds of n = {n}")
    if n == 0:
        return 0.0, -1.0, 1.0
    z = normal_quantile(level)
    first = (only_first + 1.0) / (n + 2.0)
    second = (only_second + 1.0) / (n + 2.0)
    centre = first - second
    half = z * math.sqrt((first + second - centre * centre) / (n + 2.0))
    return (only_first - only_second) / n, max(-1.0, centre - half), min(1.0, centre + half)


def bootstrap_interval(
    n: int,
    statistic: Callable[[np.ndarray], float | np.ndarray],
    level: float = 0.95,
    *,
    resamples: int = 1000,
    seed: int = 0,
) -> tuple[float | np.ndarray, float | np.ndarray]:
    """Return the percentile bootstrap interval of a statistic of n units.

    Whole units are drawn (a world with all its strategies, a state with all its votes), so
    that pairing within a unit survives.

    Parameters
    ----------
    n : int
        Number of units, at least 1.
    statistic : callable
        Takes an integer array of unit indices (length n, with repeats), returns a number or an
        array of fixed shape; resamples in which it is not a number are left out.
    level : float
    resamples : int
    seed : int

    Returns
    -------
    (low, high)
        Of the statistic's shape.

    Examples
    --------
    >>> values = np.arange(100.0)
    >>> low, high = bootstrap_interval(100, lambda rows: values[rows].mean())
    >>> bool(low < 49.5 < high)
    True
    """
    if n < 1:
        raise ValueError("bootstrap: no units to draw from")
    rng = np.random.default_rng(seed)
    draws = np.array([statistic(rng.integers(0, n, n)) for _ in range(resamples)], dtype=float)
    tail = (1.0 - level) / 2.0
    low, high = np.nanquantile(draws, [tail, 1.0 - tail], axis=0)
    return (float(low), float(high)) if np.ndim(low) == 0 else (low, high)


def batch_boundaries(
    maximum: int, first: int = FIRST_LOOK, growth: float = GROWTH
) -> tuple[int, ...]:
    """Return the replicate counts at which a run may stop: fixed, whatever the work was cut into.

    Parameters
    ----------
    maximum : int
        Most replicates; the last boundary.
    first : int
        First boundary.
    growth : float
        Each boundary is this many times the one before, rounded up.

    Examples
    --------
    >>> batch_boundaries(1000)
    (200, 300, 450, 675, 1000)
    """
    if maximum < 1 or first < 1 or growth <= 1.0:
        raise ValueError("batch boundaries need maximum >= 1, first >= 1 and growth > 1")
    sizes = [min(first, maximum)]
    while sizes[-1] < maximum:
        sizes.append(min(maximum, math.ceil(sizes[-1] * growth)))
    return tuple(sizes)


def stopping_level(level: float = 0.95) -> float:
    """Return the level at which to compute intervals that decide when to stop.

    A run that stops as soon as its interval is narrow stops a little too gladly where the
    estimate happens to be extreme. Computed exactly over all paths, stopping and reporting at
    the plain level covers 92.5 to 94 % of the time at worst for P in [0.05, 0.95] (nominal
    95 %); with the error probability multiplied by 0.7 it covers at least 95 %.
    Stop *and report* at this level.

    Examples
    --------
    >>> round(stopping_level(0.95), 4)
    0.965
    """
    return 1.0 - STOPPING_SHARE * (1.0 - level)


def is_precise(successes: int, n: int, precision: float, level: float = 0.95) -> bool:
    """Return whether P is known to within plus or minus ``precision`` (a stopping rule).

    Parameters
    ----------
    successes, n : int
        At one of :func:`batch_boundaries`.
    precision : float
        Half-width wanted of the interval at :func:`stopping_level`.
    level : float
        Coverage promised for that interval.
    """
    low, high = wilson(successes, n, stopping_level(level))
    return high - low <= 2.0 * precision


def is_difference_precise(
    only_first: int, only_second: int, n: int, precision: float, level: float = 0.95
) -> bool:
    """Return whether a paired difference is known to within plus or minus ``precision``."""
    _, low, high = paired_difference(only_first, only_second, n, stopping_level(level))
    return high - low <= 2.0 * precision
