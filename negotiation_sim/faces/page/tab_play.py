"""The tab Play: people take seats, the others are agents; then the debrief."""

from __future__ import annotations

from html import escape
from typing import cast

from nicegui import events, ui

from negotiation_sim.errors import UsageError
from negotiation_sim.faces.page import saved_game, space_charts
from negotiation_sim.faces.page.debrief_panel import DebriefPanel
from negotiation_sim.faces.page.game import Game, Settings, default_strategy
from negotiation_sim.faces.page.month_in_words import date_of, headlines, name_of, strategy_names
from negotiation_sim.faces.page.parts import Visitor, button, chart, figure_buttons, save, show
from negotiation_sim.faces.page.question_card import QuestionCard

MOST_SEATS = 6
LASTS = {"deadline": "to the deadline", "horizon": "to the horizon"}
TOO_LATE = "The deadline has passed; what is agreed now comes too late to count as timely."
HOW_IT_GOES = (
    "A venue first asks whether talks shall begin. Under consensus one refusal is enough to stop them.",
    "Then the chair puts a text, round after round. Each seat accepts, goes along, objects, or asks for "
    "a move; under opt-in rules it joins or stays out.",
    "An answer can stand for months or years, so that a game of fifteen years fits into half an hour. A "
    "game can be saved and taken up again next week.",
    "At the end: what the agents would have done in the same world, what it cost each seat, and how rare "
    "your result is among 2,000 worlds.",
)


