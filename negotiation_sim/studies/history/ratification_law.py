"""M15: the law of ratification delays, fitted to dated ratifications, and left out by treaty.

The logarithm of the months from opening to a state's ratification is normal around a mean of the
treaty's own, and these means are normal. A table names a state only if it has ratified: so the
likelihood is that of the months given that they lie within ``years`` of the opening and before
``until``. What is later, or never, is no delay that the table tells of: whether a state ratifies at
all is left to its domestic hurdle.
"""

from __future__ import annotations

import datetime
import math
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]

DAYS_A_MONTH = 365.25 / 12.0
LEAST = 1.0  # months: the model's shortest delay
SHORTEST_WINDOW = 24.0  # months: a treaty opened later says nothing yet
NODES = np.linspace(-6.0, 6.0, 181)  # of treaties' means, in standard deviations
LOOKED_AT = (24.0, 60.0)  # months within which the share bound is forecast
DRAWS = 2000
BAND = (0.1, 0.9)


class Law(NamedTuple):
    """A log-normal law of delays, by its parameters in M15.

    Parameters
    ----------
    median : float
        Months.
    sigma : float
        Standard deviation of the logarithm.
    treaty_share, state_share : float
        Of its variance, between treaties and between states.
    """

    median: float
    sigma: float
    treaty_share: float
    state_share: float = 0.0

    @property
    def between(self) -> float:
        """Return the standard deviation between treaties."""
        return self.sigma * math.sqrt(self.treaty_share)

    @property
    def within(self) -> float:
        """Return the standard deviation within a treaty."""
        return self.sigma * math.sqrt(1.0 - self.treaty_share)


ONE_SPEED = Law(18.0, 0.6, 0.0)  # of version 0.1: one law for all treaties


def known(
    table: pd.DataFrame, years: float = 10.0, until: str | None = None, least: int = 15
) -> pd.DataFrame:
    """Return the ratifications within ``years`` of the opening, as known on the day ``until``.

    Parameters
    ----------
    table : pandas.DataFrame
        ``treaty, state, months, opened``: one ratification a row, months from opening; rows without
        months are left out.
    years : float, default 10
        How long after the opening a ratification counts.
    until : str, optional
        The last day that is known, ``YYYY-MM-DD``.
    least : int, default 15
        Treaties with fewer dated ratifications by then, early or late, are left out.

    Returns
    -------
    pandas.DataFrame
        ``treaty, state, log_months, window``, the window in months.
    """
    found = table.dropna(subset=["months"])
    age = np.full(len(found), np.inf)
    if until is not None:
        days = pd.Timestamp(datetime.date.fromisoformat(until)) - pd.to_datetime(found["opened"])
        age = days.dt.days.to_numpy() / DAYS_A_MONTH
    found, age = found[found["months"] <= age], age[found["months"] <= age]
    number = found.groupby("treaty")["treaty"].transform("size").to_numpy()
    window = np.minimum(12.0 * years, age)
    held = (found["months"].to_numpy() <= window) & (window >= SHORTEST_WINDOW) & (number >= least)
    return pd.DataFrame(
        {
            "treaty": found["treaty"][held],
            "state": found["state"][held],
            "log_months": np.log(found["months"][held].clip(lower=LEAST)),
            "window": window[held],
        }
    )


def fit(table: pd.DataFrame, years: float = 10.0, until: str | None = None, least: int = 15) -> Law:
    """Return the law of greatest likelihood; arguments as of `known`.

    The share between states is that of what the treaty leaves, each ratification taken at its rank
    within its treaty's law, so that a window does not bend it.

    Examples
    --------
    >>> when = {"treaty": list("AAABBB"), "state": list("PQRPQR"), "opened": "1990-01-01"}
    >>> law = fit(pd.DataFrame(when | {"months": [9.0, 10.0, 11.0, 36.0, 40.0, 44.0]}), least=3)
    >>> bool(9 < law.median < 44 and law.treaty_share > 0.9)
    True
    """
    return _fit_known(known(table, years, until, least))


def _fit_known(found: pd.DataFrame) -> Law:
    from scipy.optimize import minimize

    if found.empty:
        raise ValueError("no treaty with enough ratifications within its window")
    sums = _sums(found)

    def lost(point: Floats) -> float:
        between, within = np.exp(point[1:])
        return -_log_likelihood(sums, float(point[0]), float(between), float(within))

    start = np.array([float(found["log_months"].mean()), 0.0, 0.0])
    sides = [(None, None), (-7.0, 3.0), (-7.0, 3.0)]  # the spreads by their logarithms
    best = minimize(lost, start, method="L-BFGS-B", bounds=sides).x
    mean, (between, within) = float(best[0]), np.exp(best[1:])
    variance = between * between + within * within
    share = _share_of_states(found, sums, mean, float(between), float(within))
    return Law(
        math.exp(mean), math.sqrt(variance), float(between * between / variance),
        float(share * within * within / variance),
    )  # fmt: skip


def _sums(found: pd.DataFrame) -> pd.DataFrame:
    """Return number, sum, sum of squares and window of each treaty, all its likelihood needs."""
    squares = found.assign(square=found["log_months"] * found["log_months"])
    by = squares.groupby("treaty", sort=True)
    return pd.DataFrame(
        {
            "n": by.size(), "sum": by["log_months"].sum(), "squares": by["square"].sum(),
            "window": np.log(by["window"].first()),
        }
    )  # fmt: skip


