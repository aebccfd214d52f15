"""Every figure is drawn: nothing overlaps, axes are named, colours can be told apart."""

from __future__ import annotations

import doctest
import importlib
import io
import math
import pickle
import re
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text

from helpers import plot_scenes as scenes
from negotiation_sim.analysis import comparison
from negotiation_sim.analysis import figures as plots
from negotiation_sim.analysis.figures import figure_files as figures
from negotiation_sim.analysis.figures import labels, style, sweep_files
from negotiation_sim.analysis.intervals import wilson
from negotiation_sim.analysis.outcomes import in_order, likeliest_first
from negotiation_sim.errors import UsageError

X, Y, Z = scenes.SWEPT
GOALS = {
    name: "binding" if name.startswith(("ban", "ppwt")) else "code" for name in scenes.PROFILES
}
SPACE = {"start": (0.35, 0.45), "box": {"form": (0.1, 0.5)}, "names": scenes.STATES}


def _summary() -> pd.DataFrame:
    return scenes.counted()[0].table()


def _pairs() -> pd.DataFrame:
    return comparison.paired_differences(scenes.counted()[2], GOALS)


def _quantiles() -> pd.DataFrame:
    """Return differences of quantiles as the analysis gives them: two measures, two pairs."""
    rows = [
        (first, second, measure, quantile, difference, difference - 0.4, difference + 0.5)
        for first, second in (("code@CD", "ban@CD"), ("ban@CD", "ppwt@CD"))
        for measure in ("years to success", "participation")
        for quantile, difference in ((0.25, -0.8), (0.5, 0.3), (0.75, 1.1))
    ]
    names = ["first", "second", "measure", "quantile", "difference", "low", "high"]
    return pd.DataFrame(rows, columns=names)


def _morris() -> pd.DataFrame:
    names = {"total": "mu_star", "total_low": "mu_star_low", "total_high": "mu_star_high"}
    return scenes.sobol()[["parameter", *names]].rename(columns=names)


FIGURES: dict[str, Callable[[], Figure]] = {
    "success": lambda: plots.success_by_strategy(
        scenes.with_positions(_summary()), deadline_years=5
    ),
    "success_plain": lambda: plots.success_by_strategy(_summary()),
    "time": lambda: plots.time_to_success(scenes.counted()[0].incidence(), deadline_years=5),
    "endings": lambda: plots.endings_over_time(scenes.counted()[0].incidence(), deadline_years=5),
    "funnel": lambda: plots.milestone_funnel(scenes.counted()[0].funnel(), deadline_years=5),
    "causes": lambda: plots.causes_of_failure(scenes.counted()[1].shares()),
    "blockers": lambda: plots.blocking_states(scenes.counted()[1].blockers(), names=scenes.STATES),
    "pairs": lambda: plots.paired_differences(_pairs(), most=20),
    "best": lambda: plots.probability_best(
        comparison.probability_best(scenes.counted()[2], GOALS, draws=500)
    ),
    "quantiles": lambda: plots.quantile_differences(_quantiles()),
    "texts": lambda: plots.outcome_texts(scenes.counted()[0].texts(), starts={"ban": (0.8, 0.2)}),
    "space": lambda: plots.issue_space(
        scenes.events(), scenes.IDEAL_POINTS, ["form", "scope"], **SPACE
    ),
    "heat": lambda: plots.heat_map(scenes.sweep(), X, Y, units=scenes.UNITS),
    "heat_intervals": lambda: plots.heat_map(scenes.sweep(), X, Y, intervals=True),
    "heats": lambda: plots.heat_maps(scenes.sweep(), X, Y, "strategy", units=scenes.UNITS),
    "heats_by_parameter": lambda: plots.heat_maps(scenes.sweep(), X, Y, Z),
    "difference": lambda: plots.difference_map(scenes.sweep(), X, Y, "code@COPUOS", "code@CD"),
    "lines": lambda: plots.lines(_one_rate(), X),
    "lines_panels": lambda: plots.lines(scenes.sweep().query(f"`{Z}` == 1"), X, panels=Y),
    "calibration": lambda: plots.calibration_curve(scenes.bins()),
    "reliability": lambda: plots.reliability(scenes.bins().query("forecaster == 'model'")),
    "sobol": lambda: plots.sensitivity_bars(scenes.sobol(), units=scenes.UNITS),
    "morris": lambda: plots.sensitivity_bars(_morris()),
}


