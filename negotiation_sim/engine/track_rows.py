"""A track as the Mesa model holds it, and the row it leaves in the table of replicates."""

from __future__ import annotations

import dataclasses
from itertools import product
from typing import TYPE_CHECKING, Any

from negotiation_sim.model import bargaining
from negotiation_sim.model.terms import (
    COST_TERMS,
    MILLION,
    NO_TERM,
    Cause,
    Ending,
    Stage,
    TrackKind,
    label,
)

if TYPE_CHECKING:
    from negotiation_sim.engine.mesa_model import NegotiationModel

# How far an attempt got before it failed; the farthest names the cause (see docs/model.md).
NO_OBSTACLE, LINKAGE, MANDATE, TEXT = 0, 1, 2, 3
OUTSIDE, ACCEPTED, PARTY = 0, 1, 2
UNSET = -1


@dataclasses.dataclass(eq=False)
class Track:
    """One initiative in one venue. Months are 0-based; -1 means not yet."""

    number: int
    name: str
    kind: int
    initiative: int
    venue: int
    fallback: int
    carries_pledges: bool
    start: int
    after: int
    after_milestone: int
    patience: int
    occurrence: int
    text: list[float]
    low: list[float]
    high: list[float]
    pledge_text: list[float]
    binding: int
    ratifiers_needed: int
    share_needed: int
    force_states: list[bool]
    rounds: int = 0
    mandated: bool = False
    mandate_year: int = 0
    started: int = UNSET
    seated: int = UNSET
    moved: bool = False
    ended: bool = False
    ending: Ending = Ending.CENSORED
    end: int = UNSET
    urgency_share: float = 1.0
    obstacle: int = NO_OBSTACLE
    fresh: bool = False
    deficits: list[float] = dataclasses.field(default_factory=list)
    milestones: list[int] = dataclasses.field(default_factory=lambda: [UNSET] * 4)
    agreed: int = UNSET
    needs_ratification: bool = False
    status: list[int] = dataclasses.field(default_factory=list)
    attempt: list[int] = dataclasses.field(default_factory=list)
    pledged: list[bool] = dataclasses.field(default_factory=list)
    most_pledges: int = 0
    most_coverage: int = 0
    blockers: list[int] = dataclasses.field(default_factory=list)
    deepest: int = UNSET
    cause: Cause = Cause.NONE
    cause_blockers: list[int] = dataclasses.field(default_factory=list)
    cause_deepest: int = UNSET
    missing: int = 0
    # of the venue where the track sits
    member: list[bool] = dataclasses.field(default_factory=list)
    n_members: int = 0
    pace: float = 0.0
    corners: list[list[float]] = dataclasses.field(default_factory=list)

    @property
    def adopted(self) -> bool:
        return self.milestones[1] >= 0

    @property
    def in_force(self) -> bool:
        return self.milestones[2] >= 0

    def hold(self, obstacle: int, blockers: list[int], deepest: int) -> None:
        """Remember why the last attempt failed, unless an earlier one got farther."""
        if obstacle >= self.obstacle or self.fresh:
            self.obstacle, self.blockers, self.deepest = obstacle, blockers, deepest
            self.fresh = False

    def clear(self) -> None:
        """Forget what stood in the way before a mandate, or before a text was agreed."""
        self.obstacle, self.blockers, self.deepest = NO_OBSTACLE, [0] * len(self.blockers), -1
        self.fresh = False

    def sit(self, model: NegotiationModel, venue: int, month: int) -> None:
        """Seat the track in a venue: its members, its pace, the months its set-up takes."""
        self.venue, self.seated = venue, month
        self.member = model.members[venue]
        self.n_members = int(model.arrays.n_members[venue])
        env = model.world.environment
        self.pace = bargaining.venue_pace(
            env["pace"], env["informality_effect"], model.venue_figure(venue, "informality")
        )

    def move(self, model: NegotiationModel, venue: int, month: int) -> None:
        """Carry the text and part of the rounds to another venue, which must mandate it anew."""
        self.rounds = int(self.rounds * model.world.environment["rounds_kept"])
        self.mandated = False
        self.fresh = True
        self.deficits = []
        self.sit(model, venue, month)

    def end_with(self, ending: Ending, month: int) -> None:
        self.ended, self.ending, self.end = True, ending, month


