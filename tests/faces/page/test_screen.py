"""What a class sees: nothing cut or covered, legible, told apart by shape, on two screens."""

from __future__ import annotations

import pytest

from negotiation_sim.catalogue import load_setting
from negotiation_sim.faces.page import address, whole_page
from negotiation_sim.faces.page.theme import SAYS, SERIES_COLOURS, series_style

TABS = {
    "watch": "/?strategy=ban-treaty@adhoc-optin%2Bpledges%2Bcode@COPUOS&month=180",
    "compare": "/?tab=compare&replicates=100&set=success.deadline_years:10",
    "play": "/?tab=play",
    "lessons": "/?tab=lessons&lesson=1",
}
UNNAMED = """() => [...document.querySelectorAll('button, [role=button], [role=tab], [role=slider], [role=img], input')]
  .filter(e => e.offsetParent && !(e.innerText || e.getAttribute('aria-label') || '').trim()
    && !(e.labels && e.labels.length) && !e.closest('label')).map(e => e.outerHTML.slice(0, 200))"""
WIDE = """() => document.documentElement.scrollWidth - window.innerWidth"""
COVERED = """() => [...document.querySelectorAll('.figure-buttons')].filter(e => e.offsetParent).filter(e => {
  const title = e.closest('.c-card').querySelector('h2');
  if (!title) return false;
  const range = document.createRange(); range.selectNodeContents(title);
  const a = range.getBoundingClientRect(), b = e.getBoundingClientRect();
  return a.right > b.left && a.bottom > b.top;
}).map(e => e.closest('.c-card').innerText)"""
CUT = """() => [...document.querySelectorAll('.q-btn, .q-tab, .month, .what, h1, h2, h3')]
  .filter(e => e.offsetParent && (e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0 ||
    e.scrollHeight > e.clientHeight + 2 && e.classList.contains('what')))
  .map(e => e.innerText)"""
TEXT = """() => {
  const light = rgb => rgb.slice(0, 3).map(v => v / 255)
    .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, n) => sum + v * [0.2126, 0.7152, 0.0722][n], 0);
  const parts = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const behind = e => {
    for (; e; e = e.parentElement) {
      const c = parts(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] > 0.5) return c;
    }
    return [255, 255, 255];
  };
  const found = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement, words = walk.currentNode.data.trim();
    if (!words || !e.offsetParent || e.closest('.disabled, .q-icon, script, style, canvas')) continue;
    const style = getComputedStyle(e), pair = [light(parts(style.color)), light(behind(e))];
    const contrast = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
    found.push([words.slice(0, 60), contrast, parseFloat(style.fontSize)]);
  }
  return found;
}"""


def test_every_tab_has_an_address():
    assert list(TABS) == list(address.TABS) == list(whole_page.TABS)


FOCUS = """() => {
  const light = rgb => rgb.slice(0, 3).map(v => v / 255)
    .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, n) => sum + v * [0.2126, 0.7152, 0.0722][n], 0);
  const parts = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const behind = e => {
    for (e = e.parentElement; e; e = e.parentElement) {
      const c = parts(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] > 0.5) return c;
    }
    return [255, 255, 255];
  };
  const e = document.activeElement, style = getComputedStyle(e);
  if (e === document.body) return null;
  const pair = [light(parts(style.outlineColor)), light(behind(e))];
  return [e.outerHTML.slice(0, 120), style.outlineStyle, parseFloat(style.outlineWidth),
    (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05)];
}"""
SCREENS = {
    "telephone": (360, 740, False), "at 200 %": (640, 360, False), "classroom": (1280, 720, False),
    "wall": (1920, 1080, False), "large type": (1280, 720, True), "wall in large type": (1920, 1080, True),
}  # fmt: skip


def open_tab(visitor, tab: str) -> None:
    """Open a tab and wait until nothing more is coming."""
    visitor.open(TABS[tab])
    if tab == "compare":
        visitor.wait_text("status", "^Done", 90)
        visitor.wait_text("slider-order", "comes first", 90)
    visitor.page.wait_for_timeout(400)


