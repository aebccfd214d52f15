"""Writes docs/reference.md: every field of every file and every command, from the code itself.

    python tools/reference.py           writes the page
    python tools/reference.py --check   fails where the page and the code part

Figures come from their declarations, other fields from the records of the catalogue and the
``Parameters`` of their docstrings, commands from the command line's own functions.
"""

from __future__ import annotations

import inspect
import sys
import types
import typing
from collections.abc import Iterable
from pathlib import Path

import typer

from negotiation_sim.catalogue import records, schema
from negotiation_sim.catalogue.process_parameters import environment_table
from negotiation_sim.catalogue.schema import Record
from negotiation_sim.faces.api.help_calls import SWEEP, TERMS
from negotiation_sim.faces.cli.main import app
from negotiation_sim.model import figures
from negotiation_sim.words.fields import HEADER as FIELD_HEADER
from negotiation_sim.words.fields import (
    SECTIONS,
    kind,
    plural,
    section_fields,
    strategies_said,
    strategy_fields,
)

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
mapping (below) and an experiment may give a bare number. An *example* is what may stand in the file,
written on one line; lists and mappings may as well be written on several.

## Files

Unknown and duplicate keys, and what YAML reads by surprise, are refused with file and line. A study
folder holds a `study.yaml` and may hold `actors/`, `venues/`, `initiatives/` and `experiments/` of
its own, which stand before those of the catalogue; `self_contained: true` leaves the catalogue's
out. `sources.yaml` lies beside `study.yaml` or in the folder whose files name its entries.
`negotiation-sim help FIELD` says the same of one field. How they go together:

| to say | see |
| --- | --- |
| what follows what, where talks move to, what counts as success | [tracks.md](tracks.md) |
| initiatives of your own, ties, sources, fitting to your own cases | [own-studies.md](own-studies.md) |
| what varies, by the path of any field | [sweeps.md](sweeps.md#whatever-the-files-say) |
"""

COMMANDS = """
## Commands

`negotiation-sim COMMAND --help` says the same with examples. In Python each command is a call of
the same name in `negotiation_sim.api`. `negotiation-sim --version` says the version.
"""


def table(header: list[str], rows: Iterable[list[str]]) -> str:
    """Return a Markdown table without columns that are empty in every row."""
    rows = list(rows)
    shown = [k for k, name in enumerate(header) if any(row[k] for row in rows)]
    lines = [header, ["---"] * len(header), *rows]
    return "".join(
        "| " + " | ".join(line[k].replace("|", "/") for k in shown) + " |\n" for line in lines
    )


def section(title: str, said: str, record: type[Record]) -> str:
    """Return one record's part of the page."""
    rows = [field.row() for field in section_fields(title, said, record)]
    return f"\n### {title}\n\n{said}\n\n{table(FIELD_HEADER, rows)}"


def strategies() -> str:
    """Return what an entry of an experiment's ``strategies`` may hold."""
    rows = [field.row() for field in strategy_fields()]
    return f"\n### Strategies\n\n{strategies_said()}\n\n{table(FIELD_HEADER, rows)}"


def sweep() -> str:
    """Return what an experiment's ``sweep`` may hold."""
    said = "An experiment's `sweep`; designs and examples: [sweeps.md](sweeps.md)."
    return _keys("Sweep", said, SWEEP)


def terms() -> str:
    """Return what the file of ``levers --terms`` may hold."""
    said = "The file that `levers --terms` reads; see [studies.md](studies.md)."
    return _keys("Terms of levers", said, TERMS)


def _keys(title: str, said: str, keys: dict[str, tuple[str, ...]]) -> str:
    rows = [[f"`{key}`", *words[:3], f"`{key}: {words[3]}`"] for key, words in keys.items()]
    header = ["field", "type", "default", "meaning", "example"]
    return f"\n### {title}\n\n{said}\n\n{table(header, rows)}"


def process() -> str:
    """Return the process parameters, with the catalogue's defaults."""
    entries = environment_table(ROOT)
    rows = []
    for figure in figures.ENVIRONMENT:
        entry = entries[figure.name]
        ends = "" if entry.range is None else f"{entry.range[0]:g} to {entry.range[1]:g}"
        rows.append([
            f"`{figure.name}`", figure.unit, figure.bounds.words(), f"{entry.value:g}", ends,
            figure.role, figure.mechanism, figure.meaning, f"`{figure.name}: {entry.value:g}`",
        ])  # fmt: skip
    header = ["parameter", "unit", "bounds", "default", "range", "role", "in", "meaning", "example"]
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
