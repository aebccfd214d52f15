"""M1's moods, private and common, keep their standard deviation; the chair's misreading lasts."""

from __future__ import annotations

import math

import numpy as np
import pytest

from helpers.records import cast, plain_world, small, world_of
from helpers.settings import figure
from negotiation_sim.model import draws
from negotiation_sim.model import moods as m
from negotiation_sim.model.compiling import compiled


def test_mood_keeps_its_standard_deviation():
    """Stationary: persistence^2 sd^2 + (1 - persistence^2) sd^2 = sd^2."""
    kept = m.mood_next(0.1, 0.0, 0.8, 0.05)
    shaken = m.mood_next(0.0, 1.0, 0.8, 0.05)
    assert kept == pytest.approx(0.08)
    assert shaken == pytest.approx(0.6 * 0.05)
    assert (0.8 * 0.05) ** 2 + shaken**2 == pytest.approx(0.05**2)


def climates(sd: float, persistence: float, worlds: int) -> np.ndarray:
    """Return the common mood of some worlds, months side by side."""
    case = small(cast("AAA"), process={"climate_sd": sd, "climate_persistence": persistence})
    given_, world = world_of(case)
    draw, found = compiled(m.draw_climate), []
    for chance in range(worlds):
        world.key[0] = (7, 3, chance)
        draw(given_, world)
        found.append(world.climate.copy())
    return np.array(found)


def test_the_common_mood_has_its_spread_from_the_first_month_and_its_memory():
    found = climates(0.14, math.exp(-1 / 36), 2000)
    for month in (0, 5, 100):
        assert found[:, month].std() == pytest.approx(0.14, abs=4 * 0.14 / math.sqrt(4000))
        assert abs(found[:, month].mean()) < 4 * 0.14 / math.sqrt(2000)
    for apart in (1, 36):
        r = np.corrcoef(found[:, 20], found[:, 20 + apart])[0, 1]
        assert r == pytest.approx(math.exp(-apart / 36), abs=0.08)


def test_without_spread_the_common_mood_is_none():
    assert not climates(0.0, 0.9, 2).any()


def test_the_common_mood_is_the_environments_and_adds_to_everybodys():
    case = small(cast("AAA", "BBB"), process={"climate_sd": 0.2})
    alone = plain_world(small(cast("CCC"), process={"climate_sd": 0.2}), 7, 3, 5).climate
    world = plain_world(case, 7, 3, 5)
    assert world.climate.tolist() == alone.tolist()
    u = draws.uniform(np.uint64(7), np.uint64(5), draws.code_of("environment"), draws.P_CLIMATE, 0)
    assert world.climate[0] == 0.2 * draws.normal(u)


@pytest.mark.parametrize("error", [0.0, 0.1])
def test_a_misreading_belongs_to_the_belief_and_the_state(error):
    case = small(cast("AAA", "BBB"), process={"chair_error": error})
    misread = [plain_world(case, 7, belief, chance).actors.misread.tolist()
               for belief, chance in ((3, 1), (3, 2), (4, 1))]  # fmt: skip
    assert misread[0] == misread[1]
    assert (misread[0] != misread[2]) is (error > 0)
    assert all(value == 0.0 for value in misread[0]) is (error == 0)


def test_a_private_draw_belongs_to_the_belief():
    case = small(cast("AAA", "BBB"))
    case = case.model_copy(update={"environment": case.environment | {"private_sd": figure(0.1)}})
    found = [plain_world(case, 7, belief, chance).actors.private.tolist()
             for belief, chance in ((3, 1), (3, 2), (4, 1))]  # fmt: skip
    assert found[0] == found[1] != found[2]
