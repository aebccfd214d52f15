"""Charts of an ensemble: probability with intervals, curves, causes and texts, base case beside."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from negotiation_sim.analysis.figures.style import colours_of, strategy_label
from negotiation_sim.faces.page.charts import Options, axis, base, issue_axis, legend, mark
from negotiation_sim.faces.page.ensemble_jobs import EnsembleTables
from negotiation_sim.faces.page.theme import (
    CAUSE_COLOURS,
    INK,
    TEXT,
    percent,
    series_style,
)
from negotiation_sim.words.vocabulary import cause_words, causes_in_order

BASE = "base case"
_WHISKER = """(params, api) => {
  const y = api.coord([0, api.value(1)])[1] + %d;
  const a = api.coord([api.value(2), 0])[0], b = api.coord([api.value(3), 0])[0];
  const line = (x1, y1, x2, y2) => ({type: 'line', shape: {x1, y1, x2, y2},
    style: {stroke: api.visual('color'), lineWidth: 3}});
  return {type: 'group', children: [line(a, y, b, y), line(a, y - 6, a, y + 6), line(b, y - 6, b, y + 6)]};
}"""


def short(name: str, width: int = 30) -> str:
    """Return a strategy's name on two lines where it is long."""
    return strategy_label(name, width=width)


def probability(
    tables: EnsembleTables | None, other: EnsembleTables | None, names: Sequence[str]
) -> Options:
    """Return P(timely success) with its 95 % interval; the base case hollow beside it."""
    rows = [(n, i) for i, n in enumerate(names)]
    series: list[dict[str, Any]] = []
    spoken: list[str] = []
    highest = 0.02
    for table, title, offset in ((tables, "these settings", -7 if other else 0), (other, BASE, 9)):
        if table is None:
            continue
        found = table.summary.set_index("strategy")
        points: list[tuple[int, float, float, float]] = []
        for name, i in rows:
            if name in found.index and not math.isnan(found["p_success"].loc[name]):
                row: Any = found.loc[name]
                p, low, high = (float(row[f"p_success{end}"]) for end in ("", "_low", "_high"))
                points.append((i, p, low, high))
                spoken.append(f"{name}, {title}: {percent(points[-1][1])}")
        highest = max([highest, *(p[3] for p in points)])
        series += _whiskers(title, points, offset, hollow=title == BASE, names=names)
    labels = [short(name) for name, _ in rows]
    return base(
        "Chance of success in time", "; ".join(spoken),
        grid={"left": 8, "right": 34, "top": 38, "bottom": 62, "containLabel": True},
        xAxis=axis("share of worlds, 95 % interval", min=0, max=min(1.0, _round_up(1.12 * highest)),
                   nameGap=26, axisLabel={
            ":formatter": "v => Math.round(v * 1000) / 10 + ' %'", "hideOverlap": True}),
        yAxis=axis("", "category", data=labels, inverse=True, axisLabel={
            "fontSize": TEXT - 1, "interval": 0, "lineHeight": 17, "margin": 18}),
        legend=legend(
            [{"name": "these settings", "icon": "circle"}, {"name": BASE, "icon": "emptyDiamond"}],
            show=other is not None,
        ), series=series,
    )  # fmt: skip


def _round_up(value: float) -> float:
    return next((e for e in (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8) if value <= e), 1.0)


def _whiskers(
    title: str, points: Sequence[tuple[int, float, float, float]], offset: int, *, hollow: bool,
    names: Sequence[str],
) -> list[dict[str, Any]]:  # fmt: skip
    colour = "#5A5A5A" if hollow else "#005A8F"
    words = [
        f"{names[i]}: {percent(p)} ({percent(low)} to {percent(high)})"
        for i, p, low, high in points
    ]
    return [
        {
            "name": title, "type": "custom", ":renderItem": _WHISKER % offset, "silent": True,
            "itemStyle": {"color": colour}, "animation": False,
            "data": [[p, i, low, high] for i, p, low, high in points], "encode": {"x": [0, 2, 3], "y": 1},
        },
        {
            "name": title, "type": "scatter", "symbolSize": 13, "symbolOffset": [0, offset], "z": 5,
            "symbol": "emptyDiamond" if hollow else "circle", "animation": False,
            "itemStyle": {"color": colour, "borderWidth": 3 if hollow else 0, "opacity": 1},
            "data": [
                {"value": [p, i], "name": said} for (i, p, *_), said in zip(points, words, strict=True)
            ],
            "tooltip": {"formatter": f"{title}<br>{{b}}"},
        },
        _figures(title, points, offset, hollow=hollow),
    ]  # fmt: skip


