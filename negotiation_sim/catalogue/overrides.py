"""What a dotted path sets: figures, plain values, and lists, mappings and records as a whole."""

from __future__ import annotations

import functools
import types
import typing
from collections.abc import Mapping, Sequence
from typing import Any

from negotiation_sim.catalogue.consistency import findings
from negotiation_sim.catalogue.flow_values import is_flow, read_flow
from negotiation_sim.catalogue.paths import CAST, Places, bare, is_figure
from negotiation_sim.catalogue.process_parameters import environment_table, outside
from negotiation_sim.catalogue.records import EnvironmentEntry
from negotiation_sim.catalogue.reports import (
    Origin,
    Problems,
    member_type,
    record_type,
    report,
    shown,
)
from negotiation_sim.catalogue.schema import Change, Record, Setting, assumed
from negotiation_sim.catalogue.strict_yaml import MOST, Document, NumberError, Path_, plain_value
from negotiation_sim.errors import CatalogueError, NegotiationSimError, UsageError, nearest

NOTE = "set by an override"
_UNSAID: Any = object()


def lift(kind: Any, data: Any, note: str) -> Any:
    """Return plain data with bare numbers as assumed figures where a figure is expected.

    Examples
    --------
    >>> lift(dict[str, Figure], {"event_rate": 0.1}, "set here")
    {'event_rate': {'value': 0.1, 'basis': 'assumed', 'note': 'set here'}}
    """
    if is_figure(kind):
        if isinstance(data, (int, float)) and not isinstance(data, bool):
            return {"value": data, "basis": "assumed", "note": note}
        return data
    if isinstance(data, dict):
        if record_type(kind) is Change and "value" in data and "basis" not in data:
            data = {"basis": "assumed", "note": note} | data
        return {key: lift(member_type(kind, key), value, note) for key, value in data.items()}
    if isinstance(data, list):
        return [lift(member_type(kind, place), value, note) for place, value in enumerate(data)]
    return data


# Values


def _wrong(path: str, value: Any, expected: str) -> CatalogueError:
    return CatalogueError("", None, path, f"found {shown(value)}, expected {expected}")


def _number(path: str, value: Any) -> float:
    try:
        number = plain_value(value) if isinstance(value, str) else value
    except NumberError as error:
        raise CatalogueError("", None, path, str(error)) from None
    if isinstance(number, bool) or not isinstance(number, (int, float)):
        raise _wrong(path, value, "a number")
    if not abs(number) <= MOST:
        raise _wrong(path, value, f"a finite number, at most {MOST:g}")
    return number


def _may_be_nothing(kind: Any) -> bool:
    arguments = typing.get_args(kind)
    if typing.get_origin(kind) is typing.Annotated:
        return _may_be_nothing(arguments[0])
    several = typing.get_origin(kind) in (typing.Union, types.UnionType)
    return several and type(None) in arguments


def _fitting(path: str, value: Any, kind: Any) -> Any:
    """Return a value as the field's own kind of value."""
    inner = bare(kind)
    if hasattr(value, "item") and not isinstance(value, str):
        value = value.item()  # a NumPy scalar, as designs hand them out
    value = written(value, path)
    if value is None and _may_be_nothing(kind):
        return None
    if isinstance(value, (dict, list, tuple)):
        return _whole(inner, value)
    if is_figure(inner):
        return assumed(_number(path, value), NOTE)
    if inner is bool:
        return _truth(path, value)
    if inner is float or typing.get_origin(inner) is tuple:  # a tie keeps its two ends
        return float(_number(path, value))
    if inner is int:
        number = _number(path, value)
        if number != int(number):
            raise _wrong(path, value, "a whole number")
        return int(number)
    return _word(inner, value)


def written(value: Any, path: str = CAST) -> Any:
    """Return a text in YAML's flow form as what it says, everything else as it is."""
    if not isinstance(value, str) or not is_flow(value.strip()):
        return value
    try:
        return read_flow(value.strip())
    except UsageError as error:
        raise CatalogueError("", None, path, str(error)) from None


def _truth(path: str, value: Any) -> bool:
    truth = {"true": True, "false": False}.get(value) if isinstance(value, str) else value
    if not isinstance(truth, bool):
        raise _wrong(path, value, "true or false")
    return truth


