"""`calibrate`: fit, cross-validate over left-out frames, write the parameters with provenance."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from negotiation_sim.catalogue import environment_table
from negotiation_sim.catalogue.coded_case import CodedCase
from negotiation_sim.catalogue.process_parameters import PARAMETERS
from negotiation_sim.catalogue.schema import Figure
from negotiation_sim.errors import CatalogueError
from negotiation_sim.runs.store.files import write_atomic
from negotiation_sim.studies.history import scores
from negotiation_sim.studies.history.calibration_fit import (
    N_FOLDS,
    Training,
    best_tightness,
    fit,
    member_points,
    simulated,
)
from negotiation_sim.studies.history.calibration_priors import (
    CENTRE,
    FIGURES,
    shift_columns,
    values_at,
)
from negotiation_sim.studies.history.case_design import CaseDesign, simulated_design
from negotiation_sim.studies.history.case_features import features_of
from negotiation_sim.studies.history.case_forecasts import DEADLINES as HORIZON_YEARS
from negotiation_sim.studies.history.case_forecasts import deadline_scores, plain
from negotiation_sim.studies.history.case_table import read_coded
from negotiation_sim.studies.history.cases import read_cases
from negotiation_sim.studies.history.coded_columns import facts_of
from negotiation_sim.studies.history.emulator import Emulator, learn
from negotiation_sim.studies.history.forecast_line import ForecastLine, line_of
from negotiation_sim.studies.history.outside_record import KNOWN_AT
from negotiation_sim.studies.history.parameter_file import write_parameters
from negotiation_sim.studies.history.splits import part_of
from negotiation_sim.studies.history.statistical import fitted_chances

NAMES = tuple(HORIZON_YEARS)
FEWEST_CASES = 30
Progress = Callable[[int, int | None], None]
Say = Callable[[str], None]


@dataclass(frozen=True)
class Effort:
    """How much is computed. The defaults take up to an hour on two cores.

    Parameters
    ----------
    design : int
        Points simulated for the emulator, each all training cases in ``replicates`` worlds.
    replicates, final_replicates : int
        Worlds a case at a point of the design, and for the forecasts that are quoted.
    resamples : int
        Bootstrap samples of frames for the ranges.
    members : int
        Of them, those that forecast together.
    """

    design: int = 160
    replicates: int = 24
    final_replicates: int = 240
    resamples: int = 40
    members: int = 8


@dataclass(frozen=True)
class FoldFit:
    """What one training set gives: the point, resampled points, the priors' weight, the line."""

    point: np.ndarray
    resampled: np.ndarray
    tightness: float
    line: ForecastLine


@dataclass(frozen=True)
class Workshop:
    """What every fit of one calibration shares."""

    emulator: Emulator
    environment: dict[str, Figure]
    effort: Effort
    seed: int
    workers: int | None

    def fitted(self, training: Training, rows: np.ndarray, resamples: int) -> FoldFit:
        """Return the fit to some rows; the priors' weight and the line come from these alone."""
        tightness, inner = best_tightness(self.emulator, training, rows, self.seed)
        point = fit(self.emulator, training.outcome, rows, tightness)
        drawn = member_points(self.emulator, training, rows, tightness, resamples, self.seed)
        engine = self.log_odds(training, rows, drawn)
        return FoldFit(point, drawn, tightness, line_of(inner, engine, training.outcome[rows]))

    def log_odds(self, training: Training, rows: np.ndarray, drawn: np.ndarray) -> np.ndarray:
        """Return the engine's log odds of some rows by the members together."""
        cases = [training.cases[i] for i in rows]
        members = drawn[: self.effort.members]
        return simulated(
            cases, members, self.environment, self.effort.final_replicates, self.seed, self.workers
        )


@dataclass(frozen=True)
class HeldOut:
    """Forecasts of every row by parameters fitted without its frame, rows x deadlines."""

    folds: np.ndarray
    engine: np.ndarray
    chance: np.ndarray
    baselines: dict[str, np.ndarray]
    lines: list[ForecastLine]


