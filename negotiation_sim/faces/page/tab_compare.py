"""The tab Compare: an ensemble over strategies at once, with the step before it beside it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any

from nicegui import run, ui

from negotiation_sim.engine.ensemble import cores
from negotiation_sim.engine.scenario import Scenario
from negotiation_sim.faces.page import compare_charts
from negotiation_sim.faces.page.compare_table import summary_html, views_html
from negotiation_sim.faces.page.ensemble_jobs import (
    EnsembleRequest,
    EnsembleTables,
    Job,
    request_of,
)
from negotiation_sim.faces.page.exports import csv, experiment_file
from negotiation_sim.faces.page.parts import Visitor, button, chart, figure_buttons, save, show
from negotiation_sim.faces.page.precedents_panel import PrecedentsPanel
from negotiation_sim.faces.page.slider_reach import reaches
from negotiation_sim.faces.page.sliders import changes_in_words
from negotiation_sim.faces.page.sliders_panel import LeversPanel
from negotiation_sim.studies.history import record as history
from negotiation_sim.studies.history.outside_view import side_by_side

FIRST_CHOICE = (
    "ban-treaty@CD", "ban-executive@adhoc-optin", "guidelines@COPUOS", "code@COPUOS",
    "code@adhoc-optin",
)  # fmt: skip
REPLICATES = {100: "100 (a glance)", 500: "500", 2000: "2,000", 10_000: "10,000 (slow)"}
AT_ONCE = 20_000  # worlds times strategies that run without being asked
CHARTS = ("probability", "curves", "causes", "texts")


def first_choice(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the strategies compared where a link names none."""
    return tuple(n for n in FIRST_CHOICE if n in names) or names[:5]


