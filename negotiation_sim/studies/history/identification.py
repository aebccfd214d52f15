"""Which parameters the cases identify, and which rest on theory: simulation-based calibration.

Parameters are drawn from their priors, outcomes of the cases from the emulator's odds at them, and the
posterior is found from those outcomes as if they were history (Talts and others 2018). Where it is right,
the place of each true value among its posterior draws is uniform; how much narrower than the prior it is
says what the cases can tell. The posterior is Laplace's normal at its mode, its draws weighted by the
ratio of the exact posterior to it, within the reach in which the emulator is believed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.stats import chisquare, kstest, truncnorm

from negotiation_sim.analysis.comparison import holm
from negotiation_sim.studies.history.emulator import Emulator
from negotiation_sim.studies.history.joint_likelihood import category_chances, joint_log_likelihood

Likelihood = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]

SETS, DRAWS = 200, 2_000
IDENTIFIED = 0.5  # of the prior's variance that the cases take away
INTERVAL = 0.8
BINS = 5
DIGITS = 4
STEP = 1e-4  # of differences of the slope
LEAST_PRECISION = 0.05  # of the normal in any direction, where the posterior is not curved
WIDENING = 1.15  # of the normal that draws come from, so that its tails cover the posterior's
CHUNK = 250
STRIDE, THINNED, BURNT = 0.8, 20, 300  # of the walk: its step, every which is kept, left out first
MOST_BATCHES = 40  # of draws, until enough lie within reach
BY_CASES, BY_THEORY = "identified by the cases", "rests on theory"


@dataclass(frozen=True)
class Posterior:
    """What some outcomes say of the parameters.

    Parameters
    ----------
    mode : array
    draws : array, shape (draws, parameters)
    weights : array
        Of the draws, together 1.
    """

    mode: np.ndarray
    draws: np.ndarray
    weights: np.ndarray

    @property
    def sd(self) -> np.ndarray:
        """Return the standard deviation of every parameter."""
        mean = self.weights @ self.draws
        answer: np.ndarray = np.sqrt(self.weights @ (self.draws - mean) ** 2)
        return answer

    @property
    def effective(self) -> float:
        """Return how many draws of equal weight these are worth."""
        return float(1.0 / np.sum(self.weights**2))

    def place(self, z: np.ndarray) -> np.ndarray:
        """Return the share of the posterior below a point, parameter by parameter."""
        answer: np.ndarray = self.weights @ (self.draws < z)
        return answer


@dataclass(frozen=True)
class Identification:
    """What the cases tell of each parameter.

    Parameters
    ----------
    table : DataFrame
        A row a parameter: ``parameter, prior_sd, posterior_sd, contraction, coverage, p_uniform,
        p_holm, word``. ``contraction`` is the share of the prior's variance that the cases take away,
        ``coverage`` that of 80 % intervals that hold the true value, ``p_uniform`` of uniform places
        (:func:`p_of_uniform`), ``p_holm`` the same corrected for the number of parameters.
    places : array, shape (sets, parameters)
        Of the true values among posterior draws.
    effective : float
        Mean number of draws of equal weight.
    """

    table: pd.DataFrame
    places: np.ndarray
    effective: float

    @property
    def uniform(self) -> bool:
        """Return whether no parameter's places depart from uniform at 5 %, corrected."""
        return bool((self.table["p_holm"] > 0.05).all())

    def content(self) -> dict[str, object]:
        """Return what is written down: the table, how it was made, and whether places are uniform."""
        return {
            "sets": len(self.places),
            "effective_draws": round(self.effective),
            "uniform": self.uniform,
            "parameters": self.table.round(DIGITS).to_dict("records"),
        }


def log_posterior(
    emulator: Emulator, outcome: np.ndarray, z: np.ndarray, tightness: float = 1.0,
    likelihood: Likelihood = joint_log_likelihood,
) -> tuple[float, np.ndarray]:  # fmt: skip
    """Return the log posterior density at a point but for a constant, and its slope.

    Parameters
    ----------
    emulator : Emulator
    outcome : array, shape (cases, 2)
        As :func:`joint_log_likelihood` takes it.
    z : array
        The point, in widths of the priors.
    tightness : float
        The prior is normal with variance ``1 / tightness``.
    likelihood : callable
        From log odds and outcomes to each case's log likelihood and its slope.
    """
    odds, slopes = emulator.both(z)
    value, slope = likelihood(odds, outcome)
    down = np.tensordot(slopes, slope, axes=2)
    return float(value.sum() - 0.5 * tightness * (z @ z)), down - tightness * z


