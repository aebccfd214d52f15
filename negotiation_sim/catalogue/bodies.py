"""Bodies: by which rules they decide, from how far they pool authority, year by year.

A pooling score is 0 where states decide by consensus or unanimity and 1 where a majority binds all
(Hooghe, Marks and others 2021); a qualified majority lies in the middle. The rule drafted is that of
the nearest of the three; the areas of a body's work, whose scores differ, say which others could be.
"""

from __future__ import annotations

import functools
import re
from typing import Any, NamedTuple

from negotiation_sim.catalogue import world
from negotiation_sim.catalogue.schema import Calendar, Figure, Procedure, Venue
from negotiation_sim.errors import UsageError, nearest

AREAS = ("constitutional", "budget", "compliance", "policy", "agenda", "final_vote")
CONSENSUS, QUALIFIED, SIMPLE = "consensus", "qualified_majority", "simple_majority"
RULES = (CONSENSUS, QUALIFIED, SIMPLE)
QUALIFIED_FROM, SIMPLE_FROM = 0.25, 0.75
QUOTA = [2, 3]
WEEKS = {4: 2.0, 10: 2.0}


class Body(NamedTuple):
    """A body with its pooling score of a year, and the lowest and highest of its six areas."""

    code: str
    name: str
    year: int
    pooling: float
    low: float
    high: float


def rule_of(pooling: float) -> str:
    """Return the rule nearest to a pooling score: at 1/4 and 3/4 the one with less unanimity.

    Examples
    --------
    >>> rule_of(0.24), rule_of(0.25), rule_of(0.74), rule_of(0.75)
    ('consensus', 'qualified_majority', 'qualified_majority', 'simple_majority')
    """
    if pooling < QUALIFIED_FROM:
        return CONSENSUS
    return QUALIFIED if pooling < SIMPLE_FROM else SIMPLE


def rules_of(body: Body) -> list[str]:
    """Return the rules a body may decide by: that of its score, then the others of its areas."""
    lowest, highest = RULES.index(rule_of(body.low)), RULES.index(rule_of(body.high))
    first = rule_of(body.pooling)
    return [first, *(rule for rule in RULES[lowest : highest + 1] if rule != first)]


def _folded(text: str) -> str:
    return re.sub(r"[^a-z0-9/]", "", text.casefold())


@functools.cache
def _by_name() -> dict[str, list[dict[str, str]]]:
    """Return the rows of each body by its code, by parts of that and by its short name."""
    found: dict[str, list[dict[str, str]]] = {}
    for row in world.scores():
        parts = (row["name"], row["organisation"], *row["organisation"].split("/"))
        for name in {_folded(part) for part in parts}:
            found.setdefault(name, []).append(row)
    return found


def is_body(name: str) -> bool:
    """Return whether there are pooling scores for a body of this name."""
    return _folded(name) in _by_name()


def find_body(name: str, year: int) -> Body:
    """Return a body as it was in a year; after the last year scored, as it was then.

    Raises
    ------
    UsageError
        Where no body has the name, or it was not there yet or no more.
    """
    rows = _by_name().get(_folded(name))
    if not rows:
        known = {row["name"] for row in world.scores()}
        raise UsageError(f"body: no body '{name}'{nearest(name, known)}")
    first, last = min(int(row["first"]) for row in rows), max(int(row["last"]) for row in rows)
    end = max(int(row["last"]) for row in world.scores())
    if year < first or year > last < end:
        raise UsageError(
            f"body: {rows[0]['name']} has no rule of {year}; it has one {first} to {last}"
        )
    at = min(year, last)
    row = next(row for row in rows if int(row["first"]) <= at <= int(row["last"]))
    areas = [float(row[area]) for area in AREAS]
    return Body(row["organisation"], row["name"], at, float(row["pooling"]), min(areas), max(areas))


def assumed_within(value: float, low: float, high: float, note: str) -> Figure:
    """Return an assumed figure with its range."""
    return Figure(value=value, range=[low, high], basis="assumed", note=note)


def venue(
    code: str, name: str, rule: str, note: str, members: list[str], source: str | None = None
) -> Venue:
    """Return a venue of which no more is known than the rule it decides by."""
    figures: dict[str, Any] = {
        "informality": assumed_within(0.3, 0.1, 0.6, "not known; anything but all on the record"),
        "isolation": assumed_within(0.1, 0.0, 0.2, "not known; the model's default"),
    }
    return Venue(
        id=code,
        name=name,
        members=members,
        decision=Procedure.model_validate(
            {"rule": rule, "quota": QUOTA if rule == QUALIFIED else None, "source": source,
             "note": f"assumed: {note}"}
        ),
        calendar=Calendar(weeks=WEEKS, basis="assumed", note="two sessions of two weeks a year"),
        **figures,
    )  # fmt: skip


def venues_of(body: Body, members: list[str]) -> list[Venue]:
    """Return a body under each rule it may decide by, the one of its score first."""
    said = (
        f"pooling {body.pooling:g} in {body.year}, {body.low:g} to {body.high:g} by area; "
        f"a qualified majority from {QUALIFIED_FROM:g}, a simple one from {SIMPLE_FROM:g}"
    )
    first, *others = rules_of(body)
    code = re.sub(r"[^A-Za-z0-9]+", "-", body.name).strip("-")
    source = world.SOURCE_OF["pooling"]
    found = [venue(code, body.name, first, said, members, source)]
    for rule in others:
        word = rule.replace("_", "-")
        shown = f"{body.name}, {rule.replace('_', ' ')}"
        found.append(venue(f"{code}-{word}", shown, rule, said, members, source))
    return found
