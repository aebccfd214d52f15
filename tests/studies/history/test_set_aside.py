"""The rows set aside: who is among them, how they are scored, and that they are opened once."""

import functools
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from helpers.scripts import script
from negotiation_sim.studies.history import set_aside
from negotiation_sim.studies.history.case_table import coded_cases
from negotiation_sim.studies.history.splits import part_of

ROOT = Path(__file__).resolve().parents[3]
N = 60


def found(shift=0.0):
    rng = np.random.default_rng(4)
    truth = rng.uniform(0.1, 0.9, size=(N, 2))
    outcome = (rng.random((N, 2)) < truth).astype(float)
    outcome[::7, 1] = np.nan
    flat = np.full((N, 2), 0.5)
    views = {"model": np.clip(truth + shift, 0.02, 0.98), "as_run": truth, "base_rate": flat}
    views |= {"regression": flat, "forest": flat, "statistics": 0.5 * truth + 0.25}
    views["pool"] = 0.4 * views["model"] + 0.6 * views["statistics"]
    return set_aside.SetAside([None] * N, [f"frame {i % 12}" for i in range(N)], outcome, views)


@functools.cache
def scored(shift=0.0):
    return set_aside.scores_of_set_aside(found(shift), FOLDS)


FOLDS = {d: {"brier_skill": {"value": 0.1, "low": 0.0, "high": 0.2}} for d in set_aside.NAMES}


def test_each_view_is_scored_on_the_rows_whose_window_has_closed():
    said = scored()
    assert (said["5y"]["n"], said["10y"]["n"]) == (N, N - len(range(0, N, 7)))
    for deadline in set_aside.NAMES:
        part = said[deadline]
        assert set(part["baselines"]) == {
            "base_rate", "regression", "forest", "statistics", "pool", "as_run",
        }  # fmt: skip
        assert part["over_base_rate"]["low"] <= part["over_base_rate"]["value"]
        far = part["brier_skill"]["value"] - 0.1
        assert part["from_folds"]["value"] == pytest.approx(far)


def test_the_better_view_is_the_one_with_the_least_brier_score():
    assert set_aside.better_view(scored())["5y"] == "inside"
    assert set_aside.better_view(scored(0.45))["5y"] != "inside"


def test_a_forecast_that_is_the_base_rate_saves_nothing():
    each = found()
    each.chances["model"] = each.chances["base_rate"]
    said = set_aside.scores_of_set_aside(each, FOLDS)
    assert said["5y"]["over_base_rate"]["value"] == pytest.approx(0.0)


def test_the_rows_are_mandated_late_and_not_of_the_agenda():
    rows = {case.id: case for case in coded_cases()}
    written = (ROOT / "experiments/backtest/set_aside.csv").read_text("utf-8").splitlines()[1:]
    ids = [line.split(",")[0] for line in written]
    assert len(ids) == len(set(ids)) == 198
    assert {part_of(rows[each]) for each in ids} == {"set aside"}


def test_the_tool_opens_them_once(capsys, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["set_aside.py"])
    assert script("set_aside").main() == 2
    assert "have been opened" in capsys.readouterr().err


def test_what_is_written_names_the_fit_it_rests_on():
    said = json.loads((ROOT / "experiments/backtest/set_aside.json").read_text("utf-8"))
    assert said["n_cases"] == 198
    for deadline in set_aside.NAMES:
        part = said[deadline]
        assert part["brier"]["low"] <= part["brier"]["value"] <= part["brier"]["high"]
    assert said["better"] == set_aside.better_view(said)
