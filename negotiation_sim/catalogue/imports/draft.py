"""What every form of file is read into, before it is written as a study."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from negotiation_sim.catalogue.imports.sheets import Number, UserTable
from negotiation_sim.catalogue.names import LONGEST_ID, check_name
from negotiation_sim.catalogue.schema import Scale
from negotiation_sim.errors import UsageError, nearest
from negotiation_sim.model.terms import ISSUES_WITH_A_ROLE

NUMBER = r"([-+]?\d+(?:\.\d+)?)"
RANGE = re.compile(rf"\s*{NUMBER}\s*(?:-|\u2013|:|to|\.\.)\s*{NUMBER}\s*(.*?)\s*\Z")
BRACKET = re.compile(r"\s*[\[(]([^\])]*)[\])]\s*\Z")
ALL, SALIENCE = "*", "salience"
RESERVED = frozenset({"sources", "ties", "population"})


@dataclass
class IssueDraft:
    """An issue of a file.

    Parameters
    ----------
    id : str
        Its name in the study.
    label : str
        Its name in the file.
    scale : Scale
        From the file, its form or the caller.
    status_quo : Number, optional
        On the scale.
    """

    id: str
    label: str
    scale: Scale
    status_quo: Number | None = None

    def share(self, number: Number) -> float:
        """Return a number of the issue's scale as a value of the model, 0 to 1."""
        return (number.value - self.scale.low) / (self.scale.high - self.scale.low)


@dataclass
class ActorDraft:
    """An actor of a file; positions and saliences by the issue's id, as the file has them."""

    id: str
    key: str  # as the file names it
    name: str
    line: int
    capability: Number
    positions: dict[str, Number] = field(default_factory=dict)
    saliences: dict[str, Number] = field(default_factory=dict)
    groups: list[str] = field(default_factory=list)
    margin: Number | None = None
    reservation: Number | None = None


@dataclass
class Talks:
    """Issues that are negotiated together, and how they are decided."""

    id: str
    issues: list[str]
    rule: str = ""
    required: list[str] = field(default_factory=list)
    without_vote: list[str] = field(default_factory=list)


@dataclass
class Draft:
    """A file read: its actors and issues, and what was assumed.

    Parameters
    ----------
    salience : Scale
        On which saliences stand; 0 is no interest.
    shared : bool
        Whether an actor's saliences are shares of all its attention, as KTAB has them.
    """

    table: UserTable
    form: str
    salience: Scale
    issues: dict[str, IssueDraft] = field(default_factory=dict)
    actors: dict[str, ActorDraft] = field(default_factory=dict)
    talks: list[Talks] = field(default_factory=list)
    shared: bool = False

    def add_issue(self, label: str, scale: Scale) -> IssueDraft:
        """Add an issue under a name that the model does not use itself."""
        name = identifier(label, self.issues)
        if name in ISSUES_WITH_A_ROLE:
            self.table.assumed.append(
                f"the issue '{label}' is called {name}_here: {name} has a meaning of its own"
            )
            name = f"{name}_here"
        self.issues[name] = IssueDraft(name, label, scale)
        return self.issues[name]

    def add_actor(self, name: str, line: int, column: str, capability: Number) -> ActorDraft:
        """Add an actor; its name must be new and its capability not negative."""
        if not name:
            raise self.table.error(line, column, "no actor is named")
        self.named(name, line, column)
        for other in self.actors.values():
            if other.key.casefold() == name.casefold():
                message = f"the actor '{name}' stands twice (first on line {other.line})"
                raise self.table.error(line, column, message)
        if capability.value < 0.0:
            message = f"{capability.value:g} is below 0; a capability is a weight"
            raise self.table.error(capability.line, capability.column, message)
        actor = ActorDraft(identifier(name, self.actors), name, name, line, capability)
        self.actors[actor.id] = actor
        return actor

    def named(self, name: str, line: int, column: str) -> str:
        """Return a name from a cell; an error where some output could not hold it."""
        try:
            return check_name(name)
        except ValueError as error:
            raise self.table.error(line, column, str(error)) from None

    def put(
        self, actor: ActorDraft, issue: IssueDraft, position: Number | None, salience: Number | None
    ) -> None:
        """Note what an actor wants of an issue; neither is a position on it that it has not."""
        if position is None:
            if salience is not None and salience.value > 0.0:
                message = f"a salience for '{issue.label}', and no position"
                raise self.table.error(salience.line, salience.column, message)
            return
        self._check(position, issue.scale, f"the scale of '{issue.label}'")
        if salience is None:
            message = f"{actor.name} has a position on '{issue.label}' and no salience; taken as 0"
            self.table.assumed.append(f"line {position.line}: {message}")
            salience = Number(0.0, position.line, "salience")
        self._check(salience, self.salience, "the scale of saliences")
        actor.positions[issue.id] = position
        actor.saliences[issue.id] = salience

    def _check(self, number: Number, scale: Scale, what: str) -> None:
        if not scale.low <= number.value <= scale.high:
            message = f"{number.value:g} is not on {what}, {scale.low:g} to {scale.high:g}"
            raise self.table.error(number.line, number.column, message)


def identifier(name: str, taken: Iterable[str]) -> str:
    """Return a name as files and columns may have it, unlike those taken.

    Examples
    --------
    >>> identifier("EU (incl Norway)", []), identifier("USA", ["usa"])
    ('EU_incl_Norway', 'USA_2')
    """
    word = re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_") or "nameless"
    word = word[: LONGEST_ID - 8]
    word = f"x_{word}" if word[0].isdigit() or word.casefold() in RESERVED else word
    folded = {other.casefold() for other in taken}
    number, found = 1, word
    while found.casefold() in folded:
        number += 1
        found = f"{word}_{number}"
    return found


def parse_scale(text: str) -> Scale | None:
    """Return ``LOW-HIGH UNIT`` as a scale; None where it is none.

    Examples
    --------
    >>> parse_scale("12 to 16 $ a barrel")
    Scale(low=12.0, high=16.0, unit='$ a barrel', label='')
    """
    found = RANGE.match(text)
    if not found or not float(found[1]) < float(found[2]):
        return None
    return Scale(low=float(found[1]), high=float(found[2]), unit=found[3])


def named_scales(given: Iterable[str]) -> dict[str, Scale]:
    """Return scales given as ``ISSUE=LOW:HIGH UNIT``; without an issue, that of all.

    Raises
    ------
    UsageError
        Where one cannot be read.
    """
    scales = {}
    for each in given:
        name, _, text = each.rpartition("=")
        scale = parse_scale(text)
        if scale is None:
            raise UsageError(f"scale: '{each}' is not ISSUE=LOW:HIGH UNIT, as 'price=12:16 $'")
        scales[name.strip() or ALL] = scale
    return scales


def unused_scales(scales: Mapping[str, Scale], labels: Iterable[str]) -> None:
    """Refuse a scale of an issue that the file has not."""
    known = [*labels, SALIENCE, ALL]
    for name in scales:
        if name not in known:
            raise UsageError(f"scale: no issue '{name}' in the file{nearest(name, known)}")
