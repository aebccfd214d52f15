"""Sweeps: P over one or two parameters, strategies side by side, and their difference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from negotiation_sim.analysis.figures import style
from negotiation_sim.analysis.figures.style import drawn
from negotiation_sim.words import shares
from negotiation_sim.words.vocabulary import spaced

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

P_WORDS = "probability of timely success"


def parameter_label(path: str, units: Mapping[str, str] | None = None) -> str:
    """Return a parameter's dotted path as an axis title, with its unit where one is given.

    Examples
    --------
    >>> parameter_label("venues.CD.unblock_rate", {"venues.CD.unblock_rate": "per year"})
    'CD: unblock rate (per year)'
    >>> parameter_label("status_quo.form")
    'status quo: form'
    """
    parts = path.split(".")
    head = parts[1] if len(parts) > 2 and parts[1] != "*" else ""
    head = spaced(parts[0]) if parts[0] == "status_quo" else head
    words = spaced(", ".join(parts[2:] if len(parts) > 2 else parts[-1:]))
    unit = (units or {}).get(path, "")
    return (f"{head}: " if head else "") + words + (f" ({unit})" if unit else "")


def _grid_of(table: pd.DataFrame, x: str, y: str, value: str) -> pd.DataFrame:
    """Return the mean of each cell; empty where all its points failed."""
    means = table.groupby([y, x], observed=True)[value].mean()
    return means.unstack().sort_index(ascending=False)


STEPS = 6  # widths of the widest interval that a scale of colours spans, if 100 % is not nearer


def scale_top(table: pd.DataFrame, value: str) -> float:
    """Return the upper end of a map's colours, never so low that chance looks like a contrast.

    Two estimates whose 95 % intervals overlap are at most one width of an interval apart; where the
    scale is six such widths they differ by a sixth of it, which is a shade. It ends at 100 % at most.

    Examples
    --------
    >>> import pandas as pd
    >>> cells = pd.DataFrame({"p": [0.02, 0.05], "p_low": [0.008, 0.027], "p_high": [0.05, 0.09]})
    >>> scale_top(cells, "p"), scale_top(cells[["p"]], "p")
    (0.4, 0.05)
    """
    widest = 0.0
    if {f"{value}_low", f"{value}_high"} <= set(table.columns):
        widest = float((table[f"{value}_high"] - table[f"{value}_low"]).max())
    return style.upper_limit([min(1.0, STEPS * widest), *table[value].tolist()])


def _panels_of(table: pd.DataFrame, column: str, value: str) -> list[Any]:
    """Return the values of a column for which there is anything to draw.

    A strategy of pledges alone has no probability; at points that failed nothing has one.
    """
    return list(dict.fromkeys(table.loc[table[value].notna(), column]))


@drawn
def heat_map(
    table: pd.DataFrame,
    x: str,
    y: str,
    value: str = "p_success",
    *,
    intervals: bool = False,
    units: Mapping[str, str] | None = None,
    value_label: str = P_WORDS,
    title: str = "",
) -> Figure:
    """Draw P over two parameters of a sweep.

    Parameters
    ----------
    table : DataFrame
        One row per point: columns ``x``, ``y`` and ``value``, with ``<value>_low`` and
        ``<value>_high`` for ``intervals``. Points that share a cell are averaged.
    x, y : str
        Dotted paths of the parameters.
    intervals : bool
        Write the interval into each cell.
    units : mapping, optional
        ``{path: unit}``.
    value_label, title : str
    """
    grid = _grid_of(table, x, y, value)
    tall = 0.52 if intervals else 0.4
    figure = style.new_figure(3.2 + 0.62 * grid.shape[1], 2.1 + tall * grid.shape[0])
    axes = figure.add_subplot()
    words = _cell_words(table, grid, x, y, value, intervals)
    top = scale_top(table, value)
    _map(axes, grid, words, "Blues", 0.0, top, value_label)
    _map_axes(axes, grid, x, y, units)
    note = (
        "Each cell: estimate" + (" and 95% interval" if intervals else "") + _behind(table, value)
    )
    style.heading(figure, title or f"{value_label.capitalize()} over two parameters", note)
    return figure


def _behind(table: pd.DataFrame, value: str) -> str:
    """Return the end of a note: how many replicates each estimate rests on, if the table says."""
    counts = table.loc[table[value].notna(), "replicates"] if "replicates" in table else ()
    return f" from {style.count_range(list(counts))} replicates." if len(counts) else "."


def _cell_words(
    table: pd.DataFrame, grid: pd.DataFrame, x: str, y: str, value: str, intervals: bool
) -> np.ndarray:
    words = np.array([[style.percent(v) for v in row] for row in grid.to_numpy()], dtype=object)
    if intervals:
        low, high = (_grid_of(table, x, y, f"{value}_{end}").to_numpy() for end in ("low", "high"))
        for place in np.ndindex(*words.shape):
            if words[place]:
                words[place] += f"\n{shares.span(float(low[place]), float(high[place]))}"
    return words


def _map(
    axes: Axes, grid: pd.DataFrame, words: np.ndarray | bool, colours: object, low: float,
    high: float, label: str, *, bar: bool = True,
) -> None:  # fmt: skip
    import seaborn as sns

    sns.heatmap(
        grid, ax=axes, vmin=low, vmax=high, cmap=colours, annot=words, fmt="", linewidths=0.6,
        linecolor="white", annot_kws={"size": 7.4}, cbar=bar,
        cbar_kws={"label": label, "shrink": 0.85} if bar else None,
    )  # fmt: skip
    if bar:
        scale: Any = axes.collections[0].colorbar
        if low < 0.0:
            style.points_axis(scale.ax.yaxis)
        else:
            style.percent_axis(scale.ax, "y")
        scale.ax.tick_params(labelsize=style.SMALL)
        scale.ax.yaxis.label.set_size(style.NORMAL)


def _map_axes(
    axes: Axes, grid: pd.DataFrame, x: str, y: str, units: Mapping[str, str] | None
) -> None:
    axes.set_xticks(np.arange(grid.shape[1]) + 0.5, [_tick(v) for v in grid.columns])
    axes.set_yticks(np.arange(grid.shape[0]) + 0.5, [_tick(v) for v in grid.index])
    axes.tick_params(labelsize=style.SMALL, length=0, rotation=0)
    axes.set_xlabel(parameter_label(x, units), fontsize=style.NORMAL)
    axes.set_ylabel(parameter_label(y, units), fontsize=style.NORMAL)


@drawn
def heat_maps(
    table: pd.DataFrame,
    x: str,
    y: str,
    panels: str,
    value: str = "p_success",
    *,
    units: Mapping[str, str] | None = None,
    value_label: str = P_WORDS,
    intervals: bool = False,
    labels: Mapping[str, str] | None = None,
    columns: int = 3,
    title: str = "",
) -> Figure:
    """Draw one heat map for each value of a third column (a parameter or ``strategy``).

    ``intervals`` writes the interval below each estimate; ``labels`` are other names of panels.
    """
    values = _panels_of(table, panels, value)
    rows, columns = style.grid_shape(len(values), columns)
    grids = [_grid_of(table[table[panels] == v], x, y, value) for v in values]
    shape = (max(g.shape[0] for g in grids), max(g.shape[1] for g in grids))
    wide, tall = (
        1.2 + (0.62 if intervals else 0.4) * shape[1],
        1.2 + (0.44 if intervals else 0.34) * shape[0],
    )
    figure = style.new_figure(wide * columns + 1.4, tall * rows + 0.9)
    axes_grid = figure.subplots(rows, columns, squeeze=False)
    top = scale_top(table, value)
    for axes, name, grid in zip(axes_grid.flat, values, grids, strict=False):
        words = np.array([[_short(v) for v in row] for row in grid.to_numpy()])
        if intervals:
            words = _cell_words(table[table[panels] == name], grid, x, y, value, intervals)
        _map(axes, grid, words, "Blues", 0.0, top, value_label, bar=False)
        _map_axes(axes, grid, x, y, units)
        text = style.strategy_label(_panel_title(name, panels, units), labels)
        axes.set_title(text, fontsize=style.NORMAL, loc="left")
    for axes in axes_grid.flat[len(values) :]:
        axes.set_visible(False)
    drawn = [a for a in axes_grid.flat if a.get_visible()]
    bar = figure.colorbar(drawn[0].collections[0], ax=drawn, shrink=0.7, label=value_label)
    style.percent_axis(bar.ax, "y")
    bar.ax.tick_params(labelsize=style.SMALL)
    title = title or f"{value_label.capitalize()}, panel by panel"
    inside = "estimate and 95% interval" if intervals else "per cent"
    style.heading(figure, title, f"Numbers in cells: {inside}{_behind(table, value)}")
    return figure


def _tick(value: object) -> str:
    return value if isinstance(value, str) else f"{value:g}"


def _panel_title(value: object, column: str, units: Mapping[str, str] | None) -> str:
    return value if isinstance(value, str) else f"{parameter_label(column, units)} = {value:g}"


def _short(value: float) -> str:
    """Return a share as a bare number of per cent, for small cells."""
    return "" if np.isnan(value) else style.percent(value).rstrip("%")


@drawn
def difference_map(
    table: pd.DataFrame,
    x: str,
    y: str,
    first: str,
    second: str,
    value: str = "p_success",
    *,
    units: Mapping[str, str] | None = None,
    title: str = "",
) -> Figure:
    """Draw where one strategy does better than another over two parameters.

    Parameters
    ----------
    table : DataFrame
        A sweep with a column ``strategy``.
    x, y : str
    first, second : str
        Strategies; positive where the first does better.
    value, units, title
    """
    grid, open_ = _differences(table, x, y, first, second, value)
    reach = style.upper_limit(np.abs(grid.to_numpy()).ravel().tolist())
    figure = style.new_figure(3.4 + 0.62 * grid.shape[1], 2.2 + 0.4 * grid.shape[0])
    axes = figure.add_subplot()
    words = np.array([[style.points(v) for v in row] for row in grid.to_numpy()])
    painted = grid.where(~open_, 0.0) if open_ is not None else grid
    _map(axes, painted, words, "PuOr", -reach, reach, "difference, points of 100")
    _map_axes(axes, grid, x, y, units)
    note = f"Points of 100{_behind(table, value)} Purple, +: the first does better."
    if open_ is not None:
        note += "\nWhite: the 95% interval of the difference holds zero."
    style.heading(figure, title or f"{first} less {second}", note)
    return figure


def _differences(
    table: pd.DataFrame, x: str, y: str, first: str, second: str, value: str
) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Return first less second, and where the interval of that holds zero (None without intervals).

    The interval is Newcombe's, from both Wilson intervals (Statistics in Medicine 17, 1998, 873-890,
    method 10). It takes the worlds as apart; they are the same, so that it is rather too wide.
    """
    parts = [table[table["strategy"] == name] for name in (first, second)]
    one, two = (_grid_of(part, x, y, value) for part in parts)
    names = [f"{value}_low", f"{value}_high"]
    if not set(names) <= set(table.columns):
        return one - two, None
    (low1, high1), (low2, high2) = ([_grid_of(part, x, y, n) for n in names] for part in parts)
    below = np.hypot(one - low1, high2 - two)
    above = np.hypot(high1 - one, two - low2)
    grid = one - two
    return grid, (grid - below <= 0.0) & (grid + above >= 0.0)


