"""Lessons: the sheet is up to date, every step opens, and what the notes claim holds."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl, urlparse

import pytest

from negotiation_sim.faces.page.address import parse
from negotiation_sim.faces.page.ensemble_jobs import EnsembleRequest, EnsembleTables, Job
from negotiation_sim.faces.page.lessons import (
    AGREEMENT,
    BOTH,
    CD,
    LEAVING,
    LESSONS,
    TREATY,
    sheet,
)
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
    known: dict[tuple, EnsembleTables] = {}

    def of(number: int, place: int, further: dict | None = None) -> EnsembleTables:
        key = (number, place, tuple((further or {}).items()))
        if key not in known:
            address = LESSONS[number - 1].steps[place].address
            request = EnsembleRequest("bellagio", (), address.compare, REPLICATES, 1)
            changes = {**address.changes, **(further or {})}
            job = Job(library.scenario("bellagio", changes), request).start().wait(120)
            assert job.state == "done"
            known[key] = job.tables
        return known[key]

    return of


def column(tables: EnsembleTables, name: str) -> dict:
    return dict(zip(tables.summary["strategy"], tables.summary[name], strict=True))


def test_lesson_1_linkage_then_the_mandate_then_the_text(tables):
    base, led = column(tables(1, 2), "main_cause"), column(tables(1, 3), "main_cause")
    assert set(base.values()) == {"linkage"}
    assert led == {"ban-treaty@CD": "mandate", "code@CD": "text", "open@CD": "text"}
    blockers = tables(1, 3).blockers
    refuser = blockers[blockers["strategy"] == "ban-treaty@CD"].iloc[0]
    assert (refuser["actor"], refuser["main_term"]) == ("USA", "form")
    mandated, adopted = (column(tables(1, 3), f"p_{step}") for step in ("mandate", "adopted"))
    assert mandated["open@CD"] == max(mandated.values())
    assert min(mandated["open@CD"], mandated["code@CD"]) > 0.5
    assert 0.5 < adopted["open@CD"] / mandated["open@CD"] < 0.7


def test_lesson_2_adoption_is_not_entry_into_force_and_that_is_not_success(tables):
    adopted, force, p = (
        column(tables(2, 2), f"p_{step}") for step in ("adopted", "in_force", "success")
    )
    assert min(adopted.values()) > 0.5
    assert force["ppwt@adhoc-optin"] < 0.01 and force[TREATY] < 0.2
    assert 0.25 < force[AGREEMENT] < 0.5 and p[AGREEMENT] < 0.1
    assert column(tables(2, 2), "main_cause")[AGREEMENT] == "ratification"
    blockers = tables(2, 2).blockers
    out = blockers[blockers["strategy"] == AGREEMENT].iloc[0]
    assert (out["actor"], out["main_term"]) == ("USA", "form") and out["share"] > 0.45
    others = blockers[(blockers["strategy"] == AGREEMENT) & (blockers["actor"] != "USA")]
    assert (others["main_term"] == "delay").mean() > 0.5
    verified = column(tables(2, 3), "p_in_force")
    assert max(abs(verified[name] - force[name]) for name in force) < 0.05


def test_lesson_3_the_code_is_sooner_and_fails_on_participation(tables):
    for place in (2, 3):
        p, cause = (column(tables(3, place), name) for name in ("p_success", "main_cause"))
        assert p["code@adhoc-optin"] > 10 * p[AGREEMENT]
        assert cause["code@adhoc-optin"] == "participation"
        assert cause[AGREEMENT] == "ratification"
    five, ten = (column(tables(3, place), "p_success") for place in (2, 3))
    gains = {name: ten[name] - five[name] for name in five}
    assert max(gains, key=gains.__getitem__) == "code@COPUOS" and gains["code@COPUOS"] > 0.2
    blockers = tables(3, 2).blockers
    out = blockers[blockers["strategy"] == "code@adhoc-optin"].set_index("actor")["share"]
    assert out.index[0] == "USA" and min(out["CHN"], out["RUS"]) > 0.5  # within five years
    later = tables(3, 3).blockers
    out = later[later["strategy"] == "code@adhoc-optin"].set_index("actor")["share"]
    assert out.index[0] == "USA" and min(out["CHN"], out["RUS"]) > 0.4


def test_lesson_4_leaving_beats_staying_and_going_straight_beats_leaving(tables):
    adopted = column(tables(4, 2), "p_adopted")
    assert adopted[CD] + 0.2 < adopted[LEAVING] < adopted[TREATY] - 0.2
    assert max(column(tables(4, 2), "p_success").values()) < 0.02


def test_lesson_5_pledges_help_in_orbit_more_than_at_the_table(tables):
    found = tables(5, 2).summary.set_index("strategy")
    plain, pledged = found.loc[AGREEMENT], found.loc[AGREEMENT + "+pledges"]
    assert plain["p_success_low"] <= pledged["p_success"] <= plain["p_success_high"]
    assert pledged["mean_events_avoided"] > plain["mean_events_avoided"] + 0.2
    assert pledged["mean_pledge_coverage"] > 0.5


def test_lesson_6_together_is_harder_and_spillover_decides(tables):
    none, step = column(tables(6, 2), "p_adopted"), column(tables(6, 3), "p_adopted")
    assert none[BOTH] < min(p for name, p in none.items() if name != BOTH)
    assert step[BOTH] > none[BOTH] + 0.05
    assert {n: p for n, p in none.items() if n != BOTH} == {
        n: p for n, p in step.items() if n != BOTH
    }
    less = tables(6, 3, {"environment.spillover": -1.0})
    assert column(less, "p_adopted")[BOTH] < none[BOTH] - 0.01
    assert max(column(tables(6, 3), "p_success").values()) == step["code@COPUOS"]
    assert column(tables(6, 3), "p_success")[BOTH] < 0.02
