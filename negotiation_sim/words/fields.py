"""Every field of every file in words: type, unit, bounds, default, meaning and an example.

Made from the records of the catalogue and the declarations of figures, for the reference page and
``negotiation-sim help``; a field that is new there is here without being named.
"""

from __future__ import annotations

import inspect
import re
import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from negotiation_sim.catalogue import records, schema
from negotiation_sim.catalogue.flow_values import flow_text
from negotiation_sim.catalogue.paths import bare, is_figure
from negotiation_sim.catalogue.reports import record_type
from negotiation_sim.catalogue.schema import Record
from negotiation_sim.catalogue.strategy_names import FIELDS as STRATEGY_FIELDS
from negotiation_sim.catalogue.strategy_names import PER_TRACK
from negotiation_sim.model import figures
from negotiation_sim.model.figures import Declaration, Owner

STRATEGIES = "Strategies"
PROCESS = "Process parameters"
# Title, what is said of it, and the record; in the order of the page.
Section = tuple[str, str, type[Record]]
SECTIONS: tuple[Section, ...] = (
    ("A figure", "One number with what it rests on, wherever a type says figure.", schema.Figure),
    ("Actors", "`actors/CODE.yaml`.", schema.Actor),
    (
        "Change",
        "Entries of `changes`, of an actor, a venue, an initiative, a group or an experiment, by the figure "
        "that changes; of one that has a value by issue, bloc or state, by these below it.",
        schema.Change,
    ),
    ("Directed shift", "Entries of an actor's `shifts`.", schema.DirectedShift),
    ("Evidence", "Entries of an actor's `evidence`.", schema.Evidence),
    ("Groups of actors", "`actors/population.yaml`.", records.PopulationFile),
    ("Ties", "`actors/ties.yaml`; how ties are made of it: `actors/README.md`.", records.TiesFile),
    ("Venues", "`venues/NAME.yaml`.", schema.Venue),
    ("Decision", "A venue's `decision` and `mandate`.", schema.Procedure),
    ("Later rule", "What takes a rule's place: the `then` of a decision.", schema.LaterProcedure),
    ("Change of membership", "Entries of a venue's `membership_changes`.", schema.MembershipChange),
    ("Calendar", "A venue's `calendar`.", schema.Calendar),
    ("Session", "Entries of a calendar's `sessions`.", schema.Session),
    ("Box", "A venue's `remit` and an initiative's `mandate`.", schema.Box),
    (
        "Initiatives",
        "`experiments/initiatives/NAME.yaml`; in a study `initiatives/NAME.yaml`.",
        schema.Initiative,
    ),
    (
        "Facts of a mandate",
        "An initiative's `facts`: what its precedents are looked up by, [cases.md](cases.md).",
        schema.MandateFacts,
    ),
    ("Entry into force", "An initiative's `entry_into_force`.", schema.EntryIntoForce),
    ("Experiments and studies", "`experiments/NAME.yaml`, `study.yaml`.", records.Experiment),
    ("Scheduled event", "Entries of an experiment's `events`.", schema.ScheduledEvent),
    ("Scale", "An experiment's `scales`, by issue.", schema.Scale),
    ("Members as a cast", "An experiment's `cast` may be this mapping.", records.MembersOf),
    ("Negotiating groups", "An experiment's `groups`, by name.", schema.Group),
    ("Success", "An experiment's `success`.", schema.Success),
    ("Underway", "A strategy's `underway`, or one of a list of these.", schema.Underway),
    (PROCESS, "`experiments/environment.yaml`.", records.EnvironmentFile),
    (
        "Calibrated parameters",
        "`experiments/backtest/parameters.yaml`, written by `calibrate`; its other keys say how.",
        records.ParametersFile,
    ),
    ("Sources", "`sources.yaml` of a folder: by identifier, these.", records.SourceEntry),
)
PLACES = {record: title for title, _, record in SECTIONS} | {schema.Track: STRATEGIES}
OWNERS: dict[type[Record], tuple[Owner, str]] = {
    schema.Actor: ("actor", ""),
    schema.Venue: ("venue", ""),
    schema.Procedure: ("venue", "decision."),
    schema.LaterProcedure: ("venue", "decision."),
    schema.Calendar: ("venue", "calendar."),
    schema.Session: ("venue", "calendar."),
    schema.Initiative: ("initiative", ""),
    schema.EntryIntoForce: ("initiative", "entry_into_force."),
    schema.Track: ("track", ""),
    records.Experiment: ("experiment", ""),
    schema.Group: ("experiment", ""),
    schema.Success: ("experiment", ""),
}
_DATED = {"date": "2025-06", "basis": "assumed", "note": "after the conference"}
_TRUST_CHANGES = {
    "trust": [{**_DATED, "value": 0.4, "range": [0.3, 0.5]}],
    "salience": {"scope": [{**_DATED, "value": 2.0}]},
}
_STATUS_QUO_CHANGES = {"status_quo": {"scope": [{**_DATED, "value": 0.2}]}}
_COHESION_CHANGES = {"cohesion": [{**_DATED, "value": 0.8, "gradual": True}]}
_LEADERSHIP_CHANGES = {"leadership": [{**_DATED, "value": 2.0}]}
_PACE_CHANGES = {"pace": [{**_DATED, "value": 0.05, "gradual": True}]}
# Of fields whose type alone makes a poor example. A test has every example read by its record.
EXAMPLES: dict[tuple[str, str], Any] = {
    ("Figure", "value"): 0.4, ("Figure", "range"): [0.2, 0.6], ("Figure", "year"): 2022,
    ("Figure", "source"): "un-votes", ("Figure", "note"): "by analogy with its neighbours",
    ("Figure", "locator"): "table 3", ("Actor", "id"): "USA", ("Actor", "name"): "United States",
    ("Actor", "groups"): ["NATO", "WEOG"], ("Actor", "resources"): {"plants": 12},
    ("Actor", "unga_ideal_point"): 2.1, ("Actor", "ideal_point"): {"scope": 0.7, "form": 0.4},
    ("Actor", "salience"): {"scope": 2, "form": 1}, ("Actor", "turnover_dates"): ["2025-01"],
    ("Actor", "blocs"): {"WEOG": 0.5},
    ("Actor", "shifts"): [{"date": "2025-11", "to": {"scope": 0.5}, "chance": 0.4}],
    ("Actor", "changes"): _TRUST_CHANGES, ("Venue", "changes"): _LEADERSHIP_CHANGES,
    ("Experiment", "changes"): _PACE_CHANGES, ("Group", "changes"): _COHESION_CHANGES,
    ("Initiative", "changes"): _STATUS_QUO_CHANGES, ("Change", "range"): [0.3, 0.6],
    ("Experiment", "events"): [{"date": "2025-03", "kind": "shock", "urgency": 0.2}],
    ("DirectedShift", "date"): "2025-11", ("DirectedShift", "to"): {"scope": 0.5},
    ("Change", "date"): "2025-06", ("ScheduledEvent", "date"): "2025-03",
    ("Actor", "evidence"): [{"text": "statement at the first session", "source": "record-2022"}],
    ("Evidence", "text"): "statement at the first session", ("Evidence", "source"): "record-2022",
    ("PopulationFile", "id"): "population", ("PopulationFile", "basis"): "expert",
    ("PopulationFile", "columns"): ["name", "scope", "capability"],
    ("PopulationFile", "rows"): {"FJI": ["Fiji", 0.9, 0.1]},
    ("PopulationFile", "half_widths"): {"scope": 0.1},
    ("PopulationFile", "sources"): {"capability": "un-votes"},
    ("PopulationFile", "defaults"): {"turnover_rate": 0.25},
    ("PopulationFile", "method"): "least squares", ("PopulationFile", "regression"): {"n": 20},
    ("TiesFile", "pairs"): {"CAN-CHN": [0.6, 0]}, ("TiesFile", "ties"): {"CAN-CHN": 0.3},
    ("TiesFile", "sources"): ["un-votes"], ("TiesFile", "year"): 2022,
    ("TiesFile", "formula"): "half agreement, three tenths groups, one fifth alliance",
    ("Venue", "id"): "INC", ("Venue", "name"): "Intergovernmental Negotiating Committee",
    ("Venue", "members"): ["USA", "CHN", "IND"], ("Venue", "membership_source"): "record-2022",
    ("Venue", "decision"): {"rule": "consensus"}, ("Venue", "mandate"): {"rule": "simple_majority"},
    ("Venue", "convening"): {"USA": 0.2}, ("Venue", "conveners"): ["NOR"],
    ("Venue", "calendar"): {"weeks": {2: 1, 11: 1}, "basis": "assumed", "note": "two sessions"},
    ("Venue", "remit"): {"box": {"scope": [0, 1]}, "note": "all of it"},
    ("Venue", "linked"): ["text"], ("Venue", "passes_to"): "conference",
    ("Procedure", "quota"): [2, 3], ("Procedure", "weights"): {"USA": 3},
    ("Procedure", "less"): 1, ("Procedure", "capability_quota"): [1, 2],
    ("Procedure", "then"): {"rule": "simple_majority", "date": "2025-01"},
    ("Venue", "membership_changes"): [{"date": "2024-07", "joins": ["BRA"]}],
    ("Venue", "capability"): {"USA": 20}, ("MembershipChange", "joins"): ["BRA"],
    ("MembershipChange", "leaves"): ["USA"], ("Session", "weeks"): 2,
    ("Calendar", "sessions"): [{"date": "2024-11", "weeks": 1}],
    ("Procedure", "required"): ["USA", "CHN"], ("Calendar", "weeks"): {2: 1, 11: 1.5},
    ("Box", "box"): {"scope": [0.2, 1]}, ("Initiative", "id"): "text",
    ("Initiative", "name"): "A treaty on plastics", ("Initiative", "text"): {"scope": 0.6},
    ("Initiative", "mandate"): {"box": {"scope": [0.2, 1]}, "note": "the resolution"},
    ("Initiative", "status_quo"): {"scope": 0.1}, ("Initiative", "leaves"): ["debris"],
    ("Initiative", "pledge"): {"scope": 0.2}, ("Initiative", "declared"): {"USA": -1, "SIDS": 1},
    ("Initiative", "entry_into_force"): {"ratifiers": 50},
    ("Initiative", "facts"): {"draft": 0, "note": "no draft at its date"},
    ("MandateFacts", "deadline"): 2024, ("MandateFacts", "note"): "its resolution",
    ("EntryIntoForce", "states"): ["USA"], ("Experiment", "id"): "plastics",
    ("Experiment", "name"): "A treaty on plastics", ("Experiment", "issues"): ["scope", "finance"],
    ("Experiment", "scales"): {"finance": {"low": 0, "high": 5, "unit": "billion"}},
    ("Experiment", "success"): {"deadline_years": 3, "success_share": 0.5},
    ("Experiment", "status_quo"): {"scope": 0.1},
    ("Experiment", "groups"): {"SIDS": {"cohesion": 0.6}},
    ("Experiment", "strategies"): ["text@INC", {"name": "with a vote", "tracks": "text@INC>conference"}],
    ("Experiment", "environment"): {"pace": 0.08},
    ("Experiment", "actors"): {"USA": {"margin": 0.1}},
    ("Experiment", "venues"): {"INC": {"informality": 0.6}},
    ("Experiment", "initiatives"): {"text": {"binding": True}},
    ("Experiment", "sweep"): {"vary": {"venues.INC.informality": [0.2, 0.8]}, "replicates": 200},
    ("Scale", "low"): 0, ("Scale", "high"): 5, ("Scale", "unit"): "billion",
    ("Scale", "label"): "finance a year", ("MembersOf", "members_of"): ["INC"],
    ("Success", "states"): ["USA"], ("Underway", "text"): {"scope": 0.5},
    ("Underway", "rounds"): 2, ("Track", "fallback"): "conference", ("Track", "initiative"): "text",
    ("Track", "venue"): "INC", ("Track", "after"): 0, ("Track", "start"): 6,
    ("Track", "underway"): {"mandate": True, "rounds": 2}, ("Track", "weight"): {"USA": 2},
    ("Strategy", "name"): "text@INC", ("Strategy", "tracks"): "text@INC>conference+text@forum",
    ("Strategy", "succeeds_when"): [0],
    ("EnvironmentFile", "parameters"): {
        "pace": {"value": 0.06, "basis": "assumed", "note": "by trial"}
    },
    ("ParametersFile", "parameters"): {"pace": {"value": 0.06, "basis": "calibrated", "note": "fit"}},
    ("SourceEntry", "title"): "Record of the first session", ("SourceEntry", "year"): 2022,
    ("SourceEntry", "covers"): 2022, ("SourceEntry", "author"): "UNEP",
    ("SourceEntry", "publisher"): "UNEP", ("SourceEntry", "date"): "2022-12-02",
    ("SourceEntry", "address"): "https://www.unep.org", ("SourceEntry", "licence"): "CC BY 4.0",
    ("SourceEntry", "file"): "annex.pdf",
}  # fmt: skip
TEXTS = {
    "name": "A name", "description": "what it is, in a sentence", "question": "Will it pass?",
    "note": "why it is so", "source": "record-2022", "id": "name",
}  # fmt: skip


