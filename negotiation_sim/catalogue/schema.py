"""Strict, frozen records of the catalogue's YAML, with units and allowed ranges.

Every number is a :class:`Figure`: its value, what it rests on, its source or a note, and a range
where it is uncertain. A figure with a range is drawn anew in every belief (triangular, mode at the
value); a figure without one is the same in all worlds.
Unit, bounds and default of a figure are declared in ``model/figures.py``; its field is made here.
In one file, since records hold one another: who looks a field up finds it without following imports.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from negotiation_sim.catalogue.coded_case import Domain, Regime
from negotiation_sim.catalogue.names import Code, Id, Issue, Name
from negotiation_sim.errors import nearest
from negotiation_sim.model import figures
from negotiation_sim.model.figures import Bounds, Declaration, declared

Basis = Literal["measured", "coded", "expert", "calibrated", "assumed"]
MOST_ISSUES = 20
MOST = 1e15  # of any number: beyond, sums lose their last digits
MOST_VOTES = 1_000_000  # of one member, and of either number of a quota
DATE = re.compile(r"^(\d{4})-(0[1-9]|1[0-2])$")


def _month(text: str) -> str:
    if not DATE.match(text):
        raise ValueError("a month is written YYYY-MM, for example 2009-01")
    return text


Month = Annotated[str, AfterValidator(_month)]


class Record(BaseModel):
    """Base: unknown keys refused, nothing converted, nothing changed later."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Sparing(Record):
    """Base of records that leave out of a manifest some fields where they are not said.

    So a setting without them keeps its identity.
    """

    spared: ClassVar[tuple[str, ...]] = ()

    @model_serializer(mode="wrap")
    def _without_the_unsaid(self, dumped: SerializerFunctionWrapHandler) -> dict[str, Any]:
        data: dict[str, Any] = dumped(self)
        for name in self.spared:
            if not getattr(self, name):
                data.pop(name, None)
        return data