def _joint(sums: pd.DataFrame, mean: float, between: float, within: float) -> Floats:
    """Return log density of what is seen of each treaty, a row a treaty, and of its mean, a node."""
    from scipy.special import log_ndtr

    n, total, squares, window = (
        sums[name].to_numpy(dtype=float)[:, None] for name in ("n", "sum", "squares", "window")
    )
    centre = mean + between * NODES
    spread = squares - 2.0 * centre * total + n * centre * centre
    seen = n * log_ndtr((window - centre) / within)
    found: Floats = (
        -n * math.log(within) - spread / (2.0 * within * within) - seen - 0.5 * NODES * NODES
    )
    return found


def _log_likelihood(sums: pd.DataFrame, mean: float, between: float, within: float) -> float:
    from scipy.special import logsumexp

    return float(logsumexp(_joint(sums, mean, between, within), axis=1).sum())


def _share_of_states(
    found: pd.DataFrame, sums: pd.DataFrame, mean: float, between: float, within: float
) -> float:
    """Return the share of the variance within treaties that lies between states."""
    from scipy.special import ndtr, ndtri

    likely = _joint(sums, mean, between, within)
    weight = np.exp(likely - likely.max(axis=1, keepdims=True))
    centres = mean + between * NODES
    of_treaty = pd.Series((weight * centres).sum(axis=1) / weight.sum(axis=1), index=sums.index)
    centre = of_treaty.reindex(found["treaty"]).to_numpy()
    seen = ndtr((np.log(found["window"].to_numpy()) - centre) / within)
    rank = ndtr((found["log_months"].to_numpy() - centre) / within) / seen
    normal = pd.Series(ndtri(np.clip(rank, 1e-6, 1.0 - 1e-6)), index=found["state"].to_numpy())
    by = normal.groupby(level=0)
    n, means = by.size(), by.mean()
    if len(n) < 2 or n.sum() == len(n):
        return 0.0
    inside = float(((normal - means.reindex(normal.index)) ** 2).sum()) / (n.sum() - len(n))
    outside = float((n * (means - normal.mean()) ** 2).sum()) / (len(n) - 1)
    size = (n.sum() - float((n * n).sum()) / n.sum()) / (len(n) - 1)
    variance = max(0.0, (outside - inside) / size)
    return float(variance / (variance + inside))


def shares_bound(
    law: Law, n: int, months: float, window: float, rng: np.random.Generator
) -> Floats:
    """Return draws of the share, of ``n`` states bound within a window, bound within ``months``."""
    from scipy.special import ndtr

    centre = math.log(law.median) + law.between * rng.standard_normal(DRAWS)
    early = ndtr((math.log(months) - centre) / law.within)
    seen = ndtr((math.log(window) - centre) / law.within)
    drawn: Floats = rng.binomial(n, np.clip(early / np.maximum(seen, 1e-12), 0.0, 1.0)) / n
    return drawn


def ranked_score(drawn: Floats, seen: float) -> float:
    """Return the continuous ranked probability score of draws: 0 where all are what was seen.

    Examples
    --------
    >>> ranked_score(np.array([0.5, 0.5]), 0.25)
    0.25
    """
    at = np.sort(drawn)
    weights = 2.0 * np.arange(1, len(at) + 1) - len(at) - 1.0
    spread = float((weights * at).sum()) / (len(at) * len(at))
    return float(np.abs(at - seen).mean()) - spread


def left_out(
    table: pd.DataFrame, folds: int = 10, years: float = 10.0, seed: int = 1,
    against: Law = ONE_SPEED, least: int = 10,
) -> pd.DataFrame:  # fmt: skip
    """Forecast each treaty's share bound early by a law fitted to the other treaties.

    Returns
    -------
    pandas.DataFrame
        ``treaty, n, months, seen, low, high, score, score_against``: of the ``n`` states bound in
        the window the share bound within so many months, its 80 % band, and the ranked scores of
        the law and of the one it is held against. Treaties with fewer than ``least`` are not asked.
    """
    found = known(table, years)
    rng = np.random.default_rng(seed)
    names = rng.permutation(np.array(sorted(found["treaty"].unique()), dtype=object))
    rows = []
    for fold in range(folds):
        held = set(names[fold::folds])
        law = _fit_known(found[~found["treaty"].isin(held)])
        for treaty in sorted(held):
            own = found[found["treaty"] == treaty]
            if len(own) >= least:
                rows += [_forecast(treaty, own, months, law, against, rng) for months in LOOKED_AT]
    return pd.DataFrame(rows)


def _forecast(
    treaty: str, own: pd.DataFrame, months: float, law: Law, against: Law, rng: np.random.Generator
) -> dict[str, object]:
    n, window = len(own), float(own["window"].iloc[0])
    seen = float((own["log_months"] <= math.log(months)).mean())
    drawn, other = (shares_bound(each, n, months, window, rng) for each in (law, against))
    low, high = np.quantile(drawn, BAND)
    return {
        "treaty": treaty, "n": n, "months": months, "seen": seen, "low": float(low),
        "high": float(high), "score": ranked_score(drawn, seen),
        "score_against": ranked_score(other, seen),
    }  # fmt: skip
