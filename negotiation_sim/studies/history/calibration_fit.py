"""Fits the figures that the literature does not fix to historical cases, on an emulator.

The engine simulates every case at points around one centre; an emulator learnt from them takes its
place for fitting and nested cross-validation, and the engine then makes every forecast that is
quoted. Two things are chosen inside every fold: the weight of the priors, and the line that carries
the engine's log odds to those forecast.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from scipy.optimize import minimize

from negotiation_sim.catalogue.coded_case import CodedCase
from negotiation_sim.catalogue.schema import Figure
from negotiation_sim.studies.history.calibration_priors import FIGURES, point_at
from negotiation_sim.studies.history.case_design import DEADLINES, SEARCH_HORIZON
from negotiation_sim.studies.history.case_runs import chances, run_cases
from negotiation_sim.studies.history.cases import Case
from negotiation_sim.studies.history.emulator import Emulator
from negotiation_sim.studies.history.forecast_line import log_odds_of
from negotiation_sim.studies.history.joint_likelihood import joint_log_likelihood
from negotiation_sim.studies.history.splits import (
    AGENDA_DOMAINS,
    HORIZONS,
    closed_outcomes,
    fold_numbers,
    frame_of,
)

N_FOLDS, N_INNER = 10, 5
# How far from the centre a fit may go, in widths of the priors: where simulated as far as the emulator
# is believed; else three widths from 0 whatever the centre, which all open rows have chosen.
REACH = np.array([1.2 if p.where != "draw" else 3.0 + abs(p.centre) for p in FIGURES])
TIGHTNESS = (0.5, 1.0, 2.0)  # how much the priors weigh; chosen on inner folds


@dataclass(frozen=True)
class Training:
    """Cases with what was known of their outcomes on a day, and their frames.

    Parameters
    ----------
    cases : tuple of Case
    coded : tuple of CodedCase
        The same rows, as the statistics read them.
    outcome : array, shape (cases, 2)
        1, 0, or not-a-number where the window was open or the row is not scored.
    known_at : date
    """

    cases: tuple[Case, ...]
    coded: tuple[CodedCase, ...]
    outcome: np.ndarray
    known_at: date

    @classmethod
    def of(cls, cases: Sequence[Case], coded: Sequence[CodedCase], known_at: date) -> Training:
        """Return what a fit may see of some cases on a day."""
        outcome = np.column_stack([closed_outcomes(coded, years, known_at) for years in HORIZONS])
        return cls(tuple(cases), tuple(coded), outcome, known_at)

    def without_agenda(self) -> Training:
        """Return the same with no outcome of a row of space, for fits that its own page uses."""
        outcome = self.outcome.copy()
        outcome[[case.domain in AGENDA_DOMAINS for case in self.coded]] = np.nan
        return Training(self.cases, self.coded, outcome, self.known_at)

    @property
    def frames(self) -> list[str]:
        """Return every case's frame, what is left out together."""
        return [frame_of(case) for case in self.coded]

    @property
    def rows(self) -> np.ndarray:
        """Return the rows of which something is known."""
        answer: np.ndarray = np.flatnonzero(np.isfinite(self.outcome).any(axis=1))
        return answer

    def folds(self, rows: np.ndarray, n: int, seed: int) -> np.ndarray:
        """Return a fold for each of some rows, frames whole, venue classes spread evenly."""
        return fold_numbers([self.coded[i] for i in rows], n, seed)


def fit(emulator: Emulator, outcome: np.ndarray, rows: np.ndarray, tightness: float) -> np.ndarray:
    """Return the point that maximises the likelihood of some rows times the priors.

    A case's two deadlines are one draw (:func:`joint_log_likelihood`); rows may come twice.
    """
    own, y = emulator.of_rows(rows), outcome[rows]

    def value(z: np.ndarray) -> tuple[float, np.ndarray]:
        odds, slopes = own.both(z)
        gained, slope = joint_log_likelihood(odds, y)
        down = tightness * z - np.tensordot(slopes, slope, axes=2)
        return float(0.5 * tightness * (z @ z) - gained.sum()), down

    reach = list(zip(emulator.centre - REACH, emulator.centre + REACH, strict=True))
    answer: np.ndarray = minimize(
        value, emulator.centre, jac=True, method="L-BFGS-B", bounds=reach
    ).x
    return answer


def held_out_odds(
    emulator: Emulator, training: Training, rows: np.ndarray, tightness: float, seed: int
) -> np.ndarray:
    """Return the emulator's log odds of every row by a fit without its frames, rows x deadlines."""
    folds = training.folds(rows, N_INNER, seed)
    odds = np.empty((len(rows), len(DEADLINES)))
    for fold in np.unique(folds):
        z = fit(emulator, training.outcome, rows[folds != fold], tightness)
        odds[folds == fold] = emulator.of_rows(rows[folds == fold]).log_odds(z)
    return odds


def best_tightness(
    emulator: Emulator, training: Training, rows: np.ndarray, seed: int
) -> tuple[float, np.ndarray]:
    """Return the weight of the priors with the best inner score, and its held-out log odds."""
    tried = {t: held_out_odds(emulator, training, rows, t, seed) for t in TIGHTNESS}
    gained = {
        t: joint_log_likelihood(odds, training.outcome[rows])[0].sum() for t, odds in tried.items()
    }
    best = max(tried, key=lambda t: gained[t])
    return best, tried[best]


def member_points(
    emulator: Emulator, training: Training, rows: np.ndarray, tightness: float, members: int,
    seed: int,
) -> np.ndarray:  # fmt: skip
    """Return the fits to bootstrap samples of whole frames, members x parameters."""
    rng = np.random.default_rng(seed)
    frames = np.array(training.frames)[rows]
    groups = [rows[frames == frame] for frame in np.unique(frames)]
    found = []
    for _ in range(members):
        drawn = np.concatenate([groups[i] for i in rng.integers(0, len(groups), len(groups))])
        found.append(fit(emulator, training.outcome, drawn, tightness))
    return np.array(found).reshape(members, len(emulator.centre))


def simulated(
    cases: Sequence[Case], points: np.ndarray, environment: dict[str, Figure], replicates: int,
    seed: int, workers: int | None = None,
) -> np.ndarray:  # fmt: skip
    """Return the engine's log odds by some points together, cases x deadlines."""
    used = [point_at(z, environment) for z in points]
    runs = run_cases(cases, used, replicates, seed, SEARCH_HORIZON, workers)
    return log_odds_of(chances(runs, DEADLINES))
