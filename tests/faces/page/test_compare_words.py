"""What Compare shows: both intervals, the step before, causes by letter, sliders by what they move."""

from __future__ import annotations

import dataclasses
import math
import re

import pandas as pd
import pytest

from negotiation_sim.faces.page import compare_charts, theme
from negotiation_sim.faces.page.address import Address
from negotiation_sim.faces.page.compare_charts import BEFORE, NOW, POSITIONS
from negotiation_sim.faces.page.compare_table import summary_html, views_html
from negotiation_sim.faces.page.ensemble_jobs import EnsembleRequest, EnsembleTables, Job
from negotiation_sim.faces.page.library import Library
from negotiation_sim.faces.page.parts import Visitor
from negotiation_sim.faces.page.slider_reach import WORLDS, reaches
from negotiation_sim.faces.page.sliders import changes_in_words, sliders
from negotiation_sim.faces.page.theme import percent
from negotiation_sim.studies.history.outside_view import side_by_side
from negotiation_sim.words import shares
from negotiation_sim.words.shares import span

NAMES = ("code@adhoc-optin", "ban-treaty@CD", "pledges@adhoc-optin")
DEADLINE = "success.deadline_years"


@pytest.fixture(scope="module")
def library():
    return Library("bellagio")


def tables_of(library, changes, worlds=100, beliefs=0) -> EnsembleTables:
    request = EnsembleRequest("bellagio", tuple(changes.items()), NAMES, worlds, 1, beliefs)
    job = Job(library.scenario("bellagio", changes), request).start().wait(120)
    assert job.state == "done", job.error
    return job.tables


@pytest.fixture(scope="module")
def now(library):
    return tables_of(library, {DEADLINE: 10.0}, beliefs=4)


@pytest.fixture(scope="module")
def before(library):
    return tables_of(library, {})


def series(options, name):
    return [each for each in options["series"] if each["name"] == name]


def test_both_intervals_are_drawn_and_in_the_table(library, now):
    options = compare_charts.probability(now, None, NAMES)
    row = now.summary.set_index("strategy").loc[NAMES[0]]
    spread = now.positions.set_index("strategy").loc[NAMES[0]]
    whisker = next(each for each in series(options, NOW) if each["type"] == "custom")
    assert whisker["data"][0] == [row["p_success"], 0, row["p_success_low"], row["p_success_high"]]
    (band,) = series(options, f"{POSITIONS}, {NOW}")
    assert band["data"][0] == [0, spread["p_positions_low"], spread["p_positions_high"]]
    assert len(whisker["data"]) == len(band["data"]) == 2  # pledges alone cannot succeed
    html = summary_html(now, None, library.scenario("bellagio"))
    assert span(row["p_success_low"], row["p_success_high"]) in html
    assert span(spread["p_positions_low"], spread["p_positions_high"]) in html
    assert BEFORE not in html and "0." not in html.replace("0.4 of", "")


def test_the_step_before_is_hollow_thin_and_in_the_table(library, now, before):
    options = compare_charts.probability(now, before, NAMES)
    hollow = next(each for each in series(options, BEFORE) if each["type"] == "scatter")
    assert hollow["symbol"] == "emptyDiamond"
    p = before.summary.set_index("strategy")["p_success"].loc[NAMES[0]]
    assert hollow["data"][0]["value"] == [p, 0]
    bars = compare_charts.causes(now, NAMES, before)["series"]
    stacks = {each["stack"] for each in bars}
    assert stacks == {"all", "before"}
    for stack, tables in (("all", now), ("before", before)):
        for place, name in enumerate(NAMES[:2]):
            drawn = sum(each["data"][place]["value"] for each in bars if each["stack"] == stack)
            failed = tables.causes[tables.causes["strategy"] == name]["share_of_all"].sum()
            assert drawn == pytest.approx(failed)
    assert percent(p) in summary_html(now, before, library.scenario("bellagio"))


def test_every_cause_has_a_letter_of_its_own(now):
    options = compare_charts.causes(now, NAMES)
    letters = {each["name"]: each["label"]["formatter"] for each in options["series"]}
    assert len(set(letters.values())) == len(letters) > 1
    assert {e["name"]: e["letter"] for e in options["legend"]["data"]} == letters


def test_numbers_are_written_one_way(library, now):
    assert percent is theme.percent and theme.percent(0.24) == shares.percent(0.24) == "24%"
    html = summary_html(now, None, library.scenario("bellagio"))
    cells = re.findall(r"<td class=n>([^<]*)</td>", html)
    number = r"(&lt;|&gt;)?\d+(\.\d)?"
    assert len(cells) > 15
    assert [c for c in cells if not re.fullmatch(rf"{number}(–{number})?%|–|", c)] == []


def test_a_page_knows_its_step_before(library):
    def before_of(**settings):
        return Visitor(library, None, Address(experiment="bellagio", **settings)).before

    assert before_of() is None
    assert before_of(changes={DEADLINE: 9.0}) == {}  # a link that says nothing: the base case
    assert before_of(changes={DEADLINE: 9.0}, before={DEADLINE: 8.0}) == {DEADLINE: 8.0}
    base = library.scenario("bellagio")
    assert changes_in_words(base, {DEADLINE: 9.0}) == "Deadline: 9 years instead of 5 years"
    assert changes_in_words(base, {}) == ""


def test_a_sliders_reach_is_the_difference_between_its_ends(library):
    base = library.scenario("bellagio")
    chosen = [
        slider for slider in sliders(base) if slider.path in (DEADLINE, "environment.spillover")
    ]
    found = reaches(base, chosen, NAMES, 1)
    assert set(found) == {slider.path for slider in chosen}
    ends = []
    deadline = next(slider for slider in chosen if slider.path == DEADLINE)
    for value in (deadline.low, deadline.high):
        table = tables_of(library, {DEADLINE: value}, WORLDS).summary.set_index("strategy")
        ends.append(table["p_success"])
    assert found[DEADLINE] == pytest.approx((ends[1] - ends[0]).abs().max(), abs=1e-12)
    assert found[DEADLINE] > 0.3 and found["environment.spillover"] == 0.0  # one track each


def test_inside_and_outside_view_are_those_of_a_run(library, now):
    setting = library.scenario("bellagio").setting
    compared = side_by_side(setting, now.mandates)
    assert [each.strategy for each in compared] == [
        n for n in setting_order(setting) if n in NAMES[:2]
    ]
    html = views_html(compared, library.scenario("bellagio"))
    code = next(each for each in compared if each.strategy == NAMES[0])
    for value in (code.inside, code.outside, code.pool):
        assert percent(value) in html
    unknown = dataclasses.replace(code, inside=math.nan, n=3)
    assert ">–<" in views_html([unknown], library.scenario("bellagio"))
    assert views_html([], library.scenario("bellagio")) == ""


def setting_order(setting):
    return [strategy.name for strategy in setting.strategies]


def test_a_cancelled_run_has_no_band(library):
    scenario = library.scenario("bellagio")
    job = Job(scenario, EnsembleRequest("bellagio", (), NAMES, 20_000, 1, 100), 1).start()
    job.cancel()
    job.wait(60)
    assert job.state == "cancelled"
    assert isinstance(job.tables.positions, pd.DataFrame) and job.tables.positions.empty
    assert not series(compare_charts.probability(job.tables, None, NAMES), f"{POSITIONS}, {NOW}")[
        0
    ]["data"]
