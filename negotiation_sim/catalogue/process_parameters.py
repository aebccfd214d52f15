"""The process parameters: defaults with unit, role and bounds, and what overlays them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from negotiation_sim.catalogue.folders import ENVIRONMENT, SUFFIX, Folders
from negotiation_sim.catalogue.records import EnvironmentEntry, EnvironmentFile, ParametersFile
from negotiation_sim.catalogue.reports import Origin, Problems, validate
from negotiation_sim.catalogue.schema import Figure
from negotiation_sim.errors import CatalogueError, nearest
from negotiation_sim.model.terms import ENVIRONMENT_PARAMETERS

PARAMETERS = "experiments/backtest/parameters.yaml"


def read_environment(folders: Folders, problems: Problems) -> dict[str, EnvironmentEntry]:
    """Return the default of every process parameter, in the order of the terms."""
    path = folders.side_file("experiments", ENVIRONMENT)
    if path is None:
        missing = folders.root / "experiments" / (ENVIRONMENT + SUFFIX)
        problems.add(CatalogueError(folders.show(missing), None, "", "no such file"))
        return {}
    origin = Origin.of(folders.read(path))
    record = validate(EnvironmentFile, origin, problems)
    if record is None:
        return {}
    for name, entry in record.parameters.items():
        at = ("parameters", name)
        if name not in ENVIRONMENT_PARAMETERS:
            message = f"unknown parameter{nearest(name, ENVIRONMENT_PARAMETERS)}"
            problems.add(origin.error(at, message))
        if len(entry.bounds) != 2 or entry.bounds[0] > entry.bounds[1]:
            message = f"found {entry.bounds}, expected [lowest, highest]"
            problems.add(origin.error((*at, "bounds"), message))
        else:
            check_bounds(name, entry, entry, origin, at, problems)
    for name in ENVIRONMENT_PARAMETERS:
        if name not in record.parameters:
            message = f"'{name}' is missing; every process parameter has its default here"
            problems.add(origin.error(("parameters",), message))
    known = [name for name in ENVIRONMENT_PARAMETERS if name in record.parameters]
    return {name: record.parameters[name] for name in known}


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


def read_parameters(
    folders: Folders, entries: dict[str, EnvironmentEntry], problems: Problems
) -> dict[str, Figure]:
    """Return calibrated parameters that overlay the defaults; none where there is no such file."""
    for layer in reversed(folders.layers):
        path = layer / PARAMETERS
        if path.is_file():
            break
    else:
        return {}
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
            message = f"unknown parameter{nearest(name, ENVIRONMENT_PARAMETERS)}"
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
