"""M4, its second half, by hand: declared powers draw those tied to them."""

from __future__ import annotations

import pytest

from helpers.records import opened, small
from helpers.settings import actor, initiative

TIES = [("AAA", "BBB", 0.6), ("AAA", "CCC", 0.2), ("BBB", "CCC", 0.4)]


def drawn(declared: dict[str, float], strength: float = 0.1) -> list[float]:
    """Return what declarations add to every disposition; CCC and DDD belong to a group."""
    actors = [
        actor(name, {"scope": 0.2}, groups=["G77"] * (name in ("CCC", "DDD")))
        for name in ("AAA", "BBB", "CCC", "DDD")
    ]
    plan = initiative("one", {"scope": 0.2}, binding=False, declared=declared)
    model = opened(small(actors, plan=plan, affinity=TIES, process={"declared_draw": strength}))
    return [state.disposition(model.tracks[0]) for state in model.states]


def test_a_power_draws_who_is_tied_to_it_by_the_weight_of_the_tie():
    # AAA: 0.6 / 0.8 with BBB, CCC: 0.4 / 0.6; BBB itself and DDD, without ties, are not drawn
    assert drawn({"BBB": 1.0}) == pytest.approx([0.075, 0.0, 0.1 * 2 / 3, 0.0])
    assert drawn({"BBB": -0.5}) == pytest.approx([-0.0375, 0.0, -0.1 / 3, 0.0])


def test_several_powers_add_up_and_an_own_stance_goes_before_the_groups():
    # AAA: 0.75 * 1 + 0.25 * (-1); BBB: ties 0.6 and 0.4, only CCC has a stance
    assert drawn({"BBB": 1.0, "G77": -1.0}) == pytest.approx([0.05, -0.04, 0.1 * 2 / 3, 0.0])
    assert drawn({"G77": -1.0, "CCC": 1.0})[0] == pytest.approx(0.025)


def test_without_strength_or_declarations_nobody_is_drawn():
    assert drawn({"BBB": 1.0}, 0.0) == drawn({}) == [0.0] * 4
