"""What may stand in a name: ids are words that every table can hold, names one line that all can show.

Ids of actors, issues, venues and initiatives stand in strategies (``ban@CD``), dotted paths
(``actors.USA.trust``), pairs (``CAN-USA``) and causes (``USA:form``), in columns and in addresses.
Names are read by people: in terminals, figures, spreadsheets, Markdown and the page.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator

LONGEST_ID, LONGEST_NAME = 64, 200
ID = re.compile(r"[^\W_][\w\-]*\Z")
CODE = re.compile(r"[^\W_]\w*\Z")
# A spreadsheet takes what begins so for a formula, a shell for an option, a legend for no entry.
NO_BEGINNING = "=+-@_"
# Columns of a sweep's table are called mean_ISSUE; these are taken.
TAKEN = ("participation", "events", "events_avoided", "violations", "pledge_coverage")


def odd_character(text: str) -> str:
    r"""Return the first character that would command a terminal or hide a text, as ``U+001B``.

    Control characters but the line break, breaks of lines and paragraphs, halves of characters,
    and signs that turn the direction of writing around.

    Examples
    --------
    >>> odd_character("Köln\n"), odd_character("a\x1b[31m")
    ('', 'U+001B')
    """
    for letter in text:
        if letter.isascii() and letter.isprintable():
            continue
        odd = unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") and letter != "\n"
        if odd or unicodedata.bidirectional(letter) in _TURNS:
            return f"U+{ord(letter):04X}"
    return ""


_TURNS = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")


def _spelt(text: str, pattern: re.Pattern[str], allowed: str) -> str:
    if len(text) > LONGEST_ID:
        raise ValueError(f"{len(text)} characters; an id has at most {LONGEST_ID}")
    if not pattern.match(text):
        raise ValueError(f"'{text}' is no id; {allowed}, the first a letter or a digit")
    return text


def check_id(text: str) -> str:
    """Return the id of a venue, an initiative or an issue; ValueError where it is none."""
    return _spelt(text, ID, "letters, digits, '-' and '_' make one")


def check_code(text: str) -> str:
    """Return the id of an actor: pairs are written ``CAN-USA``, so it has no ``-``."""
    return _spelt(text, CODE, "letters, digits and '_' make the id of an actor")


def check_issue(text: str) -> str:
    """Return the id of an issue; ValueError where a column has its name already."""
    if text in TAKEN:
        raise ValueError(f"a column is called mean_{text} already; call the issue otherwise")
    return check_id(text)


def check_name(text: str) -> str:
    """Return a name that people read; ValueError where some output could not hold it.

    Examples
    --------
    >>> check_name("Ein Verbot, 50 % & mehr ($x$)")
    'Ein Verbot, 50 % & mehr ($x$)'
    """
    if not text.strip() or text != text.strip():
        raise ValueError("a name is not empty and neither begins nor ends with a space")
    if len(text) > LONGEST_NAME:
        raise ValueError(f"{len(text)} characters; a name has at most {LONGEST_NAME}")
    odd = "U+000A" if "\n" in text else odd_character(text)
    if odd:
        raise ValueError(f"a name holds no control character ({odd}); it is one line")
    if "`" in text:
        raise ValueError("a name holds no back quote (`); reports set names between two")
    if text[0] in NO_BEGINNING:
        raise ValueError(f"a name does not begin with '{text[0]}'")
    return text


Id = Annotated[str, AfterValidator(check_id)]
Code = Annotated[str, AfterValidator(check_code)]
Issue = Annotated[str, AfterValidator(check_issue)]
Name = Annotated[str, AfterValidator(check_name)]
