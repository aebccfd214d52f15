"""Compiled code and its cache: one folder per hash of the sources, and no error without one."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from negotiation_sim.model import compiling as jit

PACKAGE = Path(jit.__file__).parent.parent
TESTS = Path(__file__).parent

# A compiled function whose own file stays as it is while the rule it calls changes.
DRAW = """
import numpy as np
from negotiation_sim.model import draws, compiling as jit
was_cached = jit.is_cached()
one = np.ones((1, 1))
out = np.zeros((1, 1))
jit.compiled(draws.draw_figures)(
    np.uint64(1), np.uint64(2), np.array([3], np.uint64), 1, 0 * one, 0.5 * one, one, out
)
print(was_cached, jit.is_cached(), float(out[0, 0]))
"""


def python(code: str, cache: Path | str, package: Path = PACKAGE, **variables: str) -> list[str]:
    """Run code with a package of ours and a cache folder; return the words it prints."""
    paths = [str(package.parent), str(TESTS)]
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(paths), "NEGOTIATION_SIM_CACHE": str(cache),
        "PYTHONDONTWRITEBYTECODE": "1",
    } | variables  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False,
        cwd=cache if Path(cache).is_dir() else TESTS,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert not done.stderr, done.stderr
    return done.stdout.split()


@pytest.fixture
def copy(tmp_path):
    """A copy of the package's sources that a test may change."""
    target = tmp_path / "sources" / "negotiation_sim"
    shutil.copytree(PACKAGE, target, ignore=shutil.ignore_patterns("__pycache__", "_catalogue"))
    return target


def imported(path: Path) -> set[Path]:
    """Return the files of the package that a file imports, without typing alone."""
    found = set()
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("negotiation_sim"):
            base = PACKAGE.joinpath(*node.module.split(".")[1:])
            for name in (base, *(base / alias.name for alias in node.names)):
                if name.with_suffix(".py").is_file():
                    found.add(name.with_suffix(".py"))
    return found


def test_compiled_from_lists_every_module_the_kernel_imports():
    waiting, seen = [PACKAGE / "kernel.py"], set()
    while waiting:
        path = waiting.pop()
        if path not in seen:
            seen.add(path)
            waiting += imported(path)
    modules = {path for path in seen if path.parent == PACKAGE}
    assert {path.name for path in modules} == set(jit.COMPILED_FROM)
    rules = {path for path in (PACKAGE / "rules").glob("*.py") if path.name != "__init__.py"}
    assert seen - modules == rules, "every rule is compiled, and hashed by its folder"


def test_the_hash_turns_on_every_source_and_on_nothing_else(copy, monkeypatch):
    monkeypatch.setattr(jit, "__file__", str(copy / "jit.py"))
    plain = jit.source_hash()
    assert plain == jit.source_hash()
    hashes = {plain}
    sources = [copy / name for name in jit.COMPILED_FROM] + sorted((copy / "rules").glob("*.py"))
    for path in sources:
        text = path.read_text("utf-8")
        path.write_text(text + "\n# changed\n", "utf-8")
        hashes.add(jit.source_hash())
        path.write_text(text, "utf-8")
    assert len(hashes) == len(sources) + 1
    (copy / "story.py").write_text("", "utf-8")
    assert jit.source_hash() == plain, "what is not compiled does not count"


def test_a_changed_rule_is_noticed_and_an_unchanged_one_comes_from_the_cache(copy, tmp_path):
    cache = tmp_path / "cache"
    cache.mkdir()
    before, cached, first = python(DRAW, cache, copy)
    assert (before, cached) == ("False", "True")
    assert python(DRAW, cache, copy) == ["True", "True", first]
    rule = copy / "rules" / "environment.py"
    text = rule.read_text("utf-8")
    for side in ("min(high, low + ", "max(low, high - "):
        assert text.count(f"return {side}") == 1
        text = text.replace(f"return {side}", f"return 0.25 + {side}")
    rule.write_text(text, "utf-8")
    before, cached, changed = python(DRAW, cache, copy)
    assert (before, cached) == ("False", "True")
    assert abs(float(changed) - float(first) - 0.25) < 1e-12
    assert len(list((cache / "negotiation-sim").iterdir())) == 2


@pytest.mark.parametrize("where", ["a file", "nowhere"])
def test_a_cache_that_cannot_be_written_is_no_error(where, tmp_path):
    blocked = tmp_path / "taken"
    blocked.write_text("not a folder")
    cache = blocked if where == "a file" else "/proc/self/nowhere"
    before, cached, value = python(DRAW, cache)
    assert (before, cached) == ("False", "False")
    assert 0.0 < float(value) < 1.0
    assert blocked.read_text() == "not a folder"


def test_a_read_only_cache_is_no_error(tmp_path, monkeypatch):
    monkeypatch.setenv("NEGOTIATION_SIM_CACHE", str(tmp_path))

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError("read-only")

    assert jit.cache_folder() is not None
    monkeypatch.setattr(Path, "write_bytes", refuse)
    assert jit.cache_folder() is None and not jit.is_cached()


def test_without_a_home_there_is_no_cache_and_no_error(monkeypatch):
    def homeless() -> Path:
        raise RuntimeError("no home directory")

    for name in ("NEGOTIATION_SIM_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", homeless)
    assert jit.cache_folder() is None


def test_sources_load_without_numba(tmp_path):
    code = (
        "import sys, negotiation_sim, negotiation_sim.model.kernel, negotiation_sim.model.draws\n"
        "print('numba' in sys.modules, 'mesa' in sys.modules)"
    )
    assert python(code, tmp_path) == ["False", "False"]


@pytest.mark.long
def test_the_compiled_loop_stays_within_its_arrays(tmp_path):
    """One run with Numba's bounds checks, over settings that reach every path; its own cache."""
    code = """
from helpers.engines import in_worlds
from helpers.generic import seeded_setting
from negotiation_sim.engine.scenario import compile_setting
for number in range(200):
    in_worlds(compile_setting(seeded_setting(number)), [(0, 0), (1, 2)])
for n_actors in (48, 49, 60):
    in_worlds(compile_setting(seeded_setting(n_actors, n_actors)), [(0, 0), (1, 2)])
print("within")
"""
    assert python(code, tmp_path, NUMBA_BOUNDSCHECK="1") == ["within"]
