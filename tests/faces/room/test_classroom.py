"""The room without a network: who may do what, what is asked, what each is shown, and what is kept."""

from __future__ import annotations

import json
import random

import pytest

from negotiation_sim.engine.agents import NegotiationModel
from negotiation_sim.errors import UsageError
from negotiation_sim.faces.page.game import ADVICE, Settings, deal, default_strategy
from negotiation_sim.faces.page.library import Library
from negotiation_sim.faces.room import seat_views
from negotiation_sim.faces.room.briefs import brief_of
from negotiation_sim.faces.room.classroom import RefusedError, Room, RoomPlan, key_of
from negotiation_sim.faces.room.room_file import keep_room, room_as_data, take_up
from negotiation_sim.faces.room.tokens import WINDOW, Attempts, hashed

SEATS = ("USA", "CHN", "FRA")


class Clock:
    """Seconds that a test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def library():
    return Library("bellagio")


class Class:
    """A room with an instructor and a student a seat."""

    def __init__(self, library, seats=SEATS, seconds=0, seed=1, last=60) -> None:
        self.library, self.clock = library, Clock()
        scenario = library.scenario("bellagio")
        settings = Settings("bellagio", default_strategy(scenario), seed, 0, (), tuple(seats), last)
        self.room = Room(scenario, RoomPlan(settings, seconds), self.clock)
        self.teacher = self.room.open()
        self.tokens = {seat: self.room.join(self.room.code, f"S {seat}", "here") for seat in seats}
        for seat, token in self.tokens.items():
            self.room.act(token, {"do": "take", "seat": seat})

    def start(self):
        self.room.act(self.teacher, {"do": "start"})
        return self

    def asked(self, seat):
        return self.room.question_of(self.room.person(self.tokens[seat]))

    def answer(self, seat, answer, **more):
        question = self.asked(seat)
        message = {"do": "answer", "key": key_of(question), "answer": answer, **more}
        self.room.act(self.tokens[seat], message)

    def view(self, seat):
        seen = seat_views.Shown(seat_views.public_view(self.room), None, 0)
        person = self.room.person(self.tokens[seat])
        brief = brief_of(self.room.scenario, self.library, seat) if person.seat else None
        return seat_views.seat_view(self.room, brief, person, seen)

    def play_out(self, choose):
        while self.room.phase == "playing":
            for question in list(self.room.game.questions):
                self.answer(question.actor, choose(question))
        return self


def test_a_class_that_takes_the_advice_plays_the_agents_run(library):
    class_ = Class(library, last=0).start().play_out(lambda question: ADVICE)
    game = class_.room.game
    alone = NegotiationModel(game.scenario, game.settings.strategy, 1, 0).run()
    assert class_.room.phase == "debrief"
    assert game.negotiation.model.rows() == alone.rows()
    assert game.policy.departures == []


def test_seats_put_the_same_question_are_asked_together(library):
    class_ = Class(library).start()
    assert {q.actor for q in class_.room.game.questions} == set(SEATS)
    assert len({q.group for q in class_.room.game.questions}) == 1
    month = class_.room.game.month
    class_.answer("USA", "back")
    assert class_.asked("USA") is None and class_.asked("CHN").month == month
    with pytest.raises(RefusedError, match="not asked of you"):
        class_.room.act(class_.tokens["USA"], {"do": "answer", "key": [month, 0, 1, "mandate"],
                                               "answer": "refuse"})  # fmt: skip


def test_the_order_of_answers_does_not_matter(library):
    outcomes = []
    for turn in (1, -1):
        class_ = Class(library, last=24).start()
        rng = {seat: random.Random(seat) for seat in SEATS}
        while class_.room.phase == "playing":
            for question in sorted(class_.room.game.questions, key=lambda q: q.actor)[::turn]:
                answers = [a for a in question.answers if a != "propose"]
                class_.answer(question.actor, rng[question.actor].choice(answers))
        outcomes.append(class_.room.game.negotiation.model.rows())
    assert outcomes[0] == outcomes[1]


def test_only_the_code_leads_in_and_too_many_wrong_ones_shut_the_door(library):
    class_ = Class(library)
    room, clock = class_.room, class_.clock
    for _ in range(8):
        with pytest.raises(RefusedError, match="not the code"):
            room.join("AAAAAA", "Eve", "there")
    with pytest.raises(RefusedError, match="Too many"):
        room.join(room.code, "Eve", "there")
    assert room.join(room.code, "Bob", "elsewhere")  # others are not shut out
    clock.now += WINDOW
    assert room.join(room.code.lower(), "Eve", "there")
    with pytest.raises(RefusedError, match="name is missing"):
        room.join(room.code, " \n\t", "there")


def test_wrong_codes_from_many_addresses_shut_it_too():
    attempts = Attempts(of_one=8, of_all=20)
    for n in range(20):
        assert attempts.allowed(f"a{n}", 1.0)
        attempts.failed(f"a{n}", 1.0)
    assert not attempts.allowed("another", 2.0)
    assert attempts.allowed("another", 1.0 + WINDOW)


@pytest.mark.parametrize(
    "do",
    ["start", "pause", "resume", "seconds", "inject", "hurry", "give", "debrief", "code", "again"],
)
def test_a_student_cannot_do_what_the_instructor_does(library, do):
    class_ = Class(library).start()
    with pytest.raises(RefusedError, match="Only the instructor"):
        class_.room.act(class_.tokens["USA"], {"do": do, "seconds": 5, "kind": "debris"})


def test_a_message_cannot_speak_for_another_seat(library):
    """Whatever a message names, the token says who speaks."""
    class_ = Class(library).start()
    question = class_.asked("USA")
    message = {"do": "answer", "key": key_of(question), "answer": "back", "seat": "USA",
               "actor": "USA", "person": hashed(class_.tokens["USA"])[:12]}  # fmt: skip
    class_.room.act(class_.tokens["CHN"], message)
    assert [d.actor for d in class_.room.game.decisions] == ["CHN"]
    for token in ("", "x" * 22, hashed(class_.tokens["USA"])):
        with pytest.raises(RefusedError, match="not in this room"):
            class_.room.act(token, message)


def test_a_seat_that_was_given_away_no_longer_hears_its_holder(library):
    class_ = Class(library).start()
    other = class_.room.join(class_.room.code, "Late", "here")
    person = class_.room.person(other).hash[:12]
    class_.room.act(class_.teacher, {"do": "give", "person": person, "seat": "USA"})
    assert class_.room.question_of(class_.room.person(class_.tokens["USA"])) is None
    assert class_.room.question_of(class_.room.person(other)).actor == "USA"


def test_nothing_of_one_seat_is_in_what_another_or_the_board_is_sent(library):
    class_ = Class(library).start()
    seen = seat_views.Shown(seat_views.public_view(class_.room), None, 0)
    briefs = {seat: brief_of(class_.room.scenario, library, seat) for seat in SEATS}
    others = json.dumps([class_.view("CHN"), class_.view("FRA"),
                         seat_views.board_view(class_.room, seen),
                         seat_views.instructor_view(class_.room, seen)])  # fmt: skip
    own = json.dumps(class_.view("USA"))
    for text in briefs["USA"]["evidence"]:
        assert json.dumps(text)[1:-1] in own and json.dumps(text)[1:-1] not in others
    question = class_.asked("USA")
    for number in (question.value, question.reservation_value):
        assert repr(number) in own and repr(number) not in others
    public = json.dumps(seen.public)
    assert "advice" not in public and "you want" not in public


def test_the_board_does_not_tell_how_short_a_text_falls(library):
    class_ = Class(library).start()
    for _ in range(6):
        for question in list(class_.room.game.questions):
            class_.answer(question.actor, ADVICE)
    board = seat_views.public_view(class_.room)["board"]
    assert board["news"] and len(board["news"]) <= 2 and board["log"]
    assert "short" not in json.dumps(board)


def test_time_runs_out_and_the_advice_is_taken(library):
    class_ = Class(library, seconds=30).start()
    room, clock = class_.room, class_.clock
    class_.answer("USA", "refuse")
    clock.now += 29.9
    assert not room.tick() and room.seconds_left == pytest.approx(0.1)
    room.act(class_.teacher, {"do": "pause"})
    clock.now += 500
    assert not room.tick()  # no time passes
    with pytest.raises(RefusedError, match="not on"):
        class_.answer("CHN", "back")
    room.act(class_.teacher, {"do": "resume"})
    clock.now += 0.2
    assert room.tick()
    first = {d.actor: d.answer for d in room.game.decisions[:3]}
    assert first == {"USA": "refuse", "CHN": ADVICE, "FRA": ADVICE}
    assert room.seconds_left == 30.0


def test_a_seat_that_nobody_holds_is_played_by_its_capital(library):
    class_ = Class(library).start()
    class_.room.act(class_.tokens["FRA"], {"do": "leave"})
    assert {q.actor for q in class_.room.game.questions} == {"USA", "CHN"}
    late = class_.room.join(class_.room.code, "Late", "here")
    class_.room.act(late, {"do": "take", "seat": "FRA"})
    class_.answer("USA", ADVICE)
    class_.answer("CHN", ADVICE)
    assert "FRA" in {q.actor for q in class_.room.game.questions}


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ({"do": "answer", "answer": "nonsense"}, "no answer"),
        ({"do": "answer", "answer": ["back"]}, "no answer"),
        ({"do": "answer", "answer": "back", "stands": 7}, "stands for"),
        ({"do": "answer", "answer": "back", "stands": True}, "stands for"),
        ({"do": "answer", "answer": "back", "key": None}, "not asked"),
        ({"do": "take", "seat": "USA"}, "not free"),
        ({"do": "take", "seat": ["USA"]}, "not free"),
        ({"do": "fly"}, "does not know"), ({"do": ["start"]}, "does not know"), ({}, "does not know"),
    ],
)  # fmt: skip
def test_a_message_out_of_shape_is_refused_kindly(library, message, words):
    class_ = Class(library).start()
    if message.get("do") == "answer":
        message = {"key": key_of(class_.asked("CHN")), **message}
    with pytest.raises(RefusedError, match=words):
        class_.room.act(class_.tokens["CHN"], message)
    assert class_.room.game.decisions == []


@pytest.mark.parametrize(
    "place", [None, [0.1], [0.1, 2.0], [0.1, "x"], [0.1, True], [0.1, float("nan")]]
)
def test_a_bad_proposal_is_refused(library, place):
    class_ = Class(library, seats=("CHN",)).start()
    while class_.asked("CHN").question != "text":
        class_.answer("CHN", "back")
    with pytest.raises(RefusedError, match="A proposal has 2 numbers"):
        class_.answer("CHN", "propose", proposal=place)
    class_.answer("CHN", "propose", proposal=[0.3, 0.4])
    assert class_.room.game.decisions[-1].proposal == (0.3, 0.4)


def test_an_inject_changes_the_months_to_come(library):
    class_ = Class(library).start()
    with pytest.raises(RefusedError, match="in which state"):
        class_.room.act(class_.teacher, {"do": "inject", "kind": "government", "actor": "XXX"})
    month = class_.room.game.month
    for kind, actor in (("debris", ""), ("government", "USA"), ("election", "FRA")):
        class_.room.act(class_.teacher, {"do": "inject", "kind": kind, "actor": actor})
    assert len(seat_views.public_view(class_.room)["board"]["news"]) >= 3
    class_.play_out(lambda question: ADVICE)
    events = class_.room.game.negotiation.model.events
    told = {(e["kind"], e["month"], e.get("actor")) for e in events}
    assert ("event", month + 1, "") in told
    assert ("turnover", month + 1, "USA") in told and ("turnover", month + 7, "FRA") in told


def test_a_room_is_kept_without_a_token_and_goes_on_as_if_nothing_had_happened(library, tmp_path):
    class_ = Class(library, seconds=20).start()
    room, file = class_.room, tmp_path / "deep" / "room.json"
    class_.answer("USA", "back")
    class_.answer("CHN", "refuse")
    class_.answer("FRA", "go_along")
    room.act(class_.teacher, {"do": "inject", "kind": "debris"})
    class_.answer("USA", ADVICE)
    keep_room(room, file)
    text = file.read_text("utf-8")
    for token in (class_.teacher, *class_.tokens.values()):
        assert token not in text and hashed(token) in text
    again, warning = take_up(file, library)
    assert warning == "" and again.phase == "paused"
    assert again.is_instructor(class_.teacher) and again.person(class_.tokens["USA"]).seat == "USA"
    assert again.game.questions == room.game.questions and again.game.injects == room.game.injects
    again.act(class_.teacher, {"do": "resume"})
    for each in (again, room):
        class_.room = each
        class_.play_out(lambda question: question.answers[0])
    assert again.game.negotiation.model.rows() == room.game.negotiation.model.rows()
    assert again.game.decisions == room.game.decisions


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d.pop("code"), "fields code"), (lambda d: d.update(code="AAAA"), "code:"),
        (lambda d: d.update(code="IIIIII"), "code:"), (lambda d: d.update(phase="gone"), "phase:"),
        (lambda d: d.update(phase="lobby"), "game:"), (lambda d: d.update(seconds=-1), "seconds:"),
        (lambda d: d["people"][0].update(hash="00"), "hash: not a SHA-256"),
        (lambda d: d["people"][1].update(seat=d["people"][0]["seat"]), "two sit there"),
        (lambda d: d["settings"].update(seats=["USA", "XXX"]), "no state 'XXX'"),
        (lambda d: d["settings"].update(strategy="nowhere@CD"), "cannot be taken up"),
        (lambda d: d["game"]["settings"].update(seats=["CAN"]), "not one of this room"),
        (lambda d: d["game"]["injects"].append({"month": 3, "kind": "war", "actor": ""}), "no inject 'war'"),
        (lambda d: d["game"]["injects"].append({"month": 3, "kind": "debris", "actor": "USA"}), "inject 1"),
        (lambda d: d.update(version=9), "not a room of this version"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_a_room_is_refused_with_its_name(library, tmp_path, change, words):
    data = json.loads(json.dumps(room_as_data(Class(library).start().room)))
    change(data)
    file = tmp_path / "room.json"
    file.write_text(json.dumps(data))
    with pytest.raises(UsageError, match=words) as told:
        take_up(file, library)
    assert str(file) in str(told.value)


def test_a_room_needs_somebody_and_begins_once(library):
    class_ = Class(library)
    for token in class_.tokens.values():
        class_.room.act(token, {"do": "leave"})
    with pytest.raises(RefusedError, match="at least one seat"):
        class_.start()
    class_.room.act(class_.tokens["CHN"], {"do": "take", "seat": "USA"})
    class_.start()
    assert class_.room.game.settings.seats == ("USA",)
    with pytest.raises(RefusedError, match="has begun"):
        class_.start()
    class_.room.act(class_.teacher, {"do": "debrief"})
    assert class_.room.phase == "debrief" and class_.room.game.questions == []
    class_.room.act(class_.teacher, {"do": "again"})
    assert class_.room.phase == "lobby" and class_.room.game is None


def test_it_is_said_that_the_deadline_has_passed(library):
    class_ = Class(library, seats=("USA",), last=0).start()
    while not class_.room.game.past_deadline:
        assert seat_views.public_view(class_.room)["board"]["notice"] == ""
        class_.answer("USA", class_.asked("USA").answers[-1] if class_.asked("USA").question == "mandate"
                      else ADVICE)  # fmt: skip
    assert "deadline has passed" in seat_views.public_view(class_.room)["board"]["notice"]


@pytest.mark.parametrize("seat", deal(Library("bellagio").scenario("bellagio"), 10))
def test_every_brief_says_something_from_the_catalogue(library, seat):
    brief = brief_of(library.scenario("bellagio"), library, seat)
    assert set(brief) == {"wants", "fears", "cannot_accept", "owes", "evidence"}
    assert all(brief.values()) and all("(" in line for line in brief["evidence"])
