"""The shape of the sources: who imports whom, libraries behind their fences, no circle, no local paths.

The order is that of docs/layout.toml: a module imports from folders before its own, or from its
own folder; inside ``model`` the files have an order of their own. Imports for type checking count.
"""

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
LONGEST_FUNCTION, MOST_LONG_FUNCTIONS = 60, 10
# Arguments given by place: a step of the model, a formula, any other function.
MOST_ARGUMENTS = {"step": 8, "formula": 13, "": 8}
COMMAND = "guarded"  # decorates the commands of faces/cli; their arguments are options


def name_of(path: Path) -> str:
    """Return ``model.decision`` for negotiation_sim/model/decision.py, ``model`` for its package."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in FILES}


def rank_of(module: str, order: list[list[str]]) -> int | None:
    """Return the rank of a module; a pattern without a star beats one with it."""
    found = [
        ("*" in pattern, number)
        for number, patterns in enumerate(order)
        for pattern in patterns
        if fnmatch.fnmatchcase(module, pattern)
        or module == pattern
        or module.startswith(pattern + ".")
    ]
    return min(found)[1] if found else None


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


@cache
def imports(path: Path) -> frozenset[str]:
    """Return dotted names of everything a file imports, in functions and for type checking too."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(found)


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
def test_a_module_imports_only_from_folders_before_its_own(module):
    own = rank_of(module, TABLE["order"])
    assert own is not None, f"{module}: its folder has no place in docs/layout.toml"
    upward = [
        other for other in sorted(inner(MODULES[module])) if rank_of(other, TABLE["order"]) > own
    ]
    assert not upward, f"{module} imports {upward}, which stand above it"


@pytest.mark.parametrize("module", [m for m in MODULES if m.startswith("model.")])
def test_inside_the_model_files_keep_their_order(module):
    own = rank_of(module, TABLE["model"])
    assert own is not None
    same = TABLE["model"][own]
    for other in sorted(inner(MODULES[module])):
        if other.startswith("model."):
            rank = rank_of(other, TABLE["model"])
            assert rank < own or (rank == own and len(same) > 0), f"{module} imports {other}"


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


def test_the_order_can_fail():
    """The checks above are not vacuous."""
    order = TABLE["order"]
    assert rank_of("errors", order) < rank_of("model.draws", order) < rank_of("catalogue", order)
    assert rank_of("catalogue.schema", order) < rank_of("engine.scenario", order)
    assert rank_of("studies.levers", order) < rank_of("faces.api", order)
    assert rank_of("model.terms", TABLE["model"]) < rank_of("model.draws", TABLE["model"])


@pytest.mark.parametrize("library", sorted(TABLE["fences"]))
def test_a_library_stays_behind_its_fence(library):
    allowed = TABLE["fences"][library]
    for module, path in MODULES.items():
        uses = {name for name in imports(path) if name.split(".")[0] == library}
        inside = any(
            fnmatch.fnmatchcase(module, p) or module == p or module.startswith(p + ".")
            for p in allowed
        )
        assert not uses or inside, f"{module} imports {sorted(uses)}"


@pytest.mark.parametrize("module", sorted(MODULES))
def test_every_module_says_what_it_is(module):
    assert ast.get_docstring(tree(MODULES[module])), f"{module}: no docstring"


def lengths() -> dict[str, tuple[int, str]]:
    """Return lines and first line of every function, as ``module:name``; docstrings not counted."""
    found = {}
    for module, path in MODULES.items():
        lines = path.read_text("utf-8").splitlines()
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                n = node.end_lineno - node.lineno + 1
                docstring = node.body[0] if ast.get_docstring(node) else None
                n -= docstring.end_lineno - docstring.lineno + 1 if docstring else 0
                head = " ".join(lines[node.lineno - 1 : node.body[0].lineno])
                found[f"{module}:{node.name}"] = n, head
    return found


def test_long_functions_are_few_and_say_why():
    long = {name: head for name, (n, head) in lengths().items() if n > LONGEST_FUNCTION}
    assert len(long) <= MOST_LONG_FUNCTIONS, sorted(long)
    silent = [name for name, head in long.items() if "# long:" not in head]
    assert not silent, f"{silent}: longer than {LONGEST_FUNCTION} lines; say why: # long: ..."


def kind_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """Return ``step``, ``formula``, the decorator of commands, or nothing."""
    names = {
        decorator.id for decorator in function.decorator_list if isinstance(decorator, ast.Name)
    }
    return next((name for name in ("step", "formula", COMMAND) if name in names), "")


def arguments_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """Return what may be given by place, without ``self`` and ``cls``."""
    found = [each.arg for each in (*function.args.posonlyargs, *function.args.args)]
    return found[1:] if found and found[0] in ("self", "cls") else found


def too_many(tree_: ast.Module, in_cli: bool = False) -> list[str]:
    """Return the functions that take more than their kind may."""
    found = []
    for node in ast.walk(tree_):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            kind, n = kind_of(node), len(arguments_of(node))
            if kind != COMMAND and n > MOST_ARGUMENTS[kind]:
                found.append(f"{node.name} takes {n}")
            assert kind != COMMAND or in_cli, f"{node.name}: a command outside faces/cli"
    return found


@pytest.mark.parametrize("module", sorted(MODULES))
def test_a_function_takes_few_arguments_by_place(module):
    assert not too_many(tree(MODULES[module]), module.startswith("faces.cli"))


def test_there_are_steps_formulas_and_commands_to_count():
    kinds = [
        kind_of(node)
        for path in FILES
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef)
    ]
    assert min(kinds.count(kind) for kind in ("step", "formula", COMMAND)) > 10
    nine = ", ".join("abcdefghi")
    counted = too_many(ast.parse(f"def f({nine}): ...\n@step\ndef g({nine}): ...\n"))
    assert counted == ["f takes 9", "g takes 9"]
    assert not too_many(ast.parse(f"@formula\ndef f({nine}): ...\ndef g(a, *, {nine[3:]}): ...\n"))


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
