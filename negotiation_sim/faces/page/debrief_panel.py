"""The debrief on the page: the game beside the agents' own run, and among all worlds."""

from __future__ import annotations

from html import escape
from typing import Any

from nicegui import ui

from negotiation_sim.faces.page.compare_charts import curves
from negotiation_sim.faces.page.debrief import WORLDS, Debrief, debrief, place_words
from negotiation_sim.faces.page.ensemble_jobs import EnsembleRequest, Job
from negotiation_sim.faces.page.game import Game
from negotiation_sim.faces.page.month_in_words import date_of, name_of
from negotiation_sim.faces.page.parts import Visitor, chart, figure_buttons, plain_table, show
from negotiation_sim.faces.page.theme import percent
from negotiation_sim.words.questions import ANSWERS
from negotiation_sim.words.scales import number
from negotiation_sim.words.vocabulary import STAGES, cause_words

SHOWN = 200


class DebriefPanel:
    """Shown once the horizon is reached."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.job: Job | None = None
        self.game: Game | None = None
        self.found: Debrief | None = None
        with (
            ui.element("section").props("data-testid=debrief").style("margin-top: 10px") as self.box
        ):
            with ui.element("div").classes("c-card"):
                ui.html("<h2>Debrief</h2>", sanitize=False)
                self.words = ui.html("", sanitize=False)
            with ui.element("div").classes("c-pair").style("margin-top: 10px"):
                with ui.element("div").classes("c-card"):
                    self.curve = chart({}, "debrief-curve", "mid")
                    figure_buttons(self.curve, "debrief")
                with ui.element("div").classes("c-card"):
                    ui.html("<h3>Among all worlds</h3>", sanitize=False)
                    self.place = ui.html("", sanitize=False).props(
                        "data-testid=debrief-place role=status"
                    )
            with ui.element("div").classes("c-card").style("margin-top: 10px"):
                self.moves = ui.html("", sanitize=False).props("data-testid=debrief-moves")
        self.timer = ui.timer(0.3, self._watch, active=False)

    def close(self) -> None:
        """Stop the ensemble behind the debrief."""
        self.timer.cancel()
        if self.job is not None:
            self.job.cancel()

    def show(self, game: Game) -> None:
        """Show the debrief of a finished game and start its ensemble."""
        self.game, self.found = game, debrief(game)
        self.words.set_content(_words(game, self.found))
        self.moves.set_content(_moves(game, self.found))
        s = game.settings
        request = EnsembleRequest(s.experiment, s.changes, (s.strategy,), WORLDS, s.seed)
        known = self.visitor.results.get(request)
        if self.job is None or self.job.request != request:
            self.job = Job(game.scenario, request, 1)
            if known is not None:
                self.job.tables, self.job.state, self.job.done = known, "done", WORLDS
            else:
                self.job.start()
        self.timer.active = True
        self._watch()

    def _watch(self) -> None:
        job, game = self.job, self.game
        if job is None or game is None or self.found is None:
            return
        if job.state != "running":
            self.timer.active = False
            if job.tables is not None and job.state == "done":
                self.visitor.results.put(job.request, job.tables)
        if job.tables is None:
            self.place.set_content(f"<p>{job.done} of {job.total} worlds ...</p>")
            return
        options = curves(
            job.tables, None, job.request.strategies, game.scenario.deadline, game.scenario.horizon,
            falling=False,
        )  # fmt: skip
        _mark_game(options, self.found.played, "your game", "rect", "#C04A00", 0.16)
        _mark_game(options, self.found.agents, "agents, this world", "diamond", "#1B1B1B", 0.06)
        show(self.visitor, self.curve, options)
        self.place.set_content(_place(game, self.found, job))


def _mark_game(
    options: dict[str, Any], rows: list[dict[str, Any]], name: str, symbol: str, colour: str,
    height: float,
) -> None:  # fmt: skip
    """Add the month of success of a run to the curve, at a share of its height."""
    months = [row["success_month"] for row in rows if row["success_month"] is not None]
    points = options["series"][0]["data"] if options["series"] else [[1.0, 1.0]]
    side = "right" if not months or min(months) < 0.55 * points[-1][0] else "left"
    options["series"].append({
        "name": name, "type": "scatter", "symbol": symbol, "symbolSize": 20, "z": 8,
        "itemStyle": {"color": colour, "opacity": 1},
        "data": [[month, height * points[-1][1]] for month in months],
        "label": {"show": True, "formatter": name, "position": side, "fontSize": 15, "fontWeight": "bold",
                  "color": "#1B1B1B", "textBorderColor": "#FFFFFF", "textBorderWidth": 4},
    })  # fmt: skip


def _date(game: Game, month: int | None) -> str:
    return "never" if month is None else date_of(game.scenario, month)


def _row_words(game: Game, row: dict[str, Any]) -> list[str]:
    text = ", ".join(f"{i} {number(i, row[f'text_{i}'])}" for i in game.scenario.issues)
    timely = "yes" if row["timely"] else f"no: {cause_words(row['cause']).plain}"
    return [
        *(_date(game, row[stage.column]) for stage in STAGES.values()), text,
        consent_words(game, row),
        f"{row['participants']} states, {percent(row['participation'])} of capability",
        timely, str(row["events"]), str(row["violations"]),
    ]  # fmt: skip


def consent_words(game: Game, row: dict[str, Any]) -> str:
    """Return how many wanted the agreed text and who only went along, the names below."""
    wanted, along = row["wanted_by"].split(), row["went_along"].split()
    if not wanted and not along:
        return "no text agreed"
    names = [", ".join(name_of(game.scenario, code) for code in codes) for codes in (wanted, along)]
    under = f"wanted by {names[0]}" if wanted else ""
    under += f"; went along: {names[1]}" if along else ""
    return f"{len(wanted)} wanted it, {len(along)} went along\n{under.removeprefix('; ')}"


def _words(game: Game, found: Debrief) -> str:
    columns = ["", "", *(stage.reached for stage in STAGES.values()), "last text",
               "who wanted it", "taking part", "in time?",
               "debris events", "broken promises"]  # fmt: skip
    rows = []
    for played, agents in zip(found.played, found.agents, strict=True):
        rows.append([played["track_name"], "your game", *_row_words(game, played)])
        rows.append(["", "agents alone, same world", *_row_words(game, agents)])
    parts = [plain_table(columns, rows)]
    parts.append("<h3>What it cost, what it brought</h3>")
    seats = [
        [name_of(game.scenario, s.actor), f"{s.played:.2f}", f"{s.agents:.2f}",
         f"{s.played - s.agents:+.2f}", str(s.differences)]
        for s in found.seats
    ]  # fmt: skip
    parts.append(plain_table(
        ["seat", "worth to it at the end, your game", "agents alone", "difference", "moves that differed"],
        seats, {1, 2, 3, 4},
    ))  # fmt: skip
    parts.append(
        "<p class=small>Worth of the adopted text (the best, if several), else of having none.</p>"
    )
    return "".join(parts)


def _moves(game: Game, found: Debrief) -> str:
    """Return where the seats did otherwise than the agents: counted, then move by move."""
    parts = ["<h3>Where you left the agents' path</h3>"]
    if not found.departures:
        return parts[0] + "<p>Nowhere: each answer was the agent's own.</p>"
    kinds: dict[tuple[str, str, str], list[int]] = {}
    for d, advised in found.departures:
        words = (
            name_of(game.scenario, d.actor),
            ANSWERS[d.answer].chose_to,
            ANSWERS[advised].chose_to,
        )
        kinds.setdefault(words, []).append(d.month)
    rows = [
        [*words, str(len(months)), f"{min(months)} to {max(months)}" if len(months) > 1 else str(months[0])]
        for words, months in kinds.items()
    ]  # fmt: skip
    columns = ["seat", "you chose to", "the agent would", "how often", "months"]
    parts.append(plain_table(columns, rows, {3, 4}))
    moves = [
        [str(d.month), d.venue, str(d.round or ""), name_of(game.scenario, d.actor),
         ANSWERS[d.answer].chose_to, ANSWERS[advised].chose_to]
        for d, advised in found.departures[:SHOWN]
    ]  # fmt: skip
    columns = ["month", "venue", "round", "seat", "you chose to", "the agent would"]
    more = len(found.departures) - SHOWN
    rest = f"<p>and {more} more</p>" if more > 0 else ""
    parts.append(
        f"<details><summary>Move by move</summary>{plain_table(columns, moves)}{rest}</details>"
    )
    return "".join(parts)


def _place(game: Game, found: Debrief, job: Job) -> str:
    assert job.tables is not None
    said = place_words(game, found, job.tables)
    return "".join(f"<p class=big>{escape(line)}</p>" for line in said)
