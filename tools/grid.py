"""A large study of parameters from start to citation: 10,000 points, five strategies, one script.

    python tools/grid.py FOLDER [--replicates 20] [--workers 2]

Writes the study of tools/plastics.py into FOLDER, begins a grid over a rule with its quota, members,
a mandate's box, a term, informality and pace; stops it as Ctrl-C would once some points are done;
resumes it on two workers; computes it again and compares every byte; draws maps with intervals; and
says how to cite it. Each step is a command or a call that anybody may type; the script prints them.
"""

from __future__ import annotations

import argparse
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import yaml

from negotiation_sim import api
from negotiation_sim.analysis import figures
from negotiation_sim.runs.store import Run, open_run

ROOT = Path(__file__).resolve().parent.parent
# 4 rules x 2 memberships x 5 boxes x 5 terms x 5 x 10 numbers are 10,000 points.
RULE, MEMBERS = "venues.INC.decision", "venues.willing.members"
BOX, TERM = "initiatives.cap.mandate.box.cuts", "strategies.*.term_months"
INFORMALITY, PACE = "venues.INC.informality", "environment.pace"
MAJORITY = "{rule: qualified_majority, quota: [%d, %d]}"
VARY = (
    f"{RULE}={{rule: consensus}},{{rule: consensus, less: 1}},{MAJORITY % (3, 4)},{MAJORITY % (2, 3)}",
    f"{MEMBERS}=open,[FJI, KEN, NOR, BRA]",
    f"{BOX}=[0.2, 1],[0.3, 1],[0.4, 1],[0.5, 1],[0.6, 1]",
    f"{TERM}=null,18,24,36,48",
    f"{INFORMALITY}=0:1:5",
    f"{PACE}=0.02:0.11:10",
)
POINTS, STRATEGIES = 10_000, 5


def say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def command(folder: Path, replicates: int, workers: int, *more: str) -> list[str]:
    """Return the command of the sweep."""
    vary = [word for option in VARY for word in ("--vary", option)]
    return [
        sys.executable, "-m", "negotiation_sim", "sweep", str(folder / "plastics"), *vary,
        "--replicates", str(replicates), "--out", str(folder / "results"),
        "--workers", str(workers), *more,
    ]  # fmt: skip


def stopped(words: list[str], results: Path, blocks: int = 3) -> int:
    """Begin a sweep and interrupt it once some blocks of points are done; return how many are."""
    say("$ " + shlex.join(["negotiation-sim", *words[3:]]) + "   # and Ctrl-C")
    process = subprocess.Popen(words, start_new_session=True, stderr=subprocess.PIPE, text=True)
    try:
        while process.poll() is None and _done(results) < blocks:
            time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    finally:
        process.kill()
    if process.returncode != 130 or "--resume" not in said:
        sys.exit(f"the sweep was not stopped as it should be: {process.returncode} {said}")
    return _done(results)


def _done(results: Path) -> int:
    """Return how many blocks of the unfinished sweep are on disk."""
    journals = list(results.glob("*/*.unfinished/parts.jsonl"))
    return sum(
        '"part"' in line for file in journals for line in file.read_text("utf-8").splitlines()
    )


def maps(run: Run, folder: Path) -> list[Path]:
    """Draw P over informality and pace with intervals, one panel a strategy, and over the rules."""
    table = run.load()
    plain = (table[MEMBERS] == "open") & (table[BOX] == "[0.4, 1]") & (table[TERM] == "null")
    one_rule = table[plain & (table[RULE] == "{rule: consensus}")]
    drawn = {
        "strategies.png": figures.heat_maps(
            one_rule, PACE, INFORMALITY, panels="strategy", intervals=True
        ),
        "rules.png": figures.heat_map(
            table[plain & (table["strategy"] == "cap@INC") & (table[INFORMALITY] == 0.5)],
            PACE, RULE, intervals=True,
        ),
    }  # fmt: skip
    for name, figure in drawn.items():
        figure.savefig(folder / name)
    return [folder / name for name in drawn]


def citation(run: Run) -> str:
    """Return how to cite a sweep: the program as CITATION.cff says, and the run by its id."""
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    authors = ", ".join(author["name"] for author in cited["authors"])
    versions = run.manifest["versions"]
    counts = run.manifest["counts"]
    return (
        f"{authors}: {cited['title']}, version {cited['version']} (sources "
        f"{versions['negotiation-sim']}). Sweep {run.manifest['experiment']}/{run.id}: "
        f"{counts['points']:,} points, {STRATEGIES} strategies, seed "
        f"{run.manifest['inputs']['seed']}; computed again, the same to the last byte."
    )


def main() -> int:
    """Go through all steps; fail where one does not do what it says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--replicates", type=int, default=20)
    parser.add_argument("--workers", type=int, default=2)
    chosen = parser.parse_args()
    folder = chosen.folder
    study = [sys.executable, str(ROOT / "tools" / "plastics.py"), str(folder / "plastics")]
    subprocess.run(study, check=True)
    words = command(folder, chosen.replicates, chosen.workers)
    blocks = stopped(words, folder / "results")
    say(f"stopped with {blocks} blocks of points on disk")
    say("$ negotiation-sim sweep ... --resume")
    subprocess.run([*words, "--resume"], check=True)
    (manifest,) = (folder / "results").glob("*/*/manifest.json")
    run = open_run(manifest.parent)
    if run.manifest["counts"]["points"] != POINTS or run.manifest["counts"]["failed"]:
        sys.exit(f"not whole: {run.manifest['counts']}")
    say(f"$ negotiation-sim reproduce {run.folder}")
    found = api.reproduce(run, folder / "results", threads=chosen.workers)
    if not found.same:
        sys.exit("\n".join(found.differences))
    say("the same, bit for bit")
    for file in maps(run, folder):
        say(f"map: {file}")
    (folder / "citation.txt").write_text(citation(run) + "\n", "utf-8")
    say(citation(run))
    return 0


if __name__ == "__main__":
    sys.exit(main())
