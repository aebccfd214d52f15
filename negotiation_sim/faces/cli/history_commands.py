"""The commands ``backtest``, ``calibrate`` and ``forecast``: arguments only."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from negotiation_sim.errors import UsageError
from negotiation_sim.faces.cli.console import (
    Set,
    examples,
    guarded,
    progress_bar,
    show_table,
    tell_of_compiling,
)

Threads = Annotated[int | None, typer.Option(help="Workers; default all cores.")]


def register(app: typer.Typer) -> None:
    """Add the commands to an app."""
    backtest = typer.Typer(
        help="Hold the model against history: whether and when, and what text.",
        no_args_is_help=True, rich_markup_mode=None,
    )  # fmt: skip
    backtest.command(
        "cases",
        short_help="Were texts adopted, and when?",
        epilog=examples(
            "backtest cases cases.csv",
            "backtest cases new.csv --train cases.csv --out new-backtest",
        ),
    )(cases)
    backtest.command(
        "outcomes",
        short_help="What text came out?",
        epilog=examples("backtest outcomes deu3.csv --out deu3-backtest"),
    )(outcomes)
    backtest.command(
        "export",
        short_help="One case as a study to run and vary.",
        epilog=examples("backtest export cases.csv ost --out ost && negotiation-sim run ost"),
    )(export)
    app.add_typer(backtest, name="backtest", short_help="Hold the model against history.")
    app.command(
        short_help="Fit process parameters to historical cases.",
        epilog=examples("calibrate cases.csv", "calibrate cases.csv --out my-parameters --seed 7"),
    )(calibrate)
    app.command(
        short_help="A second opinion on a text, by baseline forecasters.",
        epilog=examples("forecast bellagio", "forecast bellagio --initiative code --venue COPUOS"),
    )(forecast)
    app.command(
        short_help="How did mandates like this one end?",
        epilog=examples("precedents bellagio", "precedents bellagio --strategy ppwt@CD"),
    )(precedents)


@guarded
def cases(
    file: Annotated[Path, typer.Argument(help="CSV with the columns of the historical cases.")],
    out: Annotated[
        Path | None, typer.Option(help="Folder; default results/backtest/<file's name>.")
    ] = None,
    train: Annotated[
        Path | None, typer.Option(help="File on which the baselines are fitted.")
    ] = None,
    replicates: Annotated[int, typer.Option(help="Worlds a case.")] = 1000,
    seed: Annotated[int, typer.Option(help="0 to 2**63 - 1; same seed, same numbers.")] = 1,
    figures: Annotated[bool, typer.Option(help="Whether to draw figures.")] = True,
    threads: Threads = None,
) -> None:
    """Forecast whether and when each historical case adopts a text; score beside baselines."""
    from negotiation_sim.faces import api
    from negotiation_sim.faces.cli import history_tables

    tell_of_compiling("ensemble")
    with progress_bar("cases") as progress:
        found = api.backtest_cases(
            file, out, train=train, replicates=replicates, seed=seed, figures=figures,
            threads=threads, progress=progress,
        )  # fmt: skip
    table = history_tables.score_table(found.scores.get("out_of_fold", found.scores))
    if table[1]:
        show_table(*table)
    for line in history_tables.case_lines(found.scores):
        typer.echo(line)
    typer.echo(f"Written: {found.folder}")


@guarded
def export(
    file: Annotated[Path, typer.Argument(help="CSV with the columns of the historical cases.")],
    case: Annotated[str, typer.Argument(help="Its id there.")],
    out: Annotated[Path, typer.Option(help="A new or empty folder.")],
    member: Annotated[
        int | None,
        typer.Option(help="Of the fits that share the worlds; default the one to all cases."),
    ] = None,
) -> None:
    """Write a historical case as a study: the same scenario, to be run, varied and argued with."""
    from negotiation_sim.faces import api

    files = api.export_case(file, case, out, member=member)
    typer.echo(f"{case}: {len(files)} files in {out}")
    typer.echo(f"Next: negotiation-sim run {out}")


@guarded
def outcomes(
    file: Annotated[Path, typer.Argument(help="CSV, a row per issue and actor.")],
    out: Annotated[
        Path | None, typer.Option(help="Folder; default results/backtest/<file's name>.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of bootstrap and folds.")] = 0,
) -> None:
    """Forecast what text comes out, issue by issue; score beside baselines."""
    from negotiation_sim.faces import api
    from negotiation_sim.faces.cli import history_tables

    tell_of_compiling("ensemble")
    found = api.backtest_outcomes(file, out, seed=seed)
    table = history_tables.outcome_table(found.scores)
    if table[1]:
        show_table(*table)
    for line in history_tables.outcome_lines(found.scores):
        typer.echo(line)
    typer.echo(f"Written: {found.folder}")


@guarded
def calibrate(
    file: Annotated[Path, typer.Argument(help="CSV with the columns of the historical cases.")],
    out: Annotated[
        Path | None, typer.Option(help="Folder; default results/calibration/<file's name>.")
    ] = None,
    seed: Annotated[int, typer.Option(help="0 to 2**63 - 1; same seed, same files.")] = 1,
    design: Annotated[
        int | None,
        typer.Option(help="Points simulated; default 160, a quarter of an hour on 2 cores."),
    ] = None,
    threads: Threads = None,
) -> None:
    """Fit process parameters to historical cases, with nested cross-validation.

    An interrupted calibration goes on where it stopped when called again.
    """
    from negotiation_sim.faces import api
    from negotiation_sim.faces.cli import history_tables
    from negotiation_sim.studies.history.calibration import Effort

    tell_of_compiling("ensemble")
    effort = Effort() if design is None else Effort(design=design)
    with progress_bar("points") as progress:
        found = api.calibrate(
            file, out, seed=seed, effort=effort, threads=threads, progress=progress,
            say=lambda words: typer.echo(words, err=True),
        )  # fmt: skip
    show_table(*history_tables.parameter_table(found))
    for line in history_tables.parameter_lines(found):
        typer.echo(line)


@guarded
def forecast(
    experiment: Annotated[
        str, typer.Argument(help="A name of the catalogue, a YAML file or a study folder.")
    ],
    initiative: Annotated[str | None, typer.Option(help="Default: all of the experiment.")] = None,
    venue: Annotated[
        str | None, typer.Option(help="Only its members; default the whole cast.")
    ] = None,
    reference: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[ISSUE=]VALUE",
            help="Reference point, 0 to 1, of one issue or of all; repeat it; default: status quo.",
        ),
    ] = None,
    set_: Set = None,
) -> None:
    """Say what weighted means, medians, Nash bargaining and the challenge model expect of a text."""
    from negotiation_sim.catalogue import parse_set
    from negotiation_sim.faces import api
    from negotiation_sim.faces.cli import history_tables

    points, overrides = _reference(reference or []), parse_set(set_ or ())
    found = api.forecast(experiment, initiative, venue, reference=points, overrides=overrides)
    show_table(*history_tables.forecast_table(found))
    typer.echo("*: outside the mandate of the initiative. No method knows venues or procedures.")


def _reference(said: list[str]) -> float | dict[str, float] | None:
    """Return reference points: one for all issues, or one for each that is named."""
    by_issue: dict[str, float] = {}
    for words in said:
        issue, named, value = words.rpartition("=")
        try:
            by_issue[issue] = float(value)
        except ValueError:
            message = f"reference: '{words}' is no number and not ISSUE=VALUE, such as scope=0.2"
            raise UsageError(message) from None
        if named and not issue:
            raise UsageError(f"reference: '{words}' names no issue; write ISSUE=VALUE")
    if "" in by_issue and len(by_issue) > 1:
        raise UsageError("reference: one number for all issues, or ISSUE=VALUE for some, not both")
    return by_issue.get("", by_issue or None)


@guarded
def precedents(
    experiment: Annotated[
        str, typer.Argument(help="A name of the catalogue, a YAML file or a study folder.")
    ],
    strategy: Annotated[
        str | None, typer.Option(help="One strategy, with its nearest cases; default all.")
    ] = None,
) -> None:
    """Say how mandates like these ended: nearest cases, base rate, and a statistical forecast."""
    from negotiation_sim.faces import api
    from negotiation_sim.faces.cli import outside_tables

    views = api.precedents(experiment, strategy)
    show_table(*outside_tables.views_table(views))
    for line in outside_tables.views_lines(views, strategy is not None):
        typer.echo(line)
