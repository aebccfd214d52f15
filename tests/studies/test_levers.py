"""The least that would have to change, in settings built so that it is known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from helpers import study_scenes as scenes
from negotiation_sim.catalogue import apply_overrides, load_setting
from negotiation_sim.engine.scenario import compile_setting
from negotiation_sim.errors import CatalogueError, UsageError
from negotiation_sim.studies.lever_base import FINE, pulled
from negotiation_sim.studies.lever_kinds import REACH, levers_of
from negotiation_sim.studies.lever_terms import Terms, read_terms, with_flags
from negotiation_sim.studies.levers import Search, main_blockers
from negotiation_sim.studies.timely import Worlds

ONLY_ACTORS = Terms(without=["venues.*", "initiatives.*", "tracks.*"])


def search(setting, target=0.9, **options):
    options = {"worlds": 100, "fresh": 200} | options
    return Search(compile_setting(setting), "s0", target, **options)


def row_of(found, lever):
    return next(row for row in found.table.to_dict("records") if row["levers"] == [lever])


def test_one_veto_player_the_least_concession_is_the_known_one():
    found = search(scenes.veto_player()).run(threads=2)
    assert found.actors == ["ZED"]
    row = row_of(found, "actors.ZED.margin")
    step = REACH["margin"] / FINE
    reached = scenes.VETO_MARGIN - row["shares"][0] * REACH["margin"]
    assert reached <= scenes.veto_margin_that_passes() < reached + step
    assert row["p"] == 1.0 and row["reaches"] == "surely"
    assert row["low"] <= row["p"] <= row["high"]
    rule = row_of(found, "venues.hall.rule")
    assert rule["change"] == "rule of hall: two-thirds majority instead of consensus"
    assert {name for names in found.table["levers"] for name in names} == {
        "actors.ZED.margin", "venues.hall.rule", "initiatives.text.wider_mandate",
    }  # fmt: skip
    # Wanting less does not help it: what it gains over nothing stays below its margin.
    without, worth = math.sqrt(0.5 * 0.2**2 + 0.5 * 0.4**2), math.sqrt(0.5 * 0.2**2)
    assert without - worth < scenes.VETO_MARGIN
    assert "surely at or above the target" in " ".join(found.sentences())


def test_one_linkage_only_leadership_mends_it_and_by_as_much_as_the_chain_says():
    found = search(scenes.linkage(), worlds=2000, fresh=4000).run()
    assert [row["levers"] for row in found.table.to_dict("records")] == [["venues.hall.leadership"]]
    row = row_of(found, "venues.hall.leadership")
    factor = REACH["leadership"] ** row["shares"][0]
    months = 12 * scenes.DEADLINE_YEARS - 1.0
    known = -math.log(1.0 - 0.9) / (scenes.UNBLOCK * months / 12.0)
    assert factor == pytest.approx(known, rel=0.1)
    assert row["p"] == pytest.approx(scenes.linkage_success(factor), abs=0.02)
    fresh = Worlds(1, 4000, first=2000).timely(compile_setting(scenes.linkage()), [0])
    assert found.p_base == fresh.mean()
    assert row["reaches"] == "about"


def test_one_missing_ratifier_the_hurdle_falls_by_the_known_amount():
    found = search(scenes.missing_ratifier(), terms=ONLY_ACTORS).run()
    row = row_of(found, "actors.ZED.ratification_threshold")
    lowered = row["shares"][0] * REACH["ratification_threshold"]
    needed = scenes.RATIFIER_HURDLE - scenes.ratifier_hurdle_that_passes()
    assert needed <= lowered < needed + REACH["ratification_threshold"] / FINE
    assert row["p"] == 1.0


def two_veto_players():
    zed, yam = (
        scenes.s.actor(name, scenes.VETO_IDEAL, margin=scenes.VETO_MARGIN)
        for name in ("ZED", "YAM")
    )
    hall = scenes.s.venue("hall", isolation=0.0)
    return scenes.scene([*(scenes.content(n) for n in scenes.NAMES), zed, yam], hall)


def test_two_veto_players_need_two_concessions():
    terms = Terms(without=[*ONLY_ACTORS.without, "*ideal_point*"])
    found = search(two_veto_players(), terms=terms).run()
    assert [sorted(names) for names in found.table["levers"]] == [
        ["actors.YAM.margin", "actors.ZED.margin"]
    ]
    step = REACH["margin"] / FINE
    needed = scenes.VETO_MARGIN - scenes.veto_margin_that_passes()
    for share in found.table["shares"].iloc[0]:
        assert needed <= share * REACH["margin"] < needed + step
    words = " ".join(found.sentences())
    assert "No single change within its reach is enough." in words
    assert "The cheapest two changes together" in words


def test_costs_decide_what_is_cheapest_and_reaches_what_is_possible():
    dear = search(scenes.veto_player(), terms=Terms(cost={"initiatives.*": 9, "venues.*": 9.0}))
    first = dear.run().table.iloc[0]
    assert first["levers"] == ["actors.ZED.margin"]
    assert first["cost"] == pytest.approx(first["shares"][0])
    free = search(scenes.veto_player(), terms=Terms(cost={"*": 3, "venues.hall.rule": 0.3}))
    table = free.run().table
    assert table.iloc[0]["levers"] == ["venues.hall.rule"]
    assert table.iloc[0]["cost"] == pytest.approx(0.1)
    short = Terms(reach={"actors.*": 0.01}, without=ONLY_ACTORS.without)
    found = search(scenes.veto_player(), terms=short).run()
    assert not len(found.table)
    assert "no single change within its reach is enough, nor are two." in found.sentences()[1]
    assert found.alone["p"].max() == 0.0


def test_where_two_are_not_enough_a_package_is_built():
    names = ("VEE", "WHY", "YAM", "ZED")
    vetoes = [scenes.s.actor(n, scenes.VETO_IDEAL, margin=scenes.VETO_MARGIN) for n in names[1:]]
    hall = scenes.s.venue(
        "hall", isolation=0.0, linkage="blocked", unblock_rate=0.2, block_rate=0.0
    )
    content = [scenes.content(n) for n in scenes.NAMES]
    terms = Terms(without=["venues.hall.*rule", "initiatives.*", "*ideal_point*"])
    for n in (2, 3):  # from two on, and from everything down
        setting = scenes.scene([*content, *vetoes[:n]], hall)
        found = search(setting, worlds=300, fresh=300, terms=terms).run()
        assert not len(found.table)
        package = found.farthest.iloc[-1]
        assert sorted(package["levers"]) == [
            *(f"actors.{name}.margin" for name in names[1 : n + 1]),
            "venues.hall.leadership",
        ]
        assert package["p"] > 0.9
    assert "The best package of 4" in found.sentences()[-1]


def test_nothing_needs_to_change_where_the_target_is_reached():
    found = search(scenes.scene([scenes.content("AAA")])).run()
    assert not len(found.table)
    assert found.sentences()[-1].startswith("The target is reached as things are")


def test_the_threads_change_nothing():
    one, two = (search(scenes.veto_player()).run(threads=n).table for n in (1, 2))
    assert one.to_dict("records") == two.to_dict("records")


CHANGES = [
    ("actors.USA.margin", {"actors.USA.margin": 0.2 - 0.2 / 2}),
    ("venues.COPUOS.mandate_rule", None),
    ("venues.COPUOS.rule", {"venues.COPUOS.decision.rule": "simple_majority"}),
    ("tracks.0.pledges", {"strategies.code@COPUOS.pledges": True}),
    ("initiatives.code.narrower_mandate", None),
]


def bellagio_without_ranges():
    """Return the setting with no range on USA's margin, for shifts to equal overrides."""
    setting = load_setting("bellagio")
    return apply_overrides(setting, {"actors.USA.margin": 0.2})


