"""A room on the server: its pages, one websocket a device, a file that is written as the game goes.

In one file, since all of it shares one lock: what a device sends is checked, acted on, written and told
to the others before the next is heard.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import time
from importlib.resources import files
from pathlib import Path
from typing import Any

import segno
from fastapi import FastAPI, Request, WebSocket, WebSocketDisconnect
from fastapi.responses import HTMLResponse, JSONResponse, Response

from negotiation_sim.errors import NegotiationSimError, UsageError
from negotiation_sim.faces.page.debrief import WORLDS
from negotiation_sim.faces.page.ensemble_jobs import EnsembleRequest, Job
from negotiation_sim.faces.page.game import Settings, deal, default_strategy
from negotiation_sim.faces.page.library import Library
from negotiation_sim.faces.page.month_in_words import name_of, strategy_names
from negotiation_sim.faces.room import seat_views
from negotiation_sim.faces.room.briefs import brief_of
from negotiation_sim.faces.room.classroom import (
    DEBRIEF,
    LOBBY,
    LONGEST_QUESTION,
    Person,
    RefusedError,
    Room,
    RoomPlan,
)
from negotiation_sim.faces.room.debrief_sheet import answers_csv, debrief_pdf
from negotiation_sim.faces.room.door import SEAT_COOKIE, TEACHER_COOKIE, Door, give_cookie
from negotiation_sim.faces.room.room_file import keep_room, take_up
from negotiation_sim.faces.room.verdict import Findings, Verdict, findings_of, verdict_of

LONGEST_MESSAGE = 20_000
MOST_AT_ONCE, PER_SECOND = 40, 10.0  # messages of one device
NOT_IN, BAD = 4401, 1008
REST = 0.05  # seconds between two tellings
STATIC = {"room.js": "text/javascript", "room.css": "text/css"}
HEADS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
}  # fmt: skip


@dataclasses.dataclass(eq=False)
class Device:
    """An open connection: what it is, whose token it brought, and what it was sent last."""

    socket: WebSocket
    role: str
    token: str
    sent: dict[str, str] = dataclasses.field(default_factory=dict)
    allowance: float = float(MOST_AT_ONCE)
    heard: float = dataclasses.field(default_factory=time.monotonic)

    def may_speak(self) -> bool:
        """Return whether a device has not sent too much at once."""
        now = time.monotonic()
        self.allowance = min(MOST_AT_ONCE, self.allowance + PER_SECOND * (now - self.heard))
        self.heard = now
        if self.allowance < 1.0:
            return False
        self.allowance -= 1.0
        return True


class RoomServer:
    """The room of a server, if one is open, and the devices in it.

    Parameters
    ----------
    library : Library
    file : Path
        Where the room is kept; taken up if it is there.
    address : str
        Under which students reach the server, without a slash at its end.
    """

    def __init__(self, library: Library, file: Path, address: str) -> None:
        self.library, self.file, self.address = library, file, address
        self.room: Room | None = None
        self.warning = ""
        if file.exists():
            self.room, self.warning = take_up(file, library)
        self.devices: set[Device] = set()
        self.lock = asyncio.Lock()
        self.stale = asyncio.Event()
        self.briefs: dict[str, dict[str, list[str]]] = {}
        self.findings: Findings | None = None
        self.verdict: Verdict | None = None
        self.job: Job | None = None
        self._public: tuple[int, dict[str, Any]] = (-1, {})
        self._written: dict[int, tuple[Any, str]] = {}

    # The room

    def open(self, plan: RoomPlan) -> str:
        """Open a room in the place of the one before; return its instructor's token."""
        scenario = self.library.scenario(plan.settings.experiment, dict(plan.settings.changes))
        if self.room is not None and self.room.game is not None:
            self.room.game.close()
        self._forget_debrief()
        self.room = Room(scenario, plan)
        self.briefs.clear()
        token = self.room.open()
        self._public = (-1, {})
        keep_room(self.room, self.file)
        return token

    def _forget_debrief(self) -> None:
        if self.job is not None:
            self.job.cancel()
        self.findings = self.verdict = self.job = None

    def act(self, device: Device, message: dict[str, Any]) -> None:
        """Do what a device asks for and keep the room."""
        assert self.room is not None
        self.room.act(device.token, message)
        keep_room(self.room, self.file)

    def look_back(self) -> None:
        """Make the debrief once the game is over: first of the game, then among other worlds."""
        room = self.room
        if room is None or room.phase != DEBRIEF or room.game is None:
            if self.verdict is not None:
                self._forget_debrief()
            return
        if self.findings is None:
            self.findings = findings_of(room.game)
            self.verdict = verdict_of(room.game, self.findings)
            s = room.game.settings
            request = EnsembleRequest(s.experiment, s.changes, (s.strategy,), WORLDS, s.seed)
            self.job = Job(room.scenario, request, 1).start()
            room.touch()
        elif self.job is not None and self.job.state == "done" and self.job.tables is not None:
            self.verdict = verdict_of(room.game, self.findings, self.job.tables)
            self.job = None
            room.touch()

    async def look_after(self) -> None:
        """Tell devices what has changed, keep the time, make the debrief; until the server stops."""
        while True:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self.stale.wait(), 0.25)
            self.stale.clear()
            room = self.room
            if room is not None:
                async with self.lock:
                    if await asyncio.to_thread(room.tick):
                        await asyncio.to_thread(keep_room, room, self.file)
                    if room.phase == DEBRIEF or self.verdict is not None:
                        await asyncio.to_thread(self.look_back)
                    await self.tell()
            await asyncio.sleep(REST)

    # What devices are told

    def seen(self) -> seat_views.Shown:
        """Return what all are shown, made anew where the room has changed."""
        assert self.room is not None
        version, public = self._public
        if version != self.room.version:
            public = seat_views.public_view(self.room)
            self._public = (self.room.version, public)
            self._written.clear()
        done = self.job.done if self.job is not None else WORLDS
        return seat_views.Shown(public, self.verdict, done)

    def view_of(self, device: Device, seen: seat_views.Shown) -> dict[str, Any] | None:
        """Return what a device is shown; None where its token does not let it in any more."""
        room = self.room
        assert room is not None
        if device.role == "instructor":
            if not room.is_instructor(device.token):
                return None
            view = seat_views.instructor_view(room, seen)
        elif device.role == "board":
            view = seat_views.board_view(room, seen)
        else:
            try:
                person = room.person(device.token)
            except RefusedError:
                return None
            view = seat_views.seat_view(room, self.brief(person), person, seen)
        if room.phase == LOBBY and device.role != "seat":
            link = f"{self.address}/join?code={room.code}"
            view["join"] = f"{self.address}/join"
            view["qr"] = segno.make(link, error="m").svg_data_uri(scale=6, border=2)
        view["ends_in"] = room.seconds_left
        return view

    def brief(self, person: Person) -> dict[str, list[str]] | None:
        """Return the brief of somebody's seat, made once."""
        assert self.room is not None
        if not person.seat:
            return None
        if person.seat not in self.briefs:
            self.briefs[person.seat] = brief_of(self.room.scenario, self.library, person.seat)
        return self.briefs[person.seat]

    def written(self, value: Any) -> str:
        """Return a part of a view as JSON, made once for all who share it."""
        known = self._written.get(id(value))
        if known is None or known[0] is not value:
            known = (value, json.dumps(value))
            if isinstance(value, dict | list):
                self._written[id(value)] = known
        return known[1]

    async def tell(self, one: Device | None = None) -> None:
        """Send devices the parts of their views that have changed."""
        if self.room is None:
            return
        seen = self.seen()
        for device in [one] if one is not None else list(self.devices):
            view = self.view_of(device, seen)
            if view is None:
                await self._close(device, NOT_IN, "")
                continue
            parts = {name: self.written(value) for name, value in view.items()}
            new = [
                f"{json.dumps(n)}: {text}"
                for n, text in parts.items()
                if device.sent.get(n) != text
            ]
            gone = [name for name in device.sent if name not in parts]
            device.sent = parts
            if all(n.startswith('"ends_in"') for n in new) and not gone and one is None:
                continue
            await self._send(device, f'{{"set": {{{", ".join(new)}}}, "gone": {json.dumps(gone)}}}')

    async def _send(self, device: Device, text: str) -> None:
        try:
            await asyncio.wait_for(device.socket.send_text(text), 5.0)
        except (TimeoutError, RuntimeError, WebSocketDisconnect, OSError):
            self.devices.discard(device)

    async def _close(self, device: Device, code: int, why: str) -> None:
        self.devices.discard(device)
        with contextlib.suppress(RuntimeError, OSError):
            await device.socket.close(code, why)

    # A device

    def lets_in(self, device: Device, code: str, source: str) -> str | None:
        """Return why a device is not let in, None where it is."""
        room = self.room
        if room is None:
            return "none"
        if device.role == "instructor":
            return None if room.is_instructor(device.token) else "taken"
        if device.role == "seat":
            return None if _is_here(room, device.token) else "nobody"
        if _is_here(room, device.token) or room.is_instructor(device.token):
            return None
        try:
            room.admits(code, source)
        except RefusedError as refusal:
            return str(refusal)
        return None

    async def serve(self, device: Device) -> None:
        """Hear a device until it goes."""
        self.devices.add(device)
        self._count(device, 1)
        try:
            await self.tell(device)
            while True:
                text = await device.socket.receive_text()
                if len(text) > LONGEST_MESSAGE or not device.may_speak():
                    await self._close(device, BAD, "")
                    return
                await self.hear(device, text)
        except (WebSocketDisconnect, RuntimeError, KeyError):
            pass
        finally:
            self.devices.discard(device)
            self._count(device, -1)

    async def hear(self, device: Device, text: str) -> None:
        """Do what a message asks for, or say why not."""
        try:
            message = json.loads(text)
        except (ValueError, RecursionError):
            message = None
        if not isinstance(message, dict) or device.role == "board":
            await self._send(device, '{"refused": "The room does not know what to do with that."}')
            return
        try:
            async with self.lock:
                await asyncio.to_thread(self.act, device, message)
        except NegotiationSimError as refusal:
            await self._send(device, json.dumps({"refused": str(refusal)}))
            return
        self.stale.set()

    def _count(self, device: Device, change: int) -> None:
        """Note that somebody has come or gone."""
        if self.room is not None and device.role == "seat":
            with contextlib.suppress(RefusedError):
                self.room.person(device.token).links += change
                self.room.touch()
                self.stale.set()


