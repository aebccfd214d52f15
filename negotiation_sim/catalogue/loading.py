"""From the name of an experiment to a setting: every name resolved, every figure checked."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from negotiation_sim.catalogue.cast import check_members, resolve_cast
from negotiation_sim.catalogue.consistency import findings
from negotiation_sim.catalogue.earlier import unknown_name
from negotiation_sim.catalogue.folders import SUFFIX, TIES, Folders, unknown
from negotiation_sim.catalogue.intent import VETOES, idle_note, in_vain, unheard
from negotiation_sim.catalogue.lookup import NOTE, Catalogue
from negotiation_sim.catalogue.overrides import apply_overrides, lift, written
from negotiation_sim.catalogue.paths import CAST
from negotiation_sim.catalogue.population import affinity, read_pairs, read_ties
from negotiation_sim.catalogue.process_parameters import (
    check_bounds,
    fits_of,
    read_environment,
    read_parameters,
)
from negotiation_sim.catalogue.records import Experiment, TiesFile
from negotiation_sim.catalogue.reports import Origin, Problems, validate
from negotiation_sim.catalogue.schema import (
    Actor,
    Figure,
    Group,
    Setting,
    Strategy,
    Success,
    Track,
    Venue,
)
from negotiation_sim.catalogue.strategy_entries import read_strategy
from negotiation_sim.catalogue.strategy_names import PLEDGES
from negotiation_sim.errors import CatalogueError, nearest
from negotiation_sim.model.figures import ENVIRONMENT_PARAMETERS

STUDY = "study"
_OWN = (
    "id", "name", "question", "start", "horizon_years", "issues", "scales", "success", "status_quo", "groups",
    "changes", "events",
)  # fmt: skip


def locate(experiment: str | Path, folders: Folders) -> Path:
    """Return the file of an experiment named by catalogue name, file or study folder."""
    text = str(experiment)
    path = Path(text)
    known = folders.files("experiments")
    inside = folders.root / "experiments" / (text + SUFFIX)
    try:
        if path.is_file():
            return path
        if text.endswith((SUFFIX, ".yml")):
            raise CatalogueError(text, None, "", f"no such file{nearest(path.stem, known)}")
        if text in known:
            return known[text]
        if "/" in text and ".." not in path.parts and not path.is_absolute() and inside.is_file():
            return inside
        if text and (path / (STUDY + SUFFIX)).is_file():
            return path / (STUDY + SUFFIX)
    except OSError as error:
        raise CatalogueError(text[:80], None, "", f"cannot be read: {error.strerror}") from None
    raise CatalogueError("", None, "experiment", unknown("experiments", text, known))


class Loader:
    """Resolves one experiment; every error goes to ``problems``."""

    def __init__(self, file: Path, folders: Folders, problems: Problems, cast: Any = None) -> None:
        self.problems = problems
        self.origin = Origin.of(folders.read(file))
        if isinstance(self.origin.data, dict):
            if cast is not None:
                self.origin = Origin({**self.origin.data, CAST: cast}, self.origin.layers)
            self.origin = self._lifted()
            alone = self.origin.data.get("self_contained") is True
            folders = dataclasses.replace(folders, alone=alone)
        self.folders = folders
        self.experiment: Experiment | None = validate(Experiment, self.origin, problems)
        usable = self.origin if self.experiment else None
        self.catalogue = Catalogue(folders, problems, usable)
        self.strategies: list[Origin] = []

    def _lifted(self) -> Origin:
        """Return the file with bare numbers of its success and environment as figures."""
        data = dict(self.origin.data)
        if isinstance(data.get("success"), dict):
            data["success"] = lift(Success, data["success"], NOTE)
        if isinstance(data.get("environment"), dict):
            data["environment"] = lift(dict[str, Figure], data["environment"], NOTE)
        if isinstance(data.get("status_quo"), dict):
            data["status_quo"] = lift(dict[str, Figure], data["status_quo"], NOTE)
        if isinstance(data.get("groups"), dict):
            data["groups"] = lift(dict[str, Group], data["groups"], NOTE)
        for name in ("changes", "events"):
            if isinstance(data.get(name), (dict, list)):
                data[name] = lift(Experiment.model_fields[name].annotation, data[name], NOTE)
        return Origin(data, self.origin.layers)

    def setting(self) -> Setting | None:
        """Return the setting, or None if there were errors."""
        experiment = self.experiment
        if experiment is None:
            return None
        self.catalogue.check_sources("experiments", self._own_figures())
        strategies = self._strategies(experiment)
        tracks = [track for strategy in strategies for track in strategy.tracks]
        data = {name: getattr(experiment, name) for name in _OWN}
        data["strategies"] = strategies
        data["actors"] = self._records(
            "actors", resolve_cast(experiment, self.origin, self.catalogue)
        )
        data["venues"] = self._venues(tracks)
        data["initiatives"] = self._records("initiatives", [t.initiative for t in tracks])
        self._unread_files(experiment, tracks)
        data["environment"] = self._environment(experiment)
        self._unused_overrides(data)
        if self.problems.found:
            return None
        data["affinity"] = self._affinity(data["actors"])
        setting = validate(Setting, Origin(data, self.origin.layers), self.problems)
        if setting is not None:
            for path, message in findings(setting):
                self.problems.add(self._place(path, message))
            self._unheard(setting)
        return None if self.problems.found else setting

    def _unheard(self, setting: Setting) -> None:
        """Report what the study says in vain; note what falls away of the catalogue's vetoes."""
        for path, message in unheard(setting):
            found = self._place(path, message)
            if self.folders.has_own(found.file):
                self.problems.add(found)
            elif path[-2] in VETOES:
                self.problems.note(found)
        told: set[tuple[str, int | None, str]] = set()
        for path, message in in_vain(setting):
            found = self._place(path, message)
            if (
                self.folders.has_own(found.file)
                and (key := (found.file, found.line, message)) not in told
            ):
                told.add(key)
                self.problems.note(found)
        if idle := idle_note(setting.model_dump(mode="json")):
            self.problems.note(self.origin.error(("issues",), idle))

    def _strategies(self, experiment: Experiment) -> list[Strategy]:
        found = []
        for index, entry in enumerate(experiment.strategies):
            strategy, origin = read_strategy(entry, index, self.origin, self.catalogue)
            self.strategies.append(origin)
            if strategy is not None:
                found.append(strategy)
        return found

    def _own_figures(self) -> Origin:
        data = {
            key: self.origin.data.get(key)
            for key in ("success", "environment", "status_quo", "groups", "changes")
        }
        return Origin(data, self.origin.layers)

    def _place(self, path: tuple[Any, ...], message: str) -> CatalogueError:
        """Return an error at the file and line behind a path of the setting."""
        if path[:2] in self.catalogue.origins:
            return self.catalogue.origins[path[:2]].error(path[2:], message)
        if path[0] == "strategies":
            answer: CatalogueError = self.strategies[path[1]].error(path[2:], message)
            return answer
        return self.origin.error(path, message)

    def _records(self, kind: str, names: Iterable[str]) -> dict[str, Any]:
        records = {name: self.catalogue.record(kind, name) for name in sorted(set(names))}
        return {name: record for name, record in records.items() if record is not None}

    def _venues(self, tracks: list[Track]) -> dict[str, Venue]:
        """Return the venues that tracks name, and those that work is passed on to."""
        waiting = sorted({name for t in tracks for name in (t.venue, *t.fallbacks())})
        venues: dict[str, Venue] = {}
        for name in waiting:  # grows as venues pass work on
            venue = self.catalogue.record("venues", name)
            if venue is None:
                continue
            venues[name] = venue
            check_members(venue, self.catalogue)
            target = venue.passes_to
            origin = self.catalogue.origins[("venues", name)]
            new = target is not None and target not in waiting
            if new and self.catalogue.require("venues", target, origin, ("passes_to",)):
                waiting.append(target)
        return dict(sorted(venues.items()))

    def _unread_files(self, experiment: Experiment, tracks: list[Track]) -> None:
        """Report files of the study that look as if they counted, and do not."""
        for error in self.folders.misspelt():
            self.problems.add(error)
        file = self.catalogue.file("initiatives", PLEDGES)
        said = any(track.pledges for track in tracks)
        named = any(track.initiative == PLEDGES for track in tracks)
        if said and not named and file is not None and self.folders.is_own(file):
            message = (
                "nobody reads this text: '+pledges' takes that of the initiative it goes with, its "
                "'pledge'; say it there"
            )
            self.problems.add(CatalogueError(self.folders.show(file), None, "text", message))
        if not experiment.calibrated:
            message = f"nobody reads it: {self.origin.file} does not say 'calibrated: true'"
            for fitted in (fit for layer in self.folders.layers for fit in fits_of(layer)):
                if self.folders.is_own(fitted):
                    self.problems.add(CatalogueError(self.folders.show(fitted), None, "", message))

    def _unused_overrides(self, used: Mapping[str, Any]) -> None:
        """Report overrides of names that do not exist; note those of names that nothing here uses."""
        why = {"actors": "is not in the cast", "venues": "is met by no strategy",
               "initiatives": "is pursued by no strategy"}  # fmt: skip
        for kind, words in why.items():
            for name in self.origin.data.get(kind, {}):
                if name in used[kind]:
                    continue
                if self.catalogue.require(kind, name, self.origin, (kind, name)):
                    message = f"without effect: '{name}' {words} of this experiment"
                    self.problems.note(self.origin.error((kind, name), message))

    def _affinity(self, actors: dict[str, Actor]) -> list[tuple[str, str, float]]:
        path = self.folders.side_file("actors", TIES)
        pairs: dict[tuple[str, str], tuple[float, float]] = {}
        if path is not None:
            origin = Origin.of(self.folders.read(path))
            record = validate(TiesFile, origin, self.problems)
            if record is not None:
                stated = read_ties(record, origin, self.problems)
                if stated is not None:
                    return [
                        (*pair, w)
                        for pair, w in sorted(stated.items())
                        if actors.keys() >= set(pair)
                    ]
                pairs = read_pairs(record, origin, self.problems)
        return affinity(actors, pairs)

    def _environment(self, experiment: Experiment) -> dict[str, Figure]:
        entries = read_environment(self.folders, self.problems)
        figures = {name: entry.figure() for name, entry in entries.items()}
        if experiment.calibrated:
            figures.update(read_parameters(self.folders, entries, self.problems, experiment.start))
        for name, data in experiment.environment.items():
            at = ("environment", name)
            if name not in ENVIRONMENT_PARAMETERS:
                message = unknown_name("parameter", name, ENVIRONMENT_PARAMETERS)
                self.problems.add(self.origin.error(at, message))
                continue
            figure = validate(Figure, self.origin.part(at, data), self.problems)
            if figure is not None and name in entries:
                check_bounds(name, figure, entries[name], self.origin, at, self.problems)
                figures[name] = figure
        return figures


