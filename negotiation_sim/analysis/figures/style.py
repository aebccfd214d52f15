"""What all figures share: colours safe for colour-blind readers, axes in words, sizes."""

from __future__ import annotations

import contextlib
import functools
import importlib
import logging
import math
import os
import sys
import textwrap
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, ParamSpec, TypeVar

import numpy as np

from negotiation_sim.words import shares
from negotiation_sim.words.scales import words_of_issue
from negotiation_sim.words.vocabulary import ISSUES, spaced

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure
    from matplotlib.typing import ColorType

P = ParamSpec("P")
R = TypeVar("R")

# Okabe and Ito's palette, ordered so that neighbours differ in lightness too.
BLUE, ORANGE, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
SKY, AMBER, BLACK, YELLOW = "#56B4E9", "#E69F00", "#000000", "#F0E442"
PALETTE = (BLUE, ORANGE, GREEN, PURPLE, SKY, AMBER, BLACK, "#8C6D31")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
DASHES = ("-", (0, (5, 2)), (0, (1, 1.2)), (0, (6, 2, 1, 2)), (0, (3, 1, 1, 1, 1, 1)))
INK, FAINT, GRID = "#222222", "#6B6B6B", "#E3E3E3"

SMALL, NORMAL, LARGE = 8.0, 9.0, 11.5


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure that lays itself out; sizes in inches."""
    _matplotlib()
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained", facecolor="white")


# Ours beside matplotlib's own defaults: equal figures give equal SVG, and names are no formulas.
OURS = {"svg.hashsalt": "negotiation-sim", "text.parse_math": False, "text.usetex": False}
# What says how figures are shown on a screen, and what may be set only before the first figure.
NOT_OURS = (
    "backend",
    "interactive",
    "toolbar",
    "keymap.",
    "webagg.",
    "tk.",
    "macosx.",
    "date.epoch",
)
_DRAWING = threading.RLock()  # matplotlib's settings belong to the process


@contextlib.contextmanager
def own_settings() -> Iterator[None]:
    """Draw as we do, whatever a ``matplotlibrc`` or the caller has set; then as it was.

    Letters that the font lacks are drawn as boxes without matplotlib's warning for each;
    :func:`undrawable` says which they are.
    """
    matplotlib = _matplotlib()
    ours: dict[Any, Any] = {
        k: v for k, v in matplotlib.rcParamsDefault.items() if not k.startswith(NOT_OURS)
    }
    with _DRAWING, matplotlib.rc_context(ours | OURS), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield


def _matplotlib() -> Any:
    """Import matplotlib, which refuses to be where ``MPLBACKEND`` names a backend it lacks.

    What it has to say of the user's settings and of folders that it cannot write concerns no
    figure of ours.
    """
    if "matplotlib" not in sys.modules:
        said, logger = os.environ.get("MPLBACKEND"), logging.getLogger("matplotlib")
        level = logger.level
        os.environ["MPLBACKEND"] = "agg"
        logger.setLevel(logging.CRITICAL)
        try:
            importlib.import_module("matplotlib")
            importlib.import_module("matplotlib.font_manager")
        finally:
            logger.setLevel(level)
            if said is None:
                del os.environ["MPLBACKEND"]
            else:
                os.environ["MPLBACKEND"] = said
    return sys.modules["matplotlib"]


def drawn(function: Callable[P, R]) -> Callable[P, R]:
    """Let a function draw under our own settings."""

    @functools.wraps(function)
    def inner(*arguments: P.args, **options: P.kwargs) -> R:
        with own_settings():
            return function(*arguments, **options)

    return inner


def undrawable(texts: Iterable[str]) -> str:
    """Return the letters of some texts that the figures' font lacks, each once.

    Examples
    --------
    >>> undrawable(["Köln", "東京", "京都"])
    '京東都'
    """
    with own_settings():
        from matplotlib.font_manager import findfont
        from matplotlib.ft2font import FT2Font

        known = FT2Font(findfont("DejaVu Sans")).get_charmap()
    return "".join(
        sorted({letter for text in texts for letter in text if ord(letter) not in known})
    )


def heading(figure: Figure, title: str, note: str = "") -> None:
    """Write the title and, below it in small letters, what to see or how to read it."""
    lines = title + "\n" * (1 + note.count("\n") if note else 0)
    figure.suptitle(lines, x=0.01, ha="left", fontsize=LARGE, fontweight="bold", color=INK)
    if note:
        figure.text(
            0.01, 1.0 - 0.30 / figure.get_figheight(), note, fontsize=SMALL, color=FAINT, va="top"
        )


def clean(
    axes: Axes,
    *,
    grid: Literal["", "x", "y", "both"] = "",
    keep: Sequence[str] = ("left", "bottom"),
) -> None:
    """Take away what carries no information; ``grid`` is '', 'x', 'y' or 'both'."""
    for side in ("left", "right", "top", "bottom"):
        axes.spines[side].set_visible(side in keep)
        axes.spines[side].set_color(FAINT)
    axes.tick_params(labelsize=SMALL, color=FAINT, labelcolor=INK, length=3)
    axes.set_axisbelow(True)
    if grid:
        axes.grid(axis=grid, color=GRID, linewidth=0.7)


def percent(value: float) -> str:
    """Return a share in per cent as all of the program writes it; nothing where there is none.

    Examples
    --------
    >>> percent(0.123), percent(0.0), percent(0.002), percent(0.999), percent(math.nan)
    ('12%', '0%', '0.2%', '>99%', '')
    """
    return "" if math.isnan(value) else shares.percent(value)


def percent_axis(axes: Axes, which: str = "x") -> None:
    """Show shares between 0 and 1 as percentages."""
    from matplotlib.ticker import PercentFormatter

    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_formatter(PercentFormatter(1.0, decimals=None))


def points_axis(axis: Axis) -> None:
    """Show differences of shares as signed points of probability on an axis or colour bar."""
    from matplotlib.ticker import FuncFormatter

    axis.set_major_formatter(FuncFormatter(_points_at))


def _points_at(value: float, _: int | None) -> str:
    """Return a tick's words; a function of the module, so that a figure can be pickled."""
    return points(value)


