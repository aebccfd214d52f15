"""What the page shows, as plain data: the same charts, tables and words, for a folder without a server.

Nothing is written a second time here: each view is what the functions of the page return.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from negotiation_sim.engine.scenario import Scenario
from negotiation_sim.faces.page import compare_charts, space_charts, time_charts
from negotiation_sim.faces.page.charts import Options, key_html
from negotiation_sim.faces.page.compare_table import summary_html
from negotiation_sim.faces.page.ensemble_jobs import EnsembleTables
from negotiation_sim.faces.page.first_sentence import opening
from negotiation_sim.faces.page.lesson_answers import told
from negotiation_sim.faces.page.lesson_strip import NOTHING_COUNTED
from negotiation_sim.faces.page.lessons import Lesson
from negotiation_sim.faces.page.month_in_words import date_of
from negotiation_sim.faces.page.sliders import changes_in_words
from negotiation_sim.faces.page.tab_compare import step_words, views_of
from negotiation_sim.faces.page.tab_watch import news_html, short_name, states_html, story_html
from negotiation_sim.faces.page.watching import Negotiation

View = dict[str, Any]


def picture(options: Options) -> View:
    """Return a chart with its key."""
    return {"options": options, "key": key_html(options)}


def compare_view(
    base: Scenario, scenario: Scenario, tables: EnsembleTables, before: EnsembleTables | None,
    names: Sequence[str], changes: tuple[Mapping[str, float], Mapping[str, float] | None],
) -> View:  # fmt: skip
    """Return what the tab Compare shows of finished runs.

    Parameters
    ----------
    base, scenario : Scenario
        As the experiment has it, and with the changes.
    tables, before : EnsembleTables
        Of these settings, and of the step before where it is shown.
    names : sequence of str
        The strategies compared.
    changes : (mapping, mapping or None)
        Of these settings, and of the step before.
    """
    now, earlier = changes
    charts = compare_charts.every_chart(tables, before, names, scenario)
    return {
        "changed": changes_in_words(base, now),
        "charts": {name: picture(options) for name, options in charts.items()},
        "key": compare_charts.key(names, scenario),
        "table": summary_html(tables, before, scenario),
        "views": views_of(scenario, tables),
        "step": step_words(base, earlier) if before is not None else "",
        "worlds": tables.done,
    }


def watch_view(scenario: Scenario, strategy: str, seed: int, replicate: int) -> View:
    """Return what the tab Watch shows of a world, at its start and after every event.

    What is the same in all months of a chart is held once, under ``shared``.
    """
    asked, answered = opening(scenario, strategy, seed, replicate)
    negotiation = Negotiation(scenario, strategy, seed, replicate)
    months: list[View] = []
    try:
        while True:
            months.append(_month(scenario, negotiation))
            at = negotiation.month
            if negotiation.finished:
                break
            negotiation.next_event()
            if negotiation.month == at:
                break
        tracks = [short_name(track.name) for track in negotiation.frames[-1].tracks]
    finally:
        negotiation.close()
    shared = {"line": _shared([month["line"] for month in months])}
    for number in range(len(tracks)):
        shared[f"space{number}"] = _shared([month["tracks"][number]["space"] for month in months])
    return {
        "strategy": strategy, "replicate": replicate, "asked": asked, "answered": answered,
        "tracks": tracks, "shared": shared, "months": months,
    }  # fmt: skip


def _month(scenario: Scenario, negotiation: Negotiation) -> View:
    frames, month = negotiation.frames, negotiation.month
    end = " (end)" if negotiation.finished else ""
    return {
        "month": month,
        "said": f"Month {month} · {date_of(scenario, month)}{end}" if month else "At the start",
        "line": time_charts.milestone_line(scenario, frames),
        "story": re.split(r"(?=<h3>)", story_html(negotiation)),
        "tracks": [
            {
                "space": space_charts.issue_space(scenario, frames, number, ""),
                "news": news_html(negotiation, number),
                "states": states_html(scenario, track),
            }
            for number, track in enumerate(frames[-1].tracks)
        ],
    }


def _shared(many: list[Options]) -> Options:
    """Take out of each chart what all of them have alike; return it."""
    same = {key: value for key, value in many[0].items() if all(o.get(key) == value for o in many)}
    for options in many:
        for key in same:
            del options[key]
    return same


def lesson_view(
    base: Scenario, lesson: Lesson, runs: Mapping[int, tuple[EnsembleTables, EnsembleTables | None]]
) -> View:
    """Return a lesson for the strip: questions, notes, and answers written from its runs.

    Parameters
    ----------
    base : Scenario
    lesson : Lesson
    runs : mapping
        Tables, and those of the step before, by the place of each step that compares.
    """
    states = {code: actor.name for code, actor in base.setting.actors.items()}
    steps = []
    for place, step in enumerate(lesson.steps):
        address = lesson.address(place)
        answers = [NOTHING_COUNTED]
        if place in runs:
            assert address is not None
            answers = told(step.answers, *runs[place], address.compare, states)
        elif address is not None:
            answers = opening(base, address.strategy, address.seed, address.replicate)[1:]
        steps.append({
            "minutes": step.minutes, "words": step.words, "ask": step.ask, "note": step.note,
            "answers": answers if step.ask else [],
            "view": "" if address is None else view_name(lesson, place),
        })  # fmt: skip
    return {
        "number": lesson.number, "title": lesson.title, "question": lesson.question,
        "goal": lesson.goal, "discuss": list(lesson.discuss), "notes": list(lesson.notes),
        "steps": steps,
    }  # fmt: skip


def view_name(lesson: Lesson, place: int) -> str:
    """Return the name of the data of a step: a world by its strategy and number, or a comparison."""
    address = lesson.address(place)
    assert address is not None
    if address.tab == "compare":
        return f"lesson-{lesson.number}-{place + 1}"
    return world_name(address.strategy, address.replicate)


def world_name(strategy: str, replicate: int) -> str:
    """Return the name of a watched world: what a file may be called.

    Examples
    --------
    >>> world_name("ban@CD>adhoc-optin", 3)
    'watch-ban-CD-to-adhoc-optin-3'
    """
    safe = (
        strategy.replace(">", "-to-").replace("@", "-").replace("+", "-and-").replace("&", "-with-")
    )
    return f"watch-{safe}-{replicate}"