def held_out_forecasts(shop: Workshop, training: Training, say: Say) -> HeldOut:
    """Refit without each fold of frames and let the engine forecast the fold's rows."""
    rows = training.rows
    folds = training.folds(rows, N_FOLDS, 0)
    engine = np.full((len(rows), len(NAMES)), np.nan)
    chance, lines = engine.copy(), []
    baselines = {name: engine.copy() for name in BASELINES}
    for fold in np.unique(folds):
        say(f"Fold {fold + 1} of {folds.max() + 1}: refitted without its frames.")
        taught, asked = rows[folds != fold], rows[folds == fold]
        found = shop.fitted(training, taught, shop.effort.members)
        engine[folds == fold] = shop.log_odds(training, asked, found.resampled)
        chance[folds == fold] = found.line.chances(engine[folds == fold])
        lines.append(found.line)
        told, wanted = ([training.coded[i] for i in part] for part in (taught, asked))
        for name, said in statistics_of(told, training.outcome[taught], wanted).items():
            baselines[name][folds == fold] = said
    return HeldOut(folds, 1.0 / (1.0 + np.exp(-engine)), chance, baselines, lines)


BASELINES = ("base_rate", "regression", "forest", "statistics")


def statistics_of(
    told: Sequence[CodedCase], outcome: np.ndarray, asked: Sequence[CodedCase]
) -> dict[str, np.ndarray]:
    """Return what statistics on the coded columns say of some rows, rows x deadlines.

    Parameters
    ----------
    told : sequence of CodedCase
        Rows that are fitted to.
    outcome : array, shape (told, deadlines)
    asked : sequence of CodedCase
    """
    facts, wanted = [facts_of(case) for case in told], [facts_of(case) for case in asked]
    found = {name: np.full((len(asked), len(NAMES)), np.nan) for name in BASELINES}
    for d, known in enumerate(outcome.T):
        found["base_rate"][:, d] = np.nanmean(known)
        for name, chance in fitted_chances(facts, known, wanted).items():
            found["statistics" if name == "mean" else name][:, d] = chance
    return found


def scores_of(
    held: HeldOut, training: Training, kept: np.ndarray | None = None, seed: int = 0
) -> dict[str, Any]:
    """Return scores at each deadline, of the model and of each baseline on the same rows.

    Parameters
    ----------
    held : HeldOut
    training : Training
    kept : array of bool, optional
        Which of the forecast rows to score; default all.
    seed : int
        Of the bootstrap over frames.
    """
    rows = training.rows
    chosen = np.arange(len(rows)) if kept is None else np.flatnonzero(kept)
    frames = [training.frames[i] for i in rows[chosen]]
    said: dict[str, Any] = {}
    for d, name in enumerate(NAMES):
        outcome = training.outcome[rows[chosen], d]
        others = {n: b[chosen, d] for n, b in held.baselines.items()}
        said[name] = deadline_scores(held.chance[chosen, d], outcome, others, frames, seed)
        said[name]["as_run"] = _as_run(held.engine[chosen, d], outcome, frames, seed)
    return said


def _as_run(
    chance: np.ndarray, outcome: np.ndarray, frames: list[str], seed: int
) -> dict[str, Any]:
    """Return the score of the engine's own share of worlds, before the line."""
    at = np.flatnonzero(np.isfinite(outcome))
    labels = [frames[i] for i in at]
    return scores.clustered(
        labels, lambda r: scores.brier_skill(chance[at][r], outcome[at][r]), seed=seed
    )


def by_frame(held: HeldOut, training: Training) -> list[dict[str, Any]]:
    """Return by class of venue and decade how many rows there are and the Brier scores."""
    rows = training.rows
    frames = np.array(training.frames)[rows]
    found = []
    for frame in np.unique(frames):
        at = frames == frame
        said: dict[str, Any] = {"frame": str(frame), "n": int(at.sum())}
        for d, name in enumerate(NAMES):
            y = training.outcome[rows[at], d]
            known = np.isfinite(y)
            for label, chance in (
                ("model", held.chance),
                ("base_rate", held.baselines["base_rate"]),
            ):
                miss = (chance[at, d][known] - y[known]) ** 2
                said[f"{label}_{name}"] = round(float(miss.mean()), 4) if known.any() else None
        found.append(said)
    return found


