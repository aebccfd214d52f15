"""The process parameters: their defaults, what overlays them, and the bounds they keep to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from negotiation_sim.catalogue.earlier import gone, unknown_name
from negotiation_sim.catalogue.folders import ENVIRONMENT, SUFFIX, Folders
from negotiation_sim.catalogue.records import (
    EnvironmentEntry,
    EnvironmentFile,
    EnvironmentLine,
    ParametersFile,
)
from negotiation_sim.catalogue.reports import Origin, Problems, validate
from negotiation_sim.catalogue.schema import Figure
from negotiation_sim.errors import CatalogueError
from negotiation_sim.model.figures import ENVIRONMENT_PARAMETERS, Declaration, declared

PARAMETERS = "experiments/backtest/parameters.yaml"
FITS = "parameters*.yaml"
LATEST = "9999-12"


def read_environment(folders: Folders, problems: Problems) -> dict[str, EnvironmentEntry]:
    """Return the default of every process parameter, in the order of their declarations."""
    path = folders.side_file("experiments", ENVIRONMENT)
    if path is None:
        missing = folders.root / "experiments" / (ENVIRONMENT + SUFFIX)
        problems.add(CatalogueError(folders.show(missing), None, "", "no such file"))
        return {}
    origin = Origin.of(folders.read(path))
    record = validate(EnvironmentFile, origin, problems)
    if record is None:
        return {}
    entries = {}
    for name, line in record.parameters.items():
        at = ("parameters", name)
        if name not in ENVIRONMENT_PARAMETERS:
            message = unknown_name("parameter", name, ENVIRONMENT_PARAMETERS)
            problems.add(origin.error(at, message))
            continue
        for field, message in _contradictions(line, declared("environment", name)):
            problems.add(origin.error((*at, field), message))
        entries[name] = EnvironmentEntry.of(name, line)
        check_bounds(name, line, entries[name], origin, at, problems)
    earlier = any(gone(name) for name in record.parameters)  # then all that is new is missing
    for name in ENVIRONMENT_PARAMETERS:
        if name not in record.parameters and not earlier:
            message = f"'{name}' is missing; every process parameter has its default here"
            problems.add(origin.error(("parameters",), message))
    return {name: entries[name] for name in ENVIRONMENT_PARAMETERS if name in entries}


def _contradictions(line: EnvironmentLine, known: Declaration) -> Iterator[tuple[str, str]]:
    """Yield field and message of what a file says against the declaration of its parameter."""
    allowed: dict[str, str | list[float]] = {
        "unit": known.unit, "role": known.role, "bounds": list(known.bounds[:2]),
        "description": known.meaning,
    }  # fmt: skip
    for field, expected in allowed.items():
        found = getattr(line, field)
        if isinstance(found, str):
            found = " ".join(found.split())
        if found not in (None, "", expected):
            message = f"found {_said(found)}, allowed: {_said(expected)}"
            yield field, f"{message}; the program declares it, leave the line out"


def _said(value: str | list[float]) -> str:
    return f"'{value}'" if isinstance(value, str) else f"[{', '.join(f'{x:g}' for x in value)}]"


def check_bounds(
    name: str,
    figure: Figure,
    entry: EnvironmentEntry,
    origin: Origin,
    at: tuple[Any, ...],
    problems: Problems,
) -> None:
    """Check that a figure and its range lie within the bounds of its parameter."""
    message = outside(figure, entry)
    if message:
        problems.add(origin.error(at, message))


def outside(figure: Figure, entry: EnvironmentEntry) -> str:
    """Return why a figure is not within its parameter's bounds, or an empty text."""
    low, high = entry.bounds
    for number in (figure.value, *(figure.range or ())):
        if not low <= number <= high:
            return f"{number:g} is not between {low:g} and {high:g} ({entry.unit})"
    return ""


def is_fit(path: Path) -> bool:
    """Return whether a file holds fitted parameters: the plain one, or one of an earlier day."""
    return path.match(f"{Path(PARAMETERS).parent.name}/{FITS}")


def fits_of(layer: Path) -> list[Path]:
    """Return the files of fitted parameters of a catalogue or study."""
    return sorted((layer / PARAMETERS).parent.glob(FITS))


def known_from(folders: Folders, path: Path) -> str:
    """Return the month from which a fit may be used, ``YYYY-MM``; empty where it does not say.

    That of its ``provenance.known_at``, the day up to which outcomes were known.
    """
    data = folders.read(path).data
    said = data.get("provenance") if isinstance(data, dict) else None
    known = said.get("known_at", "") if isinstance(said, dict) else ""
    return str(known)[:7]


def parameters_known(folders: Folders, start: str) -> Path | None:
    """Return the newest fit that was known when an experiment starts; None where there is no fit.

    Raises
    ------
    CatalogueError
        Where all fits came to be known later.
    """
    for layer in folders.layers:
        found = fits_of(layer)
        months = {path: known_from(folders, path) for path in found}
        usable = [path for path in found if months[path] <= start]
        if usable:
            return max(usable, key=lambda path: months[path])
        if found:
            message = (
                f"no fit was known in {start}; the oldest is of {min(months.values())}. Leave "
                "'calibrated' out, or start later"
            )
            raise CatalogueError(
                folders.show(layer / PARAMETERS), None, "provenance.known_at", message
            )
    return None


def read_parameters(
    folders: Folders,
    entries: dict[str, EnvironmentEntry],
    problems: Problems,
    start: str,
) -> dict[str, Figure]:
    """Return the parameters fitted to historical cases, as known at an experiment's start.

    None where there is no such file.
    """
    try:
        path = parameters_known(folders, start)
    except CatalogueError as error:
        problems.add(error)
        return {}
    return {} if path is None else read_fit(folders, path, entries, problems)


def read_fit(
    folders: Folders, path: Path, entries: dict[str, EnvironmentEntry], problems: Problems
) -> dict[str, Figure]:
    """Return the fitted parameters of one file."""
    origin = Origin.of(folders.read(path))
    if isinstance(origin.data, dict):  # whatever else the file says is its provenance
        own = {key: value for key, value in origin.data.items() if key == "parameters"}
        origin = Origin(own, origin.layers)
    record = validate(ParametersFile, origin, problems)
    if record is None:
        return {}
    found: dict[str, Figure] = {}
    for name, figure in record.parameters.items():
        at = ("parameters", name)
        if name not in ENVIRONMENT_PARAMETERS:
            message = unknown_name("parameter", name, ENVIRONMENT_PARAMETERS)
            problems.add(origin.error(at, message))
        elif name in entries:
            check_bounds(name, figure, entries[name], origin, at, problems)
            found[name] = figure
    return found


def environment_table(root: Path | None = None) -> dict[str, EnvironmentEntry]:
    """Return unit, role, bounds and default of every process parameter.

    Parameters
    ----------
    root : Path, optional
        Folder of the catalogue; found by default.
    """
    return read_environment(Folders.around(None, root), Problems(first=True))
