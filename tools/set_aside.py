"""Open the rows set aside: once, after all that is fitted stands, and write down what they say.

    python tools/set_aside.py

Writes ``experiments/backtest/set_aside.json`` and ``set_aside.csv``. It refuses where they are there:
whoever opens the rows again has chosen while looking. ``--check`` makes the same numbers again and
compares.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
from pathlib import Path

import pandas as pd

from negotiation_sim.runs.store.files import write_atomic
from negotiation_sim.studies.history import set_aside
from negotiation_sim.studies.history.case_forecasts import plain

HISTORY = Path(__file__).resolve().parent.parent / "experiments" / "backtest"
SCORES, TABLE = HISTORY / "set_aside.json", HISTORY / "set_aside.csv"


def made() -> dict[Path, str]:
    """Return the text of both files."""
    folds = json.loads((HISTORY / "validation.json").read_text("utf-8"))["out_of_fold"]
    found = set_aside.forecast_set_aside()
    said = plain(set_aside.scores_of_set_aside(found, folds))
    sink = io.StringIO()
    pd.DataFrame(set_aside.table_of_set_aside(found)).to_csv(sink, index=False, lineterminator="\n")
    return {SCORES: json.dumps(said, indent=1, allow_nan=False) + "\n", TABLE: sink.getvalue()}


def main() -> int:
    """Open the rows, or check what was found."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--check", action="store_true", help="compare with what is written")
    if parser.parse_args().check:
        other = [path.name for path, text in made().items() if path.read_text("utf-8") != text]
        print("\n".join(f"{name} differs" for name in other) or "the same")
        return 1 if other else 0
    if SCORES.exists():
        print(f"{SCORES.name} is there: the rows have been opened; see --check", file=sys.stderr)
        return 2
    for path, text in made().items():
        write_atomic(path, text.encode())
        print(f"written: {path.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
