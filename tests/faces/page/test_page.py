"""End to end in a real browser: watch, compare, share, export."""

from __future__ import annotations

import io
import os
import re
import time
import urllib.error
import urllib.request
from urllib.parse import parse_qs, urlparse

import pandas as pd
import pytest
from typer.testing import CliRunner

from helpers.browser import count, served, wait_for
from negotiation_sim import api
from negotiation_sim.faces.cli.main import app
from negotiation_sim.faces.page.theme import percent

TWO = "/?tab=compare&compare=code@adhoc-optin&compare=ban-treaty@CD&replicates=100&seed=7"


def month_of(visitor) -> int:
    words = visitor.says("month")
    return int(re.match(r"Month (\d+)", words)[1]) if words.startswith("Month") else 0


def wait_done(visitor) -> str:
    return visitor.wait_text("status", "^Done", 90)


# Watch


def test_opens_with_charts_that_screen_readers_can_read(visit):
    visitor = visit()
    assert visitor.says("month") == "At the start"
    for mark in ("space", "network", "milestones"):
        visitor.page.wait_for_selector(f"[data-testid={mark}] canvas")
        assert len(visitor.see(mark).get_attribute("aria-label")) > 20
    assert visitor.page.title() == "Negotiation simulator"


@pytest.mark.long
def test_steps_plays_pauses_and_goes_back_to_the_start(visit):
    visitor = visit("/?strategy=code@COPUOS")
    visitor.click("step")
    visitor.wait_text("month", "^Month 1 ")
    visitor.click("next-event")
    visitor.wait_text("month", "^Month 2 ")
    assert "COPUOS" in visitor.says("news")
    visitor.click("play")
    visitor.wait_text("month", r"^Month ([5-9]|\d\d) ")
    visitor.click("play")
    visitor.wait_text("play", "Play")
    visitor.page.wait_for_timeout(300)
    stopped = month_of(visitor)
    visitor.page.wait_for_timeout(600)
    assert month_of(visitor) == stopped
    visitor.click("reset")
    visitor.wait_text("month", "At the start")


@pytest.mark.long
def test_the_month_is_that_of_the_trace(visit):
    story = str(api.trace("bellagio", "code@COPUOS", 38, 1))
    visitor = visit("/?strategy=code@COPUOS&replicate=38&month=6")
    visitor.wait_text("month", "^Month 6 ")
    text = visitor.says("story")
    moved = re.findall(r"the chair moves the text: ([^\n]*)\.", story)
    assert moved[0] in text


@pytest.mark.long
def test_a_click_on_a_state_shows_profile_sources_and_curve(visit):
    visitor = visit("/?strategy=code@COPUOS&month=8")
    visitor.page.wait_for_selector("[data-testid=space] canvas")
    visitor.page.wait_for_timeout(400)
    visitor.page.mouse.click(*visitor.spot("space", "CHN"))
    visitor.wait_text("profile", "Sources")
    assert visitor.page.locator("[data-testid=state]").input_value() == "China (CHN)"
    assert "PPWT" in visitor.says("profile")
    assert "value" in visitor.see("state-curve").get_attribute("aria-label")


@pytest.mark.long
def test_the_keyboard_is_enough(visit):
    visitor = visit("/?strategy=code@COPUOS")
    visitor.see("step").focus()
    visitor.page.keyboard.press("Enter")
    visitor.wait_text("month", "^Month 1 ")
    visitor.page.keyboard.press("Space")
    visitor.wait_text("month", "^Month 2 ")
    unnamed = visitor.page.evaluate(
        """() => [...document.querySelectorAll('button, [role=tab], [role=slider], input')]
        .filter(e => e.offsetParent && !(e.innerText || e.getAttribute('aria-label') || '').trim()
          && !(e.labels && e.labels.length) && !e.closest('label')).map(e => e.outerHTML.slice(0, 200))"""
    )
    assert unnamed == []


# Compare


def test_the_numbers_are_those_of_run(visit, tmp_path):
    expected = api.run("bellagio", 100, 7, tmp_path, beliefs=0).summary.set_index("strategy")
    visitor = visit(TWO)
    wait_done(visitor)
    visitor.click("compare-save")
    content = visitor.download(lambda: visitor.click("compare-csv"))
    found = pd.read_csv(io.BytesIO(content)).set_index("strategy")
    assert set(found.index) == {"code@adhoc-optin", "ban-treaty@CD"}
    for name in found.index:
        for column in found.columns:
            a, b = found.loc[name, column], expected.loc[name, column]
            assert a == b or (pd.isna(a) and pd.isna(b)), (name, column)
    shown = visitor.says("summary")
    assert percent(expected.loc["code@adhoc-optin", "p_success"]) in shown


