"""Each command as a Python call of the same name and words, for scripts and notebooks.

What a call needs is imported when it is made, so that ``check`` does not wait for Numba. In one file,
for it is mostly docstrings: what a call takes, gives and refuses.

Examples
--------
>>> from negotiation_sim import api
>>> [row["id"] for row in api.catalogue("venues")][:2]
['CD', 'COPUOS']
"""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from negotiation_sim.errors import CatalogueError, StoreError, UsageError
from negotiation_sim.faces.api.archive_calls import archive, cite, odd, plot
from negotiation_sim.faces.api.cast_calls import cast
from negotiation_sim.faces.api.history_calls import (
    backtest_cases,
    backtest_outcomes,
    calibrate,
    export_case,
    forecast,
    precedents,
)
from negotiation_sim.faces.api.ledger_calls import read_ledger, score_ledger, seal
from negotiation_sim.faces.api.study_calls import causes, compare, diff, levers, sensitivity
from negotiation_sim.faces.api.sweep_calls import status, sweep
from negotiation_sim.glance import glanced

if TYPE_CHECKING:
    from negotiation_sim.catalogue import Imported
    from negotiation_sim.catalogue.check_files import Checked
    from negotiation_sim.catalogue.migration import Migration
    from negotiation_sim.catalogue.schema import Setting
    from negotiation_sim.engine.given_plugins import Plugging
    from negotiation_sim.faces.page.static_site import StaticPage
    from negotiation_sim.faces.report.writing import Written
    from negotiation_sim.runs.in_memory import RunInMemory
    from negotiation_sim.runs.store import Run
    from negotiation_sim.words.fields import FieldWords
    from negotiation_sim.words.story import Story

__all__ = [
    "archive", "backtest_cases", "backtest_outcomes", "calibrate", "cast", "catalogue", "causes", "check",
    "cite", "compare", "diff", "export", "export_case", "forecast", "help", "import_study", "init", "levers",
    "migrate", "odd", "outcomes", "page", "plot", "precedents", "read_ledger", "report",
    "reproduce", "run", "score_ledger", "seal", "sensitivity", "serve", "status", "sweep",
    "trace",
]  # fmt: skip

PathOrName = str | PathLike[str]
Progress = Callable[[int, int | None], None]
RESULTS = "results"


