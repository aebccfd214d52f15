"""The issue space of one track at the end of a month."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from negotiation_sim.engine.scenario import Scenario
from negotiation_sim.faces.page.charts import Options, base, issue_axis, legend
from negotiation_sim.faces.page.month_in_words import chart_name, date_of
from negotiation_sim.faces.page.theme import INK, SAYS, SMALL, TEXT
from negotiation_sim.faces.page.watching import SAYINGS, Frame, TrackFrame
from negotiation_sim.model.terms import MILLION
from negotiation_sim.words.scales import point_words
from negotiation_sim.words.vocabulary import RESPONSES

SMALLEST, LARGEST = 13.0, 42.0
NAMED, CROWD = 12, 24  # states up to which names stand beside marks, then codes, then some codes
WANTS = "what it wants at heart"


def axes_of(scenario: Scenario) -> tuple[int, int]:
    """Return which issues go right and up: scope and form where there are such."""
    issues = scenario.issues
    right = issues.index("scope") if "scope" in issues else len(issues) - 1
    up = issues.index("form") if "form" in issues and right != issues.index("form") else 0
    return right, up


def sizes(scenario: Scenario) -> list[float]:
    """Return the size of each state's mark: area by capability."""
    shares = [int(c) / MILLION for c in scenario.arrays.cast["capability"]]
    most = max(shares)
    return [max(SMALLEST, LARGEST * math.sqrt(share / most)) for share in shares]


def words_of(saying: str, track: TrackFrame) -> str:
    """Return a saying as the legend has it: under opt-in nobody can object."""
    said = RESPONSES[saying]
    return said.opt_in if track.opt_in else said.says


def issue_space(
    scenario: Scenario, frames: Sequence[Frame], number: int, chosen: str = "", *, hearts: bool = True
) -> Options:  # fmt: skip
    """Return the issue space: mandate box, path of the text, positions; ideals if hearts are open."""
    frame, track = frames[-1], frames[-1].tracks[number]
    right, up = axes_of(scenario)
    names = [words_of(saying, track) for saying in SAYINGS]
    path = [_at(f.tracks[number].text, right, up) for f in frames]
    series = [
        _box(track, right, up),
        *([_ideals(frame, right, up)] if hearts else []),
        {
            "name": "path of the text", "type": "line", "data": _thin(path), "showSymbol": False,
            "silent": True, "lineStyle": {"color": INK, "width": 3}, "z": 4,
            "itemStyle": {"color": INK},
        },
        _text(path[-1]),
        *_states(scenario, frame, track, (right, up), chosen),
    ]  # fmt: skip
    wants = [{"name": WANTS, "icon": "diamond"}] if hearts else []
    when = (
        f"month {frame.month}, {date_of(scenario, frame.month)}" if frame.month else "at the start"
    )
    return base(
        f"{track.name}, {when}", _spoken(scenario, frame, track), shown=False,
        grid={"left": 128, "right": 26, "top": 14, "bottom": 100},
        xAxis=issue_axis(scenario.issues[right], 30) | {
            "axisLabel": {"fontSize": SMALL, "color": INK, "margin": 10}},
        yAxis=issue_axis(scenario.issues[up], 104) | _word_labels(scenario.issues[up]),
        legend=legend(["text on the table", *wants, *names]), series=series,
    )  # fmt: skip


def _word_labels(issue: str) -> dict[str, Any]:
    made = issue_axis(issue, 104)
    made["axisLabel"] |= {"width": 94, "overflow": "break", "lineHeight": 15}
    return made


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
        "name": "mandate box", "type": "scatter", "data": [], "silent": True, "animation": False,
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
        "symbol": ["diamond", "none"], "symbolSize": 9, "z": 3, "animation": False,
        "lineStyle": {"color": "#5A5A5A", "width": 1.6, "opacity": 0.9, "curveness": 0},
        "data": [{"coords": [_at(i, right, up), _at(p, right, up)]} for i, p in pairs],
    }  # fmt: skip


def _text(place: list[float]) -> Options:
    return {
        "name": "text on the table", "type": "scatter", "data": [place], "silent": True, "z": 9,
        "symbol": "path://M10 0 L13 7 L20 7 L14.5 11.5 L16.5 19 L10 14.5 L3.5 19 L5.5 11.5 L0 7 L7 7 Z",
        "symbolSize": 27, "itemStyle": {"color": "#111111", "borderColor": "#fff", "borderWidth": 2},
    }  # fmt: skip


def sides(
    scenario: Scenario, frame: Frame, track: TrackFrame, at: tuple[int, int]
) -> list[str]:  # fmt: skip
    """Return where each state's label goes, so that labels and marks cover one another little."""
    wide, high = 330.0, 240.0  # a small screen's plot, in pixels
    size = sizes(scenario)
    names = labels(scenario)
    spots = [(_at(p, *at), s) for p, s in zip(frame.position, size, strict=True)]
    taken = [(x * wide - s / 2, y * high - s / 2, s, s) for (x, y), s in spots]
    (left, high_end), (x, y) = (
        _at([track.low[at[0]], track.high[at[1]]], 0, 1),
        _at(track.text, *at),
    )
    taken += [(left * wide, high_end * high - 18, 66, 18), (x * wide - 13, y * high - 13, 26, 26)]
    taken += [(x * wide - 4, y * high - 4, 8, 8) for x, y in (_at(p, *at) for p in frame.ideal)]
    found = []
    for name, ((x, y), s) in zip(names, spots, strict=True):
        cx, cy, gap, letters = x * wide, y * high, s / 2 + 4, (8.5 * len(name), 17.0)
        boxes = {
            "right": (cx + gap, cy - letters[1] / 2, *letters),
            "left": (cx - gap - letters[0], cy - letters[1] / 2, *letters),
            "top": (cx - letters[0] / 2, cy + gap, *letters),
            "bottom": (cx - letters[0] / 2, cy - gap - letters[1], *letters),
        }
        side = min(boxes, key=lambda at: sum(_shared(boxes[at], other) for other in taken))
        taken.append(boxes[side])
        found.append(side)
    return found


def labels(scenario: Scenario) -> list[str]:
    """Return what is written beside each state's mark: its name, or its code in a crowd."""
    actors = scenario.actor_ids
    return [chart_name(scenario, a) for a in actors] if len(actors) <= NAMED else list(actors)


def _shared(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    """Return the area that two boxes (left, low, width, height) share."""
    across = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    up = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    return max(0.0, across) * max(0.0, up)


def _states(
    scenario: Scenario, frame: Frame, track: TrackFrame, at: tuple[int, int], chosen: str
) -> list[Options]:
    """Return one series for each thing a state may say."""
    size, side, names = sizes(scenario), sides(scenario, frame, track, at), labels(scenario)
    data: dict[str, list[Options]] = {saying: [] for saying in SAYINGS}
    for i, actor in enumerate(scenario.actor_ids):
        edge = 4 if actor == chosen else (3 if track.joined[i] else 1)
        data[track.says[i]].append({
            "name": actor, "value": [*_at(frame.position[i], *at), scenario.setting.actors[actor].name],
            "symbolSize": round(size[i], 1), "label": {"position": side[i], "formatter": names[i]},
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
    said = []
    for saying in SAYINGS:
        who = [a for a, s in zip(labels(scenario), track.says, strict=True) if s == saying]
        if who:
            said.append(f"{words_of(saying, track)}: {', '.join(who)}")
    text = point_words(scenario.issues, track.text)
    return f"Issue space in month {frame.month}. The text is at {text}. {'; '.join(said)}."
