"""Free text of historical tables."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiation_sim.model.terms import DecisionRule
from negotiation_sim.studies.history.parsing import parse_date, parse_participants, parse_rule
from negotiation_sim.studies.history.tabular import number

CONSENSUS, QUALIFIED = DecisionRule.CONSENSUS, DecisionRule.QUALIFIED_MAJORITY
SIMPLE, OPT_IN = DecisionRule.SIMPLE_MAJORITY, DecisionRule.OPT_IN


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1966-06-16", date(1966, 6, 16)),
        ("1966-06", date(1966, 6, 15)),
        ("1966", date(1966, 7, 1)),
        ("ca. 1966?", date(1966, 7, 1)),
        ("16 June 1966", date(1966, 6, 16)),
        ("June 1966", date(1966, 6, 15)),
        ("16/06/1966", date(1966, 6, 16)),
        ("06/16/1966", date(1966, 6, 16)),
        ("1966/6/2", date(1966, 6, 2)),
        ("1966-02-31", date(1966, 2, 28)),
        ("1966-13-45", date(1966, 7, 1)),
        ("ongoing", None),
        ("", None),
        (None, None),
        ("66", None),
    ],
)
def test_dates(text, expected):
    assert parse_date(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("28", 28), ("28-61", 44), ("28\u201361", 44), ("40 to 50", 45), ("~90", 90),
        ("100+", 100), (">70", 70), ("c. 15 experts", 15), ("1,200", 1200), ("61.0", 61),
        ("all UN members", 190), ("open-ended", 190), ("", None), ("n/a", None), ("many", None),
        ("0", None), ("99999999", 10000),
    ],
)  # fmt: skip
def test_participants(text, expected):
    assert parse_participants(text) == expected


@pytest.mark.parametrize(
    ("text", "rule", "quota", "veto"),
    [
        ("consensus", CONSENSUS, None, False),
        ("Unanimity", CONSENSUS, None, False),
        ("3-party", CONSENSUS, None, False),
        ("consensus (de facto)", CONSENSUS, None, False),
        ("weighted vote, de facto consensus", CONSENSUS, None, False),
        ("consensus (vote rule bracketed)", CONSENSUS, None, False),
        ("consensus/critical mass", CONSENSUS, None, False),
        ("disputed (unanimity vs two-thirds)", CONSENSUS, None, False),
        ("consensus then vote", QUALIFIED, (2, 3), False),
        ("consensus, vote fallback", QUALIFIED, (2, 3), False),
        ("two-thirds vote, consensus sought", QUALIFIED, (2, 3), False),
        ("three-quarters vote / consensus sought", QUALIFIED, (3, 4), False),
        ("85 per cent weighted vote", QUALIFIED, (85, 100), False),
        ("two-thirds + P5 (108)", QUALIFIED, (2, 3), True),
        ("P5 veto", QUALIFIED, (3, 5), True),
        ("vote", QUALIFIED, (2, 3), False),
        ("majority vote", SIMPLE, None, False),
        ("opt-in / consensus text", OPT_IN, None, False),
        ("critical mass", OPT_IN, None, False),
        ("two-thirds vote available, self-selected", OPT_IN, None, False),
    ],
)
def test_decision_rules(text, rule, quota, veto):
    assert parse_rule(text) == (rule, quota, veto)


@pytest.mark.parametrize("text", ["", None, "?", "not recorded"])
def test_no_rule_said(text):
    assert parse_rule(text) is None


@given(st.text(max_size=40))
def test_any_text_is_read_without_failing(text):
    parse_date(text)
    parse_rule(text)
    number(text)
    found = parse_participants(text)
    assert found is None or 1 <= found <= 10_000
