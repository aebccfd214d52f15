"""The tables of docs/after-2008.md, on tables of replicates made up for the purpose."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

from helpers.scripts import script

ROOT = Path(__file__).resolve().parents[2]
NEVER = pd.NA


def tool() -> ModuleType:
    return script("after_2008")


def made_up(months, mandates=None, blockers=None, error=None, **more) -> dict[str, pd.DataFrame]:
    """Return tables in which every event has the same replicates, counted from its own start."""
    n, tables = len(months), {}
    for event in tool().events():
        later = [month if month is NEVER else month + event.start for month in months]
        rows = {
            "strategy": pd.Categorical([event.strategy] * n),
            "error": pd.Categorical(error or [""] * n),
            "adoption_month": pd.array(later, dtype="Int16"),
            "mandate_month": pd.array(mandates or later, dtype="Int16"),
            "main_blocker": pd.Categorical(blockers or [""] * n),
            "cause": pd.Categorical(["text"] * n),
        } | {name: pd.array(values, dtype="Int16") for name, values in more.items()}
        tables.setdefault(event.experiment, []).append(pd.DataFrame(rows))
    return {name: pd.concat(parts, ignore_index=True) for name, parts in tables.items()}


def event(name: str):
    return next(each for each in tool().events() if each.id == name)


def cells(text: str) -> list[list[str]]:
    lines = [line.strip().strip("|") for line in text.splitlines()]
    return [[cell.strip() for cell in line.split("|")] for line in lines]


def test_years_count_from_the_start_of_the_track():
    tables = made_up([60, 61, 180, 181, NEVER])
    assert {event("moratorium").start, event("first-placement").start} == {4, 5}
    for each in tool().events():
        said = tool().forecast(each, tables)
        assert (said.count, said.n) == ({5: 1, 15: 3}, 5), each.id


def test_a_programme_of_work_is_resolved_by_its_mandate():
    tables = made_up([NEVER, NEVER], mandates=[10, 100])
    assert tool().forecast(event("programme-2009"), tables).count == {5: 1, 15: 2}
    assert tool().forecast(event("ppwt-2008"), tables).count == {5: 0, 15: 0}


def test_a_report_of_experts_resolves_where_there_is_one():
    tables = made_up([NEVER, 100, 20], report_month=[30, 40, NEVER])
    assert tool().forecast(event("tcbm"), tables).count == {5: 3, 15: 3}


def test_replicates_with_an_error_are_left_out():
    tables = made_up([10, 10, NEVER], error=["", "broken", ""])
    said = tool().forecast(event("tcbm"), tables)
    assert (said.count[5], said.n, said.p(5)) == (1, 2, 0.5)


def test_brier_scores_of_forecasts_that_are_known():
    happened = {years: sum(e.happened[years] for e in tool().events()) for years in (5, 15)}
    n = len(tool().events())
    sure, never, even = made_up([1, 1]), made_up([NEVER, NEVER]), made_up([1, NEVER])
    for years in (5, 15):
        assert tool().brier(years, sure) == pytest.approx(1 - happened[years] / n)
        assert tool().brier(years, never) == pytest.approx(happened[years] / n)
        assert tool().brier(years, even) == pytest.approx(0.25)
    rows = cells(tool().scores(even))
    assert rows[2][2:4] == ["0.250", "0.250"]


def test_the_order_has_nine_pairs_and_ties_are_not_in_order():
    assert len(tool().pairs()) == 9
    tables = made_up([100, NEVER])
    assert tool().in_order(15, tables) == 0
    for name in ("after-2008-2010", "after-2008-2012", "after-2008-2023"):
        tables[name] = tables[name].assign(adoption_month=pd.array([100, 100], dtype="Int16"))
    assert (tool().in_order(5, tables), tool().in_order(15, tables)) == (0, 9)
    rows = cells(tool().order(tables))
    assert len(rows) == 2 + 9 + 1 and rows[-1] == ["all", "", "", "0 of 9", "", "9 of 9"]


def test_who_is_named_most_often_is_held_against_who_stood_against_it():
    tables = made_up([NEVER] * 4 + [1], blockers=["RUS", "RUS", "USA", "", "CHN"])
    by_share, failures = tool().named(event("norms-2023"), tables)
    assert by_share == [("RUS", 0.5), ("USA", 0.25)] and failures == 4
    rows = {row[0]: row for row in cells(tool().blockers(tables))}
    assert rows["norms of behaviour"][3:] == ["RUS 50%, USA 25%", "RUS", "yes"]
    assert rows["arms race, first group"][5] == "no"
    assert rows["confidence building"][4:] == ["nobody", ""]


def test_nobody_is_named_where_nothing_failed():
    rows = {row[0]: row for row in cells(tool().blockers(made_up([1])))}
    assert rows["PPWT of 2008"] == ["PPWT of 2008", "0", "none", "nobody", "USA", ""]


def test_the_worst_forecasts_come_first():
    rows = cells(tool().misses(made_up([61, NEVER, NEVER, NEVER])))[2:]
    assert rows[0][1:] == ["5 years", "0.00", "it happened"]
    assert [float(row[2]) for row in rows] == sorted(float(row[2]) for row in rows)
    assert all(row[3] == "it happened" for row in rows)


def test_what_was_coded_is_read_from_the_files():
    rows = {row[0]: row for row in cells(tool().coding())}
    assert len(rows) == 2 + len(tool().events())
    assert rows["no destructive tests"][1:4] == [
        "2022-10", "`asat-moratorium@first-committee`", "negotiate, asked for",
    ]  # fmt: skip
    assert rows["arms race, second group"][3] == "explore, given"
    assert rows["arms race, first group"][4:6] == rows["arms race, second group"][4:6]
    assert {row[-1] for row in rows.values()} >= {"a session", "none", "8 months", "10 months"}
    assert "USA | form" in tool().positions()


def test_the_fit_of_2008_stands_beside_the_provisional_figures():
    fitted, provisional = made_up([60, NEVER]), made_up([60, 60, 61, NEVER])
    found = cells(tool().fitted(fitted, provisional))
    row = next(line for line in found if line[0] == "confidence building")
    assert row[1].startswith("0.50") and row[2].startswith("0.50") and row[3] == "yes"
    assert row[4].startswith("0.50") and row[5].startswith("0.75") and row[6] == "yes"
    brier = next(line for line in found if line[0] == "Brier score")
    assert brier[1] == f"{tool().brier(5, fitted):.3f}"
    assert brier[5] == f"{tool().brier(15, provisional):.3f}"


def test_the_provisional_figures_are_the_defaults_of_what_is_fitted():
    figures = tool().provisional_figures()
    assert set(figures) == {
        f"environment.{name}"
        for name in ("pace", "withdrawal", "private_sd", "climate_sd", "deadline_effect")
    }
    assert figures["environment.pace"] == 0.03
