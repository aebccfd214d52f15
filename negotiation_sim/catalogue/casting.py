"""The one builder of casts: those of studies drafted from the world data, and of historical cases.

Who is coded sits in person, as coded. The rest sits whole, or is represented: by
``round(3 ln participants)`` of its states, at most 16, taken in an order whose every beginning is
spread evenly over their alignment, each with an equal part of the capability of all.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from negotiation_sim.catalogue.schema import Actor

MOST_REPRESENTATIVES = 16
FOR_EACH_E_FOLD = 3.0
LIKENESS_SPAN = 4.0
State = TypeVar("State")


def n_representatives(participants: int, n_coded: int) -> int:
    """Return how many states stand for the rest: three times the log of the participants."""
    wanted = round(FOR_EACH_E_FOLD * math.log(max(1, participants)))
    return max(0, min(MOST_REPRESENTATIVES, wanted, participants - n_coded))


def spread(ranked: Sequence[State]) -> list[State]:
    """Return states ranked by alignment in an order whose every beginning is spread evenly."""
    order = sorted(range(len(ranked)), key=lambda place: _turn(place, len(ranked)))
    return [ranked[place] for place in order]


def _turn(place: int, n: int) -> tuple[int, int]:
    """Return the turn of a rank: van der Corput's sequence visits every stretch of ranks early."""
    for turn in range(4 * n):
        value, base, digits = 0.0, 0.5, turn + 1
        while digits:
            value += base * (digits & 1)
            digits >>= 1
            base /= 2.0
        if int(value * n) == place:
            return (turn, place)
    return (4 * n, place)


def likeness(one: float, other: float) -> float:
    """Return how alike two states vote, from the distance of their alignment; 0 from four apart."""
    return max(0.0, 1.0 - abs(one - other) / LIKENESS_SPAN)


def cast(
    coded: Mapping[str, Actor], rest: Sequence[State], n: int, draft: Callable[[State, int], Actor]
) -> dict[str, Actor]:
    """Return a cast: the coded as they are, and the first ``n`` of the rest as drafted.

    Parameters
    ----------
    coded : mapping of str to Actor
    rest : sequence
        Whoever is not coded, in the order in which they would stand for all of them.
    n : int
        How many sit: all, or :func:`n_representatives`.
    draft : callable
        Makes an actor of one of the rest and of how many sit for it.
    """
    actors = dict(coded)
    for state in rest[:n]:
        actor = draft(state, n)
        actors[actor.id] = actor
    return actors
