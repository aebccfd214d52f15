"""A seat played in a real browser: asked, answered, saved, taken up again, debriefed."""

from __future__ import annotations

import json

import pytest

SEAT = "/?tab=play&strategy=code@COPUOS&replicate=38"


def start(visitor, *names: str) -> None:
    visitor.click("seats")
    for name in names:
        visitor.page.locator(".q-menu:visible .q-item").get_by_text(name, exact=True).click()
    visitor.page.keyboard.press("Escape")
    visitor.click("start-game")
    visitor.see("question").wait_for()


def series_of(visitor, chart: str) -> list[str]:
    """Return the names of what a chart draws."""
    return visitor.page.evaluate(
        """mark => {
          const box = document.querySelector(`[data-testid=${mark}]`);
          return getElement(Number(box.id.slice(1))).chart.getOption().series.map(s => s.name);
        }""", chart)  # fmt: skip


@pytest.mark.long
def test_a_seat_is_played_saved_and_taken_up_again(visit, tmp_path):
    first = visit(SEAT)
    start(first, "China")
    assert "Shall talks on this begin here?" in first.says("asked")
    first.wait_text("play-month", "^Month 2 ")
    first.click("answer-back")
    first.wait_text("asked", "round 1")
    assert first.page.locator("[data-testid=play-space]").get_attribute("aria-label")
    drawn = series_of(first, "play-space")
    assert (
        "accepts" in drawn and "what it wants at heart" not in drawn
    )  # others' hearts stay closed
    for mark in ("answer-accept", "answer-go_along", "answer-object", "answer-propose"):
        assert first.see(mark).count() == 1
    first.click("answer-propose")
    first.wait_text("asked", "round 2")
    assert "China objects" in first.says("play-news") or "objects" in first.says("play-news")
    saved = first.download(lambda: first.click("save-game"))
    data = json.loads(saved)
    assert [d["answer"] for d in data["decisions"]] == ["back", "propose"]

    file = tmp_path / "game.json"
    file.write_bytes(saved)
    second = visit(SEAT)
    second.page.locator("[data-testid=load-game] input[type=file]").set_input_files(file)
    second.wait_text("asked", "round 2")
    assert second.says("play-month") == first.says("play-month")
    second.click("undo")
    second.wait_text("asked", "round 1")


@pytest.mark.long
def test_a_bad_game_file_is_told_kindly(visit, tmp_path):
    visitor = visit(SEAT)
    file = tmp_path / "game.json"
    file.write_text('{"format": "something else"}')
    visitor.page.locator("[data-testid=load-game] input[type=file]").set_input_files(file)
    assert "cannot be taken up" in visitor.wait_text("play-problem", "cannot")
    visitor.click("start-game")
    assert "Choose one to 6 seats" in visitor.wait_text("play-problem", "Choose")


@pytest.mark.long
def test_two_seats_have_a_curtain_and_the_end_a_debrief(visit):
    visitor = visit(SEAT)
    start(visitor, "China", "Canada")
    for _ in range(12):
        if visitor.see("debrief").count():
            break
        if visitor.see("curtain").count():
            assert visitor.see("asked").count() == 0
            visitor.click("curtain")
        visitor.see("asked").wait_for()
        before = visitor.says("play-month"), visitor.says("asked")
        visitor.choose("stands", "for three years")
        visitor.click("answer-refuse" if visitor.see("answer-refuse").count() else "answer-object")
        visitor.page.wait_for_function(
            """before => {
              const see = mark => [...document.querySelectorAll(`[data-testid=${mark}]`)]
                .filter(e => e.offsetParent).map(e => e.innerText)[0];
              return see('curtain') || see('debrief') || see('play-month') !== before[0]
                || see('asked') !== before[1];
            }""", arg=before)  # fmt: skip
    text = visitor.wait_text("debrief", "agents alone, same world")
    assert "how often" in text and "Move by move" in text
    assert "What it cost" in text and "back the mandate" in text
    place = visitor.wait_text("debrief-place", "2,000 worlds", 120)
    assert "2,000 worlds of code@COPUOS" in place and "Your game: no success" in place


@pytest.mark.long
def test_a_lesson_opens_the_page_at_its_settings_and_back_returns(visit):
    visitor = visit("/?tab=lessons&lesson=6")
    assert "Division of labour" in visitor.page.inner_text("article")
    visitor.click("open-6-2")
    visitor.wait_text("status", "^Done", 90)
    assert "set=success.deadline_years:10.0" in visitor.page.url
    assert "ban-treaty@adhoc-optin+pledges+code@COPUOS" in visitor.says("key")
    visitor.page.go_back()
    visitor.see("lesson-4").wait_for()
