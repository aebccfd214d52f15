"""How long it takes: curves with censoring, restricted means, success by year.

Times are whole months; ``observed`` says whether the event happened at that time or the replicate
was only followed until then. A withdrawn negotiation is not a censored one: it can no longer
succeed. :func:`milestone_times` therefore keeps it in the risk set to the horizon, so that one
minus its Kaplan-Meier curve is the cumulative incidence among all replicates.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from negotiation_sim.analysis.intervals import normal_quantile, wilson
from negotiation_sim.analysis.replicates import NEVER, codes_of, errors_of, months_of
from negotiation_sim.model.terms import MONTHS_PER_YEAR

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


def milestone_times(
    outcomes: pd.DataFrame, horizon_months: int, milestone: str = "success"
) -> tuple[np.ndarray, np.ndarray]:
    """Return ``(months, observed)`` of one strategy's time to a milestone.

    Parameters
    ----------
    outcomes : DataFrame
        Rows of one strategy, as ``strategy_outcomes`` returns them; those with an error are
        left out.
    horizon_months : int
        Replicates that never reach the milestone are followed until here.
    milestone : {'mandate', 'adoption', 'entry_into_force', 'success'}
    """
    months = months_of(outcomes, f"{milestone}_month")[errors_of(outcomes) == ""]
    observed = months < NEVER
    return np.where(observed, months, horizon_months), observed


def kaplan_meier(months: ArrayLike, observed: ArrayLike, level: float = 0.95) -> pd.DataFrame:
    """Return the Kaplan-Meier curve of "not yet" with log-log bands.

    Returns
    -------
    DataFrame
        ``month, at_risk, events, survival, low, high`` at month 0 and at each time in the data.

    Notes
    -----
    The curve is SciPy's. Greenwood's variance with log-log bands; where the curve is 1 or 0 and
    no such band exists, Wilson's interval for no event, or no survivor, among those at risk.

    References
    ----------
    Kaplan and Meier (1958), JASA 53, 457-481; Kalbfleisch and Prentice (2002), section 1.4.
    """
    from scipy import stats

    followed, seen = _checked(months, observed)
    curve = stats.ecdf(stats.CensoredData(uncensored=followed[seen], right=followed[~seen])).sf
    start = 1 if curve.quantiles[0] > 0.0 else 0
    times = np.append(np.zeros(start), curve.quantiles)
    survival = np.append(np.ones(start), curve.probabilities)
    at_risk = len(followed) - np.searchsorted(np.sort(followed), times)
    events = _counts_at(times, followed[seen])
    terms = np.divide(
        events, at_risk * (at_risk - events.astype(float)),
        out=np.zeros(len(times)), where=events < at_risk,
    )  # fmt: skip
    variance = survival * survival * np.cumsum(terms)
    low, high = _log_log_band(1.0 - survival, variance, at_risk, level)
    return pd.DataFrame(
        {"month": times, "at_risk": at_risk, "events": events, "survival": survival}
        | {"low": 1.0 - high, "high": 1.0 - low}
    )


def _checked(times: ArrayLike, marks: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    months, observed = np.asarray(times, dtype=float), np.asarray(marks, dtype=bool)
    if len(months) and months.min() < 0.0:
        raise ValueError("times count months since the start and are not negative")
    if len(months) != len(observed):
        raise ValueError(f"{len(months)} times but {len(observed)} marks of what was observed")
    if not len(months):
        raise ValueError("no replicates: there is no curve without any")
    return months, observed


def _counts_at(times: np.ndarray, values: np.ndarray) -> np.ndarray:
    return np.bincount(np.searchsorted(times, values), minlength=len(times))


def _log_log_band(
    share: np.ndarray, variance: np.ndarray, at_risk: np.ndarray, level: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return limits of shares by the log-log transform, Wilson's where a share is 0 or 1."""
    low, high = np.empty(len(share)), np.empty(len(share))
    z = normal_quantile(level)
    for row, (p, v) in enumerate(zip(share.tolist(), variance.tolist(), strict=True)):
        if p < 1e-12 or p > 1.0 - 1e-12:
            n = int(at_risk[row])
            low[row], high[row] = wilson(0 if p < 0.5 else n, n, level)
        else:
            factor = math.exp(z * math.sqrt(v) / ((1.0 - p) * -math.log1p(-p)))
            low[row] = -math.expm1(math.log1p(-p) / factor)
            high[row] = -math.expm1(math.log1p(-p) * factor)
    return low, high


