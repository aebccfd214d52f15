"""The ensemble in a background thread, chunk by chunk, with tables as they come and a way out.

The replicates are those of ``run`` with the same seed: a plain run of the same strategies gives
the same counts. Everything shown is what ``analysis`` returns.
"""

from __future__ import annotations

import dataclasses
import threading
import time
from collections import OrderedDict
from typing import Any

import pandas as pd

from negotiation_sim.analysis.causes import CauseAccumulator
from negotiation_sim.analysis.outcomes import SummaryAccumulator
from negotiation_sim.analysis.success import pledge_initiatives
from negotiation_sim.analysis.survival import survival_table
from negotiation_sim.engine import ensemble
from negotiation_sim.engine.scenario import Scenario

PUBLISH_EVERY = 0.4  # seconds between two sets of tables
KEPT = 32
_OUTCOME_COLUMNS = (
    "strategy", "pledges_only", "mandate_month", "adoption_month", "entry_into_force_month",
    "success_month", "ending", "end_month", "error",
)  # fmt: skip


@dataclasses.dataclass(frozen=True)
class EnsembleTables:
    """What analysis returns for the replicates so far."""

    done: int
    summary: pd.DataFrame
    incidence: pd.DataFrame
    survival: pd.DataFrame
    causes: pd.DataFrame
    blockers: pd.DataFrame
    texts: pd.DataFrame


@dataclasses.dataclass(frozen=True)
class EnsembleRequest:
    """What decides the numbers, apart from the scenario: hashable, so that results can be kept."""

    experiment: str
    changes: tuple[tuple[str, float], ...]
    strategies: tuple[str, ...]
    replicates: int
    seed: int


class Job:
    """One ensemble under way.

    Attributes
    ----------
    state : {'running', 'done', 'cancelled', 'failed'}
    done, total : int
        Replicates of each strategy.
    tables : EnsembleTables or None
        The latest.
    error : str
    """

    def __init__(
        self, scenario: Scenario, request: EnsembleRequest, threads: int | None = None
    ) -> None:
        self.scenario, self.request = scenario, request
        self.done, self.total = 0, request.replicates
        self.state, self.error = "running", ""
        self.tables: EnsembleTables | None = None
        self._threads = threads
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="ensemble")

    @property
    def started(self) -> bool:
        return self._thread.ident is not None

    @property
    def cancelled(self) -> bool:
        return self._stop.is_set()

    def start(self) -> Job:
        self._thread.start()
        return self

    def cancel(self) -> None:
        """Stop after the chunks under way; what has been counted stays."""
        self._stop.set()

    def wait(self, seconds: float | None = None) -> Job:
        self._thread.join(seconds)
        return self

    def _run(self) -> None:
        try:
            self._count()
            self.state = "cancelled" if self.done < self.total else "done"
        except Exception as error:  # shown on the page; the server goes on
            self.error = f"{type(error).__name__}: {error}"
            self.state = "failed"

    def _count(self) -> None:
        scenario, request = self.scenario, self.request
        chunks = ensemble.run_ensemble(
            scenario, request.replicates, request.seed, strategies=list(request.strategies),
            threads=self._threads,
        )  # fmt: skip
        counted = Counted(scenario)
        published = time.monotonic()
        try:
            for chunk in chunks:
                self.done += counted.add(chunk)
                if time.monotonic() - published > PUBLISH_EVERY:
                    self.tables = counted.tables(self.done)
                    published = time.monotonic()
                if self._stop.is_set():
                    break
        finally:
            chunks.close()  # type: ignore[attr-defined]
        self.tables = counted.tables(self.done)


class Counted:
    """The accumulators of analysis, and the outcomes that the survival curves are drawn from."""

    def __init__(self, scenario: Scenario) -> None:
        pledges = pledge_initiatives(scenario.setting)
        self.horizon = scenario.horizon
        self.summary = SummaryAccumulator(
            scenario.succeeds_when, scenario.deadline, scenario.horizon, pledge_initiatives=pledges
        )
        self.causes = CauseAccumulator()
        self._outcomes: list[pd.DataFrame] = []

    def add(self, chunk: pd.DataFrame) -> int:
        """Count a chunk; return how many worlds it held."""
        outcomes = self.summary.update(chunk)
        self.causes.update(outcomes)
        self._outcomes.append(outcomes[list(_OUTCOME_COLUMNS)])
        return int(chunk["chance"].nunique())

    def tables(self, done: int) -> EnsembleTables:
        """Return the tables of everything counted so far."""
        if len(self._outcomes) > 1:
            self._outcomes = [pd.concat(self._outcomes, ignore_index=True)]
        return EnsembleTables(
            done=done, summary=self.summary.table(), incidence=self.summary.incidence(),
            survival=survival_table(self._outcomes[0], self.horizon),
            causes=self.causes.shares(), blockers=self.causes.blockers(),
            texts=self.summary.texts(),
        )  # fmt: skip


class Results:
    """Finished tables by request, the latest few; shared, so that a link shows them at once."""

    def __init__(self) -> None:
        self._kept: OrderedDict[EnsembleRequest, EnsembleTables] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, request: EnsembleRequest) -> EnsembleTables | None:
        with self._lock:
            return self._kept.get(request)

    def put(self, request: EnsembleRequest, tables: EnsembleTables) -> None:
        with self._lock:
            self._kept[request] = tables
            self._kept.move_to_end(request)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)


def request_of(address: Any, strategies: tuple[str, ...], *, base: bool = False) -> EnsembleRequest:
    """Return the request of an address; the base case leaves its changes out."""
    changes = () if base else tuple(sorted(address.changes.items()))
    return EnsembleRequest(
        address.experiment, changes, strategies, address.replicates, address.seed
    )
