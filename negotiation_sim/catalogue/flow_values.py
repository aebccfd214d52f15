"""Values of more than one word, as a command line and a cell of a table write them: YAML's flow form.

``[USA, CHN]`` is a list, ``{rule: qualified_majority, quota: [2, 3]}`` a mapping, ``null`` nothing.
"""

from __future__ import annotations

import json
import re
from typing import Any

from negotiation_sim.catalogue.strict_yaml import parse, reads_as_itself
from negotiation_sim.errors import CatalogueError, UsageError

NOTHING = "null"
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@>+/-]*\Z", re.ASCII)


def is_flow(text: str) -> bool:
    """Return whether a text is a list, a mapping or nothing in flow form.

    Examples
    --------
    >>> is_flow("[USA, CHN]"), is_flow("{scope: [0, 0.5]}"), is_flow("null"), is_flow("open")
    (True, True, True, False)
    """
    return text[:1] in ("[", "{") or text == NOTHING


def read_flow(text: str) -> Any:
    """Return the value of a text in flow form.

    Raises
    ------
    UsageError
        Where it is none, in a few words.

    Examples
    --------
    >>> read_flow("{rule: qualified_majority, quota: [2, 3]}")
    {'rule': 'qualified_majority', 'quota': [2, 3]}
    """
    if text == NOTHING:
        return None
    try:
        return parse(text, "").data
    except CatalogueError as error:
        said = error.message.removeprefix("not valid YAML: ")
        raise UsageError(
            f"found {text[:80]}, expected a list [a, b] or a mapping {{a: 1}} as YAML: {said}"
        ) from None


def flow_text(value: Any) -> str:
    """Return a value in flow form, so that reading gives the same again.

    Examples
    --------
    >>> flow_text({"rule": "consensus", "weights": {"USA": 2}, "required": ["USA", "no vote"]})
    '{rule: consensus, weights: {USA: 2}, required: [USA, "no vote"]}'
    >>> flow_text([None, True, 0.5, "2"])
    '[null, true, 0.5, "2"]'
    """
    if isinstance(value, dict):
        return "{" + ", ".join(f"{flow_text(k)}: {flow_text(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(flow_text, value)) + "]"
    if isinstance(value, str):
        plain = _PLAIN.match(value) and reads_as_itself(value)
        return value if plain else json.dumps(value, ensure_ascii=False)
    if value is None:
        return NOTHING
    return str(value).lower() if isinstance(value, bool) else repr(value)


def listed(text: str) -> list[Any]:
    """Return the values of a list without its brackets: ``[USA, CHN],[USA]`` or ``open,[USA]``.

    Examples
    --------
    >>> listed("open,[USA, CHN]")
    ['open', ['USA', 'CHN']]
    """
    found: list[Any] = read_flow(f"[{text}]")
    return found
