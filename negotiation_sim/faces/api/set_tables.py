"""A run's tables set for a paper, as LaTeX and Markdown: the files that ``export`` writes."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from pathlib import Path

from negotiation_sim.errors import UsageError, nearest
from negotiation_sim.faces.plain_tables import as_markdown
from negotiation_sim.faces.run_in_tables import latex_of, tables_of
from negotiation_sim.runs import store
from negotiation_sim.runs.store.files import disk_errors, write_atomic

FORMS = {"csv": "csv", "latex": "tex", "markdown": "md"}
FOLDER = "tables"


def check(forms: Sequence[str]) -> None:
    """Raise UsageError for a form that is not known, or for none."""
    for form in forms or ("",):
        if form not in FORMS:
            raise UsageError(f"forms: '{form}' is not known{nearest(form, FORMS)}")


def write(
    run: str | PathLike[str] | store.Run,
    root: str | PathLike[str],
    out: Path | None,
    forms: Sequence[str],
) -> list[Path]:
    """Write every table of a run in some forms; return the files."""
    if not forms:
        return []
    found = store.find_run(run, root)
    folder = found.desk / FOLDER if out is None else out
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, table in tables_of(found).items():
        for form in forms:
            text = as_markdown(table) if form == "markdown" else latex_of(found, name, table)
            written.append(folder / f"{name}.{FORMS[form]}")
            write_atomic(written[-1], text.encode())
    return written
