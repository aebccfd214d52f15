"""A run's tables as CSV that R and spreadsheets read alike."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from negotiation_sim.errors import StoreError, UsageError
from negotiation_sim.model.columns import REAL, columns_of
from negotiation_sim.runs import store
from negotiation_sim.runs.store.files import disk_errors, write_atomic
from negotiation_sim.studies.finished_run import setting_of
from negotiation_sim.words.scales import ScaledIssue, issues_of

if TYPE_CHECKING:
    from os import PathLike

    import pandas as pd

    from negotiation_sim.runs.store import Run

FORMULA = ("=", "+", "-", "@", "\t", "\n")
TEXTS = ("text_", "mean_")  # before an issue's name
FOLDER = "csv"


def write(
    run: str | PathLike[str] | Run, root: str | PathLike[str], out: Path | None
) -> list[Path]:
    """Write ``replicates.csv``, ``summary.csv`` and ``columns.csv`` of a run; return them.

    Of a run that kept its summary alone: all tables that it has in place of the replicates.
    """
    import pandas as pd

    found = store.find_run(run, root, kind="run")
    setting = setting_of(found)
    if found.keeps_replicates:
        tables = {"replicates": found.load(), "summary": found.summary}
    else:
        tables = {Path(name).stem: found.table(name) for name in found.manifest["tables"]}
    tables["columns"] = pd.DataFrame(list(_columns(tables, issues_of(setting))))
    texts = {f"{name}.csv": as_csv(table) for name, table in tables.items()}
    folder = found.desk / FOLDER if out is None else out
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        write_atomic(folder / name, text.encode())
    return [folder / name for name in texts]


def write_plugin(run: str | PathLike[str] | Run, root: str | PathLike[str], out: Path) -> Path:
    """Write the plug-in of a run or sweep as the file that it was; return it."""
    found = store.find_run(run, root)
    plugin = setting_of(found).plugin
    if plugin is None:
        raise StoreError(f"{found.folder}: computed without a plug-in")
    if out.exists():
        raise UsageError(f"plugin-to: {out} exists; name a new file")
    with disk_errors(out):
        write_atomic(out, plugin.text.encode())
    return out


def as_csv(table: pd.DataFrame) -> str:
    """Return a table as CSV: TRUE and FALSE, numbers to the last bit, nothing where one is missing.

    A text that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    shown = table.copy()
    for name in shown.columns:
        kind = str(shown[name].dtype)
        if kind == "bool":
            shown[name] = shown[name].map({True: "TRUE", False: "FALSE"})
        elif kind in ("category", "object", "str", "string"):
            shown[name] = shown[name].astype(object).map(_plain)
    shown.columns = [_plain(str(name)) for name in shown.columns]
    return str(shown.to_csv(index=False, lineterminator="\n"))


def _plain(cell: Any) -> Any:
    if not isinstance(cell, str):
        return cell
    line = cell.replace("\r\n", "\n").replace("\r", "\n")  # a bare return would end the row
    return f"'{line}" if line.startswith(FORMULA) else line


def _columns(
    tables: dict[str, pd.DataFrame], issues: tuple[ScaledIssue, ...]
) -> Iterator[dict[str, object]]:
    """Yield a row for every column: its table, kind, meaning, and the scale of a text."""
    declared = {column.name: column for column in columns_of([*issues, "form", "scope"])}
    scales = {f"{before}{issue}": issue.scale for issue in issues for before in TEXTS}
    for name, table in tables.items():
        for column in map(str, table.columns):
            known, scale = declared.get(column), scales.get(column)
            kind = known.kind if known else "word" if table[column].dtype.kind == "O" else REAL
            yield {
                "table": name, "column": column, "kind": kind,
                "low": scale.low if scale else None, "high": scale.high if scale else None,
                "unit": scale.unit if scale else "", "meaning": known.meaning if known else "",
            }  # fmt: skip
