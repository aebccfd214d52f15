"""Strategies from tracks, and the summary: known answers, edges, and no trace of the chunks."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from helpers.tables import failed, random_table, succeeded, table
from negotiation_sim.analysis.intervals import stopping_level, wilson
from negotiation_sim.analysis.outcomes import (
    SUMMARY_COLUMNS,
    SummaryAccumulator,
    strategy_outcomes,
    summary_table,
)
from negotiation_sim.analysis.replicates import whole_replicates

TWO = "ban@adhoc-optin+code@COPUOS"


def two_tracks(first: dict, second: dict) -> pd.DataFrame:
    return table(
        {"strategy": TWO, "track": 0, "track_name": "ban@adhoc-optin"} | first,
        {"strategy": TWO, "track": 1, "track_name": "code@COPUOS"} | second,
    )


@pytest.mark.parametrize(
    ("rule", "month", "timely"),
    [("all", 70, False), ("any", 20, True), ([0], 20, True), ([1], 70, False), ([0, 1], 70, False)],
)
def test_tracks_combine_by_rule(rule, month: int, timely: bool) -> None:
    rows = two_tracks(succeeded(0, 20), succeeded(0, 70))
    outcome = strategy_outcomes(rows, {TWO: rule}, 60).iloc[0]
    assert outcome["success_month"] == month
    assert outcome["timely"] == timely
    assert (outcome["timely_any"], outcome["timely_all"]) == (True, False)
    assert outcome["ending"] == "success"
    assert outcome["cause"] == ("none" if timely else "text")


def test_all_fails_with_the_first_track_that_ends() -> None:
    withdrawn = failed(0, "withdrawal", ending="withdrawn", end_month=30, mandate_month=4)
    rows = two_tracks(withdrawn, failed(0, "linkage"))
    outcome = strategy_outcomes(rows, {TWO: "all"}, 60).iloc[0]
    assert (outcome["ending"], outcome["end_month"]) == ("withdrawn", 30)
    assert outcome["cause"] == "linkage"
    assert pd.isna(outcome["success_month"])
    assert pd.isna(outcome["mandate_month"])


def test_any_fails_with_the_last_track_and_the_one_that_came_furthest() -> None:
    one = failed(0, "withdrawal", ending="withdrawn", end_month=30, blockers="")
    two = failed(0, "dissolution", ending="dissolved", end_month=90)
    outcome = strategy_outcomes(two_tracks(one, two), {TWO: "any"}, 60).iloc[0]
    assert (outcome["ending"], outcome["end_month"]) == ("dissolved", 90)
    assert outcome["cause"] == "dissolution"
    open_ = failed(0, "text", blockers="CHN:scope", main_blocker="CHN", main_term="scope")
    outcome = strategy_outcomes(two_tracks(one, open_), {TWO: "any"}, 60).iloc[0]
    assert (outcome["ending"], outcome["end_month"]) == ("censored", 180)
    assert (outcome["cause"], outcome["main_blocker"]) == ("withdrawal", "")
    listed = strategy_outcomes(two_tracks(one, open_), {TWO: [1]}, 60).iloc[0]
    assert (listed["cause"], listed["main_blocker"]) == ("text", "CHN")


@pytest.mark.parametrize(("month", "timely"), [(59, True), (60, True), (61, False)])
def test_the_deadline_month_itself_is_in_time(month: int, timely: bool) -> None:
    outcome = strategy_outcomes(table(succeeded(0, month)), {}, 60).iloc[0]
    assert (outcome["timely"], outcome["timely_any"], outcome["timely_all"]) == (timely,) * 3


def test_success_after_a_shorter_deadline_is_late() -> None:
    outcome = strategy_outcomes(table(succeeded(0, 50)), {}, 36).iloc[0]
    assert not outcome["timely"]
    assert outcome["cause"] == "late"


def test_a_pledge_track_never_counts_beside_others() -> None:
    name = "ban@adhoc-optin+pledges@adhoc-optin"
    rows = table(
        {"strategy": name, "track_name": "ban@adhoc-optin"} | succeeded(0, 20),
        {"strategy": name, "track": 1, "track_name": "pledges@adhoc-optin"} | failed(0),
    )
    outcome = strategy_outcomes(rows, {name: "all"}, 60).iloc[0]
    assert outcome["timely"]
    assert not outcome["pledges_only"]


def test_pledges_alone_report_coverage_and_no_probability() -> None:
    name = "pledges@adhoc-optin"
    shares = enumerate([0.2, 0.5])
    rows = table(*({"strategy": name, "pledge_coverage": c} | failed(i) for i, c in shares))
    row = summary_table(rows, {name: "all"}, 60, 180).iloc[0]
    assert math.isnan(row["p_success"])
    assert math.isnan(row["p_mandate"])
    assert math.isnan(row["median_years"])
    assert row["main_cause"] == ""
    assert row["mean_pledge_coverage"] == 0.35


def test_summary_of_a_table_worked_by_hand() -> None:
    rows = table(
        succeeded(0, 12, text_form=0.3, text_scope=0.4, participation=0.7),
        succeeded(1, 60, text_form=0.5, text_scope=0.2, participation=0.9),
        succeeded(2, 61, text_form=0.4, text_scope=0.6, participation=0.8, cause="text"),
        failed(3, "linkage"),
        failed(4, "linkage", mandate_month=70),
    )
    summary = summary_table(rows, {"code@COPUOS": "all"}, 60, 180)
    assert tuple(summary.columns[: len(SUMMARY_COLUMNS)]) == SUMMARY_COLUMNS
    row = summary.iloc[0]
    assert (row["replicates"], row["p_success"]) == (5, 0.4)
    assert (row["p_success_low"], row["p_success_high"]) == wilson(2, 5)
    # The third was adopted in month 60, in time, but succeeded a month too late.
    assert (row["p_mandate"], row["p_adopted"], row["p_in_force"]) == (0.6, 0.6, 0.6)
    assert row["p_by_horizon"] == 0.6
    assert row["median_years"] == 61 / 12
    assert row["mean_form"] == 0.4
    assert row["mean_participation"] == 0.8
    assert row["main_cause"] == "linkage"


def test_median_is_empty_below_one_half_and_counts_all_replicates() -> None:
    rows = table(succeeded(0, 10), failed(1), failed(2))
    assert math.isnan(summary_table(rows, {}, 60, 180).iloc[0]["median_years"])
    rows = table(succeeded(0, 10), succeeded(1, 30), failed(2), failed(3))
    assert summary_table(rows, {}, 60, 180).iloc[0]["median_years"] == 2.5


@pytest.mark.parametrize("all_succeed", [True, False])
def test_one_replicate(all_succeed: bool) -> None:
    row = summary_table(table(succeeded(0, 24) if all_succeed else failed(0)), {}, 60, 180).iloc[0]
    assert row["p_success"] == float(all_succeed)
    assert row["main_cause"] == ("none" if all_succeed else "mandate")
    assert 0.0 <= row["p_success_low"] <= row["p_success"] <= row["p_success_high"] <= 1.0
    assert math.isnan(row["mean_form"]) is not all_succeed


def test_errors_are_counted_apart() -> None:
    rows = table(
        succeeded(0, 24, text_form=0.3),
        succeeded(1, 24, text_form=0.9, error="ValueError: boom"),
    )
    row = summary_table(rows, {}, 60, 180).iloc[0]
    assert row["mean_form"] == 0.3
    assert (row["replicates"], row["errors"], row["p_success"]) == (1, 1, 1.0)


def test_ties_of_the_main_cause_go_to_the_earlier_milestone() -> None:
    rows = table(failed(0, "ratification"), failed(1, "linkage"))
    assert summary_table(rows, {}, 60, 180).iloc[0]["main_cause"] == "linkage"


STRATEGIES = {"one@CD": 1, "two@CD": 2, "three@CD": 3}
RULES = {"two@CD": "any", "three@CD": [0, 2], "one@CD": "all"}


@pytest.mark.parametrize("size", [1, 7, 100, 10_000])
def test_tables_do_not_depend_on_the_chunks(size: int) -> None:
    rows = random_table(40, STRATEGIES, seed=4)
    whole = SummaryAccumulator(RULES, 60, 180)
    whole.update(rows)
    parts = SummaryAccumulator(RULES, 60, 180)
    for chunk in whole_replicates(rows.iloc[i : i + size] for i in range(0, len(rows), size)):
        parts.update(chunk)
    for name in ("table", "funnel", "incidence", "texts"):
        pd.testing.assert_frame_equal(
            getattr(parts, name)(), getattr(whole, name)(), check_exact=True
        )
    assert list(whole.table()["strategy"]) == list(RULES)


def test_summary_agrees_with_a_slow_twin() -> None:
    rows = random_table(60, STRATEGIES, seed=9)
    summary = summary_table(rows, RULES, 60, 180).set_index("strategy")
    months = rows.set_index(["strategy", "chance", "track"])["success_month"].astype(float)
    for name, tracks in STRATEGIES.items():
        pick = {"one@CD": [0], "two@CD": [0, 1], "three@CD": [0, 2]}[name]
        successes = 0
        for chance in range(60):
            each = [bool(months[name, chance, track] <= 60) for track in pick]
            successes += any(each) if RULES[name] == "any" else all(each)
        assert summary.loc[name, "p_success"] == successes / 60
        assert tracks >= len(pick)
    adopted = rows[(rows["adoption_month"] <= 60).fillna(False).astype(bool)]
    means = adopted.groupby("strategy")["text_form"].mean()
    assert summary["mean_form"].to_dict() == pytest.approx(means.to_dict(), abs=1e-9)


def test_the_funnel_never_widens_and_ends_in_p() -> None:
    summary = SummaryAccumulator(RULES, 60, 180)
    summary.update(random_table(200, STRATEGIES, seed=2))
    funnel = summary.funnel()
    for name, part in funnel.groupby("strategy"):
        assert list(part["step"]) == ["started", "mandate", "adopted", "in_force", "success"]
        assert part["count"].is_monotonic_decreasing
        p = summary.table().set_index("strategy").loc[name, "p_success"]
        assert part["share"].iloc[-1] == p
    assert summary.successes()["one@CD"][1] == 200


def test_incidence_ends_with_the_shares_by_the_horizon() -> None:
    summary = SummaryAccumulator(RULES, 60, 180)
    outcomes = summary.update(random_table(200, STRATEGIES, seed=2))
    last = summary.incidence().groupby("strategy").last()
    counts = outcomes.groupby("strategy", observed=True)["ending"].value_counts(normalize=True)
    for name in STRATEGIES:
        assert last.loc[name, "success"] == pytest.approx(counts[name, "success"])
        assert last.loc[name, "withdrawn"] == pytest.approx(counts[name, "withdrawn"])


def test_texts_are_counted_where_they_are() -> None:
    rows = table(
        succeeded(0, 20, text_form=0.355, text_scope=0.205),
        succeeded(1, 20, text_form=0.36, text_scope=0.2),
        succeeded(2, 20, text_form=1.0, text_scope=0.0),
        failed(3),
    )
    summary = SummaryAccumulator({}, 60, 180)
    summary.update(rows)
    texts = summary.texts()
    assert texts["form"].tolist() == [0.36, 1.0]
    assert texts["scope"].tolist() == [0.2, 0.0]
    assert texts["count"].tolist() == [2, 1]


def test_what_is_wrong_is_said() -> None:
    rows = random_table(3, {"two@CD": 2})
    with pytest.raises(ValueError, match="two@CD: a replicate without all its tracks"):
        strategy_outcomes(rows.iloc[:-1], {}, 60)
    with pytest.raises(ValueError, match="not all, any"):
        strategy_outcomes(rows, {"two@CD": "some"}, 60)
    with pytest.raises(ValueError, match="names no track"):
        strategy_outcomes(rows, {"two@CD": [7]}, 60)
    with pytest.raises(ValueError, match="beyond the horizon"):
        summary_table(table(succeeded(0, 100)), {}, 60, 90)
    with pytest.raises(ValueError, match="cause"):
        strategy_outcomes(table(failed(0, "weather")), {}, 60)


def test_interval_after_stopping_is_wider() -> None:
    rows = random_table(100, {"one@CD": 1})
    plain = summary_table(rows, {}, 60, 180).iloc[0]
    wide = summary_table(rows, {}, 60, 180, level=stopping_level()).iloc[0]
    assert wide["p_success_high"] > plain["p_success_high"]
    assert wide["p_success"] == plain["p_success"]
