"""The command ``cast``: arguments only."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from negotiation_sim.errors import UsageError
from negotiation_sim.faces.cli.console import examples, guarded


def register(app: typer.Typer) -> None:
    """Add the command to an app."""
    app.command(
        short_help="A draft of a study for any year and body.",
        epilog=examples(
            "cast --year 2022 --members all --body WTO --out wto-2022",
            "cast --year 1995 --members 'France, Egypt, US, 710' --issues scope,verification "
            "--groups 'west=France,US' --out talks-1995",
            "cast --year 2008 --body COPUOS --out copuos-2008",
        ),
    )(cast)


def groups_of(words: list[str] | None) -> dict[str, str]:
    """Return groups from words ``NAME=LIST``; refuse what has another form."""
    found: dict[str, str] = {}
    for word in words or []:
        name, sign, listed = word.partition("=")
        if not sign or not name.strip() or name.strip() in found:
            raise UsageError(f"groups: '{word}'; write each group once, as NAME=LIST")
        found[name.strip()] = listed
    return found


@guarded
def cast(
    year: Annotated[int, typer.Option(help="1946 to 2023.")],
    out: Annotated[Path, typer.Option(help="A new or empty folder.")],
    members: Annotated[
        str | None,
        typer.Option(help="ISO3, ISO2, names or COW numbers, between commas; all: who voted then."),
    ] = None,
    body: Annotated[
        str | None, typer.Option(help="Gives the rule: WTO, IMO, CD, ...; default talks.")
    ] = None,
    topic: Annotated[
        str | None,
        typer.Option(help="all-but-nuclear, human-rights, important, middle-east or nuclear."),
    ] = None,
    issues: Annotated[str, typer.Option(help="Between commas.")] = "scope",
    groups: Annotated[
        list[str] | None, typer.Option(help="NAME=LIST of its members; may be given again.")
    ] = None,
    represented: Annotated[
        bool, typer.Option("--represented", help="A few stand for all but the three powers.")
    ] = False,
) -> None:
    """Draft a study from the world data: states, a rule, a text to replace, each with its source."""
    from negotiation_sim.faces import api

    done = api.cast(
        year, members, out, body=body, topic=topic, issues=issues, groups=groups_of(groups),
        represented=represented,
    )  # fmt: skip
    typer.echo(f"{done.title}: {len(done.actors)} states, {len(done.files)} files in {out}")
    for line in [f"{name}: {venue.decision.rule}" for name, venue in done.venues.items()]:
        typer.echo(line)
    for note in done.notes:
        typer.echo(note)
    typer.echo(f"Edit, then: negotiation-sim check {out} && negotiation-sim run {out} --quick")
