"""Where negotiations stop, why, and who stops them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from negotiation_sim.analysis.figures import style
from negotiation_sim.analysis.figures.style import drawn
from negotiation_sim.words.vocabulary import STAGES, cause_words, causes_in_order, term_label

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# One hue for each milestone that is missed, darker where it is missed earlier; a cause without a
# colour of its own takes the next spare one.
CAUSE_COLOURS = {
    "not_started": "#00344F",
    "calendar": "#004C75",
    "linkage": style.BLUE,
    "mandate": "#6FB7E2",
    "text": style.ORANGE,
    "time": "#F2A05A",
    "withdrawal": "#F8D08F",
    "dissolution": "#8A4A14",
    "ratification": style.PURPLE,
    "participation": style.YELLOW,
    "late": "#B5B5B5",
}


@drawn
def milestone_funnel(
    funnel: pd.DataFrame,
    *,
    deadline_years: float | None = None,
    labels: Mapping[str, str] | None = None,
    title: str = "How far negotiations get",
) -> Figure:
    """Draw the share of replicates that reach each milestone by the deadline.

    Parameters
    ----------
    funnel : DataFrame
        ``strategy, step, share`` as ``SummaryAccumulator.funnel`` returns it.
    deadline_years, labels, title
    """
    table = funnel.pivot_table(
        index="strategy", columns="step", values="share", sort=False, observed=True
    )
    titles = {stage.step: stage.title for stage in STAGES.values()}
    steps = [step for step in titles if step in table.columns]
    order = np.lexsort([-table[step].to_numpy() for step in steps])
    table = table.iloc[order]
    rows = len(table)
    figure = style.new_figure(*((10.6, 1.7 + 0.38 * rows) if labels else (8.8, 1.7 + 0.29 * rows)))
    grid = figure.subplots(1, len(steps), sharey=True, squeeze=False)[0]
    shades = ("#9CC9E3", style.SKY, "#2E8CC4", style.BLUE)
    for axes, step, colour in zip(grid, steps, shades[-len(steps) :], strict=True):
        values = table[step].to_numpy()
        axes.barh(range(rows), np.ones(rows), height=0.66, color="#F4F4F4")
        axes.barh(range(rows), values, height=0.66, color=colour)
        for y, value in enumerate(values):
            inside = value > 0.72
            axes.text(
                value + (-0.03 if inside else 0.03), y, style.percent(value), va="center",
                ha="right" if inside else "left", fontsize=style.SMALL,
                color=style.contrast(colour) if inside else style.INK,
            )  # fmt: skip
        axes.set_title(titles[step], fontsize=style.NORMAL)
        axes.set_xlim(0.0, 1.0)
        axes.set_xticks([])
        style.clean(axes, keep=())
        axes.tick_params(axis="y", length=0)
    names = [style.strategy_label(str(name), labels) for name in table.index]
    grid[0].set_yticks(range(rows), names)
    grid[0].set_ylim(rows - 0.4, -0.6)
    style.name_axis(grid[0], labels)
    within = f"within {deadline_years:g} years" if deadline_years else "by the deadline"
    style.heading(figure, title, f"Share of replicates that reach each milestone {within}.")
    return figure


@drawn
def causes_of_failure(
    shares: pd.DataFrame,
    strategies: Sequence[str] | None = None,
    *,
    labels: Mapping[str, str] | None = None,
    title: str = "Why strategies fail",
) -> Figure:
    """Draw timely success and the causes of failure as shares of all replicates.

    Parameters
    ----------
    shares : DataFrame
        ``strategy, cause, share_of_all`` as ``CauseAccumulator.shares`` returns it.
    strategies : sequence of str, optional
        Which, in which order; default: least failure first. One that never fails has no row in
        ``shares`` and must be named here to be drawn.
    labels, title
    """
    table = shares.pivot_table(
        index="strategy", columns="cause", values="share_of_all", sort=False, observed=True
    ).fillna(0.0)
    if strategies is None:
        strategies = table.sum(axis=1).sort_values(kind="stable").index.tolist()
    table = table.reindex(list(strategies)).fillna(0.0)
    causes = causes_in_order(table.columns)
    colours = style.colours_of(causes, CAUSE_COLOURS)
    rows = len(table)
    figure = style.new_figure(*((11.0, 2.1 + 0.38 * rows) if labels else (9.2, 2.1 + 0.3 * rows)))
    axes = figure.add_subplot()
    left = 1.0 - table.sum(axis=1).to_numpy()
    _segments(axes, np.zeros(rows), left, style.GREEN, "timely success")
    for cause in causes:
        width = table[cause].to_numpy()
        _segments(axes, left, width, colours[cause], cause_words(cause).label)
        left = left + width
    axes.set_yticks(range(rows), [style.strategy_label(str(n), labels) for n in table.index])
    axes.set_ylim(rows - 0.4, -0.6)
    axes.set_xlim(0.0, 1.0)
    style.clean(axes, keep=("bottom",))
    axes.tick_params(axis="y", length=0)
    style.name_axis(axes, labels)
    style.percent_axis(axes)
    axes.set_xlabel("share of all replicates", fontsize=style.NORMAL)
    figure.legend(
        loc="outside lower center", ncols=4, frameon=False, fontsize=style.SMALL, handlelength=1.2
    )
    style.heading(
        figure, title, "The first milestone missed at the deadline; colours follow their order."
    )
    return figure


def _segments(axes: Axes, left: np.ndarray, width: np.ndarray, colour: str, name: str) -> None:
    """Draw one cause across all bars, with its share written where there is room."""
    axes.barh(
        range(len(left)), width, left=left, height=0.74, color=colour, label=name,
        edgecolor="white", linewidth=0.8,
    )  # fmt: skip
    for y, (start, share) in enumerate(zip(left, width, strict=True)):
        if share >= 0.045:
            axes.text(
                start + share / 2.0, y, style.percent(share), ha="center", va="center",
                fontsize=7.0, color=style.contrast(colour),
            )  # fmt: skip


@drawn
def blocking_states(
    blockers: pd.DataFrame,
    *,
    names: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
    most: int = 15,
    title: str = "Who stands in the way",
) -> Figure:
    """Draw how often each state blocks each strategy.

    Parameters
    ----------
    blockers : DataFrame
        ``strategy, actor, share, main_term`` as ``CauseAccumulator.blockers`` returns it.
    names : mapping, optional
        ``{code: name of the state}``.
    labels : mapping, optional
    most : int
        States shown: those that block most.
    title : str
    """
    import seaborn as sns

    if not len(blockers):
        figure = style.new_figure(6.0, 2.2)
        style.empty_note(figure.add_subplot(), "No state blocks any of these strategies.")
        style.heading(figure, title)
        return figure
    table, words = _blocking_table(blockers, most)
    rows, columns = table.shape
    figure = style.new_figure(2.9 + 0.86 * columns, 2.2 + 0.36 * rows)
    axes = figure.add_subplot()
    sns.heatmap(
        table, ax=axes, vmin=0.0, vmax=1.0, cmap="Blues", annot=words, fmt="", linewidths=0.8,
        linecolor="white", annot_kws={"size": 6.6, "linespacing": 1.0}, cbar=False,
    )  # fmt: skip
    shown = [(names or {}).get(str(actor), str(actor)) for actor in table.columns]
    axes.set_xticklabels(shown)
    style.turn_labels(axes)
    axes.set_yticklabels([style.strategy_label(str(n), labels) for n in table.index], rotation=0)
    axes.set(xlabel="", ylabel="")
    axes.tick_params(labelsize=style.SMALL, length=0)
    style.heading(
        figure, title,
        "Share of a strategy's failures in which the state was in the way, and over what mostly.",
    )  # fmt: skip
    return figure


def _blocking_table(blockers: pd.DataFrame, most: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Return shares, strategies by states that block most, and what to write into the cells."""
    wide = blockers.pivot(index="strategy", columns="actor", values=["share", "main_term"])
    wide = wide.loc[list(dict.fromkeys(blockers["strategy"]))]
    shares: Any = wide["share"].astype(float).fillna(0.0)  # of two levels of columns, a table
    actors = shares.sum().sort_values(ascending=False, kind="stable").index[:most]
    table, terms = shares[actors], wide["main_term"][actors]
    words = np.full(table.shape, "", dtype=object)
    for place in np.ndindex(*words.shape):
        if table.iat[place] >= 0.005:
            term = str(terms.iat[place])
            words[place] = f"{style.percent(table.iat[place])}\n{term_label(term)}"
    return table, words
