"""The figures of a sweep over one or two figures, as files: P with its intervals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from negotiation_sim.analysis import figures as plots
from negotiation_sim.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

MOST = 12


def varied(table: pd.DataFrame) -> list[str]:
    """Return the dotted paths that differ between the points of a sweep."""
    return [name for name in table.columns if "." in str(name) and table[name].nunique() > 1]


def sweep_figures(
    table: pd.DataFrame, labels: Mapping[str, str] | None = None
) -> Iterator[tuple[str, Any]]:
    """Yield name and figure: lines over one figure, a map for each strategy over two.

    Strategies that never succeed at any point are left out; of the others the likeliest are drawn, in
    the order of their highest P.

    Parameters
    ----------
    table : DataFrame
        Of a sweep, a row for each point and strategy.
    labels : mapping, optional
        Names of strategies.

    Raises
    ------
    UsageError
        Where not one or two figures vary, or none of the strategies ever succeeds.
    """
    paths = varied(table)
    if len(paths) not in (1, 2):
        raise UsageError(
            f"figures: {len(paths)} figures vary ({', '.join(paths) or 'none'}); lines need one and "
            "maps two. Python draws any two of them: docs/sweeps.md"
        )
    best = table.groupby("strategy", sort=False, observed=True)["p_success"].max()
    best = best[best > 0.0].sort_values(ascending=False, kind="stable")
    if not len(best):
        raise UsageError("figures: no strategy succeeds at any point of this sweep")
    names = [str(name) for name in best.index[:MOST]]
    rows = table[table["strategy"].isin(names)]
    rows = rows.assign(strategy=rows["strategy"].astype(str))
    rows = rows.iloc[rows["strategy"].map(names.index).argsort(kind="stable")]
    title = "Probability of timely success"
    if len(best) > MOST:
        title += f": the {MOST} likeliest of {len(best)} strategies that ever succeed"
    if len(paths) == 1:
        yield "lines.png", plots.lines(
            rows.assign(drawn="estimate and 95% interval"), paths[0], lines_by="drawn",
            panels="strategy", labels=labels, title=title,
        )  # fmt: skip
    else:
        yield (
            "maps.png",
            plots.heat_maps(
                rows, paths[0], paths[1], "strategy", intervals=True, labels=labels, title=title
            ),
        )
