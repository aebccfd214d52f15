"""M19: how a breach depends on form, and what binds from the next month."""

from __future__ import annotations

import math

import pytest

from helpers.records import model_of, small
from helpers.settings import actor
from negotiation_sim.model import adherence as m
from negotiation_sim.model.state import OUTSIDE, PARTY


def test_breach_turns_on_the_sign_of_its_dependence_on_form():
    assert m.breach_chance(0.15, 0.0, 0.9) == 0.15
    assert m.breach_chance(0.15, 0.3, 0.8) == pytest.approx(0.24)
    assert m.breach_chance(0.15, -0.3, 0.8) == pytest.approx(0.06)
    assert m.breach_chance(0.15, 1.0, 0.5) == 0.15
    assert m.breach_chance(0.15, -1.0, 1.0) == 0.0
    assert m.breach_chance(0.9, 1.0, 1.0) == 1.0


def adopted(*parties: bool, text: float = 0.2, pledged=()):
    """Return a model whose one track is in force for some actors."""
    actors = [
        actor(name, {"form": text}, capability=2.0) for name, _ in zip(NAMES, parties, strict=False)
    ]
    model = model_of(small(actors, text={"form": text}))
    track = model.state.tracks
    track.force[0] = 1 if any(parties) else -1
    for i, party in enumerate(parties):
        model.state.standing.status[0, i] = PARTY if party else OUTSIDE
        model.state.standing.pledged[0, i] = i in pledged
    m.bind(model.given, model.world, model.state)
    return model


NAMES = ("AAA", "BBB", "CCC", "DDD")


def test_parties_to_a_text_in_force_are_bound_by_its_form():
    model = adopted(True, False, text=0.3)
    assert [state.bound for state in model.states] == [0.8, 0.0]
    assert [state.bound_form for state in model.states] == [0.3, -1.0]


def test_a_pledge_binds_until_the_text_is_in_force():
    model = adopted(False, False, False, False, pledged=(0,))
    assert [state.bound for state in model.states] == [0.5, 0.0, 0.0, 0.0]
    assert model.state.run[0].pledge_share == 0.25
    assert model.states[1].trust_baseline == pytest.approx(0.5 + 0.1 * 0.25)
    assert adopted(True, False, pledged=(1,)).states[1].bound == 0.0


def test_a_breach_needs_a_text_and_a_draw_strictly_below_its_chance():
    model = adopted(True, False)
    chance = m.breach_chance(0.15, 0.0, 0.2)
    assert m.breaks(model.world, model.state, 0, math.nextafter(chance, 0.0))
    assert not m.breaks(model.world, model.state, 0, chance)
    assert not m.breaks(model.world, model.state, 1, 0.0)


def test_what_was_gained_counts_once():
    model = adopted(False)
    model.state.run[0].pending_bonus = 0.125
    for _ in range(2):
        m.bind(model.given, model.world, model.state)
    assert model.state.run[0].trust_bonus == 0.125
    assert model.states[0].trust_baseline == 0.625
