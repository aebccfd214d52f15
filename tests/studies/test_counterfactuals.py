"""Who stands in the way, in settings built so that we know."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import study_scenes as scenes
from helpers.settings import settings_of
from negotiation_sim.analysis.outcomes import strategy_outcomes
from negotiation_sim.engine.ensemble import run_ensemble
from negotiation_sim.engine.scenario import compile_setting
from negotiation_sim.errors import UsageError
from negotiation_sim.studies.counterfactuals import (
    LINKAGE,
    candidates,
    counterfactual_weights,
    giving_way,
)
from negotiation_sim.studies.timely import Worlds, in_order


@pytest.mark.parametrize(
    ("scene", "culprit", "cause"),
    [
        (scenes.veto_player, "ZED", "mandate"),
        (scenes.linkage, LINKAGE + "hall", "linkage"),
        (scenes.missing_ratifier, "ZED", "ratification"),
    ],
)
def test_the_one_in_the_way_carries_all_the_weight(scene, culprit, cause):
    scenario = compile_setting(scene())
    table = pd.concat(run_ensemble(scenario, 50))
    assert set(table["cause"].astype(str)) <= {cause, "none"}
    singles, pairs = counterfactual_weights(scenario, Worlds(1, 200), ["s0"])
    first, others = singles.iloc[0], singles.iloc[1:]
    assert first["gives_way"] == culprit
    assert first["p"] == 1.0 and bool(first["sure"])
    assert first["low"] <= first["gain"] <= first["high"]
    assert (others["gain"] == 0.0).all() and not others["sure"].any()
    assert (pairs["beyond"] <= 0.0).all()


def two_veto_players():
    zed = scenes.s.actor("ZED", scenes.VETO_IDEAL, margin=0.4)
    yam = scenes.s.actor("YAM", scenes.VETO_IDEAL, margin=0.4)
    hall = scenes.s.venue("hall", isolation=0.0)
    return scenes.scene([*(scenes.content(n) for n in scenes.NAMES), zed, yam], hall)


def test_two_that_block_together_show_only_as_a_pair():
    scenario = compile_setting(two_veto_players())
    blockers = {"s0": ["ZED", "YAM"]}
    singles, pairs = counterfactual_weights(scenario, Worlds(1, 50), ["s0"], blockers)
    assert (singles["gain"] == 0.0).all()
    assert pairs.iloc[0][["gives_way", "gain", "beyond"]].tolist() == ["ZED + YAM", 1.0, 1.0]
    assert (pairs["gain"].iloc[1:] == 0.0).all()


def wide(**changes):
    """Return the veto player before a chair who does nothing and a mandate that holds more scope."""
    box = {"form": [0.2, 0.2], "scope": [0.2, 0.6]}
    initiative = scenes.s.initiative("text", scenes.TEXT, box, **changes.pop("initiative", {}))
    zed = scenes.s.actor("ZED", scenes.VETO_IDEAL, margin=0.0, **changes)
    hall = scenes.s.venue("hall", isolation=0.0)
    return scenes.scene(
        [*(scenes.content(name) for name in scenes.NAMES), zed], hall, initiative,
        environment={"chair_step": 0.0},
    )  # fmt: skip


def test_a_margin_of_zero_is_not_the_same():
    """It insists on its aspiration all the same, for as many rounds as that takes to fall."""
    rows = pd.concat(run_ensemble(compile_setting(wide()), 1))
    way = giving_way(compile_setting(wide()), ["ZED"])
    at_once = pd.concat(run_ensemble(way, 1))["adoption_month"].iloc[0]
    assert at_once == 2
    assert rows["adoption_month"].iloc[0] > at_once


def test_who_gives_way_gives_way_to_talks_that_only_explore_too():
    """There the margin does not count, and the text is worse for ZED than what is in force."""
    quo = {issue: scenes.s.figure(value) for issue, value in scenes.VETO_IDEAL.items()}
    setting = wide(initiative={"task": "explore", "status_quo": quo})
    scenario = compile_setting(setting)
    assert not Worlds(1, 20).timely(scenario, [0]).any()
    (row,) = pd.concat(run_ensemble(scenario, 1)).to_dict("records")
    assert row["mandate_month"] != row["mandate_month"] or row["blockers"].startswith("ZED")
    way = pd.concat(run_ensemble(giving_way(scenario, ["ZED"]), 1))
    assert way["mandate_month"].iloc[0] == 1 and way["report_month"].iloc[0] == 2


def test_who_gives_way_does_not_carry_its_group_along():
    """YAM stays against the text beside WHY; that ZED of its group gives way changes nothing for it.

    It misses 0.236, more than five sixths of what standing alone costs it, so it does not go along.
    """
    group = {"groups": ["pair"]}
    zed, yam = (
        scenes.s.actor(name, scenes.VETO_IDEAL, margin=0.4, **group) for name in ("ZED", "YAM")
    )
    why = scenes.s.actor("WHY", scenes.VETO_IDEAL, margin=1.0)
    hall = scenes.s.venue("hall", isolation=0.3)
    cast = [*(scenes.content(n) for n in scenes.NAMES), why, zed, yam]
    pair = scenes.s.schema.Group(cohesion=scenes.s.figure(0.9))
    scenario = compile_setting(scenes.scene(cast, hall, groups={"pair": pair}))
    way = giving_way(scenario, ["ZED"])
    rows = pd.concat(run_ensemble(way, 1))
    assert [b.partition(":")[0] for b in rows["blockers"].iloc[0].split()] == ["WHY", "YAM"]
    alone = scenario.setting.model_copy(update={"groups": {}})
    other = pd.concat(run_ensemble(giving_way(compile_setting(alone), ["ZED"]), 1))
    pd.testing.assert_frame_equal(rows, other)


def test_who_gives_way_accepts_a_forum_that_it_refused():
    hall = scenes.s.venue("hall", isolation=0.0, convening={"AAA": scenes.s.figure(0.9)})
    scenario = compile_setting(scenes.scene([scenes.content(n) for n in scenes.NAMES], hall))
    singles, _ = counterfactual_weights(scenario, Worlds(1, 50), ["s0"])
    assert singles.iloc[0]["gives_way"] == "AAA" and singles.iloc[0]["p"] == 1.0
    assert singles.iloc[0]["p_base"] == 0.0


@settings(max_examples=6)
@given(settings_of(max_actors=6), st.integers(0, 100))
def test_the_engines_agree_on_actors_that_give_way(setting, seed):
    scenario = giving_way(compile_setting(setting), [sorted(setting.actors)[0]])
    tables = [
        pd.concat(run_ensemble(scenario, 1, seed, engine=engine, threads=1), ignore_index=True)
        for engine in ("ensemble", "mesa")
    ]
    pd.testing.assert_frame_equal(*tables, check_exact=True)


@settings(max_examples=10)
@given(settings_of(max_actors=8), st.integers(0, 100))
def test_success_by_world_is_that_of_the_table(setting, seed):
    scenario = compile_setting(setting)
    table = pd.concat(run_ensemble(scenario, 5, seed, threads=1))
    outcomes = strategy_outcomes(
        table, scenario.succeeds_when, scenario.deadline, pledge_initiatives=["vow"]
    )
    for place, name in enumerate(scenario.strategy_names):
        own = outcomes[outcomes["strategy"] == name]
        if not own["pledges_only"].any():
            found = Worlds(seed, 5).timely(scenario, [place])[:, 0]
            assert found.tolist() == own["timely"].tolist()


@pytest.mark.parametrize(("rule", "p"), [("all", 0.0), ("any", 1.0), ([0], 0.0), ([1], 1.0)])
def test_tracks_combine_as_the_strategy_says(rule, p):
    setting = scenes.veto_player()
    free = scenes.s.venue("free", members=list(scenes.NAMES))
    tracks = [scenes.s.schema.Track(initiative="text", venue=name) for name in ("hall", "free")]
    strategy = scenes.s.schema.Strategy(name="s0", tracks=tracks, succeeds_when=rule)
    changes = {"venues": setting.venues | {"free": free}, "strategies": [strategy]}
    scenario = compile_setting(setting.model_copy(update=changes))
    assert Worlds(1, 10).timely(scenario, [0]).mean() == p


def test_fresh_worlds_are_those_of_higher_numbers():
    scenario = compile_setting(scenes.linkage())
    whole = Worlds(3, 700).timely(scenario, [0])
    assert (Worlds(3, 200, first=500).timely(scenario, [0]) == whole[500:]).all()


def test_pledges_alone_have_no_success():
    vow = scenes.s.initiative("text", scenes.TEXT, kind="pledges")
    scenario = compile_setting(scenes.scene([scenes.content("AAA")], initiative=vow))
    with pytest.raises(UsageError, match="gathers pledges only"):
        Worlds(1, 2).timely(scenario, [0])


def test_of_a_large_cast_only_those_that_blocked_are_tried():
    names = [f"A{a}{b}" for a in "BCDEF" for b in "GHIJK"]
    scenario = compile_setting(scenes.scene([scenes.content(name) for name in names]))
    assert candidates(scenario, "s0", ["AFK", "ACG"]) == ["AFK", "ACG"]


def test_results_come_in_the_order_of_the_items():
    assert list(in_order(lambda x: x * x, range(20), threads=3)) == [x * x for x in range(20)]
    with pytest.raises(ZeroDivisionError):
        list(in_order(lambda x: 1 / x, [1, 0], threads=2))
