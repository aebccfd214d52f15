"""The server: one page, a fresh visitor for each browser tab, bound to this machine alone."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import socket
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from negotiation_sim.errors import UsageError

if TYPE_CHECKING:
    from negotiation_sim.faces.page.library import Library

HOST, PORT, TRIES = "127.0.0.1", 8080, 20
ROOM = "room.json"  # where a room is kept
RECONNECT = 6.0  # seconds a closed page may take to come back before its model is let go
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" '
    'fill="#12304A"/><circle cx="11" cy="19" r="6" fill="#56B4E9"/><rect x="18" y="7" width="9" '
    'height="9" fill="#E69F00"/></svg>'
)


def free_port(host: str, port: int | None) -> int:
    """Return the port asked for, or the first free one from 8080.

    Raises
    ------
    UsageError
        If it is taken, not allowed, or the host is not this machine's.
    """
    wanted: Sequence[int] = [port] if port is not None else range(PORT, PORT + TRIES)
    if port is not None and not 1 <= port <= 65535:
        raise UsageError(f"port: {port} is not between 1 and 65535")
    reason = ""
    for number in wanted:
        try:
            kind = socket.AF_INET6 if ":" in host else socket.AF_INET
            with socket.socket(kind, socket.SOCK_STREAM) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((host, number))
            return number
        except (OSError, UnicodeError) as error:
            reason = getattr(error, "strerror", None) or str(error)
    if port is None:
        raise UsageError(
            f"port: none from {PORT} to {PORT + TRIES - 1} can be had on {host} ({reason})"
        )
    raise UsageError(f"port: {port} cannot be had on {host} ({reason}); name another with --port")


def serve(
    experiment: str = "bellagio", port: int | None = None, *, host: str = HOST,
    browser: bool = True, password: str = "", name: str = "", room: Path | str = ROOM,
) -> None:  # fmt: skip
    """Serve the page until interrupted.

    Parameters
    ----------
    experiment : str
        Shown first: a name of the catalogue, a YAML file or a study folder.
    port : int, optional
        Default: 8080, or the next one free.
    host : str
        127.0.0.1 is this machine alone; another address lets a room's network in.
    browser : bool
        Whether to open the page in the browser.
    password : str
        Asked of everybody but students who join by the room's code. Where ``host`` or ``name`` lets
        others in, one is made if none is given.
    name : str
        Name under which a proxy serves the page, encrypted.
    room : path
        The file in which a room of many devices is kept; taken up if it is there.
    """
    try:
        from nicegui import app, ui
    except ImportError as error:
        message = 'serve: the page needs NiceGUI: pip install "negotiation-sim[page]"'
        raise UsageError(message) from error
    from negotiation_sim.faces.page.ensemble_jobs import Results
    from negotiation_sim.faces.page.gate import (
        LOOPBACK,
        Gate,
        checked_host,
        overlook_those_who_leave,
    )
    from negotiation_sim.faces.page.library import Library
    from negotiation_sim.faces.page.whole_page import add_pages
    from negotiation_sim.faces.room.door import Door
    from negotiation_sim.faces.room.links import RoomServer, add_room
    from negotiation_sim.faces.room.tokens import new_code

    host = checked_host(host)
    library = Library(experiment)
    number = free_port(host, port)
    print(said_at_start(), flush=True)
    warm_up(library)
    open_to_others = host not in LOOPBACK or bool(name)
    door = Door(password or (new_code() + new_code() if open_to_others else ""))
    address = f"https://{name}" if name else f"http://{reachable(host)}:{number}"
    rooms = RoomServer(library, Path(room), address)
    add_pages(library, Results())
    add_room(app, rooms, door)
    app.add_middleware(Gate, host=host, name=name, door=door)
    app.on_startup(overlook_those_who_leave)
    app.on_startup(rooms.look_after)
    shown = f"[{host}]" if ":" in host else host
    print(f"The page is at http://{shown}:{number}  (stop it with Ctrl+C)", flush=True)
    print(f"A room of many devices: {address}/room", flush=True)
    if rooms.room is not None:
        print(f"Taken up: the room kept in {room}. {rooms.warning}".rstrip(), flush=True)
    if door.password and not password:
        print(f"Password, for all but students: {door.password}", flush=True)
    begin = functools.partial(
        ui.run, host=host, port=number, show=browser, reload=False, title="Negotiation simulator",
        favicon=ICON, tailwind=False, language="en-US", show_welcome_message=False,
        reconnect_timeout=RECONNECT, binding_refresh_interval=None,
    )  # fmt: skip
    if loop_runs_here():
        _beside(begin, app.shutdown)
    else:
        begin()


def reachable(host: str) -> str:
    """Return the address that others type: this machine's own where every address is served.

    Examples
    --------
    >>> reachable("127.0.0.1"), reachable("::1")
    ('127.0.0.1', '[::1]')
    """
    if host in ("0.0.0.0", "::"):
        kind = socket.AF_INET if host == "0.0.0.0" else socket.AF_INET6
        target = ("192.0.2.1", 9) if host == "0.0.0.0" else ("2001:db8::1", 9)
        with contextlib.suppress(OSError), socket.socket(kind, socket.SOCK_DGRAM) as probe:
            probe.connect(target)  # sends nothing; tells which address would be used
            host = str(probe.getsockname()[0])
    return f"[{host}]" if ":" in host else host


def loop_runs_here() -> bool:
    """Return whether an event loop runs in this thread, as in a notebook."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _beside(begin: Callable[[], None], end: Callable[[], None]) -> None:
    """Serve in a thread with a loop of its own until it ends or an interrupt comes."""
    with ThreadPoolExecutor(1) as thread:
        served = thread.submit(begin)
        try:
            served.result()
        except KeyboardInterrupt:
            end()
            served.result()


def said_at_start() -> str:
    """Return what the server does before the page opens, so that its wait is understood."""
    from negotiation_sim.model.compiled_cache import is_cached

    if is_cached():
        return "Getting the page ready: a few seconds ..."
    return (
        "First start of this version: compiling the model, once. It may take half a minute, on a "
        "busy machine some minutes; then the page opens ..."
    )


def warm_up(library: Library) -> None:
    """Compile what the page needs before it opens: compiling would stop it for many seconds."""
    from negotiation_sim.faces.page.ensemble_jobs import EnsembleRequest, Job
    from negotiation_sim.faces.page.watching import Negotiation

    scenario = library.scenario(library.first)
    negotiation = Negotiation(scenario, scenario.strategy_names[0])
    negotiation.go_to(scenario.horizon)
    negotiation.close()
    Job(
        scenario, EnsembleRequest(library.first, (), scenario.strategy_names[:1], 1, 0), 1
    ).start().wait()