def _is_here(room: Room, token: str) -> bool:
    try:
        room.person(token)
    except RefusedError:
        return False
    return True


def plan_of(library: Library, asked: dict[str, Any]) -> RoomPlan:
    """Return the plan that an instructor's form asks for.

    Raises
    ------
    UsageError
        If something in it is not there or out of bounds.
    """
    experiment = asked.get("experiment") or library.first
    if not isinstance(experiment, str):
        raise UsageError("experiment: not a name")
    scenario = library.scenario(experiment)
    strategy = asked.get("strategy") or default_strategy(scenario)
    if not isinstance(strategy, str):
        raise UsageError("strategy: not a name")
    scenario.index_of_strategy(strategy)
    seats = asked.get("seats") or list(deal(scenario))
    if not isinstance(seats, list) or any(seat not in scenario.actor_ids for seat in seats):
        raise UsageError("seats: states of the experiment")
    numbers = {"seed": (1, 2**53), "seconds": (0, LONGEST_QUESTION), "replicate": (0, 2**53)}
    found = {}
    for name, (usual, most) in numbers.items():
        value = asked.get(name, usual)
        if type(value) is not int or not 0 <= value <= most:
            raise UsageError(f"{name}: not a whole number from 0 to {most}")
        found[name] = value
    last = asked.get("last", "deadline")
    if last not in ("deadline", "horizon"):
        raise UsageError("last: 'deadline' or 'horizon'")
    settings = Settings(
        experiment, strategy, found["seed"], found["replicate"], (),
        tuple(a for a in scenario.actor_ids if a in seats),
        scenario.deadline if last == "deadline" else 0,
    )  # fmt: skip
    return RoomPlan(settings, found["seconds"])