class Figure(Record):
    """One number with what it rests on.

    Parameters
    ----------
    value : float
        The number.
    basis : {'measured', 'coded', 'expert', 'calibrated', 'assumed'}
        What kind of thing it rests on.
    source : str, optional
        Identifier in the folder's ``sources.yaml``; required unless assumed.
    note : str, optional
        Required where assumed: the reason for the value.
    range : list of two floats, optional
        Lowest and highest value held possible; contains the value.
    locator : str, optional
        Page, resolution or column of the source.
    year : int, optional
        The year the figure speaks of.
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
        if not all(abs(number) <= MOST for number in (self.value, *(self.range or ()))):
            raise ValueError(f"value: a number is finite and at most {MOST:g}")
        if self.basis == "assumed" and not self.note:
            raise ValueError("an assumed figure needs a 'note' that says why")
        if self.basis != "assumed" and not (self.source or self.note):
            raise ValueError(f"a {self.basis} figure needs a 'source'")
        if self.range is not None:
            low, high = self.range
            if not low <= self.value <= high:
                raise ValueError(f"value {self.value} lies outside its range [{low}, {high}]")
        return self


@dataclass(frozen=True)
class Within:
    """Refuses a figure whose value or range lies outside bounds."""

    bounds: Bounds

    def __call__(self, figure: Figure) -> Figure:
        low, high = self.bounds[:2]
        for number in (figure.value, *(figure.range or ())):
            if not low <= number <= high:
                raise ValueError(f"{number} is not between {low} and {high}")
        return figure


Task = Literal["explore", "elaborate", "negotiate"]
Unit = Annotated[Figure, AfterValidator(Within(figures.SHARE))]
NonNegative = Annotated[Figure, AfterValidator(Within(figures.NOT_NEGATIVE))]


def assumed(value: float, note: str) -> Figure:
    """Return a figure without a source, for defaults and for overrides made in a call."""
    return Figure(value=float(value), basis="assumed", note=note)


@dataclass(frozen=True)
class _Default:
    value: float
    note: str

    def __call__(self) -> Figure:
        return assumed(self.value, self.note)


def _fields(body: dict[str, Any], declarations: Iterable[Declaration]) -> None:
    """Write the field of each declared figure into a class body, at the place of the call.

    Figures that the body has already are passed over. The place decides where a figure stands in
    a manifest and in what ``catalogue`` shows.
    """
    for figure in declarations:
        annotations = body.setdefault("__annotations__", {})
        if figure.field in annotations:
            continue
        kind = Annotated[Figure, AfterValidator(Within(figure.bounds))]
        annotations[figure.field] = kind
        if figure.default is not None:
            body[figure.field] = Field(default_factory=_Default(figure.default, figure.note))


def _limits(figure: Declaration) -> Any:
    """Return the bounds of a plain number, as the validator states them."""
    low, high, above = figure.bounds
    most = MOST if high == figures.INFINITY else high
    return Field(gt=low, le=most) if above else Field(ge=low, le=most)


def default_of(figure: Declaration) -> float:
    """Return the default of a plain number that has one."""
    assert figure.default is not None
    return figure.default


class Holder(Sparing):
    """Base of records of which some fields are declared figures."""

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Figure: ...


START, PATIENCE = declared("track", "start"), declared("track", "patience")
WEIGHT, TERM = declared("track", "weight"), declared("track", "term_months")
DECLARED = declared("initiative", "declared")
DEADLINE = declared("experiment", "deadline_years")
HORIZON = declared("experiment", "horizon_years")
WEEKS, VOTES = declared("venue", "calendar.weeks"), declared("venue", "decision.weights")


class Change(Sparing):
    """A figure from a month on, in place of what it was.

    Parameters
    ----------
    date : str
        The first month with the new value.
    value : float
        The new value; within the figure's bounds.
    range : list of two floats, optional
        Lowest and highest value held possible; contains the value. A belief draws the value from it
        where it draws the figure itself.
    gradual : bool
        Whether the figure goes there in a straight line, from its change before or the first month.
    basis : {'measured', 'coded', 'expert', 'calibrated', 'assumed'}
        What kind of thing it rests on.
    source : str, optional
        Identifier in the folder's ``sources.yaml``; required unless assumed.
    note : str, optional
        Required where assumed: the reason for the value.
    """

    date: Month
    value: float
    range: Annotated[list[float], Field(min_length=2, max_length=2)] | None = None
    gradual: bool = False
    basis: Basis
    source: str | None = None
    note: str | None = None
    spared: ClassVar[tuple[str, ...]] = ("range",)

    @model_validator(mode="after")
    def _rests_on_something(self) -> Change:
        self.figure()
        return self

    def figure(self) -> Figure:
        """Return the new value as a figure."""
        return Figure(
            value=self.value, basis=self.basis, source=self.source, note=self.note, range=self.range
        )


Course = list[Change]
# By figure, as the record holds it: of one that has a value for each issue, bloc or state, by these.
Changes = dict[str, Course | dict[str, Course]]
# Figures that have no dates here, and what takes their place.
DATELESS: dict[figures.Owner, dict[str, str]] = {
    "actor": {
        "resources": "no mechanism reads it; date capability",
        "unga_ideal_point": "ties are made of it before the first month",
    },
    "venue": {
        "calendar": "its sessions have dates of their own, calendar.sessions",
        "weeks": "sessions have dates of their own, calendar.sessions",
        "members": "members have dates of their own, membership_changes",
        "decision": "a rule is followed by another, decision.then",
        "quota": "a rule is followed by another, decision.then",
        "weights": "a rule is followed by another, decision.then",
    },
    "initiative": {
        "text": "it is the first text; talks change it",
        "pledge": "it is what is pledged from the start; write another initiative",
        "declared": "it is what is declared from the start; write another initiative",
        "entry_into_force": "it is part of the text that is proposed",
    },
    "environment": {
        "success": "what counts as success is the same in all months",
        "deadline_years": "what counts as success is the same in all months",
        "success_share": "what counts as success is the same in all months",
        "horizon_years": "the run has one last month",
        "cohesion": "a group has changes of its own, groups.NAME.changes",
        "groups": "a group has changes of its own, groups.NAME.changes",
    },
}


def courses(changes: Changes) -> Iterator[tuple[tuple[str, ...], Course]]:
    """Yield what changes with its name, in two steps where it has a value for each issue or state.

    Examples
    --------
    >>> [name for name, _ in courses({"trust": [], "salience": {"scope": []}})]
    [('trust',), ('salience', 'scope')]
    """
    for name, course in changes.items():
        if isinstance(course, dict):
            for part, its in course.items():
                yield (name, part), its
        else:
            yield (name,), course


@dataclass(frozen=True)
class Dateable:
    """Which figures of a record may have dates.

    Parameters
    ----------
    owner : str
    single : tuple of str
        Figures with one value.
    several : dict of str to str
        Figures with a value for each of something, and what that is; where the record must say a
        value first, the word ends with ``*``.
    """

    owner: figures.Owner
    single: tuple[str, ...]
    several: dict[str, str]

    def check(self, record: Record, changes: Changes) -> None:
        """Raise ValueError where what is dated is no figure, leaves its bounds or has a date twice."""
        for name, course in changes.items():
            if isinstance(course, dict) and name in self.several:
                for part in course:
                    if self.several[name].endswith("*") and part not in getattr(record, name):
                        message = f"no {name}.{part} to change from; say that first"
                        raise ValueError(f"changes.{name}.{part}: {message}")
            elif name in self.several:
                each = self.several[name].rstrip("*")
                raise ValueError(
                    f"changes.{name}: it has a value by {each}; name the {each} below it"
                )
            elif name not in self.single:
                raise ValueError(f"changes.{name}: {self._unknown(name)}")
            elif isinstance(course, dict):
                raise ValueError(f"changes.{name}: it has one value; list its changes")
        for path, course in courses(changes):
            _check_course(declared(self.place_of(path[0]), path[0]).bounds, path, course)

    def place_of(self, name: str) -> figures.Owner:
        """Return whose figure it is as declared: an experiment's hold the environment's too."""
        within = self.owner != "environment" or name in figures.ENVIRONMENT_PARAMETERS
        return self.owner if within else "experiment"

    def _unknown(self, name: str) -> str:
        reason = DATELESS.get(self.owner, {}).get(name)
        if reason:
            return f"{name} has no dates here: {reason}"
        return f"unknown figure{nearest(name, (*self.single, *self.several))}"


def _check_course(bounds: Bounds, path: tuple[str, ...], course: Course) -> None:
    dates: set[str] = set()
    low, high = bounds[:2]
    for index, change in enumerate(course):
        at = ".".join(("changes", *path, str(index)))
        if change.date in dates:
            raise ValueError(f"{at}.date: {change.date} stands twice")
        dates.add(change.date)
        for number in (change.value, *(change.range or ())):
            if not low <= number <= high:
                field = "value" if number == change.value else "range"
                message = f"{number:g} is not between {low:g} and {high:g}"
                raise ValueError(f"{at}.{field}: {message}")


OF_ACTORS = Dateable(
    "actor", ("capability", *figures.ACTOR_PARAMETERS),
    {"ideal_point": "issue*", "salience": "issue*", "blocs": "bloc"},
)  # fmt: skip
OF_VENUES = Dateable(
    "venue", figures.VENUE_PARAMETERS, {"capability": "state*", "convening": "state"}
)
OF_INITIATIVES = Dateable("initiative", (), {"status_quo": "issue*"})
OF_EXPERIMENTS = Dateable("environment", figures.ENVIRONMENT_PARAMETERS, {"status_quo": "issue"})
OF_GROUPS = Dateable("experiment", ("cohesion",), {})
# By the collection that holds the record; an experiment's own stand beside it.
DATED = {
    "actors": OF_ACTORS, "venues": OF_VENUES, "initiatives": OF_INITIATIVES, "groups": OF_GROUPS,
    "": OF_EXPERIMENTS,
}  # fmt: skip


class DirectedShift(Record):
    """A change of government, or of mind, that takes a state to positions of its own.

    Parameters
    ----------
    date : str
        The first month with the new positions: of the election, where it is one.
    to : dict of str to Figure
        The ideal point aimed at, by issue; on the others all stays as it is.
    chance : Figure
        How likely it is, 0 to 1: of an election, that it brings those who stand there; 1 where it
        is sure.
    source : str, optional
        Identifier in ``sources.yaml``.
    note : str, optional
        What happens.
    """

    date: Month
    to: Annotated[dict[str, Unit], Field(min_length=1)]
    chance: Unit = Field(default_factory=_Default(1.0, "it is sure"))
    source: str | None = None
    note: str | None = None


class ScheduledEvent(Record):
    """Something that happens at a date, whatever happens by chance (M11).

    Parameters
    ----------
    date : str
        The month in which it happens.
    kind : {'accident', 'test', 'crisis', 'shock'}
        An event that leaves debris, by accident or by a test (unless what binds its author prevents
        it); a crisis that puts a state under pressure; a shock of another kind.
    actor : str, optional
        Code of its author, or of the state under pressure; an accident may have none.
    urgency : Figure
        What a shock adds to urgency; 0 where not said. The others add what chance events do.
    trust_cost : Figure
        What a shock costs everybody's trust; 0 where not said.
    note : str, optional
        What it is.
    """

    date: Month
    kind: Literal["accident", "test", "crisis", "shock"]
    actor: Code | None = None
    urgency: Unit = Field(default_factory=_Default(0.0, "none unless stated"))
    trust_cost: Unit = Field(default_factory=_Default(0.0, "none unless stated"))
    note: str | None = None

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> ScheduledEvent:
        if self.kind in ("test", "crisis") and self.actor is None:
            raise ValueError(f"actor: a {self.kind} has one; name the state")
        if self.kind == "shock" and self.actor is not None:
            raise ValueError("actor: a shock has none")
        if self.kind == "shock" and not (self.urgency.value or self.trust_cost.value):
            raise ValueError("urgency: a shock adds urgency or costs trust; say how much")
        if self.kind != "shock" and (self.urgency.value or self.trust_cost.value):
            raise ValueError(f"urgency: only a shock has its own, not {self.kind}")
        return self


class Evidence(Record):
    """What a position was read from.

    Parameters
    ----------
    text : str
        What was said or done, when and where.
    source : str, optional
        Identifier in ``sources.yaml``.
    """

    text: str
    source: str | None = None


class Actor(Holder):
    """One state. Shares and stakes in [0, 1]; rates per year; delays in months.

    Parameters
    ----------
    id : str
        ISO 3166-1 alpha-3 code; the file is named by it.
    name : str
        As tables and pages show it.
    groups : list of str
        Groups it belongs to; common groups and alliances make ties.
    provenance : str
        Whether its figures are coded one by one, regressed on others', or made up.
    turnover_dates : list of str
        Months in which the government changes for certain.
    shifts : list of DirectedShift
        Dated changes of its ideal point, from where it stands to where the entry says; elections.
    changes : dict of str to list of Change
        By figure: what it is from a date on, at once or in a line; ``ideal_point`` and
        ``salience`` by issue, ``blocs`` by bloc.
    evidence : list of Evidence
        What the coding of its position rests on.
    """

    id: Code
    name: Name
    groups: list[str] = []
    provenance: Literal["coded", "regressed", "synthetic"] = "coded"
    _fields(vars(), [declared("actor", "capability")])
    resources: dict[str, Figure] = {}
    unga_ideal_point: Figure | None = None
    ideal_point: dict[str, Unit]
    salience: dict[str, NonNegative]
    _fields(vars(), figures.up_to(figures.ACTOR, "turnover_rate"))
    turnover_dates: list[Month] = []
    shifts: list[DirectedShift] = []
    changes: Changes = {}
    spared: ClassVar[tuple[str, ...]] = ("shifts", "changes")
    _fields(vars(), figures.ACTOR)  # and every further one
    blocs: dict[str, Unit] = {}
    evidence: list[Evidence] = []

    @model_validator(mode="after")
    def _changes_fit(self) -> Actor:
        OF_ACTORS.check(self, self.changes)
        return self

    @model_validator(mode="after")
    def _loadings_leave_room(self) -> Actor:
        total = 0.0
        for name in sorted(self.blocs):
            total += self.blocs[name].value * self.blocs[name].value
        if total > 1.0:
            raise ValueError(f"blocs: the squared loadings sum to {total:.3f}, above 1")
        return self


_TWO = Field(min_length=2, max_length=2)


class Procedure(Sparing):
    """A decision rule with its numbers (M7).

    Parameters
    ----------
    rule : str
        How votes are counted.
    required : list of str
        Members without whom nothing passes.
    less : int
        How many members may object to a consensus and not stand in its way: consensus less one.
    capability_quota : list of int, optional
        The second half of a double majority, as [part, whole]: what those in favour must hold of
        the capability of all members; exactly so much suffices.
    then : LaterProcedure, optional
        The rule that takes its place at a date, as a vote after a time of consensus.
    source : str, optional
        Identifier in ``sources.yaml``.
    note : str, optional
        What should be known of the rule.
    """

    rule: Literal["consensus", "qualified_majority", "simple_majority", "opt_in"]
    quota: Annotated[list[Annotated[int, Field(ge=1, le=MOST_VOTES)]], _TWO] | None = None
    weights: dict[str, Annotated[int, _limits(VOTES), Field(le=MOST_VOTES)]] = {}
    required: list[str] = []
    less: Annotated[int, Field(ge=0, le=MOST_VOTES)] = 0
    capability_quota: Annotated[list[Annotated[int, Field(ge=1, le=MOST_VOTES)]], _TWO] | None = (
        None
    )
    then: LaterProcedure | None = None
    source: str | None = None
    note: str | None = None
    spared: ClassVar[tuple[str, ...]] = ("less", "capability_quota", "then")

    def in_turn(self) -> list[Procedure]:
        """Return this rule and those that take its place, one after the other."""
        return [self, *(self.then.in_turn() if self.then is not None else [])]

    @model_validator(mode="after")
    def _quota_fits(self) -> Procedure:
        if self.less and self.rule != "consensus":
            raise ValueError(f"less: only consensus may be less some members, not {self.rule}")
        if self.capability_quota is not None:
            part, whole = self.capability_quota
            if part > whole:
                raise ValueError(f"capability_quota: {part}/{whole} is above 1")
            if self.rule not in ("qualified_majority", "simple_majority"):
                message = f"only a majority has one beside its votes, not {self.rule}"
                raise ValueError(f"capability_quota: {message}")
        if self.rule == "qualified_majority":
            if self.quota is None:
                raise ValueError("quota: a qualified majority needs one, for example [2, 3]")
            part, whole = self.quota
            if not (0 < part <= whole and 2 * part > whole):
                raise ValueError(f"quota: {part}/{whole} is not above one half and at most 1")
        elif self.quota is not None:
            raise ValueError(f"quota: only a qualified majority has one, not {self.rule}")
        return self


class LaterProcedure(Procedure):
    """The rule that takes another's place at a date.

    Parameters
    ----------
    date : str
        The first month in which it holds.
    """

    date: Month

    @model_validator(mode="after")
    def _later_still(self) -> LaterProcedure:
        if self.then is not None and self.then.date <= self.date:
            raise ValueError(f"then: {self.then.date} is not after {self.date}")
        return self


Procedure.model_rebuild()


class Box(Record):
    """A region of the issue space; an issue that is not named is free.

    Parameters
    ----------
    box : dict of str to list of float
        Lowest and highest value of each issue, both from 0 to 1.
    basis : str
        What it rests on.
    source : str, optional
        Identifier in ``sources.yaml``.
    note : str, optional
        Why it is so.
    """

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


class Session(Record):
    """A session held once, in a month of its own.

    Parameters
    ----------
    date : str
        The month in which it is held.
    note : str, optional
        Which it is.
    """

    date: Month
    weeks: Annotated[float, _limits(WEEKS)]
    note: str | None = None


class Calendar(Sparing):
    """Formal meeting weeks by calendar month (1 to 12); months not named have none.

    Parameters
    ----------
    sessions : list of Session
        Sessions held once, with their dates, beside those of every year.
    basis : str
        What it rests on.
    source : str, optional
        Identifier in ``sources.yaml``.
    note : str, optional
        Why it is so.
    """

    weeks: dict[int, Annotated[float, _limits(WEEKS)]] = {}
    sessions: list[Session] = []
    basis: Basis
    source: str | None = None
    note: str | None = None
    spared: ClassVar[tuple[str, ...]] = ("sessions",)

    @model_validator(mode="after")
    def _months(self) -> Calendar:
        for month in self.weeks:
            if not 1 <= month <= 12:
                raise ValueError(f"weeks.{month}: a calendar month is 1 to 12")
        if not self.weeks and not self.sessions and "weeks" not in self.model_fields_set:
            raise ValueError("weeks: missing; say the weeks of a year, or 'sessions' with dates")
        held: dict[str, float] = {}
        for session in self.sessions:
            before = held.get(session.date, self.weeks.get(int(session.date[5:]), 0.0))
            held[session.date] = before + session.weeks
            if held[session.date] > WEEKS.bounds.high:
                message = f"{session.date} has {held[session.date]:g} weeks, with those of the year"
                raise ValueError(f"sessions: {message}; at most {WEEKS.bounds.high:g}")
        return self


class MembershipChange(Record):
    """Who joins a venue and who leaves it, from a month on.

    Parameters
    ----------
    date : str
        The first month with the new members.
    joins : list of str
        Codes of those who are members from then on.
    leaves : list of str
        Codes of those who are members no longer.
    source : str, optional
        Identifier in ``sources.yaml``.
    note : str, optional
        What happened.
    """

    date: Month
    joins: list[str] = []
    leaves: list[str] = []
    source: str | None = None
    note: str | None = None

    @model_validator(mode="after")
    def _changes_something(self) -> MembershipChange:
        if not self.joins and not self.leaves:
            raise ValueError("joins: nobody joins or leaves; name some, or leave the entry out")
        for code in self.joins:
            if code in self.leaves:
                raise ValueError(f"leaves: '{code}' both joins and leaves")
        return self


def _venue_figures(*names: str) -> list[Declaration]:
    return [declared("venue", name) for name in names]


class Venue(Holder):
    """One venue. Rates per year, ``setup_months`` in months, the rest in [0, 1].

    Parameters
    ----------
    id : str
        The name in strategies; the file is named by it.
    name : str
        As tables and pages show it.
    description : str
        In a sentence or two.
    members : list of str, or 'open'
        Codes of its members; ``open`` is the whole cast.
    membership_source : str, optional
        Identifier in ``sources.yaml``.
    membership_changes : list of MembershipChange
        Who joins and who leaves at a date.
    capability : dict of str to Figure
        By state, its capability here where it is another than in general, in the same unit; the
        whole cast's are scaled to shares anew. Ratification and success count the general one.
    changes : dict of str to list of Change
        By figure: what it is from a date on, at once or in a line; ``capability`` and
        ``convening`` by state.
    decision : Decision
        How a text is adopted.
    mandate : Decision, optional
        How a mandate is given, where by another rule than a text.
    mandate_term : str
        Whether a mandate lasts (``none``) or must be given anew each session.
    term_ends : str, optional
        Month in which every mandate given here ends, whatever ``term_months`` says.
    convening : dict of str to Figure
        By state, what it takes to accept this forum whatever the text (M22).
    universal : bool
        Whether a universal body convenes it; nobody then refuses the forum.
    conveners : list of str
        Who convenes it; they and those who share a group with one do not refuse the forum.
    calendar : Calendar
        When it meets.
    remit : Box
        What it deals with.
    linkage : str
        Whether its work hangs on other matters, and if so, how it stands in the first month.
    linked : list of str
        Initiatives whose dispute it is; a package that holds them all may be mandated meanwhile.
    adopts : bool
        Whether it can adopt a text itself.
    passes_to : str, optional
        The venue that adopts in its place.
    dissolved : str, optional
        Month in which it ends.
    """

    id: Id
    name: Name
    description: str = ""
    members: list[str] | Literal["open"] = "open"
    membership_source: str | None = None
    membership_changes: list[MembershipChange] = []
    capability: dict[str, NonNegative] = {}
    changes: Changes = {}
    spared: ClassVar[tuple[str, ...]] = ("membership_changes", "capability", "changes")
    decision: Procedure
    mandate: Procedure | None = None
    mandate_term: Literal["none", "session"] = "none"
    term_ends: Month | None = None
    convening: dict[str, Unit] = {}
    universal: bool = False
    conveners: list[str] = []
    _fields(vars(), _venue_figures("convene_share", "min_participation"))
    calendar: Calendar
    remit: Box = Field(default_factory=lambda: Box(box={}, note="no limit stated"))
    _fields(vars(), _venue_figures("remit_cost", "informality", "isolation", "setup_months"))
    linkage: Literal["none", "open", "blocked"] = "none"
    _fields(vars(), figures.VENUE)  # and every further one
    linked: list[str] = []
    adopts: bool = True
    passes_to: str | None = None
    dissolved: Month | None = None

    def ever_members(self) -> set[str]:
        """Return the codes of all who are members at any time; of an open venue's, who join."""
        joined = {code for change in self.membership_changes for code in change.joins}
        return joined | (set(self.members) if isinstance(self.members, list) else set())

    @model_validator(mode="after")
    def _has_members(self) -> Venue:
        OF_VENUES.check(self, self.changes)
        if isinstance(self.members, list) and not self.members:
            raise ValueError("members: the venue has none; list some or write 'open'")
        if not self.adopts and not self.passes_to:
            raise ValueError("passes_to: a venue that cannot adopt must name one that can")
        return self


