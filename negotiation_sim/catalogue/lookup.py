"""Looks up actors, venues and initiatives, with an experiment's overrides laid over them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from negotiation_sim.catalogue.folders import Folders, unknown
from negotiation_sim.catalogue.overrides import lift
from negotiation_sim.catalogue.population import check_columns, expand_row
from negotiation_sim.catalogue.records import PopulationFile
from negotiation_sim.catalogue.reports import Origin, Problems, shown, validate
from negotiation_sim.catalogue.schema import Actor, Initiative, Record, Venue
from negotiation_sim.errors import nearest

NOTE = "set in the experiment"
MODELS: dict[str, type[Record]] = {"actors": Actor, "venues": Venue, "initiatives": Initiative}
MERGED = ("ideal_point", "salience", "resources", "blocs", "text", "entry_into_force")


class Catalogue:
    """Looks up actors, venues and initiatives, with an experiment's overrides laid over them.

    Parameters
    ----------
    folders : Folders
    problems : Problems
    experiment : Origin, optional
        The experiment whose ``actors``, ``venues`` and ``initiatives`` override figures.
    """

    def __init__(
        self, folders: Folders, problems: Problems, experiment: Origin | None = None
    ) -> None:
        self.folders = folders
        self.problems = problems
        self.experiment = experiment
        self.origins: dict[tuple[str, str], Origin] = {}
        self._files = {kind: folders.files(kind) for kind in MODELS}
        self._sources: dict[str, dict[str, Any]] = {}
        self._rows: dict[str, tuple[PopulationFile, Origin]] | None = None

    def names(self, kind: str) -> list[str]:
        """Return every name of a kind, in alphabetical order."""
        names = set(self._files[kind])
        return sorted(names | set(self.rows())) if kind == "actors" else sorted(names)

    def rows(self) -> dict[str, tuple[PopulationFile, Origin]]:
        """Return, for every actor of a group file, the file it stands in."""
        if self._rows is None:
            self._rows = {}
            for path in self.folders.group_files():
                group = self.folders.group(path, self.problems)
                if group is not None:
                    check_columns(*group, self.problems)
                    self.check_sources("actors", group[1])
                    for code in group[0].rows:
                        self._rows.setdefault(code, group)
        return self._rows

    def known_sources(self, kind: str) -> dict[str, dict[str, Any]]:
        """Return the sources a record of a kind may name."""
        if kind not in self._sources:
            self._sources[kind] = self.folders.sources(kind, self.problems)
        return self._sources[kind]

    def check_sources(self, kind: str, origin: Origin, also: str | None = None) -> None:
        """Check that every source named in a record stands in the folder's ``sources.yaml``."""
        known = set(self.known_sources(kind))
        if also is not None:
            known |= set(self.known_sources(also))
        for path, name in named_sources(origin.data, ()):
            if name not in known:
                message = f"source '{name}' is not in sources.yaml{nearest(name, known)}"
                self.problems.add(origin.error(path, message))

    def file(self, kind: str, name: str) -> Path | None:
        """Return the file of a record, None where it has none of its own."""
        return self._files[kind].get(name)

    def origin(self, kind: str, name: str) -> Origin:
        """Return the plain data of a record that exists, before overrides."""
        if name in self._files[kind]:
            return self.file_origin(kind, self._files[kind][name])
        return expand_row(*self.rows()[name], name, self.problems)

    def file_origin(self, kind: str, path: Path) -> Origin:
        """Return the plain data of a file, its sources checked."""
        origin = Origin.of(self.folders.read(path))
        self.check_sources(kind, origin)
        return origin

    def record(self, kind: str, name: str) -> Any:
        """Return a record with the experiment's overrides, or None if it has errors."""
        origin = self.origin(kind, name)
        overrides = self.experiment.data.get(kind, {}) if self.experiment else {}
        if self.experiment and name in overrides and isinstance(origin.data, dict):
            self._override(kind, name, origin)
        return self.validated(kind, name, origin)

    def validated(self, kind: str, name: str, origin: Origin) -> Any:
        """Return plain data as the record of this name, or None if it has errors."""
        self.origins[(kind, name)] = origin
        record: Any = validate(MODELS[kind], origin, self.problems)
        if record is not None and record.id != name:
            message = f"{shown(record.id)} is not the name of its file or row, {name}"
            self.problems.add(origin.error(("id",), message))
            return None
        return record

    def _override(self, kind: str, name: str, origin: Origin) -> None:
        """Lay the experiment's changes over a record; a bare number is an assumed figure."""
        assert self.experiment is not None
        at = (kind, name)
        changes = lift(MODELS[kind], self.experiment.data[kind][name], NOTE)
        part = self.experiment.part(at, changes)
        self.check_sources(kind, part, also="experiments")
        origin.overlay(part, MERGED)

    def require(self, kind: str, name: str, origin: Origin, path: tuple[Any, ...]) -> bool:
        """Return whether a name exists; report it at the path of whoever names it if not."""
        if name in self._files[kind] or (kind == "actors" and name in self.rows()):
            return True
        self.problems.add(origin.error(path, unknown(kind, name, self.names(kind))))
        return False


def named_sources(data: Any, path: tuple[Any, ...]) -> Iterable[tuple[tuple[Any, ...], str]]:
    """Yield path and name of every source that plain data name."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key in ("source", "membership_source") and isinstance(value, str):
                yield (*path, key), value
            elif key == "sources" and isinstance(value, dict):  # of a group file, by column
                named = {sub: name for sub, name in value.items() if isinstance(name, str)}
                yield from (((*path, key, sub), name) for sub, name in named.items())
            else:
                yield from named_sources(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from named_sources(value, (*path, index))
