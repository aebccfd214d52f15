"""Against plain Mesa, Mesa's batch runner and NegMAS."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable

import mesa
import numpy as np
from measure import Line, best, child, micro, times

from engine import bellagio, places, seconds_a_run
from negotiation_sim import model as mechanisms
from negotiation_sim.engine.agents import NegotiationModel
from negotiation_sim.model import compiling

Call = tuple[Callable, tuple]


def recorded_calls(run: NegotiationModel) -> list[list[Call]]:
    """Return every call of what the model computes of numbers alone in a replicate, by month.

    Calls inside such a function are its own; what reads the records is not replayed, as they have
    changed by then.
    """
    months: list[list[Call]] = []
    depth = 0
    marked = set(compiling._INLINED)
    parts = [m for name, m in sys.modules.items() if name.startswith(mechanisms.__name__ + ".")]
    originals = [
        (module, name, function)
        for module in parts
        for name, function in vars(module).items()
        if inspect.isfunction(function) and function in marked and of_numbers(function)
    ]

    def remember(function: Callable) -> Callable:
        def call(*arguments):
            nonlocal depth
            if depth == 0:
                kept = tuple(x.copy() if isinstance(x, np.ndarray) else x for x in arguments)
                months[-1].append((function, kept))
            depth += 1
            try:
                return function(*arguments)
            finally:
                depth -= 1

        return call

    for module, name, function in originals:
        setattr(module, name, remember(function))
    try:
        while run.running:
            months.append([])
            run.step()
    finally:
        for module, name, function in originals:
            setattr(module, name, function)
    return months


def of_numbers(function: Callable) -> bool:
    """Return whether a function takes no records."""
    return not {"given", "world", "state"} & set(inspect.signature(function).parameters)


class Bare(mesa.Model):
    """A Mesa model that makes given calls and collects nothing."""

    def __init__(self, n_actors: int, months: list[list[Call]]) -> None:
        super().__init__(rng=0)
        self.months = months
        self.states = [Caller(self) for _ in range(n_actors)]

    def step(self) -> None:
        """Deal this month's calls out among the agents and let each make its own."""
        calls = self.months[self.steps - 1]
        size = -(-len(calls) // len(self.states)) or 1
        for i, state in enumerate(self.states):
            state.step(calls[i * size : (i + 1) * size])


class Caller(mesa.Agent):
    """An agent that makes the calls it is dealt."""

    def step(self, calls: list[Call]) -> None:
        for function, arguments in calls:
            function(*arguments)


def forget(gone: mesa.Model) -> None:
    """Drop what older versions of Mesa keep of every model."""
    if hasattr(mesa.Agent, "_ids"):
        mesa.Agent._ids.pop(gone, None)


def against_bare_mesa(n: int = 2) -> list[Line]:
    """Compare the Mesa engine with a bare Mesa model that makes the same rule calls."""
    scenario = bellagio()
    ours = bare = 0.0
    calls = 0
    for place in places(scenario):
        for chance in range(n):
            months = recorded_calls(NegotiationModel(scenario, place, 1, chance))
            calls += sum(map(len, months))

            def run_bare(months=months) -> None:
                run = Bare(len(scenario.actor_ids), months)
                for _ in months:
                    run.step()
                forget(run)

            def run_ours(place=place, chance=chance) -> None:
                run = NegotiationModel(scenario, place, 1, chance).run()
                run.rows()
                forget(run)

            bare += best(run_bare, 2)
            ours += best(run_ours, 2)
    runs = n * len(places(scenario))
    return [
        Line("rule calls of a replicate", f"{calls / runs:,.0f}"),
        Line("bare Mesa model making these calls", micro(bare / runs)),
        Line("Mesa engine against it", times(ours / bare), "at most 5"),
    ]


def last_rows(run: NegotiationModel) -> list[dict] | None:
    """Return the rows of a model that has ended."""
    return None if run.running else run.rows()


class Collected(NegotiationModel):
    """The model as Mesa's batch runner wants it: with a data collector."""

    def __init__(self, **words) -> None:
        super().__init__(**words)
        self.datacollector = mesa.DataCollector(model_reporters={"rows": last_rows})

    def step(self) -> None:
        super().step()
        self.datacollector.collect(self)  # the runner looks its last step up by number


def against_batch_run(n: int = 3) -> list[Line]:
    """Compare the ensemble with ``mesa.batch_run`` of the same model, one process."""
    from mesa.batchrunner import batch_run

    scenario = bellagio()
    parameters = {"scenario": [scenario], "strategy": places(scenario), "belief": range(n)}

    def work() -> None:
        batch_run(Collected, parameters, max_steps=scenario.horizon, display_progress=False)

    seconds = best(work, 1) / n / len(places(scenario))
    fast = seconds_a_run(scenario, 500)
    return [
        Line("mesa.batch_run of the same model", micro(seconds)),
        Line("ensemble against mesa.batch_run", times(seconds / fast)),
    ]


NEGMAS = """
import random, time
from negmas import LinearUtilityFunction, SAOMechanism, make_issue
from negmas.sao import BoulwareTBNegotiator

def negotiate(r):
    issues = [make_issue(11, "form"), make_issue(11, "scope")]
    session = SAOMechanism(issues=issues, n_steps=40)
    for _ in range(10):
        weights = [r.uniform(-1, 1), r.uniform(-1, 1)]
        utility = LinearUtilityFunction(weights=weights, issues=issues).normalize()
        utility.reserved_value = r.uniform(0, 0.4)
        session.add(BoulwareTBNegotiator(ufun=utility))
    session.run()

r = random.Random(1)
negotiate(r)
start = time.process_time()
for _ in range(200):
    negotiate(r)
print(time.process_time() - start)
"""


def against_negmas(python: str = sys.executable) -> list[Line]:
    """Compare with NegMAS: ten Boulware negotiators, 11 by 11 outcomes, 40 steps, 200 sessions."""
    try:
        seconds = float(child(NEGMAS, python=python)[0]) / 200
    except (RuntimeError, OSError) as error:
        missing = "No module named 'negmas'" in str(error)
        return [Line("NegMAS", "not installed" if missing else str(error))]
    fast = seconds_a_run(bellagio(), 500)
    return [
        Line("NegMAS, negotiations a second", f"{1 / seconds:.1f}"),
        Line("ensemble, negotiations a second", f"{1 / fast:,.0f}"),
        Line("ensemble against NegMAS", times(seconds / fast), "1,000"),
    ]
