"""A server in a process of its own and a headless Chromium, for the tests of the page."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
SERVER = Path(__file__).parent / "counted_server.py"


def chromium() -> str:
    """Return where Chromium is; without one the tests are left out, which fails under CI."""
    found = (
        shutil.which("chromium")
        or shutil.which("chromium-browser")
        or shutil.which("google-chrome")
    )
    if found is None:
        pytest.skip("no Chromium: install Debian's package chromium (README.md)")
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def served(
    *arguments: str, folder: Path | None = None, port: int = 0
) -> Iterator[tuple[str, subprocess.Popen]]:
    """Yield the address of a server and its process."""
    port = port or free_port()
    command = [sys.executable, str(SERVER), str(port), *arguments]
    plain = {
        k: v for k, v in os.environ.items() if k != "PYTEST_CURRENT_TEST"
    }  # NiceGUI looks at it
    process = subprocess.Popen(
        command, cwd=folder, env=plain, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(address, process)
        yield address, process
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()
        process.wait()
        process.stdout.close()


def wait_for(address: str, process: subprocess.Popen, seconds: float = 180.0) -> None:
    """Wait until the server answers; it compiles first where nothing is cached."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            raise AssertionError(f"the server ended: {process.stdout.read()}")
        with contextlib.suppress(OSError):
            count(address)
            return
        time.sleep(0.1)
    raise AssertionError("the server did not answer")


def count(address: str) -> tuple[int, int, int]:
    """Return models alive, bytes held and threads of a server."""
    with urllib.request.urlopen(f"{address}/count", timeout=20) as answer:
        models, held, threads = answer.read().split()
    return int(models), int(held), int(threads)


class Watched:
    """A page with a record of what it complained of and where it asked."""

    def __init__(self, context, address: str) -> None:
        self.address, self.page = address, context.new_page()
        self.complaints: list[str] = []
        self.foreign: list[str] = []
        self.page.set_default_timeout(20_000)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._said)
        self.page.on("request", self._asked)

    def _said(self, message) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")

    def _asked(self, request) -> None:
        own = (self.address, self.address.replace("http", "ws"), "data:", "blob:", "about:")
        if not request.url.startswith(own):
            self.foreign.append(request.url)

    def open(self, query: str = "/") -> Watched:
        self.page.goto(self.address + query)
        self.page.wait_for_selector("[data-testid=tab-watch]")
        return self

    def see(self, mark: str):
        """Return what carries a mark and can be seen."""
        return self.page.locator(f"[data-testid='{mark}']:visible")

    def click(self, mark: str) -> None:
        self.see(mark).click()

    def says(self, mark: str) -> str:
        return self.see(mark).inner_text()

    def wait_text(self, mark: str, pattern: str, seconds: float = 30.0) -> str:
        """Wait until what carries a mark matches a pattern; return its text."""
        self.page.wait_for_function(
            "([mark, pattern]) => [...document.querySelectorAll(`[data-testid='${mark}']`)]"
            ".some(e => e.offsetParent && new RegExp(pattern).test(e.innerText))",
            arg=[mark, pattern], timeout=seconds * 1000,
        )  # fmt: skip
        return self.says(mark)

    def download(self, act) -> bytes:
        """Return the file that an action hands to the browser."""
        with self.page.expect_download() as info:
            act()
        return Path(info.value.path()).read_bytes()

    def choose(self, mark: str, words: str) -> None:
        """Choose an item of a list."""
        self.click(mark)
        self.page.locator(".q-menu:visible .q-item").get_by_text(words, exact=True).click()

    def spot(self, chart: str, actor: str) -> tuple[float, float]:
        """Return where on the screen a state's mark is."""
        return tuple(self.page.evaluate(
            """([mark, actor]) => {
              const box = document.querySelector(`[data-testid='${mark}']`);
              const chart = getElement(Number(box.id.slice(1))).chart;
              for (const [n, series] of chart.getOption().series.entries())
                for (const point of series.data || [])
                  if (point.name === actor) {
                    const [x, y] = chart.convertToPixel({seriesIndex: n}, point.value.slice(0, 2));
                    const at = box.getBoundingClientRect();
                    return [at.x + x, at.y + y];
                  }
            }""", [chart, actor]))  # fmt: skip
