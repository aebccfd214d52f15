"""Strict, frozen records of the catalogue's YAML, with units and allowed ranges.

Every number is a :class:`Figure`: its value, what it rests on, its source or a note, and a range
where it is uncertain. A figure with a range is drawn anew in every belief (triangular, mode at the
value); a figure without one is the same in all worlds.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from negotiation_sim.model.terms import ENVIRONMENT_PARAMETERS

Basis = Literal["measured", "coded", "expert", "calibrated", "assumed"]
DATE = re.compile(r"^(\d{4})-(0[1-9]|1[0-2])$")


def _month(text: str) -> str:
    if not DATE.match(text):
        raise ValueError("a month is written YYYY-MM, for example 2009-01")
    return text


Month = Annotated[str, AfterValidator(_month)]


class Record(BaseModel):
    """Base: unknown keys refused, nothing converted, nothing changed later."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Figure(Record):
    """One number with what it rests on.

    Parameters
    ----------
    value : float
    basis : {'measured', 'coded', 'expert', 'calibrated', 'assumed'}
    source : str, optional
        Identifier in the folder's ``sources.yaml``; required unless assumed.
    note : str, optional
        Required where assumed: the reason for the value.
    range : list of two floats, optional
        Lowest and highest value held possible; contains the value.
    locator, year : optional
        Page, resolution or column, and the year the figure speaks of.
    """

    value: float
    basis: Basis
    source: str | None = None
    note: str | None = None
    range: Annotated[list[float], Field(min_length=2, max_length=2)] | None = None
    locator: str | None = None
    year: int | None = None

    @model_validator(mode="after")
    def _rests_on_something(self) -> Figure:
        if self.basis == "assumed" and not self.note:
            raise ValueError("an assumed figure needs a 'note' that says why")
        if self.basis != "assumed" and not (self.source or self.note):
            raise ValueError(f"a {self.basis} figure needs a 'source'")
        if self.range is not None:
            low, high = self.range
            if not low <= self.value <= high:
                raise ValueError(f"value {self.value} lies outside its range [{low}, {high}]")
        return self


def _within(low: float, high: float):
    """Return a figure type whose value and range lie in [low, high]."""

    def check(figure: Figure) -> Figure:
        for number in (figure.value, *(figure.range or ())):
            if not low <= number <= high:
                raise ValueError(f"{number} is not between {low} and {high}")
        return figure

    return Annotated[Figure, AfterValidator(check)]


Unit = _within(0.0, 1.0)
Positive = _within(1e-12, 1e12)
NonNegative = _within(0.0, 1e12)
Signed = _within(-1.0, 1.0)


def assumed(value: float, note: str) -> Figure:
    """Return a figure without a source, for defaults and for overrides made in a call."""
    return Figure(value=float(value), basis="assumed", note=note)


def _default(value: float, note: str):
    return Field(default_factory=lambda: assumed(value, note))


class Evidence(Record):
    text: str
    source: str | None = None


class Actor(Record):
    """One state. Shares and stakes in [0, 1]; rates per year; delays in months."""

    id: str
    name: str
    groups: list[str] = []
    provenance: Literal["coded", "regressed", "synthetic"] = "coded"
    capability: NonNegative
    resources: dict[str, Figure] = {}
    unga_ideal_point: Figure | None = None
    ideal_point: dict[str, Unit]
    salience: dict[str, NonNegative]
    reservation_value: Unit
    flexibility: Positive = _default(1.0, "mean flexibility is fixed at 1; pace carries the scale")
    susceptibility: Unit = _default(0.0, "no influence unless stated")
    verification_demand: Unit = _default(0.0, "none unless stated")
    missile_defence_stake: Unit = _default(0.0, "none unless stated")
    weapons_concern: Unit = _default(0.0, "none unless stated")
    debris_concern: Unit = _default(0.0, "none unless stated")
    trust: Unit = _default(0.5, "neutral baseline unless stated")
    ratification_threshold: Signed = _default(0.0, "no more than the reservation value")
    executive_threshold: Signed = _default(0.0, "no more than the reservation value")
    ratification_delay: Positive = _default(18.0, "median months from adoption to ratification")
    turnover_rate: NonNegative = _default(0.25, "one change of government in four years")
    turnover_dates: list[Month] = []
    test_propensity: NonNegative = _default(0.0, "author of no event unless stated")
    blocs: dict[str, Unit] = {}
    evidence: list[Evidence] = []

    @model_validator(mode="after")
    def _loadings_leave_room(self) -> Actor:
        total = 0.0
        for name in sorted(self.blocs):
            total += self.blocs[name].value * self.blocs[name].value
        if total > 1.0:
            raise ValueError(f"blocs: the squared loadings sum to {total:.3f}, above 1")
        return self


class Procedure(Record):
    """A decision rule with its numbers (M7)."""

    rule: Literal["consensus", "qualified_majority", "simple_majority", "opt_in"]
    quota: Annotated[list[int], Field(min_length=2, max_length=2)] | None = None
    weights: dict[str, Annotated[int, Field(ge=1)]] = {}
    required: list[str] = []
    source: str | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _quota_fits(self) -> Procedure:
        if self.rule == "qualified_majority":
            if self.quota is None:
                raise ValueError("quota: a qualified majority needs one, for example [2, 3]")
            part, whole = self.quota
            if not (0 < part <= whole and 2 * part > whole):
                raise ValueError(f"quota: {part}/{whole} is not above one half and at most 1")
        elif self.quota is not None:
            raise ValueError(f"quota: only a qualified majority has one, not {self.rule}")
        return self


