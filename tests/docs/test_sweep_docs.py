"""docs/sweeps.md does what it says: its commands and snippets run, its tables name what is there."""

from __future__ import annotations

import ast
import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from negotiation_sim.faces.api.sweep_calls import dry_run
from negotiation_sim.faces.cli.main import app
from negotiation_sim.runs.store.point_columns import point_schema
from negotiation_sim.runs.sweep.design import KINDS
from negotiation_sim.runs.sweep.reading import read_study

TEXT = (Path(__file__).parents[2] / "docs" / "sweeps.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.M | re.S)


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_commands_run(here):
    lines = [line for block in blocks("bash") for line in block.splitlines()]
    assert len(lines) == 4
    for line in lines:
        words = shlex.split(line)
        assert words[0] == "negotiation-sim"
        more = ["--workers", "1"] if words[1] == "sweep" else []
        result = CliRunner().invoke(app, [*words[1:], *more])
        assert result.exit_code == 0, (line, result.output)


@pytest.mark.long
def test_the_snippets_run_one_after_another(here, capsys):
    names: dict[str, object] = {}
    snippets = blocks("python")
    assert len(snippets) == 7
    for snippet in snippets:
        exec(compile(snippet, "docs/sweeps.md", "exec"), names)
    assert len(list(here.glob("*.png"))) == 4
    assert "p_mandate" in capsys.readouterr().out


def test_every_value_that_is_shown_may_be_swept(here):
    shown = re.findall(r"^\| `'(.+?)'` \|", TEXT, re.M)
    assert len(shown) == 11
    for option in shown:
        assert read_study("bellagio", vary=[option], out=here).header["points"] >= 1, option


def test_the_file_that_is_shown_is_read(here):
    text = (Path(__file__).parents[2] / "experiments" / "bellagio.yaml").read_text("utf-8")
    text = re.sub(
        r"  - (?:pledges@|ban-\w+@adhoc-\w+\+pledges).*\n", "", text
    )  # these have pledges already
    (here / "mine.yaml").write_text(text + blocks("yaml")[0])
    assert dry_run("mine.yaml", replicates=2).points == 18


def test_the_recipe_for_a_cluster_is_python():
    recipe = next(block for block in blocks("text") if "SLURMCluster" in block)
    tree = ast.parse(recipe)
    call = next(
        n for n in ast.walk(tree) if isinstance(n, ast.Call) and ast.unparse(n.func) == "api.sweep"
    )
    assert {keyword.arg for keyword in call.keywords} <= {"scheduler", "resume"}


def test_the_designs_and_columns_that_are_named_are_there():
    named = re.findall(r"^\| `([a-z-]+)` \| ", TEXT, re.M)
    assert [name for name in named if name in KINDS] == list(KINDS)
    columns = point_schema({}, ["form", "scope"], varied=True).names
    for name in ("point", "varied", "strategy", "seed", "replicates", "p_success", "failed_stage",
                 "failed_type", "failed_message"):  # fmt: skip
        assert name in columns and f"`{name}`" in TEXT


def test_every_option_that_is_named_exists():
    shown = (
        CliRunner().invoke(app, [name, "--help"], terminal_width=200) for name in ("sweep", "run")
    )
    help_text = "".join(result.output for result in shown)
    for option in set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", TEXT)):
        if option not in ("--scheduler-file", "--nthreads", "--nworkers"):
            assert option in help_text, option


def test_the_study_of_the_catalogue_has_ten_thousand_points_over_the_four_venues():
    found = read_study("venue-tradeoffs")
    assert len(found.design) >= 10_000
    assert {"CD", "COPUOS", "paris-group", "adhoc-optin"} <= set(found.setting.venues)
    varied = " ".join(found.design.paths)
    assert all(
        word in varied
        for word in ("informality", "block_rate", "verifiable_scope", "pledges", "leadership")
    )


def test_the_note_on_the_study_holds_its_tables_and_its_size():
    note = (Path(__file__).parents[2] / "docs" / "venue-tradeoffs.md").read_text("utf-8")
    found = read_study("venue-tradeoffs")
    assert f"{len(found.design):,} points" in " ".join(note.split())
    tables = re.findall(r"<!-- made by: (\w+) -->\n(.*?)\n<!-- end -->", note, re.S)
    assert len(tables) == 9
    for name, table in tables:
        assert table.count("\n|") >= 3, f"{name}: run python tools/regenerate.py --slow"
    names = {strategy.name for strategy in found.setting.strategies}
    assert all(f"`{name}`" in dict(tables)["range"] for name in names)
