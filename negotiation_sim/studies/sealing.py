"""What a sealed forecast says, and how sealed forecasts score once it is known what happened."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from negotiation_sim import __version__
from negotiation_sim.catalogue import find_root
from negotiation_sim.catalogue.coded_case import CodedCase, latest
from negotiation_sim.catalogue.spreadsheets import read_sheet
from negotiation_sim.errors import CatalogueError, UsageError, nearest
from negotiation_sim.glance import glanced
from negotiation_sim.model.terms import MONTHS_PER_YEAR
from negotiation_sim.runs.ledger import Sealed
from negotiation_sim.runs.store import Run
from negotiation_sim.runs.store.files import file_sha256
from negotiation_sim.studies.finished_run import setting_of
from negotiation_sim.studies.history import scores
from negotiation_sim.studies.history.case_table import CASES
from negotiation_sim.studies.history.outside_view import (
    OutsideView,
    of_experiment,
    of_open_mandate,
)
from negotiation_sim.studies.history.splits import years_on
from negotiation_sim.studies.history.strategy_facts import first_day

EVENTS = {
    "mandate": "mandate_month", "adoption": "adoption_month",
    "entry_into_force": "entry_into_force_month", "success": "success_month",
}  # fmt: skip
DIGITS = 4
LONGEST = 9  # digits of a number of the ledger


def day_of(text: str, name: str = "by") -> date:
    """Return a day written YYYY-MM-DD.

    Raises
    ------
    UsageError
        Where it is not one.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{name}: '{text}' is not a day, written YYYY-MM-DD") from None


def months_between(first: date, last: date) -> int:
    """Return how many whole months of a run have ended by a day.

    Examples
    --------
    >>> months_between(date(2026, 1, 1), date(2026, 12, 31))
    12
    >>> months_between(date(2026, 1, 1), date(2026, 12, 30))
    11
    """
    after = date.fromordinal(last.toordinal() + 1)
    return 12 * (after.year - first.year) + after.month - first.month


def of_run(
    run: Run, strategy: str | None, event: str, resolves: str, by: str, today: date
) -> dict[str, Any]:
    """Return what a run's forecast seals: the chance of an event of a strategy by a day.

    Parameters
    ----------
    run : Run
    strategy : str, optional
        Needed where the run has several.
    event : {'mandate', 'adoption', 'entry_into_force', 'success'}
        Of the strategy's first track that negotiates a text.
    resolves : str
        How anybody will see whether it happened.
    by : str
        The day, YYYY-MM-DD; after today and within the run's horizon.
    today : date

    Raises
    ------
    UsageError
        With the argument that is wrong, and what is allowed.
    """
    if event not in EVENTS:
        raise UsageError(f"event: unknown '{event}'{nearest(event, EVENTS)}")
    if not resolves.strip():
        raise UsageError("resolves: say how one will see whether it happened")
    setting = setting_of(run)
    names = [each.name for each in setting.strategies]
    if strategy is None and len(names) > 1:
        raise UsageError(f"strategy: the run has {len(names)}; name one of them with --strategy")
    chosen = strategy or names[0]
    asked = of_experiment(setting, chosen)
    if not asked:
        raise UsageError(f"strategy: '{chosen}' negotiates no text")
    start, day = first_day(setting), day_of(by)
    horizon = round(setting.horizon_years * MONTHS_PER_YEAR)
    months = months_between(start, day)
    if day <= today:
        raise UsageError(f"by: {by} is not after today; what is over cannot be forecast")
    if not 0 < months <= horizon:
        raise UsageError(
            f"by: {by} is {months} months after the start, not between 1 and {horizon}"
        )
    rows = run.load()
    track = rows[(rows["strategy"] == chosen) & (rows["track"] == asked[0][0].track)]
    month = track[EVENTS[event]].to_numpy(dtype=float, na_value=np.nan)
    ends = [y * MONTHS_PER_YEAR for y in (5, 10, 15) if y * MONTHS_PER_YEAR <= horizon]
    return {
        "question": f"{setting.name}: {event.replace('_', ' ')} of {chosen} by {by}?",
        "p": _share(month, months), "by": by, "resolves": " ".join(resolves.split()),
        "version": __version__, "known_until": start.isoformat(), "event": event,
        "worlds": len(month),
        "p_at": {f"{end // MONTHS_PER_YEAR}y": _share(month, end) for end in ends},
        "outside": _outside(asked[0][1]), "run": f"{run.experiment}/{run.id}",
        "manifest": file_sha256(run.folder / "manifest.json"), "tables": dict(run.manifest["tables"]),
    }  # fmt: skip


