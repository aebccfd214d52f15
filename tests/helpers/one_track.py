"""A single track in a venue that votes, written anew from docs/model.md (M1 to M3, M5 to M10, M18, M20).

No chance, linkage or fallback; a text that is adopted binds at once. Nothing of the model's code is
used: settings are read, and numbers computed with NumPy, in whole arrays where that is shorter, so
that agreement is to rounding and not to the bit. Which way the chair moves a text is its own search:
the writing takes the texts that it is told, and says how much stands in the way of each, and of the
best that a search of its own finds.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from helpers.settings import actor, environment, figure, initiative, setting, venue
from negotiation_sim.catalogue import schema

ROLES = ("form", "scope", "verification", "other")
LETTERS = "ABCDEFGH"
QUOTAS = {"consensus": (1, 1), "qualified_majority": (2, 3), "simple_majority": (1, 2)}


@dataclass
class Answers:
    """What members compared in a round, and what they said."""

    value: np.ndarray
    aspiration: np.ndarray
    deficit: np.ndarray
    accepts: np.ndarray
    along: np.ndarray


@dataclass
class Found:
    """What became of the track; months from 1, None for never."""

    text: list[float]
    rounds: int = 0
    mandate: int | None = None
    adoption: int | None = None
    success: int | None = None
    participants: int = 0
    answers: list[Answers] = field(default_factory=list)
    left: list[float] = field(default_factory=list)  # more in the way than after an own search
    lapses: int = 0
    unchanged: int = 0


class OneTrack:
    """The track of a setting made by :func:`one_track_setting`."""

    def __init__(self, case: schema.Setting) -> None:
        self.case, self.issues = case, case.issues
        self.hall, self.plan = case.venues["hall"], case.initiatives["one"]
        self.rule = self.hall.decision.rule
        self.p = {name: f.value for name, f in case.environment.items()}
        everybody = [case.actors[name] for name in sorted(case.actors)]
        whole = sum(a.capability.value for a in everybody)
        self.seated = [
            a for a in everybody if self.hall.members == "open" or a.id in self.hall.members
        ]
        self.c = self.each(lambda a: a.capability.value / whole)
        self.s = self.p["stake0"] + (1 - self.p["stake0"]) * self.figures("stake")
        self.y = np.array([[a.ideal_point[k].value for k in self.issues] for a in self.seated])
        self.w = np.array([[a.salience[k].value for k in self.issues] for a in self.seated])
        self.w /= self.w.sum(axis=1, keepdims=True)
        box = [self.plan.mandate.box.get(k, [0.0, 1.0]) for k in self.issues]
        self.low, self.high = np.array(box).T
        self.q = np.array([
            self.plan.status_quo.get(k, case.status_quo.get(k, figure(0.0))).value
            for k in self.issues
        ])  # fmt: skip
        self.rho = self.content(self.q) + self.figures("margin") + self.forum()
        self.best = self.value(np.clip(self.y, self.low, self.high))
        self.alone = self.hall.isolation.value * (1 - self.c)
        self.ties = self.weights()

    def each(self, read: Callable[[schema.Actor], float]) -> np.ndarray:
        return np.array([read(a) for a in self.seated])

    def figures(self, name: str) -> np.ndarray:
        return self.each(lambda a: getattr(a, name).value)

    def forum(self) -> np.ndarray:
        """Return what it takes each to accept the forum."""
        nothing = figure(0.0)
        return self.each(lambda a: self.hall.convening.get(a.id, nothing).value)

    def weights(self) -> np.ndarray:
        """Return how much each (row) looks at each other: affinity times stake, else alike."""
        place = {a.id: i for i, a in enumerate(self.seated)}
        ties = np.zeros((len(place), len(place)))
        for a, b, weight in self.case.affinity:
            if a in place and b in place:
                ties[place[a], place[b]] = ties[place[b], place[a]] = weight
        ties *= self.s
        alike = 1.0 - np.eye(len(place))
        return np.where(ties.sum(axis=1, keepdims=True) > 0, ties, alike)

    def of(self, x: np.ndarray, issue: str) -> np.ndarray | float:
        """Return an issue's coordinate of a text, or of one text a member; 0 if absent."""
        return x[..., self.issues.index(issue)] if issue in self.issues else 0.0

    def terms(self, form, scope, verification, low_scope) -> np.ndarray:
        """Return the three costs of M1, the third at a scope of its own."""
        p = self.p
        if "scope" not in self.issues:
            return np.zeros(len(self.c))
        sees = p["verifiable_scope"] + self.figures("technical_means")
        wary = p["verification_cost"] * self.figures("verification_demand")
        unseen = wary * (1 - self.figures("trust")) * form * np.maximum(0, scope - sees)
        shield = p["missile_defence_cost"] * self.figures("missile_defence_stake") * form * scope
        aside = np.maximum(0, p["weapons_scope"] - low_scope)
        fear = p["fester"] * self.figures("weapons_concern")
        return unseen * (1 - verification) + shield + fear * aside

    def cost(self, x: np.ndarray) -> np.ndarray:
        scope = self.of(x, "scope")
        return self.terms(self.of(x, "form"), scope, self.of(x, "verification"), scope)

    def distance(self, x: np.ndarray, other: np.ndarray) -> np.ndarray:
        return np.sqrt((self.w * (x - other) ** 2).sum(axis=1))

    def near(self, x: np.ndarray) -> np.ndarray:
        return np.minimum(1, self.distance(x, self.q) / 0.1)

    def gaps(self) -> np.ndarray:
        return len(self.plan.leaves) * self.p["fester"] * self.figures("debris_concern")

    def content(self, x: np.ndarray) -> np.ndarray:
        """Return ``u_i`` of a text, or of one text a member."""
        more = self.cost(x) + self.near(x) * self.gaps() - self.cost(self.y)
        return np.maximum(0, 1 - self.distance(x, self.y) - np.maximum(0, more))

    def value(self, x: np.ndarray) -> np.ndarray:
        """Return ``v_i``; nothing disposes anybody but what the workshop disputed."""
        forgone = self.p["foreclosure"] * self.figures("weapons_concern")
        weaker = np.sqrt((self.w * np.maximum(0, self.y - x) ** 2).sum(axis=1))
        unlike = np.maximum(0, 1 - self.of(x, "form") / self.p["treaty_threshold"])
        odds = self.p["conflict"] * self.of(self.y, "form") * self.of(x, "scope") * unlike
        return self.content(x) - self.near(x) * (forgone * weaker + odds)

    def worst(self) -> np.ndarray:
        """Return a lower bound of the box: distance and costs each at their own worst."""
        far = np.where(self.y - self.low > self.high - self.y, self.low, self.high)
        form, scope = self.of(self.high, "form"), self.of(self.high, "scope")
        dear = self.terms(
            form, scope, self.of(self.low, "verification"), self.of(self.low, "scope")
        )
        more = np.maximum(0, dear + self.gaps() - self.cost(self.y))
        content = np.maximum(0, 1 - self.distance(far, self.y) - more)
        forgone = self.p["foreclosure"] * self.figures("weapons_concern")
        weaker = np.sqrt((self.w * np.maximum(0, self.y - self.low) ** 2).sum(axis=1))
        unlike = max(0.0, 1 - self.of(self.low, "form") / self.p["treaty_threshold"])
        odds = self.p["conflict"] * self.of(self.y, "form") * scope * unlike
        return content - np.maximum(0, forgone * weaker) - np.maximum(0, odds)

    def aspiration(self, x: np.ndarray, rounds: int, used: float) -> np.ndarray:
        p = self.p
        pace = p["pace"] * (1 + p["informality_effect"] * self.hall.informality.value)
        slow = 1 + p["breadth"] * self.of(x, "scope")
        f = np.exp(-self.figures("flexibility") * pace * rounds / slow)
        f *= 1 - p["deadline_effect"] * min(1.0, used) ** p["deadline_power"]
        return self.rho + np.maximum(0, self.best - self.rho) * f

    def held_together(self, deficit: np.ndarray, value: np.ndarray, rho: np.ndarray) -> np.ndarray:
        """Return deficits as groups leave them."""
        moved = deficit.copy()
        for name, group in self.case.groups.items():
            first = [next((g for g in a.groups if g in self.case.groups), "") for a in self.seated]
            members = np.array([g == name for g in first])
            if members.sum() > 1:
                h, stays = group.cohesion.value, self.s * (rho - value) > self.alone
                mean = deficit[members].mean()
                moved = np.where(members & ~stays, (1 - h) * deficit + h * mean, moved)
        return moved

    def said(self, deficit: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return who accepts and who goes along."""
        accepts, along = deficit <= 0, np.zeros(len(deficit), bool)
        for _ in range(10):
            behind = accepts | along
            looks = self.ties.sum(axis=1)
            share = np.where(looks > 0, self.ties @ behind / np.where(looks > 0, looks, 1), 0)
            along = along | (~behind & (deficit < self.alone * share))
        return accepts, along

    def passes(self, deficit: np.ndarray) -> bool:
        """Return what the rule makes of it, votes being equal."""
        accepts, along = self.said(deficit)
        yes, no = accepts.sum(), (~accepts & ~along).sum()
        if self.rule == "consensus":
            return bool(yes > 0 and no == 0)
        part, whole = QUOTAS[self.rule]
        met = yes * whole >= part * (yes + no) and yes > no
        return bool(met and 2 * (yes + along.sum()) >= len(accepts))

    def deficits(self, x: np.ndarray, aspiration: np.ndarray) -> np.ndarray:
        value = self.value(x)
        return self.held_together(self.s * (aspiration - value), value, self.rho)

    def adopts(self, x: np.ndarray, aspiration: np.ndarray) -> bool:
        differs = bool((abs(x - self.q) > 0.02).any())
        return differs and self.passes(self.deficits(x, aspiration))

    def in_the_way(self, x: np.ndarray, aspiration: np.ndarray) -> float:
        """Return ``L`` of a text; one that would be adopted ranks below every other."""
        deficit = self.deficits(x, aspiration)
        short = np.maximum(0, deficit)
        if self.rule == "consensus":
            part = np.where(self.alone > 0, 1 - short / np.maximum(self.alone, 1e-300), 0)
            near = np.where(deficit <= 0, 1, np.maximum(0, part))
            share = (near.sum() - near) / max(1, len(deficit) - 1)
            stands = np.maximum(0, deficit - self.alone * share).sum() + 0.1 * short.sum()
        else:
            part, whole = QUOTAS[self.rule]
            n = len(short)
            needed = n // 2 + 1 if whole == 2 * part else -(-part * n // whole)
            stands = np.sort(short)[:needed].sum()
        return float(stands) - 1e6 * self.adopts(x, aspiration)

    def own_search(self, x: np.ndarray, aspiration: np.ndarray) -> float:
        """Return what stands in the way where two plain compass searches come out."""
        found = []
        for start in (x, np.clip(self.q, self.low, self.high)):
            at, width = start.copy(), 0.2
            best = self.in_the_way(at, aspiration)
            while width >= 0.01:
                before = best
                for k, sign in itertools.product(range(len(at)), (1, -1)):
                    tried = at.copy()
                    tried[k] = np.clip(at[k] + sign * width, self.low[k], self.high[k])
                    score = self.in_the_way(tried, aspiration)
                    if score < best - 1e-9:
                        best, at = score, tried
                width = width if best < before else width / 2
            found.append(best)
        return min(found)

    def backed(self, x: np.ndarray) -> bool:
        """Return whether the venue agrees to talk."""
        sides = [self.hall.remit.box.get(k, [0.0, 1.0]) for k in self.issues]
        outside = math.dist(x, [min(max(v, a), b) for v, (a, b) in zip(x, sides, strict=True)])
        part, whole = QUOTAS[self.rule]
        f = self.p["mandate_risk"] * (1 - max(0.0, 2 * part / whole - 1))
        worth = (1 - f) * self.best + f * self.worst() - self.hall.remit_cost.value * outside
        counts = {"negotiate": 1.0, "elaborate": self.p["elaborate_margin"]}[self.plan.task]
        rho = self.content(self.q) + counts * self.figures("margin") + self.forum()
        return self.passes(self.held_together(self.s * (rho - worth), worth, rho))

    def rounds_in(self, t: int) -> int:
        """Return the rounds of a month."""
        weeks = self.hall.calendar.weeks.get((int(self.case.start[5:7]) - 1 + t) % 12 + 1, 0.0)
        begins = math.ceil(self.case.strategies[0].tracks[0].start)
        if weeks <= 0 or t < begins + self.hall.setup_months.value:
            return 0
        return max(1, math.floor(weeks / self.p["weeks_per_round"]))

    def term(self, given: int, first: int) -> tuple[int | None, int]:
        """Return the last month of a mandate, and how many rounds it holds."""
        months = self.hall.term_months.value
        if months <= 0:
            return None, 0
        last = given + math.ceil(months)
        return last, sum(self.rounds_in(t) for t in range(first, last + 1))

    def run(self, moves: Iterator[list[float]]) -> Found:
        """Run the months; ``moves`` are the texts to which the chair moved, one after the other."""
        track = self.case.strategies[0].tracks[0]
        begun = track.underway or schema.Underway()
        x = np.array([begun.text.get(k, self.plan.text[k].value) for k in self.issues])
        found = Found(x.tolist(), begun.rounds, 0 if begun.mandate else None)
        start, mandated, used = math.ceil(track.start), begun.mandate, 0
        last, rounds = self.term(start, start)
        for t in range(start, math.ceil(12 * self.case.horizon_years)):
            if self.rounds_in(t) and mandated and last is not None and t > last:
                mandated, found.rounds = False, found.rounds // 2
                found.lapses += 1
            if self.rounds_in(t) and not mandated:
                if self.backed(x):
                    mandated, found.mandate = (
                        True,
                        t + 1 if found.mandate is None else found.mandate,
                    )
                    (last, rounds), used = self.term(t, t + 1), 0
                continue
            for _ in range(self.rounds_in(t)):
                used += 1
                found.rounds += 1
                closing = last is not None and not any(map(self.rounds_in, range(t + 1, last + 1)))
                x = self.hold_round(x, (used / rounds if rounds else 0.0, closing), moves, found)
                if self.close(x, t, found):
                    return found
        return found

    def hold_round(
        self, x: np.ndarray, time: tuple[float, bool], moves, found: Found
    ) -> np.ndarray:
        """Return the text after the chair's revision, and note what members say to it.

        ``time`` is the share of the term that is used, and whether this is its last month.
        """
        used, closing = time
        aspiration = self.aspiration(x, found.rounds, used)
        if self.adopts(x, aspiration):
            found.unchanged += 1
        else:
            moved = np.array(next(moves))
            whole = closing and self.adopts(moved, aspiration)
            aim = moved if whole else x + (moved - x) / self.p["chair_step"]
            best = self.own_search(x, aspiration)
            found.left.append(self.in_the_way(np.clip(aim, self.low, self.high), aspiration) - best)
            x = moved
        aspiration = self.aspiration(x, found.rounds, used)
        deficit = self.deficits(x, aspiration)
        found.text = x.tolist()
        found.answers.append(Answers(self.value(x), aspiration, deficit, *self.said(deficit)))
        return x

    def close(self, x: np.ndarray, t: int, found: Found) -> bool:
        """Return whether the text is adopted, and note by whom."""
        answer = found.answers[-1]
        if not (self.passes(answer.deficit) and (abs(x - self.q) > 0.02).any()):
            return False
        parties = answer.accepts | answer.along if self.rule == "consensus" else answer.accepts
        found.adoption, found.participants = t + 1, int(parties.sum())
        if self.c[parties].sum() >= self.case.success.success_share.value - 1e-9:
            found.success = t + 1
        return True


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
            margin=r.choice([r.uniform(0.0, 0.1), r.uniform(0.0, 0.4)]), stake=r.random(),
            flexibility=r.uniform(0.5, 2.0), technical_means=r.uniform(0.0, 0.3),
            trust=r.random(), verification_demand=r.random(), missile_defence_stake=r.random(),
            weapons_concern=r.random(), debris_concern=r.random(),
            groups=[g for g in ("NORTH", "COAST") if r.random() < 0.3],
        )
        for name, size in zip(names, sizes, strict=True)
    ]  # fmt: skip
    text = {k: min(0.95, max(0.05, v + r.uniform(-0.3, 0.3))) for k, v in centre.items()}
    box = {
        k: [max(0.0, v - r.uniform(0.05, 0.4)), min(1.0, v + r.uniform(0.05, 0.4))]
        for k, v in text.items() if r.random() < 0.8
    }  # fmt: skip
    members = "open" if r.random() < 0.6 else r.sample(names, r.randint(1, len(names)))
    seated = names if members == "open" else members
    hall = venue(
        "hall", r.choice(["consensus", "consensus", *QUOTAS]), members=members,
        calendar=schema.Calendar(
            weeks={m: r.uniform(0.5, 5.0) for m in r.sample(range(1, 13), r.randint(1, 12))},
            basis="assumed", note="test",
        ),
        remit=schema.Box(box=r.choice([{}, {issues[0]: [0.0, r.uniform(0.1, 1.0)]}]), note="test"),
        remit_cost=r.uniform(0.0, 0.5), informality=r.random(), isolation=r.uniform(0.0, 0.3),
        setup_months=r.choice([0.0, 3.0, 8.0]),
        term_months=r.choice([0.0, r.uniform(3.0, 30.0)]),
        convening={i: figure(r.uniform(0.0, 0.1)) for i in seated if r.random() < 0.2},
    )  # fmt: skip
    begun = schema.Underway(mandate=True, rounds=r.randint(0, 4)) if r.random() < 0.3 else None
    track = {
        "initiative": "one", "venue": "hall", "start": float(r.randint(0, 5)), "underway": begun,
    }  # fmt: skip
    plan = initiative(
        "one", text, box, binding=False, task=r.choice(["negotiate", "elaborate"]),
        leaves=["ground"] * r.choice([0, 0, 1, 2]),
        status_quo={k: figure(r.uniform(0.0, 0.3)) for k in issues if r.random() < 0.3},
    )  # fmt: skip
    return setting(
        actors, [hall], [plan], [[track]], issues, start=f"2009-{r.randint(1, 12):02d}",
        horizon_years=r.choice([1.0, 2.0, 6.0]),
        status_quo={k: figure(r.uniform(0.0, 0.3)) for k in issues if r.random() < 0.3},
        affinity=[
            (a, b, r.uniform(0.1, 1.0))
            for a, b in itertools.combinations(names, 2) if r.random() < 0.4
        ],
        groups={
            g: schema.Group(cohesion=figure(r.uniform(0.1, 0.9)))
            for g in ("NORTH", "COAST") if any(g in a.groups for a in actors) and r.random() < 0.6
        },
        success=schema.Success(deadline_years=1.0, success_share=figure(r.uniform(0.2, 0.9))),
        environment=environment(
            verification_cost=r.uniform(0.0, 2.0), missile_defence_cost=r.uniform(0.0, 0.5),
            fester=r.uniform(0.0, 0.3), verifiable_scope=r.random(), breadth=r.uniform(0.0, 3.0),
            pace=r.uniform(0.02, 0.4), informality_effect=r.random(), chair_step=r.uniform(0.2, 1.0),
            mandate_risk=r.uniform(0.0, 0.5), stake0=r.uniform(0.05, 0.5),
            deadline_effect=r.random(), deadline_power=r.uniform(0.5, 5.0),
            foreclosure=r.choice([0.0, r.uniform(-0.3, 0.3)]),
            conflict=r.choice([0.0, r.uniform(-0.4, 0.4)]),
            elaborate_margin=r.random(), weeks_per_round=r.choice([1.0, 2.0]),
            treaty_threshold=1.0, accession_rate=0.0,
        ),
    )  # fmt: skip
