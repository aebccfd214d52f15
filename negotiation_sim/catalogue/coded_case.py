"""One coded negotiation, read strictly: a row of ``cases.csv`` or ``live.csv`` (docs/cases.md).

Nothing is filled in or guessed here: what a cell may hold is declared by the record, and a cell
that holds something else is refused with its line and column.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic import model_validator as checked

from negotiation_sim.errors import CatalogueError, nearest

VenueClass = Literal[
    "CD", "COPUOS", "GGE", "OEWG", "UNGA_vote", "UNSC", "UN_conf_consensus", "UN_conf_vote",
    "UN_consensus_body", "adhoc_consensus", "adhoc_likeminded", "adhoc_vote", "bilateral",
    "informal_group", "treaty_body",
]  # fmt: skip
Domain = Literal[
    "arms", "commodities", "development", "env", "finance", "health", "intlaw", "ip", "labour",
    "maritime", "migration", "ocean", "other", "polar", "space", "space-security", "trade",
]  # fmt: skip
Regime = Literal["new", "protocol", "successor"]
PARTIAL = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$")
PARTICIPANTS = re.compile(r"(?:[~>]?\d+(?:\+|-\d+)?)?$")
FIRST_YEAR, LAST_YEAR = 1900, 2100


def _word(meaning: Mapping[str, object]) -> BeforeValidator:
    """Return what takes a cell by a table of words."""

    def read(cell: object) -> object:
        if cell not in meaning:
            raise ValueError(nearest(cell, [word or "nothing" for word in meaning])[2:])
        return meaning[str(cell)]

    return BeforeValidator(read)


def _form(pattern: re.Pattern[str], words: str) -> AfterValidator:
    def read(cell: str) -> str:
        if not pattern.match(cell):
            raise ValueError(words)
        return cell

    return AfterValidator(read)


@lru_cache(maxsize=8192)
def earliest(text: str) -> date:
    """Return the first day that a date in full, a month or a year may mean.

    Examples
    --------
    >>> earliest("1974-12").isoformat(), earliest("1974").isoformat()
    ('1974-12-01', '1974-01-01')
    """
    year, month, day = _parts(text)
    return date(year, month or 1, day or 1)


@lru_cache(maxsize=8192)
def latest(text: str) -> date:
    """Return the last day that a date in full, a month or a year may mean.

    Examples
    --------
    >>> latest("1974-02").isoformat(), latest("1974").isoformat()
    ('1974-02-28', '1974-12-31')
    """
    year, month, day = _parts(text)
    if month and day:
        return date(year, month, day)
    after = date(year + 1, 1, 1) if month in (0, 12) else date(year, month + 1, 1)
    return after - timedelta(days=1)


def _parts(text: str) -> tuple[int, int, int]:
    found = PARTIAL.match(text)
    if found is None:
        raise ValueError("a date is written YYYY-MM-DD, YYYY-MM or YYYY")
    year, month, day = (int(part or 0) for part in found.groups())
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"the year is not between {FIRST_YEAR} and {LAST_YEAR}")
    date(year, month or 1, day or 1)
    return year, month, day


def _day(text: str) -> str:
    _parts(text)
    return text


def _deadline(text: str) -> str:
    if text not in ("", "none") and not re.match(r"\d{4}$", text):
        raise ValueError("a year, 'none', or nothing where it is not known")
    if text.isdigit():
        _parts(text)
    return text


Text = Annotated[str, Field(min_length=1)]
Day = Annotated[str, AfterValidator(_day)]
Share = Annotated[float, Field(ge=0.0, le=1.0, allow_inf_nan=False)]
Flag = Annotated[bool, _word({"0": False, "1": True})]
Outcome = Annotated[bool | None, _word({"": None, "True": True, "False": False})]
Stance = Annotated[int, _word({"-1": -1, "0": 0, "1": 1})]
StanceOrAbsent = Annotated[int | None, _word({"": None, "-1": -1, "0": 0, "1": 1})]
Level = Annotated[int | None, _word({"": None, "0": 0, "1": 1, "2": 2})]
TaskOrUnknown = Annotated[
    str | None, _word({"": None} | {word: word for word in ("negotiate", "elaborate", "explore")})
]


def _or_nothing(kind: Callable[[str], str]) -> AfterValidator:
    return AfterValidator(lambda cell: kind(cell) if cell else cell)


MaybeDay = Annotated[str, _or_nothing(_day)]


class CodedCase(BaseModel):
    """One mandate to negotiate, with what was known of it on its date, and how it ended.

    The meaning of every column is in docs/cases.md. Dates are as in the file, in full, a month or
    a year. ``eu`` and ``g77`` are None where they had no part in it; ``draft``, ``task`` and
    ``earlier`` are None, and ``deadline`` is empty, where it is not known. ``outcome5`` and
    ``outcome10`` are None where nobody can say.

    Parameters
    ----------
    older : bool
        Whether the row belongs to the older half, coded beside its outcome in scope, verification
        and the powers' stances.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Text
    name: Text
    form: Text
    binding: Flag
    scope: Share
    domain: Domain
    venue_class: VenueClass
    venue: Text
    decision_rule: Text
    mandate: Day
    start: MaybeDay = ""
    adopted: MaybeDay
    failed: MaybeDay
    entry_into_force: MaybeDay
    participants: Annotated[
        str, _form(PARTICIPANTS, "a number of states, as 31, ~90, 28-61, 100+, or nothing")
    ]
    us: Stance
    rus: Stance
    chn: Stance
    verification: Share
    outcome5: Outcome
    outcome10: Outcome
    outcome5_flag: str
    confidence: Literal["known", "read"]
    source: str
    note: str
    deadline: Annotated[str, AfterValidator(_deadline)]
    draft: Level
    regime: Regime
    task: TaskOrUnknown
    earlier: Level
    shock: Flag
    eu: StanceOrAbsent
    g77: StanceOrAbsent
    sure: Literal["high", "medium", "low"]
    ref: str
    resolution: str = ""
    older: bool = False

    @checked(mode="after")
    def _agrees_with_itself(self) -> CodedCase:
        if self.adopted and latest(self.adopted) < earliest(self.mandate):
            raise ValueError(f"adopted: {self.adopted} is before the mandate of {self.mandate}")
        if self.outcome5 and self.outcome10 is False:
            raise ValueError("outcome10: adopted within five years, so within ten")
        if self.outcome5 and not self.adopted:
            raise ValueError("adopted: a text adopted within five years has a date")
        return self

    @property
    def mandated(self) -> date:
        """Return the day of the mandate; the middle of the month or year where it says no more."""
        first, last = earliest(self.mandate), latest(self.mandate)
        return first + (last - first) / 2


