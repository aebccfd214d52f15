"""The figures of a finished run, drawn from its counts, whether or not it kept its replicates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from negotiation_sim.analysis.figures.figure_files import drawings
from negotiation_sim.catalogue.schema import Setting
from negotiation_sim.errors import StoreError, UsageError, nearest
from negotiation_sim.runs.identity import canonical, unknown_form
from negotiation_sim.runs.one_run import counted_of
from negotiation_sim.runs.store import Run

if TYPE_CHECKING:
    import pandas as pd

KINDS = ("probability", "survival", "funnel", "causes", "texts")


def figure_of(run: Run, kind: str) -> Any:
    """Return a figure of a run, as ``run`` draws it.

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
    try:
        setting = Setting.model_validate_json(canonical(run.manifest["inputs"]["setting"]))
    except ValueError as error:
        raise StoreError(f"{run.shown}: {unknown_form(run.manifest, error)}") from error

    def table(name: str) -> pd.DataFrame:
        return counted_of(run)[name] if run.keeps_replicates else run.table(f"{name}.csv")

    found = drawings(setting, run.summary, table)
    if kind not in found:
        raise UsageError(f"{run.shown}: it has no figure '{kind}'{nearest(kind, found)}")
    return found[kind]()
