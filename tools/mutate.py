"""Mutation testing of the model: what tests notice when a line of a mechanism is wrong.

    python tools/mutate.py                      # 30 mutants of every mechanism file, resumed if cut off
    python tools/mutate.py response --sample 60 # of some files
    python tools/mutate.py --total 60           # so many over all files, spread evenly
    python tools/mutate.py --show               # what is known, nothing run

One thing in a copy of a file is changed: a comparison, an operator, a number, a condition, an assignment
left out. Then that mechanism's tests alone run, uncompiled, for at most ``--seconds``. A mutant that they
fail on, or that never ends, is killed. The sample follows from ``--seed`` and the file's text; outcomes are
kept in ``--out`` by the text of file and tests, so that only what is not known is run. Survivors are named
with the reason that tools/mutants.toml gives. Exit code 1 where the lower end of the 95 % interval over all
is below ``--least``, or a file's share below ``--least-file``. Needs a system that forks.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import copy
import dataclasses
import hashlib
import importlib
import json
import os
import random
import re
import signal
import sys
import time
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
MODEL = ROOT / "negotiation_sim" / "model"
TESTS = ROOT / "tests" / "model"
REASONS = ROOT / "tools" / "mutants.toml"
OUT = ROOT / "build" / "mutants.jsonl"
# Files without formulas of a mechanism: records, words, the order of the month, what plug-ins see.
NO_MECHANISM = {
    "__init__", "ballot", "chunk", "columns", "compiled_cache", "compiling", "decisions", "draws",
    "event_records", "figures", "month", "opening", "phases", "state", "terms",
}  # fmt: skip
# Tests of a file that has none of its own name.
TESTED_BY = {"obstruction": ("chair_sheet", "revision")}
# Tests that call compiled code.
COMPILED_ONLY = (
    "the_common_mood_has_its_spread_from_the_first_month",
    "without_spread_the_common_mood_is_none",
)
KILLED, SURVIVED, ENDLESS = "killed", "survived", "endless"
BROKEN = "not run"  # the tests fail without any change
COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult,
}  # fmt: skip
SWAPPED = {"min": "max", "max": "min"}


@dataclasses.dataclass(frozen=True)
class Mutant:
    """A change of one place in a file: the ``number``-th that can be made."""

    module: str
    number: int
    line: int
    said: str

    @property
    def key(self) -> str:
        return f"{self.module}:{self.line}:{self.number}: {self.said}"


# What can be changed


class Places(ast.NodeVisitor):
    """Every change that can be made in a tree, as a function that makes it, with line and words."""

    def __init__(self) -> None:
        self.found: list[tuple[int, str, Callable[[], None]]] = []
        self.inside = False

    def add(self, node: Any, said: str, change: Callable[[], None]) -> None:
        if self.inside:
            self.found.append((node.lineno, said, change))

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.inside = True
        documented = ast.get_docstring(node) is not None
        self._left_out(node.body)
        for statement in node.body[documented:]:
            self.visit(statement)
        self.inside = False

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_Compare(self, node: ast.Compare) -> None:
        for place, old in enumerate(node.ops):
            if new := COMPARED.get(type(old)):
                said = f"{type(old).__name__} becomes {new.__name__} in {ast.unparse(node)}"
                self.add(node, said, _setter(node.ops, place, new()))
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if new := OPERATORS.get(type(node.op)):
            said = f"{type(node.op).__name__} becomes {new.__name__} in {ast.unparse(node)}"
            self.add(node, said, _attribute(node, "op", new()))
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        new = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        said = f"{type(node.op).__name__} becomes {type(new).__name__} in {ast.unparse(node)}"
        self.add(node, said, _attribute(node, "op", new))
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if new := OPERATORS.get(type(node.op)):
            said = f"{type(node.op).__name__} becomes {new.__name__} in {ast.unparse(node)}"
            self.add(node, said, _attribute(node, "op", new()))
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        old = node.value
        if isinstance(old, bool):
            self.add(node, f"{old} becomes {not old}", _attribute(node, "value", not old))
        elif isinstance(old, int | float):
            new = old + 1 if isinstance(old, int) else old * 2.0 if old else 1.0
            self.add(node, f"{old} becomes {new}", _attribute(node, "value", new))

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Name) and (new := SWAPPED.get(node.func.id)):
            said = f"{node.func.id} becomes {new} in {ast.unparse(node)}"
            self.add(node, said, _attribute(node.func, "id", new))
        self.generic_visit(node)

    def visit_If(self, node: ast.If) -> None:
        said = f"the condition {ast.unparse(node.test)} is turned round"
        turned = ast.UnaryOp(op=ast.Not(), operand=node.test)
        self.add(node, said, _attribute(node, "test", turned))
        self.generic_visit(node)

    def generic_visit(self, node: ast.AST) -> None:
        for name in ("body", "orelse"):
            block = getattr(node, name, None)
            self._left_out(block if isinstance(block, list) else [])
        super().generic_visit(node)

    def _left_out(self, block: list[ast.stmt]) -> None:
        for place, statement in enumerate(block):
            if _writes(statement):
                said = f"{ast.unparse(statement).splitlines()[0]} is left out"
                blank = ast.copy_location(ast.Pass(), statement)
                self.add(statement, said, _setter(block, place, blank))


def _writes(node: ast.stmt) -> bool:
    """Return whether a statement writes a record or calls for what it does."""
    if isinstance(node, ast.Assign):
        return isinstance(node.targets[0], ast.Subscript | ast.Attribute)
    if isinstance(node, ast.AugAssign):
        return isinstance(node.target, ast.Subscript | ast.Attribute)
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)


def _setter(items: Any, place: int, new: object) -> Callable[[], None]:
    return lambda: items.__setitem__(place, new)


def _attribute(node: object, name: str, new: object) -> Callable[[], None]:
    return lambda: setattr(node, name, new)


def places(tree: ast.Module) -> Places:
    """Return every place of a module's functions that can be changed."""
    found = Places()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            found.visit_FunctionDef(node)
    return found


