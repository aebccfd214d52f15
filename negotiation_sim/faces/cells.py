"""A value or a word as a table shows it: plain, in Markdown, in LaTeX."""

from __future__ import annotations

import math
import re
from typing import Any

import pandas as pd

_LATEX = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    "<": r"\textless{}", ">": r"\textgreater{}", "–": "--", "−": r"\textminus{}",
    "[": "{[}", "]": "{]}", '"': r"\textquotedbl{}", "`": r"\textasciigrave{}",
}  # fmt: skip


def cell(value: Any) -> str:
    """Return what a cell shows: a dash for what is missing, never NaN."""
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return "–"
    if isinstance(value, float):
        return "0" if value == 0.0 else f"{value:.3g}"
    return str(value)


def markdown_cell(value: Any) -> str:
    """Return a cell of a Markdown table."""
    return _READ_AS_MORE.sub(r"\\\g<0>", " ".join(cell(value).split()))


# What Markdown reads as more than letters, within a line of text.
_READ_AS_MORE = re.compile(r"[\\|*<\[\]~#]|(?<!\w)_|_(?!\w)")


def latex_text(text: str) -> str:
    r"""Return a text as LaTeX sets it, on one line.

    Examples
    --------
    >>> latex_text("50 % of a_b & {c}")
    '50 \\% of a\\_b \\& \\{c\\}'
    """
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return "".join(_LATEX.get(letter, letter) for letter in plain)
