"""Outcomes of replicates as the table of replicates (docs/columns.md), and as rows of plain values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from negotiation_sim.engine.scenario import Scenario
from negotiation_sim.model.chunk import Outcomes, new_outcomes
from negotiation_sim.model.columns import (
    COUNT,
    MONTH,
    NUMBER,
    PLACE,
    REAL,
    Rows,
    Words,
    columns_of,
)

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

DTYPES = {PLACE: np.int16, NUMBER: np.int64, COUNT: np.int32, REAL: np.float64}
MILESTONES = ("mandate", "report", "adoption", "force", "success", "agreed", "cause_deepest")


def rows_of(
    scenario: Scenario,
    strategies: Sequence[int],
    seed: int,
    worlds: NDArray[np.uint64],
    outcomes: Outcomes,
    errors: NDArray[np.object_] | None = None,
) -> Rows:
    """Return outcomes as rows: worlds in their order, in each the strategies and their tracks.

    Parameters
    ----------
    worlds : (R, 2) array
        Belief and chance.
    errors : (R, C) array of str, optional
        What went wrong, empty where nothing did.
    """
    n_tracks = np.asarray(scenario.arrays.n_tracks)[list(strategies)]
    shape = outcomes.tracks.shape
    keep = np.broadcast_to(np.arange(shape[2]) < n_tracks[None, :, None], shape)
    r, c, m = np.nonzero(keep)
    return Rows(
        names=scenario, seed=seed, belief=worlds[r, 0], chance=worlds[r, 1],
        strategies=strategies, strategy=c, track=m, end=outcomes.tracks[r, c, m],
        run=outcomes.runs[r, c], text=outcomes.text[r, c, m], named=outcomes.named[r, c, m],
        said=outcomes.said[r, c, m],
        error=[""] * len(r) if errors is None else errors[r, c].tolist(),
    )  # fmt: skip


def frame_of(rows: Rows) -> pd.DataFrame:
    """Return rows as the table of replicates: words as categories, months as nullable Int16."""
    import pandas as pd

    found: dict[str, object] = {}
    for column in columns_of(rows.names.issues):
        values = column.read(rows)
        if isinstance(values, Words):
            words = list(dict.fromkeys(values.words))
            found[column.name] = pd.Categorical.from_codes(
                values.places, categories=pd.Index(words)
            )
        elif column.kind == MONTH:
            months = np.asarray(values)
            found[column.name] = pd.arrays.IntegerArray(months.astype(np.int16), months < 0)
        elif column.kind in DTYPES:
            found[column.name] = np.asarray(values).astype(DTYPES[column.kind])
        else:
            found[column.name] = values
    return pd.DataFrame(found)


def records_of(rows: Rows) -> list[dict[str, object]]:
    """Return rows as mappings of plain values, a month that has not come as None."""
    found: dict[str, list[object]] = {}
    for column in columns_of(rows.names.issues):
        values = column.read(rows)
        if isinstance(values, Words):
            found[column.name] = [values.words[place] for place in values.places.tolist()]
            continue
        plain: list[Any] = values if isinstance(values, list) else values.tolist()
        if column.kind == MONTH:
            plain = [None if month < 0 else month for month in plain]
        found[column.name] = list(plain)
    return [dict(zip(found, row, strict=True)) for row in zip(*found.values(), strict=True)]


def nothing_reached(scenario: Scenario, strategies: Sequence[int], n_worlds: int) -> Outcomes:
    """Return the outcomes of replicates that failed: nothing reached, no text."""
    empty = new_outcomes(scenario.arrays, n_worlds, len(strategies))
    for field in MILESTONES:
        empty.tracks[field] = -1
    empty.tracks["venue"] = scenario.arrays.plans["venue"][list(strategies)]
    empty.text[:] = np.nan
    return empty
