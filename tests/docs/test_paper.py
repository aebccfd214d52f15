"""The drafts of the papers: numbers kept, references there, and nothing that only the owner can say."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from helpers.scripts import script

PAPER = Path(__file__).resolve().parents[2] / "paper"
TEXT = (PAPER / "paper.md").read_text("utf-8")


def test_every_number_of_a_run_or_of_the_files_is_kept():
    keys = {part.key for part in script("regenerate").parts()}
    assert {
        "paper/paper.md:scored",
        "paper/paper.md:catalogue",
        "paper/paper.md:mechanisms",
    } <= keys
    assert {f"paper/data.md:{name}" for name in ("rows", "agreement", "hindsight", "aside")} <= keys
    assert not script("regenerate").check(script("regenerate").chosen(
        ["paper/paper.md", "paper/data.md"], slow=False))  # fmt: skip


def test_the_numbers_that_are_left_are_years_and_names():
    for name in ("paper.md", "data.md"):
        text = (PAPER / name).read_text("utf-8").split("---\n")[-1]
        sentences = [s for s in script("regenerate").SENTENCES if s[0] == f"paper/{name}"]
        for _, _, _, make, words in sentences:
            values = {k: re.escape(v) for k, v in make().items()}
            form = r"\s+".join(re.escape(w) for w in words.split())
            for key, value in values.items():
                form = form.replace(re.escape("{" + key + "}"), value)
            text, times = re.subn(form, "", text)
            assert times == 1, (name, words)
        left = set(re.findall(r"(?<![\w@.])\d+(?:\.\d+)?(?!\w)", text))
        assert all(re.fullmatch(r"(?:19|20)\d\d|0|1", number) for number in left), (name, left)


def test_every_citation_has_its_reference_and_every_reference_is_cited():
    cited = set(re.findall(r"@(\w+)", TEXT.split("---\n", 2)[2]))
    entries = set(re.findall(r"^@\w+\{(\w+),", (PAPER / "paper.bib").read_text("utf-8"), re.M))
    assert cited == entries and len(cited) >= 6


def test_the_head_is_that_of_the_journal_and_the_length_too():
    head = yaml.safe_load(TEXT.split("---\n")[1])
    assert {"title", "tags", "authors", "affiliations", "date", "bibliography"} <= head.keys()
    headings = re.findall(r"^# (.+)$", TEXT, re.M)
    assert headings[:2] == ["Summary", "Statement of need"] and headings[-1] == "References"
    assert 400 < len(TEXT.split()) < 1000
