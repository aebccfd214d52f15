"""Small settings made in code, for the tests of the studies."""

from negotiation_sim.catalogue import schema
from negotiation_sim.catalogue.schema import assumed


def figure(value):
    return assumed(value, "made for a test")


def actor(code, scope, *, capability=1.0, salience=1.0, margin=0.05):
    return schema.Actor(
        id=code, name=code, capability=figure(capability), ideal_point={"scope": figure(scope)},
        salience={"scope": figure(salience)}, margin=figure(margin),
    )  # fmt: skip


def venue(name, members="open"):
    calendar = schema.Calendar(weeks={3: 2.0, 9: 2.0}, basis="assumed", note="made for a test")
    return schema.Venue(
        id=name, name=name, members=members, decision=schema.Procedure(rule="consensus"),
        calendar=calendar, informality=figure(0.5),
    )  # fmt: skip


def one_issue(actors, venues, low=0.0, high=1.0, start=0.2):
    initiative = schema.Initiative(
        id="plan", name="plan", text={"scope": figure(start)}, binding=True,
        mandate=schema.Box(box={"scope": [low, high]}, note="made for a test"),
    )  # fmt: skip
    track = schema.Track(initiative="plan", venue=venues[0].id)
    return schema.Setting(
        id="small", name="small", start="2009-01", issues=["scope"],
        actors={a.id: a for a in actors}, venues={v.id: v for v in venues},
        initiatives={"plan": initiative}, environment={},
        strategies=[schema.Strategy(name="plan@" + venues[0].id, tracks=[track])],
    )  # fmt: skip
