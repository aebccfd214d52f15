"""The model's equations, written as plain text in docs/model.md, as MathML in the site.

Plain text is read in a terminal and beside the code; a browser shows the same as formulas, without a
script and without a network. What a line may hold is listed in ``TOKEN``; anything else is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import latex2mathml.converter

if TYPE_CHECKING:
    from sphinx.application import Sphinx

GREEK = {"rho", "tau", "sigma", "alpha", "beta", "lambda", "mu"}
FUNCTIONS = {"max": r"\max", "min": r"\min", "exp": r"\exp", "log": r"\log"}
OPERATORS = {"<-": r"\leftarrow", "<=": r"\leq", ">=": r"\geq", "*": r"\cdot", "%": r"\%"}
RELATION = re.compile(r"<-|<=|>=|=|<|>")
# A name with subscripts, x* with a star of its own, a number, an operator, a mark.
TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<ordinal>\d+th\b)|(?P<number>\d+(?:\.\d+)?(?:e-?\d+)?)"
    r"|(?P<name>[A-Za-z]{2,}-[a-z]{2,}|[A-Za-z]+\d*(?:\*(?=[\s_),=]|$))?(?:_[A-Za-z0-9]+(?:,[a-z]+)?)*(?:'s?)?)"
    r"|(?P<operator><-|<=|>=|[-+*/=<>^%])|(?P<mark>[(),;:.\[\]|])"
)
INDEX = re.compile(r"[ijkvbpmt]{1,2}|[a-z]+,[a-z]+")


class NotAnEquation(ValueError):
    """A line that holds something no equation of the model holds."""


def name_latex(name: str) -> str:
    """Return a name: letters slanted, words upright, what is an index below."""
    star = "*" in name
    prime = name.endswith("'")
    first, *rest = name.replace("*", "").rstrip("'").split("_")
    subscript: list[str] = []
    if rest and (len(first) == 1 or first in GREEK):
        subscript, rest = rest, []
    elif rest and INDEX.fullmatch(rest[-1]):
        subscript = [rest.pop()]
    whole = r"\_".join([first, *rest])
    if whole in GREEK:
        shown = f"\\{whole}"
    elif whole in FUNCTIONS:
        shown = FUNCTIONS[whole]
    elif whole == "sum":
        shown = r"\sum"
    else:
        form = r"\text" if re.search("[-']", whole) else r"\mathrm"
        shown = whole if len(whole) == 1 else f"{form}{{{whole}}}"
    if subscript:
        below = ",".join(subscript)
        shown += f"_{{{below}}}" if len(below) < 3 else rf"_{{\mathrm{{{below}}}}}"
    if star:
        shown += "^{*}"
    return shown + ("'" if prime else "")


def tokens(line: str) -> Iterator[tuple[str, str]]:
    """Yield kind and text of everything in a line."""
    place = 0
    while place < len(line):
        found = TOKEN.match(line, place)
        if found is None:
            raise NotAnEquation(f"{line[place:]!r} in {line!r}")
        yield str(found.lastgroup), found[0]
        place = found.end()


def closing(text: str, start: int) -> int:
    """Return the place of the bracket that closes the one at ``start``."""
    depth = 0
    for place in range(start, len(text)):
        depth += (text[place] == "(") - (text[place] == ")")
        if depth == 0:
            return place
    raise NotAnEquation(f"a bracket of {text!r} stays open")


def latex_of(text: str) -> str:
    """Return an expression as LaTeX."""
    for mark, form in (("sqrt(", r"\sqrt"), ("^(", "^")):
        start = text.find(mark)
        if start >= 0 and (start == 0 or not text[start - 1].isalpha() or mark == "^("):
            opened = start + len(mark) - 1
            end = closing(text, opened)
            inner = latex_of(text[opened + 1 : end])
            return f"{latex_of(text[:start])} {form}{{{inner}}} {latex_of(text[end + 1 :])}"
    parts: list[str] = []
    before, spaced = "", False
    for kind, each in tokens(text):
        if kind == "space":
            spaced = True
            continue
        word = kind == "ordinal" or (kind == "name" and len(each.rstrip("'*")) > 1)
        word = word and each not in FUNCTIONS and not each.startswith("sum_")
        if spaced and before and (word or before == "word") and kind not in ("operator", "mark"):
            parts.append(r"\ ")
        parts.append(name_latex(each) if kind == "name" else OPERATORS.get(each, each))
        if kind == "ordinal":
            parts[-1] = rf"\mathrm{{{each}}}"
        before = "word" if word else "" if kind == "operator" else kind
        spaced = False
    return " ".join(parts)


def row_latex(line: str) -> str:
    """Return one line as a row of four cells: left side, relation, right side, remark."""
    body, *remarks = re.split(r"\s{3,}(?=[a-z(])", line.strip())
    if body.endswith(":") and len(remarks) == 1:
        return f"{latex_of(body)} & & {latex_of(remarks[0])} &"
    if RELATION.match(body):
        left, relation, right = "", RELATION.match(body)[0], body[RELATION.match(body).end() :]
    elif line.startswith(" "):
        left, relation, right = "", "", body
    elif (found := re.search(r" (<-|<=|>=|=) ", body)) and not remarks_are_conditions(remarks):
        left, relation, right = body[: found.start()], found[1], body[found.end() :]
    else:
        left, relation, right = body, "", ""
    said = r"\quad ".join(latex_of(each) for each in remarks)
    shown = OPERATORS.get(relation, relation)
    return f"{latex_of(left)} & {shown} & {latex_of(right)} & {said}"


def remarks_are_conditions(remarks: list[str]) -> bool:
    """Return whether what stands behind is a condition, so that the line has no sides."""
    return any(each.startswith(("if ", "otherwise")) for each in remarks)


def block_latex(block: str) -> str:
    """Return a block of lines as one array."""
    rows = [row_latex(line) for line in block.rstrip().splitlines() if line.strip()]
    return "\\begin{array}{llll}\n" + "".join(f"{row} \\\\\n" for row in rows) + "\\end{array}"


def typeset(text: str) -> str:
    """Return a page with its blocks of equations as the directive ``math``."""
    return re.sub(
        r"^```text\n(.*?)^```$",
        lambda found: f"```{{math}}\n{block_latex(found[1])}\n```",
        text,
        flags=re.M | re.S,
    )


def visit_inline(self: Any, node: Any) -> None:
    """Write a formula that stands in a sentence."""
    from docutils import nodes

    self.body.append(latex2mathml.converter.convert(node.astext()))
    raise nodes.SkipNode


def visit_display(self: Any, node: Any) -> None:
    """Write a formula that stands alone."""
    from docutils import nodes

    shown = latex2mathml.converter.convert(node.astext(), display="block")
    self.body.append(f'<div class="equations">{shown}</div>')
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    """Give Sphinx the renderer ``mathml``."""
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_display, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
