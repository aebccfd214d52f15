"""A lesson from end to end: an instructor, a projector and six seats, with and without mishaps."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import zlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import async_playwright

from helpers.browser import chromium, served
from helpers.room_clients import RoomClient, drop_all, join_seat, open_room, play_seat

SEATS = ("CHN", "DEU", "FRA", "JPN", "RUS", "USA")
BROWSERS = ("CHN", "USA")  # two seats before a browser, the others websocket clients
PLAN = {"seed": 7, "seconds": 0, "seats": list(SEATS)}


def choose(seat: str, question: dict) -> str:
    """Return an answer that depends on what is asked and of whom, and on nothing else."""
    answers = [a["answer"] for a in question["answers"]]
    return answers[zlib.crc32(f"{seat}{question['key']}".encode()) % len(answers)]


class Stage:
    """A loop in a thread of its own, beside Chromium's: what is begun on it can go on later."""

    def __init__(self) -> None:
        self.loop, self.thread = asyncio.new_event_loop(), ThreadPoolExecutor(1)

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        self.run(drop_all())
        self.thread.submit(self.loop.close).result()
        self.thread.shutdown()

    def run(self, act):
        return self.thread.submit(self.loop.run_until_complete, act).result(600)


class Lesson:
    """The devices of a lesson on a server."""

    def __init__(self, address: str) -> None:
        self.address, self.students, self.screens = address, {}, {}

    async def open(self) -> None:
        self.teacher = await open_room(self.address, **PLAN)
        self.code = self.teacher.view["code"]
        for seat in SEATS:
            if seat not in self.screens:
                self.students[seat] = await join_seat(self.address, self.code, f"S {seat}", seat)
        self.board = await RoomClient(self.address, "board").connect(self.code)

    def begin(self) -> None:
        """Let every seat play, each as long as its line holds."""
        self.seats = {
            s: asyncio.create_task(play_seat(c, choose)) for s, c in self.students.items()
        }
        self.pages = [asyncio.create_task(play_page(p, seat)) for seat, p in self.screens.items()]

    async def end(self) -> dict:
        """Play to the end; return the debrief that all see."""
        await asyncio.gather(*self.seats.values(), *self.pages)
        counted = lambda c: str(c.view.get("debrief", {}).get("worlds"))  # noqa: E731
        done = lambda c: "2,000 worlds" in counted(c) and "Counting" not in counted(c)  # noqa: E731
        await self.teacher.until(done, 240)
        return self.teacher.view["debrief"]

    async def lose(self, *seats: str) -> None:
        """Drop students; the others wait for them until they are back."""
        for seat in seats:
            await self.students[seat].drop()
            await self.seats[seat]
        await self.teacher.until(
            lambda c: sum(not s["here"] for s in c.view["seats"]) == len(seats)
        )
        for seat in seats:
            await self.students[seat].connect()
            self.seats[seat] = asyncio.create_task(play_seat(self.students[seat], choose))

    async def until_answered(self, n: int) -> None:
        await self.students["FRA"].until(lambda c: c.view.get("answered", 0) >= n, 200)

    async def back(self) -> None:
        """Bring every device back after the server was away; browsers come back by themselves."""
        await asyncio.gather(*self.seats.values())
        for device in (self.teacher, *self.students.values()):
            await device.drop()
            await device.connect()
        self.board = await RoomClient(self.address, "board").connect(self.code)
        await self.teacher.until(lambda c: c.view.get("phase") == "paused")
        await self.teacher.say("resume")
        self.seats = {
            s: asyncio.create_task(play_seat(c, choose)) for s, c in self.students.items()
        }


async def sit(context, address: str, code: str, seat: str):
    """Return a browser's page that has taken a seat."""
    page = await context.new_page()
    await page.goto(f"{address}/join?code={code}")
    await page.fill("[data-testid=join-name]", f"Screen {seat}")
    await page.click("[data-testid=join]")
    await page.click(f"[data-testid=take-{seat}]")
    await page.wait_for_selector("text=You speak for")
    return page


