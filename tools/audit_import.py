"""Hold imported studies against their files: undo each scale, check, run, and print what came of it.

    python tools/audit_import.py FOLDER [FILE ...]

The numbers of a file are read here a second time, by Python's own csv module and without the code
of ``import``.
"""

from __future__ import annotations

import csv
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from negotiation_sim.catalogue import check_paths, import_study, load_setting
from negotiation_sim.catalogue.schema import Setting

MOST = 1e-12  # of difference, in units of the file


class Said(NamedTuple):
    """What a file says of an actor on an issue; None where it says nothing."""

    actor: str
    issue: str
    position: float | None
    salience: float | None


def number(text: str) -> float | None:
    """Return a number, None where there is none."""
    return float(text) if text.strip() else None


def said_by(file: Path, form: str) -> Iterator[Said]:
    """Yield every position of a file, by its own form."""
    with file.open(encoding="utf-8-sig", newline="") as handle:
        if form == "decide":
            for row in csv.reader(handle, delimiter="\t", quotechar="'"):
                if row and row[0] == "#D":
                    yield Said(row[1], row[2], number(row[3]), number(row[4]))
            return
        if form == "long":
            for line in csv.DictReader(handle):
                yield Said(
                    line["actor"], line["issue"], number(line["position"]), number(line["salience"])
                )
            return
        if form == "ktab":
            next(handle)
        rows = csv.reader(handle, skipinitialspace=True)
        header = [name.strip() for name in next(rows)]
        for row in filter(any, rows):
            for place, name in enumerate(header):
                if name.lower().endswith("position"):
                    issue = name[: -len("position")].strip() or name.lower()
                    yield Said(row[0].strip(), issue, number(row[place]), number(row[place + 1]))


def undone(setting: Setting) -> dict[tuple[str, str], tuple[float, float]]:
    """Return position and salience of every actor and issue on the scales of the file."""
    found = {}
    for actor in setting.actors.values():
        for issue, figure in actor.ideal_point.items():
            scale = setting.scales[issue]
            place = scale.low + figure.value * (scale.high - scale.low)
            found[actor.id, issue] = place, actor.salience[issue].value
    return found


class Audit(NamedTuple):
    """What came of one file.

    Parameters
    ----------
    figures : int
        Positions and saliences compared.
    greatest : float
        Difference, in units of the file.
    uncast : int
        Positions of actors who have no salience in their talks, and so are not in the cast.
    wrong : list of str
        What is not in the study, is in it alone, differs, or ``check`` finds.
    """

    form: str
    actors: int
    issues: int
    figures: int
    greatest: float
    uncast: int
    wrong: list[str]


def audit(file: Path, folder: Path) -> tuple[Audit, list[Path]]:
    """Import a file into a folder and compare; return what came of it, and what can be run."""
    done = import_study(file, folder)
    wrong = [str(error) for error in check_paths([folder])]
    found: dict[tuple[str, str], tuple[float, float]] = {}
    casts: dict[str, set[str]] = {}
    for path in done.experiments:
        setting = load_setting(path)
        found |= undone(setting)
        casts |= {issue: set(setting.actors) for issue in setting.issues}
    greatest, figures, uncast = 0.0, 0, 0
    for said in said_by(file, done.form):
        if said.position is None:
            continue
        actor, issue = done.actors[said.actor], done.issues[said.issue]
        if actor not in casts[issue]:
            uncast += 1
            continue
        here = found.pop((actor, issue), None)
        if here is None:
            wrong.append(f"{said.actor} on {said.issue} is not in the study")
            continue
        there = (said.position, said.salience or 0.0)
        far = max(abs(a - b) for a, b in zip(here, there, strict=True))
        figures, greatest = figures + 2, max(greatest, far)
        if far > MOST:
            wrong.append(f"{said.actor} on {said.issue}: {here} in the study, {there} in the file")
    wrong += [f"{actor} on {issue} is in the study alone" for actor, issue in found]
    return Audit(done.form, len(done.actors), len(done.issues), figures, greatest, uncast, wrong), done.experiments  # fmt: skip


def quick_run(experiment: Path, results: Path) -> str:
    """Return P(timely success) of a quick run."""
    from negotiation_sim.faces import api

    run = api.run(experiment, out=results, quick=True, figures=False)
    return f"P {float(run.summary['p_success'].iloc[0]):.2f}"


def main(names: list[str]) -> int:
    """Audit files and all CSV files of folders; return 1 if anything is wrong."""
    files = [
        file
        for name in names
        for file in (sorted(Path(name).glob("*.csv")) if Path(name).is_dir() else [Path(name)])
    ]
    if not files:
        print(__doc__)
        return 2
    status = 0
    for file in files:
        with tempfile.TemporaryDirectory() as scratch:
            found, experiments = audit(file, Path(scratch) / "study")
            ran = quick_run(experiments[0], Path(scratch) / "results")
            print(
                f"{file.name}: {found.form}, {found.actors} actors, {found.issues} issues, "
                f"{found.figures} figures, greatest difference {found.greatest:.1e}, "
                f"{found.uncast} not cast, {'check clean' if not found.wrong else 'WRONG'}; "
                f"run --quick of {experiments[0].name} (1 of {len(experiments)}): {ran}"
            )
            for line in found.wrong[:10]:
                print(f"    {line}")
            status |= bool(found.wrong)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