class Box(Record):
    """A region of the issue space; an issue that is not named is free."""

    box: dict[str, Annotated[list[float], Field(min_length=2, max_length=2)]]
    basis: Basis = "assumed"
    source: str | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _not_empty(self) -> Box:
        for issue, (low, high) in self.box.items():
            if not (0.0 <= low <= 1.0 and 0.0 <= high <= 1.0):
                raise ValueError(f"box.{issue}: [{low}, {high}] is not within 0 and 1")
            if low > high:
                raise ValueError(f"box.{issue}: [{low}, {high}] is empty")
        return self


class Calendar(Record):
    """Formal meeting weeks by calendar month (1 to 12); months not named have none."""

    weeks: dict[int, Annotated[float, Field(ge=0.0, le=5.0)]]
    basis: Basis
    source: str | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _months(self) -> Calendar:
        for month in self.weeks:
            if not 1 <= month <= 12:
                raise ValueError(f"weeks.{month}: a calendar month is 1 to 12")
        return self


class Venue(Record):
    """One venue. Rates per year, ``setup_months`` in months, the rest in [0, 1]."""

    id: str
    name: str
    description: str = ""
    members: list[str] | Literal["open"] = "open"
    membership_source: str | None = None
    decision: Procedure
    mandate: Procedure | None = None
    mandate_term: Literal["none", "session"] = "none"
    convene_share: Unit = _default(0.5, "half of the members convene an opt-in body")
    min_participation: Unit = _default(0.5, "half of the members' capability")
    calendar: Calendar
    remit: Box = Field(default_factory=lambda: Box(box={}, note="no limit stated"))
    remit_cost: NonNegative = _default(0.5, "utility lost per unit of distance outside the remit")
    informality: Unit
    isolation: Unit = _default(0.1, "cost of being the one that blocks")
    setup_months: NonNegative = _default(0.0, "the venue stands")
    linkage: Literal["none", "open", "blocked"] = "none"
    unblock_rate: NonNegative = _default(0.0, "no linkage")
    block_rate: NonNegative = _default(0.0, "no linkage")
    leadership: NonNegative = _default(1.0, "multiplies unblock_rate; 1 is the record so far")
    adopts: bool = True
    passes_to: str | None = None
    dissolved: Month | None = None

    @model_validator(mode="after")
    def _has_members(self) -> Venue:
        if isinstance(self.members, list) and not self.members:
            raise ValueError("members: the venue has none; list some or write 'open'")
        if not self.adopts and not self.passes_to:
            raise ValueError("passes_to: a venue that cannot adopt must name one that can")
        return self


class EntryIntoForce(Record):
    ratifiers: NonNegative = _default(0.0, "no minimum number")
    capability_share: Unit = _default(0.0, "no minimum share")
    states: list[str] = []


class Initiative(Record):
    """A proposal: start text and mandate box, both in the issue space."""

    id: str
    name: str
    description: str = ""
    kind: Literal["agreement", "pledges"] = "agreement"
    text: dict[str, Unit]
    mandate: Box
    binding: bool | None = None
    entry_into_force: EntryIntoForce = EntryIntoForce()

    @model_validator(mode="after")
    def _text_in_box(self) -> Initiative:
        for issue, figure in self.text.items():
            low, high = self.mandate.box.get(issue, (0.0, 1.0))
            if not low <= figure.value <= high:
                raise ValueError(
                    f"text.{issue}: {figure.value} lies outside the mandate [{low}, {high}]"
                )
        return self


class Underway(Record):
    """A track that has already begun: what stands at month 0."""

    mandate: bool = False
    rounds: Annotated[int, Field(ge=0)] = 0
    text: dict[str, Annotated[float, Field(ge=0.0, le=1.0)]] = {}


class Track(Record):
    """One initiative in one venue; ``start`` and ``patience`` in months."""

    initiative: str
    venue: str
    fallback: str | None = None
    pledges: bool = False
    start: Annotated[float, Field(ge=0.0)] = 0.0
    after: Annotated[int, Field(ge=0)] | None = None
    after_milestone: Literal["mandate", "adoption", "entry_into_force", "success"] = "adoption"
    patience: Annotated[float, Field(ge=1.0)] = 36.0
    underway: Underway | None = None


class Strategy(Record):
    """Tracks side by side. ``succeeds_when``: all, any, or indices of tracks that must succeed."""

    name: str
    tracks: Annotated[list[Track], Field(min_length=1)]
    succeeds_when: Literal["all", "any"] | list[int] = "all"


class Success(Record):
    deadline_years: Annotated[float, Field(gt=0.0, le=100.0)] = 5.0
    success_share: Unit = _default(0.6, "three fifths of the cast's capability")
    states: list[str] = []


class Environment(Record):
    """Process parameters; one figure each, in the order of ``terms.ENVIRONMENT_PARAMETERS``."""

    parameters: dict[str, Figure]

    @model_validator(mode="after")
    def _complete(self) -> Environment:
        missing = [name for name in ENVIRONMENT_PARAMETERS if name not in self.parameters]
        unknown = [name for name in self.parameters if name not in ENVIRONMENT_PARAMETERS]
        if missing or unknown:
            raise ValueError(f"parameters: missing {missing}, unknown {unknown}")
        return self


class Setting(Record):
    """An experiment resolved and whole: what a run needs, and what its manifest holds."""

    id: str
    name: str
    question: str = ""
    start: Month
    horizon_years: Annotated[float, Field(gt=0.0, le=100.0)] = 15.0
    issues: Annotated[list[str], Field(min_length=1, max_length=6)]
    success: Success = Success()
    actors: dict[str, Actor]
    venues: dict[str, Venue]
    initiatives: dict[str, Initiative]
    affinity: list[tuple[str, str, Annotated[float, Field(ge=0.0)]]] = []
    environment: dict[str, Figure]
    strategies: Annotated[list[Strategy], Field(min_length=1)]
