"""One step of a negotiation -> sentences: votes on a mandate, a round, a ratification, an event."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

Event = Mapping[str, Any]

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
TERMS = {
    "verification_cost": "the cost of verification",
    "missile_defence": "missile-defence interests",
    "set_aside": "what the text sets aside",
    "refusal": "no single term",
}
SMALLEST_STEP = 0.0005  # of the text, in words


def month_name(date: str) -> str:
    """Return ``January 2009`` for ``2009-01``.

    Examples
    --------
    >>> month_name("2009-01")
    'January 2009'
    """
    return f"{MONTHS[int(date[5:7]) - 1]} {date[:4]}"


def on_term(term: str) -> str:
    """Return the term of M1 in words; issues keep their names."""
    return TERMS.get(term, term)


def on_few_beliefs(summary: Any) -> list[str]:
    """Return a sentence where P lies above the 95th percentile of its own beliefs.

    Parameters
    ----------
    summary : DataFrame
        As in ``summary.csv``.
    """
    if "p_positions_high" not in summary:
        return []
    found = summary[summary["p_success"] > summary["p_positions_high"]]
    found = found[found["p_positions_high"] > found["p_positions_low"]]["strategy"].tolist()
    if not found:
        return []
    return [
        f"P of {listed(found)} is above the 95th percentile of its beliefs: it rests on few of them, "
        "and more knowledge of positions would most likely lower it."
    ]


def listed(words: Iterable[str]) -> str:
    """Return ``a, b and c``.

    Examples
    --------
    >>> listed(["CHN", "IND", "USA"])
    'CHN, IND and USA'
    """
    words = list(words)
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + f" and {words[-1]}"


def point_words(issues: Sequence[str], point: Sequence[float]) -> str:
    """Return ``form 0.80, scope 0.20``."""
    return ", ".join(f"{issue} {value:.2f}" for issue, value in zip(issues, point, strict=True))


def _short_of(actor: str, deficit: float, term: str) -> str:
    much = f"{deficit:.2f}" if deficit >= 0.005 else "less than 0.01"
    return f"{actor} (on {on_term(term)}, short by {much})"


def _mandate(events: list[Event], issues: Sequence[str]) -> Iterator[str]:
    """Tell one request for a mandate: the votes, then the answer."""
    votes = [e for e in events if e["kind"] == "mandate_vote"]
    backing = [e["actor"] for e in votes if e["backs"]]
    refusing = [
        _short_of(e["actor"], e["reservation_value"] - e["value"], e["term"])
        for e in votes
        if not e["backs"]
    ]
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


def _moved(issues: Sequence[str], before: Sequence[float], after: Sequence[float]) -> str:
    steps = [
        f"{issue} {old:.3f} -> {new:.3f}"
        for issue, old, new in zip(issues, before, after, strict=True)
        if abs(new - old) >= SMALLEST_STEP
    ]
    return f"the chair moves the text: {', '.join(steps)}" if steps else "the text stays as it is"


def _round(events: list[Event], issues: Sequence[str], opt_in: bool = False) -> Iterator[str]:
    """Tell one round: revision, responses, decision."""
    by_kind = {e["kind"]: e for e in events}
    for proposal in (e for e in events if e["kind"] == "proposal"):
        yield f"{proposal['actor']} proposes {point_words(issues, proposal['text'])}."
    revision = by_kind.get("revision")
    if revision is not None:
        yield f"round {revision['round']}: {_moved(issues, revision['before'], revision['text'])}."
    answers: dict[str, list[str]] = {"accepts": [], "stands_aside": [], "objects": []}
    for e in (e for e in events if e["kind"] == "response"):
        accepts = e["response"] == "accepts"
        said = e["actor"] if accepts else _short_of(e["actor"], e["deficit"], e["term"])
        answers[e["response"]].append(said)
    no = "Stay out" if opt_in else "Object"
    for answer, words in (("accepts", "Accept"), ("stands_aside", "Stand aside"), ("objects", no)):
        if answers[answer]:
            yield f"  {words}: {listed(answers[answer])}."
    decision = by_kind.get("decision")
    if decision is not None:
        outcome = "agreed" if decision["adopted"] else "not agreed"
        yield f"  The text is {outcome}."


def _actors(events: list[Event], verb: str, plural: str) -> str:
    actors = [e["actor"] for e in events]
    return f"{listed(actors)} {verb if len(actors) == 1 else plural}."


def _joining(events: list[Event], _: Sequence[str]) -> Iterator[str]:
    """Tell who ratifies or accedes this month, and who tries and fails."""
    for kind, words in (
        ("ratification", ("ratifies", "ratify")),
        ("accession", ("accedes", "accede")),
    ):
        joined = [e for e in events if e["kind"] == kind and e["joins"]]
        failed = [e for e in events if e["kind"] == kind and not e["joins"]]
        if joined:
            yield _actors(joined, *words)
        if failed and kind == "ratification":
            yield _actors(failed, "fails to ratify", "fail to ratify")


def _pledges(events: list[Event], _: Sequence[str]) -> Iterator[str]:
    yield _actors(events, "pledges not to test", "pledge not to test")


def _one(events: list[Event], issues: Sequence[str]) -> Iterator[str]:
    """Tell what takes one sentence each."""
    sentences = {
        "linkage": "blocked by a dispute over other items; no mandate can be given.",
        "mandate_lapsed": "the mandate lapses with the session and must be renewed.",
        "in_force": "the text enters into force.",
        "withdrawal": "the initiative is withdrawn.",
        "dissolved": "the venue is dissolved.",
        "forum_shift": "patience is spent: the initiative moves here, with its text and part of its rounds.",
    }
    for e in events:
        if e["kind"] == "success":
            yield f"success: participants hold {e['participation']:.0%} of the cast's capability."
        elif e["kind"] == "passed_on":
            yield f"receives the agreed text ({point_words(issues, e['text'])}) and must mandate and adopt it."
        else:
            yield sentences[e["kind"]]


def _world(e: Event, issues: Sequence[str]) -> str:
    """Tell what happens outside the negotiating rooms."""
    actor = e.get("actor", "")
    if e["kind"] == "event":
        if not e["deliberate"]:
            return "An accident makes debris" + (f" ({actor})." if actor else ".")
        broken = ", breaking what it had promised" if e["breaks"] else ""
        return f"{actor} destroys a satellite in a test{broken}."
    if e["kind"] == "turnover":
        return f"A new government in {actor} wants {point_words(issues, e['ideal'])}."
    return {
        "avoided": f"{actor} would have tested, but keeps what binds it.",
        "crisis": f"A crisis involving {actor} costs trust.",
        "violation": f"{actor} breaks the agreement in the crisis.",
    }[e["kind"]]


_TELLERS = {
    "mandate": (_mandate, ("mandate_vote", "mandate", "mandate_refused")),
    "round": (_round, ("proposal", "revision", "response", "decision")),
    "joining": (_joining, ("ratification", "accession")),
    "pledges": (_pledges, ("pledge",)),
}
_TELLER_OF = {kind: name for name, (_, kinds) in _TELLERS.items() for kind in kinds}


def step_of(event: Event) -> tuple[Any, ...]:
    """Return what events of one month must share to be told in one breath."""
    teller = _TELLER_OF.get(event["kind"], "one")
    return (event.get("track"), teller, event.get("venue"), event.get("round"))


def sentences(step: list[Event], issues: Sequence[str], opt_in: Sequence[str] = ()) -> list[str]:
    """Return the events of one step in words.

    Parameters
    ----------
    step : list of mapping
        Events of one month that share :func:`step_of`.
    issues : sequence of str
    opt_in : sequence of str
        Venues that nobody can block: who does not accept stays out.
    """
    track, teller, venue, _ = step_of(step[0])
    if track is None:
        return [_world(event, issues) for event in step]
    if teller == "one":
        return list(_one(step, issues))
    tell = _TELLERS[teller][0]
    if teller == "round":
        tell = partial(_round, opt_in=venue in opt_in)
    return list(tell(step, issues))