def posterior(
    emulator: Emulator, outcome: np.ndarray, reach: float | np.ndarray, rng: np.random.Generator,
    *, draws: int = DRAWS, tightness: float = 1.0, likelihood: Likelihood = joint_log_likelihood,
    walked: bool = False,
) -> Posterior:  # fmt: skip
    """Return the posterior within so many widths of the emulator's centre.

    With more than twenty parameters hardly a draw of the normal is worth its weight; ``walked``
    draws by a Langevin walk instead, every twentieth step kept.
    """

    def down(z: np.ndarray) -> tuple[float, np.ndarray]:
        value, slope = log_posterior(emulator, outcome, z, tightness, likelihood)
        return -value, -slope

    bounds = list(zip(emulator.centre - reach, emulator.centre + reach, strict=True))
    mode = minimize(down, emulator.centre, jac=True, method="L-BFGS-B", bounds=bounds).x
    precision = _curvature(lambda z: down(z)[1], mode)
    values, vectors = np.linalg.eigh(precision)
    root = vectors / np.sqrt(np.maximum(values, LEAST_PRECISION))
    if walked:
        z = _walk(down, emulator.centre, reach, mode, root, draws, rng)
        return Posterior(mode, z, np.full(draws, 1.0 / draws))
    spread = WIDENING * root
    z, normal = _within(emulator.centre, reach, mode, spread, draws, rng)
    exact = _log_density(emulator, outcome, z, tightness, likelihood)
    log_weight = exact + 0.5 * np.sum(normal**2, axis=1)
    weight = np.exp(log_weight - log_weight.max())
    return Posterior(mode, z, weight / weight.sum())


def _walk(
    down: Callable[[np.ndarray], tuple[float, np.ndarray]], centre: np.ndarray,
    reach: float | np.ndarray, start: np.ndarray, root: np.ndarray, draws: int,
    rng: np.random.Generator,
) -> np.ndarray:  # fmt: skip
    """Return draws of a Metropolis-adjusted Langevin walk within reach (Roberts and Tweedie 1996).

    ``root`` times its transpose is the covariance of the normal at the mode.
    """
    step = STRIDE / len(start) ** (1.0 / 6.0)
    here, (height, slope) = start, down(start)
    found = []
    for n in range(THINNED * draws + BURNT):
        noise = rng.standard_normal(len(start))
        pull = -0.5 * step * root.T @ slope
        there = here + step * root @ (pull + noise)
        if (np.abs(there - centre) <= reach).all():
            other_height, other_slope = down(there)
            back = -noise - pull + 0.5 * step * root.T @ other_slope
            gained = height - other_height + 0.5 * (noise @ noise - back @ back)
            if np.log(rng.random()) < gained:
                here, height, slope = there, other_height, other_slope
        if n >= BURNT and (n - BURNT) % THINNED == THINNED - 1:
            found.append(here)
    return np.array(found)