def run(
    experiment: PathOrName,
    replicates: int | None = None,
    seed: int = 1,
    out: PathOrName = RESULTS,
    quick: bool = False,
    force: bool = False,
    *,
    engine: str = "ensemble",
    precision: float | None = None,
    max_replicates: int | None = None,
    precision_on: str = "success",
    beliefs: int | None = None,
    figures: bool = True,
    threads: int | None = None,
    strategies: Sequence[str] | None = None,
    overrides: Mapping[str, Any] | None = None,
    plugin: Plugging | None = None,
    keep: str = "replicates",
    workers: int | None = None,
    scheduler: str | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
    say: Callable[[str], None] | None = None,
) -> Run:
    """Run every strategy of an experiment in the same worlds and write a run folder.

    Parameters
    ----------
    experiment : str or path
        A name of the catalogue, a YAML file or a study folder.
    replicates : int, optional
        Of each strategy; default 2,000, or 100 with the Mesa engine.
    seed : int
        0 to 2**63 - 1. Same seed, same numbers.
    out : path
        The results root; the run goes to ``<out>/<experiment>/<run id>``.
    quick : bool
        100 replicates, no spread over beliefs.
    force : bool
        Compute a finished run anew.
    engine : {'ensemble', 'mesa'}
        The compiled loop or the reference model; both give the same numbers.
    precision : float, optional
        Add replicates until every 95 % interval is at most plus or minus this.
    max_replicates : int, optional
        With ``precision``: the most replicates of a strategy; default 100,000.
    precision_on : {'success', 'difference'}
        What is to be precise: each P(timely success), or its paired difference from the first.
    beliefs : int, optional
        Beliefs of the nested design behind ``p_positions_low`` and ``p_positions_high``; default
        100, none with ``quick`` or the Mesa engine.
    figures : bool
        Whether figures are drawn (a few seconds).
    threads : int, optional
        Workers; default all cores. No number depends on it.
    strategies : sequence of str, optional
        Only these of the experiment, in this order.
    overrides : mapping, optional
        Values by dotted path, such as ``{"actors.USA.verification_demand": 0.9}`` or
        ``{"venues.CD.decision": {"rule": "qualified_majority", "quota": [2, 3]}}``.
    keep : {'replicates', 'summary'}
        Whether every replicate is written, or the counts over them alone: then memory and disk do
        not grow with the replicates, of which there may be 10 billion.
    workers, scheduler, executor
        Where blocks of replicates are computed, as in :func:`sweep`. Default: threads of this
        process; local processes where the summary alone is kept. No number depends on it. What is
        finished of a run in blocks survives an interruption: the same call continues.
    plugin : path or class, optional
        A plug-in (docs/plugins.md): a Python file, or a subclass of the Mesa model or of a policy,
        which runs in this process alone. What cannot be compiled runs in the Mesa engine, with its
        defaults.
    progress : callable, optional
        Called with the worlds done and, where known, the worlds in all.
    say : callable, optional
        Called with why a plug-in runs in the Mesa engine.

    Returns
    -------
    Run
        ``folder``, ``summary`` (DataFrame), ``load()`` (the replicates), ``manifest``, ``log``,
        and ``fresh``: False if a finished run of the same id was found.

    Raises
    ------
    NegotiationSimError
        Bad input, or a folder that is foreign, damaged or cannot be written.
    """
    from negotiation_sim.catalogue import load_setting
    from negotiation_sim.engine import ensemble
    from negotiation_sim.engine.given_plugins import engine_for, with_plugin
    from negotiation_sim.runs import in_blocks, store
    from negotiation_sim.runs import one_run as runs
    from negotiation_sim.runs.request import request_of

    ensemble.check_request(1, seed, engine, threads)
    chosen = _chosen(overrides, strategies)
    setting = with_plugin(load_setting(_experiment(experiment), overrides=chosen), plugin)
    engine = engine_for(setting, engine, say)
    request = request_of(
        engine, seed, replicates, quick=quick, precision=precision, precision_on=precision_on,
        max_replicates=max_replicates, beliefs=beliefs, keep=keep,
    )  # fmt: skip
    begin = in_blocks.begin_of(
        request, setting, workers=workers, scheduler=scheduler, executor=executor, threads=threads
    )
    planned = runs.plan(setting, request, out)
    if not force and store.is_taken(planned.folder):
        return store.open_run(planned.folder)
    if begin is not None:
        finished = in_blocks.carry_out(
            planned, begin, engine=engine, replace=force, draw=figures, progress=progress
        )
    else:
        finished = runs.carry_out(
            planned, engine=engine, threads=threads, replace=force, draw=figures, progress=progress
        )
    return dataclasses.replace(finished, fresh=True)


def outcomes(
    experiment: PathOrName | Setting,
    replicates: int | None = None,
    seed: int = 1,
    *,
    precision: float | None = None,
    max_replicates: int | None = None,
    strategies: Sequence[str] | None = None,
    overrides: Mapping[str, Any] | None = None,
    threads: int | None = None,
    plugin: Plugging | None = None,
    progress: Progress | None = None,
) -> RunInMemory:
    """Run an experiment in memory; nothing is written, so a short run takes milliseconds.

    Parameters
    ----------
    experiment : str, path or Setting
        As in :func:`run`, or a setting, which is not read and checked again each time: that of
        :func:`negotiation_sim.catalogue.load_setting`.
    replicates, seed, precision, max_replicates, strategies, overrides, threads, plugin, progress
        As in :func:`run`; the same numbers.

    Returns
    -------
    RunInMemory
        ``summary`` and ``replicates`` (DataFrames), ``setting``.
    """
    from negotiation_sim.catalogue import apply_overrides, load_setting
    from negotiation_sim.catalogue.schema import Setting
    from negotiation_sim.engine.given_plugins import engine_for, with_plugin
    from negotiation_sim.runs.in_memory import computed
    from negotiation_sim.runs.request import request_of

    said = _chosen(overrides, strategies)
    if isinstance(experiment, Setting):
        setting = apply_overrides(experiment, said) if said else experiment
    else:
        setting = load_setting(_experiment(experiment), overrides=said)
    setting = with_plugin(setting, plugin)
    engine = engine_for(setting)
    request = request_of(
        engine, seed, replicates, quick=False, precision=precision, precision_on="success",
        max_replicates=max_replicates, beliefs=0,
    )  # fmt: skip
    return computed(setting, request, threads, progress)


