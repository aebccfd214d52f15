"""The debrief of a game in words: what each got, who gained, what turned it, what agents would have done.

Every number is read from the game's own run, from the agents' run of the same world with the same
injects, from runs with one answer left to the capital, and from an ensemble.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from negotiation_sim.engine.agents import NegotiationModel
from negotiation_sim.engine.injects import inject_due
from negotiation_sim.faces.page.debrief import Debrief, debrief, place_words
from negotiation_sim.faces.page.ensemble_jobs import EnsembleTables
from negotiation_sim.faces.page.game import ADVICE, Answer, Game, LonePolicy
from negotiation_sim.faces.page.month_in_words import date_of, name_of
from negotiation_sim.faces.page.theme import percent
from negotiation_sim.faces.room.board import words_of_tracks
from negotiation_sim.words.questions import ANSWERS
from negotiation_sim.words.sentences import listed
from negotiation_sim.words.vocabulary import STAGES, cause_words

MOST_TRIED = 16  # answers that are tried without, the first ones
MOST_COMPARED = 3
NOTICED = 0.02  # of a worth in [0, 1]
OUTCOMES = tuple(stage.column for stage in STAGES.values())


@dataclasses.dataclass(frozen=True)
class Gain:
    """What a state has at the end: of its text, of none, and where agents play alone."""

    actor: str
    played: float
    none: float
    agents: float


@dataclasses.dataclass(frozen=True)
class Turning:
    """The answer without which the game would have gone most differently."""

    answer: Answer
    advised: str
    rows: list[dict[str, Any]]


@dataclasses.dataclass(frozen=True)
class Verdict:
    """A debrief in words."""

    result: list[str]
    seats: dict[str, list[str]]
    gained: list[str]
    turning: str
    agents: list[str]
    worlds: list[str]
    questions: list[str]


@dataclasses.dataclass(frozen=True)
class Findings:
    """What the runs behind a debrief have shown."""

    found: Debrief
    gains: dict[str, Gain]
    turned: Turning | None


def findings_of(game: Game) -> Findings:
    """Return what a finished game's own run, the agents' and those with one answer less show."""
    return Findings(debrief(game), gains_of(game), turning_point(game))


def verdict_of(game: Game, seen: Findings, tables: EnsembleTables | None = None) -> Verdict:
    """Return the debrief in words; without tables it says nothing of other worlds."""
    found, gains, turned = seen.found, seen.gains, seen.turned
    return Verdict(
        result=[_row_words(game, row) for row in found.played],
        seats={s: seat_words(game, found, gains[s]) for s in game.settings.seats},
        gained=_gained(game, found, gains),
        turning=_turning_words(game, found, turned),
        agents=_agents_words(game, found),
        worlds=place_words(game, found, tables) if tables is not None else [],
        questions=_to_discuss(game, found, turned, tables),
    )  # fmt: skip


def gains_of(game: Game) -> dict[str, Gain]:
    """Return what every state has at the end of the game, and in the agents' run."""
    assert game.negotiation is not None and game.negotiation.model is not None
    played = game.negotiation.model
    alone = _run_alone(game)
    return {
        state.actor_id: Gain(
            state.actor_id, _worth(played, i), state.satisfaction(played.tracks[0].status_quo),
            _worth(alone, i),
        )
        for i, state in enumerate(played.states)
    }  # fmt: skip


def _worth(model: NegotiationModel, i: int) -> float:
    """Return what a state finds of the adopted texts, the best of them; else of the status quo."""
    state = model.states[i]
    return max(
        (state.satisfaction(track.text, track) for track in model.tracks if track.adopted),
        default=state.satisfaction(model.tracks[0].status_quo, model.tracks[0]),
    )


def _run_alone(game: Game, decisions: Sequence[Answer] = ()) -> NegotiationModel:
    """Run the game's world with some answers; every other decision is the agents' own."""
    s = game.settings
    policy = LonePolicy(s.seats, decisions, s.last)
    model = NegotiationModel(game.scenario, s.strategy, s.seed, s.replicate, policy=policy)
    while model.running:
        inject_due(model, game.injects)
        model.step()
    return model


