"""Digests of what the program computes, kept under ``tests/golden/`` to judge a rewrite by.

    python tools/golden.py --check [NAME ...]     # names what differs; exit code 1
    python tools/golden.py --write [NAME ...]     # only where a change of numbers is meant
    python tools/golden.py --list

A digest is a SHA-256 over the values of one column, row by row: text as UTF-8, numbers by their
IEEE bytes, what is missing by a mark of its own. Columns that are new are named, and are no
difference; columns that are gone are. ``random`` holds one digest a setting of
``golden_settings.py``; those marked there are computed by the Mesa model too. ``stories`` holds
replicates told by the Mesa model: the records of what happened, and the words. All but ``random``
rest on the catalogue as it stands: a change of its figures changes them.
"""

from __future__ import annotations

import argparse
import functools
import hashlib
import importlib.util
import itertools
import json
import math
import os
import platform
import struct
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd

from negotiation_sim import api

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "tests" / "golden"
DIGITS = 16
RUNS: dict[str, dict[str, Any]] = {
    "bellagio": {"replicates": 200, "beliefs": 5},
    "bellagio-20": {"replicates": 40, "beliefs": 2},
    "bellagio-provisions": {"replicates": 60, "beliefs": 2},
    "us-administration": {"replicates": 100, "beliefs": 2},
    "cd-65": {"replicates": 5, "beliefs": 0},
}
TABLES = ("summary", "positions")
SWEEP, SWEEP_POINTS, SWEEP_REPLICATES = "venue-tradeoffs", 20, 40
GRID = {
    "strategies.*.pledges": [False, True],
    "venues.CD.block_rate": [0.0, 0.1, 0.2, 0.5, 1.0, 2.0],
    "venues.CD.leadership": [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0],
    "venues.*.informality": [k / 10 for k in range(11)],
    "environment.verifiable_scope": [k / 10 for k in range(11)],
}
RANDOM, RANDOM_WORLDS, MESA_EVERY, MESA_ACTORS = 300, 6, 4, 12
STORIES = [
    ("ban-treaty@CD", 0), ("ban-treaty@adhoc-inclusive", 4), ("code@adhoc-optin", 3), ("code@paris-group", 11),
    ("ppwt@CD", 2), ("pledges@first-committee", 1), ("code@gge", 6), ("ban-treaty@CD>adhoc-optin", 5),
    ("ban-treaty@adhoc-optin+pledges+code@COPUOS", 7), ("ppwt@CD>adhoc-inclusive", 19),
]  # fmt: skip
NAMES = (*RUNS, SWEEP, "random", "stories")
COLUMNS = (
    "strategy", "track", "track_name", "seed", "belief", "chance", "stage", "ending", "venue",
    "mandate_month", "agreed_month", "adoption_month", "entry_into_force_month", "success_month",
    "end_month", "timely", "rounds", "text_*", "participants", "participation", "pledges",
    "pledge_coverage", "events", "events_avoided", "violations", "cause", "blockers",
    "main_blocker", "main_term", "missing_participation", "error",
)  # fmt: skip
Digests = dict[str, Any]


def engine() -> tuple[Callable, Callable]:
    """Return what makes a scenario of plain data, and what runs it: the only names from within."""
    from negotiation_sim.catalogue.schema import Setting
    from negotiation_sim.engine.ensemble import run_ensemble
    from negotiation_sim.engine.scenario import compile_setting

    return lambda data: compile_setting(Setting.model_validate_json(json.dumps(data))), run_ensemble


@functools.cache
def settings() -> ModuleType:
    path = Path(__file__).with_name("golden_settings.py")
    spec = importlib.util.spec_from_file_location("golden_settings", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# Bytes


def value_bytes(value: Any) -> bytes:
    """Return one value so that equal values, and no others, have equal bytes.

    Whole numbers of any width are alike, so are NaN, None and other marks of what is missing.
    """
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return b"-"
    if isinstance(value, str):
        text = value.encode("utf-8")
        return b"s" + struct.pack("<q", len(text)) + text
    if isinstance(value, bool):
        return b"t" if value else b"f"
    if isinstance(value, int):
        return b"i" + struct.pack("<q", value)
    if isinstance(value, float):
        return b"d" + struct.pack("<d", value)
    return value_bytes(value.item())  # a NumPy scalar


def column_digest(column: Iterable[Any]) -> str:
    digest = hashlib.sha256()
    for value in column:
        digest.update(value_bytes(value))
    return digest.hexdigest()[:DIGITS]


def table_digests(table: pd.DataFrame) -> Digests:
    columns = {str(name): column_digest(table[name].tolist()) for name in table.columns}
    return {"rows": len(table), "columns": columns}


def text_digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:DIGITS]


# What is computed


def run_digests(name: str) -> Digests:
    with tempfile.TemporaryDirectory() as out:
        run = api.run(name, seed=1, out=out, figures=False, **RUNS[name])
        tables = {"replicates": run.load()}
        for table in TABLES:
            if f"{table}.csv" in run.manifest["tables"]:
                tables[table] = run.table(f"{table}.csv")
        return {"tables": {key: table_digests(table) for key, table in tables.items()}}


def sweep_digests() -> Digests:
    grid = list(itertools.product(*GRID.values()))
    places = [(487 * k + 31) % len(grid) for k in range(SWEEP_POINTS)]
    points = [dict(zip(GRID, grid[place], strict=True)) for place in places]
    with tempfile.TemporaryDirectory() as out:
        run = api.sweep(
            SWEEP, seed=1, out=out, points=points, replicates=SWEEP_REPLICATES, workers=1,
            keep_replicates=True,
        )  # fmt: skip
        tables = {"points": run.load(), "replicates": run.load(table="replicates")}
        return {"tables": {key: table_digests(table) for key, table in tables.items()}}