def corners_of(low: list[float], high: list[float]) -> list[list[float]]:
    """Return the 2^K corners of a box, the first issue varying fastest."""
    sides = list(zip(low, high, strict=True))
    return [list(reversed(corner)) for corner in product(*reversed(sides))]


def shrinking(deficits: list[float]) -> bool:
    """Return whether the largest deficit was still shrinking over the last three rounds."""
    return len(deficits) == 3 and deficits[0] > deficits[1] > deficits[2]


def cause_of(track: Track) -> Cause:
    """Return the first milestone a track has missed so far; NONE if it has succeeded."""
    if track.milestones[3] >= 0 or track.kind == TrackKind.PLEDGES:
        return Cause.NONE
    if track.ending == Ending.WITHDRAWN:
        return Cause.WITHDRAWAL
    if track.ending == Ending.DISSOLVED:
        return Cause.DISSOLUTION
    if track.started < 0:
        return Cause.NOT_STARTED
    if track.in_force:
        return Cause.PARTICIPATION
    if track.adopted:
        return Cause.RATIFICATION
    if track.obstacle == TEXT:
        return Cause.TIME if shrinking(track.deficits) else Cause.TEXT
    return (Cause.CALENDAR, Cause.LINKAGE, Cause.MANDATE)[track.obstacle]


def stage_of(track: Track) -> Stage:
    """Return the furthest milestone reached."""
    reached = [i for i, month in enumerate(track.milestones) if month >= 0]
    return Stage(reached[-1] + 1) if reached else Stage.NONE


def term_name(code: int, issues: tuple[str, ...]) -> str:
    """Return the word for a term's number: an issue, a cost term, or a plain refusal."""
    names = (*issues, *COST_TERMS, NO_TERM)
    return names[code]


def row_of(model: NegotiationModel, track: Track) -> dict[str, Any]:
    """Return the track's row in the table of replicates (docs/columns.md)."""
    scenario = model.scenario
    ids, issues = scenario.actor_ids, scenario.issues

    def count(month: int) -> int | None:
        return None if month < 0 else month

    parties = [i for i, status in enumerate(track.status) if status == PARTY]
    success = track.milestones[3]
    blockers = sorted(
        (ids[i], term_name(code, issues)) for i, code in model.named(track.cause_blockers)
    )
    deepest = track.cause_deepest
    return {
        "strategy": model.strategy_name,
        "track": track.number,
        "track_name": track.name,
        "seed": model.world_seed,
        "belief": model.belief,
        "chance": model.chance,
        "stage": label(stage_of(track)),
        "ending": label(track.ending),
        "venue": scenario.venue_ids[track.venue],
        "mandate_month": count(track.milestones[0]),
        "agreed_month": count(track.agreed),
        "adoption_month": count(track.milestones[1]),
        "entry_into_force_month": count(track.milestones[2]),
        "success_month": count(success),
        "end_month": track.end if track.end >= 0 else scenario.horizon,
        "timely": 0 <= success <= scenario.deadline,
        "rounds": track.rounds,
        **{f"text_{issue}": track.text[k] for k, issue in enumerate(issues)},
        "participants": len(parties),
        "participation": sum(model.capabilities[i] for i in parties) / MILLION,
        "pledges": track.most_pledges,
        "pledge_coverage": track.most_coverage / MILLION,
        "events": model.n_events,
        "events_avoided": model.n_avoided,
        "violations": model.n_violations,
        "cause": label(track.cause),
        "blockers": " ".join(f"{actor}:{term}" for actor, term in blockers),
        "main_blocker": ids[deepest] if deepest >= 0 else "",
        "main_term": term_name(track.cause_blockers[deepest] - 1, issues) if deepest >= 0 else "",
        "missing_participation": track.missing / MILLION,
        "error": "",
    }
