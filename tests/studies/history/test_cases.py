"""Reading historical cases, odd values and all."""

import math

import pytest

from helpers.case_rows import row, write_cases
from negotiation_sim.catalogue import find_root
from negotiation_sim.errors import CatalogueError
from negotiation_sim.model.terms import DecisionRule
from negotiation_sim.studies.history.cases import COLUMNS, last_known, read_cases


def read(tmp_path, *rows, columns=COLUMNS):
    return read_cases(write_cases(tmp_path / "cases.csv", rows, columns))


def test_a_plain_row(tmp_path):
    (case,), notes = read(tmp_path, row())
    assert notes == []
    assert (case.binding, case.scope, case.participants) == (True, 0.3, 31)
    assert case.rule.rule == DecisionRule.CONSENSUS and case.mandate == (1974, 12)
    assert case.adopted_after == pytest.approx(2.0, abs=0.01) and case.failed_after is None
    assert (case.outcome5, case.outcome10, case.scored) == (True, True, True)


def test_odd_values_are_filled_by_rule_and_noted(tmp_path):
    odd = row(
        id="b", binding="", scope="n/a", participants="?", us="", verification="1.7",
        mandate="soon", decision_rule="", outcome5="", outcome5_flag="mandate ambiguous",
    )  # fmt: skip
    (_, case), notes = read(tmp_path, row(), odd)
    assert (case.binding, case.scope, case.participants, case.us) == (True, 0.4, 60, 0)
    assert (case.verification, case.mandate, case.rule) == (1.0, (1990, 1), None)
    assert case.outcome5 is None and not case.scored and case.adopted_after is None
    assert len(notes) == 5 and all("line 3" in note for note in notes)


def test_the_facts_of_the_mandate(tmp_path):
    said = row(deadline="1976", draft=2, regime="protocol", task="explore", earlier=1, shock=1,
               eu=1, g77=-1)  # fmt: skip
    (case, other), notes = read(tmp_path, said, row(id="b", deadline="none"))
    assert notes == []
    assert case.deadline_years == pytest.approx(2 + 1 / 12) and other.deadline_years == math.inf
    assert (case.draft, case.regime, case.task, case.earlier) == (2, "protocol", "explore", 1)
    assert (case.shock, case.eu, case.g77) == (True, 1, -1)
    assert (other.shock, other.eu, other.g77) == (False, None, None)


def test_missing_facts_are_filled_by_rule_and_noted(tmp_path):
    bare = row(deadline="", draft="", regime="", task="?", earlier="", shock="")
    (case,), notes = read(tmp_path, bare)
    assert case.deadline_years is None
    assert (case.draft, case.regime, case.task, case.earlier) == (0, "new", "elaborate", 0)
    assert sorted(note.split()[0] for note in notes) == [
        "deadline", "draft", "earlier", "regime", "task",
    ]  # fmt: skip


def test_outcomes_follow_from_dates_where_the_columns_are_absent(tmp_path):
    columns = [c for c in COLUMNS if not c.startswith("outcome")]
    rows = [
        row(id="in", adopted="1979-12-01"), row(id="late", adopted="1980-12-01"),
        row(id="never", adopted="", failed="1976"), row(id="open", adopted=""),
    ]  # fmt: skip
    cases, _ = read(tmp_path, *rows, columns=columns)
    assert [c.outcome5 for c in cases] == [True, False, False, None]
    assert [c.outcome10 for c in cases] == [True, True, False, None]


def test_only_the_id_is_required(tmp_path):
    (case,), notes = read(tmp_path, row(), columns=["id"])
    assert case.outcome5 is None and "no column 'scope'" in notes


@pytest.mark.parametrize("stance", ["for", "1", "+1", "0.8"])
def test_stances_in_words_and_numbers(tmp_path, stance):
    (case,), _ = read(tmp_path, row(us=stance, rus="against", chn="neutral"))
    assert (case.us, case.rus, case.chn) == (1, -1, 0)


def test_an_id_given_twice_is_refused(tmp_path):
    with pytest.raises(CatalogueError) as caught:
        read(tmp_path, row(), row())
    assert (caught.value.line, caught.value.field) == (3, "id")


def test_the_training_cases_as_shipped():
    cases, notes = read_cases(find_root() / "experiments" / "backtest" / "cases-first-251.csv")
    assert len(cases) == 251
    scored = [case for case in cases if case.scored and case.outcome5 is not None]
    assert len(scored) == 243
    assert sum(case.outcome5 for case in scored) / 243 == pytest.approx(0.527, abs=5e-4)
    for case in scored:
        if case.adopted_after is not None:
            assert (case.adopted_after <= 5.0) == case.outcome5, case.id
    absent = ("deadline", "draft", "regime", "task", "earlier", "shock", "eu", "g77")
    assert notes == [
        *(f"no column '{name}'" for name in absent),
        "participants missing, taken as 60: 17 (line 69, 70, 72, 78, 91, ...)",
    ]


def test_the_last_month_that_outcomes_speak_of(tmp_path):
    plain = {"mandate": "1974-12-09", "adopted": "", "outcome5": "", "outcome10": ""}
    for changes, month in (
        ({}, "1974-12"),
        ({"adopted": "1976-12-10"}, "1976-12"),
        ({"failed": "1980-01-09"}, "1980-01"),
        ({"failed": "1976-01-09", "outcome5": "False", "outcome10": "False"}, "1976-01"),
        ({"outcome5": "False"}, "1979-12"),
        ({"outcome5": "False", "outcome10": "False"}, "1984-12"),
    ):
        early = row(id="early", **plain | {"mandate": "1950-01-01"})
        cases, _ = read_cases(write_cases(tmp_path / "a.csv", [row(**plain | changes), early]))
        assert last_known(cases) == month
