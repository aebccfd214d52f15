"""What a replicate is made of: records of named arrays, for one actor, track, venue or month a row.

Three records go through every step. ``given`` is what is the same in all worlds, ``world`` what a
belief and a chance hold before anybody decides, ``state`` what a strategy has come to. A row has
named columns: ``state.tracks.rounds[m]``, ``given.seats.member[v, i]``, ``world.venues.isolation[v]``;
a record of a single row is read as ``state.run[0].urgency``.

Compiled, a table of rows is a structured array. The plain engine sees the same memory through
:class:`Columns`, so that the same line reads and writes it in both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar, overload

import numpy as np

from negotiation_sim.model.terms import (
    ACTOR_PARAMETERS,
    ENVIRONMENT_PARAMETERS,
    VENUE_PARAMETERS,
)

if TYPE_CHECKING:  # what a type checker is told of arrays: numbers in, numbers out
    from numpy.typing import NDArray

    Names = np.dtype[np.void]

    Truth = bool | int  # yes or no, where it may be read from a column
    Number = TypeVar("Number", bool, int, float)

    class Held(Protocol):
        """What every array of a record can do, its memory read or copied as NumPy's."""

        def __len__(self) -> int: ...
        def __array__(self) -> np.ndarray: ...
        def copy(self) -> np.ndarray: ...
        def setflags(self, *, write: bool) -> None: ...

    class Vector(Held, Protocol):
        """A row of numbers: a text, a position, a column. A whole number counts as real."""

        shape: tuple[int]

        def __iter__(self) -> Iterator[int]: ...
        def __getitem__(self, place: int) -> int: ...
        def __setitem__(self, place: int, value: float) -> None: ...
        def tolist(self) -> list[Number]: ...

    class Matrix(Held, Protocol):
        """Numbers in two dimensions."""

        shape: tuple[int, int]

        @overload
        def __getitem__(self, place: int) -> Vector: ...
        @overload
        def __getitem__(self, place: tuple[int, int]) -> int: ...
        def __setitem__(self, place: tuple[int, int], value: float) -> None: ...

    class Cube(Held, Protocol):
        """Numbers in three dimensions."""

        shape: tuple[int, int, int]

        @overload
        def __getitem__(self, place: int) -> Matrix: ...
        @overload
        def __getitem__(self, place: tuple[int, int]) -> Vector: ...
        @overload
        def __getitem__(self, place: tuple[int, int, int]) -> int: ...
        def __setitem__(self, place: tuple[int, int, int], value: float) -> None: ...

    class Row(Protocol):
        """One row of a table, its numbers by name."""

        def __getattr__(self, name: str) -> int: ...
        def __setattr__(self, name: str, value: float) -> None: ...
        def __getitem__(self, name: str) -> int: ...

    class Table(Held, Protocol):
        """Rows with named columns; outside the two engines a structured array as it is."""

        shape: tuple[int]

        def __getattr__(self, name: str) -> Vector: ...
        @overload
        def __getitem__(self, place: int) -> Row: ...
        @overload
        def __getitem__(self, place: str) -> np.ndarray: ...
        def __setitem__(self, place: int, value: tuple[float, ...]) -> None: ...

    class Grid(Held, Protocol):
        """Rows of rows with named columns; outside the two engines a structured array as it is."""

        shape: tuple[int, int]

        def __getattr__(self, name: str) -> Matrix: ...
        @overload
        def __getitem__(self, place: str) -> np.ndarray: ...
        @overload
        def __getitem__(self, place: tuple[int, int | slice]) -> np.ndarray: ...

    Fact = float | Vector | Sequence[float]

    class Teller(Protocol):
        """What the plain engine's steps speak to; :class:`~negotiation_sim.engine.plain.Desk`."""

        def tell(self, kind: int, m: int, facts: tuple[Fact, ...]) -> None:
            """Keep an event record."""

        def decided(self, what: int, m: int, i: int, advice: Truth) -> Truth:
            """Return a decision."""

        def proposed(
            self, m: int, i: int, part: float, wanted: Vector
        ) -> tuple[float, Vector | Sequence[float]]:
            """Return how far an actor draws the chair's aim, and towards which text."""


