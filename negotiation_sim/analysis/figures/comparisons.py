"""Strategies against each other, on the same worlds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from negotiation_sim.analysis.figures import style
from negotiation_sim.analysis.figures.style import drawn
from negotiation_sim.words.vocabulary import ISSUES, term_label

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@drawn
def paired_differences(
    pairs: pd.DataFrame,
    *,
    most: int = 30,
    labels: Mapping[str, str] | None = None,
    title: str = "Differences on the same worlds",
) -> Figure:
    """Draw differences of P with their intervals, turned so that the better one comes first.

    Parameters
    ----------
    pairs : DataFrame
        Of ``analysis.comparison.paired_differences``.
    most : int
        Pairs shown: the largest differences.
    labels, title
    """
    size = pairs["difference"].abs().sort_values(ascending=False, kind="stable").index[:most]
    table = pairs.loc[size].reset_index(drop=True)
    rows = len(table)
    figure = style.new_figure(9.0, 1.7 + 0.4 * rows)
    axes = figure.add_subplot()
    names, reach = [], [0.02]
    row: Any
    for y, row in enumerate(table.itertuples()):
        sign = -1.0 if row.difference < 0.0 else 1.0
        pair = (row.first, row.second) if sign > 0.0 else (row.second, row.first)
        better, worse = (style.strategy_label(name, labels, 99) for name in pair)
        names.append(f"{better}\nover {worse}")
        reach += _draw_pair(axes, y, row, sign)
    axes.axvline(0.0, color=style.INK, linewidth=0.9)
    axes.set_xlim(min(-0.02, *reach) * 1.08, max(reach) * 1.08)
    axes.set_ylim(rows - 0.4, -0.6)
    axes.set_yticks(range(rows), names)
    style.clean(axes, grid="x", keep=("bottom",))
    axes.tick_params(axis="y", length=0, labelsize=7.4)
    style.points_axis(axes.xaxis)
    axes.set_xlabel(
        "difference in the probability of timely success, in points of 100", fontsize=style.NORMAL
    )
    left_out = f" The {rows} largest of {len(pairs)} pairs." if len(pairs) > rows else ""
    style.heading(
        figure, title,
        "Thick: 95% interval; thin: for all pairs at once. Hollow: open, with what would settle it."
        + left_out,
    )  # fmt: skip
    return figure


def _draw_pair(axes: Axes, y: int, row: Any, sign: float) -> list[float]:
    """Draw one difference with both its intervals; return the ends of the wider one."""
    ends = sorted([sign * row.low, sign * row.high])
    outer = sorted([sign * row.low_all, sign * row.high_all])
    colour = style.BLUE if row.settled else style.FAINT
    axes.plot(outer, [y, y], color=colour, linewidth=0.9)
    axes.plot(ends, [y, y], color=colour, linewidth=2.6, solid_capstyle="butt")
    axes.plot(
        [sign * row.difference], [y], "o", color=colour, markersize=6,
        markerfacecolor=colour if row.settled else "white",
    )  # fmt: skip
    axes.annotate(
        _in_words(row, sign), (1.0, y), xycoords=("axes fraction", "data"), xytext=(6, 0),
        textcoords="offset points", va="center", fontsize=style.SMALL, annotation_clip=False,
    )  # fmt: skip
    return outer


def _in_words(row: Any, sign: float) -> str:
    import pandas as pd

    words = f"{100.0 * sign * row.difference:+.1f} points"
    if not row.settled and not pd.isna(row.more_worlds):
        words += f"; about {_rounded(int(row.more_worlds)):,} more worlds"
    return words


def _rounded(number: int) -> int:
    """Return a number of worlds to two digits."""
    digits = max(0, len(str(number)) - 2)
    return int(round(number, -digits))


@drawn
def probability_best(
    table: pd.DataFrame,
    *,
    labels: Mapping[str, str] | None = None,
    title: str = "Which strategy is the best",
) -> Figure:
    """Draw how probable it is that each strategy is the best of those with like goals.

    Parameters
    ----------
    table : DataFrame
        ``goal, strategy, p_best`` of ``analysis.comparison.probability_best``.
    labels, title
    """
    goals = list(dict.fromkeys(table["goal"]))
    parts = [_contenders(table[table["goal"] == goal], labels) for goal in goals]
    counts = [len(part) for part in parts]
    figure = style.new_figure(7.6, 1.3 + 0.28 * sum(counts) + 0.45 * len(goals))
    grid = figure.subplots(
        len(goals), 1, squeeze=False, sharex=True, gridspec_kw={"height_ratios": counts}
    )[:, 0]
    for axes, goal, part in zip(grid, goals, parts, strict=True):
        names, values = zip(*part, strict=True)
        y = np.arange(len(part))
        axes.barh(y, values, height=0.66, color=style.BLUE)
        for place, value in zip(y, values, strict=True):
            axes.text(value + 0.012, place, style.percent(value), va="center", fontsize=style.SMALL)
        axes.set_yticks(y, names)
        axes.set_ylim(len(part) - 0.4, -0.6)
        axes.set_xlim(0.0, 1.1)
        if goal:
            axes.set_title(f"goal: {goal}", fontsize=style.NORMAL, loc="left")
        style.clean(axes, keep=())
        axes.tick_params(axis="both", length=0)
    style.percent_axis(grid[-1])
    grid[-1].set_xticks(np.linspace(0, 1, 6))
    grid[-1].set_xlabel("probability of being the best", fontsize=style.NORMAL)
    style.heading(figure, title, "By a Bayesian bootstrap over worlds; ties are shared.")
    return figure


def _contenders(part: pd.DataFrame, labels: Mapping[str, str] | None) -> list[tuple[str, float]]:
    """Return name and probability of those that may be the best, the rest as one line."""
    part = part.sort_values("p_best", ascending=False, kind="stable")
    hopeless = part["p_best"] < 0.005
    if hopeless.sum() < 2:
        hopeless = part["p_best"] < 0.0
    kept = part[~hopeless]
    rows = [
        (style.strategy_label(str(name), labels), float(p))
        for name, p in zip(kept["strategy"], kept["p_best"], strict=True)
    ]
    if hopeless.any():
        rest = float(part["p_best"][hopeless].sum())
        rows.append((f"the other {int(hopeless.sum())} together", rest))
    return rows


QUANTILES_DRAWN = ((0.1, "o", style.BLUE), (0.5, "s", style.ORANGE), (0.9, "^", style.GREEN))
_MOST_PANELS = 4
_UNITS = {
    "years to success": "years; left of 0: first sooner",
    "participation": "share of capability",
}


def _unit(measure: str) -> str:
    """Return the unit of a measure; an issue without a meaning of the model's has its own scale."""
    name = measure.partition(",")[0]
    own = name not in (*ISSUES, "participation")
    return _UNITS.get(measure, "on the scale of the issue" if own else "0 to 1")