def _one_rate() -> pd.DataFrame:
    table = scenes.sweep()
    return table[(table[Y] == 0.1) & (table[Z] == 1.0)]


def draw(figure: Figure) -> bytes:
    FigureCanvasAgg(figure)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=100)
    return buffer.getvalue()


def _texts(figure: Figure) -> list:
    """Return what is written in a figure, with the box it takes."""
    renderer = figure.canvas.get_renderer()
    found = []
    for axes in figure.axes:
        if axes.get_visible():
            found += [*axes.texts, axes.title, axes.xaxis.label, axes.yaxis.label]
            for axis in (axes.xaxis, axes.yaxis):
                low, high = sorted(axis.get_view_interval())
                ticks = axis.get_major_ticks() if axis.get_visible() else []
                found += [t.label1 for t in ticks if low - 1e-9 <= t.get_loc() <= high + 1e-9]
    found += figure.texts
    found = [t for t in found if not t.get_text().endswith("\n")]  # the heading, above its note
    shown = [t for t in found if t.get_visible() and t.get_text().strip()]
    return [(t.get_text(), Text.get_window_extent(t, renderer)) for t in shown]


def _overlaps(figure: Figure) -> list[tuple[str, str]]:
    """Return pairs of straight texts that cover one another by more than a hair."""
    boxes = _texts(figure)
    found = []
    for i, (one, a) in enumerate(boxes):
        for other, b in boxes[i + 1 :]:
            wide = min(a.x1, b.x1) - max(a.x0, b.x0)
            tall = min(a.y1, b.y1) - max(a.y0, b.y0)
            if wide > 1.5 and tall > 0.35 * min(a.height, b.height):
                found.append((one, other))
    return found


TURNED = {"texts", "space", "blockers"}  # slanted labels: their upright boxes meet, they do not


def test_every_figure_is_drawn_in_a_test() -> None:
    source = Path(__file__).read_text("utf-8")
    silent = {name for name in plots.__all__ if f"plots.{name}(" not in source}
    assert silent == {"adoption_by_class", "forecasts_by_case"}  # tests/studies/history draws them


@pytest.mark.parametrize("name", FIGURES)
def test_figures_are_drawn_legibly(name: str) -> None:
    figure = FIGURES[name]()
    FigureCanvasAgg(figure).draw()
    ink = np.asarray(figure.canvas.buffer_rgba())[..., :3].min(axis=2) < 250
    assert ink.mean() > 0.01
    width, height = figure.canvas.get_width_height()
    for text, box in _texts(figure):
        assert box.x0 > -2, f"{text!r} is cut off on the left"
        assert box.y0 > -2, f"{text!r} is cut off below"
        assert box.x1 < width + 2, f"{text!r} is cut off on the right"
        assert box.y1 < height + 2, f"{text!r} is cut off above"
    if name not in TURNED:
        assert _overlaps(figure) == []


@pytest.mark.parametrize("name", FIGURES)
def test_figures_say_what_they_show(name: str) -> None:
    figure = FIGURES[name]()
    assert len(figure.get_suptitle().strip()) > 8
    words = (
        " ".join(
            t.get_text()
            for axes in figure.axes
            for t in (axes.xaxis.label, axes.yaxis.label, *axes.texts, axes.title)
        )
        + " ".join(t.get_text() for t in figure.texts)
        + figure.get_supylabel()
    )
    assert any(
        unit in words
        for unit in ("%", "share", "probability", "points", "years", "form", "per cent", "Share")
    )


def test_nothing_global_is_touched() -> None:
    import matplotlib as mpl
    from matplotlib import pyplot as plt

    before = dict(mpl.rcParams)
    for name in ("best", "heat", "lines"):
        draw(FIGURES[name]())
    assert plt.get_fignums() == []
    assert dict(mpl.rcParams) == before


