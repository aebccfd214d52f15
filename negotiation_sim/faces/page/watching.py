"""One negotiation on the Mesa model, month by month, with a frame of what can be seen of each.

Everything shown is read from the model: positions, texts, what states compare with their
thresholds, and the event records.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

from negotiation_sim.engine.agents import NegotiationModel, Policy, Track, forget
from negotiation_sim.engine.scenario import Scenario
from negotiation_sim.model.state import PARTY
from negotiation_sim.words.event_sentences import tracks_of
from negotiation_sim.words.story import Story

QUIET = ("linkage",)
ABSENT, ACCEPTS, ALONG, OBJECTS = "absent", "accepts", "goes_along", "objects"
SAYINGS = (ACCEPTS, ALONG, OBJECTS, ABSENT)


@dataclasses.dataclass(frozen=True)
class TrackFrame:
    """A track at the end of a month. Lists run over the actors; ``milestones`` are months."""

    name: str
    venue: str
    opt_in: bool
    rounds: int
    mandated: bool
    text: list[float]
    low: list[float]
    high: list[float]
    milestones: list[int]
    ended: str
    end: int
    says: list[str]
    joined: list[bool]
    value: list[float]
    threshold: list[float]


@dataclasses.dataclass(frozen=True)
class Frame:
    """The world at the end of a month; month 0 is the start."""

    month: int
    ideal: list[list[float]]
    position: list[list[float]]
    tracks: list[TrackFrame]
    events: list[dict[str, Any]]


class Negotiation:
    """A replicate that can be stepped, with the frames so far.

    Parameters
    ----------
    scenario : Scenario
    strategy : str
    seed, replicate : int
        The same world as ``run`` and ``trace`` with the same numbers.
    policy : Policy, optional
    """

    def __init__(
        self,
        scenario: Scenario,
        strategy: str,
        seed: int = 1,
        replicate: int = 0,
        policy: Policy | None = None,
    ) -> None:
        self.scenario, self.strategy, self.seed, self.replicate = (
            scenario,
            strategy,
            seed,
            replicate,
        )
        self.policy = policy
        self.frames: list[Frame] = []
        self.model: NegotiationModel | None = None
        self.reset()

    def reset(self) -> None:
        """Go back to the start of the same world."""
        self.close()
        self.model = NegotiationModel(
            self.scenario, self.strategy, self.seed, self.replicate, policy=self.policy, record=True
        )
        self._told = 0
        self.frames = [self._frame()]

    def close(self) -> None:
        """Let go of the model."""
        if self.model is not None:
            forget(self.model)
            self.model = None

    @property
    def month(self) -> int:
        return self.frames[-1].month

    @property
    def finished(self) -> bool:
        return self.month >= self.scenario.horizon

    @property
    def frame(self) -> Frame:
        return self.frames[-1]

    def step(self) -> bool:
        """Run one month; return whether there was one left."""
        if self.model is None or self.finished:
            return False
        self.model.step()
        self.frames.append(self._frame())
        return True

    def keep(self) -> Callable[[], None]:
        """Return what takes the negotiation back to the month it has come to."""
        assert self.model is not None
        back, shown, told = self.model.keep(), len(self.frames), self._told

        def all_back() -> None:
            back()
            del self.frames[shown:]
            self._told = told

        return all_back

    def next_event(self) -> bool:
        """Run to the end of the next month in which something happens.

        A venue that is blocked is news the first time.
        """
        while self.step():
            quiet = {event["track"] for event in self.frame.events if event["kind"] in QUIET}
            if quiet - self._blocked(self.frames[:-1]):
                return True
            if any(event["kind"] not in QUIET for event in self.frame.events):
                return True
        return False

    @staticmethod
    def _blocked(frames: Sequence[Frame]) -> set[int]:
        """Return the tracks whose venue has been blocked before."""
        return {e["track"] for frame in frames for e in frame.events if e["kind"] in QUIET}

    def go_to(self, month: int) -> None:
        """Run, from the start if need be, to a month."""
        if month < self.month:
            self.reset()
        while self.month < month and self.step():
            pass

    def told(self) -> Story:
        """Return the story so far."""
        assert self.model is not None
        setting, model = self.scenario.setting, self.model
        return Story(
            experiment=setting.id, strategy=self.strategy, seed=self.seed, replicate=self.replicate,
            start=setting.start, issues=self.scenario.issues,
            venue_names={name: venue.name for name, venue in setting.venues.items()},
            opt_in=[n for n, v in setting.venues.items() if v.decision.rule == "opt_in"],
            events=model.events, rows=model.rows(),
        )  # fmt: skip

    def story(self) -> list[tuple[str, list[str]]]:
        """Return the story so far: (heading, lines), the first month first."""
        blocks: list[tuple[str, list[str]]] = []
        for line in self.told().lines()[2:]:
            if not line:
                blocks.append(("", []))
            elif blocks and not blocks[-1][0]:
                blocks[-1] = (line, [])
            elif blocks:
                blocks[-1][1].append(line)
        return blocks if self.finished else blocks[:-1]

    def peek(self) -> Frame:
        """Return the world as it stands inside a month that a seat has interrupted."""
        told = self._told
        try:
            return dataclasses.replace(self._frame(), month=self.month + 1)
        finally:
            self._told = told

    def _frame(self) -> Frame:
        model = self.model
        assert model is not None
        events, self._told = model.events[self._told :], len(model.events)
        before = self.frames[-1].tracks if self.frames and model.now else None
        return Frame(
            month=model.now,
            ideal=[state.ideal for state in model.states],
            position=[state.position for state in model.states],
            tracks=[
                self._track_frame(track, events, before[track.number].says if before else None)
                for track in model.tracks
            ],
            events=events,
        )

    def _track_frame(
        self, track: Track, events: list[dict[str, Any]], before: list[str] | None
    ) -> TrackFrame:
        model = self.model
        assert model is not None
        seated = track.seated >= 0
        asked = track.mandated and track.rounds > 0
        return TrackFrame(
            name=track.name, venue=track.venue_id,
            opt_in=track.opt_in, rounds=track.rounds, mandated=bool(track.mandated),
            text=track.text, low=track.low, high=track.high,
            milestones=track.milestones, ended=track.ending_name if track.ended else "",
            end=track.end, says=_says(model, track.number, events, before),
            joined=[status == PARTY for status in track.status],
            value=[s.worth(track) for s in model.states],
            threshold=[
                s.aspiration(track) if asked and seated else s.reservation_value(track)
                for s in model.states
            ],
        )  # fmt: skip


def _says(
    model: NegotiationModel, number: int, events: list[dict[str, Any]], before: list[str] | None
) -> list[str]:
    """Return what each state said last in a track: to a mandate or to a text."""
    ids = model.scenario.actor_ids
    says = list(before) if before else [ABSENT] * len(ids)
    for event in events:
        if "track" not in event or number not in tracks_of(event):
            continue
        if event["kind"] in ("response", "mandate_vote"):
            says[ids.index(event["actor"])] = event["response"]
        elif event["kind"] in ("forum_shift", "passed_on"):
            says = [ABSENT] * len(ids)
    return says
