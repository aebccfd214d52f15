"""Measure the page in headless Chromium: ``python tests/benchmarks/page.py`` (asserts nothing).

On a busy machine compare the processor time of a step, which waiting for a core does not lengthen.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from helpers.browser import FLAGS, Watched, chromium, count, served

STEP = """() => new Promise(done => {
  const label = document.querySelector('[data-testid=month]'), began = performance.now();
  const seen = new MutationObserver(() => {
    seen.disconnect();
    requestAnimationFrame(() => done(performance.now() - began));
  });
  seen.observe(label, {childList: true, characterData: true, subtree: true});
  document.querySelector('[data-testid=step]').click();
})"""
PLAYED = """async () => {
  const chart = getElement(Number(document.querySelector('[data-testid=space]').id.slice(1))).chart;
  let frames = 0, month = () => parseInt(document.querySelector('[data-testid=month]').innerText.slice(6)) || 0;
  chart.on('rendered', () => frames++);
  const first = month(), began = performance.now();
  await new Promise(done => setTimeout(done, 6000));
  return [(month() - first) / (performance.now() - began) * 1000, frames / (performance.now() - began) * 1000];
}"""


def first_view(chrome, url: str) -> float:
    """Return seconds from asking for the page to the drawn issue space, with an empty cache."""
    context = chrome.new_context(viewport={"width": 1280, "height": 720})
    began = time.perf_counter()
    visitor = Watched(context, url).open()
    visitor.page.wait_for_selector("[data-testid=space] canvas")
    took = time.perf_counter() - began
    context.close()
    return took


def processor_time(page, act) -> float:
    """Return the milliseconds of processor time that the page's main thread takes for an action."""
    told = page.context.new_cdp_session(page)
    told.send("Performance.enable", {"timeDomain": "threadTicks"})
    marks = []
    for step in (act, lambda: None):
        found = told.send("Performance.getMetrics")["metrics"]
        marks.append(next(m["value"] for m in found if m["name"] == "TaskDuration"))
        step()
    return 1000.0 * (marks[1] - marks[0])


def spent(pid: int) -> float:
    """Return the seconds of processor time that a process has taken, its threads counted."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


ANSWERED = """() => document.querySelector('[data-testid=chart-probability]').closest('.stale') === null
  && !/press Run/.test(document.querySelector('[data-testid=status]').innerText)"""
CHANGED = (
    "() => document.querySelector('[data-testid=chart-probability]').closest('.stale') !== null"
)


def answers(page, pid: int) -> tuple[list[float], ...]:
    """Return, for five releases of a slider, seconds of the server's processor time to P with its
    interval of chance, to the first band of beliefs, to the end; and to the first on the wall.
    """  # fmt: skip
    slider = page.locator("[data-testid=slider-success-deadline_years] [tabindex]")
    slider.focus()
    first, both, whole, wall = [], [], [], []
    for _ in range(5):
        page.wait_for_timeout(3000)  # what follows an answer is not the answer
        before, began = spent(pid), time.perf_counter()
        page.keyboard.press("ArrowRight")
        page.wait_for_function(CHANGED, timeout=60_000, polling=10)
        page.wait_for_function(ANSWERED, timeout=60_000, polling=20)
        first.append(spent(pid) - before)
        wall.append(time.perf_counter() - began)
        page.wait_for_function(BANDED, timeout=60_000, polling=20)
        both.append(spent(pid) - before)
        page.wait_for_function(DONE, timeout=60_000, polling=20)
        whole.append(spent(pid) - before)
    return first, both, whole, wall


BANDED = """() => {
  const box = document.querySelector('[data-testid=chart-probability]');
  const drawn = getElement(Number(box.id.slice(1))).chart.getOption().series;
  return drawn.some(s => s.name.endsWith('these settings') && s.name.startsWith('5 to') && s.data.length);
}"""
DONE = "() => /^Done/.test(document.querySelector('[data-testid=status]').innerText)"


def compare(chrome, url: str, pid: int) -> None:
    """Print what an answer of the tab Compare costs: five strategies, 500 worlds."""
    context = chrome.new_context(viewport={"width": 1280, "height": 720})
    visitor = Watched(context, url).open("/?tab=compare")
    visitor.wait_text("slider-order", "comes first", 120)
    first, both, whole, wall = (statistics.median(each) for each in answers(visitor.page, pid))
    print(
        f"from a slider to the answer, 500 worlds of 5 strategies: {first:.2f} s of processor time to P "
        f"with the interval of chance ({wall:.2f} s on the wall), {both:.2f} s to a first band of "
        f"beliefs, {whole:.2f} s to that of all 100; median of 5"
    )
    context.close()


def main() -> None:
    from playwright.sync_api import sync_playwright

    with served() as (url, process), sync_playwright() as player:
        print(f"load of the machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        chrome = player.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        views = [first_view(chrome, url) for _ in range(5)]
        print(
            f"first view: median {statistics.median(views):.2f} s of 5 ({min(views):.2f} to {max(views):.2f})"
        )
        context = chrome.new_context(viewport={"width": 1280, "height": 720})
        visitor = Watched(context, url).open(
            "/?strategy=ban-treaty@adhoc-optin%2Bpledges%2Bcode@COPUOS"
        )
        visitor.page.wait_for_selector("[data-testid=space] canvas")
        steps: list[float] = []
        busy = processor_time(
            visitor.page, lambda: steps.extend(visitor.page.evaluate(STEP) for _ in range(60))
        )
        steps.sort()
        print(
            f"a month's step: median {statistics.median(steps):.0f} ms, 95th percentile {steps[56]:.0f} ms; "
            f"processor time of the page {busy / 60:.0f} ms"
        )
        visitor.click("reset")
        for speed in ("10 a second", "20 a second"):
            visitor.choose("speed", speed)
            visitor.click("play")
            months, frames = visitor.page.evaluate(PLAYED)
            visitor.click("play")
            visitor.page.wait_for_timeout(300)
            visitor.click("reset")
            print(f"play at {speed}: {months:.1f} months a second, {frames:.0f} drawings a second")
        context.close()
        compare(chrome, url, process.pid)
        time.sleep(8)
        models, held, _ = count(url)
        print(f"after closing: {models} models alive, {held / 2**20:.0f} MiB held by the server")
        chrome.close()


if __name__ == "__main__":
    main()
