"""`calibrate`: fit, cross-validate, write the parameters with their provenance and ranges."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from negotiation_sim.catalogue import environment_table
from negotiation_sim.errors import CatalogueError, UsageError
from negotiation_sim.schema import Figure
from negotiation_sim.studies import scores
from negotiation_sim.studies.calibration_fit import (
    DEADLINES,
    N_FOLDS,
    PARAMETERS,
    Emulator,
    Training,
    best_tightness,
    design_around,
    fit,
    out_of_fold_points,
    search_point,
    simulated,
    values_at,
)
from negotiation_sim.studies.case_baselines import REGRESSIONS, PENALTY
from negotiation_sim.studies.cases import read_cases
from negotiation_sim.studies.logistic import grouped_folds, out_of_fold
from negotiation_sim.studies.parameter_file import write_parameters

NAMES = ("5y", "10y")
FEWEST_CASES = 30
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Effort:
    """How much is computed. The defaults take about half an hour on two idle cores.

    Parameters
    ----------
    evaluations : int
        Points tried by the search, each all training cases in ``replicates`` worlds.
    design : int
        Points simulated for the emulator.
    replicates, final_replicates : int
        Worlds a case while searching, and for the forecasts that are quoted.
    resamples : int
        Bootstrap samples of mandate dates for the ranges.
    """

    evaluations: int = 300
    design: int = 400
    replicates: int = 60
    final_replicates: int = 1000
    resamples: int = 100


@dataclass(frozen=True)
class HeldOut:
    """Forecasts of every case by parameters fitted without its fold, cases x deadlines."""

    folds: np.ndarray
    chance: np.ndarray
    baselines: dict[str, np.ndarray]
    points: dict[int, np.ndarray]


def held_out_forecasts(
    emulator: Emulator, training: Training, folds: np.ndarray, environment: dict[str, Figure],
    replicates: int, seed: int,
) -> HeldOut:  # fmt: skip
    """Refit without each fold and let the engine forecast the fold's cases."""
    points = out_of_fold_points(emulator, training, folds, seed)
    chance = np.full(training.outcome.shape, np.nan)
    for fold, z in points.items():
        rows = np.flatnonzero(folds == fold)
        cases = [training.cases[i] for i in rows]
        chance[rows] = simulated(cases, z, environment, replicates, seed)
    baselines = {"base_rate": _base_rates(training.outcome, folds)}
    for name, columns in REGRESSIONS.items():
        x = columns(training.cases)
        baselines[name] = np.column_stack(
            [out_of_fold(x, y, folds, PENALTY) for y in training.outcome.T]
        )
    return HeldOut(folds, chance, baselines, points)


def _base_rates(outcome: np.ndarray, folds: np.ndarray) -> np.ndarray:
    rate = np.empty(outcome.shape)
    for fold in np.unique(folds):
        rate[folds == fold] = np.nanmean(outcome[folds != fold], axis=0)
    return rate


def skills(chance: np.ndarray, training: Training, seed: int = 0) -> dict[str, Any]:
    """Return Brier skill, log score and calibration line at each deadline, with intervals."""
    said = {}
    for d, name in enumerate(NAMES):
        at = np.flatnonzero(np.isfinite(training.outcome[:, d]))
        y, p = training.outcome[at, d], chance[at, d]
        labels = [training.mandate[i] for i in at]
        said[name] = scores.probability_scores(p, y, labels, seed=seed)
        intercept, slope = scores.calibration_slope(p, y)
        said[name]["calibration_line"] = {"intercept": intercept, "slope": slope}
    return said


def ranges(
    emulator: Emulator, training: Training, tightness: float, resamples: int, seed: int
) -> dict[str, tuple[float, float]]:
    """Return each parameter's 5th and 95th percentile over bootstrap samples of mandate dates."""
    rng = np.random.default_rng(seed)
    dates = sorted(set(training.mandate))
    members = [np.flatnonzero([m == date for m in training.mandate]) for date in dates]
    found = []
    for _ in range(resamples):
        drawn = rng.integers(0, len(dates), len(dates))
        rows = np.concatenate([members[i] for i in drawn])
        z = fit(emulator, training.outcome, rows, tightness, emulator.centre)
        found.append([*values_at(z).values()])
    low, high = np.quantile(np.array(found), [0.05, 0.95], axis=0)
    names = [p.name for p in PARAMETERS]
    return {n: (float(a), float(b)) for n, a, b in zip(names, low, high, strict=True)}


def _entries(
    z: np.ndarray, spans: dict[str, tuple[float, float]]
) -> dict[str, dict[str, Any]]:
    """Return value and range of every parameter; the range holds the value."""
    values = values_at(z)
    entries = {}
    for p in PARAMETERS:
        low, high = spans[p.name]
        value = round(values[p.name], 6)
        span = [min(round(low, 6), value), max(round(high, 6), value)]
        entries[p.name] = {"value": value, "range": span}
    return entries


