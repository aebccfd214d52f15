"""The sliders of the tab Compare, each with its unit, default and source."""

from __future__ import annotations

from nicegui import ui

from negotiation_sim.faces.page.parts import Visitor
from negotiation_sim.faces.page.sliders import Lever, levers


class LeversPanel:
    """Sliders for what matters; a change counts for all tabs."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.levers = levers(visitor.base, visitor.library.titles())
        self.sliders: dict[str, ui.slider] = {}
        self.values: dict[str, ui.label] = {}
        self._quiet = False
        ui.html("<h2>Change one thing</h2>", sanitize=False)
        with ui.element("div").classes("levers"):
            for lever in self.levers:
                self._build(lever)
        visitor.on_change.append(self.refresh)
        self.refresh()

    def _build(self, lever: Lever) -> None:
        slug = lever.path.replace(".", "-")
        with ui.element("div").classes("lever"):
            with (
                ui.element("div")
                .classes("c-row")
                .style("justify-content: space-between; flex-wrap: nowrap")
            ):
                ui.label(lever.label).classes("strong")
                self.values[lever.path] = (
                    ui.label().style("white-space: nowrap").props(f"data-testid=value-{slug}")
                )
            self.sliders[lever.path] = (
                ui.slider(min=lever.low, max=lever.high, step=lever.step, value=lever.default)
                .props(f'aria-label="{lever.label}, {lever.unit}" data-testid=slider-{slug} '
                       'color=primary thumb-size=24px track-size=6px')
                .on("change", lambda e, at=lever: self._changed(at, e.args), [None])
            )  # fmt: skip
            ui.label(lever.meaning).classes("small")
            with ui.element("details").classes("small"):
                with ui.element("summary"):
                    ui.label(f"Default: {lever.default:.3g} {lever.unit}").style("display: inline")
                ui.label(f"Rests on: {lever.rests_on}").props(f"data-testid=source-{slug}")

    def _changed(self, lever: Lever, value: object) -> None:
        number = value if isinstance(value, (int, float)) else self.sliders[lever.path].value
        changes = dict(self.visitor.address.changes)
        if abs(number - lever.default) < lever.step / 2:
            changes.pop(lever.path, None)
        else:
            changes[lever.path] = round(float(number), 9)
        if changes != self.visitor.address.changes:
            self.visitor.move(changes=changes)
            self.visitor.tell()

    def refresh(self) -> None:
        """Show the values of the page's settings."""
        for lever in self.levers:
            value = self.visitor.address.changes.get(lever.path, lever.default)
            self.sliders[lever.path].set_value(value)
            mark = " (changed)" if lever.path in self.visitor.address.changes else ""
            self.values[lever.path].set_text(f"{lever.said(value)}{mark}")
