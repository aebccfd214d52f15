"""The figures of a run and of a traced replicate, as files: which are drawn, and under which names."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from negotiation_sim.analysis import figures as plots
from negotiation_sim.analysis.figures.style import repeatable
from negotiation_sim.errors import StoreError, UsageError

if TYPE_CHECKING:
    import pandas as pd

    from negotiation_sim.analysis.causes import CauseAccumulator
    from negotiation_sim.analysis.outcomes import SummaryAccumulator
    from negotiation_sim.engine.scenario import Scenario
    from negotiation_sim.words.story import Story

FORMATS = ("png", "svg", "pdf")
DOTS_PER_INCH = 160


def encoded(figure: Any, form: str = "png") -> bytes:
    """Return a matplotlib figure as the content of a file; equal figures give equal bytes."""
    lay_out(figure)
    sink = io.BytesIO()
    stamp = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(form)
    with repeatable():
        figure.savefig(sink, format=form, dpi=DOTS_PER_INCH, metadata=stamp)
    return sink.getvalue()


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
) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of each figure of a run.

    Parameters
    ----------
    summary_table : DataFrame
        As in ``summary.csv``.
    summary, causes
        What was counted while the replicates passed by.
    scenario : Scenario
    """
    years = scenario.setting.success.deadline_years
    yield "probability.png", encoded(plots.success_by_strategy(summary_table, deadline_years=years))
    if not summary.successes():
        return
    threshold = scenario.setting.environment["treaty_threshold"].value
    drawn = {
        "survival.png": plots.time_to_success(summary.incidence(), deadline_years=years),
        "funnel.png": plots.milestone_funnel(summary.funnel(), deadline_years=years),
        "causes.png": plots.causes_of_failure(causes.shares(), list(summary.successes())),
    }
    if {"form", "scope"} <= set(scenario.issues):
        drawn["texts.png"] = plots.outcome_texts(summary.texts(), treaty_threshold=threshold)
    for name, figure in drawn.items():
        yield name, encoded(figure)


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
            file.write_bytes(encoded(figure, form))
        except OSError as error:
            raise StoreError(f"{file}: {error.strerror or error}") from error
        files.append(file)
    return files
