"""Qualified majority is faster than unanimity, on the same worlds."""

from negotiation_sim.studies.history.parameter_file import calibrated
from negotiation_sim.studies.history.rule_speed import speed_by_rule


def test_a_majority_is_at_least_as_fast_as_unanimity():
    table = speed_by_rule(calibrated(), replicates=200).set_index("rule")
    assert table.share_2y["qualified majority"] >= table.share_2y["unanimity"]
    assert table.real_share_2y.to_dict() == {"unanimity": 0.481, "qualified majority": 0.573}
