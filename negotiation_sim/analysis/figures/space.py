"""The issue space: where texts come out, and the path of one text through a negotiation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from negotiation_sim.analysis.figures import style
from negotiation_sim.analysis.figures.labels import label_places
from negotiation_sim.analysis.figures.style import drawn
from negotiation_sim.words.strategies import track_parts
from negotiation_sim.words.vocabulary import NOT_ASKED, RESPONSES, VOTE_OF, VOTES

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Point = Sequence[float]
Event = Mapping[str, Any]


@drawn
def outcome_texts(
    texts: pd.DataFrame,
    groups: Mapping[str, str] | None = None,
    *,
    treaty_threshold: float = 0.5,
    starts: Mapping[str, Point] | None = None,
    title: str = "What texts come out",
) -> Figure:
    """Draw adopted texts in the issue space, one panel per initiative, one colour per venue.

    Parameters
    ----------
    texts : DataFrame
        ``strategy, track_name, form, scope, count`` as ``SummaryAccumulator.texts`` returns it.
    groups : mapping, optional
        ``{track_name: panel}``; default: the initiative.
    treaty_threshold : float
        Form from which a text needs ratification; drawn as a line.
    starts : mapping, optional
        ``{panel: (form, scope)}`` of the texts proposed, drawn as a cross.
    title : str
    """
    counted = texts.groupby(["track_name", "form", "scope"], sort=False, observed=True)
    table = counted["count"].sum().reset_index()
    table["panel"] = [groups[t] if groups else track_parts(str(t))[0] for t in table["track_name"]]
    panels = list(dict.fromkeys(table["panel"]))
    if not panels:
        figure = style.new_figure(6.0, 2.2)
        style.empty_note(figure.add_subplot(), "No text was adopted by the deadline.")
        style.heading(figure, title)
        return figure
    rows, columns = style.grid_shape(len(panels), 2)
    figure = style.new_figure(4.3 * columns + 1.9, 3.6 * rows + 1.2)
    grid = figure.subplots(rows, columns, squeeze=False)
    for place, (axes, panel) in enumerate(zip(grid.flat, panels, strict=False)):
        _texts_panel(axes, table[table["panel"] == panel])
        lowest = place + columns >= len(panels)
        style.scale_axis(axes, "x", "form", named=lowest)
        style.scale_axis(axes, "y", "scope", named=place % columns == 0)
        if lowest:
            style.turn_labels(axes, 35.0)
        style.clean(axes, grid="both")
        axes.set_title(panel, fontsize=style.NORMAL, loc="left", fontweight="bold")
        axes.axvline(treaty_threshold, color=style.FAINT, linewidth=0.9, linestyle=(0, (4, 3)))
        if starts and panel in starts:
            axes.plot(*starts[panel], "x", color=style.INK, markersize=9, markeredgewidth=2)
    for axes in grid.flat[len(panels) :]:
        axes.set_visible(False)
    note = "Mark: median text of a venue; arms: from the 5th to the 95th percentile; faint: all."
    note += " Right of the dashed line: needs ratification."
    style.heading(figure, title, note + (" Cross: the text proposed." if starts else ""))
    return figure


def _texts_panel(axes: Axes, part: pd.DataFrame) -> None:
    """Draw every venue's adopted texts: faint dots, and a mark with arms for their middle."""
    for number, track in enumerate(dict.fromkeys(part["track_name"])):
        mine = part[part["track_name"] == track]
        weights = mine["count"].to_numpy()
        venue = track_parts(str(track))[1] or str(track)
        colour = style.PALETTE[number % len(style.PALETTE)]
        axes.scatter(
            mine["form"], mine["scope"], s=14.0, color=colour, linewidths=0,
            alpha=np.clip(0.12 + 1.5 * weights / weights.sum(), 0.0, 0.6),
        )  # fmt: skip
        form, scope = (_weighted_quantiles(mine[n].to_numpy(), weights) for n in ("form", "scope"))
        axes.plot([form[0], form[2]], [scope[1]] * 2, color=colour, linewidth=1.8, zorder=4)
        axes.plot([form[1]] * 2, [scope[0], scope[2]], color=colour, linewidth=1.8, zorder=4)
        axes.plot(
            form[1], scope[1], style.MARKERS[number % len(style.MARKERS)], color=colour,
            markersize=9, markeredgecolor="white", zorder=5, linestyle="none",
            label=f"{venue}  ({int(weights.sum()):,})",
        )  # fmt: skip
    middle = float(np.average(part["form"], weights=part["count"]))
    axes.legend(
        fontsize=7.2, frameon=True, framealpha=0.9, edgecolor="none",
        loc="upper right" if middle < 0.55 else "upper left", title="venue (texts adopted)",
        title_fontsize=7.2, alignment="left",
    )  # fmt: skip


