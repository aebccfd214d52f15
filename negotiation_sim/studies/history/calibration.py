"""`calibrate`: fit, cross-validate, write the parameters with their provenance and ranges."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from negotiation_sim.catalogue import environment_table
from negotiation_sim.catalogue.schema import Figure
from negotiation_sim.errors import CatalogueError
from negotiation_sim.runs.store.files import write_atomic
from negotiation_sim.studies.history.calibration_fit import (
    DEADLINES,
    N_FOLDS,
    PARAMETERS,
    Training,
    best_tightness,
    bootstrap_points,
    design_points,
    fit,
    out_of_fold_points,
    simulated,
    values_at,
)
from negotiation_sim.studies.history.case_baselines import PENALTY, REGRESSIONS
from negotiation_sim.studies.history.case_design import simulated_design
from negotiation_sim.studies.history.case_forecasts import deadline_scores, plain
from negotiation_sim.studies.history.cases import last_known, read_cases
from negotiation_sim.studies.history.emulator import Emulator, learn
from negotiation_sim.studies.history.logistic import grouped_folds, out_of_fold
from negotiation_sim.studies.history.parameter_file import write_parameters

NAMES = ("5y", "10y")
FEWEST_CASES = 30
Progress = Callable[[int, int | None], None]
Say = Callable[[str], None]


@dataclass(frozen=True)
class Effort:
    """How much is computed. The defaults take about a quarter of an hour on one idle core.

    Parameters
    ----------
    design : int
        Points simulated for the emulator, each all training cases in ``replicates`` worlds.
    replicates, final_replicates : int
        Worlds a case at a point of the design, and for the forecasts that are quoted.
    resamples : int
        Bootstrap samples of mandate dates for the ranges.
    members : int
        Of them, those that forecast together.
    """

    design: int = 160
    replicates: int = 24
    final_replicates: int = 300
    resamples: int = 100
    members: int = 10


@dataclass(frozen=True)
class HeldOut:
    """Forecasts of every case by parameters fitted without its fold, cases x deadlines."""

    folds: np.ndarray
    chance: np.ndarray
    baselines: dict[str, np.ndarray]


def held_out_forecasts(
    emulator: Emulator, training: Training, folds: np.ndarray, environment: dict[str, Figure],
    effort: Effort, seed: int,
) -> HeldOut:  # fmt: skip
    """Refit without each fold and let the engine forecast the fold's cases."""
    points = out_of_fold_points(emulator, training, folds, effort.members, seed)
    chance = np.full(training.outcome.shape, np.nan)
    for fold, members in points.items():
        rows = np.flatnonzero(folds == fold)
        cases = [training.cases[i] for i in rows]
        chance[rows] = simulated(cases, list(members), environment, effort.final_replicates, seed)
    baselines = {"base_rate": _base_rates(training.outcome, folds)}
    for name, columns in REGRESSIONS.items():
        x = columns(training.cases)
        baselines[name] = np.column_stack(
            [out_of_fold(x, y, folds, PENALTY) for y in training.outcome.T]
        )
    return HeldOut(folds, chance, baselines)


def _base_rates(outcome: np.ndarray, folds: np.ndarray) -> np.ndarray:
    rate = np.empty(outcome.shape)
    for fold in np.unique(folds):
        rate[folds == fold] = np.nanmean(outcome[folds != fold], axis=0)
    return rate


def scores_of(
    chance: np.ndarray, baselines: dict[str, np.ndarray], training: Training, seed: int = 0
) -> dict[str, Any]:
    """Return scores at each deadline, of the model and of each baseline on the same rows."""
    return {
        name: deadline_scores(
            chance[:, d], training.outcome[:, d], {n: b[:, d] for n, b in baselines.items()},
            training.mandate, seed,
        )
        for d, name in enumerate(NAMES)
    }  # fmt: skip


def _entries(z: np.ndarray, members: np.ndarray) -> dict[str, dict[str, Any]]:
    """Return value and range of every parameter, three digits; the range holds the value.

    The range is that of the bootstrap, 5th to 95th percentile.
    """
    values, drawn = values_at(z), [values_at(member) for member in members]
    entries = {}
    for p in PARAMETERS:
        low, high = np.quantile([row[p.name] for row in drawn], [0.05, 0.95])
        value = _short(values[p.name])
        span = [min(_short(low), value), max(_short(high), value)]
        entries[p.name] = {"value": value, "range": span}
    return entries


def _short(value: float) -> float:
    return float(f"{value:.3g}")


def _provenance(
    path: str | PathLike[str], training: Training, tightness: float, effort: Effort, seed: int,
    skill: dict[str, Any],
) -> dict[str, Any]:  # fmt: skip
    """Return what the figures rest on: cases, effort, seed, priors, and the skill to quote."""
    quoted = {
        name: {score: _rounded(part[score]) for score in ("brier_skill", "log_score")}
        for name, part in skill.items()
    }
    priors = {
        p.name: {"middle": p.middle, "width": p.width, "scale": "log" if p.log else "linear"}
        for p in PARAMETERS
    }
    return {
        "cases": Path(path).name,
        "n_cases": len(training.cases),
        "until": last_known(training.cases),
        "seed": seed,
        **{name: getattr(effort, name) for name in ("design", "replicates", "resamples")},
        "tightness": tightness,
        "out_of_fold": quoted,
        "priors": priors,
    }


