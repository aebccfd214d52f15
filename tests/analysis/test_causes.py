"""Causes and blockers in tables built so that we know who blocks."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers.tables import failed, random_table, succeeded, table
from negotiation_sim.analysis import causes
from negotiation_sim.analysis.intervals import wilson
from negotiation_sim.analysis.outcomes import strategy_outcomes


def known() -> pd.DataFrame:
    blocked = [
        failed(i, "text", blockers="CHN:scope", main_blocker="CHN", main_term="scope")
        for i in range(4)
    ]
    both = [
        failed(
            4 + i, "mandate", blockers="CHN:form USA:verification_cost",
            main_blocker="USA", main_term="verification_cost",
        )
        for i in range(2)
    ]  # fmt: skip
    rest = [failed(6, "linkage"), failed(7, "linkage"), succeeded(8, 20), succeeded(9, 30)]
    return strategy_outcomes(table(*blocked, *both, *rest), {}, 60)


def counted(outcomes: pd.DataFrame) -> causes.CauseAccumulator:
    """Return an accumulator that has seen a table whole."""
    found = causes.CauseAccumulator()
    found.update(outcomes)
    return found


def test_shares_sum_to_one_and_to_the_probability_of_failure() -> None:
    shares = causes.cause_shares(known())
    assert dict(zip(shares["cause"], shares["count"], strict=True)) == {
        "linkage": 2,
        "mandate": 2,
        "text": 4,
    }
    assert shares["share"].sum() == pytest.approx(1.0)
    assert shares["share_of_all"].sum() == pytest.approx(0.8)
    text = shares.set_index("cause").loc["text"]
    assert (text["low"], text["high"]) == wilson(4, 8)
    assert text["stage_missed"] == "adoption"


def test_who_blocks_and_on_what() -> None:
    who = counted(known()).blockers().set_index("actor")
    assert list(who.index) == ["CHN", "USA"]
    assert who.loc["CHN", ["count", "alone", "main"]].tolist() == [6, 4, 4]
    assert who.loc["USA", ["count", "alone", "main"]].tolist() == [2, 0, 2]
    assert who.loc["CHN", "share"] == 6 / 8
    assert who.loc["CHN", "main_term"] == "scope"
    assert who.loc["CHN", "terms"] == "scope 4, form 2"
    terms = counted(known()).terms().set_index(["actor", "term"])["count"]
    assert terms["USA", "verification_cost"] == 2


def test_pairs_block_together_as_often_as_counted() -> None:
    pair = causes.blocking_pairs(known()).iloc[0]
    assert (pair["first"], pair["second"], pair["count"]) == ("CHN", "USA", 2)
    assert pair["lift"] == pytest.approx(2 / (6 * 2 / 8))


def test_no_failure_and_no_blocker() -> None:
    outcomes = strategy_outcomes(table(succeeded(0, 10)), {}, 60)
    assert causes.cause_shares(outcomes).empty
    assert counted(outcomes).blockers().empty
    assert causes.blocking_pairs(strategy_outcomes(table(failed(0)), {}, 60)).empty


def test_errors_and_pledges_alone_are_left_out() -> None:
    rows = table(
        failed(0, "text"),
        failed(1, "none", error="boom"),
        {"strategy": "pledges@adhoc-optin"} | failed(0),
    )
    shares = causes.cause_shares(strategy_outcomes(rows, {}, 60))
    assert shares["count"].tolist() == [1]


def test_chunks_leave_no_trace() -> None:
    outcomes = strategy_outcomes(random_table(90, {"a@CD": 1, "b@CD": 2}, seed=3), {}, 60)
    parts = causes.CauseAccumulator()
    for start in range(0, len(outcomes), 13):
        parts.update(outcomes.iloc[start : start + 13])
    whole = counted(outcomes)
    for name in ("shares", "blockers", "terms", "pairs"):
        ours, theirs = getattr(parts, name)(), getattr(whole, name)()
        pd.testing.assert_frame_equal(ours, theirs, check_exact=True)


def test_a_damaged_cell_is_said() -> None:
    with pytest.raises(ValueError, match="ACTOR:term"):
        causes.parse_blockers("CHN")
