"""The issue space: where texts come out, and the path of one text through a negotiation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from negotiation_sim.analysis.figures import style
from negotiation_sim.analysis.figures.labels import label_places
from negotiation_sim.analysis.figures.style import drawn
from negotiation_sim.words.scales import words_of_issue
from negotiation_sim.words.strategies import track_parts, venue_of
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
    labels: Mapping[str, str] | None = None,
    venues: Mapping[str, str] | None = None,
    title: str = "What texts come out",
) -> Figure:
    """Draw adopted texts in the issue space: a panel for each initiative, one colour a venue.

    Scope runs across, form up, as in every figure of the issue space. Strategies that take an
    initiative to the same venue are one mark.

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
    labels : mapping, optional
        Other names of panels.
    venues : mapping, optional
        ``{id: name}`` in the order in which they take their colours.
    title : str
    """
    table = texts.copy()
    tracks = [str(name) for name in table["track_name"]]
    table["panel"] = [groups[t] if groups else track_parts(t)[0] for t in tracks]
    table["way"] = [track_parts(t)[1].partition("+")[0] or t for t in tracks]
    table["venue"] = [venue_of(t) for t in tracks]
    keys = ["panel", "way", "venue", "form", "scope"]
    table = table.groupby(keys, sort=False, observed=True)["count"].sum().reset_index()
    panels = list(dict.fromkeys(table["panel"]))
    if not panels:
        figure = style.new_figure(6.0, 2.2)
        style.empty_note(figure.add_subplot(), "No text was adopted by the deadline.")
        style.heading(figure, title)
        return figure
    looks = style.venue_styles([*(venues or ()), *table["venue"]])
    rows, columns = style.grid_shape(len(panels), 3)
    figure = style.new_figure(3.0 * columns + 2.2, 3.2 * rows + 1.9)
    grid = figure.subplots(rows, columns, squeeze=False)
    for place, (axes, panel) in enumerate(zip(grid.flat, panels, strict=False)):
        _texts_panel(axes, table[table["panel"] == panel], looks)
        lowest = place + columns >= len(panels)
        style.scale_axis(axes, "x", "scope", named=False)
        style.scale_axis(axes, "y", "form", named=place % columns == 0)
        axes.set_xlabel(axes.get_xlabel() if lowest else "", fontsize=style.SMALL)
        axes.set_ylabel(axes.get_ylabel() if place % columns == 0 else "", fontsize=style.SMALL)
        style.clean(axes, grid="both")
        heading = style.wrapped((labels or {}).get(panel, panel), 36)
        axes.set_title(heading, fontsize=style.NORMAL, loc="left", fontweight="bold")
        counted = int(table["count"][table["panel"] == panel].sum())
        axes.text(
            0.98, 0.97, f"{counted:,} adopted", transform=axes.transAxes, fontsize=style.SMALL,
            color=style.FAINT, ha="right", va="top",
        )  # fmt: skip
        axes.axhline(treaty_threshold, color=style.FAINT, linewidth=0.9, linestyle=(0, (4, 3)))
        if starts and panel in starts:
            form, scope = starts[panel]
            axes.plot(scope, form, "x", color=style.INK, markersize=9, markeredgewidth=2)
    for axes in grid.flat[len(panels) :]:
        axes.set_visible(False)
    scale = ", ".join(f"{at:g} {name}" for at, name in words_of_issue("scope").scale)
    _venue_legend(
        figure, {v: looks[v] for v in looks if v in set(table["venue"])}, venues or {},
        style.wrapped(f"Scope: {scale}", 52 * columns),
    )  # fmt: skip
    note = (
        "Mark: median text of a venue; arms: 5th to 95th percentile; faint: all; hollow: moved on "
    )
    note += "from there, or in a package. Above the dashed line: needs ratification."
    note += " Cross: the text proposed." if starts else ""
    style.heading(figure, title, style.wrapped(note, 56 * columns))
    return figure


def _texts_panel(axes: Axes, part: pd.DataFrame, looks: Mapping[str, style.VenueStyle]) -> None:
    """Draw every venue's adopted texts: faint dots, and a mark with arms for their middle."""
    for way in dict.fromkeys(part["way"]):
        mine = part[part["way"] == way]
        weights, venue = mine["count"].to_numpy(), mine["venue"].iloc[0]
        colour, marker = looks[venue]
        axes.scatter(
            mine["scope"], mine["form"], s=12.0, color=colour, linewidths=0,
            alpha=np.clip(0.12 + 1.5 * weights / weights.sum(), 0.0, 0.6),
        )  # fmt: skip
        form, scope = (_weighted_quantiles(mine[n].to_numpy(), weights) for n in ("form", "scope"))
        axes.plot([scope[0], scope[2]], [form[1]] * 2, color=colour, linewidth=1.8, zorder=4)
        axes.plot([scope[1]] * 2, [form[0], form[2]], color=colour, linewidth=1.8, zorder=4)
        plain = way == venue
        axes.plot(
            scope[1], form[1], marker, color=colour if plain else "white", markersize=8,
            markeredgecolor="white" if plain else colour, markeredgewidth=1.0 if plain else 1.8,
            zorder=5, linestyle="none",
        )  # fmt: skip


def _venue_legend(
    figure: Figure,
    looks: Mapping[str, style.VenueStyle],
    names: Mapping[str, str],
    scale: str,
) -> None:
    """Name each venue once, below all panels, and the places on the scale across."""
    from matplotlib.lines import Line2D

    marks = [
        Line2D(
            [], [], linestyle="none", marker=looks[venue].marker, color=looks[venue].colour,
            markersize=8, markeredgecolor="white",
            label=f"{names[venue]} ({venue})" if venue in names else venue,
        )
        for venue in looks
    ]  # fmt: skip
    figure.legend(
        handles=marks, loc="outside lower center", ncols=min(3, len(marks)), frameon=False,
        fontsize=style.SMALL, title=scale, title_fontsize=style.SMALL, alignment="left",
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
    axes_issues: tuple[str, str] = ("scope", "form"),
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
