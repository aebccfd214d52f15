"""The sliders of the tab Compare: those that move most first, each with unit, default and source."""

from __future__ import annotations

from collections.abc import Mapping

from nicegui import ui

from negotiation_sim.faces.page.parts import Visitor
from negotiation_sim.faces.page.slider_reach import WORLDS
from negotiation_sim.faces.page.sliders import Slider, sliders


class LeversPanel:
    """Sliders for what matters; a change counts for all tabs."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.shown = sliders(visitor.base, visitor.library.titles())
        self.sliders: dict[str, ui.slider] = {}
        self.values: dict[str, ui.label] = {}
        self.moves: dict[str, ui.label] = {}
        self.boxes: dict[str, ui.element] = {}
        ui.html("<h2>Change one thing</h2>", sanitize=False)
        self.order = ui.label("").classes("small").props("data-testid=slider-order")
        with ui.element("div").classes("levers"):
            for entry in self.shown:
                self._build(entry)
        visitor.on_change.append(self.refresh)
        self.refresh()

    def _build(self, entry: Slider) -> None:
        slug = entry.path.replace(".", "-")
        with ui.element("div").classes("lever").props(f"data-testid=lever-{slug}") as box:
            self.boxes[entry.path] = box
            with (
                ui.element("div")
                .classes("c-row")
                .style("justify-content: space-between; flex-wrap: nowrap")
            ):
                ui.label(entry.label).classes("strong")
                self.values[entry.path] = (
                    ui.label().style("white-space: nowrap").props(f"data-testid=value-{slug}")
                )
            self.sliders[entry.path] = (
                ui.slider(min=entry.low, max=entry.high, step=entry.step, value=entry.default)
                .props(f'aria-label="{entry.label}, {entry.unit}" data-testid=slider-{slug} '
                       'color=primary thumb-size=24px track-size=6px')
                .on("change", lambda e, at=entry: self._changed(at, e.args), [None])
            )  # fmt: skip
            ui.label(entry.meaning).classes("small")
            self.moves[entry.path] = ui.label("").classes("small strong")
            with ui.element("details").classes("small"):
                with ui.element("summary"):
                    ui.label(f"Default: {entry.default:.3g} {entry.unit}").style("display: inline")
                ui.label(f"Rests on: {entry.rests_on}").props(f"data-testid=source-{slug}")

    def _changed(self, entry: Slider, value: object) -> None:
        number = value if isinstance(value, (int, float)) else self.sliders[entry.path].value
        changes = dict(self.visitor.address.changes)
        if abs(number - entry.default) < entry.step / 2:
            changes.pop(entry.path, None)
        else:
            changes[entry.path] = round(float(number), 9)
        if changes != self.visitor.address.changes:
            self.visitor.move(changes=changes, before=dict(self.visitor.address.changes))
            self.visitor.tell()

    def arrange(self, reach: Mapping[str, float]) -> None:
        """Put what moves the chance of success most first, and say by how much."""
        places = [entry.path for entry in self.shown]
        paths = sorted(places, key=lambda path: (-reach.get(path, 0.0), places.index(path)))
        for place, path in enumerate(paths):
            self.boxes[path].move(target_index=place)
            points = round(100 * reach.get(path, 0.0))
            self.moves[path].set_text(
                f"From end to end it moves a chance by up to {points} point{'s' if points != 1 else ''}."
            )
        self.order.set_text(
            f"What moves the chance of these strategies most comes first, measured in {WORLDS} worlds."
        )

    def refresh(self) -> None:
        """Show the values of the page's settings."""
        for entry in self.shown:
            value = self.visitor.address.changes.get(entry.path, entry.default)
            self.sliders[entry.path].set_value(value)
            mark = " (changed)" if entry.path in self.visitor.address.changes else ""
            self.values[entry.path].set_text(f"{entry.said(value)}{mark}")
