"""What Watch says and shows: the question and its answer first, names, folded meetings, room for names."""

from __future__ import annotations

import itertools
import re

import pytest

from negotiation_sim.faces.page import network_chart, space_charts, time_charts
from negotiation_sim.faces.page.charts import key_html, place_labels
from negotiation_sim.faces.page.first_sentence import answered, asked, opening, rows_of_world
from negotiation_sim.faces.page.library import Library
from negotiation_sim.faces.page.month_in_words import (
    chart_name,
    headlines,
    place_words,
    standing,
    text_words,
)
from negotiation_sim.faces.page.tab_watch import states_html, story_html, strategy_names
from negotiation_sim.faces.page.watching import Negotiation
from negotiation_sim.words.vocabulary import CAUSES


@pytest.fixture(scope="module")
def library():
    return Library("bellagio")


@pytest.fixture(scope="module")
def scenario(library):
    return library.scenario("bellagio")


@pytest.fixture
def negotiation(scenario):
    made = []

    def of(strategy: str, replicate: int, month: int) -> Negotiation:
        made.append(Negotiation(scenario, strategy, 1, replicate))
        made[-1].go_to(month)
        return made[-1]

    yield of
    for each in made:
        each.close()


# The sentence at the top


def test_watch_opens_with_the_question_in_names_and_the_answer_of_this_world(scenario):
    question, answer = opening(scenario, "ban-treaty@CD", 1, 0)
    assert question.startswith("Destructive-methods ban, treaty: Conference on Disarmament.")
    assert question.endswith("Will it succeed by December 2013?")
    assert answer.startswith("In this world ") and "@" not in question + answer
    two = asked(scenario, "ban-treaty@adhoc-optin+pledges+code@COPUOS")
    assert "beside it" in two and "Will they succeed" in two


@pytest.mark.parametrize(
    "strategy", ["code@adhoc-optin", "ban-executive@adhoc-optin", "ban-treaty@CD"]
)
def test_the_answer_is_what_the_reference_model_does_in_that_world(scenario, negotiation, strategy):
    for replicate in (0, 3):
        told = negotiation(strategy, replicate, scenario.horizon)
        row = told.model.rows()[0]
        said = answered(scenario, strategy, rows_of_world(scenario, strategy, 1, replicate))
        assert said == answered(scenario, strategy, [row])
        assert said.startswith("In this world yes" if row["timely"] else "In this world no")
        if not row["timely"]:
            assert CAUSES[row["cause"]].clause in said


def test_a_success_after_the_deadline_is_said_to_come_too_late(scenario):
    row = rows_of_world(scenario, "code@adhoc-optin", 1, 3)[0]
    late = row | {"timely": False, "cause": "time", "blockers": "", "adoption_month": 61,
                  "entry_into_force_month": 61, "success_month": 61}  # fmt: skip
    said = answered(scenario, "code@adhoc-optin", [late])
    assert "it comes too late, in January 2014" in said and "adopted" not in said
    last = late | {"adoption_month": 60, "timely": True, "success_month": 60}
    assert "the text is adopted in December 2013" in answered(scenario, "code@adhoc-optin", [last])


# The month and the story


def test_a_block_comes_before_a_change_of_government_and_repeats_are_counted(scenario, negotiation):
    told = negotiation("ban-treaty@CD", 3, 0)
    assert told.next_event() and told.month == 1  # the first block is news
    assert headlines(scenario, told.frame, told.frames[:-1])[0].startswith("Month 1, CD: blocked")
    assert told.next_event()  # the next news: a change of government, while still blocked
    said = headlines(scenario, told.frame, told.frames[:-1])
    assert said[0].startswith(f"Month {told.month}, CD, as at 2 meetings before: blocked")
    assert said[1] == f"Month {told.month}, a new government in Italy."
    assert standing(scenario, told.frames, 0).endswith("(at 3 meetings in a row).")


def test_the_story_folds_meetings_alike_and_puts_the_newest_first(scenario, negotiation):
    told = negotiation("ban-treaty@CD", 3, 70)
    story = story_html(told)
    blocked = sum(e["kind"] == "linkage" and e["month"] > 20 for e in told.model.events)
    assert blocked > 5
    assert f"The same at {blocked - 1} more meetings, since" in story
    years = [int(year) for year in re.findall(r"<h3>\w+ (\d{4})</h3>", story)]
    assert years == sorted(years, reverse=True) and len(years) > 3
    assert "United States" in story and "USA" not in story


