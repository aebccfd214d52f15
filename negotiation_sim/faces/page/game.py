"""A game: people decide for some states, agents for the rest, and every move can be replayed.

A game is its settings and its decisions. It is never kept half-way: each answer replays the whole
from the start (milliseconds), and the policy raises where a decision is missing. So a saved game
is a small file of plain data, and taking it up again is the same as playing on.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable
from typing import Any

from negotiation_sim.engine.agents import Policy, StateAgent, Track
from negotiation_sim.engine.scenario import Scenario
from negotiation_sim.faces.page.watching import Frame, Negotiation
from negotiation_sim.runs.identity import canonical

MANDATE, TEXT, PLEDGE = "mandate", "text", "pledge"
ACCEPT, ALONG, OBJECT, PROPOSE = "accept", "go_along", "object", "propose"
BACK, REFUSE, YES, NO = "back", "refuse", "pledge", "decline"
# What an agent would have done; whether it had gone along is not known.
NOT_ACCEPT, NOT_BACK = "not_accept", "not_back"
ANSWERS = {
    MANDATE: (BACK, ALONG, REFUSE),
    TEXT: (ACCEPT, ALONG, OBJECT, PROPOSE),
    PLEDGE: (YES, NO),
}


@dataclasses.dataclass(frozen=True)
class Answer:
    """One answer of a seat.

    Parameters
    ----------
    month, round, track : int
        When it was asked; ``round`` 0 before the first.
    venue, actor : str
    question : {'mandate', 'text', 'pledge'}
    answer : str
        One of ``ANSWERS[question]``.
    until : int
        Through this month the same answer stands for the same question in the same venue.
    proposal : tuple of float, optional
        With ``propose``: the text towards which the chair is asked to move next round.
    """

    month: int
    round: int
    track: int
    venue: str
    actor: str
    question: str
    answer: str
    until: int
    proposal: tuple[float, ...] | None = None

    @property
    def key(self) -> tuple[int, int, int, str, str]:
        return (self.month, self.round, self.track, self.actor, self.question)


@dataclasses.dataclass(frozen=True)
class Question:
    """What a seat is asked, and what it knows: the texts and its own interests.

    ``texts`` holds one text for each of ``tracks``: several where a package is decided together.
    """

    month: int
    round: int
    track: int
    venue: str
    actor: str
    question: str
    opt_in: bool
    tracks: tuple[int, ...]
    texts: tuple[tuple[float, ...], ...]
    ideal: tuple[float, ...]
    value: float
    threshold: float
    reservation_value: float
    advice: bool

    @property
    def key(self) -> tuple[int, int, int, str, str]:
        return (self.month, self.round, self.track, self.actor, self.question)

    @property
    def answers(self) -> tuple[str, ...]:
        """Return what may be answered.

        Nobody goes along where nobody can block, and one text cannot be proposed for a package.
        """
        barred = (*([ALONG] if self.opt_in else []), *([PROPOSE] if len(self.tracks) > 1 else []))
        return tuple(a for a in ANSWERS[self.question] if a not in barred)

    def answered(
        self, answer: str, until: int = 0, proposal: Iterable[float] | None = None
    ) -> Answer:
        """Return the decision that answers it."""
        place = tuple(float(x) for x in proposal) if proposal is not None else None
        return Answer(
            self.month, self.round, self.track, self.venue, self.actor, self.question, answer,
            max(self.month, until), place if answer == PROPOSE else None,
        )  # fmt: skip


class Undecided(Exception):
    """A seat has not answered yet."""

    def __init__(self, question: Question) -> None:
        super().__init__(f"{question.actor} has not answered in month {question.month}")
        self.question = question


class SeatPolicy(Policy):
    """Takes recorded decisions for the seats played, the rules' advice for the others.

    Parameters
    ----------
    seats : iterable of str
    decisions : iterable of Answer

    Attributes
    ----------
    departures : list of (Answer, str)
        Decisions on which the agent would have done otherwise, with what it would have done.
    """

    def __init__(self, seats: Iterable[str], decisions: Iterable[Answer]) -> None:
        self.seats = frozenset(seats)
        self.by_key = {d.key: d for d in decisions}
        self.standing: dict[tuple[Any, ...], list[Answer]] = {}
        for d in self.by_key.values():
            if d.until > d.month:
                self.standing.setdefault((d.track, d.venue, d.actor, d.question), []).append(d)
        self.departures: list[tuple[Answer, str]] = []
        self.taken: dict[tuple[Any, ...], Answer] = {}
        self._left: set[tuple[int, str]] = set()  # who has already left the agent's path this round

    def _decide(self, agent: StateAgent, track: Track, question: str, advice: bool) -> Answer:
        model = agent.model
        month, venue = model.now + 1, track.venue_id
        key = (month, track.rounds, track.number, agent.actor_id, question)
        found = self.by_key.get(key)
        if found is None:
            place = (track.number, venue, agent.actor_id, question)
            standing = [d for d in self.standing.get(place, ()) if d.month < month <= d.until]
            found = max(standing, key=lambda d: (d.month, d.round), default=None)
        if found is None or found.venue != venue:
            raise Undecided(self._question(agent, track, question, advice))
        return found

    def _question(self, agent: StateAgent, track: Track, question: str, advice: bool) -> Question:
        model = agent.model
        pledges = question == PLEDGE
        items = [track] if pledges else [model.tracks[item] for item in track.package]
        none = agent.reservation_value(track)
        return Question(
            model.now + 1, track.rounds, track.number, track.venue_id,
            agent.actor_id, question,
            track.mandate_opt_in if question == MANDATE else track.opt_in,
            tuple(item.number for item in items),
            tuple(tuple(track.pledge_text if pledges else item.text) for item in items),
            tuple(agent.ideal),
            agent.value(track.pledge_text, track) if pledges else agent.worth(track),
            agent.aspiration(track) if question == TEXT else none, none, advice,
        )  # fmt: skip

    def _depart(self, agent: StateAgent, track: Track, decision: Answer, advised: str) -> None:
        """Note a departure at the month it takes effect, which a standing answer outlives."""
        month = agent.model.now + 1
        self._left.add((track.number, agent.actor_id))
        taken = dataclasses.replace(decision, month=month, round=track.rounds, until=month)
        self.departures.append((taken, advised))

    def back_mandate(self, agent: StateAgent, track: Track, advice: bool) -> bool:
        if agent.actor_id not in self.seats:
            return advice
        return self._says_yes(agent, track, MANDATE, advice, (BACK, NOT_BACK))

    def accept(self, agent: StateAgent, track: Track, advice: bool) -> bool:
        if agent.actor_id not in self.seats:
            return advice
        return self._says_yes(agent, track, TEXT, advice, (ACCEPT, NOT_ACCEPT))

    def _says_yes(
        self, agent: StateAgent, track: Track, question: str, advice: bool, agents: tuple[str, str]
    ) -> bool:
        """Return whether the seat says yes; note where the agent would have said the other."""
        decision = self._decide(agent, track, question, advice)
        self.taken[track.number, agent.actor_id] = decision
        yes, no = agents
        says = decision.answer == yes
        self._left.discard((track.number, agent.actor_id))
        if says != advice:
            self._depart(agent, track, decision, yes if advice else no)
        return says

    def go_along(self, agent: StateAgent, track: Track, advice: bool) -> bool:
        if agent.actor_id not in self.seats:
            return advice
        decision = self.taken[track.number, agent.actor_id]
        along = decision.answer == ALONG
        agent_accepts = (track.number, agent.actor_id) in self._left
        if along != advice and not agent_accepts:
            against = REFUSE if decision.question == MANDATE else OBJECT
            self._depart(agent, track, decision, ALONG if advice else against)
        return along

    def propose(self, agent: StateAgent, track: Track) -> list[float] | None:
        """Return what the seat proposed when it last answered; the chair moves towards it."""
        if agent.actor_id not in self.seats:
            return None
        last = self.taken.get((track.number, agent.actor_id))
        return list(last.proposal) if last is not None and last.proposal else None

    def pledge(self, agent: StateAgent, track: Track, advice: bool) -> bool:
        if agent.actor_id not in self.seats:
            return advice
        decision = self._decide(agent, track, PLEDGE, advice)
        pledges = decision.answer == YES
        if pledges != advice:
            self._depart(agent, track, decision, YES if advice else NO)
        return pledges


@dataclasses.dataclass(frozen=True)
class Settings:
    """What a game is played on: an experiment with changes, a strategy, a world, the seats."""

    experiment: str
    strategy: str
    seed: int
    replicate: int
    changes: tuple[tuple[str, float], ...]
    seats: tuple[str, ...]


def digest(scenario: Scenario) -> str:
    """Return a short hash of a setting, by which a saved game notices a changed catalogue."""
    content = canonical(
        scenario.setting.model_dump(mode="json")
    )  # whatever the file's order of keys
    return hashlib.sha256(content.encode()).hexdigest()[:16]


class Game:
    """A game under way.

    Attributes
    ----------
    question : Question or None
        What is asked next; None once the horizon is reached.
    negotiation : Negotiation
        The replay so far.
    """

    def __init__(
        self, scenario: Scenario, settings: Settings, decisions: Iterable[Answer] = ()
    ) -> None:
        self.scenario, self.settings = scenario, settings
        self.decisions: list[Answer] = list(decisions)
        self.negotiation: Negotiation | None = None
        self.question: Question | None = None
        self.policy = SeatPolicy((), ())
        self.replay()

    def replay(self) -> None:
        """Play from the start until a decision is missing."""
        self.close()
        s = self.settings
        self.policy = SeatPolicy(s.seats, self.decisions)
        self.negotiation = Negotiation(self.scenario, s.strategy, s.seed, s.replicate, self.policy)
        self.question = None
        try:
            while self.negotiation.step():
                pass
        except Undecided as missing:
            self.question = missing.question

    def answer(self, answer: str, until: int = 0, proposal: Iterable[float] | None = None) -> None:
        """Answer the question and play on."""
        if self.question is None or answer not in self.question.answers:
            raise ValueError(f"'{answer}' is not an answer to what is asked")
        self.decisions.append(self.question.answered(answer, until, proposal))
        self.replay()

    def undo(self) -> None:
        """Take the last decision back."""
        if self.decisions:
            self.decisions.pop()
            self.replay()

    def now(self) -> list[Frame]:
        """Return the frames so far; the last shows the moment of the question."""
        assert self.negotiation is not None
        frames = list(self.negotiation.frames)
        return frames if self.question is None else [*frames, self.negotiation.peek()]

    def close(self) -> None:
        """Let go of the model."""
        if self.negotiation is not None:
            self.negotiation.close()
            self.negotiation = None
