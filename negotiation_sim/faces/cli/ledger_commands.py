"""The commands ``seal`` and ``ledger``: arguments only."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from negotiation_sim.faces.cli.console import RunName, examples, guarded, show_table

Ledger = Annotated[Path, typer.Option(help="The ledger's file.")]
LEDGER = Path("ledger.txt")


def register(app: typer.Typer) -> None:
    """Add the commands to an app."""
    app.command(
        short_help="Seal a run's forecast in a ledger.",
        epilog=examples(
            'seal my-study --by 2030-12-31 --resolves "the report of the committee\'s session"'
        ),
    )(seal)
    ledger = typer.Typer(
        help="Check, show or score sealed forecasts.", no_args_is_help=True, rich_markup_mode=None
    )
    ledger.command(
        "verify",
        short_help="Is every line as it was sealed?",
        epilog=examples("ledger verify", "ledger verify --head 1f0c..."),
    )(verify)
    ledger.command("show", short_help="What was sealed.", epilog=examples("ledger show"))(show)
    ledger.command(
        "score", short_help="How the forecasts did.", epilog=examples("ledger score outcomes.csv")
    )(score)
    app.add_typer(ledger, name="ledger", short_help="Check, show or score sealed forecasts.")


@guarded
def seal(
    run: RunName,
    resolves: Annotated[str, typer.Option(help="How one will see whether it happened.")],
    by: Annotated[str, typer.Option(help="By which day, YYYY-MM-DD.")],
    strategy: Annotated[
        str | None, typer.Option(help="Which one, where the run has several.")
    ] = None,
    event: Annotated[
        str, typer.Option(help="adoption, mandate, entry_into_force or success.")
    ] = "adoption",
    ledger: Ledger = LEDGER,
    root: Annotated[Path, typer.Option(help="The results root.")] = Path("results"),
) -> None:
    """Append a run's forecast to a ledger: question, P, hashes, and how it will be resolved."""
    from negotiation_sim.faces import api

    sealed = api.seal(run, resolves, by, strategy=strategy, event=event, ledger=ledger, root=root)
    typer.echo(
        f"{ledger}, number {sealed.number}: {sealed.entry['question']} P = {sealed.entry['p']}"
    )
    typer.echo(f"Publish this hash where a clock of others dates it: {sealed.hash}")


@guarded
def verify(
    ledger: Ledger = LEDGER,
    head: Annotated[
        str | None, typer.Option(help="A hash published earlier, which a line must have.")
    ] = None,
) -> None:
    """Check that every line is as it was sealed; exit code 2 where one is not."""
    from negotiation_sim.faces import api

    sealed = api.read_ledger(ledger, head=head)
    said = f"{len(sealed)} forecasts, every line as it was sealed."
    typer.echo(f"{said} Last hash: {sealed[-1].hash}" if sealed else said)


@guarded
def show(ledger: Ledger = LEDGER) -> None:
    """Show what was sealed, after checking it."""
    from negotiation_sim.faces import api

    rows = [
        [str(each.number), str(each.entry["sealed"]), str(each.entry["question"]),
         str(each.entry["p"]), str(each.entry["resolves"])]
        for each in api.read_ledger(ledger)
    ]  # fmt: skip
    show_table(["number", "sealed", "question", "P", "resolves"], rows, {0, 3})


@guarded
def score(
    outcomes: Annotated[Path, typer.Argument(help="CSV with the columns number and outcome.")],
    ledger: Ledger = LEDGER,
) -> None:
    """Score sealed forecasts by what happened, after checking the ledger."""
    from negotiation_sim.faces import api
    from negotiation_sim.faces.cli.run_tables import number

    found = api.score_ledger(outcomes, ledger)
    rows = [
        [
            str(row.number),
            str(row.question),
            number(row.p),
            number(row.outcome, 0),
            number(row.brier),
        ]
        for row in found.rows.itertuples()
    ]
    show_table(["number", "question", "P", "outcome", "Brier score"], rows, {0, 2, 3, 4})
    resolved = int(found.rows["outcome"].notna().sum())
    typer.echo(
        f"{resolved} of {len(rows)} resolved: Brier score {number(found.brier)}, log score "
        f"{number(found.log_score)}; saying of each the share that happened, {number(found.base_brier)}."
    )
    if found.overdue:
        typer.echo(f"Their day is over, no outcome given: {', '.join(map(str, found.overdue))}.")
