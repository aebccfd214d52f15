"""Fits the few process parameters that the literature does not fix to historical cases.

The parameters that move the case's chances are searched for with the engine itself, on common
worlds; around what is found a quadratic emulator takes the engine's place for nested
cross-validation, and the engine then makes every forecast that is quoted.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.optimize import minimize as minimise_smoothly

from negotiation_sim.schema import Figure, assumed
from negotiation_sim.studies.case_runs import chances, run_cases
from negotiation_sim.studies.cases import Case
from negotiation_sim.studies.emulator import Emulator, learn
from negotiation_sim.studies.logistic import grouped_folds
from negotiation_sim.studies.mapping import Mapping
from negotiation_sim.studies.search import minimise

DEADLINES = (5.0, 10.0)
SEARCH_HORIZON = 10.0
N_FOLDS, N_INNER = 10, 5
REACH = 1.5  # how far from the design's centre the emulator is believed, in widths of the priors
TIGHTNESS = (0.05, 0.2, 0.5, 1.0)  # how much the priors weigh; chosen on inner folds


@dataclass(frozen=True)
class Parameter:
    """One calibrated figure with its prior: normal in ``z`` about 0, one unit ``width`` wide.

    ``value = middle * exp(width z)`` on the log scale, ``middle + width z`` on the linear one, held
    within ``bounds``.
    """

    name: str
    where: Literal["environment", "mapping"]
    middle: float
    width: float
    bounds: tuple[float, float]
    log: bool = False

    def value(self, z: float) -> float:
        """Return the figure at a place on the prior's scale."""
        raw = self.middle * math.exp(self.width * z) if self.log else self.middle + self.width * z
        return min(self.bounds[1], max(self.bounds[0], raw))


def _p(name: str, where: str, middle: float, width: float, low: float, high: float, log: int = 0):
    return Parameter(name, where, middle, width, (low, high), bool(log))  # type: ignore[arg-type]


# Priors: middles are the catalogue's defaults where it has one, widths what is held possible.
PARAMETERS = (
    _p("pace", "environment", 0.08, 0.7, 0.005, 0.6, 1),
    _p("breadth", "environment", 2.0, 0.5, 0.1, 5.0, 1),
    _p("withdrawal", "environment", 0.05, 0.3, 0.02, 0.15, 1),
    _p("private_sd", "environment", 0.2, 0.5, 0.02, 0.5, 1),
    _p("mood_sd", "environment", 0.08, 0.6, 0.01, 0.5, 1),
    _p("informality_effect", "environment", 1.0, 0.6, 0.1, 5.0, 1),
    _p("softness_strict", "environment", 0.2, 1.0, 0.005, 1.0, 1),
    _p("reservation", "mapping", 0.62, 0.1, 0.3, 0.95),
    _p("neutral_gap", "mapping", 0.5, 0.25, 0.0, 1.0),
    _p("latitude", "mapping", 0.15, 0.08, 0.02, 0.4),
    _p("home", "mapping", 0.7, 0.25, 0.0, 1.0),
    _p("isolation", "mapping", 2.0, 0.6, 0.2, 10.0, 1),
    _p("demand", "mapping", 0.3, 0.2, 0.0, 1.0),
    _p("concert", "mapping", 0.1, 0.08, 0.0, 0.4),
    _p("security", "mapping", 0.08, 0.08, -0.15, 0.4),
    _p("technical", "mapping", -0.06, 0.08, -0.3, 0.15),
    _p("distributive", "mapping", 0.05, 0.08, -0.15, 0.3),
)


@dataclass(frozen=True)
class Training:
    """Cases with their outcomes, clusters and classes; outcomes are not-a-number where unknown."""

    cases: tuple[Case, ...]
    outcome: np.ndarray  # cases x deadlines
    mandate: tuple[str, ...]
    venue_class: tuple[str, ...]

    @classmethod
    def of(cls, cases: Sequence[Case]) -> Training:
        """Keep the cases that count in scores."""
        kept = tuple(c for c in cases if c.scored and c.outcome5 is not None)
        outcome = [
            [math.nan if o is None else float(o) for o in (c.outcome5, c.outcome10)] for c in kept
        ]
        return cls(
            kept,
            np.array(outcome).reshape(len(kept), len(DEADLINES)),
            tuple(c.mandate_text for c in kept),
            tuple(c.venue_class for c in kept),
        )


def values_at(z: Sequence[float]) -> dict[str, float]:
    """Return every parameter's value at a point."""
    return {p.name: p.value(float(place)) for p, place in zip(PARAMETERS, z, strict=True)}


