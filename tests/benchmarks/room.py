"""What an answer costs the server of a room, with one seat and with thirty: processor time."""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path

from measure import Line

from helpers.browser import served
from helpers.room_clients import join_seat, open_room, play_seat

EXPERIMENT, STRATEGY, MANY, ROUNDS = "copuos-69", "code@COPUOS", 30, 12


def spent(process: int) -> float:
    """Return the processor seconds of a process so far."""
    fields = Path(f"/proc/{process}/stat").read_text("ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def an_answer(address: str, process: int, n: int) -> float:
    """Return processor seconds an answer in a game of so many seats, each on its own link."""
    states = await seats_of(address)
    teacher = await open_room(
        address, experiment=EXPERIMENT, strategy=STRATEGY, seats=states[:n], last="horizon"
    )
    code = teacher.view["code"]
    students = [await join_seat(address, code, f"S {seat}", seat) for seat in states[:n]]
    await teacher.say("start")
    await students[0].until(lambda c: c.view.get("question"))
    before, answered = spent(process), {}
    tasks = [asyncio.create_task(play_seat(s, lambda *_: "advice", answered)) for s in students]
    while sum(answered.values()) < ROUNDS * n and not all(task.done() for task in tasks):
        await asyncio.sleep(0.05)
    found = (spent(process) - before) / sum(answered.values())
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for device in (teacher, *students):
        await device.drop()
    return found


async def seats_of(address: str) -> list[str]:
    import httpx

    async with httpx.AsyncClient(timeout=120) as web:
        offer = await web.get(f"{address}/room/offer?experiment={EXPERIMENT}")
    return [code for code, _ in offer.json()["states"]]


def thirty() -> list[Line]:
    """Return what an answer costs with one seat and with thirty, and their ratio."""
    with tempfile.TemporaryDirectory() as folder, served(folder=Path(folder)) as (address, process):
        one, many = (
            min(asyncio.run(an_answer(address, process.pid, n)) for _ in range(2))
            for n in (1, MANY)
        )
    where = f"{STRATEGY}, {EXPERIMENT}"
    return [
        Line(f"an answer in a room with one seat ({where})", f"{1000 * one:.1f} ms"),
        Line(f"an answer in a room with {MANY} seats", f"{1000 * many:.1f} ms"),
        Line(f"ratio of {MANY} seats to one", f"{many / one:.2f}", "at most 5"),
    ]
