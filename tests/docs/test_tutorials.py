"""The three tutorials run from top to bottom, and what they say of the results is so."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from helpers.documents import RUN_ID, blocks, commands
from helpers.scripts import script
from negotiation_sim import api
from negotiation_sim.faces.cli.main import app
from negotiation_sim.runs import store

DOCS = Path(__file__).parents[2] / "docs"
ANALYST, INSTRUCTOR = DOCS / "tutorial-analyst.md", DOCS / "tutorial-instructor.md"
SCHOLAR = DOCS / "tutorial-scholar.ipynb"
SHORTER = script("build_site").SMALLER


def shortened(words: list[str], folder: str) -> list[str]:
    """Return a command of a tutorial with its placeholder filled and less to compute."""
    words = [folder if word == RUN_ID else word for word in words]
    return [*words, *SHORTER.get(words[0], [])]


def typed(path: Path) -> tuple[str, str]:
    """Run all commands of a tutorial; return the run folder named and all that was printed."""
    folder, printed = RUN_ID, []
    for words in commands(path):
        words = shortened(words, folder)
        result = CliRunner().invoke(app, words)
        assert result.exit_code == 0, (words, result.output)
        named = re.search(r"Run folder: (\S+)", result.stdout)
        folder = named[1] if named else folder
        printed.append(result.stdout)
    return folder, "\n".join(printed)


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.long
def test_the_analyst_ends_with_a_report_that_holds_the_studies(here):
    folder, _ = typed(ANALYST)
    report = (Path(folder) / "report.md").read_text("utf-8")
    assert "What if one of them had given way? `code@adhoc-optin`" in report
    assert "reaches the target?" in report and "code@paris-group" in report
    assert "code@gge" not in report
    # what it says on Monday
    answer = report.split("## The same in figures")[1].split("##")[0]
    assert "`code@adhoc-optin`" in answer and "surely more so than each of the other 3" in answer
    assert "that is about as likely as not" in answer
    why = re.search(r"fails most often is open between these: (.+?);", answer, re.S)[1]
    for cause in (
        "too few of the capable take part",
        "text is not agreed",
        "initiative is withdrawn",
    ):
        assert cause in why
    assert "between them in no order that is sure" in answer


@pytest.mark.long
def test_what_the_instructor_is_told_to_read_is_there(here):
    folder, _ = typed(INSTRUCTOR)
    assert "issue space" in (here / "cd.html").read_text("utf-8").lower()
    causes = store.open_run(folder).summary.set_index("strategy")["main_cause"]
    explained = {word.lower() for word in re.findall(r"\*(\w+)\*", INSTRUCTOR.read_text("utf-8"))}
    assert {"linkage", "mandate", "text", "time", "ratification"} <= explained
    told = causes[["ban-treaty@CD", "ban-treaty@COPUOS", "ban-treaty@adhoc-optin"]]
    assert set(told) <= explained
    (block,) = blocks(INSTRUCTOR, "python")
    known: dict = {}
    exec(compile(block.replace("replicates=1000", "replicates=300"), "instructor", "exec"), known)
    ten = known["ten"].summary.set_index("strategy").loc["ban-treaty@CD"]
    assert ten["main_cause"] in explained | {"participation"}


def cells() -> list[str]:
    """Return the code of the notebook, with less to compute."""
    notebook = json.loads(SCHOLAR.read_text("utf-8"))
    assert notebook["nbformat"] == 4
    found = ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code"]
    assert all(not c.get("outputs") for c in notebook["cells"]), "no outputs are kept"
    for long, short in script("build_site").SMALLER_CELLS.items():
        long, short = (json.loads(f'"{text}"') for text in (long, short))
        assert any(long in cell for cell in found), long
        found = [cell.replace(long, short) for cell in found]
    return found


@pytest.mark.long
def test_the_notebook_of_the_scholar_runs(here):
    known: dict = {}
    shown = []
    for number, cell in enumerate(cells()):
        source = "\n".join(line for line in cell.splitlines() if not line.startswith("%"))
        tree = ast.parse(source)
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, f"cell {number}", "exec"), known)
        if last is not None:
            shown.append(eval(compile(ast.Expression(last.value), f"cell {number}", "eval"), known))
    drawn = [each for each in shown if hasattr(each, "savefig")]
    assert len(drawn) == 2
    points = known["points"]
    mandates = points.groupby("venues.CD.leadership")["p_mandate"].mean()
    assert mandates[8.0] > mandates[1.0] + 0.05, "the mandate comes with leadership"
    assert isinstance(known["report"], type(api.report(known["run"], strategies=["code@CD"])))
