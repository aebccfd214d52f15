"""A room: who sits where, what each may do, what is asked, and how long there is to answer.

It knows no network and no clock but the one it is given. Every message names nobody: who speaks is
known by a token alone, and a seat is asked, told and heard by the token that holds it.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Mapping
from typing import Any

from negotiation_sim.engine.injects import KINDS_OF_INJECT, OF_A_STATE
from negotiation_sim.engine.scenario import Scenario
from negotiation_sim.errors import NegotiationSimError
from negotiation_sim.faces.page.game import ADVICE, PROPOSE, Answer, Game, Question, Settings
from negotiation_sim.faces.room.tokens import Attempts, hashed, new_code, new_token, same

LOBBY, PLAYING, PAUSED, DEBRIEF = "lobby", "playing", "paused", "debrief"
PHASES = (LOBBY, PLAYING, PAUSED, DEBRIEF)
MOST_PEOPLE, LONGEST_NAME = 120, 40
STANDING = (0, 6, 12, 36)  # months for which an answer may stand
LONGEST_QUESTION = 3600


class RefusedError(NegotiationSimError):
    """What somebody in a room may not do, in words for that person."""


@dataclasses.dataclass
class Person:
    """Somebody in the room. ``seat`` is a state's code, empty in the lobby."""

    hash: str
    name: str
    seat: str = ""
    links: int = 0  # open connections; not kept


@dataclasses.dataclass(frozen=True)
class RoomPlan:
    """What is to be played, and for which seats.

    Parameters
    ----------
    settings : Settings
        Its seats are those on offer; a game takes those that somebody holds.
    seconds : int
        To answer a question; then the capital's advice is taken. 0: no limit.
    """

    settings: Settings
    seconds: int = 0


