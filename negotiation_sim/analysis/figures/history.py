"""Forecasts of historical cases against what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation_sim.analysis.figures import style
from negotiation_sim.analysis.figures.style import drawn

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

MOST_CASES = 260
COLUMNS_OF_PANELS = 4


@drawn
def forecasts_by_case(
    table: pd.DataFrame, *, title: str = "What was forecast of each case, and what happened"
) -> Figure:
    """Draw every case's forecast, sorted, marked by what happened.

    Parameters
    ----------
    table : DataFrame
        One row per case: ``id, predicted`` and ``happened`` (True or False).
    title : str
    """
    part = table.sort_values("predicted", kind="stable").tail(MOST_CASES).reset_index(drop=True)
    figure = style.new_figure(8.4, 1.6 + 0.115 * max(12, len(part)))
    axes = figure.add_subplot()
    marks = [(True, style.BLUE, "o", "adopted in time"), (False, style.ORANGE, "X", "not adopted")]
    for happened, colour, mark, words in marks:
        rows = part[part["happened"].astype(bool) == happened]
        axes.plot(
            rows["predicted"], rows.index, mark, color=colour, label=words, markersize=5,
            markeredgecolor="white", markeredgewidth=0.4,
        )  # fmt: skip
    axes.set_yticks(range(len(part)), part["id"], fontsize=4.5)
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(-1, len(part))
    style.clean(axes, grid="x")
    axes.tick_params(axis="y", labelsize=4.5, length=0)
    style.percent_axis(axes, "x")
    axes.set_xlabel("probability forecast", fontsize=style.NORMAL)
    axes.legend(fontsize=style.SMALL, frameon=False, loc="lower right")
    style.heading(figure, title, "Crosses far to the right and dots far to the left are misses.")
    return figure


@drawn
def adoption_by_class(
    table: pd.DataFrame, *, title: str = "Share adopted by venue class, forecast and real"
) -> Figure:
    """Draw the forecast share adopted over the years beside one minus Kaplan-Meier, by class.

    Parameters
    ----------
    table : DataFrame
        One row per class and year: ``venue_class, n, years, predicted, observed, low, high``.
    title : str
    """
    names = list(dict.fromkeys(table["venue_class"]))
    rows, columns = style.grid_shape(len(names), COLUMNS_OF_PANELS)
    figure = style.new_figure(9.0, 1.2 + 2.1 * rows)
    panels = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel()
    for axes, name in zip(panels, names, strict=False):
        part = table[table["venue_class"] == name].sort_values("years")
        axes.fill_between(
            part["years"], part["low"], part["high"], step="post", color=style.GRID, linewidth=0
        )
        axes.step(
            part["years"], part["observed"], where="post", color=style.INK, linewidth=1.2,
            label="real",
        )  # fmt: skip
        axes.plot(
            part["years"], part["predicted"], color=style.BLUE, linewidth=1.8, label="forecast"
        )
        axes.set_title(f"{name} ({int(part['n'].iloc[0])})", fontsize=style.SMALL, loc="left")
        axes.set_ylim(0.0, 1.0)
        style.clean(axes, grid="y")
        style.percent_axis(axes, "y")
    for axes in panels[len(names) :]:
        axes.set_axis_off()
    panels[0].legend(fontsize=style.SMALL, frameon=False, loc="upper left")
    figure.supxlabel("years since the mandate", fontsize=style.NORMAL)
    style.heading(figure, title, "Grey: 95% band of what happened; failed cases never adopt.")
    return figure
