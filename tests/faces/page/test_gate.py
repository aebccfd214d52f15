"""Who may speak with the page: names of the machine, pages of others, uploads, crowded links."""

from __future__ import annotations

import asyncio
import time

import pytest

from negotiation_sim.errors import UsageError
from negotiation_sim.faces import api
from negotiation_sim.faces.page.address import MOST_CHANGES, parse
from negotiation_sim.faces.page.gate import MOST_BODY, Gate, overlook_those_who_leave
from negotiation_sim.faces.page.library import Library
from negotiation_sim.faces.page.whole_page import resolve


def asked(served: str, kind: str = "http", method: str = "GET", **heads: str) -> int:
    """Return the code that a request gets; 200 is that of the page, 1008 a refused websocket."""
    seen: list[int] = []

    async def page(scope, receive, send):
        seen.append(200)

    async def send(message):
        seen.append(message.get("status", message.get("code")) or seen[-1])

    pairs = [(n.replace("_", "-").encode(), v.encode()) for n, v in heads.items()]
    scope = {"type": kind, "method": method, "headers": pairs, "path": "/"}
    asyncio.run(Gate(page, served)(scope, None, send))
    return seen[0]


@pytest.mark.parametrize("host", ["", " ", "\t", " 127.0.0.1"])
def test_no_host_is_not_the_whole_world(host):
    with pytest.raises(UsageError, match="host: no address"):
        api.serve("bellagio", None, False, host=host)


@pytest.mark.parametrize(
    ("host", "header", "code"),
    [
        ("127.0.0.1", "127.0.0.1:8080", 200), ("127.0.0.1", "localhost", 200),
        ("::1", "[::1]:8080", 200), ("127.0.0.1", "evil.example", 400), ("127.0.0.1", "", 400),
        ("127.0.0.1", "10.0.0.7", 400), ("0.0.0.0", "10.0.0.7:8080", 200),
        ("0.0.0.0", "evil.example", 400), ("0.0.0.0", "evil.example:8080", 400),
        ("::", "[fe80::1]:8080", 200), ("::", "evil.example", 400),
        ("room.example", "room.example:8080", 200), ("room.example", "evil.example", 400),
        ("0.0.0.0", "10.0.0.7.evil.example", 400), ("0.0.0.0", "[::1", 400),
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_only_names_of_this_machine_lead_to_the_page(host, header, code, kind):
    refused = 1008 if kind == "websocket" and code != 200 else code
    assert asked(host, kind, host=header) == refused


@pytest.mark.parametrize(
    ("origin", "good"),
    [
        ("http://127.0.0.1:8080", True), ("http://evil.example", False), ("null", False),
        ("http://127.0.0.1:9090", False), ("http://127.0.0.1:8080.evil.example", False),
    ],
)  # fmt: skip
def test_another_page_may_not_speak_with_this_one(origin, good):
    heads = {"host": "127.0.0.1:8080", "origin": origin}
    assert asked("127.0.0.1", "websocket", **heads) == (200 if good else 1008)
    assert asked("127.0.0.1", "http", **heads) == (200 if good else 403)


@pytest.mark.parametrize(
    ("length", "code"),
    [(str(MOST_BODY), 200), (str(MOST_BODY + 1), 413), ("300000000", 413), ("9" * 5000, 413),
     ("", 411), ("-1", 411), ("abc", 411)],
)  # fmt: skip
def test_an_upload_has_its_limit_at_the_server(length, code):
    assert asked("127.0.0.1", method="POST", host="localhost", content_length=length) == code
    assert asked("127.0.0.1", method="POST", host="localhost") == 411
    chunked = {"host": "localhost", "content_length": "3", "transfer_encoding": "chunked"}
    assert asked("127.0.0.1", method="POST", **chunked) == 411


@pytest.fixture(scope="module")
def library():
    return Library("bellagio")


@pytest.mark.parametrize("path", ["no.such.path{n}", "actors.USA.no{n}", "environment.x{n}"])
def test_a_link_with_many_changes_is_answered_at_once(path, library):
    pairs = [("set", f"{path.format(n=n)}:0.5") for n in range(60)]
    pairs += [("set", "environment.pace:0.1")]
    begun = time.process_time()
    address, notes = parse(pairs[::-1])
    found = resolve(library, address, notes)
    assert time.process_time() - begun < 2.0
    assert found.changes == {"environment.pace": 0.1} and len(notes) == 60


def test_changes_that_are_not_allowed_are_left_out_and_the_others_made(library):
    good = {f"actors.{code}.trust": 0.3 for code in ("USA", "CHN", "CAN")}
    pairs = [("set", f"{path}:{value}") for path, value in good.items()]
    address, notes = parse([*pairs, ("set", "environment.pace:7")])
    found = resolve(library, address, notes)
    assert found.changes == good and len(notes) == 1 and "7 is not between" in notes[0]
    assert len(good) < MOST_CHANGES


@pytest.mark.parametrize("number", ["1e400", "9" * 5000, "nan", "1e300"])
@pytest.mark.parametrize("key", ["seed", "replicate", "month", "replicates", "set"])
def test_a_number_without_end_in_a_link_is_left_out_in_words(key, number, library):
    text = f"environment.pace:{number}" if key == "set" else number
    address, notes = parse([(key, text)])
    found = resolve(library, address, notes)
    assert notes and found.changes == {} and found.seed == 1


def test_who_leaves_is_not_told_of_in_a_traceback():
    told = []

    async def served() -> None:
        overlook_those_who_leave()
        loop = asyncio.get_running_loop()
        loop.default_exception_handler = told.append
        loop.call_exception_handler(
            {"message": "x", "exception": KeyError("Session is disconnected")}
        )
        assert told == []
        loop.call_exception_handler({"message": "x", "exception": KeyError("other")})

    asyncio.run(served())
    assert len(told) == 1
