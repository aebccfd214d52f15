"""Two kinds of uncertainty kept apart: chance, and what analysts do not know.

The nested design draws beliefs (positions within their ranges) outside and chances inside. The
share of successes differs from belief to belief for two reasons: the beliefs differ, and each
share is counted on a finite number of chances. Only the first is wanted.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from negotiation_sim.analysis.intervals import student_quantile, wilson
from negotiation_sim.analysis.replicates import codes_of, errors_of


@dataclass(frozen=True)
class Spread:
    """How P differs between beliefs.

    Parameters
    ----------
    mean, mean_low, mean_high : float
        P over all beliefs, with the interval that drawing more beliefs and chances would narrow.
    low, high : float
        5th and 95th percentile of P over beliefs, inner noise taken out: what only more
        knowledge would narrow.
    sd_beliefs, sd_noise : float
        Standard deviation of P between beliefs, and of a belief's share around its P.
    beliefs : int
    chances : float
        Mean number of chances per belief.
    """

    mean: float
    mean_low: float
    mean_high: float
    low: float
    high: float
    sd_beliefs: float
    sd_noise: float
    beliefs: int
    chances: float


def spread_over_beliefs(
    successes: Sequence[int],
    chances: Sequence[int],
    level: float = 0.95,
    percentiles: tuple[float, float] = (0.05, 0.95),
) -> Spread:
    """Return the spread of P over beliefs, corrected for the noise of finitely many chances.

    Parameters
    ----------
    successes, chances : sequence of int
        Per belief; at least two beliefs with at least two chances each.
    level : float
        Of the interval of the mean.
    percentiles : (float, float)

    Raises
    ------
    ValueError
        With fewer beliefs or chances: the two kinds cannot be told apart.

    Notes
    -----
    Method of moments. With ``p_b = k_b / m_b`` the expected sample variance of the ``p_b`` is
    ``sd_beliefs^2`` plus the mean of ``P_b (1 - P_b) / m_b``, which
    ``p_b (1 - p_b) / (m_b - 1)`` estimates without bias. Shares are drawn towards their mean by
    the factor ``sqrt(max(0, s^2 - noise) / s^2)``, so that what is left has the variance of the
    beliefs alone, and the percentiles are taken of these. The shape between the percentiles is
    that of the shares: with few chances and beliefs that split into two camps, the camps look
    closer than they are. Percentiles of B beliefs are themselves rough below about 100 beliefs.
    The interval of the mean is Student's over beliefs, and never narrower than Wilson's.

    References
    ----------
    Louis (1984), JASA 79, 393-398 (constrained shrinkage); Sun, Apley and Staum (2011),
    Operations Research 59, 998-1007 (nested simulation).

    Examples
    --------
    >>> spread_over_beliefs([0, 10, 5, 5], [10, 10, 10, 10]).mean
    0.5
    """
    k, m = np.asarray(successes, dtype=float), np.asarray(chances, dtype=float)
    if len(k) < 2 or m.min() < 2:
        raise ValueError(
            "the spread over beliefs needs at least two beliefs with two chances each; "
            f"there are {len(k)} with {int(m.min()) if len(m) else 0} or more"
        )
    share = k / m
    mean = float(share.mean())
    total = float(share.var(ddof=1))
    noise = float((share * (1.0 - share) / (m - 1.0)).mean())
    between = max(0.0, total - noise)
    factor = math.sqrt(between / total) if total > 0.0 else 0.0
    low, high = np.quantile(mean + factor * (share - mean), percentiles)
    half = student_quantile(level, len(k) - 1) * math.sqrt(total / len(k))
    least, most = wilson(int(k.sum()), int(m.sum()), level)
    return Spread(
        mean=mean,
        mean_low=max(0.0, min(least, mean - half)),
        mean_high=min(1.0, max(most, mean + half)),
        low=float(np.clip(low, 0.0, 1.0)),
        high=float(np.clip(high, 0.0, 1.0)),
        sd_beliefs=math.sqrt(between),
        sd_noise=math.sqrt(noise),
        beliefs=len(k),
        chances=float(m.mean()),
    )


class BeliefAccumulator:
    """Counts timely successes per strategy and belief; memory grows with beliefs only."""

    def __init__(self) -> None:
        self._counts: dict[str, dict[int, list[int]]] = {}

    def update(self, outcomes: pd.DataFrame) -> None:
        """Count a chunk of ``strategy_outcomes``; errors and pledges alone are left out."""
        use = errors_of(outcomes) == ""
        if "pledges_only" in outcomes:
            use &= ~outcomes["pledges_only"].to_numpy(dtype=bool)
        codes, names = codes_of(outcomes["strategy"])
        beliefs = outcomes["belief"].to_numpy()
        timely = outcomes["timely"].to_numpy(dtype=bool)
        for code, name in enumerate(names):
            mine = use & (codes == code)
            found, place = np.unique(beliefs[mine], return_inverse=True)
            n = np.bincount(place, minlength=len(found)).tolist()
            k = np.bincount(place[timely[mine]], minlength=len(found)).tolist()
            held = self._counts.setdefault(name, {})
            for belief, successes, chances in zip(found.tolist(), k, n, strict=True):
                cell = held.setdefault(belief, [0, 0])
                cell[0] += successes
                cell[1] += chances

    def plain(self) -> dict[str, Any]:
        """Return all counts as whole numbers that JSON holds; :meth:`add` takes them."""
        return {
            name: [[belief, *counts] for belief, counts in held.items()]
            for name, held in self._counts.items()
        }

    def add(self, other: Mapping[str, Any]) -> None:
        """Add what :meth:`plain` gave of other replicates."""
        for name, rows in other.items():
            held = self._counts.setdefault(name, {})
            for belief, successes, chances in rows:
                cell = held.setdefault(belief, [0, 0])
                cell[0] += successes
                cell[1] += chances

    def table(self, level: float = 0.95) -> pd.DataFrame:
        """Return the spread of every strategy.

        Returns
        -------
        DataFrame
            ``strategy, beliefs, chances, p_success``, its interval ``p_mean_low, p_mean_high``,
            ``p_positions_low, p_positions_high`` (5th and 95th percentile over beliefs),
            ``sd_beliefs, sd_noise``.
        """
        rows = []
        for name, held in self._counts.items():
            if held:
                k, m = zip(*(held[belief] for belief in sorted(held)), strict=True)
                spread = spread_over_beliefs(k, m, level)
                row = {"strategy": name, "beliefs": spread.beliefs, "chances": spread.chances}
                row |= {"p_success": spread.mean}
                row |= {"p_mean_low": spread.mean_low, "p_mean_high": spread.mean_high}
                row |= {"p_positions_low": spread.low, "p_positions_high": spread.high}
                rows.append(row | {"sd_beliefs": spread.sd_beliefs, "sd_noise": spread.sd_noise})
        return pd.DataFrame(rows)


def belief_table(outcomes: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """Return :meth:`BeliefAccumulator.table` of a table held in memory."""
    beliefs = BeliefAccumulator()
    beliefs.update(outcomes)
    return beliefs.table(level)
