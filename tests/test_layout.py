"""The shape of the sources: who imports whom (docs/layout.toml), sizes, docstrings, no local paths."""

from __future__ import annotations

import ast
import fnmatch
import re
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "negotiation_sim"
TABLE = tomllib.loads((ROOT / "docs" / "layout.toml").read_text("utf-8"))
FILES = sorted(PACKAGE.rglob("*.py"))
LONGEST_FUNCTION, LONGEST_MODULE = 40, 300


def name_of(path: Path) -> str:
    """Return ``rules.decision`` for negotiation_sim/rules/decision.py, ``rules`` for its package."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in FILES}


def matches(module: str, pattern: str) -> bool:
    return fnmatch.fnmatchcase(module, pattern) or pattern == module + ".*"


def row_of(module: str, table: dict = TABLE) -> int | None:
    """Return the row of a module; a pattern without a star beats one with it."""
    found = [
        ("*" in pattern, number)
        for number, row in enumerate(table["row"])
        for pattern in row["modules"]
        if matches(module, pattern)
    ]
    return min(found)[1] if found else None


def package_of(module: str) -> str | None:
    """Return the pattern ``name.*`` under which a module's neighbours may import one another."""
    for row in TABLE["row"]:
        for pattern in row["modules"]:
            if pattern.endswith(".*") and matches(module, pattern):
                return pattern
    return None


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def typing_only(path: Path) -> set[ast.AST]:
    """Return the nodes under ``if TYPE_CHECKING:``, which never run."""
    found: set[ast.AST] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            for statement in node.body:
                found.update(ast.walk(statement))
    return found


def imports(path: Path) -> set[str]:
    """Return dotted names of everything a file imports when it runs, functions included."""
    found: set[str] = set()
    skipped = typing_only(path)
    for node in ast.walk(tree(path)):
        if node in skipped:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def inner(path: Path) -> set[str]:
    """Return the package's own modules that a file imports."""
    found = set()
    for name in imports(path):
        parts = name.split(".")
        if parts[0] == "negotiation_sim" and len(parts) > 1:
            longest = [".".join(parts[1:end]) for end in range(len(parts), 1, -1)]
            found |= {next((m for m in longest if m in MODULES), "")} - {""}
    return found - {name_of(path)}


@pytest.mark.parametrize("module", [m for m in MODULES if m])
def test_every_module_has_a_row(module):
    assert row_of(module) is not None, f"{module}: give it a row in docs/layout.toml"


@pytest.mark.parametrize("module", [m for m in MODULES if m])
def test_a_module_imports_only_from_rows_above(module):
    own, package = row_of(module), package_of(module)
    upward = [
        other
        for other in sorted(inner(MODULES[module]))
        if not row_of(other) < own and (package is None or package_of(other) != package)
    ]
    assert not upward, f"{module} (row {own}) imports {upward} from its own row or below"


def test_there_is_no_circle():
    graph = {module: inner(path) for module, path in MODULES.items() if module}
    done: set[str] = set()

    def visit(module: str, trail: tuple[str, ...]) -> None:
        assert module not in trail, " -> ".join((*trail[trail.index(module) :], module))
        if module not in done:
            for other in sorted(graph[module]):
                visit(other, (*trail, module))
            done.add(module)

    for module in graph:
        visit(module, ())


@pytest.mark.parametrize("library", sorted(TABLE["fences"]))
def test_a_library_stays_inside_its_fence(library):
    allowed = TABLE["fences"][library]
    outside = [
        module
        for module, path in MODULES.items()
        if any(name.split(".")[0] == library for name in imports(path))
        and not any(matches(module, pattern) for pattern in allowed)
    ]
    assert not outside, f"{library} is for {allowed} alone"


def test_the_table_would_notice_an_upward_import():
    """The checks above are not vacuous: terms is above rules, rules above kernel."""
    assert row_of("terms") < row_of("rules.decision") < row_of("kernel") < row_of("cli")
    assert "terms" in inner(MODULES["scenario"])
    assert row_of("analysis.intervals") < row_of("analysis.outcomes")


@pytest.mark.parametrize("module", sorted(MODULES))
def test_every_module_says_what_it_is(module):
    assert ast.get_docstring(tree(MODULES[module])), f"{module}: no docstring"


def lengths() -> dict[str, int]:
    """Return the lines of every function that is too long, as ``module:name``."""
    found = {}
    for module, path in MODULES.items():
        for node in ast.walk(tree(path)):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                n = node.end_lineno - node.lineno + 1
                docstring = node.body[0] if ast.get_docstring(node) else None
                n -= docstring.end_lineno - docstring.lineno + 1 if docstring else 0
                if n > LONGEST_FUNCTION:
                    found[f"{module}:{node.name}"] = n
    return found


def test_long_functions_are_listed_with_a_reason():
    listed = TABLE["long_functions"]
    assert lengths().keys() == listed.keys(), "docs/layout.toml lists each with its reason"
    assert all(len(reason) > 20 for reason in listed.values())


def test_long_modules_are_listed_with_a_reason():
    long = {m for m, path in MODULES.items() if len(path.read_text().splitlines()) > LONGEST_MODULE}
    assert long == TABLE["long_modules"].keys(), "docs/layout.toml lists each with its reason"


def tracked() -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listing.returncode != 0:
        pytest.skip("not a checkout")
    return [ROOT / name for name in listing.stdout.split("\0") if name]


# Written in two halves, so that this file does not hold what it looks for.
LOCAL = re.compile("|".join([
    r"/" + r"(?:work|root|home|Users|opt/venv|opt/pypi)/\w", r"[A-Z]:\\" + r"Users",
    r"(?:extra-)?index-" + r"url", r"pypi\." + r"org", r"files\.python" + r"hosted", r"find-" + r"links",
]))  # fmt: skip


def test_no_file_names_a_path_of_one_machine_or_a_registry():
    found = []
    for path in tracked():
        if path.is_file() and path.suffix not in (".png", ".parquet", ".pdf"):
            for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1):
                if LOCAL.search(line):
                    found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}")
    assert not found
