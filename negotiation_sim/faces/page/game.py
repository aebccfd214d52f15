"""A game: people decide for some states, agents for the rest, and every move can be replayed.

A game is its settings, its injects and its decisions, and can be replayed from them: a saved game is
a small file of plain data, and taking it up again is the same as playing on. Where a decision is
missing the month is undone, and run anew once the answers are there. Seats that are put the same
question in the same round are asked together, whether they sit before one page or each before its own.

In one file, since what is asked, answered, undone and told is one state.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
from collections.abc import Callable, Iterable
from typing import Any

from negotiation_sim.engine.agents import NegotiationModel, Policy, StateAgent, Track
from negotiation_sim.engine.injects import Inject, inject_due
from negotiation_sim.engine.scenario import Scenario
from negotiation_sim.faces.page.watching import Frame, Negotiation
from negotiation_sim.model.decisions import DECISIONS, Decision
from negotiation_sim.runs.identity import canonical

MANDATE, TEXT, PLEDGE = "mandate", "text", "pledge"
ACCEPT, ALONG, OBJECT, PROPOSE = "accept", "go_along", "object", "propose"
BACK, REFUSE, YES, NO = "back", "refuse", "pledge", "decline"
ADVICE = "advice"  # whatever the capital advises, going along included
# What an agent would have done; whether it had gone along is not known.
NOT_ACCEPT, NOT_BACK = "not_accept", "not_back"
TOGETHER = ("back_mandate", "accept", "go_along")  # one question to a seat, or a part of one
PLAIN = {d.name: d for d in DECISIONS if d.name not in TOGETHER}  # yes or no, as declared
RATIFY, ACCEDE, TEST, BREACH, LEAVE = "ratify", "accede", "test", "breach", "leave"


def options_of(decision: Decision) -> tuple[str, str]:
    """Return the answers to a declared decision, the first is yes."""
    yes, no = decision.options
    return yes.replace(" ", "_"), no.replace(" ", "_")


ANSWERS = {
    MANDATE: (BACK, ALONG, REFUSE),
    TEXT: (ACCEPT, ALONG, OBJECT, PROPOSE),
    **{name: options_of(decision) for name, decision in PLAIN.items()},
}
QUIET_MONTHS = 11  # after a pledge is declined, before it is asked for again unadvised
DEFAULT_STRATEGY = "ban-treaty@adhoc-optin+pledges+code@COPUOS"
DEALT = 6


@dataclasses.dataclass(frozen=True)
class Answer:
    """One answer of a seat.

    Parameters
    ----------
    month, round, track : int
        When it was asked; ``round`` 0 before the first, ``track`` -1 where it concerns none.
    venue, actor : str
    question : str
        A key of ``ANSWERS``.
    answer : str
        One of ``ANSWERS[question]``, or 'advice'.
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

    ``texts`` holds one text for each of ``tracks``: several where a package is decided together,
    none where the question concerns none.
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
    def group(self) -> tuple[int, int, int, str]:
        """Return what the questions share that are put to several seats at once."""
        return (self.month, self.round, self.track, self.question)

    @property
    def answers(self) -> tuple[str, ...]:
        """Return what may be answered, besides leaving it to the capital.

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
    """Seats have not answered yet."""

    def __init__(self, questions: list[Question]) -> None:
        first = questions[0]
        names = ", ".join(question.actor for question in questions)
        super().__init__(f"{names}: no answer in month {first.month}")
        self.questions = questions


class SeatPolicy(Policy):
    """Takes recorded decisions for the seats played, the rules' advice for the others.

    Where decisions are missing it gathers the questions of one group and goes on by the advice; the
    first question of another group ends the month with :class:`Undecided`.

    Parameters
    ----------
    seats : iterable of str
    decisions : iterable of Answer
    last : int
        After this month nobody is asked and seats do what agents do; 0: there is none.
    found_missing : callable, optional
        Called once, before the first question that has no answer.

    Attributes
    ----------
    departures : list of (Answer, str)
        Decisions on which the agent would have done otherwise, with what it would have done.
    missing : list of Question
    """

    def __init__(
        self,
        seats: Iterable[str],
        decisions: Iterable[Answer],
        last: int = 0,
        found_missing: Callable[[], None] | None = None,
    ) -> None:
        self.seats, self.last, self.found_missing = frozenset(seats), last, found_missing
        self.by_key: dict[tuple[Any, ...], Answer] = {}
        self.standing: dict[tuple[Any, ...], list[Answer]] = {}
        for each in decisions:
            self.hear(each)
        self.departures: list[tuple[Answer, str]] = []
        self.missing: list[Question] = []
        self.taken: dict[tuple[Any, ...], Answer] = {}
        self._declined: dict[tuple[int, str], int] = {}  # a pledge, in which month
        self._left: set[tuple[int, str]] = set()  # who has already left the agent's path this round

    def hear(self, decision: Answer) -> None:
        """Take note of one more decision."""
        self.by_key[decision.key] = decision
        if decision.until > decision.month:
            place = (decision.track, decision.venue, decision.actor, decision.question)
            self.standing.setdefault(place, []).append(decision)

    def keep(self) -> Callable[[], None]:
        """Return what makes the policy forget what it has come to since."""
        departed, taken, left = len(self.departures), dict(self.taken), set(self._left)
        declined = dict(self._declined)

        def back() -> None:
            del self.departures[departed:]
            self.taken, self._left, self._declined, self.missing = taken, left, declined, []

        return back

    def _is_played(self, model: NegotiationModel, actor: str) -> bool:
        return actor in self.seats and not 0 < self.last <= model.now

    def _stop_unless(
        self, model: NegotiationModel, track: Track | None, question: str
    ) -> tuple[int, int, int, str]:
        """Return the group of a question; end the month if others still wait for an answer."""
        rounds, number = (track.rounds, track.number) if track is not None else (0, -1)
        group = (model.now + 1, rounds, number, question)
        if self.missing and self.missing[0].group != group:
            raise Undecided(self.missing)
        return group

    def _decide(
        self, agent: StateAgent, track: Track | None, question: str, advice: bool
    ) -> Answer | None:
        month, rounds, number, _ = self._stop_unless(agent.model, track, question)
        venue = track.venue_id if track is not None else ""
        found = self.by_key.get((month, rounds, number, agent.actor_id, question))
        if found is None:
            place = (number, venue, agent.actor_id, question)
            standing = [d for d in self.standing.get(place, ()) if d.month < month <= d.until]
            found = max(standing, key=lambda d: (d.month, d.round), default=None)
        if found is None or found.venue != venue:
            if not self.missing and self.found_missing is not None:
                self.found_missing()
            self.missing.append(question_to(agent, track, question, advice))
            return None
        return found

    def _depart(
        self, agent: StateAgent, track: Track | None, decision: Answer, advised: str
    ) -> None:
        """Note a departure at the month it takes effect, which a standing answer outlives."""
        month = agent.model.now + 1
        rounds = track.rounds if track is not None else 0
        self._left.add((decision.track, agent.actor_id))
        taken = dataclasses.replace(decision, month=month, round=rounds, until=month)
        self.departures.append((taken, advised))

    def back_mandate(self, agent: StateAgent, track: Track, advice: bool) -> bool:
        return self._says_yes(agent, track, MANDATE, advice, (BACK, NOT_BACK))

    def accept(self, agent: StateAgent, track: Track, advice: bool) -> bool:
        return self._says_yes(agent, track, TEXT, advice, (ACCEPT, NOT_ACCEPT))

    def _says_yes(
        self, agent: StateAgent, track: Track, question: str, advice: bool, agents: tuple[str, str]
    ) -> bool:
        """Return whether the seat says yes; note where the agent would have said the other."""
        if not self._is_played(agent.model, agent.actor_id):
            self._stop_unless(agent.model, track, question)
            return advice
        decision = self._decide(agent, track, question, advice)
        if decision is None:
            return advice
        self.taken[track.number, agent.actor_id] = decision
        yes, no = agents
        says = advice if decision.answer == ADVICE else decision.answer == yes
        self._left.discard((track.number, agent.actor_id))
        if says != advice:
            self._depart(agent, track, decision, yes if advice else no)
        return says

    def go_along(self, agent: StateAgent, track: Track, advice: bool) -> bool:
        if self.missing:
            raise Undecided(self.missing)
        if not self._is_played(agent.model, agent.actor_id):
            return advice
        decision = self.taken[track.number, agent.actor_id]
        if decision.answer == ADVICE:
            return advice
        along = decision.answer == ALONG
        agent_accepts = (track.number, agent.actor_id) in self._left
        if along != advice and not agent_accepts:
            against = REFUSE if decision.question == MANDATE else OBJECT
            self._depart(agent, track, decision, ALONG if advice else against)
        return along

    def propose(self, agent: StateAgent, track: Track) -> list[float] | None:
        """Return what the seat proposed when it last answered; the chair moves towards it."""
        if self.missing:
            raise Undecided(self.missing)
        if not self._is_played(agent.model, agent.actor_id):
            return None
        last = self.taken.get((track.number, agent.actor_id))
        return list(last.proposal) if last is not None and last.proposal else None

    def decide_plainly(
        self, decision: Decision, agent: StateAgent | None, track: Track | None, advice: bool
    ) -> bool:
        """Return what a seat makes of a decision that is yes or no.

        What those behind an initiative decide is asked of the seat that speaks for it, and only
        where the rules would end or move the talks.
        """
        if decision.who == "track":
            assert track is not None
            agent = self._speaker(track) if advice else None
        model = agent.model if agent is not None else track.model if track is not None else None
        if agent is None or not self._is_played(agent.model, agent.actor_id):
            if model is not None:
                self._stop_unless(model, track, decision.name)
            return advice
        if decision.name == PLEDGE and self._declined_lately(agent, track, advice):
            return False
        found = self._decide(agent, track, decision.name, advice)
        if found is None:
            return advice
        yes, no = options_of(decision)
        says = advice if found.answer == ADVICE else found.answer == yes
        if decision.name == PLEDGE and not says:
            self._declined[found.track, found.actor] = agent.model.now
        if says != advice:
            self._depart(agent, track, found, yes if advice else no)
        return says

    def _declined_lately(self, agent: StateAgent, track: Track | None, advice: bool) -> bool:
        """Return whether a pledge need not be asked for again: declined, and still not advised."""
        assert track is not None
        last = self._declined.get((track.number, agent.actor_id))
        return last is not None and not advice and agent.model.now - last <= QUIET_MONTHS

    def _speaker(self, track: Track) -> StateAgent | None:
        """Return the seat that has spoken up most for an initiative, the strongest of equals."""
        model, member = track.model, track.member
        stance = model.given.declared[track.initiative]
        seated = [s for s in model.states if s.actor_id in self.seats and member[s.index]]
        return max(seated, key=lambda s: (stance[s.index], s.capability), default=None)


class LonePolicy(SeatPolicy):
    """Asks nobody: where no decision is recorded, a seat does what its agent would."""

    def _decide(
        self, agent: StateAgent, track: Track | None, question: str, advice: bool
    ) -> Answer | None:
        found = super()._decide(agent, track, question, advice)
        if found is None:
            found = self.missing.pop().answered(ADVICE)
        return found


def _asked_plainly(decision: Decision) -> Callable[..., bool]:
    def method(
        self: SeatPolicy, agent: StateAgent | None, track: Track | None, advice: bool
    ) -> bool:
        return self.decide_plainly(decision, agent, track, advice)

    method.__name__, method.__qualname__ = decision.name, f"SeatPolicy.{decision.name}"
    method.__doc__ = f"Ask the seat when {decision.when}."
    return method


for _decision in PLAIN.values():
    setattr(SeatPolicy, _decision.name, _asked_plainly(_decision))


def question_to(agent: StateAgent, track: Track | None, question: str, advice: bool) -> Question:
    """Return what a seat is asked about a track, or about none."""
    model, ideal = agent.model, tuple(agent.ideal)
    if track is None:
        return Question(
            model.now + 1, 0, -1, "", agent.actor_id, question, False, (), (), ideal, 0.0, 0.0, 0.0,
            advice,
        )  # fmt: skip
    together = question in (MANDATE, TEXT)
    items = [model.tracks[item] for item in track.package] if together else [track]
    pledges, none = question == PLEDGE, agent.reservation_value(track)
    texts = tuple(tuple(item.pledge_text if pledges else item.text) for item in items)
    return Question(
        model.now + 1, track.rounds, track.number, track.venue_id, agent.actor_id, question,
        track.mandate_opt_in if question == MANDATE else track.opt_in,
        tuple(item.number for item in items), texts, ideal,
        agent.worth(track) if together else agent.value(texts[0], track),
        agent.aspiration(track) if question == TEXT else none, none, advice,
    )  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Settings:
    """What a game is played on: an experiment with changes, a strategy, a world, the seats.

    ``last`` is the last month in which seats are asked; then agents end what is under way. 0: the
    horizon.
    """

    experiment: str
    strategy: str
    seed: int
    replicate: int
    changes: tuple[tuple[str, float], ...]
    seats: tuple[str, ...]
    last: int = 0


def digest(scenario: Scenario) -> str:
    """Return a short hash of a setting, by which a saved game notices a changed catalogue."""
    content = canonical(
        scenario.setting.model_dump(mode="json")
    )  # whatever the file's order of keys
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def default_strategy(scenario: Scenario) -> str:
    """Return what is played unless somebody chooses: two tables and pledges, where it is listed."""
    names = scenario.strategy_names
    return DEFAULT_STRATEGY if DEFAULT_STRATEGY in names else names[0]


def deal(scenario: Scenario, n: int = DEALT) -> tuple[str, ...]:
    """Return the states whose seats are dealt: the ``n`` with the largest capability.

    Examples
    --------
    >>> from negotiation_sim.catalogue import load_setting
    >>> from negotiation_sim.engine.scenario import compile_setting
    >>> deal(compile_setting(load_setting("bellagio")), 3)
    ('USA', 'RUS', 'CHN')
    """
    held = scenario.capability
    order = sorted(range(len(scenario.actor_ids)), key=lambda i: (-held[i], i))
    return tuple(scenario.actor_ids[i] for i in order[:n])


def play_through(negotiation: Negotiation, injects: Iterable[Inject]) -> None:
    """Run a negotiation to the horizon, with what the teacher throws in."""
    model = negotiation.model
    assert model is not None
    while not negotiation.finished:
        inject_due(model, injects)
        negotiation.step()


class Game:
    """A game under way.

    Attributes
    ----------
    questions : list of Question
        What is asked now, of one or several seats; empty once the horizon is reached.
    negotiation : Negotiation
        The replay so far.
    """

    def __init__(
        self,
        scenario: Scenario,
        settings: Settings,
        decisions: Iterable[Answer] = (),
        injects: Iterable[Inject] = (),
    ) -> None:
        self.scenario, self.settings = scenario, settings
        self.decisions: list[Answer] = list(decisions)
        self.injects: list[Inject] = list(injects)
        self.negotiation: Negotiation | None = None
        self.questions: list[Question] = []
        self.policy = SeatPolicy((), ())
        self._moment: tuple[list[Frame], Frame] | None = None
        self.replay()

    @property
    def question(self) -> Question | None:
        """Return what is asked first; None once the horizon is reached."""
        return self.questions[0] if self.questions else None

    def replay(self) -> None:
        """Play from the start until a decision is missing."""
        self.close()
        s = self.settings
        self.policy = SeatPolicy(s.seats, self.decisions, s.last, self._keep_moment)
        self.negotiation = Negotiation(self.scenario, s.strategy, s.seed, s.replicate, self.policy)
        self._moment = None
        self._play_on()

    def _play_on(self) -> None:
        """Run month after month until a decision is missing; the month is then undone."""
        negotiation, policy = self.negotiation, self.policy
        assert negotiation is not None and negotiation.model is not None
        self._moment = None
        while not negotiation.finished:
            inject_due(negotiation.model, self.injects)
            back, forget_policy = negotiation.keep(), policy.keep()
            with contextlib.suppress(Undecided):
                negotiation.step()
            if policy.missing:
                self.questions = list(policy.missing)
                back()
                forget_policy()
                return
        self.questions = []

    def _keep_moment(self) -> None:
        """Keep the frames as the first question without an answer finds them."""
        if self.negotiation is not None:
            self._moment = (list(self.negotiation.frames), self.negotiation.peek())

    def answer(
        self,
        answer: str,
        until: int = 0,
        proposal: Iterable[float] | None = None,
        *,
        actor: str = "",
    ) -> None:
        """Answer a question, by default the first, and play on once all are answered.

        Raises
        ------
        ValueError
            If that is not asked, or no answer to it.
        """
        asked = next((q for q in self.questions if actor in ("", q.actor)), None)
        if asked is None or answer not in (*asked.answers, ADVICE):
            raise ValueError(f"'{answer}' is not an answer to what is asked")
        self.decisions.append(asked.answered(answer, until, proposal))
        self.policy.hear(self.decisions[-1])
        self.questions.remove(asked)
        if not self.questions:
            self._play_on()

    def throw_in(self, kind: str, actor: str = "") -> Inject:
        """Let something happen in the month after the one that is being played; return it."""
        thrown = Inject(self.month + 1, kind, actor)
        self.injects.append(thrown)
        return thrown

    def finish(self) -> None:
        """Ask nobody any more: agents end what is under way, from this question on."""
        while self.questions:
            for question in list(self.questions):
                self.answer(ADVICE, actor=question.actor)

    def undo(self) -> None:
        """Take the last decision back."""
        if self.decisions:
            self.decisions.pop()
            self.replay()

    @property
    def month(self) -> int:
        """Return the month being played; the horizon at the end."""
        return self.now()[-1].month

    @property
    def past_deadline(self) -> bool:
        return self.month > self.scenario.deadline

    def now(self) -> list[Frame]:
        """Return the frames so far; the last shows the moment of the question."""
        assert self.negotiation is not None
        if self._moment is None:
            return list(self.negotiation.frames)
        frames, moment = self._moment
        return [*frames, moment]

    def close(self) -> None:
        """Let go of the model."""
        if self.negotiation is not None:
            self.negotiation.close()
            self.negotiation = None
