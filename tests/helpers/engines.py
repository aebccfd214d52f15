"""Run a setting in either engine and put its tables side by side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from negotiation_sim.catalogue import schema
from negotiation_sim.engine import ensemble
from negotiation_sim.engine.scenario import Scenario, compile_setting

ENGINES = ("ensemble", "mesa")
MILESTONES = ("mandate_month", "adoption_month", "entry_into_force_month", "success_month")


def table(
    setting: schema.Setting | Scenario, n: int = 20, seed: int = 1, engine: str = "ensemble",
    **options,
) -> pd.DataFrame:  # fmt: skip
    """Return the whole table of replicates of a setting, in this process."""
    scenario = setting if isinstance(setting, Scenario) else compile_setting(setting)
    options = {"threads": 1} | options
    chunks = ensemble.run_ensemble(scenario, n, seed, engine=engine, **options)
    return pd.concat(chunks, ignore_index=True)


def in_worlds(
    scenario: Scenario, worlds: Sequence[tuple[int, int]], seed: int = 1, engine: str = "ensemble",
    strategies: Sequence[int] | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Return the table of some worlds, given as (belief, chance) in the order wanted."""
    places = range(len(scenario.strategy_names)) if strategies is None else strategies
    return ensemble.chunk_of(engine, scenario, list(places), seed, np.array(worlds, np.uint64))


def same(left: pd.DataFrame, right: pd.DataFrame) -> None:
    """Assert that two tables are equal in every column, to the last bit."""
    pd.testing.assert_frame_equal(
        left.reset_index(drop=True), right.reset_index(drop=True), check_exact=True
    )


def same_values(left: pd.DataFrame, right: pd.DataFrame) -> None:
    """Assert equality of values; categories may be listed differently."""
    categorical = left.select_dtypes("category").columns
    words = dict.fromkeys(categorical, str)
    same(left.astype(words), right.astype(words))


def changed(setting: schema.Setting, **fields) -> schema.Setting:
    """Return a setting with some fields replaced; parameters of the environment one by one."""
    if isinstance(fields.get("environment"), dict):
        fields["environment"] = setting.environment | fields["environment"]
    return setting.model_copy(update=fields)


def with_actors(setting: schema.Setting, change) -> schema.Setting:
    """Return a setting whose actors went through ``change(actor) -> dict of new fields``."""
    actors = {i: a.model_copy(update=change(a)) for i, a in setting.actors.items()}
    return setting.model_copy(update={"actors": actors})


def with_venues(setting: schema.Setting, change) -> schema.Setting:
    """Return a setting whose venues went through ``change(venue) -> dict of new fields``."""
    venues = {i: v.model_copy(update=change(v)) for i, v in setting.venues.items()}
    return setting.model_copy(update={"venues": venues})


def with_tracks(setting: schema.Setting, change) -> schema.Setting:
    """Return a setting whose tracks went through ``change(track) -> dict of new fields``."""
    strategies = [
        s.model_copy(update={"tracks": [t.model_copy(update=change(t)) for t in s.tracks]})
        for s in setting.strategies
    ]
    return setting.model_copy(update={"strategies": strategies})
