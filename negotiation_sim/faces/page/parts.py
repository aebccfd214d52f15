"""Pieces of the page used by every tab: what a visitor holds, buttons, cards, charts, downloads."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from nicegui import ui

from negotiation_sim.engine.scenario import Scenario
from negotiation_sim.faces.page.address import Address
from negotiation_sim.faces.page.charts import Options, key_html, scaled
from negotiation_sim.faces.page.ensemble_jobs import Results
from negotiation_sim.faces.page.library import Library


class Visitor:
    """What one open page holds: its settings, and whatever its tabs must let go of at the end.

    Parameters
    ----------
    library : Library
    results : Results
    address : Address
        Every name in it resolved.
    """

    def __init__(self, library: Library, results: Results, address: Address) -> None:
        self.library, self.results, self.address = library, results, address
        self.closers: list[Callable[[], None]] = []
        self.on_change: list[Callable[[], None]] = []
        self.redraw: list[Callable[[], None]] = []
        self.on_look: list[Callable[[], None]] = []
        self.scale = 1.0

    @property
    def scenario(self) -> Scenario:
        """The experiment with this page's changes."""
        return self.library.scenario(self.address.experiment, self.address.changes)

    @property
    def base(self) -> Scenario:
        """The experiment as its file has it."""
        return self.library.scenario(self.address.experiment)

    def move(self, *, push: bool = True, **changed: object) -> None:
        """Change settings and the address bar; ``push`` makes a place to go back to."""
        self.address = self.address.but(**changed)
        history = "pushState" if push else "replaceState"
        url = json.dumps(self.address.query())
        ui.run_javascript(
            f"if (location.pathname + location.search !== {url}) history.{history}(null, '', {url})"
        )

    def tell(self) -> None:
        """Let every tab take note of changed settings."""
        for listener in self.on_change:
            listener()

    def look(self) -> None:
        """Let the tab that is looked at again make up for what it has missed."""
        for listener in self.on_look:
            listener()

    @property
    def before(self) -> Mapping[str, float] | None:
        """The changes of the step before: of the address, else the base case where there are any."""
        if self.address.before is not None:
            return self.address.before
        return {} if self.address.changes else None

    def close(self) -> None:
        """Let go of models and runs."""
        for closer in self.closers:
            closer()
        self.closers.clear()
        self.on_change.clear()
        self.redraw.clear()
        self.on_look.clear()


def button(
    words: str, act: Callable[..., Any], mark: str, icon: str = "", **props: str
) -> ui.button:
    """Return a button with a mark that tests find it by."""
    made = ui.button(words, on_click=act, icon=icon or None, color=None)
    made.props(f"unelevated no-caps data-testid={mark}").classes(
        props.get("classes", "plain-button")
    )
    return made


class KeyedChart(ui.echart):
    """A chart that can be taken away as PNG or SVG, with its key below it in HTML."""

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self.key = ui.html("", sanitize=False).classes("chart-key")


def chart(options: Options, mark: str, classes: str = "mid") -> KeyedChart:
    """Return a chart with its key."""
    made = KeyedChart(options)
    made.classes(classes).props(f"data-testid={mark} tabindex=0")
    made.key.props(f"data-testid=key-{mark}")
    return made


def show(visitor: Visitor, made: KeyedChart, options: Options) -> None:
    """Give a chart new options, in the size of the visitor's screen; draw it only if they differ."""
    wanted = scaled(options, visitor.scale)
    if made.options != wanted:
        made.options.clear()
        made.options.update(wanted)
        made.update()
        made.key.set_content(key_html(options))


def figure_buttons(made: ui.echart, name: str) -> None:
    """Offer a chart as PNG and SVG, drawn by the browser itself."""
    with ui.element("div").classes("c-row figure-buttons"):
        for kind in ("PNG", "SVG"):
            act = f"saveFigure({made.id}, {json.dumps(name)}, {json.dumps(kind.lower())})"
            (
                ui.button(kind, color=None)
                .props(
                    f'dense flat no-caps aria-label="Save {name} as {kind}" title="Save as {kind}" data-testid={kind.lower()}-{name}'
                )
                .on("click", js_handler=f"() => {act}")
            )


def save(content: bytes | str, name: str, kind: str = "text/csv") -> None:
    """Hand a file to the browser."""
    ui.download.content(content, name, kind)


