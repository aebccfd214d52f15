"""The command line: arguments only; each command is the call of the same name in ``api``.

In one file, what everybody begins with: a command is its options in words, and little else.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from negotiation_sim import __version__
from negotiation_sim.faces.cli import archive_commands as cli_archives
from negotiation_sim.faces.cli import cast_commands as cli_casts
from negotiation_sim.faces.cli import history_commands as cli_history
from negotiation_sim.faces.cli import ledger_commands as cli_ledger
from negotiation_sim.faces.cli import study_commands as cli_studies
from negotiation_sim.faces.cli import sweep_commands as cli_sweep
from negotiation_sim.faces.cli.console import (
    BAD_INPUT,
    STOPPED,
    Command,
    Plugin,
    RunName,
    Set,
    continued,
    examples,
    fail,
    guarded,
    open_streams,
    progress_bar,
    show_notes,
    show_table,
    tell_of_compiling,
    tell_plain,
    which_run,
)

app = typer.Typer(
    name="negotiation-sim",
    help="How likely is it that an initiative succeeds in time in a venue, and what stops it?\n\n"
    "Start with: negotiation-sim run bellagio",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def show_version(wanted: bool) -> None:
    """Print the version and stop."""
    if wanted:
        typer.echo(f"negotiation-sim {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version.", callback=show_version, is_eager=True),
    ] = False,
) -> None:
    """Take the options of the program itself."""


Experiment = Annotated[
    str, typer.Argument(help="A name of the catalogue, a YAML file or a study folder.")
]
Seed = Annotated[int, typer.Option(help="0 to 2**63 - 1; same seed, same numbers.")]
Out = Annotated[Path, typer.Option(help="The results root.")]
Engine = Annotated[str, typer.Option(help="ensemble (compiled) or mesa (reference); same numbers.")]
Threads = Annotated[int | None, typer.Option(help="Workers; default all cores.")]


@app.command(
    short_help="How likely is timely success, strategy by strategy?",
    epilog=examples(
        "run bellagio",
        "run bellagio --quick",
        "run my-study --precision 0.005 --seed 7",
        "run bellagio --strategies code@COPUOS ppwt@CD --set 'venues.CD.decision={rule: opt_in}'",
        "run bellagio --replicates 1000000 --keep summary --scheduler tcp://10.0.0.1:8786",
        "run bellagio --plugin less_one.py",
    ),
)
@guarded
def run(
    experiment: Experiment,
    replicates: Annotated[
        int | None, typer.Option(help="Of each strategy; default 2000 (mesa: 100).")
    ] = None,
    seed: Seed = 1,
    out: Out = Path("results"),
    quick: Annotated[bool, typer.Option("--quick", help="100 replicates.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Compute a finished run anew.")] = False,
    engine: Engine = "ensemble",
    precision: Annotated[
        float | None, typer.Option(help="Add replicates until every interval is within +/- this.")
    ] = None,
    max_replicates: Annotated[
        int | None, typer.Option(help="With --precision: at most so many; default 100000.")
    ] = None,
    precision_on: Annotated[
        str, typer.Option(help="What is to be precise: success or difference (paired).")
    ] = "success",
    beliefs: Annotated[
        int | None, typer.Option(help="Beliefs behind the spread over positions; default 100.")
    ] = None,
    figures: Annotated[bool, typer.Option(help="Whether to draw figures.")] = True,
    threads: Threads = None,
    strategies: Annotated[list[str] | None, typer.Option(help="Only these.")] = None,
    set_: Set = None,
    keep: Annotated[
        str, typer.Option(help="replicates, or summary: counts alone, for up to 10 billion.")
    ] = "replicates",
    workers: Annotated[
        int | None, typer.Option(help="Compute in blocks, on so many processes.")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(help="In blocks on Dask: tcp://host:port, its file, or local.")
    ] = None,
    plugin: Plugin = None,
) -> None:
    """Run every strategy of an experiment; print how likely each is to succeed in time."""
    from negotiation_sim.catalogue import parse_set
    from negotiation_sim.faces import api
    from negotiation_sim.faces.cli import outside_tables
    from negotiation_sim.faces.cli import run_tables as tables
    from negotiation_sim.studies.history.outside_view import beside_run

    tell_of_compiling(engine)
    in_blocks = keep == "summary" or workers is not None or scheduler is not None
    with continued(in_blocks), progress_bar("worlds") as progress:
        done = api.run(
            experiment, replicates, seed, out, quick, force, engine=engine, precision=precision,
            max_replicates=max_replicates, precision_on=precision_on, beliefs=beliefs,
            figures=figures, threads=threads, strategies=strategies,
            overrides=parse_set(set_ or ()), keep=keep, workers=workers, scheduler=scheduler,
            plugin=plugin, progress=progress, say=tell_plain,
        )  # fmt: skip
    show_table(*tables.run_table(done))
    beside = beside_run(done)
    if beside.rows:
        show_table(*outside_tables.beside_table(beside))
    show_notes([*beside.lines, *tables.run_notes(done, beside.tested)])


@app.command(
    short_help="One replicate as a story, month by month.",
    epilog=examples(
        "trace bellagio --strategy ppwt@CD",
        "trace bellagio --strategy 'ban-treaty@CD>adhoc-optin' --replicate 7 --plot path.png",
    ),
)
@guarded
def trace(
    experiment: Experiment,
    strategy: Annotated[str, typer.Option(help="Its name; put quotes around one with a '>'.")],
    replicate: Annotated[int, typer.Option(help="Its number, from 0.")] = 0,
    seed: Seed = 1,
    json: Annotated[bool, typer.Option("--json", help="Every record, for machines.")] = False,
    plot: Annotated[
        Path | None, typer.Option(help="Draw the path of the text into this file (png, svg, pdf).")
    ] = None,
    html: Annotated[
        Path | None, typer.Option(help="Write a replay that plays in a browser, without a server.")
    ] = None,
    set_: Set = None,
    plugin: Plugin = None,
) -> None:
    """Tell one replicate as a story: who asked, who objected, on which term and by how much."""
    from negotiation_sim.catalogue import parse_set
    from negotiation_sim.faces import api

    overrides = parse_set(set_ or ())
    story = api.trace(
        experiment,
        strategy,
        replicate,
        seed,
        plot=plot,
        html=html,
        overrides=overrides,
        plugin=plugin,
    )
    typer.echo(story.to_json() if json else str(story))
    if plot is not None:
        typer.echo(f"Drawn in {plot}", err=True)
    if html is not None:
        typer.echo(f"Replay: {html}", err=True)


@app.command(
    short_help="Everything that is wrong in files or folders.",
    epilog=examples("check my-study", "check my-study/actors/USA.yaml"),
)
@guarded
def check(
    paths: Annotated[list[Path], typer.Argument(help="Files or folders of a catalogue or study.")],
) -> None:
    """Validate files or folders; print everything that is wrong, with file, line and field."""
    from negotiation_sim.faces import api

    found = api.check(*paths)
    for error in found:
        typer.echo(str(error), err=True)
    for note in found.notes:
        typer.echo(f"Mind: {note}", err=True)
    if found:
        fail(f"{len(found)} thing{'s' if len(found) > 1 else ''} to mend", BAD_INPUT)
    typer.echo("All is well.")


@app.command(
    short_help="What is there, with values, ranges and sources.",
    epilog=examples(
        "catalogue", "catalogue venues", "catalogue actors CHN", "catalogue venues --study my-study"
    ),
)
@guarded
def catalogue(
    kind: Annotated[
        str | None, typer.Argument(help="actors, venues, initiatives or experiments.")
    ] = None,
    name: Annotated[str | None, typer.Argument(help="One of that kind.")] = None,
    study: Annotated[
        Path | None, typer.Option(help="A study's folder or file; its own records stand first.")
    ] = None,
) -> None:
    """Show what is there, with values, ranges and sources; with --study a study's own, too."""
    from negotiation_sim.faces import api
    from negotiation_sim.faces.cli import run_tables as tables

    found = api.catalogue(kind, name, study=study)
    if isinstance(found, dict):
        typer.echo(f"{found['id']}: {found['name']} ({found['file']})")
        show_table(*tables.record_table(found))
        for line in tables.source_lines(found):
            typer.echo(line)
    else:
        show_table(*tables.catalogue_table(found))


