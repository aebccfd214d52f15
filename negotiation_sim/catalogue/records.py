"""Records of files that are not themselves part of a setting: experiments, group files, ties."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import model_validator

from negotiation_sim.catalogue.names import Issue, Name
from negotiation_sim.catalogue.schema import (
    HORIZON,
    Basis,
    Changes,
    Figure,
    Group,
    Month,
    Record,
    Scale,
    ScheduledEvent,
    Success,
    Unit,
    default_of,
)
from negotiation_sim.model.figures import Role, declared


class EnvironmentLine(Figure):
    """A process parameter as ``experiments/environment.yaml`` writes it.

    Parameters
    ----------
    unit, role, bounds, description : optional
        As declared in ``model/figures.py``. Version 0.1 wrote them here; they may be left out and
        may not say anything else.
    """

    unit: str | None = None
    role: str | None = None
    bounds: list[float] | None = None
    description: str | None = None


class EnvironmentEntry(Figure):
    """A process parameter: its figure, and what is declared of it in ``model/figures.py``.

    Parameters
    ----------
    unit : str
        Unit of the value, for example ``per month``.
    role : {'fixed', 'calibrated', 'swept'}
    bounds : list of two floats
        What a sweep or an experiment may set; contains the value and its range.
    description : str
        What the parameter does, in a few words.
    """

    unit: str
    role: Role
    bounds: list[float]
    description: str

    @classmethod
    def of(cls, name: str, figure: Figure) -> EnvironmentEntry:
        """Return the entry of a parameter whose default is a figure."""
        known = declared("environment", name)
        own = {field: getattr(figure, field) for field in Figure.model_fields}
        return cls(
            **own, unit=known.unit, role=known.role, bounds=list(known.bounds[:2]),
            description=known.meaning,
        )  # fmt: skip

    def figure(self) -> Figure:
        """Return the entry as the figure a setting holds."""
        return Figure(**{name: getattr(self, name) for name in Figure.model_fields})


class EnvironmentFile(Record):
    """The whole of ``experiments/environment.yaml``.

    Parameters
    ----------
    description : str
        In a sentence or two.
    parameters : dict of str to EnvironmentLine
        Every process parameter.
    """

    description: str = ""
    parameters: dict[str, EnvironmentLine]


class ParametersFile(Record):
    """Calibrated parameters of ``experiments/backtest/parameters.yaml``, provenance left out.

    Parameters
    ----------
    parameters : dict of str to Figure
        Process parameters that overlay the defaults in an experiment that asks for them.
    """

    parameters: dict[str, Figure]


class SourceEntry(Record):
    """One entry of a folder's ``sources.yaml``.

    Parameters
    ----------
    title : str
        What it is called.
    author : str, optional
        Who wrote it.
    publisher : str, optional
        Who published it.
    year : int or str, optional
        When it appeared.
    covers : int, optional
        The last year whose events it is used for, where that is not the year it appeared.
    date : str, optional
        The day, where it matters.
    address : str, optional
        Where it can be read.
    licence : str, optional
        Under which terms.
    file : str, optional
        The file within the source.
    note : str, optional
        What should be known of it.
    """

    title: str
    author: str | None = None
    publisher: str | None = None
    year: int | str | None = None
    covers: int | None = None
    date: str | None = None
    address: str | None = None
    licence: str | None = None
    file: str | None = None
    note: str | None = None


class SourcesFile(Record):
    """A folder's ``sources.yaml``: identifiers and what they stand for."""

    entries: dict[str, SourceEntry]


class PopulationFile(Record):
    """A compact group of actors: one row a state, in the order of ``columns``.

    Parameters
    ----------
    id : str
        ``population``.
    description : str
        In a sentence or two.
    method : any
        How the figures were made.
    regression : any
        What the method was computed with.
    basis : str
        Of every figure whose column has no source of its own.
    note : str, optional
        Of the same figures.
    source : str, optional
        Of the same figures.
    provenance : str
        Of all rows.
    columns : list of str
        ``name``, ``groups``, ``blocs`` (bloc to loading), an issue (an ideal point), or a
        figure's field (``capability``, ``salience.form``, ``resources.payloads``).
    half_widths : dict of str to float
        Half the width of the range around each value of a column, clipped to what is allowed.
    sources : dict of str to str
        Source of a column whose figures are measured; the others have the file's ``basis``,
        ``note`` and ``source``.
    defaults : dict
        Fields of an actor that all rows share, written as in an actor's own file.
    rows : dict of str to list
        By code, a value for each column.
    """

    id: str = "population"
    description: str = ""
    method: Any = ""
    regression: Any = None
    basis: Basis
    note: str | None = None
    source: str | None = None
    provenance: Literal["coded", "regressed", "synthetic"] = "regressed"
    defaults: dict[str, Any] = {}
    columns: list[str]
    half_widths: dict[str, float] = {}
    sources: dict[str, str] = {}
    rows: dict[str, list[Any]]