@drawn
def lines(
    table: pd.DataFrame,
    x: str,
    value: str = "p_success",
    *,
    lines_by: str = "strategy",
    panels: str | None = None,
    units: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
    value_label: str = P_WORDS,
    columns: int = 3,
    title: str = "",
) -> Figure:
    """Draw P over one parameter, a line with its band for each strategy, in panels if wished.

    Parameters
    ----------
    table : DataFrame
        Columns ``x``, ``value``, ``<value>_low``, ``<value>_high``, ``lines_by``, ``panels``.
    x : str
    lines_by, panels : str
        Columns that make lines and small multiples.
    units, labels, value_label, columns, title
    """
    values = [None] if panels is None else _panels_of(table, panels, value)
    names = [str(name) for name in _panels_of(table, lines_by, value)]
    rows, columns = style.grid_shape(len(values), columns)
    single = panels is None
    figure = style.new_figure(
        7.4 if single else 2.9 * columns + 0.6, 4.6 if single else 2.5 * rows + 1.3
    )
    grid = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True)
    top = style.upper_limit(table[[value, f"{value}_high"]].max().tolist())
    for axes, panel in zip(grid.flat, values, strict=False):
        part = table if panel is None else table[table[panels] == panel]
        for place, name in enumerate(names):
            mine = part[part[lines_by].astype(str) == name].sort_values(x)
            _line(axes, mine, x, value, place, style.strategy_label(name, labels))
        if panels is not None:
            text = style.strategy_label(_panel_title(panel, panels, units), labels)
            axes.set_title(text, fontsize=style.SMALL if labels else style.NORMAL, loc="left")
        _lines_axes(axes, top, parameter_label(x, units), style.NORMAL if single else style.SMALL)
    for axes in grid.flat[len(values) :]:
        axes.set_visible(False)
    _share_legend(figure, grid.flat[0], len(names))
    figure.supylabel(value_label, fontsize=style.NORMAL)
    note = f"Lines: estimates; bands: 95% intervals{_behind(table, value)}"
    style.heading(figure, title or f"{value_label.capitalize()} as one parameter changes", note)
    return figure


def _lines_axes(axes: Axes, top: float, across: str, size: float) -> None:
    axes.set_ylim(0.0, top)
    style.clean(axes, grid="y")
    axes.tick_params(labelbottom=True)
    style.percent_axis(axes, "y")
    axes.set_xlabel(across, fontsize=size)


def _line(axes: Axes, part: pd.DataFrame, x: str, value: str, place: int, label: str) -> None:
    colour = style.PALETTE[place % len(style.PALETTE)]
    axes.fill_between(
        part[x], part[f"{value}_low"], part[f"{value}_high"], color=colour, alpha=0.16, linewidth=0
    )
    axes.plot(
        part[x], part[value], color=colour, linewidth=1.7, markersize=4.5, label=label,
        marker=style.MARKERS[place % len(style.MARKERS)],
        linestyle=style.DASHES[place % len(style.DASHES)],
    )  # fmt: skip


def _share_legend(figure: Figure, axes: Axes, n: int) -> None:
    handles, names = axes.get_legend_handles_labels()
    figure.legend(
        handles, names, loc="outside lower center", ncols=min(3, n), frameon=False,
        fontsize=style.SMALL,
    )  # fmt: skip
