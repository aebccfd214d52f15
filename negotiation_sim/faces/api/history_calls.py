"""The calls of ``api`` that hold the model against history: back-tests, calibration, forecasters."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from negotiation_sim.glance import glanced

if TYPE_CHECKING:
    import pandas as pd

    from negotiation_sim.studies.history.calibration import Effort
    from negotiation_sim.studies.history.case_forecasts import CaseForecasts
    from negotiation_sim.studies.history.outside_view import OutsideView

PathOrName = str | PathLike[str]
Progress = Callable[[int, int | None], None]
Say = Callable[[str], None]
RESULTS = Path("results")


@glanced
@dataclass(frozen=True)
class Backtest:
    """A back-test: what was forecast and how it scored.

    Parameters
    ----------
    predictions : DataFrame
        As in ``predictions.csv``.
    scores : dict
        As in ``scores.json``.
    folder : Path
        Where both are, with the figures.
    """

    predictions: pd.DataFrame
    scores: dict[str, Any]
    folder: Path


def backtest_cases(
    file: PathOrName,
    out: PathOrName | None = None,
    *,
    train: PathOrName | None = None,
    replicates: int = 1000,
    seed: int = 1,
    figures: bool = True,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Backtest:
    """Forecast every historical case of a file and score what can be scored.

    Parameters
    ----------
    file : path
        A file with the columns of ``experiments/backtest/cases.csv``; only ``id`` is required.
    out : path, optional
        Folder for ``predictions.csv`` (``id, p_adopted_5y, p_adopted_10y, median_years,
        main_cause``), ``scores.json`` and figures; default ``results/backtest/<file's name>``.
    train : path, optional
        File on which the baselines are fitted; by default each row is forecast without the rows of
        its own mandate date.
    replicates : int
        Worlds a case; all cases meet the same.
    seed : int
    figures : bool
        Whether to draw calibration, cases and venue classes.
    threads : int, optional
        No number depends on it.
    progress : callable, optional
        Called with the cases done and in all.

    Returns
    -------
    Backtest
        Where all scored rows are training rows of the calibration the scores are in sample;
        ``scores["out_of_fold"]`` then holds those to quote.
    """
    from negotiation_sim.engine.ensemble import check_request
    from negotiation_sim.studies.history import case_forecasts as backtest
    from negotiation_sim.studies.history.cases import read_cases

    check_request(replicates, seed, "ensemble", threads)
    learnt = None if train is None else read_cases(train)[0]
    forecasts = backtest.forecast_cases(
        file, replicates=replicates, seed=seed, workers=threads, progress=progress
    )
    predictions = backtest.predictions_table(forecasts)
    scores = backtest.plain(backtest.case_scores(forecasts, learnt, seed))
    drawn = _case_figures(forecasts) if figures else {}
    folder = _write(out, file, predictions, scores, drawn)
    return Backtest(predictions, scores, folder)


def export_case(
    file: PathOrName, case: str, out: PathOrName, *, member: int | None = None
) -> list[Path]:
    """Write a historical case as a study that ``run`` runs: the scenario of the back-test.

    Parameters
    ----------
    file : path
        A file of cases, as for :func:`backtest_cases`.
    case : str
        An id of it.
    out : path
        A new or empty folder.
    member : int, optional
        Of the fits among which the back-test shares its worlds, counted from 1; by default the one
        fitted to all cases.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    NegotiationSimError
        Where the file has no such id, or the folder is not empty. Nothing is then written.
    """
    from negotiation_sim.studies.history.case_study import write_case

    return write_case(file, case, out, member)


def backtest_outcomes(
    file: PathOrName, out: PathOrName | None = None, *, seed: int = 0
) -> Backtest:
    """Forecast the text of every issue of a file and score it beside the baselines.

    Parameters
    ----------
    file : path
        Long format, a row per issue and actor: proposal, issue, procedure, council_rule, actor,
        position, salience, gdp, reference_point, outcome; positions from 0 to 100.
    out : path, optional
        Folder for ``predictions.csv`` (``issue, prediction, low, high``) and ``scores.json``;
        default ``results/backtest/<file's name>``.
    seed : int
        Of the bootstrap and the folds.

    Returns
    -------
    Backtest
    """
    from negotiation_sim.studies.history import text_forecasts as outcomes
    from negotiation_sim.studies.history.case_forecasts import plain

    judged = outcomes.judge(file)
    predictions = outcomes.predictions_table(judged)
    scores = plain(outcomes.outcome_scores(judged, seed))
    return Backtest(predictions, scores, _write(out, file, predictions, scores, {}))


def calibrate(
    file: PathOrName,
    out: PathOrName | None = None,
    *,
    seed: int = 1,
    effort: Effort | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
    say: Say | None = None,
) -> dict[str, Any]:
    """Fit the process parameters that the literature does not fix to historical cases.

    Parameters
    ----------
    file : path
        Training cases.
    out : path, optional
        Folder for ``parameters.yaml``, ``out_of_fold.csv`` and ``validation.json``; default
        ``results/calibration/<file's name>``. An interrupted calibration goes on there. Put the
        three into ``experiments/backtest`` of the catalogue, and back-tests use them, as does every
        experiment that says ``calibrated: true``.
    seed : int
        The same seed gives the same files.
    effort : Effort, optional
        Points of the design, worlds a case, bootstrap samples.
    threads : int, optional
        Processes; no number depends on it.
    progress : callable, optional
        Called with the points done and in all.
    say : callable, optional
        Called with what is being done.

    Returns
    -------
    dict
        ``entries``, ``tightness``, ``in_sample``, ``out_of_fold``, ``class_left_out``, ``folder``.
    """
    from negotiation_sim.engine.ensemble import check_request
    from negotiation_sim.studies.history import calibration

    check_request(1, seed, "ensemble", threads)
    folder = RESULTS / "calibration" / Path(file).stem if out is None else Path(out)
    found = calibration.calibrate(
        file, folder, effort=effort, seed=seed, workers=threads, progress=progress, say=say
    )
    return found | {"folder": folder}


def forecast(
    experiment: PathOrName,
    initiative: str | None = None,
    venue: str | None = None,
    *,
    reference: float | Mapping[str, float] | None = None,
    overrides: Mapping[str, Any] | None = None,
) -> pd.DataFrame:
    """Say what the baseline forecasters expect of a text: a second opinion, without a procedure.

    Parameters
    ----------
    experiment : str or path
    initiative : str, optional
        Default: every initiative of the experiment.
    venue : str, optional
        Only its members; default the whole cast.
    reference : float or mapping of str to float, optional
        Reference point, 0 to 1, on every issue or by issue; by default, and on issues that are not
        named, the status quo of the initiative or the experiment.
    overrides : mapping, optional
        Values by dotted path.

    Returns
    -------
    DataFrame
        ``initiative, issue, method, prediction, in_mandate``.
    """
    import pandas as pd

    from negotiation_sim.catalogue import load_setting
    from negotiation_sim.studies.history.forecast import forecast_setting

    named = experiment if isinstance(experiment, str) else Path(experiment)
    setting = load_setting(named, overrides=overrides)
    wanted = sorted(setting.initiatives) if initiative is None else [initiative]
    found = {name: forecast_setting(setting, name, venue, reference) for name in wanted}
    return pd.concat(found, names=["initiative"]).reset_index(level=0).reset_index(drop=True)


def _case_figures(forecasts: CaseForecasts) -> dict[str, bytes]:
    from negotiation_sim.analysis import figures as plots
    from negotiation_sim.analysis.figures.figure_files import encoded
    from negotiation_sim.studies.history import backtest_tables as tables

    scored = tables.calibration_table(forecasts)
    if not len(scored):
        return {}
    figures = {
        "calibration": plots.reliability(scored, title="Adoption within five years"),
        "cases": plots.forecasts_by_case(tables.by_case_table(forecasts)),
        "classes": plots.adoption_by_class(tables.adoption_table(forecasts)),
    }
    return {f"{n}.{form}": encoded(f, form) for n, f in figures.items() for form in ("png", "svg")}


def _write(
    out: PathOrName | None, file: PathOrName, predictions: pd.DataFrame, scores: dict[str, Any],
    figures: Mapping[str, bytes],
) -> Path:  # fmt: skip
    from negotiation_sim.runs.store.files import disk_errors, write_atomic

    folder = RESULTS / "backtest" / Path(file).stem if out is None else Path(out)
    files = {
        "predictions.csv": predictions.to_csv(index=False, lineterminator="\n").encode(),
        "scores.json": (json.dumps(scores, indent=1, allow_nan=False) + "\n").encode(),
        **figures,
    }
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        write_atomic(folder / name, content)
    return folder


def precedents(experiment: PathOrName, strategy: str | None = None) -> list[OutsideView]:
    """Say how mandates like an experiment's ended: nearest cases, base rate, a statistical forecast.

    Parameters
    ----------
    experiment : str or path
        A name of the catalogue, a YAML file or a study folder.
    strategy : str, optional
        Name of one of its strategies; default all.

    Returns
    -------
    list of OutsideView
        One for each track that negotiates a text, in order: ``name``, ``precedents`` (each with
        its ``case``, ``distance``, what is ``alike`` and what ``differs``, and whether it
        ``adopted`` a text within five years), ``rates`` and ``chances`` by horizon, and ``scope``.
        Nothing in it is later than the experiment's start.

    Raises
    ------
    NegotiationSimError
        Bad input.
    """
    from negotiation_sim.catalogue import load_setting
    from negotiation_sim.studies.history import outside_view

    name = experiment if isinstance(experiment, str) else Path(experiment)
    return [view for _, view in outside_view.of_experiment(load_setting(name), strategy)]
