"""The commands ``sweep`` and ``status``: arguments only, as in :mod:`negotiation_sim.faces.cli.main`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from negotiation_sim.faces.cli.console import (
    STOPPED,
    Plugin,
    Set,
    examples,
    fail,
    guarded,
    point_progress,
    show_table,
    tell_of_compiling,
)

SOME_FAILED = 1


def register(app: typer.Typer) -> None:
    """Add the commands to an app."""
    app.command(
        short_help="A parameter study: many points, the same worlds.",
        epilog=examples(
            "sweep venue-tradeoffs --dry-run",
            "sweep bellagio --vary venues.CD.leadership=1,2,4,8 --vary environment.breadth=0:2:5",
            "sweep bellagio --vary 'venues.CD.decision={rule: consensus},{rule: simple_majority}'",
            "sweep bellagio --vary venues.CD.leadership=1,2,4,8 --figures",
            "sweep my-study --resume --scheduler tcp://10.0.0.1:8786",
        ),
    )(sweep)
    app.command(short_help="How far a sweep is.", epilog=examples("status", "status 0123456789ab"))(
        status
    )


@guarded
def sweep(  # long: an option of the command takes two lines
    experiment: Annotated[
        str, typer.Argument(help="A name of the catalogue, a YAML file or a study folder.")
    ],
    vary: Annotated[
        list[str] | None,
        typer.Option(
            help="PATH=VALUES: 1,2,4 or 0:1:11 (even steps) or 0:1 (a range to sample) or "
            "[A, B],[A] (lists and mappings as YAML)."
        ),
    ] = None,
    design: Annotated[
        str | None,
        typer.Option(help="grid, points, latin-hypercube, sobol, morris or one-at-a-time."),
    ] = None,
    points: Annotated[
        Path | None, typer.Option(help="CSV file of points: a head of paths, a point a line.")
    ] = None,
    size: Annotated[
        int | None, typer.Option(help="Points of a hypercube, base samples, trajectories.")
    ] = None,
    design_seed: Annotated[int | None, typer.Option(help="Of a sampled design.")] = None,
    replicates: Annotated[
        int | None, typer.Option(help="Of each strategy at each point; default 200.")
    ] = None,
    precision: Annotated[
        float | None, typer.Option(help="Per point: add replicates until within +/- this.")
    ] = None,
    max_replicates: Annotated[
        int | None, typer.Option(help="With --precision: at most so many; default 20000.")
    ] = None,
    keep_replicates: Annotated[
        bool | None, typer.Option("--keep-replicates", help="Write every replicate too.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the worlds, the same at every point.")] = 1,
    out: Annotated[Path, typer.Option(help="The results root.")] = Path("results"),
    workers: Annotated[
        int | None, typer.Option(help="Processes, default all cores; 1: in this process.")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(help="Dask: tcp://host:port, a scheduler file, or local.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say how many points, how long, how much disk.")
    ] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="Continue what was interrupted; mend what is damaged.")
    ] = False,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Compute only the points that failed again.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Start anew.")] = False,
    strategies: Annotated[list[str] | None, typer.Option(help="Only these.")] = None,
    set_: Set = None,
    figures: Annotated[
        bool, typer.Option("--figures", help="Draw P with its intervals, over one or two figures.")
    ] = False,
    plugin: Plugin = None,
) -> None:
    """Run an experiment at every point of a design, in the same worlds at each.

    Exit code 1: finished, but some points failed; the last line says how to retry them.
    """
    from negotiation_sim.catalogue import parse_set
    from negotiation_sim.faces.api import sweep_calls as calls
    from negotiation_sim.faces.cli.run_tables import estimate_lines, sweep_lines

    words: dict[str, Any] = {
        "design": design, "points": None if points is None else str(points), "size": size,
        "design_seed": design_seed, "replicates": replicates, "precision": precision,
        "max_replicates": max_replicates, "keep_replicates": keep_replicates,
    }  # fmt: skip
    overrides = parse_set(set_ or ()) | ({"strategies": strategies} if strategies else {})
    tell_of_compiling("ensemble")
    if dry_run:
        found = calls.dry_run(
            experiment,
            vary,
            seed,
            out,
            workers=workers,
            overrides=overrides,
            plugin=plugin,
            **words,
        )
        for line in calls.assumed_of(words):
            _say(line)
        for line in estimate_lines(found):
            typer.echo(line)
        return
    try:
        with point_progress() as progress:
            run = calls.sweep(
                experiment, vary, seed, out, resume=resume, retry_failed=retry_failed, force=force,
                workers=workers, scheduler=scheduler, progress=progress, notice=_notice,
                say=_say, overrides=overrides, plugin=plugin, **words,
            )  # fmt: skip
    except KeyboardInterrupt:
        fail("stopped; the same with --resume continues", STOPPED)
    for line in sweep_lines(run):
        typer.echo(line)
    for file in calls.draw(run) if figures else ():
        typer.echo(f"Figure: {file}")
    if run.manifest["counts"]["failed"]:
        raise typer.Exit(SOME_FAILED)


def _say(line: str) -> None:
    typer.echo(f"Mind: {line}", err=True)


def _notice(message: str) -> None:
    typer.echo(f"negotiation-sim: {message}: computed again", err=True)


@guarded
def status(
    run: Annotated[
        str | None, typer.Argument(help="Its folder or the first digits of its id; default all.")
    ] = None,
    out: Annotated[Path, typer.Option(help="The results root.")] = Path("results"),
) -> None:
    """Say how far a sweep is: points done, rate, time left; from any terminal."""
    from negotiation_sim.faces.api import sweep_calls as calls
    from negotiation_sim.faces.cli.run_tables import status_table

    show_table(*status_table(calls.statuses(out) if run is None else [calls.status(run, out)]))
