"""Tables as spreadsheets write them: read with what was assumed, or refused with line and column."""

from __future__ import annotations

import pytest

from helpers import foreign_files
from negotiation_sim.errors import NegotiationSimError
from negotiation_sim.faces.api import sweep_calls
from negotiation_sim.runs.sweep.design.spec import read_points
from negotiation_sim.studies.history.cases import read_cases
from negotiation_sim.studies.history.issues import read_issues
from negotiation_sim.studies.sealing import read_outcomes

POINTS = "environment.pace,actors.USA.trust\n0.1,0.5\n0.2,0.25\n"
WANTED = (
    {"environment.pace": 0.1, "actors.USA.trust": 0.5},
    {"environment.pace": 0.2, "actors.USA.trust": 0.25},
)
WRITTEN = {
    "plain": (POINTS, "utf-8", ""),
    "semicolons": (POINTS.replace(",", ";"), "utf-8", "semicolons"),
    "decimal commas": (POINTS.replace(",", ";").replace("0.", "0,"), "utf-8", "decimal mark"),
    "tabs": (POINTS.replace(",", "\t"), "utf-8", "tabs"),
    "tabs and commas": (POINTS.replace(",", "\t").replace("0.", "0,"), "utf-8", "decimal mark"),
    "utf-16": (POINTS.replace(",", "\t"), "utf-16", "UTF-16"),
    "mark": (POINTS, "utf-8-sig", ""),
    "blank rows": (POINTS + ",\n,\n\n", "utf-8", ""),
    "returns": (POINTS.replace("\n", "\r\n"), "utf-8", ""),
    "blank columns": (POINTS.replace("\n", ",,\n"), "utf-8", ""),
    "index": (",environment.pace,actors.USA.trust\n0,0.1,0.5\n1,0.2,0.25\n", "utf-8", "counts the"),
    "index from 1": ("index;environment.pace;actors.USA.trust\n1;0,1;0,5\n2;0,2;0,25\n", "utf-8", "counts"),
    "quotes": ('"environment.pace","actors.USA.trust"\n"0.1","0.5"\n"0.2","0.25"\n', "utf-8", ""),
}  # fmt: skip


@pytest.mark.parametrize("how", WRITTEN)
def test_points_are_read_however_a_spreadsheet_writes_them(how, tmp_path):
    text, encoding, assumed = WRITTEN[how]
    file = tmp_path / "points.csv"
    file.write_bytes(text.encode(encoding))
    points, said = read_points(file)
    assert points == WANTED
    assert (assumed in " ".join(said)) if assumed else not said
    study = sweep_calls.read("bellagio", None, 1, tmp_path, None, {"points": str(file)})
    assert len(study.design) == 2


@pytest.mark.parametrize(("cell", "value"), [("TRUE", True), ("False", False), ("true", True)])
def test_truths_in_capitals_are_truths(cell, value, tmp_path):
    file = tmp_path / "points.csv"
    file.write_text(f"venues.CD.universal\n{cell}\n", "utf-8")
    assert read_points(file)[0] == ({"venues.CD.universal": value},)


REFUSED = {
    "a mark for thousands": ("a;b\n0,1;1.234,5\n", "points.csv:2: b: '1.234,5' may be two"),
    "two marks": ("a;b\n0,1;1\n0.2;1\n", "points.csv:3: a: '0.2': decimal commas and points"),
    "a long line": ("a,b\n1,2\n1,2,3\n", "points.csv:3: 3 cells, but the lines above have 2"),
    "a name twice": ("a,a\n1,2\n", "points.csv:1: 'a' stands twice"),
    "no name": ("a,\n1,2\n", "points.csv:1: a column without a path"),
    "no rows": ("a,b\n", "points.csv:1: expected points"),
    "nothing": ("\n\n", "points.csv: is empty"),
    "a workbook": ("PK\x03\x04rest", "points.csv: a workbook, not a table; save the sheet as CSV"),
    "no text": ("a,b\0\n1,2\n", "points.csv: is not text"),
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_is_ambiguous_is_refused_with_its_place(why, tmp_path):
    text, says = REFUSED[why]
    file = tmp_path / "points.csv"
    file.write_text(text, "utf-8")
    with pytest.raises(NegotiationSimError) as told:
        read_points(file)
    assert says in str(told.value)


CASES = "id,name,adopted,mandate,participants\nx,Köln,1997-12,1995-03,28\ny,b,,1995-03,90\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("more", ["", ",,,,\n,,,,\n"])
def test_cases_are_read_however_a_spreadsheet_writes_them(encoding, separator, more, tmp_path):
    plain, other = tmp_path / "plain.csv", tmp_path / "other.csv"
    plain.write_text(CASES, "utf-8")
    other.write_bytes((CASES + more).replace(",", separator).encode(encoding))
    assert read_cases(other) == read_cases(plain)
    assert [case.name for case in read_cases(other)[0]] == ["Köln", "b"]


def test_cases_with_a_column_that_counts_are_read(tmp_path):
    plain, other = tmp_path / "plain.csv", tmp_path / "other.csv"
    plain.write_text(CASES, "utf-8")
    head, *rows = CASES.splitlines()
    lines = [f",{head}", *(f"{n},{row}" for n, row in enumerate(rows))]
    other.write_text("\n".join(lines) + "\n", "utf-8")
    assert read_cases(other)[0] == read_cases(plain)[0]


@pytest.mark.parametrize("read", [read_cases, read_issues])
def test_a_number_with_two_marks_is_refused_in_every_table(read, tmp_path):
    text = CASES.replace(",28", ",'28'") if read is read_cases else foreign_files.deu()
    old = "'28'" if read is read_cases else "12.5"
    file = tmp_path / "table.csv"
    file.write_text(text.replace(",", ";").replace(old, "1.234,5", 1), "utf-8")
    with pytest.raises(
        NegotiationSimError, match=r"table\.csv:2: \w+: '1\.234,5' may be two numbers"
    ):
        read(file)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_issues_and_outcomes_are_read_however_a_spreadsheet_writes_them(
    separator, encoding, tmp_path
):
    plain, other = tmp_path / "plain.csv", tmp_path / "other.csv"
    plain.write_text(foreign_files.deu(), "utf-8")
    text = foreign_files.deu().replace(",", separator)
    if separator != ",":
        text = text.replace(".", ",")
    head, *lines = text.splitlines()
    counted = [f"{separator}{head}", *(f"{n}{separator}{line}" for n, line in enumerate(lines, 1))]
    other.write_bytes(("\n".join(counted) + f"\n{separator}{separator}\n\n").encode(encoding))
    assert repr(read_issues(other)) == repr(read_issues(plain))
    truths = f"number{separator}outcome\n1{separator}TRUE\n2{separator}False\n{separator}\n"
    other.write_bytes(truths.encode(encoding))
    assert read_outcomes(other) == {1: 1.0, 2: 0.0}
