"""M5 at its edges: strictness, the chair's doubt, whom it serves, and how far the text moves."""

from __future__ import annotations

import math

import pytest

from negotiation_sim.model import revision as m


@pytest.mark.parametrize(
    ("quota", "strict"),
    [((1, 1), 1.0), ((1, 2), 0.0), ((3, 4), 0.5), ((2, 3), 1 / 3), ((1, 3), 0.0)],
)
def test_strictness_runs_from_simple_majority_to_consensus(quota, strict):
    assert m.strictness(*quota) == pytest.approx(strict, abs=1e-15)


def test_chair_reads_objections_more_sharply_under_consensus():
    assert m.chair_softness(0.0, 0.08, 0.02) == 0.08
    assert m.chair_softness(1.0, 0.08, 0.02) == pytest.approx(0.02)
    assert m.chair_softness(0.5, 0.08, 0.02) == pytest.approx(0.05)


def test_objection_probability_is_logistic_and_holds_its_argument():
    assert m.objection_probability(0.0, 0.02) == 0.5
    assert m.objection_probability(0.02, 0.02) == pytest.approx(1 / (1 + 1 / math.e))
    assert m.objection_probability(1e6, 0.001) == 1.0
    assert m.objection_probability(-1e6, 0.001) == 1 / (1 + math.exp(500.0)) > 0.0


def test_under_consensus_the_smallest_objector_counts_like_the_largest():
    assert m.capability_weight(0.001, 1.0) == m.capability_weight(0.9, 1.0) == 1.0
    assert m.capability_weight(0.25, 0.0) == 0.25
    assert m.capability_weight(0.25, 0.5) == 0.5
    assert m.capability_weight(0.0, 1.0) == 1.0


def test_chair_serves_objectors_under_consensus_and_those_about_to_turn_under_majority():
    assert [m.objection_weight(1.0, 1.0, p) for p in (0.0, 0.5, 1.0)] == [0.0, 0.5, 1.0]
    assert [m.objection_weight(0.5, 0.0, p) for p in (0.0, 0.5, 1.0)] == [0.0, 0.5, 0.0]
    assert m.objection_weight(1.0, 0.5, 0.5) == 0.75


def test_revision_moves_by_the_step_towards_the_weighted_mean():
    # two members at 0.4 and 1.0 with weights 1 and 3 see 0.2: mean gap (0.2 + 2.4) / 4 = 0.65
    assert m.revised(0.2, 0.5, 1 * 0.2 + 3 * 0.8, 4.0, 0.0, 1.0) == pytest.approx(0.2 + 0.5 * 0.65)


def test_revision_stays_within_the_mandate_and_without_weights_stays_put():
    assert m.revised(0.2, 1.0, 4.0, 1.0, 0.1, 0.6) == 0.6
    assert m.revised(0.2, 1.0, -4.0, 1.0, 0.1, 0.6) == 0.1
    assert m.revised(0.2, 1.0, 4.0, 0.0, 0.1, 0.6) == 0.2
