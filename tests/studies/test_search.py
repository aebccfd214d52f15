"""The search finds what is known."""

import numpy as np
import pytest

from negotiation_sim.studies.search import minimise


def test_the_minimum_of_a_stretched_bowl():
    aim, stretch = np.array([0.5, -1.0, 2.0]), np.array([1.0, 10.0, 0.1])

    def bowl(x):
        return float(np.sum(stretch * (x - aim) ** 2))

    found = minimise(bowl, np.zeros(3), 0.5, 900, seed=1)
    assert found.point == pytest.approx(aim, abs=1e-3)
    assert found.value == bowl(found.point)
    assert list(found.course) == sorted(found.course, reverse=True)


def test_the_same_seed_gives_the_same_search_and_another_does_not():
    def value(x):
        return float(np.sum(np.abs(x)))

    one, two = (minimise(value, np.ones(4), 0.3, 60, seed=5) for _ in range(2))
    assert (one.point == two.point).all()
    assert (minimise(value, np.ones(4), 0.3, 60, seed=6).point != one.point).any()
