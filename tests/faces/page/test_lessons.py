"""Lessons: the sheet is up to date, every step opens, and answers say what the run says."""

from __future__ import annotations

import doctest
import re
from pathlib import Path
from urllib.parse import parse_qsl, urlparse

import pandas as pd
import pytest

from negotiation_sim.analysis.intervals import wilson
from negotiation_sim.faces.page import lesson_answers
from negotiation_sim.faces.page.address import Address, parse
from negotiation_sim.faces.page.ensemble_jobs import EnsembleTables, Job, Results, request_of
from negotiation_sim.faces.page.lesson_strip import EXPERIMENT, LessonStrip, link, step_of
from negotiation_sim.faces.page.lessons import BOTH, LESSONS, PAIR, SCOPES, UNSURE, VENUES, sheet
from negotiation_sim.faces.page.library import Library
from negotiation_sim.faces.page.parts import Visitor
from negotiation_sim.faces.page.whole_page import resolve
from negotiation_sim.words import shares

SHEET = Path(__file__).parents[3] / "docs" / "lessons.md"
COMPARED = [(lesson, n) for lesson in LESSONS for n, step in enumerate(lesson.steps)
            if step.address is not None and step.address.tab == "compare"]  # fmt: skip


@pytest.fixture(scope="module")
def library():
    return Library(EXPERIMENT)


def test_the_printed_sheet_is_the_pages_lessons():
    assert SHEET.read_text("utf-8") == sheet()


def test_there_are_eight_lessons_on_what_the_course_asks_for():
    titles = [lesson.title for lesson in LESSONS]
    assert titles == [
        "Consensus or opt-in?", "Treaty or code?", "Narrow or broad?", "Leaving the venue",
        "Pledges as good faith", "Division of labour", "Chance or ignorance?",
        "What does the answer rest on?",
    ]  # fmt: skip
    assert [lesson.number for lesson in LESSONS] == list(range(1, 9))


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.title)
def test_a_lesson_fills_a_class_and_its_steps_open(library, lesson):
    assert sum(step.minutes for step in lesson.steps) == 45
    assert lesson.notes and lesson.discuss and sum(bool(step.note) for step in lesson.steps) >= 1
    assert sum(step.address is not None for step in lesson.steps) >= 3
    assert all(step.ask for step in lesson.steps[:-1])  # a prediction before every answer
    for place in range(len(lesson.steps)):
        address, notes = parse(parse_qsl(urlparse(link(lesson, place)).query))
        found = resolve(library, address, notes)
        assert notes == []
        assert step_of(found) == (lesson, place)
        scenario = library.scenario(EXPERIMENT, address.changes)
        for name in (*address.compare, *filter(None, [address.strategy])):
            scenario.index_of_strategy(name)


@pytest.mark.parametrize(("lesson", "place"), COMPARED)
def test_a_comparison_has_the_comparison_before_it_beside_it(lesson, place):
    address = lesson.address(place)
    earlier = [step.address for step in lesson.steps[:place] if step.address is not None]
    alike = [each for each in earlier if each.compare and each.compare == address.compare]
    assert address.before == (alike[-1].changes if alike else address.changes)
    wants = {want.partition(":")[0] for want in lesson.steps[place].answers}
    assert wants and wants <= set(lesson_answers.KNOWN)
    assert ("moved" in wants) == (address.before != address.changes)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.title)
def test_a_lesson_says_nothing_that_a_figure_could_make_false(lesson):
    words = [lesson.question, lesson.goal, *lesson.discuss, *lesson.notes]
    words += [part for step in lesson.steps for part in (step.words, step.ask, step.note)]
    for line in words:
        assert not re.search(r"\d%|\b0\.\d|United States|China|Russia|India", line), line


def test_nothing_is_asked_outside_a_lesson():
    for lesson, step in ((0, 1), (1, 0), (9, 1), (1, 6)):
        assert step_of(Address(lesson=lesson, step=step)) is None


# Answers, from tables with known numbers


def table(counts: dict[str, int], n: int = 200, **more: object) -> EnsembleTables:
    rows = []
    for name, k in counts.items():
        low, high = wilson(k, n)
        row = {"strategy": name, "replicates": n}
        for measure in lesson_answers.MEASURES:
            row |= {measure: k / n, f"{measure}_low": low, f"{measure}_high": high}
        rows.append(row)
    none = pd.DataFrame(columns=["strategy", "cause"])
    facts = {"done": n, "summary": pd.DataFrame(rows), "incidence": none, "survival": none, "causes": none,
                 "blockers": none, "texts": none, "positions": none, "mandates": none}  # fmt: skip
    return EnsembleTables(**(facts | more))


def test_examples_run():
    found = doctest.testmod(lesson_answers)
    assert found.attempted > 0 and found.failed == 0


def test_the_likeliest_is_named_with_those_that_may_be_as_good():
    (line,) = lesson_answers.likeliest(table({"a": 90, "b": 84, "c": 20}), "abc", "p_success")
    assert line == (
        f"Most often success in time: a, {shares.estimate(0.45, *wilson(90, 200))}; not shown to differ: "
        f"b, {shares.estimate(0.42, *wilson(84, 200))}; less often: c, {shares.estimate(0.1, *wilson(20, 200))}."
    )
    (line,) = lesson_answers.likeliest(table({"a": 0, "b": 0}), "ab", "p_mandate")
    assert line == "Not one of 200 worlds comes to a mandate in time, with any of these strategies."


