"""A world and a state as bare records, for the tests of single steps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from helpers.settings import actor, environment, initiative, setting, venue
from negotiation_sim.catalogue import schema
from negotiation_sim.engine.agents import NegotiationModel
from negotiation_sim.engine.plain import PlainWorld
from negotiation_sim.engine.scenario import compile_setting
from negotiation_sim.model.compiling import compiled
from negotiation_sim.model.endings import has_begun
from negotiation_sim.model.influence import move_positions
from negotiation_sim.model.moods import get_ready
from negotiation_sim.model.opening import draw_belief, new_world
from negotiation_sim.model.state import Given, World

TRACK = {"initiative": "one", "venue": "hall"}


def small(
    actors: Sequence[schema.Actor], hall: schema.Venue | None = None, tracks=None, *,
    text: dict[str, float] | None = None, process: dict[str, float] | None = None, more=(),
    plan=None, **changes,
) -> schema.Setting:  # fmt: skip
    """Return a setting of one venue and one initiative unless told, its environment quiet."""
    issues = tuple(actors[0].ideal_point)
    text = text or dict.fromkeys(issues, 0.2)
    return setting(
        actors, [hall or venue("hall"), *more], [plan or initiative("one", text, binding=False)],
        [tracks or [TRACK]], issues, environment=environment(**(process or {})), **changes,
    )  # fmt: skip


def cast(*names: str, ideal: float = 0.2, **changes) -> list[schema.Actor]:
    """Return actors that want the same of one issue, ``scope``."""
    return [actor(name, {"scope": ideal}, **changes) for name in names]


def world_of(case: schema.Setting, months: int | None = None) -> tuple[Given, World]:
    """Return what compiled code draws a world into, its figures already drawn."""
    given = compile_setting(case).arrays
    if months is not None:
        clock = given.clock.copy()
        clock["horizon"] = months
        by_month = {"period": given.period, "phase_rows": given.phase_rows, "dated": given.dated}
        longer = {name: np.resize(array, months) for name, array in by_month.items()}
        given = given._replace(clock=clock, **longer)
    world = new_world(given)
    keyed(world, 7, 3, 3)
    compiled(draw_belief)(given, world)
    return given, world


def keyed(world: World, seed: int, belief: int, chance: int) -> World:
    """Give a world another key; nothing of it has been drawn."""
    world.key[0] = (seed, belief, chance)
    world.filled[0] = (0, 0, False, 0)
    return world


def model_of(case: schema.Setting, **options) -> NegotiationModel:
    """Return the plain model of a setting's first strategy unless told, before its first month."""
    return NegotiationModel(
        compile_setting(case), **({"strategy": 0, "seed": 7, "belief": 3} | options)
    )


def opened(case: schema.Setting, **options) -> NegotiationModel:
    """Return the plain model in its first month before anybody decides: tracks seated, moods taken."""
    model = model_of(case, **options)
    model._begun = 0
    given, world, state = model.given, model.world, model.state
    move_positions(given, world, state, 0)
    get_ready(given, world, state, world.paths[0], 0)
    for track in model.tracks:
        if track.leader == track.number:
            has_begun(given, world, state, track.number, 0)
    return model


def records_of(model: NegotiationModel):
    """Return what the steps of a month work on: given, world, state and the stated positions."""
    return model.given, model.world, model.state, model.world.paths[0]


def plain_world(case: schema.Setting, seed: int, belief: int, chance: int) -> World:
    """Return a world as the plain engine draws it."""
    return PlainWorld(compile_setting(case), seed, belief, chance).world


def same_world(left: World, right: World) -> None:
    """Assert that two worlds, plain or compiled, were drawn alike to the last bit."""
    for name in (
        "environment_table", "venue_table", "figures", "linkage_open", "moods", "quo", "convening",
        "cohesion", "climate", "rounds",
    ):  # fmt: skip
        np.testing.assert_array_equal(getattr(left, name), getattr(right, name), name)
    for table, columns in (
        (
            "actors",
            (
                "private",
                "propensity",
                "share_of_tests",
                "misread",
                "delay",
                "next_change",
                "last_change",
            ),
        ),
        ("places", ("value",)),
        ("months", ("event", "author", "thinning", "pressed", "crisis")),
    ):
        for column in columns:
            found = [_column(getattr(world, table), column) for world in (left, right)]
            np.testing.assert_array_equal(*found, f"{table}.{column}")


def _column(table, name: str) -> np.ndarray:
    return table[name] if isinstance(table, np.ndarray) else getattr(table, name)
