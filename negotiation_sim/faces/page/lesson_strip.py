"""The strip above every view in a lesson: the question, a prediction before the answer, time, next."""

from __future__ import annotations

from nicegui import run, ui

from negotiation_sim.faces.page.address import Address
from negotiation_sim.faces.page.ensemble_jobs import request_of
from negotiation_sim.faces.page.first_sentence import opening
from negotiation_sim.faces.page.lesson_answers import told
from negotiation_sim.faces.page.lessons import LESSONS, Lesson, Step
from negotiation_sim.faces.page.parts import Visitor, button

EXPERIMENT = "bellagio"
NOTHING_COUNTED = (
    "There is nothing to count in this step: compare the predictions with one another."
)
WAIT = "The run of this step is not finished yet. Ask again when it is."


def link(lesson: Lesson, place: int) -> str:
    """Return the address of a step; one without a view of its own opens in the tab Lessons."""
    target = lesson.address(place) or Address(tab="lessons", lesson=lesson.number, step=place + 1)
    return target.but(experiment=EXPERIMENT).query()


def step_of(address: Address) -> tuple[Lesson, int] | None:
    """Return the lesson and the place of the step that an address is at, None outside one."""
    if not 1 <= address.lesson <= len(LESSONS):
        return None
    lesson = LESSONS[address.lesson - 1]
    return (lesson, address.step - 1) if 1 <= address.step <= len(lesson.steps) else None


class LessonStrip:
    """One step of a lesson; nothing where the address is at none.

    Until a prediction is written, what answers the question is not on the page.
    """

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        found = step_of(visitor.address)
        if found is None:
            return
        self.lesson, self.place = found
        with (
            ui.element("section")
            .classes("c-card lesson-strip")
            .props('data-testid=strip aria-label="This step of the lesson"')
        ):
            self._build(self.lesson.steps[self.place])

    def _build(self, step: Step) -> None:
        lesson, place = self.lesson, self.place
        with ui.element("div").classes("c-row"):
            ui.label(
                f"{lesson.number}. {lesson.title} · step {place + 1} of {len(lesson.steps)}"
            ).classes("strong").style("flex: 1").props("data-testid=strip-place")
            ui.label(f"{step.minutes}:00").classes("strong").props(
                "data-testid=clock role=timer title='Time left for this step'"
            )
            if place + 1 < len(lesson.steps):
                button(
                    "Next step", lambda: ui.navigate.to(link(lesson, place + 1)), "strip-next",
                    "navigate_next", classes="main-button",
                )  # fmt: skip
        ui.run_javascript(f"lessonClock('{lesson.number}-{place + 1}', {60 * step.minutes})")
        ui.label(step.words)
        if step.ask:
            self._ask(step)
        if step.note:
            with ui.element("details").props("data-testid=strip-note"):
                with ui.element("summary"):
                    ui.label("Facilitator's note").style("display: inline")
                ui.label(step.note)

    def _ask(self, step: Step) -> None:
        ui.run_javascript("document.body.classList.add('sealed')")
        with ui.element("div").classes("c-row").style("margin-top: 6px"):
            self.box = (
                ui.input(label=step.ask, on_change=self._typed)
                .props("outlined dense data-testid=prediction")
                .style("flex: 1 1 340px")
            )
            self.show = button("Show the answer", self.answer, "show-answer", "visibility")
        self.show.set_enabled(False)
        self.said = ui.element("ul").props("data-testid=strip-answer aria-live=polite")
        self.said.set_visibility(False)

    def _typed(self) -> None:
        self.show.set_enabled(bool((self.box.value or "").strip()))

    async def answer(self) -> None:
        """Show what the page holds, and in words what was asked."""
        ui.run_javascript("document.body.classList.remove('sealed')")
        lines = await run.io_bound(self.lines)
        self.said.clear()
        with self.said:
            for line in [f"Predicted: {self.box.value.strip()}", *(lines or [])]:
                with ui.element("li"):
                    ui.label(line)
        self.said.set_visibility(True)

    def lines(self) -> list[str]:
        """Return the answer of the step, from the run that is on the page."""
        visitor, step = self.visitor, self.lesson.steps[self.place]
        address = self.lesson.address(self.place)
        if address is None:
            return [NOTHING_COUNTED]
        if address.tab != "compare":
            return opening(visitor.base, address.strategy, address.seed, address.replicate)[1:]
        address = address.but(experiment=visitor.address.experiment)
        tables = visitor.results.get(request_of(address, address.compare))
        before = None
        if address.before is not None and address.before != address.changes:
            before = visitor.results.get(request_of(address, address.compare, address.before))
            tables = tables if before is not None else None
        if tables is None:
            return [WAIT]
        states = {code: actor.name for code, actor in visitor.base.setting.actors.items()}
        return told(step.answers, tables, before, address.compare, states)
