"""A search that needs no slopes: evolution with an adapted covariance (CMA-ES), from a seed.

References
----------
Hansen (2016), The CMA Evolution Strategy: A Tutorial, arXiv:1604.00772.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Found:
    """The best point met, its value, and the value after each generation."""

    point: np.ndarray
    value: float
    course: tuple[float, ...]


@dataclass(frozen=True)
class Rates:
    """Hansen's default weights and learning rates for ``n`` dimensions."""

    size: int
    share: np.ndarray
    weight: float
    path: float
    step: float
    one: float
    rank: float
    damping: float
    expected: float

    @classmethod
    def of(cls, n: int) -> Rates:
        size = 4 + int(3 * math.log(n))
        half = size // 2
        share = math.log(half + 0.5) - np.log(np.arange(1, half + 1))
        share /= share.sum()
        weight = 1.0 / float(share @ share)
        step = (weight + 2) / (n + weight + 5)
        one = 2 / ((n + 1.3) ** 2 + weight)
        return cls(
            size=size,
            share=share,
            weight=weight,
            path=(4 + weight / n) / (n + 4 + 2 * weight / n),
            step=step,
            one=one,
            rank=min(1 - one, 2 * (weight - 2 + 1 / weight) / ((n + 2) ** 2 + weight)),
            damping=1 + 2 * max(0.0, math.sqrt((weight - 1) / (n + 1)) - 1) + step,
            expected=math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n)),
        )


@dataclass
class Cloud:
    """Where points are drawn from: mean, step and shape, with the paths they have come."""

    mean: np.ndarray
    step: float
    shape: np.ndarray
    path: np.ndarray
    step_path: np.ndarray

    def learn(self, chosen: np.ndarray, root: np.ndarray, r: Rates) -> None:
        """Move towards the better half of a generation (moves in units of the step)."""
        drift = r.share @ chosen
        self.mean = self.mean + self.step * drift
        pull = math.sqrt(r.step * (2 - r.step) * r.weight)
        self.step_path = (1 - r.step) * self.step_path + pull * np.linalg.solve(root, drift)
        pull = math.sqrt(r.path * (2 - r.path) * r.weight)
        self.path = (1 - r.path) * self.path + pull * drift
        self.shape = (
            (1 - r.one - r.rank) * self.shape
            + r.one * np.outer(self.path, self.path)
            + r.rank * (chosen.T * r.share) @ chosen
        )
        length = float(np.linalg.norm(self.step_path))
        self.step *= math.exp(r.step / r.damping * (length / r.expected - 1))


def minimise(
    value: Callable[[np.ndarray], float],
    start: np.ndarray,
    width: float,
    evaluations: int,
    seed: int,
    progress: Callable[[int, float], None] | None = None,
) -> Found:
    """Return the best of about ``evaluations`` points met while searching from ``start``.

    Parameters
    ----------
    value : callable
        What to make small; deterministic, else the answer is not reproducible.
    start : array, shape (n,)
    width : float
        Standard deviation of the first generation in every direction.
    evaluations : int
        At least one generation is run.
    seed : int
    progress : callable, optional
        Called after each generation with evaluations so far and the best value.
    """
    n = len(start)
    rng = np.random.default_rng(seed)
    rates = Rates.of(n)
    mean = np.array(start, dtype=float)
    cloud = Cloud(mean, float(width), np.eye(n), np.zeros(n), np.zeros(n))
    best, best_value, course, done = mean.copy(), math.inf, [], 0
    while done == 0 or done < evaluations:
        root = np.linalg.cholesky(cloud.shape)
        moves = rng.standard_normal((rates.size, n)) @ root.T
        found = np.array([value(cloud.mean + cloud.step * move) for move in moves])
        done += rates.size
        order = np.argsort(found, kind="stable")
        if found[order[0]] < best_value:
            best, best_value = cloud.mean + cloud.step * moves[order[0]], float(found[order[0]])
        cloud.learn(moves[order[: len(rates.share)]], root, rates)
        course.append(best_value)
        if progress is not None:
            progress(done, best_value)
    return Found(best, best_value, tuple(course))
