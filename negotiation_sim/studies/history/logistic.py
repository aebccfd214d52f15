"""Logistic regression with a ridge, and folds that keep together what belongs together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

NEWTON_STEPS = 50
CLOSE = 1e-10


def fit_logistic(columns: ArrayLike, outcome: ArrayLike, penalty: float = 1.0) -> np.ndarray:
    """Return intercept and coefficients that minimise ``-log L + penalty/2 * |b|^2``.

    The intercept is not penalised. Newton's method, with the step halved while the loss rises.

    Parameters
    ----------
    columns : array_like
        Rows x columns, on comparable scales.
    outcome : array_like
        0 or 1.
    penalty : float
        0 or more; above 0 the answer exists also where the columns separate the outcomes.
    """
    x = np.asarray(columns, dtype=float)
    y = np.asarray(outcome, dtype=float)
    design = np.column_stack([np.ones(len(x)), x])
    ridge = np.full(design.shape[1], float(penalty))
    ridge[0] = 1e-9
    b = np.zeros(design.shape[1])

    def loss(at: np.ndarray) -> float:
        odds = design @ at
        return float(np.sum(np.logaddexp(0.0, odds) - y * odds) + 0.5 * ridge @ (at * at))

    for _ in range(NEWTON_STEPS):
        p = 1.0 / (1.0 + np.exp(-np.clip(design @ b, -500.0, 500.0)))
        slope = design.T @ (p - y) + ridge * b
        curve = (design * (p * (1.0 - p))[:, None]).T @ design + np.diag(ridge + 1e-9)
        step = np.linalg.solve(curve, slope)
        size, now = 1.0, loss(b)
        while loss(b - size * step) > now + 1e-12 and size > 1e-6:
            size /= 2.0
        b = b - size * step
        if np.abs(size * step).max() < CLOSE:
            break
    return b


def chance_of(coefficients: np.ndarray, columns: ArrayLike) -> np.ndarray:
    """Return the fitted chances of rows."""
    odds = coefficients[0] + np.asarray(columns, dtype=float) @ coefficients[1:]
    answer: np.ndarray = 1.0 / (1.0 + np.exp(-np.clip(odds, -500.0, 500.0)))
    return answer


def grouped_folds(
    groups: Sequence[str], strata: Sequence[str], n_folds: int = 10, seed: int = 0
) -> np.ndarray:
    """Return a fold number for every row: groups stay whole, strata spread evenly.

    A group belongs to the stratum of its first row. Within a stratum groups are shuffled and
    dealt to the folds in turn, going on where the last stratum stopped.

    Examples
    --------
    >>> folds = grouped_folds(["a", "a", "b", "c"], ["x", "x", "x", "y"], 2)
    >>> bool(folds[0] == folds[1]), sorted(set(folds.tolist()))
    (True, [0, 1])
    """
    first: dict[str, str] = {}
    for group, stratum in zip(groups, strata, strict=True):
        first.setdefault(group, stratum)
    rng = np.random.default_rng(seed)
    names = sorted(first)
    rng.shuffle(names)
    names.sort(key=lambda name: first[name])
    n = max(1, min(n_folds, len(names)))
    start = int(rng.integers(n))
    fold = {name: (start + place) % n for place, name in enumerate(names)}
    return np.array([fold[group] for group in groups], dtype=np.int64)


def out_of_fold(
    columns: ArrayLike, outcome: ArrayLike, folds: np.ndarray, penalty: float = 1.0
) -> np.ndarray:
    """Return chances for every row from a regression that has not seen the row's fold.

    Columns are standardised with the training rows' mean and spread. A row whose outcome is not
    finite is predicted and never trained on.
    """
    x, y = np.asarray(columns, dtype=float), np.asarray(outcome, dtype=float)
    known = np.isfinite(y)
    chance = np.full(len(y), np.nan)
    for fold in np.unique(folds):
        train, test = (folds != fold) & known, folds == fold
        chance[test] = fitted_elsewhere(x[train], y[train], x[test], penalty)
    return chance


def fitted_elsewhere(
    columns: np.ndarray, outcome: np.ndarray, wanted: np.ndarray, penalty: float = 1.0
) -> np.ndarray:
    """Return chances of the wanted rows from a regression on other rows."""
    if len(outcome) == 0:
        return np.full(len(wanted), 0.5)
    middle, spread = columns.mean(axis=0), columns.std(axis=0)
    spread = np.where(spread > 0.0, spread, 1.0)
    b = fit_logistic((columns - middle) / spread, outcome, penalty)
    return chance_of(b, (wanted - middle) / spread)