def _weighted_quantiles(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the 5th, 50th and 95th percentile of counted values."""
    answer: np.ndarray = np.quantile(np.repeat(values, weights), [0.05, 0.5, 0.95])
    return answer


@drawn
def issue_space(
    events: Sequence[Event],
    ideal_points: Mapping[str, Point],
    issues: Sequence[str],
    *,
    track: int = 0,
    start: Point | None = None,
    box: Mapping[str, Point] | None = None,
    names: Mapping[str, str] | None = None,
    axes_issues: tuple[str, str] = ("form", "scope"),
    title: str = "The path of the text",
) -> Figure:
    """Draw one replicate: ideal points, mandate box and the path of the text.

    Parameters
    ----------
    events : sequence of mapping
        Event records of the replicate; those with ``track`` and ``text`` make the path, the last
        ``response`` of each actor (or ``mandate_vote``, if there was none) gives its mark.
    ideal_points : mapping
        ``{actor: point}`` in the order of ``issues``.
    issues : sequence of str
    track : int
        Which track.
    start : point, optional
        The text proposed.
    box : mapping, optional
        ``{issue: (low, high)}`` of the mandate; an issue that is not named is free.
    names : mapping, optional
        ``{actor: name of the state}``.
    axes_issues : (str, str)
        Issues on the horizontal and vertical axis; the first two where these are absent.
    title : str
    """
    across, up = _axes_of(issues, axes_issues)
    figure = style.new_figure(8.4, 6.6)
    axes = figure.add_subplot()
    _mandate_box(axes, box or {}, issues[across], issues[up])
    mine = [e for e in events if e.get("track") == track]
    _states(axes, ideal_points, _last_words(mine), names or {}, across, up)
    path = [] if start is None else [tuple(start)]
    path += [tuple(e["text"]) for e in mine if "text" in e and e["kind"] in ("revision", "mandate")]
    adopted = any(e["kind"] == "decision" and e["adopted"] for e in mine)
    _path(axes, np.array([(p[across], p[up]) for p in path]).reshape(-1, 2), adopted)
    style.scale_axis(axes, "x", issues[across])
    style.scale_axis(axes, "y", issues[up])
    style.turn_labels(axes, 25.0)
    style.clean(axes, grid="both")
    figure.legend(
        loc="outside lower center", ncols=4, frameon=False, fontsize=style.SMALL, handlelength=1.6
    )
    style.heading(figure, title, "States at their ideal points, marked by what they said last.")
    return figure


def _last_words(events: Sequence[Event]) -> dict[str, str]:
    """Return each actor's last response; before any text was discussed, its mandate vote."""
    said = {e["actor"]: e["response"] for e in events if e["kind"] == "response"}
    if said:
        return said
    votes = [e for e in events if e["kind"] == "mandate_vote"]
    return {e["actor"]: VOTE_OF[e["response"]] for e in votes}


def _axes_of(issues: Sequence[str], wanted: tuple[str, str]) -> tuple[int, int]:
    if len(issues) < 2:
        raise ValueError("the issue space needs two issues to be drawn")
    found = [issues.index(name) for name in wanted if name in issues]
    rest = [k for k in range(len(issues)) if k not in found]
    across, up = [*found, *rest][:2]
    return across, up


def _mandate_box(axes: Axes, box: Mapping[str, Point], across: str, up: str) -> None:
    from matplotlib.patches import Rectangle

    (left, right), (low, high) = (box.get(name, (0.0, 1.0)) for name in (across, up))
    axes.add_patch(
        Rectangle(
            (left, low), right - left, high - low, facecolor=style.AMBER, alpha=0.13,
            edgecolor="none",
        )
    )  # fmt: skip
    axes.add_patch(
        Rectangle(
            (left, low), right - left, high - low, fill=False, edgecolor=style.AMBER,
            linewidth=1.3, label="mandate",
        )
    )  # fmt: skip


MOST_LABELS = 30
MARKS = {
    "backs": (VOTES["backs"], style.SKY, "o"),
    "yields": (VOTES["yields"], style.GREEN, "D"),
    "refuses": (VOTES["refuses"], style.ORANGE, "X"),
    "accepts": (RESPONSES["accepts"].says, style.BLUE, "o"),
    "goes_along": (RESPONSES["goes_along"].says, style.GREEN, "s"),
    "objects": (RESPONSES["objects"].says, style.ORANGE, "X"),
    "": (NOT_ASKED, style.FAINT, "."),
}
AGAINST = ("refuses", "yields", "goes_along", "objects")


def _states(
    axes: Axes,
    points: Mapping[str, Point],
    responses: Mapping[str, str],
    names: Mapping[str, str],
    across: int,
    up: int,
) -> None:
    """Draw each state at its ideal point, with its name beside it where there is room."""
    for response, (words, colour, marker) in MARKS.items():
        mine = [a for a in points if responses.get(a, "") == response]
        if mine:
            axes.plot(
                [points[a][across] for a in mine], [points[a][up] for a in mine], marker,
                color=colour, markersize=7.5, label=words, markeredgecolor="white", zorder=4,
            )  # fmt: skip
    shown = list(points)
    if len(shown) > MOST_LABELS:
        shown = [a for a in shown if responses.get(a, "") in AGAINST][:MOST_LABELS]
    spots = [(points[a][across], points[a][up]) for a in shown]
    labels = [names.get(a, a) for a in shown]
    marks = [(p[across], p[up]) for p in points.values()]
    places = label_places(spots, labels, marks)
    for word, (x, y), (dx, dy, far) in zip(labels, spots, places, strict=True):
        axes.annotate(
            word, (x, y), xytext=(x + dx, y + dy), ha="center", va="center", zorder=5,
            fontsize=style.SMALL, color=style.INK, annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": style.FAINT, "linewidth": 0.5, "shrinkA": 1.0,
                        "shrinkB": 3.5} if far else None,
        )  # fmt: skip


def _path(axes: Axes, path: np.ndarray, adopted: bool) -> None:
    """Draw the text's way, darker as it goes, with its first and last place marked."""
    from matplotlib.collections import LineCollection

    if not len(path):
        return
    moved = len(path) > 1
    if moved:
        pieces = np.stack([path[:-1], path[1:]], axis=1)
        shades = np.linspace(0.25, 1.0, len(pieces))
        axes.add_collection(
            LineCollection(list(pieces), colors=[(0.0, 0.0, 0.0, a) for a in shades], linewidths=1.8,
                           zorder=3, label="path of the text")
        )  # fmt: skip
    axes.plot(
        *path[0], "o", markersize=8, markerfacecolor="white", markeredgecolor=style.BLACK,
        markeredgewidth=1.6, label="text proposed", zorder=6,
    )  # fmt: skip
    if not (moved or adopted):
        return
    words = "text adopted" if adopted else "last text"
    axes.plot(
        *path[-1], "*" if adopted else "D", markersize=15 if adopted else 8, color=style.BLACK,
        markeredgecolor="white", label=words, zorder=6,
    )  # fmt: skip