@dataclass(frozen=True)
class FieldWords:
    """What a reader wants to know of one field.

    Parameters
    ----------
    section, place : str
        Title of the section, and the file or mapping that holds it.
    name, type, unit, bounds, default, mechanism, meaning, example : str
        ``default`` is ``required`` where the field must be given; ``type`` holds links to sections
        of the reference page.
    """

    section: str
    place: str
    name: str
    type: str
    unit: str
    bounds: str
    default: str
    mechanism: str
    meaning: str
    example: str

    def with_default(self, shown: str) -> FieldWords:
        """Return the same with another default, which is the example too."""
        return replace(self, default=shown, example=shown)

    def row(self) -> list[str]:
        """Return the cells of the reference page's table."""
        example = f"`{self.name}: {self.example}`"
        return [f"`{self.name}`", self.type, self.unit, self.bounds, self.default, self.mechanism,
                self.meaning, example]  # fmt: skip


HEADER = ["field", "type", "unit", "bounds", "default", "in", "meaning", "example"]


def anchor(title: str) -> str:
    """Return the address of a heading within the page.

    Examples
    --------
    >>> anchor("Entry into force")
    '#entry-into-force'
    """
    return "#" + title.lower().replace(" ", "-")


def plural(words: str) -> str:
    """Return a kind of value in the plural.

    Examples
    --------
    >>> plural("month, YYYY-MM"), plural("figure"), plural("any")
    ('months, YYYY-MM', 'figures', 'anything')
    """
    if words == "any":
        return "anything"
    for start in ("month", "list", "mapping"):
        if words.startswith(start):
            return words.replace(start, start + "s", 1)
    return words + "s" if re.search(r"(text|number|figure|path)$", words) else words


