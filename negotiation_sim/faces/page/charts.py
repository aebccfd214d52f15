"""What all charts of the page share: plain ECharts options, no drawing and no counting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from negotiation_sim.faces.page.theme import (
    FAINT,
    FONT,
    GRID,
    INK,
    LARGE,
    SMALL,
    TEXT,
)
from negotiation_sim.words.scales import words_of_issue
from negotiation_sim.words.vocabulary import spaced

Options = dict[str, Any]


def base(title: str, spoken: str, *, shown: bool = True, **more: Any) -> Options:
    """Return options with a title, and a description for screen readers.

    A title not shown stands on the page above the chart; it is drawn when the chart is saved.
    """
    return {
        "animation": False,
        "textStyle": {"fontSize": TEXT, "color": INK, "fontFamily": FONT},
        "title": {
            "text": title, "left": 4, "top": 2, "show": shown,
            "textStyle": {"fontSize": LARGE, "fontWeight": "bold", "color": INK},
        },
        "aria": {"enabled": True, "label": {"description": f"{title}. {spoken}"}},
        "tooltip": {"textStyle": {"fontSize": TEXT}, "confine": True},
        **more,
    }  # fmt: skip


def axis(name: str, kind: str = "value", **more: Any) -> Options:
    """Return an axis with a name, in the page's sizes."""
    return {
        "type": kind, "name": name, "nameLocation": "middle",
        "nameTextStyle": {"fontSize": TEXT, "color": INK},
        "axisLabel": {"fontSize": SMALL, "color": INK, **more.pop("axisLabel", {})},
        "axisLine": {"show": True, "lineStyle": {"color": FAINT}},
        "splitLine": {"lineStyle": {"color": GRID}},
        **more,
    }  # fmt: skip


def issue_axis(issue: str, gap: int, *, words: bool = True) -> Options:
    """Return an axis of the issue space; where the model names places on it, with those words."""
    known = words_of_issue(issue)
    name = known.ends or f"{spaced(issue)} (0 to 1)"
    labels: dict[str, Any] = {}
    if words and known.scale:
        kept = {f"{place:g}": word.replace("\n", " ") for place, word in known.scale}
        labels = {"customValues": [float(place) for place in kept]}
        labels[":formatter"] = f"v => ({kept!r})[String(v)] || v"
    return axis(name, min=0, max=1, nameGap=gap, axisLabel=labels)


def mark(x: float | None = None, y: float | None = None, words: str = "") -> Options:
    """Return a line across a chart at a value."""
    at = {"xAxis": x} if x is not None else {"yAxis": y}
    return {
        "silent": True, "symbol": "none", "animation": False,
        "lineStyle": {"color": INK, "type": "dashed", "width": 2},
        "label": {"formatter": words, "fontSize": TEXT, "color": INK, "position": "end"},
        "data": [at],
    }  # fmt: skip


SIZES = (
    "fontSize", "nameGap", "left", "right", "top", "bottom", "lineHeight", "symbolSize", "itemWidth",
    "itemHeight", "barWidth", "distance", "width", "borderWidth", "itemGap", "symbolOffset",
)  # fmt: skip


def scaled(options: Any, factor: float) -> Any:
    """Return options with every size times a factor, for a wall-sized screen."""
    if factor == 1.0:
        return options
    return {key: _larger(key, value, factor) for key, value in options.items()}


def _larger(key: str, value: Any, factor: float) -> Any:
    if isinstance(value, dict):
        return scaled(value, factor)
    if isinstance(value, list):
        if key in SIZES:
            return [_larger(key, item, factor) for item in value]
        return [scaled(item, factor) if isinstance(item, dict) else item for item in value]
    if key in SIZES and isinstance(value, (int, float)) and not isinstance(value, bool):
        return round(value * factor, 1)
    return value


def legend(names: Sequence[Any], **more: Any) -> Options:
    """Return a legend along the bottom."""
    return {
        "bottom": 0, "itemGap": 8, "data": list(names), "itemWidth": 20,
        "textStyle": {"fontSize": TEXT - 0.5, "color": INK}, **more,
    }  # fmt: skip
