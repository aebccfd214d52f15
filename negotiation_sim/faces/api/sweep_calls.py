"""The calls behind the commands ``sweep`` and ``status``; what they need is imported late."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from negotiation_sim.errors import UsageError

if TYPE_CHECKING:
    from negotiation_sim.engine.given_plugins import Plugging
    from negotiation_sim.runs.store import Run
    from negotiation_sim.runs.sweep.estimate import Estimate
    from negotiation_sim.runs.sweep.plan import PlannedSweep
    from negotiation_sim.runs.sweep.status import Status

PathOrName = str | PathLike[str]
Vary = Mapping[str, Any] | Sequence[str]


def sweep(
    experiment: PathOrName,
    vary: Vary | None = None,
    seed: int = 1,
    out: PathOrName = "results",
    *,
    resume: bool = False,
    retry_failed: bool = False,
    force: bool = False,
    workers: int | None = None,
    scheduler: str | None = None,
    executor: Executor | None = None,
    overrides: Mapping[str, Any] | None = None,
    plugin: Plugging | None = None,
    progress: Callable[[int, int | None], None] | None = None,
    notice: Callable[[str], None] | None = None,
    say: Callable[[str], None] | None = None,
    **design: Any,
) -> Run:
    """Run an experiment at every point of a design, in the same worlds, and write a run folder.

    Parameters
    ----------
    experiment : str or path
        A name of the catalogue, a YAML file or a study folder; its ``sweep:`` says what varies,
        unless ``vary`` or ``points`` does.
    vary : mapping, or sequence of 'PATH=VALUES'
        By dotted path: a list of values, or ``{"from": 0, "to": 1, "steps": 11}``.
    seed : int
        Of the worlds.
    out : path
        The results root; the sweep goes to ``<out>/<experiment>/<id>``.
    resume : bool
        Continue an unfinished sweep, or mend a damaged one; begins where there is none.
    retry_failed : bool
        Compute the points that failed again, and only those.
    force : bool
        Start anew.
    workers : int, optional
        Local processes, default all cores; 1 computes in this process.
    scheduler : str, optional
        Dask (extra ``cluster``): ``tcp://host:port``, a scheduler file, or ``local``.
    executor : concurrent.futures.Executor, optional
        Any other; ``workers`` then says how many tasks it computes at once.
    overrides : mapping, optional
        Values by dotted path that hold at every point.
    plugin : path or class, optional
        A plug-in (docs/plugins.md); of a run, the one that it was computed with.
    progress : callable, optional
        Called with the points done and the points in all.
    notice : callable, optional
        Called with a message for each file that was damaged or foreign.
    say : callable, optional
        Called with what was assumed of a table of points.
    **design
        As in ``sweep:``: ``design``, ``points``, ``size``, ``design_seed``, ``levels``,
        ``replicates``, ``precision``, ``max_replicates``, ``keep_replicates``.

    Returns
    -------
    Run
        ``load()`` gives one row per point and strategy; ``manifest["counts"]["failed"]`` the
        number of points that failed; ``fresh`` whether anything was computed.

    Raises
    ------
    NegotiationSimError
        Bad input before anything runs; a folder that is foreign, unfinished (without ``resume``)
        or cannot be written.
    """
    study = read(experiment, vary, seed, out, overrides, design, plugin)
    for line in assumed_of(design):
        if say is not None:
            say(line)
    run, fresh = run_study(
        study, workers=workers, scheduler=scheduler, executor=executor, resume=resume,
        retry_failed=retry_failed, force=force, progress=progress, notice=notice,
    )  # fmt: skip
    return dataclasses.replace(run, fresh=fresh)


def draw(run: Run) -> list[Path]:
    """Draw a finished sweep over one or two figures into its folder ``figures``; return the files.

    ``lines.png`` where one figure varies, a map for each strategy in ``maps.png`` where two do, both with
    95 % intervals.

    Parameters
    ----------
    run : Run
        Of :func:`sweep`.

    Raises
    ------
    UsageError
        Where another number of figures varies, or no strategy ever succeeds.
    StoreError
        Where a file cannot be written.
    """
    from negotiation_sim.analysis.figures.figure_files import encoded
    from negotiation_sim.analysis.figures.sweep_files import sweep_figures
    from negotiation_sim.runs.store.files import disk_errors, write_atomic
    from negotiation_sim.studies.finished_run import setting_of
    from negotiation_sim.words.strategies import labels_of

    folder, files = run.folder / "figures", []
    for name, figure in sweep_figures(run.load(), labels_of(setting_of(run), 44)):
        with disk_errors(folder):
            folder.mkdir(exist_ok=True)
        write_atomic(folder / name, encoded(figure))
        files.append(folder / name)
    return files


def assumed_of(design: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what was assumed of the table of points that a call names, in words."""
    from negotiation_sim.runs.sweep.design.spec import read_points

    points = design.get("points")
    return read_points(Path(points))[1] if isinstance(points, str) else ()


