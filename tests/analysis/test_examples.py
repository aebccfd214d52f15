"""The examples in the docstrings run."""

from __future__ import annotations

import doctest
import importlib

import pytest


@pytest.mark.parametrize("module", ["intervals", "causes", "comparison", "uncertainty"])
def test_examples_run(module: str) -> None:
    found = doctest.testmod(importlib.import_module(f"negotiation_sim.analysis.{module}"))
    assert found.attempted > 0
    assert found.failed == 0
