"""A study drafted from the world data: states of a year, a body's rule, a text to be replaced.

Every figure is a record with its source and year, or marked assumed. Nothing is taken from the
catalogue's states and ties, which are of 2008; a year without data takes the last one there is
before it, and says so.

In one file, for the notes of what is of another year or assumed run through all of it: members, the
body's seat and every state's figures add to the same list.
"""

from __future__ import annotations

import functools
import math
import re
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from negotiation_sim.catalogue import bodies, casting, world
from negotiation_sim.catalogue.consistency import findings
from negotiation_sim.catalogue.folders import Folders
from negotiation_sim.catalogue.lookup import Catalogue
from negotiation_sim.catalogue.population import affinity
from negotiation_sim.catalogue.process_parameters import environment_table
from negotiation_sim.catalogue.reports import Problems
from negotiation_sim.catalogue.schema import (
    MOST_ISSUES,
    Actor,
    Box,
    Figure,
    Group,
    Initiative,
    Setting,
    Strategy,
    Track,
    Venue,
    assumed,
)
from negotiation_sim.catalogue.states import find_state, states, unknown_state
from negotiation_sim.errors import UsageError, nearest
from negotiation_sim.glance import glanced

POWERS = ("USA", "RUS", "CHN")
CATALOGUE_YEAR = 2008
ISSUES = ("scope",)
ALL = "all"
TEXT = "proposal"
Z80 = 1.28  # standard deviations to either side that hold 80 % of a normal
ISSUE = re.compile(r"^[a-z][a-z0-9_-]*$")
GROUP = re.compile(r"^[A-Za-z][A-Za-z0-9_-]*$")


@dataclass(frozen=True)
class CastRequest:
    """What a cast is asked for, its words resolved.

    Parameters
    ----------
    year : int
    members : list of str
        Codes, in alphabetical order.
    issues : tuple of str
    topic : str, optional
        Of the votes that alignment is taken from.
    groups : dict of str to list of str
        Codes by group.
    represented : bool
        Whether others than the powers are represented rather than there whole.
    """

    year: int
    members: list[str]
    issues: tuple[str, ...]
    topic: str | None
    groups: dict[str, list[str]]
    represented: bool


@glanced
@dataclass
class DraftedStudy:
    """A study in memory.

    Parameters
    ----------
    year : int
    actors, venues : dict
        By code and by name.
    initiative : Initiative
    issues : tuple of str
    groups : dict of str to Group
    pairs : dict
        Measured agreement and alliance by two codes, where there are any of this year.
    notes : list of str
        What was taken from another year, assumed or left out.
    sources : dict
        Entries of ``sources.yaml``, ``covers`` being the last year a figure here speaks of.
    files : list of Path
        Written so far.
    """

    year: int
    actors: dict[str, Actor]
    venues: dict[str, Venue]
    initiative: Initiative
    issues: tuple[str, ...]
    groups: dict[str, Group]
    pairs: dict[tuple[str, str], tuple[float, float]]
    notes: list[str]
    sources: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: list[Path] = field(default_factory=list)

    @property
    def title(self) -> str:
        """What the study is called: its venue and year."""
        return f"{next(iter(self.venues.values())).name}, {self.year}"

    @property
    def strategies(self) -> list[str]:
        """The text in the venue, by each rule that it may decide by."""
        return [f"{TEXT}@{name}" for name in self.venues]

    def setting(self) -> Setting:
        """Return the study resolved and whole, as if it were read from its files."""
        return Setting(
            id="study",
            name=self.title,
            start=f"{self.year}-01",
            issues=list(self.issues),
            groups=self.groups,
            actors=dict(sorted(self.actors.items())),
            venues=dict(sorted(self.venues.items())),
            initiatives={TEXT: self.initiative},
            affinity=affinity(self.actors, self.pairs),
            environment=_environment(),
            strategies=[
                Strategy(name=f"{TEXT}@{name}", tracks=[Track(initiative=TEXT, venue=name)])
                for name in self.venues
            ],
        )


