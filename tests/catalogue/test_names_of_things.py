"""What is legal in a name works in every output, or is refused with its place."""

from __future__ import annotations

import csv
import io
import re
import tempfile
import warnings
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import catalogue_files
from negotiation_sim.catalogue import check_paths, load_setting
from negotiation_sim.catalogue.names import LONGEST_ID, LONGEST_NAME, TAKEN, check_id, check_name
from negotiation_sim.catalogue.strict_yaml import parse
from negotiation_sim.errors import CatalogueError, UsageError, readable
from negotiation_sim.faces import api
from negotiation_sim.faces.report.writing import markdown_cell
from negotiation_sim.runs.store.point_columns import point_schema

EXPERIMENT = "experiments/small.yaml"
NASTY = 'Ein Verbot, 50 % & <b>mehr</b> | $x_1$ *so* "hier"; 東京 \u0627\u0628 {{7}} #1'


def catalogue(folder: Path, old: str, new: str, file: str = EXPERIMENT) -> Path:
    text = catalogue_files.files()[file]
    assert old in text
    return catalogue_files.write(folder, {file: text.replace(old, new)})


@pytest.mark.parametrize("bad", ["A B", "A:B", "A.B", "A-B", "A,B", "A+B", "A@B", "_A", "A" * 65])
def test_an_actor_whose_id_a_table_could_not_hold_is_refused(bad, tmp_path):
    files = catalogue_files.files()
    changes = {
        f"actors/{bad[:80]}.yaml": files["actors/USA.yaml"].replace("id: USA", f"id: '{bad}'")
    }
    root = catalogue_files.write(tmp_path, changes)
    found = check_paths([root / f"actors/{bad}.yaml"], root=root)
    assert [e for e in found if e.field == "id" and e.line == 1], found


@pytest.mark.parametrize("bad", ["f orm", "f:orm", "f.orm", "f+orm", "=form", "x" * 65, *TAKEN])
def test_an_issue_whose_id_a_table_could_not_hold_is_refused(bad, tmp_path):
    root = catalogue(tmp_path, "issues: [form, scope]", f"issues: ['{bad}', scope]")
    found = check_paths([root / EXPERIMENT], root=root)
    assert [e for e in found if e.field == "issues.0" and e.line], found


def test_the_taken_names_of_issues_are_those_of_the_columns():
    ours = {name.removeprefix("mean_") for name in point_schema({}, []).names if "mean_" in name}
    assert set(TAKEN) == ours - {"form", "scope"}


@pytest.mark.parametrize(
    "bad",
    ["=1+1", "+x", "-x", "@x", "_x", " x", "x ", "", "a`b", "a\\nb", "a\\e[31mb", "a\\u202eb",
     "x" * (LONGEST_NAME + 1), "a\\u2028b", "a\\x9bb"],
)  # fmt: skip
def test_a_name_that_some_output_could_not_hold_is_refused(bad, tmp_path):
    root = catalogue(tmp_path, "name: A small experiment", f'name: "{bad}"')
    with pytest.raises(CatalogueError, match=r"small\.yaml:2: name: "):
        load_setting("small", root=root)


def test_the_longest_name_and_id_are_taken(tmp_path):
    root = catalogue(tmp_path, "name: A small experiment", f"name: {'n' * LONGEST_NAME}")
    assert load_setting("small", root=root).name == "n" * LONGEST_NAME
    assert check_id("i" * LONGEST_ID) == "i" * LONGEST_ID


@pytest.mark.parametrize("letter", ["\\e", "\\0", "\\x7f", "\\x85", "\\u2029", "\\u2066"])
def test_no_text_of_a_file_commands_a_terminal(letter):
    with pytest.raises(CatalogueError, match=r"a\.yaml:2: note: a character that no text may hold"):
        parse(f'id: x\nnote: "a{letter}b"\n', "a.yaml")


def test_a_message_is_short_and_plain():
    error = str(UsageError("no actor '" + "x" * 100_000 + "\x1b[2J\u202e'"))
    assert len(error) < 400 and error.isprintable()
    assert readable("zwei\nZeilen, Köln 東京") == "zwei\nZeilen, Köln 東京"


@given(st.text(max_size=60))
def test_a_legal_name_is_one_cell_of_a_table_of_any_kind(text):
    try:
        check_name(text)
    except ValueError:
        return
    sink = io.StringIO()
    csv.writer(sink).writerow([text, 1])
    assert next(csv.reader(io.StringIO(sink.getvalue()))) == [text, "1"]
    assert not text.startswith(("=", "+", "-", "@"))
    assert readable(text).isprintable() and "\n" not in text
    cell = markdown_cell(text)
    assert not re.search(r"(?<!\\)(?:\\\\)*[|*<\[]", cell)
    assert re.sub(r"\\([\\|*<\[\]~#_])", r"\1", cell) == " ".join(text.split())


SIGNS = "$_^{}\\%&#~|*<>[]()\"',;:!?/=+-@. äßéñЖ東あ\u0627\u05d0😀"


@pytest.mark.long
@pytest.mark.timeout(900)
@settings(max_examples=8)
@given(
    st.lists(
        st.text(st.sampled_from(SIGNS + "abcXYZ"), min_size=1, max_size=30)
        .map(lambda text: "n" + text.strip())
        .map(str.strip),
        min_size=4, max_size=4, unique=True,
    )
)  # fmt: skip
def test_legal_names_go_through_run_figures_report_and_csv(names):
    with tempfile.TemporaryDirectory() as folder:
        carried(names, Path(folder))


def test_a_nasty_name_goes_through_everything(tmp_path):
    carried([NASTY, NASTY + "2", "東京の会議", "$\\alpha$ $"], tmp_path)


def carried(names: list[str], folder: Path) -> None:
    """Run a study whose experiment, strategies and states bear the names; look at every output."""
    quoted = [name.replace("'", "''") for name in names]
    experiment, first, second, state = quoted
    text = catalogue_files.EXPERIMENT.replace("A small experiment", f"'{experiment}'")
    entries = (
        f"  - name: '{first}'\n    tracks: ban@CD\n  - name: '{second}'\n    tracks: code@CD\n"
    )
    text = re.sub(r"strategies:\n(?:  .*\n)+", lambda _: f"strategies:\n{entries}", text)
    usa = catalogue_files.files()["actors/USA.yaml"].replace("United States", f"'{state}'")
    root = catalogue_files.write(folder / "c", {EXPERIMENT: text, "actors/USA.yaml": usa})
    file = root / EXPERIMENT
    out = folder / "out"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run = api.run(file, 40, 1, out, beliefs=0, threads=1)
        assert list(run.summary["strategy"]) == names[1:3]
        assert set(run.load()["strategy"]) == set(names[1:3])
        assert (run.folder / "figures" / "causes.png").is_file()
        assert not [line for line in run.log.get("figures", []) if "could not" in line]
        written = api.report(run.folder)
        api.compare(run.folder)
        api.causes(run.folder, replicates=20, threads=1)
        api.trace(file, names[1], html=folder / "replay.html", plot=folder / "path.png")
    rows = [line for line in written.markdown.read_text("utf-8").splitlines() if line[:1] == "|"]
    cells = [len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) for row in rows]
    assert cells and all(cells)
    page = written.html.read_text("utf-8")
    assert "<b>mehr</b>" not in page