def mutants(module: str, source: str) -> list[Mutant]:
    """Return every mutant of a file."""
    found = places(ast.parse(source)).found
    return [Mutant(module, n, line, said) for n, (line, said, _) in enumerate(found)]


def mutated(source: str, number: int) -> ast.Module:
    """Return a file's tree with one thing changed."""
    tree = ast.parse(source)
    places(tree).found[number][2]()
    return ast.fix_missing_locations(copy.deepcopy(tree))


def sampled(module: str, source: str, size: int, seed: int) -> list[Mutant]:
    """Return a sample of a file's mutants, in the order of the file; all where it has fewer."""
    every = mutants(module, source)
    random.Random(f"{seed} {module} {source}").shuffle(every)
    chosen = every[:size]  # a larger sample holds the smaller one
    return sorted(chosen, key=lambda mutant: mutant.number)


# Files and their tests


def modules() -> list[str]:
    """Return the files of mechanisms."""
    every = [path.stem for path in sorted(MODEL.glob("*.py")) if path.stem not in NO_MECHANISM]
    return [name for name in every if _tests(name)]


def untested() -> list[str]:
    """Return the files that no test in tests/model speaks of; reports name them."""
    every = {path.stem for path in MODEL.glob("*.py")} - NO_MECHANISM
    return sorted(every - set(modules()))


def tests_of(module: str) -> list[Path]:
    """Return the tests of a file."""
    if not (found := _tests(module)):
        raise SystemExit(f"{module}: no tests speak of it; name others in TESTED_BY")
    return found


def _tests(module: str) -> list[Path]:
    found = [TESTS / f"test_{name}.py" for name in TESTED_BY.get(module, (module,))]
    if not all(path.is_file() for path in found):  # those that import it
        word = re.compile(rf"\b{module}\b")
        found = [p for p in sorted(TESTS.glob("*.py")) if word.search(p.read_text("utf-8"))]
    return found


def text_key(module: str) -> str:
    """Return a hash of a file and its tests, by which an outcome is known again."""
    found = hashlib.sha256()
    for path in (MODEL / f"{module}.py", *tests_of(module)):
        found.update(path.read_bytes())
    return found.hexdigest()[:16]


# Running


