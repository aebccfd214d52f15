"""Per strategy: how likely, how long, what text; from replicate tables of any length.

:class:`SummaryAccumulator` keeps counts, histograms by month and sums of whole billionths, so its
memory does not grow with the replicates and its tables do not depend on how they were cut.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from negotiation_sim.analysis.counts import Chunk, StrategyCounts
from negotiation_sim.analysis.intervals import wilson
from negotiation_sim.analysis.replicates import (
    CAUSES,
    MILESTONES,
    NEVER,
    Grouping,
    codes_of,
    combine_tracks,
    errors_of,
    months_of,
    strategy_outcomes,
)
from negotiation_sim.analysis.success import Rule
from negotiation_sim.model.terms import MONTHS_PER_YEAR

__all__ = ["SummaryAccumulator", "strategy_outcomes", "summary_table"]

SUMMARY_COLUMNS = (
    "strategy", "replicates", "p_success", "p_success_low", "p_success_high", "p_mandate",
    "p_adopted", "p_in_force", "median_years", "mean_form", "mean_scope", "mean_participation",
    "main_cause",
)  # fmt: skip
STEPS = ("mandate", "adopted", "in_force", "success")
TEXT_CELLS = 50
_WORLD_COLUMNS = ("events", "events_avoided", "violations")


def summary_table(
    rows: pd.DataFrame,
    succeeds_when: Mapping[str, Rule],
    deadline_months: int,
    horizon_months: int,
    *,
    level: float = 0.95,
    pledge_initiatives: Sequence[str] = ("pledges",),
) -> pd.DataFrame:
    """Return one row per strategy from a replicate table held in memory.

    See :meth:`SummaryAccumulator.table` for the columns.
    """
    summary = SummaryAccumulator(
        succeeds_when, deadline_months, horizon_months, pledge_initiatives=pledge_initiatives
    )
    summary.update(rows)
    return summary.table(level)


def likeliest_first(summary: pd.DataFrame) -> pd.DataFrame:
    """Return a summary in the one order of tables and figures.

    Likeliest to succeed first; of equals the one that gets further (in force, adopted, mandate), then
    the order of the table; pledges alone, which have no probability, at the end.

    Parameters
    ----------
    summary : DataFrame
        With ``p_success``; the other shares are used where they are there.
    """
    ranked = ["p_success", "p_in_force", "p_adopted", "p_mandate"]
    by = [name for name in ranked if name in summary]
    answer: pd.DataFrame = summary.sort_values(by, ascending=False, kind="stable")
    return answer


def in_order(table: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Return the rows of a table with a column ``strategy`` in the order of some names.

    Rows of strategies that are not named come last, in their own order.
    """
    place = {name: number for number, name in enumerate(names)}
    rank = table["strategy"].astype(str).map(place).fillna(len(place))
    answer: pd.DataFrame = table.iloc[np.argsort(rank.to_numpy(), kind="stable")]
    return answer


