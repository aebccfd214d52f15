"""The law of ratification delays is found again where it is known, windows and late openings or not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from negotiation_sim.studies.history.ratification_law import (
    ONE_SPEED,
    Law,
    fit,
    known,
    left_out,
    ranked_score,
    shares_bound,
)

LAW = Law(60.0, 1.5, 0.5, 0.1)


def treaties(law: Law = LAW, n: int = 120, states: int = 80, seed: int = 1) -> pd.DataFrame:
    """Return ratifications drawn from a law, a treaty opened every half a year from 1950."""
    rng = np.random.default_rng(seed)
    own = law.sigma * np.sqrt(law.treaty_share) * rng.standard_normal((n, 1))
    of_state = law.sigma * np.sqrt(law.state_share) * rng.standard_normal(states)
    rest = law.sigma * np.sqrt(1.0 - law.treaty_share - law.state_share)
    months = law.median * np.exp(own + of_state + rest * rng.standard_normal((n, states)))
    opened = [f"{1950 + k // 2}-{1 + 6 * (k % 2):02d}-01" for k in range(n)]
    return pd.DataFrame(
        {
            "treaty": np.repeat([f"T{k}" for k in range(n)], states),
            "state": np.tile([f"S{k}" for k in range(states)], n),
            "months": months.ravel(), "opened": np.repeat(opened, states),
        }
    )  # fmt: skip


@pytest.mark.parametrize("until", [None, "1999-12-31"])
def test_the_law_is_found_from_what_is_seen_of_it(until):
    """A third of the delays is longer than the window, and of the last treaties most are unseen."""
    found = fit(treaties(), until=until)
    assert found.median == pytest.approx(60.0, rel=0.3)
    assert found.sigma == pytest.approx(1.5, abs=0.2)
    assert found.treaty_share == pytest.approx(0.5, abs=0.12)
    assert found.state_share == pytest.approx(0.1, abs=0.04)


def test_treaties_and_states_that_are_all_alike_share_nothing():
    found = fit(treaties(Law(20.0, 0.6, 0.0, 0.0)))
    assert found.median == pytest.approx(20.0, rel=0.03)
    assert found.sigma == pytest.approx(0.6, abs=0.02)
    assert found.treaty_share < 0.02 and found.state_share < 0.01


def test_nothing_after_the_day_is_known():
    """What is dated later changes nothing: not the fit, not which treaties are looked at."""
    table = treaties(n=40)
    day = pd.Timestamp("1962-06-30")
    months = table["months"].clip(upper=1000.0) * 30.4375
    dated = pd.to_datetime(table["opened"]) + pd.to_timedelta(months, unit="D")
    later = table.assign(months=table["months"].mask(dated > day + pd.Timedelta(days=2)))
    for least in (1, 40, 60):
        seen = known(table, until="1962-06-30", least=least)
        pd.testing.assert_frame_equal(seen, known(later, until="1962-06-30", least=least))
    assert known(table, until="1962-06-30")["window"].between(24.0, 120.0).all()


def test_who_has_not_ratified_and_who_did_late_are_left_out():
    table = pd.DataFrame(
        {
            "treaty": ["A"] * 4 + ["B"] * 2, "state": list("PQRSPQ"), "opened": "1990-01-01",
            "months": [0.0, 12.0, 121.0, np.nan, 5.0, 6.0],
        }
    )  # fmt: skip
    found = known(table, least=3)
    assert found["treaty"].tolist() == ["A", "A"]
    assert found["log_months"].tolist() == pytest.approx([0.0, np.log(12.0)])
    with pytest.raises(ValueError, match="enough ratifications"):
        fit(table, least=4)


def test_left_out_treaties_lie_in_the_band_as_often_as_it_says():
    found = left_out(treaties(), folds=4)
    assert len(found) == 2 * found["treaty"].nunique() > 200
    inside = (found["seen"] >= found["low"]) & (found["seen"] <= found["high"])
    assert 0.7 < inside.mean() < 0.92
    assert found["score"].mean() < 0.6 * found["score_against"].mean()


def test_one_speed_for_all_is_what_version_0_1_had():
    drawn = shares_bound(ONE_SPEED, 100_000, 24.0, 60.0, np.random.default_rng(1))
    assert drawn.mean() == pytest.approx(0.70, abs=0.005)


def test_the_ranked_score_by_hand():
    """Mean distance to what was seen, less half of the mean distance between two draws."""
    assert ranked_score(np.array([0.0, 1.0]), 0.0) == pytest.approx(0.5 - 0.25)
    assert ranked_score(np.array([0.3]), 0.3) == 0.0
