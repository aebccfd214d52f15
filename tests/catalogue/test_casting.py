"""The one builder of casts: who sits, and who stands for whom."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiation_sim.catalogue.casting import (
    MOST_REPRESENTATIVES,
    cast,
    likeness,
    n_representatives,
    spread,
)
from negotiation_sim.catalogue.schema import Actor, assumed


def actor(code, share=1.0):
    figure = assumed(0.5, "made")
    return Actor(
        id=code, name=code, capability=assumed(share, "made"), ideal_point={"scope": figure},
        salience={"scope": figure},
    )  # fmt: skip


def test_the_coded_sit_as_coded_and_the_rest_by_turns():
    coded = {"USA": actor("USA", 0.3)}
    made = cast(coded, ["AAA", "BBB", "CCC"], 2, lambda code, n: actor(code, 0.4 / n))
    assert list(made) == ["USA", "AAA", "BBB"]
    assert made["USA"] is coded["USA"]
    assert [made[code].capability.value for code in ("AAA", "BBB")] == [0.2, 0.2]


@given(n=st.integers(1, 200))
def test_spread_keeps_everyone_once(n):
    assert sorted(spread(range(n))) == list(range(n))


@given(n=st.integers(16, 200), first=st.integers(4, 16))
def test_every_beginning_is_spread_evenly(n, first):
    beginning = spread(range(n))[:first]
    assert sum(beginning) / first == pytest.approx((n - 1) / 2.0, abs=0.2 * n)


def test_representatives_grow_with_the_log_of_those_there():
    assert [n_representatives(n, 0) for n in (1, 2, 3, 20, 207, 208)] == [0, 2, 3, 9, 16, 16]
    assert n_representatives(4, 3) == 1
    assert n_representatives(10_000, 3) == MOST_REPRESENTATIVES


def test_likeness_ends_at_four_apart():
    assert likeness(1.0, 1.0) == 1.0
    assert likeness(-1.0, 1.0) == 0.5
    assert likeness(-2.0, 2.0) == likeness(-3.0, 2.0) == 0.0
