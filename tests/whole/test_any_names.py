"""Legal names and ids of any letters and signs go through everything that reads or shows them."""

from __future__ import annotations

import csv
import io
import re
import tempfile
import warnings
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from helpers import catalogue_files
from helpers.browser import Watched, served
from negotiation_sim.catalogue import check_paths
from negotiation_sim.catalogue.names import (
    check_code,
    check_id,
    check_issue,
    check_name,
    odd_character,
)
from negotiation_sim.catalogue.strict_yaml import plain_value
from negotiation_sim.faces import api
from negotiation_sim.faces.cli.main import app
from negotiation_sim.faces.page.address import TABS

pytestmark = [pytest.mark.long, pytest.mark.timeout(1800)]

SIGNS = "$_^{}\\%&#~|*<>[]()\"',;:!?/=+-@. \u00a0\u200d"
LETTERS = "abXYZ019äßéñİ\u0131ÅЖλ東あ한עם\U0001d4b3"


def legal(check):
    def is_legal(text: str) -> bool:
        try:
            return check(text) == text and isinstance(plain_value(text), str)
        except ValueError:
            return False

    return is_legal


def drawn(check, letters: str):
    anything = st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"))
    text = st.text(st.one_of(st.sampled_from(letters), anything), min_size=1, max_size=18)
    return text.filter(legal(check))


NAME = drawn(check_name, LETTERS + SIGNS)
ID = drawn(check_id, LETTERS + "-_")
CODE = drawn(check_code, LETTERS + "_")
ISSUE = drawn(check_issue, LETTERS + "-_")
WORDS = st.fixed_dictionaries(
    {
        "USA": CODE, "CAN": CODE, "form": ISSUE, "scope": ISSUE, "CD": ID, "ban": ID, "small": NAME,
        "United States": NAME, "The CD": NAME, "The ban": NAME, "A small experiment": NAME,
        "first": NAME, "second": NAME, "folder": ID,
    }
).filter(lambda words: len({w.casefold() for w in words.values()}) == len(words))  # fmt: skip
IDS = ("USA", "CAN", "form", "scope", "CD", "ban")
NAMES = ("United States", "The CD", "The ban", "A small experiment")


ENTRIES = (
    "  - name: \0a\0\n    tracks: ban@CD\n"
    "  - name: \0b\0\n    tracks: ban@CD>adhoc-optin+code@paris-group\n"
)


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def write_study(words: dict[str, str], place: Path) -> Path:
    """Write the small catalogue as a study of its own in which these are the names and ids."""
    pattern = re.compile(r"(?<![\w-])(" + "|".join(IDS) + r")(?![\w]|-[a-z])")
    root = place / words["folder"]
    for name, text in catalogue_files.files().items():
        if name.endswith("population.yaml"):  # its columns are the catalogue's own issues
            continue
        text = text.replace(", ALB]", "]").replace(", CUB]", "]")
        if "/initiatives/" in name:  # no issue of the study says which form is binding
            text += "binding: true\n"
        kept = {f"\0{n}\0": quoted(words[found]) for n, found in enumerate(NAMES)}
        for mark, found in zip(kept, NAMES, strict=True):
            text = text.replace(f"name: {found}\n", f"name: {mark}\n")
        if name.endswith("small.yaml"):
            text = re.sub(r"strategies:\n(?:  .*\n)+", f"strategies:\n{ENTRIES}", text)
            text = text.replace("id: small\n", "id: \0c\0\n")
            kept |= {"\0a\0": quoted(words["first"]), "\0b\0": quoted(words["second"])}
            kept |= {"\0c\0": quoted(words["small"])}
        if name.endswith("ties.yaml"):
            text = text.replace("CAN-USA", "\0pair\0")
            kept["\0pair\0"] = quoted("-".join(sorted((words["CAN"], words["USA"]))))
        text = pattern.sub(lambda found: words[found[1]], text)
        for mark, instead in kept.items():
            text = text.replace(mark, instead)
        new = pattern.sub(lambda found: words[found[1]], name)
        path = root / ("study.yaml" if name.endswith("small.yaml") else new)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


