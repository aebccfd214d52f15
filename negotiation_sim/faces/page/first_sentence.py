"""The sentence that Watch opens with: the question, the strategy in words, what this world did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from negotiation_sim.engine.ensemble import chunk_of, worlds_of
from negotiation_sim.engine.scenario import Scenario
from negotiation_sim.faces.page.month_in_words import date_of, name_of, track_words
from negotiation_sim.model.terms import Stage
from negotiation_sim.words.sentences import listed
from negotiation_sim.words.shares import percent
from negotiation_sim.words.strategies import packages_of
from negotiation_sim.words.vocabulary import STAGES, cause_words, objecting

HAPPENS = {
    Stage.MANDATED: "the mandate comes in {}", Stage.ADOPTED: "the text is adopted in {}",
    Stage.IN_FORCE: "it is in force in {}", Stage.SUCCESS: "those who matter take part in {}",
}  # fmt: skip
MOST_GROUNDS, MOST_NAMED = 2, 3


def opening(scenario: Scenario, strategy: str, seed: int, replicate: int) -> list[str]:
    """Return what is asked and what one world answers, as two sentences.

    Parameters
    ----------
    scenario : Scenario
    strategy : str
    seed, replicate : int
        The world, as in ``run`` and ``trace``.
    """
    return [
        asked(scenario, strategy),
        answered(scenario, strategy, rows_of_world(scenario, strategy, seed, replicate)),
    ]


def rows_of_world(
    scenario: Scenario, strategy: str, seed: int, replicate: int
) -> list[dict[str, Any]]:
    """Return the row of each track in the table of replicates, from the compiled loop."""
    place = scenario.index_of_strategy(strategy)
    table = chunk_of("ensemble", scenario, [place], seed, worlds_of(replicate, 1))
    return [{str(k): v for k, v in row.items()} for row in table.to_dict("records")]


def asked(scenario: Scenario, strategy: str) -> str:
    """Return the question that a strategy raises, with its names."""
    said = "; beside it, ".join(track_words(scenario, strategy))
    deadline = date_of(scenario, scenario.deadline)
    them = "they" if len(_leading(scenario, strategy)) > 1 else "it"
    return f"{said}. Will {them} succeed by {deadline}?"


def answered(scenario: Scenario, strategy: str, rows: list[dict[str, Any]]) -> str:
    """Return what a world did, from the rows of its tracks; of several each by its name."""
    told = [_what_happened(scenario, rows[track]) for track in _leading(scenario, strategy)]
    if len(told) == 1:
        return f"In this world {told[0]}."
    names = [words.partition(":")[0] for words in track_words(scenario, strategy)]
    each = [f"{name}, {words}." for name, words in zip(names, told, strict=True)]
    return f"In this world: {' '.join(each)}"


def _leading(scenario: Scenario, strategy: str) -> list[int]:
    """Return the first track of each package; the items of one are decided together."""
    packages = packages_of(scenario.setting.strategies[scenario.index_of_strategy(strategy)])
    sizes = [len(items) for items in packages]
    return [sum(sizes[:n]) for n in range(len(sizes))]


def _what_happened(scenario: Scenario, row: Mapping[str, Any]) -> str:
    if row["cause"] == "none" and not row["timely"]:
        return f"states pledge: at one time {percent(row['pledge_coverage'])} of capability does"
    months = {stage: row[words.column] for stage, words in STAGES.items()}
    reached = {
        stage: int(month) for stage, month in months.items() if month == month and month is not None
    }
    timely = [
        HAPPENS[stage].format(date_of(scenario, month))
        for stage, month in reached.items()
        if 0 < month <= scenario.deadline
    ]
    if row["timely"]:
        return f"yes: {listed(timely)}" if timely else "yes"
    late = ""
    if scenario.deadline < reached.get(Stage.SUCCESS, 0) <= scenario.horizon:
        late = f"; it comes too late, in {date_of(scenario, reached[Stage.SUCCESS])}"
    but = f"{listed(timely)}, but " if timely else ""
    return f"no: {but}{cause_words(row['cause']).clause}{_blockers(scenario, row)}{late}"


def _blockers(scenario: Scenario, row: Mapping[str, Any]) -> str:
    """Return who stands behind a failure and on what, in brackets."""
    groups: dict[str, list[str]] = {}
    for word in str(row["blockers"] or "").split():
        actor, term = word.split(":")
        groups.setdefault(term, []).append(name_of(scenario, actor))
    told = []
    for term, names in sorted(groups.items(), key=lambda item: -len(item[1]))[:MOST_GROUNDS]:
        more = len(names) - MOST_NAMED
        shown = [*names[:MOST_NAMED], f"{more} more"] if more > 0 else names
        told.append(f"{listed(shown)}, {objecting(term)}")
    return f" ({'; '.join(told)})" if told else ""
