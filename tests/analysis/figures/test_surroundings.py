"""Figures are ours whatever the surroundings say, and a run is kept where one fails."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import matplotlib
import pytest

from helpers import plot_scenes as scenes
from negotiation_sim.analysis import figures as plots
from negotiation_sim.analysis.figures import figure_files, style
from negotiation_sim.faces import api
from negotiation_sim.faces.cli import run_tables

HOSTILE = """\
text.usetex: True
axes.facecolor: black
figure.facecolor: black
font.size: 40
lines.linewidth: 30
svg.hashsalt: other
font.family: no such font
savefig.dpi: 9
"""
DRAW = """\
import hashlib
from helpers import plot_scenes as scenes
from negotiation_sim.analysis import figures as plots
from negotiation_sim.analysis.figures.figure_files import encoded
figure = plots.success_by_strategy(scenes.counted()[0].table(), deadline_years=5)
print(hashlib.sha256(encoded(figure, "svg")).hexdigest())
"""


def digest() -> str:
    figure = plots.success_by_strategy(scenes.counted()[0].table(), deadline_years=5)
    return hashlib.sha256(figure_files.encoded(figure, "svg")).hexdigest()


@pytest.mark.parametrize("backend", ["", "nonsense"])
def test_a_hostile_matplotlibrc_changes_no_figure(backend, tmp_path):
    more = "backend: none of these\nno.such.key: 3\nnot a line\n" if backend else ""
    (tmp_path / "matplotlibrc").write_text(HOSTILE + more, "utf-8")
    tests = Path(__file__).parents[2]
    environment = dict(
        os.environ, MATPLOTLIBRC=str(tmp_path / "matplotlibrc"),
        PYTHONPATH=os.pathsep.join([str(tests), str(tests.parent)]),
    )  # fmt: skip
    home = dict.fromkeys(
        ("HOME", "MPLCONFIGDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"), "/proc/none"
    )
    environment |= {"MPLBACKEND": backend, **home} if backend else {}
    done = subprocess.run(
        [sys.executable, "-c", DRAW], env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == digest(), done.stderr[-500:]
    assert done.stderr == ""


def test_the_caller_s_own_settings_are_as_before():
    with matplotlib.rc_context({"text.usetex": True, "font.size": 33.0, "axes.grid": True}):
        before = dict(matplotlib.rcParams)
        inside = digest()
        assert dict(matplotlib.rcParams) == before
    assert inside == digest()


def test_a_name_is_no_formula_and_missing_letters_are_told_once():
    with style.own_settings():
        figure = style.new_figure(2.0, 2.0)
        figure.add_subplot()
        text = figure.text(0.5, 0.5, "$\\frac{x$ 東京")
    assert not text.get_parse_math()
    assert figure_files.encoded(figure)
    assert style.undrawable(["Köln", "東京", "京都"]) == "京東都"


def test_a_run_is_kept_where_a_figure_cannot_be_drawn(tmp_path, monkeypatch):
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("no ink\nand more")

    monkeypatch.setattr(plots, "milestone_funnel", fails)
    run = api.run("bellagio", 20, 1, tmp_path, beliefs=0, threads=1)
    assert run.log["figures"] == ["funnel.png could not be drawn: RuntimeError: no ink"]
    assert (run.folder / "figures" / "probability.png").is_file()
    assert not (run.folder / "figures" / "funnel.png").exists()
    told = [line for line in run_tables.run_notes(run, True) if line.startswith("Figures: ")]
    assert told == ["Figures: funnel.png could not be drawn: RuntimeError: no ink."]
