"""Event records in words, each kind once: its sentences in the story, its headline on the page.

A new kind needs one entry in :data:`EVENTS`; without one it is told by its name. The order of the
table is that of a month's headlines.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from negotiation_sim.words.sentences import listed, point_words
from negotiation_sim.words.vocabulary import RESPONSES, on_term, spaced

Event = Mapping[str, Any]
Events = Sequence[Event]
Naming = Callable[[str], str]

SMALLEST_STEP = 0.0005  # of the text, in words
MOST_NAMES = 6  # in a headline


@dataclass(frozen=True)
class EventWords:
    """How events of some kinds are told.

    Parameters
    ----------
    story : callable
        From events, names of the issues and whether nobody can block: sentences of the story.
    headline : callable
        From events, how to name a state and whether nobody can block: what follows
        "Month 14, COPUOS" on the page.
    step : str
        Events of one month, track, venue and round with the same word are told in one breath.
    alike : callable, optional
        From events: what makes two dull meetings the same; None where it was not dull.
    """

    story: Callable[[Events, Sequence[str], bool], Iterable[str]]
    headline: Callable[[Events, Naming, bool], Iterable[str]]
    step: str = "one"
    alike: Callable[[Events], Hashable] | None = None


def event_words(event: Event) -> EventWords:
    """Return how an event is told."""
    return EVENTS.get(event["kind"]) or _by_name(event["kind"])


def step_of(event: Event) -> tuple[Any, ...]:
    """Return what events of one month must share to be told in one breath."""
    return (event.get("track"), event_words(event).step, event.get("venue"), event.get("round"))


def sentences(step: Events, issues: Sequence[str], opt_in: Sequence[str] = ()) -> list[str]:
    """Return the events of one step in words.

    Parameters
    ----------
    step : list of mapping
        Events of one month that share :func:`step_of`.
    issues : sequence of str
    opt_in : sequence of str
        Venues that nobody can block: who does not accept stays out.
    """
    free = step[0].get("venue") in opt_in
    told = event_words(step[0])
    if told.step != "one":
        return list(told.story(step, issues, free))
    return [line for event in step for line in event_words(event).story([event], issues, free)]


def headlines(events: Events, name: Naming, opt_in: bool) -> list[str]:
    """Return the headlines of one track's month, the most telling first."""
    kinds = {event["kind"] for event in events}
    known = dict.fromkeys(words for kind, words in EVENTS.items() if kind in kinds)
    rest = dict.fromkeys(event_words(event) for event in events if event["kind"] not in EVENTS)
    found: list[str] = []
    for words in (*known, *rest):
        mine = [event for event in events if event_words(event) is words]
        found += words.headline(mine, name, opt_in)
    return found


def alike(step: Events) -> Hashable:
    """Return what makes a dull meeting like the one before: the same door closed by the same states."""
    told = {event_words(event) for event in step}
    look = next(iter(told)).alike if len(told) == 1 else None
    found = look(step) if look is not None else None
    return None if found is None else (step[0].get("track"), step[0].get("venue"), found)


def _fixed(sentence: str, headline: str, **more: Any) -> EventWords:
    """Return words that depend on nothing: a sentence an event, a headline a month."""
    return EventWords(
        lambda events, issues, opt_in: [sentence] * len(events),
        lambda events, name, opt_in: [f": {headline}"],
        **more,
    )


@functools.cache
def _by_name(kind: str) -> EventWords:
    """Return words for a kind without an entry."""
    said = f"{spaced(kind)}."
    return EventWords(
        lambda events, issues, opt_in: [said] * len(events),
        lambda events, name, opt_in: [f": {said}" if "track" in events[0] else said],
    )


def _short_of(actor: str, deficit: float, term: str) -> str:
    much = f"{deficit:.2f}" if deficit >= 0.005 else "less than 0.01"
    return f"{actor} (on {on_term(term)}, short by {much})"


# A request for a mandate


def _missing(vote: Event) -> float:
    return float(vote["reservation_value"] - vote["value"])


def _mandate(events: Events, issues: Sequence[str], opt_in: bool) -> Iterator[str]:
    """Tell one request for a mandate: the votes, then the answer."""
    votes = [e for e in events if e["kind"] == "mandate_vote"]
    backing = [e["actor"] for e in votes if e["backs"]]
    refusing = [_short_of(e["actor"], _missing(e), e["term"]) for e in votes if not e["backs"]]
    answer = next((e for e in events if e["kind"] in ("mandate", "mandate_refused")), None)
    if answer is None:
        return
    given = answer["kind"] == "mandate"
    text = f"; the text on the table: {point_words(issues, answer['text'])}" if given else ""
    yield f"the mandate is {'given' if given else 'refused'}{text}."
    if backing:
        yield f"  For it: {listed(backing)}."
    if refusing:
        yield f"  Against it: {listed(refusing)}."


