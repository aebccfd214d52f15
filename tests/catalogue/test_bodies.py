"""From a pooling score to a rule of decision."""

import pytest

from negotiation_sim.catalogue import world
from negotiation_sim.catalogue.bodies import (
    CONSENSUS,
    QUALIFIED,
    SIMPLE,
    Body,
    find_body,
    rule_of,
    rules_of,
    venues_of,
)
from negotiation_sim.errors import UsageError


@pytest.mark.parametrize(
    ("score", "rule"),
    [(0.0, CONSENSUS), (0.2499, CONSENSUS), (0.25, QUALIFIED), (0.7499, QUALIFIED), (0.75, SIMPLE),
     (1.0, SIMPLE)],
)  # fmt: skip
def test_the_rule_is_that_of_the_nearest_point(score, rule):
    assert rule_of(score) == rule


@pytest.mark.parametrize(
    ("score", "low", "high", "rules"),
    [(0.1, 0.0, 0.2, [CONSENSUS]), (0.3, 0.0, 0.3, [QUALIFIED, CONSENSUS]),
     (0.3, 0.25, 0.9, [QUALIFIED, SIMPLE]), (0.5, 0.0, 1.0, [QUALIFIED, CONSENSUS, SIMPLE])],
)  # fmt: skip
def test_the_areas_say_which_rules_could_be(score, low, high, rules):
    assert rules_of(Body("X", "X", 2000, score, low, high)) == rules


def test_a_rule_is_marked_assumed_with_score_and_source():
    first, *others = venues_of(find_body("WTO", 2019), ["USA", "FRA"])
    assert (first.id, first.decision.rule, first.decision.quota) == ("WTO", QUALIFIED, [2, 3])
    assert first.decision.source == "international-authority"
    assert first.decision.note.startswith("assumed: pooling 0.552 in 2019, 0.33 to 1 by area")
    assert [venue.id for venue in others] == ["WTO-simple-majority"]
    assert others[0].decision.quota is None


def test_a_body_has_the_scores_of_its_year_and_after_the_last_those():
    assert find_body("amu", 1990).pooling == 0.014
    assert find_body("AMU", 1991).pooling == 0.028
    assert find_body("WTO", 2022).year == 2019
    assert find_body("AU", 2019) == find_body("OAU/ AU", 2019)


@pytest.mark.parametrize(
    ("name", "year", "said"),
    [("WTO", 1994, "1995 to 2019"), ("COMECON", 1992, "1959 to 1991"), ("COMECON", 2022, "1991"),
     ("Comecom", 1980, "did you mean 'COMECON'")],
)  # fmt: skip
def test_a_body_that_is_not_there_is_refused(name, year, said):
    with pytest.raises(UsageError, match=said):
        find_body(name, year)


def test_every_body_year_has_a_row_of_its_own():
    for row in world.scores():
        for year in range(int(row["first"]), int(row["last"]) + 1):
            body = find_body(row["organisation"], year)
            assert (body.code, body.year, body.pooling) == (
                row["organisation"], year, float(row["pooling"]),
            )  # fmt: skip
