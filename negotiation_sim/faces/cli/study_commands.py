"""The commands ``compare``, ``diff``, ``causes``, ``sensitivity`` and ``levers``: arguments only."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from negotiation_sim.faces.cli.console import (
    Plugin,
    RunName,
    Set,
    examples,
    guarded,
    progress_bar,
    show_table,
    tell_of_compiling,
    which_run,
)

Experiment = Annotated[
    str, typer.Argument(help="A name of the catalogue, a YAML file, a study folder or a run.")
]
Out = Annotated[Path, typer.Option(help="The results root.")]
Seed = Annotated[int, typer.Option(help="0 to 2**63 - 1; same seed, same numbers.")]
Threads = Annotated[int | None, typer.Option(help="Workers; default all cores.")]
RESULTS = Path("results")


def register(app: typer.Typer) -> None:
    """Add the commands to an app."""
    app.command(
        short_help="Which strategy is better, by how much, surely or not?",
        epilog=examples(
            "compare bellagio",
            "compare 0123456789ab --strategies code@COPUOS code@adhoc-optin",
            "compare bellagio --vary 'venues.COPUOS.decision={rule: simple_majority}'",
        ),
    )(compare)
    app.command(
        short_help="What changed between two runs, and what that did.",
        epilog=examples("diff 0123456789ab 89abcdef0123"),
    )(diff)
    app.command(
        short_help="Why strategies fail, who blocks, who would have to give way.",
        epilog=examples("causes bellagio", "causes bellagio --strategies code@COPUOS"),
    )(causes)
    app.command(
        short_help="What the result hangs on, among all that is assumed.",
        epilog=examples(
            "sensitivity bellagio --strategy code@COPUOS",
            "sensitivity bellagio --strategy code@COPUOS --method sobol --only 'environment.*'",
        ),
    )(sensitivity)
    app.command(
        short_help="The least that would have to change.",
        epilog=examples(
            "levers bellagio --strategy code@COPUOS --target 0.5",
            "levers bellagio --strategy code@COPUOS --target 0.5 --cost 'actors.*=3' "
            "--without 'venues.*.rule'",
        ),
    )(levers)


@guarded
def compare(
    run: RunName,
    strategies: Annotated[list[str] | None, typer.Option(help="At least two; default all.")] = None,
    level: Annotated[float, typer.Option(help="Of the intervals.")] = 0.95,
    vary: Annotated[
        list[str] | None,
        typer.Option(help="PATH=VALUES: each strategy against itself under these, as of sweep."),
    ] = None,
    threads: Threads = None,
    out: Out = RESULTS,
) -> None:
    """Compare the strategies of a run on the same worlds; claims are corrected for all pairs.

    P and its differences, P by year, quantiles of time, participation and text side by side,
    stochastic dominance, and who is ahead in everything. Of many pairs the last three show those
    of the best of each goal; the files have all.
    """
    from negotiation_sim.faces import api
    from negotiation_sim.faces.cli import study_tables

    with progress_bar("worlds") as progress:
        found = api.compare(
            run, strategies, out, level=level, vary=vary or (), threads=threads, progress=progress
        )
    which_run(run, found.run)
    tables = (
        study_tables.best_table(found), study_tables.pair_table(found),
        study_tables.by_year_table(found), study_tables.quantile_table(found),
        study_tables.dominance_table(found), study_tables.joint_table(found),
    )  # fmt: skip
    for table in tables:
        if table[1]:
            show_table(*table)
    _say(found.sentences())
    _written(found)


@guarded
def diff(
    before: RunName,
    after: Annotated[str, typer.Argument(help="Another run.")],
    level: Annotated[float, typer.Option(help="Of the intervals.")] = 0.95,
    out: Out = RESULTS,
) -> None:
    """Say what changed in the inputs of two runs, and what that did on the same worlds."""
    from negotiation_sim.faces import api
    from negotiation_sim.faces.cli import study_tables

    found = api.diff(before, after, out, level=level)
    for table in (study_tables.input_table(found), study_tables.answer_table(found)):
        if table[1]:
            show_table(*table)
    _say(found.sentences())


@guarded
def causes(
    run: RunName,
    strategies: Annotated[list[str] | None, typer.Option(help="Default: all.")] = None,
    replicates: Annotated[int, typer.Option(help="Worlds on which actors give way.")] = 500,
    threads: Threads = None,
    out: Out = RESULTS,
    plugin: Plugin = None,
) -> None:
    """Say why strategies fail, who blocks, and how much likelier success were had one given way."""
    from negotiation_sim.faces import api
    from negotiation_sim.faces.cli import study_tables

    tell_of_compiling("ensemble")
    with progress_bar("giving way") as progress:
        found = api.causes(
            run,
            strategies,
            out,
            replicates=replicates,
            threads=threads,
            plugin=plugin,
            progress=progress,
        )
    which_run(run, found.run)
    for name in found.strategies:
        _say(found.sentences(name))
        table = study_tables.weight_table(found, name)
        if table[1]:
            show_table(*table)
    _written(found)


@guarded
def sensitivity(
    experiment: Experiment,
    strategy: Annotated[str | None, typer.Option(help="Default: the likeliest of the run.")] = None,
    method: Annotated[
        str, typer.Option(help="morris (screens all figures) or sobol (indices of ten).")
    ] = "morris",
    size: Annotated[
        int | None, typer.Option(help="Trajectories (default 10) or base samples (default 128).")
    ] = None,
    replicates: Annotated[
        int | None, typer.Option(help="Worlds at every point; default 100, sobol 200.")
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option(help="Pattern of paths, such as 'environment.*'.")
    ] = None,
    vary: Annotated[
        list[str] | None,
        typer.Option(
            help="PATH=VALUES that vary besides, as of sweep: a rule, members, a range 0:1."
        ),
    ] = None,
    set_: Set = None,
    seed: Seed = 1,
    threads: Threads = None,
    out: Out = RESULTS,
    plugin: Plugin = None,
) -> None:
    """Say what P of a strategy hangs on: indices with intervals over all that is assumed or ranged.

    A figure with a range varies over it; an assumed one without varies by half to either side.
    The cost is stated first; an interrupt leaves nothing half-written.
    """
    from negotiation_sim.catalogue import parse_set
    from negotiation_sim.faces import api
    from negotiation_sim.faces.cli import study_tables

    tell_of_compiling("ensemble")
    with progress_bar("points") as progress:
        found = api.sensitivity(
            experiment, strategy, method, out, size=size, replicates=replicates, seed=seed,
            only=only or (), vary=vary or (), overrides=parse_set(set_ or ()), threads=threads,
            plugin=plugin, say=_announce, progress=progress,
        )  # fmt: skip
    show_table(*study_tables.sensitivity_table(found))
    if len(found.boxes):
        show_table(*study_tables.box_table(found))
    _say(found.sentences())
    _written(found)


@guarded
def levers(
    experiment: Experiment,
    strategy: Annotated[str, typer.Option(help="Its name; put quotes around one with a '>'.")],
    target: Annotated[float, typer.Option(help="Wanted P(timely success), above 0, at most 1.")],
    actors: Annotated[
        list[str] | None,
        typer.Option(help="Whose positions may move; default: the six that block most."),
    ] = None,
    terms: Annotated[
        Path | None, typer.Option(help="YAML file with 'cost', 'reach' and 'without'.")
    ] = None,
    cost: Annotated[
        list[str] | None, typer.Option(help="LEVER=NUMBER, of its whole reach; default 1.")
    ] = None,
    reach: Annotated[
        list[str] | None, typer.Option(help="LEVER=NUMBER, how far it may go.")
    ] = None,
    without: Annotated[
        list[str] | None, typer.Option(help="LEVER that is not to be pulled.")
    ] = None,
    vary: Annotated[
        list[str] | None,
        typer.Option(
            help="PATH=VALUES: a lever of your own, its steps in this order, as of sweep."
        ),
    ] = None,
    set_: Set = None,
    replicates: Annotated[int, typer.Option(help="Worlds of the search.")] = 500,
    fresh: Annotated[int, typer.Option(help="Fresh worlds that judge what was found.")] = 2000,
    seed: Seed = 1,
    threads: Threads = None,
    out: Out = RESULTS,
    plugin: Plugin = None,
) -> None:
    """Find the smallest changes, alone and by twos, that bring a strategy to a wanted P.

    Searched on common worlds, judged on fresh ones. LEVER is an id such as venues.CD.rule or a
    pattern such as 'actors.*.margin'.
    """
    from negotiation_sim.catalogue import parse_set
    from negotiation_sim.faces import api
    from negotiation_sim.faces.cli import study_tables
    from negotiation_sim.studies.lever_terms import Terms, read_terms, with_flags

    tell_of_compiling("ensemble")
    base = read_terms(terms) if terms is not None else Terms()
    said = with_flags(base, cost or (), reach or (), without or ())
    with progress_bar("looks") as progress:
        found = api.levers(
            experiment, strategy, target, out, replicates=replicates, fresh=fresh, seed=seed,
            actors=actors or (), terms=said, vary=vary or (), overrides=parse_set(set_ or ()),
            threads=threads, plugin=plugin, say=_announce, progress=progress,
        )  # fmt: skip
    table = study_tables.lever_table(found)
    if table[1]:
        show_table(*table)
    _say(found.sentences())
    _written(found)


def _announce(words: str) -> None:
    typer.echo(words, err=True)


def _say(lines: list[str]) -> None:
    for line in lines:
        typer.echo(line)


def _written(found: Any) -> None:
    if found.files:
        typer.echo(f"Written: {found.files[-1]}")