def _mandate_headline(events: Events, name: Naming, opt_in: bool) -> Iterator[str]:
    kinds = {e["kind"] for e in events}
    if not kinds & {"mandate", "mandate_refused"}:
        return
    given = "mandate" in kinds
    against = [e for e in events if e["kind"] == "mandate_vote" and not e["backs"]]
    if given and not against:
        yield ": all agree to negotiate."
        return
    worst = max(against, key=_missing, default=None)
    words = "the mandate is given" if given else "no mandate"
    if worst is None:
        yield f": {words}."
        return
    others = f" and {len(against) - 1} more" if len(against) > 1 else ""
    yield (
        f": {words}. {name(worst['actor'])}{others} would not talk: {on_term(worst['term'])}, "
        f"short by {_missing(worst):.2f}."
    )


def _refused_by(events: Events) -> Hashable:
    if all(e["kind"] != "mandate_refused" for e in events):
        return None
    return tuple(
        sorted({e["actor"] for e in events if e["kind"] == "mandate_vote" and not e["backs"]})
    )


# A round on a text


def _moved(issues: Sequence[str], before: Sequence[float], after: Sequence[float]) -> str:
    steps = [
        f"{issue} {old:.3f} -> {new:.3f}"
        for issue, old, new in zip(issues, before, after, strict=True)
        if abs(new - old) >= SMALLEST_STEP
    ]
    return f"the chair moves the text: {', '.join(steps)}" if steps else "the text stays as it is"


def _round(events: Events, issues: Sequence[str], opt_in: bool) -> Iterator[str]:
    """Tell one round: revision, responses, decision."""
    by_kind = {e["kind"]: e for e in events}
    for proposal in (e for e in events if e["kind"] == "proposal"):
        yield f"{proposal['actor']} proposes {point_words(issues, proposal['text'])}."
    revision = by_kind.get("revision")
    if revision is not None:
        yield f"round {revision['round']}: {_moved(issues, revision['before'], revision['text'])}."
    answers: dict[str, list[str]] = {response: [] for response in RESPONSES}
    for e in (e for e in events if e["kind"] == "response"):
        accepts = e["response"] == "accepts"
        said = e["actor"] if accepts else _short_of(e["actor"], e["deficit"], e["term"])
        answers[e["response"]].append(said)
    for response, words in RESPONSES.items():
        if answers[response]:
            heads = words.heads_opt_in if opt_in else words.heads
            yield f"  {heads}: {listed(answers[response])}."
    decision = by_kind.get("decision")
    if decision is not None:
        outcome = "agreed" if decision["adopted"] else "not agreed"
        yield f"  The text is {outcome}."


def _round_headline(events: Events, name: Naming, opt_in: bool) -> Iterator[str]:
    decision = {e["kind"]: e for e in events}.get("decision")
    if decision is None:
        return
    answers = [e for e in events if e["kind"] == "response" and e["round"] == decision["round"]]
    yes = sum(e["response"] == "accepts" for e in answers)
    place = f", round {decision['round']}: {yes} of {len(answers)} accept"
    if decision["adopted"]:
        yield f"{place}. The text is agreed."
        return
    against = [e for e in answers if e["response"] == "objects"] or [
        e for e in answers if e["response"] != "accepts"
    ]
    if not against:
        yield f"{place}; not agreed."
        return
    worst = max(against, key=lambda e: e["deficit"])
    verb = RESPONSES["objects"].opt_in if opt_in else RESPONSES[worst["response"]].says
    yield (
        f"{place}; {name(worst['actor'])} {verb}: {on_term(worst['term'])} leaves it "
        f"{worst['deficit']:.2f} short of what it would accept."
    )


# States that join


def _actors(events: Events, verb: str, plural: str) -> str:
    actors = [e["actor"] for e in events]
    return f"{listed(actors)} {verb if len(actors) == 1 else plural}."


def _joining(events: Events, issues: Sequence[str], opt_in: bool) -> Iterator[str]:
    """Tell who ratifies or accedes this month, and who tries and fails."""
    for kind, verbs in (
        ("ratification", ("ratifies", "ratify")),
        ("accession", ("accedes", "accede")),
    ):
        joined = [e for e in events if e["kind"] == kind and e["joins"]]
        failed = [e for e in events if e["kind"] == kind and not e["joins"]]
        if joined:
            yield _actors(joined, *verbs)
        if failed and kind == "ratification":
            yield _actors(failed, "fails to ratify", "fail to ratify")