def _figures(
    title: str, points: Sequence[tuple[int, float, float, float]], offset: int, *, hollow: bool
) -> dict[str, Any]:
    """Return the probabilities in words, right of their intervals."""
    return {
        "name": title, "type": "scatter", "symbolSize": 1, "symbolOffset": [0, offset], "silent": True,
        "animation": False, "itemStyle": {"color": "rgba(0, 0, 0, 0)"},
        "data": [{"value": [high, i], "name": percent(p)} for i, p, _, high in points],
        "label": {
            "show": True, "position": "right", "distance": 8, "formatter": "{b}",
            "fontSize": TEXT - 2 if hollow else TEXT, "fontWeight": "normal" if hollow else "bold",
            "color": INK, "textBorderColor": "#fff", "textBorderWidth": 3,
        },
    }  # fmt: skip


def curves(
    tables: EnsembleTables | None, other: EnsembleTables | None, names: Sequence[str], deadline: int, horizon: int,
    *, falling: bool = True,
) -> Options:  # fmt: skip
    """Return the share of worlds without success, or with it, by month; base case thin."""
    series: list[dict[str, Any]] = []
    spoken = []
    for table, thin in ((tables, False), (other, True)):
        if table is not None:
            column = "survival" if falling else "success"
            source = table.survival if falling else table.incidence
            for i, name in enumerate(names):
                part = source[source["strategy"] == name] if len(source) else source
                if len(part):
                    points = [
                        [float(m), float(s)]
                        for m, s in zip(part["month"], part[column], strict=True)
                    ]
                    points += [[horizon, points[-1][1]]] if points[-1][0] < horizon else []
                    series.append(_step(name, points, i, thin))
                    if not thin:
                        spoken.append(f"{name} ends at {percent(points[-1][1])}")
    if series:
        series[0]["markLine"] = mark(x=deadline, words="deadline")
    title = "Survival: not yet a success" if falling else "Success so far"
    return base(
        title, "; ".join(spoken),
        grid={"left": 62, "right": 22, "top": 58, "bottom": 52},
        xAxis=axis("years since the start", min=0, max=horizon, interval=12, nameGap=24, axisLabel={
            ":formatter": "v => v % 24 ? '' : v / 12"}),
        yAxis=axis("", scale=True, axisLabel={":formatter": "v => Math.round(v * 1000) / 10 + ' %'"})
        | ({"max": 1} if falling else {"min": 0}),
        series=series, tooltip={"trigger": "axis", "confine": True,
                 ":valueFormatter": "v => Math.round(v * 1000) / 10 + ' %'"},
    )  # fmt: skip


def _step(name: str, points: list[list[float]], index: int, thin: bool) -> dict[str, Any]:
    colour, symbol, dash = series_style(index)
    return {
        "name": name, "type": "line", "step": "end", "data": points, "animation": False,
        "showSymbol": False, "symbol": symbol, "symbolSize": 9,
        "lineStyle": {"color": colour, "width": 1.4 if thin else 3.5, "type": "dotted" if thin else dash},
        "itemStyle": {"color": colour}, "emphasis": {"focus": "series"},
    }  # fmt: skip


