"""The month in one or two sentences, with names: what the room should have noticed."""

from __future__ import annotations

import re
from functools import partial

from negotiation_sim.engine.scenario import Scenario
from negotiation_sim.faces.page.watching import Frame
from negotiation_sim.words import event_sentences as events
from negotiation_sim.words.sentences import listed, month_name
from negotiation_sim.words.strategies import packages_of

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
    """Return what is proposed and where, a package as one, in the catalogue's names."""
    setting = scenario.setting
    said = []
    for items in packages_of(setting.strategies[scenario.index_of_strategy(strategy)]):
        track, names = items[0], [setting.initiatives[item.initiative].name for item in items]
        what = f"{listed(names)} as a package" if len(names) > 1 else names[0]
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
    named = partial(name_of, scenario)
    said = []
    for number, track in enumerate(frame.tracks):
        mine = [e for e in frame.events if e.get("track") == number]
        place = f"Month {frame.month}, {track.venue}"
        said += [place + words for words in events.headlines(mine, named, track.opt_in)]
    for event in frame.events:
        if "track" not in event:
            told = events.event_words(event).headline([event], named, False)
            said += [f"Month {frame.month}, {words}" for words in told]
    return said or [f"Month {frame.month}: no meeting and no news."]
