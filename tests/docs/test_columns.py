"""docs/columns.md names every column of the real files, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from negotiation_sim import api

TEXT = (Path(__file__).parents[2] / "docs" / "columns.md").read_text("utf-8")


def documented(heading: str) -> list[str]:
    """Return the columns named in a section's table."""
    section = re.split(r"^## ", TEXT, flags=re.M)
    body = next(part for part in section if part.startswith(f"`{heading}"))
    cells = re.findall(r"^\| (`[^|]*`) \|", body, re.M)
    return [name for cell in cells for name in re.findall(r"`([^`]+)`", cell)]


def matches(column: str, names: list[str]) -> str | None:
    """Return the entry that a column is documented by; ``text_<issue>`` stands for others."""
    if column in names:
        return column
    patterns = [name for name in names if "<issue>" in name]
    return next((p for p in patterns if column.startswith(p.removesuffix("<issue>"))), None)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run with four issues, so that every column is there."""
    out = tmp_path_factory.mktemp("columns")
    return api.run("bellagio-provisions", 4, out=out, beliefs=2, figures=False)


@pytest.mark.parametrize("heading", ["replicates/", "summary.csv", "positions.csv"])
def test_every_column_is_documented_and_every_entry_is_a_column(run, heading):
    real = run.load().columns if heading == "replicates/" else run.table(heading).columns
    names = documented(heading)
    assert len(names) == len(set(names))
    undocumented = [column for column in real if matches(column, names) is None]
    unused = set(names) - {matches(column, names) for column in real}
    assert not undocumented and not unused


def test_types_are_those_documented(run):
    kinds = {"word": "dictionary", "month": "int16", "bool": "bool", "int32": "int32",
             "int64": "int64", "float64": "double"}  # fmt: skip
    stated = dict(re.findall(r"^\| `([^`|]+)` \| (\w+) \|", TEXT, re.M))
    for field in run.load(lazy=True).schema:
        entry = matches(field.name, list(stated))
        assert str(field.type).startswith(kinds[stated[entry]]), field


def test_words_are_those_documented():
    from negotiation_sim.model.terms import Cause, Ending, Stage, label

    for enumeration in (Cause, Ending, Stage):
        for member in enumeration:
            assert f"`{label(member)}`" in TEXT
