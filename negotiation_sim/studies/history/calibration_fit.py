"""Fits the few process parameters that the literature does not fix to historical cases.

The engine simulates every case at points drawn from the priors, on common worlds; a quadratic
emulator learnt from them takes the engine's place for fitting and nested cross-validation, and the
engine then makes every forecast that is quoted. The points are drawn before any outcome is looked
at, so that nothing of a fold reaches its own forecast.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.optimize import minimize

from negotiation_sim.catalogue.schema import Figure, assumed
from negotiation_sim.studies.history.case_runs import Point, chances, run_cases
from negotiation_sim.studies.history.cases import Case
from negotiation_sim.studies.history.emulator import Emulator
from negotiation_sim.studies.history.logistic import grouped_folds
from negotiation_sim.studies.history.mapping import Mapping

DEADLINES = (5.0, 10.0)
SEARCH_HORIZON = 10.0
N_FOLDS, N_INNER = 10, 5
REACH = 1.8  # how far from the priors' middle the emulator is believed, in widths of the priors
DESIGN_SEED = 7
DESIGN_WIDTH = 0.85  # spread of the design's points, in widths of the priors
TIGHTNESS = (0.5, 1.0, 2.0, 4.0)  # how much the priors weigh; chosen on inner folds


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


def _p(
    name: str, where: str, middle: float, width: float, low: float, high: float, log: int = 0
) -> Parameter:
    return Parameter(name, where, middle, width, (low, high), bool(log))  # type: ignore[arg-type]


# Priors: middles are the catalogue's defaults where it has one, widths what is held possible.
PARAMETERS = (
    _p("pace", "environment", 0.03, 0.7, 0.003, 0.3, 1),
    _p("withdrawal", "environment", 0.054, 0.3, 0.02, 0.15, 1),
    _p("private_sd", "environment", 0.12, 0.5, 0.01, 0.5, 1),
    _p("climate_sd", "environment", 0.1, 0.5, 0.01, 0.5, 1),
    _p("margin", "mapping", 0.05, 0.6, 0.005, 0.4, 1),
    _p("security", "mapping", 1.3, 0.5, 0.1, 6.0, 1),
    _p("technical", "mapping", 0.7, 0.5, 0.1, 6.0, 1),
    _p("distributive", "mapping", 1.2, 0.5, 0.1, 6.0, 1),
    _p("neutral_gap", "mapping", 0.5, 0.2, 0.0, 1.0),
    _p("against_gap", "mapping", 0.85, 0.15, 0.0, 1.0),
    _p("stake", "mapping", 0.6, 0.25, 0.02, 1.0),
    _p("isolation", "mapping", 1.0, 0.6, 0.1, 8.0, 1),
    _p("latitude", "mapping", 0.15, 0.08, 0.02, 0.4),
    _p("standing_room", "mapping", 0.7, 0.6, 0.05, 2.0, 1),
    _p("home", "mapping", 0.7, 0.25, 0.0, 1.0),
    _p("crowd", "mapping", 0.3, 0.3, -0.5, 1.5),
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


def values_at(z: Sequence[float] | np.ndarray) -> dict[str, float]:
    """Return every parameter's value at a point."""
    return {p.name: p.value(float(place)) for p, place in zip(PARAMETERS, z, strict=True)}


def point_at(z: Sequence[float] | np.ndarray, environment: dict[str, Figure]) -> Point:
    """Return process parameters and mapping with the values at a point laid over them."""
    values = values_at(z)
    where = {p.name: p.where for p in PARAMETERS}
    process = {n: assumed(v, "tried") for n, v in values.items() if where[n] == "environment"}
    mapped = {n: v for n, v in values.items() if where[n] == "mapping"}
    return Point(environment | process, dataclasses.replace(Mapping(), **mapped))


def simulated(
    cases: Sequence[Case], points: Sequence[Sequence[float] | np.ndarray], environment: dict[str, Figure],
    replicates: int, seed: int, workers: int | None = None,
) -> np.ndarray:  # fmt: skip
    """Return the engine's chances by some points together, cases x deadlines."""
    used = [point_at(z, environment) for z in points]
    runs = run_cases(cases, used, replicates, seed, SEARCH_HORIZON, workers)
    return chances(runs, DEADLINES)


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
    answer: np.ndarray = minimize(value, start, jac=True, method="L-BFGS-B", bounds=reach).x
    return answer


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


def bootstrap_points(
    emulator: Emulator, training: Training, rows: np.ndarray, tightness: float, resamples: int,
    seed: int,
) -> np.ndarray:  # fmt: skip
    """Return the fits to bootstrap samples of the mandate dates of some rows, resamples x D."""
    rng = np.random.default_rng(seed)
    mandate = np.array(training.mandate)[rows]
    members = [rows[mandate == date] for date in np.unique(mandate)]
    found = []
    for _ in range(resamples):
        drawn = np.concatenate([members[i] for i in rng.integers(0, len(members), len(members))])
        found.append(fit(emulator, training.outcome, drawn, tightness, emulator.centre))
    return np.array(found).reshape(resamples, len(emulator.centre))


def out_of_fold_points(
    emulator: Emulator, training: Training, folds: np.ndarray, resamples: int, seed: int
) -> dict[int, np.ndarray]:
    """Return for every fold the points fitted without it, the priors' weight chosen inside."""
    points = {}
    for fold in np.unique(folds):
        rows = np.flatnonzero(folds != fold)
        tightness = best_tightness(emulator, training, rows, seed)
        points[int(fold)] = bootstrap_points(emulator, training, rows, tightness, resamples, seed)
    return points


def design_points(points: int) -> np.ndarray:
    """Return the points to simulate, drawn from the priors; the first is their middle.

    They are part of the method, not of its chance: every seed has the same, and fewer are the
    first of more.
    """
    rng = np.random.default_rng(DESIGN_SEED)
    z = DESIGN_WIDTH * rng.standard_normal((points, len(PARAMETERS)))
    z[0] = 0.0
    return z
