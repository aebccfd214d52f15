"""The issue space of one track at the end of a month."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from negotiation_sim.engine.scenario import Scenario
from negotiation_sim.faces.page.charts import (
    Options,
    base,
    issue_axis,
    legend,
    narrowly,
    place_labels,
)
from negotiation_sim.faces.page.month_in_words import chart_name, date_of, name_of
from negotiation_sim.faces.page.theme import INK, SAYS, TEXT
from negotiation_sim.faces.page.watching import ABSENT, SAYINGS, Frame, TrackFrame
from negotiation_sim.model.terms import MILLION
from negotiation_sim.words.scales import point_words
from negotiation_sim.words.vocabulary import NOT_ASKED, RESPONSES

SMALLEST, LARGEST = 13.0, 42.0
FEW_HEARTS = 24  # states up to which what they want at heart is drawn
CROWD = 12  # states up to which all names are written; of more, those that have room


class Plot(NamedTuple):
    """A plot's sides, and how far a name may go beyond it on the right before it is cut, in pixels."""

    wide: float
    high: float
    beyond: float


SMALL_SCREEN, PHONE = Plot(330.0, 230.0, 30.0), Plot(188.0, 230.0, 20.0)
LETTER, LINE = 8.2, 17.0  # a label's letter and line, in pixels
CLEAR = 0.3  # of a label in a crowd that may lie over something
Box = tuple[float, float, float, float]  # left, low, width, height
WANTS = "what it wants at heart"
MANDATE, TEXT_NOW = "what the mandate allows", "text on the table"


def axes_of(scenario: Scenario) -> tuple[int, int]:
    """Return which issues go right and up: scope and form where there are such."""
    issues = scenario.issues
    right = issues.index("scope") if "scope" in issues else len(issues) - 1
    up = issues.index("form") if "form" in issues and right != issues.index("form") else 0
    return right, up


def sizes(scenario: Scenario) -> list[float]:
    """Return the size of each state's mark: area by capability."""
    shares = [int(c) / MILLION for c in scenario.capability]
    most = max(shares)
    return [max(SMALLEST, LARGEST * math.sqrt(share / most)) for share in shares]


def words_of(saying: str, track: TrackFrame) -> str:
    """Return a saying as the legend has it: under opt-in nobody can object."""
    if saying == ABSENT:
        return f"{NOT_ASKED}, or absent"
    said = RESPONSES[saying]
    return said.opt_in if track.opt_in else said.says


def issue_space(
    scenario: Scenario, frames: Sequence[Frame], number: int, chosen: str = "", *, hearts: bool = True
) -> Options:  # fmt: skip
    """Return the issue space: mandate box, path of the text, positions; ideals if hearts are open."""
    frame, track = frames[-1], frames[-1].tracks[number]
    right, up = axes_of(scenario)
    hearts = hearts and len(scenario.actor_ids) <= FEW_HEARTS
    names = [words_of(saying, track) for saying in SAYINGS]
    path = [
        _at(f.tracks[number].text, right, up) for f in frames if there_is_text(f.tracks[number])
    ]
    series = [
        *([_box(track, right, up)] if path else []),
        *([_ideals(frame, right, up)] if hearts else []),
        *([_path(path), _text(path[-1])] if path else []),
        *_states(scenario, frame, track, (right, up), chosen),
    ]  # fmt: skip
    wants = [{"name": WANTS, "icon": "diamond"}] if hearts else []
    text = [{"name": MANDATE, "icon": "rect"}, TEXT_NOW] if path else []
    across, high = scenario.issues[right], scenario.issues[up]
    options = base(
        f"{track.name}, {_when(scenario, frame)}", _spoken(scenario, frame, track), shown=False,
        grid={"left": 128, "right": 30, "top": 14, "bottom": 94},
        xAxis=issue_axis(across, 68, across=True), yAxis=issue_axis(high, 104),
        legend=legend([*text, *wants, *names]), series=series,
    )  # fmt: skip
    made = narrowly(options, {
        "grid": {"left": 100, "right": 20},
        "yAxis": {"name": ""},
        "xAxis": {"axisLabel": options["xAxis"]["axisLabel"] | place_labels(across, across=True, few=True)},
    })  # fmt: skip
    on_a_phone = _states(scenario, frame, track, (right, up), chosen, PHONE)
    others = [{"name": each["name"]} for each in series[: -len(SAYINGS)]]
    for view, states in zip(made["media"], (on_a_phone, series[-len(SAYINGS) :]), strict=True):
        marks = [{"name": each["name"], "data": each["data"]} for each in states]
        view["option"]["series"] = others + marks
    return made


