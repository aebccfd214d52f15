"""What the command line prints: columns, rows and notes as plain text; it computes nothing."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from negotiation_sim.analysis.outcomes import likeliest_first
from negotiation_sim.catalogue.intent import idle_note
from negotiation_sim.catalogue.schema import Figure
from negotiation_sim.errors import readable
from negotiation_sim.faces.cli.console import duration
from negotiation_sim.studies.history import record as history
from negotiation_sim.words import shares
from negotiation_sim.words.sentences import on_few_beliefs

if TYPE_CHECKING:
    from negotiation_sim.faces.api import Reproduction
    from negotiation_sim.runs.store import Run
    from negotiation_sim.runs.sweep.estimate import Estimate
    from negotiation_sim.runs.sweep.status import Status
    from negotiation_sim.words.fields import FieldWords

Printed = tuple[list[str], list[list[str]], set[int]]
EMPTY = "-"
THIRD_DIGIT = 0.0005


def number(value: Any, digits: int = 3) -> str:
    """Return a number with so many decimals, a dash for none.

    Examples
    --------
    >>> number(0.0514), number(float("nan"))
    ('0.051', '-')
    """
    return EMPTY if value is None or pd.isna(value) else f"{value:.{digits}f}"


def span(low: Any, high: Any) -> str:
    """Return an interval, a dash for none."""
    return EMPTY if pd.isna(low) or pd.isna(high) else f"{number(low)}-{number(high)}"


def median_words(row: Any, horizon: float) -> str:
    """Return the median years to success, or that there is none within the horizon."""
    if pd.isna(row.p_success):
        return EMPTY
    return f"over {horizon:g}" if pd.isna(row.median_years) else f"{row.median_years:.1f}"


def printed(share: str) -> str:
    """Return a share as a terminal without Unicode shows it too: ``60-69%``, a dash for none."""
    return EMPTY if share == shares.NONE else share.replace(shares.NONE, "-")


def run_table(run: Run) -> Printed:
    """Return the table of a run: one row per strategy, likeliest first; shares as the report has them."""
    summary = likeliest_first(run.summary)
    setting = run.manifest["inputs"]["setting"]
    spread = "p_positions_low" in summary
    columns = ["strategy", "timely\nsuccess", "95%\ninterval"]
    columns += ["repli-\ncates"] if summary["replicates"].nunique() > 1 else []
    columns += ["5-95% of\nbeliefs"] if spread else []
    columns.append("main cause\nof failure")
    columns += ["median\nyears", "mandate", "adopted", "in\nforce"]
    rows = []
    row: Any
    for row in summary.itertuples():
        cells = [row.strategy, printed(shares.percent(row.p_success, row.p_success_high))]
        cells.append(printed(shares.span(row.p_success_low, row.p_success_high)))
        cells += [f"{row.replicates:,}"] if summary["replicates"].nunique() > 1 else []
        if spread:
            cells.append(printed(shares.positions(row.p_positions_low, row.p_positions_high)))
        cause = EMPTY if pd.isna(row.main_cause) else str(row.main_cause)
        if pd.isna(row.p_success):
            cause = f"(pledges {shares.percent(row.mean_pledge_coverage)})"
        cells += [cause, median_words(row, setting["horizon_years"])]
        milestones = (row.p_mandate, row.p_adopted, row.p_in_force)
        rows.append([*cells, *(printed(shares.percent(p)) for p in milestones)])
    return columns, rows, set(range(1, len(columns))) - {columns.index("main cause\nof failure")}


def _half_width(summary: pd.DataFrame) -> float:
    half = (summary["p_success_high"] - summary["p_success_low"]) / 2.0
    return 0.0 if half.isna().all() else float(half.max())


def run_notes(run: Run, tested: bool) -> list[str]:
    """Return what a reader of the table should know, and where the run folder is.

    Parameters
    ----------
    run : Run
    tested : bool
        Whether any strategy lies within what was tested; else no record is quoted.
    """
    summary, inputs = run.summary, run.manifest["inputs"]
    success = inputs["setting"]["success"]
    equal = summary["replicates"].nunique() == 1
    lines = [f"{summary['replicates'].iloc[0]:,} replicates of each strategy."] if equal else []
    lines += [
        f"Timely: within {success['deadline_years']:g} years of {inputs['setting']['start']}. "
        "Medians over all replicates; mandate, adopted and in force: shares by the deadline."
    ]
    if summary["p_success"].isna().any():
        lines.append("(pledges x%): pledges alone cannot succeed; they cover x% of capability.")
    lines += on_few_beliefs(summary)
    half = _half_width(summary)
    wanted = inputs.get("precision")
    if wanted is None and half > THIRD_DIGIT:
        needed = math.ceil(summary["replicates"].max() * (half / THIRD_DIGIT) ** 2)
        lines.append(
            f"Intervals are at most +/- {100.0 * half:.1f} points, rounded outwards; a tenth of a point "
            f"would take about {float(f'{needed:.1g}'):,.0f} replicates (--precision {THIRD_DIGIT})."
        )
    elif wanted is not None and inputs["precision_on"] == "success" and half > wanted:
        lines.append(f"Stopped at {inputs['max_replicates']:,} replicates at +/- {half:.4f}.")
    lines += [f"Figures: {readable(str(line))}." for line in run.log.get("figures", ())]
    errors = run.manifest["counts"]["errors"]
    if errors:
        lines.append(f"{errors} replicates failed; see the column 'error' of the replicates.")
    lines += [idle] if (idle := idle_note(inputs["setting"])) else []
    lines.append(history_line(inputs["setting"]["environment"], tested))
    if not run.fresh:
        engine = run.log.get("engine", "unknown")
        lines.append(f"Shown again: this run was finished before, by the engine '{engine}'.")
    if not run.keeps_replicates:
        lines.append("Kept: the counts over all replicates, and none of these (--keep summary).")
    lines.append(f"Run folder: {run.folder}")
    return lines


def history_line(environment: Mapping[str, Any], tested: bool) -> str:
    """Return what history says of a run, from the process parameters of its manifest."""
    return history.said_of(
        {name: Figure.model_validate(figure) for name, figure in environment.items()},
        tested=tested,
    )


def catalogue_table(rows: list[dict[str, Any]]) -> Printed:
    """Return the table of kinds, or of the records of one kind."""
    if rows and "number" in rows[0]:
        cells = [[r["kind"], str(r["number"]), " ".join(r["names"])] for r in rows]
        return ["kind", "number", "names"], cells, {1}
    cells = [[r["id"], r["name"], " ".join(r["about"].split()), r["file"]] for r in rows]
    return ["id", "name", "about", "file"], cells, set()


def record_table(record: dict[str, Any]) -> Printed:
    """Return the fields of one record with values, ranges and what they rest on."""
    rows = []
    for field in record["fields"]:
        low, high = field["low"], field["high"]
        span_words = "" if low is None else f"{low:g} to {high:g}"
        rests = field["source"] or field["note"] or ""
        place = ", ".join(str(field[key]) for key in ("locator", "year") if field[key])
        rests += f" ({place})" if place else ""
        rows.append(
            [field["field"], _value(field["value"]), span_words, field["basis"] or "", rests]
        )
    return ["field", "value", "range", "basis", "source or note"], rows, set()


def _value(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, (list, tuple)):
        return " ".join(_value(item) for item in value)
    return " ".join(str(value).split())


def source_lines(record: dict[str, Any]) -> list[str]:
    """Return the sources that a record names."""
    lines = []
    for name, source in record["sources"].items():
        facts = [str(source[key]) for key in ("title", "year", "address") if source.get(key)]
        lines.append(f"{name}: {', '.join(facts)}")
    return ["Sources", *lines] if lines else []


def reproduction_lines(found: Reproduction) -> list[str]:
    """Return in words whether a run came out the same."""
    lines = [f"{name}: {change}" for name, change in found.versions.items()]
    lines = ["Versions differ:", *lines] if lines else []
    lines += found.differences
    parts = len(found.run.manifest["parts"])
    if found.same:
        what = "manifest but for its versions" if found.versions else "manifest"
        lines.append(f"The same, bit for bit: {parts} part(s) of replicates, all tables, {what}.")
    else:
        lines.append("Not the same.")
    return lines


def _size(n: float) -> str:
    for unit, size in (("GB", 1e9), ("MB", 1e6)):
        if n >= size:
            return f"{n / size:.1f} {unit}"
    return f"{max(1.0, n / 1e3):.0f} kB"


def estimate_lines(found: Estimate) -> list[str]:
    """Return in words what a sweep would take."""
    replicates = f"{found.mean_replicates:,.0f} replicates of each strategy"
    if found.replicates is None:
        replicates = f"about {replicates}, by the precision"
    worlds = found.mean_replicates * found.rows
    return [
        f"{found.points:,} points x {found.strategies} strategies = {found.rows:,} rows; "
        f"{replicates}: {worlds:,.0f} negotiations.",
        f"About {duration(found.seconds)} with {found.workers} worker(s), from "
        f"{duration(found.seconds_a_point)} a point measured on {found.measured}.",
        f"About {_size(found.bytes_at_end)} of disk, {_size(found.bytes_at_most)} while it runs.",
        f"Folder: {found.folder}",
    ]


def sweep_lines(run: Run) -> list[str]:
    """Return what was computed and where it is; last, how to retry what failed."""
    counts, strategies = (
        run.manifest["counts"],
        len(run.manifest["inputs"]["setting"]["strategies"]),
    )
    lines = [
        f"{counts['points']:,} points x {strategies} strategies = {counts['rows']:,} rows "
        f"in {len(run.manifest['parts'])} file(s)."
    ]
    if run.fresh:
        log = run.log
        lines.append(
            f"{duration(log['seconds'])} for {log['points_computed']:,} points, {log['executor']}."
        )
    else:
        lines.append("Shown again: this sweep was finished before.")
    lines += [idle] if (idle := idle_note(run.manifest["inputs"]["setting"])) else []
    lines.append(f"Run folder: {run.folder}")
    if counts["failed"]:
        lines.append(
            f"{counts['failed']:,} of {counts['points']:,} points failed (columns failed_stage, "
            "failed_type, failed_message); the same command with --retry-failed computes only those."
        )
    return lines


def status_table(found: Sequence[Status]) -> Printed:
    """Return the table of sweeps and how far they are."""
    columns = ["sweep", "state", "points done", "failed", "a second", "left"]
    rows = []
    for s in found:
        left = "" if s.seconds_left is None else duration(s.seconds_left)
        rate = "" if s.rate is None else f"{s.rate:.3g}"
        name = f"{s.folder.parent.name}/{s.folder.name}"
        rows.append([name, s.state, f"{s.done:,} of {s.points:,}", f"{s.failed:,}", rate, left])
    return columns, rows, {2, 3, 4, 5}


def field_lines(found: list[FieldWords]) -> list[str]:
    """Return what is said of each field, a few lines each."""
    lines = []
    for words in found:
        lines += [
            f"{words.name}: {_plain(words.meaning)}",
            f"  in        {words.section}: {_plain(words.place)}",
            f"  type      {_plain(words.type)}",
            f"  unit      {words.unit}",
            f"  bounds    {words.bounds}",
            f"  default   {_plain(words.default)}",
            f"  mechanism {words.mechanism}".rstrip(),
            f"  example   {words.name}: {words.example}",
            "",
        ]
    return [line for line in lines[:-1] if not line or len(line.split()) > 1]


def _plain(text: str) -> str:
    """Return a text of the reference page without its marks.

    Examples
    --------
    >>> _plain("list of [evidence](#evidence), `open`")
    'list of evidence, open'
    """
    return re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", text).replace("`", "")


def field_names(found: list[FieldWords]) -> list[str]:
    """Return the names of all fields, a line for each section."""
    by_section: dict[str, list[str]] = {}
    for words in found:
        by_section.setdefault(words.section, []).append(words.name)
    return [f"{section}: {', '.join(names)}" for section, names in by_section.items()]
