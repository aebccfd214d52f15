"""Errors a person can act on: what was found, where, and what is allowed."""

from __future__ import annotations

import bisect
import difflib
import re
from collections.abc import Iterable

LONGEST_WORD, LONGEST_MESSAGE = 300, 2000
NEAR = 1000  # of more than twice as many names, those are compared that stand so near


def readable(text: str) -> str:
    r"""Return a text that commands no terminal, its overlong words cut; line breaks stay.

    Examples
    --------
    >>> readable("no actor '\x1b[31mUSA'")
    "no actor '\\x1b[31mUSA'"
    >>> len(readable("x" * 100_000))
    303
    """
    if text.isascii() and text.isprintable() and len(text) <= LONGEST_WORD:
        return text
    shown = "".join(
        letter if letter.isprintable() or letter == "\n" else ascii(letter)[1:-1] for letter in text
    )
    return _OVERLONG.sub(r"\1...", shown)


_OVERLONG = re.compile(rf"(\S{{{LONGEST_WORD}}})\S+")


class NegotiationSimError(Exception):
    """Base of every error that the command line shows as one message with exit code 2."""

    def __str__(self) -> str:
        said = readable(super().__str__())
        half = LONGEST_MESSAGE // 2
        return said if len(said) <= LONGEST_MESSAGE else f"{said[:half]} ... {said[-half:]}"


class CatalogueError(NegotiationSimError):
    """Bad input in a file of the catalogue or of a study.

    Parameters
    ----------
    file : str
        Path as the user would name it; empty where the input came from a call.
    line : int or None
        One-based line, where known.
    field : str
        Dotted path of the field, for example ``actors.USA.trust``; may be empty.
    message : str
        What was found and what is allowed.
    """

    def __init__(self, file: str, line: int | None, field: str, message: str) -> None:
        self.file = str(file)
        self.line = line
        self.field = field
        self.message = message
        place = self.file if line is None else f"{self.file}:{line}"
        super().__init__(": ".join(part for part in (place, field, message) if part))


class UsageError(NegotiationSimError):
    """A bad argument of a command or call."""


class StoreError(NegotiationSimError):
    """A run folder that is foreign, unfinished, damaged or cannot be written."""


def _around(name: str, options: list[str]) -> list[str]:
    """Return the options to compare a name with: all, or of very many those next to it."""
    place = bisect.bisect(options, name)
    return options if len(options) <= 2 * NEAR else options[max(0, place - NEAR) : place + NEAR]


def nearest(name: object, allowed: Iterable[str]) -> str:
    """Return ``"; did you mean 'x'?"`` for the nearest allowed name, or the list of a few.

    Examples
    --------
    >>> nearest("CHM", ["CHN", "USA"])
    "; did you mean 'CHN'?"
    """
    options = sorted({str(option) for option in allowed})
    folded = {option.casefold(): option for option in reversed(_around(str(name), options))}
    wanted = str(name).casefold()[:LONGEST_WORD]
    close = difflib.get_close_matches(wanted, list(folded), n=1, cutoff=0.5)
    if close:
        return f"; did you mean '{folded[close[0]]}'?"
    if not options:
        return "; none is defined"
    shown = ", ".join(options[:12]) + (", ..." if len(options) > 12 else "")
    return f"; allowed: {shown}"
