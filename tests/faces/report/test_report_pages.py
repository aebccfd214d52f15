"""Report and replay opened offline in a headless Chromium: nothing leaves, all shows, prints well."""

from __future__ import annotations

import re

import pytest

from helpers import settings as s
from helpers import study_scenes as scenes
from negotiation_sim import api
from negotiation_sim.catalogue import load_setting
from negotiation_sim.errors import UsageError
from negotiation_sim.faces.report import replay

WIDTHS = (1280, 390)


@pytest.fixture
def visit(chrome):
    """Open a file offline; whatever it asks for or complains of fails the test."""
    context = chrome.new_context(viewport={"width": WIDTHS[0], "height": 900})
    context.set_offline(True)
    wrong: list[str] = []

    def open_file(path):
        tab = context.new_page()
        tab.on("console", lambda message: wrong.append(f"{message.type}: {message.text}"))
        tab.on("pageerror", lambda error: wrong.append(str(error)))
        tab.on(
            "request", lambda request: wrong.append(request.url) if outside(request, path) else None
        )
        tab.goto(path.as_uri())
        return tab

    yield open_file
    context.close()
    assert not wrong


def outside(request, path) -> bool:
    """Return whether a request is for anything but the file itself and what is inlined."""
    return not request.url.startswith("data:") and request.url.split("#")[0] != path.as_uri()


def fits(tab, width: int) -> bool:
    """Return whether the page is no wider than the window, once it is laid out anew."""
    tab.set_viewport_size({"width": width, "height": 900})
    narrow = f"innerWidth == {width} && document.documentElement.scrollWidth <= innerWidth"
    for _ in range(100):
        if tab.evaluate(narrow):
            return True
        tab.wait_for_timeout(100)
    return False


def test_the_report_shows_offline_with_all_figures(written, visit):
    tab = visit(written.html)
    images = tab.evaluate(
        "[...document.images].map(i => [i.complete, i.naturalWidth, i.getBoundingClientRect().width,"
        " i.alt.length])"
    )
    assert len(images) >= 7
    for complete, natural, shown, alt in images:
        assert complete and natural > 300 and shown > 300 and alt > 40
    assert [fits(tab, width) for width in WIDTHS] == [True, True]
    headings = tab.eval_on_selector_all("h2", "all => all.map(h => h.textContent)")
    assert len(headings) == 10
    for link in tab.eval_on_selector_all("nav a", "all => all.map(a => a.getAttribute('href'))"):
        assert tab.query_selector(link) is not None


@pytest.mark.long
def test_the_report_prints_to_pages_of_a_sensible_size(written, visit, tmp_path):
    tab = visit(written.html)
    content = tab.pdf(prefer_css_page_size=True)
    pages = len(re.findall(rb"/Type\s*/Page\b(?!s)", content))
    assert 8 <= pages <= 1.25 * len(load_setting("bellagio").strategies)
    boxes = {
        tuple(map(float, box.split())) for box in re.findall(rb"/MediaBox\s*\[([^\]]*)\]", content)
    }
    assert all(abs(b[2] - 595) < 2 and abs(b[3] - 842) < 2 for b in boxes)
    tab.emulate_media(media="print")
    tab.set_viewport_size({"width": 680, "height": 960})  # A4 less margins at 96 dots an inch
    heights = tab.evaluate("[...document.querySelectorAll('figure')].map(f => f.offsetHeight)")
    assert max(heights) < 1000, "a figure must fit on one page"
    assert not tab.is_visible("nav")


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    file = tmp_path_factory.mktemp("replay") / "one.html"
    story = api.trace("bellagio", "ban-treaty@adhoc-optin+pledges+code@COPUOS", 3, html=file)
    return file, story


def test_the_replay_plays_from_disk(told, visit):
    file, _ = told
    tab = visit(file)
    assert tab.inner_text("#date").startswith("Start")
    tab.keyboard.press("Space")
    assert tab.inner_text("#play") == "Pause"
    for _ in range(60):
        tab.wait_for_timeout(100)
        if int(tab.input_value("#slider")) >= 2:
            break
    assert int(tab.input_value("#slider")) >= 2
    tab.keyboard.press("Space")
    assert tab.inner_text("#play") == "Play"
    month = tab.input_value("#slider")
    tab.wait_for_timeout(500)
    assert tab.input_value("#slider") == month