@pytest.mark.long
def test_a_slider_answers_at_once_and_the_step_before_stays(visit):
    visitor = visit(TWO)
    slider = visitor.page.locator("[data-testid=slider-success-deadline_years] [tabindex]")
    slider.focus()
    visitor.page.keyboard.press("PageUp")
    visitor.wait_text("value-success-deadline_years", "changed")
    visitor.page.wait_for_function("location.search.includes('set=success.deadline_years')")
    assert "was=" in visitor.page.url  # the step before goes with the link
    visitor.wait_text("step-before", "^Hollow marks")
    wait_done(visitor)
    rows = visitor.page.locator("[data-testid=summary] tbody tr")
    code = rows.filter(has_text="code@adhoc-optin").locator("td").all_inner_texts()
    now, before = (float(code[n].strip("%<>")) for n in (1, 4))
    assert now > before >= 0.0  # a later deadline; the step before beside it
    assert "–" in code[2] and "–" in code[3]  # both intervals
    visitor.click("reset-changes")
    visitor.wait_text("value-success-deadline_years", "^5 years$")
    visitor.page.wait_for_function("!location.search.includes('set=')")


@pytest.mark.long
def test_cancel_keeps_what_was_counted_and_the_page_stays_alive(visit):
    visitor = visit("/?tab=compare&replicates=20000&seed=99&compare=ban-treaty@COPUOS&compare=code@COPUOS"
                    "&compare=open@CD&compare=ban-treaty@CD")  # fmt: skip
    assert "press Run" in visitor.says("status")  # what takes long waits to be asked
    assert not visitor.see("chart-probability").count()  # no empty card before a run
    visitor.click("run")
    visitor.wait_text("status", r"^[1-9]\d*,?\d* of 22,000")
    visitor.click("cancel")
    words = visitor.wait_text("status", "^Cancelled")
    assert 0 < int(re.search(r"([\d,]+) worlds", words)[1].replace(",", "")) < 20_000
    visitor.click("tab-watch")
    visitor.click("step")
    visitor.wait_text("month", "^Month 1 ", 3)


# Links


@pytest.mark.long
def test_a_shared_link_opens_the_same_page_and_back_goes_back(visit):
    first = visit("/?strategy=code@COPUOS&seed=5")
    first.click("tab-compare")
    first.page.wait_for_url("**tab=compare**")
    link = urlparse(first.page.url)
    second = visit(f"/?{link.query}&compare=ban-treaty@CD")
    second.wait_text("status", "^Done", 90)
    assert second.page.locator("[data-testid=compare-seed]").input_value() == "5"
    first.page.go_back()
    first.wait_text("month", "At the start")
    assert first.page.locator("[data-testid=strategy]").input_value().endswith("(code@COPUOS)")
    assert "tab" not in parse_qs(urlparse(first.page.url).query)


@pytest.mark.long
@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("/?strategy=ban-treaty@CDD", "did you mean 'ban-treaty@CD'"),
        ("/?experiment=../../etc/passwd", "no experiment"),
        ("/?seed=-1&tab=nowhere&colour=red", "There is no tab"),
        ("/?set=environment.event_rate:7", "not between 0 and 0.2"),
        ("/?set=nothing.at.all:1", "nothing called 'nothing.at.all'"),
        ("/?month=%3Cscript%3E&replicate=9e9", "not a whole number"),
    ],
)
def test_a_bad_link_is_told_kindly_and_the_rest_works(visit, query, words):
    visitor = visit(query)
    assert words in visitor.says("notes")
    visitor.click("step")
    visitor.wait_text("month", "^Month 1 ")


def test_a_page_that_is_not_there_is_told_kindly(address):
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"{address}/wrong<b>", timeout=20)
    body = caught.value.read().decode()
    caught.value.close()
    assert caught.value.code == 404
    assert "There is no page" in body and "<b>" not in body


def test_another_host_name_is_refused(address):
    request = urllib.request.Request(address, headers={"Host": "evil.example"})
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, timeout=20)
    caught.value.close()
    assert caught.value.code == 400


# Exports


@pytest.mark.long
def test_figures_are_handed_out_as_png_and_svg(visit):
    visitor = visit("/?strategy=code@COPUOS&month=8")
    visitor.page.wait_for_selector("[data-testid=space] canvas")
    png = visitor.download(lambda: visitor.click("png-issue-space"))
    assert png.startswith(b"\x89PNG") and len(png) > 10_000
    svg = visitor.download(lambda: visitor.click("svg-issue-space")).decode()
    assert svg.startswith("<svg") and "mandate" in svg and ">China<" in svg
    assert "code@COPUOS, month 8, August 2009" in svg  # a figure says what it shows
    for name in ("network", "milestones"):
        assert visitor.download(lambda at=name: visitor.click(f"png-{at}")).startswith(b"\x89PNG")
    visitor.click("watch-save")
    table = visitor.download(lambda: visitor.click("watch-csv")).decode()
    assert table.startswith("month,track,venue,actor,says") and table.count("\n") == 1 + 9 * 10
    visitor.click("watch-save")
    assert b"2009" in visitor.download(lambda: visitor.click("watch-story"))


