"""A made-up run that looks like a real one: 27 strategies, ten states, fifteen years."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from negotiation_sim.analysis.causes import CauseAccumulator
from negotiation_sim.analysis.intervals import wilson
from negotiation_sim.analysis.outcomes import SummaryAccumulator

DEADLINE, HORIZON = 60, 180
STATES = {
    "CAN": "Canada", "CHN": "China", "COL": "Colombia", "DEU": "Germany", "FRA": "France",
    "IND": "India", "ITA": "Italy", "JPN": "Japan", "RUS": "Russia", "USA": "United States",
}  # fmt: skip
IDEAL_POINTS = {
    "CAN": (0.62, 0.45), "CHN": (0.85, 0.88), "COL": (0.60, 0.47), "DEU": (0.58, 0.42),
    "FRA": (0.45, 0.40), "IND": (0.62, 0.66), "ITA": (0.46, 0.41), "JPN": (0.42, 0.40),
    "RUS": (0.86, 0.90), "USA": (0.15, 0.18),
}  # fmt: skip
# name: (chance of a mandate, of adoption, of force, of success; months each takes; text)
PROFILES = {
    "ban@CD": (0.15, 0.20, 0.50, 0.6, 50, (0.80, 0.21)),
    "ban@COPUOS": (0.45, 0.20, 0.55, 0.6, 30, (0.75, 0.22)),
    "ban@adhoc-optin": (0.98, 0.85, 0.60, 0.45, 9, (0.78, 0.20)),
    "ban@adhoc-inclusive": (0.80, 0.35, 0.60, 0.8, 12, (0.74, 0.23)),
    "pledges@adhoc-optin": (0.9, 0.0, 0.0, 0.0, 9, (0.10, 0.20)),
    "code@CD": (0.17, 0.40, 1.0, 0.9, 48, (0.36, 0.42)),
    "code@COPUOS": (0.70, 0.55, 1.0, 0.9, 24, (0.34, 0.40)),
    "code@paris-group": (0.92, 0.50, 1.0, 0.85, 14, (0.33, 0.38)),
    "code@adhoc-optin": (0.99, 0.93, 1.0, 0.62, 8, (0.31, 0.36)),
    "code@adhoc-inclusive": (0.85, 0.60, 1.0, 0.95, 14, (0.34, 0.39)),
    "code@gge": (0.90, 0.42, 1.0, 0.85, 20, (0.30, 0.40)),
    "code@oewg": (0.95, 0.38, 1.0, 0.9, 22, (0.36, 0.43)),
    "ppwt@CD": (0.10, 0.03, 0.20, 0.3, 55, (0.85, 0.85)),
    "ppwt@adhoc-optin": (0.95, 0.55, 0.25, 0.05, 12, (0.82, 0.88)),
    "ppwt@adhoc-inclusive": (0.55, 0.06, 0.25, 0.4, 20, (0.80, 0.80)),
    "eu-code@COPUOS": (0.60, 0.45, 1.0, 0.9, 26, (0.33, 0.44)),
    "eu-code@adhoc-optin": (0.98, 0.90, 1.0, 0.55, 10, (0.30, 0.42)),
    "eu-code@adhoc-inclusive": (0.80, 0.50, 1.0, 0.95, 16, (0.34, 0.45)),
    "open@CD": (0.30, 0.12, 0.9, 0.8, 45, (0.50, 0.50)),
    "open@adhoc-inclusive": (0.88, 0.33, 0.9, 0.8, 22, (0.46, 0.47)),
    "ban@adhoc-optin+pledges": (0.98, 0.87, 0.62, 0.50, 9, (0.78, 0.20)),
    "ban@adhoc-optin+pledges+code@COPUOS": (0.72, 0.6, 0.75, 0.6, 20, (0.55, 0.30)),
    "ban@adhoc-inclusive+pledges+code@paris-group": (0.75, 0.4, 0.7, 0.8, 20, (0.55, 0.30)),
    "ppwt@CD>adhoc-inclusive": (0.50, 0.08, 0.25, 0.4, 40, (0.80, 0.80)),
    "ban@CD>adhoc-optin": (0.90, 0.70, 0.55, 0.4, 25, (0.78, 0.21)),
    "ppwt@CD+code@COPUOS": (0.12, 0.10, 0.30, 0.4, 50, (0.55, 0.60)),
    "open@adhoc-optin": (0.95, 0.75, 0.9, 0.3, 12, (0.42, 0.44)),
}
CAUSES = (
    ("mandate", "linkage"),
    ("text", "time", "withdrawal"),
    ("ratification",),
    ("participation",),
)
BLOCKERS = {
    "ban": ("USA:verification_cost", "CHN:set_aside", "RUS:set_aside"),
    "code": ("IND:scope", "CHN:form", "RUS:form"),
    "eu-code": ("IND:scope", "CHN:form", "RUS:refusal"),
    "ppwt": ("USA:missile_defence", "FRA:verification_cost", "JPN:verification_cost"),
    "open": ("USA:form", "IND:scope", "CHN:set_aside"),
    "pledges": ("USA:scope",),
}


@cache
def replicates(n: int = 400, seed: int = 3) -> pd.DataFrame:
    """Return a replicate table of n worlds; worlds are shared, so strategies go together."""
    rng = np.random.default_rng(seed)
    mood = rng.normal(size=n)
    rows = []
    for name in PROFILES:
        for chance in range(n):
            rows.append(_row(rng, name, chance, mood[chance]))
    table = pd.DataFrame(rows)
    for column in [c for c in table if c.endswith("_month")]:
        table[column] = table[column].astype("Int16")
    return table


def _row(rng: np.random.Generator, name: str, chance: int, mood: float) -> dict:
    *chances, pace, text = PROFILES[name]
    steps = ("mandate_month", "adoption_month", "entry_into_force_month", "success_month")
    durations = rng.gamma(2.0, [pace / 2, 11, 6 if chances[2] < 1.0 else 1e-9, 1e-9])
    months = np.ceil(np.cumsum(durations)).astype(int)
    reached = 0
    for p in chances:
        if rng.uniform() >= 1.0 / (1.0 + np.exp(-(_logit(p) + 0.8 * mood))):
            break
        reached += 1
    while reached and months[reached - 1] > HORIZON:
        reached -= 1
    timely = reached == 4 and months[3] <= DEADLINE
    by_deadline = int(sum(m <= DEADLINE for m in months[:reached]))
    row = {
        "strategy": name, "track": 0, "track_name": name.split("+", maxsplit=1)[0].split(">", maxsplit=1)[0], "seed": 1,
        "belief": chance // 20, "chance": chance, "end_month": HORIZON, "ending": "censored",
        "participation": float(np.clip(rng.normal(0.4 + 0.4 * chances[3], 0.1), 0, 1)),
        "pledge_coverage": float(np.clip(rng.normal(0.55, 0.1), 0, 1)),
        "text_form": float(np.clip(rng.normal(text[0], 0.04), 0, 1)),
        "text_scope": float(np.clip(rng.normal(text[1], 0.05), 0, 1)),
        "cause": "none" if timely else str(rng.choice(CAUSES[min(3, by_deadline)])),
        "blockers": "", "main_blocker": "", "missing_participation": 0.0, "error": "",
    }  # fmt: skip
    row |= {step: (int(months[i]) if i < reached else None) for i, step in enumerate(steps)}
    if reached == 4:
        row |= {"ending": "success", "end_month": int(months[3])}
    elif rng.uniform() < 0.3 and 1 <= reached < 2:
        end = int(min(HORIZON, months[0] + rng.geometric(0.02)))
        row |= {"ending": "withdrawn", "end_month": end}
    if row["cause"] in ("mandate", "text", "time", "ratification"):
        pool = BLOCKERS[name.split("@", maxsplit=1)[0]]
        named = sorted(b for b in pool if rng.uniform() < 0.6) or [pool[0]]
        row |= {"blockers": " ".join(named), "main_blocker": named[0][:3]}
    return row


def _logit(p: float) -> float:
    p = min(max(p, 1e-9), 1 - 1e-9)
    return float(np.log(p / (1 - p)))


@cache
def counted() -> tuple[SummaryAccumulator, CauseAccumulator, pd.DataFrame]:
    """Return the summary, the causes and the outcomes of the made-up run."""
    summary = SummaryAccumulator(dict.fromkeys(PROFILES, "all"), DEADLINE, HORIZON)
    causes = CauseAccumulator()
    outcomes = summary.update(replicates())
    causes.update(outcomes)
    return summary, causes, outcomes


def with_positions(summary: pd.DataFrame) -> pd.DataFrame:
    """Return a summary with a spread over beliefs around each estimate."""
    spread = 0.35 * np.sqrt(summary["p_success"] * (1 - summary["p_success"]))
    return summary.assign(
        p_positions_low=(summary["p_success"] - spread).clip(0, 1),
        p_positions_high=(summary["p_success"] + 1.2 * spread).clip(0, 1),
    )


def sweep(n: int = 200) -> pd.DataFrame:
    """Return a sweep of three strategies over informality, unblocking and leadership."""
    rng = np.random.default_rng(4)
    rows = []
    for place, name in enumerate(["code@COPUOS", "code@CD", "ban@adhoc-inclusive+pledges"]):
        for informality in np.linspace(0.0, 1.0, 8).round(3):
            for rate in (0.0, 0.05, 0.1, 0.2, 0.4):
                for leadership in (0.5, 1.0, 2.0):
                    z = -2.4 + 2.6 * informality - 0.5 * place
                    z += 6 * rate * leadership * (place == 1)
                    k = int(rng.binomial(n, 1 / (1 + np.exp(-z))))
                    low, high = wilson(k, n)
                    rows.append((name, informality, rate, leadership, k / n, low, high))
    shares = ["p_success", "p_success_low", "p_success_high"]
    return pd.DataFrame(rows, columns=["strategy", *SWEPT, *shares])


SWEPT = ("venues.COPUOS.informality", "venues.CD.unblock_rate", "venues.CD.leadership")
UNITS = {"venues.CD.unblock_rate": "per year", "environment.event_rate": "per month"}


def bins(seed: int = 5) -> pd.DataFrame:
    """Return bins of forecasts of two forecasters with what happened."""
    rng = np.random.default_rng(seed)
    rows = []
    for forecaster, slope in (("model", 1.0), ("share of past cases", 0.5)):
        for p in np.linspace(0.05, 0.95, 10):
            n = int(rng.integers(15, 90))
            k = int(rng.binomial(n, 0.5 + slope * (p - 0.5) * 0.95))
            rows.append((forecaster, p, k / n, *wilson(k, n), n))
    columns = ["forecaster", "predicted", "observed", "low", "high", "count"]
    return pd.DataFrame(rows, columns=columns)


def sobol() -> pd.DataFrame:
    """Return Sobol' indices of 22 parameters."""
    rng = np.random.default_rng(6)
    total = np.sort(rng.gamma(0.5, 0.12, 22))[::-1]
    first = total * rng.uniform(0.4, 0.95, 22)
    names = [
        "actors.USA.margin", "venues.CD.unblock_rate", "actors.CHN.ideal_point.form",
        "environment.pace", "environment.withdrawal", "actors.RUS.ideal_point.scope",
        "venues.COPUOS.informality", "environment.verifiable_scope", "environment.event_rate",
        "actors.IND.margin", *(f"environment.parameter_{i}" for i in range(12)),
    ]  # fmt: skip
    table = pd.DataFrame({"parameter": names, "total": total, "first": first})
    for name in ("total", "first"):
        table[f"{name}_low"] = table[name] - 0.02 - 0.1 * table[name]
        table[f"{name}_high"] = table[name] + 0.02 + 0.1 * table[name]
    return table


def events(adopted: bool = True) -> list[dict]:
    """Return event records of a text that moves from its start towards agreement."""
    path = np.linspace((0.35, 0.45), (0.30, 0.33), 30) + 0.01 * np.sin(np.arange(30))[:, None]
    out: list[dict] = [{"month": 4, "kind": "mandate", "track": 0, "text": [0.35, 0.45]}]
    for number, text in enumerate(path, 1):
        month = 4 + number
        out.append({"month": month, "kind": "revision", "track": 0, "text": text.tolist()})
        last = number == len(path)
        for actor in STATES:
            against = actor == "IND" and not (adopted and last)
            along = actor in ("CHN", "RUS")
            response = "objects" if against else "goes_along" if along else "accepts"
            said = {"kind": "response", "actor": actor, "response": response}
            out.append({"month": month, "track": 0} | said)
        out.append(
            {
                "month": month,
                "kind": "decision",
                "track": 0,
                "adopted": adopted and last,
                "text": text.tolist(),
            }
        )
    return out