class CompareTab:
    """Strategies, sliders, the runs and their charts."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.jobs: list[Job] = []
        self.tables: EnsembleTables | None = None
        self.ghost: EnsembleTables | None = None
        self.falling = True
        self.stale: EnsembleTables | None = None
        self._viewed: EnsembleTables | None = None
        self._measured: tuple[object, ...] = ()
        self._leaving = threading.Event()
        visitor.closers.append(self._close)
        visitor.on_change.append(self.renew)
        visitor.on_look.append(self.look)
        visitor.redraw.append(self.refresh)
        self._build()
        self.look()

    def _close(self) -> None:
        self.timer.cancel()
        self._leaving.set()
        for job in self.jobs:
            job.cancel()

    @property
    def chosen(self) -> tuple[str, ...]:
        """The strategies compared."""
        names = self.visitor.scenario.strategy_names
        return self.visitor.address.compare or first_choice(names)

    def requests(self) -> list[EnsembleRequest]:
        """Return what is to be run: these settings, and those of the step before."""
        address, before = self.visitor.address, self.visitor.before
        wanted = [request_of(address, self.chosen)]
        if before is not None and before != address.changes:
            wanted.append(request_of(address, self.chosen, before))
        return wanted

    @property
    def at_once(self) -> bool:
        """Whether the page runs without being asked: what takes long waits for a press."""
        return self.visitor.address.replicates * len(self.chosen) <= AT_ONCE

    # What is on the page

    def _build(self) -> None:
        with ui.element("div").classes("c-sheet c-split"):
            with ui.element("div").classes("c-card levers-card"):
                self._build_choice()
                self.levers = LeversPanel(self.visitor)
            with ui.element("div"):
                self._build_run()
                with ui.element("div") as self.answer:
                    self._build_charts()
                self._build_record()
        self.timer = ui.timer(0.1, self._watch, active=False)

    def _build_choice(self) -> None:
        address = self.visitor.address
        self.strategies = (
            ui.select(list(self.visitor.scenario.strategy_names), multiple=True, value=list(self.chosen),
                      label="Strategies to compare", on_change=self._choose)
            .props("outlined use-chips options-dense data-testid=strategies").style("width: 100%")
        )  # fmt: skip
        with ui.element("div").classes("c-row").style("margin: 8px 0; flex-wrap: nowrap"):
            options = REPLICATES | {
                address.replicates: REPLICATES.get(address.replicates, str(address.replicates))
            }
            self.replicates = (
                ui.select(
                    options,
                    value=address.replicates,
                    label="Worlds (replicates)",
                    on_change=self._choose,
                )
                .props("outlined dense options-dense data-testid=replicates")
                .style("flex: 1")
            )
            self.seed = (
                ui.number("Seed", value=address.seed, min=0, precision=0, on_change=self._choose)
                .props("outlined dense debounce=400 data-testid=compare-seed")
                .style("width: 100px")
            )

    def _build_run(self) -> None:
        with ui.element("div").classes("c-card c-row"):
            self.run_button = button("Run", self.run, "run", "play_arrow", classes="main-button")
            self.cancel_button = button("Cancel", self.cancel, "cancel", "close")
            with ui.element("div").style("flex: 1; min-width: 160px"):
                self.progress = ui.linear_progress(0.0, show_value=False, size="14px").props(
                    'animation-speed=150 data-testid=progress aria-label="Share of the worlds done"'
                )
                self.status = ui.label().classes("small").props("data-testid=status role=status")
            self.shape = ui.toggle(
                {True: "survival", False: "success"}, value=True, on_change=self._turn
            ).props("no-caps unelevated dense data-testid=shape")
            with button("Save", lambda: None, "compare-save", "download"), ui.menu():
                ui.menu_item("The table (CSV)", self._save_csv).props("data-testid=compare-csv")
                ui.menu_item("These settings as an experiment file", self._save_experiment).props(
                    "data-testid=compare-yaml"
                )
            self.step = ui.label().style("width: 100%").props("data-testid=step-before")
            self.key = ui.html("", sanitize=False).style("width: 100%").props("data-testid=key")

    def _build_charts(self) -> None:
        self.charts = {}
        with ui.element("div").classes("c-pair").style("margin-top: 10px"):
            for name in CHARTS:
                with ui.element("section").classes("c-card"):
                    made = chart({}, f"chart-{name}", "mid")
                    figure_buttons(made, name)
                    self.charts[name] = made
        with (
            ui.element("div")
            .classes("c-card c-scroll")
            .style("margin-top: 10px")
            .props('tabindex=0 role=region aria-label="The numbers"')
        ):
            self.table = ui.html("", sanitize=False).props("data-testid=summary")
        with (
            ui.element("div")
            .classes("c-card c-scroll")
            .style("margin-top: 10px")
            .props('tabindex=0 role=region aria-label="Inside and outside view"') as self.views_card
        ):
            ui.html("<h2>Inside and outside view</h2>", sanitize=False)
            self.views = ui.html("", sanitize=False).props("data-testid=views")
        self.views_card.set_visibility(False)

    def _build_record(self) -> None:
        said = history.said_of(self.visitor.base.setting.environment)
        with ui.element("div").classes("c-card").style("margin-top: 10px"):
            ui.label(said).props("data-testid=history")
        PrecedentsPanel(self.visitor, lambda: self.chosen)

    # What the controls do

    def _choose(self) -> None:
        names = self.visitor.scenario.strategy_names
        picked = tuple(n for n in names if n in (self.strategies.value or ()))
        seed = self.seed.value
        if not picked or seed is None or seed < 0:
            return
        wanted: dict[str, Any] = {
            "compare": picked,
            "replicates": int(self.replicates.value),
            "seed": min(2**53, int(seed)),
        }
        address = self.visitor.address
        if picked == self.chosen:
            wanted["compare"] = address.compare
        if all(getattr(address, key) == value for key, value in wanted.items()):
            return
        self.visitor.move(**wanted)
        self.visitor.tell()

    def _turn(self) -> None:
        self.falling = bool(self.shape.value)
        self.refresh()

    def look(self) -> None:
        """Show what is known for the settings of the page, and run what is not."""
        self._recall()
        if self.at_once and self.visitor.address.tab == "compare":
            self.run()
        else:
            self.refresh()

    def run(self) -> None:
        """Start the ensemble, and that of the step before unless it is known."""
        self.cancel()
        settings = (self.visitor.address.changes, self.visitor.before or {})
        self.jobs = [
            Job(self._scenario(changes), request, max(1, cores() - 1))
            for request, changes in zip(self.requests(), settings, strict=False)
            if self.visitor.results.get(request) is None
        ]
        if self.jobs:
            self.jobs[0].start()
        self.timer.active = True
        self.refresh()

    def _scenario(self, changes: Mapping[str, float]) -> Scenario:
        return self.visitor.library.scenario(self.visitor.address.experiment, changes)

    def cancel(self) -> None:
        """Stop; what has been counted stays on the page."""
        for job in self.jobs:
            job.cancel()

    async def _watch(self) -> None:
        """Show how far the runs are; start the next; when all have ended, what follows from them."""
        for job in self.jobs:
            self._take(job)
        running = [job for job in self.jobs if job.state == "running"]
        waiting = [job for job in running if not job.started]
        if waiting and len(waiting) == len(running):
            if waiting[0].cancelled:
                for job in waiting:
                    job.state = "cancelled"
            else:
                waiting[0].start()
        if not running:
            self.timer.active = False
        self.refresh()
        if not running:
            await self._follow()

    def _take(self, job: Job) -> None:
        if job.tables is None:
            return
        if job.state == "done":
            self.visitor.results.put(job.request, job.tables)
        wanted = self.requests()
        if job.request == wanted[0]:
            self.tables = job.tables
        elif len(wanted) > 1 and job.request == wanted[1]:
            self.ghost = job.tables

    async def _follow(self) -> None:
        """Bring the inside and outside view, and the order of the sliders, beside other work."""
        tables, scenario, chosen = self.tables, self.visitor.scenario, self.chosen
        if tables is None or self._leaving.is_set():
            return
        if tables is not self._viewed:
            self._viewed = tables
            views = await run.io_bound(views_of, scenario, tables)
            if self._viewed is tables and not self._leaving.is_set():
                self.views.set_content(views or "")
                self.views_card.set_visibility(bool(views))
        measured = (self.visitor.address.experiment, chosen, self.visitor.address.seed)
        if measured != self._measured and not self._leaving.is_set():
            self._measured = measured
            reach = await run.io_bound(
                reaches, self.visitor.base, self.levers.shown, chosen, measured[2], self._leaving
            )
            if reach and self._measured == measured and not self._leaving.is_set():
                self.levers.arrange(reach)

    def _recall(self) -> None:
        """Show what is known for the settings of the page; the answer before stays, pale, until then."""
        wanted = self.requests()
        self.stale = self.tables
        self.tables = self.visitor.results.get(wanted[0])
        self.ghost = self.visitor.results.get(wanted[1]) if len(wanted) > 1 else None

    def renew(self) -> None:
        """Take note of changed settings: what was run for others is no longer shown as theirs."""
        self.cancel()
        address = self.visitor.address
        self.strategies.set_value(list(self.chosen))
        self.seed.set_value(address.seed)
        self.look()

    def _save_csv(self) -> None:
        if self.tables is None:
            ui.notify("Run first; there is nothing to save yet.", type="warning")
            return
        save(csv(self.tables.summary), "comparison.csv")

    def _save_experiment(self) -> None:
        address = self.visitor.address
        experiment = self.visitor.library.experiment(address.experiment)
        # All strategies: what the others bring into the room is part of a world.
        text = experiment_file(experiment, self.visitor.base.setting, address.changes, ())
        save(text, f"{experiment.id}-page.yaml", "application/yaml")

    # What is shown

    def refresh(self) -> None:
        """Show the tables at hand; while there are none, those of the settings before, pale."""
        running = [job for job in self.jobs if job.state == "running"]
        waits = self.tables is None and not self.at_once
        self.run_button.set_visibility(waits or bool(running))
        self.run_button.set_enabled(not running)
        self.cancel_button.set_visibility(bool(running))
        self._say(running)
        self.answer.set_visibility(self.tables is not None or self.stale is not None)
        if self.tables is None:
            self.answer.classes("stale")
            return
        self.answer.classes(remove="stale")
        scenario, names = self.visitor.scenario, self.chosen
        self.shape.set_options({True: "survival", False: "success"}, value=self.falling)
        drawn = compare_charts.every_chart(
            self.tables, self.ghost, names, scenario, falling=self.falling
        )
        for name, options in drawn.items():
            show(self.visitor, self.charts[name], options)
        self.key.set_content(compare_charts.key(names, scenario))
        self.table.set_content(summary_html(self.tables, self.ghost, scenario))
        self.step.set_visibility(self.ghost is not None)
        self.step.set_text(step_words(self.visitor.base, self.visitor.before))

    def _say(self, running: list[Job]) -> None:
        done = sum(job.done for job in self.jobs)
        total = sum(job.total for job in self.jobs)
        failed = next((job.error for job in self.jobs if job.state == "failed"), "")
        self.progress.set_visibility(bool(running))
        if running:
            self.progress.set_value(done / total)
            self.status.set_text(f"{done:,} of {total:,} worlds")
        elif failed:
            self.status.set_text(f"The run failed: {failed}")
        elif self.tables is not None:
            cancelled = self.tables.done < self.visitor.address.replicates
            word = "Cancelled" if cancelled else "Done"
            self.status.set_text(
                f"{word}: {self.tables.done:,} worlds, the same for every strategy"
            )
        else:
            self.status.set_text("This takes a while: press Run.")


def step_words(base: Scenario, before: Mapping[str, float] | None) -> str:
    """Return what the hollow marks, thin lines and thin bars are."""
    said = changes_in_words(base, before or {}) or "the base case"
    return f"Hollow marks, thin lines and thin bars: the step before ({said})."


def views_of(scenario: Scenario, tables: EnsembleTables) -> str:
    """Return the inside and outside view of what has been run, as HTML."""
    return views_html(side_by_side(scenario.setting, tables.mandates), scenario)
