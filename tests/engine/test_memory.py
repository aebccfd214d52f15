"""Models built and dropped leave nothing behind, and a long run needs no more than a short one."""

from __future__ import annotations

import gc
import tracemalloc
import weakref

import pytest

from helpers.engines import in_worlds
from helpers.generic import seeded_setting
from negotiation_sim.engine import ensemble
from negotiation_sim.engine.agents import NegotiationModel
from negotiation_sim.engine.scenario import compile_setting

BOUND = 200_000  # bytes; one model of this size holds some 30,000


@pytest.fixture
def scenario():
    return compile_setting(seeded_setting(6, 4, horizon_years=1.0))


def growth(work, first: int, more: int) -> int:
    """Return by how many bytes memory grows between ``first`` and ``first + more`` calls."""
    for _ in range(first):
        work()
    gc.collect()
    tracemalloc.start()
    try:
        for _ in range(more):
            work()
        gc.collect()
        return tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()


@pytest.mark.long
def test_a_thousand_models_built_and_dropped_leave_no_growth(scenario):
    assert growth(lambda: NegotiationModel(scenario, 0), 20, 1000) < BOUND


def test_the_models_of_a_run_leave_no_growth(scenario):
    """The chunks that ``run --engine mesa`` computes, models of one month each."""
    short = compile_setting(scenario.setting.model_copy(update={"horizon_years": 1 / 12}))
    worlds = [(k, k) for k in range(20)]

    def work():
        in_worlds(short, worlds, engine="mesa", strategies=[0])

    assert growth(work, 2, 15) < BOUND


def test_a_model_that_was_run_can_be_collected(scenario):
    model = NegotiationModel(scenario, 0).run()
    gone = weakref.ref(model)
    del model
    gc.collect()
    assert gone() is None


def test_the_compiled_loop_leaves_no_growth(scenario):
    def work():
        for _ in ensemble.run_ensemble(scenario, 50, threads=1):
            pass

    assert growth(work, 5, 50) < BOUND


def test_a_stream_holds_a_few_chunks_at_a_time(scenario, monkeypatch):
    """Peak memory of 100 chunks is that of 10: what was yielded is not kept."""
    monkeypatch.setattr(ensemble, "chunk_size", lambda *_: 20)

    def peak(replicates: int) -> int:
        gc.collect()
        tracemalloc.start()
        for _ in ensemble.run_ensemble(scenario, replicates, threads=2):
            pass
        try:
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(100)
    assert peak(2000) < 1.3 * peak(200) + BOUND
