"""Makes constraints.txt, the versions that the tests run with, or prints other sets of versions.

    python tools/pins.py              # renew constraints.txt: the newest of everything, in minutes
    python tools/pins.py --oldest     # print the lowest version that pyproject.toml admits of each
    python tools/pins.py --newest     # print nothing but that: the newest are what pip takes unasked

The newest versions are asked of pip for each Python of ``PYTHONS`` in turn, with every extra, and
nothing is installed. Where two Pythons need different versions both lines stand, with a marker.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PINS = ROOT / "constraints.txt"
PYTHONS = ("3.11", "3.12", "3.13")
HEAD = "# Versions the tests run with, on Python 3.11 to 3.13: pip install -c constraints.txt ...\n"
REQUIREMENT = re.compile(r"([\w.-]+)(?:\[[^\]]*\])?\s*(.*)")
Versions = Mapping[str, str]


def requirements() -> list[str]:
    """Return what the project requires, with every extra and what builds it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    found = [*project["project"]["dependencies"], *project["build-system"]["requires"]]
    for extra in project["project"]["optional-dependencies"].values():
        found += extra
    return [line for line in found if not line.startswith(project["project"]["name"])]


def lowest() -> dict[str, str]:
    """Return the lowest version admitted of each library that has a lower bound."""
    found = {}
    for line in requirements():
        parts = REQUIREMENT.fullmatch(line)
        bound = re.search(r">=\s*([\w.]+)", parts[2]) if parts else None
        if parts is None:
            raise SystemExit(f"pyproject.toml: no requirement: {line}")
        if bound:
            found[parts[1].lower()] = bound[1]
    return found


def newest(python: str) -> dict[str, str]:
    """Return the versions that pip would install for a Python, dependencies included."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [
            sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed",
            "--only-binary", ":all:", "--python-version", python, "--target", folder,
            "--report", str(report), *requirements(),
        ]  # fmt: skip
        done = subprocess.run(command, check=False)
        if done.returncode:
            raise SystemExit(f"pip finds no versions for Python {python}")
        return versions_in(json.loads(report.read_text("utf-8")))


def versions_in(report: Mapping[str, object]) -> dict[str, str]:
    """Return name and version of everything in a report of pip."""
    installed = report["install"]
    assert isinstance(installed, list)
    data = [each["metadata"] for each in installed]
    return {re.sub(r"[-_.]+", "-", each["name"]).lower(): each["version"] for each in data}


def merged(by_python: Mapping[str, Versions]) -> list[str]:
    """Return the lines of constraints.txt for what each Python needs, the oldest Python first."""
    lines = []
    for name in sorted(set().union(*by_python.values())):
        held = {python: found[name] for python, found in by_python.items() if name in found}
        versions = list(dict.fromkeys(held.values()))
        if len(versions) == 1:
            lines.append(f"{name}=={versions[0]}")
            continue
        for version in versions:
            own = [python for python in held if held[python] == version]
            rest = [python for python in held if python not in own]
            ends = [f'python_version >= "{own[0]}"'] if any(p < own[0] for p in rest) else []
            later = [python for python in rest if python > own[-1]]
            ends += [f'python_version < "{later[0]}"'] if later else []
            lines.append(f"{name}=={version}; {' and '.join(ends)}")
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--oldest", action="store_true", help="print the lowest versions")
    which.add_argument("--newest", action="store_true", help="print no version at all")
    said = parser.parse_args(arguments)
    if said.newest:
        print("# the newest of everything")
    elif said.oldest:
        print("\n".join(f"{name}=={version}" for name, version in sorted(lowest().items())))
    else:
        lines = merged({python: newest(python) for python in PYTHONS})
        PINS.write_text(HEAD + "\n" + "\n".join(lines) + "\n", encoding="utf-8")
        print(f"{PINS.name}: {len(lines)} lines")
    return 0


if __name__ == "__main__":
    sys.exit(main())