async def play_page(page, seat: str) -> None:
    """Answer what a browser's seat is asked, by its buttons, until the debrief.

    An answer that a server took with it into the grave is given again, as a student would.
    """
    last, waited = None, 0
    while await page.evaluate("view.phase") != "debrief":
        await asyncio.sleep(0.1)
        question = await page.evaluate("view.phase === 'playing' && view.question")
        waited = waited + 1 if question and question["key"] == last else 0
        if not question or 0 < waited < 50:
            continue
        button = page.locator(f"[data-testid=answer-{choose(seat, question)}]")
        if await button.count() and await button.is_enabled():
            last = question["key"]
            with contextlib.suppress(PlaywrightError):  # drawn anew in between
                await button.click(timeout=3000)


async def two_browsers(driver, lesson: Lesson, code: str) -> object:
    browser = await driver.chromium.launch(executable_path=shutil.which("chromium") or chromium(),
                                           args=["--no-sandbox", "--disable-gpu"])  # fmt: skip
    for seat in BROWSERS:
        lesson.screens[seat] = await sit(await browser.new_context(), lesson.address, code, seat)
    return browser


async def undisturbed(address: str) -> dict:
    lesson = Lesson(address)
    await lesson.open()
    await lesson.teacher.say("start")
    lesson.begin()
    return await lesson.end()


async def first_half(address: str) -> Lesson:
    """Begin a lesson with two browsers; drop two students on the way, who come back."""
    lesson = Lesson(address)
    lesson.driver = await async_playwright().start()
    lesson.screens = dict.fromkeys(BROWSERS)
    await lesson.open()
    lesson.browser = await two_browsers(lesson.driver, lesson, lesson.code)
    await lesson.teacher.say("start")
    lesson.begin()
    await lesson.until_answered(3)
    await lesson.lose("DEU", "RUS")
    await lesson.until_answered(6)
    return lesson


@pytest.mark.long
def test_a_disturbed_lesson_ends_in_the_debrief_of_an_undisturbed_one(tmp_path):
    chromium()
    with Stage() as stage:
        with served(folder=tmp_path) as (address, _):
            port = int(address.rsplit(":", 1)[1])
            smooth = stage.run(undisturbed(address))
            lesson = stage.run(first_half(address))
        with served(folder=tmp_path, port=port):
            rough = stage.run(second_half(lesson))
    assert rough == smooth
    assert "questions" in smooth and len(smooth["questions"]) == 3


async def second_half(lesson: Lesson) -> dict:
    """Come back after the restart and play to the end; browsers come back by themselves."""
    await lesson.back()
    debrief = await lesson.end()
    shown = await lesson.screens["USA"].inner_text("[data-testid=turning]")
    assert shown == debrief["turning"]
    await lesson.board.until(lambda c: c.view.get("debrief") == debrief)
    await lesson.browser.close()
    await lesson.driver.stop()
    return debrief


async def by_hand(address: str) -> None:
    """Try by hand-made requests what only others may."""
    teacher = await open_room(address, seats=["USA", "CHN"], seconds=0)
    code = teacher.view["code"]
    usa = await join_seat(address, code, "A", "USA")
    chn = await join_seat(address, code, "B", "CHN")
    await teacher.say("start")
    await chn.until(lambda c: c.view.get("question"))
    key = chn.view["question"]["key"]
    await chn.say("answer", key=key, answer="back", seat="USA", actor="USA", token="x")
    await teacher.until(
        lambda c: {s["seat"]: s["waiting"] for s in c.view["seats"]} == {"CHN": False, "USA": True}
    )
    await chn.say("answer", key=key, answer="back")  # its own is answered: this was for another
    await chn.until(lambda c: c.refused)
    for do in ("start", "pause", "hurry", "give", "debrief", "code"):
        chn.refused.clear()
        await chn.say(do, person="", seat="USA")
        await chn.until(lambda c: c.refused)
        assert "instructor" in chn.refused[0]
    assert usa.view["brief"] != chn.view["brief"]
    assert usa.view["brief"]["evidence"][0] not in str(chn.view) + str(teacher.view)
    stranger = RoomClient(address)
    await stranger.connect()
    await stranger.until(lambda c: c.closed == 4401)
    stranger.cookies = {"room_seat": "A" * 22}
    await stranger.connect()
    await stranger.until(lambda c: c.closed == 4401)
    for path in ("/room/debrief.pdf", "/room/debrief.csv?seat=USA"):
        assert (await chn.get(path)).status_code in (403, 404)
    board = RoomClient(address, "board")
    await board.connect("WRONGX")
    await board.until(lambda c: c.closed == 4401)
    as_teacher = RoomClient(address, "instructor")
    as_teacher.cookies = {"room_instructor": chn.cookies["room_seat"]}
    await as_teacher.connect()
    await as_teacher.until(lambda c: c.closed == 4401)