def there_is_text(track: TrackFrame) -> bool:
    """Return whether a mandate has been given, so that there is a text to be shown."""
    return track.mandated or track.rounds > 0 or any(month >= 0 for month in track.milestones)


def _when(scenario: Scenario, frame: Frame) -> str:
    if not frame.month:
        return "at the start"
    return f"month {frame.month}, {date_of(scenario, frame.month)}"


def _path(path: list[list[float]]) -> Options:
    return {
        "name": "path of the text", "type": "line", "data": _thin(path), "showSymbol": False,
        "silent": True, "lineStyle": {"color": INK, "width": 3}, "z": 4, "itemStyle": {"color": INK},
    }  # fmt: skip


def _at(point: Sequence[float], right: int, up: int) -> list[float]:
    return [round(point[right], 4), round(point[up], 4)]


def _thin(path: list[list[float]]) -> list[list[float]]:
    """Leave out places where the text has not moved."""
    return [p for n, p in enumerate(path) if n == 0 or p != path[n - 1]]


def _box(track: TrackFrame, right: int, up: int) -> Options:
    low, high = _at(track.low, right, up), _at(track.high, right, up)
    area = [
        {"coord": low, "name": "mandate", "label": {"position": "insideTopLeft"}},
        {"coord": high},
    ]
    return {
        "name": MANDATE, "type": "scatter", "data": [], "silent": True, "animation": False,
        "itemStyle": {"color": "#005A8F"},
        "markArea": {
            "silent": True, "animation": False, "data": [area],
            "label": {"fontSize": TEXT, "color": INK, "formatter": "mandate"},
            "itemStyle": {
                "color": "rgba(0, 90, 143, 0.09)", "borderColor": "#005A8F", "borderWidth": 2,
                "borderType": "dashed",
            },
        },
    }  # fmt: skip


def _ideals(frame: Frame, right: int, up: int) -> Options:
    """Return a thin line from what each state wants to what it says it wants."""
    pairs = zip(frame.ideal, frame.position, strict=True)
    return {
        "name": WANTS, "type": "lines", "coordinateSystem": "cartesian2d", "silent": True,
        "symbol": ["diamond", "none"], "symbolSize": 9, "itemStyle": {"color": "#5A5A5A"}, "z": 3, "animation": False,
        "lineStyle": {"color": "#5A5A5A", "width": 1.6, "opacity": 0.9, "curveness": 0},
        "data": [{"coords": [_at(i, right, up), _at(p, right, up)]} for i, p in pairs],
    }  # fmt: skip


def _text(place: list[float]) -> Options:
    return {
        "name": TEXT_NOW, "type": "scatter", "data": [place], "silent": True, "z": 5,
        "symbol": "path://M10 0 L13 7 L20 7 L14.5 11.5 L16.5 19 L10 14.5 L3.5 19 L5.5 11.5 L0 7 L7 7 Z",
        "symbolSize": 27, "itemStyle": {"color": "#111111", "borderColor": "#fff", "borderWidth": 2},
    }  # fmt: skip


def places(
    scenario: Scenario, frame: Frame, track: TrackFrame, at: tuple[int, int],
    plot: Plot = SMALL_SCREEN,
) -> list[str]:  # fmt: skip
    """Return where each state's name goes: a side of its mark, or '' where there is no room.

    The largest choose first, each the side on which its name covers least. Of a few states all
    are named; in a crowd a name without a clear place is left to the mark's hint and to the list.
    """
    wide, high, _ = plot
    size, names = sizes(scenario), labels(scenario)
    spots = [(_at(p, *at), s) for p, s in zip(frame.position, size, strict=True)]
    taken = [(x * wide - s / 2, y * high - s / 2, s, s) for (x, y), s in spots]
    if there_is_text(track):
        (left, top), (x, y) = _at([track.low[at[0]], track.high[at[1]]], 0, 1), _at(track.text, *at)
        taken += [(left * wide, top * high - 18, 66, 18), (x * wide - 13, y * high - 13, 26, 26)]
    if len(names) <= CROWD:
        taken += [(x * wide - 4, y * high - 4, 8, 8) for x, y in (_at(p, *at) for p in frame.ideal)]
    found, named = [""] * len(names), list[Box]()
    for i in sorted(range(len(names)), key=lambda i: -size[i]):
        boxes = _around(spots[i][0], size[i], names[i], plot)
        covers = {
            side: sum(_shared(box, other) for other in (*taken, *named))
            for side, box in boxes.items()
        }
        best = min(covers, key=covers.__getitem__)
        room = covers[best] <= CLEAR * boxes[best][2] * LINE
        if len(names) <= CROWD or (room and not any(_shared(boxes[best], b) for b in named)):
            found[i] = best
            named.append(boxes[best])
    return found