@app.command(
    name="help",
    short_help="What a field of the files is, with an example.",
    epilog=examples("help margin", "help venues.CD.decision.quota", "help"),
)
@guarded
def help_(
    field: Annotated[
        str | None, typer.Argument(help="A field's name or path; default: all names.")
    ] = None,
) -> None:
    """Say of a field of the files its type, unit, bounds, default, meaning and an example."""
    from negotiation_sim.faces import api
    from negotiation_sim.faces.cli import run_tables as tables

    found = api.help(field)
    for line in tables.field_names(found) if field is None else tables.field_lines(found):
        typer.echo(line)


@app.command(
    short_help="A starter study to edit.",
    epilog=examples("init my-study", "init my-study --template tobacco"),
)
@guarded
def init(
    dir: Annotated[Path, typer.Argument(help="A new or empty folder.")],
    template: Annotated[str, typer.Option(help="space, blank or tobacco.")] = "space",
) -> None:
    """Write a starter study to edit: of outer space, of no field, or the talks on tobacco."""
    from negotiation_sim.faces import api

    for path in api.init(dir, template):
        typer.echo(str(path))
    typer.echo(f"Edit, then: negotiation-sim check {dir} && negotiation-sim run {dir}")


@app.command(
    name="import",
    short_help="A study from a file of another tool.",
    epilog=examples(
        "import actors.csv --out my-study",
        "import table.csv --as long --scale '0:100' --venue COPUOS --out my-study",
    ),
)
@guarded
def import_(
    file: Annotated[Path, typer.Argument(help="A table: CSV, tabs or semicolons.")],
    out: Annotated[Path, typer.Option(help="A new or empty folder.")],
    form: Annotated[
        str | None,
        typer.Option("--as", help="actors, ktab, decide, long, expected-utility or members."),
    ] = None,
    venue: Annotated[
        str | None, typer.Option(help="Of the catalogue; default: the file's rule, or consensus.")
    ] = None,
    scale: Annotated[
        list[str] | None, typer.Option(help="'ISSUE=LOW:HIGH UNIT', or 'LOW:HIGH' of all.")
    ] = None,
    year: Annotated[int | None, typer.Option(help="Of a list of members: 1946 to 2023.")] = None,
) -> None:
    """Write a study from a table; say what was assumed and how to run it."""
    from negotiation_sim.faces import api

    done = api.import_study(file, out, form, venue, scale or [], year)
    for line in done.assumed:
        typer.echo(f"Assumed: {line}")
    typer.echo(
        f"Read as {done.form}: {len(done.actors)} actors, {len(done.issues)} issues; written to {out}"
    )
    run = done.experiments[0]
    typer.echo(f"Then: negotiation-sim check {out} && negotiation-sim run {run}")


