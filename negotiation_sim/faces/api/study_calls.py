"""The calls of ``api`` that ask a study: compare, diff, causes, sensitivity, levers.

A study that runs worlds again belongs to runs: its results go into the ``studies/`` folder of every
finished run of the very same setting, where the report finds them. Where there is none, the plain
run of the experiment is made first.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from negotiation_sim.studies import study_files

if TYPE_CHECKING:
    from negotiation_sim.engine.given_plugins import Plugging
    from negotiation_sim.runs.store import Run
    from negotiation_sim.studies.blocking import Causes
    from negotiation_sim.studies.changes import Difference
    from negotiation_sim.studies.comparison_study import Comparison
    from negotiation_sim.studies.lever_findings import Levers
    from negotiation_sim.studies.lever_terms import Terms
    from negotiation_sim.studies.sensitivity_study import Sensitivity

PathOrName = str | PathLike[str]
Progress = Callable[[int, int | None], None]
Vary = Mapping[str, Any] | Sequence[str]
Say = Callable[[str], None]
RESULTS = "results"


def compare(
    run: PathOrName | Run,
    strategies: Sequence[str] | None = None,
    out: PathOrName = RESULTS,
    *,
    level: float = 0.95,
    vary: Vary = (),
    threads: int | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Compare the strategies of a finished run on the same worlds.

    Parameters
    ----------
    run : path, str or Run
        A run folder, the first digits of an id, or an experiment (then its latest run).
    strategies : sequence of str, optional
        At least two; default: all of the run, paired where their goals are alike.
    out : path
        The results root in which runs are looked up.
    level : float
        Of the intervals; claims are corrected for the number of pairs.
    vary : mapping, or sequence of 'PATH=VALUES'
        Compare each strategy with itself under other values, as of a sweep: rules, members, dates.
        These are run in memory, in the run's worlds.

    Returns
    -------
    Comparison
        ``pairs``, ``best``, ``goals``, ``by_year``, ``quantiles``, ``quantile_differences``,
        ``dominance``, ``joint`` and ``sentences()``; written into the run's ``studies/``, unless
        its folder cannot be written to.
    """
    from negotiation_sim.errors import StoreError
    from negotiation_sim.studies import comparison_study as comparing

    if vary:
        found = comparing.compare_variants(
            run, vary, strategies, out, level=level, threads=threads, progress=progress
        )
    else:
        found = comparing.compare(run, strategies, out, level=level)
    named = "all" if strategies is None and not vary else " ".join(found.goals)
    try:
        found.files = study_files.write(
            [found.run], "compare", named, found.content(), tables=found.side.tables()
        )
    except StoreError as error:
        found.notes.append(f"Not written down: {error}")
    return found


def diff(
    before: PathOrName | Run, after: PathOrName | Run, out: PathOrName = RESULTS, *,
    level: float = 0.95,
) -> Difference:  # fmt: skip
    """Say what changed in the inputs of two runs, and what that did on the same worlds.

    Returns
    -------
    Difference
        ``inputs``, ``answers``, ``paired`` and ``sentences()``.
    """
    from negotiation_sim.studies import changes

    return changes.diff(before, after, out, level=level)


def causes(
    run: PathOrName | Run,
    strategies: Sequence[str] | None = None,
    out: PathOrName = RESULTS,
    *,
    replicates: int = 500,
    threads: int | None = None,
    plugin: Plugging | None = None,
    progress: Progress | None = None,
) -> Causes:
    """Say why strategies of a run fail, who blocks, and what each giving way would change.

    Parameters
    ----------
    run : path, str or Run
        As in :func:`compare`.
    strategies : sequence of str, optional
        Default: all that can succeed.
    replicates : int
        Worlds on which actors give way; the first of the run's own.
    plugin : path or class, optional
        A plug-in (docs/plugins.md); of a run, the one that it was computed with.

    Returns
    -------
    Causes
        ``shares``, ``blockers``, ``pairs``, ``weights``, ``weights_of_two``, ``sentences()``;
        written into the run's ``studies/``.
    """
    from negotiation_sim.engine.ensemble import check_request
    from negotiation_sim.studies import blocking

    check_request(replicates, 0, "ensemble", threads)
    found = blocking.why(
        study_files.plugged_run(run, out, plugin),
        strategies,
        out,
        worlds=replicates,
        threads=threads,
        progress=progress,
    )
    for name in found.strategies:
        found.files += study_files.write([found.run], "causes", name, found.content(name))
    return found


