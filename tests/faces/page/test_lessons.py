"""Lessons: the sheet is up to date, every step opens, and what the notes claim holds."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl, urlparse

import pytest

from negotiation_sim.faces.page.address import parse
from negotiation_sim.faces.page.ensemble_jobs import EnsembleRequest, EnsembleTables, Job
from negotiation_sim.faces.page.lessons import LESSONS, sheet
from negotiation_sim.faces.page.library import Library
from negotiation_sim.faces.page.whole_page import resolve

SHEET = Path(__file__).parents[3] / "docs" / "lessons.md"
REPLICATES = 500


@pytest.fixture(scope="module")
def library():
    return Library("bellagio")


def test_the_printed_sheet_is_the_pages_lessons():
    assert SHEET.read_text("utf-8") == sheet()


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.title)
def test_a_lesson_fills_a_class_and_its_steps_open(library, lesson):
    assert sum(step.minutes for step in lesson.steps) == 45
    assert lesson.notes and lesson.discuss
    assert sum(step.address is not None for step in lesson.steps) >= 3
    for step in lesson.steps:
        if step.address is not None:
            link = step.address.but(experiment="bellagio", lesson=lesson.number)
            address, notes = parse(parse_qsl(urlparse(link.query()).query))
            assert resolve(library, address, notes).but(strategy=link.strategy) == link
            assert notes == []
            scenario = library.scenario("bellagio", step.address.changes)
            for name in (*step.address.compare, *filter(None, [step.address.strategy])):
                scenario.index_of_strategy(name)


@pytest.fixture(scope="module")
def tables(library):
    """Return the tables of a lesson's step, computed once."""
    known: dict[tuple[int, int], EnsembleTables] = {}

    def of(number: int, place: int) -> EnsembleTables:
        if (number, place) not in known:
            address = LESSONS[number - 1].steps[place].address
            request = EnsembleRequest("bellagio", (), address.compare, REPLICATES, 1)
            job = Job(library.scenario("bellagio", address.changes), request).start().wait(120)
            assert job.state == "done"
            known[number, place] = job.tables
        return known[number, place]

    return of


def column(tables: EnsembleTables, name: str) -> dict:
    return dict(zip(tables.summary["strategy"], tables.summary[name], strict=True))


def test_lesson_1_linkage_then_the_mandate_then_the_text(tables):
    base, led = column(tables(1, 2), "main_cause"), column(tables(1, 3), "main_cause")
    assert set(base.values()) == {"linkage"}
    assert set(led.values()) == {"mandate"}
    mandated, adopted = (column(tables(1, 3), f"p_{step}") for step in ("mandate", "adopted"))
    assert mandated["open@CD"] == max(mandated.values())
    assert adopted["open@CD"] < 0.5 * mandated["open@CD"]


def test_lesson_2_the_broad_treaty_is_adopted_and_never_in_force(tables):
    adopted, force = (column(tables(2, 2), f"p_{step}") for step in ("adopted", "in_force"))
    assert adopted["ppwt@adhoc-optin"] > adopted["ban-treaty@adhoc-optin"] > 0.5
    assert force["ppwt@adhoc-optin"] < 0.01 < 0.2 < force["ban-treaty@adhoc-optin"]


def test_lesson_3_the_code_is_sooner_and_fails_on_participation(tables):
    for place in (2, 3):
        p, cause = (column(tables(3, place), name) for name in ("p_success", "main_cause"))
        assert p["code@adhoc-optin"] > p["ban-treaty@adhoc-optin"]
        assert cause["code@adhoc-optin"] == "participation"
        assert cause["ban-treaty@adhoc-optin"] == "ratification"
    five, ten = (column(tables(3, place), "p_success") for place in (2, 3))
    assert five["code@adhoc-optin"] > 3 * five["ban-treaty@adhoc-optin"]
    assert ten["ban-treaty@adhoc-optin"] > five["ban-treaty@adhoc-optin"] + 0.05
    blockers = tables(3, 2).blockers
    out = blockers[blockers["strategy"] == "code@adhoc-optin"]["actor"].tolist()
    assert set(out[:2]) == {"CHN", "RUS"}


def test_lesson_4_leaving_beats_staying_and_going_straight_beats_leaving(tables):
    p = column(tables(4, 2), "p_success")
    assert p["ban-treaty@CD"] < p["ban-treaty@CD>adhoc-optin"] < p["ban-treaty@adhoc-optin"]


def test_lesson_5_pledges_help_in_orbit_more_than_at_the_table(tables):
    found = tables(5, 2).summary.set_index("strategy")
    plain, pledged = found.loc["ban-treaty@adhoc-optin"], found.loc["ban-treaty@adhoc-optin+pledges"]
    assert plain["p_success_low"] < pledged["p_success"] < plain["p_success_high"]
    assert pledged["mean_events_avoided"] > plain["mean_events_avoided"] + 0.2
    assert pledged["mean_pledge_coverage"] > 0.5


def test_lesson_6_together_is_harder_and_spillover_decides(tables):
    both = "ban-treaty@adhoc-optin+pledges+code@COPUOS"
    none, step = column(tables(6, 2), "p_success"), column(tables(6, 3), "p_success")
    assert none[both] < min(p for name, p in none.items() if name != both)
    assert step[both] > none[both] + 0.02
    assert {n: p for n, p in none.items() if n != both} == {
        n: p for n, p in step.items() if n != both
    }