@drawn
def quantile_differences(
    table: pd.DataFrame,
    *,
    most: int = 12,
    labels: Mapping[str, str] | None = None,
    title: str = "Time, participation and text on the same worlds",
) -> Figure:
    """Draw differences of quantiles with their paired intervals, a panel for each measure.

    Parameters
    ----------
    table : DataFrame
        Of ``analysis.quantiles.quantile_differences``.
    most : int
        Pairs shown: those with most differences in reach.
    labels, title
    """
    known = table[table["difference"].notna()]
    keys = ["first", "second"]
    sizes = known.groupby(keys, sort=False).size().sort_values(ascending=False, kind="stable")
    kept = set(sizes.index[:most])
    pairs = [tuple(p) for p in known[keys].drop_duplicates().to_numpy() if tuple(p) in kept]
    measures = list(dict.fromkeys(known["measure"]))[:_MOST_PANELS]
    figure = style.new_figure(10.6, 2.1 + 0.5 * len(pairs))
    panels = figure.subplots(1, len(measures), squeeze=False, sharey=True)[0]
    names = [
        "\nbeside ".join(style.strategy_label(name, labels, 30) for name in pair) for pair in pairs
    ]
    for axes, measure in zip(panels, measures, strict=True):
        part = known[known["measure"] == measure]
        _draw_quantiles(axes, part, pairs)
        axes.set_title(term_label(measure), fontsize=style.NORMAL, loc="left")
        axes.set_xlabel(_unit(measure), fontsize=style.SMALL)
        axes.set_ylim(len(pairs) - 0.5, -0.5)
        style.clean(axes, grid="x", keep=("bottom",))
        axes.tick_params(axis="y", length=0, labelsize=7.4)
    panels[0].set_yticks(range(len(pairs)), names)
    handles, words = panels[0].get_legend_handles_labels()
    figure.legend(
        handles, words, loc="outside lower center", ncols=len(words), frameon=False,
        fontsize=style.SMALL,
    )  # fmt: skip
    left_out = f" {len(pairs)} of {len(sizes)} pairs." if len(sizes) > len(pairs) else ""
    style.heading(
        figure, title,
        "First less second, with 95% intervals; none where one of the two is beyond the horizon."
        + left_out,
    )  # fmt: skip
    return figure


def _draw_quantiles(axes: Axes, part: pd.DataFrame, pairs: list[tuple[str, str]]) -> None:
    """Draw one measure: a line for each quantile of each pair, one below the other."""
    rows = {pair: row for row, pair in enumerate(pairs)}
    at = [rows.get(pair, -1) for pair in zip(part["first"], part["second"], strict=True)]
    part = part.assign(y=at).query("y >= 0")
    for place, (quantile, marker, colour) in enumerate(QUANTILES_DRAWN):
        mine = part[np.isclose(part["quantile"], quantile)]
        y = mine["y"].to_numpy() + 0.24 * (place - 1)
        axes.hlines(y, mine["low"], mine["high"], color=colour, linewidth=1.6)
        axes.plot(
            mine["difference"], y, marker, color=colour, markersize=4.6,
            label=f"{quantile:.0%} quantile",
        )  # fmt: skip
    axes.axvline(0.0, color=style.INK, linewidth=0.9)
    for row in range(1, len(pairs)):
        axes.axhline(row - 0.5, color=style.GRID, linewidth=0.6)
