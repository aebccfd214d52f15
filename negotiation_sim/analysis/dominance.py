"""Is one strategy ahead of another wherever one looks? Stochastic dominance on the same worlds."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from negotiation_sim.analysis.comparison import holm, mcnemar
from negotiation_sim.analysis.intervals import paired_difference, wilson
from negotiation_sim.analysis.measures import Measure, Measures
from negotiation_sim.analysis.pairing import add_up

SWAPS = 499
_FEWEST_SWAPS = 199
_MOST_DRAWN = 60_000_000
_BLOCK = 4_000_000
FIRST, SECOND, CROSSING, OPEN = "first dominates", "second dominates", "crossing", "open"
# By whether "the first is never behind" and "the second is never behind" are rejected.
VERDICTS = {(False, True): FIRST, (True, False): SECOND, (True, True): CROSSING}
_COLUMNS = [
    "first", "second", "measure", "order", "worlds", "lead", "lead_at", "lag", "lag_at",
    "p_first_never_behind", "p_second_never_behind", "p_first_holm", "p_second_holm", "verdict",
]  # fmt: skip
_JOINT_COLUMNS = [
    "first", "second", "worlds", "first_ahead", "first_low", "first_high", "second_ahead",
    "second_low", "second_high", "mixed", "mixed_low", "mixed_high", "alike", "alike_low",
    "alike_high", "difference", "low", "high", "p_value", "p_holm", "settled",
]  # fmt: skip


class _Swaps:
    """How often each strategy exceeds each gain, with the signs of the worlds drawn at random.

    Swapping the two strategies of a pair within a world turns the sign of that world's part of
    their difference. The same signs serve all pairs, so that each strategy is gone through once.
    """

    def __init__(self, measures: Measures, swaps: int | None, seed: int) -> None:
        self.measures, self.seed = measures, seed
        fitting = _MOST_DRAWN // max(1, len(measures.known))
        self.swaps = max(_FEWEST_SWAPS, min(SWAPS, fitting)) if swaps is None else swaps
        self._signs: dict[bytes, np.ndarray] = {}
        self._found: dict[tuple[int, str, bytes], dict[int, tuple[np.ndarray, np.ndarray]]] = {}

    def of(
        self, measure: Measure, column: int, worlds: np.ndarray
    ) -> dict[int, tuple[np.ndarray, np.ndarray]]:
        """Return worlds above each gain, counted, and summed under each drawing of signs.

        By order: the areas under both from the worst gain up are the second.
        """
        key = (column, measure.name, worlds.tobytes())
        if key not in self._found:
            assert measure.gains is not None
            levels = int(measure.gains.max()) if measure.gains.size else 0
            gains = measure.gains[worlds, column]
            counted = np.bincount(gains, minlength=levels + 1)
            signed = np.zeros((levels + 1, self.swaps), dtype=np.float32)
            self._add(signed, gains)
            count = np.cumsum(counted[:0:-1])[::-1].astype(float)
            drawn = add_up(signed[:0:-1])[::-1]
            self._found[key] = {1: (count, drawn), 2: (np.cumsum(count), add_up(drawn.copy()))}
        return self._found[key]

    def _add(self, signed: np.ndarray, gains: np.ndarray) -> None:
        step = max(1, _BLOCK // self.swaps)
        rng = np.random.default_rng(self.seed)
        for start in range(0, len(gains), step):
            part = gains[start : start + step]
            signs = self._drawn(rng, len(part), start, len(gains) <= step)
            order = np.argsort(part, kind="stable")
            order = order[np.searchsorted(part[order], 1) :]
            if len(order):
                found, begins = np.unique(part[order], return_index=True)
                signed[found] += np.add.reduceat(signs[order], begins, axis=0, dtype=np.int32)

    def _drawn(self, rng: np.random.Generator, n: int, start: int, keep: bool) -> np.ndarray:
        key = b"%d" % n
        if keep and start == 0 and key in self._signs:
            return self._signs[key]
        signs = 2 * rng.integers(0, 2, size=(n, self.swaps), dtype=np.int8) - 1
        if keep:
            self._signs[key] = signs
        return signs


def dominance_table(
    measures: Measures,
    pairs: Sequence[tuple[str, str]],
    *,
    level: float = 0.95,
    swaps: int | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """Test first- and second-order dominance of every pair, in time and in participation.

    Parameters
    ----------
    measures : Measures
    pairs : sequence of (str, str)
    level : float
    swaps : int, optional
        Default 499; fewer, but at least 199, where there are more than 120,000 worlds.
    seed : int

    Returns
    -------
    DataFrame
        ``first, second, measure``; ``order`` 1 or 2; ``worlds``; ``lead``, by how much the first
        is ahead at most, and ``lead_at``, at which years or participation; ``lag`` and
        ``lag_at``, by how much it is behind; p-values of "the first is never behind" and "the
        second is never behind", and both corrected (Holm, over all pairs' hypotheses of the same
        measure and order); ``verdict``: ``first dominates`` if only the second's hypothesis is
        rejected, ``second dominates`` if only the first's is, ``crossing`` if both are, ``open``
        if none.

    Notes
    -----
    First order compares the shares of worlds that do better than each level: success by each
    month of the horizon, participation above each hundredth (0 where nothing is adopted). The
    dominating strategy is preferred by whoever wants more, whatever the preference. Second order
    compares the areas under these shares from the worst level up (never, nothing): it is
    preferred by whoever is also averse to risk. What happens beyond the horizon counts as never
    in both. ``lead`` and ``lag`` are shares of worlds (first order), years or shares of
    capability (second).

    Statistic: the greatest violation of the hypothesis over all levels. Its law where the two
    coincide, the least favourable case, comes from swapping the two within each world with
    probability one half: exact where the two are exchangeable, however few the worlds. A verdict
    of dominance says that the one is surely ahead somewhere and nowhere surely behind.

    References
    ----------
    Barrett and Donald (2003), Econometrica 71, 71-104 (the hypotheses and the statistic).
    """
    drawn = _Swaps(measures, swaps, seed)
    tables = []
    for measure in measures.ordered():
        found: dict[int, list[tuple[object, ...]]] = {1: [], 2: []}
        for first, second in pairs:
            i, j = measures.places(first, second)
            worlds = measures.common(i, j)
            if not (_has(measure, i) or _has(measure, j)):
                continue
            mine, theirs = drawn.of(measure, i, worlds), drawn.of(measure, j, worlds)
            n = int(worlds.sum())
            for order in (1, 2):
                apart, null = (a - b for a, b in zip(mine[order], theirs[order], strict=True))
                unit = (measure.step if order == 2 else 1.0) / max(1, n)
                extremes = _extremes(apart, unit, measure, measures.horizon_months)
                row = (first, second, measure.name, order, n, *extremes)
                found[order].append((*row, *_p_values(apart, null)))
        tables += [_judged(rows, level) for rows in found.values()]
    kept = [table for table in tables if len(table)]
    return pd.concat(kept, ignore_index=True) if kept else pd.DataFrame(columns=_COLUMNS)


def strongest(table: pd.DataFrame) -> pd.DataFrame:
    """Return one line per pair and measure: the strongest that both orders say.

    Returns
    -------
    DataFrame
        ``first, second, measure, worlds``; ``verdict`` of the first order where that is
        dominance, else of the second where that is, else of the first; ``order`` that it is of;
        ``p_holm`` of the hypothesis whose rejection it rests on (of an open pair the lesser).
    """
    keys = ["first", "second", "measure"]
    dominates = table["verdict"].isin([FIRST, SECOND])
    rank = np.where(dominates, table["order"], 2 + table["order"])
    chosen = table.assign(rank=rank).sort_values("rank", kind="stable").drop_duplicates(keys)
    chosen = chosen.sort_index()
    chosen = chosen.loc[:, [*keys, "worlds", "order", "verdict", "p_first_holm", "p_second_holm"]]
    one, two = chosen.pop("p_first_holm"), chosen.pop("p_second_holm")
    least, most = np.minimum(one, two), np.maximum(one, two)
    decisive = np.select(
        [chosen["verdict"] == FIRST, chosen["verdict"] == SECOND, chosen["verdict"] == CROSSING],
        [two, one, most], default=least,
    )  # fmt: skip
    return _by_pair(chosen.assign(p_holm=decisive)).reset_index(drop=True)


def _by_pair(chosen: pd.DataFrame) -> pd.DataFrame:
    """Return rows with the measures of a pair together, pairs in the order they first come."""
    pairs = list(zip(chosen["first"], chosen["second"], strict=True))
    place = {pair: number for number, pair in enumerate(dict.fromkeys(pairs))}
    return chosen.iloc[np.argsort([place[pair] for pair in pairs], kind="stable")]


def _has(measure: Measure, column: int) -> bool:
    """Return whether a strategy has a value in any world; a strategy of one text has no second."""
    return not bool(np.isnan(measure.values[:, column]).all())


def _extremes(
    apart: np.ndarray, unit: float, measure: Measure, horizon: int
) -> tuple[float, float, float, float]:
    """Return the greatest lead and where, the greatest lag and where."""
    found: list[float] = []
    for sign in (1.0, -1.0):
        most = float((sign * apart).max()) if len(apart) else 0.0
        at = measure.at(int((sign * apart).argmax()), horizon) if most > 0.0 else math.nan
        found += [max(0.0, most) * unit, at]
    return found[0], found[1], found[2], found[3]


def _judged(rows: Sequence[tuple[object, ...]], level: float) -> pd.DataFrame:
    """Return the rows of one measure and order with corrected p-values and verdicts."""
    table = pd.DataFrame(rows, columns=_COLUMNS[:11])
    corrected = holm(table[_COLUMNS[9:11]].to_numpy(dtype=float).ravel().tolist()).reshape(-1, 2)
    table["p_first_holm"], table["p_second_holm"] = corrected[:, 0], corrected[:, 1]
    rejected = (corrected < 1.0 - level).tolist()
    table["verdict"] = [VERDICTS.get((a, b), OPEN) for a, b in rejected]
    return table


def _p_values(apart: np.ndarray, null: np.ndarray) -> tuple[float, float]:
    """Return the p-values of "the first is never behind" and "the second is never behind"."""
    if not apart.any():
        return 1.0, 1.0
    behind, ahead = max(0.0, float(-apart.min())), max(0.0, float(apart.max()))
    return _p_value(-null.min(axis=0), behind, null), _p_value(null.max(axis=0), ahead, null)


def _p_value(greatest: np.ndarray, statistic: float, null: np.ndarray) -> float:
    """Return the share of the null law at or beyond a statistic, extrapolated where it is rare.

    The greatest of a Gaussian process falls off as exp(-x^2 / (2 sd^2)), sd its largest standard
    deviation (Borell's inequality); with fewer than ten swaps beyond the statistic that tail is
    attached at the 95th percentile, so that many pairs can be corrected for.
    """
    beyond = int((greatest >= statistic - 0.25).sum())
    share = (1.0 + beyond) / (1.0 + len(greatest))
    if beyond >= 10:
        return share
    anchor = float(np.quantile(greatest, 0.95))
    variance = float(np.einsum("ks,ks->k", null, null).max()) / null.shape[1]
    if statistic <= anchor or variance <= 0.0:
        return share
    tail = 0.05 * math.exp(-(statistic * statistic - anchor * anchor) / (2.0 * variance))
    return min(share, tail)


def joint_table(
    measures: Measures, pairs: Sequence[tuple[str, str]], level: float = 0.95
) -> pd.DataFrame:
    """Return in how many worlds one strategy is ahead of the other in everything.

    Returns
    -------
    DataFrame
        ``first, second, worlds``; four shares with Wilson's intervals that sum to one:
        ``first_ahead`` (success no later and participation no less, one of them better),
        ``second_ahead``, ``mixed`` (each is better in something) and ``alike``; ``difference`` of
        the first two with its paired interval ``low, high``; McNemar's ``p_value`` and
        ``p_holm``, corrected for the pairs; ``settled``.
    """
    gains = [measure.gains for measure in measures.ordered() if measure.gains is not None]
    rows = []
    for first, second in pairs:
        i, j = measures.places(first, second)
        worlds = measures.common(i, j)
        n = int(worlds.sum())
        signs = [np.sign(each[worlds, i] - each[worlds, j]) for each in gains]
        better, worse = (np.any([sign == wanted for sign in signs], axis=0) for wanted in (1, -1))
        counts = [
            int(x.sum())
            for x in (better & ~worse, worse & ~better, better & worse, ~better & ~worse)
        ]
        row: dict[str, object] = {"first": first, "second": second, "worlds": n}
        names = (("first_ahead", "first"), ("second_ahead", "second"), ("mixed",) * 2)
        for (name, short), count in zip((*names, ("alike",) * 2), counts, strict=True):
            low, high = wilson(count, n, level)
            row |= {name: count / n if n else math.nan, f"{short}_low": low, f"{short}_high": high}
        limits = paired_difference(counts[0], counts[1], n, level)
        row |= dict(zip(("difference", "low", "high"), limits, strict=True))
        rows.append(row | {"p_value": mcnemar(counts[0], counts[1])})
    table = pd.DataFrame(rows, columns=_JOINT_COLUMNS[:-2])
    table["p_holm"] = holm(table["p_value"].tolist())
    table["settled"] = (table["p_holm"] < 1.0 - level).astype(bool)
    return table