def kind(annotation: Any) -> str:
    """Return a type in words.

    Examples
    --------
    >>> kind(dict[str, list[float]] | None)
    'mapping to lists of numbers'
    """
    plain = {str: "text", int: "whole number", float: "number", bool: "true or false", Any: "any"}
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if annotation == schema.Month:
        return "month, YYYY-MM"
    if origin is typing.Annotated:
        return kind(arguments[0])
    if annotation == schema.Changes:
        return f"mapping to lists of {kind(schema.Change)}, or to mappings of such lists"
    if origin in (typing.Union, types.UnionType):
        return " or ".join(kind(part) for part in arguments if part is not type(None))
    if origin is typing.Literal:
        return ", ".join(f"`{value}`" for value in arguments)
    if origin in (list, tuple):
        return f"list of {plural(kind(arguments[0]))}"
    if origin is dict:
        return f"mapping to {plural(kind(arguments[1]))}"
    if isinstance(annotation, type) and issubclass(annotation, schema.Figure):
        return "figure"
    if annotation in PLACES:
        title = PLACES[annotation]
        return f"[{title.lower()}]({anchor(title)})"
    return plain[annotation]


@cache
def meanings(record: type[Record]) -> dict[str, str]:
    """Return the meaning of each field that a record's docstring lists under ``Parameters``."""
    body = inspect.getdoc(record) or ""
    found: dict[str, str] = {}
    names: list[str] = []
    for line in body.partition("----------\n")[2].split("\n"):
        if line and not line.startswith(" "):
            names = line.partition(" : ")[0].split(", ")
        elif line.strip():
            for name in names:
                found[name] = f"{found.get(name, '')} {line.strip()}".strip()
    return {name: _in_a_cell(text) for name, text in found.items()}


