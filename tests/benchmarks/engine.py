"""The ensemble against our Mesa engine, against NumPy's draws, and how it grows."""

from __future__ import annotations

import time
from collections import Counter
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
    chosen, worlds = places(scenario), ensemble.worlds_of(0, n, None)
    if engine == "mesa":
        ensemble.mesa_chunk(scenario, chosen[:1], 1, ensemble.worlds_of(0, 1, None))
        work = lambda: ensemble.mesa_chunk(scenario, chosen, 1, worlds)  # noqa: E731
    elif tables:
        work = lambda: ensemble.compiled_chunk(scenario, chosen, 1, worlds)  # noqa: E731
    else:
        work = lambda: ensemble.simulate(scenario, chosen, 1, *worlds)  # noqa: E731
    if engine != "mesa":
        ensemble.simulate(scenario, chosen[:1], 1, *ensemble.worlds_of(0, 1, None))
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


class CountedWorld(draws.World):
    """A world that counts the single draws asked of it."""

    def __init__(self, *arguments) -> None:
        self.asked: Counter = Counter()
        self.mood_months = 0
        super().__init__(*arguments)

    def uniform(self, *arguments) -> float:
        self.asked["uniform"] += 1
        return super().uniform(*arguments)

    def uniform_of(self, *arguments) -> float:
        self.asked["uniform"] += 1
        return super().uniform_of(*arguments)

    def normal(self, u: float) -> float:
        self.asked["normal"] += 1
        self.asked["uniform"] -= 1  # the uniform draw it was made of
        return super().normal(u)

    def mood(self, month: int) -> list[float]:
        self.mood_months = max(self.mood_months, month + 1)
        return super().mood(month)


def consumed(model: NegotiationModel) -> Counter:
    """Return how many numbers a replicate has used, each counted once, none shared."""
    a, world = model.arrays, model.world
    actors, blocs = len(a.codes), len(a.bloc_codes)
    found = Counter(world.asked)
    tables = (
        (a.ideal_low, a.ideal_high), (a.actor_low, a.actor_high), (a.venue_low, a.venue_high),
        (a.environment_low, a.environment_high),
    )  # fmt: skip
    found["uniform"] += sum(int((low < high).sum()) for low, high in tables)
    found["normal"] += actors + blocs  # private
    found["normal"] += world.mood_months * (actors + blocs)
    found["uniform"] += 2 * world.months  # whether there is an event, a crisis
    events = [k for k in world.kinds if k > 0]
    found["uniform"] += len(events) + sum(k == 2 for k in events)
    found["exponential"] += len(events) * int((world.propensity > 0).sum())
    crises = sum(c >= 0 for c in world.crises)
    found["uniform"] += crises
    found["exponential"] += crises * actors
    found["uniform"] += len(world.linkage) * (world.months - 1)
    return found


def numbers_a_run(scenario: Scenario, n: int = 8) -> dict[str, float]:
    """Return the mean count of uniform, normal and exponential draws of a strategy in a world."""
    import negotiation_sim.model as module

    total: Counter = Counter()
    plain, module.World = module.World, CountedWorld
    try:
        for chance in range(n):
            for place in places(scenario):
                total += consumed(NegotiationModel(scenario, place, 1, chance).run())
    finally:
        module.World = plain
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
