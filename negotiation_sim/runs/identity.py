"""What makes two runs the same: inputs, seed, replicates wanted and the version of the sources."""

from __future__ import annotations

import ast
import functools
import hashlib
import json
import platform
import re
from collections.abc import Callable, Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

SILENT = ("words", "analysis/figures", "faces")  # folders that change no number
# A string in Python, or a remark; a tokenizer written in Python takes five times as long.
_TEXT_OR_REMARK = re.compile(
    r"""(?P<text>\"{3}(?:[^\\]|\\.)*?\"{3}|'{3}(?:[^\\]|\\.)*?'{3}"""
    r"""|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|\#[^\n]*""",
    re.DOTALL,
)
LIBRARIES = ("numpy", "scipy", "pandas", "pyarrow", "numba", "mesa", "networkx", "pydantic")


def canonical(content: Any) -> str:
    """Return the one JSON text of a content: sorted keys, no spaces.

    Examples
    --------
    >>> canonical({"b": 1.0, "a": [2, None]})
    '{"a":[2,null],"b":1.0}'
    """
    return json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)


def without_remarks(source: str) -> str:
    r"""Return a Python source without comments, docstrings and blank lines.

    By their places in the text alone, so that every version of Python gives the same.

    Examples
    --------
    >>> without_remarks("def f():\n    'Why.'\n\n    return 1  # one\n")
    'def f():\n    return 1'
    """
    lines = _TEXT_OR_REMARK.sub(lambda found: found["text"] or "", source).splitlines()
    for first in _first_statements(ast.parse(source)):
        value = first.value if isinstance(first, ast.Expr) else None
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            for row in range(first.lineno, (first.end_lineno or first.lineno) + 1):
                lines[row - 1] = ""
    return "\n".join(line.rstrip() for line in lines if line.strip())


def _first_statements(tree: ast.Module) -> Iterator[ast.stmt]:
    """Yield the first statement of every block that begins below the line it belongs to."""
    todo: list[ast.AST] = [tree]
    while todo:
        node = todo.pop()
        for name in ("body", "orelse", "finalbody", "handlers", "cases"):
            part = getattr(node, name, None)
            if isinstance(part, list):
                todo += part
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and body[0].lineno > getattr(node, "lineno", 0):
            yield body[0]


@functools.cache
def source_version() -> str:
    """Return the package's version with a hash of the sources that decide numbers.

    Every folder counts but those of :data:`SILENT`; comments and docstrings do not.
    """
    import negotiation_sim

    silent = tuple(f"{folder}/" for folder in SILENT)
    found = hash_of_sources(lambda name: "/" in name and not name.startswith(silent))
    return f"{negotiation_sim.__version__}+{found[:10]}"


def hash_of_sources(counts: Callable[[str], bool]) -> str:
    """Return a hash of the package's sources whose relative names count, remarks left out."""
    import negotiation_sim

    root = Path(negotiation_sim.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        name = path.relative_to(root).as_posix()
        if counts(name):
            text = without_remarks(path.read_text("utf-8"))
            digest.update(name.encode() + b"\0" + text.encode() + b"\0")
    return digest.hexdigest()


@functools.cache
def versions() -> Mapping[str, str]:
    """Return the versions that a bit-for-bit repetition needs, platform included."""
    found = {"negotiation-sim": source_version(), "python": platform.python_version()}
    found["platform"] = f"{platform.system()} {platform.machine()}"
    for library in LIBRARIES:
        found[library] = metadata.version(library)
    return found


def unknown_form(manifest: Mapping[str, Any], error: Exception) -> str:
    """Return that a manifest's inputs are of another version, in one line."""
    then = manifest["versions"].get("negotiation-sim", "an unknown version")
    return (
        f"written by {then}; this version, {source_version()}, does not know the form of its "
        f"inputs ({str(error).splitlines()[0]}); its tables can be read (negotiation_sim.load), "
        "its study brought over (negotiation-sim migrate)"
    )


def run_id(inputs: Mapping[str, Any], version: str | None = None) -> str:
    """Return the id of a run: 12 hexadecimal digits of a hash of its inputs and version.

    Parameters
    ----------
    inputs : mapping
        Everything that decides the tables (setting, seed, replicates or stopping rule) as JSON.
        The engine and the number of threads are no part of it: they change nothing.
    version : str, optional
        Default: :func:`source_version`.
    """
    content = {"inputs": inputs, "version": version or source_version()}
    return hashlib.sha256(canonical(content).encode()).hexdigest()[:12]