def _in_a_cell(text: str) -> str:
    """Return a sentence as a cell: no full stop, no capital but of a name."""
    text = text.rstrip(".").replace("``", "`")
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text


def declaration(record: type[Record], name: str) -> Declaration | None:
    """Return the declaration of a field that is a figure, or None."""
    owner, prefix = OWNERS.get(record, ("environment", ""))
    known = (figure for figure in figures.FIGURES if figure.owner == owner)
    return next((figure for figure in known if figure.name == prefix + name), None)


def default(field: Any) -> str:
    """Return a field's default in words."""
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if isinstance(value, schema.Figure):
        return f"{value.value:g}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return f"{value:g}"
    return f"`{value}`" if isinstance(value, str) and value else ""


def limits(field: Any) -> str:
    """Return between which ends a plain number may lie, in words; empty where it has none."""
    least = most = ""
    for rule in [*field.metadata, *_rules(field.annotation)]:
        if getattr(rule, "ge", None) is not None:
            least = f"{rule.ge:g}"
        if getattr(rule, "gt", None) is not None:
            least = f"above {rule.gt:g}"
        if getattr(rule, "le", None) is not None and rule.le < schema.MOST:
            most = f"{rule.le:g}"
    if least and most:
        return f"{least} to {most}"
    return f"{least} or more" if least and not least.startswith("above") else least or most


