"""What each strategy comes to in each world: how soon, with whom, on what text.

Two measures have a better side and a value in every world: time to success (never is worst) and
participation (none where no text is adopted). A text has no better side, and no value where none
is adopted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from negotiation_sim.analysis.pairing import matrices_of
from negotiation_sim.analysis.replicates import (
    NEVER,
    Grouping,
    combine_tracks,
    months_of,
)
from negotiation_sim.analysis.success import Rule
from negotiation_sim.model.terms import MONTHS_PER_YEAR

YEARS, PARTICIPATION = "years to success", "participation"
_HUNDREDTHS = 100


@dataclass(frozen=True)
class Measure:
    """One measure of an outcome, worlds by strategies.

    Parameters
    ----------
    name : str
        ``years to success``, ``participation`` or an issue of the text; that of a strategy's
        second text ends in ``, text 2``, and so on.
    values : array
        Years are infinite where success never comes within the horizon. Participation and text
        are missing where nothing is adopted within it.
    gains : array of int, optional
        The same where more is better and worst is 0, in equal steps: months by which success
        comes before the end (the horizon's last month counts 1), hundredths of participation.
        None for a text.
    step : float
        One step of the gain, in the unit of the measure.
    """

    name: str
    values: np.ndarray
    gains: np.ndarray | None = None
    step: float = 1.0

    def at(self, gain: int, horizon_months: int) -> float:
        """Return the years, or the participation, at which a strategy does better than a gain."""
        if self.name == YEARS:
            return (horizon_months - gain) / MONTHS_PER_YEAR
        return (gain + 1) * self.step


@dataclass(frozen=True)
class Measures:
    """All measures of the strategies of a run on the same worlds.

    Parameters
    ----------
    strategies : list of str
    known : array of bool
        Worlds by strategies: whether the strategy has a result there.
    each : list of Measure
    horizon_months : int
    """

    strategies: list[str]
    known: np.ndarray
    each: list[Measure]
    horizon_months: int

    def places(self, first: str, second: str) -> tuple[int, int]:
        """Return the columns of two strategies."""
        return self.strategies.index(first), self.strategies.index(second)

    def common(self, i: int, j: int) -> np.ndarray:
        """Return which worlds two strategies have both met."""
        both: np.ndarray = self.known[:, i] & self.known[:, j]
        return both

    def ordered(self) -> Iterator[Measure]:
        """Yield the measures that have a better side."""
        return (measure for measure in self.each if measure.gains is not None)


def outcomes_with_texts(
    rows: pd.DataFrame,
    succeeds_when: Mapping[str, Rule],
    deadline_months: int,
    pledge_initiatives: Sequence[str] = ("pledges",),
) -> pd.DataFrame:
    """Return ``strategy_outcomes`` with what each of a strategy's texts came to beside it.

    Returns
    -------
    DataFrame
        With ``participation`` and one column per issue, named by it, of the first track that
        counts, ``participation, text 2`` and so on of the next; missing where no text is adopted
        within the horizon.
    """
    grouping = Grouping(rows, succeeds_when, pledge_initiatives)
    return with_texts(rows, grouping, combine_tracks(rows, grouping, deadline_months))


def with_texts(rows: pd.DataFrame, grouping: Grouping, outcomes: pd.DataFrame) -> pd.DataFrame:
    """Return :func:`outcomes_with_texts` of outcomes already made from grouped rows."""
    counted = np.cumsum(grouping.counted)
    before = (counted - grouping.counted)[grouping.first]
    place = counted - before[grouping.group]
    adopted = grouping.counted & (months_of(rows, "adoption_month") < NEVER)
    issues = [name[5:] for name in rows.columns if name.startswith("text_")]
    found: dict[str, np.ndarray] = {}
    for number in range(1, int(place.max()) + 1 if len(place) else 1):
        mine = np.flatnonzero(adopted & (place == number))
        label = "" if number == 1 else f", text {number}"
        for name in (PARTICIPATION, *issues):
            column = name if name == PARTICIPATION else f"text_{name}"
            values = np.full(len(outcomes), np.nan)
            values[grouping.group[mine]] = rows[column].to_numpy(dtype=float)[mine]
            found[name + label] = values
    return outcomes.assign(**found)


def measures_of(outcomes: pd.DataFrame, horizon_months: int) -> Measures:
    """Return the measures of :func:`outcomes_with_texts`, worlds by strategies.

    Columns of a text that no strategy has adopted are left out.
    """
    texts = list(outcomes.columns)[_texts_begin(outcomes) :]
    columns = {name: outcomes[name].to_numpy(dtype=float) for name in texts}
    months = months_of(outcomes, "success_month").astype(float)
    columns[YEARS] = np.where(months == NEVER, np.inf, months)
    found = matrices_of(outcomes, columns)
    strategies = [str(name) for name in found[YEARS].columns]
    times = found[YEARS].to_numpy(dtype=float)
    known = ~np.isnan(times)
    soon = np.where(np.isfinite(times), horizon_months + 1.0 - times, 0.0)
    gains = np.clip(soon, 0.0, None).astype(np.int64)
    each = [Measure(YEARS, times / MONTHS_PER_YEAR, gains, 1.0 / MONTHS_PER_YEAR)]
    for name in texts:
        values = found[name].to_numpy(dtype=float)
        if name.startswith(PARTICIPATION):
            shares = np.rint(_HUNDREDTHS * np.nan_to_num(values)).astype(np.int64)
            each.append(Measure(name, values, shares, 1.0 / _HUNDREDTHS))
        elif not np.isnan(values).all():
            each.append(Measure(name, values))
    return Measures(strategies, known, each, horizon_months)


def _texts_begin(outcomes: pd.DataFrame) -> int:
    """Return the place of the first column that :func:`outcomes_with_texts` has added."""
    columns = list(outcomes.columns)
    return columns.index(PARTICIPATION) if PARTICIPATION in columns else len(columns)
