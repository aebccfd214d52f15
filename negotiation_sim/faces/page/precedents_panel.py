"""The panel on precedents under the tab Compare: how mandates like these ended, when asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from nicegui import run, ui

from negotiation_sim.catalogue.schema import Setting
from negotiation_sim.faces.page.parts import Visitor, button, plain_table
from negotiation_sim.faces.page.theme import percent
from negotiation_sim.studies.history.outside_view import of_experiment

SHOWN = 3
SAID = (
    "Given a mandate, is a text adopted within five years? The forecast is from cases that were "
    "known when the experiment begins, by statistics; it knows nothing of the simulation above."
)


def precedents_html(setting: Setting, names: Sequence[str]) -> str:
    """Return the outside view of some strategies in HTML: a table, and below it their records."""
    rows, records = [], dict[str, None]()
    for name in names:
        for asked, view in of_experiment(setting, name, (5,)):
            rate = view.rates[5]
            rows.append([
                asked.name if asked.name == name else f"{asked.name}\nof {name}",
                percent(view.chance()) if view.chances[5] else "none",
                "none" if rate is None else f"{rate.adopted} of {rate.n}",
                "; ".join(
                    f"{each.case.name} ({each.case.mandate[:4]}, "
                    f"{'adopted' if each.adopted else 'not adopted'})"
                    for each in view.precedents[:SHOWN]
                ) or "none",
            ])  # fmt: skip
            record = view.record()
            records[record if view.scope.tested else f"{view.name}: {record}"] = None
    columns = ["mandate", "forecast", "nearest that adopted a text", "nearest"]
    said = "".join(f"<p>{escape(each)}.</p>" for each in records)
    return plain_table(columns, rows, {1}) + said


class PrecedentsPanel:
    """A button, and what it brings: the outside view of the strategies compared."""

    def __init__(self, visitor: Visitor, chosen: Callable[[], Sequence[str]]) -> None:
        self.visitor, self.chosen = visitor, chosen
        with ui.element("div").classes("c-card c-scroll").style("margin-top: 10px"):
            button("How did mandates like these end?", self.look, "precedents", "history")
            self.table = ui.html("", sanitize=False).props("data-testid=precedents-table")

    async def look(self) -> None:
        """Look the precedents up, beside the page's other work, and show them."""
        setting, names = self.visitor.scenario.setting, tuple(self.chosen())
        found = await run.io_bound(precedents_html, setting, names)
        self.table.set_content(f"<p>{SAID}</p>{found}")
