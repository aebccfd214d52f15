"""Event records in words: every kind has its sentence, dull meetings are told once."""

from __future__ import annotations

import json

import pytest

from negotiation_sim.words import sentences
from negotiation_sim.words.story import Story

ROW = {
    "track_name": "ban@CD", "ending": "censored", "mandate_month": 3, "agreed_month": None, "adoption_month": None,
    "entry_into_force_month": None, "success_month": None, "end_month": 180, "text_form": 0.8,
    "text_scope": 0.2, "participants": 0, "participation": 0.0, "pledges": 0,
    "pledge_coverage": 0.0, "wanted_by": "", "went_along": "", "timely": False, "cause": "text", "blockers": "CHN:scope USA:missile_defence",
}  # fmt: skip


def event(month: int, kind: str, track: int | None = 0, venue: str = "CD", **facts) -> dict:
    found = {"month": month, "date": f"2009-{month:02d}", "kind": kind}
    if track is not None:
        found |= {"track": track, "venue": venue, "round": facts.pop("round", 0)}
    return found | facts


def told(*events: dict, opt_in=(), rows=(ROW,)) -> str:
    return str(
        Story(
            experiment="sample", strategy="ban@CD", seed=1, replicate=4, start="2009-01",
            issues=("form", "scope"), venue_names={"CD": "Conference", "adhoc": "Ad hoc body"},
            opt_in=opt_in, events=list(events), rows=list(rows),
        )
    )  # fmt: skip


VOTES = [
    event(
        2,
        "mandate_vote",
        actor="CAN",
        response="accepts",
        value=0.8,
        reservation_value=0.6,
        term="",
    ),
    event(
        2,
        "mandate_vote",
        actor="CHN",
        response="objects",
        value=0.5,
        reservation_value=0.62,
        term="scope",
    ),
    event(
        2,
        "mandate_vote",
        actor="USA",
        response="goes_along",
        value=0.5,
        reservation_value=0.503,
        term="set_aside",
    ),
]
RESPONSES = [
    event(3, "response", round=1, actor="CAN", response="accepts", deficit=-0.05, satisfaction=0.8,
          aspiration=0.7, term=""),
    event(3, "response", round=1, actor="USA", response="goes_along", deficit=0.02,
          satisfaction=0.7, aspiration=0.74, term="verification_cost"),
    event(3, "response", round=1, actor="CHN", response="objects", deficit=0.1, satisfaction=0.5,
          aspiration=0.7, term="scope"),
]  # fmt: skip


def test_a_refused_mandate_says_who_on_what_and_by_how_much():
    text = told(*VOTES, event(2, "mandate_refused", actor="CHN"))
    assert "February 2009\n  Conference: the mandate is refused." in text
    assert "For it: CAN." in text
    assert "Against it: CHN (on scope, short by 0.12)." in text
    assert "Go along: USA (on what the text sets aside, short by less than 0.01)." in text


def test_a_mandate_says_what_text_is_on_the_table():
    text = told(*VOTES, event(2, "mandate", text=[0.8, 0.2]))
    assert "the mandate is given; the text on the table: form 0.80, scope 0.20." in text


def test_a_round_tells_revision_responses_and_decision_in_this_order():
    move = event(3, "revision", round=1, before=[0.8, 0.2], text=[0.7, 0.2002])
    proposal = event(3, "proposal", round=1, actor="USA", text=[0.1, 0.1])
    decision = event(3, "decision", round=1, adopted=False, text=[0.7, 0.2])
    text = told(proposal, move, *RESPONSES, decision)
    lines = [line.strip() for line in text.splitlines()]
    start = lines.index("Conference: USA proposes form 0.10, scope 0.10.")
    assert lines[start + 1 : start + 6] == [
        "round 1: the chair moves the text: form 0.800 -> 0.700.",
        "Accept: CAN.",
        "Go along: USA (on the cost of verification, short by 0.04).",
        "Object: CHN (on scope, short by 0.20).",
        "The text is not agreed.",
    ]
    assert "Stay out: CHN" in told(move, *RESPONSES, decision, opt_in=("CD",))
    still = event(3, "revision", round=1, before=[0.8, 0.2], text=[0.8, 0.2])
    assert "the text stays as it is" in told(still)