def draft(
    year: int,
    members: str | Sequence[str] | None = None,
    body: str | None = None,
    topic: str | None = None,
    issues: Sequence[str] = ISSUES,
    groups: Mapping[str, str | Sequence[str]] | None = None,
    *,
    represented: bool = False,
) -> DraftedStudy:
    """Draft a study of a year from the world data.

    Parameters
    ----------
    year : int
        1946 to 2023.
    members : str or sequence of str, optional
        States by ISO3, ISO2, COW number or name; one text lists them between commas; ``all`` is
        whoever voted in the General Assembly that year. May be left out where the catalogue has the
        body's list of that year.
    body : str, optional
        Gives the rule.
    topic : str, optional
        Of :data:`world.TOPICS`: alignment is taken from votes on it, where there were any.
    issues : sequence of str
        1 is the text that is sought, 0 what there is without one.
    groups : mapping of str to str or sequence of str, optional
        Members of each negotiating group, named like ``members``.
    represented : bool
        Whether states other than the powers are represented by a few (``casting``).

    Raises
    ------
    UsageError
        Where a state, a body, a topic or an issue is not known, a year has no data, or members are
        missing.
    """
    first, last = world.years()
    if not first <= year <= last:
        raise UsageError(f"year: no votes in {year}; there are some of {first} to {last}")
    if topic is not None and topic not in world.TOPICS:
        raise UsageError(f"topic: no topic '{topic}'{nearest(topic, world.TOPICS)}")
    _check_issues(issues)
    seat = _Seat(year, body)
    codes = _members(members, seat)
    asked = {name: _codes(text, f"groups: {name}", year) for name, text in (groups or {}).items()}
    _check_groups(asked, codes)
    request = CastRequest(year, codes, tuple(issues), topic, asked, represented)
    return _drawn_up(request, seat)


@functools.cache
def _environment() -> dict[str, Figure]:
    return {name: entry.figure() for name, entry in environment_table().items()}


def _check_issues(issues: Sequence[str]) -> None:
    for issue in issues:
        if not ISSUE.match(issue):
            raise UsageError(f"issues: '{issue}' is not a name; use small letters, digits, - and _")
    if not 1 <= len(issues) <= MOST_ISSUES or len(set(issues)) < len(issues):
        found = ", ".join(issues) or "none"
        raise UsageError(f"issues: 1 to {MOST_ISSUES}, each once; found {found}")


def _check_groups(groups: dict[str, list[str]], members: list[str]) -> None:
    for name, codes in groups.items():
        if not GROUP.match(name):
            raise UsageError(f"groups: '{name}' is not a name; use letters, digits, - and _")
        for code in codes:
            if code not in members:
                raise UsageError(f"groups: {name}: {code} is not among the members")


class _Seat:
    """Where the talks are held: the body as the catalogue or the pooling scores have it."""

    def __init__(self, year: int, name: str | None) -> None:
        self.year, self.name = year, name
        self.body: bodies.Body | None = None
        self.known: Venue | None = None
        self.entries: dict[str, dict[str, Any]] = {}
        if name is None:
            return
        if not bodies.is_body(name):
            self._look_up(name)
        if self.known is None:
            self.body = bodies.find_body(name, year)

    def _look_up(self, name: str) -> None:
        """Take a venue of the catalogue that has a list of members."""
        catalogue = Catalogue(Folders.around(None, None), Problems(first=True))
        for code in catalogue.names("venues"):
            data = catalogue.origin("venues", code).data
            if code.casefold() == name.casefold() and isinstance(data.get("members"), list):
                self.known = catalogue.record("venues", code)
                self.entries = catalogue.known_sources("venues")

    def members(self) -> list[str] | None:
        """Return the list of members, where there is one of this year."""
        if self.known is not None and self.year == CATALOGUE_YEAR:
            return list(self.known.members)
        return None

    def venues(self, members: list[str], issues: Sequence[str]) -> list[Venue]:
        """Return the venue, by each rule that it may decide by."""
        if self.body is not None:
            return bodies.venues_of(self.body, members)
        if self.known is None:
            note = "no body named; nothing passes that a member objects to"
            return [bodies.venue("talks", "Talks", bodies.CONSENSUS, note, members)]
        rule = self.known.decision.rule
        if self.year != CATALOGUE_YEAR:
            note = f"the rule that the {self.known.id} is known for"
            return [bodies.venue(self.known.id, self.known.name, rule, note, members)]
        box = {k: span for k, span in self.known.remit.box.items() if k in issues}
        remit = self.known.remit.model_copy(update={"box": box})
        kept = {"members": members, "linked": [], "remit": remit}
        return [self.known.model_copy(update=kept)]


def _codes(listed: str | Sequence[str], field: str, year: int) -> list[str]:
    """Return the codes of listed states, all of which voted that year."""
    voters = world.voters(year)
    names = re.split(r"[,;\n]", listed) if isinstance(listed, str) else list(listed)
    found: list[str] = []
    for name in (name.strip() for name in names):
        if not name:
            continue
        code = find_state(name, voters)
        if code is None:
            raise UsageError(f"{field}: {unknown_state(name)}")
        if code not in voters:
            raise UsageError(f"{field}: {_never_voted(name, code, year)}")
        if code in found:
            raise UsageError(f"{field}: {code} stands twice")
        found.append(code)
    if not found:
        raise UsageError(f"{field}: names no state")
    return sorted(found)


def _never_voted(name: str, code: str, year: int) -> str:
    years = sorted(world.table(world.ALIGNMENT).get(code, {}))
    at = world.year_of_votes(year)
    if not years:
        return f"{name}: {states()[code].name} never voted in the General Assembly"
    near = min(years, key=lambda each: abs(each - at))
    return (
        f"{name}: no votes of {states()[code].name} in {at}; the nearest year with some is {near}"
    )


