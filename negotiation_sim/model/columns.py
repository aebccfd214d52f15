"""Every column of the table of replicates declared once: name, kind, meaning, how it is read.

Both engines leave the same outcomes (:class:`~negotiation_sim.model.chunk.Outcomes`); what a row
says of them is read here and nowhere else. Tables, the store's types and the data dictionary
(docs/columns.md) are made from this list.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

import numpy as np

from negotiation_sim.model.numbers import MILLION
from negotiation_sim.model.terms import (
    COST_TERMS,
    DELAY,
    NO_TERM,
    Cause,
    Ending,
    Response,
    Stage,
    label,
)

if TYPE_CHECKING:
    from enum import IntEnum

    from numpy.typing import NDArray

    Values = NDArray[np.generic] | list[str]

Shares = TypeVar("Shares", float, "NDArray[np.float64]")

# Kinds: a word of a list, a place in a list, a whole number, a month that may be missing, a count,
# a real number, yes or no, free text.
WORD, PLACE, NUMBER, MONTH, COUNT, REAL, FLAG, TEXT = (
    "word", "place", "number", "month", "count", "real", "flag", "text",
)  # fmt: skip


class Names(Protocol):
    """What rows need to know of a scenario: its names in their fixed order, and its clock."""

    @property
    def strategy_names(self) -> tuple[str, ...]: ...
    @property
    def track_names(self) -> tuple[tuple[str, ...], ...]: ...
    @property
    def venue_ids(self) -> tuple[str, ...]: ...
    @property
    def actor_ids(self) -> tuple[str, ...]: ...
    @property
    def issues(self) -> tuple[str, ...]: ...
    @property
    def ranges(self) -> tuple[tuple[float, float], ...]: ...
    @property
    def horizon(self) -> int: ...
    @property
    def deadline(self) -> int: ...


class Rows(NamedTuple):
    """Outcomes as rows, one a track; every array has the rows' length n."""

    names: Names
    seed: int
    belief: NDArray[np.uint64]
    chance: NDArray[np.uint64]
    strategies: Sequence[int]  # places of the strategies that were run, in their order
    strategy: NDArray[np.intp]  # place among them
    track: NDArray[np.intp]
    end: NDArray[np.void]  # TRACK
    run: NDArray[np.void]  # RUN
    text: NDArray[np.float64]  # (n, K)
    named: NDArray[np.uint8]  # (n, N)
    said: NDArray[np.uint8]  # (n, N)
    error: list[str]


class Words(NamedTuple):
    """Words by their place in a list."""

    places: NDArray[np.integer]
    words: Sequence[str]


class Column(NamedTuple):
    """A column: its name, its kind, what it means, and how it is read from outcomes."""

    name: str
    kind: str
    meaning: str
    read: Callable[[Rows], Values | Words]


def _of(kinds: type[IntEnum], field: str) -> Callable[[Rows], Words]:
    return lambda rows: Words(rows.end[field], [label(kind) for kind in kinds])


def _field(field: str) -> Callable[[Rows], Values]:
    return lambda rows: rows.end[field]


def _share(field: str) -> Callable[[Rows], Values]:
    return lambda rows: rows.end[field] / MILLION


def _counted(field: str) -> Callable[[Rows], Values]:
    return lambda rows: rows.run[field]


def _strategy(rows: Rows) -> Words:
    return Words(rows.strategy, [rows.names.strategy_names[s] for s in rows.strategies])


def _track_name(rows: Rows) -> Words:
    names = [rows.names.track_names[s] for s in rows.strategies]
    words = list(dict.fromkeys(word for row in names for word in row))
    place = np.array([[words.index(word) for word in row] for row in _even(names)])
    return Words(place[rows.strategy, rows.track], words)


def _even(names: list[tuple[str, ...]]) -> list[list[str]]:
    """Return rows of one length; what is added is never looked at."""
    most = max(len(row) for row in names)
    return [[*row, *[row[0]] * (most - len(row))] for row in names]


