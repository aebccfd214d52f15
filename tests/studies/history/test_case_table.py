"""The coded cases: read strictly, refused in words, and what tells of outcomes kept out."""

import csv
import random
from collections import Counter

import pytest

from helpers.coded_rows import coded_row, write_coded
from negotiation_sim.catalogue import find_root
from negotiation_sim.catalogue.coded_case import CASE_COLUMNS, LIVE_COLUMNS
from negotiation_sim.errors import CatalogueError
from negotiation_sim.studies.history.case_table import (
    CASES,
    HALF,
    OUTCOME_TELLING,
    coded_cases,
    open_mandates,
    read_coded,
    read_open,
)
from negotiation_sim.studies.history.coded_columns import facts_of


def test_the_shipped_tables_are_whole():
    cases, still_open = coded_cases(), open_mandates()
    assert (len(cases), len(still_open)) == (837, 40)
    assert Counter(case.older for case in cases) == {True: 470, False: 367}
    assert all(case.resolution and case.outcome5 is None for case in still_open)


def test_the_first_251_are_among_them_unchanged():
    folder = (find_root() / CASES).parent

    def rows(name):
        lines = (folder / name).read_text("utf-8").splitlines()
        return {row["id"]: row for row in csv.DictReader(lines)}

    whole = rows("cases.csv")
    for key, row in rows("cases-first-251.csv").items():
        assert {name: whole[key][name] for name in row} == row


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"domain": "arm"}, "domain: found 'arm'; did you mean 'arms'?"),
        ({"venue_class": ""}, "venue_class: found nothing; allowed: CD"),
        ({"scope": "1.01"}, "scope: found '1.01'; input should be less than or equal to 1"),
        ({"scope": "nan"}, "scope: found 'nan'"),
        ({"us": "2"}, "us: found '2'; allowed: -1, 0, 1"),
        ({"us": ""}, "us: found nothing"),
        ({"eu": "for"}, "eu: found 'for'; allowed: -1, 0, 1, nothing"),
        ({"shock": "true"}, "shock: found 'true'; allowed: 0, 1"),
        ({"outcome5": "1"}, "outcome5: found '1'; allowed: False, True, nothing"),
        ({"mandate": "1974-13-01"}, "mandate: found '1974-13-01'; month must be in 1..12"),
        ({"mandate": ""}, "mandate: found nothing; a date is written"),
        ({"mandate": "0974-01"}, "the year is not between 1900 and 2100"),
        ({"deadline": "soon"}, "deadline: found 'soon'; a year, 'none', or nothing"),
        ({"participants": "many"}, "participants: found 'many'; a number of states"),
        ({"regime": "protocl"}, "regime: found 'protocl'; did you mean 'protocol'?"),
        ({"adopted": "1974-12-08"}, "adopted: 1974-12-08 is before the mandate of 1974-12-09"),
        ({"outcome10": "False"}, "outcome10: adopted within five years, so within ten"),
        ({"adopted": ""}, "adopted: a text adopted within five years has a date"),
    ],
)  # fmt: skip
def test_a_bad_cell_is_refused_with_line_and_column(tmp_path, change, said):
    path = write_coded(tmp_path / "new.csv", [coded_row(), coded_row(id="b", **change)])
    with pytest.raises(CatalogueError) as caught:
        read_coded(path)
    assert str(caught.value).startswith(f"{path}:3: ") and said in str(caught.value)


def test_dates_may_be_months_and_years_and_the_day_of_adoption_that_of_the_mandate(tmp_path):
    rows = [coded_row(mandate="1974-12", adopted="1974"), coded_row(id="b", adopted="1974-12-09")]
    cases = read_coded(write_coded(tmp_path / "new.csv", rows))
    assert [case.mandated.isoformat() for case in cases] == ["1974-12-16", "1974-12-09"]


def test_columns_are_neither_missing_nor_new_and_ids_come_once(tmp_path):
    without = [name for name in CASE_COLUMNS if name != "shock"]
    row = {name: coded_row()[name] for name in without}
    with pytest.raises(CatalogueError, match="1: shock: no such column"):
        read_coded(write_coded(tmp_path / "a.csv", [row], without))
    wide = [*CASE_COLUMNS, "shok"]
    with pytest.raises(CatalogueError, match="1: shok: no such column; did you mean 'shock'"):
        read_coded(write_coded(tmp_path / "b.csv", [{**coded_row(), "shok": "1"}], wide))
    with pytest.raises(CatalogueError, match="3: id: 'a' is there already, in line 2"):
        read_coded(write_coded(tmp_path / "c.csv", [coded_row(), coded_row()]))


def test_an_open_mandate_has_no_outcome_and_a_way_to_be_resolved(tmp_path):
    row = {k: v for k, v in coded_row(resolution="a report").items() if k in LIVE_COLUMNS}
    ended = row | {"outcome5": "", "outcome10": ""}
    with pytest.raises(CatalogueError, match="2: adopted: 'a' has an outcome"):
        read_open(write_coded(tmp_path / "a.csv", [ended], LIVE_COLUMNS))
    silent = ended | {"adopted": "", "resolution": ""}
    with pytest.raises(CatalogueError, match="2: resolution: 'a' does not say what would count"):
        read_open(write_coded(tmp_path / "b.csv", [silent], LIVE_COLUMNS))


def test_facts_do_not_change_with_what_tells_of_outcomes(tmp_path):
    path = find_root() / CASES
    rows = [*csv.DictReader(path.read_text("utf-8").splitlines())]
    told = (
        *OUTCOME_TELLING, "start", "adopted", "failed", "entry_into_force", "outcome5", "outcome10",
        "outcome5_flag", "confidence", "source", "note", "sure", "ref",
    )  # fmt: skip
    order = random.Random(1).sample(range(len(rows)), len(rows))
    mixed = [{**row, **{k: rows[i][k] for k in told}} for row, i in zip(rows, order, strict=True)]
    for row in mixed:  # a mandate's own date may be later than another's outcome
        row |= {"adopted": "", "outcome5": "", "outcome10": ""}
    shuffled = read_coded(
        write_coded(tmp_path / "mixed.csv", mixed, [*CASE_COLUMNS, *OUTCOME_TELLING, HALF])
    )
    assert [facts_of(case) for case in shuffled] == [facts_of(case) for case in coded_cases()]
