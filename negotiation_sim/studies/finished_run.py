"""What studies need of a finished run: its setting, one row per strategy and world, its goals."""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from negotiation_sim.analysis.measures import outcomes_with_texts
from negotiation_sim.analysis.outcomes import strategy_outcomes
from negotiation_sim.analysis.success import pledge_initiatives
from negotiation_sim.catalogue.schema import Setting
from negotiation_sim.errors import StoreError, UsageError, nearest
from negotiation_sim.model.terms import MONTHS_PER_YEAR
from negotiation_sim.runs import store

if TYPE_CHECKING:
    from os import PathLike

    from negotiation_sim.engine.scenario import Scenario

FEW_WORLDS = 100


def setting_of(run: store.Run) -> Setting:
    """Return the setting of a run's manifest; StoreError where this version does not know it."""
    try:
        return Setting.model_validate_json(store.canonical(run.manifest["inputs"]["setting"]))
    except (KeyError, TypeError, ValueError) as error:
        raise StoreError(f"{run.folder}: {store.unknown_form(run.manifest, error)}") from error


def scenario_of(run: store.Run, setting: Setting | None = None) -> Scenario:
    """Return the compiled setting of a run; StoreError where it contradicts itself."""
    from negotiation_sim.engine.scenario import compile_setting

    with store.setting_errors(run):
        return compile_setting(setting_of(run) if setting is None else setting)


@contextlib.contextmanager
def tables_fit(run: store.Run) -> Iterator[None]:
    """Say in one line that a run's tables are not those of its manifest, where reading them fails."""
    try:
        yield
    except (LookupError, TypeError, ValueError) as error:
        what = f"{type(error).__name__}: {error}"
        message = f"{run.folder}: damaged, its tables are not those of its manifest ({what[:200]})"
        raise StoreError(message) from error


def outcomes_of(run: store.Run, scenario: Scenario) -> pd.DataFrame:
    """Return one row per strategy and world, every checksum compared."""
    return strategy_outcomes(
        run.load(), scenario.succeeds_when, scenario.deadline,
        pledge_initiatives=pledge_initiatives(scenario.setting),
    )  # fmt: skip


def months_in(years: float) -> int:
    """Return a horizon of so many years in months, a part of a month as a whole one."""
    return math.ceil(years * MONTHS_PER_YEAR)


def read_with_texts(
    run: str | PathLike[str] | store.Run, root: str | PathLike[str]
) -> tuple[store.Run, Setting, pd.DataFrame]:
    """Return a run, its setting and its outcomes with what their texts came to.

    Strategies of pledges alone are left out. Nothing is compiled: a comparison is to be quick.
    """
    found = store.find_run(run, root, kind="run")
    setting = setting_of(found)
    deadline = math.floor(setting.success.deadline_years * MONTHS_PER_YEAR)
    with tables_fit(found):
        outcomes = outcomes_with_texts(
            found.load(), {s.name: s.succeeds_when for s in setting.strategies}, deadline,
            pledge_initiatives(setting),
        )  # fmt: skip
    return found, setting, outcomes[~outcomes["pledges_only"].to_numpy(dtype=bool)]


def read_run(
    run: str | PathLike[str] | store.Run, root: str | PathLike[str]
) -> tuple[store.Run, Scenario, pd.DataFrame]:
    """Return a run, its compiled setting and its outcomes without strategies of pledges alone."""
    found = store.find_run(run, root, kind="run")
    scenario = scenario_of(found)
    with tables_fit(found):
        outcomes = outcomes_of(found, scenario)
    return found, scenario, outcomes[~outcomes["pledges_only"].to_numpy(dtype=bool)]


def chosen_strategies(
    run: store.Run, outcomes: pd.DataFrame, wanted: Sequence[str] | None
) -> list[str]:
    """Return the strategies asked for, or all that can succeed, in the order of the run.

    Raises
    ------
    UsageError
        For one that is not in the run, or that gathers pledges only.
    """
    able = {str(name) for name in outcomes["strategy"].unique()}
    known = [s["name"] for s in run.manifest["inputs"]["setting"]["strategies"]]
    for name in wanted or ():
        if name not in known:
            raise UsageError(f"strategies: no '{name}' in this run{nearest(name, known)}")
        if name not in able:
            raise UsageError(f"strategies: '{name}' gathers pledges only; it has no success")
    return list(dict.fromkeys(wanted)) if wanted else [name for name in known if name in able]


def version_note(run: store.Run) -> list[str]:
    """Return a sentence where other sources than these computed the run."""
    then, now = run.manifest["versions"].get("negotiation-sim", "none"), store.source_version()
    return [] if then == now else [f"Run {run.id} was computed by {then}; this is {now}."]


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a table as plain records for JSON, missing numbers as null."""
    if not len(table):
        return []
    found: list[dict[str, Any]] = json.loads(table.to_json(orient="records", double_precision=15))
    return found
