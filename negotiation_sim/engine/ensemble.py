"""Many replicates of a scenario, streamed as tables: the compiled loop, or the Mesa model.

Replicates are computed in chunks on threads (the compiled loop releases the interpreter's lock) or
processes (Mesa) and yielded in order, so that a table never depends on the number of workers.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor, TimeoutError
from typing import TYPE_CHECKING, TypeVar, cast

import numpy as np

from negotiation_sim.engine.collected import Collected
from negotiation_sim.engine.processes import QuietProcesses
from negotiation_sim.engine.scenario import Scenario
from negotiation_sim.engine.table import frame_of, nothing_reached, rows_of
from negotiation_sim.errors import UsageError
from negotiation_sim.model.chunk import Outcomes

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from negotiation_sim.engine.plugins import Plugin

    Worlds = NDArray[np.uint64]  # (R, 2): belief and chance
    Series = NDArray[np.float64]  # (R, C, H, names): what a plug-in collected

Item = TypeVar("Item")
Done = TypeVar("Done")
SECONDS_A_CHUNK = 0.2
MOST_REPLICATES = 100_000_000
MOST_COUNTED = 10_000_000_000  # where replicates are counted and not kept
SECONDS_AN_ACTOR_RUN = 5e-6  # measured: one strategy, one replicate, one actor
SECONDS_AN_ACTOR_WORLD = 15e-6  # measured: drawing one world, one actor
MESA_SLOWER = 400
MANY = 20  # replicates of the Mesa model for which compiled draws are worth their start


def cores() -> int:
    """Return the number of cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def chunk_size(scenario: Scenario, n_strategies: int, engine: str = "ensemble") -> int:
    """Return how many replicates make a chunk of about a fifth of a second."""
    n = len(scenario.actor_ids)
    seconds = n * (n_strategies * SECONDS_AN_ACTOR_RUN + SECONDS_AN_ACTOR_WORLD)
    if engine == "mesa":
        seconds *= MESA_SLOWER
    return max(1, min(4096, int(SECONDS_A_CHUNK / seconds)))


def worlds_of(first: int, count: int, chances_a_belief: int | None = None) -> Worlds:
    """Return belief and chance of replicates ``first`` to ``first + count - 1``.

    A plain run takes both as the replicate's number. The nested design (section 4 of the model)
    keeps one belief for ``chances_a_belief`` replicates in a row, each with a chance of its own.
    """
    chances = np.arange(first, first + count, dtype=np.uint64)
    beliefs = chances if not chances_a_belief else chances // np.uint64(chances_a_belief)
    return np.stack([beliefs, chances], axis=1)


def simulate(
    scenario: Scenario, strategies: Sequence[int], seed: int, worlds: Worlds, thorough: bool = False
) -> Outcomes:
    """Return how some strategies end in some worlds, from the compiled loop.

    Parameters
    ----------
    strategies : sequence of int
        Places.
    worlds : (R, 2) uint64 array
        Belief and chance; see :func:`worlds_of`.
    thorough : bool
        Look at every month, also where nobody decides: slower, and the same numbers.

    Notes
    -----
    With a plug-in that cannot be compiled, from the plain engine.
    """
    if thorough:
        return simulate_compiled(scenario, strategies, seed, worlds, thorough)[0]
    return collecting("ensemble", scenario, strategies, seed, worlds)[0]


def plugin_in(scenario: Scenario) -> Plugin | None:
    """Return the plug-in of a scenario, loaded; nothing is imported where there is none."""
    if scenario.setting.plugin is None:
        return None
    from negotiation_sim.engine.given_plugins import plugin_of

    return plugin_of(scenario.setting)


def series_of(scenario: Scenario) -> tuple[str, ...]:
    """Return the names of the time series that a scenario's plug-in collects."""
    plugin = plugin_in(scenario)
    return () if plugin is None else plugin.series


def collecting(
    engine: str, scenario: Scenario, strategies: Sequence[int], seed: int, worlds: Worlds
) -> tuple[Outcomes, Series | None]:
    """Return how some strategies end in some worlds, and what a plug-in collected of them.

    From the plain engine wherever a plug-in cannot be compiled.
    """
    plugin = plugin_in(scenario)
    if plugin is not None and plugin.plain_reason(scenario) is not None:
        engine = "mesa"
    return ENGINES[engine](scenario, strategies, seed, worlds)