def _entries(z: np.ndarray, members: np.ndarray) -> dict[str, dict[str, Any]]:
    """Return value and range of every parameter, three digits; the range holds the value.

    The range is that of the bootstrap, 5th to 95th percentile.
    """
    values, drawn = values_at(z), [values_at(member) for member in members]
    entries = {}
    for p in FIGURES:
        low, high = np.quantile([row[p.name] for row in drawn], [0.05, 0.95])
        value = _short(values[p.name])
        span = [min(_short(low), value), max(_short(high), value)]
        entries[p.name] = {"value": value, "range": span}
    return entries


def _short(value: float) -> float:
    return float(f"{value:.3g}")


def _content(
    entries: dict[str, dict[str, Any]], found: FoldFit, members: int, provenance: dict[str, Any]
) -> dict[str, Any]:
    """Return what a parameter file holds, plain values only."""
    day, n = date.fromisoformat(provenance["known_at"]) - timedelta(days=1), provenance["n_cases"]
    note = f"fitted to {n} cases as known at the end of {day}, range from the bootstrap over frames"
    figures = {
        p.name: entries[p.name] | {"basis": "calibrated", "note": note}
        for p in FIGURES
        if p.where == "environment"
    }
    drawn = [values_at(member) for member in found.resampled[:members]]
    line = {"level": list(found.line.level), "slope": list(found.line.slope)}
    return {
        "description": "process parameters fitted to historical cases, see docs/validation.md",
        "provenance": provenance,
        "parameters": figures,
        "mapping": {p.name: entries[p.name] for p in FIGURES if p.where != "environment"},
        "line": {name: [_short(v) for v in values] for name, values in line.items()},
        "members": {p.name: [float(f"{row[p.name]:.6g}") for row in drawn] for p in FIGURES},
    }


def out_of_fold_text(training: Training, held: HeldOut) -> str:
    """Return the table of held-out forecasts as CSV text."""
    file = io.StringIO()
    names = ["p_adopted", "p_run", *held.baselines]
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["id", "fold", *(f"{n}_{d}" for n in names for d in NAMES)])
    tables = [held.chance, held.engine, *held.baselines.values()]
    for place, row in enumerate(training.rows):
        cells = [f"{table[place, d]:.5f}" for table in tables for d in range(len(NAMES))]
        writer.writerow([training.cases[row].id, int(held.folds[place]), *cells])
    return file.getvalue()


def read_training(path: str | PathLike[str], known_at: date) -> Training:
    """Return the rows of a file that are open to fits, with what was known on a day.

    Raises
    ------
    CatalogueError
        Where the file cannot be read, or fewer than thirty rows have a known outcome.
    """
    coded = [case for case in read_coded(path) if part_of(case) == "open"]
    rows = {case.id: case for case in read_cases(path)[0]}
    training = Training.of([rows[case.id] for case in coded], coded, known_at)
    if len(training.rows) < FEWEST_CASES:
        message = (
            f"{len(training.rows)} rows open to fits have a known outcome, at least {FEWEST_CASES} "
            "are needed"
        )
        raise CatalogueError(str(path), None, "outcome5", message)
    return training


def learnt(
    training: Training, environment: dict[str, Figure], effort: Effort, folder: Path | None,
    workers: int | None = None, progress: Progress | None = None, say: Say | None = None,
) -> Emulator:  # fmt: skip
    """Simulate the design, or take up its table, and learn how every case answers to it."""
    cases = training.cases
    seen = simulated_design(
        cases, CaseDesign.of(cases, effort.design), environment, effort.replicates,
        folder=folder, workers=workers, progress=progress,
    )  # fmt: skip
    if say is not None:
        say("Learning how every case answers to the parameters.")
    return learn(seen, CENTRE, shift_columns(cases), features_of(cases))


