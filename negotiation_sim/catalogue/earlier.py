"""What version 0.1 knew and this version does not: one clear message for each, by name."""

from __future__ import annotations

import re
from collections.abc import Iterable

from negotiation_sim.errors import nearest

FIGURE = "reservation_value"
PARAMETERS = ("softness", "softness_strict", "mandate_risk_vote")
MARGIN = "margin: {value: 0.05, range: [0, 0.1], basis: assumed, note: ...}"
MIGRATE = "negotiation-sim migrate STUDY"
INITIATIVES = {"ban": ("ban-treaty", "ban-executive")}  # now two, by what they would become
# Dotted paths of overrides and sweeps that name something gone.
GONE = re.compile(rf"actors\.[^.\s]+\.{FIGURE}|environment\.(?:{'|'.join(PARAMETERS)})")

_WHY = {
    "softness": "the chair now looks for the text that stands least in the way",
    "softness_strict": "the chair now looks for the text that stands least in the way",
    "mandate_risk_vote": "mandate_risk alone says what a vote risks",
}


def gone(name: object) -> str:
    """Return what to do about a field, parameter or path of version 0.1; empty for any other.

    Examples
    --------
    >>> gone("environment.softness")
    'softness is of version 0.1; the chair now looks for the text that stands least in the way; leave it out'
    """
    holder, dot, last = str(name).rpartition(".")
    if last == FIGURE:
        instead = f"say {holder}.margin instead" if dot else f"write {MARGIN} or run {MIGRATE}"
        return (
            f"{FIGURE} is of version 0.1; what no agreement is worth now follows from the status "
            f"quo; {instead}"
        )
    if last in _WHY:
        instead = "leave it out" if dot else f"leave it out or run {MIGRATE}"
        return f"{last} is of version 0.1; {_WHY[last]}; {instead}"
    return ""


def now_two(initiative: str) -> str:
    """Return what has become of an initiative of version 0.1; empty for any other.

    Examples
    --------
    >>> now_two("ban")
    "'ban' of version 0.1 is now 'ban-treaty' or 'ban-executive'"
    """
    names = " or ".join(f"'{name}'" for name in INITIATIVES.get(initiative, ()))
    return f"'{initiative}' of version 0.1 is now {names}" if names else ""


def unknown_name(what: str, name: object, allowed: Iterable[str]) -> str:
    """Return the message for an unknown name: that it is gone, or the nearest that is allowed."""
    return gone(name) or f"unknown {what}{nearest(name, allowed)}"