def sensitivity(
    experiment: PathOrName | Run,
    strategy: str | None = None,
    method: str = "morris",
    out: PathOrName = RESULTS,
    *,
    size: int | None = None,
    replicates: int | None = None,
    seed: int = 1,
    only: Sequence[str] = (),
    vary: Vary = (),
    overrides: Mapping[str, Any] | None = None,
    threads: int | None = None,
    plugin: Plugging | None = None,
    say: Say | None = None,
    progress: Progress | None = None,
) -> Sensitivity:
    """Say what P(timely success) of a strategy hangs on, among all that is assumed or ranged.

    Parameters
    ----------
    experiment : str, path or Run
        As in :func:`negotiation_sim.faces.api.run`, or a run or its folder.
    strategy : str, optional
        Default: the likeliest of the run.
    method : {'morris', 'sobol'}
        Screening of all figures, or indices of the ten that a screening finds to matter.
    out : path
        The results root.
    size : int, optional
        Trajectories of Morris (default 10), base samples of Sobol' (default 128).
    replicates : int, optional
        Worlds at every point, the same at all; default 100 (Sobol' 200).
    seed : int
    only : sequence of str
        Patterns of paths, such as ``environment.*``.
    plugin : path or class, optional
        A plug-in (docs/plugins.md); of a run, the one that it was computed with.
    vary : mapping, or sequence of 'PATH=VALUES'
        What varies besides, whatever it rests on: a rule, members, a date, or a range of numbers.
    overrides : mapping, optional
        Values by dotted path that hold throughout.
    say : callable, optional
        Called with the cost in words before anything long starts.

    Returns
    -------
    Sensitivity
        ``table``, ``boxes``, ``points``, ``screening``, ``sentences()``.
    """
    from negotiation_sim.catalogue import environment_table
    from negotiation_sim.studies import sensitivity_study

    scenario, runs = study_files.subject(experiment, out, seed, threads, say, plugin, overrides)
    name = strategy or study_files.likeliest(runs[0])
    study = sensitivity_study.plan(
        scenario, name, environment_table(), method, size=size, worlds=replicates, seed=seed,
        only=only, vary=vary,
    )  # fmt: skip
    study.measure(threads)
    study_files.tell(say, study.words())
    began = time.time()
    found = study.compute(threads, progress)
    found.seconds = time.time() - began
    content = found.content() | {
        "size": study.size, "seed": seed, "only": list(only),
        "command": study_files.command(
            "sensitivity", scenario, name, method=method, vary=vary, set=overrides or {}
        ),
    }  # fmt: skip
    figures = study_files.drawn(
        lambda plots: plots.sensitivity_bars(found.table, title=f"What {name} hangs on")
    )
    found.files = study_files.write(
        runs, "sensitivity", name, content, tables={"points": found.points}, figures=figures,
        variant=method,
    )  # fmt: skip
    return found


def levers(
    experiment: PathOrName | Run,
    strategy: str,
    target: float,
    out: PathOrName = RESULTS,
    *,
    replicates: int = 500,
    fresh: int = 2000,
    seed: int = 1,
    actors: Sequence[str] = (),
    terms: Terms | PathOrName | None = None,
    vary: Vary = (),
    overrides: Mapping[str, Any] | None = None,
    threads: int | None = None,
    plugin: Plugging | None = None,
    say: Say | None = None,
    progress: Progress | None = None,
) -> Levers:
    """Find the least that would have to change for a strategy to reach a wanted probability.

    Parameters
    ----------
    experiment : str, path or Run
        As in :func:`sensitivity`.
    strategy : str
    target : float
        Wanted P(timely success), above 0 and at most 1.
    replicates, fresh : int
        Worlds of the search, and fresh ones on which what it found is judged.
    actors : sequence of str
        Whose positions may move; default: the six that block most.
    terms : Terms or path, optional
        Costs and reaches, or a YAML file of them.
    plugin : path or class, optional
        A plug-in (docs/plugins.md); of a run, the one that it was computed with.
    vary : mapping, or sequence of 'PATH=VALUES'
        Levers of your own: whatever has a path, with its values in the order of their steps.
    overrides : mapping, optional
        Values by dotted path that hold throughout.

    Returns
    -------
    Levers
        ``table``, ``alone``, ``farthest``, ``sentences()``.
    """
    from negotiation_sim.studies.lever_terms import Terms, read_terms
    from negotiation_sim.studies.levers import Search, check_target

    check_target(target)
    if terms is not None and not isinstance(terms, Terms):
        terms = read_terms(Path(terms))
    search = Search(
        study_files.compiled(experiment, out, plugin, overrides), strategy, target,
        worlds=replicates, fresh=fresh, seed=seed, actors=actors, terms=terms, vary=vary,
    )  # fmt: skip
    scenario, runs = study_files.subject(experiment, out, seed, threads, say, plugin, overrides)
    study_files.tell(say, search.words())
    began = time.time()
    found = search.run(threads, progress)
    found.seconds = time.time() - began
    content = found.content() | {
        "replicates": replicates, "fresh": fresh, "seed": seed,
        "terms": search.terms.inputs(),
        "command": study_files.command(
            "levers", scenario, strategy, target=target, vary=vary, set=overrides or {}
        ),
    }  # fmt: skip
    found.files = study_files.write(runs, "levers", strategy, content)
    return found