def known_on(training: Training, day: date) -> Training:
    """Return what a fit of a day may see: before the last day, no row of the agenda's fields."""
    known = Training.of(training.cases, training.coded, day)
    return known if day == KNOWN_AT[-1] else known.without_agenda()


def parameters_name(day: date) -> str:
    """Return the file of a day's fit: the last has the plain name."""
    return Path(PARAMETERS).name if day == KNOWN_AT[-1] else f"parameters-{day:%Y-%m}.yaml"


def _provenance(
    path: str | PathLike[str], known: Training, found: FoldFit, effort: Effort, seed: int
) -> dict[str, Any]:
    """Return what the figures rest on: cases, day, effort, seed, priors."""
    priors = {
        p.name: {"middle": p.middle, "width": p.width, "scale": "log" if p.log else "linear"}
        for p in FIGURES
    }
    return {
        "cases": Path(path).name,
        "n_cases": len(known.rows),
        "known_at": known.known_at.isoformat(),
        "seed": seed,
        **{name: getattr(effort, name) for name in ("design", "replicates", "resamples")},
        "tightness": found.tightness,
        "priors": priors,
    }


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
    """Fit the calibrated parameters to a file of cases and cross-validate over left-out frames.

    Parameters
    ----------
    path : str or Path
        A file with the columns of ``experiments/backtest/cases.csv``. Rows mandated from 10 December
        2005 on are set aside: neither fitted nor scored.
    out : str or Path, optional
        Folder for ``parameters.yaml`` (what was known in July 2026), ``parameters-2009-01.yaml``
        (at the end of 2008, without the rows of space), ``out_of_fold.csv``, ``validation.json`` and
        ``design.npz``, the simulated table: another calibration of the same cases takes it from
        there, and an interrupted one goes on. ``experiments/backtest`` of the catalogue makes
        back-tests use the parameters, and every experiment that says ``calibrated: true``.
    effort : Effort, optional
    seed : int
        Of inner folds, bootstrap and quoted forecasts: the same seed gives the same files. The folds
        that are scored are the same for every seed.
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
        scores ``out_of_fold`` and ``newer_half``.

    Raises
    ------
    CatalogueError
        As :func:`read_training`.
    """
    spent, tell = effort or Effort(), say or (lambda words: None)
    training = read_training(path, KNOWN_AT[-1])
    environment = {name: entry.figure() for name, entry in environment_table().items()}
    emulator = learnt(
        training, environment, spent, None if out is None else Path(out), workers, progress, tell
    )
    shop = Workshop(emulator, environment, spent, seed, workers)
    held = held_out_forecasts(shop, training, tell)
    newer = np.array([not training.coded[i].older for i in training.rows])
    said: dict[str, Any] = {
        "cases": Path(path).name,
        "n_cases": len(training.rows),
        "known_at": training.known_at.isoformat(),
        "emulator_error": emulator.error,
        "out_of_fold": scores_of(held, training),
        "newer_half": scores_of(held, training, newer),
        "frames": by_frame(held, training),
        "lines": [{"level": list(x.level), "slope": list(x.slope)} for x in held.lines],
    }
    for day in KNOWN_AT:
        tell(f"Fitting what was known on {day}.")
        known = known_on(training, day)
        found = shop.fitted(known, known.rows, spent.resamples)
        entries = _entries(found.point, found.resampled)
        said |= {"entries": entries, "tightness": found.tightness}
        if out is not None:
            provenance = _provenance(path, known, found, spent, seed)
            content = _content(entries, found, spent.members, provenance)
            write_parameters(Path(out) / parameters_name(day), content)
    if out is not None:
        write_atomic(Path(out) / "out_of_fold.csv", out_of_fold_text(training, held).encode())
        text = json.dumps(plain(said), indent=1, allow_nan=False) + "\n"
        write_atomic(Path(out) / "validation.json", text.encode())
    return said
