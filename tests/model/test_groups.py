"""M20 by hand: a group moves its members' deficits, and carries nobody over what is far too bad."""

from __future__ import annotations

import pytest

from helpers.records import opened, small
from helpers.settings import actor, figure, venue
from negotiation_sim.catalogue import schema
from negotiation_sim.model import groups as m
from negotiation_sim.model.response import take_limits

MEMBERS = {"AAA": ["EU"], "BBB": ["EU", "NAM"], "CCC": ["NAM", "EU"], "DDD": [], "EEE": ["EU"]}


def test_a_deficit_moves_towards_the_mean_by_cohesion():
    assert m.held_together(0.4, 0.1, 0.0) == 0.4
    assert m.held_together(0.4, 0.1, 0.25) == pytest.approx(0.325)
    assert m.held_together(0.4, 0.1, 1.0) == 0.1


def cohered(deficits: list[float], worse: float = 0.0, hall=None, **cohesion: float):
    """Return the deficits that groups leave; ``worse`` is what AAA holds it below nothing."""
    actors = [actor(name, {"scope": 0.2}, groups=groups) for name, groups in MEMBERS.items()]
    groups = {name: schema.Group(cohesion=figure(h)) for name, h in cohesion.items()}
    model = opened(small(actors, hall or venue("hall", isolation=0.5), groups=groups))
    given, world, state = model.given, model.world, model.state
    take_limits(given, world, state, 0)
    state.actors.rho[:] = 0.5
    state.actors.value[:] = 0.5
    state.actors.rho[0] += worse
    state.asked.deficit[:] = deficits
    m.cohere(given, world, state, 0)
    return state.asked.deficit.tolist()


D = [0.4, 0.1, 0.2, 0.3, 0.1]


def test_a_group_moves_its_members_towards_their_mean():
    # AAA, BBB, CCC and EEE, mean 0.2
    assert cohered(D, EU=0.5) == pytest.approx([0.3, 0.15, 0.2, 0.3, 0.15])
    assert cohered(D, EU=1.0) == pytest.approx([0.2, 0.2, 0.2, 0.3, 0.2])


def test_a_group_without_cohesion_moves_nobody():
    assert cohered(D, EU=0.0) == D and cohered(D) == D


def test_a_state_acts_with_the_first_of_its_groups_that_holds_together():
    # EU: AAA, BBB, EEE, mean 0.2; NAM is CCC alone
    assert cohered(D, EU=1.0, NAM=1.0) == pytest.approx([0.2, 0.2, 0.2, 0.3, 0.2])
    # NAM: BBB and CCC, mean 0.15
    assert cohered(D, NAM=1.0, EU=0.0) == pytest.approx([0.4, 0.15, 0.15, 0.3, 0.1])


def test_only_members_seated_in_the_venue_count():
    hall = venue("hall", isolation=0.5, members=["AAA", "BBB", "DDD"])
    assert cohered(D, hall=hall, EU=1.0)[:2] == pytest.approx([0.25, 0.25])


def test_a_group_of_one_changes_nothing():
    hall = venue("hall", isolation=0.5, members=["AAA", "DDD"])
    assert cohered(D, hall=hall, EU=1.0)[0] == 0.4


@pytest.mark.parametrize(("worse", "moves"), [(0.4, True), (0.4000001, False)])
def test_a_group_carries_nobody_over_what_is_far_worse_than_nothing(worse, moves):
    """What it costs AAA to stand alone is 0.5 * (1 - 1/5); the others move by a mean with it."""
    found = cohered(D, worse, EU=1.0)
    assert found[0] == (pytest.approx(0.2) if moves else 0.4)
    assert found[1] == pytest.approx(0.2)
