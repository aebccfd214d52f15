"""Charts of an ensemble: probability, curves, causes and texts, the step before beside them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from negotiation_sim.analysis.figures.style import colours_of
from negotiation_sim.engine.scenario import Scenario
from negotiation_sim.faces.page.charts import (
    Options,
    axis,
    base,
    in_lines,
    issue_axis,
    key_entry,
    legend,
    mark,
    narrowly,
    place_labels,
)
from negotiation_sim.faces.page.ensemble_jobs import EnsembleTables
from negotiation_sim.faces.page.month_in_words import strategy_names
from negotiation_sim.faces.page.theme import (
    CAUSE_COLOURS,
    INK,
    TEXT,
    percent,
    series_style,
)
from negotiation_sim.words.shares import span
from negotiation_sim.words.vocabulary import cause_words, causes_in_order

NOW, BEFORE = "these settings", "the step before"
CHANCE, POSITIONS = "95%: chance", "5 to 95%: what is not known of positions"
_WHISKER = """(params, api) => {
  const y = api.coord([0, api.value(1)])[1] + %d;
  const a = api.coord([api.value(2), 0])[0], b = api.coord([api.value(3), 0])[0];
  const line = (x1, y1, x2, y2) => ({type: 'line', shape: {x1, y1, x2, y2},
    style: {stroke: api.visual('color'), lineWidth: 3}});
  return {type: 'group', children: [line(a, y, b, y), line(a, y - 6, a, y + 6), line(b, y - 6, b, y + 6)]};
}"""
_BAND = """(params, api) => {
  const y = api.coord([0, api.value(0)])[1] + %d, high = %d;
  const a = api.coord([api.value(1), 0])[0], b = api.coord([api.value(2), 0])[0];
  return {type: 'rect', shape: {x: a, y: y - high / 2, width: Math.max(2, b - a), height: high, r: 2},
    style: {fill: api.visual('color')}};
}"""


def _narrow_names(options: Options, names: Sequence[str]) -> Options:
    """Return what changes of the names beside the bars on a narrow screen."""
    label = options["yAxis"]["axisLabel"] | {"fontSize": TEXT - 2, "lineHeight": 15, "margin": 8}
    return {"yAxis": {"axisLabel": label, "data": [in_lines(name, 14) for name in names]}}


def probability(
    tables: EnsembleTables | None, other: EnsembleTables | None, names: Sequence[str]
) -> Options:
    """Return P(timely success) with both intervals; the step before it hollow, above.

    The whisker is chance: more worlds would narrow it. The band is what is not known of positions:
    only more knowledge would.
    """
    series: list[dict[str, Any]] = []
    spoken: list[str] = []
    highest = 0.02
    for table, title, offset in ((other, BEFORE, -13), (tables, NOW, 8 if other else 0)):
        if table is not None:
            points = _points(table, names)
            bands = _bands(table, names)
            spoken += [f"{names[i]}, {title}: {percent(p)}" for i, p, *_ in points]
            highest = max([highest, *(p[3] for p in points), *(band[2] for band in bands)])
            before = title == BEFORE
            series += [
                _band(title, bands, offset, before=before),
                *_whiskers(title, points, bands, offset, names=names),
            ]
    entries = [{"name": NOW, "icon": "circle"}, CHANCE, POSITIONS]
    if other is not None:
        entries.insert(1, {"name": BEFORE, "icon": "emptyDiamond"})
    options = base(
        "Chance of success in time", "; ".join(spoken),
        grid={"left": 8, "right": 58, "top": 38, "bottom": 42, "containLabel": True},
        xAxis=axis("share of worlds", min=0, max=min(1.0, _round_up(1.04 * highest)),
                   nameGap=26, axisLabel={
            ":formatter": "v => Math.round(v * 1000) / 10 + '%'", "hideOverlap": True}),
        yAxis=axis("", "category", data=[in_lines(name) for name in names], inverse=True, axisLabel={
            "fontSize": TEXT - 1, "interval": 0, "lineHeight": 17, "margin": 18}),
        legend=legend(entries), series=[*series, *_samples()],
    )  # fmt: skip
    return narrowly(options, _narrow_names(options, names))


def _points(table: EnsembleTables, names: Sequence[str]) -> list[tuple[int, float, float, float]]:
    """Return place, P and the interval of chance of each strategy that can succeed."""
    found = table.summary.set_index("strategy")
    points = []
    for i, name in enumerate(names):
        if name in found.index and not math.isnan(found["p_success"].loc[name]):
            row: Any = found.loc[name]
            p, low, high = (float(row[f"p_success{end}"]) for end in ("", "_low", "_high"))
            points.append((i, p, low, high))
    return points


def _bands(table: EnsembleTables, names: Sequence[str]) -> list[tuple[int, float, float]]:
    """Return place and spread over beliefs of each strategy, once these have been run."""
    if not len(table.positions):
        return []
    found = table.positions.set_index("strategy")
    bands = []
    for i, name in enumerate(names):
        if name in found.index:
            row: Any = found.loc[name]
            bands.append((i, float(row["p_positions_low"]), float(row["p_positions_high"])))
    return bands


def _samples() -> list[dict[str, Any]]:
    """Return series that hold nothing: what the key says of the two intervals."""
    shared = {"type": "scatter", "data": [], "silent": True, "animation": False}
    return [
        {"name": CHANCE, "symbol": SYMBOL_WHISKER, "itemStyle": {"color": "#005A8F"}} | shared,
        {"name": POSITIONS, "symbol": "roundRect", "itemStyle": {"color": BAND_NOW}} | shared,
    ]  # fmt: skip


BAND_NOW, BAND_BEFORE = "#A9C9E2", "#D5D5D5"
SYMBOL_WHISKER = "path://M0 4 L2 4 L2 9 L18 9 L18 4 L20 4 L20 16 L18 16 L18 11 L2 11 L2 16 L0 16 Z"


def _round_up(value: float) -> float:
    return next((e for e in (0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8) if value <= e), 1.0)


def _band(
    title: str, bands: Sequence[tuple[int, float, float]], offset: int, *, before: bool
) -> dict[str, Any]:
    return {
        "name": f"{POSITIONS}, {title}", "type": "custom", "silent": True, "animation": False, "z": 1,
        ":renderItem": _BAND % (offset, 7 if before else 19),
        "itemStyle": {"color": BAND_BEFORE if before else BAND_NOW},
        "data": [[i, low, high] for i, low, high in bands], "encode": {"x": [1, 2], "y": 0},
    }  # fmt: skip


def _whiskers(
    title: str, points: Sequence[tuple[int, float, float, float]],
    bands: Sequence[tuple[int, float, float]], offset: int, *, names: Sequence[str],
) -> list[dict[str, Any]]:  # fmt: skip
    hollow = title == BEFORE
    colour = "#5A5A5A" if hollow else "#005A8F"
    spread = {i: span(low, high) for i, low, high in bands}
    words = [
        f"{names[i]}: {percent(p)}<br>{CHANCE}: {span(low, high)}"
        + (f"<br>{POSITIONS}: {spread[i]}" if i in spread else "")
        for i, p, low, high in points
    ]
    return [
        {
            "name": title, "type": "custom", ":renderItem": _WHISKER % offset, "silent": True,
            "itemStyle": {"color": colour}, "animation": False, "z": 3,
            "data": [[p, i, low, high] for i, p, low, high in points], "encode": {"x": [0, 2, 3], "y": 1},
        },
        {
            "name": title, "type": "scatter", "symbolSize": 9 if hollow else 13,
            "symbolOffset": [0, offset], "z": 5, "symbol": "emptyDiamond" if hollow else "circle",
            "animation": False,
            "itemStyle": {"color": colour, "borderWidth": 2.5 if hollow else 0, "opacity": 1},
            "data": [
                {"value": [p, i], "name": said} for (i, p, *_), said in zip(points, words, strict=True)
            ],
            "tooltip": {"formatter": f"{title}<br>{{b}}"},
        },
        _figures(title, points, bands, offset, hollow=hollow),
    ]  # fmt: skip


def _figures(
    title: str, points: Sequence[tuple[int, float, float, float]],
    bands: Sequence[tuple[int, float, float]], offset: int, *, hollow: bool,
) -> dict[str, Any]:  # fmt: skip
    """Return the probabilities in words, right of their intervals."""
    ends = {i: high for i, _, high in bands}
    return {
        "name": title, "type": "scatter", "symbolSize": 1, "symbolOffset": [0, offset], "silent": True,
        "animation": False, "itemStyle": {"color": "rgba(0, 0, 0, 0)"}, "z": 6,
        "data": [
            {"value": [max(high, ends.get(i, 0.0)), i], "name": percent(p)} for i, p, _, high in points
        ],
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
    """Return the share of worlds without success, or with it, by month; the step before thin."""
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
        yAxis=axis("", scale=True, axisLabel={":formatter": "v => Math.round(v * 1000) / 10 + '%'"})
        | ({"max": 1} if falling else {"min": 0}),
        series=series, tooltip={"trigger": "axis", "confine": True,
                 ":valueFormatter": "v => Math.round(v * 1000) / 10 + '%'"},
    )  # fmt: skip


def _step(name: str, points: list[list[float]], index: int, thin: bool) -> dict[str, Any]:
    colour, symbol, dash = series_style(index)
    return {
        "name": name, "type": "line", "step": "end", "data": points, "animation": False,
        "showSymbol": False, "symbol": symbol, "symbolSize": 9,
        "lineStyle": {"color": colour, "width": 1.4 if thin else 3.5, "type": "dotted" if thin else dash},
        "itemStyle": {"color": colour}, "emphasis": {"focus": "series"},
    }  # fmt: skip


def causes(
    tables: EnsembleTables | None, names: Sequence[str], other: EnsembleTables | None = None
) -> Options:
    """Return why strategies fail: shares of all replicates by cause, the step before thin below.

    Each cause has a letter, so that nothing rests on its colour.
    """
    now, before = (_cause_shares(table) for table in (tables, other))
    present = causes_in_order(cause for _, cause in (*now, *before))
    colours = colours_of(present, CAUSE_COLOURS)
    letters = {cause: chr(ord("A") + n) for n, cause in enumerate(present)}
    series = [
        _cause_bars(cause, letters[cause], colours[cause], [found.get((n, cause), 0.0) for n in names], thin)
        for found, thin in ((now, False), (before, True))
        if found or not thin
        for cause in present
    ]  # fmt: skip
    spoken = [f"{s}: {cause_words(c).plain} {percent(v)}" for (s, c), v in now.items() if v >= 0.1]
    options = base(
        "Why it fails", "; ".join(spoken),
        grid={"left": 8, "right": 34, "top": 38, "bottom": 42, "containLabel": True},
        xAxis=axis("share of all worlds", min=0, max=1, nameGap=24, axisLabel={
            ":formatter": "v => Math.round(v * 100) + '%'", "hideOverlap": True}),
        yAxis=axis("", "category", data=[in_lines(n) for n in names], inverse=True, axisLabel={
            "fontSize": TEXT - 1, "interval": 0, "lineHeight": 17}),
        legend=legend([
            {"name": cause_words(cause).plain, "icon": "roundRect", "letter": letters[cause]}
            for cause in present
        ]), series=series,
    )  # fmt: skip
    options["tooltip"] |= {
        ":formatter": "p => p.seriesName + ': ' + Math.round(p.value * 1000) / 10 + '%'"
    }
    return narrowly(options, _narrow_names(options, names))


def _cause_shares(tables: EnsembleTables | None) -> dict[tuple[str, str], float]:
    if tables is None:
        return {}
    rows: Iterable[Any] = tables.causes.itertuples()
    return {(str(r.strategy), str(r.cause)): float(r.share_of_all) for r in rows}


LETTERED = 0.045  # of all worlds: a narrower part of a bar has no room for its letter


def _cause_bars(
    cause: str, letter: str, colour: str, shares: Sequence[float], thin: bool
) -> dict[str, Any]:
    words = cause_words(cause).plain
    label = {
        "show": True, "formatter": letter, "fontSize": TEXT, "fontWeight": "bold", "color": INK,
        "textBorderColor": "#fff", "textBorderWidth": 3,
    }  # fmt: skip
    return {
        "name": f"{BEFORE}: {words}" if thin else words, "type": "bar",
        "stack": "before" if thin else "all", "animation": False, "barCategoryGap": "24%",
        "barGap": "12%", **({"barWidth": 8} if thin else {}),
        "data": [
            {"value": share, "label": {"show": not thin and share >= LETTERED}} for share in shares
        ],
        "label": label | {"show": not thin},
        "itemStyle": {"color": colour, "borderColor": "#fff", "borderWidth": 1},
    }  # fmt: skip


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
        grid={"left": 128, "right": 30, "top": 44, "bottom": 94},
        xAxis=issue_axis("scope", 68, across=True), yAxis=issue_axis("form", 104),
        series=series,
    )  # fmt: skip
    narrowly(options, {
        "grid": {"left": 100, "right": 20}, "yAxis": {"name": ""},
        "xAxis": {"axisLabel": options["xAxis"]["axisLabel"] | place_labels("scope", across=True, few=True)},
    }, below=520)  # fmt: skip
    options["tooltip"][":formatter"] = (
        "p => p.seriesName + '<br>form ' + p.value[1] + ', scope ' + p.value[0] + ': ' + p.value[2] + ' worlds'"
    )
    return options


def every_chart(
    tables: EnsembleTables, other: EnsembleTables | None, names: Sequence[str], scenario: Scenario,
    *, falling: bool = True,
) -> dict[str, Options]:  # fmt: skip
    """Return the charts of a comparison by name, as the page and its folder without a server draw them."""
    return {
        "probability": probability(tables, other, names),
        "curves": curves(
            tables, other, names, scenario.deadline, scenario.horizon, falling=falling
        ),
        "causes": causes(tables, names, other),
        "texts": texts(tables, names, scenario.issues),
    }


def key(names: Sequence[str], scenario: Scenario) -> str:
    """Return the key of the charts as HTML: dash, shape and colour of each strategy, and its names."""
    named = strategy_names(scenario)
    styles = [series_style(i) for i in range(len(names))]
    return "".join(
        key_entry(named[name], colour, symbol, dash)
        for name, (colour, symbol, dash) in zip(names, styles, strict=True)
    )


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