NOBODY = NEVER = -1  # a month or a place that is none
NEVER_AGAIN = 1_000_000  # a month after every horizon
OUTSIDE, ACCEPTED, PARTY = 0, 1, 2  # where an actor stands to a text: not bound, to ratify, bound
# How far an attempt got before it failed; the farthest names the cause (docs/model.md).
NO_OBSTACLE, LINKAGE, MANDATE, TEXT = 0, 1, 2, 3
NO_EVENT, ACCIDENT, TEST, A_CRISIS, A_SHOCK = 0, 1, 2, 3, 4
# Whose figure changes: an actor's, its ideal point, a venue's, what it takes to accept it, ...
OF_ACTOR, OF_IDEAL, OF_VENUE, OF_CONVENING, OF_GROUP, OF_QUO, OF_ENVIRONMENT = range(7)
EXPLORE, ELABORATE, NEGOTIATE = 0, 1, 2
SUSCEPTIBILITY = ACTOR_PARAMETERS.index("susceptibility")  # columns of `world.figures`
TRUST = ACTOR_PARAMETERS.index("trust")
TURNOVER_RATE = ACTOR_PARAMETERS.index("turnover_rate")
TEST_PROPENSITY = ACTOR_PARAMETERS.index("test_propensity")
FORM, SCOPE, VERIFICATION, INTERFERENCE = 0, 1, 2, 3  # places of `given.issues`


def rows(**columns: str) -> Names:
    """Return the type of a table's rows, a name and a kind (``f8``, ``i8``, ``u8``, ``?``) a column."""
    return np.dtype(list(columns.items()), align=True)


def reals(names: Sequence[str]) -> Names:
    """Return the type of rows of real numbers."""
    return np.dtype([(name, "f8") for name in names], align=True)


RANGE = reals(["low", "mode", "high"])  # a triangular figure: lowest, most likely, highest
ENVIRONMENT = reals(ENVIRONMENT_PARAMETERS)
VENUE_FIGURES = reals(VENUE_PARAMETERS)
# An actor's figures, then where it stands this month: what each term of M1 costs it, and what it
# compares in the talks that were held last (`value`, `rho`, `aspiration`).
ACTOR = reals([
    *ACTOR_PARAMETERS,
    "own_trust", "trust_baseline", "private", "mood", "own_cost", "bound", "bound_form",
    "bound_since", "settles", "unverified", "sees", "shield", "aside", "gap", "forgone", "at_odds", "weight",
    "value", "rho", "best", "aspiration",
])  # fmt: skip

CLOCK = rows(horizon="i8", deadline="i8", start_month="i8", success_share="i8")
CAST = rows(code="u8", n_ties="i8", success_state="?")
TIE = rows(other="i8", weight="f8")
VENUE = rows(
    code="u8", last_meeting="i8", linkage="i8", adopts="?", passes_to="i8", dissolved="i8",
    session="?", term_ends="i8",
)  # fmt: skip
# How a venue decides while neither its rule nor its members change.
RULE = rows(
    n_members="i8", member_capability="i8", grouped="?", rule="i8", quota_part="i8",
    quota_whole="i8", share_part="i8", share_whole="i8", less="i8", strict="f8", mandate_rule="i8",
    mandate_quota_part="i8", mandate_quota_whole="i8", mandate_share_part="i8",
    mandate_share_whole="i8", mandate_less="i8", mandate_strict="f8",
)  # fmt: skip
# A figure from a month on, or on a line until it; the changes of one figure side by side, by month.
CHANGE = rows(
    owner="i8", row="i8", column="i8", month="i8", code="u8", gradual="?", first="?", last="?",
)  # fmt: skip
SCHEDULED = rows(month="i8", kind="i8", actor="i8", urgency="f8", trust_cost="f8", code="u8")
DIRECTED = rows(actor="i8", month="i8", code="u8")
SEAT = rows(
    member="?", votes="i8", mandate_votes="i8", required="?", mandate_required="?", group="i8",
    code="u8", capability="i8", influence="f8",
)  # fmt: skip
BOX = reals(["low", "high"])
INITIATIVE = rows(
    code="u8", kind="i8", binding="i8", ratifiers="i8", share="i8", leaves="i8", quo_code="u8",
)  # fmt: skip
GROUP = rows(code="u8")
TEXTS = reals(["start", "pledge", "low", "high"])
PLAN = rows(
    initiative="i8", venue="i8", fallback="i8", pledges="?", start="i8", after="i8",
    after_milestone="i8", patience="i8", mandated="?", rounds="i8", code="u8", leader="i8",
    n_items="i8", slot="i8", task="i8", term_months="f8", term_ends="i8", n_fallbacks="i8",
)  # fmt: skip

