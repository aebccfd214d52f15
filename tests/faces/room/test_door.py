"""The password and the middleware: what a network may reach without it."""

from __future__ import annotations

import contextlib

import pytest

from negotiation_sim.faces.page.gate import Gate
from negotiation_sim.faces.room.door import DOOR_COOKIE, Door, own_path


def reached(door, path, kind="http", host="10.0.0.7", cookie="", name=""):
    """Return what a request gets: a code, 200 the page; and where it is sent."""
    seen = []

    async def page(scope, receive, send):
        seen.append((200, ""))

    async def send(message):
        if "status" in message or "code" in message:
            heads = dict(message.get("headers", []))
            code = message.get("status", message.get("code"))
            seen.append((code, heads.get(b"location", b"").decode()))

    heads = [(b"host", host.encode())] + ([(b"cookie", cookie.encode())] if cookie else [])
    scope = {"type": kind, "method": "GET", "headers": heads, "path": path}
    with contextlib.suppress(StopIteration):  # nothing in it waits, and Chromium's loop may run
        Gate(page, "0.0.0.0", name, door)(scope, None, send).send(None)
    return seen[0]


@pytest.mark.parametrize("path", ["/", "/room", "/room/open", "/room/over", "/room/offer",
                                  "/room/debrief.pdf", "/joint", "/join/", "/_nicegui/x.js"])  # fmt: skip
def test_all_but_the_students_pages_asks_for_the_password(path):
    door = Door("open sesame")
    assert reached(door, path) == (303, f"/password?to={path}")
    assert reached(door, path, kind="websocket")[0] == 1008
    assert reached(Door(), path) == (200, "")


@pytest.mark.parametrize(
    "path", ["/join", "/board", "/room/link", "/room/static/room.js", "/password"]
)
def test_students_need_none(path):
    assert reached(Door("open sesame"), path) == (200, "")


def test_a_key_opens_and_nothing_else_does():
    door = Door("open sesame")
    key = door.key()
    assert reached(door, "/room", cookie=f"a=b; {DOOR_COOKIE}={key}") == (200, "")
    for wrong in (
        f"{DOOR_COOKIE}={key}x",
        f"{DOOR_COOKIE}=",
        f"{DOOR_COOKIE}=open sesame",
        "nonsense",
    ):
        assert reached(door, "/room", cookie=wrong)[0] == 303


def test_a_proxy_serves_under_the_name_that_was_said():
    assert reached(Door(), "/join", host="class.example", name="class.example") == (200, "")
    assert reached(Door(), "/join", host="class.example")[0] == 400
    assert reached(Door(), "/join", host="evil.example", name="class.example")[0] == 400


@pytest.mark.parametrize(
    "to", ["//evil.example", "https://evil.example", "javascript:x", "", "/\\evil", "/a\nb"]
)
def test_the_way_on_stays_on_this_server(to):
    assert own_path(to) == "/"
