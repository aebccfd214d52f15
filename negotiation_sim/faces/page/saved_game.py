"""A saved game as JSON, there and back; a file from anywhere is checked to the last field."""

from __future__ import annotations

import dataclasses
import json
import math
from typing import Any

from negotiation_sim.errors import NegotiationSimError, UsageError
from negotiation_sim.faces.page.game import ANSWERS, PROPOSE, Answer, Game, Settings, digest
from negotiation_sim.faces.page.library import Library

FORMAT, VERSION = "negotiation-sim game", 1
LARGEST_FILE, MOST_DECISIONS = 4_000_000, 20_000
_TOP = {"format", "version", "setting", "settings", "decisions"}


def dump(game: Game) -> str:
    """Return a game as JSON."""
    settings = dataclasses.asdict(game.settings)
    settings["changes"] = dict(game.settings.changes)
    data = {
        "format": FORMAT, "version": VERSION, "setting": digest(game.scenario),
        "settings": settings, "decisions": [dataclasses.asdict(d) for d in game.decisions],
    }  # fmt: skip
    return json.dumps(data, indent=1)


def load(text: str | bytes, library: Library) -> tuple[Game, str]:
    """Return the game of a file, ready to go on, and a warning (empty if there is none).

    Raises
    ------
    UsageError
        What is wrong with the file, in words.
    """
    if len(text) > LARGEST_FILE:
        raise UsageError("the file is too large for a saved game")
    try:
        data = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_no_twins)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"the file is not JSON: {str(error)[:100]}") from None
    _fields(data, "the file", _TOP)
    if data["format"] != FORMAT or data["version"] != VERSION or type(data["version"]) is not int:
        raise UsageError("the file is not a saved game of this version")
    settings = _settings(data["settings"])
    try:
        scenario = library.scenario(settings.experiment, dict(settings.changes))
        scenario.index_of_strategy(settings.strategy)
    except NegotiationSimError as error:
        raise UsageError(f"the game cannot be taken up: {error}") from None
    for seat in settings.seats:
        if seat not in scenario.actor_ids:
            raise UsageError(f"seats: no state '{seat}' in {settings.experiment}")
    listed = data["decisions"]
    if type(listed) is not list or len(listed) > MOST_DECISIONS:
        raise UsageError("decisions: not a list of a sensible length")
    decisions = [_answer(d, f"decision {n + 1}", settings, scenario) for n, d in enumerate(listed)]
    if len({d.key for d in decisions}) != len(decisions):
        raise UsageError("decisions: the same question is answered twice")
    changed = data["setting"] != digest(scenario)
    warning = (
        "The catalogue has changed since the game was saved; it may go another way."
        if changed
        else ""
    )
    return Game(scenario, settings, decisions), warning


def _no_constant(word: str) -> float:
    raise ValueError(f"{word} is not a number here")


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is given twice")
    return found


def _fields(data: Any, where: str, names: set[str]) -> None:
    if type(data) is not dict:
        raise UsageError(f"{where}: not a mapping")
    if data.keys() != names:
        odd = sorted(data.keys() ^ names)
        raise UsageError(
            f"{where}: the fields {', '.join(str(o)[:30] for o in odd[:5])} are missing or unknown"
        )


def _whole(value: Any, where: str, low: int, high: int) -> int:
    if type(value) is not int or not low <= value <= high:
        raise UsageError(f"{where}: not a whole number from {low} to {high}")
    return value


def _word(value: Any, where: str) -> str:
    if type(value) is not str or len(value) > 200:
        raise UsageError(f"{where}: not a short text")
    return value


def _settings(data: Any) -> Settings:
    _fields(data, "settings", {f.name for f in dataclasses.fields(Settings)})
    changes, seats = data["changes"], data["seats"]
    if type(changes) is not dict or type(seats) is not list or not 0 < len(seats) <= 200:
        raise UsageError("settings: changes must be a mapping and seats a list with at least one")
    for path, value in changes.items():
        if type(value) not in (int, float) or not math.isfinite(value):
            raise UsageError(f"settings: the change of {path[:60]} is not a number")
    return Settings(
        _word(data["experiment"], "experiment"), _word(data["strategy"], "strategy"),
        _whole(data["seed"], "seed", 0, 2**63 - 1), _whole(data["replicate"], "replicate", 0, 2**63 - 1),
        tuple(sorted((path, float(value)) for path, value in changes.items())),
        tuple(dict.fromkeys(_word(seat, "seats") for seat in seats)),
    )  # fmt: skip


def _answer(data: Any, where: str, settings: Settings, scenario: Any) -> Answer:
    _fields(data, where, {f.name for f in dataclasses.fields(Answer)})
    month = _whole(data["month"], f"{where}, month", 1, scenario.horizon)
    question = data["question"]
    if type(question) is not str or data["answer"] not in ANSWERS.get(question, ()):
        raise UsageError(
            f"{where}: '{str(data['answer'])[:30]}' is not an answer to '{str(question)[:30]}'"
        )
    if data["actor"] not in settings.seats:
        raise UsageError(f"{where}: '{str(data['actor'])[:30]}' has no seat in this game")
    if data["venue"] not in scenario.venue_ids:
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
        month, _whole(data["round"], f"{where}, round", 0, 100_000),
        _whole(data["track"], f"{where}, track", 0, tracks - 1), data["venue"], data["actor"],
        question, data["answer"], _whole(data["until"], f"{where}, until", month, scenario.horizon + 1200),
        proposal,
    )  # fmt: skip