class Quick:
    """A plug-in of pytest that lets Hypothesis look for less and shrink nothing."""

    def pytest_sessionstart(self) -> None:
        from hypothesis import Phase, settings

        settings.register_profile(
            "mutants", max_examples=60, derandomize=True, database=None, deadline=None,
            phases=(Phase.explicit, Phase.generate),
            suppress_health_check=settings().suppress_health_check,
        )  # fmt: skip
        settings.load_profile("mutants")


def put_in(module: ModuleType, tree: ast.Module) -> None:
    """Give every function of a loaded module the code of a changed tree."""
    names = dict(vars(module))
    exec(compile(tree, str(module.__file__), "exec"), names)
    for name, new in names.items():
        old = vars(module).get(name)
        if isinstance(new, FunctionType) and isinstance(old, FunctionType):
            inner_new, inner_old = _bare(new), _bare(old)
            if inner_old.__module__ == module.__name__ and new is not old:
                inner_old.__code__ = inner_new.__code__


def _bare(function: FunctionType) -> FunctionType:
    inner: Any = function
    while hasattr(inner, "__wrapped__"):
        inner = inner.__wrapped__
    assert isinstance(inner, FunctionType)
    return inner


def tried(module: str, tree: ast.Module | None, seconds: float) -> str:
    """Run a file's tests in a process of its own, with a changed tree if one is given."""
    child = os.fork()
    if child == 0:
        code = 70
        with contextlib.suppress(BaseException):
            os.setsid()
            nothing = os.open(os.devnull, os.O_RDWR)
            for stream in (0, 1, 2):
                os.dup2(nothing, stream)
            code = _run_tests(module, tree)
        os._exit(code)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            code = os.waitstatus_to_exitcode(status)
            return SURVIVED if code == 0 else KILLED
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return ENDLESS


def _run_tests(module: str, tree: ast.Module | None) -> int:
    import pytest

    loaded = importlib.import_module(f"negotiation_sim.model.{module}")
    if tree is not None:
        put_in(loaded, tree)
    options = ["-x", "-q", "-n0", "-p", "no:cacheprovider", "-o", "filterwarnings=ignore"]
    options += ["-k", " and ".join(f"not {name}" for name in COMPILED_ONLY)]
    return int(pytest.main([*options, *map(str, tests_of(module))], plugins=[Quick()]))


def prepare() -> None:
    """Load once what every process needs, with compilation off."""
    os.environ["NUMBA_DISABLE_JIT"] = "1"
    os.environ.pop("CI", None)
    for path in (str(ROOT), str(ROOT / "tests")):
        sys.path.insert(0, path)
    for name in (
        "hypothesis",
        "numpy",
        "pytest",
        "negotiation_sim.catalogue",
        "negotiation_sim.engine.scenario",
    ):
        importlib.import_module(name)
    for name in modules():
        importlib.import_module(f"negotiation_sim.model.{name}")
    ensemble = importlib.import_module("negotiation_sim.engine.ensemble")

    def plainly(*arguments: Any, thorough: bool = False) -> Any:
        return ensemble.simulate_plainly(*arguments)

    ensemble.simulate = ensemble.ENGINES["ensemble"] = plainly


# What is known


def known(out: Path) -> dict[str, str]:
    """Return the outcomes kept so far, by text and mutant."""
    if not out.is_file():
        return {}
    lines = [json.loads(line) for line in out.read_text("utf-8").splitlines() if line.strip()]
    return {f"{line['text']} {line['mutant']}": line["outcome"] for line in lines}


def carry_out(wanted: Sequence[Mutant], out: Path, seconds: float) -> dict[Mutant, str]:
    """Run what is not known yet, keep each outcome at once, and return all."""
    have = known(out)
    found: dict[Mutant, str] = {}
    whole: dict[str, bool] = {}
    out.parent.mkdir(parents=True, exist_ok=True)
    for place, mutant in enumerate(wanted):
        text = text_key(mutant.module)
        key = f"{text} {mutant.key}"
        if key not in have:
            if mutant.module not in whole:
                whole[mutant.module] = tried(mutant.module, None, 30 * seconds) == SURVIVED
            if not whole[mutant.module]:
                found[mutant] = BROKEN
                continue
            source = (MODEL / f"{mutant.module}.py").read_text("utf-8")
            have[key] = tried(mutant.module, mutated(source, mutant.number), seconds)
            line = {"text": text, "mutant": mutant.key, "outcome": have[key]}
            with out.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")
        found[mutant] = have[key]
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{place + 1} of {len(wanted)} {mutant.key:<30}")
    return found


