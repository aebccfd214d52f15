"""Studies of a run: sensitivity, causes and levers, read from its ``studies/`` folder."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from negotiation_sim.errors import StoreError
from negotiation_sim.runs.store import Run
from negotiation_sim.runs.store.files import read_json, read_regular

FOLDER = "studies"
SENSITIVITY, CAUSES, LEVERS = "sensitivity", "causes", "levers"
KINDS = (SENSITIVITY, CAUSES, LEVERS)
MOST_ROWS = 12


@dataclass(frozen=True)
class FinishedStudy:
    """One study as the report shows it.

    Parameters
    ----------
    kind : {'sensitivity', 'causes', 'levers'}
    strategy : str
    sentences : list of str
        What it found, in the study's own words.
    table : DataFrame
    facts : mapping
        Everything else that its file says.
    """

    kind: str
    strategy: str
    sentences: list[str]
    table: pd.DataFrame
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_morris(self) -> bool:
        return "mu_star" in self.table


def of_run(run: Run) -> tuple[list[FinishedStudy], list[str]]:
    """Return the studies of a run, and a warning for each that cannot be read; see :func:`read`.

    Those made of an archived run stand beside the archive, and take the place of those in it.
    """
    found, warnings = read(run.folder)
    if run.desk != run.folder:
        later, more = read(run.desk)
        done = {(study.kind, study.strategy) for study in later}
        found = [study for study in found if (study.kind, study.strategy) not in done] + later
        warnings += more
    return found, warnings


def read(folder: Path) -> tuple[list[FinishedStudy], list[str]]:
    """Return the studies of a run folder, and a warning for each that cannot be read."""
    found, warnings = [], []
    for path in sorted((folder / FOLDER).glob("**/*.json")):
        try:
            study = _study(path)
        except (StoreError, ValueError, KeyError, TypeError) as error:
            warnings.append(f"{FOLDER}/{path.name} is left out, it cannot be read: {error}")
            continue
        if study is not None:
            found.append(study)
    return found, warnings


def _study(path: Path) -> FinishedStudy | None:
    content = read_json(path)
    kind = str(content.get("study") or content.get("kind") or path.stem)
    kind = next((known for known in KINDS if kind.startswith(known)), "")
    if not kind:
        return None
    table = content.get("table", [])
    if isinstance(table, str):
        frame = pd.read_csv(io.BytesIO(read_regular(path.parent / table)))
    else:
        frame = pd.DataFrame(table)
    said = content.get("sentences", [])
    return FinishedStudy(
        kind, str(content["strategy"]), [str(line) for line in said], frame, content
    )
