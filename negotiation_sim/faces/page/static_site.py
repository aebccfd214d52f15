"""The page as a folder that any web host serves and a browser opens from disk: no server, no request.

Data are scripts that call ``page.put``, since a browser reads no other file from disk; functions in
charts are written into them as functions. ECharts is that of the installed NiceGUI.
"""

from __future__ import annotations

import itertools
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2

from negotiation_sim import __version__
from negotiation_sim.errors import NegotiationSimError, UsageError
from negotiation_sim.faces.page.address import Address
from negotiation_sim.faces.page.ensemble_jobs import EnsembleTables, Job, request_of
from negotiation_sim.faces.page.lesson_strip import EXPERIMENT
from negotiation_sim.faces.page.lessons import LESSONS
from negotiation_sim.faces.page.library import Library
from negotiation_sim.faces.page.month_in_words import strategy_names
from negotiation_sim.faces.page.slider_reach import reaches
from negotiation_sim.faces.page.sliders import Slider, sliders
from negotiation_sim.faces.page.static_views import (
    compare_view,
    lesson_view,
    view_name,
    watch_view,
    world_name,
)
from negotiation_sim.faces.page.tab_compare import first_choice
from negotiation_sim.faces.page.theme import CSS
from negotiation_sim.glance import glanced
from negotiation_sim.runs.store.files import disk_errors, write_atomic
from negotiation_sim.studies.history import record as history

MOST_BYTES = 8_000_000
LEVERS, WORLDS, SEED = 3, 500, 1
Progress = Callable[[int, int | None], None]


@glanced
@dataclass(frozen=True)
class StaticPage:
    """What was written.

    Parameters
    ----------
    folder : Path
    size : int
        Bytes of all files.
    views : list of str
        Names of the data.
    levers : list of str
        Dotted paths of the grid.
    left_out : list of str
        Settings that contradict the rest of the experiment, in words.
    """

    folder: Path
    size: int
    views: list[str]
    levers: list[str]
    left_out: list[str]


def write(
    folder: Path, experiment: str = EXPERIMENT, *, replicates: int = WORLDS, levers: int = LEVERS,
    progress: Progress | None = None,
) -> StaticPage:  # fmt: skip
    """Write the folder; what is in it already under the same names is replaced.

    Parameters
    ----------
    folder : Path
        Made where it is not there.
    experiment : str
        A name of the catalogue, a YAML file or a study folder; lessons go with ``bellagio``.
    replicates : int
        Worlds of every comparison; lessons have their own number.
    levers : int
        Sliders of the grid, 1 to 4: those that move the chance of success most.
    progress : callable, optional
        Called with the views made and those to make.

    Raises
    ------
    UsageError
        Where an argument is outside its range, or the folder would be larger than 8 MB.
    NegotiationSimError
        Where the experiment cannot be read or the folder cannot be written.
    """
    if not 1 <= levers <= 4:
        raise UsageError(f"levers: {levers} is not between 1 and 4")
    if not 1 <= replicates <= 20_000:
        raise UsageError(f"replicates: {replicates:,} is not between 1 and 20,000")
    site = Site(Library(experiment), replicates, levers)
    with disk_errors(folder):
        (folder / "data").mkdir(parents=True, exist_ok=True)
        if (
            any(folder.iterdir())
            and not (folder / "index.html").is_file()
            and any((folder / "data").iterdir())
        ):
            raise UsageError(f"static: {folder}: holds something else; name an empty folder")
    files = {"index.html": site.index().encode(), "echarts.js": echarts().encode(),
             "page.js": _template("static.js").encode(), "page.css": _css().encode()}  # fmt: skip
    names = site.names()
    for done, name in enumerate(names):
        if progress is not None:
            progress(done, len(names))
        files[f"data/{name}.js"] = script(name, site.view(name)).encode()
    files["data/contents.js"] = script("contents", site.contents()).encode()
    if progress is not None:
        progress(len(names), len(names))
    size = sum(len(content) for content in files.values())
    if size > MOST_BYTES:
        raise UsageError(
            f"static: {size / 1e6:.1f} MB are more than the {MOST_BYTES / 1e6:.0f} that a learning platform "
            "takes; fewer levers make it smaller"
        )
    for place, content in files.items():
        write_atomic(folder / place, content)
    return StaticPage(folder, size, names, [s.path for s in site.levers], site.left_out)


