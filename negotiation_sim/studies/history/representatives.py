"""Who stands for the states that a historical case does not name, and who listens to whom."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from negotiation_sim.catalogue import world
from negotiation_sim.catalogue.casting import likeness, spread
from negotiation_sim.catalogue.folders import Folders
from negotiation_sim.catalogue.lookup import Catalogue
from negotiation_sim.catalogue.reports import Problems

ISSUES = ("form", "scope", "verification")
POWERS = ("USA", "RUS", "CHN")

# Ideal points of the powers from votes in the General Assembly, means of 2000 to 2008.
ALIGNMENT = {"USA": 2.66, "RUS": -0.1, "CHN": -0.67}


class Representative(NamedTuple):
    """One state of the population: alignment in the Assembly and deviations from its mean."""

    id: str
    alignment: float
    deviation: dict[str, float]


class Rest(NamedTuple):
    """Whoever is not coded, in the order in which they stand for all; alignment of powers too."""

    states: tuple[Representative, ...]
    alignment: dict[str, float]


@functools.cache
def population() -> tuple[Representative, ...]:
    """Return the catalogue's population, in an order whose every beginning is spread evenly."""
    catalogue = Catalogue(Folders.around(None, None), Problems(first=True))
    actors = [catalogue.record("actors", code) for code in sorted(catalogue.rows())]
    actors.sort(key=lambda actor: (actor.unga_ideal_point.value, actor.id))
    mean = {k: math.fsum(a.ideal_point[k].value for a in actors) / len(actors) for k in ISSUES}
    ranked = [
        Representative(
            actor.id,
            actor.unga_ideal_point.value,
            {k: actor.ideal_point[k].value - mean[k] for k in ISSUES},
        )
        for actor in actors
    ]
    return tuple(spread(ranked))


@functools.cache
def rest_of(year: int) -> Rest:
    """Return the states that voted in a year, the powers left out, as the world data have them.

    Before the first year of votes that year stands in, after the last one the last. Deviations
    follow alignment by the regression that every cast uses.
    """
    first, last = world.years()
    voters = world.voters(min(last, max(first, year)))
    others = {code: each.value for code, each in voters.items() if code not in POWERS}
    mean = math.fsum(others.values()) / len(others)
    slope = world.positions().slope
    ranked = [
        Representative(code, value, dict.fromkeys(ISSUES, slope * (value - mean)))
        for code, value in sorted(others.items(), key=lambda item: (item[1], item[0]))
    ]
    powers = {code: voters[code].value for code in POWERS if code in voters}
    return Rest(tuple(spread(ranked)), others | ALIGNMENT | powers)


@functools.cache
def rest_as_fitted() -> Rest:
    """Return the catalogue's population of 2008, which the parameters in force were fitted with."""
    states = population()
    return Rest(states, {state.id: state.alignment for state in states} | ALIGNMENT)


def ties_of(
    actors: Iterable[str], pull: float, alignment: Mapping[str, float]
) -> list[tuple[str, str, float]]:
    """Return ties by likeness of voting in the Assembly; those to a power count ``pull`` times."""
    ids = sorted(actors)
    ties = []
    for i, a in enumerate(ids):
        for b in ids[i + 1 :]:
            like = likeness(alignment[a], alignment[b])
            if a in POWERS and b in POWERS:
                continue
            ties.append((a, b, like * (pull if a in POWERS or b in POWERS else 1.0)))
    return ties
