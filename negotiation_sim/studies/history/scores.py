"""Scores of forecasts against what happened, each with a (clustered) bootstrap interval.

A forecast is a probability, an outcome 0 or 1. Rows that share a cluster (a mandate, a proposal)
are drawn together in the bootstrap, since they are not independent.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from negotiation_sim.analysis.intervals import bootstrap_interval, wilson

RESAMPLES = 1000
LEAST_CHANCE = 1e-3


def brier(chance: ArrayLike, outcome: ArrayLike) -> float:
    """Return the mean squared error of a probability (Brier 1950).

    Examples
    --------
    >>> brier([1.0, 0.5], [1, 0])
    0.125
    """
    p, y = np.asarray(chance, dtype=float), np.asarray(outcome, dtype=float)
    return float(np.mean((p - y) * (p - y)))


def brier_skill(
    chance: ArrayLike, outcome: ArrayLike, base: float | ArrayLike | None = None
) -> float:
    """Return ``1 - brier / brier of the base rate``; 0 where it adds nothing, 1 where all is known.

    ``base`` is the base rate, one number or one a row; by default the share in the scored rows
    themselves, which is the harder opponent.
    """
    y = np.asarray(outcome, dtype=float)
    rate = y.mean() if base is None else np.asarray(base, dtype=float)
    reference = np.broadcast_to(rate, y.shape)
    against = brier(reference, y)
    return 1.0 - brier(chance, y) / against if against > 0.0 else math.nan


def log_score(chance: ArrayLike, outcome: ArrayLike) -> float:
    """Return the mean negative log likelihood; chances are held within 0.001 and 0.999.

    Examples
    --------
    >>> round(log_score([0.5, 0.5], [1, 0]), 4)
    0.6931
    """
    p = np.clip(np.asarray(chance, dtype=float), LEAST_CHANCE, 1.0 - LEAST_CHANCE)
    y = np.asarray(outcome, dtype=float)
    return float(-np.mean(y * np.log(p) + (1.0 - y) * np.log(1.0 - p)))


def area_under_curve(chance: ArrayLike, outcome: ArrayLike) -> float:
    """Return the chance that a success was given more than a failure, ties counting half.

    Examples
    --------
    >>> area_under_curve([0.9, 0.4, 0.4], [1, 1, 0])
    0.75
    """
    p, y = np.asarray(chance, dtype=float), np.asarray(outcome, dtype=bool)
    if y.all() or not y.any():
        return math.nan
    gap = p[y][:, None] - p[~y][None, :]
    return float(np.mean((gap > 0.0) + 0.5 * (gap == 0.0)))


def concordance(risk: ArrayLike, time: ArrayLike, observed: ArrayLike) -> float:
    """Return Harrell's concordance of predicted risk with time to an event, with censoring.

    A pair counts if the earlier time was an event; at equal times if just one was. Among those
    pairs the share in which the earlier had the higher risk, ties in risk counting half.

    References
    ----------
    Harrell et al. (1982), JAMA 247, 2543-2546.

    Examples
    --------
    >>> concordance([3.0, 2.0, 1.0], [1.0, 2.0, 3.0], [True, True, False])
    1.0
    """
    r, t = np.asarray(risk, dtype=float), np.asarray(time, dtype=float)
    seen = np.asarray(observed, dtype=bool)
    first = seen[:, None] & (
        (t[:, None] < t[None, :]) | ((t[:, None] == t[None, :]) & ~seen[None, :])
    )
    np.fill_diagonal(first, False)
    if not first.any():
        return math.nan
    gap = r[:, None] - r[None, :]
    return float(np.mean(((gap > 0.0) + 0.5 * (gap == 0.0))[first]))


def calibration_slope(chance: ArrayLike, outcome: ArrayLike) -> tuple[float, float]:
    """Return intercept and slope of a logistic regression on the forecast's log odds: 0 and 1."""
    from negotiation_sim.studies.history.logistic import fit_logistic

    p = np.clip(np.asarray(chance, dtype=float), LEAST_CHANCE, 1.0 - LEAST_CHANCE)
    odds = np.log(p / (1.0 - p))[:, None]
    intercept, slope = fit_logistic(odds, np.asarray(outcome, dtype=float), penalty=1e-6)
    return float(intercept), float(slope)


