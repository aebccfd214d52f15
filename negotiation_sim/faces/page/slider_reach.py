"""How far each slider moves the chance of success, from one end to the other, one at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

from negotiation_sim.analysis.outcomes import SummaryAccumulator
from negotiation_sim.analysis.success import pledge_initiatives
from negotiation_sim.engine import ensemble
from negotiation_sim.engine.scenario import Scenario
from negotiation_sim.errors import NegotiationSimError
from negotiation_sim.faces.page.sliders import Slider
from negotiation_sim.runs.sweep.point_scenarios import Patcher

WORLDS = 100


def reaches(
    scenario: Scenario, sliders: Sequence[Slider], strategies: Sequence[str], seed: int,
    stop: threading.Event | None = None,
) -> dict[str, float]:  # fmt: skip
    """Return by path the largest difference of P between a slider's ends, over the strategies.

    Parameters
    ----------
    scenario : Scenario
        The base case: the other sliders stand at their defaults.
    sliders, strategies : sequence
    seed : int
        The same worlds at both ends.
    stop : Event, optional
        When set, what has been measured so far is returned.
    """
    return dict(_measured(scenario, sliders, strategies, seed, stop or threading.Event()))


def _measured(
    scenario: Scenario, sliders: Sequence[Slider], strategies: Sequence[str], seed: int,
    stop: threading.Event,
) -> Iterator[tuple[str, float]]:  # fmt: skip
    patcher = Patcher(scenario.setting, [slider.path for slider in sliders])
    for place, slider in enumerate(sliders):
        ends = []
        for value in (slider.low, slider.high):
            if stop.is_set():
                return
            point = [value if n == place else None for n in range(len(sliders))]
            try:
                ends.append(_chances(patcher.scenario(tuple(point)), strategies, seed))
            except NegotiationSimError:  # the end contradicts the rest of the experiment
                ends.append({})
        low, high = ends
        yield slider.path, max((abs(high[n] - low[n]) for n in low if n in high), default=0.0)


def _chances(scenario: Scenario, strategies: Sequence[str], seed: int) -> dict[str, float]:
    """Return P of each strategy that can succeed."""
    counted = SummaryAccumulator(
        scenario.succeeds_when, scenario.deadline, scenario.horizon,
        pledge_initiatives=pledge_initiatives(scenario.setting),
    )  # fmt: skip
    chunks = ensemble.run_ensemble(scenario, WORLDS, seed, strategies=list(strategies), threads=1)
    for chunk in chunks:
        counted.update(chunk)
    return {name: k / n for name, (k, n) in counted.successes().items() if n}