class EntryIntoForce(Holder):
    """What it takes for an adopted text to enter into force.

    Parameters
    ----------
    states : list of str
        Codes of states that must have ratified.
    """

    _fields(vars(), (f for f in figures.INITIATIVE if f.name.startswith("entry_into_force.")))
    states: list[str] = []


class MandateFacts(Record):
    """What else is known of a mandate on its date, for its precedents; no mechanism reads it.

    Parameters
    ----------
    domain : str, optional
        Its field, as in docs/cases.md.
    draft : int, optional
        0 no draft, 1 drafts tabled by states, 2 a complete draft by a body.
    regime : str, optional
        A new one, part of one that exists, or the successor of one.
    earlier : int, optional
        Earlier attempts at the same instrument that ended without one, 2 at most.
    shock : bool, optional
        Whether a widely noted event within 24 months before made it urgent.
    deadline : int, optional
        The year by which the mandate says that the work is to end; by the venue's term where not
        said.
    note : str
        What these rest on; required where any is given.
    """

    domain: Domain | None = None
    draft: Annotated[int, Field(ge=0, le=2)] | None = None
    regime: Regime | None = None
    earlier: Annotated[int, Field(ge=0, le=2)] | None = None
    shock: bool | None = None
    deadline: Annotated[int, Field(ge=1900, le=2100)] | None = None
    note: str = ""

    @model_validator(mode="after")
    def _rest_on_something(self) -> MandateFacts:
        given = [name for name, value in self if name != "note" and value is not None]
        if given and not self.note:
            raise ValueError(f"note: missing; say what {', '.join(given)} rests on")
        return self


