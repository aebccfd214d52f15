"""The ensemble against our Mesa engine, against NumPy's draws, and how it grows."""

from __future__ import annotations

import contextlib
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache

import numpy as np
from measure import Line, best, micro, times

from negotiation_sim import catalogue
from negotiation_sim.catalogue import schema
from negotiation_sim.engine import ensemble
from negotiation_sim.engine.agents import NegotiationModel
from negotiation_sim.engine.scenario import Scenario, compile_setting
from negotiation_sim.model import draws


@cache
def bellagio() -> Scenario:
    """Return the catalogue's experiment of ten states."""
    return compile_setting(catalogue.load_setting("bellagio"))


def places(scenario: Scenario) -> list[int]:
    return list(range(len(scenario.strategy_names)))


def seconds_a_run(
    scenario: Scenario, n: int, *, tables: bool = True, engine: str = "ensemble"
) -> float:
    """Return processor seconds of one strategy in one world, all strategies together."""
    chosen, worlds = places(scenario), ensemble.worlds_of(0, n)
    if tables or engine == "mesa":
        work = lambda: ensemble.chunk_of(engine, scenario, chosen, 1, worlds)  # noqa: E731
    else:
        work = lambda: ensemble.simulate(scenario, chosen, 1, worlds)  # noqa: E731
    ensemble.ENGINES[engine](scenario, chosen[:1], 1, worlds[:1])  # compiled, imported
    return best(work, 1 if engine == "mesa" else 5) / n / len(chosen)


def against_mesa(n: int = 500, n_mesa: int = 4) -> list[Line]:
    """Time both engines on bellagio with the same outputs."""
    scenario = bellagio()
    loop, whole = (seconds_a_run(scenario, n, tables=t) for t in (False, True))
    mesa = seconds_a_run(scenario, n_mesa, engine="mesa")

    def stream() -> None:
        for _ in ensemble.run_ensemble(scenario, 4 * n):
            pass

    wall = best(stream, 3, time.perf_counter) / 4 / n / len(places(scenario))
    cores = ensemble.cores()
    return [
        Line("Mesa engine, one strategy in one world", micro(mesa)),
        Line("ensemble, the loop alone", micro(loop)),
        Line("ensemble, with its table", micro(whole)),
        Line("ensemble against Mesa, loop alone, 1 thread", times(mesa / loop)),
        Line("ensemble against Mesa, same table, 1 thread", times(mesa / whole), "300, aim 1,000"),
        Line(f"ensemble against Mesa, same table, {cores} threads (wall)", times(mesa / wall)),
    ]


# What draws become: times of a race, and normals; the rest stays uniform.
RACES = (draws.P_EVENT_AUTHOR, draws.P_CRISIS_AUTHOR)
NORMALS = (draws.P_PRIVATE, draws.P_MOOD, draws.P_SHIFT, draws.P_RATIFICATION, draws.P_DOMESTIC)


@contextlib.contextmanager
def counted() -> Iterator[Counter]:
    """Count, by kind, the draws of a replicate that the plain engine runs: each once, none shared.

    What is drawn as a uniform and turned into a normal or an exponential counts as that.
    """
    found: Counter = Counter()
    seen = set()
    single = {name: getattr(draws, name) for name in ("uniform", "uniform_of")}

    def kind_of(purpose: int) -> str:
        return "exponential" if purpose in RACES else "normal" if purpose in NORMALS else "uniform"

    def counting(draw: Callable) -> Callable:
        def call(seed, world, code, purpose, *place):
            key = (int(seed), int(world), int(code), purpose, *place)
            found[kind_of(purpose)] += key not in seen
            seen.add(key)
            return draw(seed, world, code, purpose, *place)

        return call

    modules = [m for name, m in sys.modules.items() if name.startswith("negotiation_sim.model.")]
    replaced = [
        (module, name, draw)
        for module in modules
        for name, draw in single.items()
        if vars(module).get(name) is draw
    ]
    try:
        for module, name, draw in replaced:
            setattr(module, name, counting(draw))
        yield found
    finally:
        for module, name, draw in replaced:
            setattr(module, name, draw)


def numbers_a_run(scenario: Scenario, n: int = 8) -> dict[str, float]:
    """Return the mean count of uniform, normal and exponential draws of a strategy in a world."""
    total: Counter = Counter()
    for chance in range(n):
        for place in places(scenario):
            with counted() as found:
                model = NegotiationModel(scenario, place, 1, chance).run()
            months, given = model.world.filled[0].moods, model.given
            # Moods are drawn a block of four months at a time.
            found["normal"] += months * (len(given.cast) + len(given.bloc_codes))
            total += found
    return {kind: count / n / len(places(scenario)) for kind, count in total.items()}


def against_numpy(n: int = 500) -> list[Line]:
    """Compare with NumPy drawing as many numbers of each kind, in one call a kind."""
    scenario = bellagio()
    loop, whole = (seconds_a_run(scenario, n, tables=t) for t in (False, True))
    counts = numbers_a_run(scenario)
    rng, size = np.random.default_rng(1), 1_000_000
    cost = {
        "uniform": best(lambda: rng.random(size), 5) / size,
        "normal": best(lambda: rng.standard_normal(size), 5) / size,
        "exponential": best(lambda: rng.standard_exponential(size), 5) / size,
    }
    floor = sum(counts[kind] * cost[kind] for kind in cost)
    told = ", ".join(f"{counts[kind]:.0f} {kind}" for kind in cost)
    each = ", ".join(f"{cost[kind] * 1e9:.1f}" for kind in cost)
    return [
        Line("numbers a strategy uses in a world", told),
        Line("NumPy's nanoseconds for one of each", each),
        Line("NumPy drawing as many", micro(floor)),
        Line("ensemble's loop against that floor", times(loop / floor), "at most 3"),
        Line("ensemble with its table against that floor", times(whole / floor)),
    ]


def enlarged(n: int) -> Scenario:
    """Return bellagio with a cast of n, everybody a member everywhere, ten ties each."""
    setting = catalogue.load_setting("bellagio")
    known = list(setting.actors.values())
    cast = {}
    for i in range(n):
        name = f"S{i:03d}"
        cast[name] = known[i % len(known)].model_copy(update={"id": name})
    ids = list(cast)
    ties = [(ids[i], ids[(i + j) % n], 1.0 / j) for i in range(n) for j in range(1, min(6, n))]
    venues = {i: v.model_copy(update={"members": "open"}) for i, v in setting.venues.items()}
    free = schema.EntryIntoForce()
    initiatives = {
        i: x.model_copy(update={"entry_into_force": free}) for i, x in setting.initiatives.items()
    }
    return compile_setting(setting.model_copy(update={
        "actors": cast, "venues": venues, "initiatives": initiatives, "affinity": ties,
    }))  # fmt: skip


def growth(sizes: tuple[int, ...] = (10, 69, 193)) -> list[Line]:
    """Time casts of several sizes, and many replicates against few."""
    cost = {n: seconds_a_run(enlarged(n), max(20, 2000 // n)) for n in sizes}
    lines = [Line(f"one strategy in one world, {n} actors", micro(cost[n])) for n in sizes]
    lines += [
        Line(f"{n} actors against {sizes[0]}", times(cost[n] / cost[sizes[0]]), wanted)
        for n, wanted in zip(sizes[1:], ("", "at most 25"), strict=True)
    ]
    scenario = bellagio()
    few, many = (seconds_a_run(scenario, n) for n in (100, 2000))
    lines.append(Line("a replicate of 2,000 against one of 100", times(many / few), "about 1"))
    return lines
