"""The file of calibrated parameters: written by ``calibrate``, read by every back-test."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping as Dictionary
from pathlib import Path
from typing import Any, NoReturn

from negotiation_sim.catalogue.folders import Folders
from negotiation_sim.catalogue.process_parameters import (
    LATEST,
    PARAMETERS,
    parameters_known,
    read_environment,
    read_parameters,
)
from negotiation_sim.catalogue.reports import Problems
from negotiation_sim.catalogue.schema import Figure, assumed
from negotiation_sim.errors import CatalogueError, nearest
from negotiation_sim.runs.store.files import disk_errors, write_atomic
from negotiation_sim.studies.history.case_runs import Point
from negotiation_sim.studies.history.forecast_line import PLAIN_LINE, ForecastLine
from negotiation_sim.studies.history.mapping import MAPPED_NAMES, Mapping, is_mapped, mapping_of

HEAD = """\
# Written by `negotiation-sim calibrate`. The values under `parameters` take precedence over
# environment.yaml in back-tests and in experiments that say `calibrated: true`; those under
# `mapping` are used for historical cases only.
"""


def _scalar(value: Any) -> str:
    """Return a value as YAML that reads back as the same: JSON is, for what is written here."""
    if isinstance(value, float):
        return f"{value:.6g}" if value != int(value) else str(int(value))
    return json.dumps(value, ensure_ascii=False)


def _flow(value: Any) -> str:
    if isinstance(value, Dictionary):
        return "{" + ", ".join(f"{k}: {_flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_flow(v) for v in value) + "]"
    return _scalar(value)


def _block(value: Dictionary[str, Any], indent: int) -> list[str]:
    lines = []
    for key, item in value.items():
        pad = " " * indent
        plain = f"{pad}{key}: {_flow(item)}"
        if isinstance(item, Dictionary) and item and len(plain) > 100:
            lines += [f"{pad}{key}:", *_block(item, indent + 2)]
        else:
            lines.append(plain)
    return lines


def write_parameters(path: str | Path, content: Dictionary[str, Any]) -> None:
    """Write a calibration as strict YAML.

    Parameters
    ----------
    path : str or Path
    content : mapping
        ``description``, ``provenance``, ``parameters``, ``mapping`` and ``members``, plain values
        only.
    """
    lines = [HEAD.rstrip()]
    for key, value in content.items():
        if isinstance(value, Dictionary):
            lines += [f"{key}:", *_block(value, 2)]
        else:
            lines.append(f"{key}: {_scalar(value)}")
    with disk_errors(Path(path)):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    write_atomic(Path(path), ("\n".join(lines) + "\n").encode())


@dataclasses.dataclass(frozen=True)
class Calibrated:
    """Process parameters with calibrated values laid over the defaults, and the mapping.

    ``members`` are the points that back-tests forecast by together: fits to bootstrap samples of
    the cases. Their mean forecast is less sure of itself than that of the one best point. ``line``
    carries the engine's log odds at five and ten years to those forecast.
    """

    environment: dict[str, Figure]
    mapping: Mapping
    provenance: dict[str, Any]
    members: tuple[Point, ...] = ()
    line: ForecastLine = PLAIN_LINE

    @property
    def points(self) -> tuple[Point, ...]:
        """What a back-test forecasts by: the members, else the point itself."""
        return self.members or (Point(self.environment, self.mapping),)


def _mapping(data: dict[str, Any]) -> Mapping:
    values: dict[str, float] = {}
    for name, entry in data.items():
        value = entry.get("value") if isinstance(entry, dict) else entry
        if not is_mapped(name):
            _refuse(f"mapping.{name}", f"unknown{nearest(name, MAPPED_NAMES)}")
        values[name] = _number(value, f"mapping.{name}")
    return mapping_of(values)


def _number(value: Any, field: str) -> float:
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        _refuse(field, f"found {value!r}, not a number")
    return float(value)


def _refuse(field: str, message: str) -> NoReturn:
    raise CatalogueError(PARAMETERS, None, field, message)


def _members(data: Any, base: Point) -> tuple[Point, ...]:
    """Return the points of ``members``: a column of values for each parameter."""
    columns = data if isinstance(data, dict) else {}
    counts = {len(values) if isinstance(values, list) else -1 for values in columns.values()}
    if columns and (len(counts) > 1 or min(counts) < 1):
        _refuse("members", "every parameter needs a list of equally many values")
    points = []
    for place in range(max(counts, default=0)):
        row = {n: _number(v[place], f"members.{n}") for n, v in columns.items()}
        mapped = {n: v for n, v in row.items() if is_mapped(n)}
        process = {n: assumed(v, "a member") for n, v in row.items() if not is_mapped(n)}
        if unknown := next((n for n in process if n not in base.environment), None):
            _refuse(f"members.{unknown}", f"unknown{nearest(unknown, MAPPED_NAMES)}")
        points.append(Point(base.environment | process, mapping_of(mapped, base.mapping)))
    return tuple(points)


def _line(data: Any) -> ForecastLine:
    """Return the line of a file; the plain one where it has none."""
    if data is None:
        return PLAIN_LINE
    parts = []
    for name in ("level", "slope"):
        said = data.get(name) if isinstance(data, dict) else None
        if not isinstance(said, list) or len(said) != len(PLAIN_LINE.level):
            _refuse(f"line.{name}", "a number for each of five and ten years")
        parts.append(tuple(_number(value, f"line.{name}") for value in said))
    return ForecastLine(*parts)


def calibrated(root: Path | None = None, start: str = LATEST) -> Calibrated:
    """Return what every back-test runs with; the defaults where nothing is calibrated yet.

    Ranges of calibrated figures are dropped here: each member forecasts at its own values.

    Parameters
    ----------
    root : Path, optional
        Folder of the catalogue; found by default.
    start : str
        Month; the newest fit that was known then is taken, by default the last.
    """
    folders = Folders.around(None, root)
    path = parameters_known(folders, start)
    read = folders.read(path).data if path is not None else {}
    data: dict[str, Any] = read if isinstance(read, dict) else {}
    problems = Problems(first=True)
    entries = read_environment(folders, problems)
    environment = {name: entry.figure() for name, entry in entries.items()}
    for name, figure in read_parameters(folders, entries, problems, start).items():
        environment[name] = figure.model_copy(update={"range": None})
    provenance, said = data.get("provenance"), data.get("mapping")
    mapping = _mapping(said if isinstance(said, dict) else {})
    return Calibrated(
        environment,
        mapping,
        provenance if isinstance(provenance, dict) else {},
        _members(data.get("members"), Point(environment, mapping)),
        _line(data.get("line")),
    )
