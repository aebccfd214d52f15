"""Check files and folders, and report everything that is wrong rather than the first thing."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from negotiation_sim.catalogue.cast import check_members
from negotiation_sim.catalogue.folders import (
    ENVIRONMENT,
    SOURCES,
    SUFFIX,
    TIES,
    WORLD,
    Folders,
    find_root,
    is_group,
    read_sources,
    real,
    unread,
)
from negotiation_sim.catalogue.loading import STUDY, Loader
from negotiation_sim.catalogue.lookup import MODELS, Catalogue
from negotiation_sim.catalogue.population import check_columns, expand_row, read_pairs, read_ties
from negotiation_sim.catalogue.process_parameters import (
    is_fit,
    read_environment,
    read_fit,
)
from negotiation_sim.catalogue.records import PopulationFile, TiesFile
from negotiation_sim.catalogue.reports import Origin, Problems, validate
from negotiation_sim.catalogue.schema import Initiative, Venue
from negotiation_sim.errors import CatalogueError

SUBFOLDERS = ("actors", "venues", "experiments", "initiatives", "backtest")
_TELLTALE = (
    ("experiments", ("strategies", "cast")),
    ("venues", ("decision", "calendar")),
    ("group", ("rows", "columns")),
    ("ties", ("pairs", "ties")),
    ("initiatives", ("mandate", "text")),
    ("actors", ("ideal_point", "margin", "salience")),
    ("environment", ("parameters",)),
)


class Checked(list[CatalogueError]):
    """Everything that is wrong; beside it what is allowed and may not be meant.

    Attributes
    ----------
    notes : list of CatalogueError
        What has no effect where it is said, though nothing forbids it.
    sweeps : list of Path
        Files of experiments that say what a sweep varies, and are right otherwise.
    """

    def __init__(self, problems: Problems, sweeps: list[Path]) -> None:
        super().__init__(problems.found)
        self.notes, self.sweeps = problems.notes, sweeps


def check_paths(paths: Iterable[str | Path], *, root: Path | None = None) -> Checked:
    """Return everything that is wrong in files or folders; an empty list if nothing is.

    Parameters
    ----------
    paths : iterable of str or Path
        Files of the catalogue or of a study, or folders that hold some.
    root : Path, optional
        Folder of the catalogue that names may refer to; found by default.
    """
    problems, sweeps = Problems(), []
    for path in paths:
        used: set[tuple[str, str]] = set()
        files = _files(Path(path), problems)
        for file in files:
            before = len(problems.found)
            try:
                varies = _check_file(file, root, problems, used)
            except CatalogueError as error:
                problems.add(error)
            else:
                sweeps += [file] if varies and len(problems.found) == before else []
        if (Path(path) / (STUDY + SUFFIX)).is_file() and not problems.found:
            _note_unused(files, used, problems)
    return Checked(problems, sweeps)


def _note_unused(files: list[Path], used: set[tuple[str, str]], problems: Problems) -> None:
    """Note the records of a study that none of its experiments uses."""
    words = {"actors": "cast", "venues": "strategies", "initiatives": "strategies"}
    for file in files:
        kind = real(file).parent.name
        record = kind in words and file.stem not in (SOURCES, TIES) and not is_group(file.stem)
        if record and (kind, file.stem) not in used:
            message = f"without effect: no experiment of the study has it in its {words[kind]}"
            problems.note(CatalogueError(str(file), None, "", message))


def _files(path: Path, problems: Problems) -> list[Path]:
    if path.is_file():
        return [path]
    if not path.is_dir():
        what = "a pipe or a device, not a file" if path.exists() else "no such file or folder"
        problems.add(CatalogueError(str(path), None, "", what))
        return []
    try:
        found = yaml_files_in(path, problems)
    except OSError as error:
        problems.add(CatalogueError(str(path), None, "", f"cannot be read: {error.strerror}"))
        return []
    for file in [file for file in found if file.suffix != SUFFIX]:
        message = f"would not be found; files of the catalogue end in {SUFFIX}"
        problems.add(CatalogueError(str(file), None, "", message))
    files = [file for file in found if file.suffix == SUFFIX]
    if not files:
        problems.add(CatalogueError(str(path), None, "", f"the folder holds no {SUFFIX} file"))
    return files


def _looks_read(folder: Path) -> bool:
    """Return whether a folder holds what a study's folder would hold."""
    if folder.name.startswith(".") or folder == find_root() / "actors" / WORLD:
        return False
    return any(file.suffix in (SUFFIX, ".yml") for file in folder.iterdir())