def apply_values(
    values: dict[str, float], environment: dict[str, Figure]
) -> tuple[dict[str, Figure], Mapping]:
    """Return the process parameters and the mapping with calibrated values laid over them."""
    where = {p.name: p.where for p in PARAMETERS}
    process = {n: assumed(v, "tried") for n, v in values.items() if where[n] == "environment"}
    mapped = {n: v for n, v in values.items() if where[n] == "mapping"}
    return environment | process, dataclasses.replace(Mapping(), **mapped)


def simulated(
    cases: Sequence[Case], z: np.ndarray, environment: dict[str, Figure], replicates: int, seed: int
) -> np.ndarray:
    """Return the engine's chances at a point, cases x deadlines."""
    process, mapping = apply_values(values_at(z), environment)
    return chances(
        run_cases(cases, process, mapping, replicates, seed, SEARCH_HORIZON), DEADLINES
    )


def loss_of(log_odds: np.ndarray, outcome: np.ndarray, rows: np.ndarray) -> float:
    """Return the mean log score over rows and deadlines with a known outcome."""
    known = np.isfinite(outcome[rows])
    odds, y = log_odds[rows][known], outcome[rows][known]
    return float(np.mean(np.logaddexp(0.0, odds) - y * odds))


def fit(
    emulator: Emulator, outcome: np.ndarray, rows: np.ndarray, tightness: float, start: np.ndarray
) -> np.ndarray:
    """Return the point that minimises the log score of some rows plus the priors' penalty."""
    known = np.isfinite(outcome[rows])
    y = np.where(known, outcome[rows], 0.0)
    n = max(1, int(known.sum()))
    penalty = len(DEADLINES) * tightness / n
    own = emulator.of_rows(rows)

    def value(z: np.ndarray) -> tuple[float, np.ndarray]:
        odds, slopes = own.both(z)
        loss = np.sum(np.where(known, np.logaddexp(0.0, odds) - y * odds, 0.0)) / n
        surplus = np.where(known, 1.0 / (1.0 + np.exp(-odds)) - y, 0.0)
        slope = np.tensordot(slopes, surplus, axes=2) / n
        return float(loss + 0.5 * penalty * (z @ z)), slope + penalty * z

    reach = [(c - REACH, c + REACH) for c in emulator.centre]
    return minimise_smoothly(value, start, jac=True, method="L-BFGS-B", bounds=reach).x


def best_tightness(emulator: Emulator, training: Training, rows: np.ndarray, seed: int) -> float:
    """Return the weight of the priors with the least log score on inner grouped folds."""
    folds = grouped_folds(
        [training.mandate[i] for i in rows], [training.venue_class[i] for i in rows], N_INNER, seed
    )
    scores = []
    for tightness in TIGHTNESS:
        total = 0.0
        for fold in np.unique(folds):
            learnt, held = rows[folds != fold], rows[folds == fold]
            z = fit(emulator, training.outcome, learnt, tightness, emulator.centre)
            total += len(held) * loss_of(emulator.log_odds(z), training.outcome, held)
        scores.append(total)
    return TIGHTNESS[int(np.argmin(scores))]


def out_of_fold_points(
    emulator: Emulator, training: Training, folds: np.ndarray, seed: int
) -> dict[int, np.ndarray]:
    """Return for every fold the point fitted without it, the priors' weight chosen inside."""
    points = {}
    for fold in np.unique(folds):
        rows = np.flatnonzero(folds != fold)
        tightness = best_tightness(emulator, training, rows, seed)
        points[int(fold)] = fit(emulator, training.outcome, rows, tightness, emulator.centre)
    return points


def search_point(
    training: Training, environment: dict[str, Figure], evaluations: int, replicates: int,
    seed: int, progress: Callable[[int, float], None] | None = None,
) -> np.ndarray:  # fmt: skip
    """Return where the engine itself fits the training cases best, priors weighed at 1."""
    rows = np.arange(len(training.cases))
    n = int(np.isfinite(training.outcome).sum())

    def value(z: np.ndarray) -> float:
        chance = simulated(training.cases, z, environment, replicates, seed)
        odds = np.log(chance) - np.log1p(-chance)
        penalty = 0.5 * len(DEADLINES) / n * float(z @ z)
        return loss_of(odds, training.outcome, rows) + penalty

    return minimise(value, np.zeros(len(PARAMETERS)), 0.7, evaluations, seed, progress).point


def design_around(
    training: Training, centre: np.ndarray, environment: dict[str, Figure], points: int,
    replicates: int, seed: int, width: float = 0.6,
) -> Emulator:  # fmt: skip
    """Simulate points about a centre and learn the emulator from them."""
    rng = np.random.default_rng(seed)
    z = centre + width * rng.standard_normal((points, len(centre)))
    z[0] = centre
    chance = np.array(
        [simulated(training.cases, point, environment, replicates, seed) for point in z]
    )
    return learn(z, chance, centre)
