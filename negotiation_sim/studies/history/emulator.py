"""A stand-in for the engine near a point: log odds of every case as parameters move.

It learns from simulations alone and never sees an outcome, so that refitting parameters on it,
hundreds of times for nested cross-validation, costs nothing and leaks nothing. A case's log odds are
quadratic in the parameters that are simulated and in one more coordinate, its own shift: by how much
the others' ideal points lie higher. Whatever moves only that shift (who has declared, the field, the
class of venue, earlier failures) needs no simulations of its own.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

# Weight of products in the penalty, against 1 for single parameters and their squares: most
# parameters act by themselves, and there are many more products than points to learn them from.
PRODUCTS = 25.0
# Penalties of what all cases have in common, for each case but the last two.
LINEAR, BY_FEATURE, SQUARE, PRODUCT = 3.0, 10.0, 30.0, 300.0
FREE, SHIFT_PRODUCT = 5.0, 20.0
SHRUNK = 1.15  # log odds of shares of few worlds, half a world added, lie nearer to 0 than they are
RIDGES = (30.0, 100.0, 300.0)
STEPS, LONGEST_STEP = 6, 3.0
LOWEST = 12.0  # log odds beyond which a chance is 0 or 1


def terms_of(z: np.ndarray) -> np.ndarray:
    """Return constant, linear, square and product terms of points, shape (points, terms)."""
    z = np.atleast_2d(z)
    first, second = np.triu_indices(z.shape[1])
    return np.concatenate([np.ones((len(z), 1)), z, z[:, first] * z[:, second]], axis=1)


@dataclass(frozen=True)
class Simulated:
    """What the engine made of some cases at some points.

    Parameters
    ----------
    gap : array, shape (points, simulated parameters)
        Distance of the points from the centre, in widths of the priors.
    shift : array, shape (points, cases)
        Distance of every case's shift from its own centre, in units of ``SHIFT_WIDTH``.
    adopted : array, shape (points, cases, deadlines)
        Worlds with a text in time.
    worlds : int
        Worlds of each.
    """

    gap: np.ndarray
    shift: np.ndarray
    adopted: np.ndarray
    worlds: int

    def some(self, points: np.ndarray) -> Simulated:
        """Return what was made at some of the points."""
        return Simulated(self.gap[points], self.shift[points], self.adopted[points], self.worlds)

    def terms(self, case: int) -> np.ndarray:
        """Return the terms of every point for a case."""
        return terms_of(np.column_stack([self.gap, self.shift[:, case]]))


@dataclass(frozen=True)
class Emulator:
    """Log odds of adoption by case and deadline, and their slopes in every parameter.

    Parameters
    ----------
    centre : array, shape (parameters,)
        Where the quadratic is expanded, those simulated first.
    columns : array, shape (cases, parameters that are not simulated)
        By how much one width of each moves the case's shift.
    coefficients : array, shape (cases, terms, deadlines)
    error : float
        Mean deviance a world of points not learnt from, over that of each case's mean.
    """

    centre: np.ndarray
    columns: np.ndarray
    coefficients: np.ndarray
    error: float

    @property
    def n_simulated(self) -> int:
        """Return how many of the parameters are simulated."""
        return int(len(self.centre) - self.columns.shape[1])

    def both(self, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return log odds (cases x deadlines) and their slopes (parameters x cases x deadlines)."""
        gap, d = z - self.centre, self.n_simulated
        moved = np.broadcast_to(gap[:d], (len(self.columns), d))
        u = np.column_stack([moved, self.columns @ gap[d:]])
        linear, square = self._parts
        bent = np.einsum("ca,cabd->cbd", u, square)
        odds = self.coefficients[:, 0] + np.einsum("cb,cbd->cd", u, linear + bent)
        slopes = linear + 2.0 * bent
        of_shift = self.columns.T[:, :, None] * slopes[None, :, d]
        return odds, np.concatenate([slopes[:, :d].transpose(1, 0, 2), of_shift])

    @functools.cached_property
    def _parts(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the linear and the symmetric square part of every case."""
        d = self.n_simulated + 1
        first, second = np.triu_indices(d)
        half = self.coefficients[:, 1 + d :] / 2.0
        square = np.zeros((len(half), d, d, half.shape[2]))
        square[:, first, second] += half
        square[:, second, first] += half
        return self.coefficients[:, 1 : 1 + d], square

    def log_odds(self, z: np.ndarray) -> np.ndarray:
        """Return log odds at one point, cases x deadlines."""
        return self.both(z)[0]

    def log_odds_at(self, points: np.ndarray) -> np.ndarray:
        """Return log odds at many points, points x cases x deadlines."""
        return np.array([self.log_odds(z) for z in points])

    def slopes(self, z: np.ndarray) -> np.ndarray:
        """Return the derivative of the log odds, parameters x cases x deadlines."""
        return self.both(z)[1]

    def of_rows(self, rows: np.ndarray) -> Emulator:
        """Return the emulator of some cases only."""
        return Emulator(self.centre, self.columns[rows], self.coefficients[rows], self.error)


def learn(
    seen: Simulated,
    centre: np.ndarray,
    columns: np.ndarray,
    features: np.ndarray,
    ridges: tuple[float, ...] = RIDGES,
) -> Emulator:
    """Learn from simulated points.

    Parameters
    ----------
    seen : Simulated
    centre, columns : array
        As in :class:`Emulator`.
    features : array, shape (cases, features)
        On which a case's level and slopes hang, a one first: what cases have in common is learnt
        from all of them, and each is drawn towards it.
    ridges : tuple of float
        How strongly; the one with the least deviance on a held-out fifth of the points is taken.
    """
    held = np.arange(len(seen.gap)) % 5 == 0
    taught = seen.some(~held)
    common = _common(taught, features)
    tried = {r: _own(taught, common, r) for r in ridges}
    missed = {r: deviance(seen.some(held), found) for r, found in tried.items()}
    best = min(missed, key=lambda r: missed[r])
    return Emulator(
        centre.copy(), columns, _own(seen, _common(seen, features), best),
        missed[best] / _level_deviance(seen, held),
    )  # fmt: skip


def log_odds_of(adopted: np.ndarray, worlds: int) -> np.ndarray:
    """Return log odds of worlds that adopt, half a world added on either side."""
    answer: np.ndarray = np.log(adopted + 0.5) - np.log(worlds - adopted + 0.5)
    return answer


def _common(seen: Simulated, features: np.ndarray) -> np.ndarray:
    """Return coefficients by features, squares and products the same for all cases.

    All cases share their points, so what hangs on the points alone is known from as many
    observations as there are points, however many cases there are: its penalty grows with them.
    """
    values = SHRUNK * log_odds_of(seen.adopted, seen.worlds)
    n_terms, d = seen.terms(0).shape[1], seen.gap.shape[1] + 1
    n_linear = (1 + d) * features.shape[1]
    size = n_linear + n_terms - 1 - d
    squared, product = np.zeros((size, size)), np.zeros((size, values.shape[2]))
    for case, feature in enumerate(features):
        terms = seen.terms(case)
        crossed = (terms[:, : 1 + d, None] * feature).reshape(len(terms), -1)
        row = np.concatenate([crossed, terms[:, 1 + d :]], axis=1)
        squared += row.T @ row
        product += row.T @ values[:, case]
    penalty = _common_penalty(d, *features.shape)
    found = np.linalg.solve(squared + np.diag(penalty), product)
    by_feature = found[:n_linear].reshape(1 + d, features.shape[1], -1)
    answer = np.empty((len(features), n_terms, values.shape[2]))
    answer[:, : 1 + d] = np.einsum("cf,tfd->ctd", features, by_feature)
    answer[:, 1 + d :] = found[n_linear:]
    return answer


def _common_penalty(d: int, cases: int, n_features: int) -> np.ndarray:
    linear = np.full((1 + d, n_features), BY_FEATURE * cases)
    linear[:, 0] = LINEAR * cases
    linear[0] = linear[d] = FREE  # levels, and the shift, which every case has of its own
    first, second = np.triu_indices(d)
    square = np.where(first == second, SQUARE * cases, PRODUCT * cases)
    square[second == d - 1] = SHIFT_PRODUCT
    return np.concatenate([linear.ravel(), square])


def _penalty(n_terms: int, d: int) -> np.ndarray:
    first, second = np.triu_indices(d)
    products = np.where(first == second, 1.0, PRODUCTS)
    answer = np.concatenate([[0.02], np.ones(d), products])
    answer[d] = 0.1  # every case's own shift acts in its own way
    return answer


def _own(seen: Simulated, common: np.ndarray, ridge: float) -> np.ndarray:
    """Return every case's coefficients: binomial, drawn towards what cases have in common."""
    found = common.copy()
    penalty = ridge * _penalty(common.shape[1], seen.gap.shape[1] + 1)
    for case in range(len(common)):
        terms = seen.terms(case)
        for deadline in range(common.shape[2]):
            found[case, :, deadline] = _binomial(
                terms, seen.adopted[:, case, deadline], seen.worlds, common[case, :, deadline],
                penalty,
            )  # fmt: skip
    return found


def _binomial(
    terms: np.ndarray, adopted: np.ndarray, worlds: int, towards: np.ndarray, penalty: np.ndarray
) -> np.ndarray:
    """Return penalised coefficients of a logistic regression, by Newton's method."""
    found = towards.copy()
    for _ in range(STEPS):
        chance = _chance(terms @ found)
        slope = terms.T @ (worlds * chance - adopted) + penalty * (found - towards)
        weight = worlds * chance * (1.0 - chance)
        curvature = (terms.T * weight) @ terms + np.diag(penalty + 1e-6)
        step = np.linalg.solve(curvature, slope)
        found = found - step * min(1.0, LONGEST_STEP / max(1e-9, np.abs(terms @ step).max()))
    return found


def _chance(log_odds: np.ndarray) -> np.ndarray:
    answer: np.ndarray = 1.0 / (1.0 + np.exp(-np.clip(log_odds, -LOWEST, LOWEST)))
    return answer


def deviance(seen: Simulated, coefficients: np.ndarray) -> float:
    """Return the mean deviance a world of what was simulated, by some coefficients."""
    odds = np.stack(
        [seen.terms(case) @ own for case, own in enumerate(coefficients)], axis=1
    )  # points x cases x deadlines
    return _deviance(odds, seen)


def _deviance(odds: np.ndarray, seen: Simulated) -> float:
    lost = seen.worlds * np.logaddexp(0.0, odds) - seen.adopted * odds
    return float(2.0 * lost.mean() / seen.worlds)


def _level_deviance(seen: Simulated, held: np.ndarray) -> float:
    """Return the deviance where every case had the same chance at all points."""
    odds = log_odds_of(seen.adopted[~held].mean(axis=0), seen.worlds)
    tried = seen.some(held)
    return _deviance(np.broadcast_to(odds, tried.adopted.shape), tried)
