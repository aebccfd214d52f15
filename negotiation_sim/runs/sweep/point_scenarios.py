"""From a point of a design to a scenario: figures go straight into the compiled arrays.

A setting is validated and compiled once. Most paths of a sweep name a figure that a belief may
draw; setting one writes the same number into three arrays (lowest, mode, highest) and takes some
microseconds. Other paths (a rule, a deadline, the start of a track, a salience, a capability)
change what the arrays are made from: for these the setting is overridden and compiled again, and
the last few results are kept, since neighbouring points of a grid share them.
"""

from __future__ import annotations

import dataclasses
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

from negotiation_sim.catalogue import EnvironmentEntry, apply_overrides, targets
from negotiation_sim.catalogue.flow_values import flow_text
from negotiation_sim.catalogue.paths import CAST
from negotiation_sim.catalogue.schema import Figure, Record, Setting
from negotiation_sim.engine.scenario import Scenario, compile_setting
from negotiation_sim.errors import CatalogueError
from negotiation_sim.model.figures import (
    ACTOR_PARAMETERS,
    ENVIRONMENT_PARAMETERS,
    VENUE_PARAMETERS,
)
from negotiation_sim.runs.sweep.design import Design
from negotiation_sim.runs.sweep.design.spec import Point, Value

KEPT = 32
ROWS = ("cast", "issues")  # what decides the rows and columns of the arrays
OF_INSTRUMENTS = ("treaty_threshold", "executive_limit")
LOOKED_AT, TRIED = 5000, 64
Slot = tuple[str, int, int]  # array, row, column
Place = tuple[Any, ...]


class Patcher:
    """Makes the scenario of any point of a design.

    Parameters
    ----------
    setting : Setting
    paths : sequence of str
        Dotted paths, in the order of a point's values; where two set the same figure the later
        one holds.

    Attributes
    ----------
    patched : tuple of bool
        Per path, whether its values go straight into the arrays.

    Raises
    ------
    CatalogueError
        For an unknown path, with the nearest valid one.
    """

    def __init__(self, setting: Setting, paths: Sequence[str]) -> None:
        self.setting = setting
        self.paths = tuple(paths)
        places = [[place for place, _ in targets(setting, path)] for path in self.paths]
        self.base = compile_setting(setting)
        self._has_instruments = any(i.instrument for i in setting.initiatives.values())
        slots = [[self._slots(place) for place in found] for found in places]
        numeric = [all(slot is not None for slot in found) for found in slots]
        if _shared(places, numeric) or any(p[0] in ROWS for found in places for p in found):
            numeric = [False] * len(numeric)
        self.patched = tuple(numeric)
        self._slots_of = [
            [slot for group in found for slot in group or ()] if direct else []
            for found, direct in zip(slots, numeric, strict=True)
        ]
        self._compiled: OrderedDict[tuple[tuple[type, Value | None], ...], Scenario] = OrderedDict()

    def _slots(self, place: Place) -> list[Slot] | None:
        """Return where a place's figure stands in the arrays; None if it takes more than that."""
        base = self.base
        match place:
            case ("environment", name) if name in OF_INSTRUMENTS and self._has_instruments:
                return None  # it bounds their mandates
            case ("environment", name):
                return [("environment_figures", 0, ENVIRONMENT_PARAMETERS.index(name))]
            case ("venues", venue, name) if name in VENUE_PARAMETERS:
                row = base.venue_ids.index(venue)
                return [("venue_figures", row, VENUE_PARAMETERS.index(name))]
            case ("actors", actor, name) if name in ACTOR_PARAMETERS:
                row = base.actor_ids.index(actor)
                return [("actor_figures", row, ACTOR_PARAMETERS.index(name))]
            case ("actors", actor, "ideal_point", issue):
                if issue not in base.issues:  # a figure of an issue that nobody negotiates here
                    return []
                return [("ideals", base.actor_ids.index(actor), base.issues.index(issue))]
            case (*_, "cohesion", int(), "value"):
                return None  # whether a group holds together at all says who acts with whom
            case ("changes", name, int(), "value") if (
                name in OF_INSTRUMENTS and self._has_instruments
            ):
                return None
            case (*_, int(), "value"):  # of a dated figure; what no world draws has none
                rows = [row for row, each in enumerate(base.places) if each == place[:-1]]
                return [("changed_to", row, 0) for row in rows] or None
        return None

    def scenario(self, point: Point) -> Scenario:
        """Return the scenario of a point: values set, their ranges dropped.

        Raises
        ------
        CatalogueError
            Where values contradict one another or the rest of the setting.
        """
        if any(isinstance(v, str) and p for p, v in zip(self.patched, point, strict=True)):
            return self._compiled_with(point)  # a figure with a range of its own
        base = self._compiled_with(self._structural(point))
        changes: dict[str, Any] = {}
        for value, slots in zip(point, self._slots_of, strict=True):
            if value is None:
                continue
            for name, row, column in slots:
                if name not in changes:
                    changes[name] = getattr(base.arrays, name).copy()
                changes[name][row, column] = (value, value, value)  # lowest, mode, highest
        if not changes:
            return base
        for array in changes.values():
            array.setflags(write=False)
        return dataclasses.replace(base, arrays=base.arrays._replace(**changes))

    def _structural(self, point: Point) -> Point:
        """Return a point with only the values that cannot be patched in."""
        return tuple(None if p else v for p, v in zip(self.patched, point, strict=True))

    def _compiled_with(self, point: Point) -> Scenario:
        """Return the compiled setting with all values of a point set in it."""
        overrides = {p: v for p, v in zip(self.paths, point, strict=True) if v is not None}
        if not overrides:
            return self.base
        typed = tuple((type(value), value) for value in point)
        if typed in self._compiled:
            self._compiled.move_to_end(typed)
        else:
            self._compiled[typed] = compile_setting(apply_overrides(self.setting, overrides))
            if len(self._compiled) > KEPT:
                self._compiled.popitem(last=False)
        return self._compiled[typed]


