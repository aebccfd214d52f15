"""Devices in a room, as a script plays them: cookies from forms, a websocket, a view put together."""

from __future__ import annotations

import asyncio
import contextlib
import json

import httpx
import websockets


class RoomClient:
    """One device: joins or opens, then listens and speaks on its link."""

    def __init__(self, address: str, role: str = "seat") -> None:
        self.address, self.role = address, role
        self.cookies: dict[str, str] = {}
        self.view: dict = {}
        self.refused: list[str] = []
        self.closed: int | None = None
        self.link = None
        self._ear: asyncio.Task | None = None
        self._news = asyncio.Event()

    async def post(self, path: str, data: dict) -> httpx.Response:
        async with httpx.AsyncClient(cookies=self.cookies) as web:
            answer = await web.post(self.address + path, json=data)
        self.cookies |= dict(answer.cookies)
        return answer

    async def get(self, path: str) -> httpx.Response:
        async with httpx.AsyncClient(cookies=self.cookies, timeout=30) as web:
            return await web.get(self.address + path)

    async def connect(self, code: str = "") -> RoomClient:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        url = self.address.replace("http", "ws") + f"/room/link?as={self.role}&code={code}"
        self.link = await websockets.connect(
            url, additional_headers={"Cookie": cookie} if cookie else {}, origin=self.address,
            max_size=10_000_000,
        )  # fmt: skip
        self.view, self.closed = {}, None
        self._ear = asyncio.create_task(self._hear())
        return self

    async def _hear(self) -> None:
        try:
            async for text in self.link:
                told = json.loads(text)
                if "refused" in told:
                    self.refused.append(told["refused"])
                for gone in told.get("gone", ()):
                    self.view.pop(gone, None)
                self.view |= told.get("set", {})
                self._news.set()
        except websockets.ConnectionClosed:
            pass
        self.closed = self.link.close_code
        self._news.set()

    async def say(self, do: str, **more: object) -> None:
        await self.link.send(json.dumps({"do": do, **more}))

    async def until(self, holds, seconds: float = 120.0):
        """Wait until something holds of the view; return what it gave."""
        end = asyncio.get_running_loop().time() + seconds
        while True:
            self._news.clear()
            found = holds(self)
            if found:
                return found
            left = end - asyncio.get_running_loop().time()
            if left <= 0:
                raise AssertionError(f"{self.role} waits in vain; it sees {str(self.view)[:600]}")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), left)

    async def drop(self) -> None:
        """Lose the network."""
        if self.link is not None:
            await self.link.close()
        if self._ear is not None:
            await self._ear


async def open_room(address: str, **plan: object) -> RoomClient:
    """Open a room; return its instructor."""
    teacher = RoomClient(address, "instructor")
    answer = await teacher.post("/room/open", plan)
    assert answer.status_code == 200, answer.text
    await teacher.connect()
    await teacher.until(lambda c: c.view.get("code"))
    return teacher


async def join_seat(address: str, code: str, name: str, seat: str = "") -> RoomClient:
    """Join a room, and sit down where a seat is named."""
    student = RoomClient(address)
    answer = await student.post("/join", {"code": code, "name": name})
    assert answer.status_code == 200, answer.text
    await student.connect()
    if seat:
        await student.say("take", seat=seat)
        await student.until(lambda c: c.view.get("seat") == seat)
    return student


async def play_seat(student: RoomClient, choose, answered: dict | None = None) -> None:
    """Answer whatever a seat is asked until the debrief; ``choose`` returns the answer."""
    last: list | None = None

    def has_news(client: RoomClient) -> bool:
        if client.closed is not None or client.view.get("phase") == "debrief":
            return True
        key = client.view.get("question", {}).get("key")
        return client.view.get("phase") == "playing" and key is not None and key != last

    while True:
        await student.until(has_news)
        if student.closed is not None or student.view["phase"] == "debrief":
            return
        question = student.view["question"]
        last = question["key"]
        await student.say("answer", key=last, answer=choose(student.view["seat"], question))
        if answered is not None:
            answered[student.view["seat"]] = answered.get(student.view["seat"], 0) + 1
