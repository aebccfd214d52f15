"""Where the files are: the package's catalogue, and a study's own folders that shadow it."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from negotiation_sim.catalogue.earlier import now_two
from negotiation_sim.catalogue.records import PopulationFile, SourcesFile
from negotiation_sim.catalogue.reports import Origin, Problems, validate
from negotiation_sim.catalogue.strict_yaml import Document, read_document
from negotiation_sim.errors import CatalogueError, UsageError, nearest

KINDS = ("actors", "venues", "initiatives", "experiments")
SINGULAR = dict(zip(KINDS, ("actor", "venue", "initiative", "experiment"), strict=True))
_PLACES = {
    "actors": ("actors",),
    "venues": ("venues",),
    "initiatives": ("experiments/initiatives", "initiatives"),
    "experiments": ("experiments",),
}
FOLDER_NAMES = (*KINDS, "backtest")
NEAR = 0.75  # how like the name of a folder another must be to be taken for it
SUFFIX = ".yaml"
WORLD = "world"  # below the catalogue's actors/: the tables that casts are drafted from
SOURCES, TIES, ENVIRONMENT, POPULATION = "sources", "ties", "environment", "population"
_NOT_RECORDS = {
    "actors": (SOURCES, TIES),
    "venues": (SOURCES,),
    "initiatives": (SOURCES,),
    "experiments": (SOURCES, ENVIRONMENT),
}


def find_root() -> Path:
    """Return the folder that holds the catalogue.

    Looks in the package first (an installed copy), then for the parent folder that holds
    ``pyproject.toml`` and ``actors/`` (an editable install).
    """
    package = Path(__file__).resolve().parent.parent
    inside = package / "_catalogue"
    if (inside / "actors").is_dir():
        return inside
    for parent in package.parents:
        if (parent / "pyproject.toml").is_file() and (parent / "actors").is_dir():
            return parent
    raise UsageError("the catalogue (actors/, venues/, experiments/) is not installed")


def real(path: Path) -> Path:
    """Return a path with its links followed; one that leads in a circle stays as it is."""
    return Path(os.path.realpath(path))


def unread(path: Path, shown: str) -> CatalogueError:
    """Return the error for a folder of a study that nobody reads."""
    return CatalogueError(
        shown, None, "", f"nobody reads this folder{nearest(path.name, FOLDER_NAMES)}"
    )


def is_group(stem: str) -> bool:
    """Return whether a file of ``actors/`` holds a group of actors."""
    return stem == POPULATION or stem.startswith(POPULATION + "-")


@dataclass
class Folders:
    """The layers in which a name is looked up, a study's own before the catalogue's.

    Parameters
    ----------
    root : Path
        The catalogue.
    studies : tuple of Path
        Folders that shadow it, first one first.
    alone : bool
        Whether the study takes states, ties, venues, initiatives and their sources from its own
        folders only; process parameters stay the catalogue's.
    """

    root: Path
    studies: tuple[Path, ...] = ()
    alone: bool = False
    _documents: dict[Path, Document] = field(default_factory=dict, repr=False)
    _groups: dict[Path, tuple[PopulationFile, Origin] | None] = field(
        default_factory=dict, repr=False
    )

    @classmethod
    def around(cls, file: Path | None, root: Path | None) -> Folders:
        """Return the layers for an experiment file (None: one of the catalogue's own)."""
        base = find_root() if root is None else Path(root)
        if file is None:
            return cls(base)
        studies = [real(Path(file)).parent]
        while studies[-1].name in FOLDER_NAMES and studies[-1] != studies[-1].parent:
            studies.append(studies[-1].parent)
        own = real(base)
        inside = {own, *(own / name for names in _PLACES.values() for name in names)}
        return cls(base, tuple(path for path in studies if path not in inside))

    @property
    def layers(self) -> tuple[Path, ...]:
        return (*self.studies, self.root)

    def show(self, path: Path) -> str:
        """Return a path as the user would name it."""
        full = Path(os.path.abspath(path))
        for base in (self.root, Path.cwd()):
            try:
                return full.relative_to(os.path.abspath(base)).as_posix()
            except ValueError:
                continue
        return str(path)

    def is_own(self, path: Path) -> bool:
        """Return whether a file is a study's own and none of the catalogue."""
        return any(layer in real(path).parents for layer in self.studies)

    def has_own(self, shown: str) -> bool:
        """Return whether a file that was read, as messages name it, is a study's own."""
        return any(d.file == shown and self.is_own(path) for path, d in self._documents.items())

    def misspelt(self) -> Iterator[CatalogueError]:
        """Yield the folders of a study that are nearly called as one that is read."""
        for layer in self.studies:
            for path in sorted(layer.iterdir()):
                near = difflib.get_close_matches(path.name, FOLDER_NAMES, n=1, cutoff=NEAR)
                if path.is_dir() and near and path.name not in FOLDER_NAMES:
                    yield unread(path, self.show(path))

    def read(self, path: Path) -> Document:
        """Read a file once."""
        if path not in self._documents:
            self._documents[path] = read_document(path, self.show(path))
        return self._documents[path]

    def files(self, kind: str) -> dict[str, Path]:
        """Return name and file of every record of a kind (actors of a group file left out)."""
        found: dict[str, Path] = {}
        for path in self._yaml_files(kind):
            if path.stem not in _NOT_RECORDS[kind] and not (
                kind == "actors" and is_group(path.stem)
            ):
                found.setdefault(path.stem, path)
        return found

    def layers_of(self, kind: str) -> tuple[Path, ...]:
        """Return the layers that hold a kind: not the catalogue where a study stands alone."""
        return self.studies if self.alone and kind != "experiments" else self.layers

    def _yaml_files(self, kind: str) -> list[Path]:
        found = []
        for layer in self.layers_of(kind):
            for place in _PLACES[kind]:
                folder = layer / place
                if folder.is_dir():
                    found += sorted(folder.glob("*" + SUFFIX))
        return found

    def group_files(self) -> list[Path]:
        """Return the compact files of actors, a study's own first."""
        return [path for path in self._yaml_files("actors") if is_group(path.stem)]

    def group(self, path: Path, problems: Problems) -> tuple[PopulationFile, Origin] | None:
        """Read a compact file of actors once."""
        if path not in self._groups:
            origin = Origin.of(self.read(path))
            record = validate(PopulationFile, origin, problems)
            self._groups[path] = None if record is None else (record, origin)
        return self._groups[path]

    def side_file(self, kind: str, stem: str) -> Path | None:
        """Return the nearest file such as ``actors/ties.yaml``, or None."""
        places = _PLACES[kind]
        for layer in self.layers_of(kind):
            for folder in (*(layer / place for place in places), layer):
                path = folder / (stem + SUFFIX)
                if path.exists():
                    return path
        return None

    def sources(self, kind: str, problems: Problems) -> dict[str, dict[str, Any]]:
        """Return the sources that a record of a kind may name, with their entries."""
        layers = self.layers_of(kind)
        kind = "experiments" if kind == "initiatives" else kind
        known: dict[str, dict[str, Any]] = {}
        for layer in layers:
            for path in (layer / kind / (SOURCES + SUFFIX), layer / (SOURCES + SUFFIX)):
                if path.exists():
                    known = {**read_sources(self.read(path), problems), **known}
        return known


def read_sources(document: Document, problems: Problems) -> dict[str, dict[str, Any]]:
    """Return the entries of a ``sources.yaml``."""
    wrapped = Document(
        document.file,
        {"entries": document.data},
        {("entries", *path): line for path, line in document.lines.items()},
    )
    record = validate(SourcesFile, Origin.of(wrapped), problems)
    if record is None:
        return {}
    return {name: entry.model_dump(exclude_none=True) for name, entry in record.entries.items()}


def unknown(kind: str, name: object, names: Any) -> str:
    """Return the message for a name that is not in the catalogue."""
    now = now_two(str(name)) if kind == "initiatives" else ""
    return now or f"no {SINGULAR[kind]} '{name}'{nearest(name, names)}"
