"""What a fit may see: the set-aside, what was known when, and frames that stay whole."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.coded_rows import coded, many
from negotiation_sim.errors import UsageError
from negotiation_sim.studies.history.case_table import coded_cases
from negotiation_sim.studies.history.splits import (
    closed_outcomes,
    frame_folds,
    frame_of,
    open_cases,
    outcome_known,
    part_of,
    scored_outcome,
    window_closed,
)


@pytest.mark.parametrize(
    ("mandate", "domain", "part"),
    [
        ("2005-12-09", "arms", "open"),
        ("2005-12-10", "arms", "set aside"),
        ("2005-12", "arms", "set aside"),  # perhaps of the 10th
        ("2005", "arms", "set aside"),
        ("2005-11", "arms", "open"),
        ("2005-12-09", "space", "open"),
        ("2008-11-30", "space-security", "set aside"),
        ("2008-12-01", "space-security", "agenda"),
        ("2008-12-01", "space", "agenda"),
        ("2008-12-01", "arms", "set aside"),
    ],
)
def test_what_is_set_aside_begins_on_its_day(mandate, domain, part):
    assert (
        part_of(coded(mandate=mandate, domain=domain, adopted="", outcome5="", outcome10=""))
        == part
    )


def test_the_shipped_cases_have_their_parts():
    parts = [part_of(case) for case in coded_cases()]
    assert {part: parts.count(part) for part in set(parts)} == {
        "open": 626, "set aside": 198, "agenda": 13,
    }  # fmt: skip
    assert len({frame_of(case) for case in open_cases(coded_cases())}) == 76


def test_a_frame_is_a_class_of_venue_in_a_decade():
    assert frame_of(coded(mandate="1979-12-31", adopted="1981")) == "CD 1970s"
    assert frame_of(coded(mandate="1980-01-01", adopted="1981")) == "CD 1980s"


def test_a_window_closes_the_day_after_its_anniversary():
    case = coded(mandate="1974-12-09")
    assert not window_closed(case, 5, date(1979, 12, 9))
    assert window_closed(case, 5, date(1979, 12, 10))
    assert not window_closed(coded(mandate="1974-12"), 5, date(1979, 12, 31))
    leap = coded(mandate="2004-02-29", adopted="2004-03-01")
    assert window_closed(leap, 5, date(2009, 3, 1)) and not window_closed(
        leap, 5, date(2009, 2, 28)
    )


def test_an_adoption_is_known_the_day_after():
    case = coded(mandate="1974-12-09", adopted="1976-12-10")
    assert outcome_known(case, 5, date(1976, 12, 10)) is None
    assert outcome_known(case, 5, date(1976, 12, 11)) is True
    assert outcome_known(case, 5, date(1974, 12, 9)) is None


def test_a_failure_is_known_from_its_day_on_or_when_the_window_closes():
    failed = coded(adopted="", outcome5="False", outcome10="False", failed="1977-01-01")
    assert outcome_known(failed, 5, date(1977, 1, 1)) is None
    assert outcome_known(failed, 5, date(1977, 1, 2)) is False
    late = coded(adopted="1981-01-01", outcome5="False", outcome10="True")
    assert outcome_known(late, 5, date(1979, 12, 9)) is None
    assert outcome_known(late, 5, date(1979, 12, 10)) is False
    assert outcome_known(late, 10, date(1981, 1, 1)) is None
    assert outcome_known(late, 10, date(1981, 1, 2)) is True


def test_a_flagged_row_is_not_scored_and_only_two_horizons_are_known():
    assert scored_outcome(coded(outcome5_flag="date"), 5) is None
    assert scored_outcome(coded(), 10) is True
    with pytest.raises(UsageError, match="years: 7 is not one of 5 and 10"):
        scored_outcome(coded(), 7)


@given(day=st.dates(date(1950, 1, 1), date(2026, 1, 1)), years=st.sampled_from([5, 10]))
def test_nothing_known_depends_on_what_came_later(day, years):
    """Outcomes after the day may be anything: what was known of them stays the same."""
    for case in open_cases(coded_cases())[::9]:
        if outcome_known(case, years, day) is None and not case.outcome5_flag:
            other = case.model_copy(
                update={"adopted": "", "failed": "", "outcome5": False, "outcome10": False}
            )
            assert outcome_known(other, years, day) in (None, False)
            assert (outcome_known(other, years, day) is None) or window_closed(case, years, day)
        if window_closed(case, years, day):
            assert outcome_known(case, years, day) == scored_outcome(case, years)


def test_shares_are_counted_where_windows_have_closed():
    early = coded(mandate="1974-12-09", adopted="1975-01-01")
    at = date(1978, 1, 1)
    assert outcome_known(early, 5, at) is True
    assert np.isnan(closed_outcomes([early], 5, at)).all()
    assert closed_outcomes([early], 5, date(1980, 1, 1)).tolist() == [1.0]


def test_folds_leave_whole_frames_out_and_every_case_once():
    cases = open_cases(coded_cases())
    left = []
    for fold in frame_folds(cases):
        fitted = {frame_of(cases[i]) for i in fold.fitted}
        assert not fitted & {frame_of(cases[i]) for i in fold.left_out}
        assert len(fold.fitted) + len(fold.left_out) == len(cases)
        left += fold.left_out.tolist()
        inner = [cases[i] for i in fold.fitted]
        for nested in frame_folds(inner, 4):
            assert {frame_of(inner[i]) for i in nested.fitted} <= fitted
    assert sorted(left) == list(range(len(cases)))


def test_what_is_set_aside_is_never_folded():
    cases = [
        *many(20),
        coded(id="late", mandate="2006-01-01", adopted="", outcome5="", outcome10=""),
    ]
    with pytest.raises(UsageError, match="1 cases are not open to fits, first 'late'"):
        next(frame_folds(cases))