def _word(kind: Any, value: Any) -> Any:
    """Return a plain text as what the field holds: words parted by ``/``, a number, or the text."""
    origin = typing.get_origin(kind)
    if not isinstance(value, str) or kind is str or origin is typing.Literal:
        return value
    if origin is list:
        return [plain_value(part.strip()) for part in value.split("/")]
    return plain_value(value)


def _whole(kind: Any, value: Any) -> Any:
    """Return a list, mapping or record as a file would hold it; what rests on nothing is assumed."""
    value = lift(kind, list(value) if isinstance(value, tuple) else value, NOTE)
    model = record_type(kind)
    if isinstance(value, dict) and model is not None and "basis" in model.model_fields:
        return {"basis": "assumed", "note": NOTE} | value
    if isinstance(value, list) and typing.get_origin(bare(member_type(kind, 0))) is tuple:
        return [tuple(item) if isinstance(item, list) else item for item in value]
    return value


def parse_set(options: Sequence[str]) -> dict[str, Any]:
    """Return ``--set PATH=VALUE`` as overrides.

    Examples
    --------
    >>> parse_set(["venues.CD.members=[USA, CHN]", "environment.pace=0.1"])
    {'venues.CD.members': '[USA, CHN]', 'environment.pace': '0.1'}
    """
    found: dict[str, Any] = {}
    for option in options:
        path, equals, text = option.partition("=")
        path, text = path.strip(), text.strip()
        if not equals or not path or not text:
            raise UsageError(f"set: '{option}': expected PATH=VALUE, as in environment.pace=0.1")
        if path in found:
            raise UsageError(f"set: {path} stands twice")
        found[path] = text
    return found


# Changes


class _Change:
    """What is set at a place, and below it."""

    def __init__(self) -> None:
        self.value = _UNSAID
        self.below: dict[Any, _Change] = {}

    def at(self, place: Path_) -> _Change:
        """Return the change at a place below this one."""
        change = self
        for step in place:
            change = change.below.setdefault(step, _Change())
        return change

    def made(self, node: Any, kind: Any, path: Path_ = ()) -> Any:
        """Return a copy of a node with all changes made, checked on the way up."""
        if self.value is not _UNSAID:
            tie = isinstance(node, tuple) and isinstance(self.value, float)
            node = (*node[:-1], self.value) if tie else self.value
        if not self.below:
            return node
        if isinstance(node, list):
            items = list(node)
            for key, change in self.below.items():
                items[key] = change.made(items[key], member_type(bare(kind), key), (*path, key))
            return items
        model = record_type(kind) if node is None else None
        held: dict[Any, Any] = dict(node) if isinstance(node, dict) else {}
        if isinstance(node, Record):
            model = type(node)
            held = {name: getattr(node, name) for name in model.model_fields}
        for key, change in self.below.items():
            below = member_type(model or bare(kind), key)
            held[key] = change.made(held.get(key), below, (*path, key))
        if model is Change and "value" in self.below:  # as a figure that is set
            held |= {"basis": "assumed", "note": NOTE, "source": None}
            held |= {} if "range" in self.below else {"range": None}
        return held if model is None else _validated(model, held, path)


def _validated(model: type[Record], data: dict[str, Any], path: Path_) -> Any:
    try:
        return model.model_validate(data)
    except ValueError as error:
        problems = Problems()
        report(error, model, Origin.of(Document("", data)), problems)
        found = next((f for f in problems.found if "unknown" in f.message), problems.found[0])
        raise CatalogueError("", None, _join(path, found.field), found.message) from None


def _join(path: Path_, field: str) -> str:
    return ".".join([*(str(part) for part in path), *([field] if field else [])])


def _named(setting: Setting, place: Path_) -> str:
    """Return a path with the strategy's name in place of its number."""
    if place[0] == "strategies" and len(place) > 1:
        return _join(("strategies", setting.strategies[place[1]].name, *place[2:]), "")
    return _join(place, "")


@functools.lru_cache(maxsize=1)
def _own_bounds() -> dict[str, EnvironmentEntry]:
    """Return the bounds of the package's catalogue; none where there is no catalogue."""
    try:
        return environment_table()
    except NegotiationSimError:
        return {}


