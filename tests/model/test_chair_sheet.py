"""M5: what the chair has before it says the same of a text as its members, to the last bit."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.generic import seeded_setting
from helpers.records import opened, records_of
from helpers.settings import settings_of
from negotiation_sim.model.aspiration import insist, take_demands
from negotiation_sim.model.chair_sheet import DEFICIT, VALUE, lay_out, put_to_members, weigh
from negotiation_sim.model.groups import cohere
from negotiation_sim.model.reservation import package_value
from negotiation_sim.model.response import take_limits, weighed_deficit


def seat(model, m: int) -> int:
    """Lay the members of a track's venue out for the chair; return how many they are."""
    given_, world, state, y = records_of(model)
    take_limits(given_, world, state, state.tracks.venue[m])
    take_demands(given_, world, state, y, m, 1.0)
    insist(given_, world, state, m)
    return lay_out(given_, world, state, y, m)


def compare(model, r: random.Random, texts: int) -> None:
    """Compare the sheet with what every member says of texts of the mandate, and of any others."""
    given_, world, state, y = records_of(model)
    actors = state.actors
    for track in model.tracks:
        m = track.number
        if track.leader != m:
            continue
        n = seat(model, m)
        for _ in range(texts):
            for item in range(m, m + track.n_items):
                for k in range(state.trial.shape[1]):
                    state.trial[item, k] = r.choice([r.random(), state.text[item, k], 0.0])
            weigh(given_, world, state, m, n, 0.0)
            members = state.seated[:n].tolist()
            values = [package_value(given_, world, state, y, m, i, state.trial) for i in members]
            assert state.sheet[VALUE, :n].tolist() == values
            for i, value in zip(members, values, strict=True):
                actors.value[i] = value
                state.asked.deficit[i] = weighed_deficit(
                    actors.weight[i], actors.aspiration[i], value
                )
            found = state.sheet[DEFICIT, :n].tolist()
            cohere(given_, world, state, track.venue)
            assert found == [state.asked.deficit[i] for i in members]


@pytest.mark.parametrize("number", range(60))
def test_the_sheet_holds_what_members_hold_of_a_text(number):
    compare(opened(seeded_setting(number), belief=number), random.Random(number), 6)


@given(settings_of(max_actors=6), st.integers(0, 2**32))
@settings(max_examples=60)
def test_the_sheet_holds_what_members_hold_of_a_text_in_any_setting(case, number):
    compare(opened(case), random.Random(number), 2)


def test_members_get_what_the_sheet_says():
    model = opened(seeded_setting(5, 6))
    given_, world, state, _ = records_of(model)
    n = seat(model, 0)
    weigh(given_, world, state, 0, n, 0.0)
    put_to_members(state, n)
    for j in range(n):
        i = state.seated[j]
        assert state.actors.value[i] == state.sheet[VALUE, j]
        assert state.asked.deficit[i] == state.sheet[DEFICIT, j]
