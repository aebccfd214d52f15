"""The public board: what everybody in the room may see, as plain data."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Any

from negotiation_sim.engine.injects import DEBRIS, ELECTION, Inject
from negotiation_sim.engine.scenario import Scenario
from negotiation_sim.faces.page.game import Game, Question
from negotiation_sim.faces.page.month_in_words import date_of, headlines, name_of, track_words
from negotiation_sim.faces.page.space_charts import axes_of, sizes
from negotiation_sim.faces.page.watching import ABSENT, Frame, TrackFrame
from negotiation_sim.words.questions import QUESTIONS
from negotiation_sim.words.scales import shown
from negotiation_sim.words.sentences import listed
from negotiation_sim.words.vocabulary import ENDINGS, ISSUES, RESPONSES, STAGES, spaced

TELLING = (
    "success", "in_force", "decision", "mandate", "withdrawal", "dissolved", "forum_shift",
    "report", "passed_on", "mandate_lapsed", "response", "ratification", "pledge", "mandate_refused",
)  # fmt: skip
OF_THE_WORLD = ("event", "violation", "turnover", "incident", "crisis", "avoided")
# Told in words of the board's own: the headlines of a talk say what a state misses.
PRIVATE = (
    "mandate_vote", "mandate", "mandate_refused", "response", "decision", "revision", "proposal",
)  # fmt: skip
LOG, MOST_NAMED = 14, 4


def two_lines(scenario: Scenario, frames: Sequence[Frame]) -> list[str]:
    """Return what some months brought, in two lines at most: at the tables, then in the world."""
    said = []
    for kinds in (TELLING, OF_THE_WORLD):
        found = _foremost(frames, kinds)
        if found is not None:
            frame, kind = found
            said.append(" ".join(public_lines(scenario, _only(frame, kind))[:2]))
    if not said and frames:
        first, last = frames[0].month, frames[-1].month
        span = f"Month {first}" if first == last else f"Months {first} to {last}"
        said = [f"{span}: no meeting and no news."]
    return said


def public_lines(scenario: Scenario, frame: Frame) -> list[str]:
    """Return a month's headlines without what states keep to themselves: how short a text falls."""
    said = []
    for number, track in enumerate(frame.tracks):
        mine = [e for e in frame.events if e.get("track") == number]
        for kind, about in (("mandate_vote", "talks"), ("response", "the text")):
            votes = [e for e in mine if e["kind"] == kind]
            if votes:
                said.append(
                    f"Month {frame.month}, {track.venue}: {_votes(scenario, votes, about, mine, track)}"
                )
    rest = [e for e in frame.events if e["kind"] not in PRIVATE]
    if rest:
        said += headlines(scenario, dataclasses.replace(frame, events=rest))
    return said


def _votes(
    scenario: Scenario,
    votes: Sequence[dict[str, Any]],
    about: str,
    mine: Sequence[dict[str, Any]],
    track: TrackFrame,
) -> str:
    """Return who is for and against, and what came of it."""
    last = max(e["round"] for e in votes)
    votes = [e for e in votes if e["round"] == last]
    for_it = sum(e["response"] == "accepts" for e in votes)
    along = sum(e["response"] == "goes_along" for e in votes)
    against = [name_of(scenario, e["actor"]) for e in votes if e["response"] == "objects"]
    said = f"{for_it} of {len(votes)} want {about}"
    if along:
        said += f", {along} go along" if along > 1 else ", 1 goes along"
    if against:
        names = listed(against) if len(against) <= MOST_NAMED else f"{len(against)} states"
        verb = ("stays out" if track.opt_in else "objects") if len(against) == 1 else (
            "stay out" if track.opt_in else "object")  # fmt: skip
        said += f"; {names} {verb}"
    kinds = {e["kind"]: e for e in mine}
    if "mandate" in kinds:
        return said + ". Talks begin."
    if about == "talks":
        return said + ". No mandate."
    agreed = any(e["kind"] == "decision" and e["adopted"] for e in mine)
    return said + (". The text is agreed." if agreed else ". No agreement yet.")


def _foremost(frames: Sequence[Frame], kinds: Sequence[str]) -> tuple[Frame, str] | None:
    """Return the latest frame with the most telling kind of event, and that kind."""
    for kind in kinds:
        for frame in reversed(frames):
            if any(event["kind"] == kind and _tells(event) for event in frame.events):
                return frame, kind
    return None


def _tells(event: dict[str, Any]) -> bool:
    """Return whether an event is news: a decision only where something was adopted."""
    return event["kind"] != "decision" or bool(event["adopted"])


def _only(frame: Frame, kind: str) -> Frame:
    """Return a frame with the events of a kind and what is told in one breath with them."""
    where = [e.get("track", -1) for e in frame.events if e["kind"] == kind]
    kept = {
        "decision": ("response", "decision"),
        "response": ("response", "decision"),
        "mandate": ("mandate_vote", "mandate"),
        "mandate_refused": ("mandate_vote", "mandate_refused"),
    }.get(kind, (kind,))
    events = [e for e in frame.events if e["kind"] in kept and e.get("track", -1) in where]
    return dataclasses.replace(frame, events=events)


