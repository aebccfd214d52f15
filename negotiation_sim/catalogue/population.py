"""Actors of compact group files, and the ties between actors."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from negotiation_sim.catalogue.casting import likeness
from negotiation_sim.catalogue.earlier import gone
from negotiation_sim.catalogue.records import PopulationFile, TiesFile
from negotiation_sim.catalogue.reports import (
    Origin,
    Problems,
    at_type,
    member_type,
    record_type,
    shown,
)
from negotiation_sim.catalogue.schema import MOST, Actor, Figure
from negotiation_sim.errors import nearest
from negotiation_sim.model.figures import declared

ISSUE_COLUMNS = ("form", "scope", "verification", "interference")
AGREEMENT_WEIGHT, GROUP_WEIGHT, ALLIANCE_WEIGHT = 0.5, 0.3, 0.2
ALLIANCES = ("NATO", "CSTO")


def column_path(column: str) -> tuple[str, ...]:
    """Return the path within an actor that a column fills.

    Examples
    --------
    >>> column_path("form"), column_path("salience.form"), column_path("capability")
    (('ideal_point', 'form'), ('salience', 'form'), ('capability',))
    """
    if column in ISSUE_COLUMNS:
        return ("ideal_point", column)
    return tuple(column.split(".", 1))


def _figure(file: PopulationFile, column: str, value: float) -> dict[str, Any]:
    if column in file.sources:
        figure: dict[str, Any] = {
            "value": value,
            "basis": "measured",
            "source": file.sources[column],
        }
    else:
        figure = {"value": value, "basis": file.basis, "note": file.note, "source": file.source}
    if column in file.half_widths:
        low, high = declared("actor", column_path(column)[0]).bounds[:2]
        half = file.half_widths[column]
        figure["range"] = [max(low, value - half), min(high, value + half)]
    return figure


def check_columns(file: PopulationFile, origin: Origin, problems: Problems) -> None:
    """Check the head of a group file: columns known, each once, rows of their length."""
    allowed = [*ISSUE_COLUMNS, *Actor.model_fields]
    for index, column in enumerate(file.columns):
        path = column_path(column)
        if at_type(Actor, path) is None:
            message = gone(column) or f"unknown column '{column}'{nearest(column, allowed)}"
            problems.add(origin.error(("columns", index), message))
        elif column in file.columns[:index]:
            problems.add(origin.error(("columns", index), f"column '{column}' stands twice"))
    for part in ("half_widths", "sources"):
        for column in getattr(file, part):
            if column not in file.columns:
                message = f"no such column{nearest(column, file.columns)}"
                problems.add(origin.error((part, column), message))
    for column, half in file.half_widths.items():
        if half < 0.0:
            problems.add(origin.error(("half_widths", column), f"{half} is below 0"))
    for code, row in file.rows.items():
        if len(row) != len(file.columns):
            message = f"{len(row)} values for {len(file.columns)} columns"
            problems.add(origin.error(("rows", code), message))


def expand_row(file: PopulationFile, origin: Origin, code: str, problems: Problems) -> Origin:
    """Return one row as the plain data of an actor, each field placed at its row or default."""
    data: dict[str, Any] = {"id": code, "name": code, "provenance": file.provenance}
    layers = [origin.layer((), ("rows", code))]
    for key, value in file.defaults.items():
        data[key] = value
        layers.append(origin.layer((key,), ("defaults", key)))
    for column, value in zip(file.columns, file.rows[code], strict=False):
        path = column_path(column)
        layers.append(origin.layer(path, ("rows", code, column)))
        kind = at_type(Actor, path)
        if value is None or kind is None:
            continue
        if record_type(kind) is Figure and not _is_number(value):
            message = f"found {shown(value)}, expected a number"
            problems.add(origin.error(("rows", code, column), message))
        else:
            _set(data, path, _cell(file, column, kind, value))
    return Origin(data, layers)


def _cell(file: PopulationFile, column: str, kind: Any, value: Any) -> Any:
    """Return a cell as the plain data of its field: numbers become figures."""
    if record_type(kind) is Figure:
        return _figure(file, column, value)
    if isinstance(value, dict) and record_type(member_type(kind, "any")) is Figure:
        return {
            name: _figure(file, column, number) if _is_number(number) else number
            for name, number in value.items()
        }
    return value


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _set(data: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for part in path[:-1]:
        inner = data.get(part)
        data[part] = dict(inner) if isinstance(inner, dict) else {}
        data = data[part]
    data[path[-1]] = value


def read_pairs(
    file: TiesFile, origin: Origin, problems: Problems
) -> dict[tuple[str, str], tuple[float, float]]:
    """Return agreement and alliance of every measured pair, codes in alphabetical order."""
    pairs: dict[tuple[str, str], tuple[float, float]] = {}
    for name, values in file.pairs.items():
        codes = _codes(("pairs", name), pairs, origin, problems)
        if codes is None:
            continue
        if len(values) != 2 or not all(
            isinstance(value, (bool, int, float)) and 0 <= value <= 1 for value in values
        ):
            message = "a pair holds [agreement, allied], both between 0 and 1"
            problems.add(origin.error(("pairs", name), message))
        else:
            pairs[codes] = (float(values[0]), float(values[1]))
    return pairs


def _codes(
    at: tuple[str, str], known: Container[tuple[str, str]], origin: Origin, problems: Problems
) -> tuple[str, str] | None:
    """Return the two codes of a pair in alphabetical order; report what is no new pair."""
    first, dash, second = at[1].partition("-")
    if not (first and dash and second) or "-" in second or first == second:
        message = "a pair is written as two different codes, for example CAN-CHN"
        problems.add(origin.error(at, message))
        return None
    codes = (min(first, second), max(first, second))
    if codes in known:
        problems.add(origin.error(at, "the pair stands twice"))
        return None
    return codes


def read_ties(
    file: TiesFile, origin: Origin, problems: Problems
) -> dict[tuple[str, str], float] | None:
    """Return the ties that a file states outright, None where it states pairs."""
    if file.ties is None:
        return None
    ties: dict[tuple[str, str], float] = {}
    for name, weight in file.ties.items():
        codes = _codes(("ties", name), ties, origin, problems)
        if codes is None:
            continue
        if not 0.0 <= weight <= MOST:
            message = f"{weight:g} is not between 0 and {MOST:g}"
            problems.add(origin.error(("ties", name), message))
        else:
            ties[codes] = float(weight)
    return ties


def _jaccard(one: list[str], other: list[str]) -> float:
    both = len(set(one) | set(other))
    return len(set(one) & set(other)) / both if both else 0.0


def _inferred(one: Actor, other: Actor) -> tuple[float, float]:
    """Return agreement and alliance of a pair that was not measured."""
    agreement = 0.0
    if one.unga_ideal_point is not None and other.unga_ideal_point is not None:
        agreement = likeness(one.unga_ideal_point.value, other.unga_ideal_point.value)
    shared = set(one.groups) & set(other.groups)
    return agreement, float(any(alliance in shared for alliance in ALLIANCES))


def affinity(
    actors: dict[str, Actor], pairs: dict[tuple[str, str], tuple[float, float]]
) -> list[tuple[str, str, float]]:
    """Return the ties between the actors, strongest possible 1, pairs without a tie left out.

    A tie is half the voting agreement, three tenths the share of common groups and one fifth
    whether the two are allied. A pair that was not measured takes its agreement from the distance
    of the General Assembly ideal points and its alliance from common membership of NATO or CSTO.
    """
    ties = []
    codes = sorted(actors)
    for index, first in enumerate(codes):
        for second in codes[index + 1 :]:
            one, other = actors[first], actors[second]
            agreement, allied = pairs.get((first, second)) or _inferred(one, other)
            weight = (
                AGREEMENT_WEIGHT * agreement
                + GROUP_WEIGHT * _jaccard(one.groups, other.groups)
                + ALLIANCE_WEIGHT * allied
            )
            if weight > 0.0:
                ties.append((first, second, round(weight, 6)))
    return ties
