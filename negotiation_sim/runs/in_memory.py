"""The tables of a run without a folder: for loops over many settings, and for looking."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pandas as pd

from negotiation_sim.catalogue.schema import Setting
from negotiation_sim.engine import ensemble
from negotiation_sim.engine.scenario import compile_setting
from negotiation_sim.glance import glanced
from negotiation_sim.runs.one_run import Tables, replicate_chunks
from negotiation_sim.runs.request import Request


@glanced
@dataclasses.dataclass(frozen=True)
class RunInMemory:
    """What a run of a setting gives, held in memory; nothing is written.

    Parameters
    ----------
    setting : Setting
        As it was run, overrides applied.
    request : Request
    summary : DataFrame
        One row a strategy, as a run's ``summary.csv`` without the spread over beliefs.
    replicates : DataFrame
        One row a track and replicate, as :meth:`negotiation_sim.runs.store.Run.load` gives them.
    """

    setting: Setting
    request: Request
    summary: pd.DataFrame
    replicates: pd.DataFrame


def computed(
    setting: Setting,
    request: Request,
    threads: int | None = None,
    progress: Callable[[int, int | None], None] | None = None,
) -> RunInMemory:
    """Return the outcomes of a setting.

    Parameters
    ----------
    setting : Setting
    request : Request
        Without the nested design of beliefs.
    threads : int, optional
        Workers; default all cores. No number depends on it.
    progress : callable, optional
        Called with the worlds done and, where known, of all.
    """
    scenario = compile_setting(setting)
    tables = Tables(scenario, request, ensemble.series_of(scenario))
    frames, done = [], 0
    for chunk in replicate_chunks(scenario, request, tables, "ensemble", threads):
        frames.append(chunk)
        done += chunk["chance"].nunique()
        if progress is not None:
            progress(done, request.replicates)
    return RunInMemory(
        setting, request, tables.summary_table(), pd.concat(frames, ignore_index=True)
    )
