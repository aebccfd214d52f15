"""Small studies for the tests of sweeps: four states, six years, a fraction of a second."""

from __future__ import annotations

import json
from pathlib import Path

EXPERIMENT = """\
id: small
name: Four states
start: 2009-01
horizon_years: 6
issues: [form, scope]
success:
  deadline_years: 4
  success_share: {value: 0.2, basis: assumed, note: a fifth}
cast: [CAN, FRA, IND, USA]
strategies:
  - code@adhoc-optin
  - code@COPUOS
  - ban-treaty@adhoc-optin+pledges+code@COPUOS
"""
SWEEP = """\
sweep:
  design: grid
  vary:
    environment.verifiable_scope: {from: 0, to: 1, steps: 6}
    venues.adhoc-optin.min_participation: [0.05, 0.2, 0.5]
    strategies.*.patience: [12, 36]
  replicates: 10
"""
TABLES = ("points", "replicates", "manifest.json")


def write_experiment(folder: Path, sweep: str = SWEEP, text: str = EXPERIMENT) -> Path:
    """Write the experiment with a sweep and return its file."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "small.yaml"
    file.write_text(text + sweep)
    return file


def contents(folder: Path) -> dict[str, bytes]:
    """Return the content of every file of a finished sweep but its log."""
    found = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
    return {name: p.read_bytes() for name, p in found.items() if name != "log.json"}


def journal(work: Path) -> list[dict]:
    """Return the entries of an unfinished sweep's list of blocks."""
    lines = (work / "parts.jsonl").read_text().splitlines()
    return [entry for entry in map(json.loads, lines) if "part" in entry]