def random_table(number: int, engine_name: str = "ensemble") -> pd.DataFrame:
    """Return the replicates of a random setting; odd ones are of the nested design."""
    make, run = engine()
    chunks = run(
        make(settings().setting(number)), RANDOM_WORLDS, number, engine=engine_name, threads=1,
        chances_a_belief=2 if number % 2 else None,
    )  # fmt: skip
    return pd.concat(chunks, ignore_index=True)


def random_digest(number: int, engine_name: str = "ensemble") -> str:
    """Return the digest over all columns of a random setting."""
    table = random_table(number, engine_name)
    issues = settings().setting(number)["issues"]
    names = [c for n in COLUMNS for c in ([f"text_{i}" for i in issues] if n == "text_*" else [n])]
    gone = [name for name in names if name not in table.columns]
    if gone:
        return f"without {', '.join(gone)}"
    return text_digest("".join(column_digest(table[name].tolist()) for name in names))


def mesa_numbers(numbers: Iterable[int]) -> list[int]:
    """Return the random settings that the Mesa model computes too: small casts, every fourth."""
    few = (n for n in numbers if n % MESA_EVERY == 0)
    return [n for n in few if len(settings().setting(n)["actors"]) <= MESA_ACTORS]


def random_digests(numbers: Sequence[int], mesa: Sequence[int]) -> Digests:
    """Return the digests of some settings, and of some that the Mesa model computes."""
    return {
        "settings": {f"{n:03d}": random_digest(n) for n in numbers},
        "mesa": {f"{n:03d}": random_digest(n, "mesa") for n in mesa_numbers(mesa)},
    }


def story_digests() -> Digests:
    found = {}
    for strategy, replicate in STORIES:
        story = api.trace("bellagio", strategy, replicate, seed=1)
        content = json.loads(story.to_json())
        found[f"{strategy} {replicate}"] = {
            "events": text_digest(json.dumps(content["events"], sort_keys=True)),
            "rows": text_digest(json.dumps(content["rows"], sort_keys=True)),
            "words": text_digest(str(story)),
        }
    return {"stories": found}


def computed(name: str) -> Digests:
    """Return the digests of a name as the program computes them now."""
    if name in RUNS:
        return run_digests(name)
    if name == SWEEP:
        return sweep_digests()
    if name == "stories":
        return story_digests()
    return random_digests(range(RANDOM), range(RANDOM))


# Files and comparison


def file_of(name: str) -> Path:
    return FOLDER / f"{name}.json"


def kept(name: str) -> Digests:
    return json.loads(file_of(name).read_text("utf-8"))


def same_platform() -> bool:
    """Return whether the digests were made on a platform like this one.

    The last bit of exp, log and tanh belongs to the C library, so on another they may differ.
    """
    return kept("random")["made_on"] == made_on()


def made_on() -> str:
    return f"{platform.system()} {platform.machine()} {platform.libc_ver()[0]}".strip()


def leaves(node: Any, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    if not isinstance(node, Mapping):
        return {path: node}
    return {at: leaf for key in node for at, leaf in leaves(node[key], (*path, str(key))).items()}


def differences(name: str, found: Digests, whole: bool = True) -> tuple[list[str], list[str]]:
    """Return what differs from what is kept, and what is new; each names experiment, table, column.

    What is kept and not found is gone, unless a part was computed only (``whole`` false).
    """
    wanted, now = (
        {path: leaf for path, leaf in leaves(each).items() if path[0] not in ("made_on", "call")}
        for each in (kept(name), found)
    )
    wrong, new = [], []
    for path, leaf in wanted.items():
        where = " / ".join((name, *(part for part in path if part not in ("tables", "columns"))))
        if path in now and now[path] != leaf:
            wrong.append(f"{where}: differs ({leaf} -> {now[path]})")
        elif path not in now and whole:
            wrong.append(f"{where}: gone")
    for path in now.keys() - wanted.keys():
        new.append(" / ".join((name, *path)) + ": new")
    return wrong, sorted(new)


def write(name: str) -> None:
    call = RUNS.get(name) or {}
    content = {"made_on": made_on(), **({"call": call} if call else {}), **computed(name)}
    FOLDER.mkdir(parents=True, exist_ok=True)
    file_of(name).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def check(name: str) -> list[str]:
    """Return what differs; print what is new."""
    wrong, new = differences(name, computed(name))
    for line in new:
        print(line)
    return wrong


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    what = parser.add_mutually_exclusive_group(required=True)
    for option in ("check", "write", "list"):
        what.add_argument(f"--{option}", action="store_true")
    parser.add_argument("names", nargs="*", metavar="NAME", help="default: all")
    said = parser.parse_args(arguments)
    unknown = [name for name in said.names if name not in NAMES]
    if unknown:
        parser.error(f"no '{unknown[0]}'; there are {', '.join(NAMES)}")
    wrong: list[str] = []
    for name in said.names or NAMES:
        if said.list:
            print(name, os.path.relpath(file_of(name)))
        elif said.write:
            write(name)
        else:
            wrong += check(name)
    print("\n".join(wrong) if wrong else "", end="\n" if wrong else "")
    if said.check:
        print(f"{len(wrong)} differences" if wrong else "all the same")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
