"""Writes docs/reference.md: every field of every file and every command, from the code itself.

    python tools/reference.py           writes the page
    python tools/reference.py --check   fails where the page and the code part

Figures come from their declarations, other fields from the records of the catalogue and the
``Parameters`` of their docstrings, commands from the command line's own functions.
"""

from __future__ import annotations

import inspect
import re
import sys
import types
import typing
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import typer

from negotiation_sim.catalogue import records, schema
from negotiation_sim.catalogue.process_parameters import environment_table
from negotiation_sim.catalogue.schema import Record
from negotiation_sim.catalogue.strategy_names import FIELDS as STRATEGY_FIELDS
from negotiation_sim.faces.cli.main import app
from negotiation_sim.model import figures
from negotiation_sim.model.figures import Declaration, Owner
from negotiation_sim.runs.sweep.design.spec import KINDS, MORRIS_LEVELS, SPEC_KEYS
from negotiation_sim.runs.sweep.plan import MAX_REPLICATES, REPLICATES
from negotiation_sim.runs.sweep.reading import REQUEST_KEYS
from negotiation_sim.studies.lever_terms import KEYS as TERMS_KEYS

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reference.md"

HEAD = """\
# Reference

Every field of every file, and every command with its options. Written by `tools/reference.py` from
the code; a test fails where the two part. Columns of the tables that a run writes:
[columns.md](columns.md). What the mechanisms M1 to M22 do: [model.md](model.md#7-submodels). Words:
[glossary.md](glossary.md).

The column *in* names the mechanism at home with a figure; others may read it too. A default of
*required* means that the field must be given. Where a figure is expected, its own file gives a
mapping (below) and an experiment may give a bare number.

## Files

Unknown and duplicate keys, and what YAML reads by surprise, are refused with file and line. A study
folder holds a `study.yaml` and may hold `actors/`, `venues/` and `experiments/` of its own, which
stand before those of the catalogue.
"""

COMMANDS = """
## Commands

`negotiation-sim COMMAND --help` says the same with examples. In Python each command is a call of
the same name in `negotiation_sim.api`. `negotiation-sim --version` says the version.
"""