def simulate_compiled(
    scenario: Scenario, strategies: Sequence[int], seed: int, worlds: Worlds, thorough: bool = False
) -> tuple[Outcomes, Series | None]:
    """Return outcomes and series from the compiled loop."""
    from negotiation_sim.model.chunk import new_outcomes, run_chunk
    from negotiation_sim.model.compiling import compiled
    from negotiation_sim.model.opening import new_state, new_world

    given, plugin = scenario.arrays, plugin_in(scenario)
    outcomes = new_outcomes(given, len(worlds), len(strategies))
    if plugin is not None:
        from negotiation_sim.engine.compiled_plugins import simulate_plugged

        series = simulate_plugged(
            scenario, strategies, seed, worlds, outcomes, plug=plugin.plug, names=plugin.series,
            thorough=thorough,
        )  # fmt: skip
        return outcomes, series if plugin.series else None
    compiled(run_chunk, allocates=False)(
        given, new_world(given), new_state(given), cast("int", np.uint64(seed)), worlds,
        np.asarray(strategies, np.int64), outcomes, thorough,
    )  # fmt: skip
    return outcomes, None


def simulate_plainly(
    scenario: Scenario, strategies: Sequence[int], seed: int, worlds: Worlds
) -> tuple[Outcomes, Series | None]:
    """Return the same from the Mesa model, one replicate after the other."""
    from negotiation_sim.engine.given_plugins import new_model
    from negotiation_sim.engine.plain import PlainWorld
    from negotiation_sim.model.compiling import take_compiled_draws

    if len(worlds) * len(strategies) >= MANY:
        take_compiled_draws()
    outcomes = nothing_reached(scenario, strategies, len(worlds))
    names = series_of(scenario)
    series = np.zeros((len(worlds), len(strategies), scenario.horizon, len(names)))
    for r, (belief, chance) in enumerate(worlds.tolist()):
        world = PlainWorld(scenario, seed, belief, chance)
        for c, s in enumerate(strategies):
            model = new_model(scenario, s, seed, belief, chance, world=world)
            model.run()
            model.write_outcome(outcomes, r, c)
            if names:
                series[r, c] = model.series
    return outcomes, series if names else None


ENGINES = {"ensemble": simulate_compiled, "mesa": simulate_plainly}


def chunk_of(
    engine: str, scenario: Scenario, strategies: Sequence[int], seed: int, worlds: Worlds
) -> pd.DataFrame:
    """Return the table of replicates of some worlds; what fails becomes rows."""
    errors = None
    try:
        outcomes, series = collecting(engine, scenario, strategies, seed, worlds)
    except Exception:  # noqa: BLE001 - failure is data: found out one by one
        plugin_in(scenario)  # one that is not given is no failure of a replicate
        outcomes, errors, series = one_by_one(engine, scenario, strategies, seed, worlds)
    frame = frame_of(rows_of(scenario, strategies, seed, worlds, outcomes, errors))
    if series is not None:
        frame.attrs[Collected.NAME] = Collected(tuple(strategies), series)
    return frame


def one_by_one(
    engine: str, scenario: Scenario, strategies: Sequence[int], seed: int, worlds: Worlds
) -> tuple[Outcomes, NDArray[np.object_], Series | None]:
    """Return outcomes replicate by replicate, and in words what went wrong with those that fail."""
    names = series_of(scenario)
    series = np.full((len(worlds), len(strategies), scenario.horizon, len(names)), np.nan)
    outcomes = nothing_reached(scenario, strategies, len(worlds))
    errors = np.full((len(worlds), len(strategies)), "", dtype=object)
    for r in range(len(worlds)):
        for c, s in enumerate(strategies):
            try:
                found, values = collecting(engine, scenario, [s], seed, worlds[r : r + 1])
            except Exception as error:  # noqa: BLE001 - failure is data
                errors[r, c] = " ".join(f"{type(error).__name__}: {error}".split())[:300]
                continue
            for whole, part in zip(outcomes, found, strict=True):
                whole[r, c] = part[0, 0]
            if values is not None:
                series[r, c] = values[0, 0]
    return outcomes, errors, series if names else None