def _stage(rows: Rows) -> Words:
    reached = [
        np.where(rows.end[field] >= 0, int(stage), 0)
        for field, stage in (
            ("mandate", Stage.MANDATED), ("adoption", Stage.ADOPTED), ("force", Stage.IN_FORCE),
            ("success", Stage.SUCCESS),
        )
    ]  # fmt: skip
    return Words(np.max(reached, axis=0), [label(stage) for stage in Stage])


def _timely(rows: Rows) -> Values:
    month = rows.end["success"]
    return (month >= 0) & (month <= rows.names.deadline)


def term_names(issues: Sequence[str]) -> tuple[str, ...]:
    """Return the terms by their number: the issues, the costs, a plain refusal, and a delay."""
    return (*issues, *COST_TERMS, NO_TERM, DELAY)


def _blockers(rows: Rows) -> Values:
    ids, terms = rows.names.actor_ids, term_names(rows.names.issues)
    said: dict[bytes, str] = {}
    found = []
    for row in rows.named:
        key = row.tobytes()
        if key not in said:
            said[key] = " ".join(f"{ids[i]}:{terms[row[i] - 1]}" for i in np.flatnonzero(row))
        found.append(said[key])
    return found


def _who_said(response: Response) -> Callable[[Rows], Values]:
    def read(rows: Rows) -> Values:
        ids = rows.names.actor_ids
        said: dict[bytes, str] = {}
        found = []
        for row in rows.said == response:
            key = row.tobytes()
            if key not in said:
                said[key] = " ".join(ids[i] for i in np.flatnonzero(row))
            found.append(said[key])
        return found

    return read


def _main_blocker(rows: Rows) -> Values:
    ids = rows.names.actor_ids
    return [ids[i] if i >= 0 else "" for i in rows.end["cause_deepest"].tolist()]


def _main_term(rows: Rows) -> Values:
    terms, deepest = term_names(rows.names.issues), rows.end["cause_deepest"].tolist()
    return [terms[row[i] - 1] if i >= 0 else "" for row, i in zip(rows.named, deepest, strict=True)]


def _end_month(rows: Rows) -> Values:
    return np.where(rows.end["end"] >= 0, rows.end["end"], rows.names.horizon)


def on_range(text: Shares, low: float, high: float) -> Shares:
    """Return ``low + share (high - low)``: values of the model, 0 to 1, on an issue's scale.

    On the scale 0 to 1 they are the very same.
    """
    return text if (low, high) == (0.0, 1.0) else low + text * (high - low)


def _text(k: int) -> Callable[[Rows], Values]:
    return lambda rows: on_range(rows.text[:, k], *rows.names.ranges[k])


def _listed(kinds: type[IntEnum], *without: IntEnum) -> str:
    return ", ".join(f"`{label(kind)}`" for kind in kinds if kind not in without)


