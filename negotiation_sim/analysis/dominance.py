"""Does one strategy succeed sooner than another at every horizon (first-order dominance)?"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from negotiation_sim.analysis.intervals import paired_difference
from negotiation_sim.analysis.pairing import like_pairs, month_matrix

# By whether "the first is never behind" and "the second is never behind" are rejected.
VERDICTS = {
    (False, True): "first sooner",
    (True, False): "second sooner",
    (True, True): "crossing",
    (False, False): "open",
}


def _both(matrix: pd.DataFrame, first: str, second: str) -> tuple[np.ndarray, np.ndarray]:
    pair = matrix[[first, second]].dropna().to_numpy(dtype=float)
    return pair[:, 0], pair[:, 1]


def lead_by_month(
    outcomes: pd.DataFrame, first: str, second: str, horizon_months: int, level: float = 0.95
) -> pd.DataFrame:
    """Return by how much the first is ahead at each month.

    Returns
    -------
    DataFrame
        ``month, difference, low, high``: the share of worlds in which the first has succeeded
        less that of the second, with pointwise intervals for paired worlds.
    """
    a, b = _both(month_matrix(outcomes), first, second)
    rows = []
    for month in range(horizon_months + 1):
        only_first = int(((a <= month) & (b > month)).sum())
        only_second = int(((b <= month) & (a > month)).sum())
        limits = paired_difference(only_first, only_second, len(a), level)
        rows.append((month, *limits))
    return pd.DataFrame(rows, columns=["month", "difference", "low", "high"])


def time_dominance(
    first: np.ndarray,
    second: np.ndarray,
    *,
    level: float = 0.95,
    swaps: int = 999,
    seed: int = 0,
) -> dict[str, object]:
    """Test first-order dominance of the time to success on the same worlds.

    Parameters
    ----------
    first, second : array of float
        Months to success per world, infinite for never.
    level : float
    swaps : int
    seed : int

    Returns
    -------
    dict
        ``worlds``; ``lead`` and ``lead_month``, the greatest share by which the first is ahead
        and when; ``lag`` and ``lag_month``, by which it is behind; ``p_first_never_behind`` and
        ``p_second_never_behind``, p-values of these two hypotheses; ``verdict``: ``first sooner``
        if only the second hypothesis is rejected, ``second sooner`` if only the first is,
        ``crossing`` if both are, ``open`` if none.

    Notes
    -----
    Statistic: the greatest violation of the hypothesis over all months. Its law where the two
    curves coincide, the least favourable case, comes from swapping the two times within each
    world with probability one half: exact where the two are exchangeable, however few the worlds.

    References
    ----------
    Barrett and Donald (2003), Econometrica 71, 71-104 (the hypotheses and the statistic).
    """
    months = np.unique(np.concatenate([first, second]))
    months = months[np.isfinite(months)]
    n = len(first)
    if not len(months) or not n:
        none = {"lead": 0.0, "lead_month": None, "lag": 0.0, "lag_month": None}
        p = {"p_first_never_behind": 1.0, "p_second_never_behind": 1.0}
        return {"worlds": n} | none | p | {"verdict": "open"}
    worlds, counts = np.unique(np.column_stack([first, second]), axis=0, return_counts=True)
    ahead = (worlds[:, :1] <= months).astype(float) - (worlds[:, 1:] <= months)
    lead = counts @ ahead / n
    kept = np.random.default_rng(seed).binomial(counts, 0.5, size=(swaps, len(counts)))
    swapped = (2 * kept - counts) @ ahead / n
    sd = float(np.sqrt((counts @ (ahead * ahead)).max())) / n
    p_behind = _p_value((-swapped).max(axis=1), max(0.0, -lead.min()), sd)
    p_ahead = _p_value(swapped.max(axis=1), max(0.0, lead.max()), sd)
    verdict = VERDICTS[p_behind < 1.0 - level, p_ahead < 1.0 - level]
    return {
        "worlds": n,
        "lead": max(0.0, float(lead.max())),
        "lead_month": int(months[lead.argmax()]) if lead.max() > 0.0 else None,
        "lag": max(0.0, float(-lead.min())),
        "lag_month": int(months[lead.argmin()]) if lead.min() < 0.0 else None,
        "p_first_never_behind": p_behind,
        "p_second_never_behind": p_ahead,
        "verdict": verdict,
    }


def _p_value(null: np.ndarray, statistic: float, sd: float) -> float:
    """Return the share of the null law at or beyond a statistic, extrapolated where it is rare.

    The greatest of a Gaussian process falls off as exp(-x^2 / (2 sd^2)), sd its largest standard
    deviation (Borell's inequality); with fewer than ten swaps beyond the statistic that tail is
    attached at the 95th percentile, so that many pairs can be corrected for.
    """
    beyond = int((null >= statistic - 1e-12).sum())
    share = (1.0 + beyond) / (1.0 + len(null))
    anchor = float(np.quantile(null, 0.95))
    if beyond >= 10 or statistic <= anchor or sd <= 0.0:
        return share
    tail = 0.05 * math.exp(-(statistic * statistic - anchor * anchor) / (2.0 * sd * sd))
    return min(share, tail)


def dominance_table(
    outcomes: pd.DataFrame,
    goals: Mapping[str, str] | None = None,
    *,
    strategies: Sequence[str] | None = None,
    level: float = 0.95,
    swaps: int = 999,
    seed: int = 0,
) -> pd.DataFrame:
    """Return :func:`time_dominance` of every pair with like goals.

    The level is shared among the pairs looked at (Bonferroni).
    """
    matrix = month_matrix(outcomes)
    pairs = list(like_pairs(strategies or list(matrix.columns), goals))
    strict = 1.0 - (1.0 - level) / max(1, len(pairs))
    rows = [
        {"first": first, "second": second}
        | time_dominance(*_both(matrix, first, second), level=strict, swaps=swaps, seed=seed)
        for first, second in pairs
    ]
    table = pd.DataFrame(rows)
    for name in ("lead_month", "lag_month"):
        if name in table:
            table[name] = table[name].astype("Int16")
    return table
