"""What the documents tell people to type works: README's commands run, all others parse."""

from __future__ import annotations

import re
import tomllib
from itertools import chain
from pathlib import Path

import click
import pytest
import typer
from typer.testing import CliRunner

from helpers.documents import RUN_ID, blocks, commands
from negotiation_sim import api
from negotiation_sim.faces.cli.main import app

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("*/README.md")])
README = ROOT / "README.md"
FIRST = "pip install -c constraints.txt . && negotiation-sim run bellagio"
SECOND = 'pip install -c constraints.txt -e ".[test]" && pytest'


ALL = [(path, words) for path in DOCUMENTS for words in commands(path)]


def test_the_first_two_commands_are_the_promised_ones():
    lines = [line for block in blocks(README, "bash") for line in block.splitlines()]
    assert lines[:2] == [FIRST, SECOND]


@pytest.mark.parametrize(
    ("path", "words"), ALL, ids=[f"{p.name}-{'_'.join(w)[:60]}" for p, w in ALL]
)
def test_every_documented_command_parses(path, words):
    group = typer.main.get_command(app)
    if words[:1] == ["--help"]:
        return
    name, command, rest = group.resolve_command(click.Context(group), list(words))
    while isinstance(command, click.Group) and rest:
        name, command, rest = command.resolve_command(click.Context(command), rest)
    if "--help" not in rest:
        command.make_context(name, rest)


def shortened(words: list[str]) -> list[str]:
    """Return a command of the README with less to compute."""
    if words[0] != "run":
        return words
    for option, value in (("--precision", "0.05"), ("--replicates", "3")):
        if option in words:
            place = words.index(option) + 1
            words = [*words[:place], value, *words[place + 1 :]]
    if not {"--quick", "--precision", "--replicates"} & set(words):
        return [*words, "--replicates", "3", "--beliefs", "0"]
    return [*words, "--beliefs", "0", "--no-figures"]


def test_the_commands_of_the_readme_run_one_after_the_other(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = RUN_ID
    for words in commands(README):
        if words[0] in ("serve", "page"):
            continue  # until stopped, or minutes: tests/faces/page/ has a browser look at both
        words = [folder if word == RUN_ID else word for word in shortened(words)]
        result = CliRunner().invoke(app, words)
        assert result.exit_code == 0, (words, result.output)
        named = re.search(r"Run folder: (\S+)", result.stdout)
        folder = named[1] if named else folder
    assert (tmp_path / "path.png").exists() and (tmp_path / "my-study" / "study.yaml").exists()


def test_the_python_of_the_readme_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for block in blocks(README, "python"):
        exec(compile(block, "README.md", "exec"), {})
    printed = capsys.readouterr().out
    assert "p_success" in printed and "Conference on Disarmament" in printed


def test_paths_given_to_pytest_are_there():
    for path in DOCUMENTS:
        for words in commands(path, "pytest"):
            for word in words:
                if word.startswith("tests"):
                    assert (ROOT / word.split("::")[0]).exists(), f"{path.name}: {word}"


def test_links_between_documents_lead_somewhere():
    for path in DOCUMENTS:
        for target in re.findall(r"\]\(([^)#\s]+)", path.read_text("utf-8")):
            if "://" not in target and not target.startswith("mailto:"):
                assert (path.parent / target).exists(), f"{path.relative_to(ROOT)}: {target}"


def test_files_named_in_the_recipes_are_there():
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    for name in re.findall(r"`((?:tests|negotiation_sim|actors|venues|docs)/[\w./-]+\.\w+)", text):
        assert (ROOT / name).exists(), name
    for file, test in re.findall(r"`(tests/[\w/]+\.py)::(\w+)", text):
        assert f"def {test}(" in (ROOT / file).read_text("utf-8"), f"{file}::{test}"


def test_ci_runs_the_commands_of_the_readme():
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    assert "README.md" in script and "python tests/long.py" in script
    assert ["tests/long.py"] in commands(README, "python")


def test_pins_name_every_dependency_and_no_address():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    pins = (ROOT / "constraints.txt").read_text("utf-8")
    pinned = {re.split(r"[=<>;\s]", line)[0].lower() for line in pins.splitlines() if "==" in line}
    for requirement in wanted:
        name = re.split(r"[\[<>=~!;\s]", requirement)[0].lower()
        assert name in pinned or name == project["name"], requirement
    assert "://" not in pins and "--" not in pins


def test_the_version_is_the_same_everywhere():
    from negotiation_sim import __version__

    cited = re.search(r"^version: (\S+)$", (ROOT / "CITATION.cff").read_text("utf-8"), re.M)
    assert cited[1] == __version__
    assert api.__doc__