def plain_table(columns: list[str], rows: list[list[str]], numbers: set[int] | None = None) -> str:
    """Return a small table as HTML, escaped; what follows a line break stands small below."""
    from html import escape

    numbers = numbers or set()

    def inside(cell: str) -> str:
        first, _, under = str(cell).partition("\n")
        return escape(first) + (f"<span class=under>{escape(under)}</span>" if under else "")

    def cells(tag: str, row: list[str]) -> str:
        return "".join(
            f"<{tag}{' class=n' if n in numbers else ''}>{inside(cell)}</{tag}>"
            for n, cell in enumerate(row)
        )

    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    return f'<table class="plain"><thead><tr>{cells("th", columns)}</tr></thead><tbody>{body}</tbody></table>'


SCRIPT = """
async function saveFigure(id, name, kind) {
  const chart = getElement(id).chart, option = {...chart.getOption(), animation: false};
  const {echarts} = await import('nicegui-echart');
  let height = chart.getHeight(), href;
  const width = Math.max(chart.getWidth(), 720);
  if (option.title[0].show === false) {  // on the page the title stands above the chart
    option.title = [{...option.title[0], show: true}];
    option.grid = option.grid.map(p => typeof p.top === 'number' ? {...p, top: p.top + 34} : p); height += 34;
  }
  if (option.legend && option.legend[0] && option.legend[0].data.length > 1) {  // and the key below it
    option.legend = [{...option.legend[0], show: true}];
    option.grid = option.grid.map(p => typeof p.bottom === 'number' ? {...p, bottom: p.bottom + 64} : p); height += 64;
  }
  const copy = kind === 'png'
    ? echarts.init(document.createElement('div'), null, {width, height, devicePixelRatio: 2})
    : echarts.init(null, null, {renderer: 'svg', ssr: true, width, height});
  copy.setOption(option);
  if (kind === 'png') href = copy.getDataURL({type: 'png', pixelRatio: 2, backgroundColor: '#ffffff'});
  else href = URL.createObjectURL(new Blob([copy.renderToSVGString()], {type: 'image/svg+xml'}));
  copy.dispose();
  const link = Object.assign(document.createElement('a'), {href, download: name + '.' + kind});
  document.body.append(link); link.click(); link.remove();
}
function lessonClock(step, seconds) {
  const key = 'lesson-' + step;
  let end = Date.now() + 1000 * seconds;
  try { end = Number(sessionStorage.getItem(key)) || end; sessionStorage.setItem(key, end); } catch { /* counts from now */ }
  clearInterval(window.lessonTicks);
  const tick = () => {
    const box = document.querySelector('[data-testid=clock]');
    if (!box) return;
    const left = Math.round((end - Date.now()) / 1000), size = Math.abs(left);
    const words = Math.floor(size / 60) + ':' + String(size % 60).padStart(2, '0');
    box.textContent = left >= 0 ? words + ' left' : words + ' over';
  };
  tick();
  window.lessonTicks = setInterval(tick, 1000);
}
let told = 0;
function isLarge() { try { return localStorage.getItem('large-type') === '1'; } catch { return false; } }
function showLarge() {
  document.documentElement.classList.toggle('large', isLarge());
  for (const b of document.querySelectorAll('[data-testid=large-type]')) b.setAttribute('aria-pressed', isLarge());
}
function toggleLarge() {
  try { localStorage.setItem('large-type', isLarge() ? '0' : '1'); } catch { return; }
  showLarge(); tellWidth(); window.dispatchEvent(new Event('resize'));
}
showLarge();
function tellWidth() {
  showLarge();
  const wide = window.innerWidth >= 1700, scale = isLarge() ? (wide ? 1.7 : 1.3) : (wide ? 1.35 : 1);
  if (scale !== told) { told = scale; emitEvent('screen', scale); }
}
window.addEventListener('resize', tellWidth);
window.addEventListener('popstate', () => location.reload());
document.addEventListener('DOMContentLoaded', () => {
  const popup = document.getElementById('popup');
  if (popup) popup.innerHTML = '<div><strong>The server does not answer.</strong><br>If it was stopped, ' +
    'start it again with <code>negotiation-sim serve</code>; this page then comes back by itself, with ' +
    'the settings in its address.</div>';
});
"""
