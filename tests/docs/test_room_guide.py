"""The facilitator's plans, played: each fits its minutes and gives every seat something to do."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from negotiation_sim.faces.page.game import PROPOSE, Settings, deal, default_strategy
from negotiation_sim.faces.page.library import Library
from negotiation_sim.faces.room import seat_views
from negotiation_sim.faces.room.classroom import Room, RoomPlan, key_of

GUIDE = (Path(__file__).parents[2] / "docs" / "guide-room.md").read_text("utf-8")
QUICKEST, SLOWEST = 10.0, 80.0  # seconds that a seat takes to answer
LEAST = 6


def plan_of(minutes: int) -> list[tuple[float, list[list[str]]]]:
    """Return the steps of a plan: minutes, and what the instructor does at its start."""
    table = GUIDE.split(f"## {minutes} minutes")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (\d+) \| .* \|(.*)\|$", table, re.MULTILINE)
    return [
        (float(n), [words.split() for words in re.findall(r"`([^`]+)`", does)]) for n, does in rows
    ]


class Trial:
    """A class that plays a plan in fast time."""

    def __init__(self) -> None:
        self.now, self.rng = 0.0, random.Random(1)
        scenario = Library("bellagio").scenario("bellagio")
        seats = deal(scenario)
        settings = Settings(
            "bellagio", default_strategy(scenario), 1, 0, (), seats, scenario.deadline
        )
        self.room = Room(scenario, RoomPlan(settings), lambda: self.now)
        self.teacher = self.room.open()
        self.tokens = {s: self.room.join(self.room.code, f"S {s}", "here") for s in seats}
        for seat, token in self.tokens.items():
            self.room.act(token, {"do": "take", "seat": seat})
        self.ready: dict[tuple, float] = {}
        self.late = 0

    def does(self, words: list[str]) -> None:
        """Do what the plan says, as the instructor's buttons do."""
        do, *rest = words
        message = {"do": do}
        if do == "seconds":
            message["seconds"] = int(rest[0])
        if do == "inject":
            message |= {"kind": rest[0], "actor": rest[1] if len(rest) > 1 else ""}
        self.room.act(self.teacher, message)

    def pass_time(self, seconds: float) -> None:
        """Let seats answer at their own pace for a while."""
        end = self.now + seconds
        while self.now < end:
            self.now = min(end, self.now + 1.0)
            if self.room.phase == "playing":
                self.answer()
                self.late += self.room.tick()

    def answer(self) -> None:
        for question in list(self.room.game.questions):
            key = (question.actor, *key_of(question))
            due = self.ready.setdefault(key, self.now + self.rng.uniform(QUICKEST, SLOWEST))
            if self.now >= due and self.room.phase == "playing":
                answers = [a for a in question.answers if a != PROPOSE]
                self.room.act(self.tokens[question.actor], {
                    "do": "answer", "key": key_of(question), "answer": self.rng.choice(answers),
                })  # fmt: skip


@pytest.mark.parametrize("minutes", [45, 90])
def test_a_plan_fits_its_minutes_and_every_seat_has_enough_to_do(minutes):
    trial, told = Trial(), []
    steps = plan_of(minutes)
    assert sum(length for length, _ in steps) == minutes
    for length, doings in steps:
        for words in doings:
            trial.does(words)
            if words[0] == "inject":
                told += seat_views.public_view(trial.room)["board"]["news"]
        trial.pass_time(60 * length)
    assert trial.now == 60 * minutes
    assert trial.room.phase == "debrief"
    for seat in trial.tokens:
        assert len(trial.room.answers_of(seat)) >= LEAST, seat
    assert trial.late > 0  # some were too slow, and the class went on
    assert any("satellite" in line for line in told)
    assert minutes == 45 or any("United States votes" in line for line in told)


def test_the_guide_has_two_plans_that_end_in_a_debrief():
    for minutes in (45, 90):
        doings = [words[0] for _, each in plan_of(minutes) for words in each]
        assert doings.count("start") == doings.count("debrief") == 1
        assert doings.index("start") < doings.index("debrief")
