"""Who wanted the texts that were adopted, and who only went along with them."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd

COLUMNS = ["strategy", "texts", "actor", "wanted", "along", "p_wanted", "p_along"]


def consent(rows: pd.DataFrame, deadline: int) -> pd.DataFrame:
    """Return how often each state wanted an adopted text, and how often it went along.

    Parameters
    ----------
    rows : DataFrame
        The table of replicates, one row a track.
    deadline : int
        Month by which a text counts.

    Returns
    -------
    DataFrame
        ``strategy``, ``texts`` adopted by the deadline on any of its tracks, ``actor``, the counts
        ``wanted`` and ``along``, and their shares of the texts. Who did neither was against it,
        or has no seat. By strategy in the order of the rows; who wanted most first.
    """
    adopted = rows["adoption_month"].to_numpy(dtype=float, na_value=np.nan) <= deadline
    if "error" in rows:
        adopted &= (rows["error"] == "").to_numpy()
    chosen = rows.loc[adopted, ["strategy", "wanted_by", "went_along"]].astype(str)
    found = []
    for strategy, part in chosen.groupby("strategy", sort=False):
        wanted, along = (_times(part[name]) for name in ("wanted_by", "went_along"))
        for actor in sorted({*wanted, *along}, key=lambda a: (-wanted[a], -along[a], a)):
            counts = (wanted[actor], along[actor])
            found.append([strategy, len(part), actor, *counts, *(n / len(part) for n in counts)])
    return pd.DataFrame(found, columns=COLUMNS)


def _times(cells: pd.Series) -> Counter[str]:
    """Return how many cells name each state."""
    times: Counter[str] = Counter()
    for cell, count in cells.value_counts().items():
        for actor in str(cell).split():
            times[actor] += int(count)
    return times