@app.command(
    short_help="A run's tables for R and spreadsheets.",
    epilog=examples(
        "export results/bellagio/0123456789ab --csv",
        "export 0123 --latex --markdown --out tables",
        "export 0123 --plugin-to less_one.py",
    ),
)
@guarded
def export(
    run: RunName,
    csv: Annotated[bool, typer.Option("--csv", help="As CSV.")] = False,
    latex: Annotated[bool, typer.Option("--latex", help="As LaTeX, but for replicates.")] = False,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="As Markdown, but for replicates.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="A folder; default csv or tables in the run folder.")
    ] = None,
    root: Annotated[Path, typer.Option("--results", help="Where ids are looked up.")] = Path(
        "results"
    ),
    plugin_to: Annotated[
        Path | None, typer.Option(help="Write the run's plug-in into this new file, to be read.")
    ] = None,
) -> None:
    """Write a run's tables: as CSV with replicates and what each column means, or for a paper."""
    from negotiation_sim.faces import api

    asked = {"csv": csv, "latex": latex, "markdown": markdown}
    forms = [form for form, wanted in asked.items() if wanted]
    if bool(forms) == (plugin_to is not None):
        fail("export: name the form: --csv, --latex or --markdown, or --plugin-to FILE", BAD_INPUT)
    for path in api.export(run, out, forms, root=root, plugin_to=plugin_to):
        typer.echo(str(path))


@app.command(
    short_help="A study of version 0.1 in the terms of this version.",
    epilog=examples("migrate my-study", "migrate my-study --out my-study-2"),
)
@guarded
def migrate(
    study: Annotated[Path, typer.Argument(help="A study's folder or an experiment's file.")],
    out: Annotated[
        Path | None, typer.Option(help="A new or empty folder; default: the study itself.")
    ] = None,
) -> None:
    """Rewrite a study of version 0.1; say what was changed and what is left to you."""
    from negotiation_sim.faces import api

    done = api.migrate(study, out)
    for line in [*done.changed, *(f"For you to decide: {line}" for line in done.undecided)]:
        typer.echo(line)
    if not done.changed:
        typer.echo("Nothing had to be changed.")
    elif out is not None:
        typer.echo(f"Written to {out}; {study} stays as it is.")
    typer.echo(f"Then: negotiation-sim check {study if out is None else out}")


