"""docs/reference.md is what the code says, and says something of everything."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType

import pytest
from typer.testing import CliRunner

from helpers.scripts import script
from negotiation_sim.catalogue import records, schema
from negotiation_sim.faces.cli.main import app
from negotiation_sim.model import figures

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "reference.md").read_text("utf-8")
# Records that are no file and no part of one: what files become, and bases.
INNER = {
    schema.Record, schema.Sparing, schema.Holder, schema.Strategy, schema.Track, schema.Setting,
    schema.Environment, records.EnvironmentLine, records.EnvironmentEntry, records.SourcesFile,
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
    assert options or name in ("check", "catalogue", "init")
    assert options <= set(re.findall(r"--[\w-]+", section(name)))


def test_links_lead_to_headings_of_the_page():
    titles = re.findall(r"^### (.+)$", TEXT, re.MULTILINE)
    assert len(titles) == len(set(titles))
    targets = set(re.findall(r"\]\(#([\w-]+)\)", TEXT))
    assert targets
    assert targets <= {tool().anchor(title)[1:] for title in titles}