def clustered(
    clusters: Sequence[object],
    statistic: Callable[[np.ndarray], float],
    level: float = 0.95,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> dict[str, float | None]:
    """Return a statistic of rows with its interval, drawing whole clusters.

    Parameters
    ----------
    clusters : sequence
        One label a row.
    statistic : callable
        Takes row indices (with repeats), returns a number; not-a-number resamples are left out.

    Returns
    -------
    dict
        ``value, low, high``; None in place of what cannot be computed.
    """
    labels = np.unique(np.asarray(clusters, dtype=str), return_inverse=True)[1]
    order = np.argsort(labels, kind="stable")
    members = np.split(order, np.flatnonzero(np.diff(labels[order])) + 1)

    def of_clusters(drawn: np.ndarray) -> float:
        return statistic(np.concatenate([members[c] for c in drawn]))

    value = float(statistic(np.arange(len(labels))))
    if not math.isfinite(value):
        return {"value": None, "low": None, "high": None}
    low, high = bootstrap_interval(len(members), of_clusters, level, resamples=resamples, seed=seed)
    return {"value": value, "low": _or_none(low), "high": _or_none(high)}


def _or_none(value: float | np.ndarray) -> float | None:
    return float(value) if np.isfinite(value) else None


def calibration_curve(
    chance: ArrayLike,
    outcome: ArrayLike,
    bins: int = 5,
    level: float = 0.95,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> list[dict[str, float]]:
    """Return the observed share by bins of equal size, with its interval and a band.

    ``low, high`` is Wilson's interval of what happened. ``band_low, band_high`` is where the
    observed share would lie if each row succeeded with just the chance that was forecast: the
    forecast is calibrated where the observed share lies ``within`` it.

    References
    ----------
    Brocker and Smith (2007), Weather and Forecasting 22, 651-661.
    """
    p, y = np.asarray(chance, dtype=float), np.asarray(outcome, dtype=float)
    rng = np.random.default_rng(seed)
    tail = (1.0 - level) / 2.0
    rows = []
    for part in np.array_split(np.argsort(p, kind="stable"), min(bins, len(p))):
        shares = (rng.random((resamples, len(part))) < p[part]).mean(axis=1)
        band_low, band_high = np.quantile(shares, [tail, 1.0 - tail])
        low, high = wilson(int(y[part].sum()), len(part), level)
        rows.append(
            {
                "count": len(part),
                "predicted": float(p[part].mean()),
                "observed": float(y[part].mean()),
                "low": low,
                "high": high,
                "band_low": float(band_low),
                "band_high": float(band_high),
                "within": bool(band_low - 1e-12 <= y[part].mean() <= band_high + 1e-12),
            }
        )
    return rows


def probability_scores(
    chance: ArrayLike, outcome: ArrayLike, clusters: Sequence[object], *, seed: int = 0
) -> dict[str, object]:
    """Return Brier score, skill, log score and area under the curve, each with its interval."""
    p, y = np.asarray(chance, dtype=float), np.asarray(outcome, dtype=float)

    def of(score: Callable[[np.ndarray, np.ndarray], float]) -> dict[str, float | None]:
        return clustered(clusters, lambda rows: score(p[rows], y[rows]), seed=seed)

    return {
        "n": len(y),
        "successes": int(y.sum()),
        "base_rate": float(y.mean()),
        "brier": of(brier),
        "brier_skill": of(brier_skill),
        "log_score": of(log_score),
        "area_under_curve": of(area_under_curve),
    }


def paired_scores(
    chance: ArrayLike,
    other: ArrayLike,
    outcome: ArrayLike,
    clusters: Sequence[object],
    *,
    seed: int = 0,
) -> dict[str, float | None]:
    """Return by how much one forecast's Brier score is below another's, on the same rows."""
    p, q = np.asarray(chance, dtype=float), np.asarray(other, dtype=float)
    y = np.asarray(outcome, dtype=float)
    return clustered(
        clusters, lambda rows: brier(q[rows], y[rows]) - brier(p[rows], y[rows]), seed=seed
    )