def causes(tables: EnsembleTables | None, names: Sequence[str]) -> Options:
    """Return why strategies fail: shares of all replicates by cause, each cause with a pattern."""
    table = tables.causes if tables is not None else pd.DataFrame(columns=["strategy", "cause"])
    rows: Iterable[Any] = table.itertuples()
    found = {(str(r.strategy), str(r.cause)): float(r.share_of_all) for r in rows}
    present = causes_in_order(cause for _, cause in found)
    colours = colours_of(present, CAUSE_COLOURS)
    series = [
        {
            "name": cause_words(cause).plain, "type": "bar", "stack": "all", "animation": False,
            "barCategoryGap": "28%",
            "data": [found.get((name, cause), 0.0) for name in names],
            "itemStyle": {"color": colours[cause], "borderColor": "#fff", "borderWidth": 1},
        }
        for cause in present
    ]  # fmt: skip
    spoken = [
        f"{s}: {cause_words(c).plain} {percent(v)}" for (s, c), v in found.items() if v >= 0.1
    ]
    options = base(
        "Why it fails", "; ".join(spoken),
        grid={"left": 8, "right": 34, "top": 38, "bottom": 104, "containLabel": True},
        xAxis=axis("share of all worlds", min=0, max=1, nameGap=24, axisLabel={":formatter": "v => Math.round(v * 100) + ' %'"}),
        yAxis=axis("", "category", data=[short(n) for n in names], inverse=True, axisLabel={
            "fontSize": TEXT - 1, "interval": 0, "lineHeight": 17}),
        legend=legend([cause_words(cause).plain for cause in present]), series=series,
    )  # fmt: skip
    options["aria"]["decal"] = {"show": True}
    options["tooltip"] |= {":valueFormatter": "v => Math.round(v * 1000) / 10 + ' %'"}
    return options


def texts(tables: EnsembleTables | None, names: Sequence[str], issues: Sequence[str]) -> Options:
    """Return the texts adopted by the deadline: area by count, shape and colour by strategy."""
    series, spoken = [], []
    if tables is not None and len(tables.texts):
        most = float(tables.texts["count"].max())
        for i, name in enumerate(names):
            part = tables.texts[tables.texts["strategy"] == name]
            if len(part):
                series.append(_cloud(name, part, i, most))
                spoken.append(f"{name}: {int(part['count'].sum())} texts")
    title = "Texts adopted in time"
    options = base(
        title if series or tables is None else f"{title}: none", "; ".join(spoken),
        grid={"left": 72, "right": 22, "top": 44, "bottom": 52},
        xAxis=issue_axis("scope", 28, words=False),
        yAxis=issue_axis("form", 42, words=False),
        series=series,
    )  # fmt: skip
    options["tooltip"][":formatter"] = (
        "p => p.seriesName + '<br>form ' + p.value[1] + ', scope ' + p.value[0] + ': ' + p.value[2] + ' worlds'"
    )
    return options


SHAPES = {
    "circle": '<circle cx="20" cy="9" r="6"/>', "rect": '<rect x="14" y="3" width="12" height="12"/>',
    "triangle": '<path d="M20 2 L27 15 L13 15 Z"/>', "diamond": '<path d="M20 1 L27 9 L20 17 L13 9 Z"/>',
    "pin": '<path d="M20 17 L14 7 A6 6 0 1 1 26 7 Z"/>',
    "roundRect": '<rect x="13" y="4" width="14" height="10" rx="4"/>',
    "arrow": '<path d="M20 1 L27 16 L20 12 L13 16 Z"/>',
}  # fmt: skip


def key(names: Sequence[str]) -> str:
    """Return the key of curves and texts as HTML: dash, shape and colour of each strategy."""
    from html import escape

    told = []
    for i, name in enumerate(names):
        colour, symbol, dash = series_style(i)
        dashes = " ".join(str(d) for d in dash) if isinstance(dash, list) else ""
        told.append(
            f'<span class="key"><svg width="40" height="18" aria-hidden="true" fill="{colour}" '
            f'stroke="{colour}"><line x1="0" y1="9" x2="40" y2="9" stroke-width="3" '
            f'stroke-dasharray="{dashes}"/>{SHAPES[symbol]}</svg>{escape(name)}</span>'
        )
    return "".join(told)


def _cloud(name: str, part: pd.DataFrame, index: int, most: float) -> dict[str, Any]:
    colour, symbol, _ = series_style(index)
    rows: Iterable[Any] = part.itertuples(index=False)
    data = [
        {
            "value": [float(r.scope), float(r.form), int(r.count)],
            "symbolSize": round(6.0 + 26.0 * math.sqrt(float(r.count) / most), 1),
        }
        for r in rows
    ]
    return {
        "name": name, "type": "scatter", "symbol": symbol, "data": data, "animation": False,
        "itemStyle": {"color": colour, "opacity": 0.62, "borderColor": "#fff", "borderWidth": 0.5},
    }  # fmt: skip
