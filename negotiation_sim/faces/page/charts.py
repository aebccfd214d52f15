"""What all charts of the page share: plain ECharts options, no drawing and no counting."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from textwrap import wrap
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


CLOSEST = 0.15  # apart on an axis, two places that can both be named
COLUMN = 13  # letters in a line of a place's words
FEW = (0.0, 0.45, 0.9)  # named across on a narrow screen
NARROW = 400  # pixels of a chart below which it leaves things out


def issue_axis(issue: str, gap: int, *, across: bool = False) -> Options:
    """Return an axis of the issue space; where the model names places on it, with those words."""
    known = words_of_issue(issue)
    name = known.ends or f"{spaced(issue)} (0 to 1)"
    return axis(name, min=0, max=1, nameGap=gap, axisLabel=place_labels(issue, across=across))


def place_labels(issue: str, *, across: bool = False, few: bool = False) -> Options:
    """Return the labels of an issue's axis: words of the places that the model names.

    Across the page the words stand in columns, so of two places close to one another the second
    is left out; on a narrow screen only a few are named.
    """
    scale = words_of_issue(issue).scale
    if not scale:
        return {"hideOverlap": True}
    kept: dict[str, str] = {}
    for place, word in scale:
        near = across and bool(kept) and place - float(list(kept)[-1]) < CLOSEST
        if not near and (not few or place in FEW):
            words = word.replace("\n", " ")
            kept[f"{place:g}"] = "\n".join(wrap(words, COLUMN, break_long_words=False))
    labels: Options = {
        "customValues": [float(place) for place in kept], "lineHeight": 15,
        ":formatter": f"v => ({kept!r})[String(v)] || v",
    }  # fmt: skip
    return labels | ({"fontSize": SMALL - 1, "lineHeight": 14, "margin": 20} if across else {})


def narrowly(options: Options, narrow: Options, below: int = NARROW) -> Options:
    """Return options that change where a chart is narrow, and change back where it is not."""
    wide = {
        part: {key: options[part].get(key) for key in changes} for part, changes in narrow.items()
    }
    options["media"] = [{"query": {"maxWidth": below}, "option": narrow}, {"option": wide}]
    return options


def in_lines(name: str, width: int = 24) -> str:
    r"""Return a strategy's name in lines of so many letters: broken where its parts begin.

    Examples
    --------
    >>> in_lines("ban-executive@adhoc-optin"), in_lines("code@COPUOS")
    ('ban-executive\n@adhoc-optin', 'code@COPUOS')
    """
    lines = [""]
    for part in re.findall(r"[@+&>]?[^@+&>]*", name):
        if lines[-1] and len(lines[-1]) + len(part) > width:
            lines.append("")
        lines[-1] += part
    return "\n".join(lines)


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
    """Return a legend: drawn where a chart is saved; on the page :func:`key_html` stands below."""
    return {
        "bottom": 0, "itemGap": 8, "data": list(names), "itemWidth": 20, "show": False,
        "textStyle": {"fontSize": TEXT - 0.5, "color": INK}, **more,
    }  # fmt: skip


SHAPES = {
    "circle": '<circle cx="20" cy="9" r="6"/>', "rect": '<rect x="14" y="3" width="12" height="12"/>',
    "triangle": '<path d="M20 2 L27 15 L13 15 Z"/>', "diamond": '<path d="M20 1 L27 9 L20 17 L13 9 Z"/>',
    "pin": '<path d="M20 17 L14 7 A6 6 0 1 1 26 7 Z"/>',
    "roundRect": '<rect x="13" y="4" width="14" height="10" rx="4"/>',
    "arrow": '<path d="M20 1 L27 16 L20 12 L13 16 Z"/>',
}  # fmt: skip


def _shape(symbol: str) -> str:
    """Return a symbol of a chart as SVG, 40 by 18."""
    if symbol.startswith("path://"):
        return f'<path transform="translate(11 0) scale(0.9)" d="{symbol[7:]}"/>'
    if symbol.startswith("empty"):
        hollow = SHAPES[symbol[5:].lower()]
        return f'<g fill="none" stroke-width="2.5">{hollow}</g>'
    return SHAPES[symbol]


def key_entry(words: str, colour: str, symbol: str, dash: object = None, letter: str = "") -> str:
    """Return one entry of a key in HTML: line, shape and colour, then the words."""
    dashes = " ".join(str(d) for d in dash) if isinstance(dash, list) else ""
    line = (
        f'<line x1="0" y1="9" x2="40" y2="9" stroke-width="3" stroke-dasharray="{dashes}"/>'
        if dash
        else ""
    )
    named = f"<b>{escape(letter)}</b>\u00a0" if letter else ""
    box = 'width="40" viewBox="0 0 40 18"' if dash else 'width="24" viewBox="8 0 24 18"'
    return (
        f'<span class="key"><svg {box} height="18" aria-hidden="true" fill="{colour}" '
        f'stroke="{colour}">{line}{_shape(symbol)}</svg><span>{named}{escape(words)}</span></span>'
    )


def key_html(options: Options) -> str:
    """Return the key of a chart as HTML, so that it wraps and is never cut."""
    entries = options.get("legend", {}).get("data", [])
    series = {each["name"]: each for each in reversed(options.get("series", []))}
    told = []
    for entry in entries:
        facts = entry if isinstance(entry, dict) else {"name": entry}
        drawn = series.get(facts["name"])
        if drawn is not None:
            line = drawn.get("lineStyle", {})
            colour = drawn.get("itemStyle", {}).get("color") or line.get("color", INK)
            symbol = facts.get("icon") or drawn.get("symbol", "roundRect")
            dash = line.get("type") if drawn["type"] == "line" else None
            told.append(
                key_entry(facts["name"], colour, symbol, dash, str(facts.get("letter", "")))
            )
    return "".join(told) if len(told) > 1 else ""