KEY = rows(seed="u8", belief="u8", chance="u8")
MONTH = rows(
    event="i8", author="i8", thinning="f8", pressed="i8", crisis="f8", changed="?",
)  # fmt: skip
WORLD_ACTOR = rows(
    private="f8", propensity="f8", share_of_tests="f8", misread="f8", delay="f8", next_change="i8",
    last_change="i8", drawn="f8",
)  # fmt: skip
PLACE = reals(
    ["value", "ideal", "no_pull", "directed"]
)  # of an actor on an issue, whatever a strategy does
FILLED = rows(moods="i8", positions="i8", settled="?", next_change="i8")

TRACK = rows(
    initiative="i8", venue="i8", fallback="i8", pledges="?", start="i8", after="i8",
    after_milestone="i8", patience="i8", mandated="?", rounds="i8", code="u8", leader="i8",
    n_items="i8", slot="i8", task="i8", term_months="f8", term_ends="i8", of_package="i8",
    started="i8", seated="i8", moved="?", ended="?", ending="i8", end="i8", obstacle="i8",
    fresh="?", mandate="i8", report="i8", adoption="i8", force="i8", success="i8", agreed="i8",
    to_ratify="?", most_pledges="i8", most_coverage="i8", deepest="i8", cause="i8",
    cause_deepest="i8", missing="i8", spills="?", parties="i8", held="i8", urgency_share="f8",
    pace="f8", in_time="?", refuser="i8", term_end="i8", term_rounds="i8", term_used="i8",
    moves="i8", waits_since="i8",
    last_session="i8", aimed="?",
)  # fmt: skip
STANDING = rows(
    status="i8", attempt="i8", pledged="?", blocker="i8", named="i8", said="i8", drawn="f8",
)  # fmt: skip
OWN_PLACE = reals(["ideal", "pull"])
ASKED = rows(found="i8", response="i8", yields="?", asked="?", deficit="f8", limit="f8")
POINT = reals(["before"])
# A row of the chair's sheet holds a number for every member of the venue, side by side; after
# these rows come the members' positions and saliences on every issue, then their weights of items.
SHEET = (
    "aspiration", "weight", "limit", "own_cost", "unverified", "sees", "shield", "aside", "gap",
    "forgone", "at_odds", "misread", "value", "deficit", "near",
)  # fmt: skip
RUN = rows(
    n_tracks="i8", urgency_kept="f8", p_withdrawal="f8", urgency="f8", trust_bonus="f8", pledge_share="f8", pending_bonus="f8",
    events="i8", avoided="i8", violations="i8", incidents="i8", climate="f8", phase_row="i8", strategy="i8", settled="?", ready="?", changed="?", own="?", thorough="?",
)  # fmt: skip


