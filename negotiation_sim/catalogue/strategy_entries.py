"""One entry of an experiment's ``strategies``: a name, or a mapping with overrides."""

from __future__ import annotations

from typing import Any

from negotiation_sim.catalogue.lookup import Catalogue
from negotiation_sim.catalogue.reports import Origin, Problems, shown, validate
from negotiation_sim.catalogue.schema import Strategy
from negotiation_sim.catalogue.strategy_names import FIELDS, TrackCountError, expand
from negotiation_sim.catalogue.strict_yaml import Path_
from negotiation_sim.errors import UsageError, nearest

_NAMES = (("initiatives", "initiative"), ("venues", "venue"), ("venues", "fallback"))
_FROM_GRAMMAR = ("initiative", "venue", "fallback", "later_fallbacks", "pledges")


def read_strategy(
    entry: Any, index: int, origin: Origin, catalogue: Catalogue
) -> tuple[Strategy | None, Origin]:
    """Return a strategy, or None if it has errors, and where its fields were written."""
    at: Path_ = ("strategies", index)
    problems = catalogue.problems
    nothing = origin.part(at, {})
    if isinstance(entry, str):
        entry, name_at = {"name": entry}, at
    elif not isinstance(entry, dict):
        message = f"found {shown(entry)}, expected a name or a mapping with a name"
        problems.add(origin.error(at, message))
        return None, nothing
    elif not _is_sound(entry, at, origin, problems):
        return None, nothing
    else:
        name_at = (*at, "tracks" if "tracks" in entry else "name")
    try:
        data, written = expand(entry)
    except TrackCountError as error:
        problems.add(origin.error((*at, error.field), str(error)))
        return None, nothing
    except UsageError as error:
        problems.add(origin.error(name_at, str(error)))
        return None, nothing
    placed = _placed(data, written, at, name_at, origin)
    strategy: Strategy | None = validate(Strategy, placed, problems)
    if strategy is None or not _names_exist(strategy, placed, catalogue):
        return None, placed
    return strategy, placed


def _is_sound(entry: dict[Any, Any], at: Path_, origin: Origin, problems: Problems) -> bool:
    found = [(key, f"unknown field{nearest(key, FIELDS)}") for key in entry if key not in FIELDS]
    if "name" not in entry:
        found.append(("name", "missing; this field must be given"))
    for key in ("name", "tracks"):
        if key in entry and not isinstance(entry[key], str):
            found.append((key, f"found {shown(entry[key])}, expected a text"))
    for key, message in found:
        problems.add(origin.error((*at, key), message))
    return not found


def _placed(
    data: dict[str, Any], written: dict[Path_, Path_], at: Path_, name_at: Path_, origin: Origin
) -> Origin:
    """Return the strategy's data, each field placed where it was written."""
    layers = [origin.layer((), at)]
    if name_at == at:  # a bare name
        layers.append(origin.layer(("name",), at))
    for number in range(len(data["tracks"])):
        for field in _FROM_GRAMMAR:
            layers.append(origin.layer(("tracks", number, field), name_at))
    for path, place in written.items():
        layers.append(origin.layer(path, (*at, *place)))
    return Origin(data, layers)


def _names_exist(strategy: Strategy, origin: Origin, catalogue: Catalogue) -> bool:
    known = True
    for number, track in enumerate(strategy.tracks):
        for kind, field in _NAMES:
            name = getattr(track, field)
            if name is not None:
                found = catalogue.require(kind, name, origin, ("tracks", number, field))
                known = known and found
        for place, name in enumerate(track.later_fallbacks):
            at = ("tracks", number, "later_fallbacks", place)
            known = catalogue.require("venues", name, origin, at) and known
    return known
