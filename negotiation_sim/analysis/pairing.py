"""Strategies side by side on the same worlds: the matrices that paired comparisons start from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

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
    return _matrix(outcomes, outcomes[column].to_numpy(dtype=float))


def month_matrix(outcomes: pd.DataFrame, milestone: str = "success") -> pd.DataFrame:
    """Return worlds by strategies: the month of a milestone, infinite if it is never reached."""
    months = months_of(outcomes, f"{milestone}_month").astype(float)
    return _matrix(outcomes, np.where(months == NEVER, np.inf, months))


def _matrix(outcomes: pd.DataFrame, values: np.ndarray) -> pd.DataFrame:
    use = errors_of(outcomes) == ""
    if "pledges_only" in outcomes:
        use &= ~outcomes["pledges_only"].to_numpy(dtype=bool)
    keys = [name for name in WORLD if name in outcomes]
    world = outcomes.loc[use, keys].reset_index(drop=True)
    codes, names = codes_of(outcomes.loc[use, "strategy"])
    place = world.groupby(keys, sort=True).ngroup().to_numpy()
    matrix = np.full((int(place.max()) + 1 if len(place) else 0, len(names)), np.nan)
    if len(np.unique(place * max(1, len(names)) + codes)) < len(place):
        raise ValueError("a strategy meets the same world twice; compare one run at a time")
    matrix[place, codes] = values[use]
    index = pd.MultiIndex.from_frame(world.drop_duplicates().sort_values(keys))
    return pd.DataFrame(matrix, index=index, columns=names)


def like_pairs(
    strategies: Sequence[str], goals: Mapping[str, str] | None = None
) -> Iterator[tuple[str, str]]:
    """Yield the pairs of strategies with like goals, in the order given."""
    for first, second in combinations(strategies, 2):
        if goals is None or goals.get(first) == goals.get(second):
            yield first, second
