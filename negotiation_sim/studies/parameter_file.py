"""The file of calibrated parameters: written by ``calibrate``, read by every run and back-test."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping as Dictionary
from pathlib import Path
from typing import Any

from negotiation_sim.catalogue.environment import PARAMETERS, read_environment, read_parameters
from negotiation_sim.catalogue.folders import Folders
from negotiation_sim.catalogue.reports import Problems
from negotiation_sim.errors import CatalogueError, UsageError
from negotiation_sim.schema import Figure
from negotiation_sim.studies.mapping import Mapping

HEAD = """\
# Written by `negotiation-sim calibrate`. The values under `parameters` take precedence over
# environment.yaml; those under `mapping` are used for historical cases only.
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
        ``description``, ``provenance``, ``mapping`` and ``parameters``, plain values only.
    """
    lines = [HEAD.rstrip()]
    for key, value in content.items():
        if isinstance(value, Dictionary):
            lines += [f"{key}:", *_block(value, 2)]
        else:
            lines.append(f"{key}: {_scalar(value)}")
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text("\n".join(lines) + "\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None


@dataclasses.dataclass(frozen=True)
class Calibrated:
    """Process parameters with calibrated values laid over the defaults, and the mapping."""

    environment: dict[str, Figure]
    mapping: Mapping
    provenance: dict[str, Any]


def _plain(root: Path | None) -> tuple[Folders, dict[str, Any]]:
    folders = Folders.around(None, root)
    path = folders.root / PARAMETERS
    if not path.is_file():
        return folders, {}
    data = folders.read(path).data
    return folders, data if isinstance(data, dict) else {}


def _mapping(data: dict[str, Any]) -> Mapping:
    names = {field.name for field in dataclasses.fields(Mapping)}
    values = {}
    for name, entry in data.items():
        value = entry.get("value") if isinstance(entry, dict) else entry
        if name not in names or not isinstance(value, (int, float)) or isinstance(value, bool):
            raise CatalogueError(PARAMETERS, None, f"mapping.{name}", f"found {entry!r}")
        values[name] = float(value)
    return dataclasses.replace(Mapping(), **values)


def calibrated(root: Path | None = None) -> Calibrated:
    """Return what every back-test runs with; the defaults where nothing is calibrated yet.

    Ranges of calibrated figures are dropped here: a back-test's forecast is made at the point.
    """
    folders, data = _plain(root)
    problems = Problems(first=True)
    entries = read_environment(folders, problems)
    environment = {name: entry.figure() for name, entry in entries.items()}
    for name, figure in read_parameters(folders, entries, problems).items():
        environment[name] = figure.model_copy(update={"range": None})
    provenance = data.get("provenance")
    mapping = data.get("mapping")
    return Calibrated(
        environment,
        _mapping(mapping if isinstance(mapping, dict) else {}),
        provenance if isinstance(provenance, dict) else {},
    )
