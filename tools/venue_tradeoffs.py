"""The tables of docs/venue-tradeoffs.md, made of the table of points of its sweep.

``tools/regenerate.py`` writes them into the page. Most show a few points of the grid and nothing
else; those of ``OF_THE_GRID`` need all of it. What the page says in words is for a person to check.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

PLEDGES, RETURN, LEAD = "strategies.*.pledges", "venues.CD.block_rate", "venues.CD.leadership"
INFORMAL, VERIFIABLE = "venues.*.informality", "environment.verifiable_scope"
BASE = {PLEDGES: False, RETURN: 1.0, LEAD: 1.0, INFORMAL: 0.5, VERIFIABLE: 0.3}
"""The point of the grid nearest to the experiment's own figures."""


def at(table: pd.DataFrame, **free: object) -> pd.DataFrame:
    """Return the rows at the base, but for the parameters that are left free."""
    keep = pd.Series(True, index=table.index)
    for path, value in BASE.items():
        if path not in free:
            keep &= table[path] == value
    return table[keep]


def markdown(table: pd.DataFrame, head: str) -> str:
    """Return a table with one row a strategy."""
    lines = [f"| {head} | " + " | ".join(str(c) for c in table.columns) + " |"]
    lines.append("| --- |" + " ---: |" * table.shape[1])
    for name, row in table.iterrows():
        lines.append(f"| `{name}` | " + " | ".join(cell(v) for v in row) + " |")
    return "\n".join(lines)


def cell(value: object) -> str:
    """Return a number with two decimals, a word as it is."""
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def across(table: pd.DataFrame, path: str, values: list, value: str = "p_success") -> str:
    """Return a measure at the base over some values of one parameter."""
    rows = at(table, **{path: True})
    wide = rows.pivot(index="strategy", columns=path, values=value).reindex(columns=values)
    wide = wide.loc[list(dict.fromkeys(rows["strategy"]))]
    wide.columns = [f"{v:g}" if not isinstance(v, bool) else ("on" if v else "off") for v in values]
    return markdown(wide.astype(float), path.rsplit(".", maxsplit=1)[-1].replace("_", " "))


def best_and_worst(table: pd.DataFrame) -> str:
    """Return each strategy's base, its lowest and highest P over the whole grid, and where."""
    rows = {}
    for name, part in table.groupby("strategy", observed=True, sort=False):
        top = part.loc[part["p_success"].idxmax()]
        base = at(part).iloc[0]
        share = (part["p_success"] >= 0.5).mean()
        rows[name] = {
            "base": interval(base), "lowest": float(part["p_success"].min()),
            "highest": interval(top), "points with P of at least one half": f"{share:.0%}",
        }  # fmt: skip
    return markdown(pd.DataFrame(rows).T, "strategy")


def interval(row: pd.Series) -> str:
    return f"{row['p_success']:.2f} ({row['p_success_low']:.2f} to {row['p_success_high']:.2f})"


def steps(table: pd.DataFrame) -> str:
    """Return what the whole width of each parameter is worth, on average over all others."""
    wanted = {
        "pledges": (PLEDGES, False, True), "linkage returns never": (RETURN, 2.0, 0.0),
        "leadership 64": (LEAD, 1.0, 64.0), "informality 1": (INFORMAL, 0.0, 1.0),
        "verifiable scope 1": (VERIFIABLE, 0.0, 1.0),
    }  # fmt: skip
    found = {}
    for word, (path, low, high) in wanted.items():
        means = table.groupby(["strategy", path], observed=True)["p_success"].mean().unstack()
        found[word] = means[high] - means[low]
    frame = pd.DataFrame(found).loc[list(dict.fromkeys(table["strategy"]))]
    return markdown(frame.map(lambda v: f"{v:+.2f}"), "strategy")


def conference(table: pd.DataFrame) -> str:
    """Return P of the open mandate in the Conference over leadership and the return of linkage."""
    rows = at(table, **{RETURN: True, LEAD: True})
    rows = rows[rows["strategy"] == "open@CD"]
    wide = rows.pivot(index=LEAD, columns=RETURN, values="p_success")
    wide.index = [f"leadership {v:g}" for v in wide.index]
    wide.columns = [f"returns {v:g} a year" for v in wide.columns]
    return markdown(wide, "open@CD")


def winners(table: pd.DataFrame) -> str:
    """Return in which share of the points each strategy has the highest P of its initiative."""
    rows = []
    for initiative, part in table.groupby(table["strategy"].astype(str).str.split("@").str[0]):
        wide = part.pivot(index="point", columns="strategy", values="p_success")
        most = wide.max(axis=1)
        for name in wide.columns:
            first = ((wide[name] == most) & (most > 0)).mean()
            rows.append((name, f"{first:.0%}", initiative))
    frame = pd.DataFrame(rows, columns=["strategy", "share of points", "among"]).set_index(
        "strategy"
    )
    return markdown(frame, "highest P")


def causes(table: pd.DataFrame) -> str:
    """Return the commonest cause of failure at the base."""
    rows = at(table).set_index("strategy")
    columns = ["p_mandate", "p_adopted", "p_success", "p_by_horizon", "main_cause"]
    frame = rows[columns].astype({"main_cause": str})
    frame.columns = [
        "mandate",
        "adopted",
        "success in ten years",
        "in fifteen",
        "main cause of failure",
    ]
    return markdown(frame, "strategy")


INFORMALITIES = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
VERIFIABLES = [0.0, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0]
LEADS = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0]
RETURNS = [0.0, 0.1, 0.2, 0.5, 1.0, 2.0]
OF_THE_GRID = ("range", "steps", "winners")
SECTIONS: dict[str, Callable[[pd.DataFrame], str]] = {
    "base": causes,
    "range": best_and_worst,
    "steps": steps,
    "informality": lambda t: across(t, INFORMAL, INFORMALITIES),
    "verifiable": lambda t: across(t, VERIFIABLE, VERIFIABLES),
    "leadership": lambda t: across(t, LEAD, LEADS, "p_mandate"),
    "conference": conference,
    "pledges": lambda t: across(t, PLEDGES, [False, True]),
    "winners": winners,
}


def shown_points() -> list[dict[str, object]]:
    """Return the points of the grid that the sections show which do not need all of it."""
    free: list[dict[str, object]] = [{}]
    free += [{INFORMAL: value} for value in INFORMALITIES]
    free += [{VERIFIABLE: value} for value in VERIFIABLES]
    free += [{PLEDGES: value} for value in (False, True)]
    free += [{LEAD: lead, RETURN: back} for lead in LEADS for back in RETURNS]
    points = [BASE | values for values in free]
    return [point for place, point in enumerate(points) if point not in points[:place]]
