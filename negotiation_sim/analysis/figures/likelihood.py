"""How likely, and how long: the figures of probability and of time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from negotiation_sim.analysis.figures import style
from negotiation_sim.analysis.figures.labels import apart
from negotiation_sim.analysis.figures.style import drawn
from negotiation_sim.analysis.outcomes import likeliest_first
from negotiation_sim.model.terms import MONTHS_PER_YEAR
from negotiation_sim.words import shares
from negotiation_sim.words.strategies import venue_of

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@drawn
def success_by_strategy(
    summary: pd.DataFrame,
    *,
    deadline_years: float | None = None,
    labels: Mapping[str, str] | None = None,
    sort: bool = True,
    title: str = "Probability of timely success",
) -> Figure:
    """Draw P(timely success) of every strategy with its interval.

    Parameters
    ----------
    summary : DataFrame
        ``summary.csv``: ``strategy, replicates, p_success, p_success_low, p_success_high``; if it
        has ``p_positions_low, p_positions_high`` the spread over beliefs is drawn behind, and
        strategies without ``p_success`` show ``mean_pledge_coverage``.
    deadline_years : float, optional
        Named on the axis.
    labels : mapping, optional
        Other names for strategies.
    sort : bool
        Likeliest first; else in the order of the table.
    title : str
    """
    table = likeliest_first(summary) if sort else summary
    table = table.reset_index(drop=True)
    rows = len(table)
    lines = _lines_of(table["strategy"], labels)
    figure = style.new_figure(
        8.6 if lines < 2 else 10.4, 1.5 + (0.29 if lines < 2 else 0.38) * rows
    )
    axes = figure.add_subplot()
    spread = "p_positions_low" in table and bool(table["p_positions_low"].notna().any())
    for y, row in enumerate(table.itertuples()):
        _draw_interval(axes, y, row, spread)
    ends = ["p_success_high"] + (["p_positions_high"] if spread else [])
    right = style.upper_limit(table[ends].to_numpy(dtype=float).ravel().tolist())
    axes.set_xlim(-0.012 * right, right * 1.012)
    axes.set_ylim(rows - 0.4, -0.6)
    axes.set_yticks(range(rows), [style.strategy_label(name, labels) for name in table["strategy"]])
    style.name_axis(axes, labels)
    for y, row in enumerate(table.itertuples()):
        axes.annotate(
            _in_words(row, spread), (1.0, y), xycoords=("axes fraction", "data"),
            xytext=(6, 0), textcoords="offset points", va="center", fontsize=style.SMALL,
            color=style.INK, annotation_clip=False,
        )  # fmt: skip
    style.clean(axes, grid="x", keep=("bottom",))
    axes.tick_params(axis="y", length=0)
    style.percent_axis(axes)
    within = f" within {deadline_years:g} years" if deadline_years else ""
    axes.set_xlabel(f"probability of success{within}, share of replicates", fontsize=style.NORMAL)
    style.heading(figure, title, _how_to_read(table, spread))
    return figure


def _lines_of(names: Iterable[str], labels: Mapping[str, str] | None) -> int:
    """Return how many lines most of the labels need: two where names stand over short names."""
    return 2 if labels and any(name in labels for name in names) else 1


def _draw_interval(axes: Axes, y: int, row: Any, spread: bool) -> None:
    if np.isnan(row.p_success):
        return
    if spread and not np.isnan(row.p_positions_low):
        axes.barh(
            y, row.p_positions_high - row.p_positions_low, left=row.p_positions_low, height=0.62,
            color=style.SKY, alpha=0.45, linewidth=0,
        )  # fmt: skip
    axes.plot([row.p_success_low, row.p_success_high], [y, y], color=style.BLUE, linewidth=2.2)
    axes.plot([row.p_success], [y], "o", color=style.BLUE, markersize=5.5)


def _in_words(row: Any, spread: bool) -> str:
    if np.isnan(row.p_success):
        coverage = getattr(row, "mean_pledge_coverage", float("nan"))
        return "pledges only" + (
            f": cover {style.percent(coverage)}" if not np.isnan(coverage) else ""
        )
    words = shares.estimate(row.p_success, row.p_success_low, row.p_success_high)
    if (
        spread
        and (known := shares.positions(row.p_positions_low, row.p_positions_high)) != shares.NONE
    ):
        words += f"  [{known}]"
    return words


def _how_to_read(table: pd.DataFrame, spread: bool) -> str:
    counts = table.loc[table["p_success"].notna(), "replicates"]
    if not len(counts):
        return "No strategy of this run can succeed: pledges alone report coverage."
    worlds = style.count_range(counts.tolist())
    note = f"Dot and line, (  ): estimate and 95% interval from {worlds} replicates."
    if spread:
        note += " Pale bar, [  ]: 5th to 95th percentile over what is not known of positions."
    return note


@drawn
def time_to_success(
    curves: pd.DataFrame,
    groups: Mapping[str, str] | None = None,
    *,
    deadline_years: float | None = None,
    column: str = "success",
    labels: Mapping[str, str] | None = None,
    venues: Mapping[str, str] | None = None,
    title: str = "How long success takes",
) -> Figure:
    """Draw the share of replicates that have succeeded by each month, in panels.

    A venue has one colour in all panels; strategies that never get there are named below instead
    of drawn as a line on the floor.

    Parameters
    ----------
    curves : DataFrame
        ``strategy, month`` and a share, as ``SummaryAccumulator.incidence`` returns it; with
        ``low`` and ``high`` a band is drawn.
    groups : mapping, optional
        ``{strategy: panel}``; default: by the initiative named first, strategies of several
        tracks apart.
    deadline_years : float, optional
        Drawn as a line.
    column : str
        Which share: ``mandated``, ``adopted``, ``in_force``, ``success``, ``incidence`` ...
    labels : mapping, optional
        Other names of panels and lines.
    venues : mapping, optional
        ``{id: name}`` in the order in which they take their colours.
    title : str
    """
    every = list(dict.fromkeys(curves["strategy"].astype(str)))
    last = curves.groupby("strategy", sort=False, observed=True)[column].max()
    names = [name for name in every if last[name] > 0.0] or every
    groups = dict(groups) if groups else {name: _panel_of(name) for name in names}
    panels = list(dict.fromkeys(groups[name] for name in names))
    looks = style.venue_styles([*(venues or ()), *map(venue_of, every)])
    rows, columns = style.grid_shape(len(panels), 2)
    left_out = [name for name in every if name not in names]
    below = (
        style.wrapped(f"None within the horizon: {', '.join(left_out)}.", 150) if left_out else ""
    )
    figure = style.new_figure(
        5.0 * columns + 0.4, 2.7 * rows + 0.9 + 0.16 * (below.count("\n") + 2)
    )
    grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    top = style.upper_limit([float(curves[column].max())])
    for axes, panel in zip(grid.flat, panels, strict=False):
        members = [name for name in names if groups[name] == panel]
        parts = [curves[curves["strategy"] == name] for name in members]
        lines = _looks_of(members, looks)
        for part, line in zip(parts, lines, strict=True):
            _curve(axes, part, column, *line)
        _time_axis(axes, deadline_years)
        axes.set_xlim(0.0, float(curves["month"].max()) / MONTHS_PER_YEAR)
        axes.set_ylim(0.0, top)
        ends = [float(part[column].iloc[-1]) for part in parts]
        shown = [_short(name, panel, labels, venues) for name in members]
        _name_lines(axes, shown, ends, top, [colour for colour, _ in lines])
        heading = (labels or {}).get(panel, panel)
        axes.set_title(heading, fontsize=style.NORMAL, loc="left", fontweight="bold")
        style.percent_axis(axes, "y")
    for axes in grid.flat[len(panels) :]:
        axes.set_visible(False)
    figure.supylabel("share of replicates", fontsize=style.NORMAL)
    if below:
        figure.supxlabel(below, fontsize=style.SMALL, color=style.FAINT, x=0.01, ha="left")
    note = "Share of all replicates that have succeeded by then; withdrawn ones never do."
    if deadline_years:
        note += f" Dotted line: the deadline, {deadline_years:g} years."
    style.heading(figure, title, note)
    return figure


def _panel_of(name: str) -> str:
    return "division of labour" if "+" in name else name.partition("@")[0]


def _looks_of(
    members: Sequence[str], looks: Mapping[str, style.VenueStyle]
) -> list[tuple[str, Any]]:
    """Return colour and dash of each line: the venue's colour, dashed where it is there twice."""
    found: list[tuple[str, Any]] = []
    for name in members:
        colour = looks[venue_of(name)].colour
        before = sum(colour == other for other, _ in found)
        found.append((colour, style.DASHES[before % len(style.DASHES)]))
    return found


