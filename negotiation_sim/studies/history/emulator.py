"""A quadratic stand-in for the engine near a point: log odds of every case as parameters move.

It learns from simulations alone and never sees an outcome, so that refitting parameters on it,
hundreds of times for nested cross-validation, costs nothing and leaks nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

# Weight of products in the penalty, against 1 for single parameters and their squares: most
# parameters act by themselves, and there are many more products than points to learn them from.
PRODUCTS = 25.0


def terms_of(z: np.ndarray) -> np.ndarray:
    """Return constant, linear, square and product terms of points, shape (points, terms)."""
    z = np.atleast_2d(z)
    first, second = np.triu_indices(z.shape[1])
    return np.concatenate([np.ones((len(z), 1)), z, z[:, first] * z[:, second]], axis=1)


@dataclass(frozen=True)
class Emulator:
    """Log odds of adoption by case and deadline: ``constant + gap (linear + square gap)``.

    ``gap`` is the distance from ``centre``; shapes are (outputs,), (parameters, outputs) and
    (parameters, parameters, outputs), an output for each case and deadline.
    """

    centre: np.ndarray
    constant: np.ndarray
    linear: np.ndarray
    square: np.ndarray
    shape: tuple[int, int]
    error: float  # root mean squared error of the log odds on points not learnt from

    def both(self, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return log odds (cases x deadlines) and their slopes (parameters x cases x deadlines)."""
        gap = z - self.centre
        bent = np.tensordot(gap, self.square, axes=1)
        odds = self.constant + gap @ (self.linear + bent)
        slopes = self.linear + 2.0 * bent
        return odds.reshape(self.shape), slopes.reshape(len(z), *self.shape)

    def log_odds(self, z: np.ndarray) -> np.ndarray:
        """Return log odds at one point, cases x deadlines."""
        return self.both(z)[0]

    def log_odds_at(self, points: np.ndarray) -> np.ndarray:
        """Return log odds at many points together, points x cases x deadlines."""
        first, second = np.triu_indices(len(self.centre))
        bent = np.where(first == second, 1.0, 2.0)[:, None] * self.square[first, second]
        coefficients = np.concatenate([self.constant[None], self.linear, bent])
        answer: np.ndarray = terms_of(points - self.centre) @ coefficients
        return answer.reshape(len(answer), *self.shape)

    def slopes(self, z: np.ndarray) -> np.ndarray:
        """Return the derivative of the log odds, parameters x cases x deadlines."""
        return self.both(z)[1]

    def of_rows(self, rows: np.ndarray) -> Emulator:
        """Return the emulator of some cases only."""
        kept = np.arange(self.shape[0] * self.shape[1]).reshape(self.shape)[rows].ravel()
        return Emulator(
            self.centre, self.constant[kept], self.linear[:, kept], self.square[:, :, kept],
            (len(rows), self.shape[1]), self.error,
        )  # fmt: skip


def _unfolded(coefficients: np.ndarray, d: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return constant, linear and symmetric square parts of coefficients of :func:`terms_of`."""
    first, second = np.triu_indices(d)
    square = np.zeros((d, d, coefficients.shape[1]))
    half = coefficients[1 + d :] / 2.0
    square[first, second] += half
    square[second, first] += half
    return coefficients[0], coefficients[1 : 1 + d], square


def log_odds_of(chance: np.ndarray) -> np.ndarray:
    """Return log odds; chances of finite runs are off 0 and 1 already."""
    answer: np.ndarray = np.log(chance) - np.log1p(-chance)
    return answer


def _n_parameters(n_terms: int) -> int:
    """Return of how many parameters there are so many terms."""
    return round((math.sqrt(8.0 * n_terms + 1.0) - 3.0) / 2.0)


def _solve(terms: np.ndarray, values: np.ndarray, ridge: float) -> np.ndarray:
    d = _n_parameters(terms.shape[1])
    first, second = np.triu_indices(d)
    products = np.where(first == second, 1.0, PRODUCTS)
    penalty = ridge * np.concatenate([[0.0], np.ones(d), products])
    penalty[0] = 1e-9
    return np.linalg.solve(terms.T @ terms + np.diag(penalty), terms.T @ values)


def learn(
    z: np.ndarray,
    chance: np.ndarray,
    centre: np.ndarray,
    ridges: tuple[float, ...] = (1.0, 5.0, 25.0),
) -> Emulator:
    """Learn from simulated points.

    Parameters
    ----------
    z : array, shape (points, parameters)
    chance : array, shape (points, cases, deadlines)
        Simulated chances, off 0 and 1.
    centre : array
        Where the quadratic is expanded.
    ridges : tuple of float
        Penalties tried; the one with the least error on a held-out fifth of the points is taken.
    """
    terms = terms_of(z - centre)
    values = log_odds_of(chance).reshape(len(z), -1)
    held = np.arange(len(z)) % 5 == 0
    errors = []
    for ridge in ridges:
        fitted = _solve(terms[~held], values[~held], ridge)
        errors.append(float(np.sqrt(np.mean((terms[held] @ fitted - values[held]) ** 2))))
    best = int(np.argmin(errors))
    parts = _unfolded(_solve(terms, values, ridges[best]), z.shape[1])
    return Emulator(centre.copy(), *parts, chance.shape[1:], errors[best])
