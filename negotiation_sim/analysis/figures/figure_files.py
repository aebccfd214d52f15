"""The figures of a run and of a traced replicate, as files: which are drawn, and under which names."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from negotiation_sim.analysis import figures as plots
from negotiation_sim.analysis.figures.style import drawn, own_settings, undrawable
from negotiation_sim.analysis.outcomes import in_order, likeliest_first
from negotiation_sim.catalogue.plain_files import write_whole
from negotiation_sim.errors import StoreError, UsageError
from negotiation_sim.words.strategies import labels_of

if TYPE_CHECKING:
    import pandas as pd

    from negotiation_sim.analysis.causes import CauseAccumulator
    from negotiation_sim.analysis.outcomes import SummaryAccumulator
    from negotiation_sim.catalogue.schema import Setting
    from negotiation_sim.engine.scenario import Scenario
    from negotiation_sim.words.story import Story

FORMATS = ("png", "svg", "pdf")
DOTS_PER_INCH = 160
MOST, FEW = 300, 20  # letters of a reason, and of those a font lacks


def encoded(figure: Any, form: str = "png") -> bytes:
    """Return a matplotlib figure as the content of a file; equal figures give equal bytes."""
    sink = io.BytesIO()
    stamp = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(form)
    with own_settings():
        lay_out(figure)
        figure.savefig(sink, format=form, dpi=DOTS_PER_INCH, metadata=stamp)
    return sink.getvalue()


@drawn
def lay_out(figure: Any) -> None:
    """Lay a figure out for good: savefig would draw it once more for each file to do so."""
    engine = figure.get_layout_engine()
    if engine is not None:
        figure.set_dpi(DOTS_PER_INCH)
        engine.execute(figure)
        figure.set_layout_engine(None)


def run_figures(
    summary_table: pd.DataFrame,
    summary: SummaryAccumulator,
    causes: CauseAccumulator,
    scenario: Scenario,
    failed: list[str],
) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of each figure of a run; one that cannot be drawn stops no other.

    Parameters
    ----------
    summary_table : DataFrame
        As in ``summary.csv``.
    summary, causes
        What was counted while the replicates passed by.
    scenario : Scenario
    failed : list of str
        Takes a line for each figure that cannot be drawn, and one for letters without a shape.
    """
    for name, draw in _of_a_run(summary_table, summary, causes, scenario).items():
        try:
            content = encoded(draw())
        except Exception as error:  # whatever a library or its settings make of it
            reason = (str(error).splitlines() or ["no reason given"])[0]
            failed.append(f"{name} could not be drawn: {type(error).__name__}: {reason}"[:MOST])
        else:
            yield name, content
    if not failed and (lacking := undrawable(scenario.strategy_names)):
        letters = lacking if len(lacking) <= FEW else f"{lacking[:FEW]} ..."
        failed.append(f"the font has no shapes for {letters}; figures show boxes in their place")


def names_of(setting: Setting) -> tuple[dict[str, str], dict[str, str]]:
    """Return names of initiatives and of venues by id, as panels and lines of figures use them."""
    return (
        {code: initiative.name for code, initiative in setting.initiatives.items()},
        {code: venue.name for code, venue in setting.venues.items()},
    )


def _of_a_run(
    summary_table: pd.DataFrame,
    summary: SummaryAccumulator,
    causes: CauseAccumulator,
    scenario: Scenario,
) -> dict[str, Callable[[], Any]]:
    """Return what draws each figure of a run, by the name of its file."""
    tables = {
        "months": summary.incidence, "funnel": summary.funnel, "causes": causes.shares,
        "texts": summary.texts,
    }  # fmt: skip
    found = drawings(scenario.setting, summary_table, lambda name: tables[name]())
    return {f"{name}.png": draw for name, draw in found.items()}


def drawings(
    setting: Setting, summary_table: pd.DataFrame, table: Callable[[str], pd.DataFrame]
) -> dict[str, Callable[[], Any]]:
    """Return what draws each figure of a run, by its name.

    Parameters
    ----------
    setting : Setting
    summary_table : DataFrame
        As in ``summary.csv``.
    table : callable
        Gives the tables ``months``, ``funnel``, ``causes`` and ``texts`` of the run's counts.
    """
    years, labels = setting.success.deadline_years, labels_of(setting)
    found = {
        "probability": lambda: plots.success_by_strategy(
            summary_table, deadline_years=years, labels=labels
        )
    }
    able = summary_table[summary_table["p_success"].notna()]
    if not len(able):
        return found
    threshold = setting.environment["treaty_threshold"].value
    panels, venues = names_of(setting)
    order = likeliest_first(able)["strategy"].tolist()
    found |= {
        "survival": lambda: plots.time_to_success(
            in_order(table("months"), order), deadline_years=years, labels=panels, venues=venues
        ),
        "funnel": lambda: plots.milestone_funnel(
            table("funnel"), deadline_years=years, labels=labels
        ),
        "causes": lambda: plots.causes_of_failure(table("causes"), order, labels=labels),
    }
    if {"form", "scope"} <= set(setting.issues):
        found["texts"] = lambda: plots.outcome_texts(
            in_order(table("texts"), order), treaty_threshold=threshold, labels=panels,
            venues=venues,
        )  # fmt: skip
    return found


def check_plot_file(path: Path) -> str:
    """Return the form that a file's name asks for.

    Raises
    ------
    UsageError
        Where it is none that can be drawn, or the folder is not there.
    """
    form = path.suffix.lower().removeprefix(".")
    if form not in FORMATS:
        raise UsageError(f"plot: {path}: the name must end in .{', .'.join(FORMATS)}")
    if not path.parent.is_dir():
        raise UsageError(f"plot: {path.parent}: no such folder")
    return form


def draw_trace(
    story: Story, scenario: Scenario, ideal_points: dict[str, list[float]], path: Path
) -> list[Path]:
    """Draw the path of each track's text into a file; return the files.

    The first track goes to ``path``; a further one to the same name with its number.
    """
    form = check_plot_file(path)
    if len(scenario.issues) < 2:
        raise UsageError("plot: the issue space needs two issues to be drawn")
    strategy = scenario.setting.strategies[scenario.index_of_strategy(story.strategy)]
    names = {code: actor.name for code, actor in scenario.setting.actors.items()}
    files = []
    for number, track in enumerate(strategy.tracks):
        initiative = scenario.setting.initiatives[track.initiative]
        begun = track.underway.text if track.underway else {}
        figure = plots.issue_space(
            story.events, ideal_points, scenario.issues, track=number,
            start=[begun.get(k, initiative.text[k].value) for k in scenario.issues],
            box=initiative.mandate.box, names=names,
            title=f"{story.rows[number]['track_name']}, replicate {story.replicate}",
        )  # fmt: skip
        file = path if number == 0 else path.with_stem(f"{path.stem}-{number + 1}")
        try:
            write_whole(file, encoded(figure, form))
        except OSError as error:
            raise StoreError(f"{file}: {error.strerror or error}") from error
        files.append(file)
    return files
