"""The month in one or two sentences, with names: what the room should have noticed."""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from functools import partial
from typing import Any

from negotiation_sim.engine.scenario import Scenario
from negotiation_sim.faces.page.watching import Frame, TrackFrame
from negotiation_sim.words import event_sentences as events
from negotiation_sim.words.scales import said, words_of_issue
from negotiation_sim.words.sentences import listed, month_name
from negotiation_sim.words.strategies import packages_of
from negotiation_sim.words.vocabulary import ENDINGS, STAGES

CODE = re.compile(r"\b[A-Z]{3}\b")
SHORT_NAMES = {"USA": "United States", "RUS": "Russia", "GBR": "United Kingdom", "PRK": "North Korea",
               "KOR": "South Korea", "IRN": "Iran"}  # fmt: skip


def name_of(scenario: Scenario, actor: str) -> str:
    """Return a state's everyday name."""
    known = scenario.setting.actors
    return SHORT_NAMES.get(actor) or (known[actor].name if actor in known else actor)


CHART_NAMES = {"USA": "USA", "GBR": "UK", "PRK": "North Korea", "KOR": "South Korea",
               "COD": "DR Congo", "ARE": "UAE"}  # fmt: skip


def chart_name(scenario: Scenario, actor: str) -> str:
    """Return what stands beside a state's mark in a chart: its name, as short as it is spoken."""
    return CHART_NAMES.get(actor) or name_of(scenario, actor)


def track_words(scenario: Scenario, strategy: str) -> list[str]:
    """Return what is proposed and where, a package as one, in the catalogue's names."""
    setting = scenario.setting
    told = []
    for items in packages_of(setting.strategies[scenario.index_of_strategy(strategy)]):
        track, names = items[0], [setting.initiatives[item.initiative].name for item in items]
        what = f"{listed(names)} as a package" if len(names) > 1 else names[0]
        pledges = " with interim pledges" if track.pledges else ""
        where = setting.venues[track.venue].name
        then = "".join(f", then {setting.venues[name].name}" for name in track.fallbacks())
        told.append(f"{what}{pledges}: {where}{then}")
    return told


def strategy_words(scenario: Scenario, strategy: str) -> str:
    """Return a strategy in words."""
    return "; beside it, ".join(track_words(scenario, strategy))


def strategy_names(scenario: Scenario) -> dict[str, str]:
    """Return what a list of strategies says of each: its names, then its code."""
    return {name: f"{strategy_words(scenario, name)} ({name})" for name in scenario.strategy_names}


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


def headlines(scenario: Scenario, frame: Frame, before: Sequence[Frame] = ()) -> list[str]:
    """Return what happened in a month, track by track, then in the world.

    As in "Month 14, COPUOS, round 5: China objects: scope leaves it 0.31 short of what it would
    accept." With the frames before it, a meeting that only repeats the last ones says so.
    """
    if frame.month == 0:
        return ["Nothing has happened yet. Next event goes to what happens first."]
    named = partial(name_of, scenario)
    found: list[str] = []
    for number, track in enumerate(frame.tracks):
        mine = _of_track(frame, number)
        again = _repeats(before, number, events.alike(mine) if mine else None)
        place = f"Month {frame.month}, {track.venue}"
        place += f", as at {again} meeting{'s' if again > 1 else ''} before" if again else ""
        found += [place + words for words in events.headlines(mine, named, track.opt_in)]
    changed = [e["actor"] for e in frame.events if e["kind"] == "turnover"]
    if len(changed) > 1:
        names = listed(named(actor) for actor in changed)
        found.append(f"Month {frame.month}, new governments in {names}.")
    for event in frame.events:
        if "track" not in event and not (event["kind"] == "turnover" and len(changed) > 1):
            told = events.event_words(event).headline([event], named, False)
            found += [f"Month {frame.month}, {words}" for words in told]
    return found or [f"Month {frame.month}: no meeting and no news."]


def _of_track(frame: Frame, number: int) -> list[dict[str, Any]]:
    return [event for event in frame.events if event.get("track") == number]


def _repeats(frames: Sequence[Frame], number: int, look: Hashable) -> int:
    """Return at how many meetings in a row, up to now, the same door was closed by the same states."""
    if look is None:
        return 0
    count = 0
    for frame in reversed(frames):
        mine = _of_track(frame, number)
        if mine:
            if events.alike(mine) != look:
                break
            count += 1
    return count


def standing(scenario: Scenario, frames: Sequence[Frame], number: int) -> str:
    """Return where one track stands, in a sentence: what it has reached, or what is in its way."""
    now, track = frames[-1], frames[-1].tracks[number]
    place = scenario.setting.venues[track.venue].name
    if not now.month:
        return f"{place}: nothing has been asked yet."
    if track.ended in ("withdrawn", "dissolved"):
        return f"{place}: {ENDINGS[track.ended]} in {date_of(scenario, track.end)}."
    reached = [
        f"{stage.reached} in {date_of(scenario, month)}"
        for stage, month in zip(STAGES.values(), track.milestones, strict=True)
        if month > 0
    ]
    if reached:
        return f"{place}: {', '.join(reached)}."
    for frame in reversed(frames):
        mine = _of_track(frame, number)
        look = events.alike(mine) if mine else None
        if look is not None:
            earlier = [f for f in frames if f.month < frame.month]
            times = _repeats(earlier, number, look) + 1
            words = events.headlines(mine, partial(name_of, scenario), track.opt_in)
            since = f" (at {times} meetings in a row)" if times > 1 else ""
            return f"{place}{words[0].removesuffix('.')}{since}."
    return f"{place}: no mandate yet."


def place_words(issue: str, value: float) -> str:
    """Return a value of an issue with the words of the nearest place that the model names.

    Examples
    --------
    >>> place_words("form", 0.34)
    'form 0.34, near "code of conduct"'
    """
    scale = words_of_issue(issue).scale
    if not scale or any(word[:1].isdigit() for _, word in scale):
        return said(issue, value)
    _, word = min(scale, key=lambda place: abs(place[0] - value))
    return f'{said(issue, value)}, near "{word.replace(chr(10), " ")}"'


def text_words(scenario: Scenario, track: TrackFrame) -> str:
    """Return where the text of a track is, in words."""
    parts = [place_words(issue, track.text[k]) for k, issue in enumerate(scenario.issues)]
    return f"The text: {'; '.join(parts)}."
