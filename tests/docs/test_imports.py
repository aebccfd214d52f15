"""docs/imports.md: its commands run on its own table, and it names every form there is."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from helpers.documents import blocks, commands
from negotiation_sim.catalogue.imports import FORMATS
from negotiation_sim.catalogue.schema import MOST_ISSUES
from negotiation_sim.faces.cli.main import app

PAGE = Path(__file__).resolve().parents[2] / "docs" / "imports.md"


def test_the_commands_of_the_page_run_on_its_table(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("actors.csv").write_text(blocks(PAGE, "csv")[0], "utf-8")
    said = ""
    for words in commands(PAGE):
        words = [*words, "--no-figures"] if words[0] == "run" else words
        done = CliRunner().invoke(app, words)
        assert done.exit_code == 0, (words, done.output)
        said += done.output
    assert "Read as actors: 3 actors, 2 issues" in said and "All is well." in said
    assert Path("tables/replicates.csv").exists()


def test_bad_input_is_one_message_and_exit_code_two(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("actors.csv").write_text(blocks(PAGE, "csv")[0].replace("40", "400"), "utf-8")
    done = CliRunner().invoke(app, ["import", "actors.csv", "--out", "my-study"])
    assert done.exit_code == 2 and not Path("my-study").exists()
    assert "actors.csv:2: column 'cuts position [0-60 %]': 400 is not on the scale" in done.output
    assert done.output.count("\n") == 1


def test_the_page_names_every_form_and_the_most_issues():
    text = PAGE.read_text("utf-8")
    assert all(f"| `{form}` |" in text for form in FORMATS)
    assert f"Up to {MOST_ISSUES} issues" in " ".join(text.split())
