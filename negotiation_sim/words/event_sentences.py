"""Event records in words, each kind once: its sentences in the story, its headline on the page.

A new kind needs one entry in :data:`EVENTS`; without one it is told by its name. The order of the
table is that of a month's headlines.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from negotiation_sim.words.scales import point_words, shown
from negotiation_sim.words.sentences import listed
from negotiation_sim.words.shares import percent
from negotiation_sim.words.vocabulary import RESPONSES, objecting, on_term, spaced

Event = Mapping[str, Any]
Events = Sequence[Event]
Naming = Callable[[str], str]

SMALLEST_STEP = 0.0005  # of the text, in words
LEAST_SAID = 0.005  # of what a text falls short by
MOST_NAMES = 6  # in a headline
TOGETHER = ("mandate", "round", "report", "passed_on")  # what a package's items go through as one


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
    """Return what events of one month must share to be told in one breath; first their track.

    Of items decided together the first track leads.
    """
    step, track = event_words(event).step, event.get("track")
    if step in TOGETHER:
        track = event.get("package", [track])[0]
    return (track, step, event.get("venue"), event.get("round"))


def tracks_of(event: Event) -> list[int]:
    """Return the tracks that an event concerns: all items of a package, or its own."""
    if event_words(event).step == "pledges":
        return [event["track"]]
    return list(event.get("package", [event["track"]]))


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
        if words.step not in TOGETHER or step_of(mine[0])[0] == mine[0].get("track"):
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


def _much(short: float) -> str:
    return f"{short:.2f}" if short >= LEAST_SAID else "less than 0.01"


def _short_of(actor: str, short: float, term: str) -> str:
    """Return a state with what it misses; one that misses nothing is held by its group (M20)."""
    if short < 0.0:
        return f"{actor} (with its group)"
    return f"{actor} ({objecting(term)}, short by {_much(short)})"


def _told(event: Event, short: float) -> str:
    """Return a state, with what it misses where it does not accept."""
    accepts = event["response"] == "accepts"
    return event["actor"] if accepts else _short_of(event["actor"], short, event["term"])


def _by_response(events: Events, short: Callable[[Event], float]) -> dict[str, list[str]]:
    """Return who said what, each with what it misses, in the order of the vocabulary."""
    said: dict[str, list[str]] = {response: [] for response in RESPONSES}
    for event in events:
        said[event["response"]].append(_told(event, short(event)))
    return {response: names for response, names in said.items() if names}


# A request for a mandate


def _missing(vote: Event) -> float:
    return float(vote["reservation_value"] - vote["value"])


def _mandate(events: Events, issues: Sequence[str], opt_in: bool) -> Iterator[str]:
    """Tell one request for a mandate: the votes, then the answer."""
    votes = [e for e in events if e["kind"] == "mandate_vote"]
    given = [e for e in events if e["kind"] == "mandate"]
    if given:
        table = _each("the text on the table", given, lambda e: point_words(issues, e["text"]))
        yield f"the mandate is given; {table}."
    elif any(e["kind"] == "mandate_refused" for e in events):
        yield "the mandate is refused."
    else:
        return
    for response, names in _by_response(votes, _missing).items():
        yield f"  {_FOR_MANDATE[response]}: {listed(names)}."


def _each(what: str, events: Events, words: Callable[[Event], str]) -> str:
    """Return words of one text, or of each item of a package by its track, from 1."""
    if len(events) == 1:
        return f"{what}: {words(events[0])}"
    return f"{what}: " + "; ".join(f"track {e['track'] + 1}, {words(e)}" for e in events)


def _mandate_headline(events: Events, name: Naming, opt_in: bool) -> Iterator[str]:
    kinds = {e["kind"] for e in events}
    if not kinds & {"mandate", "mandate_refused"}:
        return
    given = "mandate" in kinds
    votes = [e for e in events if e["kind"] == "mandate_vote"]
    against = [e for e in votes if e["response"] == "objects"]
    along = [e for e in votes if e["response"] == "goes_along"]
    if given and not against:
        yield (
            f": the mandate is given, {len(votes) - len(along)} want it, {len(along)} go along."
            if (along)
            else ": all agree to negotiate."
        )
        return
    words = "the mandate is given" if given else "no mandate"
    if not against:
        yield (
            f": {words}. Nobody asks for it, {len(along)} would go along."
            if along
            else f": {words}."
        )
        return
    worst = max(against, key=_missing)
    others = f" and {len(against) - 1} more" if len(against) > 1 else ""
    yield f": {words}. {name(worst['actor'])}{others} would not talk: {_lacks(worst, _missing(worst))}."


def _lacks(event: Event, short: float) -> str:
    """Return why a state says no: the term with what it misses, or its group."""
    if short < 0.0:
        return "it stays with its group"
    return f"{on_term(event['term'])}, short by {short:.2f}"


def _refused_by(events: Events) -> Hashable:
    if all(e["kind"] != "mandate_refused" for e in events):
        return None
    said = [(e["actor"], e["response"]) for e in events if e["kind"] == "mandate_vote"]
    return tuple(sorted(name for name, response in said if response == "objects"))


# A round on a text


def _moved(issues: Sequence[str], before: Sequence[float], after: Sequence[float]) -> str:
    steps = [
        f"{issue} {shown(issue, old, 1)} -> {shown(issue, new, 1)}"
        for issue, old, new in zip(issues, before, after, strict=True)
        if abs(new - old) >= SMALLEST_STEP
    ]
    return ", ".join(steps) or UNMOVED


def _revised(issues: Sequence[str], revisions: Events) -> str:
    """Return what the chair does with the text, or with the items of a package."""
    moves = [_moved(issues, e["before"], e["text"]) for e in revisions]
    if all(move == UNMOVED for move in moves):
        return "the text stays as it is"
    moved = dict(zip([e["track"] for e in revisions], moves, strict=True))
    return _each("the chair moves the text", revisions, lambda e: moved[e["track"]])


def _lack(event: Event) -> float:
    """Return what a text falls short by of what a state insists on, in its own satisfaction."""
    return float(event["aspiration"] - event["satisfaction"])


def _round(events: Events, issues: Sequence[str], opt_in: bool) -> Iterator[str]:
    """Tell one round: revision, responses, decision."""
    by_kind = {e["kind"]: e for e in events}
    for proposal in (e for e in events if e["kind"] == "proposal"):
        yield f"{proposal['actor']} proposes {point_words(issues, proposal['text'])}."
    revisions = [e for e in events if e["kind"] == "revision"]
    decision = by_kind.get("decision")
    if revisions:
        yield f"round {revisions[0]['round']}: {_revised(issues, revisions)}."
    elif decision is not None:
        yield f"round {decision['round']}: the text is put to the decision as it stands."
    answers = _by_response([e for e in events if e["kind"] == "response"], _lack)
    for response, names in answers.items():
        words = RESPONSES[response]
        yield f"  {words.heads_opt_in if opt_in else words.heads}: {listed(names)}."
    if decision is not None:
        outcome = "agreed" if decision["adopted"] else "not agreed"
        yield f"  The text is {outcome}."


def _round_headline(events: Events, name: Naming, opt_in: bool) -> Iterator[str]:
    decision = {e["kind"]: e for e in events}.get("decision")
    if decision is None:
        return
    answers = [e for e in events if e["kind"] == "response" and e["round"] == decision["round"]]
    yes, along = (sum(e["response"] == r for e in answers) for r in ("accepts", "goes_along"))
    place = f", round {decision['round']}: {yes} of {len(answers)} accept"
    place += f", {along} {'goes' if along == 1 else 'go'} along" if along else ""
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
    why = "it stays with its group"
    if _lack(worst) >= 0.0:
        why = f"{on_term(worst['term'])} leaves it {_lack(worst):.2f} short of what it would accept"
    yield f"{place}; {name(worst['actor'])} {verb}: {why}."


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


def _wanted(e: Event, issues: Sequence[str]) -> str:
    """Return what a new government wants, of the issues on which it has a position."""
    heard = [k for k, issue in enumerate(issues) if issue not in e.get("silent", ())]
    return point_words([issues[k] for k in heard], [e["ideal"][k] for k in heard])


UNMOVED = "as it is"
_FOR_MANDATE = {"accepts": "For it", "goes_along": "Go along", "objects": "Against it"}
_BLOCKED = "blocked by a dispute over other items; no mandate can be given."
_MANDATE = EventWords(_mandate, _mandate_headline, "mandate", _refused_by)
_ROUND = EventWords(_round, _round_headline, "round")
_JOINING = EventWords(_joining, _joining_headline, "joining")

EVENTS: Mapping[str, EventWords] = {
    "linkage": _fixed(_BLOCKED, _BLOCKED, step="linkage", alike=lambda events: "linkage"),
    "mandate_vote": _MANDATE, "mandate": _MANDATE, "mandate_refused": _MANDATE,
    "proposal": _ROUND, "revision": _ROUND, "response": _ROUND, "decision": _ROUND,
    "mandate_lapsed": _fixed(
        "the mandate's term is over: it lapses and must be asked for anew.",
        "the mandate's term is over, it lapses.",
    ),
    "report": EventWords(
        lambda events, issues, opt_in: [
            _each("the talks end in a report that binds nobody",
                  events, lambda e: point_words(issues, e["text"])) + "."
        ],
        lambda events, name, opt_in: [": the talks end in a report that binds nobody."],
        "report",
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
        "passed_on",
    ),
    "in_force": _fixed("the text enters into force.", "the text enters into force."),
    "success": EventWords(
        lambda events, issues, opt_in: [
            f"success: participants hold {percent(e['participation'])} of the cast's capability."
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
    "shock": _world(
        lambda e, issues: "A shock makes the matter urgent, or costs trust.",
        lambda e, name: "a shock, as scheduled.",
    ),
    "turnover": _world(
        lambda e, issues: f"A new government in {e['actor']} wants {_wanted(e, issues)}.",
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
    "incident": _world(
        lambda e, issues: f"{e['actor']} tests or interferes in the crisis; nothing bound it.",
        lambda e, name: f"{name} tests or interferes in the crisis; nothing bound it.",
    ),
}  # fmt: skip