class Given(NamedTuple):
    """What is the same in all worlds. N actors, K issues, V venues, I initiatives, S x M tracks.

    H months, P phases of the rules and the members.

    Shares are whole millionths; months count from 0; -1 means none.
    """

    issues: Vector  # (4,) issue playing form, scope, verification, interference, or -1
    clock: Table  # (1,) CLOCK: months, calendar month of the start (0 to 11), millionths
    cast: Table  # (N,) CAST
    salience: Cube  # (Q, N, K); Q periods, one where none of these three has a date
    loadings: Cube  # (Q, N, B)
    rest: Matrix  # (Q, N) what a draw of its own weighs beside those of its blocs
    period: Vector  # (H,) the month's period, its place in the three above
    silent: Matrix  # (N, K) whether the actor has no position on the issue
    ideals: Grid  # (N, K) RANGE
    actor_figures: Grid  # (N, len(ACTOR_PARAMETERS)) RANGE
    ties: Grid  # (N, ties kept) TIE, weights sum to one
    tie_matrix: Matrix  # (N, N), [j, i] the weight of j for i; (0, 0) for a large cast
    bloc_codes: Vector  # (B,)
    turnover_dates: Matrix  # (N, D) months or -1
    directed: Table  # (E,) DIRECTED
    directed_to: (
        Grid  # (E, K + 1) RANGE of the ideal points aimed at, and of the chance that it is so
    )
    directed_on: Matrix  # (E, K) whether the issue is concerned
    changes: Table  # (C,) CHANGE
    changed_to: Grid  # (C, 1) RANGE of the new values
    dated: Vector  # (H,) whether any figure is another than the month before
    ever: Vector  # (len(ENVIRONMENT_PARAMETERS),) whether the parameter is dated
    scheduled: Table  # (X,) SCHEDULED
    venues: Table  # (V,) VENUE
    # A row a venue and one more, that of the cast as a whole.
    phase_rows: Vector  # (H,) the first row of the month's phase in the two that follow
    rules: Table  # (P x (V + 1),) RULE
    seats: Grid  # (P x (V + 1), N) SEAT
    weeks: Matrix  # (V, 12) of a calendar month, every year
    sessions: Matrix  # (V, H) weeks beside these, of a month of its own
    remit: Grid  # (V, K) BOX
    venue_figures: Grid  # (V, len(VENUE_PARAMETERS)) RANGE
    convening: Grid  # (V, N) RANGE
    groups: Table  # (G,) GROUP
    group_figures: Grid  # (G, 1) RANGE of cohesion
    linked: Matrix  # (V, I) whether the venue is blocked over an initiative
    initiatives: Table  # (I,) INITIATIVE; binding -1 means by its form
    texts: Grid  # (I, K) TEXTS
    quo: Grid  # (I, K) RANGE of the status quo
    declared: Matrix  # (I, N) stance, -1 to 1
    force_states: Matrix  # (I, N)
    n_tracks: Vector  # (S,)
    plans: Grid  # (S, M) PLAN
    plan_texts: Cube  # (S, M, K)
    chains: Cube  # (S, M, F) fallback venues in turn, or -1
    item_weights: Cube  # (S, M, N) of an item in its package; 1 where there is no package
    environment_figures: Grid  # (1, len(ENVIRONMENT_PARAMETERS)) RANGE
    environment_code: Vector  # (1,)


class World(NamedTuple):
    """What a belief and a chance hold, and all strategies share; H months, B blocs."""

    key: Table  # (1,) KEY
    environment: Table  # (1,) ENVIRONMENT
    environment_table: Matrix  # the same memory, (1, len(ENVIRONMENT_PARAMETERS))
    venues: Table  # (V,) VENUE_FIGURES
    venue_table: Matrix  # the same memory, (V, len(VENUE_PARAMETERS))
    convening: Matrix  # (V, N)
    cohesion: Matrix  # (G, 1)
    quo: Matrix  # (I, K) status quo
    figures: Matrix  # (N, len(ACTOR_PARAMETERS))
    actors: Table  # (N,) WORLD_ACTOR
    places: Grid  # (N, K) PLACE
    directed_to: Matrix  # (E, K + 1)
    salience: Matrix  # (N, K) of this month
    first_figures: Vector  # (C,) of a figure that changes, what the belief has drawn
    changed_to: Matrix  # (C, 1) what it has drawn of what they become
    noted: Matrix  # (H, 3) standard deviation and persistence of moods, growth of what all can see
    months: Table  # (H,) MONTH
    linkage_open: Matrix  # (V, H)
    rounds: Matrix  # (V, H) that a month of a venue holds
    moods: Matrix  # (H, N)
    climate: Vector  # (H,) the mood common to all
    factors: Matrix  # (B, 4) scratch
    paths: Cube  # (H, N, K) stated positions
    shifts: Cube  # (H, N, K) of ideal points by changes of government
    filled: Table  # (1,) FILLED: how far moods and paths have been drawn


