"""Studies of a run, kept in its folder: ``studies/<name>.json`` with tables and figures beside it.

They are no part of the run: the manifest does not name them, a run that is computed anew loses
them, and a study that is done again takes the place of the one before.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from negotiation_sim.runs.identity import canonical
from negotiation_sim.runs.store.files import disk_errors, read_json, to_json, write_atomic
from negotiation_sim.runs.store.reader import Run, latest_runs
from negotiation_sim.runs.store.writer import encode_part

FOLDER = "studies"
FORMAT = "negotiation-sim study 1"


def study_name(kind: str, subject: str) -> str:
    """Return the name of a study's files, on any system, different for different subjects.

    Examples
    --------
    >>> study_name("levers", "ban@CD>adhoc-optin")
    'levers-ban-CD-adhoc-optin-319d19'
    """
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", subject).strip(".-")[:60]
    return f"{kind}-{plain}-{hashlib.sha256(subject.encode()).hexdigest()[:6]}"


def write_study(
    run: Run,
    name: str,
    content: Mapping[str, Any],
    *,
    tables: Mapping[str, pd.DataFrame] | None = None,
    figures: Mapping[str, bytes] | None = None,
) -> list[Path]:
    """Write a study into a run's folder, the JSON last; return its files.

    Parameters
    ----------
    run : Run
    name : str
        See :func:`study_name`.
    content : mapping
        ``study`` (its kind), ``strategy``, ``sentences``, ``table`` and whatever else it says.
    tables : mapping, optional
        Large tables by suffix, as ``<name>-<suffix>.parquet``.
    figures : mapping, optional
        Content by ending, as ``<name>.svg``.
    """
    folder = run.desk / FOLDER
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    written = []
    for suffix, table in (tables or {}).items():
        written.append(folder / f"{name}-{suffix}.parquet")
        write_atomic(written[-1], encode_part(pa.Table.from_pandas(table, preserve_index=False)))
    for ending, data in (figures or {}).items():
        written.append(folder / f"{name}.{ending}")
        write_atomic(written[-1], data)
    beside = {"files": [path.name for path in written]} if written else {}
    written.append(folder / f"{name}.json")
    write_atomic(written[-1], to_json({"format": FORMAT, **content, **beside}))
    return written


def read_studies(run: Run) -> dict[str, dict[str, Any]]:
    """Return the studies of a run by name.

    Raises
    ------
    StoreError
        Where one of them is damaged.
    """
    return {path.stem: read_json(path) for path in sorted((run.folder / FOLDER).glob("*.json"))}


def runs_of(setting: Mapping[str, Any], root: Path) -> list[Run]:
    """Return the finished runs under a results root whose setting is this very one, latest first.

    Parameters
    ----------
    setting : mapping
        As a manifest holds it.
    root : Path
    """
    wanted = canonical(setting)
    return [
        run
        for run in latest_runs(root)
        if run.manifest["kind"] == "run" and canonical(run.manifest["inputs"]["setting"]) == wanted
    ]
