"""The room's password, and the cookies by which browsers are known: HttpOnly, of the same site only.

Where the server is open to a network, everything but the students' pages asks for the password.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from html import escape
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import URL

from negotiation_sim.faces.room.tokens import Attempts, hashed, new_token, same

SEAT_COOKIE, TEACHER_COOKIE, DOOR_COOKIE = "room_seat", "room_instructor", "room_door"
# What a student without the password may ask for; each checks a code or a token of its own.
OPEN_TO_ALL = ("/join", "/board", "/password", "/room/link", "/room/debrief.csv")
OPEN_FOLDERS = ("/room/static/",)
MOST_KEYS = 200
FORGET = 60 * 60 * 24 * 7  # seconds for which a browser keeps a cookie


def give_cookie(answer: Response, name: str, token: str, url: URL) -> Response:
    """Return an answer that leaves a token with the browser: out of reach of scripts and other sites."""
    answer.set_cookie(
        name, token, max_age=FORGET, path="/", httponly=True, samesite="strict",
        secure=url.scheme == "https",
    )  # fmt: skip
    return answer


class Door:
    """Asks for the password where there is one.

    Parameters
    ----------
    password : str
        Empty: everybody who reaches the server may use it.
    """

    def __init__(self, password: str = "") -> None:
        self.password = password
        self.attempts = Attempts()
        self._keys: dict[str, None] = {}

    def lets_through(self, scope: Mapping[str, Any], heads: Mapping[str, list[str]]) -> bool:
        """Return whether a request may pass: its page is open to all, or it knows the password."""
        path = scope["path"]
        if not self.password or path in OPEN_TO_ALL or path.startswith(OPEN_FOLDERS):
            return True
        for line in heads.get("cookie", []):
            try:
                found = SimpleCookie(line).get(DOOR_COOKIE)
            except CookieError:
                continue
            if found is not None and hashed(found.value) in self._keys:
                return True
        return False

    def key(self) -> str:
        """Return a new key for somebody who knew the password."""
        token = new_token()
        self._keys[hashed(token)] = None
        while len(self._keys) > MOST_KEYS:
            del self._keys[next(iter(self._keys))]
        return token

    def add_to(self, app: FastAPI) -> None:
        """Register the page that asks for the password."""

        @app.get("/password")
        def ask(to: str = "/") -> HTMLResponse:
            return HTMLResponse(password_page("", to))

        @app.post("/password")
        async def check(request: Request) -> Response:
            form = parse_qs((await request.body()).decode("utf-8", "replace"))
            given, to = form.get("password", [""])[0], form.get("to", ["/"])[0]
            source, now = request.client.host if request.client else "", time.monotonic()
            if not self.attempts.allowed(source, now):
                return HTMLResponse(
                    password_page("Too many wrong ones. Wait ten minutes.", to), status_code=429
                )
            if not self.password or not same(given, self.password):
                self.attempts.failed(source, now)
                return HTMLResponse(password_page("That is not it.", to), status_code=403)
            answer = RedirectResponse(own_path(to), status_code=303)
            return give_cookie(answer, DOOR_COOKIE, self.key(), request.url)


def own_path(to: str) -> str:
    """Return where to go on this server; never elsewhere.

    Examples
    --------
    >>> own_path("/room"), own_path("//evil.example"), own_path("https://evil.example")
    ('/room', '/', '/')
    """
    safe = to.startswith("/") and not to.startswith("//") and "\\" not in to and to.isprintable()
    return to if safe else "/"


def password_page(problem: str, to: str) -> str:
    """Return the page that asks for the password."""
    said = f'<p role="alert"><strong>{escape(problem)}</strong></p>' if problem else ""
    return (
        '<!doctype html><html lang="en"><head><title>Password</title><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"></head>'
        '<body style="font: 20px sans-serif; max-width: 32em; margin: 3em auto; padding: 0 1em">'
        f"<h1>The room's password</h1>{said}<p>It stands where the server was started. Students need none: "
        'they <a href="/join">join by the code</a>.</p><form method="post" action="/password">'
        '<input type="password" name="password" aria-label="Password" autofocus style="font: inherit; padding: 8px"> '
        f'<input type="hidden" name="to" value="{escape(own_path(to))}">'
        '<button style="font: inherit; padding: 8px 16px">Go on</button></form></body></html>'
    )
