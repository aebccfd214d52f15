"""From a request to a finished run folder: what is computed, under which id, in which order."""

from __future__ import annotations

import dataclasses
import datetime
import os
import platform
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from negotiation_sim.analysis.causes import CauseAccumulator
from negotiation_sim.analysis.figures import figure_files as figures
from negotiation_sim.analysis.intervals import stopping_level
from negotiation_sim.analysis.outcomes import SummaryAccumulator, strategy_outcomes
from negotiation_sim.analysis.success import pledge_initiatives
from negotiation_sim.analysis.uncertainty import BeliefAccumulator
from negotiation_sim.catalogue.schema import Setting
from negotiation_sim.engine import ensemble
from negotiation_sim.engine.collected import SeriesAccumulator
from negotiation_sim.engine.scenario import Scenario, compile_setting
from negotiation_sim.errors import StoreError
from negotiation_sim.runs import precision, store
from negotiation_sim.runs.request import CHANCES_A_BELIEF, Request

Progress = Callable[[int, int | None], None]

LEVEL = 0.95
SUMMARY, POSITIONS, SERIES = "summary.csv", "positions.csv", "series.csv"


@dataclasses.dataclass(frozen=True)
class PlannedRun:
    """A request for a setting, with the id and folder its run will have."""

    setting: Setting
    request: Request
    header: Mapping[str, Any]
    folder: Path


def folder_name(name: str) -> str:
    """Return a name as a folder on any system.

    Examples
    --------
    >>> folder_name("my study/1")
    'my-study-1'
    """
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip(".-") or "experiment"


def plan(setting: Setting, request: Request, out: str | os.PathLike[str]) -> PlannedRun:
    """Return the planned run; nothing is computed or written yet."""
    inputs = {"setting": setting.model_dump(mode="json"), **request.inputs()}
    header = {
        "id": store.run_id(inputs), "kind": "run", "experiment": setting.id, "inputs": inputs,
        "keep": request.keep, "versions": dict(store.versions()),
    }  # fmt: skip
    return PlannedRun(
        setting, request, header, Path(out) / folder_name(setting.id) / str(header["id"])
    )


def planned_again(manifest: Mapping[str, Any], out: str | os.PathLike[str]) -> PlannedRun:
    """Return the planned run of a manifest, as this version of the program would do it."""
    inputs = dict(manifest["inputs"])
    try:
        setting = Setting.model_validate_json(store.canonical(inputs.pop("setting")))
        inputs.pop("chances_a_belief", None)
        request = Request(**inputs)
    except (KeyError, TypeError, ValueError) as error:
        raise StoreError(f"run {manifest['id']}: {store.unknown_form(manifest, error)}") from error
    return plan(setting, request, out)


class Tables:
    """Everything counted while the replicates pass by; memory does not grow with them.

    ``series`` names what a plug-in collects; rows that are read from a run have none.
    """

    def __init__(self, scenario: Scenario, request: Request, series: Sequence[str] = ()) -> None:
        self.scenario = scenario
        self.summary = SummaryAccumulator(
            scenario.succeeds_when, scenario.deadline, scenario.horizon,
            pledge_initiatives=pledge_initiatives(scenario.setting),
        )  # fmt: skip
        self.causes = CauseAccumulator()
        self.beliefs = BeliefAccumulator() if request.beliefs else None
        self.series = SeriesAccumulator(series, scenario.strategy_names) if series else None
        self.level = LEVEL if request.precision is None else stopping_level(LEVEL)

    def count(self, chunk: pd.DataFrame) -> pd.DataFrame:
        """Count a chunk of the plain design; return its rows per strategy and replicate."""
        outcomes = self.summary.update(chunk)
        self.causes.update(outcomes)
        if self.series is not None:
            self.series.update(chunk)
        return outcomes

    def count_beliefs(self, chunk: pd.DataFrame) -> None:
        """Count a chunk of the nested design, where the request asks for it."""
        if self.beliefs is not None:
            outcomes = strategy_outcomes(
                chunk, self.scenario.succeeds_when, self.scenario.deadline,
                pledge_initiatives=pledge_initiatives(self.scenario.setting),
            )  # fmt: skip
            self.beliefs.update(outcomes)

    def positions_table(self) -> pd.DataFrame | None:
        """Return the spread of P over beliefs, where the request asks for it."""
        return None if self.beliefs is None else self.beliefs.table(LEVEL)

    def summary_table(self) -> pd.DataFrame:
        """Return the summary, with the spread over beliefs beside the Monte Carlo interval."""
        table = self.summary.table(self.level)
        positions = self.positions_table()
        if positions is None or not len(positions):
            return table
        spread = positions.set_index("strategy")
        place = list(table.columns).index("p_success_high") + 1
        for offset, name in enumerate(("p_positions_low", "p_positions_high")):
            table.insert(place + offset, name, table["strategy"].map(spread[name]))
        return table


def to_csv(table: pd.DataFrame) -> bytes:
    """Return a table as CSV; numbers are written so that they read back to the last bit."""
    return table.to_csv(index=False, lineterminator="\n").encode()


