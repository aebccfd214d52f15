"""Small replicate tables with known content, for the tests of the analysis."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

MONTH_COLUMNS = (
    "mandate_month", "report_month", "agreed_month", "adoption_month", "entry_into_force_month",
    "success_month", "end_month",
)  # fmt: skip

BLANK = {
    "strategy": "code@COPUOS", "track": 0, "track_name": "", "seed": 1, "belief": 0, "chance": 0,
    "stage": "none", "ending": "censored", "venue": "COPUOS",
    "mandate_month": None, "report_month": None, "agreed_month": None, "adoption_month": None,
    "entry_into_force_month": None, "success_month": None, "end_month": 180,
    "timely": False, "rounds": 0, "text_form": 0.5, "text_scope": 0.5,
    "participants": 0, "participation": 0.0, "wanted_by": "", "went_along": "", "pledges": 0,
    "pledge_coverage": 0.0, "events": 0, "events_avoided": 0, "violations": 0, "incidents": 0,
    "cause": "mandate", "blockers": "", "main_blocker": "", "main_term": "",
    "missing_participation": 0.0, "error": "",
}  # fmt: skip


def table(*rows: dict) -> pd.DataFrame:
    """Return a replicate table; each dict overrides the blank row."""
    full = [BLANK | row for row in rows]
    for row in full:
        row["track_name"] = row["track_name"] or row["strategy"].split("+")[0]
    return _typed(pd.DataFrame(full))


def succeeded(chance: int, month: int, **extra: object) -> dict:
    """Return a row that succeeds in a month, having passed all milestones by then."""
    row = {
        "chance": chance, "belief": chance, "stage": "success", "ending": "success",
        "mandate_month": max(1, month - 3), "agreed_month": month - 1,
        "adoption_month": month - 1, "entry_into_force_month": month - 1,
        "success_month": month, "end_month": month, "timely": month <= 60,
        "cause": "none" if month <= 60 else "text", "participation": 0.8, "participants": 8,
    }  # fmt: skip
    return row | extra


def failed(chance: int, cause: str = "mandate", **extra: object) -> dict:
    """Return a row without success."""
    return {"chance": chance, "belief": chance, "cause": cause} | extra


def random_table(n: int, strategies: dict[str, int], seed: int = 0) -> pd.DataFrame:
    """Return n replicates of strategies with given numbers of tracks, ordered milestones."""
    rng = np.random.default_rng(seed)
    rows = [
        _random_row(rng, name, track, chance)
        for name, tracks in strategies.items()
        for chance in range(n)
        for track in range(tracks)
    ]
    return _typed(pd.DataFrame([BLANK | row for row in rows]))


def _random_row(rng: np.random.Generator, name: str, track: int, chance: int) -> dict:
    steps = ("mandate_month", "adoption_month", "entry_into_force_month", "success_month")
    reached = int(rng.integers(0, 5))
    months = np.sort(rng.integers(1, 181, 4)).tolist()
    row = {
        "strategy": name, "track": track, "track_name": f"{name}/{track}", "chance": chance,
        "belief": chance, "text_form": rng.uniform(), "text_scope": rng.uniform(),
        "participation": rng.uniform(), "pledge_coverage": rng.uniform(),
        "events": int(rng.poisson(5)), "ending": "censored",
        "blockers": str(rng.choice(["", "CHN:scope", "CHN:scope USA:verification_cost"])),
    }  # fmt: skip
    row |= dict(zip(steps[:reached], months[:reached], strict=True))
    late = reached < 4 or months[3] > 60
    row["cause"] = str(rng.choice(["linkage", "text", "ratification"])) if late else "none"
    if reached == 4:
        row |= {"ending": "success", "end_month": months[3]}
    elif rng.uniform() < 0.3:
        row |= {"ending": "withdrawn", "end_month": months[reached]}
    return row


def _typed(rows: pd.DataFrame) -> pd.DataFrame:
    for name in MONTH_COLUMNS:
        rows[name] = rows[name].astype("Int16")
    return rows


def outcomes(**months: list[float]) -> pd.DataFrame:
    """Return outcomes with given months of success (infinite: never) per strategy and world."""
    tables = [
        pd.DataFrame({"strategy": name, "seed": 1, "belief": range(len(values))}).assign(
            chance=range(len(values)),
            success_month=pd.array([None if math.isinf(m) else m for m in values], dtype="Int16"),
            timely=np.array(values) <= 60,
            error="",
        )
        for name, values in months.items()
    ]
    return pd.concat(tables, ignore_index=True)
