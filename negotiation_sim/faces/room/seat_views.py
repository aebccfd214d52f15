"""What each in a room is shown, as plain data: everybody the board, a seat its own brief and question.

Nothing of one seat's brief, question or advice is in what another is sent.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from negotiation_sim.faces.page.debrief import WORLDS
from negotiation_sim.faces.page.game import ADVICE, PROPOSE, Game, Question
from negotiation_sim.faces.page.month_in_words import name_of, strategy_words
from negotiation_sim.faces.room.board import asked_in_public, board_of
from negotiation_sim.faces.room.classroom import (
    DEBRIEF,
    LOBBY,
    PAUSED,
    STANDING,
    Person,
    Room,
    key_of,
)
from negotiation_sim.faces.room.verdict import Verdict
from negotiation_sim.words.questions import ANSWERS, QUESTIONS
from negotiation_sim.words.scales import shown
from negotiation_sim.words.vocabulary import spaced

NO_STANDING = ("test", "breach", "leave", "ratify", "accede")


@dataclasses.dataclass(frozen=True)
class Shown:
    """The parts of a view that all share, made once for each change of the room."""

    public: dict[str, Any]
    verdict: Verdict | None
    counted: int  # of the worlds of the debrief


def public_view(room: Room) -> dict[str, Any]:
    """Return what everybody may see."""
    game, scenario = room.game, room.scenario
    seats = []
    waiting = {q.actor for q in game.questions} if game is not None else set()
    for seat in game.settings.seats if game is not None else room.plan.settings.seats:
        holder = room.holder(seat)
        seats.append({
            "seat": seat, "name": name_of(scenario, seat),
            "holder": holder.name if holder else "", "here": bool(holder and holder.links),
            "waiting": seat in waiting,
        })  # fmt: skip
    shown_ = {
        "phase": room.phase, "experiment": scenario.setting.name,
        "about": strategy_words(scenario, room.plan.settings.strategy),
        "seats": seats, "seconds": room.plan.seconds,
        "lobby": sum(not p.seat for p in room.people.values()),
    }  # fmt: skip
    if game is not None:
        shown_["board"] = board_of(game, room.since)
        shown_["asked"] = asked_in_public(scenario, game.questions) if room.phase != DEBRIEF else ""
    return shown_


def question_view(game: Game, question: Question) -> dict[str, Any]:
    """Return what a seat is asked, its own interests and its capital's advice."""
    scenario = game.scenario
    words = QUESTIONS[question.question]
    answers = []
    for answer in question.answers:
        if answer != PROPOSE:
            said = ANSWERS[answer]
            button = (said.opt_in if question.opt_in else "") or said.button
            answers.append({"answer": answer, "words": button})
    setting = scenario.setting
    tracks = setting.strategies[scenario.index_of_strategy(game.settings.strategy)].tracks
    bars = [["worth to you", question.value]] if question.texts else []
    if question.question == "text":
        bars.append(["you would hold out for", question.threshold])
    if question.texts:
        bars.append(["better than none from", question.reservation_value])
    return {
        "key": key_of(question), "asked": asked_in_public(scenario, [question])
        if question.track >= 0 else words.asked,
        "advice": words.advises_yes if question.advice else words.advises_no,
        "answers": answers, "leave_it": ANSWERS[ADVICE].button,
        "standing": [] if question.question in NO_STANDING else list(STANDING),
        "texts": [setting.initiatives[tracks[t].initiative].name for t in question.tracks],
        "rows": [
            [spaced(str(issue)), *(shown(issue, text[k]) for text in question.texts),
             shown(issue, question.ideal[k])]
            for k, issue in enumerate(scenario.issues)
        ] if question.texts else [],
        "bars": bars,
        "propose": _reach(game, question) if PROPOSE in question.answers else None,
    }  # fmt: skip


def _reach(game: Game, question: Question) -> list[dict[str, Any]]:
    """Return what a seat may propose: each issue's name, the mandate's bounds, and where it stands."""
    track = game.now()[-1].tracks[question.track]
    return [
        {"issue": spaced(str(issue)), "low": track.low[k], "high": track.high[k],
         "now": question.texts[0][k]}
        for k, issue in enumerate(game.scenario.issues)
    ]  # fmt: skip


def seat_view(
    room: Room, brief: dict[str, list[str]] | None, person: Person, seen: Shown
) -> dict[str, Any]:
    """Return what somebody in the room is shown: the board, and what is its own."""
    view: dict[str, Any] = {
        "role": "seat", **seen.public, "you": person.name, "seat": person.seat,
        "free": [[s, name_of(room.scenario, s)] for s in room.free_seats],
    }  # fmt: skip
    if person.seat:
        view["seat_name"] = name_of(room.scenario, person.seat)
        view["brief"] = brief
    question = room.question_of(person)
    if question is not None and room.game is not None and room.phase != PAUSED:
        view["question"] = question_view(room.game, question)
    view["answered"] = len(room.answers_of(person.seat)) if person.seat else 0
    if seen.verdict is not None:
        view["debrief"] = debrief_view(seen)
        view["debrief"]["yours"] = seen.verdict.seats.get(person.seat, [])
    return view


def board_view(room: Room, seen: Shown) -> dict[str, Any]:
    """Return what the projector shows."""
    view: dict[str, Any] = {"role": "board", **seen.public}
    if room.phase == LOBBY:
        view["code"] = room.code
    if seen.verdict is not None:
        view["debrief"] = debrief_view(seen)
    return view


def instructor_view(room: Room, seen: Shown) -> dict[str, Any]:
    """Return what the instructor is shown: the board, who is who, and what may be done."""
    view = {
        "role": "instructor", **seen.public, "code": room.code,
        "people": [
            {"person": p.hash[:12], "name": p.name, "seat": p.seat, "here": p.links > 0}
            for p in room.people.values()
        ],
        "states": [[a, name_of(room.scenario, a)] for a in room.scenario.actor_ids],
    }  # fmt: skip
    if seen.verdict is not None:
        view["debrief"] = debrief_view(seen)
    return view


def debrief_view(seen: Shown) -> dict[str, Any]:
    """Return the debrief that all see."""
    assert seen.verdict is not None
    v = seen.verdict
    worlds = v.worlds or [f"Counting {WORLDS:,} worlds: {seen.counted:,} so far."]
    return {
        "result": v.result, "gained": v.gained, "turning": v.turning, "agents": v.agents,
        "worlds": worlds, "questions": v.questions,
    }  # fmt: skip
