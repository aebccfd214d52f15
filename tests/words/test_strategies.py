"""What a strategy is after is said once, and tracks are counted from 1 wherever it is read."""

from __future__ import annotations

import pytest

from negotiation_sim.catalogue import load_setting
from negotiation_sim.catalogue.strategy_names import parse_strategy
from negotiation_sim.engine.scenario import compile_setting
from negotiation_sim.faces.report import facts
from negotiation_sim.studies import comparison_study
from negotiation_sim.words.strategies import goal_of, packages_of, title_of, track_parts


@pytest.fixture(scope="module")
def setting():
    return load_setting("bellagio")


def strategy(setting, name: str, rule):
    found = next(each for each in setting.strategies if each.name == name)
    return found.model_copy(update={"succeeds_when": rule})


@pytest.mark.parametrize(
    ("rule", "goal"),
    [
        ("all", "ppwt + code (all)"),
        ("any", "ppwt + code (any)"),
        ([0, 1], "ppwt + code (tracks 1 2)"),
        ([1], "ppwt + code (tracks 2)"),
    ],
)
def test_a_goal_names_initiatives_and_counts_tracks_from_1(setting, rule, goal):
    assert goal_of(strategy(setting, "ppwt@CD+code@COPUOS", rule), setting) == goal


def test_pledges_beside_an_agreement_are_no_goal(setting):
    assert (
        goal_of(strategy(setting, "ban-treaty@adhoc-optin+pledges", "all"), setting) == "ban-treaty"
    )
    assert goal_of(strategy(setting, "pledges@adhoc-optin", "all"), setting) == "pledges"


def test_report_and_comparison_say_a_goal_with_the_same_words():
    assert facts.goal_of is comparison_study.goal_of is goal_of


def test_a_package_is_after_what_its_items_are_after(setting):
    package, beside = parse_strategy("ban-treaty&ppwt@CD"), parse_strategy("ban-treaty@CD+ppwt@CD")
    assert goal_of(package, setting) == goal_of(beside, setting) == "ban-treaty + ppwt (all)"
    assert [len(items) for items in packages_of(package)] == [2]
    assert [len(items) for items in packages_of(beside)] == [1, 1]
    assert title_of(package, setting).count("as a package") == 1
    assert "as a package" not in title_of(beside, setting)


def test_the_parts_of_every_tracks_name_are_found(setting):
    scenario = compile_setting(setting)
    for strategy, names in zip(setting.strategies, scenario.track_names, strict=True):
        for track, name in zip(strategy.tracks, names, strict=True):
            initiative, venue = track_parts(name)
            assert initiative == track.initiative and venue.startswith(track.venue)
            assert ("with" in venue) == ("&" in strategy.name)
