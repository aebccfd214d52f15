"""What levers cost and how far they reach, as the user sets them: in a YAML file or by flags."""

from __future__ import annotations

import fnmatch
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from negotiation_sim.catalogue.earlier import gone
from negotiation_sim.catalogue.strict_yaml import Document, plain_value, read_document
from negotiation_sim.errors import CatalogueError, UsageError, nearest
from negotiation_sim.studies.lever_base import Lever

KEYS = ("cost", "reach", "without")


@dataclass(frozen=True)
class Terms:
    """What levers cost and how far they reach, by patterns of their ids; later ones win.

    Parameters
    ----------
    cost, reach : mapping of str to float
        Cost of the whole reach (default 1), and the reach in the lever's own unit.
    without : sequence of str
        Levers that are not to be pulled.
    """

    cost: Mapping[str, float] = field(default_factory=dict)
    reach: Mapping[str, float] = field(default_factory=dict)
    without: Sequence[str] = ()

    def __post_init__(self) -> None:
        for name in ("cost", "reach"):
            for pattern, number in getattr(self, name).items():
                if isinstance(number, bool) or not isinstance(number, (int, float)):
                    raise UsageError(f"{name}: {pattern}: found {number!r}, expected a number")
                if not 0.0 <= number < math.inf:
                    raise UsageError(f"{name}: {pattern}: {number:g} is not a finite number >= 0")

    def inputs(self) -> dict[str, Any]:
        """Return the terms as JSON; the last pattern that fits counts, so they stand in lists."""
        return {
            "cost": [list(pair) for pair in self.cost.items()],
            "reach": [list(pair) for pair in self.reach.items()],
            "without": list(self.without),
        }

    def reach_of(self, id: str, default: float) -> float:
        """Return the reach of a lever."""
        return _last_fit(self.reach, id, default)

    def priced(self, levers: Sequence[Lever]) -> list[Lever]:
        """Return the levers that may be pulled, with their costs.

        Raises
        ------
        UsageError
            For a pattern that fits no lever.
        """
        ids = [lever.id for lever in levers]
        for name in ("cost", "reach", "without"):
            for pattern in getattr(self, name):
                if not fnmatch.filter(ids, pattern):
                    why = gone(pattern) or f"no lever fits '{pattern}'{nearest(pattern, ids)}"
                    raise UsageError(f"{name}: {why}")
        free = [x for x in levers if not any(fnmatch.fnmatchcase(x.id, p) for p in self.without)]
        return [replace(x, cost=_last_fit(self.cost, x.id, 1.0)) for x in free]


def _last_fit(numbers: Mapping[str, float], id: str, default: float) -> float:
    fits = [number for pattern, number in numbers.items() if fnmatch.fnmatchcase(id, pattern)]
    return float(fits[-1]) if fits else default


def read_terms(file: Path) -> Terms:
    """Return the terms in a YAML file with keys ``cost``, ``reach`` and ``without``.

    Raises
    ------
    CatalogueError
        With file and line, where it holds something else.
    """
    document = read_document(file)
    data = document.data or {}
    if not isinstance(data, dict):
        raise CatalogueError(document.file, 1, "", f"expected {', '.join(KEYS)}")
    for key, value in data.items():
        if key not in KEYS:
            raise _error(document, (key,), f"unknown key{nearest(key, KEYS)}")
        wanted, words = (
            (list, "a list of levers") if key == "without" else (dict, "levers and numbers")
        )
        if not isinstance(value, wanted):
            raise _error(document, (key,), f"expected {words}")
    try:
        return Terms(**data)
    except UsageError as error:
        raise CatalogueError(document.file, None, "", str(error)) from None


def _error(document: Document, path: tuple[Any, ...], message: str) -> CatalogueError:
    return CatalogueError(document.file, document.line(path), ".".join(map(str, path)), message)


def with_flags(
    terms: Terms, cost: Sequence[str], reach: Sequence[str], without: Sequence[str]
) -> Terms:
    """Return terms with what was said on the command line, ``PATTERN=NUMBER``, coming last.

    Examples
    --------
    >>> with_flags(Terms(), ["venues.*=3"], [], []).cost
    {'venues.*': 3}
    """
    return Terms(
        {**terms.cost, **_pairs("cost", cost)}, {**terms.reach, **_pairs("reach", reach)},
        [*terms.without, *without],
    )  # fmt: skip


def _pairs(name: str, options: Sequence[str]) -> dict[str, Any]:
    found = {}
    for option in options:
        pattern, equals, text = option.rpartition("=")
        if not equals or not pattern.strip():
            raise UsageError(f"{name}: '{option}': expected LEVER=NUMBER, as in actors.*=2")
        found[pattern.strip()] = plain_value(text.strip())
    return found