class Initiative(Sparing):
    """A proposal: start text and mandate box, both in the issue space.

    Parameters
    ----------
    id : str
        The name in strategies; the file is named by it.
    name : str
        As tables and pages show it.
    description : str
        In a sentence or two.
    kind : str
        An agreement is negotiated; pledges only gather coverage.
    mandate : Box
        How far talks may go from the first text.
    instrument : str, optional
        Keeps the form of a treaty at the executive limit and above, that of an executive agreement
        below it and at the treaty threshold or above.
    task : str
        What its mandate asks for.
    status_quo : dict of str to Figure
        What is in force without it, where not as the experiment says.
    leaves : list of str
        Gaps within its scope, each at a cost to those who fear debris (M1).
    pledge : dict of str to Figure
        Text of the interim pledges that go with it; its own with form 0.1 at most where not said.
    changes : dict of str to list of Change
        Of its ``status_quo``, by issue: what it is from a date on, at once or in a line.
    declared : dict of str to float
        States and groups that have declared themselves for it (1) or against it (-1).
    binding : bool, optional
        Whether it binds; by the issue ``form`` where not said.
    entry_into_force : EntryIntoForce
        What entry into force takes.
    facts : MandateFacts
        What else is known of its mandate.
    """

    id: Id
    name: Name
    description: str = ""
    kind: Literal["agreement", "pledges"] = "agreement"
    text: dict[str, Unit]
    mandate: Box
    instrument: Literal["treaty", "executive_agreement"] | None = None
    task: Task = "negotiate"
    status_quo: dict[str, Unit] = {}
    changes: Changes = {}
    spared: ClassVar[tuple[str, ...]] = ("changes",)
    leaves: list[str] = []
    pledge: dict[str, Unit] = {}
    declared: dict[str, Annotated[float, _limits(DECLARED)]] = {}
    binding: bool | None = None
    entry_into_force: EntryIntoForce = EntryIntoForce()
    facts: MandateFacts = MandateFacts()

    @model_validator(mode="after")
    def _changes_fit(self) -> Initiative:
        OF_INITIATIVES.check(self, self.changes)
        return self

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
    """A track that has already begun: what stands at month 0.

    Parameters
    ----------
    mandate : bool
        Whether a mandate is in force.
    rounds : int
        Rounds held so far.
    text : dict of str to float
        The text on the table, by issue; the initiative's where not said.
    """

    mandate: bool = False
    rounds: Annotated[int, Field(ge=0)] = 0
    text: dict[str, Annotated[float, Field(ge=0.0, le=1.0)]] = {}


