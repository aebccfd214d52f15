"""Say which fitted figures the cases identify: synthetic histories on the emulator of the design.

    python tools/identification.py

Reads ``experiments/backtest/design.npz`` (which ``calibrate`` keeps) and writes
``experiments/backtest/identification.json``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

from negotiation_sim.catalogue import environment_table
from negotiation_sim.runs.store.files import write_atomic
from negotiation_sim.studies.history.calibration import Effort, learnt, read_training
from negotiation_sim.studies.history.calibration_fit import REACH
from negotiation_sim.studies.history.calibration_priors import FIGURES
from negotiation_sim.studies.history.identification import identify
from negotiation_sim.studies.history.outside_record import KNOWN_AT

HISTORY = Path(__file__).resolve().parent.parent / "experiments" / "backtest"
SETS, DRAWS = 100, 100


def main() -> int:
    """Write the table."""
    training = read_training(HISTORY / "cases.csv", KNOWN_AT[-1])
    environment = {name: entry.figure() for name, entry in environment_table().items()}
    emulator = learnt(training, environment, Effort(), HISTORY)
    rows = training.rows
    known = np.isfinite(training.outcome[rows])
    names = [p.name for p in FIGURES]
    found = identify(
        emulator.of_rows(rows), known, names, reach=REACH, sets=SETS, draws=DRAWS, walked=True
    )
    text = json.dumps(found.content(), indent=1, allow_nan=False) + "\n"
    write_atomic(HISTORY / "identification.json", text.encode())
    print(found.table.to_string())
    return 0


if __name__ == "__main__":
    sys.exit(main())