def offer_of(library: Library, experiment: str) -> dict[str, Any]:
    """Return what an instructor may choose from."""
    name = experiment or library.first
    scenario = library.scenario(name)
    return {
        "experiments": [[key, words] for key, words in library.names.items()], "experiment": name,
        "strategies": [[key, words] for key, words in strategy_names(scenario).items()],
        "strategy": default_strategy(scenario),
        "states": [[a, name_of(scenario, a)] for a in scenario.actor_ids],
        "dealt": list(deal(scenario)),
    }  # fmt: skip


def shell(role: str) -> HTMLResponse:
    """Return the page of a role: the same for all, what it shows comes by its link."""
    page = files("negotiation_sim.faces.room").joinpath("static/room.html").read_text("utf-8")
    return HTMLResponse(page.replace("{role}", role), headers=HEADS)


def add_room(app: FastAPI, server: RoomServer, door: Door) -> None:
    """Register a room's pages and its link with the server."""

    @app.get("/room")
    def instructors_page() -> HTMLResponse:
        return shell("instructor")

    @app.get("/join")
    def students_page() -> HTMLResponse:
        return shell("seat")

    @app.get("/board")
    def projectors_page() -> HTMLResponse:
        return shell("board")

    @app.get("/room/static/{name}")
    def static_file(name: str) -> Response:
        if name not in STATIC:
            return Response(status_code=404)
        content = files("negotiation_sim.faces.room").joinpath(f"static/{name}").read_bytes()
        return Response(content, media_type=STATIC[name], headers=HEADS)

    @app.websocket("/room/link")
    async def link(socket: WebSocket) -> None:
        await _connect(server, socket)

    door.add_to(app)
    _add_forms(app, server)
    _add_downloads(app, server)