class Track(Sparing):
    """One initiative in one venue; ``start`` and ``patience`` in months.

    Parameters
    ----------
    initiative : str
        What is pursued.
    venue : str
        Where.
    fallback : str, optional
        The venue it may move to.
    later_fallbacks : list of str
        Where it may move from there, one after the other, each after its patience once more.
    pledges : bool
        Whether interim pledges go with it.
    after : int, optional
        The track it waits for, counted from 0.
    after_milestone : str
        What that track must have reached.
    underway : Underway, optional
        What stands already at month 0.
    joined : int, optional
        The first track of the package that this is an item of, counted from 0.
    weight : float or dict of str to float
        Of this item in its package, for all states or by state.
    task : str, optional
        What the mandate asks for, where not as the initiative says.
    term_ends : str, optional
        Month in which its mandate ends, where not as the venue says.
    """

    initiative: str
    venue: str
    fallback: str | None = None
    later_fallbacks: list[str] = []
    spared: ClassVar[tuple[str, ...]] = ("later_fallbacks",)
    pledges: bool = False
    start: Annotated[float, _limits(START)] = default_of(START)
    after: Annotated[int, Field(ge=0)] | None = None
    after_milestone: Literal["mandate", "adoption", "entry_into_force", "success"] = "adoption"
    patience: Annotated[float, _limits(PATIENCE)] = default_of(PATIENCE)
    underway: Underway | None = None
    joined: Annotated[int, Field(ge=0)] | None = None
    weight: Annotated[float, _limits(WEIGHT)] | dict[str, Annotated[float, _limits(WEIGHT)]] = 1.0
    task: Task | None = None
    term_months: Annotated[float, _limits(TERM)] | None = None
    term_ends: Month | None = None

    def fallbacks(self) -> list[str]:
        """Return the venues it may move to, in turn."""
        return [name for name in (self.fallback, *self.later_fallbacks) if name is not None]