def points(value: float) -> str:
    """Return a difference of shares as whole points.

    Examples
    --------
    >>> points(0.123), points(-0.05), points(-0.001), points(float("nan"))
    ('+12', '−5', '0', '')
    """
    if math.isnan(value):
        return ""
    whole = round(100.0 * value)
    return f"{whole:+d}".replace("-", "−") if whole else "0"


_ROUND = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)


def upper_limit(values: Sequence[float], least: float = 0.05) -> float:
    """Return a round upper end of an axis of shares that holds all values.

    Examples
    --------
    >>> upper_limit([0.02]), upper_limit([0.31]), upper_limit([0.97])
    (0.05, 0.4, 1.0)
    """
    known = [v for v in values if not math.isnan(v)]
    most = max([least, *known])
    return next(end for end in _ROUND if most <= end + 1e-9)


def strategy_label(name: str, labels: Mapping[str, str] | None = None, width: int = 34) -> str:
    r"""Return a strategy's name for an axis: on two lines where it is long.

    Examples
    --------
    >>> strategy_label("ban@adhoc-inclusive+pledges+code@paris-group")
    'ban@adhoc-inclusive\n+pledges+code@paris-group'
    """
    if labels and name in labels:
        return labels[name]
    breaks = [i for i, letter in enumerate(name) if letter in "+&" and i]
    if len(name) <= width or not breaks:
        return name
    best = min(breaks, key=lambda i: max(i, len(name) - i))
    return f"{name[:best]}\n{name[best:]}"


def name_axis(axes: Axes, labels: Mapping[str, str] | None) -> None:
    """Set labels of strategies smaller where names stand over short names, on two lines."""
    if labels:
        axes.tick_params(axis="y", labelsize=7.2)


