"""The commands ``archive``, ``cite``, ``odd`` and ``plot``: arguments only."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from negotiation_sim.faces.cli.console import RUN_HELP, RunName, examples, guarded


def register(app: typer.Typer) -> None:
    """Add the commands to an app."""
    app.command(
        short_help="Runs as one file for a journal.",
        epilog=examples(
            "archive results/bellagio/0123456789ab",
            "archive 0123 4567 --out paper.zip --author 'Ada Example' --license CC-BY-4.0",
            "reproduce paper.zip",
        ),
    )(archive)
    app.command(
        short_help="How to cite the program and a run.",
        epilog=examples("cite", "cite results/bellagio/0123456789ab --form bibtex"),
    )(cite)
    app.command(
        short_help="A study described after the ODD protocol.",
        epilog=examples("odd bellagio", "odd my-study --out ODD.md"),
    )(odd)
    app.command(
        short_help="A figure of a finished run.",
        epilog=examples(
            "plot 0123456789ab --kind causes --out causes.svg", "plot bellagio --out p.png"
        ),
    )(plot)


Root = Annotated[Path, typer.Option("--results", help="Where ids are looked up.")]


@guarded
def archive(
    runs: Annotated[list[str], typer.Argument(help=RUN_HELP)],
    out: Annotated[
        Path | None, typer.Option(help="The zip file; default EXPERIMENT-ID.zip here.")
    ] = None,
    title: Annotated[str | None, typer.Option(help="Default: the experiments' names.")] = None,
    authors: Annotated[list[str] | None, typer.Option("--author", help="Once for each.")] = None,
    license: Annotated[str, typer.Option(help="An SPDX identifier, such as CC-BY-4.0.")] = "MIT",
    root: Root = Path("results"),
) -> None:
    """Write runs and sweeps with inputs, tables, figures and checksums into one RO-Crate."""
    from negotiation_sim.faces import api

    done = api.archive(
        runs, out, title=title, authors=authors or (), license=license, root=root
    )  # fmt: skip
    for note in done.notes:
        typer.echo(f"Mind: {note}", err=True)
    size = done.file.stat().st_size
    typer.echo(f"Archive: {done.file} ({len(done.files):,} files, {max(1, size // 1024):,} KiB)")
    several = f"/{done.runs[0].id}" if len(done.runs) > 1 else ""
    typer.echo(f"Then: negotiation-sim reproduce {done.file}{several}")


@guarded
def cite(
    run: Annotated[str | None, typer.Argument(help=RUN_HELP)] = None,
    form: Annotated[str, typer.Option(help="text, bibtex or cff.")] = "text",
    root: Root = Path("results"),
) -> None:
    """Say how to cite the program, and with it a run."""
    from negotiation_sim.faces import api

    typer.echo(api.cite(run, form, root=root))


@guarded
def odd(
    study: Annotated[str, typer.Argument(help="An experiment, a study folder or a run.")],
    out: Annotated[Path | None, typer.Option(help="Write it into this file.")] = None,
    root: Root = Path("results"),
) -> None:
    """Describe a study after the ODD protocol, from its inputs, as Markdown."""
    from negotiation_sim.faces import api

    text = api.odd(study, out, root=root)
    typer.echo(text.rstrip() if out is None else f"Written to {out}")


@guarded
def plot(
    run: RunName,
    out: Annotated[Path, typer.Option(help="The file: png, svg or pdf.")],
    kind: Annotated[
        str, typer.Option(help="probability, survival, funnel, causes or texts.")
    ] = "probability",
    root: Root = Path("results"),
) -> None:
    """Draw a figure of a finished run, from its counts."""
    from negotiation_sim.faces import api

    api.plot(run, kind, out, root=root)
    typer.echo(f"Drawn in {out}")
