"""How a result shows itself where a person looks at it: one short line, or HTML in a notebook."""

from __future__ import annotations

import dataclasses
import html
from collections.abc import Mapping, Sized
from pathlib import Path
from typing import Any, TypeVar

from negotiation_sim.errors import readable

LONGEST, MOST_ITEMS, MOST_ROWS, DIGITS = 60, 3, 20, 3

Kind = TypeVar("Kind")


def glanced(kind: type[Kind]) -> type[Kind]:
    """Give a dataclass a short ``repr`` and an HTML view; what the class says itself stays.

    Examples
    --------
    >>> @glanced
    ... @dataclasses.dataclass
    ... class Found:
    ...     name: str
    ...     rows: list[int]
    >>> Found("one", list(range(1000)))
    Found(name='one', rows=<1,000 items>)
    >>> Found("<b>", [1])._repr_html_()
    '<b>Found</b><table><tr><td>name</td><td>&#x27;&lt;b&gt;&#x27;</td></tr><tr><td>rows</td><td>[1]</td></tr></table>'
    """
    said: Any = kind
    if "__glance__" in kind.__dict__:
        said.__repr__ = lambda self: f"{type(self).__name__}({self.__glance__()})"
    else:
        said.__repr__ = _line
    if "_repr_html_" not in kind.__dict__:
        said._repr_html_ = _page
    return kind


def short(value: Any) -> str:
    """Return a value in a few words."""
    if hasattr(value, "iloc"):  # a table of pandas
        return f"<{len(value):,} rows, {len(value.columns):,} columns>"
    if isinstance(value, Path):
        return readable(str(value))
    if isinstance(value, str):
        cut = value if len(value) <= LONGEST else value[: LONGEST - 3] + "..."
        return readable(repr(cut))
    few = isinstance(value, Sized) and len(value) <= MOST_ITEMS
    if isinstance(value, Mapping):
        return f"<{len(value):,} entries>"
    if isinstance(value, (list, tuple, set, frozenset)):
        return f"[{', '.join(map(short, value))}]" if few else f"<{len(value):,} items>"
    text = repr(value)
    return text if len(text) <= 4 * LONGEST else f"<{type(value).__name__}>"


def _fields(found: Any) -> list[tuple[str, Any]]:
    return [
        (field.name, getattr(found, field.name))
        for field in dataclasses.fields(found)
        if field.repr and not field.name.startswith("_")
    ]


def _line(found: Any) -> str:
    said = ", ".join(f"{name}={short(value)}" for name, value in _fields(found))
    return f"{type(found).__name__}({said})"


def _page(found: Any) -> str:
    """Return name and fields as a table, and below it each table that a field holds."""
    fields = _fields(found)
    rows = "".join(
        f"<tr><td>{html.escape(name)}</td><td>{html.escape(short(value))}</td></tr>"
        for name, value in fields
    )
    tables = [table(value, name) for name, value in fields if hasattr(value, "iloc")]
    return f"<b>{type(found).__name__}</b><table>{rows}</table>{''.join(tables)}"


def table(rows: Any, title: str) -> str:
    """Return a table of pandas as HTML, its first and last rows where there are many."""
    said: str = rows.to_html(
        max_rows=MOST_ROWS, border=0, index=False, na_rep="", float_format=f"{{:.{DIGITS}g}}".format
    )
    return f"<p>{html.escape(title)}</p>{said}"