def _short(
    name: str, panel: str, labels: Mapping[str, str] | None, venues: Mapping[str, str] | None
) -> str:
    if labels and name in labels:
        return labels[name]
    rest = name.removeprefix(f"{panel}@")
    if venues and rest in venues:
        return style.wrapped(venues[rest], 30)
    return style.strategy_label(rest, None, 24)


def _curve(axes: Axes, part: pd.DataFrame, column: str, colour: str, dash: Any) -> None:
    years = part["month"] / MONTHS_PER_YEAR
    if {"low", "high"} <= set(part.columns):
        axes.fill_between(
            years, part["low"], part["high"], step="post", color=colour, alpha=0.18, linewidth=0
        )
    axes.step(years, part[column], where="post", color=colour, linewidth=1.6, linestyle=dash)


def _name_lines(
    axes: Axes, names: list[str], ends: list[float], top: float, colours: Sequence[str]
) -> None:
    """Write each line's name and last value at its end, moved apart where lines meet."""
    tall = [name.count("\n") + 1 for name in names]
    lines = apart(
        [e for e, n in zip(ends, tall, strict=True) for _ in range(n)], 0.083 * top, 0.02 * top
    )
    heights = [sum(lines[sum(tall[:k]) :][:n]) / n for k, n in enumerate(tall)]
    for colour, name, end, y in zip(colours, names, ends, heights, strict=True):
        axes.annotate(
            f"{style.percent(end)}  {name}", (1.0, end / top), xycoords="axes fraction",
            xytext=(1.04, y / top), textcoords="axes fraction", va="center", fontsize=7.4,
            color=style.INK, annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": colour, "linewidth": 1.2, "shrinkA": 0,
                        "shrinkB": 0, "relpos": (0.0, 0.5)},
        )  # fmt: skip


