"""Many replicates of a scenario, streamed as tables: the compiled loop, or the Mesa model.

Replicates are computed in chunks on threads (the compiled loop releases the interpreter's lock) or
processes (Mesa) and yielded in order, so that a table never depends on the number of workers.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor, TimeoutError
from typing import TYPE_CHECKING, Any

import numpy as np

from negotiation_sim.engine.processes import QuietProcesses
from negotiation_sim.engine.scenario import Scenario
from negotiation_sim.errors import UsageError
from negotiation_sim.model.terms import COST_TERMS, MILLION, NO_TERM, Cause, Ending, Stage, label

if TYPE_CHECKING:
    import pandas as pd

SECONDS_A_CHUNK = 0.2
SECONDS_AN_ACTOR_RUN = 5e-6  # measured: one strategy, one replicate, one actor
SECONDS_AN_ACTOR_WORLD = 15e-6  # measured: drawing one world, one actor
MESA_SLOWER = 400
MONTH_COLUMNS = (
    "mandate_month", "agreed_month", "adoption_month", "entry_into_force_month", "success_month",
)  # fmt: skip


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


def worlds_of(
    first: int, count: int, chances_a_belief: int | None
) -> tuple[np.ndarray, np.ndarray]:
    """Return beliefs and chances of replicates ``first`` to ``first + count - 1``.

    A plain run takes both as the replicate's number. The nested design (section 4 of the model)
    keeps one belief for ``chances_a_belief`` replicates in a row, each with a chance of its own.
    """
    chances = np.arange(first, first + count, dtype=np.uint64)
    beliefs = chances if not chances_a_belief else chances // np.uint64(chances_a_belief)
    return beliefs, chances


def simulate(
    scenario: Scenario,
    strategies: Sequence[int],
    seed: int,
    beliefs: np.ndarray,
    chances: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Run the compiled loop for some worlds; return its four output arrays (see kernel.run_chunk)."""
    from negotiation_sim.model import kernel
    from negotiation_sim.model.compiling import compiled

    a = scenario.arrays
    shape = (len(chances), len(strategies), a.tracks.shape[1])
    out = np.zeros((*shape, kernel.N_OUT), np.int64)
    world = np.zeros((*shape[:2], 3), np.int64)
    text = np.zeros((*shape, len(scenario.issues)))
    named = np.zeros((*shape, len(scenario.actor_ids)), np.uint8)
    places = np.asarray(strategies, np.int64)
    run = compiled(kernel.run_chunk, allocates=False)
    scratch = kernel.workspace(a)
    run(a, scratch, np.uint64(seed), beliefs, chances, places, out, world, text, named)
    return out, world, text, named


def _categorical(codes: np.ndarray, names: Sequence[str]) -> pd.Categorical:
    import pandas as pd

    return pd.Categorical.from_codes(codes, categories=list(dict.fromkeys(names)))


def _blockers(
    named: np.ndarray, deepest: np.ndarray, scenario: Scenario
) -> tuple[list, list, list]:
    """Return the columns blockers, main_blocker and main_term; equal rows share one string."""
    ids, terms = scenario.actor_ids, (*scenario.issues, *COST_TERMS, NO_TERM)
    words: dict[bytes, str] = {}
    blockers, main, term = [], [], []
    for row, d in zip(named, deepest.tolist(), strict=True):
        key = row.tobytes()
        if key not in words:
            words[key] = " ".join(f"{ids[i]}:{terms[row[i] - 1]}" for i in np.flatnonzero(row))
        blockers.append(words[key])
        main.append(ids[d] if d >= 0 else "")
        term.append(terms[row[d] - 1] if d >= 0 else "")
    return blockers, main, term