def _rules(annotation: Any) -> list[Any]:
    """Return what restricts a number within an annotation that is not a list or mapping."""
    arguments = typing.get_args(annotation)
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        found = [each for rule in arguments[1:] for each in getattr(rule, "metadata", [rule])]
        return [*found, *_rules(arguments[0])]
    if origin in (typing.Union, types.UnionType):
        return [rule for part in arguments for rule in _rules(part)]
    return []


def example(record: type[Record], name: str) -> str:
    """Return what may stand behind a field's name, in YAML's flow form."""
    for base in record.__mro__:
        if (base.__name__, name) in EXAMPLES:
            return flow_text(EXAMPLES[base.__name__, name])
    annotation = typing.get_type_hints(record, include_extras=True).get(
        name, record.model_fields[name].annotation
    )
    if record_type(annotation) is None and name in TEXTS and kind(annotation) == "text":
        return TEXTS[name]
    figure = declaration(record, name)
    return flow_text(_likely(annotation, figure))


def _likely(annotation: Any, figure: Declaration | None) -> Any:
    """Return a value that a type allows: the default of a figure, the last of several words."""
    inner = bare(annotation)
    origin, arguments = typing.get_origin(inner), typing.get_args(inner)
    if inner is bool:
        return True
    if is_figure(inner) or inner in (float, int):
        number = _number(figure)
        return int(number) if inner is int else number
    if origin is typing.Literal:
        return arguments[-1]
    if origin in (typing.Union, types.UnionType):
        return _likely(arguments[0], figure)
    if origin is list:
        return [_likely(arguments[0], figure)]
    if origin is dict:
        return {1 if arguments[0] is int else "USA": _likely(arguments[1], figure)}
    model = record_type(inner)
    if model is not None:
        needed = {n: f for n, f in model.model_fields.items() if f.is_required()}
        return {n: _likely(f.annotation, declaration(model, n)) for n, f in needed.items()}
    return "2024-12" if _is_month(annotation) else "text"