class TiesFile(Record):
    """Measured ties between pairs of actors: ``CAN-CHN: [agreement, allied]``.

    Parameters
    ----------
    description : str
        In a sentence or two.
    formula : str
        How ties are made of the two.
    note : str, optional
        What should be known of them.
    basis : str, optional
        What they rest on.
    source : str, optional
        Identifier in ``sources.yaml``.
    sources : list or dict, optional
        Several of these.
    year : int, optional
        Of the votes.
    pairs : dict of str to list
        By two codes: share of votes in agreement, and whether allied, both from 0 to 1.
    ties : dict of str to float, optional
        By two codes, in place of ``pairs``: the tie itself, 0 or above. Then nothing is made by the
        formula, and who is not listed has no tie.
    """

    description: str = ""
    formula: str = ""
    note: str | None = None
    basis: Basis | None = None
    source: str | None = None
    sources: list[str] | dict[str, str] | None = None
    year: int | None = None
    pairs: dict[str, list[Any]] = {}
    ties: dict[str, float] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> TiesFile:
        if self.ties is None and "pairs" not in self.model_fields_set:
            raise ValueError("pairs: missing; this field must be given")
        if self.ties is not None and self.pairs:
            raise ValueError("ties: say the ties or the pairs they are made from, not both")
        return self


class MembersOf(Record):
    """A cast made of the members of one or several venues.

    Parameters
    ----------
    members_of : list of str
        Names of venues.
    """

    members_of: list[str]


class Experiment(Record):
    """One file of ``experiments/`` before its names are resolved.

    Overrides stay plain data here; the loader merges them into the records they change.

    Parameters
    ----------
    id : str
        The name on the command line; the file is named by it.
    name : str
        As tables and pages show it.
    question : str
        What it is to answer.
    description : str
        In a sentence or two.
    start : str
        First month.
    issues : list of str
        One to twenty; ``form``, ``scope``, ``verification``, ``interference`` have a role.
    scales : dict of str to Scale
        On which scale and in which unit an issue's values are shown; 0 to 1 where not said.
    success : Success
        What counts as timely success.
    status_quo : dict of str to Figure
        The text in force without an agreement, by issue; 0 where not said.
    groups : dict of str to Group
        Negotiating groups that hold together, by the name in their members' ``groups``.
    cast : list of str, MembersOf or 'all'
        Codes of the states that take part, or where to take them from.
    strategies : list
        Names, or mappings with a name, as below.
    self_contained : bool
        Whether states, ties, venues and initiatives are the study's own only, none the catalogue's.
    calibrated : bool
        Whether figures fitted to historical cases take the place of the defaults.
    environment : dict
        Process parameters set here, a bare number or a figure.
    actors : dict
        By code: fields of an actor set here, bare numbers or figures.
    venues : dict
        By name: fields of a venue set here.
    initiatives : dict
        By name: fields of an initiative set here.
    changes : dict of str to list of Change
        By process parameter: what it is from a date on, at once or in a line; ``status_quo`` by
        issue.
    events : list of ScheduledEvent
        What happens at a date.
    sweep : dict, optional
        What a sweep varies, as below.
    """

    id: Name
    name: Name
    question: str = ""
    description: str = ""
    start: Month
    horizon_years: float = default_of(HORIZON)
    issues: list[Issue]
    scales: dict[str, Scale] = {}
    success: Success = Success()
    status_quo: dict[str, Unit] = {}
    groups: dict[str, Group] = {}
    cast: list[str] | MembersOf | Literal["all"]
    strategies: list[Any]
    self_contained: bool = False
    calibrated: bool = False
    environment: dict[str, Any] = {}
    actors: dict[str, dict[str, Any]] = {}
    venues: dict[str, dict[str, Any]] = {}
    initiatives: dict[str, dict[str, Any]] = {}
    changes: Changes = {}
    events: list[ScheduledEvent] = []
    sweep: dict[str, Any] | None = None
