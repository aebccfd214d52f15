"""After a game: what the agents would have done in the same world, and what the moves cost.

Every figure is read from the two runs: their rows in the table of replicates, and what each state
finds of the text that came out.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from negotiation_sim.faces.page.ensemble_jobs import EnsembleTables
from negotiation_sim.faces.page.game import Answer, Game, play_through
from negotiation_sim.faces.page.month_in_words import date_of
from negotiation_sim.faces.page.theme import percent
from negotiation_sim.faces.page.watching import Negotiation

WORLDS = 2000  # among which a game is placed


@dataclasses.dataclass(frozen=True)
class SeatResult:
    """What a seat got: the value of the text adopted, or of having none."""

    actor: str
    played: float
    agents: float
    differences: int


@dataclasses.dataclass(frozen=True)
class Debrief:
    """The game beside the agents' own run of the same world."""

    played: list[dict[str, Any]]
    agents: list[dict[str, Any]]
    seats: list[SeatResult]
    departures: list[tuple[Answer, str]]


def debrief(game: Game) -> Debrief:
    """Return the debrief of a finished game."""
    s = game.settings
    assert game.negotiation is not None and game.negotiation.model is not None
    alone = Negotiation(game.scenario, s.strategy, s.seed, s.replicate)
    try:
        play_through(alone, game.injects)
        seats = [
            SeatResult(
                actor, value_of(game.negotiation, actor), value_of(alone, actor),
                sum(d.actor == actor for d, _ in game.policy.departures),
            )
            for actor in s.seats
        ]  # fmt: skip
        assert alone.model is not None
        return Debrief(
            game.negotiation.model.rows(), alone.model.rows(), seats, list(game.policy.departures)
        )
    finally:
        alone.close()


def value_of(negotiation: Negotiation, actor: str) -> float:
    """Return what a state finds of the adopted texts, the best of them; else of the status quo."""
    assert negotiation.model is not None
    tracks = negotiation.model.tracks
    state = negotiation.model.states[negotiation.scenario.actor_ids.index(actor)]
    return max(
        (state.satisfaction(track.text, track) for track in tracks if track.adopted),
        default=state.satisfaction(tracks[0].status_quo, tracks[0]),
    )


def place_words(game: Game, found: Debrief, tables: EnsembleTables) -> list[str]:
    """Return where a game stands among worlds in which agents play alone, in sentences."""
    row, n = tables.summary.iloc[0], f"{tables.done:,} worlds of {game.settings.strategy}"
    head = f"{n}, agents alone: "
    if row["p_success"] != row["p_success"]:
        return [f"{head}pledges cover {percent(row['mean_pledge_coverage'])} of capability."]
    said = [
        f"{head}{percent(row['p_success'])} succeed in time "
        f"({percent(row['p_success_low'])} to {percent(row['p_success_high'])}), "
        f"{percent(row['p_adopted'])} have a text by the deadline, {percent(row['p_by_horizon'])} succeed "
        "by the horizon."
    ]
    curve = tables.incidence
    for words, rows in (("Your game", found.played), ("The agents in your world", found.agents)):
        months = [r["success_month"] for r in rows]
        if None in months:
            said.append(f"{words}: no success within the horizon.")
        else:
            last = max(months)
            share = float(curve[curve["month"] == last]["success"].iloc[0])
            said.append(
                f"{words}: success in {date_of(game.scenario, last)}; by then {percent(share)} of worlds have it."
            )
    return said