class Strategy(Record):
    """Tracks side by side. ``succeeds_when``: all, any, or indices of tracks that must succeed.

    Parameters
    ----------
    name : str
        ``initiative@venue``, with ``>`` a fallback venue, ``+`` a further track, ``+pledges``, and
        ``a&b@venue`` a package whose items are decided together.
    tracks : list of Track
        In a file, the same grammar, where the name is another.
    succeeds_when : str or list of int
        All tracks, any of them, or those listed, counted from 0.
    """

    name: Name
    tracks: Annotated[list[Track], Field(min_length=1)]
    succeeds_when: Literal["all", "any"] | list[int] = "all"


class Success(Holder):
    """What counts as timely success.

    Parameters
    ----------
    states : list of str
        Codes of states without which it is none.
    """

    deadline_years: Annotated[float, _limits(DEADLINE)] = default_of(DEADLINE)
    _fields(vars(), [declared("experiment", "success_share")])
    states: list[str] = []


class Scale(Record):
    """The scale on which an issue's values are shown; within the model they run from 0 to 1.

    Parameters
    ----------
    low, high : float
        What 0 and 1 stand for; ``low`` is below ``high``.
    unit : str
        Written after a value: ``Mt``, ``years``, ``points``.
    label : str
        The issue in words, for figures and pages; its name where not said.
    """

    low: Annotated[float, Field(allow_inf_nan=False)]
    high: Annotated[float, Field(allow_inf_nan=False)]
    unit: str = ""
    label: str = ""

    @model_validator(mode="after")
    def _upwards(self) -> Scale:
        if not self.low < self.high:
            raise ValueError(f"low {self.low:g} is not below high {self.high:g}")
        return self