def test_meetings_that_repeat_themselves_are_told_once_and_counted():
    blocked = [event(month, "linkage") for month in (1, 2, 3)]
    text = told(*blocked)
    assert text.count("blocked by a dispute") == 1
    assert "The same at 2 more meetings, until March 2009." in text
    assert "The same again in February 2009." in told(*blocked[:2])
    other = [event(4, "mandate_vote", actor="CAN", response="objects", value=0.1, reservation_value=0.2,
                   term="form"), event(4, "mandate_refused", actor="CAN")]  # fmt: skip
    assert "The same" not in told(*VOTES, event(2, "mandate_refused", actor="CHN"), *other)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (event(5, "event", None, actor="CHN", deliberate=True, breaks=False), "CHN destroys a satellite in a test."),
        (event(5, "event", None, actor="CHN", deliberate=True, breaks=True), "breaking what it had promised"),
        (event(5, "event", None, actor="", deliberate=False, breaks=False), "An accident makes debris."),
        (event(5, "avoided", None, actor="IND"), "IND would have tested, but keeps what binds it."),
        (event(5, "crisis", None, actor="RUS"), "A crisis involving RUS costs trust."),
        (event(5, "violation", None, actor="RUS"), "RUS breaks the agreement in the crisis."),
        (event(5, "turnover", None, actor="USA", ideal=[0.5, 0.25]), "A new government in USA wants form 0.50, scope 0.25."),
        (event(5, "incident", None, actor="CHN"), "CHN tests or interferes in the crisis; nothing bound it."),
        (event(5, "mandate_lapsed"), "the mandate's term is over: it lapses and must be asked for anew."),
        (event(5, "report", text=[0.35, 0.5]), "the talks end in a report that binds nobody: form 0.35, scope 0.50."),
        (event(5, "pledge", actor="CAN"), "CAN pledges not to test."),
        (event(5, "ratification", actor="CAN", joins=True), "CAN ratifies."),
        (event(5, "ratification", actor="CAN", joins=False), "CAN fails to ratify."),
        (event(5, "accession", actor="BRA", joins=True), "BRA accedes."),
        (event(5, "in_force"), "enters into force"),
        (event(5, "success", participation=0.625), "participants hold 63% of the cast's capability"),
        (event(5, "withdrawal"), "the initiative is withdrawn"),
        (event(5, "dissolved"), "the venue is dissolved"),
        (event(5, "forum_shift", venue="adhoc"), "Ad hoc body: patience is spent"),
        (event(5, "passed_on", text=[0.35, 0.5]), "receives the agreed text (form 0.35, scope 0.50)"),
    ],
)  # fmt: skip
def test_every_kind_of_event_has_its_sentence(facts, words):
    assert words in told(facts)


def test_several_actors_share_a_sentence():
    pledges = [event(5, "pledge", actor=actor) for actor in ("CAN", "DEU", "FRA")]
    assert "CAN, DEU and FRA pledge not to test." in told(*pledges)


def test_a_failed_accession_is_no_news():
    assert "BRA" not in told(event(5, "accession", actor="BRA", joins=False))


def test_the_end_names_milestones_text_cause_and_blockers():
    text = told()
    assert "ban@CD: mandate March 2009; undecided at the horizon." in text
    assert "In time? No: text; CHN (on scope) and USA (on missile-defence interests)." in text
    withdrawn = ROW | {
        "ending": "withdrawn",
        "end_month": 14,
        "cause": "withdrawal",
        "blockers": "",
    }
    assert "withdrawn February 2010." in told(rows=(withdrawn,))
    two = told(event(5, "in_force", track=1), rows=(ROW, ROW | {"track_name": "code@CD"}))
    assert "[track 2] Conference: the text enters into force." in two


def test_a_text_that_one_venue_agreed_and_the_next_did_not_adopt_is_told_as_such():
    row = ROW | {"agreed_month": 15, "wanted_by": "CAN", "went_along": "CHN USA"}
    text = told(rows=(row,))
    assert "mandate March 2009, agreed and passed on March 2010; undecided at the horizon." in text
    assert "When it was agreed, wanted by: CAN." in text
    assert "When it was agreed, went along: CHN and USA." in text
    adopted = told(rows=(row | {"adoption_month": 20},))
    assert "passed on" not in adopted and "    Wanted by: CAN." in adopted


def test_pledges_alone_are_not_told_as_a_negotiation_that_came_to_nothing():
    row = ROW | {"cause": "none", "blockers": "", "pledges": 10, "pledge_coverage": 1.0,
                 "mandate_month": None}  # fmt: skip
    lines = told(rows=(row,)).splitlines()[-3:]
    assert lines == [
        "  ban@CD: pledges alone, no text is negotiated.",
        "    What is pledged: form 0.80, scope 0.20.",
        "    Pledges at one time: 10, 100% of capability.",
    ]


