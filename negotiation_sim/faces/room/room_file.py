"""A room on disk: JSON, written anew at each change, no token in it, read back to the last field."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from negotiation_sim.errors import UsageError
from negotiation_sim.faces.page.library import Library
from negotiation_sim.faces.page.saved_game import (
    as_data,
    fields_are,
    from_data,
    read_json,
    read_setting,
    short_text,
    whole_number,
    written_settings,
)
from negotiation_sim.faces.room.classroom import (
    LOBBY,
    LONGEST_NAME,
    LONGEST_QUESTION,
    MOST_PEOPLE,
    PAUSED,
    PHASES,
    PLAYING,
    Person,
    Room,
    RoomPlan,
)
from negotiation_sim.faces.room.tokens import CODE_LENGTH, LETTERS
from negotiation_sim.runs.store.files import write_atomic

FORMAT, VERSION = "negotiation-sim room", 1
_TOP = {
    "format", "version", "settings", "seconds", "code", "instructor", "phase", "since", "people", "game",
}  # fmt: skip
HEX = set("0123456789abcdef")


def room_as_data(room: Room) -> dict[str, Any]:
    """Return a room as plain data: of tokens their hashes."""
    return {
        "format": FORMAT, "version": VERSION, "settings": written_settings(room.plan.settings),
        "seconds": room.plan.seconds, "code": room.code, "instructor": room.instructor,
        "phase": room.phase, "since": room.since,
        "people": [{"hash": p.hash, "name": p.name, "seat": p.seat} for p in room.people.values()],
        "game": as_data(room.game) if room.game is not None else None,
    }  # fmt: skip


def keep_room(room: Room, file: Path) -> None:
    """Write a room; whoever reads the file meets the old or the new one, never a half."""
    file.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(file, json.dumps(room_as_data(room), indent=1).encode())


def take_up(file: Path, library: Library) -> tuple[Room, str]:
    """Return the room of a file, and a warning (empty if there is none).

    A game under way is taken up paused, until somebody who has come back lets it go on.

    Raises
    ------
    UsageError
        What is wrong with the file, in words.
    """
    try:
        data = read_json(file.read_bytes())
        return _room(data, library)
    except UsageError as error:
        raise UsageError(f"{file}: {error}") from None
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}") from None


def _room(data: Any, library: Library) -> tuple[Room, str]:
    fields_are(data, "the file", _TOP)
    settings, scenario = read_setting(data, library, (FORMAT, VERSION), "room", "room")
    room = Room(
        scenario, RoomPlan(settings, whole_number(data["seconds"], "seconds", 0, LONGEST_QUESTION))
    )
    room.code, room.instructor = _code(data["code"]), _hash(data["instructor"], "instructor", True)
    room.people = _people(data["people"], settings.seats)
    if data["phase"] not in PHASES:
        raise UsageError(f"phase: one of {', '.join(PHASES)}")
    room.phase, warning = data["phase"], ""
    room.since = whole_number(data["since"], "since", 0, scenario.horizon)
    if (data["game"] is None) != (room.phase == LOBBY):
        raise UsageError("game: there is one except in the lobby")
    if data["game"] is not None:
        room.game, warning = from_data(data["game"], library)
        if room.game.scenario is not scenario or set(room.game.settings.seats) - set(
            settings.seats
        ):
            raise UsageError("game: it is not one of this room")
    if room.phase == PLAYING:
        room.phase = PAUSED
    return room, warning


def _code(value: Any) -> str:
    code = short_text(value, "code")
    if len(code) != CODE_LENGTH or set(code) - set(LETTERS):
        raise UsageError(f"code: {CODE_LENGTH} letters and digits of {LETTERS}")
    return code


def _hash(value: Any, where: str, may_be_empty: bool = False) -> str:
    found = short_text(value, where)
    if (not found and may_be_empty) or (len(found) == 64 and not set(found) - HEX):
        return found
    raise UsageError(f"{where}: not a SHA-256 in 64 hexadecimal digits")


def _people(data: Any, seats: tuple[str, ...]) -> dict[str, Person]:
    if type(data) is not list or len(data) > MOST_PEOPLE:
        raise UsageError("people: not a list of a sensible length")
    found: dict[str, Person] = {}
    taken: set[str] = set()
    for number, each in enumerate(data, 1):
        where = f"person {number}"
        fields_are(each, where, {"hash", "name", "seat"})
        key, name = (
            _hash(each["hash"], f"{where}, hash"),
            short_text(each["name"], f"{where}, name"),
        )
        seat = short_text(each["seat"], f"{where}, seat")
        if not 0 < len(name) <= LONGEST_NAME or key in found:
            raise UsageError(f"{where}: no name of up to {LONGEST_NAME} letters, or there twice")
        if seat and (seat not in seats or seat in taken):
            raise UsageError(f"{where}: no such seat, or two sit there")
        taken |= {seat} - {""}
        found[key] = Person(key, name, seat)
    return found