@pytest.mark.long
def test_figures_are_the_same_in_threads() -> None:
    names = ["success_plain", "heat", "space", "best"]
    alone = [draw(FIGURES[name]()) for name in names]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda name: draw(FIGURES[name]()), names))
    assert together == alone


def test_matplotlib_is_imported_late() -> None:
    code = "import sys, negotiation_sim.analysis.figures; print('matplotlib' in sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "False"


def test_probabilities_are_where_the_table_says() -> None:
    table = _summary()
    figure = plots.success_by_strategy(table)
    axes = figure.axes[0]
    dots = [line.get_xdata()[0] for line in axes.lines if line.get_marker() == "o"]
    known = table["p_success"].dropna().sort_values(ascending=False)
    assert dots == known.tolist()
    ticks = [label.get_text().replace("\n", "") for label in axes.get_yticklabels()]
    order = likeliest_first(table)
    assert ticks == order["strategy"].tolist()
    assert any(t.get_text().startswith("pledges only") for t in axes.texts)


def test_bars_of_causes_fill_the_whole() -> None:
    shares = scenes.counted()[1].shares()
    axes = plots.causes_of_failure(shares).axes[0]
    ends: dict[float, float] = {}
    for bar in axes.patches:
        y = round(bar.get_y(), 6)
        assert bar.get_x() == pytest.approx(ends.get(y, 0.0))
        ends[y] = bar.get_x() + bar.get_width()
    assert list(ends.values()) == pytest.approx([1.0] * len(ends))


def test_better_strategy_comes_first_in_a_difference() -> None:
    table = pd.DataFrame([{
        "first": "a@CD", "second": "b@CD", "difference": -0.2, "low": -0.3, "high": -0.1,
        "low_all": -0.35, "high_all": -0.05, "settled": False, "more_worlds": pd.NA,
    }])  # fmt: skip
    axes = plots.paired_differences(table).axes[0]
    assert axes.get_yticklabels()[0].get_text() == "b@CD\nover a@CD"
    assert axes.texts[0].get_text() == "+20.0 points"
    table["more_worlds"] = pd.array([1234], dtype="Int64")
    assert "about 1,200 more" in plots.paired_differences(table).axes[0].texts[0].get_text()


def _one_row(p: float) -> pd.DataFrame:
    return pd.DataFrame([{
        "strategy": "ppwt@CD", "replicates": 1, "p_success": p, "p_success_low": 0.0,
        "p_success_high": 0.8 if p < 1 else 1.0,
    }])  # fmt: skip


@pytest.mark.parametrize(
    "figure",
    [
        lambda: plots.success_by_strategy(_one_row(0.0)),
        lambda: plots.success_by_strategy(_one_row(1.0)),
        lambda: plots.success_by_strategy(_one_row(math.nan)),
        lambda: plots.blocking_states(pd.DataFrame(columns=["strategy", "actor", "share"])),
        lambda: plots.outcome_texts(
            pd.DataFrame(columns=["strategy", "track_name", "form", "scope", "count"])
        ),
        lambda: plots.issue_space([], scenes.IDEAL_POINTS, ["form", "scope"]),
        lambda: plots.issue_space(
            [{"kind": "mandate_vote", "track": 0, "actor": "USA", "response": "objects"}],
            scenes.IDEAL_POINTS, ["harmful_interference", "verification"], start=(0.2, 0.3),
        ),
        lambda: plots.causes_of_failure(
            scenes.counted()[1].shares(), strategies=["ppwt@CD", "never@fails"]
        ),
    ],
)  # fmt: skip
def test_edges_are_drawn(figure: Callable[[], Figure]) -> None:
    assert len(draw(figure())) > 2000


def test_one_issue_has_no_space() -> None:
    with pytest.raises(ValueError, match="two issues"):
        plots.issue_space([], {"USA": (0.1,)}, ["form"])


