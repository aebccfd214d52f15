"""Each formula compiled gives the same bits as the plain Python that the plain engine runs."""

from __future__ import annotations

import math
import struct

import pytest
from hypothesis import given, settings

from helpers.rule_arguments import all_formulas, arguments_of, as_compiled, triangles
from negotiation_sim.model.compiling import compiled

FORMULAS = all_formulas()


def bits(value) -> object:
    """Return a result so that equal means equal to the last bit; zero has one sign."""
    if isinstance(value, tuple):
        return tuple(bits(each) for each in value)
    if isinstance(value, float):
        assert math.isfinite(value), "a formula stays in its domain"
        return struct.pack("<d", value + 0.0)
    return int(value)


def test_the_formulas_are_found():
    assert {name.split(".")[0] for name in FORMULAS} >= {
        "adherence", "aspiration", "calendar", "decision", "events", "governments", "grounds", "groups",
        "influence",
        "linkage", "mandate", "moods", "numbers", "obstruction", "packages", "pledges",
        "ratification", "remit", "reservation", "response", "revision",
        "satisfaction", "spillover", "trust",
    }  # fmt: skip
    assert len(FORMULAS) > 40


@pytest.mark.parametrize("name", sorted(FORMULAS))
def test_compiled_gives_the_same_bits(name):
    function = FORMULAS[name]
    fast = compiled(function)

    @given(triangles() if name == "numbers.triangular" else arguments_of(function))
    @settings(max_examples=60)
    def agree(arguments):
        plain = function(*arguments)
        assert bits(fast(*map(as_compiled, arguments))) == bits(plain)

    agree()