@pytest.mark.parametrize(("lever", "overrides"), [c for c in CHANGES if c[1]])
def test_a_lever_does_what_the_override_does(lever, overrides):
    setting = bellagio_without_ranges()
    scenario, name = compile_setting(setting), "code@COPUOS"
    all_levers = {x.id: x for x in levers_of(scenario, name, ["USA"], lambda id, default: default)}
    found = all_levers[lever]
    step = {"venues.COPUOS.rule": 2}.get(lever, max(1, found.steps // 2))
    worlds, place = Worlds(1, 60), scenario.index_of_strategy(name)
    changed = compile_setting(apply_overrides(setting, overrides))
    expected = worlds.timely(changed, [place])
    assert (worlds.timely(pulled(scenario, [(found, step)]), [place]) == expected).all()


def test_levers_move_together_and_leave_the_scenario_alone():
    scenario = compile_setting(bellagio_without_ranges())
    name = "code@COPUOS"
    levers = levers_of(scenario, name, ["USA", "CHN"], lambda id, default: default)
    assert len({x.id for x in levers}) == len(levers)
    before = [array.copy() for array in scenario.arrays]
    both = pulled(scenario, [(x, 1) for x in levers])
    for array, kept in zip(scenario.arrays, before, strict=True):
        assert np.array_equal(array, kept)
    assert both.arrays.rules["rule"][scenario.venue_ids.index("COPUOS")] == 1
    narrower = next(x for x in levers if x.id == "initiatives.code.narrower_mandate")
    shut = pulled(scenario, [(narrower, FINE)]).arrays
    row = scenario.initiative_ids.index("code")
    assert np.allclose(shut.texts["low"][row], scenario.arrays.texts["start"][row])
    assert np.allclose(shut.texts["high"][row], scenario.arrays.texts["start"][row])


@pytest.mark.parametrize(("code", "sign"), [("CHN", -1.0), ("USA", 1.0)])
def test_a_shift_towards_the_text_moves_the_range_with_the_figure(code, sign):
    scenario = compile_setting(load_setting("bellagio"))
    levers = levers_of(scenario, "code@COPUOS", [code], lambda id, default: default)
    lever = next(x for x in levers if x.id == f"actors.{code}.ideal_point.form")
    row, k = scenario.actor_ids.index(code), scenario.issues.index("form")
    moved = pulled(scenario, [(lever, FINE)]).arrays
    for end in ("low", "mode", "high"):
        was = scenario.arrays.ideals[end][row, k]
        now = moved.ideals[end][row, k]
        assert now == pytest.approx(was + sign * REACH["ideal_point"])


def test_sequence_levers_of_two_tracks():
    scenario = compile_setting(load_setting("bellagio"))
    ids = {
        x.id for x in levers_of(scenario, "ppwt@CD+code@COPUOS", [], lambda id, default: default)
    }
    assert {"tracks.0.after.1", "tracks.1.after.0", "venues.CD.leadership"} <= ids
    ids = {
        x.id
        for x in levers_of(scenario, "ban-treaty@CD>adhoc-optin", [], lambda id, default: default)
    }
    assert {"tracks.0.patience", "venues.adhoc-optin.informality"} <= ids
    assert "venues.adhoc-optin.rule" not in ids  # nothing is looser than opt-in


def test_main_blockers_are_those_of_the_causes():
    assert main_blockers(compile_setting(two_veto_players()), "s0", Worlds(1, 20)) == ["YAM", "ZED"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"target": 1.2}, "target: 1.2 is not a probability"),
        ({"target": 0.0}, "target: 0 is not"),
        ({"worlds": 10}, "too few for a claim"),
        ({"actors": ["ZEB"]}, "did you mean 'ZED'"),
        ({"terms": Terms(cost={"venues.hall.rul": 1})}, "did you mean 'venues.hall.rule'"),
    ],
)
def test_requests_that_cannot_be_met(options, words):
    with pytest.raises(UsageError, match=words):
        search(scenes.veto_player(), **options)