def test_a_mandate_that_lapses_into_a_dispute_is_told_with_its_venue_and_counted():
    lapse, blocked = event(1, "mandate_lapsed"), [event(m, "linkage") for m in (1, 2, 3)]
    lines = told(lapse, *blocked).splitlines()
    assert lines[4:7] == [
        "  Conference: the mandate's term is over: it lapses and must be asked for anew.",
        "  Conference: blocked by a dispute over other items; no mandate can be given.",
        "    The same at 2 more meetings, until March 2009.",
    ]


def test_the_json_holds_everything_that_was_told():
    one = Story("e", "s", 1, 0, "2009-01", ("form",), {"CD": "C"}, (), [event(1, "linkage")], [])
    content = json.loads(one.to_json())
    assert content["events"][0]["kind"] == "linkage" and content["seed"] == 1


def test_a_probability_that_few_beliefs_carry_is_told():
    import pandas as pd

    table = pd.DataFrame({
        "strategy": ["a", "b", "c"], "p_success": [0.03, 0.03, 0.03],
        "p_positions_low": [0.0, 0.0, 0.01], "p_positions_high": [0.02, 0.03, 0.01],
    })  # fmt: skip
    (told,) = sentences.on_few_beliefs(table)
    assert told.startswith("P of a is above the 95th percentile of its beliefs")
    assert sentences.on_few_beliefs(table[1:]) == []
    none = pd.DataFrame({
        "strategy": ["at", "above"], "p_success": [0.016, 0.016], "p_success_low": [0.0, 0.011],
        "p_positions_low": [0.0, 0.0], "p_positions_high": [0.0, 0.0],
    })  # fmt: skip
    (told,) = sentences.on_few_beliefs(none)  # the worst case: not one belief of the middle 90 %
    assert told.startswith("P of above is above")
    assert sentences.on_few_beliefs(table[["strategy", "p_success"]]) == []


def test_a_text_that_would_pass_is_put_to_the_decision_as_it_stands():
    lines = told(*RESPONSES, event(3, "decision", round=1, adopted=True, text=[0.7, 0.2]))
    assert "Conference: round 1: the text is put to the decision as it stands." in lines


def test_who_wanted_a_text_and_who_went_along_are_told_apart():
    agreed = ROW | {"wanted_by": "CAN DEU", "went_along": "CHN"}
    text = told(rows=(agreed,))
    assert "Wanted by: CAN and DEU." in text and "Went along: CHN." in text
    assert "Wanted by" not in told() and "Went along" not in told()


def test_a_state_that_its_group_holds_back_misses_nothing_itself():
    held = event(3, "response", round=1, actor="DEU", response="objects", deficit=0.1,
                 satisfaction=0.8, aspiration=0.7, term="own_reason")  # fmt: skip
    assert "Object: DEU (with its group)." in told(held)


def test_a_reason_that_is_not_seen_is_said_to_be_none_of_the_issues():
    refused = event(2, "mandate_vote", actor="IND", response="objects", value=0.5,
                    reservation_value=0.6, term="own_reason")  # fmt: skip
    text = told(refused, event(2, "mandate_refused", actor="IND"))
    assert "IND (for a reason of its own that we do not see, short by 0.10)" in text


def package(*events: dict) -> str:
    """Tell events of two items that are decided together."""
    return told(
        *(e | {"package": [0, 1]} for e in events), rows=(ROW, ROW | {"track_name": "code@CD"})
    )


def test_a_package_is_told_in_one_breath():
    moves = [
        event(3, "revision", round=1, before=[0.8, 0.2], text=[0.7, 0.2]),
        event(3, "revision", track=1, round=1, before=[0.35, 0.4], text=[0.35, 0.4]),
    ]
    decisions = [
        event(3, "decision", track=track, round=1, adopted=True, text=[0.7, 0.2])
        for track in (0, 1)
    ]
    lines = [line.strip() for line in package(*moves, *RESPONSES, *decisions).splitlines()]
    start = lines.index(
        "[tracks 1 and 2] Conference: round 1: the chair moves the text: track 1, form 0.800 -> 0.700; "
        "track 2, as it is."
    )
    assert lines[start + 1] == "Accept: CAN." and lines[start + 4] == "The text is agreed."
    assert lines.count("The text is agreed.") == 1
    given = [event(3, "mandate", track=track, text=[0.7, 0.2]) for track in (0, 1)]
    assert "track 1, form 0.70, scope 0.20; track 2, form 0.70" in package(*VOTES, *given)
    pledges = [event(4, "pledge", track=1, actor="CAN")]
    assert "[track 2] Conference: CAN pledges not to test." in package(*pledges)
