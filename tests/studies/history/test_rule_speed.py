"""Qualified majority is faster than unanimity, on the same worlds."""

import pytest

from negotiation_sim.studies.history.parameter_file import calibrated
from negotiation_sim.studies.history.rule_speed import (
    BOUND,
    ratification_speed,
    ratified_within,
    speed_by_rule,
)


def test_a_majority_is_at_least_as_fast_as_unanimity():
    table = speed_by_rule(calibrated(), replicates=200).set_index("rule")
    assert table.share_2y["qualified majority"] >= table.share_2y["unanimity"]
    assert table.real_share_2y.to_dict() == {"unanimity": 0.481, "qualified majority": 0.573}


def test_a_treatys_own_speed_moves_how_many_are_bound_early():
    table = ratification_speed([18.0, 24.0], 0.6, 0.41)
    quick, middle, slow = table.share[len(BOUND) :]
    assert 1.0 > quick > middle > slow > 0.0
    alike = ratification_speed([18.0, 24.0], 0.6, 0.0)
    assert alike.share[len(BOUND) :].nunique() == 1


def test_half_of_the_states_have_ratified_a_middling_treaty_at_their_median():
    assert ratified_within(18.0, [18.0], 0.6, 0.41, 0.5) == pytest.approx(0.5)
    # One standard deviation of the treaty's own speed later, in logarithms, a slow one stands there.
    assert ratified_within(18.0 * 2.718281828**0.3, [18.0], 0.6, 0.25, 0.841345) == pytest.approx(
        0.5, abs=1e-4
    )
