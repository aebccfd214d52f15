"""Every event record declared once: its kind, whom it concerns, and its facts by name and type.

A step says what it did with :func:`tell`. The plain engine's teller makes a record of it (for the
story, the page and a person's seat); compiled, the call vanishes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from negotiation_sim.model.compiling import compiled_as

if TYPE_CHECKING:
    from negotiation_sim.model.state import Fact, Teller


class EventKind(NamedTuple):
    """A kind of event record.

    Parameters
    ----------
    name : str
        As ``kind`` of the record.
    facts : tuple of (str, str)
        Name and type of each further entry, in the order a step gives them: ``actor`` (code, empty
        for none), ``flag``, ``number``, ``count``, ``point`` (a number an issue), ``term`` (of M1,
        empty for none), ``response``.
    """

    name: str
    facts: tuple[tuple[str, str], ...] = ()


ACTOR = ("actor", "actor")
KINDS = (
    EventKind("avoided", (ACTOR,)),
    EventKind("event", (ACTOR, ("deliberate", "flag"), ("breaks", "flag"))),
    EventKind("crisis", (ACTOR,)),
    EventKind("violation", (ACTOR,)),
    EventKind("turnover", (ACTOR, ("ideal", "point"))),
    EventKind("dissolved"),
    EventKind("withdrawal"),
    EventKind("forum_shift"),
    EventKind("linkage"),
    EventKind("mandate_lapsed"),
    EventKind(
        "mandate_vote",
        (ACTOR, ("backs", "flag"), ("value", "number"), ("reservation_value", "number"),
         ("term", "term")),
    ),
    EventKind("mandate", (("text", "point"),)),
    EventKind("mandate_refused", (ACTOR,)),
    EventKind("proposal", (ACTOR, ("text", "point"))),
    EventKind("revision", (("before", "point"), ("text", "point"))),
    EventKind(
        "response",
        (ACTOR, ("response", "response"), ("satisfaction", "number"), ("aspiration", "number"),
         ("deficit", "number"), ("term", "term"), ("text", "point"), ("position", "point")),
    ),
    EventKind("decision", (("adopted", "flag"), ("text", "point"))),
    EventKind("passed_on", (("text", "point"),)),
    EventKind("pledge", (ACTOR,)),
    EventKind("ratification", (ACTOR, ("joins", "flag"))),
    EventKind("accession", (ACTOR, ("joins", "flag"))),
    EventKind("in_force", (("parties", "count"),)),
    EventKind("success", (("participation", "share"),)),
)  # fmt: skip
(
    AVOIDED, EVENT, CRISIS, VIOLATION, TURNOVER, DISSOLVED, WITHDRAWAL, FORUM_SHIFT, LINKED,
    MANDATE_LAPSED, MANDATE_VOTE, MANDATE_GIVEN, MANDATE_REFUSED, PROPOSAL, REVISION, RESPONSE,
    DECISION, PASSED_ON, PLEDGE, RATIFICATION, ACCESSION, IN_FORCE, SUCCESS,
) = range(len(KINDS))  # fmt: skip


def _silent(teller: Teller | None, kind: float, m: int, *facts: Fact) -> None:
    pass


@compiled_as(_silent)
def tell(teller: Teller | None, kind: int, m: int, *facts: Fact) -> None:
    """Tell of a track ``m`` (-1: of the world) what has just happened."""
    if teller is not None:
        teller.tell(kind, m, facts)


@compiled_as(lambda teller: False)
def heard(teller: Teller | None) -> bool:
    """Return whether anybody listens; steps look for reasons only then."""
    return teller is not None
