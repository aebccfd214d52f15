"""One server and one Chromium for all tests of the page; a fresh visitor for each."""

from __future__ import annotations

import pytest
from dashboard.browser import FLAGS, Watched, chromium, served


@pytest.fixture(scope="session")
def address():
    chromium()
    with served() as (url, _):
        yield url


@pytest.fixture(scope="session")
def chrome():
    from playwright.sync_api import sync_playwright

    path = chromium()
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def visit(chrome, address):
    """Return a maker of visitors; at the end none may have complained or asked elsewhere."""
    made: list[tuple[Watched, object]] = []

    def make(query: str = "/", width: int = 1280, height: int = 720) -> Watched:
        context = chrome.new_context(
            viewport={"width": width, "height": height}, accept_downloads=True
        )
        visitor = Watched(context, address)
        made.append((visitor, context))
        return visitor.open(query)

    yield make
    for visitor, context in made:
        context.close()
    for visitor, _ in made:
        assert visitor.complaints == []
        assert visitor.foreign == []
