"""A strategy fares the same alone in its experiment as among all the others of it."""

from __future__ import annotations

import pytest

from helpers.engines import changed, in_worlds, same_values
from negotiation_sim import catalogue
from negotiation_sim.engine.scenario import compile_setting

WORLDS = [(k, k) for k in range(12)]


@pytest.mark.parametrize("name", ["bellagio", "cd-revived", "us-administration"])
def test_a_strategy_alone_gives_the_rows_that_it_gives_among_others(name):
    setting = catalogue.load_setting(name)
    among = in_worlds(compile_setting(setting), WORLDS)
    for strategy in setting.strategies:
        alone = in_worlds(compile_setting(changed(setting, strategies=[strategy])), WORLDS)
        beside = among[among["strategy"] == strategy.name]
        same_values(alone, beside)
