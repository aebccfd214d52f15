"""M1 at its edges: cost terms, weighted distance, satisfaction, the weightiest term."""

from __future__ import annotations

import math

import pytest

from negotiation_sim.model import satisfaction as m1

FORM, SCOPE, VERIFICATION = 0, 1, 2
TREATY = [0.8, 0.65, 0.25]


def verification_cost(text=TREATY, form=FORM, scope=SCOPE, verification=-1, **changes):
    facts = {"trust": 0.5, "demand": 0.5, "verifiable_scope": 0.25, "cost": 2.0} | changes
    return m1.verification_cost_of(text, form, scope, verification, **facts)


def test_verification_costs_a_binding_text_beyond_verifiable_scope():
    # 2 * 0.5 * 0.8 * (0.65 - 0.25) * (1 - 0.5)
    assert verification_cost() == pytest.approx(0.16, abs=1e-15)


def test_verification_in_the_text_lowers_its_cost():
    assert verification_cost(verification=VERIFICATION) == pytest.approx(0.12, abs=1e-15)
    assert verification_cost([0.8, 0.65, 1.0], verification=VERIFICATION) == 0.0


def test_verifiable_scope_is_the_edge():
    assert verification_cost([0.8, 0.25]) == 0.0
    assert verification_cost([0.8, math.nextafter(0.25, 1.0)]) > 0.0
    assert verification_cost([0.8, 0.1]) == 0.0


def test_full_trust_voluntary_text_or_no_demand_cost_nothing():
    assert verification_cost(trust=1.0) == 0.0
    assert verification_cost([0.0, 1.0]) == 0.0
    assert verification_cost(demand=0.0) == 0.0


@pytest.mark.parametrize(("form", "scope"), [(-1, 0), (0, -1), (-1, -1)])
def test_terms_of_an_absent_issue_vanish(form, scope):
    assert m1.verification_cost_of([1.0], form, scope, -1, 0.0, 1.0, 0.0, 3.0) == 0.0
    assert m1.missile_defence_cost_of([1.0], form, scope, 1.0, 1.0) == 0.0
    if scope < 0:
        assert m1.set_aside_cost_of([0.0], scope, 1.0, 1.0, 1.0) == 0.0


def test_missile_defence_costs_form_times_scope():
    # 0.3 * 0.5 * 0.8 * 0.65
    assert m1.missile_defence_cost_of(TREATY, FORM, SCOPE, 0.5, 0.3) == pytest.approx(0.078)
    assert m1.missile_defence_cost_of([0.8, 0.0], FORM, SCOPE, 0.5, 0.3) == 0.0


def test_what_a_narrow_text_sets_aside_festers():
    # 0.1 * 0.5 * (0.9 - 0.65)
    assert m1.set_aside_cost_of(TREATY, SCOPE, 0.5, 0.9, 0.1) == pytest.approx(0.0125)
    assert m1.set_aside_cost_of([0.8, 0.9], SCOPE, 0.5, 0.9, 0.1) == 0.0
    assert m1.set_aside_cost_of([0.8, 1.0], SCOPE, 0.5, 0.9, 0.1) == 0.0


def test_the_cost_of_a_text_is_the_sum_of_its_three_terms():
    total = m1.text_cost(TREATY, FORM, SCOPE, -1, 0.5, 0.5, 0.5, 0.5, 0.25, 0.9, 2.0, 0.3, 0.1)
    assert total == pytest.approx(0.16 + 0.078 + 0.0125, abs=1e-15)


def test_weighted_distance_by_hand():
    # sqrt(0.5 * (0.6^2 + 0.8^2)) = sqrt(0.5)
    assert m1.weighted_distance([1.0, 0.0], [0.4, 0.8], [0.5, 0.5]) == pytest.approx(math.sqrt(0.5))
    assert m1.weighted_distance([1.0, 0.3], [0.0, 0.3], [1.0, 0.0]) == 1.0
    assert m1.weighted_distance([0.2, 0.3], [0.2, 0.9], [1.0, 0.0]) == 0.0


def test_satisfaction_counts_only_what_a_text_adds():
    assert m1.satisfaction(0.3, 0.2, 0.1) == pytest.approx(0.6)
    assert m1.satisfaction(0.3, 0.1, 0.2) == 0.7  # a cheaper text is no bonus
    assert m1.satisfaction(0.0, 0.1, 0.1) == 1.0


def test_satisfaction_stops_at_zero():
    assert m1.satisfaction(0.5, 0.5, 0.0) == 0.0
    assert m1.satisfaction(0.9, 0.2, 0.0) == 0.0


def test_weightiest_term_takes_an_issue_by_its_part_of_the_distance():
    text, position, salience = [0.5, 0.9], [0.1, 0.8], [0.3, 0.7]
    distance = m1.weighted_distance(text, position, salience)
    # parts: 0.3 * 0.16 / d = 0.048 / d against 0.7 * 0.01 / d = 0.007 / d; d = 0.2345
    assert m1.weightiest_term(text, position, salience, distance, 0.0, 0.0, 0.0) == 0
    assert m1.weightiest_term(text, position, salience, distance, 0.2, 0.0, 0.0) == 0  # 0.2047
    assert m1.weightiest_term(text, position, salience, distance, 0.21, 0.0, 0.0) == 2


@pytest.mark.parametrize(
    ("extra", "term"),
    [((0.2, 0.1, 0.1), 2), ((0.1, 0.2, 0.1), 3), ((0.1, 0.1, 0.2), 4), ((0.1, 0.1, 0.1), 2)],
)
def test_cost_terms_come_after_the_issues_and_ties_go_to_the_first(extra, term):
    assert m1.weightiest_term([0.5, 0.5], [0.5, 0.5], [0.5, 0.5], 0.0, *extra) == term


def test_equal_issues_tie_to_the_first():
    text, position = [0.75, 0.75], [0.5, 0.5]
    assert m1.weightiest_term(text, position, [0.5, 0.5], 0.25, 0.0, 0.0, 0.0) == 0


def test_a_refusal_on_disposition_alone_has_a_number_of_its_own():
    assert m1.weightiest_term([0.5], [0.5], [1.0], 0.0, 0.0, 0.0, 0.0) == 1 + 3
    assert m1.weightiest_term([0.5], [0.5], [1.0], 0.0, -0.1, 0.0, -1.0) == 1 + 3


def test_disposition_adds_urgency_private_and_mood():
    assert m1.disposition(0.2, 0.5, 0.5, -0.1, 0.03) == pytest.approx(-0.02)
