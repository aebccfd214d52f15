"""Random settings as plain data, for the digests of ``tools/golden.py``.

Everything comes from the doubles of one NumPy generator, so that no library's way of drawing
choices shows. A new field gets a fixed value here, or a number beyond the last, so that the digests
move only with the model.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

VENUES = ("alpha", "beta", "delta", "gamma")
RULES = ("consensus", "consensus", "qualified_majority", "simple_majority", "opt_in")
MILESTONES = ("mandate", "adoption", "entry_into_force", "success")
ISSUES = (
    ("form", "scope"), ("form", "scope"), ("form", "scope", "verification"),
    ("form", "scope", "verification", "other"), ("scope", "other", "form", "verification", "more"),
    ("form",), ("other",), ("other", "more"), ("scope", "other"), ("verification", "form"),
)  # fmt: skip
BLOCS = ("EAST", "WEST", "SOUTH")
GROUPS = ("LEFT", "RIGHT")
QUIET = {
    "event_rate": 0.0, "urgency_effect": 0.0, "crisis_rate": 0.0, "turnover_sd": 0.0,
    "private_sd": 0.0, "mood_sd": 0.0, "verification_cost": 0.0, "missile_defence_cost": 0.0,
    "fester": 0.0, "domestic_sd": 0.0, "withdrawal": 0.0,
}  # fmt: skip
LIVELY = {
    "event_rate": 0.05, "urgency_effect": 0.3, "crisis_rate": 0.03, "turnover_sd": 0.1,
    "private_sd": 0.08, "mood_sd": 0.06, "verification_cost": 1.0, "missile_defence_cost": 0.3,
    "fester": 0.1, "domestic_sd": 0.08, "withdrawal": 0.06,
}  # fmt: skip
REST = {
    "deliberate_share": 0.5, "event_urgency": 0.3, "urgency_half_life": 20.0,
    "test_trust_cost": 0.05, "breach_trust_cost": 0.15, "crisis_trust_cost": 0.1,
    "breach_probability": 0.15, "pledge_effect": 0.5, "adherence_effect": 0.8, "trust_return": 0.03,
    "pledge_trust": 0.1, "agreement_trust": 0.1, "mood_persistence": 0.9, "weapons_scope": 0.9,
    "informality_effect": 1.0, "chair_step": 0.5, "mandate_risk": 0.5, "stake0": 0.1, "deadline_power": 3.0,
    "climate_persistence": 0.97, "interference_probability": 0.3, "norm_half_life": 8.0,
    "ratification_treaty_share": 0.4, "ratification_state_share": 0.1, "elaborate_margin": 0.5,
    "explore_margin": 0.0, "leadership_effect": 0.1, "verifiable_growth": 0.01,
    "interference_gap": 0.3, "settlement_effect": 0.2, "universality": 0.05, "good_faith": 0.1,
    "rounds_kept": 0.5, "treaty_threshold": 0.5,
    "executive_limit": 0.8, "opening_urgency": 0.2, "ratification_sigma": 0.5, "retry_rate": 0.2, "accession_rate": 0.15,
    "spillover_draw": 0.2,
}  # fmt: skip


class Draw:
    """Choices made of the doubles of a seeded generator, and of nothing else."""

    def __init__(self, number: int) -> None:
        self._rng = np.random.Generator(np.random.PCG64(20_090_000 + number))

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * float(self._rng.random())

    def chance(self, share: float) -> bool:
        return float(self._rng.random()) < share

    def whole(self, low: int, high: int) -> int:
        """Return a whole number, both ends included."""
        return low + int((high - low + 1) * float(self._rng.random()))

    def one(self, options: Sequence[Any]) -> Any:
        return options[self.whole(0, len(options) - 1)]

    def some(self, options: Sequence[Any], count: int) -> list[Any]:
        """Return so many different options, in their order."""
        marks = [float(self._rng.random()) for _ in options]
        kept = sorted(range(len(options)), key=marks.__getitem__)[:count]
        return [options[place] for place in sorted(kept)]

    def figure(self, low: float, high: float, spread: float = 0.0) -> dict[str, Any]:
        """Return a figure between two ends; with a spread, a range within zero and one."""
        return figure(self.between(low, high), spread)


def figure(value: float, spread: float = 0.0) -> dict[str, Any]:
    found = {"value": value, "basis": "assumed", "note": "drawn"}
    if spread and 0.0 <= value <= 1.0:
        found["range"] = [max(0.0, value - spread), min(1.0, value + 1.5 * spread)]
    return found


def actor(d: Draw, name: str, issues: Sequence[str], centre: dict[str, float]) -> dict[str, Any]:
    """Return an actor near the centre; its blocs, ranges and dates of turnover vary."""
    spread = d.one([0.0, 0.0, 0.1])
    near = {k: min(1.0, max(0.0, centre[k] + d.between(-0.35, 0.35))) for k in issues}
    return {
        "id": name, "name": name, "provenance": "synthetic", "capability": d.figure(0.1, 3.0),
        "ideal_point": {k: figure(v, spread) for k, v in near.items()},
        "salience": {k: d.figure(0.1, 1.0) for k in issues},
        "margin": d.figure(0.0, 0.15, spread / 3), "flexibility": d.figure(0.5, 2.0),
        "susceptibility": d.figure(0.0, 0.6, spread), "verification_demand": d.figure(0.0, 1.0),
        "missile_defence_stake": d.figure(0.0, 1.0), "weapons_concern": d.figure(0.0, 1.0),
        "debris_concern": d.figure(0.0, 1.0), "trust": d.figure(0.2, 0.9, spread),
        "ratification_threshold": d.figure(-0.2, 0.2), "executive_threshold": d.figure(-0.3, 0.1),
        "ratification_delay": d.figure(1.0, 18.0), "turnover_rate": figure(d.one([0.0, 0.25, 1.0])),
        "turnover_dates": d.one([[], [], ["2009-01", "2011-07"], ["2008-05", "2010-02"]]),
        "test_propensity": figure(d.one([0.0, 0.3, 0.9])),
        "blocs": {b: d.figure(0.0, 0.55) for b in BLOCS if d.chance(0.4)},
        "stake": d.figure(0.0, 1.0, spread), "technical_means": figure(d.one([0.0, 0.1])),
        "groups": [g for g in GROUPS if d.chance(0.4)],
    }  # fmt: skip


def decision(d: Draw, rule: str, members: Sequence[str]) -> dict[str, Any]:
    """Return a rule, at times with votes of unequal weight and states that must agree."""
    share = d.one([0.0, 0.0, 0.5])
    return {
        "rule": rule,
        "quota": d.one([[2, 3], [3, 5], [1, 1]]) if rule == "qualified_majority" else None,
        "weights": {i: d.whole(1, 5) for i in members if d.chance(share)},
        "required": d.some(members, 1) if d.chance(0.2) else [],
    }


def venue(d: Draw, name: str, names: Sequence[str], issues: Sequence[str]) -> dict[str, Any]:
    """Return a venue; all but gamma may pass their text on instead of adopting it."""
    inside = (
        list(names)
        if d.chance(0.6)
        else d.some(names, d.whole(max(1, len(names) // 3), len(names)))
    )
    adopts = name == "gamma" or d.chance(0.75)
    months = d.some(range(1, 13), d.whole(2, 12))
    mandate = d.one([None, None, "simple_majority", "opt_in", "qualified_majority"])
    return {
        "id": name, "name": name, "members": "open" if len(inside) == len(names) else inside,
        "decision": decision(d, d.one(RULES), inside),
        "mandate": None if mandate is None else decision(d, mandate, inside),
        "mandate_term": d.one(["none", "none", "session"]),
        "convene_share": d.figure(0.1, 0.6), "min_participation": d.figure(0.1, 0.7),
        "calendar": {
            "weeks": {m: d.between(0.5, 4.0) for m in months}, "basis": "assumed", "note": "drawn"
        },
        "remit": {
            "box": {issues[0]: [0.0, d.between(0.3, 1.0)]} if d.chance(0.4) else {}, "note": "drawn"
        },
        "remit_cost": d.figure(0.0, 0.5), "informality": d.figure(0.0, 1.0, d.one([0.0, 0.2])),
        "isolation": d.figure(0.0, 0.4), "setup_months": figure(d.one([0.0, 0.0, 3.0, 8.0])),
        "linkage": d.one(["none", "none", "none", "open", "blocked"]),
        "unblock_rate": d.figure(0.1, 2.0), "block_rate": d.figure(0.1, 1.0),
        "leadership": d.figure(0.5, 3.0), "adopts": adopts, "passes_to": None if adopts else "gamma",
        "dissolved": d.one([None, None, None, None, "2012-06"]),
        "term_months": figure(d.one([0.0, 0.0, 12.0, 24.0])), "universal": d.chance(0.2),
        "term_ends": d.one([None, None, None, "2011-03"]),
        "min_participants": figure(d.one([0.0, 0.3])),
        "convening": {i: d.figure(0.0, 0.3) for i in inside if d.chance(0.1)},
        "conveners": d.some(inside, 1) if d.chance(0.2) else [],
        "linked": d.one([[], [], ["one"], ["one", "two"]]),
    }  # fmt: skip


def initiative(
    d: Draw, name: str, kind: str, names: Sequence[str], centre: dict[str, float]
) -> dict[str, Any]:
    text = {k: min(1.0, max(0.0, v + d.between(-0.3, 0.3))) for k, v in centre.items()}
    box = {
        k: [max(0.0, v - d.between(0.05, 0.5)), min(1.0, v + d.between(0.05, 0.5))]
        for k, v in text.items()
        if d.chance(0.8)
    }
    by_form = "form" in centre and d.chance(0.4)
    return {
        "id": name, "name": name, "kind": kind, "text": {k: figure(v) for k, v in text.items()},
        "mandate": {"box": box, "note": "drawn"}, "binding": None if by_form else d.chance(0.5),
        "entry_into_force": {
            "ratifiers": figure(float(d.one([0, 0, min(2, len(names))]))),
            "capability_share": d.figure(0.0, 0.4),
            "states": d.some(names, 1) if d.chance(0.15) else [],
        },
        "task": d.one(["negotiate", "negotiate", "elaborate", "explore"]),
        "leaves": ["a gap"] if d.chance(0.2) else [],
        "pledge": {k: d.figure(0.0, 1.0) for k in centre if d.chance(0.3)},
        "status_quo": {k: d.figure(0.0, 0.3, 0.05) for k in centre if d.chance(0.3)},
        "declared": {i: d.between(-1.0, 1.0) for i in (*names, *GROUPS) if d.chance(0.1)},
    }  # fmt: skip


def track(
    d: Draw, number: int, initiatives: dict[str, Any], issues: Sequence[str]
) -> dict[str, Any]:
    """Return a track; it may wait for an earlier one, be under way, fall back, gather pledges."""
    name, place = d.one(["one", "one", "two", "two", "vow"]), d.one(VENUES)
    begun = None
    if d.chance(0.25):
        text = initiatives[name]["text"][issues[0]]["value"]
        begun = {
            "mandate": d.chance(0.8), "rounds": d.whole(0, 6),
            "text": {issues[0]: text} if d.chance(0.5) else {},
        }  # fmt: skip
    return {
        "initiative": name, "venue": place,
        "fallback": d.one([None, None, *(v for v in VENUES if v != place)]),
        "pledges": name != "vow" and d.chance(0.4), "start": float(d.one([0, 0, 3, 6])),
        "after": d.whole(0, number - 1) if number and d.chance(0.4) else None,
        "after_milestone": d.one(MILESTONES), "patience": float(d.whole(6, 40)), "underway": begun,
    }  # fmt: skip


def strategy(
    d: Draw, number: int, initiatives: dict[str, Any], issues: Sequence[str]
) -> dict[str, Any]:
    tracks = [track(d, m, initiatives, issues) for m in range(d.one([1, 2, 2, 3]))]
    if tracks[0]["initiative"] != "vow" and d.chance(0.3):
        other = "two" if tracks[0]["initiative"] == "one" else "one"
        item = tracks[0] | {"initiative": other, "joined": 0, "underway": None, "weight": 0.4}
        for later in tracks[1:]:
            later["after"] = None if later["after"] is None else later["after"] + 1
        tracks = [tracks[0] | {"underway": None}, item, *tracks[1:]]
    able = [m for m, t in enumerate(tracks) if t["initiative"] != "vow"]
    rule: Any = d.one(["all", "all", "any", able[:1] or "all"])
    return {"name": f"s{number}", "tracks": tracks, "succeeds_when": rule}


def environment(d: Draw) -> dict[str, Any]:
    values = REST | d.one([QUIET, LIVELY, LIVELY, LIVELY]) | {
        "breach_form": d.one([0.0, 0.3, -0.3]), "spillover": d.one([0.0, 0.6, -0.6]),
        "verifiable_scope": d.between(0.0, 1.0), "breadth": d.between(0.0, 2.0),
        "pace": d.between(0.02, 0.4), "weeks_per_round": d.one([1.0, 2.0]),
        "chair_error": d.one([0.0, 0.05]), "deadline_effect": d.one([0.0, 0.8]),
        "foreclosure": d.one([0.0, 0.2, -0.2]), "conflict": d.one([0.0, 0.2, -0.2]),
        "climate_sd": d.one([0.0, 0.1]), "declared_draw": d.one([0.0, 0.1]),
        "pledge_cost": d.one([0.0, 0.2]),
    }  # fmt: skip
    found = {name: figure(value) for name, value in values.items()}
    if d.chance(0.3):
        found["pace"] = figure(values["pace"], 0.01)
    return found


def setting(number: int) -> dict[str, Any]:
    """Return a setting as a manifest would hold it; every tenth has 13 to 60 actors."""
    d = Draw(number)
    count = d.whole(13, 60) if number % 10 == 9 else d.whole(2, 12)
    names = [f"{chr(65 + i // 26)}{chr(65 + i % 26)}X" for i in range(count)]
    issues = ISSUES[number % len(ISSUES)]
    centre = {k: d.between(0.2, 0.8) for k in issues}
    initiatives = {
        name: initiative(d, name, kind, names, centre)
        for name, kind in (("one", "agreement"), ("two", "agreement"), ("vow", "pledges"))
    }
    pairs = [(a, b) for a in names for b in names if a < b]
    return {
        "id": f"golden-{number}", "name": f"golden {number}", "start": d.one(["2009-01", "2009-09"]),
        "horizon_years": d.one([4.0, 8.0]), "issues": list(issues),
        "success": {
            "deadline_years": d.one([2.0, 4.0]), "success_share": d.figure(0.1, 0.8),
            "states": d.some(names, 1) if d.chance(0.2) else [],
        },
        "status_quo": {k: d.figure(0.0, 0.3, 0.05) for k in issues},
        "groups": {g: {"cohesion": d.figure(0.0, 0.8, 0.1)} for g in GROUPS},
        "actors": {name: actor(d, name, issues, centre) for name in names},
        "venues": {name: venue(d, name, names, issues) for name in VENUES},
        "initiatives": initiatives,
        "affinity": [[a, b, d.between(0.1, 1.0)] for a, b in pairs if d.chance(0.3)],
        "environment": environment(d),
        "strategies": [strategy(d, s, initiatives, issues) for s in range(2)],
    }  # fmt: skip
