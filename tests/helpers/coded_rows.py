"""Coded negotiations made for the tests."""

import csv

from negotiation_sim.catalogue.coded_case import CASE_COLUMNS, coded_case

PLAIN = {
    "id": "a", "name": "A treaty", "form": "treaty", "binding": "1", "scope": "0.3",
    "domain": "arms", "venue_class": "CD", "venue": "CD", "decision_rule": "consensus",
    "mandate": "1974-12-09", "start": "", "adopted": "1976-12-10", "failed": "",
    "entry_into_force": "1978-10-05", "participants": "31", "us": "1", "rus": "1", "chn": "0",
    "verification": "0.1", "outcome5": "True", "outcome10": "True", "outcome5_flag": "",
    "confidence": "known", "source": "", "note": "", "deadline": "none", "draft": "1",
    "regime": "new", "task": "negotiate", "earlier": "0", "shock": "0", "eu": "1", "g77": "",
    "sure": "high", "ref": "",
}  # fmt: skip


def coded_row(**changes):
    return {**PLAIN, **{name: str(value) for name, value in changes.items()}}


def coded(older=False, **changes):
    return coded_case(coded_row(**changes), "cases.csv", 2, older)


def many(n=60, **changes):
    """Return cases of which those with a wide scope fail, from 1960 on, two frames a decade."""
    return [
        coded(
            id=f"c{i}", venue=f"v{i}", mandate=f"{1960 + i % 40}-03-01", scope=(i % 10) / 10,
            venue_class=("CD", "GGE")[i % 2],
            adopted=f"{1962 + i % 40}-03-01" if i % 10 < 5 else "", outcome5=i % 10 < 5,
            outcome10=i % 10 < 5, **changes,
        )
        for i in range(n)
    ]  # fmt: skip


def write_coded(path, rows, columns=CASE_COLUMNS):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path