def apply_overrides(
    setting: Setting,
    overrides: Mapping[str, Any],
    environment: Mapping[str, EnvironmentEntry] | None = None,
) -> Setting:
    """Return a setting with figures, plain values, lists, mappings and records replaced.

    A figure gets the value, loses its range and is marked as assumed; ``PATH.range`` gives it one.
    A list, a mapping or a record takes the place of the whole that stood there; it may come as
    Python's own or as text in YAML's flow form, ``[USA, CHN]``, ``{rule: consensus}``, ``null``.
    All changes are made before anything is checked, so that a rule and its quota may change
    together, ``venues.CD.decision`` and ``venues.CD.decision.required`` too.

    Parameters
    ----------
    setting : Setting
        Left as it is.
    overrides : mapping of str to float, str, bool, list, mapping or None
        Dotted paths, see :func:`known_paths`; ``*`` stands for every actor, venue or strategy,
        ``cast`` is the states of the setting that take part, ``strategies`` those that are run.
    environment : mapping, optional
        Bounds of the process parameters; those of the package's catalogue by default.

    Raises
    ------
    CatalogueError
        For an unknown path (with the nearest valid one) or a value that is not allowed.
    """
    bounds = _own_bounds() if environment is None else environment
    places, whole, touched = Places(setting), _Change(), {}
    cast: Any = _UNSAID
    for said, value in overrides.items():
        path = str(said)
        for place, kind in places.of(path):
            if place == (CAST,):
                cast = _cast(setting, value)
                continue
            fitted = _fitting(path, value, kind)
            if place == ("strategies",):
                fitted = _strategies(setting, fitted)
            change = whole.at(place)
            change.value = fitted
            if place[0] == "environment":
                touched[place[1]] = path
    changed: Setting = whole.made(setting, Setting)
    for name, path in touched.items():
        if name in bounds and (message := outside(changed.environment[name], bounds[name])):
            raise CatalogueError("", None, path, message)
    if cast is not _UNSAID:
        changed = with_cast(changed, cast)
    for place, message in findings(changed):
        raise CatalogueError("", None, _named(changed, place), message)
    return changed


# The cast, and the strategies that are run


def _cast(setting: Setting, value: Any) -> list[str]:
    """Return the codes of a cast among the states of a setting, in the setting's order."""
    said = _fitting(CAST, value, list[str] | dict[str, list[str]])
    if said == "all":
        return list(setting.actors)
    if isinstance(said, dict) and list(said) == ["members_of"]:
        names = said["members_of"] if isinstance(said["members_of"], list) else []
        chosen: set[str] = set()
        for name in names:
            if name not in setting.venues:
                message = f"no strategy meets the venue '{name}'{nearest(name, setting.venues)}"
                raise CatalogueError("", None, CAST, message)
            members = setting.venues[name].members
            chosen |= set(members if isinstance(members, list) else setting.actors)
        said = [code for code in setting.actors if code in chosen]
    said = said.split("/") if isinstance(said, str) else said
    if not isinstance(said, list) or not said:
        raise _wrong(CAST, said, "a list of states, 'all', or {members_of: [VENUE]}")
    for place, code in enumerate(said):
        if code not in setting.actors:
            message = f"'{code}' is not in the cast{nearest(str(code), setting.actors)}"
            raise CatalogueError("", None, f"{CAST}.{place}", message)
        if code in said[:place]:
            raise CatalogueError("", None, f"{CAST}.{place}", f"'{code}' stands twice")
    return [code for code in setting.actors if code in said]


def with_cast(setting: Setting, codes: list[str]) -> Setting:
    """Return a setting in which only some of its states take part, and the groups that they form."""
    actors = {code: setting.actors[code] for code in codes}
    groups = {group for actor in actors.values() for group in actor.groups}
    return setting.model_copy(
        update={
            "actors": actors,
            "affinity": [tie for tie in setting.affinity if {tie[0], tie[1]} <= actors.keys()],
            "groups": {name: group for name, group in setting.groups.items() if name in groups},
        }
    )


def _strategies(setting: Setting, said: Any) -> Any:
    """Return strategies of a setting by their names; others as they are written."""
    known = {strategy.name: strategy for strategy in setting.strategies}
    found: list[Any] = []
    for name in [said] if isinstance(said, str) else said or ():
        if isinstance(name, str) and name not in known:
            message = f"no strategy '{name}'{nearest(name, list(known))}"
            raise CatalogueError("", None, "strategies", message)
        found.append(known[name] if isinstance(name, str) else name)
    return found