class Site:
    """The views of a folder, each made when it is asked for; tables are kept while it is built."""

    def __init__(self, library: Library, replicates: int, levers: int) -> None:
        self.library, self.replicates = library, replicates
        self.experiment = library.first
        self.base = library.scenario(self.experiment)
        self.chosen = first_choice(self.base.strategy_names)
        self.lessons = LESSONS if self.experiment == EXPERIMENT else ()
        self.left_out: list[str] = []
        self.levers = self._levers(levers)
        self._tables: dict[Any, EnsembleTables] = {}
        self._grid = {self._point_name(places): changes for places, changes in self._points()}

    def _levers(self, most: int) -> list[Slider]:
        """Return the sliders that move P most, as the page orders them."""
        every = sliders(self.base, self.library.titles())
        reach = reaches(self.base, every, self.chosen, SEED)
        return sorted(every, key=lambda slider: -reach.get(slider.path, 0.0))[:most]

    def _points(self) -> Iterator[tuple[tuple[int, ...], dict[str, float]]]:
        for places in itertools.product(*(range(len(stops(slider))) for slider in self.levers)):
            values = {s.path: stops(s)[n] for s, n in zip(self.levers, places, strict=True)}
            changes = {s.path: values[s.path] for s in self.levers if values[s.path] != s.default}
            try:
                self.library.scenario(self.experiment, changes)
            except NegotiationSimError as error:
                self.left_out.append(str(error))
            else:
                yield places, changes

    @staticmethod
    def _point_name(places: Sequence[int]) -> str:
        return "compare-" + "-".join(map(str, places))

    def tables(self, address: Address, changes: Mapping[str, float]) -> EnsembleTables:
        """Return the tables of an ensemble as the page would run it."""
        request = request_of(address, address.compare, changes)
        if request not in self._tables:
            job = Job(self.library.scenario(self.experiment, changes), request).start().wait()
            if job.tables is None or job.state != "done":
                raise UsageError(f"static: a run failed: {job.error}")
            self._tables[request] = job.tables
        return self._tables[request]

    def address(self, name: str) -> Address:
        """Return the settings at which the page shows the same view."""
        plain = Address(experiment=self.experiment, replicates=self.replicates, seed=SEED)
        if name in self._grid:
            return plain.but(tab="compare", compare=self.chosen, changes=self._grid[name])
        for lesson in self.lessons:
            for place in range(len(lesson.steps)):
                found = lesson.address(place)
                if found is not None and view_name(lesson, place) == name:
                    return found.but(experiment=self.experiment)
        for strategy in self.chosen:
            if world_name(strategy, 0) == name:
                return plain.but(strategy=strategy)
        raise KeyError(name)

    def names(self) -> list[str]:
        """Return the names of all views, each once."""
        taught = [
            view_name(lesson, place)
            for lesson in self.lessons
            for place in range(len(lesson.steps))
            if lesson.address(place) is not None
        ]
        worlds = [world_name(strategy, 0) for strategy in self.chosen]
        return list(dict.fromkeys([*self._grid, *worlds, *taught]))

    def view(self, name: str) -> dict[str, Any]:
        """Return one view."""
        address = self.address(name)
        if address.tab != "compare":
            return watch_view(self.base, address.strategy, address.seed, address.replicate)
        tables, before = self.pair(address)
        scenario = self.library.scenario(self.experiment, address.changes)
        earlier = address.before if address.before is not None else {}
        return compare_view(
            self.base, scenario, tables, before, address.compare, (address.changes, earlier)
        )

    def pair(self, address: Address) -> tuple[EnsembleTables, EnsembleTables | None]:
        """Return the tables of a comparison and, where it differs, of the step before: else the base case."""
        earlier = address.before if address.before is not None else {}
        before = self.tables(address, earlier) if earlier != address.changes else None
        return self.tables(address, address.changes), before

    def contents(self) -> dict[str, Any]:
        """Return what the page needs to know of its own data."""
        worlds = [name for name in self.names() if name.startswith("watch-")]
        titles = strategy_names(self.base)
        lessons = []
        for lesson in self.lessons:
            links = {
                n: link for n in range(len(lesson.steps)) if (link := lesson.address(n)) is not None
            }
            runs = {
                n: self.pair(link.but(experiment=self.experiment))
                for n, link in links.items()
                if link.tab == "compare"
            }
            lessons.append(lesson_view(self.base, lesson, runs))
        return {
            "title": self.base.setting.name,
            "question": " ".join((self.base.setting.question or self.base.setting.name).split()),
            "history": history.said_of(self.base.setting.environment),
            "worlds": [
                {"view": name, "said": f"{titles[a.strategy]}, world {a.replicate}"}
                for name in worlds for a in [self.address(name)]
            ],
            "levers": [
                {"label": s.label, "meaning": s.meaning, "rests": s.rests_on,
                 "stops": [s.said(value) for value in stops(s)], "at": stops(s).index(s.default)}
                for s in self.levers
            ],
            "grid": list(self._grid),
            "lessons": lessons,
        }  # fmt: skip

    def index(self) -> str:
        """Return the page itself."""
        return _template("static.html.j2", title=self.base.setting.name, version=__version__)