@pytest.mark.long
def test_requests_made_by_hand_neither_read_nor_act_for_another(tmp_path):
    with Stage() as stage, served(folder=tmp_path) as (address, _):
        stage.run(by_hand(address))


@pytest.mark.long
def test_cookies_are_out_of_reach_of_scripts_and_other_sites(tmp_path):
    async def look(address):
        teacher = RoomClient(address, "instructor")
        opened = await teacher.post("/room/open", {})
        await teacher.connect()
        await teacher.until(lambda c: c.view.get("code"))
        joined = await RoomClient(address).post(
            "/join", {"code": teacher.view["code"], "name": "A"}
        )
        for answer in (opened, joined):
            cookie = answer.headers["set-cookie"].lower()
            assert "httponly" in cookie and "samesite=strict" in cookie
            assert len(cookie.split("=")[1].split(";")[0]) >= 22  # 128 bits

    with Stage() as stage, served(folder=tmp_path) as (address, _):
        stage.run(look(address))


def say_yes_until_a_text_is_put(phone) -> None:
    """Answer what a phone's seat is asked with the first button, until a text is put to it."""
    for _ in range(40):
        phone.wait_for_selector("[data-testid=answer-advice]:enabled", timeout=60_000)
        if phone.locator("[data-testid=answer-accept]").count():
            return
        key = phone.evaluate("JSON.stringify(view.question.key)")
        phone.locator(".answers button").first.click()
        phone.wait_for_function(
            "key => view.question && JSON.stringify(view.question.key) !== key", arg=key,
            timeout=60_000,
        )  # fmt: skip
    pytest.fail("no text was put to the seat")


@pytest.mark.long
def test_a_seat_on_a_phone_fits_and_can_be_read(chrome, tmp_path):
    with served(folder=tmp_path) as (address, _):
        teacher = chrome.new_context().new_page()
        teacher.goto(f"{address}/room")
        teacher.click("[data-testid=open]")
        code = teacher.inner_text("[data-testid=code]")
        phone = chrome.new_context(
            viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True
        ).new_page()
        complaints = []
        phone.on("pageerror", lambda error: complaints.append(str(error)))
        phone.goto(f"{address}/join?code={code}")
        phone.fill("[data-testid=join-name]", "Ana")
        phone.click("[data-testid=join]")
        phone.click("[data-testid=take-CHN]")
        phone.wait_for_selector("text=You speak for China")
        teacher.click("[data-testid=start]")
        say_yes_until_a_text_is_put(phone)
        wide = phone.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert wide <= 0
        for mark in ("answer-accept", "answer-go_along", "answer-object", "answer-advice"):
            box = phone.locator(f"[data-testid={mark}]").bounding_box()
            assert box["height"] >= 44 and box["x"] >= 0 and box["x"] + box["width"] <= 360
        asked = phone.locator("[data-testid=asked]").bounding_box()
        assert asked["y"] < 740  # what is asked stands on the first screen
        assert complaints == []
