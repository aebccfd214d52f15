"""Both engines against a second, independent writing of one track, from docs/model.md alone."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers import one_track
from helpers.engines import ENGINES, table
from helpers.one_track import Found, OneTrack, one_track_setting

NUMBERS = range(160)
EXACT = {"rtol": 0.0, "atol": 1e-12}
MONTHS = {
    "mandate_month": "mandate", "adoption_month": "adoption", "entry_into_force_month": "adoption",
    "success_month": "success",
}  # fmt: skip


def compare(number: int, engine: str) -> Found:
    case = one_track_setting(number)
    wanted = OneTrack(case).run()
    (row,) = table(case, 1, number, engine).to_dict("records")
    months = {column: None if pd.isna(row[column]) else int(row[column]) for column in MONTHS}
    assert months == {column: getattr(wanted, name) for column, name in MONTHS.items()}, number
    text = [row[f"text_{issue}"] for issue in case.issues]
    np.testing.assert_allclose(text, wanted.text, **EXACT)
    assert (row["rounds"], row["participants"]) == (wanted.rounds, wanted.participants), number
    return wanted


@pytest.mark.parametrize("engine", ENGINES)
def test_an_independent_writing_gives_the_same_text_and_months(engine):
    for number in NUMBERS if engine == "ensemble" else NUMBERS[::3]:
        compare(number, engine)


def test_the_settings_reach_what_the_writing_is_for():
    found = [OneTrack(one_track_setting(number)).run() for number in NUMBERS]
    for reached in (
        [f for f in found if f.mandate is None],
        [f for f in found if f.mandate is not None and f.adoption is None],
        [f for f in found if f.adoption and f.rounds > 3],
        [f for f in found if f.stood_aside],
        [f for f in found if f.adoption and f.success is None],
    ):
        assert len(reached) >= 5


def test_the_writing_uses_nothing_of_the_model():
    """The catalogue's records alone, which hold the setting."""
    tree = ast.parse(Path(one_track.__file__).read_text("utf-8"))
    modules = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    ours = {name for name in modules if name.startswith("negotiation_sim")}
    assert ours == {"negotiation_sim.catalogue"}