def _members(members: str | Sequence[str] | None, seat: _Seat) -> list[str]:
    if members is None:
        listed = seat.members()
        if listed is None:
            where = f" of {seat.name} in {seat.year}" if seat.name else ""
            hint = f"name them, or write '{ALL}' for whoever voted that year"
            raise UsageError(f"members: no list of members{where}; {hint}")
        return _codes(listed, "members", seat.year)
    voters = world.voters(seat.year)
    codes = sorted(voters) if members == ALL else _codes(members, "members", seat.year)
    if len(codes) < 2:
        raise UsageError("members: at least two")
    return codes


def _drawn_up(request: CastRequest, seat: _Seat) -> DraftedStudy:
    notes: list[str] = []
    states_of = _States(request, notes)
    actors = states_of.cast()
    venues = seat.venues(sorted(actors), request.issues)
    if seat.body is not None and seat.body.year != request.year:
        notes.append(f"The rule of {seat.body.name} is that of {seat.body.year}, the last scored.")
    sitting = {group for actor in actors.values() for group in actor.groups}
    for name in request.groups:
        if name not in sitting:
            notes.append(f"The group {name} is left out: none of its members stands for others.")
    made = DraftedStudy(
        request.year,
        actors,
        {venue.id: venue for venue in venues},
        _initiative(request.issues),
        request.issues,
        {name: Group() for name in request.groups if name in sitting},
        _pairs(request.year, actors),
        notes,
    )
    made.sources = _sources_of(made, seat)
    wrong = list(findings(made.setting()))
    if wrong:
        path, message = wrong[0]
        raise UsageError(f"{'.'.join(map(str, path))}: {message}")
    return made


class _States:
    """The states of a year as actors, and what is to be said of them."""

    def __init__(self, request: CastRequest, notes: list[str]) -> None:
        self.request, self.notes = request, notes
        self.voters = world.voters(request.year)
        self.law = world.positions()
        self.capability = {code: self._capability(code) for code in request.members}
        self.alignment = {code: self._alignment(code) for code in request.members}
        self.others = [code for code in request.members if code not in POWERS]

    def cast(self) -> dict[str, Actor]:
        """Return the powers, and the others whole or represented."""
        request = self.request
        powers = {code: self._actor(code) for code in request.members if code in POWERS}
        if not request.represented:
            actors = casting.cast(
                powers, self.others, len(self.others), lambda c, n: self._actor(c)
            )
        else:
            ranked = sorted(self.others, key=lambda code: (self.alignment[code].value, code))
            n = casting.n_representatives(len(request.members), len(powers))
            n = min(len(ranked), max(n, 2 - len(powers)))
            actors = casting.cast(powers, casting.spread(ranked), n, self._representative)
            self.notes.append(f"{n} states stand for {len(ranked)}, each with an equal part.")
        self._say()
        return dict(sorted(actors.items()))

    def _alignment(self, code: str) -> Figure:
        topic, year = self.request.topic, world.year_of_votes(self.request.year)
        at, found, locator = world.ALIGNMENT, self.voters[code], None
        if topic is not None:
            name = f"{world.ALIGNMENT}-{topic}"
            value = world.table(name).get(code, {}).get(year)
            if value is not None:
                at, found, locator = name, world.Dated(value, year), f"votes on {topic}"
        return Figure(
            value=found.value, basis="measured", source=world.SOURCE_OF[at], year=found.year,
            locator=locator,
        )  # fmt: skip

    def _capability(self, code: str) -> Figure:
        found = world.known(world.CINC, code, self.request.year)
        if found is not None:
            return _measured(world.CINC, found, "share of the world's capabilities")
        others = (world.known(world.CINC, other, self.request.year) for other in self.voters)
        middle = statistics.median(other.value for other in others if other is not None)
        note = f"none on record by {self.request.year}: the median of the states that voted"
        return assumed(middle, note)

    def _resources(self, code: str) -> dict[str, Figure]:
        found = {}
        for name in (world.POPULATION, world.INCOME):
            value = world.known(name, code, self.request.year)
            if value is not None:
                found[name] = _measured(name, value, None)
        return found

    def _actor(self, code: str, capability: Figure | None = None) -> Actor:
        request, alignment = self.request, self.alignment[code]
        position = self._position(alignment.value)
        figures: dict[str, Any] = {"capability": capability or self.capability[code]}
        return Actor(
            id=code,
            name=states()[code].name,
            groups=[name for name, codes in request.groups.items() if code in codes],
            provenance="regressed",
            resources=self._resources(code),
            unga_ideal_point=alignment,
            ideal_point=dict.fromkeys(request.issues, position),
            salience=dict.fromkeys(request.issues, assumed(1.0, "not known: every issue alike")),
            **figures,
        )

    def _representative(self, code: str, n: int) -> Actor:
        total = math.fsum(self.capability[other].value for other in self.others)
        note = f"an equal part of what the {len(self.others)} have that {n} stand for"
        return self._actor(code, assumed(total / n, note))

    def _position(self, alignment: float) -> Figure:
        law = self.law
        value = min(1.0, max(0.0, law.intercept + law.slope * alignment))
        half = Z80 * law.residual_sd
        return Figure(
            value=round(value, 4),
            range=[round(max(0.0, value - half), 4), round(min(1.0, value + half), 4)],
            basis="assumed",
            source=world.SOURCE_OF["positions"],
            note=f"from alignment, which tells next to nothing: n {law.n}, R2 {law.r2:.3f}, "
            f"residual sd {law.residual_sd:.2f}",
        )

    def _say(self) -> None:
        """Note what is of another year, assumed or missing."""
        year, notes = self.request.year, self.notes
        if world.year_of_votes(year) != year:
            notes.append(f"No state voted in {year}: alignment is that of {year - 1}.")
        if self.request.topic is not None:
            short = [c for c, figure in self.alignment.items() if figure.locator is None]
            if short:
                notes.append(f"No votes on {self.request.topic}, all votes instead: {_few(short)}.")
        earlier: dict[int, list[str]] = {}
        for code, figure in self.capability.items():
            if figure.year is not None and figure.year != year:
                earlier.setdefault(figure.year, []).append(code)
        for last, codes in sorted(earlier.items()):
            notes.append(f"Capability is that of {last}, the last there is: {_few(codes)}.")
        none = [code for code, figure in self.capability.items() if figure.year is None]
        if none:
            notes.append(f"No capability on record, the median assumed: {_few(none)}.")
        law = self.law
        notes.append(
            f"Positions follow alignment by a regression on {law.n} stances of three powers "
            f"({law.first} to {law.last}) with R2 {law.r2:.3f}: they say next to nothing. Code them."
        )
        notes.append("Ties follow from how alike states vote, and the text is a placeholder.")