def _content(
    entries: dict[str, dict[str, Any]], members: np.ndarray, provenance: dict[str, Any]
) -> dict[str, Any]:
    """Return what the parameter file holds, plain values only."""
    note = f"fitted to {provenance['n_cases']} cases, range from the bootstrap"
    figures = {
        p.name: entries[p.name] | {"basis": "calibrated", "note": note}
        for p in PARAMETERS
        if p.where == "environment"
    }
    drawn = [values_at(member) for member in members]
    return {
        "description": "process parameters fitted to historical cases, see docs/validation.md",
        "provenance": provenance,
        "parameters": figures,
        "mapping": {p.name: entries[p.name] for p in PARAMETERS if p.where == "mapping"},
        "members": {p.name: [float(f"{row[p.name]:.6g}") for row in drawn] for p in PARAMETERS},
    }


def _rounded(interval: dict[str, float | None]) -> list[float | None]:
    return [None if v is None else round(v, 4) for v in interval.values()]


def out_of_fold_text(training: Training, held: HeldOut) -> str:
    """Return the table of held-out forecasts as CSV text."""
    file = io.StringIO()
    names = ["p_adopted", *held.baselines]
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["id", "fold", *(f"{n}_{d}" for n in names for d in NAMES)])
    tables = [held.chance, *held.baselines.values()]
    for i, case in enumerate(training.cases):
        cells = [f"{table[i, d]:.5f}" for table in tables for d in range(len(DEADLINES))]
        writer.writerow([case.id, int(held.folds[i]), *cells])
    return file.getvalue()


def calibrate(
    path: str | PathLike[str],
    out: str | Path | None = None,
    *,
    effort: Effort | None = None,
    seed: int = 1,
    workers: int | None = None,
    progress: Progress | None = None,
    say: Say | None = None,
) -> dict[str, Any]:
    """Fit the calibrated parameters to a file of cases and cross-validate.

    Parameters
    ----------
    path : str or Path
        A file with the columns of ``experiments/backtest/cases.csv``.
    out : str or Path, optional
        Folder for ``parameters.yaml``, ``out_of_fold.csv`` and ``validation.json``. An interrupted
        calibration with the same inputs goes on from ``design.part.npz`` there.
        ``experiments/backtest`` of the catalogue makes back-tests use the parameters, and every
        experiment that says ``calibrated: true``.
    effort : Effort, optional
    seed : int
        Of worlds, folds and bootstrap: the same seed gives the same files.
    workers : int, optional
        Processes; default all cores. The numbers do not depend on it.
    progress : callable, optional
        Called with the points of the design done and in all.
    say : callable, optional
        Called with what is being done.

    Returns
    -------
    dict
        ``entries`` (value and range of every parameter), ``tightness``, ``emulator_error``, and
        scores ``in_sample``, ``out_of_fold`` and ``class_left_out``.
    """
    spent = effort or Effort()
    training = Training.of(read_cases(path)[0])
    if len(training.cases) < FEWEST_CASES:
        message = f"{len(training.cases)} scored cases, at least {FEWEST_CASES} are needed"
        raise CatalogueError(str(path), None, "outcome5", message)
    environment = {name: entry.figure() for name, entry in environment_table().items()}
    z = design_points(spent.design)
    chance = simulated_design(
        training.cases, z, environment, spent.replicates, seed,
        folder=None if out is None else Path(out), workers=workers, progress=progress,
    )  # fmt: skip
    emulator = learn(z, chance, np.zeros(z.shape[1]))
    return conclude(path, out, training, emulator, environment, spent, seed, say)


def conclude(
    path: str | PathLike[str], out: str | Path | None, training: Training, emulator: Emulator,
    environment: dict[str, Figure], effort: Effort, seed: int, say: Say | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Choose the point, cross-validate, and write the files."""
    tell = say or (lambda words: None)
    rows = np.arange(len(training.cases))
    tightness = best_tightness(emulator, training, rows, seed)
    z = fit(emulator, training.outcome, rows, tightness, emulator.centre)
    drawn = bootstrap_points(emulator, training, rows, tightness, effort.resamples, seed)
    members = drawn[: effort.members]
    tell(f"Forecasting {len(rows)} cases by parameters fitted without their folds.")
    folds = grouped_folds(training.mandate, training.venue_class, N_FOLDS, seed)
    held = held_out_forecasts(emulator, training, folds, environment, effort, seed)
    tell("Forecasting whole venue classes by parameters fitted without them.")
    classes = np.unique(training.venue_class, return_inverse=True)[1]
    by_class = held_out_forecasts(emulator, training, classes, environment, effort, seed)
    inside = simulated(training.cases, list(members), environment, effort.final_replicates, seed)
    said: dict[str, Any] = {
        "cases": Path(path).name,
        "n_cases": len(training.cases),
        "entries": _entries(z, drawn),
        "tightness": tightness,
        "emulator_error": emulator.error,
        "in_sample": scores_of(inside, {}, training, seed),
        "out_of_fold": scores_of(held.chance, held.baselines, training, seed),
        "class_left_out": scores_of(by_class.chance, by_class.baselines, training, seed),
    }
    if out is not None:
        provenance = _provenance(path, training, tightness, effort, seed, said["out_of_fold"])
        content = _content(said["entries"], members, provenance)
        write_parameters(Path(out) / "parameters.yaml", content)
        write_atomic(Path(out) / "out_of_fold.csv", out_of_fold_text(training, held).encode())
        text = json.dumps(plain(said), indent=1, allow_nan=False) + "\n"
        write_atomic(Path(out) / "validation.json", text.encode())
    return said
