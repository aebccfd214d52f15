"""Made-up replicate tables and headers for tests of the store."""

from __future__ import annotations

import numpy as np
import pandas as pd

from negotiation_sim.runs.store import replicate_schema, run_id, versions


def rows(n: int, first: int = 0, strategy: str = "ban@CD") -> pd.DataFrame:
    """Return n rows of one track; values follow from the replicate number alone."""
    chance = np.arange(first, first + n)
    done = chance % 3 == 0
    month = pd.array(np.where(done, 12 + chance % 40, 0), dtype="Int16")
    month[~done] = pd.NA
    never = pd.array([pd.NA] * n, dtype="Int16")
    frame = {
        "strategy": pd.Categorical([strategy] * n), "track": 0, "track_name": strategy,
        "seed": 1, "belief": chance, "chance": chance,
        "stage": np.where(done, "adopted", "none"), "ending": "censored", "venue": "CD",
        "mandate_month": month, "report_month": never, "agreed_month": month, "adoption_month": month,
        "entry_into_force_month": never, "success_month": never,
        "end_month": pd.array([180] * n, dtype="Int16"),
        "timely": False, "rounds": chance % 7, "text_form": 0.1 * (chance % 9),
        "text_scope": np.nan, "participants": chance % 10, "participation": 0.5,
        "wanted_by": np.where(done, "CAN USA", ""), "went_along": np.where(done, "CHN", ""),
        "pledges": 0, "pledge_coverage": 0.0, "events": 1, "events_avoided": 0, "violations": 0,
        "incidents": 0,
        "cause": np.where(done, "ratification", "mandate"), "blockers": "CHN:scope",
        "main_blocker": "CHN", "main_term": "scope", "missing_participation": 0.0, "error": "",
    }  # fmt: skip
    return pd.DataFrame(frame)


def header(seed: int = 1) -> dict:
    """Return a header whose id fits its inputs."""
    inputs = {"setting": {"id": "sample"}, "seed": seed, "replicates": 10}
    return {
        "id": run_id(inputs), "experiment": "sample", "kind": "run", "inputs": inputs,
        "versions": dict(versions()),
    }  # fmt: skip


SCHEMA = replicate_schema()