BEFORE_TEXT = (
    Column("strategy", WORD, "name of the strategy, `initiative@venue`", _strategy),
    Column("track", PLACE, "place of the track in its strategy, from 0", lambda rows: rows.track),
    Column("track_name", WORD, "name of the track in the same grammar", _track_name),
    Column("seed", NUMBER, "seed of the run", lambda rows: np.full(len(rows.end), rows.seed)),
    Column(
        "belief", NUMBER,
        "number of the belief: position ranges and private dispositions; in a plain run the "
        "replicate's number",
        lambda rows: rows.belief,
    ),
    Column(
        "chance", NUMBER,
        "number of the chance: events, moods, changes of government; in a plain run the "
        "replicate's number. Equal seed, belief and chance mean the same world for every strategy",
        lambda rows: rows.chance,
    ),
    Column(
        "stage", WORD,
        f"furthest milestone reached by the horizon: {_listed(Stage)}",
        _stage,
    ),
    Column(
        "ending", WORD,
        "how the track ended: `success`, `withdrawn`, `dissolved`, or `censored` (undecided at the "
        "horizon)",
        _of(Ending, "ending"),
    ),
    Column(
        "venue", WORD,
        "venue where the track sat last; not the first after a forum shift or where a text was "
        "passed on",
        lambda rows: Words(rows.end["venue"], rows.names.venue_ids),
    ),
    Column(
        "mandate_month", MONTH,
        "first mandate to negotiate; 0 if the track began with one", _field("mandate"),
    ),
    Column(
        "report_month", MONTH, "report of talks that only explore, which binds nobody",
        _field("report"),
    ),
    Column(
        "agreed_month", MONTH,
        "text agreed in a venue without the power to adopt, and passed on", _field("agreed"),
    ),
    Column("adoption_month", MONTH, "text adopted", _field("adoption")),
    Column(
        "entry_into_force_month", MONTH,
        "in force; of a non-binding text the month of its adoption", _field("force"),
    ),
    Column(
        "success_month", MONTH, "in force and held by enough participants", _field("success")
    ),
    Column("end_month", MONTH, "the month of the ending; the horizon if censored", _end_month),
    Column("timely", FLAG, "success by the deadline", _timely),
    Column(
        "rounds", COUNT,
        "negotiating rounds held; a move to another venue keeps a part of them", _field("rounds"),
    ),
)  # fmt: skip
AFTER_TEXT = (
    Column(
        "participants", COUNT,
        "parties: states that accepted the text, or went along under consensus; of a binding text "
        "those that ratified it", _field("parties"),
    ),
    Column(
        "participation", REAL, "share of the cast's capability that they hold", _share("held")
    ),
    Column(
        "wanted_by", TEXT,
        "members that accepted the text when it was agreed, sorted; empty if none was",
        _who_said(Response.ACCEPTS),
    ),
    Column(
        "went_along", TEXT,
        "members that went along with it though they wanted more or something else, sorted",
        _who_said(Response.GOES_ALONG),
    ),
    Column(
        "pledges", COUNT, "most states that were pledged at one time", _field("most_pledges")
    ),
    Column(
        "pledge_coverage", REAL, "largest share of capability that was pledged at one time",
        _share("most_coverage"),
    ),
    Column(
        "events", COUNT,
        "debris-generating events in this world under the whole strategy, repeated on each of its "
        "tracks",
        _counted("events"),
    ),
    Column(
        "events_avoided", COUNT,
        "deliberate tests, and tests or interference in a crisis, that did not happen because "
        "pledges or texts bound their author",
        _counted("avoided"),
    ),
    Column(
        "violations", COUNT, "pledges and texts in force that were broken", _counted("violations")
    ),
    Column(
        "incidents", COUNT, "tests or interference in a crisis by states that nothing bound",
        _counted("incidents"),
    ),
    Column(
        "cause", WORD,
        f"first milestone missed at the deadline: {_listed(Cause, Cause.NONE)}; `none` if success "
        "was timely",
        _of(Cause, "cause"),
    ),
    Column(
        "blockers", TEXT,
        "who stood in the way and on which term, sorted: `CHN:scope USA:verification_cost`. A term "
        f"is an issue, {', '.join(f'`{term}`' for term in (*COST_TERMS, NO_TERM))} or `{DELAY}`",
        _blockers,
    ),
    Column(
        "main_blocker", TEXT,
        "the one farthest from agreeing (for `ratification` and `participation`: the most "
        "capable); empty if none",
        _main_blocker,
    ),
    Column("main_term", TEXT, "its term", _main_term),
    Column(
        "missing_participation", REAL,
        "share of capability missing where the cause is `participation`, else 0",
        _share("missing"),
    ),
    Column(
        "error", TEXT, "empty; what went wrong where a replicate could not be computed",
        lambda rows: rows.error,
    ),
)  # fmt: skip


def columns_of(issues: Sequence[str]) -> tuple[Column, ...]:
    """Return the columns of an experiment with these issues, in their order."""
    texts = (
        Column(f"text_{issue}", REAL, f"{issue} of the last text", _text(k))
        for k, issue in enumerate(issues)
    )
    return (*BEFORE_TEXT, *texts, *AFTER_TEXT)


def names_of(kind: str, issues: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the names of the columns of one kind."""
    return tuple(column.name for column in columns_of(issues) if column.kind == kind)