def table_of(
    scenario: Scenario, strategies: Sequence[int], seed: int, beliefs: np.ndarray, chances: np.ndarray,
    outputs: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray],
) -> pd.DataFrame:  # fmt: skip
    """Return the compiled loop's output as the table of replicates (docs/columns.md)."""
    import pandas as pd

    from negotiation_sim.model import kernel

    out, world, text, named = outputs
    n_tracks = scenario.arrays.n_tracks[list(strategies)]
    keep = np.broadcast_to(np.arange(out.shape[2]) < n_tracks[None, :, None], out.shape[:3])
    r, c, m = np.nonzero(keep)
    columns = {name: out[r, c, m, j] for j, name in enumerate(kernel.OUT_COLUMNS)}
    parties, held = out[r, c, m, -2], out[r, c, m, -1]
    names = [scenario.strategy_names[s] for s in strategies]
    tracks = [
        scenario.track_names[s][t]
        for s in strategies
        for t in range(n_tracks[list(strategies).index(s)])
    ]
    track_words = list(dict.fromkeys(tracks))
    track_code = np.zeros((len(strategies), out.shape[2]), np.int64)
    for j, s in enumerate(strategies):
        for t, word in enumerate(scenario.track_names[s]):
            track_code[j, t] = track_words.index(word)
    months = {
        name: pd.array(columns[key], dtype="Int16")
        for name, key in zip(
            MONTH_COLUMNS,
            (
                kernel.T_MANDATE,
                kernel.T_AGREED,
                kernel.T_ADOPTION,
                kernel.T_FORCE,
                kernel.T_SUCCESS,
            ),
            strict=True,
        )
    }
    for name in MONTH_COLUMNS:
        months[name][columns_missing(months[name])] = pd.NA
    end = columns[kernel.T_END]
    success = columns[kernel.T_SUCCESS]
    stages = np.max(
        [
            np.where(columns[key] >= 0, int(stage), 0)
            for key, stage in (
                (kernel.T_MANDATE, Stage.MANDATED),
                (kernel.T_ADOPTION, Stage.ADOPTED),
                (kernel.T_FORCE, Stage.IN_FORCE),
                (kernel.T_SUCCESS, Stage.SUCCESS),
            )  # fmt: skip
        ],
        axis=0,
    )
    blockers, main, term = _blockers(named[r, c, m], columns[kernel.T_CAUSE_DEEPEST], scenario)
    return pd.DataFrame({
        "strategy": _categorical(c, names),
        "track": m.astype(np.int16),
        "track_name": _categorical(track_code[c, m], track_words),
        "seed": np.full(len(r), seed, np.int64),
        "belief": beliefs[r].astype(np.int64),
        "chance": chances[r].astype(np.int64),
        "stage": _categorical(stages, [label(s) for s in Stage]),
        "ending": _categorical(columns[kernel.T_ENDING], [label(e) for e in Ending]),
        "venue": _categorical(columns[kernel.T_VENUE], scenario.venue_ids),
        **months,
        "end_month": pd.array(np.where(end >= 0, end, scenario.horizon), dtype="Int16"),
        "timely": (success >= 0) & (success <= scenario.deadline),
        "rounds": columns[kernel.T_ROUNDS].astype(np.int32),
        **{f"text_{issue}": text[r, c, m, k] for k, issue in enumerate(scenario.issues)},
        "participants": parties.astype(np.int32),
        "participation": held / MILLION,
        "pledges": columns[kernel.T_MOST_PLEDGES].astype(np.int32),
        "pledge_coverage": columns[kernel.T_MOST_COVERAGE] / MILLION,
        "events": world[r, c, 0].astype(np.int32),
        "events_avoided": world[r, c, 1].astype(np.int32),
        "violations": world[r, c, 2].astype(np.int32),
        "cause": _categorical(columns[kernel.T_CAUSE], [label(x) for x in Cause]),
        "blockers": blockers,
        "main_blocker": main,
        "main_term": term,
        "missing_participation": columns[kernel.T_MISSING] / MILLION,
        "error": "",
    })  # fmt: skip


def columns_missing(months: Any) -> np.ndarray:
    """Return where a column of months holds -1, the compiled loop's 'never'."""
    return np.asarray(months, dtype=np.int64) < 0


def column_names(scenario: Scenario) -> list[str]:
    """Return the columns of the table of replicates, in their order."""
    return [
        "strategy", "track", "track_name", "seed", "belief", "chance", "stage", "ending", "venue",
        *MONTH_COLUMNS, "end_month", "timely", "rounds", *(f"text_{issue}" for issue in scenario.issues),
        "participants", "participation", "pledges", "pledge_coverage", "events", "events_avoided",
        "violations", "cause", "blockers", "main_blocker", "main_term", "missing_participation", "error",
    ]  # fmt: skip


def categorised(frame: pd.DataFrame, scenario: Scenario) -> pd.DataFrame:
    """Return the table with its words as categories, in the order of the scenario."""
    import pandas as pd

    strategies = [n for n in scenario.strategy_names if n in set(frame["strategy"])]
    tracks = [t for n in strategies for t in scenario.track_names[scenario.strategy_names.index(n)]]
    categories = {
        "strategy": strategies,
        "track_name": list(dict.fromkeys(tracks)),
        "stage": [label(s) for s in Stage],
        "ending": [label(e) for e in Ending],
        "venue": list(scenario.venue_ids),
        "cause": [label(c) for c in Cause],
    }
    for name, words in categories.items():
        frame[name] = pd.Categorical(frame[name].astype(object), categories=words)
    return frame


def typed(rows: list[dict[str, Any]], scenario: Scenario) -> pd.DataFrame:
    """Return the Mesa model's rows as a table with the very columns and types of the ensemble's."""
    import pandas as pd

    frame = categorised(pd.DataFrame(rows)[column_names(scenario)], scenario)
    for name in (*MONTH_COLUMNS, "end_month"):
        frame[name] = pd.array(frame[name].astype(object), dtype="Int16")
    frame["track"] = frame["track"].astype(np.int16)
    for name in ("rounds", "participants", "pledges", "events", "events_avoided", "violations"):
        frame[name] = frame[name].astype(np.int32)
    return frame