CASE_COLUMNS = tuple(name for name in CodedCase.model_fields if name not in ("resolution", "older"))
LIVE_COLUMNS = tuple(name for name in CodedCase.model_fields if name not in ("start", "older"))
DOMAINS: tuple[str, ...] = get_args(Domain)
VENUE_CLASSES: tuple[str, ...] = get_args(VenueClass)


def coded_case(cells: Mapping[str, str], file: str, line: int, older: bool = False) -> CodedCase:
    """Return the record of a row.

    Parameters
    ----------
    cells : mapping of str to str
        The row by column; columns that the record does not have are refused.
    file, line : str and int
        Where it stands, for messages.
    older : bool
        Whether it belongs to the older half.

    Raises
    ------
    CatalogueError
        With file, line, column, what was found and what is allowed.
    """
    try:
        return CodedCase.model_validate({**cells, "older": older})
    except ValidationError as error:
        raise CatalogueError(file, line, *_in_words(error.errors()[0], cells)) from None


def _in_words(error: Any, cells: Mapping[str, str]) -> tuple[str, str]:
    """Return the column and the message of the validator's first error."""
    message = str(error["msg"]).removeprefix("Value error, ")
    if not error["loc"]:
        column, _, rest = message.partition(": ")
        return column, rest
    column = str(error["loc"][0])
    if error["type"] == "missing":
        return column, "missing; this column must be given"
    if error["type"] == "extra_forbidden":
        return column, f"no such column{nearest(column, CodedCase.model_fields)}"
    found = f"found '{cells[column]}'" if cells[column] else "found nothing"
    if error["type"] == "literal_error":
        allowed = re.findall(r"'([^']*)'", error["ctx"]["expected"])
        return column, found + nearest(cells[column], allowed)
    return column, f"{found}; {message[:1].lower()}{message[1:]}"