def _chosen(
    overrides: Mapping[str, Any] | None, strategies: Sequence[str] | None
) -> dict[str, Any]:
    """Return overrides with the choice of strategies among them."""
    chosen = {} if strategies is None else {"strategies": list(strategies)}
    return {**(overrides or {}), **chosen}


def _experiment(experiment: PathOrName) -> str | Path:
    return experiment if isinstance(experiment, str) else Path(experiment)


def trace(
    experiment: PathOrName,
    strategy: str,
    replicate: int = 0,
    seed: int = 1,
    *,
    plot: PathOrName | None = None,
    html: PathOrName | None = None,
    overrides: Mapping[str, Any] | None = None,
    plugin: Plugging | None = None,
) -> Story:
    """Tell one replicate as a story, month by month.

    Parameters
    ----------
    experiment : str or path
    strategy : str
        Name of a strategy of the experiment, such as ``ppwt@CD``.
    replicate : int
        Its number, from 0; the same world as in ``run`` with the same seed.
    seed : int
    plot : path, optional
        Draw the issue space with ideal points, mandate box and the path of the text into this
        file (png, svg or pdf); a second track goes to the same name with ``-2``, and so on.
    html : path, optional
        Write a replay that plays from disk without a server: issue space, story, milestones and a
        slider over the months.
    overrides : mapping, optional
        Values by dotted path.
    plugin : path or class, optional
        As in :func:`run`.

    Returns
    -------
    Story
        ``str(story)`` is the text, ``story.events`` the records, ``story.to_json()`` both.
    """
    from negotiation_sim.analysis.figures import figure_files as figures
    from negotiation_sim.catalogue import load_setting
    from negotiation_sim.engine.ensemble import check_request
    from negotiation_sim.engine.given_plugins import new_model, with_plugin
    from negotiation_sim.engine.scenario import compile_setting
    from negotiation_sim.words.story import Story

    check_request(1, seed, "mesa", None)
    if not 0 <= replicate < 2**63:
        raise UsageError(f"replicate: {replicate} is not between 0 and 2**63 - 1")
    if plot is not None:
        figures.check_plot_file(Path(plot))
    if html is not None:
        from negotiation_sim.faces.report import replay
        from negotiation_sim.faces.report import writing as page

        page.html_file(html, "html")
    setting = with_plugin(load_setting(_experiment(experiment), overrides=overrides), plugin)
    scenario = compile_setting(setting)
    model = new_model(scenario, scenario.index_of_strategy(strategy), seed, replicate, record=True)
    points = {state.actor_id: list(state.value_of_ideal) for state in model.states}
    model.run()
    story = Story.of(model)
    if plot is not None:
        figures.draw_trace(story, scenario, points, Path(plot))
    if html is not None:
        replay.write(story, scenario, points, html)
    return story


def check(*paths: PathOrName) -> Checked:
    """Validate files or folders of a catalogue or study.

    Returns
    -------
    list of CatalogueError
        Everything that is wrong, each with file, line and field; empty if nothing is. Its
        ``notes`` are what is allowed and has no effect where it is said.
    """
    from negotiation_sim.catalogue import check_paths

    if not paths:
        raise UsageError("check: name at least one file or folder")
    found = check_paths([Path(path) for path in paths])
    if found.sweeps:
        from negotiation_sim.runs.sweep.reading import sweep_error

        found += [error for file in found.sweeps if (error := sweep_error(file))]
    return found


