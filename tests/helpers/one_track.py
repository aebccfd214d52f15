"""A single track in a consensus venue, written anew from docs/model.md (M1 to M3, M5 to M10, M18).

No chance, ties, linkage or fallback; a text that is adopted binds at once. Nothing of the model's
code is used: settings are read, and numbers computed with NumPy, in whole arrays where that is
shorter, so that agreement is to rounding and not to the bit.
"""

from __future__ import annotations

import itertools
import math
import random
from dataclasses import dataclass

import numpy as np

from helpers.settings import actor, environment, figure, initiative, setting, venue
from negotiation_sim.catalogue import schema

ROLES = ("form", "scope", "verification", "other")
LETTERS = "ABCDEFGH"


@dataclass
class Found:
    """What became of the track; months from 1, None for never."""

    text: list[float]
    rounds: int = 0
    mandate: int | None = None
    adoption: int | None = None
    success: int | None = None
    participants: int = 0
    stood_aside: bool = False


class OneTrack:
    """The track of a setting made by :func:`one_track_setting`."""

    def __init__(self, case: schema.Setting) -> None:
        self.case, self.issues = case, case.issues
        self.hall = case.venues["hall"]
        self.plan = case.initiatives["one"]
        self.p = {name: f.value for name, f in case.environment.items()}
        everybody = [case.actors[name] for name in sorted(case.actors)]
        whole = sum(a.capability.value for a in everybody)
        seated = [a for a in everybody if self.hall.members == "open" or a.id in self.hall.members]
        self.c = self._each(seated, lambda a: a.capability.value / whole)
        self.rho = self._each(seated, lambda a: a.reservation_value.value)
        self.phi = self._each(seated, lambda a: a.flexibility.value)
        self.trust = self._each(seated, lambda a: a.trust.value)
        self.demand = self._each(seated, lambda a: a.verification_demand.value)
        self.stake = self._each(seated, lambda a: a.missile_defence_stake.value)
        self.concern = self._each(seated, lambda a: a.weapons_concern.value)
        self.y = np.array([[a.ideal_point[k].value for k in self.issues] for a in seated])
        self.w = np.array([[a.salience[k].value for k in self.issues] for a in seated])
        self.w /= self.w.sum(axis=1, keepdims=True)
        box = [self.plan.mandate.box.get(k, [0.0, 1.0]) for k in self.issues]
        self.low, self.high = np.array(box).T

    @staticmethod
    def _each(actors, read) -> np.ndarray:
        return np.array([read(a) for a in actors])

    def _of(self, x: np.ndarray, issue: str) -> np.ndarray | None:
        """Return an issue's coordinate of a text, or of one text a member; None if absent."""
        return x[..., self.issues.index(issue)] if issue in self.issues else None

    def cost(self, x: np.ndarray) -> np.ndarray:
        """Return ``C_i`` of a text, or of one text a member."""
        p, form, scope = self.p, self._of(x, "form"), self._of(x, "scope")
        verification = self._of(x, "verification")
        total = np.zeros(len(self.c))
        if scope is not None:
            total = total + p["fester"] * self.concern * np.maximum(0, p["weapons_scope"] - scope)
        if form is not None and scope is not None:
            beyond = np.maximum(0, scope - p["verifiable_scope"])
            unverified = 1 - (verification if verification is not None else 0)
            price = p["verification_cost"] * self.demand * form * beyond
            total = total + price * (1 - self.trust) * unverified
            total = total + p["missile_defence_cost"] * self.stake * form * scope
        return total

    def value(self, x: np.ndarray) -> np.ndarray:
        """Return ``v_i`` of a text, or of one text a member; nothing disposes anybody."""
        distance = np.sqrt((self.w * (x - self.y) ** 2).sum(axis=1))
        return np.maximum(0, 1 - distance - np.maximum(0, self.cost(x) - self.cost(self.y)))

    def aspiration(self, x: np.ndarray, r: int) -> np.ndarray:
        p, scope = self.p, self._of(x, "scope")
        pace = p["pace"] * (1 + p["informality_effect"] * self.hall.informality.value)
        slow = 1 + p["breadth"] * (scope if scope is not None else 0.0)
        return self.rho + (1 - self.rho) * np.exp(-self.phi * pace * r / slow)

    def backed(self, x: np.ndarray) -> bool:
        """Return whether every member backs talks (half would do, but one refusal stops them)."""
        near = self.value(np.clip(self.y, self.low, self.high))
        corners = itertools.product(*zip(self.low, self.high, strict=True))
        worst = np.min([self.value(np.array(corner)) for corner in corners], axis=0)
        sides = [self.hall.remit.box.get(k, [0.0, 1.0]) for k in self.issues]
        outside = math.dist(x, [min(max(v, a), b) for v, (a, b) in zip(x, sides, strict=True)])
        f = self.p["mandate_risk"]
        worth = (1 - f) * near + f * worst - self.hall.remit_cost.value * outside
        return bool((worth >= self.rho).all())

    def revised(self, x: np.ndarray, r: int) -> np.ndarray:
        deficit = self.aspiration(x, r) - self.value(x)
        omega = 1 / (1 + np.exp(-np.clip(deficit / self.p["softness_strict"], -500, 500)))
        if omega.sum() == 0:
            return x
        pull = (omega[:, None] * (self.y - x)).sum(axis=0) / omega.sum()
        return np.clip(x + self.p["chair_step"] * pull, self.low, self.high)

    def answers(self, x: np.ndarray, r: int) -> tuple[np.ndarray, np.ndarray]:
        """Return who accepts and who stands aside."""
        deficit = self.aspiration(x, r) - self.value(x)
        accepts = deficit <= 0
        others = len(accepts) - 1
        share = accepts.sum() / others if others else 0.0
        cost = self.hall.isolation.value * share * (1 - self.c)
        return accepts, ~accepts & (deficit < cost)

    def run(self) -> Found:
        """Run the months."""
        track = self.case.strategies[0].tracks[0]
        begun = track.underway or schema.Underway()
        x = np.array([begun.text.get(k, self.plan.text[k].value) for k in self.issues])
        found = Found(x.tolist(), begun.rounds, 0 if begun.mandate else None)
        for t in range(math.ceil(12 * self.case.horizon_years)):
            weeks = self.hall.calendar.weeks.get((int(self.case.start[5:7]) - 1 + t) % 12 + 1, 0.0)
            begins = math.ceil(track.start)
            if weeks <= 0 or t < begins + self.hall.setup_months.value:
                continue
            if found.mandate is None:
                if self.backed(x):
                    found.mandate = t + 1
                continue
            for _ in range(max(1, math.floor(weeks / self.p["weeks_per_round"]))):
                found.rounds += 1
                x = self.revised(x, found.rounds)
                found.text = x.tolist()
                accepts, aside = self.answers(x, found.rounds)
                if (accepts | aside).all() and accepts.any() and 2 * accepts.sum() >= len(accepts):
                    found.adoption = t + 1
                    found.participants, found.stood_aside = int(accepts.sum()), bool(aside.any())
                    if self.c[accepts].sum() >= self.case.success.success_share.value - 1e-9:
                        found.success = t + 1
                    return found
        return found


