"""Baseline forecasters of a text on one issue: means, medians, Nash bargaining, the status quo.

Each is a bare function of arrays over actors and returns one number on the scale of the positions.
They are the judges of the model: a text forecast that does not beat them says nothing of its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from negotiation_sim.errors import UsageError

HALF = 0.5
TIE = 1e-12
NASH_STEPS = 400


def checked(position: ArrayLike, weight: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Return positions and weights as float arrays; refuse what no forecaster can use.

    Raises
    ------
    UsageError
        Where the lengths differ, a number is not finite, a weight is negative, or no weight is
        positive.
    """
    x = np.asarray(position, dtype=float)
    w = np.asarray(weight, dtype=float)
    if x.ndim != 1 or x.shape != w.shape:
        raise UsageError(f"positions {x.shape} and weights {w.shape} are not of one length")
    if not (np.isfinite(x).all() and np.isfinite(w).all()):
        raise UsageError("positions and weights must be finite numbers")
    if (w < 0.0).any() or not (w > 0.0).any():
        raise UsageError("weights must be 0 or more, and one of them positive")
    return x, w


def weighted_mean(position: ArrayLike, weight: ArrayLike) -> float:
    """Return ``sum(w x) / sum(w)``.

    Examples
    --------
    >>> weighted_mean([0.0, 1.0], [1.0, 3.0])
    0.75
    """
    x, w = checked(position, weight)
    return float(w @ x / w.sum())


def weighted_median(position: ArrayLike, weight: ArrayLike) -> float:
    """Return the lowest position at which half of the weight is reached.

    Notes
    -----
    With weight split exactly in two the lower of the two middle positions is taken, as a pairwise
    vote between them is a tie and the first to be proposed stands.

    Examples
    --------
    >>> weighted_median([4.0, 7.0, 10.0], [1.0, 1.0, 3.0])
    10.0
    """
    x, w = checked(position, weight)
    order = np.argsort(x, kind="stable")
    reached = np.cumsum(w[order])
    at = int(np.searchsorted(reached, reached[-1] * HALF - TIE * reached[-1]))
    return float(x[order][at])


def median(position: ArrayLike) -> float:
    """Return the unweighted median; the middle of the two middle positions for an even number."""
    x, _ = checked(position, np.ones(np.shape(position)))
    return float(np.median(x))


def nash_bargaining(
    position: ArrayLike, weight: ArrayLike, reference: float | None = None, span: float = 1.0
) -> float:
    """Return the asymmetric Nash bargaining solution on an interval with linear satisfaction.

    Parameters
    ----------
    position, weight : array_like
        Ideal points and bargaining weights.
    reference : float, optional
        The status quo, which stands if talks fail. Without one, failing is as bad as the text
        farthest away could be.
    span : float
        Length of the scale; satisfaction is ``1 - |x - ideal| / span``.

    Returns
    -------
    float
        ``argmax_x sum_i w_i log(u_i(x) - d_i)`` among texts nobody likes less than failing; the
        reference itself where no text makes everybody better off.

    References
    ----------
    Nash (1950), Econometrica 18, 155-162; with the status quo in European legislation:
    Schneider, Finke and Bailer (2010), Political Studies 58, 85-103.

    Examples
    --------
    >>> round(nash_bargaining([0.0, 1.0], [1.0, 1.0]), 6)
    0.5
    >>> nash_bargaining([0.2, 0.8], [1.0, 1.0], reference=0.5)
    0.5
    """
    x, w = checked(position, weight)
    x, w = x[w > 0.0], w[w > 0.0]
    low, high = float(x.min()), float(x.max())
    if low == high:
        return low
    worst = np.zeros_like(x) if reference is None else 1.0 - np.abs(x - reference) / span

    def product(text: float) -> float:
        surplus = 1.0 - np.abs(x - text) / span - worst
        return float(w @ np.log(surplus)) if surplus.min() > TIE else -math.inf

    texts = np.unique(np.concatenate([np.linspace(low, high, NASH_STEPS + 1), x]))
    values = [product(text) for text in texts]
    best = int(np.argmax(values))
    if values[best] == -math.inf:
        return low if reference is None else float(reference)
    return _sharpened(product, texts[max(best - 1, 0)], texts[min(best + 1, len(texts) - 1)])


def _sharpened(value: Callable[[float], float], low: float, high: float) -> float:
    """Return the maximum of a concave function on a short interval by golden section."""
    ratio = (math.sqrt(5.0) - 1.0) / 2.0
    for _ in range(60):
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        if value(left) < value(right):
            low = left
        else:
            high = right
    return (low + high) / 2.0


def text_forecasts(
    position: ArrayLike,
    salience: ArrayLike,
    capability: ArrayLike,
    reference: float | None = None,
    span: float = 1.0,
) -> dict[str, float]:
    """Return every baseline's forecast of one issue, by name.

    Parameters
    ----------
    position, salience, capability : array_like
        One number an actor. An actor with neither salience nor capability counts in the plain
        mean and median only.
    reference : float, optional
        Status quo; without one ``status_quo`` and ``nash_reference`` are missing from the answer.
    span : float
        Length of the scale of positions.

    Returns
    -------
    dict
        ``mean, salience_mean, capability_mean, median, weighted_median, nash_bargaining`` and,
        with a reference, ``nash_reference, status_quo``.
    """
    x = np.asarray(position, dtype=float)
    s = np.asarray(salience, dtype=float)
    power = s * np.asarray(capability, dtype=float)
    if not (s > 0.0).any():
        s = np.ones_like(x)
    if not (power > 0.0).any():
        power = s
    found = {
        "mean": weighted_mean(x, np.ones_like(x)),
        "salience_mean": weighted_mean(x, s),
        "capability_mean": weighted_mean(x, power),
        "median": median(x),
        "weighted_median": weighted_median(x, power),
        "nash_bargaining": nash_bargaining(x, power, span=span),
    }
    if reference is not None:
        found["nash_reference"] = nash_bargaining(x, power, reference, span)
        found["status_quo"] = float(reference)
    return found
