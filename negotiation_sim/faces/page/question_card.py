"""What a seat is asked: the text, its own interests, and the answers it may give."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from html import escape

from nicegui import ui

from negotiation_sim.engine.scenario import Scenario
from negotiation_sim.faces.page.game import (
    ACCEPT,
    ADVICE,
    ALONG,
    BACK,
    OBJECT,
    PLAIN,
    PROPOSE,
    REFUSE,
    TEXT,
    Game,
    Question,
)
from negotiation_sim.faces.page.game import (
    ANSWERS as OFFERED,
)
from negotiation_sim.faces.page.month_in_words import name_of
from negotiation_sim.faces.page.parts import Visitor, button, plain_table
from negotiation_sim.words.questions import ANSWERS, QUESTIONS
from negotiation_sim.words.scales import UNIT_SCALE, range_words, shown

ICONS = {
    ACCEPT: "check_circle", ALONG: "change_history", OBJECT: "block", BACK: "check_circle",
    REFUSE: "block", **{OFFERED[name][0]: "check_circle" for name in PLAIN},
    **{OFFERED[name][1]: "block" for name in PLAIN},
}  # fmt: skip
STANDS = {0: "this time only", 6: "for half a year", 12: "for a year", 36: "for three years"}


class QuestionCard:
    """One question at a time; a curtain between two seats, so that others can look away."""

    def __init__(
        self, visitor: Visitor, answer: Callable[[str, int, list[float] | None], None]
    ) -> None:
        self.visitor, self._send = visitor, answer
        self.actor = ""
        self.question: Question | None = None
        with ui.element("section").classes("c-card").props("data-testid=question") as self.box:
            self.curtain = ui.element("div")
            self.inside = ui.element("div")

    def ask(self, game: Game) -> None:
        """Show a game's question, behind a curtain if it is another seat's turn."""
        question = game.question
        assert question is not None
        several = len(game.settings.seats) > 1
        hidden = several and question.actor != self.actor
        self.curtain.clear()
        self.curtain.set_visibility(hidden)
        self.inside.set_visibility(not hidden)
        if hidden:
            name = name_of(game.scenario, question.actor)
            with self.curtain:
                ui.html(f"<h2>It is {escape(name)}'s turn</h2>", sanitize=False)
                ui.label("The others look away.").style("margin: 6px 0 12px")
                button(
                    f"I am {name}", self._draw_curtain, "curtain", "person", classes="main-button"
                )
        self.actor = question.actor
        self._fill(game, question)

    def _draw_curtain(self) -> None:
        self.curtain.set_visibility(False)
        self.inside.set_visibility(True)

    def _fill(self, game: Game, question: Question) -> None:
        self.question = question
        scenario = game.scenario
        self.inside.clear()
        with self.inside:
            ui.html(
                f"<h2>{escape(name_of(scenario, question.actor))}, your seat</h2>", sanitize=False
            )
            ui.label(asked_words(scenario, question)).classes("big").props("data-testid=asked")
            ui.html(interests(game, question), sanitize=False)
            with ui.element("div").classes("c-row").style("margin: 4px 0; align-items: flex-start"):
                self.stands = (
                    ui.select(STANDS, value=0, label="This answer stands")
                    .props("outlined dense options-dense data-testid=stands")
                    .style("width: 200px")
                )
                with ui.element("details").style("flex: 1; min-width: 240px; padding-top: 6px"):
                    with ui.element("summary"):
                        ui.label("What does your capital advise?").style("display: inline")
                    ui.label(advice(question)).classes("strong").props("data-testid=advice")
            self._answers(game, question)

    def _answers(self, game: Game, question: Question) -> None:
        with ui.element("div").classes("c-row choices"):
            for answer in question.answers:
                if answer != PROPOSE:
                    said = ANSWERS[answer]
                    words = (said.opt_in if question.opt_in else "") or said.button
                    button(words, lambda a=answer: self._give(a), f"answer-{answer}", ICONS[answer])
            button(ANSWERS[ADVICE].button, lambda: self._give(ADVICE), "answer-advice", "help")
        if PROPOSE in question.answers:
            self._proposal(game, question)
        elif len(question.tracks) > 1:
            ui.label(
                "These texts are a package: one answer holds for all of them, and the chair alone moves them."
            ).classes("small").props("data-testid=package")

    def _proposal(self, game: Game, question: Question) -> None:
        track = game.now()[-1].tracks[question.track]
        with ui.element("div").style("margin-top: 8px"):
            ui.html("<h3>Or propose a move</h3>", sanitize=False)
            self.moves = []
            for k, issue in enumerate(game.scenario.issues):
                with ui.element("div").classes("c-row").style("flex-wrap: nowrap"):
                    ui.label(issue.replace("_", " ")).style("width: 110px")
                    slider = ui.slider(
                        min=round(track.low[k], 2),
                        max=round(track.high[k], 2),
                        step=0.01,
                        value=min(max(round(question.texts[0][k], 2), track.low[k]), track.high[k]),
                    ).props(f'aria-label="propose {issue}" data-testid=propose-{issue}')
                    self.moves.append(slider.style("flex: 1"))
                    ui.label().bind_text_from(slider, "value", partial(shown, issue)).classes(
                        "strong"
                    ).style("width: 56px; text-align: right")
            ui.label(
                "You do not accept; next round the chair moves towards what you ask for."
            ).classes("small")
            with ui.element("div").classes("c-row choices"):
                button(ANSWERS[PROPOSE].button, self._propose, "answer-propose", "open_with")

    def _give(self, answer: str) -> None:
        stands = int(self.stands.value or 0)
        assert self.question is not None
        self._send(answer, self.question.month + stands if stands else 0, None)

    def _propose(self) -> None:
        self._send(PROPOSE, 0, [float(slider.value) for slider in self.moves])


def asked_words(scenario: Scenario, question: Question) -> str:
    """Return where and what a seat is asked."""
    asked = QUESTIONS[question.question].asked
    if question.track < 0:
        return asked
    place = f"{scenario.setting.venues[question.venue].name}"
    rounds = f", round {question.round}" if question.question == TEXT else ""
    return f"{place}{rounds}. {asked}"


def items_of(game: Game, question: Question) -> list[str]:
    """Return the names of what is decided together."""
    setting = game.scenario.setting
    tracks = setting.strategies[game.scenario.index_of_strategy(game.settings.strategy)].tracks
    return [setting.initiatives[tracks[track].initiative].name for track in question.tracks]


def advice(question: Question) -> str:
    """Return what the agent would do, in words."""
    words = QUESTIONS[question.question]
    return words.advises_yes if question.advice else words.advises_no


def interests(game: Game, question: Question) -> str:
    """Return the text and the seat's interests as a table and three bars, each with its number."""
    if not question.texts:
        return ""
    heads = ["on the table"]
    if len(question.tracks) > 1:
        heads = [f"on the table: {name}" for name in items_of(game, question)]
    plain = all(issue.scale == UNIT_SCALE for issue in game.scenario.issues)
    rows = [
        [
            issue if plain else range_words(issue),
            *(shown(issue, text[k]) for text in question.texts),
            shown(issue, question.ideal[k]),
        ]
        for k, issue in enumerate(game.scenario.issues)
    ]
    numbers = set(range(1, len(heads) + 2))
    table = plain_table(["issue (0 to 1)" if plain else "issue", *heads, "you want"], rows, numbers)
    bars = [("worth to you", question.value, "#0072B2")]
    if question.question == TEXT:
        bars.append(("you would hold out for", question.threshold, "#C04A00"))
    bars.append(("better than none from", question.reservation_value, "#595959"))
    told = "".join(
        f'<div class="worth"><span>{words}</span><span class="track"><span style="width:'
        f'{100 * min(1.0, max(0.0, value)):.1f}%;background:{colour}"></span></span><b>{value:.2f}</b></div>'
        for words, value, colour in bars
    )
    return table + told