class Room:
    """One game and the people around it.

    Parameters
    ----------
    scenario : Scenario
    plan : RoomPlan
    clock : callable
        Seconds, from anywhere.

    Attributes
    ----------
    version : int
        Counts changes, so that those who look know when to look again.
    """

    def __init__(
        self, scenario: Scenario, plan: RoomPlan, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.scenario, self.plan, self.clock = scenario, plan, clock
        self.code, self.instructor = new_code(), ""
        self.phase, self.people = LOBBY, dict[str, Person]()
        self.game: Game | None = None
        self.attempts = Attempts()
        self.version = 0
        self.since = 0  # the month of the question before
        self._left = float(plan.seconds)
        self._asked_at = clock()

    # Who is who

    def open(self) -> str:
        """Return the token of the instructor, who is the one that opens the room."""
        token = new_token()
        self.instructor = hashed(token)
        self._changed()
        return token

    def is_instructor(self, token: str) -> bool:
        return bool(self.instructor) and same(hashed(token), self.instructor)

    def admits(self, code: str, source: str) -> None:
        """Let somebody who knows the code into the lobby.

        Raises
        ------
        RefusedError
            If the code is wrong, or too many were.
        """
        now = self.clock()
        if not self.attempts.allowed(source, now):
            raise RefusedError("Too many wrong codes. Wait ten minutes, or ask for a new one.")
        if not same(code.strip().upper(), self.code):
            self.attempts.failed(source, now)
            raise RefusedError("That is not the code of this room.")

    def join(self, code: str, name: str, source: str) -> str:
        """Return a new token for somebody who comes in by the code; it holds no seat yet."""
        self.admits(code, source)
        name = " ".join("".join(c for c in name if c.isprintable()).split())[:LONGEST_NAME]
        if not name:
            raise RefusedError("Say who you are: a name is missing.")
        if len(self.people) >= MOST_PEOPLE:
            raise RefusedError("The room is full.")
        token = new_token()
        self.people[hashed(token)] = Person(hashed(token), name)
        self._changed()
        return token

    def person(self, token: str) -> Person:
        """Return who a token belongs to.

        Raises
        ------
        RefusedError
            If it is nobody's.
        """
        found = self.people.get(hashed(token))
        if found is None:
            raise RefusedError("You are not in this room. Join it by its code.")
        return found

    def holder(self, seat: str) -> Person | None:
        return next((p for p in self.people.values() if p.seat == seat), None)

    @property
    def free_seats(self) -> list[str]:
        """Return the seats that may be taken: on offer in the lobby, left by somebody later."""
        offered = self.game.settings.seats if self.game else self.plan.settings.seats
        return [seat for seat in offered if self.holder(seat) is None]

    # What may be done

    def act(self, token: str, message: Mapping[str, Any]) -> None:
        """Do what a message asks for, if its sender may.

        Raises
        ------
        RefusedError
            In words for the sender.
        """
        do = str(message.get("do"))
        if do in INSTRUCTORS:
            if not self.is_instructor(token):
                raise RefusedError("Only the instructor may do that.")
            INSTRUCTORS[do](self, message)
        elif do in SEATS:
            SEATS[do](self, self.person(token), message)
        else:
            raise RefusedError("The room does not know what to do with that.")
        self._changed()

    def take(self, person: Person, message: Mapping[str, Any]) -> None:
        """Sit down, or change to another free seat in the lobby."""
        seat = message.get("seat")
        if seat not in self.free_seats:
            raise RefusedError("That seat is not free.")
        if self.game is not None and person.seat:
            raise RefusedError("You hold a seat already.")
        person.seat = str(seat)

    def leave(self, person: Person, message: Mapping[str, Any]) -> None:
        """Stand up; the capital decides for the seat until somebody takes it."""
        person.seat = ""
        self._decide_for_the_absent()

    def answer(self, person: Person, message: Mapping[str, Any]) -> None:
        """Answer what the sender's own seat is asked now."""
        question = self.question_of(person)
        if self.phase != PLAYING:
            raise RefusedError("The game is not on.")
        if question is None or message.get("key") != key_of(question):
            raise RefusedError("That is not asked of you now.")
        answer, stands, proposal = message.get("answer"), message.get("stands", 0), None
        if not isinstance(answer, str) or answer not in (*question.answers, ADVICE):
            raise RefusedError("That is no answer to what you are asked.")
        if type(stands) is not int or stands not in STANDING:
            raise RefusedError(f"An answer stands for {', '.join(map(str, STANDING))} months.")
        if answer == PROPOSE:
            proposal = self._proposal(message.get("proposal"))
        until = question.month + stands if stands and answer != PROPOSE else 0
        self._give(question, answer, until, proposal)

    def _proposal(self, place: object) -> tuple[float, ...]:
        n = len(self.scenario.issues)
        good = isinstance(place, list) and len(place) == n
        if not good or not all(type(x) in (int, float) and 0 <= x <= 1 for x in place):  # type: ignore[attr-defined]
            raise RefusedError(f"A proposal has {n} numbers from 0 to 1, one for each issue.")
        return tuple(float(x) for x in place)  # type: ignore[attr-defined]

    def _give(
        self, question: Question, answer: str, until: int = 0, proposal: Any = None
    ) -> None:  # fmt: skip
        """Give an answer to the game, which plays on after the last one."""
        assert self.game is not None
        last = len(self.game.questions) == 1
        month = self.game.month if last else 0
        self.game.answer(answer, until, proposal, actor=question.actor)
        if last:
            self.since = month
            self._asks_anew()

    def _asks_anew(self) -> None:
        self._left, self._asked_at = float(self.plan.seconds), self.clock()
        self._decide_for_the_absent()

    def _decide_for_the_absent(self) -> None:
        """Take the capital's advice for seats that nobody holds."""
        game = self.game
        if game is None or self.phase not in (PLAYING, PAUSED):
            return
        while game.questions:
            absent = [q for q in game.questions if self.holder(q.actor) is None]
            if not absent:
                break
            month, n = game.month, len(game.questions)
            for question in absent:
                game.answer(ADVICE, actor=question.actor)
            if len(absent) == n:
                self.since = month
                self._left, self._asked_at = float(self.plan.seconds), self.clock()
        if not game.questions:
            self.phase = DEBRIEF

    # What the instructor may do

    def start(self, message: Mapping[str, Any]) -> None:
        """Begin the game with the seats that are held."""
        if self.phase != LOBBY:
            raise RefusedError("The game has begun.")
        held = tuple(s for s in self.plan.settings.seats if self.holder(s) is not None)
        if not held:
            raise RefusedError("Nobody sits yet: at least one seat must be taken.")
        self.game = Game(self.scenario, dataclasses.replace(self.plan.settings, seats=held))
        self.phase, self.since = PLAYING, 0
        self._asks_anew()

    def pause(self, message: Mapping[str, Any]) -> None:
        """Stop the clock; nobody can answer."""
        if self.phase != PLAYING:
            raise RefusedError("The game is not on.")
        self._left = self.seconds_left or 0.0
        self.phase = PAUSED

    def resume(self, message: Mapping[str, Any]) -> None:
        """Let the clock run again."""
        if self.phase != PAUSED:
            raise RefusedError("The game is not paused.")
        self.phase, self._asked_at = PLAYING, self.clock()

    def set_seconds(self, message: Mapping[str, Any]) -> None:
        """Set the time for a question, from now on; 0: none."""
        seconds = message.get("seconds")
        if type(seconds) is not int or not 0 <= seconds <= LONGEST_QUESTION:
            raise RefusedError(f"The time for a question is 0 to {LONGEST_QUESTION} whole seconds.")
        self.plan = dataclasses.replace(self.plan, seconds=seconds)
        self._left, self._asked_at = float(seconds), self.clock()

    def inject(self, message: Mapping[str, Any]) -> None:
        """Throw something in, for the month to come."""
        kind, actor = message.get("kind"), message.get("actor", "")
        if self.game is None or self.phase not in (PLAYING, PAUSED):
            raise RefusedError("The game is not on.")
        if kind not in KINDS_OF_INJECT:
            raise RefusedError(f"An inject is one of {', '.join(KINDS_OF_INJECT)}.")
        wanted = kind in OF_A_STATE
        if wanted and actor not in self.scenario.actor_ids:
            raise RefusedError("Say in which state.")
        self.game.throw_in(str(kind), str(actor) if wanted else "")

    def hurry(self, message: Mapping[str, Any]) -> None:
        """Take the capital's advice for everybody who has not answered."""
        if self.game is None or self.phase != PLAYING:
            raise RefusedError("The game is not on.")
        for question in list(self.game.questions):
            self._give(question, ADVICE)

    def give(self, message: Mapping[str, Any]) -> None:
        """Give a seat to somebody; whoever held it stands up."""
        person = next(
            (p for p in self.people.values() if p.hash[:12] == message.get("person")), None
        )
        seat = message.get("seat", "")
        offered = self.game.settings.seats if self.game else self.plan.settings.seats
        if person is None or (seat and seat not in offered):
            raise RefusedError("There is no such person or seat.")
        before = self.holder(seat) if seat else None
        if before is not None:
            before.seat = ""
        person.seat = seat
        self._decide_for_the_absent()

    def finish(self, message: Mapping[str, Any]) -> None:
        """Open the debrief; what is under way the agents end."""
        if self.game is None:
            raise RefusedError("The game has not begun.")
        if self.phase != DEBRIEF:
            self.game.finish()
            self.phase = DEBRIEF

    def renew_code(self, message: Mapping[str, Any]) -> None:
        """Change the code, as after too many wrong ones; who is in stays in."""
        self.code, self.attempts = new_code(), Attempts()

    def again(self, message: Mapping[str, Any]) -> None:
        """Go back to the lobby with the same people in the same seats; the game is let go."""
        if self.game is not None:
            self.game.close()
        self.game, self.phase, self.since = None, LOBBY, 0

    # Time

    @property
    def seconds_left(self) -> float | None:
        """Return what is left to answer; None without a limit."""
        if not self.plan.seconds or self.phase not in (PLAYING, PAUSED):
            return None
        spent = self.clock() - self._asked_at if self.phase == PLAYING else 0.0
        return max(0.0, self._left - spent)

    def tick(self) -> bool:
        """Take the advice where time is out; return whether it was."""
        if self.phase != PLAYING or self.seconds_left != 0.0:
            return False
        self.hurry({})
        self._changed()
        return True

    def _changed(self) -> None:
        self.version += 1

    def touch(self) -> None:
        """Let everybody look again: somebody has come or gone."""
        self._changed()

    def question_of(self, person: Person) -> Question | None:
        """Return what somebody's own seat is asked now."""
        if self.game is None or not person.seat or self.phase not in (PLAYING, PAUSED):
            return None
        return next((q for q in self.game.questions if q.actor == person.seat), None)

    def answers_of(self, seat: str) -> list[Answer]:
        """Return what a seat has answered so far."""
        return [d for d in self.game.decisions if d.actor == seat] if self.game else []


def key_of(question: Question) -> list[Any]:
    """Return what an answer must name, so that a late one is not taken for the next question."""
    return [question.month, question.round, question.track, question.question]


SEATS: dict[str, Callable[[Room, Person, Mapping[str, Any]], None]] = {
    "take": Room.take, "leave": Room.leave, "answer": Room.answer,
}  # fmt: skip
INSTRUCTORS: dict[str, Callable[[Room, Mapping[str, Any]], None]] = {
    "start": Room.start, "pause": Room.pause, "resume": Room.resume, "seconds": Room.set_seconds,
    "inject": Room.inject, "hurry": Room.hurry, "give": Room.give, "debrief": Room.finish,
    "code": Room.renew_code, "again": Room.again,
}  # fmt: skip
