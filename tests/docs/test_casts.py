"""docs/casts.md: its commands and its Python run one after the other, its numbers are the data's."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from helpers.documents import blocks, commands
from negotiation_sim.catalogue import world
from negotiation_sim.faces.cli.main import app

PAGE = Path(__file__).resolve().parents[2] / "docs" / "casts.md"


def test_the_commands_of_the_page_run_one_after_the_other(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = commands(PAGE)
    assert len(found) == 5
    for words in found:
        words = [*words, "--no-figures"] if words[0] == "run" else words
        result = CliRunner().invoke(app, words)
        assert result.exit_code == 0, (words, result.output)
    assert len(list((tmp_path / "wto-2022" / "actors").iterdir())) == 193


def test_the_python_of_the_page_runs(capsys):
    (block,) = blocks(PAGE, "python")
    exec(compile(block, "casts.md", "exec"), {})
    printed = capsys.readouterr().out
    assert printed.startswith("WTO, 1995 ['WTO'") and "year=1995" in printed


def test_the_numbers_of_the_page_are_the_datas():
    text = " ".join(PAGE.read_text(encoding="utf-8").split())
    first, last = world.years()
    bodies = {row["organisation"] for row in world.scores()}
    spans = [int(row[end]) for row in world.scores() for end in ("first", "last")]
    assert f"General Assembly ({first} to {last})" in text
    assert f"({len(bodies)} organisations, {min(spans)} to {max(spans)})" in text
    assert f"an R2 of {world.positions().r2:.3f}" in text