@settings(
    max_examples=6, deadline=None, suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),  # an example takes ten seconds: no shrinking
)  # fmt: skip
@given(WORDS)
def test_legal_names_and_ids_go_through_everything(words):
    with tempfile.TemporaryDirectory() as folder:
        carried(words, Path(folder))


def carried(words: dict[str, str], place: Path) -> None:
    """Check, run, trace, causes, compare, export, report and figures of one study."""
    root = write_study(words, place)
    assert [str(error) for error in check_paths([root], root=root)] == []
    wanted = [words["first"], words["second"]]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        run = api.run(root, 30, 1, place / "out", beliefs=0, threads=1)
        assert run.manifest["counts"]["errors"] == 0
        assert list(run.summary["strategy"]) == wanted
        assert not [line for line in run.log.get("figures", []) if "could not" in line]
        causes = api.causes(run, replicates=20, threads=1)
        assert causes.strategies == wanted
        blockers = {b for cell in run.load()["blockers"] for b in str(cell).split() if ":" in b}
        assert {b.split(":")[0] for b in blockers} <= {words["USA"], words["CAN"], "CHN"}
        api.compare(run)
        story = api.trace(root, words["second"], html=place / "r.html", plot=place / "p.png")
        assert str(story).splitlines()[0].startswith(words["small"])
        written = api.report(run)
        tables = api.export(run)
    assert (
        words["second"] in written.markdown.read_text("utf-8").replace("\\", "")
        or "\\" in words["second"]
    )
    for table in tables:
        rows = list(csv.reader(io.StringIO(table.read_text("utf-8"))))
        assert len({len(row) for row in rows}) == 1
        assert not [c for row in rows for c in row if c[:1] in "=@" and c[:1]]
    for line in (["run", str(root)], ["causes", str(run.folder)], ["compare", str(run.folder)]):
        more = ["--out", str(place / "out"), "--replicates", "30"] if line[0] != "compare" else []
        more += ["--beliefs", "0", "--no-figures"] if line[0] == "run" else []
        done = CliRunner().invoke(app, [*line, *more])
        assert done.exit_code == 0, done.output
        assert not odd_character(done.output)


SAMPLE = {
    "USA": "Ñ1_あ", "CAN": "א9", "form": "größe-ß", "scope": "가_2", "CD": "東-京", "ban": "été_é",
    "small": "Ein & <b>Fall</b>", "United States": "Ver$tag$ {{x}} \"q\" 'r'", "The CD": "C|D; #1 %s",
    "The ban": "<script>alert(1)</script>", "A small experiment": "\\alpha_{1}^2 *mit* [x](y), 50 %",
    "first": "eins, zwei: x", "second": "drei & vier > fünf @ + sechs \u200d😀",
    "folder": "東京-study",
}  # fmt: skip


def test_a_sample_of_names_goes_through_everything(tmp_path):
    carried(SAMPLE, tmp_path)


def test_the_page_shows_them_as_they_are(chrome, tmp_path):
    root = write_study(SAMPLE, tmp_path)
    with served(str(root), folder=tmp_path) as (address, _):
        visitor = Watched(chrome.new_context(), address)
        for tab in TABS:
            visitor.open(f"/?tab={tab}&month=60")
            visitor.page.wait_for_timeout(300)
            if tab == "compare":
                visitor.wait_text("status", "^Done", 120)
            text = visitor.page.inner_text("body")
            assert visitor.page.locator("b", has_text=re.compile("^Fall$")).count() == 0
            if tab in ("watch", "compare"):
                assert SAMPLE["first"] in text or SAMPLE["second"] in text, tab
        assert visitor.complaints == [] and visitor.foreign == []