@pytest.mark.long
def test_keys_and_slider_lead_to_the_month(told, visit):
    tab = visit(told[0])
    tab.keyboard.press("PageDown")
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("ArrowLeft")
    assert tab.inner_text("#date") == "January 2010 (month 13)"
    tab.keyboard.press("End")
    assert tab.input_value("#slider") == "180"
    tab.fill("#slider", "60")
    assert tab.inner_text("#date") == "December 2013 (month 60)"
    tab.keyboard.press("Home")
    assert tab.input_value("#slider") == "0"
    tab.keyboard.press("n")
    assert int(tab.input_value("#slider")) > 0
    assert [fits(tab, width) for width in WIDTHS] == [True, True]
    assert cut(tab) == []


CUT = """() => {
  const plot = document.getElementById("plot").getBoundingClientRect();
  const outside = (box) => box.left < plot.left - 1 || box.right > plot.right + 1 ||
    box.top < plot.top - 1 || box.bottom > plot.bottom + 1;
  return [...document.querySelectorAll("#plot text")].filter(
    (each) => outside(each.getBoundingClientRect())).map((each) => each.textContent);
}"""


def cut(tab) -> list[str]:
    """Return the words of the issue space that its frame cuts off."""
    assert tab.evaluate("document.querySelectorAll('#plot text').length") > 10
    return tab.evaluate(CUT)


@pytest.mark.long
def test_the_replay_shows_what_the_story_tells(told, visit):
    file, story = told
    tab = visit(file)
    adopted = story.rows[0]["adoption_month"]
    tab.fill("#slider", str(adopted - 1))
    assert tab.query_selector("#plot polygon") is None
    tab.fill("#slider", str(adopted))
    assert tab.query_selector("#plot polygon") is not None, "a star once the text is adopted"
    titles = tab.eval_on_selector_all("#plot g > title", "all => all.map(t => t.textContent)")
    answers = [e for e in story.events if e["kind"] == "response" and e.get("track") == 0]
    last = {e["actor"]: e["response"] for e in answers if e["month"] <= adopted}
    accepting = sorted(code for code, said in last.items() if said == "accepts")
    names = {state["name"]: code for code, state in data_of(file)["states"].items()}
    shown = sorted(names[t.split(":")[0]] for t in titles if t.endswith(": accepts"))
    assert shown == accepting and accepting
    assert "How it ended" in tab.inner_text("#story")


@pytest.mark.long
def test_each_track_has_its_own_story(told, visit):
    tab = visit(told[0])
    tab.click("#tabs button:nth-child(2)")
    row = told[1].rows[1]
    marks = tab.inner_text("#marks")
    for word, reached in (("mandate", row["mandate_month"]), ("adopted", row["adoption_month"])):
        assert (word in marks) == (reached is not None)
    assert ("withdrawn" in marks) == (row["ending"] == "withdrawn")
    assert "Ad hoc body" not in tab.inner_text("#story")


def data_of(file) -> dict:
    import json

    text = file.read_text("utf-8")
    return json.loads(
        re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.S)[1]
    )


def test_the_replay_holds_no_address_and_no_way_out_of_its_data(told):
    text = told[0].read_text("utf-8")
    addresses = set(re.findall(r"https?://[^\s\"'<]+", text))
    assert addresses == {"http://www.w3.org/2000/svg"}
    assert text.count("</script>") == 2
    assert replay.named("CAN and XYZ", {"CAN": "Canada"}) == "Canada and XYZ"


@pytest.mark.long
def test_a_replay_of_one_issue_and_of_the_venue_that_never_moves(tmp_path, visit):
    actors = [s.actor(name, {"other": 0.5}) for name in scenes.NAMES]
    setting = s.setting(
        actors, [s.venue("hall")], [s.initiative("text", {"other": 0.5}, binding=False)],
        [[{"initiative": "text", "venue": "hall"}]], issues=("other",),
    )  # fmt: skip
    from negotiation_sim.engine.agents import NegotiationModel
    from negotiation_sim.engine.scenario import compile_setting
    from negotiation_sim.words.story import Story

    scenario = compile_setting(setting)
    model = NegotiationModel(scenario, 0, 1, 0, record=True).run()
    story = Story(
        experiment="test", strategy="s0", seed=1, replicate=0, start="2009-01", issues=("other",),
        venue_names={"hall": "</script>hall"}, opt_in=[], events=model.events, rows=model.rows(),
    )  # fmt: skip
    points = {state.actor_id: list(state.value_of_ideal) for state in model.states}
    tab = visit(replay.write(story, scenario, points, tmp_path / "r.html"))
    tab.keyboard.press("End")
    assert "</script>hall" in tab.inner_text("#story")
    with pytest.raises(UsageError, match="html: .*must end in .html"):
        api.trace("bellagio", "ban-treaty@CD", html=tmp_path / "replay.txt")