def _time_axis(axes: Axes, deadline_years: float | None) -> None:
    from matplotlib.ticker import MaxNLocator

    if deadline_years:
        axes.axvline(deadline_years, color=style.FAINT, linewidth=1.0, linestyle=(0, (1, 2)))
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, integer=True, steps=[1, 2, 5, 10]))
    axes.set_xlabel("years since the start", fontsize=style.SMALL)
    style.clean(axes, grid="y")
    axes.tick_params(labelbottom=True)


@drawn
def endings_over_time(
    curves: pd.DataFrame,
    strategies: Sequence[str] | None = None,
    *,
    deadline_years: float | None = None,
    labels: Mapping[str, str] | None = None,
    title: str = "How negotiations end",
) -> Figure:
    """Draw success, withdrawal and dissolution as shares of all replicates over time.

    Parameters
    ----------
    curves : DataFrame
        ``strategy, month, success, withdrawn, dissolved`` as ``SummaryAccumulator.incidence``
        returns it.
    strategies : sequence of str, optional
        Default: the twelve likeliest to succeed.
    deadline_years, labels, title
    """
    last = curves.groupby("strategy", sort=False, observed=True)["success"].last()
    if strategies is None:
        strategies = last.sort_values(ascending=False, kind="stable").index[:12].tolist()
    rows, columns = style.grid_shape(len(strategies), 4)
    figure = style.new_figure(2.3 * columns + 0.7, 1.95 * rows + 1.15)
    grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    parts = [("success", style.GREEN), ("dissolved", style.BLACK), ("withdrawn", style.ORANGE)]
    parts = [each for each in parts if curves[each[0]].max() > 0.0]
    for axes, name in zip(grid.flat, strategies, strict=False):
        part = curves[curves["strategy"] == name]
        years, floor = part["month"] / MONTHS_PER_YEAR, np.zeros(len(part))
        for column, colour in parts:
            top = floor + part[column].to_numpy()
            axes.fill_between(years, floor, top, color=colour, linewidth=0, label=column, alpha=0.9)
            floor = top
        axes.fill_between(years, floor, 1.0, color=style.GRID, linewidth=0, label="undecided")
        axes.set_title(style.strategy_label(name, labels, 26), fontsize=style.SMALL, loc="left")
        _time_axis(axes, deadline_years)
        axes.set_xlim(0.0, float(years.max()))
        axes.set_ylim(0.0, 1.0)
        style.percent_axis(axes, "y")
    for axes in grid.flat[len(strategies) :]:
        axes.set_visible(False)
    handles, names = grid.flat[0].get_legend_handles_labels()
    figure.legend(
        handles, names, loc="outside lower center", ncols=4, frameon=False, fontsize=style.NORMAL
    )
    figure.supylabel("share of replicates", fontsize=style.NORMAL)
    note = "Endings that compete: what is withdrawn can no longer succeed."
    style.heading(figure, title, note + (" Dotted line: the deadline." if deadline_years else ""))
    return figure