def _around(
    spot: Sequence[float], size: float, name: str, plot: Plot = SMALL_SCREEN
) -> dict[str, Box]:
    """Return the boxes (left, low, width, height) that a name takes on each side of its mark."""
    (x, y), gap, long = (spot[0] * plot.wide, spot[1] * plot.high), size / 2 + 4, LETTER * len(name)
    sides = {
        "right": (x + gap, y - LINE / 2), "left": (x - gap - long, y - LINE / 2),
        "top": (x - long / 2, y + gap), "bottom": (x - long / 2, y - gap - LINE),
    }  # fmt: skip
    beyond = (-100.0, plot.wide + plot.beyond)  # what lies further out is cut off
    inside = {
        side: (left, low, long, LINE)
        for side, (left, low) in sides.items()
        if left > beyond[0] and left + long < beyond[1]
    }
    return inside or {"left": (*sides["left"], long, LINE)}


def labels(scenario: Scenario) -> list[str]:
    """Return what is written beside each state's mark: its name, as short as it is spoken."""
    return [chart_name(scenario, actor) for actor in scenario.actor_ids]


def states_by_answer(scenario: Scenario, track: TrackFrame) -> list[tuple[str, str, list[str]]]:
    """Return who says what: the saying, its words and the names, sayings of nobody left out."""
    said = []
    for saying in SAYINGS:
        who = [
            name_of(scenario, actor)
            for actor, says in zip(scenario.actor_ids, track.says, strict=True)
            if says == saying
        ]
        if who:
            said.append((saying, words_of(saying, track), who))
    return said


def _shared(a: Box, b: Box) -> float:
    """Return the area that two boxes (left, low, width, height) share."""
    across = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    up = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return max(0.0, across) * max(0.0, up)


def _states(
    scenario: Scenario, frame: Frame, track: TrackFrame, at: tuple[int, int], chosen: str,
    plot: Plot = SMALL_SCREEN,
) -> list[Options]:  # fmt: skip
    """Return one series for each thing a state may say."""
    size, names = sizes(scenario), labels(scenario)
    side = places(scenario, frame, track, at, plot)
    data: dict[str, list[Options]] = {saying: [] for saying in SAYINGS}
    for i, actor in enumerate(scenario.actor_ids):
        edge = 4 if actor == chosen else (3 if track.joined[i] else 1)
        data[track.says[i]].append({
            "name": actor, "value": [*_at(frame.position[i], *at), name_of(scenario, actor)],
            "symbolSize": round(size[i], 1), "label": {
                "show": bool(side[i]), "position": side[i] or "top", "formatter": names[i]},
            "itemStyle": {"borderColor": "#111111" if edge > 1 else "#FFFFFF", "borderWidth": edge},
        })  # fmt: skip
    crowd = len(size) > CROWD
    return [_marks(saying, track, points, crowd) for saying, points in data.items()]


def _marks(saying: str, track: TrackFrame, points: list[Options], crowd: bool) -> Options:
    colour, symbol = SAYS[saying]
    return {
        "name": words_of(saying, track), "type": "scatter", "symbol": symbol, "data": points, "z": 6,
        "itemStyle": {"color": colour, "opacity": 0.86}, "labelLayout": {"hideOverlap": crowd},
        "label": {
            "show": True, "distance": 4, "fontSize": TEXT, "color": INK,
            "fontWeight": "bold", "textBorderColor": "#FFFFFF", "textBorderWidth": 3,
        },
        "tooltip": {":formatter": "p => p.value[2] + ': ' + p.seriesName"},
    }  # fmt: skip


def _spoken(scenario: Scenario, frame: Frame, track: TrackFrame) -> str:
    said = [f"{words}: {', '.join(who)}" for _, words, who in states_by_answer(scenario, track)]
    at = "There is no text yet."
    if there_is_text(track):
        at = f"The text is at {point_words(scenario.issues, track.text)}."
    return f"Issue space in month {frame.month}. {at} {'; '.join(said)}."
