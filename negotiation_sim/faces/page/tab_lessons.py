"""The tab Lessons: guided exercises, each step opening the page at its settings."""

from __future__ import annotations

from html import escape

from nicegui import ui

from negotiation_sim.faces.page.lesson_strip import EXPERIMENT, link
from negotiation_sim.faces.page.lessons import LESSONS, Lesson
from negotiation_sim.faces.page.parts import Visitor


class LessonsTab:
    """A list of lessons, and the one chosen."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        with ui.element("div").classes("c-sheet c-split"):
            with ui.element("nav").classes("c-card").props('aria-label="Lessons"'):
                ui.html("<h2>Lessons of 45 minutes</h2>", sanitize=False)
                for lesson in LESSONS:
                    ui.button(
                        f"{lesson.number}. {lesson.title}", color=None,
                        on_click=lambda n=lesson.number: self.choose(n),
                    ).props(f"flat no-caps align=left data-testid=lesson-{lesson.number}").style(
                        "width: 100%; justify-content: flex-start"
                    )  # fmt: skip
                ui.label(
                    f"Links open the experiment '{EXPERIMENT}' at the settings of the step; the browser's Back "
                    "button returns here."
                ).classes("small").style("margin-top: 10px")
            self.box = ui.element("article").classes("c-card lesson")
        self.choose(visitor.address.lesson or 1, move=False)

    def choose(self, number: int, *, move: bool = True) -> None:
        """Show a lesson."""
        lesson = LESSONS[number - 1]
        if move:
            self.visitor.move(lesson=number)
        self.box.clear()
        with self.box:
            self._show(lesson)

    def _show(self, lesson: Lesson) -> None:
        ui.html(f"<h2>{lesson.number}. {escape(lesson.title)}</h2>", sanitize=False)
        ui.label(lesson.question).classes("big strong").style("margin: 4px 0")
        ui.label(f"Goal: {lesson.goal}")
        ui.html("<h3>Plan</h3>", sanitize=False).style("margin-top: 10px")
        for place, step in enumerate(lesson.steps):
            with ui.element("div").classes("c-row lever").style("flex-wrap: nowrap"):
                ui.label(f"{step.minutes} min").classes("strong").style("width: 70px; flex: none")
                with ui.element("div").style("flex: 1"):
                    ui.label(step.words)
                    if step.ask:
                        ui.label(f"Predict first: {step.ask}").classes("small")
                if step.address is not None or place == 0:
                    target = link(lesson, place)
                    ui.button(
                        "Open", icon="open_in_browser", color=None,
                        on_click=lambda to=target: ui.navigate.to(to),
                    ).classes("main-button").props(
                        f'unelevated no-caps aria-label="Open step {place + 1}" '
                        f"data-testid=open-{lesson.number}-{place}"
                    )  # fmt: skip
        ui.html("<h3>To discuss</h3>", sanitize=False).style("margin-top: 10px")
        _points(lesson.discuss)
        with ui.element("details").props("data-testid=notes-facilitator"):
            with ui.element("summary"):
                ui.label("Facilitator's notes (not for the screen)").style("display: inline")
            _points((*(step.note for step in lesson.steps if step.note), *lesson.notes))


def _points(lines: tuple[str, ...]) -> None:
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    ui.html(f"<ul>{items}</ul>", sanitize=False)