def compiled_chunk(
    scenario: Scenario, strategies: Sequence[int], seed: int, worlds: tuple
) -> pd.DataFrame:
    """Return the table of one chunk from the compiled loop; what fails becomes rows."""
    try:
        outputs = simulate(scenario, strategies, seed, *worlds)
    except Exception as error:  # noqa: BLE001 - failure is data
        if len(worlds[0]) == 1 and len(strategies) == 1:
            return typed(failed_rows(scenario, strategies[0], seed, worlds, error), scenario)
        import pandas as pd

        alone = [tuple(w[r : r + 1] for w in worlds) for r in range(len(worlds[0]))]
        tables = [compiled_chunk(scenario, [s], seed, world) for world in alone for s in strategies]
        return categorised(pd.concat(tables, ignore_index=True), scenario)
    return table_of(scenario, strategies, seed, *worlds, outputs)


def failed_rows(
    scenario: Scenario, strategy: int, seed: int, worlds: tuple, error: Exception
) -> list[dict[str, Any]]:
    """Return the rows of a replicate that failed: nothing reached, and the error in words."""
    belief, chance = (int(w[0]) for w in worlds)
    tracks = scenario.setting.strategies[strategy].tracks
    words = " ".join(f"{type(error).__name__}: {error}".split())[:300]
    months = dict.fromkeys(MONTH_COLUMNS)
    counts = dict.fromkeys(
        ("rounds", "participants", "pledges", "events", "events_avoided", "violations"), 0
    )
    shares = dict.fromkeys(("participation", "pledge_coverage", "missing_participation"), 0.0)
    return [
        {
            "strategy": scenario.strategy_names[strategy], "track": m,
            "track_name": scenario.track_names[strategy][m], "seed": seed, "belief": belief,
            "chance": chance, "stage": label(Stage.NONE), "ending": label(Ending.CENSORED),
            "venue": track.venue, **months, "end_month": 0, "timely": False, **counts, **shares,
            **{f"text_{issue}": np.nan for issue in scenario.issues}, "cause": label(Cause.NONE),
            "blockers": "", "main_blocker": "", "main_term": "", "error": words,
        }
        for m, track in enumerate(tracks)
    ]  # fmt: skip


def mesa_chunk(
    scenario: Scenario, strategies: Sequence[int], seed: int, worlds: tuple
) -> pd.DataFrame:
    """Return the table of one chunk from the Mesa model."""
    from negotiation_sim.engine.mesa_model import NegotiationModel

    rows: list[dict[str, Any]] = []
    for belief, chance in zip(*(w.tolist() for w in worlds), strict=True):
        for s in strategies:
            try:
                model = NegotiationModel(scenario, s, seed, belief, chance)
                rows += model.run().rows()
            except Exception as error:  # noqa: BLE001 - failure is data
                rows += failed_rows(scenario, s, seed, ([belief], [chance]), error)
    return typed(rows, scenario)


def _in_order(
    pool: Executor, work: Callable[[Any], Any], items: Iterator[Any], ahead: int
) -> Iterator[Any]:
    """Yield ``work(item)`` in order, a few items ahead; an interrupt is noticed while waiting."""
    waiting: deque = deque()
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


def _patiently(future: Any) -> Any:
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
    places = [
        scenario.index_of_strategy(s) if isinstance(s, str) else int(s)
        for s in (strategies if strategies is not None else range(len(scenario.strategy_names)))
    ]
    size = chunk_size(scenario, len(places), engine)
    workers = threads or cores()
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


def _workers(
    engine: str, workers: int, scenario: Scenario, places: list[int], seed: int
) -> tuple[Executor | None, Callable[[Any], Any]]:
    """Return a pool (None for one worker) and the work to give it."""
    from functools import partial

    if engine == "mesa":
        work = partial(mesa_chunk, scenario, places, seed)
        return (QuietProcesses(workers) if workers > 1 else None), work
    simulate(scenario, places[:1], seed, *worlds_of(0, 1, None))  # compile once, before the threads
    work = partial(compiled_chunk, scenario, places, seed)
    return (ThreadPoolExecutor(workers) if workers > 1 else None), work


def check_request(replicates: int, seed: int, engine: str, threads: int | None) -> None:
    """Raise UsageError where a number or the engine's name is not allowed."""
    if replicates < 1:
        raise UsageError(f"replicates: {replicates} is too few; at least 1")
    if not 0 <= seed < 2**63:
        raise UsageError(f"seed: {seed} is not between 0 and 2**63 - 1")
    if engine not in ("ensemble", "mesa"):
        raise UsageError(f"engine: '{engine}' is not known; allowed: ensemble, mesa")
    if threads is not None and threads < 1:
        raise UsageError(f"threads: {threads} is too few; at least 1")
