"""Every table of a run or sweep, by name, and each of them with its caption as LaTeX."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from negotiation_sim.faces import citing
from negotiation_sim.faces.plain_tables import as_latex
from negotiation_sim.runs.one_run import counted_of
from negotiation_sim.studies.finished_run import tables_fit

if TYPE_CHECKING:
    from negotiation_sim.runs.store import Run


def tables_of(run: Run) -> dict[str, pd.DataFrame]:
    """Return every table of a run by name: those it vouches for, and those its rows give."""
    if run.manifest["kind"] == "sweep":
        points = run.load()
        assert isinstance(points, pd.DataFrame)
        return {"points": points}
    found = {name.removesuffix(".csv"): run.table(name) for name in run.manifest["tables"]}
    if run.keeps_replicates:
        with tables_fit(run):
            found |= counted_of(run)
    return found


def latex_of(run: Run, name: str, table: pd.DataFrame) -> str:
    """Return a table of a run as LaTeX, its caption saying which run it is of."""
    caption = f"{run.manifest['inputs']['setting']['name']}: {name}. {citing.of_run(run)}"
    return as_latex(table, caption, f"tab-{run.id}-{name}")
