"""Is this strategy better than that one: by how much, surely or not, and is it the best of all?

Every strategy meets the same worlds, so strategies are compared world by world. Only strategies
with like goals are paired: ``goals`` gives each a label (a treaty in force and a voluntary code
are not the same prize); without it all are held alike.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from negotiation_sim.analysis.intervals import normal_quantile, paired_difference
from negotiation_sim.analysis.pairing import like_pairs, success_matrix

_BLOCK = 2_000_000
_PRIOR = 0.5


def mcnemar(only_first: int, only_second: int) -> float:
    """Return the exact two-sided p-value of McNemar's test: are discordant worlds split evenly?

    Notes
    -----
    Twice the lower tail of the binomial of ``n`` discordant worlds with probability one half:
    its largest term from logarithms of the gamma function, the others by their ratios.
    Accurate to ten digits for ten million discordant worlds.

    Examples
    --------
    >>> mcnemar(0, 0), round(mcnemar(0, 5), 12)
    (1.0, 0.0625)
    """
    n, least = only_first + only_second, min(only_first, only_second)
    if 2 * least >= n - 1:
        return 1.0
    largest = math.lgamma(n + 1) - math.lgamma(least + 1) - math.lgamma(n - least + 1)
    below = np.arange(least, 0, -1, dtype=float)
    terms = np.cumprod(below / (n + 1.0 - below))
    return min(1.0, 2.0 * math.exp(largest - n * math.log(2.0)) * (1.0 + float(terms.sum())))


def holm(p_values: Sequence[float]) -> np.ndarray:
    """Return p-values corrected for their number (Holm 1979): none is claimed too gladly.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03]).tolist()
    [0.03, 0.06, 0.06]
    """
    p = np.asarray(p_values, dtype=float)
    order = np.argsort(p, kind="stable")
    steps = np.maximum.accumulate((len(p) - np.arange(len(p))) * p[order])
    out = np.empty(len(p))
    out[order] = np.minimum(1.0, steps)
    return out


def cohens_h(first: float, second: float) -> float:
    """Return the difference of two probabilities on the arcsine scale: 0.2 small, 0.8 large."""
    return 2.0 * math.asin(math.sqrt(first)) - 2.0 * math.asin(math.sqrt(second))


def odds_ratio(successes_first: int, successes_second: int, n: int) -> float:
    """Return the ratio of the odds of success; half a world is added to each cell if one is 0."""
    cells = [successes_first, n - successes_first, successes_second, n - successes_second]
    a, b, c, d = (cell + (0.5 if 0 in cells else 0.0) for cell in cells)
    return (a * d) / (b * c)


def worlds_to_settle(
    only_first: int, only_second: int, n: int, level: float = 0.95, power: float = 0.8
) -> int | None:
    """Return how many worlds in all would settle a pair if the shares stay as they are.

    With that many, McNemar's test at this level finds the difference with this power. None
    where the two have succeeded in equally many worlds: there is nothing to settle.

    References
    ----------
    Miettinen (1968), Biometrics 24, 339-352, unconditional form.
    """
    difference = (only_first - only_second) / n if n else 0.0
    if difference == 0.0:
        return None
    discordant = (only_first + only_second) / n
    beta = normal_quantile(2.0 * power - 1.0) if power > 0.5 else 0.0
    spread = math.sqrt(max(0.0, discordant - difference * difference))
    root = (normal_quantile(level) * math.sqrt(discordant) + beta * spread) / difference
    return math.ceil(root * root)


def paired_differences(
    outcomes: pd.DataFrame,
    goals: Mapping[str, str] | None = None,
    *,
    strategies: Sequence[str] | None = None,
    level: float = 0.95,
    column: str = "timely",
) -> pd.DataFrame:
    """Return every pair of strategies with like goals, compared on the same worlds.

    Returns
    -------
    DataFrame
        ``first, second, worlds, p_first, p_second, difference``, its interval ``low, high`` and
        ``low_all, high_all``, which hold for all pairs at once (Bonferroni); ``only_first,
        only_second``; McNemar's ``p_value`` and ``p_holm``, corrected for the pairs looked at;
        ``settled`` (``p_holm`` below ``1 - level``); ``cohens_h, odds_ratio``; ``more_worlds``,
        how many more would settle an open pair (missing: settled, or no difference at all).

    Raises
    ------
    ValueError
        If a strategy asked for is not in the table.
    """
    matrix = success_matrix(outcomes, column)
    chosen = list(matrix.columns) if strategies is None else list(strategies)
    unknown = [name for name in chosen if name not in matrix.columns]
    if unknown:
        raise ValueError(f"strategies: {unknown} are not in the table or cannot succeed")
    pairs = list(like_pairs(chosen, goals))
    rows = [_pair(matrix, first, second, level, len(pairs)) for first, second in pairs]
    table = pd.DataFrame(rows, columns=list(rows[0]) if rows else _PAIR_COLUMNS)
    table["p_holm"] = holm(table["p_value"].to_numpy(dtype=float).tolist())
    table["settled"] = (table["p_holm"] < 1.0 - level).astype(bool)
    table["more_worlds"] = table["more_worlds"].astype("Int64")
    table.loc[table["settled"], "more_worlds"] = pd.NA
    return table[_PAIR_COLUMNS]


_PAIR_COLUMNS = [
    "first", "second", "worlds", "p_first", "p_second", "difference", "low", "high",
    "low_all", "high_all", "only_first", "only_second", "p_value", "p_holm", "settled",
    "cohens_h", "odds_ratio", "more_worlds",
]  # fmt: skip


def _pair(
    matrix: pd.DataFrame, first: str, second: str, level: float, n_pairs: int
) -> dict[str, object]:
    """Return one row of :func:`paired_differences`, before the correction of its p-value."""
    a, b = matrix[first].to_numpy(), matrix[second].to_numpy()
    both = ~(np.isnan(a) | np.isnan(b))
    a, b, n = a[both] > 0.5, b[both] > 0.5, int(both.sum())
    only_first, only_second = int((a & ~b).sum()), int((b & ~a).sum())
    strict = 1.0 - (1.0 - level) / n_pairs
    difference, low, high = paired_difference(only_first, only_second, n, level)
    _, low_all, high_all = paired_difference(only_first, only_second, n, strict)
    needed = worlds_to_settle(only_first, only_second, n, strict)
    p_first, p_second = (float(x.mean()) if n else float("nan") for x in (a, b))
    return {
        "first": first, "second": second, "worlds": n, "p_first": p_first, "p_second": p_second,
        "difference": difference, "low": low, "high": high, "low_all": low_all,
        "high_all": high_all, "only_first": only_first, "only_second": only_second,
        "p_value": mcnemar(only_first, only_second),
        "cohens_h": cohens_h(p_first, p_second) if n else float("nan"),
        "odds_ratio": odds_ratio(int(a.sum()), int(b.sum()), n) if n else float("nan"),
        "more_worlds": pd.NA if needed is None else max(1, needed - n),
        "p_holm": 1.0, "settled": False,
    }  # fmt: skip


def probability_best(
    outcomes: pd.DataFrame,
    goals: Mapping[str, str] | None = None,
    *,
    draws: int = 4000,
    seed: int = 0,
    column: str = "timely",
) -> pd.DataFrame:
    """Return how probable it is that each strategy is the best of those with like goals.

    Returns
    -------
    DataFrame
        ``goal, strategy, worlds, p_success, p_best``; within a goal ``p_best`` sums to one, ties
        are shared.

    Notes
    -----
    Bayesian bootstrap over worlds (Rubin 1981): each draw weights the worlds by a flat Dirichlet
    variate and asks which strategy succeeds with the most weight. Worlds with the same pattern
    of successes are drawn together, which is the same in law. For each strategy half an imaginary
    world in which it alone succeeds is added (Jeffreys' prior for a pair), else one discordant
    world in a million would make its strategy the best for certain. Worlds that any strategy of
    the goal has no result for are left out.
    """
    matrix = success_matrix(outcomes, column)
    rng = np.random.default_rng(seed)
    rows = []
    labels = {name: "" if goals is None else str(goals.get(name, "")) for name in matrix.columns}
    for goal in dict.fromkeys(labels.values()):
        names = [name for name in matrix.columns if labels[name] == goal]
        results = matrix[names].dropna().to_numpy(dtype=np.int8)
        best = _share_best(results, draws, rng)
        for name, share, p in zip(names, best, _means(results), strict=True):
            row = {"goal": goal, "strategy": name, "worlds": len(results)}
            rows.append(row | {"p_success": p, "p_best": share})
    return pd.DataFrame(rows, columns=["goal", "strategy", "worlds", "p_success", "p_best"])


def _means(results: np.ndarray) -> np.ndarray:
    return results.mean(axis=0) if len(results) else np.full(results.shape[1], np.nan)


def _share_best(results: np.ndarray, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Return the share of weighted draws in which each column has the highest mean."""
    if not len(results):
        return np.full(results.shape[1], np.nan)
    patterns, counts = np.unique(results, axis=0, return_counts=True)
    n = results.shape[1]
    if n > 1:
        patterns = np.vstack([patterns, np.eye(n, dtype=patterns.dtype)])
        counts = np.append(counts, np.full(n, _PRIOR))
    total = np.zeros(results.shape[1])
    step = max(1, _BLOCK // len(patterns))
    for start in range(0, draws, step):
        weights = rng.standard_gamma(counts, size=(min(step, draws - start), len(counts)))
        score = (weights @ patterns) / weights.sum(axis=1, keepdims=True)
        best = score >= score.max(axis=1, keepdims=True) - 1e-12
        total += (best / best.sum(axis=1, keepdims=True)).sum(axis=0)
    return total / draws