class Group(Holder):
    """A negotiating group, by the name that its members have in their ``groups`` (M20).

    Parameters
    ----------
    changes : dict of str to list of Change
        Of its ``cohesion``: what it is from a date on, at once or in a line.
    """

    _fields(vars(), [declared("experiment", "cohesion")])
    changes: Changes = {}
    spared: ClassVar[tuple[str, ...]] = ("changes",)

    @model_validator(mode="after")
    def _changes_fit(self) -> Group:
        OF_GROUPS.check(self, self.changes)
        return self


class Environment(Record):
    """Process parameters; one figure each, in the order of their declarations."""

    parameters: dict[str, Figure]

    @model_validator(mode="after")
    def _complete(self) -> Environment:
        missing = [name for name in figures.ENVIRONMENT_PARAMETERS if name not in self.parameters]
        unknown = [name for name in self.parameters if name not in figures.ENVIRONMENT_PARAMETERS]
        if missing or unknown:
            raise ValueError(f"parameters: missing {missing}, unknown {unknown}")
        return self


class PluginText(Record):
    """A plug-in as a manifest holds it: to be read and to be compared, never to be run.

    Parameters
    ----------
    name : str
        Of its file.
    sha256 : str
        Of the file's bytes.
    text : str
    """

    name: str
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    text: str

    @model_validator(mode="after")
    def _as_hashed(self) -> PluginText:
        if hashlib.sha256(self.text.encode()).hexdigest() != self.sha256:
            raise ValueError(f"plugin {self.name}: its text has not the hash that is named")
        return self