def _shared(places: list[list[Place]], numeric: list[bool]) -> bool:
    """Return whether a place is set both by a patched path and by, or within, another kind of path."""
    direct = {p for found, yes in zip(places, numeric, strict=True) if yes for p in found}
    owners = {p[:n] for p in direct for n in range(1, len(p) + 1)}
    others = {p for found, yes in zip(places, numeric, strict=True) if not yes for p in found}
    inside = {p[:n] for p in others for n in range(1, len(p) + 1)}
    return bool(others & owners or direct & inside)


def check_values(
    setting: Setting, design: Design, bounds: Mapping[str, EnvironmentEntry] | None = None
) -> None:
    """Raise for an unknown path, or for a value that is not allowed in any of its points.

    Values that contradict one another in some points only (a salience of zero beside another of
    zero) are left to those: they fail one by one, as rows.
    """
    for place, path in enumerate(design.paths):
        kinds = [getattr(kind, "__origin__", kind) for _, kind in targets(setting, path)]
        values = design.values_of(place)
        if all(kind is Figure for kind in kinds) and _numbers(values):
            values = [min(values), max(values)]  # type: ignore[type-var]
        for value in dict.fromkeys(values):
            found = _problem(setting, {path: value}, bounds)
            if found is not None and not _fits_somewhere(setting, design, place, value, bounds):
                raise CatalogueError("", None, found.field or path, found.message)


def _problem(
    setting: Setting, overrides: Mapping[str, Any], bounds: Mapping[str, EnvironmentEntry] | None
) -> CatalogueError | None:
    try:
        apply_overrides(setting, overrides, environment=bounds)
    except CatalogueError as error:
        return error
    return None


def _fits_somewhere(
    setting: Setting, design: Design, place: int, value: Value,
    bounds: Mapping[str, EnvironmentEntry] | None,
) -> bool:  # fmt: skip
    """Return whether a value that fails alone is allowed beside the others of some point."""
    if len(design.paths) == 1:
        return False
    step = max(1, len(design) // LOOKED_AT)
    points = (design[i] for i in range(0, len(design), step))
    holding = [point for point in points if point[place] == value][:TRIED]
    together = (
        {p: v for p, v in zip(design.paths, point, strict=True) if v is not None}
        for point in holding
    )
    return any(_problem(setting, overrides, bounds) is None for overrides in together)


def _numbers(values: list[Value]) -> bool:
    return all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in values)


def base_values(setting: Setting, paths: Sequence[str]) -> dict[str, Value]:
    """Return the experiment's own value at each path; None where a wildcard covers several."""
    found: dict[str, Value] = {}
    for path in paths:
        values = {_value_at(setting, place) for place, _ in targets(setting, path)}
        found[path] = values.pop() if len(values) == 1 else None
    return found


def _value_at(setting: Setting, place: Place) -> Value:
    node: Any = setting
    if place == (CAST,):
        return flow_text(list(setting.actors))
    for step in place:
        if isinstance(node, dict):
            node = node.get(step)
        else:
            node = node[step] if isinstance(node, list) else getattr(node, step, None)
    node = node.value if isinstance(node, Figure) else node
    node = node[-1] if isinstance(node, tuple) else node  # a tie
    if isinstance(node, int) and not isinstance(node, bool):
        return float(node)
    return node if node is None or isinstance(node, (float, bool, str)) else flow_text(_held(node))


def _held(node: Any) -> Any:
    """Return records as mappings of what they say."""
    if isinstance(node, Record):
        return node.model_dump(exclude_defaults=True)
    return [_held(item) for item in node] if isinstance(node, list) else node
