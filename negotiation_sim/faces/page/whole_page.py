"""The page: header, tabs, what a link asked for, and kind words where something is not there."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from fastapi import Request
from fastapi.responses import HTMLResponse
from nicegui import Client, app, ui

from negotiation_sim.catalogue.overrides import apply_overrides
from negotiation_sim.catalogue.paths import names_something
from negotiation_sim.engine.scenario import Scenario
from negotiation_sim.errors import NegotiationSimError, nearest
from negotiation_sim.faces.page.address import Address, parse
from negotiation_sim.faces.page.ensemble_jobs import Results
from negotiation_sim.faces.page.lesson_strip import LessonStrip
from negotiation_sim.faces.page.library import Library
from negotiation_sim.faces.page.parts import SCRIPT, Visitor
from negotiation_sim.faces.page.sliders import changes_in_words
from negotiation_sim.faces.page.tab_compare import CompareTab
from negotiation_sim.faces.page.tab_lessons import LessonsTab
from negotiation_sim.faces.page.tab_play import PlayTab
from negotiation_sim.faces.page.tab_watch import WatchTab
from negotiation_sim.faces.page.theme import CSS, NAVY

TABS = {
    "watch": ("Watch", WatchTab), "compare": ("Compare", CompareTab), "play": ("Play", PlayTab),
    "lessons": ("Lessons", LessonsTab),
}  # fmt: skip


def resolve(library: Library, address: Address, notes: list[str]) -> Address:
    """Return an address whose every name exists; what does not is left out and noted."""
    try:
        base = library.scenario(address.experiment or library.first)
        address = address.but(experiment=address.experiment or library.first)
    except NegotiationSimError as error:
        notes.append(str(error))
        base = library.scenario(library.first)
        address = address.but(
            experiment=library.first, strategy="", compare=(), changes={}, before=None
        )
    changes = _changes(library, address, address.changes, base, notes)
    before = address.before
    if before is not None:
        before = _changes(library, address, before, base, notes)
    names = base.strategy_names
    if address.strategy and address.strategy not in names:
        notes.append(f"no strategy '{address.strategy}'{nearest(address.strategy, names)}")
    unknown = [name for name in address.compare if name not in names]
    notes += [f"no strategy '{name}'{nearest(name, names)}" for name in unknown]
    return address.but(
        changes=changes, before=before,
        strategy=address.strategy if address.strategy in names else names[0],
        compare=tuple(name for name in address.compare if name in names),
        month=min(address.month, base.horizon),
    )  # fmt: skip


def _changes(
    library: Library,
    address: Address,
    wanted: Mapping[str, float],
    base: Scenario,
    notes: list[str],
) -> dict[str, float]:
    """Return the changes that can be made, tried together first: each alone takes a while."""
    changes: dict[str, float] = {}
    for path, value in wanted.items():
        if names_something(base.setting, path):
            changes[path] = value
        else:
            notes.append(f"There is nothing called '{path[:60]}' to change here.")
    try:
        library.scenario(address.experiment, changes)
    except NegotiationSimError:
        for path, value in list(changes.items()):
            try:
                apply_overrides(base.setting, {path: value})
            except NegotiationSimError as error:
                notes.append(str(error))
                del changes[path]
    try:
        library.scenario(address.experiment, changes)
    except NegotiationSimError as error:
        notes.append(f"The changes do not go together: {error}")
        return {}
    return changes


def add_pages(library: Library, results: Results) -> None:
    """Register the page, its style and its kind errors with NiceGUI."""
    app.config.quasar_config["loadingBar"]["skipHijack"] = (
        True  # it has no name for those who listen
    )
    ui.add_css(CSS, shared=True)
    ui.add_head_html(f"<script>{SCRIPT}</script>", shared=True)

    @ui.page("/")
    def classroom(request: Request, client: Client) -> None:
        ui.colors(primary="#005A8F", secondary=NAVY, accent="#C04A00")
        address, notes = parse(request.query_params.multi_items())
        visitor = Visitor(library, results, resolve(library, address, notes))
        client.on_delete(visitor.close)
        build(visitor, notes)

    @app.exception_handler(404)
    async def not_there(request: Request, error: Exception) -> HTMLResponse:
        words = f"There is no page at <code>{escape(request.url.path[:120])}</code>."
        return HTMLResponse(_plain_page(words), status_code=404)


def _plain_page(words: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><title>Not here</title><meta charset="utf-8"></head>'
        '<body style="font: 20px sans-serif; max-width: 40em; margin: 4em auto"><h1>Not here</h1>'
        f'<p>{words}</p><p><a href="/">Go to the classroom page</a></p></body></html>'
    )


def build(visitor: Visitor, notes: list[str]) -> None:
    """Lay out the page of one visitor."""
    with ui.element("header").classes("c-bar"):
        ui.html("<h1>Negotiation simulator</h1>", sanitize=False)
        with ui.tabs(value=visitor.address.tab).props(  # type: ignore[arg-type]  # a name will do
            "no-caps inline-label indicator-color=amber align=left"
        ) as tabs:
            for name, (words, _) in TABS.items():
                ui.tab(name, words).props(f"data-testid=tab-{name}")
        ui.element("div").style("flex: 1")
        (
            ui.button("Large type", icon="format_size", color=None)
            .props('flat no-caps aria-pressed=false data-testid=large-type title="For a projector"')
            .classes("bar-button")
            .on("click", js_handler="() => toggleLarge()")
        )
        _experiments(visitor)
    ui.on("screen", lambda e: _screen(visitor, e.args))
    ui.run_javascript("tellWidth()")
    _notes(notes)
    _changed(visitor)
    LessonStrip(visitor)
    with (
        ui.tab_panels(tabs, value=visitor.address.tab, animated=False)
        .classes("panels")
        .style("background: transparent; padding: 0")
    ):
        panels = {name: ui.tab_panel(name).style("padding: 0") for name in TABS}

    def open_tab(name: str) -> None:
        """Build a tab when it is first looked at; the first view does not wait for the others."""
        if name != visitor.address.tab:
            visitor.move(tab=name)
        make = unbuilt.pop(name, None)
        if make is not None:
            with panels[name]:
                make(visitor)
        else:
            visitor.look()

    unbuilt = {name: tab for name, (_, tab) in TABS.items()}
    tabs.on_value_change(lambda e: open_tab(e.value))
    open_tab(visitor.address.tab)


def _screen(visitor: Visitor, scale: object) -> None:
    """Draw charts in larger letters on a wide screen and for a projector, looked at from afar."""
    if scale in (1, 1.3, 1.35, 1.7) and scale != visitor.scale:
        visitor.scale = float(scale)
        for redraw in visitor.redraw:
            redraw()


def _experiments(visitor: Visitor) -> None:
    def change(name: str) -> None:
        ui.navigate.to(Address(tab=visitor.address.tab, experiment=name).query())

    ui.select(
        dict(visitor.library.names),
        value=visitor.address.experiment,
        label="Experiment",
        on_change=lambda e: change(e.value),
    ).props("dense dark outlined options-dense data-testid=experiment").style(
        "min-width: min(300px, 100%)"
    )


def _notes(notes: list[str]) -> None:
    if not notes:
        return
    with (
        ui.element("div")
        .classes("c-card c-note")
        .style("margin: 10px 18px 0")
        .props("role=alert data-testid=notes") as box
    ):
        ui.label("Part of the address could not be used; the rest works.").classes("strong")
        for note in notes[:8]:
            ui.label(note)
        ui.button("Close", on_click=box.delete, color=None).props("flat dense no-caps")


def _changed(visitor: Visitor) -> None:
    with (
        ui.element("div")
        .classes("c-card c-row c-note")
        .style("margin: 10px 18px 0")
        .props("data-testid=changed") as box
    ):
        words = ui.label()

        def reset() -> None:
            visitor.move(changes={}, before=visitor.address.changes)
            visitor.tell()

        ui.button("Reset to the base case", on_click=reset, color=None).props(
            "outline dense no-caps data-testid=reset-changes"
        )

    def refresh() -> None:
        said = changes_in_words(visitor.base, visitor.address.changes)
        words.set_text(f"Changed from the base case: {said}")
        box.set_visibility(bool(visitor.address.changes))

    visitor.on_change.append(refresh)
    refresh()
