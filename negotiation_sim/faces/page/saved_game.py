"""A saved game as JSON, there and back; a file from anywhere is checked to the last field."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from negotiation_sim.engine.injects import KINDS_OF_INJECT, OF_A_STATE, Inject
from negotiation_sim.errors import NegotiationSimError, UsageError
from negotiation_sim.faces.page.game import ADVICE, ANSWERS, PROPOSE, Answer, Game, Settings, digest
from negotiation_sim.faces.page.library import Library

if TYPE_CHECKING:
    from negotiation_sim.engine.scenario import Scenario

FORMAT, VERSION = "negotiation-sim game", 2
LARGEST_FILE, MOST_DECISIONS = 4_000_000, 20_000
_TOP = {"format", "version", "setting", "settings", "injects", "decisions"}
MOST_INJECTS = 200


def dump(game: Game) -> str:
    """Return a game as JSON."""
    return json.dumps(as_data(game), indent=1)


def as_data(game: Game) -> dict[str, Any]:
    """Return a game as plain data."""
    return {
        "format": FORMAT, "version": VERSION, "setting": digest(game.scenario),
        "settings": written_settings(game.settings), "injects": [dataclasses.asdict(i) for i in game.injects],
        "decisions": [dataclasses.asdict(d) for d in game.decisions],
    }  # fmt: skip


def written_settings(settings: Settings) -> dict[str, Any]:
    """Return settings as plain data."""
    return dataclasses.asdict(settings) | {"changes": dict(settings.changes)}


def load(text: str | bytes, library: Library) -> tuple[Game, str]:
    """Return the game of a file, ready to go on, and a warning (empty if there is none).

    Raises
    ------
    UsageError
        What is wrong with the file, in words.
    """
    return from_data(read_json(text), library)


def read_json(text: str | bytes) -> Any:
    """Return what a JSON file holds.

    Raises
    ------
    UsageError
        If it is too large, or not JSON.
    """
    if len(text) > LARGEST_FILE:
        raise UsageError("the file is too large for a saved game")
    try:
        return json.loads(text, parse_constant=_no_constant, object_pairs_hook=_no_twins)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"the file is not JSON: {str(error)[:100]}") from None


def read_setting(
    data: Mapping[str, Any], library: Library, form: tuple[str, int], kind: str, short: str
) -> tuple[Settings, Scenario]:
    """Return the settings of a file's plain data and what they lead to: its seats are in the cast.

    Raises
    ------
    UsageError
        What is wrong with them, in words.
    """
    if (data["format"], data["version"]) != form or type(data["version"]) is not int:
        raise UsageError(f"the file is not a {kind} of this version")
    settings = read_settings(data["settings"])
    try:
        scenario = library.scenario(settings.experiment, dict(settings.changes))
        scenario.index_of_strategy(settings.strategy)
    except NegotiationSimError as error:
        raise UsageError(f"the {short} cannot be taken up: {error}") from None
    for seat in settings.seats:
        if seat not in scenario.actor_ids:
            raise UsageError(f"seats: no state '{seat}' in {settings.experiment}")
    return settings, scenario


def from_data(data: Any, library: Library) -> tuple[Game, str]:
    """Return the game of plain data, ready to go on, and a warning (empty if there is none).

    Raises
    ------
    UsageError
        What is wrong with the data, in words.
    """
    fields_are(data, "the file", _TOP)
    settings, scenario = read_setting(data, library, (FORMAT, VERSION), "saved game", "game")
    listed = data["decisions"]
    if type(listed) is not list or len(listed) > MOST_DECISIONS:
        raise UsageError("decisions: not a list of a sensible length")
    decisions = [_answer(d, f"decision {n + 1}", settings, scenario) for n, d in enumerate(listed)]
    if len({d.key for d in decisions}) != len(decisions):
        raise UsageError("decisions: the same question is answered twice")
    injects = _injects(data["injects"], scenario)
    changed = data["setting"] != digest(scenario)
    warning = (
        "The catalogue has changed since the game was saved; it may go another way."
        if changed
        else ""
    )
    return Game(scenario, settings, decisions, injects), warning


def _no_constant(word: str) -> float:
    raise ValueError(f"{word} is not a number here")


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is given twice")
    return found


def fields_are(data: Any, where: str, names: set[str]) -> None:
    """Raise a UsageError unless data is a mapping with exactly these fields."""
    if type(data) is not dict:
        raise UsageError(f"{where}: not a mapping")
    if data.keys() != names:
        odd = sorted(data.keys() ^ names)
        raise UsageError(
            f"{where}: the fields {', '.join(str(o)[:30] for o in odd[:5])} are missing or unknown"
        )


def whole_number(value: Any, where: str, low: int, high: int) -> int:
    """Return a whole number within bounds, or raise a UsageError."""
    if type(value) is not int or not low <= value <= high:
        raise UsageError(f"{where}: not a whole number from {low} to {high}")
    return value


def short_text(value: Any, where: str) -> str:
    """Return a text of at most 200 letters, or raise a UsageError."""
    if type(value) is not str or len(value) > 200:
        raise UsageError(f"{where}: not a short text")
    return value


def read_settings(data: Any) -> Settings:
    """Return the settings of plain data, or raise a UsageError."""
    fields_are(data, "settings", {f.name for f in dataclasses.fields(Settings)})
    changes, seats = data["changes"], data["seats"]
    if type(changes) is not dict or type(seats) is not list or not 0 < len(seats) <= 200:
        raise UsageError("settings: changes must be a mapping and seats a list with at least one")
    for path, value in changes.items():
        if type(value) not in (int, float) or not math.isfinite(value):
            raise UsageError(f"settings: the change of {path[:60]} is not a number")
    return Settings(
        short_text(data["experiment"], "experiment"), short_text(data["strategy"], "strategy"),
        whole_number(data["seed"], "seed", 0, 2**63 - 1), whole_number(data["replicate"], "replicate", 0, 2**63 - 1),
        tuple(sorted((path, float(value)) for path, value in changes.items())),
        tuple(dict.fromkeys(short_text(seat, "seats") for seat in seats)),
        whole_number(data["last"], "last", 0, 100_000),
    )  # fmt: skip


def _injects(data: Any, scenario: Any) -> list[Inject]:
    if type(data) is not list or len(data) > MOST_INJECTS:
        raise UsageError("injects: not a list of a sensible length")
    found = []
    for number, each in enumerate(data, 1):
        where = f"inject {number}"
        fields_are(each, where, {f.name for f in dataclasses.fields(Inject)})
        month, kind, actor = (
            whole_number(each["month"], f"{where}, month", 1, scenario.horizon + 1),
            each["kind"],
            each["actor"],
        )
        if kind not in KINDS_OF_INJECT:
            raise UsageError(f"{where}: no inject '{str(kind)[:30]}'; {', '.join(KINDS_OF_INJECT)}")
        if (kind in OF_A_STATE) != (actor in scenario.actor_ids) or (
            kind not in OF_A_STATE and actor
        ):
            raise UsageError(
                f"{where}: a state is named where a government changes, and nowhere else"
            )
        found.append(Inject(month, kind, actor))
    return found


def _answer(data: Any, where: str, settings: Settings, scenario: Any) -> Answer:
    fields_are(data, where, {f.name for f in dataclasses.fields(Answer)})
    month = whole_number(data["month"], f"{where}, month", 1, scenario.horizon)
    question = data["question"]
    known = type(question) is str and question in ANSWERS
    if not known or data["answer"] not in (*ANSWERS[question], ADVICE):
        raise UsageError(
            f"{where}: '{str(data['answer'])[:30]}' is not an answer to '{str(question)[:30]}'"
        )
    if data["actor"] not in settings.seats:
        raise UsageError(f"{where}: '{str(data['actor'])[:30]}' has no seat in this game")
    alone = type(data["track"]) is int and data["track"] == -1
    if data["venue"] not in ([""] if alone else scenario.venue_ids):
        raise UsageError(f"{where}: no venue '{str(data['venue'])[:30]}'")
    proposal = data["proposal"]
    if (proposal is not None) != (data["answer"] == PROPOSE):
        raise UsageError(f"{where}: a proposal goes with the answer 'propose' and with no other")
    if proposal is not None:
        good = type(proposal) is list and len(proposal) == len(scenario.issues)
        if not good or not all(type(x) in (int, float) and 0 <= x <= 1 for x in proposal):
            raise UsageError(f"{where}: a proposal has one number from 0 to 1 for each issue")
        proposal = tuple(float(x) for x in proposal)
    tracks = len(scenario.track_names[scenario.index_of_strategy(settings.strategy)])
    return Answer(
        month, whole_number(data["round"], f"{where}, round", 0, 100_000),
        whole_number(data["track"], f"{where}, track", -1, tracks - 1), data["venue"], data["actor"],
        question, data["answer"], whole_number(data["until"], f"{where}, until", month, scenario.horizon + 1200),
        proposal,
    )  # fmt: skip