def dry_run(
    experiment: PathOrName,
    vary: Vary | None = None,
    seed: int = 1,
    out: PathOrName = "results",
    *,
    workers: int | None = None,
    overrides: Mapping[str, Any] | None = None,
    plugin: Plugging | None = None,
    **design: Any,
) -> Estimate:
    """Return what a sweep would take: points, replicates, time measured on a few, disk.

    Parameters
    ----------
    experiment, vary, seed, out, workers, overrides, plugin, design
        As in :func:`sweep`; nothing is written.
    """
    from negotiation_sim.runs.sweep.estimate import estimate

    return estimate(read(experiment, vary, seed, out, overrides, design, plugin), workers)


def again(
    manifest: Mapping[str, Any],
    out: PathOrName,
    *,
    workers: int | None = None,
    progress: Callable[[int, int | None], None] | None = None,
) -> Run:
    """Return the sweep of a manifest, computed again into another results root."""
    from negotiation_sim.runs.sweep.plan import planned_again

    return run_study(planned_again(manifest, out), workers=workers, progress=progress)[0]


def status(run: PathOrName, out: PathOrName = "results") -> Status:
    """Return how far a sweep is, while it runs or after it stopped.

    Parameters
    ----------
    run : path or str
        Its folder, ``<experiment>/<id>`` or the first digits of its id under ``out``.
    out : path
    """
    from negotiation_sim.runs.sweep import status as reading

    return reading.status(run, out)


def statuses(out: PathOrName = "results") -> list[Status]:
    """Return how far every sweep under a results root is, unfinished ones first."""
    from negotiation_sim.runs.sweep import status as reading

    return reading.statuses(out)


def read(
    experiment: PathOrName, vary: Vary | None, seed: int, out: PathOrName,
    overrides: Mapping[str, Any] | None, design: Mapping[str, Any],
    plugin: Plugging | None = None,
) -> PlannedSweep:  # fmt: skip
    """Return the study that the words of a call describe."""
    from negotiation_sim.runs.sweep.design.spec import SPEC_KEYS
    from negotiation_sim.runs.sweep.reading import REQUEST_KEYS, read_study

    keys = set(REQUEST_KEYS) | set(SPEC_KEYS)
    unknown = [key for key in design if key not in keys]
    if unknown:
        raise UsageError(f"sweep: no such word, '{unknown[0]}'; allowed: {', '.join(sorted(keys))}")
    name = experiment if isinstance(experiment, str) else Path(experiment)
    return read_study(
        name, vary=vary, changes=design, seed=seed, out=out, overrides=overrides, plugin=plugin
    )


def run_study(
    study: PlannedSweep,
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    executor: Executor | None = None,
    **options: Any,
) -> tuple[Run, bool]:
    """Carry a study out; return the finished run and whether anything was computed.

    Parameters
    ----------
    study : PlannedSweep
    workers, scheduler, executor
        As in :func:`sweep`.
    **options
        See :func:`negotiation_sim.runs.sweep.running.run_sweep`.
    """
    from negotiation_sim.runs.sweep.blocks import assignment_of
    from negotiation_sim.runs.sweep.running import run_sweep
    from negotiation_sim.runs.sweep.workers import workers_for

    assignment = assignment_of(study)
    if study.setting.plugin is not None and assignment.plugin is None:  # a class of this process
        if scheduler is not None or executor is not None or (workers or 1) > 1:
            raise UsageError("plugin: a class cannot travel to workers; write it into a file")
        workers = 1
    begin = workers_for(assignment.packed(), workers, scheduler, executor)
    return run_sweep(study, begin, **options)