def turning_point(game: Game) -> Turning | None:
    """Return the answer without which the milestones would have come out most differently.

    Each of the first ``MOST_TRIED`` answers on which the agent would have done otherwise is left to
    the capital in turn, the others kept.
    """
    assert game.negotiation is not None and game.negotiation.model is not None
    played = game.negotiation.model.rows()
    best: tuple[float, Turning] | None = None
    for given, advised in _own_ways(game)[:MOST_TRIED]:
        others = [d for d in game.decisions if d is not given]
        left = dataclasses.replace(given, answer=ADVICE, until=given.month, proposal=None)
        rows = _run_alone(game, [*others, left]).rows()
        weight = _differ(played, rows, game.scenario.horizon)
        if weight > 0 and (best is None or weight > best[0]):
            best = weight, Turning(given, advised, rows)
    return best[1] if best else None


def _own_ways(game: Game) -> list[tuple[Answer, str]]:
    """Return the answers given on which the agent would have done otherwise, each once."""
    found: dict[tuple[Any, ...], tuple[Answer, str]] = {}
    for taken, advised in game.policy.departures:
        for given in game.decisions:
            same = (given.actor, given.track, given.question, given.venue) == (
                taken.actor, taken.track, taken.question, taken.venue)  # fmt: skip
            within = given.month <= taken.month <= given.until
            if same and within and given.answer == taken.answer:
                found.setdefault(given.key, (given, advised))
    return list(found.values())


def _differ(
    played: Sequence[dict[str, Any]], other: Sequence[dict[str, Any]], horizon: int
) -> float:
    """Return how far milestones lie apart in months, a missed one counted as beyond the horizon."""
    total = 0.0
    for one, two in zip(played, other, strict=True):
        for column in OUTCOMES:
            a, b = one[column], two[column]
            total += abs((a or 2 * horizon) - (b or 2 * horizon))
    return total


def _what(game: Game, row: dict[str, Any]) -> str:
    """Return what a track is about, and where, in the catalogue's names."""
    names = game.scenario.track_names[game.scenario.index_of_strategy(game.settings.strategy)]
    words = words_of_tracks(game.scenario, game.settings.strategy, len(names))
    return dict(zip(names, words, strict=True)).get(row["track_name"], str(row["track_name"]))


def _row_words(game: Game, row: dict[str, Any]) -> str:
    """Return in a sentence what became of a track."""
    reached = [
        f"{stage.reached} in {date_of(game.scenario, row[stage.column])}"
        for stage in STAGES.values()
        if row[stage.column] is not None
    ]
    what = _what(game, row)
    if not reached:
        return f"{what}: nothing was reached; {cause_words(row['cause']).plain}."
    said = f"{what}: {', '.join(reached)}"
    if row["timely"]:
        return f"{said}: in time."
    return f"{said}; not a success in time: {cause_words(row['cause']).plain}."


def seat_words(game: Game, found: Debrief, gain: Gain) -> list[str]:
    """Return a seat's result against its capital's interests."""
    name = name_of(game.scenario, gain.actor)
    more = gain.played - gain.none
    if abs(more) < NOTICED:
        said = [f"What came out leaves {name} where it began ({gain.played:.2f} of 1)."]
    else:
        way = "better" if more > 0 else "worse"
        said = [
            f"What came out is worth {gain.played:.2f} of 1 to {name}; having nothing, {gain.none:.2f}: "
            f"{way} by {abs(more):.2f}."
        ]
    against = gain.played - gain.agents
    if abs(against) < NOTICED:
        said.append("Its agent would have come out the same.")
    else:
        way = "more" if against > 0 else "less"
        said.append(f"That is {abs(against):.2f} {way} than agents alone get for it.")
    n = sum(d.actor == gain.actor for d, _ in game.policy.departures)
    said.append(
        "Each answer was the agent's own."
        if n == 0
        else f"It left its agent's path {n} time{'s' if n > 1 else ''}."
    )
    for row in found.played:
        if gain.actor in row["wanted_by"].split():
            said.append(f"It wanted the text of {_what(game, row)}.")
        elif gain.actor in row["went_along"].split():
            said.append(f"It went along with {_what(game, row)} without wanting it.")
    return said