async def _connect(server: RoomServer, socket: WebSocket) -> None:
    """Let a device in by the token of its role, or close its link with a reason."""
    role = socket.query_params.get("as", "")
    await socket.accept()
    if role not in ("instructor", "seat", "board"):
        await socket.close(BAD)
        return
    cookies = socket.cookies
    token = cookies.get(SEAT_COOKIE if role == "seat" else TEACHER_COOKIE, "")
    if role == "board" and not token:
        token = cookies.get(SEAT_COOKIE, "")
    device = Device(socket, role, token)
    source = socket.client.host if socket.client else ""
    refused = server.lets_in(device, socket.query_params.get("code", ""), source)
    if refused is not None:
        await socket.close(NOT_IN, refused[:100])
        return
    await server.serve(device)


async def _body(request: Request) -> dict[str, Any]:
    try:
        data = await request.json()
    except (ValueError, RecursionError, UnicodeDecodeError):
        data = None
    if not isinstance(data, dict):
        raise UsageError("The server does not understand that.")
    return data


def _refusal(error: Exception, code: int = 403) -> JSONResponse:
    return JSONResponse({"refused": str(error)}, status_code=code)


def _add_forms(app: FastAPI, server: RoomServer) -> None:
    """Register what a form sends: open a room, take it over, join it."""

    @app.get("/room/offer")
    def offer(experiment: str = "") -> Response:
        try:
            return JSONResponse(offer_of(server.library, experiment))
        except NegotiationSimError as error:
            return _refusal(error, 400)

    @app.post("/room/open")
    async def open_room(request: Request) -> Response:
        try:
            plan = plan_of(server.library, await _body(request))
            async with server.lock:
                token = await asyncio.to_thread(server.open, plan)
        except NegotiationSimError as error:
            return _refusal(error, 400)
        server.stale.set()
        return give_cookie(JSONResponse({}), TEACHER_COOKIE, token, request.url)

    @app.post("/room/over")
    async def take_over(request: Request) -> Response:
        if server.room is None:
            return _refusal(UsageError("No room is open."), 404)
        async with server.lock:
            token = server.room.open()
            await asyncio.to_thread(keep_room, server.room, server.file)
        server.stale.set()
        return give_cookie(JSONResponse({}), TEACHER_COOKIE, token, request.url)

    @app.post("/join")
    async def join(request: Request) -> Response:
        source = request.client.host if request.client else ""
        try:
            asked = await _body(request)
            if server.room is None:
                raise RefusedError("No room is open.")
            async with server.lock:
                token = server.room.join(
                    str(asked.get("code", ""))[:40], str(asked.get("name", ""))[:400], source
                )
                await asyncio.to_thread(keep_room, server.room, server.file)
        except NegotiationSimError as error:
            return _refusal(error)
        server.stale.set()
        return give_cookie(JSONResponse({}), SEAT_COOKIE, token, request.url)


def _add_downloads(app: FastAPI, server: RoomServer) -> None:
    """Register what may be taken away after a game."""

    @app.get("/room/debrief.pdf")
    async def pdf(request: Request) -> Response:
        room, verdict = server.room, server.verdict
        if room is None or not room.is_instructor(request.cookies.get(TEACHER_COOKIE, "")):
            return _refusal(RefusedError("Only the instructor may do that."))
        if room.game is None or verdict is None:
            return _refusal(RefusedError("The debrief is not open."), 404)
        content = await asyncio.to_thread(debrief_pdf, room, verdict)
        return _file(content, "application/pdf", "debrief.pdf")

    @app.get("/room/debrief.csv")
    async def csv(request: Request, seat: str = "") -> Response:
        room = server.room
        if room is None or room.game is None or room.phase != DEBRIEF:
            return _refusal(RefusedError("The debrief is not open."), 404)
        if not (seat and room.is_instructor(request.cookies.get(TEACHER_COOKIE, ""))):
            try:
                own = room.person(request.cookies.get(SEAT_COOKIE, "")).seat
            except RefusedError as error:
                return _refusal(error)
            if not own or seat not in ("", own):
                return _refusal(RefusedError("That is not your seat."))
            seat = own
        if seat not in room.game.settings.seats:
            return _refusal(RefusedError("That seat is not in this game."), 404)
        return _file(
            answers_csv(room.game, seat).encode(), "text/csv; charset=utf-8", f"{seat}.csv"
        )


def _file(content: bytes, kind: str, name: str) -> Response:
    heads = HEADS | {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=kind, headers=heads)