# Machado, Oliveira and Fernandes (2009): how full deuteranopes and protanopes see linear RGB.
SIGHT = {
    "normal": np.eye(3),
    "deuteranope": np.array([
        [0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ]),
    "protanope": np.array([
        [0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ]),
}  # fmt: skip


def _seen(colour: str, sight: str) -> np.ndarray:
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return np.clip(SIGHT[sight] @ linear, 0, 1) ** (1 / 2.4)


@pytest.mark.parametrize("sight", SIGHT)
def test_colours_can_be_told_apart(sight: str) -> None:
    for colours in (style.PALETTE[:6], [style.GREEN, style.BLUE, style.ORANGE, style.PURPLE]):
        seen = [_seen(colour, sight) for colour in colours]
        apart = [np.linalg.norm(a - b) for i, a in enumerate(seen) for b in seen[i + 1 :]]
        assert min(apart) > 0.12, f"two colours look alike to a {sight}"


def test_labels_keep_apart() -> None:
    places = labels.apart([0.1, 0.1, 0.5, 0.11], 0.05)
    assert np.diff(sorted(places)).min() >= 0.05 - 1e-9
    assert places[2] == 0.5
    points = [(0.5, 0.5)] * 6
    spots = labels.label_places(points, ["United States"] * 6, points)
    assert len({(round(x, 3), round(y, 3)) for x, y, _ in spots}) == 6


@pytest.mark.parametrize("module", ["style", "labels", "sweep_maps"])
def test_examples_run(module: str) -> None:
    found = doctest.testmod(importlib.import_module(f"negotiation_sim.analysis.figures.{module}"))
    assert found.attempted > 0
    assert found.failed == 0


@pytest.mark.parametrize("name", ["heat", "heat_intervals", "heats", "difference", "lines"])
def test_a_figure_of_a_sweep_says_how_many_replicates_it_rests_on(name, monkeypatch):
    table = scenes.sweep()
    assert "replicates" not in words_of(FIGURES[name]())
    monkeypatch.setattr(scenes, "sweep", lambda: table.assign(replicates=200))
    assert "from 200 replicates" in words_of(FIGURES[name]())
    monkeypatch.setattr(
        scenes, "sweep", lambda: table.assign(replicates=range(100, 100 + len(table)))
    )
    assert re.search(r"from 1\d\d to [\d,]+ replicates", words_of(FIGURES[name]()))


def words_of(figure) -> str:
    return " ".join(each.get_text() for each in [figure._suptitle, *figure.texts])


AT_ONCE = {"endings", "heat", "space"}  # the others when there is time


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[] if name in AT_ONCE else pytest.mark.long) for name in FIGURES],
)
def test_a_figure_can_be_drawn_in_another_process(name):
    figure = FIGURES[name]()
    figures.lay_out(figure)
    copied = pickle.loads(pickle.dumps(figure))
    assert figures.encoded(copied, "svg") == figures.encoded(figure, "svg")


def _two_cells(first: tuple[float, float, float], second: tuple[float, float, float]):
    rows = [("a@CD", 0.0, 0.0, *first), ("a@CD", 1.0, 0.0, *second)]
    columns = ["strategy", X, Y, "p_success", "p_success_low", "p_success_high"]
    return pd.DataFrame(rows, columns=columns)


def _shades(figure: Figure) -> list[float]:
    """Return where on its scale of colours each cell of the first map lies, 0 to 1."""
    mesh = figure.axes[0].collections[0]
    low, high = mesh.get_clim()
    return ((np.asarray(mesh.get_array()).ravel() - low) / (high - low)).tolist()


@pytest.mark.parametrize("n", [50, 200, 1000])
def test_a_map_makes_no_contrast_of_estimates_whose_intervals_overlap(n):
    rng = np.random.default_rng(n)
    for _ in range(40):
        counts = rng.integers(0, n + 1, 2)
        cells = [(k / n, *wilson(int(k), n)) for k in counts]
        if max(cells[0][1], cells[1][1]) > min(cells[0][2], cells[1][2]):
            continue
        one, two = _shades(plots.heat_map(_two_cells(*cells), X, Y))
        bound = max(1.0 / 6.0, abs(cells[0][0] - cells[1][0]))  # the scale ends at 100 %
        assert abs(one - two) <= bound + 1e-9, cells
    small = [(0.02, *wilson(4, 200)), (0.05, *wilson(10, 200))]  # 2 against 5 %: no contrast
    one, two = _shades(plots.heat_map(_two_cells(*small), X, Y))
    assert abs(one - two) < 0.1
    far = [(0.02, *wilson(200, 10_000)), (0.05, *wilson(500, 10_000))]  # apart: they may differ
    one, two = _shades(plots.heat_map(_two_cells(*far), X, Y))
    assert abs(one - two) > 1.0 / 6.0


