"""Can the probabilities be trusted, and what do they hang on?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from negotiation_sim.analysis.figures import style
from negotiation_sim.analysis.figures.style import drawn
from negotiation_sim.analysis.figures.sweep_maps import parameter_label

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def _square(axes: Axes) -> None:
    axes.plot([0, 1], [0, 1], color=style.FAINT, linewidth=1.0, linestyle=(0, (4, 3)), zorder=1)
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(-0.02, 1.02)
    style.clean(axes, grid="both")
    style.percent_axis(axes, "x")
    style.percent_axis(axes, "y")
    axes.set_ylabel("share that happened", fontsize=style.NORMAL)


@drawn
def calibration_curve(
    table: pd.DataFrame,
    *,
    by: str = "forecaster",
    title: str = "Do things happen as often as forecast?",
) -> Figure:
    """Draw what happened against what was forecast, a line for each forecaster.

    Parameters
    ----------
    table : DataFrame
        One row per bin: ``predicted``, ``observed``, ``count``; ``low, high`` draw an interval;
        a column ``by`` separates forecasters.
    by, title : str
    """
    names = list(dict.fromkeys(table[by].astype(str))) if by in table else [""]
    figure = style.new_figure(5.6, 6.0)
    axes = figure.add_subplot()
    for place, name in enumerate(names):
        part = table[table[by].astype(str) == name] if name else table
        part = part.sort_values("predicted")
        part = part.assign(predicted=part["predicted"] + 0.008 * (place - (len(names) - 1) / 2))
        colour = style.PALETTE[place % len(style.PALETTE)]
        if {"low", "high"} <= set(part.columns):
            axes.vlines(part["predicted"], part["low"], part["high"], color=colour, alpha=0.55)
        axes.plot(
            part["predicted"], part["observed"], color=colour, label=name or None, markersize=6,
            marker=style.MARKERS[place % len(style.MARKERS)],
            linestyle=style.DASHES[place % len(style.DASHES)],
        )  # fmt: skip
    _square(axes)
    axes.set_aspect("equal")
    axes.set_xlabel("probability forecast", fontsize=style.NORMAL)
    if names != [""]:
        figure.legend(
            loc="outside lower center", ncols=min(3, len(names)), frameon=False,
            fontsize=style.SMALL,
        )  # fmt: skip
    style.heading(figure, title, "On the dashed line forecasts are right; below it too hopeful.")
    return figure


@drawn
def reliability(
    table: pd.DataFrame, *, title: str = "How reliable the probabilities are"
) -> Figure:
    """Draw a reliability diagram: bins with intervals, and how often each was forecast.

    Parameters
    ----------
    table : DataFrame
        One row per bin: ``predicted, observed, low, high, count``.
    title : str
    """
    figure = style.new_figure(5.6, 6.6)
    upper, lower = figure.subplots(2, 1, height_ratios=[4, 1], sharex=True)
    fits = (table["low"] <= table["predicted"]) & (table["predicted"] <= table["high"])
    for colour, mark, words, use in [
        (style.BLUE, "o", "interval holds the forecast", fits),
        (style.ORANGE, "X", "interval misses the forecast", ~fits),
    ]:
        part = table[use]
        if len(part):
            upper.vlines(part["predicted"], part["low"], part["high"], color=colour, linewidth=2)
            upper.plot(
                part["predicted"], part["observed"], mark, color=colour, markersize=7, label=words,
                markeredgecolor="white",
            )  # fmt: skip
    _square(upper)
    upper.legend(fontsize=style.SMALL, frameon=False, loc="upper left")
    lower.bar(table["predicted"], table["count"], width=0.035, color=style.FAINT)
    style.clean(lower)
    lower.set_ylabel("cases", fontsize=style.NORMAL)
    lower.set_xlabel("probability forecast, mean of the bin", fontsize=style.NORMAL)
    total = int(table["count"].sum())
    style.heading(figure, title, f"{total:,} cases; lines: 95% intervals of what happened.")
    return figure


@drawn
def sensitivity_bars(
    table: pd.DataFrame,
    *,
    most: int = 20,
    units: Mapping[str, str] | None = None,
    title: str = "What the result hangs on",
) -> Figure:
    """Draw Sobol' indices, or Morris' mean effects, parameter by parameter.

    Parameters
    ----------
    table : DataFrame
        ``parameter`` and either ``total, first`` (Sobol') or ``mu_star`` (Morris), each with
        ``<name>_low`` and ``<name>_high`` where intervals are known.
    most : int
        Parameters shown: those that matter most.
    units, title
    """
    morris = "mu_star" in table
    main = "mu_star" if morris else "total"
    part = table.sort_values(main, ascending=False, kind="stable").head(most)
    part = part.reset_index(drop=True)
    rows = len(part)
    figure = style.new_figure(8.4, 1.9 + 0.34 * rows)
    axes = figure.add_subplot()
    series = [("mu_star", "mean effect over the range", style.BLUE, 0.0, 0.6)]
    if not morris:
        series = [
            ("total", "with interactions (total)", style.SKY, -0.19, 0.36),
            ("first", "alone (first order)", style.BLUE, 0.19, 0.36),
        ]
    for name, words, colour, shift, height in series:
        _bars(axes, part, name, words, colour, shift, height)
    axes.set_yticks(range(rows), [_parameter_name(p, units) for p in part["parameter"]])
    axes.set_ylim(rows - 0.4, -0.6)
    axes.set_xlim(left=0.0)
    style.clean(axes, grid="x", keep=("bottom",))
    axes.tick_params(axis="y", length=0)
    unit = "change of P over the parameter's range" if morris else "share of the variance of P"
    style.percent_axis(axes)
    axes.set_xlabel(unit, fontsize=style.NORMAL)
    if not morris:
        axes.legend(fontsize=style.SMALL, frameon=False, loc="lower right")
    left_out = f" The first {rows} of {len(table)}." if len(table) > rows else ""
    style.heading(figure, title, "Lines: 95% intervals." + left_out)
    return figure


def _parameter_name(path: str, units: Mapping[str, str] | None) -> str:
    return parameter_label(str(path), units)


def _bars(
    axes: Axes, part: pd.DataFrame, name: str, words: str, colour: str, shift: float, height: float
) -> None:
    places = np.arange(len(part)) + shift
    values = part[name].to_numpy(dtype=float)
    axes.barh(places, np.maximum(values, 0.0), height=height, color=colour, label=words)
    if {f"{name}_low", f"{name}_high"} <= set(part.columns):
        low = np.maximum(0.0, part[f"{name}_low"].to_numpy(dtype=float))
        high = np.maximum(low, part[f"{name}_high"].to_numpy(dtype=float))
        axes.hlines(places, low, high, color=style.INK, linewidth=1.1)
