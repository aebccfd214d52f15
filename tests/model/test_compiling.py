"""From plain Python to compiled code: when Numba is imported, and what the loop may touch."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from negotiation_sim.model import compiling, draws

PACKAGE = Path(compiling.__file__).parent.parent
TESTS = Path(__file__).parent.parent


def python(code: str, cache: Path, **variables: str) -> list[str]:
    """Run code in a process with a cache of its own; return the words it prints."""
    paths = os.pathsep.join((str(PACKAGE.parent), str(TESTS)))
    environment = os.environ | {"PYTHONPATH": paths, "NEGOTIATION_SIM_CACHE": str(cache)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment | variables, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert not done.stderr, done.stderr
    return done.stdout.split()


def test_sources_load_without_numba(tmp_path):
    code = (
        "import sys, negotiation_sim, negotiation_sim.model.draws, negotiation_sim.model.compiling\n"
        "print(*(name in sys.modules for name in ('numba', 'llvmlite', 'mesa')))"
    )
    assert python(code, tmp_path) == ["False"] * 3


def test_a_function_is_compiled_once():
    assert compiling.compiled(draws.normal) is compiling.compiled(draws.normal)


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
