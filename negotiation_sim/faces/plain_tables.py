"""A table of a run for a paper: Markdown, or LaTeX for ``longtable`` and ``booktabs``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from negotiation_sim.faces.cells import cell, latex_text, markdown_cell

if TYPE_CHECKING:
    import pandas as pd

HEAD = (
    "% \\usepackage{booktabs,longtable,textcomp}; compile with LuaLaTeX or pdfLaTeX (UTF-8, T1)\n"
)


def _rows(table: pd.DataFrame) -> list[list[object]]:
    columns = [
        table[name].astype(object).where(table[name].notna(), None).tolist() for name in table
    ]
    return [list(row) for row in zip(*columns, strict=True)]


def _sides(table: pd.DataFrame) -> list[bool]:
    """Return of each column whether it holds numbers."""
    return [
        table[name].dtype.kind in "iuf" or str(table[name].dtype)[:3] == "Int" for name in table
    ]


def as_markdown(table: pd.DataFrame) -> str:
    """Return a table as Markdown: three digits, whole numbers whole, a dash for what is missing."""
    numbers = _sides(table)
    lines = [
        "| " + " | ".join(markdown_cell(str(name)) for name in table.columns) + " |",
        "|" + "|".join(" ---: " if right else " --- " for right in numbers) + "|",
        *("| " + " | ".join(markdown_cell(value) for value in row) + " |" for row in _rows(table)),
    ]
    return "\n".join(lines) + "\n"


def as_latex(table: pd.DataFrame, caption: str, label: str) -> str:
    r"""Return a table as LaTeX that runs over as many pages as it needs.

    Parameters
    ----------
    table : DataFrame
    caption : str
    label : str
        For ``\ref``; letters, digits and hyphens.
    """
    sides = "".join("r" if right else "l" for right in _sides(table))
    head = " & ".join(latex_text(str(name)) for name in table.columns) + r" \\"
    body = [" & ".join(latex_text(cell(value)) for value in row) + r" \\" for row in _rows(table)]
    lines = [
        rf"\begin{{longtable}}{{{sides}}}", rf"\caption{{{latex_text(caption)}}}\label{{{label}}}\\",
        r"\toprule", head, r"\midrule", r"\endfirsthead", r"\toprule", head, r"\midrule",
        r"\endhead", r"\bottomrule", r"\endlastfoot", *body, r"\end{longtable}",
    ]  # fmt: skip
    return HEAD + "\n".join(lines) + "\n"
