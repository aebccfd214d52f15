"""M15 at its edges: what binds, delays, the domestic hurdle, entry into force."""

from __future__ import annotations

import math

import pytest

from negotiation_sim.model import ratification as m


def test_form_decides_whether_a_text_binds_at_the_threshold():
    assert m.needs_ratification(-1, 0, [0.5], 0.5)
    assert not m.needs_ratification(-1, 0, [math.nextafter(0.5, 0.0)], 0.5)
    assert not m.needs_ratification(1, 0, [0.2], 0.5)  # the text, not the label


def test_without_form_the_initiative_says_so():
    assert m.needs_ratification(1, -1, [0.2], 0.5)
    assert not m.needs_ratification(0, -1, [0.9], 0.5)


def test_delays_are_log_normal_around_their_median_in_whole_months():
    assert m.delay_months(18.0, 0.6, 0.0) == 18
    assert m.delay_months(18.0, 0.0, 5.0) == 18
    assert m.delay_months(10.0, 1.0, 1.0) == math.ceil(10 * math.e) == 28
    assert m.delay_months(10.0, 1.0, -9.0) == 1
    assert m.delay_months(1e-12, 0.0, 0.0) == 1


def test_a_delay_beyond_all_horizons_is_held():
    assert m.delay_months(1e12, 2.0, 8.0) == 1_000_000
    assert m.delay_months(2e6, 0.0, 0.0) == 1_000_000


def test_below_the_limit_an_executive_agreement_suffices():
    assert m.hurdle(0, [0.79], 0.8, 0.3, 0.1) == 0.1
    assert m.hurdle(0, [0.8], 0.8, 0.3, 0.1) == 0.3
    assert m.hurdle(-1, [0.0], 0.8, 0.3, 0.1) == 0.3


def test_a_state_ratifies_exactly_at_its_hurdle():
    assert m.ratifies(0.75, 0.0, 0.5, 0.25)
    assert not m.ratifies(math.nextafter(0.75, 0.0), 0.0, 0.5, 0.25)
    assert m.ratifies(0.7, 0.1, 0.5, 0.25)


@pytest.mark.parametrize(
    ("facts", "enters"),
    [
        ((5, 5, 400_000, 400_000, 0), True),
        ((4, 5, 400_000, 400_000, 0), False),
        ((5, 5, 399_999, 400_000, 0), False),
        ((5, 5, 400_000, 400_000, 1), False),
        ((0, 0, 0, 0, 0), False),
        ((1, 0, 0, 0, 0), True),
    ],
)
def test_entry_into_force_needs_number_share_and_named_states(facts, enters):
    assert m.enters_into_force(*facts) is enters
