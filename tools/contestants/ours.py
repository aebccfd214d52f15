"""Our compiled engine: ten states, two issues, consensus, one round a month for at most forty."""

from __future__ import annotations

import random

from negotiation_sim.catalogue import load_setting, schema
from negotiation_sim.catalogue.schema import assumed
from negotiation_sim.engine import ensemble
from negotiation_sim.engine.scenario import compile_setting

NAME = "negotiation-sim"
NEEDS = "negotiation_sim"
ISSUES = ("form", "scope")


def figure(value: float) -> schema.Figure:
    """Return a made-up figure."""
    return assumed(value, "made for the contest")


def setting(work: dict) -> schema.Setting:
    """Return the work as a setting."""
    draws = random.Random(1)
    actors = {}
    for n in range(work["parties"]):
        code = f"P{n:02d}"
        actors[code] = schema.Actor(
            id=code, name=code, capability=figure(1.0), margin=figure(draws.uniform(0.0, 0.4)),
            ideal_point={issue: figure(draws.random()) for issue in ISSUES},
            salience={issue: figure(draws.uniform(0.1, 1.0)) for issue in ISSUES},
        )  # fmt: skip
    venue = schema.Venue(
        id="table", name="table", members="open", decision=schema.Procedure(rule="consensus"),
        calendar=schema.Calendar(
            weeks=dict.fromkeys(range(1, 13), 2.0), basis="assumed", note="a round a month"
        ),
        informality=figure(0.5),
    )  # fmt: skip
    plan = schema.Initiative(
        id="plan", name="plan", text=dict.fromkeys(ISSUES, figure(0.5)), binding=False,
        mandate=schema.Box(box={issue: [0.0, 1.0] for issue in ISSUES}, note="all of it"),
    )  # fmt: skip
    track = schema.Track(initiative="plan", venue="table")
    return schema.Setting(
        id="contest", name="contest", start="2009-01", issues=list(ISSUES), actors=actors,
        venues={"table": venue}, initiatives={"plan": plan}, environment=load_setting("bellagio").environment,
        horizon_years=work["rounds"] / 12.0,
        success=schema.Success(deadline_years=work["rounds"] / 12.0),
        strategies=[schema.Strategy(name="plan@table", tracks=[track])],
    )  # fmt: skip


def prepared(work: dict):
    """Return a function that carries out some negotiations and returns how many agreed."""
    scenario = compile_setting(setting(work))
    ensemble.simulate(scenario, [0], 1, ensemble.worlds_of(0, 2))
    begun = 0

    def carry_out(n: int) -> int:
        nonlocal begun
        table = ensemble.chunk_of("ensemble", scenario, [0], 1, ensemble.worlds_of(begun, n))
        begun += n
        return int(table["adoption_month"].notna().sum())

    return carry_out
