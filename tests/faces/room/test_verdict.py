"""The debrief: what turned a game, in words that follow from its runs; the page and the table taken home."""

from __future__ import annotations

import csv
import io

import pytest

from negotiation_sim.faces.page.ensemble_jobs import EnsembleRequest, Job
from negotiation_sim.faces.page.game import ADVICE, Game, Settings, default_strategy
from negotiation_sim.faces.page.library import Library
from negotiation_sim.faces.room.classroom import Room, RoomPlan
from negotiation_sim.faces.room.debrief_sheet import COLUMNS, answers_csv, debrief_pdf
from negotiation_sim.faces.room.verdict import Verdict, findings_of, turning_point, verdict_of


@pytest.fixture(scope="module")
def scenario():
    return Library("bellagio").scenario("bellagio")


def played(scenario, choose, seats=("CHN", "USA"), strategy="") -> Game:
    strategy = strategy or default_strategy(scenario)
    settings = Settings("bellagio", strategy, 1, 0, (), tuple(seats), scenario.deadline)
    game = Game(scenario, settings)
    while game.questions:
        for question in list(game.questions):
            game.answer(choose(question), actor=question.actor)
    return game


def test_a_game_of_advice_has_no_turning_point(scenario):
    game = played(scenario, lambda question: ADVICE)
    verdict = verdict_of(game, findings_of(game))
    assert turning_point(game) is None
    assert verdict.turning == "Every answer was the agents' own: the world alone made this result."
    assert all("Its agent would have come out the same." in said for said in verdict.seats.values())
    assert len(verdict.questions) == 3


def test_the_turning_point_is_the_answer_without_which_the_end_is_another(scenario):
    """One refusal under consensus, and the rest as advised: nothing else can have turned it."""

    def refuse_once(question):
        first = question.actor == "CHN" and question.question == "mandate"
        return "refuse" if first and question.venue == "COPUOS" else ADVICE

    game = played(scenario, refuse_once, seats=("CHN",), strategy="code@COPUOS")
    alone = played(scenario, lambda question: ADVICE, seats=("CHN",), strategy="code@COPUOS")
    assert alone.negotiation.model.rows()[0]["mandate_month"] is not None
    turned = turning_point(game)
    assert (turned.answer.actor, turned.answer.answer) == ("CHN", "refuse")
    assert turned.rows[0]["mandate_month"] == turned.answer.month
    words = verdict_of(game, findings_of(game))
    assert "China chose to refuse the mandate in COPUOS" in words.turning
    assert words.questions[0].startswith("Why did China choose to refuse the mandate")


def test_who_gained_is_counted_against_having_nothing(scenario):
    game = played(scenario, lambda question: question.answers[0], seats=("USA", "RUS", "CHN"))
    seen = findings_of(game)
    gained = verdict_of(game, seen).gained[0]
    assert gained.startswith("Gained: ") and seen.gains["DEU"].played > seen.gains["DEU"].none
    assert "Germany" in gained
    for gain in seen.gains.values():
        assert 0.0 <= gain.played <= 1.0 and 0.0 <= gain.none <= 1.0


@pytest.fixture(scope="module")
def after(scenario):
    """Return a room after a game, and its debrief with some worlds counted."""
    game = played(scenario, lambda question: question.answers[-1], seats=("USA", "RUS", "CHN"))
    room = Room(scenario, RoomPlan(game.settings))
    token = room.join(
        room.code, "\N{GREEK CAPITAL LETTER OMEGA} O\N{RIGHT SINGLE QUOTATION MARK}Neil", "here"
    )
    room.person(token).seat = "USA"
    room.game, room.phase = game, "debrief"
    request = EnsembleRequest("bellagio", (), (game.settings.strategy,), 50, 1)
    tables = Job(scenario, request, 1).start().wait().tables
    return room, verdict_of(game, findings_of(game), tables)


def test_the_place_among_worlds_tells_how_many_and_with_what_interval(after):
    _, verdict = after
    assert verdict.worlds[0].startswith("50 worlds of") and " to " in verdict.worlds[0]


def test_the_page_to_print_is_one_page(after):
    room, verdict = after
    content = debrief_pdf(room, verdict)
    assert content.startswith(b"%PDF") and content.count(b"/Type /Page\n") == 1
    long = Verdict(*([v * 3 if isinstance(v, list) else v for v in vars(verdict).values()]))
    assert debrief_pdf(room, long).count(b"/Type /Page\n") == 1


def test_a_seats_table_has_a_row_for_each_of_its_answers_and_no_other(after):
    room, _ = after
    rows = list(csv.DictReader(io.StringIO(answers_csv(room.game, "USA"))))
    own = [d for d in room.game.decisions if d.actor == "USA"]
    assert tuple(rows[0]) == COLUMNS and len(rows) == len(own) > 8
    assert [int(row["month"]) for row in rows] == [d.month for d in own]
    others = [row for row in rows if row["agent_would"] != "the same"]
    departed = {
        (d.month, d.question, d.track) for d, _ in room.game.policy.departures if d.actor == "USA"
    }
    assert 0 < len(others) <= len(departed)