def _status(scenario: Scenario, track: TrackFrame) -> str:
    reached = [
        f"{stage.reached} {date_of(scenario, month)}"
        for stage, month in zip(STAGES.values(), track.milestones, strict=True)
        if month >= 0
    ]
    if track.ended and track.ended not in ("censored", "success"):
        reached.append(ENDINGS.get(track.ended, spaced(track.ended)))
    return ", ".join(reached) or "no mandate yet"


def _table(scenario: Scenario, number: int, track: TrackFrame, words: str) -> dict[str, Any]:
    says = []
    for i, saying in enumerate(track.says):
        if saying != ABSENT or track.joined[i]:
            said = RESPONSES[saying]
            says.append({
                "actor": scenario.actor_ids[i],
                "name": name_of(scenario, scenario.actor_ids[i]),
                "says": saying, "words": said.opt_in if track.opt_in else said.says,
                "joined": track.joined[i],
            })  # fmt: skip
    right, up = axes_of(scenario)
    return {
        "track": number, "words": words, "venue": track.venue, "round": track.rounds,
        "status": _status(scenario, track), "says": says, "opt_in": track.opt_in,
        "text": [[spaced(str(i)), shown(i, track.text[k])] for k, i in enumerate(scenario.issues)],
        "at": [track.text[right], track.text[up]],
        "box": [track.low[right], track.low[up], track.high[right], track.high[up]],
    }  # fmt: skip


def words_of_tracks(scenario: Scenario, strategy: str, n: int) -> list[str]:
    """Return what each track is about; a package's words for each of its items."""
    setting = scenario.setting
    tracks = setting.strategies[scenario.index_of_strategy(strategy)].tracks
    if len(track_words(scenario, strategy)) == n:
        return track_words(scenario, strategy)
    return [
        f"{setting.initiatives[track.initiative].name}: {setting.venues[track.venue].name}"
        for track in tracks
    ]


def thrown_words(scenario: Scenario, injects: Iterable[Inject], month: int) -> list[str]:
    """Return what the instructor has thrown in this month or the one to come."""
    said = []
    for each in injects:
        if not month <= each.month <= month + 1:
            continue
        if each.kind == DEBRIS:
            said.append("News just in: a satellite has broken up; debris spreads.")
        elif each.kind == ELECTION:
            when = date_of(scenario, each.takes_effect)
            said.append(
                f"News just in: {name_of(scenario, each.actor)} votes in {when}; its government will change."
            )
        else:
            said.append(f"News just in: the government of {name_of(scenario, each.actor)} falls.")
    return said


def board_of(game: Game, since: int) -> dict[str, Any]:
    """Return the public board of a game; ``since`` is the month of the question before."""
    scenario, frames = game.scenario, game.now()
    last = frames[-1]
    names = words_of_tracks(scenario, game.settings.strategy, len(last.tracks))
    right, up = axes_of(scenario)
    new = [frame for frame in frames if frame.month >= since and (frame.events or frame is last)]
    told = [
        line
        for frame in frames
        if frame.events and frame.month > 0
        for line in public_lines(scenario, frame)
    ]
    over = "The deadline has passed; what is agreed now comes too late to count as timely."
    return {
        "month": last.month, "date": date_of(scenario, last.month),
        "deadline": date_of(scenario, scenario.deadline), "past_deadline": game.past_deadline,
        "notice": over if game.past_deadline else "",
        "tables": [_table(scenario, n, track, names[n]) for n, track in enumerate(last.tracks)],
        "axes": [axis_words(scenario, right), axis_words(scenario, up)],
        "states": [
            {"actor": actor, "name": name_of(scenario, actor), "size": size,
             "at": [last.position[i][right], last.position[i][up]]}
            for i, (actor, size) in enumerate(zip(scenario.actor_ids, sizes(scenario), strict=True))
        ],
        "news": [*thrown_words(scenario, game.injects, last.month), *two_lines(scenario, new)],
        "log": told[-LOG:][::-1],
    }  # fmt: skip


def axis_words(scenario: Scenario, k: int) -> str:
    """Return what stands beside an axis of the issue space."""
    name = str(scenario.issues[k])
    words = ISSUES.get(name)
    return (words.ends if words is not None else "") or spaced(name)


def asked_in_public(scenario: Scenario, questions: Sequence[Question]) -> str:
    """Return what is being asked, without saying who is asked or what is advised."""
    if not questions:
        return ""
    first = questions[0]
    if first.track < 0:
        return "A capital has a decision to take that is its own."
    venue = scenario.setting.venues[first.venue].name
    rounds = f", round {first.round}" if first.question == "text" else ""
    return f"{venue}{rounds}. {QUESTIONS[first.question].asked}"
