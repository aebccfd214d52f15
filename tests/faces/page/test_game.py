"""Games: agents' answers give the agents' run, a saved game goes on, a bad file is refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from negotiation_sim.engine.agents import NegotiationModel
from negotiation_sim.errors import UsageError
from negotiation_sim.faces.page import saved_game
from negotiation_sim.faces.page.debrief import debrief
from negotiation_sim.faces.page.debrief_panel import consent_words
from negotiation_sim.faces.page.game import (
    ACCEPT,
    ALONG,
    ANSWERS,
    BACK,
    MANDATE,
    OBJECT,
    PROPOSE,
    REFUSE,
    TEXT,
    Game,
    Settings,
)
from negotiation_sim.faces.page.library import Library
from negotiation_sim.faces.page.question_card import interests
from negotiation_sim.faces.page.watching import ALONG as ALONG_SAID

PLEDGED = "ban-executive@adhoc-optin+pledges"
TALKS = 38  # the replicate in which COPUOS begins talks on a code at once and China objects


@pytest.fixture(scope="module")
def library():
    return Library("bellagio")


def game_of(library, strategy="code@COPUOS", seats=("CHN",), replicate=TALKS, **more) -> Game:
    settings_ = Settings("bellagio", strategy, 1, replicate, (), tuple(seats))
    return Game(library.scenario("bellagio"), settings_, **more)


def advised(game: Game) -> str:
    """Return what the agent would answer; asks the model's own run where advice is not enough."""
    question = game.question
    if question.question == MANDATE:
        return BACK if question.advice else REFUSE
    if question.question == TEXT:
        return ACCEPT if question.advice else OBJECT
    return ANSWERS[question.question][0 if question.advice else 1]


def play_out(game: Game, choose=advised) -> Game:
    while game.question is not None:
        game.answer(choose(game))
    return game


@pytest.mark.parametrize(
    "replicate", [0, *(pytest.param(n, marks=pytest.mark.long) for n in (1, 3))]
)
def test_answers_of_the_agents_give_the_agents_run(library, replicate):
    """Under opt-in nobody goes along, so the advice is the whole of what an agent does."""
    game = play_out(game_of(library, PLEDGED, ("CHN", "USA"), replicate))
    alone = NegotiationModel(game.scenario, PLEDGED, 1, replicate).run()
    assert game.negotiation.model.rows() == alone.rows()
    assert game.policy.departures == []
    found = debrief(game)
    assert all(seat.played == seat.agents for seat in found.seats)


def test_one_refusal_stops_a_consensus_mandate(library):
    """China backs talks on a code in COPUOS in this world; a seat that never does ends them."""
    game = play_out(game_of(library), lambda game: REFUSE)
    assert game.negotiation.model.rows()[0]["mandate_month"] is None
    found = debrief(game)
    assert found.agents[0]["mandate_month"] is not None
    assert {answer for _, answer in found.departures} == {BACK}
    assert found.seats[0].differences == len(found.departures) > 5


def test_a_proposal_moves_the_text_next_round(library):
    def texts(proposal):
        game = game_of(library)
        game.answer(BACK)
        game.answer(PROPOSE if proposal else OBJECT, 0, proposal)
        return game.question.texts[0]

    plain, pulled = texts(None), texts((0.2, 0.2))
    assert pulled[0] < plain[0] and pulled[1] < plain[1]


def test_a_standing_answer_is_not_asked_again_until_it_ends(library):
    game = game_of(library)
    game.answer(REFUSE, until=game.question.month + 12)
    assert game.question.month > 14 and len(game.decisions) == 1


def test_undo_asks_the_same_question_again(library):
    game = game_of(library)
    before = game.question
    game.answer(BACK)
    game.undo()
    assert game.question == before and game.decisions == []


def test_only_members_are_asked_and_only_what_is_allowed(library):
    game = game_of(library, PLEDGED)
    assert set(game.question.answers) == {BACK, REFUSE}  # under opt-in nobody needs to go along
    with pytest.raises(ValueError, match="not an answer"):
        game.answer(ACCEPT)


def test_a_saved_game_goes_on_as_if_it_had_not_been_saved(library):
    game = game_of(library, seats=("CHN", "CAN"))
    for answer in (BACK, BACK, OBJECT):
        game.answer(answer)
    game.answer(PROPOSE, 0, (0.3, 0.4))
    again, warning = saved_game.load(saved_game.dump(game), library)
    assert warning == ""
    assert again.question == game.question and again.decisions == game.decisions
    assert play_out(again).negotiation.model.rows() == play_out(game).negotiation.model.rows()


def test_a_changed_catalogue_is_noticed(library):
    data = json.loads(saved_game.dump(game_of(library)))
    data["setting"] = "0" * 16
    _, warning = saved_game.load(json.dumps(data), library)
    assert "changed" in warning


