"""The words of the model as enumerations and fixed orders; both engines and all tables use these.

Integer enumerations travel through compiled code as plain integers; their lower-case names are
what tables, files and pages show.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NewType

from negotiation_sim.model import figures

ActorId = NewType("ActorId", str)
ActorIndex = NewType("ActorIndex", int)

MILLION = 1_000_000
MONTHS_PER_YEAR = 12


class DecisionRule(IntEnum):
    """How a venue takes a decision (M7)."""

    CONSENSUS = 0
    QUALIFIED_MAJORITY = 1
    SIMPLE_MAJORITY = 2
    OPT_IN = 3


class Response(IntEnum):
    """What a member says to a text (M6); ABSENT where it is no member or was not asked."""

    ABSENT = 0
    ACCEPTS = 1
    GOES_ALONG = 2
    OBJECTS = 3


class Stage(IntEnum):
    """Furthest milestone a track has reached."""

    NONE = 0
    MANDATED = 1
    ADOPTED = 2
    IN_FORCE = 3
    SUCCESS = 4


class Ending(IntEnum):
    """How a track ended (M18); CENSORED is undecided at the horizon."""

    CENSORED = 0
    SUCCESS = 1
    WITHDRAWN = 2
    DISSOLVED = 3


class Cause(IntEnum):
    """The first milestone missed at the deadline; NONE for timely success."""

    NONE = 0
    NOT_STARTED = 1
    CALENDAR = 2
    LINKAGE = 3
    MANDATE = 4
    TEXT = 5
    TIME = 6
    WITHDRAWAL = 7
    DISSOLUTION = 8
    RATIFICATION = 9
    PARTICIPATION = 10


class Milestone(IntEnum):
    """Milestones another track may wait for (M16, ``after``)."""

    MANDATE = 0
    ADOPTION = 1
    ENTRY_INTO_FORCE = 2
    SUCCESS = 3


class MandateTask(IntEnum):
    """What a mandate asks for (M8)."""

    EXPLORE = 0
    ELABORATE = 1
    NEGOTIATE = 2


class TrackKind(IntEnum):
    """An agreement is negotiated; pledges alone only gather coverage (M13)."""

    AGREEMENT = 0
    PLEDGES = 1


# Terms of M1 on which an actor can object, after the K issues: code K + 0, K + 1, ...
COST_TERMS = (
    "verification_cost", "missile_defence", "set_aside", "left_out", "foreclosure", "conflict",
    "convening", "own_reason", "climate",
)  # fmt: skip
NO_TERM = "refusal"
# After these: of who would ratify if asked, and has not yet (M15).
DELAY = "delay"

ISSUES_WITH_A_ROLE = ("form", "scope", "verification", "interference")

# Names of the figures that a belief draws, in array order: model/figures.py.
ACTOR_PARAMETERS = figures.ACTOR_PARAMETERS
VENUE_PARAMETERS = figures.VENUE_PARAMETERS
ENVIRONMENT_PARAMETERS = figures.ENVIRONMENT_PARAMETERS


def label(member: IntEnum) -> str:
    """Return the word that tables show for an enumeration member.

    Examples
    --------
    >>> label(Cause.RATIFICATION)
    'ratification'
    """
    return member.name.lower()
