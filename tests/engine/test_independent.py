"""Both engines against a second, independent writing of one track, from docs/model.md alone."""

from __future__ import annotations

import ast
from collections import defaultdict
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers import one_track
from helpers.engines import ENGINES, table
from helpers.one_track import Found, OneTrack, one_track_setting
from helpers.records import model_of
from negotiation_sim.engine.agents import NegotiationModel

NUMBERS = range(160)
EXACT = {"rtol": 0.0, "atol": 1e-12}
MONTHS = {
    "mandate_month": "mandate", "adoption_month": "adoption", "entry_into_force_month": "adoption",
    "success_month": "success",
}  # fmt: skip


@cache
def both(number: int) -> tuple[NegotiationModel, Found]:
    """Return the plain model after its run, and what the writing finds with the same moves."""
    case = one_track_setting(number)
    model = model_of(case, seed=number, belief=0, record=True).run()
    moves = (event["text"] for event in model.events if event["kind"] == "revision")
    return model, OneTrack(case).run(moves)


@pytest.mark.parametrize("engine", ENGINES)
def test_an_independent_writing_gives_the_same_text_and_months(engine):
    for number in NUMBERS if engine == "ensemble" else NUMBERS[::3]:
        wanted = both(number)[1]
        case = one_track_setting(number)
        (row,) = table(case, 1, number, engine).to_dict("records")
        months = {column: None if pd.isna(row[column]) else int(row[column]) for column in MONTHS}
        assert months == {c: getattr(wanted, name) for c, name in MONTHS.items()}, number
        np.testing.assert_allclose([row[f"text_{k}"] for k in case.issues], wanted.text, **EXACT)
        assert (row["rounds"], row["participants"]) == (wanted.rounds, wanted.participants), number


def test_every_member_compares_and_says_the_same_in_every_round():
    for number in NUMBERS:
        model, wanted = both(number)
        rounds = defaultdict(list)
        for event in model.events:
            if event["kind"] == "response":
                rounds[event["actor"]].append(event)
        assert not rounds or {len(said) for said in rounds.values()} == {len(wanted.answers)}
        for n, answers in enumerate(wanted.answers):
            said = [rounds[name][n] for name in sorted(rounds)]
            for fact, values in (
                ("satisfaction", answers.value), ("aspiration", answers.aspiration),
                ("deficit", answers.deficit),
            ):  # fmt: skip
                found = [event[fact] for event in said]
                np.testing.assert_allclose(found, values, **EXACT, err_msg=f"{number} {fact}")
            words = np.where(
                answers.accepts, "accepts", np.where(answers.along, "goes_along", "objects")
            )
            assert [event["response"] for event in said] == words.tolist()


def test_the_chair_leaves_no_more_in_the_way_than_a_search_of_the_writing():
    left = np.concatenate([both(number)[1].left for number in NUMBERS])
    assert len(left) > 500
    passed_over = left > 1e5  # the writing found a text that would be adopted, the chair did not
    assert passed_over.mean() < 0.02
    assert (left[~passed_over] > 0.001).mean() < 0.01


def test_a_text_is_revised_if_and_only_if_the_writing_would_not_have_it_adopted():
    for number in NUMBERS:
        model, wanted = both(number)
        kinds = [event["kind"] for event in model.events]
        assert kinds.count("revision") == len(wanted.left)
        assert kinds.count("decision") == len(wanted.left) + wanted.unchanged


def test_the_settings_reach_what_the_writing_is_for():
    found = [both(number)[1] for number in NUMBERS]
    for reached in (
        [f for f in found if f.mandate is None],
        [f for f in found if f.mandate is not None and f.adoption is None],
        [f for f in found if f.adoption and f.rounds > 3],
        [f for f in found if f.adoption and f.answers[-1].along.any()],
        [f for f in found if f.adoption and f.success is None],
        [f for f in found if f.lapses],
        [f for f in found if f.unchanged],
    ):
        assert len(reached) >= 5


def test_the_writing_uses_nothing_of_the_model():
    """The catalogue's records alone, which hold the setting."""
    tree = ast.parse(Path(one_track.__file__).read_text("utf-8"))
    modules = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    ours = {name for name in modules if name.startswith("negotiation_sim")}
    assert ours == {"negotiation_sim.catalogue"}