def of_open(case: CodedCase, years: int, at: date) -> dict[str, Any]:
    """Return what an open mandate's outside view seals: the chance of a text by five or ten years.

    Parameters
    ----------
    case : CodedCase
        A row of ``live.csv``, which says how it will be resolved.
    years : int
        5 or 10, from the mandate.
    at : date
        What is known is known before this day.

    Raises
    ------
    UsageError
        Where the horizon is past, or too few cases were as old and still open.
    """
    view = of_open_mandate(case, at)
    by = years_on(latest(case.mandate), years).isoformat()
    if not view.chances.get(years):
        raise UsageError(f"'{case.id}': no forecast at {years} years from cases open at its age")
    return {
        "question": f"{case.name}: a text adopted by {by}, {years} years after its mandate?",
        "p": round(view.chance(years), DIGITS), "by": by, "resolves": case.resolution,
        "version": __version__, "known_until": at.isoformat(), "event": "adoption",
        "outside": _outside(view), "case": case.id, "cases": file_sha256(find_root() / CASES),
    }  # fmt: skip


def _share(month: np.ndarray, by: float) -> float:
    """Return the share of worlds by a month, half a world added on either side, never 0 or 1."""
    return round((float((month <= by).sum()) + 0.5) / (len(month) + 1.0), DIGITS)


def _outside(view: OutsideView) -> dict[str, Any]:
    """Return the outside view: its chances once there is a mandate, and whether it was tested."""
    said: dict[str, Any] = {
        f"{years}y": round(chance["mean"], DIGITS)
        for years, chance in view.chances.items()
        if chance
    }
    return said | {"tested": view.scope.tested, "missing": view.scope.missing}


@glanced
@dataclass(frozen=True)
class Score:
    """How the resolved forecasts of a ledger did.

    Parameters
    ----------
    rows : DataFrame
        ``number, question, p, outcome, brier``; outcome is not-a-number where not yet resolved.
    brier, log_score : float
        Means over the resolved; not-a-number where there are none.
    base_brier : float
        Of the share that happened, said of each; what there is to beat.
    overdue : list of int
        Numbers of forecasts whose day is over and whose outcome is not given.
    """

    rows: pd.DataFrame
    brier: float
    log_score: float
    base_brier: float
    overdue: list[int]


def read_outcomes(path: str | PathLike[str]) -> dict[int, float]:
    """Read a CSV file with the columns ``number`` and ``outcome`` (1 happened, 0 did not).

    Raises
    ------
    CatalogueError
        With line and column.
    """
    sheet = read_sheet(Path(path))
    for name in ("number", "outcome"):
        if name not in sheet.head:
            raise CatalogueError(str(path), 1, name, "no such column")
    found: dict[int, float] = {}
    for line, cells in sheet.rows:
        row = dict(zip_longest(sheet.head, cells, fillvalue=""))
        number, outcome = row["number"], row["outcome"]
        outcome = {"true": "1", "false": "0"}.get(outcome.casefold(), outcome)
        if not (number.isdecimal() and len(number) <= LONGEST) or int(number) in found:
            message = f"found '{number}', expected a number of the ledger, each once"
            raise CatalogueError(str(path), line, "number", message)
        if outcome not in ("0", "1"):
            message = f"found '{outcome}', expected 1 (happened) or 0 (did not)"
            raise CatalogueError(str(path), line, "outcome", message)
        found[int(number)] = float(outcome)
    return found


def score(sealed: Sequence[Sealed], outcomes: Mapping[int, float], today: date) -> Score:
    """Score the forecasts of a ledger by what happened.

    Raises
    ------
    UsageError
        Where an outcome is given for a number that the ledger does not have.
    """
    known = {each.number for each in sealed}
    for number in outcomes:
        if number not in known:
            raise UsageError(f"outcomes: the ledger has {len(known)} forecasts, no number {number}")
    rows = pd.DataFrame(
        {
            "number": [each.number for each in sealed],
            "question": [str(each.entry["question"]) for each in sealed],
            "p": [float(each.entry["p"]) for each in sealed],
            "outcome": [outcomes.get(each.number, math.nan) for each in sealed],
        }
    )
    rows["brier"] = (rows["p"] - rows["outcome"]) ** 2
    done = rows.dropna(subset=["outcome"])
    p, y = done["p"].to_numpy(), done["outcome"].to_numpy()
    overdue = [
        each.number
        for each in sealed
        if each.number not in outcomes and date.fromisoformat(str(each.entry["by"])) < today
    ]
    if not len(done):
        return Score(rows, math.nan, math.nan, math.nan, overdue)
    base = scores.brier(np.full(len(y), y.mean()), y)
    return Score(rows, scores.brier(p, y), scores.log_score(p, y), base, overdue)
