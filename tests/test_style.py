"""The style of the sources: what ruff and mypy find with the rules of pyproject.toml, nothing else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CHECKS = (
    ("ruff", "check", "--quiet", "--output-format=concise", "."),
    ("ruff", "format", "--quiet", "--check", "."),
    ("mypy", "--no-error-summary"),
)


@pytest.mark.parametrize("command", CHECKS, ids=lambda command: "-".join(command[:2]))
def test_nothing_is_found(command):
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"


def test_the_package_says_that_it_is_typed():
    assert (ROOT / "negotiation_sim" / "py.typed").read_bytes() == b""