@pytest.mark.long
def test_another_world_is_chosen_by_its_number(visit):
    visitor = visit("/?strategy=ban-treaty@adhoc-optin&month=20")
    first = visitor.says("story")
    visitor.page.locator("[data-testid=replicate]").fill("4")
    visitor.page.wait_for_function("location.search.includes('replicate=4')")
    visitor.wait_text("month", "At the start")
    visitor.choose("speed", "20 a second")
    visitor.click("play")
    visitor.wait_text("month", r"^Month (2[5-9]|[3-9]\d|\d{3}) ")
    visitor.click("play")
    assert visitor.says("story") != first


@pytest.mark.long
def test_the_experiment_file_runs_to_the_same_numbers(visit, tmp_path):
    visitor = visit(TWO + "&set=actors.USA.verification_demand:0.2&set=venues.CD.leadership:10")
    wait_done(visitor)
    visitor.click("compare-save")
    table = visitor.download(lambda: visitor.click("compare-csv"))
    visitor.click("compare-save")
    file = tmp_path / "mine.yaml"
    file.write_bytes(visitor.download(lambda: visitor.click("compare-yaml")))
    found = pd.read_csv(io.BytesIO(table)).set_index("strategy")
    command = [
        "run",
        str(file),
        "--replicates",
        "100",
        "--seed",
        "7",
        "--beliefs",
        "0",
        "--no-figures",
    ]
    done = CliRunner().invoke(app, [*command, "--out", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    again = pd.read_csv(next(tmp_path.glob("out/*/*/summary.csv"))).set_index("strategy")
    assert set(again.index) >= set(found.index) == {"ban-treaty@CD", "code@adhoc-optin"}
    for column in ("p_success", "p_mandate", "p_adopted", "mean_events"):
        assert again.loc[found.index, column].to_dict() == found[column].to_dict()


# Visitors


@pytest.mark.long
def test_two_visitors_do_not_disturb_each_other(visit):
    first, second = visit("/?strategy=code@COPUOS"), visit("/?strategy=ban-treaty@CD&seed=3")
    for _ in range(3):
        first.click("step")
    second.click("step")
    first.wait_text("month", "^Month 3 ")
    second.wait_text("month", "^Month 1 ")
    assert second.page.locator("[data-testid=seed]").input_value() == "3"


@pytest.mark.long
def test_closing_a_page_frees_its_model(chrome, address):
    from helpers.browser import Watched

    before, *_ = count(address)
    context = chrome.new_context()
    Watched(context, address).open()
    during, *_ = count(address)
    assert during > before or before > 0
    context.close()
    for _ in range(120):  # a busy machine hears late that a page is closed
        if count(address)[0] == 0:
            return
        time.sleep(0.5)
    assert count(address)[0] == 0


@pytest.mark.long
def test_a_stopped_server_is_told_kindly(chrome):
    from helpers.browser import Watched

    with served() as (url, process):
        context = chrome.new_context()
        visitor = Watched(context, url).open()
        process.terminate()
        process.wait(20)
        visitor.page.wait_for_selector("#popup:visible", timeout=20_000)
        assert "does not answer" in visitor.page.inner_text("#popup")
        context.close()


@pytest.mark.long
@pytest.mark.timeout(1800)  # sixty visits: seconds each on a busy machine
def test_fifty_visitors_leave_no_growth(chrome):
    from helpers.browser import Watched

    with served() as (url, process):
        wait_for(url, process)
        held = []
        for turn in range(60):
            context = chrome.new_context()
            visitor = Watched(context, url).open("/?strategy=code@COPUOS")
            visitor.click("next-event")
            visitor.wait_text("month", "^Month")
            context.close()
            if turn in (9, 59):
                time.sleep(9)
                held.append(count(url))
        assert held[1][0] == held[0][0] == 0
        print(
            f"after 10 visitors {held[0][1] / 2**20:.0f} MiB, after 60 {held[1][1] / 2**20:.0f} MiB"
        )
        assert held[1][1] - held[0][1] < 25 * 2**20
        pool = (os.cpu_count() or 1) + 4  # threads for what waits, made as they are needed
        assert held[1][2] <= held[0][2] + pool  # and none a visitor
