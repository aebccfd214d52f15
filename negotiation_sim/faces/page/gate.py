"""Who may speak with the page: by which name of this machine, from which page, with how much.

A page of somebody else that a visitor has open could otherwise send to this server in the visitor's
name: by a name of its own that leads here, by a websocket, or by a form.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from negotiation_sim.errors import UsageError
from negotiation_sim.faces.page.saved_game import LARGEST_FILE

if TYPE_CHECKING:
    from negotiation_sim.faces.room.door import Door

LOOPBACK = ("127.0.0.1", "localhost", "::1")
MOST_BODY = LARGEST_FILE + 100_000  # a saved game and what a form puts around it
ASK = 401  # for the password
WITH_BODY = ("POST", "PUT", "PATCH")

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Receive, Send], Awaitable[None]]


def checked_host(host: str) -> str:
    """Return an address to serve at; an empty one would be every address of this machine."""
    if not host.strip() or host != host.strip():
        raise UsageError("host: no address; 127.0.0.1 is this machine alone, 0.0.0.0 every address")
    return host


def host_of(header: str) -> str:
    """Return the name or address in a ``Host`` header, without its port.

    Examples
    --------
    >>> host_of("localhost:8080"), host_of("[::1]:8080")
    ('localhost', '::1')
    """
    try:
        return urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return ""


class Gate:
    """Lets in whom the page is for; everybody else gets one line and a code.

    Parameters
    ----------
    app : ASGI application
    host : str
        Where the page is served. On the loopback only its own names are let in; elsewhere an
        address in numbers, which no foreign name can stand for, this machine's name and ``host``.
    name : str
        A further name, under which a proxy serves the page.
    door : Door, optional
        Asks for the password.
    """

    def __init__(self, app: App, host: str, name: str = "", door: Door | None = None) -> None:
        self.app, self.host, self.door = app, host, door
        self.names = {host.casefold(), *LOOPBACK} | ({name.casefold()} if name else set())
        if host not in LOOPBACK:
            self.names |= {socket.gethostname().casefold(), socket.getfqdn().casefold()}

    def knows(self, name: str) -> bool:
        """Return whether a name in a ``Host`` header is one of this page."""
        if name.casefold() in self.names:
            return True
        if self.host in LOOPBACK:
            return False
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True

    def refusal(self, scope: Mapping[str, Any]) -> tuple[int, str] | None:
        """Return code and reason why a request is not let in, None where it is."""
        heads: dict[str, list[str]] = {}
        for name, value in scope["headers"]:
            heads.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
        hosts = heads.get("host", [])
        if len(hosts) != 1 or not self.knows(host_of(hosts[0])):
            return 400, "This page is not served under that name."
        for origin in heads.get("origin", []):
            if urlsplit(origin).netloc.casefold() != hosts[0].casefold():
                return 403, "Another page may not speak with this one."
        if scope["type"] == "http" and scope["method"] in WITH_BODY:
            lengths = heads.get("content-length", [])
            if len(lengths) != 1 or not lengths[0].isdecimal() or "transfer-encoding" in heads:
                return 411, "Say how long it is."
            if len(lengths[0]) > len(str(MOST_BODY)) or int(lengths[0]) > MOST_BODY:
                return 413, f"At most {MOST_BODY:,} bytes are taken."
        if self.door is not None and not self.door.lets_through(scope, heads):
            return ASK, "This page asks for the room's password."
        return None

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it."""
        refused = self.refusal(scope) if scope["type"] in ("http", "websocket") else None
        if refused is None:
            await self.app(scope, receive, send)
            return
        code, words = refused
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if code == ASK:
            where = f"/password?to={quote(scope['path'])}"
            redirect = [(b"location", where.encode()), (b"content-length", b"0")]
            await send({"type": "http.response.start", "status": 303, "headers": redirect})
            await send({"type": "http.response.body", "body": b""})
            return
        head = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": code, "headers": head})
        await send({"type": "http.response.body", "body": f"{words}\n".encode()})


def overlook_those_who_leave() -> None:
    """Say nothing of what could not be sent to a visitor who has left; anything else as ever."""

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if not (isinstance(error, KeyError) and "Session is disconnected" in str(error)):
            loop.default_exception_handler(context)

    asyncio.get_running_loop().set_exception_handler(handle)