def help(field: str | None = None) -> list[FieldWords]:
    """Say what a field of the files is: type, unit, bounds, default, meaning, example.

    Parameters
    ----------
    field : str, optional
        A name, ``margin``, or a path that ends in one, ``venues.CD.decision.quota``; default: all.

    Returns
    -------
    list of FieldWords
        One for each file that has a field of this name.

    Raises
    ------
    UsageError
        For a field that no file has, with the nearest names.
    """
    from negotiation_sim.faces.api import help_calls

    return help_calls.help(field)


def catalogue(
    kind: str | None = None, name: str | None = None, *, study: PathOrName | None = None
) -> Any:
    """Return what is in the catalogue.

    Parameters
    ----------
    kind : {'actors', 'venues', 'initiatives', 'experiments'}, optional
        Default: how many there are of each.
    name : str, optional
        One record of that kind.
    study : path, optional
        A study's folder or file, whose own records stand before the catalogue's, or alone where it
        says ``self_contained: true``.

    Returns
    -------
    list of dict, or dict
        Rows of ``kind, number, names``; rows of ``id, name, about, file``; or one record with its
        ``fields`` (value, range, basis, source) and ``sources``.
    """
    from negotiation_sim.catalogue import KINDS, describe, list_catalogue

    own = None if study is None else Path(study)
    if kind is None:
        found = {each: [row["id"] for row in list_catalogue(each, study=own)] for each in KINDS}
        return [{"kind": k, "number": len(ids), "names": ids} for k, ids in found.items()]
    return list_catalogue(kind, study=own) if name is None else describe(kind, name, study=own)


def init(dir: PathOrName, template: str = "space") -> list[Path]:
    """Write a starter study to edit into a new or empty folder; return its files.

    Parameters
    ----------
    dir : path
    template : {'space', 'blank', 'tobacco'}
        The agenda of outer space, three actors of no field, or the talks on tobacco of 2000 to
        2003 with real states and sources.
    """
    from negotiation_sim.catalogue import init_study

    return init_study(Path(dir), template)


def import_study(
    file: PathOrName,
    out: PathOrName,
    form: str | None = None,
    venue: str | None = None,
    scales: Sequence[str] = (),
    year: int | None = None,
) -> Imported:
    """Write a study from a file of another tool, every figure with line, column and scale.

    Parameters
    ----------
    file : path
        A plain actor table, KTAB's or DECIDE's tables, a long table like DEU's, a table of expected
        utility, or a list of members.
    out : path
        A new or empty folder.
    form : {'actors', 'ktab', 'decide', 'long', 'expected-utility', 'members'}, optional
        Told from the file by default.
    venue : str, optional
        A venue of the catalogue; by default one by the file's rule, or talks by consensus.
    scales : sequence of str
        ``ISSUE=LOW:HIGH UNIT``; without an issue, of all; ``salience=0:10`` for saliences.
    year : int, optional
        Of a list of members: their figures are drafted from the world data, as by :func:`cast`.

    Returns
    -------
    Imported
        ``form``, ``files``, ``experiments``, ``actors``, ``issues`` and ``assumed``.

    Raises
    ------
    NegotiationSimError
        With file, line and column of what cannot be read or placed; nothing is then written.
    """
    from negotiation_sim import catalogue as files

    return files.import_study(Path(file), Path(out), form, venue, scales, year)


