"""How long it takes: curves with censoring, competing endings, restricted means, hazards.

Times are whole months; ``observed`` says whether the event happened at that time or the replicate
was only followed until then. A withdrawn negotiation is not a censored one: it can no longer
succeed. :func:`milestone_times` therefore keeps it in the risk set to the horizon, so that one
minus its Kaplan-Meier curve is the cumulative incidence among all replicates, and
:func:`cumulative_incidence` shows withdrawal and dissolution beside success.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from negotiation_sim.analysis.intervals import normal_quantile, wilson
from negotiation_sim.analysis.replicates import NEVER, errors_of, months_of
from negotiation_sim.model.terms import MONTHS_PER_YEAR

ENDINGS = ("success", "withdrawn", "dissolved")


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


def kaplan_meier(
    months: Sequence[int], observed: Sequence[bool], level: float = 0.95
) -> pd.DataFrame:
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

    months, observed = _checked(months, observed)
    curve = stats.ecdf(stats.CensoredData(uncensored=months[observed], right=months[~observed])).sf
    start = 1 if curve.quantiles[0] > 0.0 else 0
    times = np.append(np.zeros(start), curve.quantiles)
    survival = np.append(np.ones(start), curve.probabilities)
    at_risk = len(months) - np.searchsorted(np.sort(months), times)
    events = _counts_at(times, months[observed])
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


def _checked(months: Sequence[int], observed: Sequence[bool]) -> tuple[np.ndarray, np.ndarray]:
    months, observed = np.asarray(months, dtype=float), np.asarray(observed, dtype=bool)
    if len(months) and months.min() < 0.0:
        raise ValueError("times count months since the start and are not negative")
    if len(months) != len(observed):
        raise ValueError(f"{len(months)} times but {len(observed)} marks of what was observed")
    if not len(months):
        raise ValueError("no replicates: there is no curve without any")
    return months, observed


def cumulative_incidence(
    months: Sequence[int],
    ending: Sequence[str],
    level: float = 0.95,
    kinds: Sequence[str] = ENDINGS,
) -> pd.DataFrame:
    """Return the Aalen-Johansen share that has ended in each way by each month.

    Parameters
    ----------
    months : sequence of int
        When each replicate ended.
    ending : sequence of str
        How; anything not of ``kinds`` (``censored``) was only followed until then.
    level : float
    kinds : sequence of str
        Competing endings.

    Returns
    -------
    DataFrame
        ``ending, month, at_risk, events, incidence, low, high``; one row per ending and time,
        month 0 first. At any time the incidences and the share still undecided sum to one.

    Notes
    -----
    ``F_k(t) = sum_{s <= t} S(s-) d_k(s) / n(s)``; variance of Greenwood's kind, which is the
    binomial one where nothing is censored; log-log bands, Wilson's interval at 0 and 1.

    References
    ----------
    Aalen and Johansen (1978), Scandinavian Journal of Statistics 5, 141-150; Marubini and
    Valsecchi (1995), section 10.2.
    """
    months = np.asarray(months, dtype=float)
    ending = np.asarray(ending, dtype=object)
    _checked(months, np.isin(ending, list(kinds)))
    times = np.unique(np.append(months, 0.0))
    at_risk = len(months) - np.searchsorted(np.sort(months), times)
    deaths = {kind: _counts_at(times, months[ending == kind]) for kind in kinds}
    total = np.sum(list(deaths.values()), axis=0)
    survival = np.cumprod(1.0 - total / at_risk)
    before = np.append(1.0, survival[:-1])
    tables = []
    for kind in kinds:
        share = np.cumsum(before * deaths[kind] / at_risk)
        variance = _incidence_variance(share, before, deaths[kind], total, at_risk)
        low, high = _log_log_band(share, variance, at_risk, level)
        tables.append(
            pd.DataFrame(
                {"ending": kind, "month": times, "at_risk": at_risk, "events": deaths[kind]}
                | {"incidence": share, "low": low, "high": high}
            )
        )
    return pd.concat(tables, ignore_index=True)


def _counts_at(times: np.ndarray, values: np.ndarray) -> np.ndarray:
    return np.bincount(np.searchsorted(times, values), minlength=len(times))


def _incidence_variance(
    share: np.ndarray, before: np.ndarray, mine: np.ndarray, total: np.ndarray, n: np.ndarray
) -> np.ndarray:
    """Return the variance of a cumulative incidence at each time (Marubini and Valsecchi)."""
    left = np.where(total < n, n * (n - total.astype(float)), np.inf)
    a = total / left
    b = before * before * mine * (n - mine) / (n.astype(float) ** 3)
    c = before * mine / (n.astype(float) * n)
    # sum over s <= t of (F(t) - F(s))^2 a(s) + b(s) - 2 (F(t) - F(s)) c(s), squares expanded.
    spread = share * share * np.cumsum(a) - 2.0 * share * np.cumsum(share * a)
    spread += np.cumsum(share * share * a)
    return np.maximum(
        0.0, spread + np.cumsum(b) - 2.0 * (share * np.cumsum(c) - np.cumsum(share * c))
    )


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


def incidence_table(outcomes: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """Return :func:`cumulative_incidence` of every strategy, with a column ``strategy``."""
    tables = []
    for name, part in _strategies(outcomes):
        curve = cumulative_incidence(part["end_month"], part["ending"].astype(str), level)
        curve.insert(0, "strategy", name)
        tables.append(curve)
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()


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
    months: Sequence[int], observed: Sequence[bool], until: float, level: float = 0.95
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


def logrank(
    first: tuple[Sequence[int], Sequence[bool]], second: tuple[Sequence[int], Sequence[bool]]
) -> tuple[float, float]:
    """Return statistic and p-value of the log-rank test of two ``(months, observed)``.

    Positive where the first has its events sooner. The test takes the two as independent; on
    the same worlds, where they go together, it errs on the side of caution (compare
    ``comparison.time_dominance``, which pairs them). Without any event: (0, 1).
    """
    from scipy import stats

    samples = [_checked(*sample) for sample in (first, second)]
    if not any(observed.any() for _, observed in samples):
        return 0.0, 1.0
    data = [stats.CensoredData(uncensored=m[o], right=m[~o]) for m, o in samples]
    with np.errstate(divide="ignore", invalid="ignore"):
        result = stats.logrank(x=data[0], y=data[1])
    if not math.isfinite(result.statistic):
        return 0.0, 1.0
    return float(result.statistic), float(result.pvalue)


def hazard_by_year(
    months: Sequence[int], observed: Sequence[bool], until: int, level: float = 0.95
) -> pd.DataFrame:
    """Return events per year at risk, year by year.

    Returns
    -------
    DataFrame
        ``year`` (1 is the first), ``at_risk`` at its start, ``exposure`` in years, ``events``,
        ``hazard`` per year and exact Poisson limits ``low, high``. Years without exposure are
        left out.
    """
    from scipy import stats

    months, observed = _checked(months, observed)
    rows = []
    for start in range(0, int(until), MONTHS_PER_YEAR):
        end = min(start + MONTHS_PER_YEAR, int(until))
        exposure = float(np.clip(months - start, 0, end - start).sum()) / MONTHS_PER_YEAR
        if exposure > 0.0:
            events = int((observed & (months > start) & (months <= end)).sum())
            tail = (1.0 - level) / 2.0
            low = stats.chi2.ppf(tail, 2 * events) / 2.0 if events else 0.0
            high = stats.chi2.ppf(1.0 - tail, 2 * events + 2) / 2.0
            row = {"year": start // MONTHS_PER_YEAR + 1, "at_risk": int((months > start).sum())}
            row |= {"exposure": exposure, "events": events, "hazard": events / exposure}
            rows.append(row | {"low": low / exposure, "high": high / exposure})
    return pd.DataFrame(rows)
