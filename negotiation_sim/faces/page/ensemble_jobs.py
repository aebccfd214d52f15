"""The ensemble in a background thread, chunk by chunk, with tables as they come and a way out.

The replicates are those of ``run`` with the same seed, and so are the beliefs that its second
interval is drawn from: a run of the same strategies gives the same counts. Everything shown is
what ``analysis`` returns.
"""

from __future__ import annotations

import contextlib
import dataclasses
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

import pandas as pd

from negotiation_sim.analysis.causes import CauseAccumulator
from negotiation_sim.analysis.outcomes import SummaryAccumulator, strategy_outcomes
from negotiation_sim.analysis.success import pledge_initiatives
from negotiation_sim.analysis.survival import survival_table
from negotiation_sim.analysis.uncertainty import BeliefAccumulator
from negotiation_sim.engine import ensemble
from negotiation_sim.engine.scenario import Scenario
from negotiation_sim.runs.request import BELIEFS, CHANCES_A_BELIEF
from negotiation_sim.studies.history.outside_view import NEEDED

PUBLISH_EVERY = 0.4  # seconds between two sets of tables
KEPT = 64
_OUTCOME_COLUMNS = (
    "strategy", "pledges_only", "mandate_month", "adoption_month", "entry_into_force_month",
    "success_month", "ending", "end_month", "error",
)  # fmt: skip


@dataclasses.dataclass(frozen=True)
class EnsembleTables:
    """What analysis returns for the replicates so far.

    Attributes
    ----------
    done : int
        Worlds of the plain design.
    positions : DataFrame
        The spread of P over beliefs; empty until these have been run.
    mandates : DataFrame
        Months of mandate and adoption of every track, for the inside view.
    """

    done: int
    summary: pd.DataFrame
    incidence: pd.DataFrame
    survival: pd.DataFrame
    causes: pd.DataFrame
    blockers: pd.DataFrame
    texts: pd.DataFrame
    positions: pd.DataFrame
    mandates: pd.DataFrame


@dataclasses.dataclass(frozen=True)
class EnsembleRequest:
    """What decides the numbers, apart from the scenario: hashable, so that results can be kept.

    ``beliefs`` is the number of beliefs that the second interval rests on, each met by as many
    chances as in ``run``; 0 leaves it out.
    """

    experiment: str
    changes: tuple[tuple[str, float], ...]
    strategies: tuple[str, ...]
    replicates: int
    seed: int
    beliefs: int = 0


class Job:
    """One ensemble under way.

    Attributes
    ----------
    state : {'running', 'done', 'cancelled', 'failed'}
    done, total : int
        Worlds of each strategy, those of the beliefs counted.
    tables : EnsembleTables or None
        The latest.
    error : str
    """

    def __init__(
        self, scenario: Scenario, request: EnsembleRequest, threads: int | None = None
    ) -> None:
        self.scenario, self.request = scenario, request
        self.done, self.total = 0, request.replicates + request.beliefs * CHANCES_A_BELIEF
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
        counted = Counted(self.scenario)
        self._pass(counted, nested=False)
        self.tables = counted.tables()
        if self.request.beliefs and not self._stop.is_set():
            self._pass(counted, nested=True)
            self.tables = counted.tables()

    def _pass(self, counted: Counted, *, nested: bool) -> None:
        """Run the plain replicates or those of the beliefs; publish tables now and then."""
        request = self.request
        worlds = request.beliefs * CHANCES_A_BELIEF if nested else request.replicates
        chunks = ensemble.run_ensemble(
            self.scenario, worlds, request.seed, strategies=list(request.strategies),
            threads=self._threads, chances_a_belief=CHANCES_A_BELIEF if nested else None,
        )  # fmt: skip
        published = time.monotonic()
        try:
            for chunk in chunks:
                self.done += counted.add_beliefs(chunk) if nested else counted.add(chunk)
                if time.monotonic() - published > PUBLISH_EVERY:
                    self.tables = counted.tables()
                    published = time.monotonic()
                if self._stop.is_set():
                    break
        finally:
            chunks.close()  # type: ignore[attr-defined]


class Counted:
    """The accumulators of analysis, and the outcomes that the survival curves are drawn from."""

    def __init__(self, scenario: Scenario) -> None:
        self._pledges = pledge_initiatives(scenario.setting)
        self.scenario, self.horizon = scenario, scenario.horizon
        self.done = 0
        self.summary = SummaryAccumulator(
            scenario.succeeds_when, scenario.deadline, scenario.horizon,
            pledge_initiatives=self._pledges,
        )  # fmt: skip
        self.causes, self.beliefs = CauseAccumulator(), BeliefAccumulator()
        self._positions = pd.DataFrame()
        self._outcomes: list[pd.DataFrame] = []
        self._mandates: list[pd.DataFrame] = []

    def add(self, chunk: pd.DataFrame) -> int:
        """Count a chunk; return how many worlds it held."""
        outcomes = self.summary.update(chunk)
        self.causes.update(outcomes)
        self._outcomes.append(outcomes[list(_OUTCOME_COLUMNS)])
        self._mandates.append(chunk[list(NEEDED)])
        worlds = int(chunk["chance"].nunique())
        self.done += worlds
        return worlds

    def add_beliefs(self, chunk: pd.DataFrame) -> int:
        """Count a chunk of the nested design; return how many worlds it held."""
        scenario = self.scenario
        self.beliefs.update(
            strategy_outcomes(
                chunk, scenario.succeeds_when, scenario.deadline, pledge_initiatives=self._pledges
            )
        )
        return int(chunk["chance"].nunique())

    def tables(self) -> EnsembleTables:
        """Return the tables of everything counted so far."""
        for parts in (self._outcomes, self._mandates):
            if len(parts) > 1:
                parts[:] = [pd.concat(parts, ignore_index=True)]
        return EnsembleTables(
            done=self.done, summary=self.summary.table(), incidence=self.summary.incidence(),
            survival=survival_table(self._outcomes[0], self.horizon),
            causes=self.causes.shares(), blockers=self.causes.blockers(),
            texts=self.summary.texts(), positions=self._spread(),
            mandates=self._mandates[0],
        )  # fmt: skip

    def _spread(self) -> pd.DataFrame:
        """Return the spread over the beliefs so far; a belief met but once waits for its next chance."""
        with contextlib.suppress(ValueError):
            self._positions = self.beliefs.table()
        return self._positions


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


def request_of(
    address: Any, strategies: tuple[str, ...], changes: Mapping[str, float] | None = None
) -> EnsembleRequest:
    """Return the request of an address, or of its worlds under other changes."""
    settings = address.changes if changes is None else changes
    return EnsembleRequest(
        address.experiment, tuple(sorted(settings.items())), strategies, address.replicates,
        address.seed, BELIEFS["ensemble"],
    )  # fmt: skip