# Title, what is said of it, and the record; in the order of the page.
Section = tuple[str, str, type[Record]]
SECTIONS: tuple[Section, ...] = (
    ("A figure", "One number with what it rests on, wherever a type says figure.", schema.Figure),
    ("Actors", "`actors/CODE.yaml`.", schema.Actor),
    (
        "Change",
        "Entries of `changes`, of an actor, a venue or an experiment, by the figure that changes.",
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
    ("Initiatives", "`experiments/initiatives/NAME.yaml`.", schema.Initiative),
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
    ("Process parameters", "`experiments/environment.yaml`.", records.EnvironmentFile),
    (
        "Calibrated parameters",
        "`experiments/backtest/parameters.yaml`, written by `calibrate`; its other keys say how.",
        records.ParametersFile,
    ),
    ("Sources", "`sources.yaml` of a folder: by identifier, these.", records.SourceEntry),
)
PLACES = {record: title for title, _, record in SECTIONS} | {schema.Track: "Strategies"}
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

# Keys of an experiment's ``sweep``: type, default, meaning.
SWEEP = {
    "design": ("text", "grid", ", ".join(f"`{kind}`" for kind in KINDS)),
    "vary": ("mapping", "", "by dotted path: values, or `from`, `to` and `steps`"),
    "points": ("list, or a CSV file", "", "the points themselves, in place of `vary`"),
    "size": ("whole number", "by design", "of a sampled design"),
    "design_seed": ("whole number", "0", "of a sampled design; the worlds have their own"),
    "levels": ("whole number", str(MORRIS_LEVELS), "grid levels of `morris`"),
    "replicates": ("whole number", str(REPLICATES), "worlds at each point"),
    "precision": ("number", "", "in place of `replicates`: half-width that each point reaches"),
    "max_replicates": ("whole number", str(MAX_REPLICATES), "with `precision`: at most so many"),
    "keep_replicates": ("true or false", "false", "whether single replicates are kept"),
}
# Keys of the file that ``levers --terms`` reads: type, default, meaning.
TERMS = {
    "cost": ("mapping to numbers", "1", "by pattern of levers: cost of the whole reach"),
    "reach": ("mapping to numbers", "by lever", "how far it may go, in the lever's own unit"),
    "without": ("list of texts", "", "patterns of levers that are not to be pulled"),
}


def table(header: list[str], rows: Iterable[list[str]]) -> str:
    """Return a Markdown table without columns that are empty in every row."""
    rows = list(rows)
    shown = [k for k, name in enumerate(header) if any(row[k] for row in rows)]
    lines = [header, ["---"] * len(header), *rows]
    return "".join(
        "| " + " | ".join(line[k].replace("|", "/") for k in shown) + " |\n" for line in lines
    )


def anchor(title: str) -> str:
    """Return the address of a heading within the page."""
    return "#" + title.lower().replace(" ", "-")


def plural(words: str) -> str:
    """Return a kind of value in the plural."""
    if words == "any":
        return "anything"
    for start in ("month", "list", "mapping"):
        if words.startswith(start):
            return words.replace(start, start + "s", 1)
    return words + "s" if re.search(r"(text|number|figure|path)$", words) else words


def kind(annotation: Any) -> str:
    """Return a type in words."""
    plain = {str: "text", int: "whole number", float: "number", bool: "true or false", Any: "any"}
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if annotation == schema.Month:
        return "month, YYYY-MM"
    if origin is typing.Annotated:
        return kind(arguments[0])
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


def field_row(record: type[Record], name: str) -> list[str]:
    """Return the row of one field: name, type, unit, bounds, default, mechanism, meaning."""
    field, figure = record.model_fields[name], declaration(record, name)
    annotation = typing.get_type_hints(record, include_extras=True).get(name, field.annotation)
    said = {key: text for base in record.__mro__[::-1] for key, text in meanings(base).items()}
    meaning = figure.meaning if figure else said[name]
    unit, bounds, home = "", "", ""
    if figure is not None:
        unit, bounds, home = figure.unit, figure.bounds.words(), figure.mechanism
    return [f"`{name}`", kind(annotation), unit, bounds, default(field), home, meaning]


HEADER = ["field", "type", "unit", "bounds", "default", "in", "meaning"]


def section(title: str, said: str, record: type[Record]) -> str:
    """Return one record's part of the page."""
    rows = [field_row(record, name) for name in record.model_fields]
    return f"\n### {title}\n\n{said}\n\n{table(HEADER, rows)}"


def strategies() -> str:
    """Return what an entry of an experiment's ``strategies`` may hold."""
    rows = []
    for name in STRATEGY_FIELDS:
        record = schema.Strategy if name in schema.Strategy.model_fields else schema.Track
        row = field_row(record, name)
        rows.append([row[0], "text", *row[2:4], "the name", *row[5:]] if name == "tracks" else row)
    said = (
        "Entries of an experiment's `strategies`: a name, or a mapping of these. A list gives each\n"
        "track its own value of `pledges`, `start`, `patience`, `after`, `after_milestone`, `underway`,\n"
        "`weight` (of an item in its package), `task`, `term_months` and `term_ends`."
    )
    return f"\n### Strategies\n\n{said}\n\n{table(HEADER, rows)}"


def sweep() -> str:
    """Return what an experiment's ``sweep`` may hold."""
    said = "An experiment's `sweep`; designs and examples: [sweeps.md](sweeps.md)."
    return _keys("Sweep", said, {key: SWEEP[key] for key in (*SPEC_KEYS, *REQUEST_KEYS)})


def terms() -> str:
    """Return what the file of ``levers --terms`` may hold."""
    said = "The file that `levers --terms` reads; see [studies.md](studies.md)."
    return _keys("Terms of levers", said, {key: TERMS[key] for key in TERMS_KEYS})


def _keys(title: str, said: str, keys: dict[str, tuple[str, str, str]]) -> str:
    rows = [[f"`{key}`", *words] for key, words in keys.items()]
    return f"\n### {title}\n\n{said}\n\n{table(['field', 'type', 'default', 'meaning'], rows)}"


def process() -> str:
    """Return the process parameters, with the catalogue's defaults."""
    entries = environment_table(ROOT)
    rows = []
    for figure in figures.ENVIRONMENT:
        entry = entries[figure.name]
        ends = "" if entry.range is None else f"{entry.range[0]:g} to {entry.range[1]:g}"
        rows.append([
            f"`{figure.name}`", figure.unit, figure.bounds.words(), f"{entry.value:g}", ends,
            figure.role, figure.mechanism, figure.meaning,
        ])  # fmt: skip
    header = ["parameter", "unit", "bounds", "default", "range", "role", "in", "meaning"]
    said = (
        "Each is a figure. A file of version 0.1 may still give `unit`, `role`, `bounds` and\n"
        "`description`, as they stand here; anything else is refused.\n"
    )
    return f"\n{said}\n{table(header, rows)}"


def files() -> str:
    """Return the part of the page on files."""
    parts = []
    for title, said, record in SECTIONS:
        parts.append(section(title, said, record))
        if record is schema.Success:
            parts += [strategies()]
        if record is schema.Underway:
            parts += [sweep()]
        if record is records.EnvironmentFile:
            parts += [process()]
    return "".join(parts) + terms()


def option_row(parameter: inspect.Parameter) -> list[str]:
    """Return the row of one argument or option of a command."""
    annotation, info = typing.get_args(parameter.annotation)
    name = parameter.name.replace("_", "-")
    decls = [getattr(info, "default", None), *(getattr(info, "param_decls", None) or ())]
    given = [each for each in decls if isinstance(each, str) and each.startswith("-")]
    shown = ", ".join(given) or f"--{name}"
    if isinstance(info, typer.models.ArgumentInfo):
        shown = parameter.name.upper()
    elif annotation is bool and not given:
        shown = f"--{name}, --no-{name}"
    value = parameter.default
    if value is inspect.Parameter.empty:
        said = "required"
    elif value is None or value is False:
        said = ""
    else:
        said = "yes" if value is True else f"{value:g}" if isinstance(value, float) else str(value)
    words = {Path: "path", bool: ""}
    bare = [part for part in typing.get_args(annotation) if part is not type(None)]
    base = (
        bare[0] if typing.get_origin(annotation) in (typing.Union, types.UnionType) else annotation
    )
    several = typing.get_origin(base) is list
    inner = typing.get_args(base)[0] if several else base
    word = words.get(inner) if inner in words else kind(inner)
    kind_said = f"{plural(word or '')}, one or more" if several else word or ""
    return [f"`{shown}`", kind_said, said, (info.help or "").strip()]


def commands() -> str:
    """Return the part of the page on commands."""
    groups = {group.name: group.typer_instance or app for group in app.registered_groups}
    found = [("", command) for command in app.registered_commands]
    for group, inner in groups.items():
        found += [(f"{group} ", command) for command in inner.registered_commands]
    return COMMANDS + "".join(command_part(*each) for each in found)


def command_part(prefix: str, command: typer.models.CommandInfo) -> str:
    """Return one command's part of the page."""
    assert command.callback is not None
    function = inspect.unwrap(command.callback)
    first = (inspect.getdoc(function) or "").split("\n\n")[0].replace("\n", " ")
    parameters = inspect.signature(function, eval_str=True).parameters.values()
    name = prefix + (command.name or function.__name__.replace("_", "-"))
    rows = [option_row(parameter) for parameter in parameters]
    return f"\n### {name}\n\n{first}\n\n" + table(["option", "type", "default", "meaning"], rows)


def reference_text() -> str:
    """Return the whole page."""
    return HEAD + files() + commands()


def main() -> int:
    """Write the page, or with ``--check`` say whether it is what the code says."""
    text = reference_text()
    if "--check" in sys.argv[1:]:
        if PAGE.is_file() and PAGE.read_text("utf-8") == text:
            return 0
        sys.stderr.write("docs/reference.md has drifted; run: python tools/reference.py\n")
        return 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