def _in_order(
    pool: Executor, work: Callable[[Item], Done], items: Iterator[Item], ahead: int
) -> Iterator[Done]:
    """Yield ``work(item)`` in order, a few items ahead; an interrupt is noticed while waiting."""
    waiting: deque[Future[Done]] = deque()
    try:
        for item in items:
            waiting.append(pool.submit(work, item))
            if len(waiting) >= ahead:
                yield _patiently(waiting.popleft())
        while waiting:
            yield _patiently(waiting.popleft())
    finally:
        for future in waiting:
            future.cancel()


def _patiently(future: Future[Done]) -> Done:
    while True:
        try:
            return future.result(timeout=0.1)
        except TimeoutError:
            if future.done():
                raise


def run_ensemble(
    scenario: Scenario,
    replicates: int,
    seed: int = 1,
    *,
    strategies: Sequence[int | str] | None = None,
    engine: str = "ensemble",
    threads: int | None = None,
    first: int = 0,
    chances_a_belief: int | None = None,
) -> Iterator[pd.DataFrame]:
    """Yield the table of replicates in chunks, in the order of the replicates.

    Parameters
    ----------
    scenario : Scenario
    replicates : int
        How many worlds, from number ``first``.
    seed : int
        0 to 2**63 - 1.
    strategies : sequence of int or str, optional
        Default: all.
    engine : {'ensemble', 'mesa'}
        The compiled loop, or the reference; both give the same numbers.
    threads : int, optional
        Workers; default: all cores. The numbers do not depend on it.
    chances_a_belief : int, optional
        Nested design: replicates that share a belief (see :func:`worlds_of`).
    """
    check_request(replicates, seed, engine, threads)
    plugin = plugin_in(scenario)
    if plugin is not None and plugin.plain_reason(scenario) is not None:
        engine = "mesa"
    places = [
        scenario.index_of_strategy(s) if isinstance(s, str) else int(s)
        for s in (strategies if strategies is not None else range(len(scenario.strategy_names)))
    ]
    size = chunk_size(scenario, len(places), engine)
    workers = threads or cores()
    if engine == "mesa" and plugin is not None and plugin.where is None:
        workers = 1  # a class of this process, which no other knows
    chunks = (
        worlds_of(start, min(size, first + replicates - start), chances_a_belief)
        for start in range(first, first + replicates, size)
    )
    pool, work = _workers(engine, workers, scenario, places, seed)
    if pool is None:
        yield from map(work, chunks)
        return
    try:
        yield from _in_order(pool, work, chunks, 2 * workers)
    except BaseException:
        if isinstance(pool, QuietProcesses):
            pool.stop()
        raise
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def chunk_with(
    where: tuple[str, str] | None, work: Callable[[Worlds], pd.DataFrame], worlds: Worlds
) -> pd.DataFrame:
    """Return a chunk from a process that is given a plug-in's path and hash."""
    from negotiation_sim.engine.given_plugins import load_again

    load_again(where)
    return work(worlds)


def _workers(
    engine: str, workers: int, scenario: Scenario, places: list[int], seed: int
) -> tuple[Executor | None, Callable[[Worlds], pd.DataFrame]]:
    """Return a pool (None for one worker) and the work to give it."""
    from functools import partial

    work = partial(chunk_of, engine, scenario, places, seed)
    if engine == "mesa":
        plugin = plugin_in(scenario)
        if plugin is not None:
            work = partial(chunk_with, plugin.where, work)
        return (QuietProcesses(workers) if workers > 1 else None), work
    simulate(scenario, places[:1], seed, worlds_of(0, 1))  # compile once, before the threads
    return (ThreadPoolExecutor(workers) if workers > 1 else None), work


def check_request(
    replicates: int, seed: int, engine: str, threads: int | None, most: int = MOST_REPLICATES
) -> None:
    """Raise UsageError where a number or the engine's name is not allowed."""
    if replicates < 1:
        raise UsageError(f"replicates: {replicates} is too few; at least 1")
    if replicates > most:
        more = "" if most >= MOST_COUNTED else f"; keep='summary' takes up to {MOST_COUNTED:,}"
        raise UsageError(f"replicates: more than {most:,} are too many for one run{more}")
    if not 0 <= seed < 2**63:
        raise UsageError(f"seed: {seed} is not between 0 and 2**63 - 1")
    if engine not in ("ensemble", "mesa"):
        raise UsageError(f"engine: '{engine}' is not known; allowed: ensemble, mesa")
    if threads is not None and threads < 1:
        raise UsageError(f"threads: {threads} is too few; at least 1")