@pytest.mark.long
@pytest.mark.parametrize("screen", SCREENS)
def test_every_tab_fits_and_can_be_read(visit, screen):
    width, height, large = SCREENS[screen]
    visitor = visit(width=width, height=height)
    if large:
        visitor.click("large-type")
    for tab in TABS:
        open_tab(visitor, tab)
        assert visitor.page.evaluate(WIDE) <= 0, tab
        assert visitor.page.evaluate(COVERED) == [], tab
        assert visitor.page.evaluate(CUT) == [], tab
        assert visitor.page.evaluate(UNNAMED) == [], tab
        texts = visitor.page.evaluate(TEXT)
        assert len(texts) > 12
        assert [t for t in texts if t[1] < 4.5] == [], tab
        assert [t for t in texts if t[2] < (15 if large else 12)] == [], tab
        legible = 18 if large else 14.5
        assert sum(size >= legible for *_, size in texts) > 0.5 * len(texts), tab
        if tab == "watch" and not large and width >= 1280:
            box = visitor.page.locator(".watch").bounding_box()
            assert box["y"] + box["height"] <= height + (60 if height < 1000 else 0)
            drawn = visitor.page.evaluate(
                "() => document.querySelector('[data-testid=space] canvas').width"
            )
            assert drawn > 0.3 * width


@pytest.mark.long
@pytest.mark.parametrize("screen", ["telephone", "classroom", "large type"])
def test_axe_finds_nothing(visit, screen):
    from axe_playwright_python.sync_playwright import Axe

    width, height, large = SCREENS[screen]
    visitor = visit(width=width, height=height)
    if large:
        visitor.click("large-type")
    for tab in TABS:
        open_tab(visitor, tab)
        views = ["Story", "A state", "All states"] if tab == "watch" else [""]
        for view in views:
            if view:
                visitor.see("side").get_by_role("button", name=view, exact=True).click()
                visitor.page.wait_for_timeout(400)
            found = Axe().run(visitor.page).response["violations"]
            told = [(each["id"], each["nodes"][0]["html"][:200]) for each in found]
            assert told == [], (tab, view)


@pytest.mark.long
def test_what_has_the_focus_is_outlined(visit):
    visitor = visit()
    for tab in TABS:
        open_tab(visitor, tab)
        seen = []
        for _ in range(24):
            visitor.page.keyboard.press("Tab")
            focus = visitor.page.evaluate(FOCUS)
            if focus is not None:
                seen.append(focus)
        assert len(seen) > 8, tab
        for html, style, wide, contrast in seen:
            assert style == "solid" and wide >= 2 and contrast >= 3.0, (tab, html, contrast)


def test_nothing_is_said_by_colour_alone():
    assert len({symbol for _, symbol, *_ in SAYS.values()}) == len(SAYS)
    styles = [series_style(n) for n in range(len(SERIES_COLOURS))]
    assert len({(symbol, str(dash)) for _, symbol, dash in styles}) == len(styles)


@pytest.mark.long
def test_the_line_of_the_back_test_stands_under_the_forecasts(visit):
    from negotiation_sim.studies.history import record as history

    visitor = visit("/?tab=compare")
    said = visitor.says("history")
    assert said == history.said_of(load_setting("bellagio").environment)
    assert said.endswith(history.sentence())


@pytest.mark.long
def test_a_slider_tells_what_its_default_rests_on(visit):
    visitor = visit("/?tab=compare")
    mark = "source-environment-event_rate"
    assert visitor.see(mark).count() == 0
    box = visitor.page.locator("details", has=visitor.page.locator(f"[data-testid={mark}]"))
    box.locator("summary").press("Enter")
    assert "debris producing events" in visitor.wait_text(mark, "coded")
    rate = load_setting("bellagio").environment["event_rate"].value
    assert f"{rate:.3g} per month" in box.inner_text()