def test_terms_from_a_file_and_from_flags(tmp_path):
    file = tmp_path / "terms.yaml"
    file.write_text("cost:\n  actors.*: 2\nreach: {actors.CHN.*: 0.1}\nwithout: [tracks.*]\n")
    terms = with_flags(read_terms(file), ["actors.CHN.*=3"], [], ["venues.*"])
    assert dict(terms.cost) == {"actors.*": 2, "actors.CHN.*": 3}
    assert terms.reach_of("actors.CHN.margin", 0.2) == 0.1
    assert terms.reach_of("actors.USA.margin", 0.2) == 0.2
    assert list(terms.without) == ["tracks.*", "venues.*"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("costs: {}\n", "did you mean 'cost'"),
        ("cost: [a]\n", "expected levers and numbers"),
        ("cost: {a: -1}\n", "not a finite number"),
        ("cost: {a: yes}\n", "expected a number"),
        ("- a\n", "expected cost, reach, without"),
    ],
)
def test_a_file_of_terms_that_is_wrong(tmp_path, text, words):
    file = tmp_path / "terms.yaml"
    file.write_text(text)
    with pytest.raises(CatalogueError, match=words):
        read_terms(file)
    with pytest.raises(UsageError, match="expected LEVER=NUMBER"):
        with_flags(Terms(), ["abc"], [], [])


