"""Charts over months: the milestone line, and one state's satisfaction against its aspiration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from negotiation_sim.engine.scenario import Scenario
from negotiation_sim.faces.page.charts import (
    Options,
    axis,
    base,
    in_lines,
    legend,
    mark,
    narrowly,
)
from negotiation_sim.faces.page.month_in_words import name_of
from negotiation_sim.faces.page.theme import INK, SMALL, TEXT
from negotiation_sim.faces.page.watching import Frame
from negotiation_sim.words.vocabulary import ENDINGS, STAGES

_LOOKS = (
    ("triangle", "#0072B2"), ("diamond", "#9C3F77"), ("rect", "#8A5A00"), ("circle", "#00795A"),
)  # fmt: skip
MILESTONES = {
    stage.step: (stage.reached, *look) for stage, look in zip(STAGES.values(), _LOOKS, strict=True)
}
WORLD = {
    "event": ("debris event", "pin", "#C04A00"),
    "crisis": ("crisis", "path://M0 0 L3 0 L6 5 L9 0 L12 0 L8 7 L12 14 L9 14 L6 9 L3 14 L0 14 L4 7 Z", "#1B1B1B"),
    "ended": ("given up or dissolved", "path://M0 6 L16 6 L16 10 L0 10 Z", "#1B1B1B"),
}  # fmt: skip


def milestone_line(scenario: Scenario, frames: Sequence[Frame]) -> Options:
    """Return the line of months with what has been reached, the deadline and where we are."""
    frame = frames[-1]
    rows = [track.name for track in frame.tracks]
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in (*MILESTONES, *WORLD)}
    for track in frame.tracks:
        for stage, month in zip(MILESTONES, track.milestones, strict=True):
            if month >= 0:
                found[stage].append(_point(month, track.name, MILESTONES[stage][0]))
        if track.ended in ("withdrawn", "dissolved"):
            found["ended"].append(_point(track.end, track.name, ENDINGS[track.ended]))
    for past in frames:
        for event in past.events:
            if event["kind"] in ("event", "crisis"):
                who = name_of(scenario, event.get("actor", ""))
                words = f"{WORLD[event['kind']][0]} {who}".strip()
                found[event["kind"]].append(_point(event["month"], rows[-1], words))
    marks = {**MILESTONES, **WORLD}
    series = [
        _dots(words, symbol, colour, found[name], events=name in ("event", "crisis"))
        for name, (words, symbol, colour) in marks.items()
    ]
    series.append(_now(frame.month, rows))
    series[0]["markLine"] = mark(x=scenario.deadline, words="deadline")
    series[0]["markLine"]["label"]["position"] = "start"
    spoken = f"Month {frame.month} of {scenario.horizon}; deadline in month {scenario.deadline}. "
    spoken += " ".join(p["name"] + "." for points in found.values() for p in points)
    start = int(scenario.setting.start[:4])
    every = "v => v % {} ? '' : String({} + v / 12)"
    options = base(
        "Milestones", spoken, shown=False,
        grid={"left": 14, "right": 30, "top": 26, "bottom": 2, "containLabel": True},
        xAxis=axis("", min=0, max=scenario.horizon, interval=12, axisLabel={
            ":formatter": every.format(24, start)}),
        yAxis=axis("", "category", data=rows, inverse=True, axisLabel={
            "fontSize": TEXT, "width": 330, "overflow": "break"}),
        legend=legend([words for words, *_ in marks.values()]),
        series=series,
    )  # fmt: skip
    return narrowly(options, {
        "xAxis": {"interval": 60, "axisLabel": options["xAxis"]["axisLabel"] | {
            ":formatter": every.format(60, start)}},
        "yAxis": {"axisLabel": options["yAxis"]["axisLabel"] | {
            "fontSize": SMALL, "lineHeight": 14,
            ":formatter": f"v => ({({row: in_lines(row, 14) for row in rows})!r})[v] || v"}},
    })  # fmt: skip


def _point(month: int, row: str, words: str) -> dict[str, Any]:
    return {"value": [month, row], "name": f"{words} in month {month}"}


def _dots(
    name: str, symbol: str, colour: str, data: list[dict[str, Any]], *, events: bool
) -> dict[str, Any]:
    return {
        "name": name, "type": "scatter", "symbol": symbol, "symbolSize": 14 if events else 20,
        "data": data, "z": 5, "itemStyle": {"color": colour, "borderColor": "#fff", "borderWidth": 1},
        "symbolOffset": [0, 14] if events else [0, 0], "tooltip": {"formatter": "{b}"},
    }  # fmt: skip


def _now(month: int, rows: list[str]) -> dict[str, Any]:
    return {
        "name": "now", "type": "bar", "data": [{"value": [month, row]} for row in rows],
        "barWidth": 8, "silent": True, "z": 1, "itemStyle": {"color": "#9FB6C8"},
    }  # fmt: skip


def against_aspiration(
    scenario: Scenario, frames: Sequence[Frame], number: int, actor: str
) -> Options:
    """Return one state's value of the text and what it would accept, month by month."""
    i = scenario.actor_ids.index(actor)
    value = [[f.month, round(f.tracks[number].value[i], 4)] for f in frames]
    wanted = [[f.month, round(f.tracks[number].threshold[i], 4)] for f in frames]
    names = ("worth of the text", "what it would accept")
    series = [
        _curve(names[0], value, "#0072B2", "solid"),
        _curve(names[1], wanted, "#C04A00", [7, 4]),
    ]
    series[0]["markLine"] = mark(x=scenario.deadline, words="deadline")
    return base(
        f"{name_of(scenario, actor)}: what the text is worth to it, from 0 to 1",
        f"{actor}, month {frames[-1].month}: value {value[-1][1]}, would accept {wanted[-1][1]}.", shown=False,
        grid={"left": 44, "right": 24, "top": 26, "bottom": 26},
        xAxis=axis("", min=0, max=max(24, frames[-1].month), axisLabel={":formatter": "v => v ? v : 'month 0'"}),
        yAxis=axis("", scale=True, splitNumber=3),
        legend=legend(names, itemWidth=30), series=series, tooltip={"trigger": "axis"},
    )  # fmt: skip


def _curve(name: str, points: list[list[float]], colour: str, dash: object) -> dict[str, Any]:
    return {
        "name": name, "type": "line", "step": "end", "data": points, "showSymbol": False,
        "lineStyle": {"color": colour, "width": 3.5, "type": dash}, "itemStyle": {"color": colour},
        "areaStyle": None, "emphasis": {"disabled": True}, "textStyle": {"color": INK},
    }  # fmt: skip
