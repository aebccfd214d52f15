"""Talks of one initiative in one venue, drawn at random, and what their states hold of texts."""

from __future__ import annotations

import random

import numpy as np

from helpers.engines import changed, table, with_actors, with_tracks, with_venues
from helpers.generic import seeded_setting
from helpers.records import opened, records_of
from helpers.settings import QUIET, figure
from negotiation_sim.catalogue import schema
from negotiation_sim.engine.agents import NegotiationModel
from negotiation_sim.model.aspiration import take_demands
from negotiation_sim.model.chair_sheet import lay_out, weigh
from negotiation_sim.model.obstruction import adopted
from negotiation_sim.model.reservation import package_value
from negotiation_sim.model.response import take_limits
from negotiation_sim.model.terms import ACTOR_PARAMETERS

CONSENSUS = schema.Procedure(rule="consensus")
TWO_THIRDS = schema.Procedure(rule="qualified_majority", quota=[2, 3])
MAJORITY = schema.Procedure(rule="simple_majority")
NOISE = ("event_rate", "crisis_rate", "urgency_effect", "turnover_sd", "private_sd", "mood_sd",
         "climate_sd", "withdrawal", "spillover", "chair_error")  # fmt: skip


def decides_by(case: schema.Setting, rule: schema.Procedure) -> schema.Setting:
    """Return a setting in which every venue mandates and decides by one rule."""
    return with_venues(case, lambda v: {"decision": rule, "mandate": None})


def talks(number: int, n_actors: int | None = None, rule=CONSENSUS) -> schema.Setting:
    """Return a random setting of one track in one venue, the chair reading exactly."""
    case = seeded_setting(number, n_actors)
    case = with_tracks(case, lambda t: {
        "initiative": "one", "pledges": False, "fallback": None, "after": None, "joined": None,
        "venue": "alpha",
    })  # fmt: skip
    strategies = [schema.Strategy(name="s0", tracks=case.strategies[0].tracks[:1])]
    case = with_venues(case, lambda v: {"adopts": True, "passes_to": None})
    return changed(
        decides_by(case, rule), strategies=strategies, environment={"chair_error": figure(0.0)}
    )


def without_chance(case: schema.Setting) -> schema.Setting:
    """Return talks without linkage, remit, convening, cohesion, terms, turnover and noise."""
    case = with_actors(case, lambda a: {
        "turnover_rate": figure(0.0), "turnover_dates": [], "susceptibility": figure(0.0),
    })  # fmt: skip
    case = with_venues(case, lambda v: {
        "linkage": "none", "remit_cost": figure(0.0), "convening": {}, "dissolved": None,
        "mandate_term": "none", "term_months": figure(0.0), "term_ends": None,
    })  # fmt: skip
    task = "elaborate" if case.initiatives["one"].task == "elaborate" else "negotiate"
    case = with_tracks(case, lambda t: {
        "underway": None, "task": task, "term_months": None, "term_ends": None,
    })  # fmt: skip
    groups = {g: schema.Group(cohesion=figure(0.0)) for g in case.groups}
    return changed(case, groups=groups, environment={k: figure(QUIET[k]) for k in NOISE})


def with_plan(case: schema.Setting, **fields) -> schema.Setting:
    """Return talks whose initiative has some fields replaced."""
    plan = case.initiatives["one"].model_copy(update=fields)
    return case.model_copy(update={"initiatives": case.initiatives | {"one": plan}})


def box_of(case: schema.Setting) -> dict[str, list[float]]:
    """Return the sides of the mandate on every issue."""
    box = case.initiatives["one"].mandate.box
    return {k: box.get(k, [0.0, 1.0]) for k in case.issues}