def survival_table(
    outcomes: pd.DataFrame, horizon_months: int, milestone: str = "success", level: float = 0.95
) -> pd.DataFrame:
    """Return :func:`kaplan_meier` of every strategy's time to a milestone."""
    tables = []
    for name, part in _strategies(outcomes):
        curve = kaplan_meier(*milestone_times(part, horizon_months, milestone), level)
        curve.insert(0, "strategy", name)
        tables.append(curve)
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()


def _strategies(outcomes: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Return the rows of each strategy that can succeed, errors left out."""
    use = errors_of(outcomes) == ""
    if "pledges_only" in outcomes:
        use &= ~outcomes["pledges_only"].to_numpy(dtype=bool)
    groups = outcomes[use].groupby("strategy", observed=True, sort=False)
    return [(str(name), part) for name, part in groups]


def restricted_mean(
    months: ArrayLike, observed: ArrayLike, until: float, level: float = 0.95
) -> tuple[float, float, float]:
    """Return the mean time without the event up to ``until`` months, with its interval.

    The area under the Kaplan-Meier curve: months that a strategy of this kind spends
    undecided, on average, within the horizon.

    References
    ----------
    Klein and Moeschberger (2003), Survival Analysis, section 4.5.
    """
    curve = kaplan_meier(months, observed, level)
    curve = curve[curve["month"] <= until]
    times = np.append(curve["month"].to_numpy(), until)
    areas = curve["survival"].to_numpy() * np.diff(times)
    mean = float(areas.sum())
    ahead = np.append(np.cumsum(areas[::-1])[::-1][1:], 0.0)
    ahead = np.where(curve["events"] > 0, areas + ahead, 0.0)
    n, d = curve["at_risk"].to_numpy(dtype=float), curve["events"].to_numpy(dtype=float)
    weight = np.divide(d, n * (n - d), out=np.zeros_like(n), where=n > d)
    half = normal_quantile(level) * math.sqrt(float((ahead * ahead * weight).sum()))
    return mean, max(0.0, mean - half), min(float(until), mean + half)


def success_by_year(
    outcomes: pd.DataFrame, horizon_months: int, level: float = 0.95
) -> pd.DataFrame:
    """Return P of success within 1, 2, ... years, up to the horizon, for every strategy.

    Parameters
    ----------
    outcomes : DataFrame
        As ``strategy_outcomes`` returns it; strategies of pledges alone and replicates with an
        error are left out.
    horizon_months : int
        A horizon that is no whole number of years is the last entry.
    level : float

    Returns
    -------
    DataFrame
        ``strategy, years, replicates, successes, p, low, high`` with Wilson's interval.
    """
    use = errors_of(outcomes) == ""
    if "pledges_only" in outcomes:
        use &= ~outcomes["pledges_only"].to_numpy(dtype=bool)
    codes, names = codes_of(outcomes["strategy"])
    months = months_of(outcomes, "success_month")
    ends = [*range(MONTHS_PER_YEAR, horizon_months, MONTHS_PER_YEAR), horizon_months]
    rows = []
    for code, name in enumerate(names):
        mine = months[use & (codes == code)]
        n = len(mine)
        for end in ends if n else ():
            k = int((mine <= end).sum())
            rows.append((name, end / MONTHS_PER_YEAR, n, k, k / n, *wilson(k, n, level)))
    columns = ["strategy", "years", "replicates", "successes", "p", "low", "high"]
    return pd.DataFrame(rows, columns=columns)
