"""What a strategy is after is said once, and tracks are counted from 1 wherever it is read."""

from __future__ import annotations

import pytest

from negotiation_sim.catalogue import load_setting
from negotiation_sim.faces.report import facts
from negotiation_sim.studies import comparison_study
from negotiation_sim.words.strategies import goal_of


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
    assert goal_of(strategy(setting, "ban@adhoc-optin+pledges", "all"), setting) == "ban"
    assert goal_of(strategy(setting, "pledges@adhoc-optin", "all"), setting) == "pledges"


def test_report_and_comparison_say_a_goal_with_the_same_words():
    assert facts.goal_of is comparison_study.goal_of is goal_of
