"""The month in one or two sentences, with names: what the room should have noticed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from negotiation_sim.engine.scenario import Scenario
from negotiation_sim.faces.page.watching import Frame
from negotiation_sim.words.sentences import listed, month_name, on_term

CODE = re.compile(r"\b[A-Z]{3}\b")
SHORT_NAMES = {"USA": "United States", "RUS": "Russia", "GBR": "United Kingdom", "PRK": "North Korea",
               "KOR": "South Korea", "IRN": "Iran"}  # fmt: skip


def name_of(scenario: Scenario, actor: str) -> str:
    """Return a state's everyday name."""
    known = scenario.setting.actors
    return SHORT_NAMES.get(actor) or (known[actor].name if actor in known else actor)


CHART_NAMES = {"USA": "USA", "GBR": "UK", "PRK": "North Korea", "KOR": "South Korea"}


def chart_name(scenario: Scenario, actor: str) -> str:
    """Return what stands beside a state's mark in a chart: its name, as short as it is spoken."""
    return CHART_NAMES.get(actor) or name_of(scenario, actor)


def track_words(scenario: Scenario, strategy: str) -> list[str]:
    """Return what is proposed and where, track by track, in the catalogue's names."""
    setting = scenario.setting
    said = []
    for track in setting.strategies[scenario.index_of_strategy(strategy)].tracks:
        what = setting.initiatives[track.initiative].name
        pledges = " with interim pledges" if track.pledges else ""
        where = setting.venues[track.venue].name
        then = f", then {setting.venues[track.fallback].name}" if track.fallback else ""
        said.append(f"{what}{pledges}: {where}{then}")
    return said


def strategy_words(scenario: Scenario, strategy: str) -> str:
    """Return a strategy in words."""
    return "; beside it, ".join(track_words(scenario, strategy))


def with_names(scenario: Scenario, text: str) -> str:
    """Return a text with the names of states for their codes."""
    known = scenario.setting.actors

    def one(match: re.Match[str]) -> str:
        return name_of(scenario, match[0]) if match[0] in known else match[0]

    return CODE.sub(one, text)


def date_of(scenario: Scenario, month: int) -> str:
    """Return the calendar month that is the n-th, from 1; the start for month 0."""
    start = scenario.setting.start
    months = int(start[:4]) * 12 + int(start[5:7]) - 1 + max(0, month - 1)
    return month_name(f"{months // 12}-{months % 12 + 1:02d}")


def headlines(scenario: Scenario, frame: Frame) -> list[str]:
    """Return what happened in a month, track by track, then in the world.

    As in "Month 14, COPUOS, round 5: China objects: scope leaves it 0.31 short of what it would
    accept."
    """
    if frame.month == 0:
        return ["Nothing has happened yet. Press Play, or Step to go one month."]
    said = []
    for number, track in enumerate(frame.tracks):
        mine = [e for e in frame.events if e.get("track") == number]
        place = f"Month {frame.month}, {track.venue}"
        said += [place + words for words in _track_words(scenario, mine, track.opt_in)]
    said += [
        f"Month {frame.month}, {_world_words(scenario, e)}"
        for e in frame.events
        if "track" not in e
    ]
    return said or [f"Month {frame.month}: no meeting and no news."]


def _track_words(scenario: Scenario, events: Sequence[dict[str, Any]], opt_in: bool) -> list[str]:
    kinds = {e["kind"]: e for e in events}
    said = []
    if "linkage" in kinds:
        said.append(": blocked by a dispute over other items; no mandate can be given.")
    if "mandate" in kinds or "mandate_refused" in kinds:
        said.append(_mandate_words(scenario, events, "mandate" in kinds))
    if "decision" in kinds:
        said.append(_round_words(scenario, events, kinds["decision"], opt_in))
    simple = {
        "mandate_lapsed": ": the mandate lapses with the session.",
        "withdrawal": ": the initiative is given up.",
        "dissolved": ": the venue is dissolved.",
        "forum_shift": ": patience is spent, the initiative moves here.",
        "passed_on": ": receives the agreed text and must adopt it.",
        "in_force": ": the text enters into force.",
        "success": ": success, those who matter take part.",
    }
    said += [words for kind, words in simple.items() if kind in kinds]
    for kind, verb in (
        ("ratification", "ratify"),
        ("accession", "join"),
        ("pledge", "pledge not to test"),
    ):
        who = [e["actor"] for e in events if e["kind"] == kind and e.get("joins", True)]
        if who:
            said.append(f": {verb}: {_names(scenario, who)}.")
    return said


def _names(scenario: Scenario, actors: Sequence[str], most: int = 6) -> str:
    names = [name_of(scenario, actor) for actor in actors]
    return listed(names if len(names) <= most else [*names[:most], f"{len(names) - most} more"])


def _mandate_words(scenario: Scenario, events: Sequence[dict[str, Any]], given: bool) -> str:
    against = [e for e in events if e["kind"] == "mandate_vote" and not e["backs"]]
    if given and not against:
        return ": all agree to negotiate."
    worst = max(against, key=lambda e: e["reservation_value"] - e["value"], default=None)
    words = "the mandate is given" if given else "no mandate"
    if worst is None:
        return f": {words}."
    much = worst["reservation_value"] - worst["value"]
    others = f" and {len(against) - 1} more" if len(against) > 1 else ""
    name = name_of(scenario, worst["actor"])
    return (
        f": {words}. {name}{others} would not talk: {on_term(worst['term'])}, short by {much:.2f}."
    )


def _round_words(
    scenario: Scenario, events: Sequence[dict[str, Any]], decision: dict[str, Any], opt_in: bool
) -> str:
    answers = [e for e in events if e["kind"] == "response" and e["round"] == decision["round"]]
    yes = sum(e["response"] == "accepts" for e in answers)
    place = f", round {decision['round']}: {yes} of {len(answers)} accept"
    if decision["adopted"]:
        return f"{place}. The text is agreed."
    against = [e for e in answers if e["response"] == "objects"] or [
        e for e in answers if e["response"] != "accepts"
    ]
    if not against:
        return f"{place}; not agreed."
    worst = max(against, key=lambda e: e["deficit"])
    verb = "stays out" if opt_in else worst["response"].replace("stands_aside", "stands aside")
    name = name_of(scenario, worst["actor"])
    return (
        f"{place}; {name} {verb}: {on_term(worst['term'])} leaves it {worst['deficit']:.2f} "
        "short of what it would accept."
    )


def _world_words(scenario: Scenario, event: dict[str, Any]) -> str:
    name = name_of(scenario, event.get("actor", "")) or "somebody"
    if event["kind"] == "event":
        if not event["deliberate"]:
            return f"in orbit: an accident makes debris ({name})."
        return f"in orbit: {name} destroys a satellite in a test" + (
            ", breaking its word." if event["breaks"] else "."
        )
    answer: str = {
        "turnover": f"a new government in {name}.",
        "avoided": f"in orbit: {name} would have tested, but keeps its word.",
        "crisis": f"a crisis involving {name} costs trust.",
        "violation": f"{name} breaks the agreement in the crisis.",
    }.get(event["kind"], event["kind"].replace("_", " "))
    return answer
