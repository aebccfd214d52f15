"""Forecasts of open mandates: known answers of the condition that they are open."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest

from negotiation_sim.studies.history.case_runs import run_case
from negotiation_sim.studies.history.case_table import open_mandates
from negotiation_sim.studies.history.open_mandates import (
    Endings,
    Inside,
    LiveForecast,
    in_worlds,
    inside_given_open,
    live_entry,
    mapped_cases,
)
from negotiation_sim.studies.history.parameter_file import calibrated

# 100 worlds each: a text after 12, 40 and 80 months; talks ended after 10 and 50; open for ever.
ADOPTED = np.repeat([12, 40, 80, 0, 0, 0], 100)
ENDED = np.repeat([0, 0, 0, 10, 50, 0], 100)


@pytest.mark.parametrize(
    ("age", "months", "hits", "still_open"),
    [
        (0, 60, 200, 600),
        (24, 60, 100, 400),
        (24, 120, 200, 400),
        (12, 60, 100, 400),
        (60, 60, 0, 200),
    ],
)
def test_only_worlds_that_are_still_open_count(age, months, hits, still_open):
    found = inside_given_open(Endings(ADOPTED, ENDED), age, months)
    assert found.still_open == still_open and found.worlds == 600
    assert found.p == pytest.approx((hits + 0.5) / (still_open + 1.0))
    assert found.low <= hits / still_open <= found.high


def test_fewer_than_thirty_open_worlds_give_no_chance():
    found = inside_given_open(Endings(np.full(500, 12), np.zeros(500, int)), 24, 60)
    assert math.isnan(found.p) and found.still_open == 0


def test_a_text_ends_the_talks_only_once():
    """The month of the ending of a world that adopted is that of its text or later."""
    found = inside_given_open(Endings(np.full(40, 40), np.full(40, 41)), 24, 60)
    assert found.p == pytest.approx(40.5 / 41)


def test_worlds_are_those_of_the_back_test():
    case = mapped_cases()["live_spaceres"]
    worlds = in_worlds(case, 60, 1, calibrated())
    backtest = run_case(case, calibrated().points, 60, 1)
    assert worlds.adopted.tolist() == backtest.months.tolist()
    assert ((worlds.ended > 0) & (worlds.adopted == 0)).any()


def said(inside: float, outside: float) -> LiveForecast:
    case = open_mandates()[0]
    found = Inside(inside, inside, inside, 40, 400)
    return LiveForecast(case, 5, date(2027, 3, 2), date(2026, 11, 27), found, outside, True, (), "")


@pytest.mark.parametrize(
    ("inside", "outside", "sealed"),
    [
        (0.5, 0.25, ("pool", 0.35)), (math.nan, 0.25, ("outside view", 0.25)),
        (0.5, math.nan, ("inside view", 0.5)),
    ],
)  # fmt: skip
def test_what_is_scored_is_the_pool_or_the_view_there_is(inside, outside, sealed):
    name, p = said(inside, outside).sealed
    assert (name, p) == (sealed[0], pytest.approx(sealed[1]))
    entry = live_entry(said(inside, outside), 7)
    assert (entry["scored"], entry["p"]) == (sealed[0], pytest.approx(sealed[1]))
    assert entry["inside"]["seed"] == 7 and entry["given"] == "open on 2026-11-27"
    assert (entry["outside"]["p"] is None) == math.isnan(outside)
