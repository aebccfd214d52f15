"""What comes out: text, participation and duration together, and how far two strategies differ."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from negotiation_sim.analysis.replicates import NEVER, errors_of, months_of
from negotiation_sim.model.terms import MONTHS_PER_YEAR

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_LARGEST_SAMPLE = 2000


def joint_outcomes(rows: pd.DataFrame, by_month: int | None = None) -> pd.DataFrame:
    """Return one row per adopted track: what was agreed, by whom and how soon.

    Parameters
    ----------
    rows : DataFrame
        Replicate table.
    by_month : int, optional
        Only tracks adopted by this month; default: within the horizon.

    Returns
    -------
    DataFrame
        ``strategy, track, track_name, belief, chance``; one column per issue of the text (named
        by the issue), ``participation``, ``years`` to adoption.
    """
    adoption = months_of(rows, "adoption_month")
    use = (adoption <= (NEVER - 1 if by_month is None else by_month)) & (errors_of(rows) == "")
    keys = ["strategy", "track", "track_name", "belief", "chance"]
    out = rows.loc[use, [name for name in keys if name in rows]].reset_index(drop=True)
    for name in rows.columns:
        if name.startswith("text_"):
            out[name[5:]] = rows.loc[use, name].to_numpy(dtype=float)
    out["participation"] = rows.loc[use, "participation"].to_numpy(dtype=float)
    out["years"] = adoption[use] / MONTHS_PER_YEAR
    return out


def dimensions(points: pd.DataFrame) -> list[str]:
    """Return the columns of a table of joint outcomes that describe the outcome."""
    keys = {"strategy", "track", "track_name", "belief", "chance"}
    return [name for name in points.columns if name not in keys]


def quantile_table(points: pd.DataFrame) -> pd.DataFrame:
    """Return ``strategy, track_name, dimension, count, mean, q05, q25, q50, q75, q95``."""
    rows = []
    groups = points.groupby(["strategy", "track_name"], observed=True, sort=False)
    for (strategy, track), part in groups:
        for name in dimensions(points):
            values = part[name].dropna().to_numpy()
            if len(values):
                row = {"strategy": strategy, "track_name": track, "dimension": name}
                row |= {"count": len(values), "mean": float(values.mean())}
                limits = np.quantile(values, QUANTILES).tolist()
                names = [f"q{round(100 * q):02d}" for q in QUANTILES]
                rows.append(row | dict(zip(names, limits, strict=True)))
    return pd.DataFrame(rows)


def joint_histogram(
    points: pd.DataFrame, names: Sequence[str] | None = None, bins: int = 5, horizon: float = 15.0
) -> pd.DataFrame:
    """Return the joint distribution as the cells that are not empty.

    Parameters
    ----------
    points : DataFrame
        Of :func:`joint_outcomes`.
    names : sequence of str, optional
        Dimensions; default all.
    bins : int
        Equal bins per dimension, over [0, 1] or, for ``years``, [0, horizon].
    horizon : float
        In years.

    Returns
    -------
    DataFrame
        ``strategy``, the lower edge of the cell in each dimension, ``count`` and ``share`` of the
        strategy's adopted texts.
    """
    names = dimensions(points) if names is None else list(names)
    cells = points[["strategy"]].copy()
    for name in names:
        width = (horizon if name == "years" else 1.0) / bins
        index = np.clip(np.floor(points[name].to_numpy() / width + 1e-9), 0, bins - 1)
        cells[name] = np.round(index * width, 12)
    counted = cells.groupby(["strategy", *names], observed=True).size().rename("count")
    table = counted.reset_index()
    total = table.groupby("strategy", observed=True)["count"].transform("sum")
    return table.assign(share=table["count"] / total)


def overlap(first: Sequence[float], second: Sequence[float], bins: int = 20) -> float:
    """Return the overlap coefficient of two samples: 1 the same distribution, 0 nothing shared.

    Notes
    -----
    ``sum_b min(p_b, q_b)`` over equal bins that span both samples (Inman and Bradley 1989). Two
    samples of n values of one law overlap less than wholly, by about ``sqrt(bins / (pi n))``.
    """
    first, second = _finite(first), _finite(second)
    edges = np.histogram_bin_edges(np.concatenate([first, second]), bins)
    p = np.histogram(first, edges)[0] / len(first)
    q = np.histogram(second, edges)[0] / len(second)
    return float(np.minimum(p, q).sum())


def _finite(values: Sequence[float]) -> np.ndarray:
    values = np.asarray(values, dtype=float)
    values = values[~np.isnan(values)]
    if not len(values):
        raise ValueError("no outcomes: a distribution needs at least one adopted text")
    return values


def energy_distance(first: np.ndarray, second: np.ndarray) -> float:
    """Return the energy distance of two clouds of points (rows), 0 if and only if alike in law.

    Notes
    -----
    ``sqrt(2 E|X - Y| - E|X - X'| - E|Y - Y'|)`` with Euclidean distances, as SciPy's in one
    dimension. Of more than 2,000 points every k-th is used, so that memory stays bounded.

    References
    ----------
    Szekely and Rizzo (2013), Journal of Statistical Planning and Inference 143, 1249-1272.
    """
    from scipy.spatial.distance import cdist

    first, second = _thin(first), _thin(second)
    between = 2.0 * cdist(first, second).mean()
    within = cdist(first, first).mean() + cdist(second, second).mean()
    return float(np.sqrt(max(0.0, between - within)))


def _thin(points: np.ndarray) -> np.ndarray:
    points = np.asarray(points, dtype=float)
    points = points[:, None] if points.ndim == 1 else points
    points = points[~np.isnan(points).any(axis=1)]
    if not len(points):
        raise ValueError("no outcomes: a distribution needs at least one adopted text")
    return points[:: -(-len(points) // _LARGEST_SAMPLE)]


def compare_outcomes(
    points: pd.DataFrame, first: str, second: str, horizon: float = 15.0, bins: int = 20
) -> pd.DataFrame:
    """Return how the adopted outcomes of two strategies differ, dimension by dimension.

    Returns
    -------
    DataFrame
        ``dimension, n_first, n_second, median_first, median_second, overlap, wasserstein,
        energy``; Wasserstein in the dimension's own unit. The last row, ``joint``, is the energy
        distance in all dimensions at once, years counted as shares of the horizon. Without an
        adopted text of one of the two the table is empty: there is nothing to compare.
    """
    from scipy import stats

    parts = [points[points["strategy"] == name] for name in (first, second)]
    names = [n for n in dimensions(points) if all(part[n].notna().any() for part in parts)]
    rows: list[dict[str, object]] = []
    for name in names:
        a, b = (_finite(part[name]) for part in parts)
        row = {"dimension": name, "n_first": len(a), "n_second": len(b)}
        row |= {"median_first": float(np.median(a)), "median_second": float(np.median(b))}
        row |= {"overlap": overlap(a, b, bins)}
        row |= {"wasserstein": float(stats.wasserstein_distance(a, b))}
        rows.append(row | {"energy": float(stats.energy_distance(a, b))})
    if names:
        clouds = [
            part[names].to_numpy(dtype=float) / [horizon if n == "years" else 1.0 for n in names]
            for part in parts
        ]
        row = {"dimension": "joint", "n_first": len(clouds[0]), "n_second": len(clouds[1])}
        rows.append(row | {"energy": energy_distance(*clouds)})
    columns = ["dimension", "n_first", "n_second", "median_first", "median_second"]
    return pd.DataFrame(rows, columns=[*columns, "overlap", "wasserstein", "energy"])