def test_a_difference_is_white_where_its_interval_holds_zero():
    rows = []
    for name, counts in (("a@CD", (4, 60)), ("b@CD", (10, 20))):
        for x, k in enumerate(counts):
            rows.append((name, float(x), 0.0, k / 200, *wilson(k, 200)))
    columns = ["strategy", X, Y, "p_success", "p_success_low", "p_success_high"]
    figure = plots.difference_map(pd.DataFrame(rows, columns=columns), X, Y, "a@CD", "b@CD")
    cells = np.asarray(figure.axes[0].collections[0].get_array()).ravel().tolist()
    assert cells == [0.0, pytest.approx(0.2)]
    assert "holds zero" in words_of(figure)


def test_a_venue_has_one_colour_in_every_panel_and_every_figure():
    summary, venues = scenes.counted()[0], {"COPUOS": "Outer Space Committee", "CD": "Conference"}
    texts = plots.outcome_texts(summary.texts(), venues=venues)
    (legend,) = texts.legends
    named = {
        text.get_text(): handle.get_color()
        for text, handle in zip(legend.get_texts(), legend.legend_handles, strict=True)
    }
    assert named["Outer Space Committee (COPUOS)"] == style.PALETTE[0]
    assert named["Conference (CD)"] == style.PALETTE[1]
    assert all(axes.get_legend() is None for axes in texts.axes)  # off the data
    curves = plots.time_to_success(summary.incidence(), venues=venues)
    drawn = {}
    for axes in curves.axes:
        for text in axes.texts:
            name = text.get_text().partition("  ")[2].replace("\n", " ")
            drawn.setdefault(name, set()).add(text.arrowprops["color"])
    assert drawn["Conference"] == {style.PALETTE[1]}
    assert drawn["Outer Space Committee"] == {style.PALETTE[0]}


def test_tables_and_figures_have_one_order():
    summary, causes, _ = scenes.counted()
    order = likeliest_first(summary.table())
    able = order[order["p_success"].notna()]["strategy"].tolist()
    figures_ = [
        plots.success_by_strategy(summary.table().dropna(subset=["p_success"])),
        plots.milestone_funnel(summary.funnel()),
        plots.causes_of_failure(causes.shares(), able),
    ]
    for figure in figures_:
        ticks = [t.get_text().replace("\n", "") for t in figure.axes[0].get_yticklabels()]
        assert ticks == able
    shuffled = order.sample(frac=1.0, random_state=1)
    assert (
        in_order(shuffled, order["strategy"].tolist())["strategy"].tolist()
        == order["strategy"].tolist()
    )


def test_names_stand_over_short_names_where_there_is_room():
    labels_ = {"code@CD": "Code of conduct, Conference\ncode@CD"}
    axes = plots.success_by_strategy(_summary(), labels=labels_).axes[0]
    ticks = [t.get_text() for t in axes.get_yticklabels()]
    assert labels_["code@CD"] in ticks and "code@gge" in ticks


def test_a_sweep_is_drawn_with_its_intervals(tmp_path):
    table = scenes.sweep()
    one = table[(table[Y] == 0.1) & (table[Z] == 1.0)]
    ((name, lines_),) = sweep_files.sweep_figures(one)
    assert name == "lines.png" and len(lines_.axes[0].collections) >= 1
    two = table[(table[Z] == 1.0) & (table[X] <= 0.3)]
    ((name, maps),) = sweep_files.sweep_figures(two)
    assert name == "maps.png"
    cell = maps.axes[0].texts[0].get_text()
    assert re.fullmatch(r"[\d.]+%\n[\d.]+–[\d.]+%", cell)
    with pytest.raises(UsageError, match="3 figures vary"):
        list(sweep_files.sweep_figures(table))
    with pytest.raises(UsageError, match="no strategy succeeds"):
        list(sweep_files.sweep_figures(two.assign(p_success=0.0)))