def export(
    run: PathOrName | Run,
    out: PathOrName | None = None,
    forms: Sequence[str] = ("csv",),
    *,
    root: PathOrName = RESULTS,
    plugin_to: PathOrName | None = None,
) -> list[Path]:
    """Write a run's tables for R and spreadsheets, or for a paper; return the files.

    CSV is UTF-8, a text that a spreadsheet would take for a formula behind an apostrophe, what is missing
    empty; ``columns.csv`` says what each column means, its kind and its scale.

    Parameters
    ----------
    run : path, str or Run
        A run folder, the first digits of an id, or an experiment (then its latest run), under
        ``root``.
    out : path, optional
        Default ``csv`` or ``tables`` in the run folder; files of the same names are replaced.
    forms : sequence of {'csv', 'latex', 'markdown'}
        CSV holds every row to the last bit; the others all tables but the replicates, with three
        digits (LaTeX for ``longtable`` and ``booktabs``).
    root : path
        The results root in which ids are looked up.
    plugin_to : path, optional
        A new file for the plug-in of the run, to be read; it alone is then written.

    Raises
    ------
    NegotiationSimError
        Where the run cannot be read or has no plug-in, or the folder or file not be written.
    """
    from negotiation_sim.faces.api import csv_tables, set_tables

    if plugin_to is not None:
        return [csv_tables.write_plugin(run, root, Path(plugin_to))]
    folder = None if out is None else Path(out)
    set_tables.check(forms)
    written = csv_tables.write(run, root, folder) if "csv" in forms else []
    return written + set_tables.write(run, root, folder, [each for each in forms if each != "csv"])


def migrate(study: PathOrName, out: PathOrName | None = None) -> Migration:
    """Rewrite a study written for version 0.1 in the terms of this version.

    An actor's ``reservation_value`` has no equivalent; a ``margin`` of 0.05 takes its place, and its
    note keeps the old number. Process parameters that are gone are left out. Run again, it changes
    nothing more.

    Parameters
    ----------
    study : path
        A study's folder, or an experiment's file.
    out : path, optional
        A new or empty folder for the study, which then stays as it is; default: in place.

    Returns
    -------
    Migration
        ``files`` (written), ``changed`` and ``undecided`` (what is left to you), with file and line.

    Raises
    ------
    NegotiationSimError
        Where a file cannot be read, or nothing could be written: then all is as it was.
    """
    from negotiation_sim.catalogue.migration import migrate_study

    return migrate_study(Path(study), None if out is None else Path(out))


@glanced
@dataclasses.dataclass(frozen=True)
class Reproduction:
    """What computing a run again has shown.

    Parameters
    ----------
    run : Run
        The run that was computed again.
    differences : list of str
        Tables, parts and entries of the manifest that differ; empty if all are the same.
    versions : mapping
        Versions that are not those of the run, as ``then -> now``.
    """

    run: Run
    differences: list[str]
    versions: dict[str, str]

    @property
    def same(self) -> bool:
        """Whether every table is the same, bit for bit, and the manifest but for versions."""
        return not self.differences


def reproduce(
    run: PathOrName | Run,
    out: PathOrName = RESULTS,
    *,
    threads: int | None = None,
    engine: str = "ensemble",
    plugin: Plugging | None = None,
    progress: Progress | None = None,
) -> Reproduction:
    """Compute the tables and the manifest of a finished run again and compare, bit for bit.

    Parameters
    ----------
    run : path, str or Run
        A run folder, the first digits of an id, or an experiment (then its latest run), under
        ``out``.
    out : path
        The results root in which ids are looked up; nothing is written there.
    threads, engine
        As in :func:`run`; the numbers do not depend on them.
    plugin : path or class, optional
        The plug-in that the run was computed with: nothing runs the text in a manifest.

    Raises
    ------
    NegotiationSimError
        Where the run cannot be read, or its plug-in is not given.
    """
    from negotiation_sim.engine import ensemble
    from negotiation_sim.engine.given_plugins import given_for
    from negotiation_sim.faces.api import sweep_calls as calls
    from negotiation_sim.runs import in_blocks, store
    from negotiation_sim.runs import one_run as runs
    from negotiation_sim.studies.finished_run import setting_of

    ensemble.check_request(1, 0, engine, threads)
    before = store.find_run(run, out)
    if before.manifest["kind"] not in ("run", "sweep"):
        raise StoreError(f"{before.folder}: a {before.manifest['kind']}, not a run or a sweep")
    if plugin is not None or "plugin" in before.manifest["inputs"]["setting"]:
        given_for(setting_of(before), plugin, before.named)
    with store.setting_errors(before), tempfile.TemporaryDirectory() as scratch:
        if before.manifest["kind"] == "sweep":
            again = calls.again(before.manifest, scratch, workers=threads, progress=progress)
        else:
            planned = runs.planned_again(before.manifest, scratch)
            begin = in_blocks.begin_of(planned.request, planned.setting, threads=threads)
            if begin is None:
                again = runs.carry_out(
                    planned, engine=engine, threads=threads, progress=progress, draw=False
                )
            else:
                again = in_blocks.carry_out(
                    planned, begin, engine=engine, progress=progress, draw=False
                )
        then, now = before.manifest["versions"], again.manifest["versions"]
        versions = {
            name: f"{then.get(name, 'none')} -> {now.get(name, 'none')}"
            for name in sorted({*then, *now})
            if then.get(name) != now.get(name)
        }
        return Reproduction(before, store.differences(before, again), versions)