def _provenance(
    path: str | Path, training: Training, tightness: float, effort: Effort, seed: int,
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
        "seed": seed,
        **{name: getattr(effort, name) for name in ("evaluations", "design", "replicates")},
        "tightness": tightness,
        "out_of_fold": quoted,
        "priors": priors,
    }


def _content(
    path: str | Path, training: Training, entries: dict[str, dict[str, Any]],
    provenance: dict[str, Any],
) -> dict[str, Any]:  # fmt: skip
    """Return what the parameter file holds, plain values only."""
    note = f"fitted to {len(training.cases)} cases, range from the bootstrap"
    figures = {
        p.name: entries[p.name] | {"basis": "calibrated", "note": note}
        for p in PARAMETERS
        if p.where == "environment"
    }
    return {
        "description": "process parameters fitted to historical cases, see docs/validation.md",
        "provenance": provenance,
        "mapping": {p.name: entries[p.name] for p in PARAMETERS if p.where == "mapping"},
        "parameters": figures,
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
    path: str | Path,
    out: str | Path | None = None,
    *,
    effort: Effort | None = None,
    seed: int = 1,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Fit the calibrated parameters to a file of cases and cross-validate.

    Parameters
    ----------
    path : str or Path
        A file with the columns of ``experiments/backtest/cases.csv``.
    out : str or Path, optional
        Folder for ``parameters.yaml``, ``out_of_fold.csv``. ``experiments/backtest`` of the
        catalogue makes every run use them.
    effort : Effort, optional
    seed : int
        Of worlds, search, design, folds and bootstrap: the same seed gives the same file.
    progress : callable, optional
        Called with the stage's name and its share done.

    Returns
    -------
    dict
        Values, ranges, skills in fold and out of fold, and with whole venue classes left out.
    """
    spent = effort or Effort()
    training = Training.of(read_cases(path)[0])
    if len(training.cases) < FEWEST_CASES:
        message = f"{len(training.cases)} scored cases, at least {FEWEST_CASES} are needed"
        raise CatalogueError(str(path), None, "outcome5", message)
    environment = {name: entry.figure() for name, entry in environment_table().items()}
    tell = progress or (lambda stage, share: None)
    centre = search_point(
        training, environment, spent.evaluations, spent.replicates, seed,
        lambda done, _: tell("search", min(1.0, done / max(1, spent.evaluations))),
    )  # fmt: skip
    tell("design", 0.0)
    emulator = design_around(training, centre, environment, spent.design, spent.replicates, seed)
    return conclude(path, out, training, emulator, environment, spent, seed, tell)


def conclude(
    path: str | Path, out: str | Path | None, training: Training, emulator: Emulator,
    environment: dict[str, Figure], effort: Effort, seed: int, tell: Progress,
) -> dict[str, Any]:  # fmt: skip
    """Choose the point, cross-validate, and write the files."""
    rows = np.arange(len(training.cases))
    tightness = best_tightness(emulator, training, rows, seed)
    z = fit(emulator, training.outcome, rows, tightness, emulator.centre)
    tell("cross-validation", 0.0)
    folds = grouped_folds(training.mandate, training.venue_class, N_FOLDS, seed)
    held = held_out_forecasts(
        emulator, training, folds, environment, effort.final_replicates, seed
    )
    tell("whole classes", 0.0)
    classes = np.unique(training.venue_class, return_inverse=True)[1]
    by_class = held_out_forecasts(
        emulator, training, classes, environment, effort.final_replicates, seed
    )
    inside = simulated(training.cases, z, environment, effort.final_replicates, seed)
    skill = skills(held.chance, training, seed)
    said = {
        "values": values_at(z),
        "ranges": ranges(emulator, training, tightness, effort.resamples, seed),
        "tightness": tightness,
        "emulator_error": emulator.error,
        "in_sample": skills(inside, training, seed),
        "out_of_fold": skill,
        "baselines": {n: skills(c, training, seed) for n, c in held.baselines.items()},
        "class_left_out": skills(by_class.chance, training, seed),
    }
    if out is not None:
        provenance = _provenance(path, training, tightness, effort, seed, skill)
        content = _content(path, training, _entries(z, said["ranges"]), provenance)
        write_parameters(Path(out) / "parameters.yaml", content)
        try:
            text = out_of_fold_text(training, held)
            (Path(out) / "out_of_fold.csv").write_text(text, encoding="utf-8")
        except OSError as error:
            raise UsageError(f"{out} cannot be written: {error.strerror}") from None
    return said