class PlayTab:
    """Seats, the game, the debrief."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.game: Game | None = None
        self.seen = 0
        visitor.closers.append(self._close)
        visitor.on_change.append(self.renew)
        visitor.redraw.append(self.refresh)
        with ui.element("div").classes("c-sheet"):
            self._build_setup()
            self._build_table()
            self.debrief = DebriefPanel(visitor)
        self.refresh()

    def _close(self) -> None:
        if self.game is not None:
            self.game.close()
        self.debrief.close()

    # What is on the page

    def _build_setup(self) -> None:
        address, scenario = self.visitor.address, self.visitor.scenario
        with ui.element("div").classes("c-card") as self.setup:
            ui.html("<h2>Take your seats</h2>", sanitize=False)
            ui.label(
                "One to six states are played by people in the room, on this one page; the others are "
                "agents. Whoever's turn it is sees the text and that state's own interests."
            ).style("margin: 4px 0 10px")
            with ui.element("div").classes("c-row"):
                self.strategy = (
                    ui.select(strategy_names(scenario), label="Strategy",
                              value=self._strategy())
                    .props("outlined dense options-dense data-testid=play-strategy").style("min-width: 400px")
                )  # fmt: skip
                names = {a: name_of(scenario, a) for a in scenario.actor_ids}
                self.seats = (
                    ui.select(names, multiple=True, value=[], label="Seats played by people")
                    .props("outlined dense options-dense use-chips data-testid=seats")
                    .style("min-width: 320px")
                )
                self.last = (
                    ui.select(LASTS, value="deadline", label="Seats play")
                    .props("outlined dense options-dense data-testid=play-last")
                    .style("width: 200px")
                )
                self.replicate = (
                    ui.number("World (replicate)", value=address.replicate, min=0, precision=0)
                    .props("outlined dense data-testid=play-replicate")
                    .style("width: 150px")
                )
                button(
                    "Start the game", self.start, "start-game", "play_arrow", classes="main-button"
                )
            with ui.element("p").style("margin-top: 10px"):
                ui.link("Or open a room: each seat from its own phone or laptop", "/room").props(
                    "data-testid=to-room"
                )
            with ui.element("div").classes("c-row").style("margin-top: 12px"):
                ui.label("Or take up a saved game:")
                field = ui.upload(
                    on_upload=self._load, auto_upload=True,
                    max_file_size=saved_game.LARGEST_FILE, max_files=1,
                ).props('accept=".json,application/json" data-testid=load-game')  # fmt: skip
                field.style("display: none")  # its own button holds a field inside a button
                (
                    ui.button("Choose the file of a game", icon="upload_file", color=None)
                    .props("unelevated no-caps data-testid=choose-game")
                    .classes("plain-button")
                    .on("click", js_handler=f"() => getElement({field.id}).$refs.qRef.pickFiles()")
                )
            self._build_advice()
            self.problem = (
                ui.label().classes("c-card c-bad").props("role=alert data-testid=play-problem")
            )
            self.problem.set_visibility(False)

    def _strategy(self) -> str:
        """Return the strategy that the page is set to, or what always gives a game."""
        address, scenario = self.visitor.address, self.visitor.scenario
        untouched = address.strategy == scenario.strategy_names[0]
        return default_strategy(scenario) if untouched else address.strategy

    def _build_advice(self) -> None:
        """Say in four steps how a game goes."""
        with ui.element("div").classes("steps"):
            for number, words in enumerate(HOW_IT_GOES, 1):
                with ui.element("div").classes("c-card"):
                    ui.html(f"<b>{number}</b>", sanitize=False)
                    ui.label(words)

    def _build_table(self) -> None:
        with ui.element("div") as self.table:
            with ui.element("div").classes("c-row").style("margin-bottom: 10px"):
                self.when = ui.label().classes("month").props("data-testid=play-month role=status")
                ui.element("div").style("flex: 1")
                button("Take back the last move", self._undo, "undo", "undo")
                button("Save the game", self._save, "save-game", "save")
                button("Leave the game", self._leave, "leave-game", "close")
            self.late = (
                ui.label(TOO_LATE)
                .classes("c-card c-note")
                .props("role=status data-testid=too-late")
            )
            with ui.element("div").classes("play") as self.room:
                with ui.element("section").classes("c-card"):
                    ui.html("<h2>The room</h2>", sanitize=False)
                    self.space = chart({}, "play-space", "play-space")
                    figure_buttons(self.space, "the-room")
                with ui.element("div"):
                    self.card = QuestionCard(self.visitor, self._answer)
                    with ui.element("section").classes("c-card").style("margin-top: 10px"):
                        ui.html("<h3>Since your last move</h3>", sanitize=False)
                        self.news = (
                            ui.html("", sanitize=False)
                            .classes("news")
                            .props(
                                'data-testid=play-news tabindex=0 role=region aria-label="Since your last move"'
                            )
                        )

    # What the controls do

    def start(self) -> None:
        """Begin a game with the seats chosen."""
        seats, replicate = tuple(self.seats.value or ()), self.replicate.value
        if not seats or len(seats) > MOST_SEATS:
            self._complain(f"Choose one to {MOST_SEATS} seats first.")
            return
        if replicate is None or replicate < 0:
            self._complain("The world is a whole number from 0.")
            return
        address = self.visitor.address
        self.visitor.move(strategy=self.strategy.value, replicate=int(replicate), month=0)
        self._take(Game(self.visitor.scenario, Settings(
            address.experiment, self.strategy.value, address.seed, int(replicate),
            tuple(sorted(address.changes.items())), seats,
            self.visitor.scenario.deadline if self.last.value == "deadline" else 0,
        )))  # fmt: skip

    def _take(self, game: Game) -> None:
        if self.game is not None:
            self.game.close()
        self.game, self.seen = game, 0
        self._complain("")
        self.refresh()

    async def _load(self, event: events.UploadEventArguments) -> None:
        cast("ui.upload", event.sender).reset()
        try:
            game, warning = saved_game.load(await event.file.read(), self.visitor.library)
        except UsageError as error:
            self._complain(f"This game cannot be taken up: {error}")
            return
        s = game.settings
        if s.experiment != self.visitor.address.experiment:
            self._complain(
                f"This game is of the experiment '{s.experiment}': open that one first (top right)."
            )
            game.close()
            return
        self.visitor.move(
            strategy=s.strategy,
            seed=s.seed,
            replicate=s.replicate,
            changes=dict(s.changes),
            month=0,
        )
        self.visitor.tell()
        self._take(game)
        self._complain(warning)

    def _answer(self, answer: str, until: int, proposal: list[float] | None) -> None:
        assert self.game is not None and self.game.question is not None
        self.seen = self.game.question.month
        self.game.answer(answer, until, proposal)
        self.refresh()

    def _undo(self) -> None:
        if self.game is not None:
            self.game.undo()
            self.seen = 0
            self.refresh()

    def _save(self) -> None:
        if self.game is not None:
            save(saved_game.dump(self.game), "game.json", "application/json")

    def _leave(self) -> None:
        if self.game is not None:
            self.game.close()
        self.game = None
        self.refresh()

    def _complain(self, words: str) -> None:
        self.problem.set_text(words)
        self.problem.set_visibility(bool(words))

    def renew(self) -> None:
        """Take note of changed settings; a game under way keeps its own."""
        address = self.visitor.address
        if self.game is None:
            self.strategy.set_value(self._strategy())
            self.replicate.set_value(address.replicate)

    # What is shown

    def refresh(self) -> None:
        """Show the set-up, the question, or the debrief."""
        game = self.game
        self.setup.set_visibility(game is None)
        self.table.set_visibility(game is not None)
        over = game is not None and game.question is None
        self.debrief.box.set_visibility(over)
        self.room.set_visibility(not over)
        if game is None:
            return
        frames = game.now()
        self.late.set_visibility(game.past_deadline)
        track = max(0, game.question.track) if game.question else 0
        actor = game.question.actor if game.question else ""
        self.when.set_text(
            f"Month {frames[-1].month} · {date_of(game.scenario, frames[-1].month)}"
            + (" · the end" if over else "")
        )
        show(
            self.visitor, self.space,
            space_charts.issue_space(game.scenario, frames, track, actor, hearts=over),
        )  # fmt: skip
        whole = frames if over else frames[:-1]
        told = [
            line for frame in whole if frame.month > max(0, self.seen - 1) and frame.events
            for line in headlines(game.scenario, frame)
        ]  # fmt: skip
        told = told[::-1][:40] or ["The talks begin."]
        self.news.set_content("".join(f"<p class=say>{escape(line)}</p>" for line in told))
        if game.question is not None:
            self.card.ask(game)
        else:
            self.debrief.show(game)
