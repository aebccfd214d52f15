"""Who stands for the states that a historical case does not name, and who listens to whom."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from negotiation_sim.catalogue import world
from negotiation_sim.catalogue.casting import likeness, spread

ISSUES = ("form", "scope", "verification")
POWERS = ("USA", "RUS", "CHN")

# The European Union (its founders) and the developing countries (six of them from three regions)
# as one actor each, where a row says that they had a part.
EU, G77 = "EUE", "GSS"
NAMES = {EU: "European Union", G77: "Developing countries"}
MEMBERS = {EU: ("FRA", "ITA", "BEL", "NLD", "LUX"), G77: ("IND", "EGY", "BRA", "MEX", "IDN", "PHL")}

# Ideal points of the powers from votes in the General Assembly, means of 2000 to 2008.
ALIGNMENT = {"USA": 2.66, "RUS": -0.1, "CHN": -0.67}


class Representative(NamedTuple):
    """One state of the rest: alignment in the Assembly and its deviation from the mean of all.

    The deviation is in standard deviations of all that voted.
    """

    id: str
    alignment: float
    deviation: float


class Rest(NamedTuple):
    """Whoever is not coded, in the order in which they stand for all; alignment of all others too."""

    states: tuple[Representative, ...]
    alignment: dict[str, float]


@functools.cache
def rest_of(year: int) -> Rest:
    """Return the states that voted in a year, the powers left out, as the world data have them.

    Before the first year of votes that year stands in, after the last one the last. The European
    Union and the developing countries vote as the mean of some of their members that were there.
    """
    first, last = world.years()
    voters = world.voters(min(last, max(first, year)))
    others = {code: each.value for code, each in voters.items() if code not in POWERS}
    mean = math.fsum(others.values()) / len(others)
    width = math.sqrt(math.fsum((v - mean) ** 2 for v in others.values()) / len(others))
    ranked = [
        Representative(code, value, (value - mean) / width)
        for code, value in sorted(others.items(), key=lambda item: (item[1], item[0]))
    ]
    coded = {code: voters[code].value for code in POWERS if code in voters}
    for group, members in MEMBERS.items():
        seen = [voters[code].value for code in members if code in voters]
        coded[group] = math.fsum(seen) / len(seen)
    return Rest(tuple(spread(ranked)), others | ALIGNMENT | coded)


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