def _within(
    centre: np.ndarray, reach: float | np.ndarray, mode: np.ndarray, spread: np.ndarray, draws: int,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Return draws about a mode that lie within reach, and the standard normals they come from."""
    points, normals, n = [], [], 0
    for _ in range(MOST_BATCHES):
        normal = rng.standard_normal((draws, len(mode)))
        z = mode + normal @ spread.T
        kept = (np.abs(z - centre) <= reach).all(axis=1)
        points.append(z[kept])
        normals.append(normal[kept])
        n += int(kept.sum())
        if n >= draws:
            break
    if not n:
        raise ValueError("no draw of the posterior lies where the emulator is believed")
    return np.concatenate(points)[:draws], np.concatenate(normals)[:draws]


def _curvature(slope: Callable[[np.ndarray], np.ndarray], at: np.ndarray) -> np.ndarray:
    """Return the matrix of second derivatives at a point, by differences of the slope."""
    steps = STEP * np.eye(len(at))
    rows = np.array([(slope(at + step) - slope(at - step)) / (2.0 * STEP) for step in steps])
    answer: np.ndarray = 0.5 * (rows + rows.T)
    return answer


def _log_density(
    emulator: Emulator, outcome: np.ndarray, z: np.ndarray, tightness: float, likelihood: Likelihood
) -> np.ndarray:
    """Return the log posterior density at many points."""
    n = len(outcome)
    found = np.empty(len(z))
    for first in range(0, len(z), CHUNK):
        part = z[first : first + CHUNK]
        odds = emulator.log_odds_at(part).reshape(-1, 2)
        value = likelihood(odds, np.tile(outcome, (len(part), 1)))[0]
        found[first : first + CHUNK] = value.reshape(len(part), n).sum(axis=1)
    answer: np.ndarray = found - 0.5 * tightness * np.sum(z * z, axis=1)
    return answer


def prior_draws(
    centre: np.ndarray,
    reach: float | np.ndarray,
    n: int,
    rng: np.random.Generator,
    tightness: float = 1.0,
) -> np.ndarray:
    """Return draws from the priors, each within so many widths of the emulator's centre."""
    found = np.empty((n, len(centre)))
    widest = np.broadcast_to(reach, centre.shape)
    for column, middle in enumerate(centre):
        kept = np.empty(0)
        while len(kept) < n:
            z = rng.standard_normal(4 * n) / np.sqrt(tightness)
            kept = np.concatenate([kept, z[np.abs(z - middle) <= widest[column]]])
        found[:, column] = kept[:n]
    return found


def synthetic_outcomes(
    log_odds: np.ndarray, known: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Return outcomes drawn from log odds: one draw a case, so that adopted by five is so by ten.

    Parameters
    ----------
    log_odds : array, shape (cases, 2)
    known : array of bool, shape (cases, 2)
        What is not known of a case stays unknown, not-a-number.
    rng : Generator
    """
    chances = category_chances(log_odds)
    u = rng.random(len(log_odds))
    five, ten = u < chances[:, 0], u < chances[:, 0] + chances[:, 1]
    return np.where(known, np.stack([five, ten], axis=1).astype(float), np.nan)


def identify(
    emulator: Emulator, known: np.ndarray, names: Sequence[str], *, reach: float | np.ndarray = 1.8,
    sets: int = SETS, draws: int = DRAWS, seed: int = 0, tightness: float = 1.0,
    likelihood: Likelihood = joint_log_likelihood, walked: bool = False,
) -> Identification:  # fmt: skip
    """Say which parameters the cases identify.

    Parameters
    ----------
    emulator : Emulator
        Of the cases.
    known : array of bool, shape (cases, 2)
        Which outcomes at five and ten years are known.
    names : sequence of str
        Of the parameters.
    reach : float or array
        How far from its centre the emulator is believed, in widths of the priors, for all parameters
        or for each.
    sets : int
        Synthetic histories; at least 100 for a test of uniform places.
    draws : int
        From each posterior.
    seed : int
        The same seed gives the same answer.
    tightness : float
        The prior is normal with variance ``1 / tightness``.
    likelihood : callable
        What a posterior is made of; outcomes are always drawn from the joint one.
    walked : bool
        Whether to draw by a walk (:func:`posterior`): for many parameters.
    """
    rng = np.random.default_rng(seed)
    truth = prior_draws(emulator.centre, reach, sets, rng, tightness)
    found = []
    for z in truth:
        outcome = synthetic_outcomes(emulator.log_odds(z), known, rng)
        found.append(
            posterior(
                emulator, outcome, reach, rng, draws=draws, tightness=tightness,
                likelihood=likelihood, walked=walked,
            )
        )  # fmt: skip
    places = np.array([each.place(z) for each, z in zip(found, truth, strict=True)])
    scale = np.sqrt(tightness)
    low, high = scale * (emulator.centre - reach), scale * (emulator.centre + reach)
    prior = truncnorm.std(low, high) / scale
    variance = np.mean([each.sd**2 for each in found], axis=0)
    table = _table(names, prior, variance, places)
    return Identification(table, places, float(np.mean([each.effective for each in found])))


def p_of_uniform(places: np.ndarray) -> float:
    """Return the chance of places as uneven as these if they are uniform.

    By Kolmogorov's test, which sees places that lean to one side, and by chi-square over five bins,
    which sees intervals too narrow or too wide; the lesser of the two, doubled.

    Examples
    --------
    >>> p_of_uniform((np.arange(200) + 0.5) / 200) > 0.9
    True
    >>> p_of_uniform(np.repeat([0.05, 0.95], 100)) < 1e-9
    True
    """
    counts = np.histogram(places, bins=BINS, range=(0.0, 1.0))[0]
    least = min(float(kstest(places, "uniform").pvalue), float(chisquare(counts).pvalue))
    return min(1.0, 2.0 * least)


def _table(
    names: Sequence[str], prior: np.ndarray, variance: np.ndarray, places: np.ndarray
) -> pd.DataFrame:
    contraction = 1.0 - variance / prior**2
    tail = 0.5 * (1.0 - INTERVAL)
    p = np.array([p_of_uniform(column) for column in places.T])
    return pd.DataFrame(
        {
            "parameter": list(names),
            "prior_sd": prior,
            "posterior_sd": np.sqrt(variance),
            "contraction": contraction,
            "coverage": ((places >= tail) & (places <= 1.0 - tail)).mean(axis=0),
            "p_uniform": p,
            "p_holm": holm(p.tolist()),
            "word": np.where(contraction > IDENTIFIED, BY_CASES, BY_THEORY),
        }
    )