class State(NamedTuple):
    """What a strategy has come to by this month."""

    run: Table  # (1,) RUN
    actors: Table  # (N,) ACTOR
    actor_table: Matrix  # the same memory, (N, columns of ACTOR)
    own: Matrix  # (N, K) stated positions, once spillover has parted them from the world's
    own_next: Matrix  # (N, K) scratch
    places: Grid  # (N, K) OWN_PLACE
    tracks: Table  # (M,) TRACK
    text: Matrix  # (M, K)
    trial: Matrix  # (M, K) scratch: the texts that the chair looks at
    aim: Matrix  # (M, K) where the chair's last search came out
    heading: Matrix  # (M, K) scratch: the direction in which each issue was moved last
    shares: Matrix  # (M, N) weight of each item in its package
    sheet: Matrix  # (rows of SHEET, 2K and M, N) scratch
    seated: Vector  # (N,) scratch: the members on the sheet
    order: Vector  # (N,) scratch: they, nearest first
    standing: Grid  # (M, N) STANDING
    asked: Table  # (N,) ASKED, scratch
    point: Table  # (K,) POINT, scratch
    teller: Teller | None  # hears decisions and event records in the plain engine; None compiled


Record = TypeVar("Record", Given, World, State)


class PluggedTeller(Protocol):
    """What compiled code has in the place of a teller where there is a plug-in."""

    @property
    def given(self) -> Given: ...
    @property
    def world(self) -> World: ...
    @property
    def state(self) -> State: ...
    @property
    def series(self) -> np.ndarray: ...


class PluggedState(Protocol):
    """A state with such a teller."""

    @property
    def teller(self) -> PluggedTeller: ...


class Columns:
    """A table of rows as the plain engine sees it: an attribute a column, on the same memory."""

    def __init__(self, table: NDArray[np.void]) -> None:
        names = table.dtype.names
        assert names is not None
        self.__dict__.update({name: table[name] for name in names})
        self._n = len(table)

    def __len__(self) -> int:
        return self._n


class OneRow:
    """A table of a single row as the plain engine sees it: row 0 as plain Python numbers.

    Unlike :class:`Columns` a copy, for speed: the run's row lives here, the others never change.
    """

    def __init__(self, table: NDArray[np.void]) -> None:
        names = table.dtype.names
        assert names is not None and len(table) == 1
        self._row = SimpleNamespace(**{
            name: table[name][0] if table.dtype[name].kind == "u" else table[name][0].item()
            for name in names
        })  # fmt: skip
        self._table = table

    def __len__(self) -> int:
        return 1

    def __getitem__(self, place: int) -> SimpleNamespace:
        assert place == 0
        return self._row

    def write_back(self) -> None:
        """Put the row's numbers back into the table they came from."""
        for name, value in vars(self._row).items():
            self._table[name][0] = value


ONE_ROW = (CLOCK, KEY, ENVIRONMENT, FILLED, RUN)


def plainly(record: Record) -> Record:
    """Return a record with its tables as the plain engine sees them."""

    def seen(value: object) -> object:
        if not isinstance(value, np.ndarray) or value.dtype.names is None:
            return value
        return OneRow(value) if value.dtype in ONE_ROW else Columns(value)

    values: list[Any] = [seen(value) for value in record]
    return type(record)(*values)