def test_a_wider_mandate_stays_of_its_instrument():
    """A treaty's mandate opens to every scope, and to no form below a treaty's."""
    text = {"form": 0.9, "scope": 0.2}
    treaty = scenes.s.initiative(
        "text", text, {"form": [0.9, 0.9], "scope": [0.2, 0.2]}, instrument="treaty"
    )
    scenario = compile_setting(scenes.scene([scenes.content("AAA")], initiative=treaty))
    levers = levers_of(scenario, "s0", [], lambda id, default: default)
    wider = next(x for x in levers if x.id == "initiatives.text.wider_mandate")
    opened = pulled(scenario, [(wider, FINE)]).arrays.texts
    limit = scenario.setting.environment["executive_limit"].value
    assert opened["low"][0].tolist() == pytest.approx([limit, 0.0])
    assert opened["high"][0].tolist() == pytest.approx([1.0, 1.0])


def test_what_a_state_holds_against_a_forum_is_a_lever():
    hall = scenes.s.venue("hall", isolation=0.0, convening={"AAA": scenes.s.figure(0.9)})
    setting = scenes.scene([scenes.content(name) for name in scenes.NAMES], hall)
    terms = Terms(without=["venues.hall.rule", "initiatives.*", "tracks.*", "actors.*"])
    found = search(setting, terms=terms).run()
    row = row_of(found, "venues.hall.convening.AAA")
    left = 0.9 - row["shares"][0] * 0.9
    worth = 1.0 - (0.8 + 0.05)  # of the text beyond nothing and the margin
    assert left <= worth < left + 0.9 / FINE
    assert row["change"].startswith("what AAA holds against hall: ")


def test_the_items_of_a_package_move_together():
    text = scenes.s.initiative("text", scenes.TEXT, scenes.PINNED)
    other = scenes.s.initiative("other", scenes.TEXT, scenes.PINNED)
    track = {"venue": "hall", "start": 6.0}
    tracks = [track | {"initiative": "text"}, track | {"initiative": "other", "joined": 0}]
    setting = scenes.s.setting(
        [scenes.content("AAA")], [scenes.s.venue("hall")], [text, other], [tracks]
    )
    scenario = compile_setting(setting)
    levers = {x.id: x for x in levers_of(scenario, "s0", [], lambda id, default: default)}
    assert not [name for name in levers if name.startswith("tracks.1")]
    assert not [name for name in levers if ".after." in name]
    start = levers["tracks.0.start"]
    assert start.words(6) == "start of text&other@hall: 0 months instead of 6"
    moved = pulled(scenario, [(start, 6), (levers["tracks.0.pledges"], 1)]).arrays.plans
    assert moved["start"][0].tolist() == [0, 0] and moved["pledges"][0].all()
