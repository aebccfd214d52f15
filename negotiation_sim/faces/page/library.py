"""What all visitors share and nobody changes: experiments that may be opened, and settings.

Only the experiments of the catalogue and the one named on the command line can be opened, so that
a link cannot make the server read some other file.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from negotiation_sim.catalogue import describe, list_catalogue, load_setting
from negotiation_sim.catalogue.folders import Folders
from negotiation_sim.catalogue.loading import Loader, locate
from negotiation_sim.catalogue.records import Experiment
from negotiation_sim.catalogue.reports import Problems
from negotiation_sim.engine.scenario import Scenario, compile_setting
from negotiation_sim.errors import CatalogueError, nearest

KEPT = 24


class Library:
    """Experiments by name, and their compiled settings, the latest few kept.

    Parameters
    ----------
    first : str
        Opened where a link names none: a catalogue name, a YAML file or a study folder.
    """

    def __init__(self, first: str = "bellagio") -> None:
        self.first = first
        self._scenarios: OrderedDict[tuple[str, tuple[tuple[str, float], ...]], Scenario] = (
            OrderedDict()
        )
        self._titles: dict[str, str] = {}
        self._lock = threading.Lock()
        self.scenario(first)  # what is wrong with it is said before the page opens
        rows = list_catalogue("experiments")
        self.names = {row["id"]: row["name"] for row in rows}
        if first not in self.names:
            self.names = {first: self.scenario(first).setting.name} | self.names

    def scenario(self, experiment: str, changes: Mapping[str, float] | None = None) -> Scenario:
        """Return an experiment compiled, with changes by dotted path.

        Raises
        ------
        CatalogueError
            For an experiment that may not be opened or changes that are not allowed.
        """
        if experiment != self.first and experiment not in self.names:
            message = f"no experiment '{experiment[:60]}'{nearest(experiment, self.names)}"
            raise CatalogueError("", None, "experiment", message)
        key = (experiment, tuple(sorted((changes or {}).items())))
        with self._lock:
            if key in self._scenarios:
                self._scenarios.move_to_end(key)
                return self._scenarios[key]
        made = compile_setting(load_setting(experiment, overrides=dict(changes or {})))
        with self._lock:
            self._scenarios[key] = made
            while len(self._scenarios) > KEPT:
                self._scenarios.popitem(last=False)
        return made

    def experiment(self, name: str) -> Experiment:
        """Return an experiment as its file has it."""
        self.scenario(name)
        file = locate(name, Folders.around(None, None))
        found = Loader(file, Folders.around(file, None), Problems(first=True)).experiment
        assert found is not None  # the first problem would have been raised
        return found

    def titles(self) -> dict[str, str]:
        """Return the titles of the catalogue's sources by their names."""
        if not self._titles:
            folders, problems = Folders.around(None, None), Problems(first=True)
            for kind in ("actors", "venues", "experiments"):
                known = folders.sources(kind, problems)
                self._titles |= {
                    name: str(facts.get("title", name)) for name, facts in known.items()
                }
        return self._titles

    def profile(self, kind: str, name: str) -> dict[str, Any]:
        """Return a record of the catalogue with its sources; without any for a name of a study."""
        try:
            return describe(kind, name)
        except CatalogueError:
            return {"id": name, "name": name, "file": "", "fields": [], "sources": {}}
