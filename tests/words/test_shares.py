"""Percentages are written in one way, and never narrower than what was computed."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiation_sim.analysis.figures import style
from negotiation_sim.analysis.intervals import wilson
from negotiation_sim.faces.cli.run_tables import printed
from negotiation_sim.words import shares


def test_examples_run():
    found = doctest.testmod(shares)
    assert found.attempted > 5 and found.failed == 0


@given(st.integers(0, 5000), st.integers(1, 5000))
def test_ends_lie_outside_and_something_is_never_nothing(k, n):
    k = min(k, n)
    p, (low, high) = k / n, wilson(k, n)
    bottom, top = (float(x) / 100.0 for x in shares.span(low, high).rstrip("%").split("–"))
    assert bottom <= low + 1e-9 and top >= high - 1e-9
    assert (shares.percent(p) == "0%") == (k == 0)
    assert (shares.percent(p) == "100%") == (k == n)


@pytest.mark.parametrize(
    ("p", "said"), [(0.0994, "9.9%"), (0.0995, "10%"), (0.248, "25%"), (0.51, "51%")]
)
def test_decimals_change_at_ten_per_cent_and_nowhere_else(p, said):
    assert shares.percent(p) == style.percent(p) == printed(shares.percent(p)) == said


def test_run_figure_and_report_write_one_interval():
    from negotiation_sim.faces.page.theme import percent

    words = shares.estimate(0.648, 0.605, 0.689)
    assert words == "65% (60–69%)" and percent(0.648) == "65%"
    assert printed(shares.span(0.605, 0.689)) == "60-69%" and printed(shares.NONE) == "-"
