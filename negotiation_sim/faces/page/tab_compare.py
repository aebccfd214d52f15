"""The tab Compare: an ensemble over strategies, with the base case beside it."""

from __future__ import annotations

from typing import Any

from nicegui import ui

from negotiation_sim.engine.ensemble import cores
from negotiation_sim.faces.page import compare_charts
from negotiation_sim.faces.page.compare_table import summary_html
from negotiation_sim.faces.page.ensemble_jobs import (
    EnsembleRequest,
    EnsembleTables,
    Job,
    request_of,
)
from negotiation_sim.faces.page.exports import csv, experiment_file
from negotiation_sim.faces.page.parts import Visitor, button, chart, figure_buttons, save, show
from negotiation_sim.faces.page.precedents_panel import PrecedentsPanel
from negotiation_sim.faces.page.sliders_panel import LeversPanel
from negotiation_sim.studies.history import record as history

FIRST_CHOICE = (
    "ban-treaty@CD", "ban-executive@adhoc-optin", "guidelines@COPUOS", "code@COPUOS",
    "code@adhoc-optin",
)  # fmt: skip
REPLICATES = {100: "100 (a glance)", 500: "500", 2000: "2,000", 10_000: "10,000 (slow)"}
CHARTS = ("probability", "curves", "causes", "texts")


def first_choice(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the strategies compared where a link names none."""
    return tuple(n for n in FIRST_CHOICE if n in names) or names[:5]


class CompareTab:
    """Strategies, sliders, the run and its charts."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.jobs: list[Job] = []
        self.tables: EnsembleTables | None = None
        self.base: EnsembleTables | None = None
        self.falling = True
        visitor.closers.append(self._close)
        visitor.on_change.append(self.renew)
        visitor.redraw.append(self.refresh)
        self._build()
        self._recall()
        self.refresh()

    def _close(self) -> None:
        self.timer.cancel()
        for job in self.jobs:
            job.cancel()

    @property
    def chosen(self) -> tuple[str, ...]:
        """The strategies compared."""
        names = self.visitor.scenario.strategy_names
        return self.visitor.address.compare or first_choice(names)

    def requests(self) -> list[EnsembleRequest]:
        """Return what is to be run: these settings, and the base case where they differ."""
        wanted = [request_of(self.visitor.address, self.chosen)]
        if self.visitor.address.changes:
            wanted.append(request_of(self.visitor.address, self.chosen, base=True))
        return wanted

    # What is on the page

    def _build(self) -> None:
        with ui.element("div").classes("c-sheet c-split"):
            with ui.element("div").classes("c-card levers-card"):
                self._build_choice()
                LeversPanel(self.visitor)
            with ui.element("div"):
                self._build_run()
                self._build_charts()
        self.timer = ui.timer(0.25, self._watch, active=False)

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
                    'animation-speed=150 data-testid=progress aria-label="Share of the replicates done"'
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
            self.key = ui.html("", sanitize=False).style("width: 100%").props("data-testid=key")

    def _build_charts(self) -> None:
        self.charts = {}
        with ui.element("div").classes("c-pair").style("margin-top: 10px"):
            for name in CHARTS:
                with ui.element("section").classes("c-card"):
                    made = chart({}, f"chart-{name}", "mid")
                    figure_buttons(made, name)
                    self.charts[name] = made
        with ui.element("div").classes("c-card c-scroll").style("margin-top: 10px"):
            self.table = ui.html("", sanitize=False).props("data-testid=summary")
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

    def run(self) -> None:
        """Start the ensemble, and the base case's unless it is known."""
        self.cancel()
        self.jobs = []
        for request, scenario in zip(
            self.requests(), (self.visitor.scenario, self.visitor.base), strict=False
        ):
            if self.visitor.results.get(request) is None:
                self.jobs.append(Job(scenario, request, max(1, cores() - 1)))
        if not self.jobs:
            self._recall()
            self.refresh()
            return
        self.jobs[0].start()
        self.timer.active = True
        self.refresh()

    def cancel(self) -> None:
        """Stop; what has been counted stays on the page."""
        for job in self.jobs:
            job.cancel()

    def _watch(self) -> None:
        """Show how far the runs are; start the next; end when all have."""
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

    def _take(self, job: Job) -> None:
        if job.tables is None:
            return
        if job.state == "done":
            self.visitor.results.put(job.request, job.tables)
        wanted = self.requests()
        if job.request == wanted[0]:
            self.tables = job.tables
        elif len(wanted) > 1 and job.request == wanted[1]:
            self.base = job.tables

    def _recall(self) -> None:
        """Show what is known for the settings of the page."""
        wanted = self.requests()
        self.tables = self.visitor.results.get(wanted[0])
        self.base = self.visitor.results.get(wanted[1]) if len(wanted) > 1 else None

    def renew(self) -> None:
        """Take note of changed settings: what was run for others is no longer shown as theirs."""
        self.cancel()
        self._recall()
        address = self.visitor.address
        self.strategies.set_value(list(self.chosen))
        self.seed.set_value(address.seed)
        self.refresh()

    def _save_csv(self) -> None:
        if self.tables is None:
            ui.notify("Run first; there is nothing to save yet.", type="warning")
            return
        save(csv(self.tables.summary), "comparison.csv")

    def _save_experiment(self) -> None:
        address = self.visitor.address
        experiment = self.visitor.library.experiment(address.experiment)
        text = experiment_file(experiment, self.visitor.base.setting, address.changes, self.chosen)
        save(text, f"{experiment.id}-page.yaml", "application/yaml")

    # What is shown

    def refresh(self) -> None:
        """Show the tables at hand."""
        running = [job for job in self.jobs if job.state == "running"]
        self.run_button.set_enabled(not running)
        self.cancel_button.set_enabled(bool(running))
        self._say(running)
        scenario, names = self.visitor.scenario, self.chosen
        self.shape.set_options({True: "survival", False: "success"}, value=self.falling)
        show(
            self.visitor,
            self.charts["probability"],
            compare_charts.probability(self.tables, self.base, names),
        )
        show(
            self.visitor,
            self.charts["curves"],
            compare_charts.curves(
                self.tables,
                self.base,
                names,
                scenario.deadline,
                scenario.horizon,
                falling=self.falling,
            ),
        )
        show(self.visitor, self.charts["causes"], compare_charts.causes(self.tables, names))
        show(
            self.visitor,
            self.charts["texts"],
            compare_charts.texts(self.tables, names, scenario.issues),
        )
        self.key.set_content(compare_charts.key(names))
        self.table.set_content(summary_html(self.tables, self.base, scenario))

    def _say(self, running: list[Job]) -> None:
        done = sum(job.done for job in self.jobs)
        total = sum(job.total for job in self.jobs)
        failed = next((job.error for job in self.jobs if job.state == "failed"), "")
        if running:
            self.progress.set_value(done / total)
            self.status.set_text(f"{done:,} of {total:,} worlds")
        elif failed:
            self.status.set_text(f"The run failed: {failed}")
        elif self.tables is not None:
            self.progress.set_value(self.tables.done / self.visitor.address.replicates)
            cancelled = self.tables.done < self.visitor.address.replicates
            word = "Cancelled" if cancelled else "Done"
            self.status.set_text(
                f"{word}: {self.tables.done:,} worlds, the same for every strategy"
            )
        else:
            self.progress.set_value(0.0)
            self.status.set_text("Not run with these settings yet: press Run.")
