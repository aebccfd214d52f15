"""Sealing forecasts of open mandates: on three of them, in few worlds."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

from helpers.scripts import script
from negotiation_sim import api
from negotiation_sim.errors import UsageError

ROOT = Path(__file__).resolve().parents[2]
DAY = date(2026, 11, 27)
NAMES = ("live_d1mpa", "live_spaceres", "live_untax_fc")


def tool() -> ModuleType:
    return script("live")


@pytest.fixture(scope="module")
def sealed(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("live") / "sealed"
    tool().seal(folder, DAY, 120, 3, NAMES)
    return folder


def test_each_mandate_is_sealed_at_each_horizon_that_is_not_past(sealed):
    rows = tool().read_table(sealed)
    assert [(each["id"], each["years"]) for each in rows] == [
        ("live_d1mpa", "10"), ("live_spaceres", "5"), ("live_spaceres", "10"),
        ("live_untax_fc", "5"), ("live_untax_fc", "10"),
    ]  # fmt: skip
    for each in rows:
        assert each["by"] > DAY.isoformat() and each["resolution"]
        if each["pool"]:
            pool = 0.4 * float(each["inside"]) + 0.6 * float(each["outside"])
            assert float(each["pool"]) == pytest.approx(pool, abs=2e-4)


def test_ledger_and_table_say_the_same(sealed):
    lines, rows = api.read_ledger(sealed / "ledger.txt"), tool().read_table(sealed)
    assert len(lines) == len(rows)
    for line, each in zip(lines, rows, strict=True):
        column = {"pool": "pool", "outside view": "outside", "inside view": "inside"}[
            each["sealed"]
        ]
        assert line.entry["p"] == float(each[column])
        assert (line.entry["case"], line.entry["by"]) == (each["id"], each["by"])
        assert line.entry["resolves"] == each["resolution"] and line.entry["sealed"] == str(DAY)


def test_computing_it_again_finds_no_difference_and_finds_a_changed_number(sealed, tmp_path):
    assert tool().differences(sealed) == []
    for name in ("ledger.txt", "forecasts.csv"):
        (tmp_path / name).write_bytes((sealed / name).read_bytes())
    text = (tmp_path / "forecasts.csv").read_text("utf-8")
    outside = tool().read_table(sealed)[0]["outside"]
    (tmp_path / "forecasts.csv").write_text(text.replace(outside, "0.9999", 1), "utf-8")
    assert tool().differences(tmp_path) == [
        f"forecasts.csv:2: outside: found '0.9999', expected '{outside}'"
    ]


def test_a_folder_is_sealed_once(sealed, capsys):
    before = (sealed / "ledger.txt").read_bytes()
    assert tool().main(["--out", str(sealed)]) == 2
    assert "sealed already" in capsys.readouterr().err
    assert (sealed / "ledger.txt").read_bytes() == before


def test_an_unknown_mandate_is_refused_with_the_nearest(tmp_path):
    with pytest.raises(
        UsageError, match="no open mandate 'live_plastic'; did you mean 'live_plastics'"
    ):
        tool().seal(tmp_path / "out", DAY, 10, 1, ["live_plastic"])
    assert not (tmp_path / "out").exists()


def test_the_page_shows_every_row_and_whether_it_was_tested(sealed, monkeypatch):
    monkeypatch.setattr(tool().read_table, "__defaults__", (sealed,))
    lines = tool().table().splitlines()
    rows = tool().read_table(sealed)
    assert lines[0] == "Sealed on 2026-11-27, 120 worlds a mandate."
    assert len(lines) == 4 + len(rows)
    assert all(
        line.endswith(f"| {each['tested']} |") for line, each in zip(lines[4:], rows, strict=True)
    )


def test_the_page_says_that_nothing_is_sealed_where_nothing_is(tmp_path, monkeypatch):
    monkeypatch.setattr(tool().read_table, "__defaults__", (tmp_path,))
    assert "Nothing is sealed yet" in tool().table()


def test_three_views_are_scored_side_by_side(tmp_path):
    rows = [
        {"number": "1", "inside": "0.9", "outside": "0.5", "pool": "0.66"},
        {"number": "2", "inside": "", "outside": "0.5", "pool": ""},
    ]
    blank = dict.fromkeys(tool().COLUMNS, "")
    (tmp_path / "forecasts.csv").write_text(
        tool().csv_text([blank | each for each in rows]), "utf-8"
    )
    (tmp_path / "outcomes.csv").write_text("number,outcome\n1,1\n2,0\n", "utf-8")
    assert tool().scored(tmp_path, tmp_path / "outcomes.csv") == [
        "1 resolved forecasts that have all three views",
        "inside: Brier score 0.010", "outside: Brier score 0.250", "pool: Brier score 0.116",
    ]  # fmt: skip
    (tmp_path / "outcomes.csv").write_text("number,outcome\n7,1\n", "utf-8")
    with pytest.raises(UsageError, match="the table has 2 rows, no 7"):
        tool().scored(tmp_path, tmp_path / "outcomes.csv")
