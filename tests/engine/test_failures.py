"""Failure is data: a replicate that fails becomes rows with its error, the rest goes on."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers.settings import actor, initiative, setting, venue
from negotiation_sim.analysis.outcomes import summary_table
from negotiation_sim.engine import ensemble
from negotiation_sim.engine.agents import NegotiationModel
from negotiation_sim.engine.scenario import compile_setting


@pytest.fixture
def scenario():
    cast = [actor(name, {"form": 0.2, "scope": 0.2}) for name in ("AAA", "BBB")]
    track = {"initiative": "one", "venue": "hall"}
    tracks = [[track], [track, track | {"pledges": True}]]
    return compile_setting(
        setting(cast, [venue("hall")], [initiative("one", {"form": 0.2, "scope": 0.2})], tracks)
    )


def _table(scenario, **how):
    return pd.concat(ensemble.run_ensemble(scenario, 5, 3, threads=1, **how), ignore_index=True)


def _assert_one_failed(broken, whole):
    failed = broken["error"] != ""
    assert set(broken.loc[failed, "chance"]) == {3}
    assert broken.loc[failed, "error"].iloc[0] == "ValueError: a number out of its domain"
    assert list(broken["track_name"]) == list(whole["track_name"])
    assert (broken.loc[failed, "stage"] == "none").all() and not broken.loc[failed, "timely"].any()
    pd.testing.assert_frame_equal(broken[~failed], whole[~failed])


def test_a_failing_mesa_replicate_becomes_rows(scenario, monkeypatch):
    whole = _table(scenario, engine="mesa")
    run = NegotiationModel.run

    def fragile(self):
        if self.chance == 3 and self.strategy == 1:
            raise ValueError("a number\nout of its domain")
        return run(self)

    monkeypatch.setattr(NegotiationModel, "run", fragile)
    broken = _table(scenario, engine="mesa")
    _assert_one_failed(broken, whole)
    assert set(broken.loc[broken["error"] != "", "strategy"]) == {"s1"}


def test_a_failing_compiled_replicate_becomes_rows(scenario, monkeypatch):
    whole = _table(scenario)
    simulate = ensemble.ENGINES["ensemble"]

    def fragile(scenario, strategies, seed, worlds):
        if 3 in worlds[:, 1].tolist():
            raise ValueError("a number out of its domain")
        return simulate(scenario, strategies, seed, worlds)

    monkeypatch.setitem(ensemble.ENGINES, "ensemble", fragile)
    _assert_one_failed(_table(scenario), whole)


def test_failed_replicates_are_left_out_of_the_summary(scenario, monkeypatch):
    run = NegotiationModel.run

    def fragile(self):
        if self.chance == 3:
            raise ValueError("x")
        return run(self)

    monkeypatch.setattr(NegotiationModel, "run", fragile)
    table = _table(scenario, engine="mesa")
    summary = summary_table(table, scenario.succeeds_when, scenario.deadline, scenario.horizon)
    assert list(summary["replicates"]) == [4, 4]
