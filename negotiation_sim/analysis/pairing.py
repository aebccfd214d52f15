"""Strategies side by side on the same worlds: the matrices that paired comparisons start from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, pairwise

import numpy as np
import pandas as pd

from negotiation_sim.analysis.replicates import NEVER, codes_of, errors_of, months_of

WORLD = ("seed", "belief", "chance")


def success_matrix(outcomes: pd.DataFrame, column: str = "timely") -> pd.DataFrame:
    """Return worlds by strategies: 1 success, 0 failure, missing where a strategy has no result.

    Parameters
    ----------
    outcomes : DataFrame
        As ``strategy_outcomes`` returns it; strategies of pledges alone are left out.
    column : str
        What counts: ``timely``, ``timely_any`` or ``timely_all``.
    """
    return matrix_of(outcomes, outcomes[column].to_numpy(dtype=float))


def month_matrix(outcomes: pd.DataFrame, milestone: str = "success") -> pd.DataFrame:
    """Return worlds by strategies: the month of a milestone, infinite if it is never reached."""
    months = months_of(outcomes, f"{milestone}_month").astype(float)
    return matrix_of(outcomes, np.where(months == NEVER, np.inf, months))


def matrix_of(outcomes: pd.DataFrame, values: np.ndarray) -> pd.DataFrame:
    """Return one value per row of the outcomes as worlds by strategies, missing without a result.

    Strategies of pledges alone are left out.
    """
    return matrices_of(outcomes, {"": values})[""]


def matrices_of(
    outcomes: pd.DataFrame, values: Mapping[str, np.ndarray]
) -> dict[str, pd.DataFrame]:
    """Return :func:`matrix_of` of several values by name."""
    use = errors_of(outcomes) == ""
    if "pledges_only" in outcomes:
        use &= ~outcomes["pledges_only"].to_numpy(dtype=bool)
    keys = [name for name in WORLD if name in outcomes]
    worlds = [outcomes[name].to_numpy()[use] for name in keys]
    codes, names = codes_of(outcomes["strategy"][use])
    order = np.lexsort(worlds[::-1])
    begins = np.zeros(len(order), dtype=bool)
    begins[:1] = True
    for column in worlds:
        begins[1:] |= np.diff(column[order]) != 0
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.cumsum(begins) - 1
    if len(place) and np.bincount(place * len(names) + codes).max() > 1:
        raise ValueError("a strategy meets the same world twice; compare one run at a time")
    index = pd.MultiIndex.from_arrays([x[order][begins] for x in worlds], names=keys)
    found = {}
    for name, column in values.items():
        matrix = np.full((len(index), len(names)), np.nan)
        matrix[place, codes] = column[use]
        found[name] = pd.DataFrame(matrix, index=index, columns=names)
    return found


def like_pairs(
    strategies: Sequence[str], goals: Mapping[str, str] | None = None
) -> Iterator[tuple[str, str]]:
    """Yield the pairs of strategies with like goals, in the order given."""
    for first, second in combinations(strategies, 2):
        if goals is None or goals.get(first) == goals.get(second):
            yield first, second


def add_up(rows: np.ndarray) -> np.ndarray:
    """Return running sums down the rows, in place.

    Row by row this is ten times as fast as ``cumsum`` along the first axis.
    """
    for above, row in pairwise(rows):
        np.add(row, above, out=row)
    return rows
