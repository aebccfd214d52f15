"""Which tracks decide: written out anew, the same from a table, a sweep's counts and a study."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import settings as s
from helpers import study_scenes as scenes
from helpers.tables import succeeded, table
from negotiation_sim.analysis.replicates import strategy_outcomes
from negotiation_sim.analysis.success import pledge_initiatives, success_rule, success_rules
from negotiation_sim.engine.scenario import compile_setting
from negotiation_sim.runs import one_run
from negotiation_sim.runs.request import Request
from negotiation_sim.studies.timely import deciding_tracks

MONTHS = 60
RULES = st.one_of(
    st.sampled_from(["all", "any"]), st.lists(st.integers(0, 3), min_size=1, unique=True)
)


def expected(rule, pledges: list[bool]) -> list[int]:
    """Return the tracks that decide, by the words of docs/model.md."""
    agreements = [m for m, alone in enumerate(pledges) if not alone] or list(range(len(pledges)))
    return agreements if isinstance(rule, str) else [m for m in agreements if m in rule]


@given(RULES, st.lists(st.booleans(), min_size=1, max_size=4))
def test_tracks_that_decide_are_agreements_named_by_the_rule(rule, pledges):
    deciding = expected(rule, pledges)
    if not deciding:
        with pytest.raises(ValueError, match="names no track"):
            success_rule(rule, pledges)
        return
    found = success_rule(rule, pledges)
    assert np.flatnonzero(found.chosen).tolist() == deciding
    assert np.flatnonzero(found.counted).tolist() == expected("all", pledges)
    assert found.any_rule == (rule == "any") and found.pledges_only == all(pledges)


def test_a_word_that_is_no_rule_is_refused():
    with pytest.raises(ValueError, match="'most' is not all, any or a list of tracks"):
        success_rule("most", [False])


@given(RULES, st.lists(st.tuples(st.booleans(), st.integers(1, 120)), min_size=1, max_size=4))
def test_a_table_combines_tracks_by_the_same_rule(rule, tracks):
    pledges = [alone for alone, _ in tracks]
    deciding = expected(rule, pledges)
    if not deciding:
        return
    rows = table(*(
        succeeded(0, month, strategy="mixed", track=m, track_name="vow@X" if alone else f"t{m}@X")
        for m, (alone, month) in enumerate(tracks)
    ))  # fmt: skip
    months = [tracks[m][1] for m in deciding]
    month = min(months) if rule == "any" else max(months)
    outcome = strategy_outcomes(rows, {"mixed": rule}, MONTHS, pledge_initiatives=["vow"]).iloc[0]
    assert outcome["success_month"] == month and outcome["timely"] == (month <= MONTHS)
    assert outcome["pledges_only"] == all(pledges)


def beside_a_vow():
    """Return a strategy that surely succeeds beside pledges that go by an unusual name."""
    initiatives = [
        s.initiative("text", scenes.TEXT, scenes.PINNED),
        s.initiative("vow", scenes.TEXT, kind="pledges"),
    ]
    tracks = [[{"initiative": "vow", "venue": "hall"}, {"initiative": "text", "venue": "hall"}]]
    return s.setting(
        [scenes.content(name) for name in scenes.NAMES], [s.venue("hall")], initiatives, tracks,
        environment=s.environment(pace=scenes.PACE), horizon_years=10.0,
    )  # fmt: skip


def test_sweeps_and_studies_take_the_same_tracks():
    scenario = compile_setting(beside_a_vow())
    assert pledge_initiatives(scenario.setting) == ["vow"]
    (rule,) = success_rules(scenario)
    assert rule.chosen.tolist() == [False, True]
    chosen, any_rule = deciding_tracks(scenario, 0)
    assert chosen.tolist() == [1] and not any_rule


def test_the_spread_over_beliefs_leaves_out_pledges_of_any_name(tmp_path):
    """It took pledges for a track that must succeed unless their initiative was called pledges."""
    job = one_run.plan(beside_a_vow(), Request(seed=1, replicates=20, beliefs=2), tmp_path)
    row = one_run.carry_out(job, draw=False, threads=1).summary.iloc[0]
    assert row["p_success"] == 1.0
    assert row["p_positions_high"] > 0.5