def broken(change) -> str:
    library_ = Library("bellagio")
    game = game_of(library_)
    game.answer(BACK)
    data = json.loads(saved_game.dump(game))
    change(data)
    return json.dumps(data)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d.update(extra=1), "extra"),
        (lambda d: d.pop("decisions"), "decisions"),
        (lambda d: d.update(format="pickle"), "not a saved game"),
        (lambda d: d.update(version=True), "not a saved game"),
        (lambda d: d["settings"].update(experiment="../../secret"), "no experiment"),
        (lambda d: d["settings"].update(strategy="ban-treaty@nowhere"), "no strategy"),
        (lambda d: d["settings"].update(seats=["XYZ"]), "no state"),
        (lambda d: d["settings"].update(seed=1.5), "seed"),
        (lambda d: d["settings"].update(changes={"environment.event_rate": 9}), "0.2"),
        (lambda d: d["decisions"].append(dict(d["decisions"][0])), "twice"),
        (lambda d: d["decisions"][0].update(answer="accept"), "not an answer"),
        (lambda d: d["decisions"][0].update(month=100000), "month"),
        (lambda d: d["decisions"][0].update(actor="USA"), "no seat"),
        (lambda d: d["decisions"][0].update(proposal=[0.5, 0.5]), "proposal"),
        (lambda d: d["decisions"][0].update(question=["text"]), "not an answer"),
    ],
)
def test_a_bad_file_is_refused_in_words(library, change, words):
    with pytest.raises(UsageError, match=words):
        saved_game.load(broken(change), library)


@pytest.mark.parametrize(
    "text", ["", "[]", "null", "{", '{"a": NaN}', '{"a": 1, "a": 2}', "[" * 5000]
)
def test_what_is_no_game_at_all_is_refused(library, text):
    with pytest.raises(UsageError):
        saved_game.load(text, library)


@settings(max_examples=60)
@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
), st.sampled_from(["settings", "decisions", "setting", "version", "format"]))  # fmt: skip
def test_any_other_value_anywhere_is_refused_in_words(library, value, field):
    data = json.loads(saved_game.dump(game_of(library)))
    if field == "setting" or data[field] == value:
        return
    data[field] = value
    if field == "decisions" and value == []:
        return
    with pytest.raises(UsageError):
        saved_game.load(json.dumps(data), library)


def small_game(library, setting, seats, decisions=()):
    """Return a game on a setting made for a test."""
    from negotiation_sim.engine.scenario import compile_setting

    name = setting.strategies[0].name
    return Game(compile_setting(setting), Settings("made", name, 1, 0, (), seats), decisions)


def test_a_seat_may_go_along_with_a_mandate(library):
    """ZED does not back the talks of the four; going along, it lets them begin all the same."""
    from helpers import study_scenes as scenes

    game = small_game(library, scenes.veto_player(), ("ZED",))
    question = game.question
    assert question.question == MANDATE and question.answers == (BACK, ALONG, REFUSE)
    assert not question.advice
    assert question.value < question.reservation_value == question.threshold
    game.answer(ALONG)
    says = game.negotiation.frames[1].tracks[0].says
    assert says[game.scenario.actor_ids.index("ZED")] == ALONG_SAID
    assert game.question.question == TEXT
    ((answer, advised),) = game.policy.departures
    assert (answer.answer, advised) == (ALONG, REFUSE)
    again = small_game(library, scenes.veto_player(), ("ZED",))
    again.answer(REFUSE)
    assert again.question.question == MANDATE and again.policy.departures == []


def test_what_the_agent_would_have_done_beside_backing_is_not_known(library):
    from helpers import study_scenes as scenes

    game = small_game(library, scenes.veto_player(), ("ZED",))
    game.answer(BACK)
    ((answer, advised),) = game.policy.departures
    assert (answer.answer, advised) == (BACK, "not_back")


def packages():
    """Return a setting of one package of two items that everybody likes."""
    from helpers import study_scenes as scenes

    s = scenes.s
    items = [s.initiative(n, scenes.TEXT, scenes.PINNED, binding=False) for n in ("one", "two")]
    tracks = [{"initiative": "one", "venue": "hall"},
              {"initiative": "two", "venue": "hall", "joined": 0}]  # fmt: skip
    cast = [scenes.content(name, stake=0.5) for name in scenes.NAMES]
    return s.setting(cast, [s.venue("hall")], items, [tracks])


def test_a_package_is_asked_once_and_played_to_its_end(library):
    game = small_game(library, packages(), ("AAA",))
    assert game.question.tracks == (0, 1) and len(game.question.texts) == 2
    game.answer(BACK)
    question = game.question
    assert question.question == TEXT and question.answers == (ACCEPT, ALONG, OBJECT)
    assert question.value == pytest.approx(1.0)
    html = interests(game, question)
    assert "on the table: one" in html and "on the table: two" in html
    game.answer(ACCEPT)
    while game.question is not None:
        game.answer(advised(game))
    frame = game.now()[-1]
    assert [track.says[0] for track in frame.tracks] == ["accepts", "accepts"]
    assert all(row["timely"] for row in game.negotiation.model.rows())
    assert game.negotiation.model.rows()[1]["wanted_by"] == "AAA BBB CCC DDD"


def test_worth_at_the_end_without_a_text_is_that_of_the_status_quo(library):
    from helpers import study_scenes as scenes

    game = small_game(library, scenes.veto_player(), ("ZED",))
    while game.question is not None:
        game.answer(REFUSE, until=10_000)
    (seat,) = debrief(game).seats
    assert seat.played == pytest.approx(scenes.VETO_WITHOUT)


def test_the_debrief_says_who_wanted_a_text_and_who_went_along(library):
    row = {"wanted_by": "CAN DEU", "went_along": "CHN"}
    game = game_of(library)
    assert consent_words(game, row) == (
        "2 wanted it, 1 went along\nwanted by Canada, Germany; went along: China"
    )
    assert consent_words(game, {"wanted_by": "", "went_along": ""}) == "no text agreed"
