"""The figures of a finished run, drawn from its counts, whether or not it kept its replicates."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from negotiation_sim.analysis import figures as plots
from negotiation_sim.errors import StoreError, UsageError, nearest
from negotiation_sim.runs.one_run import counted_of
from negotiation_sim.runs.store import Run

if TYPE_CHECKING:
    import pandas as pd


def figure_of(run: Run, kind: str) -> Any:
    """Return a figure of a run.

    Parameters
    ----------
    run : Run
    kind : str
        One of :data:`KINDS`.

    Raises
    ------
    UsageError
        For another kind, or where the run has nothing of it to draw.
    """
    if kind not in KINDS:
        raise UsageError(f"kind: '{kind}' is not known{nearest(kind, KINDS)}")
    if run.manifest["kind"] != "run":
        raise StoreError(f"{run.shown}: a {run.manifest['kind']}, not a run")
    return KINDS[kind](run, run.manifest["inputs"]["setting"])


def _table(run: Run, name: str) -> pd.DataFrame:
    found = counted_of(run)[name] if run.keeps_replicates else run.table(f"{name}.csv")
    if not len(found):
        raise UsageError(f"{run.shown}: there is nothing to draw, its table '{name}' is empty")
    return found


def _years(setting: dict[str, Any]) -> float:
    return float(setting["success"]["deadline_years"])


def _probability(run: Run, setting: dict[str, Any]) -> Any:
    return plots.success_by_strategy(run.summary, deadline_years=_years(setting))


def _survival(run: Run, setting: dict[str, Any]) -> Any:
    return plots.time_to_success(_table(run, "months"), deadline_years=_years(setting))


def _funnel(run: Run, setting: dict[str, Any]) -> Any:
    return plots.milestone_funnel(_table(run, "funnel"), deadline_years=_years(setting))


def _causes(run: Run, setting: dict[str, Any]) -> Any:
    table = run.summary
    able = table.loc[table["p_success"].notna(), "strategy"].tolist()
    return plots.causes_of_failure(_table(run, "causes"), able)


def _texts(run: Run, setting: dict[str, Any]) -> Any:
    if not {"form", "scope"} <= set(setting["issues"]):
        raise UsageError(f"{run.shown}: texts are drawn over form and scope, which it has not")
    threshold = setting["environment"]["treaty_threshold"]["value"]
    return plots.outcome_texts(_table(run, "texts"), treaty_threshold=threshold)


KINDS: dict[str, Callable[[Run, dict[str, Any]], Any]] = {
    "probability": _probability, "survival": _survival, "funnel": _funnel, "causes": _causes,
    "texts": _texts,
}  # fmt: skip
