"""Each rule compiled gives the same bits as the plain Python that the Mesa agents call."""

from __future__ import annotations

import math
import struct

import pytest
from hypothesis import given, settings

from helpers.rule_arguments import all_rules, arguments_of, as_compiled, triangles
from negotiation_sim.model.compiling import compiled

RULES = all_rules()


def bits(value) -> object:
    """Return a result so that equal means equal to the last bit; zero has one sign."""
    if isinstance(value, float):
        assert math.isfinite(value), "a rule stays in its domain"
        return struct.pack("<d", value + 0.0)
    return int(value)


def test_the_rules_are_found():
    assert {name.split(".")[0] for name in RULES} >= {
        "satisfaction", "bargaining", "decision", "mandate", "ratification", "environment",
        "spillover",
    }  # fmt: skip
    assert len(RULES) > 35


@pytest.mark.parametrize("name", sorted(RULES))
def test_compiled_gives_the_same_bits(name):
    function = RULES[name]
    fast = compiled(function)

    @given(triangles() if name == "environment.triangular" else arguments_of(function))
    @settings(max_examples=60)
    def agree(arguments):
        plain = function(*arguments)
        assert bits(fast(*map(as_compiled, arguments))) == bits(plain)

    agree()
