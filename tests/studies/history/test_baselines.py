"""Known answers of the baseline forecasters."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiation_sim.errors import UsageError
from negotiation_sim.studies.history.baselines import (
    median,
    nash_bargaining,
    text_forecasts,
    weighted_mean,
    weighted_median,
)


def test_means_and_medians_by_hand():
    assert weighted_mean([0.0, 0.5, 1.0], [1.0, 1.0, 2.0]) == pytest.approx(0.625)
    assert weighted_median([0.0, 0.5, 1.0], [1.0, 1.0, 2.0]) == 0.5
    assert weighted_median([0.0, 0.5, 1.0], [1.0, 1.0, 2.1]) == 1.0
    assert median([0.0, 0.2, 0.6, 1.0]) == pytest.approx(0.4)


def test_weighted_median_minimises_weighted_distance():
    rng = np.random.default_rng(4)
    for _ in range(20):
        x, w = rng.random(9), rng.random(9)
        at = weighted_median(x, w)
        assert w @ np.abs(x - at) == pytest.approx(min(w @ np.abs(x - p) for p in x))


def test_nash_of_two_splits_where_the_weighted_product_is_largest():
    # (1 - x)^w (x)^v on [0, 1] with ideals at 0 and 1 has its maximum at v / (w + v).
    assert nash_bargaining([0.0, 1.0], [1.0, 3.0]) == pytest.approx(0.75, abs=1e-6)


def test_nash_with_reference_splits_the_gain():
    # Ideals 0.5 and 1, status quo 0: surpluses 1/2 - |x - 1/2| and x; maximum of (1 - x) x at 1/2.
    assert nash_bargaining([0.5, 1.0], [1.0, 1.0], reference=0.0) == pytest.approx(0.5, abs=1e-6)
    # Ideals 0.2 and 1: x * x up to 0.2, (0.4 - x) * x beyond: the maximum is at 0.2.
    assert nash_bargaining([0.2, 1.0], [1.0, 1.0], reference=0.0) == pytest.approx(0.2, abs=1e-6)


def test_nash_leaves_the_status_quo_where_somebody_would_lose():
    assert nash_bargaining([0.0, 1.0, 1.0], [0.1, 1.0, 1.0], reference=0.0) == 0.0


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0.01, 1), st.floats(0.01, 1)), min_size=1))
def test_every_forecast_lies_within_the_positions(actors):
    x, s, c = (np.array(column) for column in zip(*actors, strict=True))
    for name, text in text_forecasts(x, s, c).items():
        assert x.min() - 1e-9 <= text <= x.max() + 1e-9, name


def test_without_salience_or_capability_all_count_alike():
    found = text_forecasts([0.0, 1.0], [0.0, 0.0], [0.0, 0.0])
    assert found["salience_mean"] == found["capability_mean"] == 0.5


@pytest.mark.parametrize("weight", [[0.0, 0.0], [-1.0, 2.0], [float("nan"), 1.0], [1.0]])
def test_unusable_weights_are_refused(weight):
    with pytest.raises(UsageError):
        weighted_mean([0.0, 1.0], weight)