def _joining_headline(events: Events, name: Naming, opt_in: bool) -> Iterator[str]:
    for kind, verb in (("ratification", "ratify"), ("accession", "join")):
        yield from _who(verb, [e for e in events if e["kind"] == kind and e["joins"]], name)


def _who(verb: str, events: Events, name: Naming) -> Iterator[str]:
    names = [name(e["actor"]) for e in events]
    if names:
        rest = len(names) - MOST_NAMES
        yield f": {verb}: {listed([*names[:MOST_NAMES], f'{rest} more'] if rest > 0 else names)}."


# The world outside the negotiating rooms


def _world(
    story: Callable[[Event, Sequence[str]], str], headline: Callable[[Event, str], str]
) -> EventWords:
    """Return words of an event that belongs to no track: a sentence and a headline each."""
    return EventWords(
        lambda events, issues, opt_in: [story(e, issues) for e in events],
        lambda events, name, opt_in: [
            headline(e, name(e.get("actor", "")) or "somebody") for e in events
        ],
    )


def _debris(e: Event, issues: Sequence[str]) -> str:
    actor = e.get("actor", "")
    if not e["deliberate"]:
        return "An accident makes debris" + (f" ({actor})." if actor else ".")
    broken = ", breaking what it had promised" if e["breaks"] else ""
    return f"{actor} destroys a satellite in a test{broken}."


def _debris_headline(e: Event, name: str) -> str:
    if not e["deliberate"]:
        return f"in orbit: an accident makes debris ({name})."
    broken = ", breaking its word." if e["breaks"] else "."
    return f"in orbit: {name} destroys a satellite in a test{broken}"


_BLOCKED = "blocked by a dispute over other items; no mandate can be given."
_MANDATE = EventWords(_mandate, _mandate_headline, "mandate", _refused_by)
_ROUND = EventWords(_round, _round_headline, "round")
_JOINING = EventWords(_joining, _joining_headline, "joining")

EVENTS: Mapping[str, EventWords] = {
    "linkage": _fixed(_BLOCKED, _BLOCKED, alike=lambda events: "linkage"),
    "mandate_vote": _MANDATE, "mandate": _MANDATE, "mandate_refused": _MANDATE,
    "proposal": _ROUND, "revision": _ROUND, "response": _ROUND, "decision": _ROUND,
    "mandate_lapsed": _fixed(
        "the mandate lapses with the session and must be renewed.",
        "the mandate lapses with the session.",
    ),
    "withdrawal": _fixed("the initiative is withdrawn.", "the initiative is given up."),
    "dissolved": _fixed("the venue is dissolved.", "the venue is dissolved."),
    "forum_shift": _fixed(
        "patience is spent: the initiative moves here, with its text and part of its rounds.",
        "patience is spent, the initiative moves here.",
    ),
    "passed_on": EventWords(
        lambda events, issues, opt_in: [
            f"receives the agreed text ({point_words(issues, e['text'])}) and must mandate and adopt it."
            for e in events
        ],
        lambda events, name, opt_in: [": receives the agreed text and must adopt it."],
    ),
    "in_force": _fixed("the text enters into force.", "the text enters into force."),
    "success": EventWords(
        lambda events, issues, opt_in: [
            f"success: participants hold {e['participation']:.0%} of the cast's capability."
            for e in events
        ],
        lambda events, name, opt_in: [": success, those who matter take part."],
    ),
    "ratification": _JOINING, "accession": _JOINING,
    "pledge": EventWords(
        lambda events, issues, opt_in: [
            _actors(events, "pledges not to test", "pledge not to test")
        ],
        lambda events, name, opt_in: _who("pledge not to test", events, name),
        "pledges",
    ),
    "event": _world(_debris, _debris_headline),
    "avoided": _world(
        lambda e, issues: f"{e['actor']} would have tested, but keeps what binds it.",
        lambda e, name: f"in orbit: {name} would have tested, but keeps its word.",
    ),
    "turnover": _world(
        lambda e, issues: f"A new government in {e['actor']} wants {point_words(issues, e['ideal'])}.",
        lambda e, name: f"a new government in {name}.",
    ),
    "crisis": _world(
        lambda e, issues: f"A crisis involving {e['actor']} costs trust.",
        lambda e, name: f"a crisis involving {name} costs trust.",
    ),
    "violation": _world(
        lambda e, issues: f"{e['actor']} breaks the agreement in the crisis.",
        lambda e, name: f"{name} breaks the agreement in the crisis.",
    ),
}  # fmt: skip