def test_a_move_is_claimed_only_where_its_interval_keeps_off_zero():
    now, was = table({"a": 90, "b": 84, "c": 20}), table({"a": 40, "b": 80, "c": 60})
    lines = lesson_answers.moved(now, was, "abc", "p_success")
    assert [line.rpartition(": ")[2] for line in lines] == [
        "more.",
        "no difference shown.",
        "less.",
    ]
    assert lesson_answers.moved(now, None, "abc", "p_success") == []
    low, _ = lesson_answers.difference(*(
        {"p": k / 200, "p_low": wilson(k, 200)[0], "p_high": wilson(k, 200)[1]} for k in (90, 70)
    ), "p")  # fmt: skip
    assert 0.0 < low < 0.1  # the smallest gain that is just claimed lies near here


def test_both_intervals_are_told_and_which_is_wider():
    spread = pd.DataFrame({"strategy": ["a", "b"], "p_positions_low": [0.1, 0.45],
                           "p_positions_high": [0.9, 0.45]})  # fmt: skip
    first, second = lesson_answers.unsure(table({"a": 90, "b": 84}, positions=spread), "ab")
    assert "10–90% by what is not known of positions, which is wider than chance" in first
    assert second.endswith("by chance in 200 worlds.")


# Answers, and what the notes say, from the model itself


@pytest.fixture(scope="module")
def run(library):
    """Return the tables of some strategies under some changes, few worlds, computed once."""
    known: dict[tuple, EnsembleTables] = {}

    def of(strategies, changes=None, replicates=150) -> EnsembleTables:
        key = (strategies, tuple(sorted((changes or {}).items())), replicates)
        if key not in known:
            address = Address(experiment=EXPERIMENT, replicates=replicates, changes=changes or {})
            request = request_of(address, strategies)
            job = Job(library.scenario(EXPERIMENT, changes or {}), request, 1).start().wait(300)
            assert job.state == "done", job.error
            known[key] = job.tables
        return known[key]

    return of


def column(tables: EnsembleTables, name: str) -> dict[str, float]:
    return dict(zip(tables.summary["strategy"], tables.summary[name], strict=True))


def test_the_strip_answers_from_the_run_that_is_shown(library, run):
    lesson, place = LESSONS[0], 3
    address = lesson.address(place).but(experiment=EXPERIMENT, replicates=150)
    now, was = run(VENUES, address.changes), run(VENUES)
    states = {
        code: actor.name for code, actor in library.scenario(EXPERIMENT).setting.actors.items()
    }
    lines = lesson_answers.told(lesson.steps[place].answers, now, was, VENUES, states)
    for name in VENUES:
        row, old = (t.summary.set_index("strategy").loc[name] for t in (now, was))
        said, before = (
            shares.estimate(r["p_mandate"], r["p_mandate_low"], r["p_mandate_high"])
            for r in (row, old)
        )
        assert any(
            line.startswith(f"{name}: a mandate in time {said}, in the step before {before}")
            for line in lines
        )
    assert not any("`" in line for line in lines)
    results = Results()
    strip = LessonStrip.__new__(LessonStrip)
    strip.visitor, strip.lesson, strip.place = Visitor(library, results, address), lesson, place
    assert strip.lines() == ["The run of this step is not finished yet. Ask again when it is."]
    whole = lesson.address(place).but(experiment=EXPERIMENT)
    results.put(request_of(whole, whole.compare), now)
    results.put(request_of(whole, whole.compare, whole.before), was)
    assert strip.lines() == lines
    strip.place = 1  # one world: what Watch opens with
    (line,) = strip.lines()
    assert line.startswith("In this world ")


def test_what_notes_say_of_the_model_holds(library, run):
    venues = library.scenario(EXPERIMENT).setting.venues
    assert venues["CD"].linkage != "none"  # lesson 1
    assert {venues[name.partition("@")[2]].linkage for name in VENUES[1:]} == {"none"}
    led = run(VENUES, {"venues.CD.leadership": 10.0})
    for name in VENUES[1:]:
        assert column(led, "p_success")[name] == column(run(VENUES), "p_success")[name]
    funnel = run(SCOPES)
    for name in SCOPES:  # lesson 3
        reached = [
            column(funnel, m)[name] for m in ("p_mandate", "p_adopted", "p_in_force", "p_success")
        ]
        assert reached == sorted(reached, reverse=True)
    ten = {"success.deadline_years": 10.0}
    alone, spilled = run(PAIR, ten), run(PAIR, ten | {"environment.spillover": 1.0})  # lesson 6
    assert library.scenario(EXPERIMENT).setting.environment["spillover"].value == 0.0
    pair = column(alone, "p_adopted")
    assert pair[BOTH] <= min(p for name, p in pair.items() if name != BOTH)
    for name in PAIR[:2]:
        assert column(spilled, "p_adopted")[name] == pair[name]
    few, many = run(UNSURE, replicates=100), run(UNSURE, replicates=600)  # lesson 7
    widths = [t.summary["p_success_high"] - t.summary["p_success_low"] for t in (few, many)]
    assert (widths[1] < widths[0]).all()
    pd.testing.assert_frame_equal(
        few.positions, many.positions
    )  # the band is not narrowed by worlds