def _few(codes: list[str]) -> str:
    most = 8
    return ", ".join(codes[:most]) + (f" and {len(codes) - most} more" if len(codes) > most else "")


def _measured(name: str, found: world.Dated, note: str | None) -> Figure:
    return Figure(
        value=found.value,
        basis="measured",
        source=world.SOURCE_OF[name],
        year=found.year,
        note=note,
    )


def _initiative(issues: Sequence[str]) -> Initiative:
    note = "a placeholder: the whole of what is sought"
    return Initiative(
        id=TEXT,
        name="Proposal",
        description="A placeholder: write the first text and how far talks may go.",
        text=dict.fromkeys(issues, assumed(1.0, note)),
        mandate=Box(box={issue: [0.0, 1.0] for issue in issues}, note="a placeholder: no limit"),
        binding=None if "form" in issues else True,
    )


def _pairs(year: int, actors: Mapping[str, Actor]) -> dict[tuple[str, str], tuple[float, float]]:
    """Return measured pairs of this very year; one that lacks its agreement votes as alike as it is."""
    found = {}
    for pair, (agreement, allied) in world.pairs().get(year, {}).items():
        if pair[0] in actors and pair[1] in actors:
            points = [actors[code].unga_ideal_point for code in pair]
            one, other = (0.0 if point is None else point.value for point in points)
            like = casting.likeness(one, other) if agreement is None else agreement
            found[pair] = (round(like, 4), allied or 0.0)
    return found


def _sources_of(made: DraftedStudy, seat: _Seat) -> dict[str, dict[str, Any]]:
    """Return entries for every source named, each saying the last year it is used for."""
    used: dict[str, list[int]] = {}
    if seat.body is not None:
        used[world.SOURCE_OF["pooling"]] = [seat.body.year]
    records = [*made.actors.values(), *made.venues.values(), made.initiative]
    for data in (record.model_dump(exclude_none=True) for record in records):
        _note_sources(data, used)
    if made.pairs:
        for name in world.measured_of_pairs(made.year):
            used.setdefault(world.SOURCE_OF[name], []).append(made.year)
    known = {**seat.entries, **world.sources()}
    return {
        name: {**known[name], **({"covers": max(years)} if years else {})}
        for name, years in sorted(used.items())
    }


def _note_sources(data: Any, used: dict[str, list[int]]) -> None:
    if isinstance(data, dict):
        for key in ("source", "membership_source"):
            if isinstance(data.get(key), str):
                years = used.setdefault(data[key], [])
                years += [data["year"]] if "year" in data else []
        for value in data.values():
            _note_sources(value, used)
    elif isinstance(data, list):
        for value in data:
            _note_sources(value, used)
