"""One server for all tests of the page; a fresh visitor of the shared Chromium for each."""

from __future__ import annotations

import pytest

from helpers.browser import Watched, chromium, served


@pytest.fixture(scope="session")
def address():
    chromium()
    with served() as (url, _):
        yield url


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
    for _, context in made:
        context.close()
    for visitor, _ in made:
        assert visitor.complaints == []
        assert visitor.foreign == []