def yaml_files_in(folder: Path, problems: Problems | None = None) -> list[Path]:
    """Return the files of a catalogue's or a study's folder, those with a wrong ending too.

    Folders that nobody would read, and that hold such files, are reported to ``problems``.
    """
    found = []
    study = folder.name in SUBFOLDERS or (folder / (STUDY + SUFFIX)).is_file()
    for path in sorted(folder.iterdir()):
        if path.is_dir() and path.name in SUBFOLDERS:
            found += yaml_files_in(path, problems)
        elif path.is_dir() and problems is not None and study and _looks_read(path):
            problems.add(unread(path, str(path)))
        elif path.suffix in (SUFFIX, ".yml") and not path.name.startswith("."):
            found.append(path)
    return found


def _sort_of(path: Path, data: Any) -> str:
    """Return what a file is meant to be, by its place and else by its fields."""
    parent = real(path).parent.name
    if path.stem == SOURCES:
        return SOURCES
    if parent == "actors":
        return "ties" if path.stem == TIES else "group" if is_group(path.stem) else "actors"
    if parent in MODELS:
        return parent
    keys = set(data) if isinstance(data, dict) else set()
    if path.stem == ENVIRONMENT:
        return ENVIRONMENT
    if parent == "backtest" and "strategies" not in keys:  # cases have records of their own
        return ENVIRONMENT if is_fit(path) else ""
    found = (sort for sort, telltale in _TELLTALE if keys & set(telltale))
    return next(found, "experiments" if parent == "experiments" else "")


def _check_file(
    path: Path, root: Path | None, problems: Problems, used: set[tuple[str, str]]
) -> bool:
    """Check a file, note which records it uses; return whether it says what a sweep varies."""
    folders = Folders.around(path, root)
    document = folders.read(path)
    sort = _sort_of(path, document.data)
    origin = Origin.of(document)
    catalogue = Catalogue(folders, problems)
    if sort == SOURCES:
        read_sources(document, problems)
    elif sort == "experiments":
        setting = Loader(path, folders, problems).setting()
        if setting is not None:
            for kind in ("actors", "venues", "initiatives"):
                used |= {(kind, name) for name in getattr(setting, kind)}
        return isinstance(document.data, dict) and bool(document.data.get("sweep"))
    elif sort in MODELS:
        _check_record(sort, path, catalogue)
    elif sort == "group":
        _check_group(origin, catalogue)
    elif sort == "ties":
        _check_ties(origin, catalogue)
    elif sort == ENVIRONMENT:
        _check_environment(path, folders, problems)
    elif real(path).parent.name != "backtest":
        message = "neither an actor, a venue, an initiative nor an experiment"
        problems.add(origin.error((), message))
    return False


def _check_record(kind: str, path: Path, catalogue: Catalogue) -> None:
    origin = catalogue.file_origin(kind, path)
    record = catalogue.validated(kind, path.stem, origin)
    if isinstance(record, Venue):
        check_members(record, catalogue)
        if record.passes_to is not None:
            catalogue.require("venues", record.passes_to, origin, ("passes_to",))
    elif isinstance(record, Initiative):
        for index, code in enumerate(record.entry_into_force.states):
            place = ("entry_into_force", "states", index)
            catalogue.require("actors", code, origin, place)


def _check_group(origin: Origin, catalogue: Catalogue) -> None:
    file = validate(PopulationFile, origin, catalogue.problems)
    if file is None:
        return
    check_columns(file, origin, catalogue.problems)
    catalogue.check_sources("actors", origin)
    for code in file.rows:
        row = expand_row(file, origin, code, catalogue.problems)
        catalogue.validated("actors", code, row)


def _check_ties(origin: Origin, catalogue: Catalogue) -> None:
    file = validate(TiesFile, origin, catalogue.problems)
    if file is None:
        return
    read_pairs(file, origin, catalogue.problems)
    read_ties(file, origin, catalogue.problems)
    for field, names in (("pairs", file.pairs), ("ties", file.ties or {})):
        for name in names:
            for code in name.split("-"):
                catalogue.require("actors", code, origin, (field, name))


def _check_environment(path: Path, folders: Folders, problems: Problems) -> None:
    entries = read_environment(folders, problems)
    if is_fit(path):
        read_fit(folders, path, entries, problems)