def scale_axis(axes: Axes, which: str, issue: str, *, named: bool = True) -> None:
    """Give an axis of the issue space its range and the words of its scale (docs/model.md)."""
    axis = axes.xaxis if which == "x" else axes.yaxis
    (axes.set_xlim if which == "x" else axes.set_ylim)(-0.04, 1.04)
    words = words_of_issue(issue)
    if not words.scale:
        axis.set_ticks(np.linspace(0.0, 1.0, 6))
        axis.set_label_text(f"{spaced(issue)} (0 to 1)", fontsize=NORMAL)
        return
    places = [place for place, _ in words.scale]
    names = [
        name
        if issue not in ISSUES
        else f"{name} {place:g}"
        if which == "y"
        else f"{place:g}\n{name}"
        for place, name in words.scale
    ]
    axis.set_ticks(places, names if named else [f"{place:g}" for place in places])
    axis.set_label_text(words.axis, fontsize=NORMAL)


def turn_labels(axes: Axes, degrees: float = 40.0) -> None:
    """Turn the labels of the horizontal axis so that long ones do not touch."""
    for label in axes.get_xticklabels():
        label.set_rotation(degrees)
        label.set_horizontalalignment("right")
        label.set_rotation_mode("anchor")


def grid_shape(n: int, columns: int) -> tuple[int, int]:
    """Return rows and columns for n panels, at most so many columns."""
    columns = max(1, min(columns, n))
    return -(-n // columns), columns


SPARE = ("#5B8C85", "#C2A5CF", "#7B6888", "#A6DBA0", "#D6604D", "#4D4D4D")


def colours_of(names: Iterable[str], known: Mapping[str, str]) -> dict[str, str]:
    """Return a colour for each name: its own, or the next spare one where it has none.

    Examples
    --------
    >>> colours_of(["text", "new"], {"text": ORANGE})
    {'text': '#D55E00', 'new': '#5B8C85'}
    """
    found: dict[str, str] = {}
    for name in names:
        spares = len(set(found) - set(known))
        found[name] = known.get(name) or SPARE[spares % len(SPARE)]
    return found


class VenueStyle(NamedTuple):
    """How a venue is drawn in every panel of every figure."""

    colour: str
    marker: str


def venue_styles(venues: Iterable[str]) -> dict[str, VenueStyle]:
    """Return a colour and a marker for each venue, by its place in the list.

    Where there are more venues than colours the pair differs still.

    Examples
    --------
    >>> venue_styles(["CD", "COPUOS", "CD"])["COPUOS"]
    VenueStyle(colour='#D55E00', marker='s')
    """
    colours, markers = len(PALETTE), len(MARKERS)
    return {
        venue: VenueStyle(
            PALETTE[place % colours], MARKERS[(place + place // colours) % markers]
        )
        for place, venue in enumerate(dict.fromkeys(venues))
    }  # fmt: skip


def wrapped(name: str, width: int) -> str:
    r"""Return a name broken between words, at most so many letters a line where words allow.

    Examples
    --------
    >>> wrapped("Ad hoc inclusive conference", 18)
    'Ad hoc inclusive\nconference'
    """
    return "\n".join(textwrap.wrap(name, width, break_long_words=False)) or name


def contrast(colour: ColorType) -> str:
    """Return black or white, whichever is read better on a colour."""
    from matplotlib.colors import to_rgb

    red, green, blue = to_rgb(colour)
    return "white" if 0.299 * red + 0.587 * green + 0.114 * blue < 0.55 else INK


def empty_note(axes: Axes, words: str) -> None:
    """Say in an empty panel why it is empty."""
    axes.set_axis_off()
    axes.text(0.5, 0.5, words, ha="center", va="center", fontsize=NORMAL, color=FAINT)


def count_range(counts: Sequence[int]) -> str:
    """Return how many replicates stand behind a figure's estimates.

    Examples
    --------
    >>> count_range([2000, 2000]), count_range([200, 1000])
    ('2,000', '200 to 1,000')
    """
    least, most = int(min(counts)), int(max(counts))
    return f"{least:,}" if least == most else f"{least:,} to {most:,}"