def one_track_setting(number: int) -> schema.Setting:
    """Return a random setting of the kind that :class:`OneTrack` can run."""
    r = random.Random(number)
    issues = tuple(r.sample(ROLES, r.randint(1, 4)))
    names = [2 * letter + "X" for letter in LETTERS[: r.randint(1, 8)]]
    centre = {k: r.uniform(0.2, 0.8) for k in issues}
    spread = r.choice([0.05, 0.2, 0.3])
    shares = sorted(r.sample(range(1, 1_000_000), len(names) - 1))
    sizes = [b - a for a, b in itertools.pairwise([0, *shares, 1_000_000])]
    actors = [
        actor(
            name, {k: min(0.95, max(0.05, v + r.uniform(-spread, spread))) for k, v in centre.items()},
            salience={k: figure(r.uniform(0.1, 1.0)) for k in issues}, capability=float(size),
            reservation_value=r.uniform(0.3, 0.8), flexibility=r.uniform(0.5, 2.0),
            trust=r.random(), verification_demand=r.random(), missile_defence_stake=r.random(),
            weapons_concern=r.random(), susceptibility=r.random(),
        )
        for name, size in zip(names, sizes, strict=True)
    ]  # fmt: skip
    text = {k: min(0.95, max(0.05, v + r.uniform(-0.3, 0.3))) for k, v in centre.items()}
    box = {
        k: [max(0.0, v - r.uniform(0.05, 0.4)), min(1.0, v + r.uniform(0.05, 0.4))]
        for k, v in text.items() if r.random() < 0.8
    }  # fmt: skip
    months = r.sample(range(1, 13), r.randint(1, 12))
    hall = venue(
        "hall", members="open" if r.random() < 0.6 else r.sample(names, r.randint(1, len(names))),
        calendar=schema.Calendar(
            weeks={m: r.uniform(0.5, 5.0) for m in months}, basis="assumed", note="test"
        ),
        remit=schema.Box(box=r.choice([{}, {issues[0]: [0.0, r.uniform(0.1, 1.0)]}]), note="test"),
        remit_cost=r.uniform(0.0, 0.5), informality=r.random(), isolation=r.uniform(0.0, 0.3),
        setup_months=r.choice([0.0, 3.0, 8.0]),
    )  # fmt: skip
    begun = schema.Underway(mandate=True, rounds=r.randint(0, 4)) if r.random() < 0.3 else None
    track = {
        "initiative": "one",
        "venue": "hall",
        "start": float(r.randint(0, 5)),
        "underway": begun,
    }
    return setting(
        actors, [hall], [initiative("one", text, box, binding=False)], [[track]], issues,
        start=f"2009-{r.randint(1, 12):02d}", horizon_years=r.choice([1.0, 2.0, 6.0]),
        success=schema.Success(deadline_years=2.0, success_share=figure(r.uniform(0.2, 0.9))),
        environment=environment(
            verification_cost=r.uniform(0.0, 2.0), missile_defence_cost=r.uniform(0.0, 0.5),
            fester=r.uniform(0.0, 0.3), verifiable_scope=r.random(), breadth=r.uniform(0.0, 3.0),
            pace=r.uniform(0.02, 0.4), informality_effect=r.random(), chair_step=r.uniform(0.05, 1.0),
            softness_strict=r.uniform(0.01, 0.5), mandate_risk=r.uniform(0.0, 0.4),
            weeks_per_round=r.choice([1.0, 2.0]), treaty_threshold=1.0, accession_rate=0.0,
        ),
    )  # fmt: skip
