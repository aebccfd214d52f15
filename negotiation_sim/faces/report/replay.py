"""One replicate as a page that plays from disk: issue space, story and milestones."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from negotiation_sim.faces.report.writing import environment, html_file
from negotiation_sim.runs.store.files import write_atomic
from negotiation_sim.words.scales import words_of_issue
from negotiation_sim.words.sentences import month_name
from negotiation_sim.words.vocabulary import (
    ENDINGS,
    NOT_ASKED,
    RESPONSES,
    STAGES,
    VOTE_OF,
    VOTES,
)

if TYPE_CHECKING:
    from negotiation_sim.engine.scenario import Scenario
    from negotiation_sim.words.story import Story

AXES = ("scope", "form")
CODE = re.compile(r"\b[A-Z]{3}\b")
SHOWN = (
    "mandate_vote", "mandate", "mandate_refused", "revision", "response", "decision",
    "ratification", "accession", "pledge", "turnover", "forum_shift", "withdrawal",
    "dissolved", "in_force", "success", "linkage", "report",
)  # fmt: skip
KEPT = (
    "actor", "track", "package", "response", "text", "ideal", "joins", "adopted", "venue", "term",
)  # fmt: skip


def write(
    story: Story,
    scenario: Scenario,
    points: Mapping[str, Sequence[float]],
    out: str | PathLike[str],
) -> Path:
    """Write the replay of a story into an HTML file and return the file.

    Parameters
    ----------
    story : Story
    scenario : Scenario
    points : mapping
        Ideal point of each state at the start, in the order of the issues.
    out : path
        Ends in ``.html``.
    """
    path = html_file(out)
    write_atomic(path, page(story, scenario, points).encode())
    return path


def page(story: Story, scenario: Scenario, points: Mapping[str, Sequence[float]]) -> str:
    """Return the replay as one self-contained HTML document."""
    data = replay_data(story, scenario, points)
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    safe = text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    template = environment().get_template("replay.html.j2")
    return template.render(data=data, json=Markup(safe)).rstrip() + "\n"


def replay_data(
    story: Story, scenario: Scenario, points: Mapping[str, Sequence[float]]
) -> dict[str, Any]:
    """Return everything the page shows, as plain data; issues are cut to the two axes."""
    setting, axes = scenario.setting, axes_of(story.issues)
    names = {code: actor.name for code, actor in setting.actors.items()}
    return {
        "title": f"{story.strategy}, replicate {story.replicate}",
        "about": f"{setting.name}: seed {story.seed}, from {month_name(story.start)}",
        "start": story.start, "horizon": int(scenario.horizon), "deadline": int(scenario.deadline),
        "axes": [_axis(story.issues[k]) for k in axes], "says": _sayings(),
        "states": {
            code: {"name": setting.actors[code].name, "ideal": _cut(point, axes)}
            for code, point in points.items()
        },
        "tracks": [_track(number, story, scenario, axes) for number in range(len(story.rows))],
        "events": [_event(e, axes) for e in story.events if e["kind"] in SHOWN],
        "story": [
            {"month": _month(each["date"], story.start), "date": month_name(each["date"]),
             "tracks": each["tracks"], "lines": [named(line, names) for line in each["sentences"]]}
            for each in story.told()
        ],
    }  # fmt: skip


def named(text: str, names: Mapping[str, str]) -> str:
    """Return a text with the names of states for their codes.

    Examples
    --------
    >>> named("Accept: CAN. Stay out: CHN", {"CAN": "Canada", "CHN": "China"})
    'Accept: Canada. Stay out: China'
    """
    return CODE.sub(lambda found: names.get(found[0], found[0]), text)


def axes_of(issues: Sequence[str]) -> list[int]:
    """Return the places of the issues drawn across and up; one issue alone is drawn across."""
    wanted = [issues.index(name) for name in AXES if name in issues]
    rest = [k for k in range(len(issues)) if k not in wanted]
    return [*wanted, *rest][:2]


def _axis(issue: str) -> dict[str, Any]:
    words = words_of_issue(issue).scale or ((0.0, "0"), (0.5, "0.5"), (1.0, "1"))
    return {"name": issue, "scale": [[place, " ".join(text.split())] for place, text in words]}


def _sayings() -> dict[str, str]:
    """Return what a state's mark stands for; under opt-in who objects stays out."""
    answers = {
        name: f"{said.says}, or {said.opt_in}" if said.opt_in != said.says else said.says
        for name, said in RESPONSES.items()
        if name != "absent"
    }
    return {"": NOT_ASKED, **VOTES, **answers}


def _cut(point: Sequence[float], axes: Sequence[int]) -> list[float]:
    cut = [round(float(point[k]), 4) for k in axes]
    return cut if len(cut) == 2 else [*cut, 0.5]


def _track(number: int, story: Story, scenario: Scenario, axes: Sequence[int]) -> dict[str, Any]:
    row, setting = story.rows[number], scenario.setting
    track = setting.strategies[scenario.index_of_strategy(story.strategy)].tracks[number]
    initiative = setting.initiatives[track.initiative]
    begun = track.underway.text if track.underway else {}
    text = [begun.get(name, initiative.text[name].value) for name in story.issues]
    box = [list(initiative.mandate.box.get(story.issues[k], (0.0, 1.0))) for k in axes]
    reached = [
        {"month": int(row[stage.column]), "name": stage.reached}
        for stage in STAGES.values()
        if row[stage.column] is not None and row[stage.column] > 0
    ]
    if row["ending"] in ("withdrawn", "dissolved"):
        reached.append({"month": int(row["end_month"]), "name": ENDINGS[row["ending"]]})
    return {
        "name": row["track_name"], "venue": setting.venues[track.venue].name,
        "title": f"{initiative.name}, {setting.venues[track.venue].name}",
        "text": _cut(text, axes), "box": box if len(box) == 2 else [*box, [0.0, 1.0]],
        "milestones": reached,
        "ending": [
            named(line, {code: actor.name for code, actor in setting.actors.items()})
            for line in story.endings()[number]
        ],
        "pledges": initiative.kind == "pledges",
    }  # fmt: skip


def _event(event: Mapping[str, Any], axes: Sequence[int]) -> dict[str, Any]:
    found = {"month": event["month"], "kind": event["kind"]}
    found |= {key: event[key] for key in KEPT if key in event}
    if event["kind"] == "mandate_vote":
        found["response"] = VOTE_OF[event["response"]]
    for key in ("text", "ideal"):
        if key in found:
            found[key] = _cut(found[key], axes)
    return found


def _month(date: str, start: str) -> int:
    return (int(date[:4]) - int(start[:4])) * 12 + int(date[5:7]) - int(start[5:7]) + 1