def load_setting(
    experiment: str | Path,
    *,
    root: Path | None = None,
    overrides: Mapping[str, Any] | None = None,
) -> Setting:
    """Return an experiment resolved and whole.

    Parameters
    ----------
    experiment : str or Path
        A name of the catalogue, a YAML file, or a study folder that holds ``study.yaml``. Folders
        ``actors``, ``venues`` and ``experiments`` next to the file shadow the catalogue's.
    root : Path, optional
        Folder of the catalogue; found by default.
    overrides : mapping, optional
        Dotted paths and the values they are set to, see :func:`apply_overrides`; ``cast`` may name
        any state that there is, as in the experiment's file.

    Raises
    ------
    CatalogueError
        The first thing that is wrong, with file, line and field.
    """
    file = locate(experiment, Folders.around(None, root))
    folders = Folders.around(file, root)
    said = dict(overrides or {})
    cast = written(said.pop(CAST)) if said.get(CAST) is not None else None
    try:
        setting = Loader(file, folders, Problems(first=True), cast).setting()
    except CatalogueError as error:
        if cast is not None and error.field.split(".")[0] == CAST:
            raise CatalogueError("", None, error.field, error.message) from None
        raise
    assert setting is not None  # the first problem would have been raised
    if said:
        bounds = read_environment(folders, Problems(first=True))
        setting = apply_overrides(setting, said, environment=bounds)
    return setting


def load_sweep(
    experiment: str | Path, *, root: Path | None = None
) -> tuple[dict[str, Any], Callable[[tuple[Any, ...], str], CatalogueError]]:
    """Return the ``sweep`` of an experiment file as plain data, empty where it has none.

    Returns
    -------
    sweep : dict
    error : callable
        Makes the error for a path within the sweep, with its file and line, from a message.
    """
    file = locate(experiment, Folders.around(None, root))
    loader = Loader(file, Folders.around(file, root), Problems(first=True))
    assert loader.experiment is not None  # the first problem would have been raised
    return loader.experiment.sweep or {}, loader.origin.part(("sweep",), {}).error