class Setting(Sparing):
    """An experiment resolved and whole: what a run needs, and what its manifest holds.

    No file of a study can name a plug-in: the user gives it to a command or call.
    """

    id: Name
    name: Name
    question: str = ""
    start: Month
    horizon_years: Annotated[float, _limits(HORIZON)] = default_of(HORIZON)
    issues: Annotated[list[Issue], Field(min_length=1, max_length=MOST_ISSUES)]
    scales: dict[str, Scale] = {}
    success: Success = Success()
    status_quo: dict[str, Unit] = {}
    groups: dict[str, Group] = {}
    actors: dict[str, Actor]
    venues: dict[str, Venue]
    initiatives: dict[str, Initiative]
    affinity: list[tuple[str, str, Annotated[float, Field(ge=0.0)]]] = []
    environment: dict[str, Figure]
    changes: Changes = {}
    events: list[ScheduledEvent] = []
    strategies: Annotated[list[Strategy], Field(min_length=1)]
    plugin: PluginText | None = None
    spared: ClassVar[tuple[str, ...]] = ("scales", "changes", "events", "plugin")

    @model_validator(mode="after")
    def _changes_fit(self) -> Setting:
        OF_EXPERIMENTS.check(self, self.changes)
        return self

    def __repr__(self) -> str:
        """Return what a person looks for; ``model_dump()`` is the whole."""
        sizes = f"{len(self.actors)} actors, {len(self.strategies)} strategies"
        return f"Setting({self.id!r}, {sizes}, {len(self.issues)} issues)"

    def __str__(self) -> str:
        return repr(self)