def stops(slider: Slider) -> list[float]:
    """Return the values of a lever in the grid: its ends, its default and the middle, in order.

    Examples
    --------
    >>> stops(Slider("a", "a", "", "years", 0.0, 10.0, 5.0, ""))
    [0.0, 5.0, 10.0]
    """
    middle = round((slider.low + slider.high) / 2.0 / slider.step) * slider.step
    return sorted({slider.low, slider.default, round(middle, 9), slider.high})


def script(name: str, value: Any) -> str:
    r"""Return data as a script; a key that begins with a colon holds a function.

    What occurs more than once is written once, in a list ``s``: months of a negotiation have most of
    their points and words alike.

    Examples
    --------
    >>> script("a", {":formatter": "v => v", "b": [1, None]})
    'page.put("a", (s => ({"formatter":v => v,"b":[1,null]}))([]));\n'
    """
    counts: Counter[str] = Counter()
    whole = _source(value, counts)
    writer = _Writer(counts)
    body = writer.write(value)
    if not writer.written:
        return f"page.put({json.dumps(name)}, (s => ({whole}))([]));\n"
    steps = "".join(f"s.push({text});\n" for text in writer.written)
    return f"page.put({json.dumps(name)}, (s => {{\n{steps}return {body};\n}})([]));\n"


WORTH_SHARING = 40  # letters from which a second writing is spared


def _source(value: Any, counts: Counter[str]) -> str:
    """Return data as JavaScript, and count every part of it."""
    text = _joined(value, lambda inner: _source(inner, counts))
    if len(text) >= WORTH_SHARING:
        counts[text] += 1
    return text


def _joined(value: Any, inside: Callable[[Any], str]) -> str:
    if isinstance(value, Mapping):
        parts = []
        for key, inner in value.items():
            bare = str(key)
            if bare.startswith(":"):
                parts.append(f"{json.dumps(bare[1:])}:{inner}")
            else:
                parts.append(f"{json.dumps(bare)}:{inside(inner)}")
        return "{" + ",".join(parts) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(inside, value)) + "]"
    if isinstance(value, float):
        return "null" if value != value else json.dumps(round(value, 5))
    return json.dumps(value, ensure_ascii=False, default=float)


class _Writer:
    """Writes data with its repeated parts once; ``written`` holds them, inner ones first."""

    def __init__(self, counts: Counter[str]) -> None:
        self.counts, self.written = counts, list[str]()
        self._places: dict[str, int] = {}

    def write(self, value: Any) -> str:
        """Return the source of a part, or where it has been written already."""
        text = _joined(value, lambda inner: _source(inner, Counter()))
        if self.counts[text] < 2:
            return _joined(value, self.write)
        if text not in self._places:
            body = _joined(value, self.write)
            self._places[text] = len(self.written)
            self.written.append(body)
        return f"s[{self._places[text]}]"


def echarts() -> str:
    """Return ECharts (Apache License 2.0) of the installed NiceGUI as a plain script.

    A module cannot be read from disk by a browser; its last statement, which hands out names, becomes an
    assignment, and the part that it would fetch when asked (three dimensions) is never asked for.

    Raises
    ------
    UsageError
        Where NiceGUI is not installed or its bundle has another form.
    """
    try:
        import nicegui
    except ImportError as error:
        raise UsageError(
            'static: the page needs NiceGUI: pip install "negotiation-sim[page]"'
        ) from error
    place = Path(nicegui.__file__).parent / "elements" / "echart" / "dist"
    entry = (place / "index.js").read_text("utf-8")
    found = re.search(r'import\{(?P<key>\w+) as (?P<own>\w+),.*?\}from"\./(?P<file>[^"]+)"', entry)
    if found is None or f"{found['own']} as echarts" not in entry:
        raise UsageError(
            f"static: {place / 'index.js'}: not the bundle of ECharts that was expected"
        )
    text = (place / found["file"]).read_text("utf-8")
    body, export, tail = text.rpartition("export{")
    name = re.search(rf"([\w$]+) as {found['key']}\b", tail)
    if not export or name is None:
        raise UsageError(f"static: {place / found['file']}: hands out no ECharts")
    body = re.sub(r'import\("\./[^"]+"\)', "Promise.reject()", body)
    return f'"use strict";\n(() => {{\n{body}\nwindow.echarts = {name[1]};\n}})();\n'


def _css() -> str:
    return CSS + _template("static.css")


def _template(name: str, **values: Any) -> str:
    found = jinja2.Environment(
        loader=jinja2.PackageLoader("negotiation_sim.faces.page", "templates"),
        autoescape=lambda file: file is not None and ".html" in file,
        undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    return found.get_template(name).render(**values).rstrip() + "\n"