def test_several_new_governments_are_one_line(scenario, negotiation):
    told = negotiation("ban-treaty@CD", 3, 43)
    assert [e["actor"] for e in told.frame.events if e["kind"] == "turnover"] == ["CHN", "USA"]
    assert (
        headlines(scenario, told.frame)[-1]
        == "Month 43, new governments in China and United States."
    )


# What is drawn


def test_mandate_and_text_appear_when_they_exist(scenario, negotiation):
    told = negotiation("code@COPUOS", 38, 1)
    there = {space_charts.MANDATE, space_charts.TEXT_NOW, "path of the text"}
    before = space_charts.issue_space(scenario, told.frames, 0)
    assert not there & {each["name"] for each in before["series"]}
    assert "There is no text yet" in before["aria"]["label"]["description"]
    told.go_to(2)
    after = space_charts.issue_space(scenario, told.frames, 0)
    assert there <= {each["name"] for each in after["series"]}
    assert "near" in text_words(scenario, told.frame.tracks[0])


def test_scope_is_in_words_across_and_form_up():
    across, up = place_labels("scope", across=True), place_labels("form")
    assert "no debris-" in across[":formatter"] and "guidelines" in up[":formatter"]
    places = across["customValues"]
    assert all(b - a >= 0.15 for a, b in itertools.pairwise(places))
    assert place_words("form", 0.34) == 'form 0.34, near "code of conduct"'


@pytest.mark.parametrize("name", ["bellagio", "bellagio-20", "cd-65"])
def test_names_stand_beside_marks_and_in_a_crowd_do_not_cover_one_another(name):
    scenario = Library(name).scenario(name)
    told = Negotiation(scenario, scenario.strategy_names[0], 1, 0)
    told.go_to(20)
    track, at = told.frame.tracks[0], space_charts.axes_of(scenario)
    sides = space_charts.places(scenario, told.frame, track, at)
    n = len(sides)
    shown = [i for i in range(n) if sides[i]]
    assert len(shown) == n if n <= space_charts.CROWD else 8 <= len(shown) < n
    size, names = space_charts.sizes(scenario), space_charts.labels(scenario)
    assert names == [chart_name(scenario, actor) for actor in scenario.actor_ids]
    if n > space_charts.CROWD:
        spots = [[told.frame.position[i][k] for k in at] for i in range(n)]
        boxes = [space_charts._around(spots[i], size[i], names[i])[sides[i]] for i in shown]
        for one, other in itertools.combinations(boxes, 2):
            assert space_charts._shared(one, other) == 0.0
    listed = states_html(scenario, track)
    assert all(space_charts.name_of(scenario, actor) in listed for actor in scenario.actor_ids)
    told.close()


@pytest.mark.parametrize("plot", [space_charts.SMALL_SCREEN, space_charts.PHONE])
def test_no_name_is_cut_at_the_edge_of_a_chart_not_even_on_a_phone(scenario, negotiation, plot):
    told = negotiation("ban-treaty@CD", 1, 0)
    track, at = told.frame.tracks[0], space_charts.axes_of(scenario)
    sides = space_charts.places(scenario, told.frame, track, at, plot)
    size, names = space_charts.sizes(scenario), space_charts.labels(scenario)
    for i, side in enumerate(sides):
        spot = [told.frame.position[i][k] for k in at]
        left, _, long, _ = space_charts._around(spot, size[i], names[i], plot)[side]
        assert left > -100.0 and left + long < plot.wide + plot.beyond
    narrow, wide = space_charts.issue_space(scenario, told.frames, 0)["media"]
    for view in (narrow, wide):
        assert [each["name"] for each in view["option"]["series"]] == [
            each["name"] for each in space_charts.issue_space(scenario, told.frames, 0)["series"]
        ]
    assert narrow["option"]["series"] != wide["option"]["series"]


def test_a_key_names_all_that_is_drawn(scenario, negotiation):
    told = negotiation("code@COPUOS", 38, 14)
    for options in (
        space_charts.issue_space(scenario, told.frames, 0),
        network_chart.network(scenario, told.frame, 0),
        time_charts.milestone_line(scenario, told.frames),
    ):
        key = key_html(options)
        for entry in options["legend"]["data"]:
            assert (entry["name"] if isinstance(entry, dict) else entry) in key
        assert not options["legend"]["show"]  # drawn only where a chart is saved
    assert key_html({"legend": {"data": ["one"]}, "series": []}) == ""


def test_a_strategy_is_chosen_by_its_names(scenario):
    assert strategy_names(scenario)["code@COPUOS"] == (
        "Code of conduct with vision preamble: Committee on the Peaceful Uses of Outer Space (code@COPUOS)"
    )