@app.command(
    short_help="Compute a run again: the same, bit for bit?",
    epilog=examples("reproduce results/bellagio/0123456789ab"),
)
@guarded
def reproduce(
    run: RunName,
    out: Out = Path("results"),
    engine: Engine = "ensemble",
    threads: Threads = None,
    plugin: Plugin = None,
) -> None:
    """Compute a run again and say whether tables and manifest are the same, bit for bit."""
    from negotiation_sim.faces import api
    from negotiation_sim.faces.cli import run_tables as tables

    with progress_bar("worlds") as progress:
        found = api.reproduce(
            run, out, threads=threads, engine=engine, plugin=plugin, progress=progress
        )
    for line in tables.reproduction_lines(found):
        typer.echo(line)
    if not found.same:
        raise typer.Exit(1)


@app.command(
    short_help="A finished run as one file to hand over.",
    epilog=examples("report results/bellagio/0123456789ab", "report 0123 --out minister.html"),
)
@guarded
def report(
    run: RunName,
    file: Annotated[
        Path | None, typer.Option("--out", help="The HTML file; default report.html in the run.")
    ] = None,
    strategies: Annotated[list[str] | None, typer.Option(help="Only these.")] = None,
    root: Annotated[Path, typer.Option("--results", help="Where ids are looked up.")] = Path(
        "results"
    ),
) -> None:
    """Write answer, tables, figures, causes and assumptions as HTML and Markdown."""
    from negotiation_sim.faces import api

    done = api.report(run, file, strategies=strategies, root=root)
    which_run(run, done.run)
    for line in [*done.sentences, *(f"Mind: {warning}" for warning in done.warnings)]:
        typer.echo(line.replace("`", ""))
    typer.echo(f"Report: {done.html} and {done.markdown.name}")


@app.command(
    short_help="The classroom page in the browser.",
    epilog=examples("serve", "serve bellagio-20 --port 9000", "serve --no-browser"),
)
@guarded
def serve(
    experiment: Annotated[str, typer.Argument(help="Shown first.")] = "bellagio",
    port: Annotated[int | None, typer.Option(help="Default 8080, or the next one free.")] = None,
    browser: Annotated[bool, typer.Option(help="Open the page in the browser.")] = True,
    host: Annotated[
        str, typer.Option(help="Default: this machine alone; 0.0.0.0 lets the room's network in.")
    ] = "127.0.0.1",
    password: Annotated[
        str,
        typer.Option(
            envvar="NEGOTIATION_SIM_PASSWORD",
            help="Asked of all but students; made and printed where others are let in.",
        ),
    ] = "",
    name: Annotated[str, typer.Option(help="Name under which a proxy serves the page.")] = "",
    room: Annotated[
        Path, typer.Option(help="File in which a room of many devices is kept.")
    ] = Path("room.json"),
) -> None:
    """Serve the classroom page on this machine until Ctrl+C."""
    from negotiation_sim.faces import api

    api.serve(experiment, port, browser, host=host, password=password, name=name, room=room)


@app.command(
    short_help="The page as a folder that needs no server.",
    epilog=examples(
        "page --static page", "page --static page bellagio-20 --levers 2 --replicates 200"
    ),
)
@guarded
def page(
    static: Annotated[Path, typer.Option(help="The folder; made where it is not there.")],
    experiment: Annotated[
        str, typer.Argument(help="A name of the catalogue, a YAML file or a study folder.")
    ] = "bellagio",
    replicates: Annotated[int, typer.Option(help="Worlds of every comparison.")] = 500,
    levers: Annotated[
        int, typer.Option(help="Sliders of the grid, 1 to 4: those that move most.")
    ] = 3,
) -> None:
    """Write Watch, Compare over a grid and the lessons into a folder that any web host serves.

    It opens from disk and asks for nothing from anywhere; at most 8 MB.
    """
    from negotiation_sim.faces import api

    tell_of_compiling("ensemble")
    with progress_bar("views") as progress:
        found = api.page(
            static, experiment, replicates=replicates, levers=levers, progress=progress
        )
    show_notes([
        *(f"Left out: {line}" for line in found.left_out),
        f"{len(found.views)} views, {found.size / 1e6:.1f} MB; sliders: {', '.join(found.levers)}.",
        f"Open {found.folder / 'index.html'}",
    ])  # fmt: skip


cli_sweep.register(app)
cli_studies.register(app)
cli_casts.register(app)
cli_history.register(app)
cli_ledger.register(app)
cli_archives.register(app)
for each in app.registered_commands:
    each.cls = Command


def main() -> None:
    """Run the command line; an interrupt before a command begins ends as quietly."""
    open_streams()
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(STOPPED)