class Hall:
    """The members of a track's venue in the first month of a world, and what each holds of a text."""

    def __init__(self, case: schema.Setting, world: int = 0, seed: int = 1) -> None:
        self.model: NegotiationModel = opened(case, seed=seed, belief=world)
        given, self.world, state, y = records_of(self.model)
        track = self.model.tracks[0]
        take_limits(given, self.world, state, track.venue)
        take_demands(given, self.world, state, y, 0, 1.0)
        self.seats = [i for i, seated in enumerate(track.member) if seated]
        self.status_quo, self.text = np.array(track.status_quo), np.array(track.text)
        self.low, self.high = np.array(track.low), np.array(track.high)
        actors = state.actors
        self.rho, self.best, self.weight, self.limit, self.flexibility = (
            np.array([column[i] for i in self.seats])
            for column in (actors.rho, actors.best, actors.weight, state.asked.limit, actors.flexibility)
        )  # fmt: skip

    def values(self, text) -> np.ndarray:
        """Return what a text is worth to each member."""
        given, world, state, y = records_of(self.model)
        texts = np.array([text])
        return np.array([package_value(given, world, state, y, 0, i, texts) for i in self.seats])

    def adopts(self, text) -> bool:
        """Return whether the venue's rule would adopt a text if nobody asked for more than rho."""
        given, world, state, y = records_of(self.model)
        for i, rho in zip(self.seats, self.rho, strict=True):
            state.actors.aspiration[i] = rho
        n = lay_out(given, world, state, y, 0)
        state.trial[0] = text
        weigh(given, world, state, 0, n, 0.0)
        return bool(adopted(given, world, state, 0, n, 0))

    def differs(self, text, by: float = 0.02) -> bool:
        """Return whether a text differs from what is in force on some issue."""
        return bool((np.abs(np.asarray(text) - self.status_quo) > by).any())

    def texts(self, n: int, seed: int = 0) -> list[np.ndarray]:
        """Return texts of the mandate: the members' best ones, what lies between them, any."""
        r = random.Random(seed)
        best = [np.clip(self.model.positions[i], self.low, self.high) for i in self.seats]
        found = [*best, np.mean(best, axis=0)]
        while len(found) < n:
            part, one, other = r.random(), r.choice(best), r.choice(best)
            found.append(part * one + (1.0 - part) * other)
            found.append(
                np.array([r.uniform(a, b) for a, b in zip(self.low, self.high, strict=True)])
            )
        return found


def share_adopted(case: schema.Setting, n: int = 40, **options) -> float:
    """Return in what share of some worlds the first track is adopted."""
    rows = table(case, n, **options)
    return float(rows.loc[rows["track"] == 0, "adoption_month"].notna().mean())


def with_onlookers(case: schema.Setting, n: int, stake: float = 0.0) -> schema.Setting:
    """Return talks that members without ties join: the least capability, ideals as others have."""
    r = random.Random(n)
    names = [f"Z{chr(65 + j // 26)}{chr(65 + j % 26)}" for j in range(n)]
    like = {name: case.actors[r.choice(sorted(case.actors))] for name in names}
    more = {
        name: a.model_copy(update={
            "id": name, "capability": figure(1e-9), "stake": figure(stake), "groups": [],
            "blocs": {}, "susceptibility": figure(0.0),
        })
        for name, a in like.items()
    }  # fmt: skip
    case = changed(case, actors=case.actors | more)
    return with_venues(case, lambda v: (
        {} if v.members == "open" else {"members": [*v.members, *names]}
    ))  # fmt: skip


def settled(case: schema.Setting) -> schema.Setting:
    """Return talks in which every figure is its value and nothing happens by chance."""

    def value_of(record: schema.Actor) -> dict:
        drawn = {k: figure(getattr(record, k).value) for k in ACTOR_PARAMETERS}
        ideal = {k: figure(f.value) for k, f in record.ideal_point.items()}
        return drawn | {"ideal_point": ideal, "turnover_rate": figure(0.0), "turnover_dates": []}

    case = with_actors(case, value_of)
    plain = {k: figure(f.value) for k, f in case.environment.items()}
    return changed(case, environment=plain | {k: figure(0.0) for k in NOISE})


def in_two_halves(case: schema.Setting, who: str) -> schema.Setting:
    """Return talks in which a state sits twice, with half its capability and half of each tie."""
    whole, name = case.actors[who], "ZZZ"
    half = whole.model_copy(update={
        k: figure(getattr(whole, k).value / 2.0) for k in ("capability", "test_propensity")
    })  # fmt: skip
    ties = []
    for one, other, weight in case.affinity:
        if who not in (one, other):
            ties.append((one, other, weight))
            continue
        friend = other if one == who else one
        ties += [(who, friend, weight / 2.0), (name, friend, weight / 2.0)]
    actors = case.actors | {who: half, name: half.model_copy(update={"id": name})}
    case = changed(case, actors=actors, affinity=ties)
    return with_venues(case, lambda v: {
        "members": v.members if v.members == "open" or who not in v.members else [*v.members, name],
        "convening": v.convening | ({name: v.convening[who]} if who in v.convening else {}),
    })  # fmt: skip
