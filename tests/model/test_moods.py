"""M1's moods keep their standard deviation."""

from __future__ import annotations

import pytest

from negotiation_sim.model import moods as m


def test_mood_keeps_its_standard_deviation():
    """Stationary: persistence^2 sd^2 + (1 - persistence^2) sd^2 = sd^2."""
    kept = m.mood_next(0.1, 0.0, 0.8, 0.05)
    shaken = m.mood_next(0.0, 1.0, 0.8, 0.05)
    assert kept == pytest.approx(0.08)
    assert shaken == pytest.approx(0.6 * 0.05)
    assert (0.8 * 0.05) ** 2 + shaken**2 == pytest.approx(0.05**2)