class SummaryAccumulator:
    """Reads replicate tables in chunks and keeps only counts.

    Parameters
    ----------
    succeeds_when : mapping
        ``{strategy: 'all' | 'any' | [tracks]}``; also gives the order of the table's rows.
    deadline_months, horizon_months : int
    pledge_initiatives : sequence of str
        Initiatives whose strategies report coverage and no success.

    Notes
    -----
    Means are sums of whole billionths divided once; each value is off by at most 5e-10. Chunks
    must hold whole replicates (:func:`negotiation_sim.analysis.replicates.whole_replicates`).
    """

    def __init__(
        self,
        succeeds_when: Mapping[str, Rule],
        deadline_months: int,
        horizon_months: int,
        *,
        pledge_initiatives: Sequence[str] = ("pledges",),
    ) -> None:
        self.succeeds_when = dict(succeeds_when)
        self.deadline = int(deadline_months)
        self.horizon = int(horizon_months)
        self.pledge_initiatives = tuple(pledge_initiatives)
        self._by_strategy: dict[str, StrategyCounts] = {}

    def update(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Count a chunk of whole replicates; return its rows per strategy and replicate."""
        grouping = Grouping(rows, self.succeeds_when, self.pledge_initiatives)
        outcomes = combine_tracks(rows, grouping, self.deadline)
        by_strategy = [
            self._by_strategy.setdefault(n, StrategyCounts(self.horizon)) for n in grouping.names
        ]
        chunk, ok = Chunk(by_strategy), errors_of(outcomes) == ""
        owner = grouping.strategy[grouping.first]
        chunk.add_number("replicates", owner[ok])
        chunk.add_number("errors", owner[~ok])
        alone = chunk.counts(owner, grouping.pledges_only, 2)[:, 1]
        for counted, count in zip(by_strategy, alone.tolist(), strict=True):
            counted.pledges_only |= count > 0
        self._count(chunk, outcomes, owner, ok)
        self._measure(chunk, rows, grouping, ok)
        return outcomes

    def plain(self) -> dict[str, Any]:
        """Return all counts as whole numbers that JSON holds; :meth:`add` takes them."""
        return {name: counted.plain() for name, counted in self._by_strategy.items()}

    def add(self, other: Mapping[str, Any]) -> None:
        """Add what :meth:`plain` gave of other replicates."""
        for name, counts in other.items():
            self._by_strategy.setdefault(name, StrategyCounts(self.horizon)).add(counts)

    @staticmethod
    def _count(chunk: Chunk, outcomes: pd.DataFrame, owner: np.ndarray, ok: np.ndarray) -> None:
        """Count milestones, endings and causes of the replicates without an error."""
        for name in ("timely_any", "timely_all"):
            chunk.add_number(name, owner[ok & outcomes[name].to_numpy(dtype=bool)])
        for name in MILESTONES:
            months = months_of(outcomes, name)
            reached = ok & (months < NEVER)
            chunk.add_months(name, owner[reached], months[reached])
        ending, words = codes_of(outcomes["ending"])
        end_month = outcomes["end_month"].to_numpy()
        for name in ("withdrawn", "dissolved"):
            mine = ok & (ending == (words.index(name) if name in words else -1))
            chunk.add_months(name, owner[mine], end_month[mine])
        chunk.add_causes(owner[ok], outcomes["cause"].cat.codes.to_numpy()[ok].astype(np.int64))

    def _measure(
        self, chunk: Chunk, rows: pd.DataFrame, grouping: Grouping, ok: np.ndarray
    ) -> None:
        """Add sums over replicates: world, pledges, and texts adopted in time."""
        first, owner = grouping.first, grouping.strategy[grouping.first]
        for name in _WORLD_COLUMNS:
            if name in rows:
                chunk.add_sum(name, owner[ok], rows[name].to_numpy(dtype=float)[first[ok]])
        if "pledge_coverage" in rows:
            coverage = rows["pledge_coverage"].to_numpy(dtype=float)
            most = np.maximum.reduceat(coverage, first)
            chunk.add_sum("pledge_coverage", owner[ok], most[ok])
        adopted = months_of(rows, "adoption_month") <= self.deadline
        adopted &= grouping.counted & ok[grouping.group]
        for name in rows.columns:
            if name == "participation" or name.startswith("text_"):
                values = rows[name].to_numpy(dtype=float)[adopted]
                chunk.add_sum(name, grouping.strategy[adopted], values)
        if "text_form" in rows and "text_scope" in rows and adopted.any():
            self._bin_texts(chunk, rows, grouping.strategy, adopted)

    @staticmethod
    def _bin_texts(
        chunk: Chunk, rows: pd.DataFrame, strategy: np.ndarray, adopted: np.ndarray
    ) -> None:
        """Count adopted texts per track on a grid over form and scope."""
        form = rows["text_form"].to_numpy(dtype=float)
        scope = rows["text_scope"].to_numpy(dtype=float)
        use = adopted & ~np.isnan(form) & ~np.isnan(scope)
        cell = np.rint(form[use] * TEXT_CELLS).astype(int) * (TEXT_CELLS + 1)
        cell += np.rint(scope[use] * TEXT_CELLS).astype(int)
        track, names = codes_of(rows["track_name"])
        chunk.add_cells(strategy[use], track[use], names, cell)

    def _in_order(self) -> list[tuple[str, StrategyCounts]]:
        names = [name for name in self.succeeds_when if name in self._by_strategy]
        names += sorted(name for name in self._by_strategy if name not in self.succeeds_when)
        return [(name, self._by_strategy[name]) for name in names]

    def successes(self) -> dict[str, tuple[int, int]]:
        """Return ``{strategy: (timely successes, replicates)}``, pledges-only ones left out."""
        return {
            name: (counted.by("success_month", self.deadline), counted.replicates)
            for name, counted in self._in_order()
            if not counted.pledges_only
        }

    def table(self, level: float = 0.95) -> pd.DataFrame:
        """Return the summary: one row per strategy, in the order of ``succeeds_when``.

        Returns
        -------
        DataFrame
            ``replicates`` counts those without an error (``errors`` the others). ``p_success`` is
            the share of timely success with Wilson's interval; ``p_mandate``, ``p_adopted`` and
            ``p_in_force`` are shares *by the deadline*, tracks combined as for success.
            ``median_years`` is the time by which half of all replicates have succeeded, missing if
            fewer do within the horizon. ``mean_form``, ``mean_scope`` (any ``mean_<issue>``) and
            ``mean_participation`` are over the counted tracks adopted by the deadline.
            ``main_cause`` is the commonest cause of failure (ties: the earlier milestone; ``none``
            if nothing failed). After these: intervals of the other shares, ``p_any`` and ``p_all``
            (timely success of any and of all tracks), ``p_by_horizon``, means per replicate of
            events, events avoided and violations, ``mean_pledge_coverage``, ``errors``.
            A strategy of pledges alone has coverage and no shares.

        Notes
        -----
        After a run stopped by precision pass ``stopping_level(level)``.
        """
        rows = [
            summary_row(name, counted, self.deadline, level) for name, counted in self._in_order()
        ]
        table = pd.DataFrame(rows)
        return table if len(table) else pd.DataFrame(columns=list(SUMMARY_COLUMNS))

    def funnel(self, level: float = 0.95) -> pd.DataFrame:
        """Return ``strategy, step, count, share, low, high`` by the deadline; it never widens."""
        rows = []
        for name, counted in self._in_order():
            if not counted.pledges_only:
                counts = {"started": counted.replicates} | {
                    step: counted.by(month, self.deadline)
                    for step, month in zip(STEPS, MILESTONES, strict=True)
                }
                rows += [
                    {"strategy": name, "step": step, "count": count}
                    | _share(count, counted.replicates, level)
                    for step, count in counts.items()
                ]
        return pd.DataFrame(rows, columns=["strategy", "step", "count", "share", "low", "high"])

    def incidence(self) -> pd.DataFrame:
        """Return ``strategy, month, mandated, adopted, in_force, success, withdrawn, dissolved``.

        Shares of all replicates by each month from 0 to the horizon. Nothing is censored before
        the horizon, so these are the Aalen-Johansen curves.
        """
        names = (*MILESTONES, "withdrawn", "dissolved")
        words = ("mandated", "adopted", "in_force", "success", "withdrawn", "dissolved")
        tables = [
            pd.DataFrame(
                {"strategy": strategy, "month": np.arange(self.horizon + 1)}
                | {
                    word: np.cumsum(counted.months[name]) / counted.replicates
                    for word, name in zip(words, names, strict=True)
                }
            )
            for strategy, counted in self._in_order()
            if counted.replicates and not counted.pledges_only
        ]
        columns = ["strategy", "month", *words]
        return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=columns)

    def texts(self) -> pd.DataFrame:
        """Return ``strategy, track_name, form, scope, count`` of texts adopted by the deadline.

        Rounded to the nearest fiftieth.
        """
        rows = []
        for name, counted in self._in_order():
            for track in sorted(counted.cells):
                for cell, count in sorted(counted.cells[track].items()):
                    form, scope = divmod(cell, TEXT_CELLS + 1)
                    rows.append((name, track, form / TEXT_CELLS, scope / TEXT_CELLS, count))
        return pd.DataFrame(rows, columns=["strategy", "track_name", "form", "scope", "count"])


def _share(count: int, n: int, level: float) -> dict[str, float]:
    low, high = wilson(count, n, level)
    return {"share": count / n if n else float("nan"), "low": low, "high": high}


def summary_row(
    name: str, counted: StrategyCounts, deadline: int, level: float
) -> dict[str, object]:
    n = counted.replicates
    empty = counted.pledges_only or not n
    counts = {
        step: counted.by(month, deadline) for step, month in zip(STEPS, MILESTONES, strict=True)
    }
    shares = {step: _share(count, n, level) for step, count in counts.items()}
    if empty:
        shares = {step: dict.fromkeys(("share", "low", "high"), float("nan")) for step in STEPS}
    row: dict[str, object] = {"strategy": name, "replicates": n}
    row |= {
        "p_success": shares["success"]["share"],
        "p_success_low": shares["success"]["low"],
        "p_success_high": shares["success"]["high"],
    }
    row |= {f"p_{step}": shares[step]["share"] for step in STEPS[:-1]}
    row["median_years"] = float("nan") if empty else _median_years(counted)
    issues = [key[5:] for key in counted.sums if key.startswith("text_")]
    row |= {f"mean_{issue}": counted.mean(f"text_{issue}") for issue in ("form", "scope")}
    row["mean_participation"] = counted.mean("participation")
    row["main_cause"] = "" if empty else _main_cause(counted)
    row |= {f"mean_{issue}": counted.mean(f"text_{issue}") for issue in issues}
    for step in STEPS[:-1]:
        row |= {f"p_{step}_{end}": shares[step][end] for end in ("low", "high")}
    row["p_any"] = float("nan") if empty else counted.timely_any / n
    row["p_all"] = float("nan") if empty else counted.timely_all / n
    row["p_by_horizon"] = (
        float("nan") if empty else counted.by("success_month", counted.horizon) / n
    )
    row |= {f"mean_{name}": counted.mean(name) for name in (*_WORLD_COLUMNS, "pledge_coverage")}
    row["errors"] = counted.errors
    return row


def _median_years(counted: StrategyCounts) -> float:
    """Return the first month by which half of all replicates have succeeded, in years."""
    reached = np.flatnonzero(2 * np.cumsum(counted.months["success_month"]) >= counted.replicates)
    return float(reached[0]) / MONTHS_PER_YEAR if len(reached) else float("nan")


def _main_cause(counted: StrategyCounts) -> str:
    failures = counted.causes[1:]
    return CAUSES[1 + int(np.argmax(failures))] if failures.any() else "none"
