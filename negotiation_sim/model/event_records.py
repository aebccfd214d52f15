"""Every event record declared once: its kind, whom it concerns, and its facts by name and type.

A step says what it did with :func:`tell`. The plain engine's teller makes a record of it (for the
story, the page and a person's seat); compiled, the call vanishes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from negotiation_sim.model.compiling import Functions, Put, compiled_as
from negotiation_sim.model.decisions import DECISIONS

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
_kinds: list[EventKind] = []


def _kind(name: str, *facts: tuple[str, str]) -> int:
    """Declare a kind; return the number by which steps know it."""
    _kinds.append(EventKind(name, facts))
    return len(_kinds) - 1


AVOIDED = _kind("avoided", ACTOR)
EVENT = _kind("event", ACTOR, ("deliberate", "flag"), ("breaks", "flag"))
CRISIS = _kind("crisis", ACTOR)
VIOLATION = _kind("violation", ACTOR)
INCIDENT = _kind("incident", ACTOR)
SHOCK = _kind("shock")
TURNOVER = _kind("turnover", ACTOR, ("ideal", "point"))
DISSOLVED = _kind("dissolved")
WITHDRAWAL = _kind("withdrawal")
FORUM_SHIFT = _kind("forum_shift")
LINKED = _kind("linkage")
MANDATE_LAPSED = _kind("mandate_lapsed")
MANDATE_VOTE = _kind(
    "mandate_vote", ACTOR, ("response", "response"), ("value", "number"),
    ("reservation_value", "number"), ("term", "term"),
)  # fmt: skip
MANDATE_GIVEN = _kind("mandate", ("text", "point"))
MANDATE_REFUSED = _kind("mandate_refused", ACTOR)
PROPOSAL = _kind("proposal", ACTOR, ("text", "point"))
REVISION = _kind("revision", ("before", "point"), ("text", "point"))
RESPONSE = _kind(
    "response", ACTOR, ("response", "response"), ("satisfaction", "number"),
    ("aspiration", "number"), ("deficit", "number"), ("term", "term"), ("text", "point"),
    ("position", "point"),
)  # fmt: skip
DECISION = _kind("decision", ("adopted", "flag"), ("text", "point"))
REPORT = _kind("report", ("text", "point"))
PASSED_ON = _kind("passed_on", ("text", "point"))
PLEDGE = _kind("pledge", ACTOR)
RATIFICATION = _kind("ratification", ACTOR, ("joins", "flag"))
ACCESSION = _kind("accession", ACTOR, ("joins", "flag"))
IN_FORCE = _kind("in_force", ("parties", "count"))
SUCCESS = _kind("success", ("participation", "share"))
KINDS = tuple(_kinds)


def _silent(teller: Teller | None, kind: float, m: int, *facts: Fact) -> None:
    pass


@compiled_as(_silent)
def tell(teller: Teller | None, kind: int, m: int, *facts: Fact) -> None:
    """Tell of a track ``m`` (-1: of the world) what has just happened."""
    if teller is not None:
        teller.tell(kind, m, facts)


def _asks(functions: Functions) -> Put | None:
    """Return that a plug-in listens where it decides for states."""
    names = {decision.name for decision in DECISIONS}
    return (lambda teller: True) if names & functions.keys() else None


@compiled_as(lambda teller: False, _asks)
def heard(teller: Teller | None) -> bool:
    """Return whether anybody listens; steps look for reasons, and ask again, only then."""
    return teller is not None