def _is_month(annotation: Any) -> bool:
    return kind(annotation).startswith("month")


def _number(figure: Declaration | None) -> float:
    number = _within(figure)
    return int(number) if float(number).is_integer() else number


def _within(figure: Declaration | None) -> float:
    if figure is None:
        return 0.5
    low, high, _ = figure.bounds
    if figure.default is not None and figure.default > low:
        return float(f"{figure.default:g}")
    if high >= 1.0 and low < 1.0:
        return 0.5 if low < 0.5 else 1.0
    return float(f"{min(high, low + 1.0):g}")


def field_words(title: str, place: str, record: type[Record], name: str) -> FieldWords:
    """Return what is said of one field of a record."""
    field, figure = record.model_fields[name], declaration(record, name)
    annotation = typing.get_type_hints(record, include_extras=True).get(name, field.annotation)
    said = {key: text for base in record.__mro__[::-1] for key, text in meanings(base).items()}
    meaning = figure.meaning if figure else said[name]
    unit, bounds, home = "", limits(field), ""
    if figure is not None:
        unit, bounds, home = figure.unit, figure.bounds.words(), figure.mechanism
    return FieldWords(
        title, place, name, kind(annotation), unit, bounds, default(field), home, meaning,
        example(record, name),
    )  # fmt: skip


def section_fields(title: str, place: str, record: type[Record]) -> list[FieldWords]:
    """Return what is said of the fields of a record, in their order."""
    return [field_words(title, place, record, name) for name in record.model_fields]


def strategy_fields() -> list[FieldWords]:
    """Return what an entry of an experiment's ``strategies`` may hold."""
    place = "Entries of an experiment's `strategies`: a name, or a mapping of these."
    found = []
    for name in STRATEGY_FIELDS:
        record = schema.Strategy if name in schema.Strategy.model_fields else schema.Track
        words = field_words(STRATEGIES, place, record, name)
        if name == "tracks":
            words = FieldWords(
                words.section, words.place, name, "text", "", "", "the name", "", words.meaning,
                words.example,
            )  # fmt: skip
        found.append(words)
    return found


def strategies_said() -> str:
    """Return the sentence above the table of an entry of ``strategies``."""
    *first, last = (f"`{name}`" for name in PER_TRACK)
    return (
        "Entries of an experiment's `strategies`: a name, or a mapping of these. A list gives each\n"
        f"track its own value of {', '.join(first)} and {last}; see [tracks.md](tracks.md)."
    )


def process_fields() -> Iterator[FieldWords]:
    """Yield what is said of each process parameter; its default is the catalogue's."""
    for figure in figures.ENVIRONMENT:
        shown = f"{_number(figure):g}"
        yield FieldWords(
            PROCESS, "`experiments/environment.yaml`, or an experiment's `environment`.",
            figure.name, "figure", figure.unit, figure.bounds.words(), "", figure.mechanism,
            figure.meaning, shown,
        )  # fmt: skip


def all_fields() -> list[FieldWords]:
    """Return what is said of every field of every file, in the order of the reference page."""
    found: list[FieldWords] = []
    for title, place, record in SECTIONS:
        found += section_fields(title, place, record)
        if record is schema.Success:
            found += strategy_fields()
        if record is records.EnvironmentFile:
            found += process_fields()
    return found
