"""The page as a folder: opened from disk with the network blocked, it shows what the page shows."""

from __future__ import annotations

import dataclasses
import doctest
import re

import pytest

from negotiation_sim.errors import UsageError
from negotiation_sim.faces.page import ensemble_jobs, space_charts, static_site, static_views
from negotiation_sim.faces.page.compare_charts import every_chart
from negotiation_sim.faces.page.compare_table import summary_html
from negotiation_sim.faces.page.lessons import LESSONS
from negotiation_sim.faces.page.watching import Negotiation

VIEWS = 10


@pytest.mark.parametrize("module", [static_site, static_views])
def test_examples_run(module):
    found = doctest.testmod(module)
    assert found.attempted > 0 and found.failed == 0


def test_data_become_scripts_with_functions_and_what_repeats_once():
    point = {
        "name": "a point that is long enough to be worth it",
        "value": [0.123456, float("nan")],
    }
    text = static_site.script("x", {"months": [[point], [point, point]], ":renderItem": "p => p.y"})
    assert text.count("worth it") == 1 and '"renderItem":p => p.y' in text
    assert "0.12346,null" in text and text.startswith('page.put("x", ')
    assert text.count("s[1]") == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [({"levers": 0}, "levers: 0 is not between 1 and 4"), ({"levers": 5}, "levers: 5"),
     ({"replicates": 0}, "replicates: 0 is not"), ({"replicates": 20_001}, "replicates: 20,001")],
)  # fmt: skip
def test_what_is_out_of_range_is_refused_before_anything_runs(tmp_path, arguments, said):
    with pytest.raises(UsageError, match=re.escape(said)):
        static_site.write(tmp_path / "site", **arguments)
    assert not (tmp_path / "site").exists()


def test_echarts_is_a_plain_script_that_fetches_nothing():
    text = static_site.echarts()
    assert "window.echarts = " in text and "export{" not in text
    assert not re.search(r'import\(\s*["\']', text)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Return the site and its folder: one lever, one lesson, few worlds and beliefs."""
    steps = tuple(
        step if step.address is None
        else dataclasses.replace(step, address=step.address.but(replicates=40))
        for step in LESSONS[0].steps
    )  # fmt: skip
    folder = tmp_path_factory.mktemp("static")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(static_site, "LESSONS", (dataclasses.replace(LESSONS[0], steps=steps),))
        patch.setattr(ensemble_jobs, "BELIEFS", {"ensemble": 3})
        patch.setattr(static_site, "reaches", lambda *_: {"success.deadline_years": 1.0})
        kept: list[static_site.Site] = []
        make = static_site.Site
        patch.setattr(static_site, "Site", lambda *a: kept.append(make(*a)) or kept[0])
        written = static_site.write(folder / "site", replicates=40, levers=1)
        yield kept[0], written  # the same few beliefs for those who compare


@pytest.fixture
def tab(chrome, site):
    context = chrome.new_context(viewport={"width": 1280, "height": 900})
    context.set_offline(True)
    wrong: list[str] = []
    page = context.new_page()
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    home = site[1].folder.as_uri()
    page.on("request", lambda r: None if r.url.startswith((home, "data:")) else wrong.append(r.url))
    page.goto(f"{home}/index.html")
    page.wait_for_function("document.querySelector('#month').textContent !== ''")
    yield page
    context.close()
    assert wrong == []


def drawn(page, place: str) -> list:
    """Return names and data of the series that a chart on the page holds."""
    return page.evaluate(
        "id => echarts.getInstanceByDom(document.getElementById(id)).getOption().series"
        ".map(s => [s.name || '', (s.data || []).map(d => d && d.value !== undefined ? d.value : d)])",
        place,
    )


def asked(options: dict) -> list:
    """Return the same of options as the functions of the page make them."""
    found = []
    for series in options["series"]:
        data = [d["value"] if isinstance(d, dict) and "value" in d else d for d in series["data"]]
        found.append([series.get("name", ""), data])
    return found


def same(one, other) -> bool:
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return abs(one - other) < 1e-4
    return one == other


@pytest.mark.long
@pytest.mark.timeout(900)
def test_ten_views_hold_what_the_page_shows(site, tab):
    made, written = site
    assert written.size < static_site.MOST_BYTES
    names = [name for name in written.views if name.startswith(("compare-", "lesson-"))]
    worlds = [name for name in written.views if name.startswith("watch-")]
    assert len(names) >= 5 and len(worlds) >= 5
    for name in names:
        address = made.address(name)
        tables, before = made.pair(address)
        scenario = made.library.scenario(made.experiment, address.changes)
        tab.evaluate("n => new Promise(done => page.show(n, done))", name)
        for place, options in every_chart(tables, before, address.compare, scenario).items():
            assert same(drawn(tab, place), asked(options)), (name, place)
        shown = tab.evaluate(
            "h => { const d = document.createElement('div'); d.innerHTML = h;"
            " return [d.innerHTML, document.getElementById('table').innerHTML]; }",
            summary_html(tables, before, scenario),
        )
        assert shown[0] == shown[1]
    for name in worlds[:VIEWS]:
        address = made.address(name)
        negotiation = Negotiation(made.base, address.strategy, address.seed, address.replicate)
        tab.evaluate("n => new Promise(done => page.show(n, done))", name)
        for _ in range(3):
            tab.click("#on")
            negotiation.next_event()
        options = space_charts.issue_space(made.base, negotiation.frames, 0, "")
        assert same(drawn(tab, "space"), asked(options)), name
        assert f"Month {negotiation.month} " in tab.inner_text("#month")
        negotiation.close()
    assert len(names) + len(worlds) >= VIEWS


@pytest.mark.long
@pytest.mark.timeout(900)
def test_a_lesson_asks_before_it_shows(tab, site):
    tab.click("[data-view=lessons]")
    tab.click("#lessons article button")
    tab.click("#next")
    tab.click("#next")
    tab.wait_for_function("document.querySelector('#table').innerHTML !== ''")
    assert (
        tab.evaluate("getComputedStyle(document.querySelector('.c-pair')).visibility") == "hidden"
    )
    assert tab.is_disabled("#show")
    tab.fill("#prediction", "the like-minded")
    tab.click("#show")
    assert (
        tab.evaluate("getComputedStyle(document.querySelector('.c-pair')).visibility") == "visible"
    )
    said = tab.inner_text("#answer")
    made, _ = site
    step = static_views.lesson_view(
        made.base, made.lessons[0],
        {n: made.pair(made.lessons[0].address(n).but(experiment=made.experiment)) for n in (2, 3)},
    )["steps"][2]  # fmt: skip
    assert said.splitlines() == ["Predicted: the like-minded", *step["answers"]]
    assert re.fullmatch(r"\d+:\d\d left", tab.inner_text("#clock"))


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("width", [360, 1280, 1920])
def test_no_view_is_wider_than_the_screen(tab, width):
    tab.set_viewport_size({"width": width, "height": 900})
    for view in ("watch", "compare", "lessons"):
        tab.click(f"[data-view={view}]")
        tab.wait_for_timeout(300)
        assert tab.evaluate("document.documentElement.scrollWidth") <= width, view