def _gained(game: Game, found: Debrief, gains: dict[str, Gain]) -> list[str]:
    def names(codes: Sequence[str]) -> str:
        return listed(name_of(game.scenario, code) for code in codes)

    order = sorted(gains.values(), key=lambda g: g.none - g.played)
    up = [g.actor for g in order if g.played - g.none >= NOTICED]
    down = [g.actor for g in order if g.none - g.played >= NOTICED]
    said = [f"Gained: {names(up)}." if up else "Nobody gained."]
    if down:
        said.append(f"Lost: {names(down)}.")
    along = list(dict.fromkeys(code for row in found.played for code in row["went_along"].split()))
    said.append(
        f"Went along without wanting it: {names(along)}." if along else "Nobody went along."
    )
    return said


def _turning_words(game: Game, found: Debrief, turned: Turning | None) -> str:
    if turned is None:
        if not game.policy.departures:
            return "Every answer was the agents' own: the world alone made this result."
        return (
            "No single answer turned the game: without any one of them the milestones are the same."
        )
    given = turned.answer
    where = f" in {given.venue}" if given.venue else ""
    return (
        f"{date_of(game.scenario, given.month)}: {name_of(game.scenario, given.actor)} chose to "
        f"{ANSWERS[given.answer].chose_to}{where}, where its agent would {ANSWERS[turned.advised].chose_to}. "
        f"Had it, then: {_compared(game, found.played, turned.rows)}"
    )


def _compared(game: Game, played: Sequence[dict[str, Any]], other: Sequence[dict[str, Any]]) -> str:
    """Return how milestones would have differed."""
    said = []
    for one, two in zip(played, other, strict=True):
        for stage in STAGES.values():
            here, there = one[stage.column], two[stage.column]
            if here != there:
                here_words, there_words = (
                    "never" if month is None else date_of(game.scenario, month)
                    for month in (here, there)
                )
                said.append(
                    f"{_what(game, one)}, {stage.reached}: {there_words} rather than {here_words}"
                )
    return "; ".join(said[:MOST_COMPARED]) + "."


def _agents_words(game: Game, found: Debrief) -> list[str]:
    said = [f"Agents alone, same world. {_row_words(game, row)}" for row in found.agents]
    n = len(game.policy.departures)
    said.append(
        "No seat left its agent's path." if n == 0 else f"Seats left their agents' path {n} times."
    )
    return said


def _to_discuss(
    game: Game, found: Debrief, turned: Turning | None, tables: EnsembleTables | None
) -> list[str]:
    """Return three questions made from what happened."""
    if turned is not None:
        who = name_of(game.scenario, turned.answer.actor)
        first = (
            f"Why did {who} choose to {ANSWERS[turned.answer.answer].chose_to} in "
            f"{date_of(game.scenario, turned.answer.month)}? What would the text have had to offer it?"
        )
    else:
        first = "No single answer turned this game. Which two together might have, and who would have had to move first?"
    along = next((code for row in found.played for code in row["went_along"].split()), "")
    failed = [row for row in found.played if row["adoption_month"] is None]
    if along:
        second = (
            f"{name_of(game.scenario, along)} went along with a text it did not want. What made standing "
            "alone dearer than yielding, and will it keep the text in a crisis?"
        )
    elif failed:
        second = (
            f"{_what(game, failed[0])} came to no text. Was it the interests, the rule of decision, or "
            "time? Which of the three would you change?"
        )
    else:
        second = (
            "All who agreed wanted it. Who stayed outside, and what is the text worth without them?"
        )
    chance = ""
    if tables is not None:
        p = tables.summary.iloc[0]["p_success"]
        chance = f" Agents succeed in time in {percent(p)} of worlds." if p == p else ""
    third = f"Was it your play or the world you were dealt?{chance} How would you find out?"
    return [first, second, third]