def replicate_chunks(
    scenario: Scenario, request: Request, tables: Tables, engine: str, threads: int | None
) -> Iterator[pd.DataFrame]:
    """Yield the replicates of the plain design, counted in ``tables``."""
    if request.precision is not None:
        yield from precision.run_until_precise(
            scenario, tables.count, tables.summary.successes, request.precision, request.seed,
            on=request.precision_on, max_replicates=request.max_replicates, engine=engine,
            threads=threads,
        )  # fmt: skip
        return
    chunks = ensemble.run_ensemble(
        scenario, request.replicates or 0, request.seed, engine=engine, threads=threads
    )
    for chunk in chunks:
        tables.count(chunk)
        yield chunk


def belief_worlds(
    scenario: Scenario, request: Request, tables: Tables, engine: str, threads: int | None
) -> Iterator[int]:
    """Run the nested design, count it in ``tables``, yield how many worlds each chunk held."""
    if tables.beliefs is None:
        return
    chunks = ensemble.run_ensemble(
        scenario, request.beliefs * CHANCES_A_BELIEF, request.seed, engine=engine,
        threads=threads, chances_a_belief=CHANCES_A_BELIEF,
    )  # fmt: skip
    for chunk in chunks:
        tables.count_beliefs(chunk)
        yield chunk["chance"].nunique()


def carry_out(
    planned: PlannedRun,
    *,
    engine: str = "ensemble",
    threads: int | None = None,
    replace: bool = False,
    progress: Progress | None = None,
    draw: bool = True,
) -> store.Run:
    """Compute a planned run and write its run folder.

    Parameters
    ----------
    planned : PlannedRun
    engine, threads
        See :func:`negotiation_sim.engine.ensemble.run_ensemble`; no trace of them in the tables.
    replace : bool
        Whether a finished run of the same id may be replaced.
    progress : callable, optional
        Called with the number of worlds done and, where known, of all.
    draw : bool
        Whether figures are drawn.
    """
    scenario = compile_setting(planned.setting)
    tables = Tables(scenario, planned.request, ensemble.series_of(scenario))
    began = time.time()
    nested = planned.request.beliefs * CHANCES_A_BELIEF
    total = None if planned.request.replicates is None else planned.request.replicates + nested
    tell = progress or (lambda done, total: None)
    schema = store.replicate_schema(planned.setting.issues)
    with store.RunWriter(planned.folder, planned.header, schema, replace=replace) as writer:
        done = 0
        tell(done, total)
        for chunk in replicate_chunks(scenario, planned.request, tables, engine, threads):
            writer.append(chunk)
            done += chunk["chance"].nunique()
            tell(done, total)
        for worlds in belief_worlds(scenario, planned.request, tables, engine, threads):
            done += worlds
            tell(done, total)
        computed = time.time()
        failed: list[str] = []
        if draw:
            drawn = figures.run_figures(
                tables.summary_table(), tables.summary, tables.causes, scenario, failed
            )
            for name, content in drawn:
                writer.write_file(f"figures/{name}", content)
        writer.finish(
            counts_of(tables, scenario), contents_of(tables),
            log_of(began, computed, engine, threads) | ({"figures": failed} if failed else {}),
        )  # fmt: skip
    return store.open_run(planned.folder)


def contents_of(tables: Tables) -> dict[str, bytes]:
    """Return the tables that a run's manifest vouches for, as CSV by file name."""
    contents = {SUMMARY: to_csv(tables.summary_table())}
    positions = tables.positions_table()
    if positions is not None:
        contents[POSITIONS] = to_csv(positions)
    if tables.series is not None:
        contents[SERIES] = to_csv(tables.series.table())
    return contents


def counted(tables: Tables) -> dict[str, pd.DataFrame]:
    """Return what the counts over replicates say beside the summary, by name of the table.

    ``causes``, ``blockers`` and ``pairs`` say why strategies fail and who stood in the way;
    ``funnel`` how many come to each milestone by the deadline;
    ``months`` which share has come to each milestone or ended by each month; ``texts`` how often
    each form and scope was adopted, to the nearest fiftieth.
    """
    causes, summary, level = tables.causes, tables.summary, tables.level
    return {
        "causes": causes.shares(level), "blockers": causes.blockers(level),
        "pairs": causes.pairs(level), "funnel": summary.funnel(level), "months": summary.incidence(), "texts": summary.texts(),
    }  # fmt: skip


def counted_of(run: store.Run) -> dict[str, pd.DataFrame]:
    """Return the tables of :func:`counted` of a finished run, read from its replicates."""
    planned = planned_again(run.manifest, run.folder.parent)
    with store.setting_errors(run):
        tables = Tables(compile_setting(planned.setting), planned.request)
    tables.count(store.load(run))
    return counted(tables)


def counts_of(tables: Tables, scenario: Scenario) -> dict[str, Any]:
    """Return the counts of a run's manifest."""
    table = tables.summary.table()
    return {
        "strategies": len(scenario.strategy_names), "actors": len(scenario.actor_ids),
        "replicates": dict(zip(table["strategy"], table["replicates"].tolist(), strict=True)),
        "errors": int(table["errors"].sum()),
    }  # fmt: skip


def log_of(began: float, computed: float, engine: str, threads: int | None) -> dict[str, Any]:
    """Return what may change from run to run: times, engine and machine."""

    def stamp(seconds: float) -> str:
        moment = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
        return moment.isoformat(timespec="seconds")

    now = time.time()
    return {
        "started": stamp(began), "finished": stamp(now), "engine": engine,
        "threads": threads or ensemble.cores(), "seconds_replicates": round(computed - began, 3),
        "seconds": round(now - began, 3), "machine": platform.platform(), "cores": os.cpu_count(),
    }  # fmt: skip