def report(
    run: PathOrName | Run,
    out: PathOrName | None = None,
    *,
    strategies: Sequence[str] | None = None,
    root: PathOrName = RESULTS,
) -> Written:
    """Write the report of a finished run: one self-contained HTML file, and the same as Markdown.

    Parameters
    ----------
    run : path, str or Run
        A run folder, the first digits of an id, or an experiment (then its latest run), under
        ``root``.
    out : path, optional
        The HTML file; default ``report.html`` in the run folder.
    strategies : sequence of str, optional
        Only these.
    root : path
        The results root in which ids are looked up.

    Returns
    -------
    Written
        ``html``, ``markdown``, ``figures`` (paths), ``sentences`` (the answer), ``warnings``.

    Raises
    ------
    StoreError
        Where the run is unfinished, damaged or of an unknown form, or lacks a strategy.
    """
    from negotiation_sim.faces.report import writing as page

    return page.write(run, root, out, strategies)


def page(
    static: PathOrName,
    experiment: PathOrName = "bellagio",
    *,
    replicates: int = 500,
    levers: int = 3,
    progress: Progress | None = None,
) -> StaticPage:
    """Write the classroom page as a folder that needs no server (extra ``page``).

    Watch, Compare over a grid of the sliders that move most, and the lessons; it opens from disk, asks for
    nothing from anywhere and has at most 8 MB.

    Parameters
    ----------
    static : path
        The folder; made where it is not there.
    experiment : str or path
        A name of the catalogue, a YAML file or a study folder; the lessons go with ``bellagio``.
    replicates : int
        Worlds of every comparison; lessons have their own number.
    levers : int
        Sliders of the grid, 1 to 4.
    progress : callable, optional
        Called with the views made and those to make.

    Raises
    ------
    UsageError
        Where an argument is outside its range, the folder holds something else, or NiceGUI is not there.
    """
    try:
        from negotiation_sim.faces.page import static_site
    except ImportError as error:
        message = 'page: the page needs NiceGUI: pip install "negotiation-sim[page]"'
        raise UsageError(message) from error
    return static_site.write(
        Path(static), str(experiment), replicates=replicates, levers=levers, progress=progress
    )


def serve(
    experiment: PathOrName = "bellagio",
    port: int | None = None,
    browser: bool = True,
    *,
    host: str = "127.0.0.1",
    password: str = "",
    name: str = "",
    room: str | Path = "room.json",
) -> None:
    """Serve the classroom page until interrupted (extra ``page``).

    Parameters
    ----------
    experiment : str or path
        Shown first.
    port : int, optional
        Default: 8080, or the next one free.
    browser : bool
        Whether to open the page in the browser.
    host : str
        127.0.0.1 is this machine alone.
    password : str
        Asked of everybody but students who join a room by its code; made where others are let in.
    name : str
        Name under which a proxy serves the page.
    room : path
        The file in which a room of many devices is kept.
    """
    from negotiation_sim.faces import page as dashboard

    dashboard.serve(
        str(experiment), port, host=host, browser=browser, password=password, name=name, room=room
    )
