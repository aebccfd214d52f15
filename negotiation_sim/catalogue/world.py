"""The world data of ``actors/world/``: alignment, capabilities and bodies' rules, year by year.

What each file holds, where it comes from and under which licence stands in its README.
"""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

from negotiation_sim.catalogue.folders import SOURCES, SUFFIX, WORLD, find_root, read_sources
from negotiation_sim.catalogue.reports import Problems
from negotiation_sim.catalogue.states import world_rows
from negotiation_sim.catalogue.strict_yaml import read_document

ALIGNMENT = "alignment"
CINC, POPULATION, INCOME = "cinc", "population_thousand", "real_gdp_million"
TOPICS = ("all-but-nuclear", "human-rights", "important", "middle-east", "nuclear")
NO_VOTES = 1964
SOURCE_OF = {
    ALIGNMENT: "unga-ideal-points",
    **{f"{ALIGNMENT}-{topic}": "unga-ideal-points-by-topic" for topic in TOPICS},
    CINC: "cow-capabilities",
    POPULATION: "cow-capabilities",
    INCOME: "real-gdp",
    "pooling": "international-authority",
    "agreement": "unga-agreement",
    "allied": "atop",
    "positions": "world-positions",
}


class Dated(NamedTuple):
    """A value and the year it speaks of."""

    value: float
    year: int


class PositionLaw(NamedTuple):
    """How far alignment tells positions: least squares over the powers' coded stances.

    ``position = intercept + slope * alignment``, with ``residual_sd`` around it, over ``n`` stances
    on mandates of the years ``first`` to ``last``; 1 is the text sought, 0 none.
    """

    n: int
    first: int
    last: int
    intercept: float
    slope: float
    r2: float
    residual_sd: float


@functools.cache
def table(name: str) -> dict[str, dict[int, float]]:
    """Return a file with a row a state and a column a year: values by state and year."""
    found = {}
    for row in world_rows(name):
        state = row.pop("state")
        found[state] = {int(year): float(cell) for year, cell in row.items() if cell}
    return found


def known(name: str, state: str, year: int) -> Dated | None:
    """Return the value of the last year there is for a state, the year itself at the latest."""
    years = table(name).get(state, {})
    last = max((each for each in years if each <= year), default=None)
    return None if last is None else Dated(years[last], last)


def year_of_votes(year: int) -> int:
    """Return the year whose votes tell alignment: itself, but 1963 for 1964, when none voted."""
    return year - 1 if year == NO_VOTES else year


def years() -> tuple[int, int]:
    """Return the first and the last year of votes in the General Assembly."""
    found = {year for values in table(ALIGNMENT).values() for year in values}
    return min(found), max(found)


def voters(year: int) -> dict[str, Dated]:
    """Return alignment of every state that voted in a year; for 1964 in the year before."""
    at = year_of_votes(year)
    values = table(ALIGNMENT)
    return {code: Dated(values[code][at], at) for code in sorted(values) if at in values[code]}


@functools.cache
def positions() -> PositionLaw:
    """Return the regression of positions on alignment."""
    facts = {row["fact"]: row["value"] for row in world_rows("positions")}
    n, first, last = (int(facts[name]) for name in ("n", "first", "last"))
    law = (float(facts[name]) for name in ("intercept", "slope", "r2", "residual_sd"))
    return PositionLaw(n, first, last, *law)


@functools.cache
def pairs() -> dict[int, dict[tuple[str, str], tuple[float | None, float | None]]]:
    """Return, by year, voting agreement and alliance of pairs; None where there is none."""
    found: dict[int, dict[tuple[str, str], tuple[float | None, float | None]]] = {}
    for row in world_rows("pairs"):
        values = tuple(float(row[name]) if row[name] else None for name in ("agreement", "allied"))
        found.setdefault(int(row["year"]), {})[row["one"], row["other"]] = (values[0], values[1])
    return found


def measured_of_pairs(year: int) -> list[str]:
    """Return which of ``agreement`` and ``allied`` there is for pairs in a year."""
    values = pairs().get(year, {}).values()
    columns = zip(("agreement", "allied"), zip(*values, strict=True), strict=False)
    return [name for name, column in columns if any(value is not None for value in column)]


@functools.cache
def scores() -> list[dict[str, str]]:
    """Return the rows of pooling scores: organisation, name, years, the score and its areas."""
    return world_rows("pooling")


@functools.cache
def sources() -> dict[str, dict[str, Any]]:
    """Return the entries of the world data's ``sources.yaml``."""
    path = find_root() / "actors" / WORLD / (SOURCES + SUFFIX)
    return read_sources(read_document(path, path.name), Problems(first=True))
