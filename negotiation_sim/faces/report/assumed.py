"""What a run assumes: every assumed figure and every one with a range, as compact tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from negotiation_sim.catalogue import environment_table
from negotiation_sim.catalogue.folders import Folders
from negotiation_sim.catalogue.reports import Problems
from negotiation_sim.catalogue.schema import Figure, Record, Setting
from negotiation_sim.errors import NegotiationSimError

SECTIONS = {
    "environment": "Process parameters",
    "success": "What success is",
    "status_quo": "What is in force without an agreement",
    "groups": "Negotiating groups",
    "actors": "States",
    "venues": "Venues",
    "initiatives": "Initiatives",
}
KINDS = ("actors", "venues", "initiatives", "experiments")


@dataclass(frozen=True)
class Line:
    """Figures of one kind that rest on the same: ``values`` lists them, state by state."""

    name: str
    values: str
    basis: str
    rests: str


def tables(setting: Setting) -> dict[str, list[Line]]:
    """Return the assumed and the ranged figures by section of the setting."""
    units = _units()
    groups: dict[tuple[str, str, str, str], list[tuple[str, str]]] = {}
    for path, figure in figures(setting):
        if figure.basis != "assumed" and figure.range is None:
            continue
        section, owner, name = _place(path)
        rests = figure.note if figure.basis == "assumed" else figure.source or figure.note
        key = (section, name, figure.basis, " ".join((rests or "").split()))
        unit = units.get(name, "") if section == "environment" else ""
        groups.setdefault(key, []).append((owner, _value(figure, unit)))
    found: dict[str, list[Line]] = {words: [] for words in SECTIONS.values()}
    for (section, name, basis, rests), values in sorted(groups.items()):
        line = Line(name.replace("_", " ").replace(".", ", "), _joined(values), basis, rests)
        found[SECTIONS[section]].append(line)
    return {section: lines for section, lines in found.items() if lines}


def figures(setting: Setting) -> Iterator[tuple[tuple[str, ...], Figure]]:
    """Yield path and figure of every number of a setting."""
    for section in SECTIONS:
        yield from _walk(getattr(setting, section), (section,))


def _walk(node: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Figure]]:
    if isinstance(node, Figure):
        yield path, node
    elif isinstance(node, Record):
        for name in type(node).model_fields:
            yield from _walk(getattr(node, name), (*path, name))
    elif isinstance(node, dict):
        for name, value in node.items():
            yield from _walk(value, (*path, str(name)))


def _place(path: tuple[str, ...]) -> tuple[str, str, str]:
    """Return section, owner and name of a figure."""
    if path[0] in ("environment", "success", "status_quo"):
        return path[0], "", ".".join(path[1:])
    return path[0], path[1], ".".join(path[2:])


def _value(figure: Figure, unit: str) -> str:
    text = f"{figure.value:g}"
    if figure.range is not None:
        text += f" ({figure.range[0]:g} to {figure.range[1]:g})"
    return f"{text} {unit}" if unit else text


def _joined(values: list[tuple[str, str]]) -> str:
    """Return values of one kind; owners that share a value are named together."""
    owners: dict[str, list[str]] = {}
    for owner, number in values:
        owners.setdefault(number, []).append(owner)
    return "; ".join(f"{', '.join(who)} {number}".strip() for number, who in owners.items())


def _units() -> dict[str, str]:
    """Return units of the process parameters; none where no catalogue is found."""
    try:
        return {name: entry.unit for name, entry in environment_table().items()}
    except NegotiationSimError:
        return {}


def sources(setting: Setting) -> list[str]:
    """Return the sources that any figure of the setting names, in words where they are known."""
    used = sorted({figure.source for _, figure in figures(setting) if figure.source})
    known = _known_sources()
    lines = []
    for name in used:
        entry = known.get(name, {})
        facts = [str(entry[key]) for key in ("title", "year", "address") if entry.get(key)]
        lines.append(f"{name}: {', '.join(facts) or 'a source of the study itself'}")
    return lines


def _known_sources() -> dict[str, dict[str, Any]]:
    try:
        folders, problems = Folders.around(None, None), Problems(first=True)
        found: dict[str, dict[str, Any]] = {}
        for kind in KINDS:
            found = {**folders.sources(kind, problems), **found}
        return found
    except NegotiationSimError:
        return {}


def counts(setting: Setting) -> dict[str, int]:
    """Return how many figures rest on what, and how many have a range."""
    found: dict[str, int] = {}
    for _, figure in figures(setting):
        found[figure.basis] = found.get(figure.basis, 0) + 1
        if figure.range is not None:
            found["ranged"] = found.get("ranged", 0) + 1
    return found
