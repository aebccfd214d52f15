"""Every kind of event is told by one entry, in the story and on the page; an unknown one by its name."""

from __future__ import annotations

import pytest

from negotiation_sim import api
from negotiation_sim.model import event_records
from negotiation_sim.words import event_sentences as events

KINDS = tuple(kind.name for kind in event_records.KINDS)
FACTS = {
    "actor": "CHN", "deliberate": True, "breaks": False, "ideal": [0.5, 0.25],
    "value": 0.5, "reservation_value": 0.62, "term": "scope", "text": [0.7, 0.2],
    "before": [0.8, 0.2], "response": "objects", "deficit": 0.1, "satisfaction": 0.5, "aspiration": 0.7, "adopted": False, "joins": True,
    "participation": 0.6,
}  # fmt: skip
WORLD = ("avoided", "event", "crisis", "violation", "turnover", "incident", "shock")
ISSUES = ("form", "scope")


def event(kind: str, **facts) -> dict:
    place = {} if kind in WORLD else {"track": 0, "venue": "CD", "round": 1}
    return {"month": 3, "date": "2009-03", "kind": kind, **place, **FACTS, **facts}


def lower(name: str) -> str:
    return name.lower()


def test_every_kind_has_an_entry():
    assert set(events.EVENTS) == set(KINDS)


def test_what_a_model_tells_has_an_entry():
    told = api.trace("bellagio", strategy="code@adhoc-optin", seed=5, replicate=0)
    kinds = {e["kind"] for e in told.events}
    assert len(kinds) > 8 and kinds <= set(events.EVENTS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_told_in_the_story_and_heads_the_month(kind):
    step = [event(kind)]
    if kind == "mandate_vote":
        step.append(event("mandate_refused"))
    if kind in ("proposal", "revision", "response"):
        step.append(event("decision"))
    said = events.sentences(step, ISSUES)
    assert said and all(said)
    words = events.event_words(step[0])
    heads = list(words.headline(step, lower, False))
    assert heads and heads[0].endswith(".")
    if kind not in WORLD:
        assert heads == events.headlines(step, lower, False)
        assert heads[0].startswith((": ", ", round "))


def test_a_kind_without_an_entry_is_told_by_its_name():
    inside, outside = event("coffee_break"), {"kind": "coffee_break", "month": 3}
    assert events.sentences([inside], ISSUES) == ["coffee break."]
    assert events.headlines([inside, inside], lower, False) == [": coffee break."]
    assert list(events.event_words(outside).headline([outside], lower, False)) == ["coffee break."]


def test_a_new_kind_needs_one_entry(monkeypatch):
    entry = events._fixed("the delegates drink coffee.", "coffee.")
    monkeypatch.setattr(events, "EVENTS", {**events.EVENTS, "coffee_break": entry})
    step = [event("coffee_break")]
    assert events.sentences(step, ISSUES) == ["the delegates drink coffee."]
    assert events.headlines(step, lower, False) == [": coffee."]


def test_headlines_keep_the_order_of_the_table():
    month = [event("success"), event("accession"), event("in_force"), event("decision")]
    heads = events.headlines(month, lower, False)
    assert [head.split()[0] for head in heads] == [",", ":", ":", ":"]
    assert "enters into force" in heads[1] and "success" in heads[2] and "join: chn." in heads[3]


def test_who_votes_no_under_opt_in_stays_out():
    step = [event("response"), event("decision")]
    (closed,) = events.headlines(step, lower, False)
    (open_,) = events.headlines(step, lower, True)
    assert "chn objects: scope leaves it 0.20 short" in closed and "chn stays out" in open_
    assert events.sentences(step, ISSUES, ["CD"])[1] == "  Stay out: CHN (on scope, short by 0.20)."


def test_dull_meetings_are_alike_where_the_same_states_refuse():
    first = [event("mandate_vote"), event("mandate_refused")]
    again = [event("mandate_vote", month=4), event("mandate_refused", month=4)]
    other = [event("mandate_vote", actor="USA"), event("mandate_refused")]
    assert events.alike(first) == events.alike(again) != events.alike(other)
    assert events.alike([event("linkage")]) == events.alike([event("linkage")])
    assert events.alike([event("mandate_vote"), event("mandate")]) is None
    assert events.alike([event("linkage"), event("mandate_lapsed")]) is None


def test_who_goes_along_with_a_mandate_is_counted_apart():
    asked = [
        event("mandate_vote", response="accepts"),
        event("mandate_vote", response="goes_along"),
    ]
    assert events.headlines([*asked, event("mandate")], lower, False) == [
        ": the mandate is given, 1 want it, 1 go along."
    ]
    lonely = [event("mandate_vote", response="goes_along"), event("mandate_refused")]
    assert events.headlines(lonely, lower, False) == [
        ": no mandate. Nobody asks for it, 1 would go along."
    ]


def test_a_headline_counts_who_goes_along_and_names_the_farthest():
    answers = [
        event("response", actor="USA", response="goes_along"),
        event("response", actor="IND", deficit=0.05, aspiration=0.9),
        event("response"),
    ]
    (head,) = events.headlines([*answers, event("decision")], lower, False)
    assert head == (
        ", round 1: 0 of 3 accept, 1 goes along; chn objects: scope leaves it 0.20 short of what it "
        "would accept."
    )


def test_an_item_leaves_the_headline_to_the_first_of_its_package():
    own = {"package": [0, 1]}
    round_ = [event("response", **own), event("decision", **own)]
    assert len(events.headlines(round_, lower, False)) == 1
    assert events.headlines([event("decision", track=1, **own)], lower, False) == []
    assert events.headlines([event("success", track=1)], lower, False)
