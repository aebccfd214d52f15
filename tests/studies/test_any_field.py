"""compare, levers and sensitivity over what is no figure, in settings where the answer is known."""

from __future__ import annotations

import math

import pytest

from helpers import study_scenes as scenes
from helpers.sweep_studies import write_experiment
from negotiation_sim import api
from negotiation_sim.catalogue import environment_table
from negotiation_sim.catalogue.flow_values import flow_text
from negotiation_sim.engine.scenario import compile_setting
from negotiation_sim.errors import NegotiationSimError, UsageError
from negotiation_sim.studies.levers import Search
from negotiation_sim.studies.sensitivity_study import plan

RULE = "venues.hall.decision"
MAJORITY = {"rule": "qualified_majority", "quota": [2, 3]}


def search(vary):
    return Search(
        compile_setting(scenes.veto_player()),
        "s0",
        0.9,
        worlds=60,
        fresh=100,
        vary=vary,
    ).run(threads=1)


@pytest.mark.parametrize(
    ("path", "values", "step"),
    [
        (RULE, [{"rule": "qualified_majority", "quota": [1, 1]}, MAJORITY], 2),
        ("cast", [[*scenes.NAMES, "ZED"], [*scenes.NAMES]], 2),
        ("venues.hall.members", ["open", [*scenes.NAMES]], 2),
    ],
)
def test_one_veto_player_any_field_that_leaves_it_out_is_a_lever(path, values, step):
    found = search({path: values})
    row = next(r for r in found.table.to_dict("records") if r["levers"] == [path])
    assert row["shares"] == [step / len(values)] and row["p"] == 1.0
    assert row["change"].startswith(f"{path}: {flow_text(values[step - 1])}")
    alone = found.alone[found.alone["lever"] == path].iloc[0]
    assert alone["p"] == 1.0


def test_a_cast_and_a_position_that_is_not_in_it_move_together():
    states = sorted(scenes.veto_player().actors)
    base = compile_setting(scenes.veto_player())
    found = Search(base, "s0", 0.9, worlds=60, fresh=100,
                   vary={"cast": [[c for c in states if c != "ZED"]]})  # fmt: skip
    levers = {lever.id: lever for lever in found.levers}
    moves = [(levers["cast"], 1), (levers["actors.ZED.margin"], 64)]
    assert found.look.p(*moves) == found.look.p(moves[0]) == 1.0


def test_levers_that_contradict_one_another_reach_nothing():
    search_ = Search(compile_setting(scenes.veto_player()), "s0", 0.9, worlds=60, fresh=100,
                     vary={RULE: [MAJORITY], f"{RULE}.rule": ["simple_majority"]})  # fmt: skip
    levers = {lever.id: lever for lever in search_.levers}
    assert search_.look.p((levers[RULE], 1), (levers[f"{RULE}.rule"], 1)) == 0.0


@pytest.mark.parametrize("method", ["morris", "sobol"])
def test_all_hangs_on_the_rule_where_one_state_has_a_veto(method):
    setting = scenes.veto_player()
    study = plan(
        compile_setting(setting), "s0", environment_table(), method, worlds=20,
        size=4 if method == "morris" else 32, only=["environment.declared_draw"],
        vary={RULE: [{"rule": "consensus"}, MAJORITY], "venues.hall.informality": {"from": 0, "to": 1}},
    )  # fmt: skip
    found = study.compute(threads=1)
    first = found.table.iloc[0]
    assert first["parameter"] == RULE and first["why"] == "values"
    assert first["values"] == ("{rule: consensus}", flow_text(MAJORITY))
    assert first["slope_low"] > 0.0  # the majority, the later value, lets the text through
    p = found.points.groupby(RULE)["p"].mean()
    assert p["{rule: consensus}"] == 0.0 and p[flow_text(MAJORITY)] == 1.0
    assert "its later values raise P" in " ".join(found.sentences())
    if method == "sobol":
        assert first["total"] == pytest.approx(1.0, abs=0.05)


def test_boxes_name_the_values(tmp_path):
    setting = scenes.veto_player()
    found = plan(
        compile_setting(setting), "s0", environment_table(), "sobol", worlds=20, size=64,
        only=["environment.declared_draw"], vary={RULE: [{"rule": "consensus"}, MAJORITY]},
    ).compute(threads=1)  # fmt: skip
    assert f"{RULE} {flow_text(MAJORITY)}" in set(found.boxes["box"])


@pytest.mark.parametrize(
    ("vary", "words"),
    [
        ({"strategies": [["s0"], ["s1"]]}, "strategies"),
        ({RULE: [MAJORITY]}, "name at least two"),
        ({"venues.hal.decision": [MAJORITY, {"rule": "consensus"}]}, "did you mean"),
    ],
)
def test_what_cannot_vary_is_refused(vary, words):
    with pytest.raises(NegotiationSimError, match=words):
        plan(compile_setting(scenes.veto_player()), "s0", environment_table(), vary=vary)


def test_a_lever_needs_steps():
    with pytest.raises(UsageError, match="even steps"):
        search({"venues.hall.informality": {"from": 0, "to": 1}})


def test_strategies_are_compared_with_themselves_under_other_rules(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    file = write_experiment(tmp_path, "")
    api.run(file, 60, beliefs=0, figures=False, threads=1)
    optin = "venues.adhoc-optin.members"
    found = api.compare("small", ["code@adhoc-optin"], vary=[f"{optin}=[CAN,FRA],open"], threads=1)
    few = f"code@adhoc-optin [{optin}=[CAN, FRA]]"
    same = f"code@adhoc-optin [{optin}=open]"
    assert set(found.best["strategy"]) == {"code@adhoc-optin", few, same}
    pairs = {(row["first"], row["second"]): row for row in found.pairs.to_dict("records")}
    alike = pairs[("code@adhoc-optin", same)]
    assert alike["difference"] == 0.0 and alike["only_first"] == alike["only_second"] == 0
    alone = api.outcomes(
        file, 60, strategies=["code@adhoc-optin"], overrides={optin: ["CAN", "FRA"]}
    )
    p = found.best.set_index("strategy")["p_success"]
    assert p[few] == alone.summary["p_success"].iloc[0]
    assert math.isclose(pairs[("code@adhoc-optin", few)]["p_second"], p[few])
    assert found.files and found.sentences()
    with pytest.raises(NegotiationSimError, match="a sweep holds them"):
        api.compare("small", vary=["environment.pace=0.01:0.1:21"])