def reasons() -> Mapping[str, str]:
    """Return the reason of each survivor that has one, by ``file: what was changed``."""
    if not REASONS.is_file():
        return {}
    return {
        f"{module}: {said}": reason
        for module, entries in tomllib.loads(REASONS.read_text("utf-8")).items()
        for said, reason in entries.items()
    }


# Reporting


def interval(killed: int, n: int) -> tuple[float, float]:
    from negotiation_sim.analysis.intervals import wilson

    low, high = wilson(killed, n)
    return float(low), float(high)


def report(found: Mapping[Mutant, str], least: float, least_file: float) -> tuple[list[str], bool]:
    """Return the lines of a report and whether both ends are met."""
    broken = {mutant.module for mutant, outcome in found.items() if outcome == BROKEN}
    lines = [f"{name}: its tests fail or do not end without any change" for name in sorted(broken)]
    good = not broken
    found = {mutant: outcome for mutant, outcome in found.items() if outcome != BROKEN}
    if not found:
        return lines, False
    lines.append(f"{'file':<16}{'mutants':>8}{'killed':>8}{'share':>8}")
    for module in dict.fromkeys(mutant.module for mutant in found):
        own = [outcome for mutant, outcome in found.items() if mutant.module == module]
        share = sum(outcome != SURVIVED for outcome in own) / len(own)
        below = share < least_file
        good &= not below
        lines.append(
            f"{module:<16}{len(own):>8}{sum(o != SURVIVED for o in own):>8}{share:>8.2f}"
            + f"  below {least_file:g}" * below
        )
    killed = sum(outcome != SURVIVED for outcome in found.values())
    low, high = interval(killed, len(found))
    good &= low >= least
    lines.append(
        f"all: {killed} of {len(found)}, {killed / len(found):.3f} ({low:.3f} to {high:.3f})"
    )
    given = reasons()
    for mutant in (m for m, outcome in found.items() if outcome == SURVIVED):
        why = given.get(f"{mutant.module}: {mutant.said}", "no reason given")
        lines.append(f"survived: model/{mutant.module}.py:{mutant.line}: {mutant.said}: {why}")
    return lines, good


def wanted_of(names: Sequence[str], sample: int, total: int | None, seed: int) -> Iterator[Mutant]:
    """Yield the sample of every file named."""
    for place, module in enumerate(names):
        size = sample
        if total is not None:
            size = total // len(names) + (place < total % len(names))
        source = (MODEL / f"{module}.py").read_text("utf-8")
        yield from sampled(module, source, size, seed)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("module", nargs="*", help="files of negotiation_sim/model; all if none")
    parser.add_argument("--sample", type=int, default=30, help="mutants of a file")
    parser.add_argument("--total", type=int, help="so many over all files instead")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=20.0, help="at most, a mutant")
    parser.add_argument("--out", type=Path, default=OUT, help="where outcomes are kept")
    parser.add_argument("--show", action="store_true", help="run nothing")
    parser.add_argument("--least", type=float, default=0.85)
    parser.add_argument("--least-file", type=float, default=0.7)
    said = parser.parse_args(arguments)
    unknown = [name for name in said.module if name not in modules()]
    if unknown:
        parser.error(f"{unknown[0]} is no mechanism; there are: {', '.join(modules())}")
    wanted = list(wanted_of(said.module or modules(), said.sample, said.total, said.seed))
    if said.show:
        have = known(said.out)
        keys = {mutant: f"{text_key(mutant.module)} {mutant.key}" for mutant in wanted}
        found = {mutant: have[key] for mutant, key in keys.items() if key in have}
        if not found:
            print("nothing is known yet")
            return 0
    else:
        prepare()
        found = carry_out(wanted, said.out, said.seconds)
    lines, good = report(found, said.least, said.least_file)
    lines += [f"no tests of its own: model/{name}.py" for name in untested()]
    print("\n".join(lines))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
