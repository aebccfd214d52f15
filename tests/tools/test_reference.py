"""docs/reference.md is what the code says, and says something of everything."""

from __future__ import annotations

import re
import sys
import typing
from pathlib import Path
from types import ModuleType

import pytest
from pydantic import TypeAdapter
from typer.testing import CliRunner

from helpers.scripts import script
from negotiation_sim import api
from negotiation_sim.catalogue import records, schema
from negotiation_sim.catalogue.overrides import lift
from negotiation_sim.catalogue.strict_yaml import parse
from negotiation_sim.faces.api import help_calls
from negotiation_sim.faces.cli.main import app
from negotiation_sim.model import figures
from negotiation_sim.words.fields import anchor, strategy_fields

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "reference.md").read_text("utf-8")
# Records that are no file and no part of one: what files become, and bases.
INNER = {
    schema.Record, schema.Sparing, schema.Holder, schema.Strategy, schema.Track, schema.Setting,
    schema.Environment, schema.PluginText, records.EnvironmentLine, records.EnvironmentEntry, records.SourcesFile,
}  # fmt: skip


def tool() -> ModuleType:
    return script("reference")


def section(title: str) -> str:
    found = re.search(rf"^### {re.escape(title)}\n(.*?)(?=^##|\Z)", TEXT, re.MULTILINE | re.DOTALL)
    assert found, f"no heading '{title}'"
    return found[1]


def test_the_page_has_not_drifted():
    assert tool().reference_text() == TEXT, "run: python tools/reference.py"


def test_the_tool_fails_on_drift(tmp_path, monkeypatch, capsys):
    page = tmp_path / "reference.md"
    monkeypatch.setattr(tool(), "PAGE", page)
    monkeypatch.setattr(sys, "argv", ["reference.py", "--check"])
    assert tool().main() == 1  # missing
    page.write_text(TEXT.replace("0 to 1", "0 to 2", 1), encoding="utf-8")
    assert tool().main() == 1
    page.write_text(TEXT, encoding="utf-8")
    assert tool().main() == 0
    assert capsys.readouterr().err.count("drifted") == 2


def test_every_record_of_a_file_has_its_section():
    listed = {record for _, _, record in tool().SECTIONS}
    every = {
        thing
        for module in (schema, records)
        for thing in vars(module).values()
        if isinstance(thing, type) and issubclass(thing, schema.Record)
    }
    assert every - listed == INNER


def test_every_figure_is_there_with_unit_bounds_and_mechanism():
    rows = {}
    for line in TEXT.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        rows.setdefault(cells[0], []).append(cells)
    for figure in figures.FIGURES:
        wanted = {figure.unit, figure.bounds.words(), figure.mechanism, figure.meaning} - {""}
        found = rows[f"`{figure.field}`"]
        assert any(wanted <= set(cells) for cells in found), figure.name


@pytest.mark.parametrize("command", app.registered_commands, ids=lambda c: c.callback.__name__)
def test_every_option_of_a_command_is_there(command):
    name = command.name or command.callback.__name__
    shown = CliRunner().invoke(app, [name, "--help"]).output
    options = set(re.findall(r"^\s+(--[\w-]+)", shown, re.MULTILINE)) - {"--help"}
    assert options or name in ("check", "help")
    assert options <= set(re.findall(r"--[\w-]+", section(name)))


def test_links_lead_to_headings_of_the_page():
    titles = re.findall(r"^### (.+)$", TEXT, re.MULTILINE)
    assert len(titles) == len(set(titles))
    targets = set(re.findall(r"\]\(#([\w-]+)\)", TEXT))
    assert targets
    assert targets <= {anchor(title)[1:] for title in titles}


def test_every_field_has_a_meaning_and_an_example_that_its_record_reads():
    records_by_title = {title: record for title, _, record in tool().SECTIONS}
    fields = help_calls.fields()
    assert len(fields) > 200
    for words in fields:
        assert words.meaning and words.type and words.example, words
        data = parse(f"{words.name}: {words.example}", "example").data[words.name]
        record = records_by_title.get(words.section)
        if record is None or words.name not in record.model_fields:
            continue
        annotation = typing.get_type_hints(record, include_extras=True).get(
            words.name, record.model_fields[words.name].annotation
        )
        lifted = lift(annotation, data, "an example")
        TypeAdapter(annotation).validate_python(lifted)


def test_examples_of_strategies_are_read(tmp_path):
    for words in strategy_fields():
        if words.name in ("name", "tracks"):
            continue
        track = schema.Track if words.name in schema.Track.model_fields else schema.Strategy
        data = parse(f"{words.name}: {words.example}", "example").data[words.name]
        TypeAdapter(track.model_fields[words.name].annotation).validate_python(data)


def test_help_says_what_a_field_is_and_the_nearest_names():
    found = api.help("venues.CD.decision.quota")
    assert [(f.section, f.example) for f in found] == [("Decision", "[2, 3]")]
    assert {f.section for f in api.help("text")} == {"Evidence", "Initiatives", "Underway"}
    (pace,) = api.help("environment.pace")
    assert (pace.unit, pace.bounds, pace.mechanism) == ("per round", "0.001 to 1", "M3")
    assert float(pace.default) == float(pace.example) > 0.0
    shown = CliRunner().invoke(app, ["help", "actors.USA.margin"]).output
    for words in ("margin: what a text must be better than none by", "0 to 1", "margin: 0.05"):
        assert words in shown
    wrong = CliRunner().invoke(app, ["help", "margn"])
    assert wrong.exit_code == 2 and "did you mean 'margin'" in wrong.output
    every = CliRunner().invoke(app, ["help"]).output
    for name in ("calendar", "keep_replicates", "without", "pace", "succeeds_when"):
        assert name in every
