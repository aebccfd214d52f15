"""Rows with the columns of the historical cases, made for the tests."""

import csv

from negotiation_sim.studies.history.cases import COLUMNS

PLAIN = {
    "id": "a", "name": "A treaty", "form": "treaty", "binding": "1", "scope": "0.3",
    "domain": "arms", "venue_class": "CD", "venue": "CD", "decision_rule": "consensus",
    "mandate": "1974-12-09", "start": "1975-01-01", "adopted": "1976-12-10", "failed": "",
    "entry_into_force": "1978-10-05", "participants": "31", "us": "1", "rus": "1", "chn": "0",
    "verification": "0.1", "outcome5": "True", "outcome10": "True", "outcome5_flag": "",
    "confidence": "known", "source": "", "note": "", "deadline": "none", "draft": "0",
    "regime": "new", "task": "elaborate", "earlier": "0", "shock": "0", "eu": "", "g77": "",
    "sure": "high", "ref": "",
}  # fmt: skip


def row(**changes):
    return {**PLAIN, **{name: str(value) for name, value in changes.items()}}


def write_cases(path, rows, columns=COLUMNS):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path
