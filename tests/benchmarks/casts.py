"""Processor time of one cast: drafted, written, and by the command from start to end."""

from __future__ import annotations

import tempfile
from pathlib import Path

from machine import command
from measure import Line, best

from negotiation_sim.catalogue.draft_files import texts
from negotiation_sim.catalogue.drafts import draft
from negotiation_sim.catalogue.study import write_texts

YEAR, BODY = 2022, "WTO"


def casts() -> list[Line]:
    """Measure the largest cast there is, whoever voted in a year, under a body with two rules."""
    with tempfile.TemporaryDirectory() as folder:
        number = iter(range(1_000_000))

        def written() -> None:
            write_texts(Path(folder) / str(next(number)), texts(draft(YEAR, "all", BODY)))

        states = len(draft(YEAR, "all", BODY).actors)
        out = str(Path(folder) / "command")
        words = ("cast", "--year", str(YEAR), "--members", "all", "--body", BODY, "--out", out)
        _, processor = command(*words, cache=folder)
        return [
            Line(f"one cast of {states} states, drafted and written", f"{best(written):.2f} s"),
            Line("the same by the command", f"{processor:.2f} s", "at most 2 s"),
        ]
