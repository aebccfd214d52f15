"""From the replicate table (one row per track) to one row per strategy and replicate.

How the milestones of a strategy's tracks combine is said in :mod:`negotiation_sim.analysis.success`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from negotiation_sim.analysis.success import Rule, success_rule
from negotiation_sim.model.terms import Cause, label
from negotiation_sim.words.strategies import track_parts

NEVER = 32767
MILESTONES = ("mandate_month", "adoption_month", "entry_into_force_month", "success_month")
KEY = ("strategy", "seed", "belief", "chance")
LATE = "late"
CAUSES = (*tuple(label(cause) for cause in Cause), LATE)
_CAUSE_CODE = {name: code for code, name in enumerate(CAUSES)}
_ENDED = ("withdrawn", "dissolved")


def whole_replicates(chunks: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    """Yield the same rows, cut so that no replicate is split between two chunks.

    Rows of one replicate of a strategy must follow one another, as the engines write them.
    """
    held = None
    for chunk in chunks:
        if not len(chunk):
            continue
        whole = chunk if held is None else pd.concat([held, chunk], ignore_index=True)
        cut = int(np.flatnonzero(replicate_starts(whole))[-1])
        held = whole.iloc[cut:]
        if cut:
            yield whole.iloc[:cut]
    if held is not None:
        yield held


def replicate_starts(rows: pd.DataFrame) -> np.ndarray:
    """Return, per row, whether it is the first of its strategy and replicate."""
    starts = np.zeros(len(rows), dtype=bool)
    starts[:1] = True
    for name in KEY:
        if name in rows:
            codes = codes_of(rows[name])[0] if name == "strategy" else rows[name].to_numpy()
            starts[1:] |= codes[1:] != codes[:-1]
    return starts


def codes_of(column: pd.Series) -> tuple[np.ndarray, list[str]]:
    """Return integer codes and names of a column of words; a missing word is the empty one."""
    codes, names = pd.factorize(column, use_na_sentinel=False)
    return codes, ["" if pd.isna(name) else str(name) for name in names]


def errors_of(rows: pd.DataFrame) -> np.ndarray:
    """Return the error message of each row, empty where there is none."""
    if "error" not in rows:
        return np.full(len(rows), "", dtype=object)
    codes, names = codes_of(rows["error"])
    answer: np.ndarray = np.array(names, dtype=object)[codes]
    return answer


def months_of(rows: pd.DataFrame, name: str) -> np.ndarray:
    """Return a month column as plain integers, ``NEVER`` where it is missing."""
    return rows[name].to_numpy(dtype=np.int32, na_value=NEVER)


class Grouping:
    """Which rows belong together, and which tracks count towards the strategy's success.

    Parameters
    ----------
    rows : DataFrame
        Whole replicates of the replicate table.
    succeeds_when : mapping of str to 'all', 'any' or list of int
        Per strategy; a strategy that is not named needs all its tracks.
    pledge_initiatives : sequence of str
        Initiatives of pledges alone: a track named ``<initiative>@<venue>`` after one of these
        never counts as success.
    """

    def __init__(
        self,
        rows: pd.DataFrame,
        succeeds_when: Mapping[str, Rule],
        pledge_initiatives: Sequence[str] = ("pledges",),
    ) -> None:
        starts = replicate_starts(rows)
        self.first = np.flatnonzero(starts)
        self.group = np.cumsum(starts) - 1
        self.strategy, self.names = codes_of(rows["strategy"])
        self.track = rows["track"].to_numpy()
        n_tracks = self._refuse_cut_replicates(errors_of(rows) != "")
        places = (self.strategy, self.track)
        pledges, counted, chosen = np.zeros((3, len(self.names), max(n_tracks, default=0)), bool)
        pledges[places] = self._pledge_rows(rows, pledge_initiatives)
        rules = []
        for code, (name, n) in enumerate(zip(self.names, n_tracks, strict=True)):
            rule = success_rule(succeeds_when.get(name, "all"), pledges[code, :n])
            counted[code, :n], chosen[code, :n] = rule.counted, rule.chosen
            rules.append(rule)
        self.counted, self.chosen = counted[places], chosen[places]
        owner = self.strategy[self.first]
        self.any_rule = np.array([rule.any_rule for rule in rules], bool)[owner]
        self.pledges_only = np.array([rule.pledges_only for rule in rules], bool)[owner]

    def _refuse_cut_replicates(self, failed: np.ndarray) -> list[int]:
        """Return how many tracks each strategy has; ValueError where a replicate lacks some."""
        sizes = np.diff(np.append(self.first, len(self.group)))
        most = np.zeros(len(self.names), dtype=int)
        np.maximum.at(most, self.strategy, self.track + 1)
        short = (sizes != most[self.strategy[self.first]]) & ~failed[self.first]
        if short.any():
            name = self.names[self.strategy[self.first[np.flatnonzero(short)[0]]]]
            raise ValueError(
                f"{name}: a replicate without all its tracks; pass chunks through whole_replicates"
            )
        return [int(n) for n in most]

    @staticmethod
    def _pledge_rows(rows: pd.DataFrame, initiatives: Sequence[str]) -> np.ndarray:
        if "track_name" not in rows:
            return np.zeros(len(rows), dtype=bool)
        codes, names = codes_of(rows["track_name"])
        answer: np.ndarray = np.array([track_parts(name)[0] in initiatives for name in names])[
            codes
        ]
        return answer

    def earliest(self, months: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Return, per replicate, the least month over the rows marked."""
        return np.minimum.reduceat(np.where(rows, months, NEVER), self.first)

    def latest(self, months: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Return, per replicate, the greatest month over the rows marked."""
        return np.maximum.reduceat(np.where(rows, months, 0), self.first)

    def combined(self, months: np.ndarray) -> np.ndarray:
        """Return the strategy's month: the earliest under ``any``, else the latest."""
        return np.where(
            self.any_rule, self.earliest(months, self.chosen), self.latest(months, self.chosen)
        )

    def combined_end(self, months: np.ndarray) -> np.ndarray:
        """Return when success became impossible: the last end under ``any``, else the first."""
        return np.where(
            self.any_rule, self.latest(months, self.chosen), self.earliest(months, self.chosen)
        )


def strategy_outcomes(
    rows: pd.DataFrame,
    succeeds_when: Mapping[str, Rule],
    deadline_months: int,
    pledge_initiatives: Sequence[str] = ("pledges",),
) -> pd.DataFrame:
    """Return one row per strategy and replicate.

    Parameters
    ----------
    rows : DataFrame
        Replicate table (a chunk of whole replicates, rows of one replicate together).
    succeeds_when : mapping
        ``{strategy: 'all' | 'any' | [tracks]}``.
    deadline_months : int
        Success counts as timely up to and including this month.
    pledge_initiatives : sequence of str

    Returns
    -------
    DataFrame
        ``strategy, seed, belief, chance``; ``pledges_only``; the strategy's four milestones in
        months (missing: never); ``timely`` by its own rule, ``timely_any`` and ``timely_all``;
        ``ending`` and ``end_month`` of the strategy as a whole; ``cause, blockers, main_blocker,
        main_term, missing_participation`` of the track that decided a failure; ``error``.

    Notes
    -----
    Where all tracks must succeed, the strategy ends with the first counted track that is withdrawn
    or dissolved, and its cause is that of the failing track whose missed milestone comes first.
    Where any will do, it ends when the last one has ended, and the cause is that of the track that
    came furthest. Failing tracks that did succeed, after a ``deadline_months`` shorter than the
    run's own, have the cause ``late``.
    """
    grouping = Grouping(rows, succeeds_when, pledge_initiatives)
    return combine_tracks(rows, grouping, deadline_months)


def combine_tracks(rows: pd.DataFrame, grouping: Grouping, deadline_months: int) -> pd.DataFrame:
    """Return :func:`strategy_outcomes` for rows already grouped."""
    head = rows.iloc[grouping.first]
    strategy = grouping.strategy[grouping.first]
    out: dict[str, Any] = {
        "strategy": pd.Categorical.from_codes(strategy, pd.Index(grouping.names))
    }
    out |= {name: head[name].to_numpy() for name in KEY[1:] if name in rows}
    out["pledges_only"] = grouping.pledges_only
    for name in MILESTONES:
        out[name] = _nullable(grouping.combined(months_of(rows, name)))
    success = months_of(rows, "success_month")
    out["timely"] = grouping.combined(success) <= deadline_months
    out["timely_any"] = grouping.earliest(success, grouping.counted) <= deadline_months
    out["timely_all"] = grouping.latest(success, grouping.counted) <= deadline_months
    out["ending"], out["end_month"] = _endings(rows, grouping)
    out |= _failures(rows, grouping, success > deadline_months, out["timely"])
    out["error"] = _first_error(rows, grouping)
    return pd.DataFrame(out)


def _nullable(months: np.ndarray) -> pd.arrays.IntegerArray:
    return pd.arrays.IntegerArray(months.astype(np.int16), months == NEVER)


def _endings(rows: pd.DataFrame, grouping: Grouping) -> tuple[pd.Categorical[str], np.ndarray]:
    """Return how and when each strategy ended: its own success, a competing end, or censored."""
    codes, names = codes_of(rows["ending"])
    ended = np.isin(codes, [names.index(name) for name in _ENDED if name in names])
    end_month = months_of(rows, "end_month")
    months = np.where(ended, end_month, NEVER)
    success = grouping.combined(months_of(rows, "success_month"))
    competing = np.where(success < NEVER, NEVER, grouping.combined_end(months))
    dissolved = np.array([name == "dissolved" for name in names])[codes]
    by_dissolution = np.bitwise_or.reduceat(
        dissolved & grouping.chosen & (months == competing[grouping.group]), grouping.first
    )
    ending = np.select([success < NEVER, competing == NEVER, by_dissolution], [1, 0, 3], default=2)
    last = grouping.latest(end_month, grouping.chosen)
    month = np.select([success < NEVER, competing < NEVER], [success, competing], default=last)
    words = ["censored", "success", "withdrawn", "dissolved"]
    return pd.Categorical.from_codes(ending, pd.Index(words)), month.astype(np.int16)


def _failures(
    rows: pd.DataFrame, grouping: Grouping, missed: np.ndarray, timely: np.ndarray
) -> dict[str, object]:
    """Return cause and blockers of the track that decided each failure."""
    codes, names = codes_of(rows["cause"])
    unknown = [name for name in names if name and name not in _CAUSE_CODE]
    if unknown:
        raise ValueError(f"cause: {unknown} is not of {list(CAUSES)}")
    cause = np.array([_CAUSE_CODE[name or "none"] for name in names])[codes]
    cause = np.where(missed & (cause == 0), _CAUSE_CODE[LATE], cause)
    rank = np.where(grouping.any_rule[grouping.group], -cause, cause)
    rank = np.where(missed & grouping.chosen, rank, NEVER)
    deciding = np.lexsort((np.arange(len(rank)), rank, grouping.group))[grouping.first]
    out: dict[str, object] = {
        "cause": pd.Categorical.from_codes(np.where(timely, 0, cause[deciding]), pd.Index(CAUSES))
    }
    for name in ("blockers", "main_blocker", "main_term"):
        if name in rows:
            words = rows[name].to_numpy(dtype=object)[deciding]
            out[name] = np.where(timely | pd.isna(words), "", words)
    if "missing_participation" in rows:
        share = rows["missing_participation"].to_numpy(dtype=float)[deciding]
        out["missing_participation"] = np.where(timely, 0.0, share)
    return out


def _first_error(rows: pd.DataFrame, grouping: Grouping) -> np.ndarray:
    """Return the first error message among the tracks of each replicate, empty if none."""
    words = errors_of(rows)
    out = np.full(len(grouping.first), "", dtype=object)
    for row in np.flatnonzero(words != "")[::-1]:
        out[grouping.group[row]] = words[row]
    return out
