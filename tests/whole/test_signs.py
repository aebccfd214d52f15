"""Tests of sign: more of a mechanism moves what it says, the way it says.

Six states between a narrow code and a broad treaty; each test turns one figure and compares on the
same worlds. Where a world cannot move the other way the comparison is made world by world. At the
end the signs that an analyst expects, in the mean over fifty random talks (test_sense.py has them
over the real agenda).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable

import numpy as np
import pandas as pd
import pytest

from helpers.engines import changed, table, with_actors, with_tracks, with_venues
from helpers.settings import LIVELY, actor, environment, figure, initiative, setting, venue
from helpers.talks import in_two_halves, settled, share_adopted, talks, with_plan
from negotiation_sim.catalogue import schema

N = 800
IDEALS = ((0.1, 0.2), (0.3, 0.3), (0.4, 0.5), (0.5, 0.4), (0.6, 0.7), (0.8, 0.6))
NAMES = ("AAA", "BBB", "CCC", "DDD", "EEE", "FFF")
TREATY = {"form": 0.8, "scope": 0.7}
CODE = {"form": 0.3, "scope": 0.35}
WIDE = {"form": [0.0, 1.0], "scope": [0.0, 1.0]}


def states(**changes) -> list[schema.Actor]:
    """Return the six states; they test now and then and ask for some verification."""
    fields = {"margin": 0.1, "test_propensity": 1.0, "verification_demand": 0.6,
              "debris_concern": 0.5, "ratification_delay": 6.0} | changes  # fmt: skip
    return [
        actor(name, {"form": form, "scope": scope}, **fields)
        for name, (form, scope) in zip(NAMES, IDEALS, strict=True)
    ]


def scene(tracks: list[dict], halls: list[schema.Venue] = (), **changes) -> schema.Setting:
    """Return a setting of one strategy; parameters of the environment start from a lively one."""
    values = LIVELY | changes.pop("values", {})
    return setting(
        changes.pop("actors", states()), halls or [venue("hall")],
        [initiative("treaty", TREATY, WIDE), initiative("code", CODE, changes.pop("box", WIDE))],
        [tracks],
        environment=environment(**values), horizon_years=8.0,
        success=schema.Success(deadline_years=5.0, success_share=figure(0.5)), **changes,
    )  # fmt: skip


TALKS = [{"initiative": "code", "venue": "hall"}]
BEGUN = schema.Underway(mandate=True)
INFORMAL = {"informality": 1.0, "isolation": 0.3}


def share(case: schema.Setting, column: str, within: int = 60, track: int = 0) -> float:
    """Return in what share of the worlds a track reaches a milestone within some months."""
    rows = table(case, N)
    months = rows.loc[rows["track"] == track, column]
    return float((months <= within).fillna(False).mean())


def rising(values: list[float], step: float = 0.0) -> bool:
    """Return whether each value exceeds the one before, by more than ``step``."""
    return all(b - a > step for a, b in itertools.pairwise(values))


# M8


def linked(**figures) -> schema.Setting:
    rates = {"unblock_rate": 0.3, "block_rate": 0.5, "leadership": 1.0} | figures
    return scene(TALKS, [venue("hall", linkage="blocked", mandate_term="session", **rates)])


def test_m8_leadership_revives_a_blocked_venue():
    mandates = [share(linked(leadership=x), "mandate_month") for x in (0.0, 0.5, 1.0, 4.0)]
    assert rising(mandates, 0.02)
    assert mandates[0] == 0.0


def test_m8_a_venue_that_unblocks_sooner_mandates_more_and_one_that_blocks_again_less():
    assert rising([share(linked(unblock_rate=x), "mandate_month") for x in (0.1, 0.4, 1.5)], 0.02)
    falling = [share(linked(block_rate=x), "adoption_month") for x in (4.0, 1.0, 0.0)]
    assert rising(falling, 0.0)


def agreed_to_talk(decision: schema.Procedure, risk: float = 0.5) -> float:
    """Return P(mandate in two years) by consensus on talks that will decide by another rule."""
    hall = venue("hall", decision=decision, mandate=schema.Procedure(rule="consensus"))
    return share(scene(TALKS, [hall], values={"mandate_risk": risk}), "mandate_month", 24)


def by_quota(part: int, whole: int) -> schema.Procedure:
    return schema.Procedure(rule="qualified_majority", quota=[part, whole])


def test_m8_what_the_talks_may_bring_counts_against_agreeing_to_talk():
    assert rising([agreed_to_talk(by_quota(2, 3), x) for x in (0.6, 0.4, 0.2)], 0.02)


def test_m8_who_keeps_a_veto_risks_nothing_and_the_more_easily_outvoted_risk_more():
    veto = schema.Procedure(rule="consensus")
    assert agreed_to_talk(veto, 0.7) == agreed_to_talk(veto, 0.0)
    assert rising([agreed_to_talk(by_quota(*x)) for x in ((3, 5), (4, 5), (9, 10))], 0.01)


def test_m8_the_less_a_mandate_asks_for_the_sooner_it_is_given():
    def mandates(task):
        case = scene([TALKS[0] | {"task": task}], actors=states(margin=0.3))
        return share(case, "mandate_month", 24)

    assert rising([mandates(x) for x in ("negotiate", "elaborate", "explore")], 0.01)


# M10


def test_m10_the_farther_outside_its_remit_the_less_a_venue_mandates():
    def mandates(cost, limit):
        remit = schema.Box(box={"form": [0.0, limit]}, note="test")
        case = scene(TALKS, [venue("hall", remit=remit, remit_cost=cost)])
        return share(case, "mandate_month", 24)

    assert rising([mandates(x, 0.1) for x in (1.0, 0.5, 0.0)], 0.02)
    assert rising([mandates(1.0, limit) for limit in (0.05, 0.15, 0.3)], 0.02)
    assert mandates(1.0, 0.3) == mandates(0.0, 0.3), "inside, the remit costs nothing"


def test_m10_a_venue_without_the_power_to_adopt_passes_on_its_text_and_half_its_rounds():
    club = venue("club", adopts=False, passes_to="hall", **INFORMAL)
    rows = table(scene([{"initiative": "code", "venue": "club"}], [club, venue("hall")]), N)
    passed = rows[rows["agreed_month"].notna()]
    assert len(passed) > N / 4
    assert set(passed["venue"]) == {"hall"} and set(rows["venue"]) == {"club", "hall"}
    assert rows.loc[rows["venue"] == "club", "adoption_month"].isna().all()
    adopted = passed[passed["adoption_month"].notna()]
    assert (adopted["adoption_month"] > adopted["agreed_month"]).all()


# M13


def pledging(**values) -> pd.DataFrame:
    track = {"initiative": "treaty", "venue": "hall", "pledges": True, "underway": BEGUN}
    return table(scene([track], values={"event_rate": 0.2, "deliberate_share": 0.8} | values), N)


def test_m13_pledges_prevent_tests_world_by_world():
    calm = {"adherence_effect": 0.0, "crisis_rate": 0.0}
    runs = [pledging(pledge_effect=x, **calm) for x in (0.0, 0.5, 1.0)]
    assert all((r["pledges"] > 0).mean() > 0.5 for r in runs)
    totals = [(r["events"] + r["events_avoided"]).to_numpy() for r in runs]
    np.testing.assert_array_equal(totals[0], totals[1])
    assert rising([r["events_avoided"].mean() for r in runs], 0.1)
    assert (runs[0]["events_avoided"] == 0).all()


def test_m13_pledges_raise_trust_and_broken_ones_cost_more():
    """Trust lowers the cost of what cannot be verified, and so carries the treaty."""
    costly = {"verification_cost": 3.0, "verifiable_scope": 0.0}

    def adopted(**values):
        rows = pledging(**costly, **values)
        return (rows["adoption_month"] <= 12).fillna(False).mean()

    assert rising([adopted(pledge_trust=x) for x in (0.0, 0.4, 0.8)], 0.005)
    assert rising([adopted(breach_trust_cost=x) for x in (0.8, 0.3, 0.0)], 0.005)


def test_m13_a_pledge_is_no_success_of_the_track_it_accompanies():
    hopeless = {"initiative": "treaty", "venue": "hall", "pledges": True, "underway": BEGUN}
    rows = table(scene([hopeless], actors=states(margin=0.4, flexibility=0.01)), 300)
    assert rows["timely"].sum() < len(rows)
    pledged = rows[(rows["pledges"] > 0) & rows["entry_into_force_month"].isna()]
    assert not pledged["timely"].any() and (pledged["ending"] != "success").all()


# M16


def beside(spillover: float, **values) -> float:
    """Return P(treaty adopted) beside a code that an informal venue adopts."""
    tracks = [{"initiative": "code", "venue": "club"}, {"initiative": "treaty", "venue": "hall"}]
    halls = [venue("club", **INFORMAL), venue("hall", isolation=0.1)]
    values = {"urgency_effect": 0.5, "event_rate": 0.1, "spillover": spillover} | values
    return share(scene(tracks, halls, values=values), "adoption_month", 96, track=1)


def test_m16_a_stepping_stone_helps_and_a_substitute_hurts_the_other_track():
    assert rising([beside(x) for x in (-1.0, -0.5, 0.0, 0.5, 1.0)], 0.003)


def test_m16_each_sign_works_by_its_own_means():
    """A substitute takes urgency, a stepping stone gives trust and draws ideal points."""
    assert beside(-1.0, urgency_effect=0.0) == beside(0.0, urgency_effect=0.0)
    drawn = [beside(1.0, spillover_draw=x, agreement_trust=0.0) for x in (0.0, 0.4)]
    assert rising(drawn, 0.003)
    assert beside(1.0, spillover_draw=0.0, agreement_trust=0.0) == beside(0.0, agreement_trust=0.0)


def test_m16_nothing_spills_over_on_a_track_alone():
    cases = [scene(TALKS, values={"spillover": x}) for x in (-1.0, 0.0, 1.0)]
    assert len({share(case, "adoption_month") for case in cases}) == 1


# M17


def shifting(**track) -> schema.Setting:
    halls = [venue("hall", linkage="blocked", unblock_rate=0.05), venue("club", **INFORMAL)]
    return scene([{"initiative": "code", "venue": "hall"} | track], halls)


def test_m17_a_fallback_helps_where_the_venue_is_blocked():
    without, with_one = (
        share(shifting(fallback=f, patience=12.0), "adoption_month") for f in (None, "club")
    )
    assert with_one > without + 0.2


def test_m17_the_less_patience_the_sooner():
    patience = (36.0, 24.0, 12.0, 2.0)
    shares = [share(shifting(fallback="club", patience=p), "adoption_month", 30) for p in patience]
    assert rising(shares, 0.001) and shares[-1] > shares[0] + 0.5


def test_m17_the_text_and_half_the_rounds_move_along():
    """A mandate of its own is needed there; rounds kept make the new venue quicker."""

    def months(kept: float) -> pd.Series:
        track = {"initiative": "code", "venue": "hall", "fallback": "club", "patience": 30.0,
                 "underway": BEGUN}  # fmt: skip
        slow = venue("hall", decision=schema.Procedure(rule="consensus", required=["AAA"]))
        halls = [slow, venue("club", setup_months=1.0, **INFORMAL)]
        case = scene([track], halls, values={"rounds_kept": kept, "pace": 0.02})
        rows = table(case, N)
        moved = rows[(rows["venue"] == "club") & rows["adoption_month"].notna()]
        assert (moved["adoption_month"] > 30).all()
        return moved.set_index("chance")["adoption_month"].astype(float)

    none, half, whole = (months(x) for x in (0.0, 0.5, 1.0))
    both = none.index.intersection(half.index).intersection(whole.index)
    assert len(both) > N / 10
    assert rising([none[both].mean(), half[both].mean(), whole[both].mean()][::-1], 0.1)


# M19


def bound(box: dict = WIDE, **values) -> pd.DataFrame:
    """Return the table of a code that binds early, in a world of tests and crises."""
    values = {"event_rate": 0.2, "deliberate_share": 0.8, "crisis_rate": 0.1, "withdrawal": 0.0,
              "agreement_trust": 0.0} | values  # fmt: skip
    hall = venue("hall", rule="opt_in", **INFORMAL)
    return table(scene(TALKS, [hall], values=values, box=box), N)


def test_m19_what_is_in_force_binds_its_adherents():
    runs = [bound(adherence_effect=x) for x in (0.0, 0.5, 1.0)]
    assert (runs[0]["stage"].isin(["in_force", "success"])).mean() > 0.8
    totals = [(r["events"] + r["events_avoided"]).sum() for r in runs]
    assert len(set(totals)) == 1, "the world without any agreement is the same"
    assert rising([r["events_avoided"].mean() for r in runs], 1.0)


def test_m19_nothing_is_avoided_or_violated_before_anything_binds():
    rows = bound()
    free = rows["entry_into_force_month"].isna()
    assert (rows.loc[free, ["events_avoided", "violations"]] == 0).all(axis=None)


def test_m19_more_breaches_in_crises_mean_more_violations():
    runs = [bound(breach_probability=x, adherence_effect=1.0) for x in (0.0, 0.2, 0.8)]
    assert (runs[0]["violations"] == 0).all()
    assert rising([r["violations"].mean() for r in runs], 0.1)


def test_m19_form_keeps_or_breaks_as_its_sign_says():
    """The texts here stay below form 1/2, where a positive sign means fewer breaches."""
    box = {"form": [0.0, 0.45], "scope": [0.0, 1.0]}
    runs = [
        bound(box, breach_form=x, adherence_effect=1.0, breach_probability=0.3) for x in (1, 0, -1)
    ]
    assert rising([r["violations"].mean() for r in runs], 0.05)


def test_the_scene_leaves_room_on_both_sides():
    """Probabilities at 0 or 1 would make every test of sign empty."""
    case = scene(TALKS)
    assert 0.05 < share(case, "mandate_month") < 0.999
    assert 0.05 < share(case, "adoption_month") < 0.95
    easier = changed(case, environment={"pace": figure(0.2)})
    assert share(easier, "adoption_month") > share(case, "adoption_month")


# M8, M21, M22: terms, packages, who convenes


def test_m8_a_longer_term_lets_more_talks_end_in_a_text_where_nothing_falls_with_the_term():
    def adopted(months):
        hall = venue("hall", term_months=months)
        return share(scene(TALKS, [hall], values={"deadline_effect": 0.0}), "adoption_month")

    assert rising([adopted(x) for x in (3.0, 12.0, 60.0)], 0.02)


def test_m21_who_packs_all_that_a_venue_is_blocked_over_need_not_wait():
    def mandates(tracks, over):
        hall = venue("hall", linkage="blocked", unblock_rate=0.1, linked=over)
        return share(scene(tracks, [hall]), "mandate_month", 24)

    both = [{"initiative": "code", "venue": "hall"}]
    both.append({"initiative": "treaty", "venue": "hall", "joined": 0})
    alone = mandates(TALKS, ["code", "treaty"])
    assert mandates(both, ["code", "treaty"]) > alone + 0.2
    assert mandates(TALKS, ["code"]) > alone + 0.2


def test_m22_who_refuses_a_forum_may_accept_it_from_a_universal_body_or_with_its_own():
    refusing = {name: figure(0.3) for name in ("AAA", "BBB")}
    grouped = [
        a.model_copy(update={"groups": ["SOUTH"]}) if a.id in ("AAA", "BBB", "CCC") else a
        for a in states()
    ]
    group = {"groups": {"SOUTH": schema.Group(cohesion=figure(0.0))}, "actors": grouped}

    def mandates(**fields):
        case = scene(TALKS, [venue("hall", convening=refusing, **fields)], **group)
        return share(case, "mandate_month", 24)

    alone, shared = mandates(), mandates(conveners=["CCC"])
    assert mandates(conveners=["FFF"]) == alone < shared - 0.1
    assert mandates(universal=True) == shared


# In the mean over random talks: what does not lower P of adoption


def quo_of(case: schema.Setting) -> dict[str, schema.Figure]:
    """Return what is in force without the talks' text, as a point."""
    own = {k: figure(0.0) for k in case.issues} | case.status_quo
    own |= case.initiatives["one"].status_quo
    return {k: figure(f.value) for k, f in own.items()}


def margins(case: schema.Setting, more: float) -> schema.Setting:
    return with_actors(case, lambda a: {"margin": figure(min(1.0, a.margin.value + more))})


def halls(case: schema.Setting, **figures: float) -> schema.Setting:
    return with_venues(case, lambda v: {k: figure(x) for k, x in figures.items()})


def late_in_a_year(case: schema.Setting, effect: float) -> schema.Setting:
    """Return talks of a year, with the effect of its end."""
    case = with_tracks(case, lambda t: {"term_months": 12.0, "term_ends": None})
    return changed(case, environment={"deadline_effect": figure(effect)})


def in_force(case: schema.Setting, part: float) -> schema.Setting:
    """Return talks in which what is in force lies a part of the way to the least that any wants."""
    least = {
        k: min((f.range or [f.value])[0] for f in (a.ideal_point[k] for a in case.actors.values()))
        for k in case.issues
    }
    quo = {k: figure(part * x) for k, x in least.items()}
    return changed(with_plan(case, status_quo={}), status_quo=quo)


def with_means(case: schema.Setting, means: float) -> schema.Setting:
    """Return talks whose states see more, and want no more than all can verify.

    So what its own position costs a state stays what it was.
    """
    seen = case.environment["verifiable_scope"].value

    def want(a: schema.Actor) -> dict[str, schema.Figure]:
        ideal = {k: figure(f.value) for k, f in a.ideal_point.items()}
        if "scope" in ideal:
            ideal["scope"] = figure(min(seen, ideal["scope"].value))
        return ideal

    case = with_actors(case, lambda a: {
        "ideal_point": want(a), "technical_means": figure(means), "susceptibility": figure(0.0),
        "turnover_rate": figure(0.0), "turnover_dates": [],
    })  # fmt: skip
    return changed(case, environment={"verification_cost": figure(2.0)})


def led(case: schema.Setting, leadership: float) -> schema.Setting:
    """Return talks in a venue that may be blocked, led so much."""
    blocked = with_venues(case, lambda v: {"linkage": "blocked"})
    return halls(blocked, unblock_rate=0.2, block_rate=0.3, leadership=leadership)


def convened(case: schema.Setting, universal: bool) -> schema.Setting:
    """Return talks in a forum that half of the states would refuse."""
    return with_venues(case, lambda v: {
        "universal": universal, "conveners": [],
        "convening": {
            i: figure(0.15) for i in sorted(case.actors)[::2] if v.members == "open" or i in v.members
        },
    })  # fmt: skip


def joined_by(case: schema.Setting, ideal: dict, margin: float) -> schema.Setting:
    """Return talks that one more state joins."""
    like = case.actors[min(case.actors)]
    new = like.model_copy(update={
        "id": "ZZZ", "groups": [], "blocs": {}, "ideal_point": ideal, "margin": figure(margin),
    })  # fmt: skip
    case = changed(case, actors=case.actors | {"ZZZ": new})
    return with_venues(case, lambda v: (
        {} if v.members == "open" else {"members": [*v.members, "ZZZ"]}
    ))  # fmt: skip


def text_of(case: schema.Setting) -> dict[str, schema.Figure]:
    return {k: figure(f.value) for k, f in case.initiatives["one"].text.items()}


# Name: talks with less and with more of it; by how much more is adopted at least.
SIGNS = {
    "lower margins": (lambda c: (margins(c, 0.1), c), 0.05),
    "isolation": (lambda c: (halls(c, isolation=0.05), halls(c, isolation=0.2)), 0.05),
    "the end of a term": (lambda c: (late_in_a_year(c, 0.0), late_in_a_year(c, 1.0)), 0.0),
    "less in force": (lambda c: (in_force(c, 0.8), in_force(c, 0.2)), 0.05),
    "means of verification": (lambda c: (with_means(c, 0.0), with_means(c, 0.6)), 0.0),
    "leadership": (lambda c: (led(c, 0.5), led(c, 6.0)), 0.05),
    "informality": (lambda c: (halls(c, informality=0.0), halls(c, informality=1.0)), 0.0),
    "a universal convener": (lambda c: (convened(c, False), convened(c, True)), 0.05),
    "a spoiler less": (lambda c: (joined_by(c, quo_of(c), 0.1), c), 0.1),
    "a like-minded state more": (lambda c: (c, joined_by(c, text_of(c), 0.0)), 0.0),
}


def differences(pairs: Iterable[tuple[schema.Setting, schema.Setting]]) -> np.ndarray:
    """Return by how much P of adoption rises from the first to the second of each pair."""
    return np.array([share_adopted(more) - share_adopted(less) for less, more in pairs])


def lowers(moved: np.ndarray) -> bool:
    """Return whether the mean lies below nothing by more than two standard errors."""
    return moved.mean() < -2.0 * moved.std(ddof=1) / math.sqrt(len(moved))


@pytest.mark.parametrize("name", SIGNS)
def test_what_helps_does_not_lower_p_of_adoption_by_consensus(name):
    both, least = SIGNS[name]
    moved = differences(both(talks(number)) for number in range(50))
    assert not lowers(moved)
    assert moved.mean() > least and (moved != 0.0).any()


QUOTAS = [by_quota(*x) for x in ((1, 1), (9, 10), (4, 5), (2, 3), (3, 5))]


def ruled(number: int, rule: schema.Procedure, given: bool, risk: float) -> schema.Setting:
    """Return talks that mandate and decide by a rule, the mandate given or not."""
    case = changed(talks(number, rule=rule), environment={"mandate_risk": figure(risk)})
    begun = schema.Underway(mandate=True)
    return with_tracks(case, lambda t: {"underway": begun}) if given else case


@pytest.mark.long
@pytest.mark.parametrize(("given", "risk"), [(True, 0.5), (False, 0.0)])
def test_a_lower_quota_lowers_p_of_adoption_neither_where_talks_are_on_nor_where_they_risk_nothing(
    given, risk
):
    rules = [*QUOTAS, schema.Procedure(rule="simple_majority")]
    p = np.array(
        [[share_adopted(ruled(n, rule, given, risk)) for n in range(50)] for rule in rules]
    )
    assert not any(lowers(moved) for moved in np.diff(p, axis=0))
    assert p[-1].mean() > p[0].mean() + 0.05


def test_but_who_can_be_outvoted_more_easily_may_refuse_to_talk():
    """Below two thirds this costs more texts than the lower quota brings (docs/design.md)."""
    two_thirds, majority = (
        [ruled(n, rule, False, 0.5) for n in range(50)]
        for rule in (QUOTAS[3], schema.Procedure(rule="simple_majority"))
    )
    mandates = [
        np.mean([table(case, 40)["mandate_month"].notna().mean() for case in cases])
        for cases in (two_thirds, majority)
    ]
    assert mandates[1] < mandates[0] - 0.02
    assert differences(zip(two_thirds, majority, strict=True)).mean() < 0.0


# A state in two halves


def test_a_state_in_two_halves_does_nearly_what_it_did_as_one():
    adopted, changes, apart = 0, 0, []
    for number in range(60):
        case = settled(talks(number, max(2, number % 9)))
        who = sorted(case.actors)[number % len(case.actors)]
        one, two = (table(x, 1).iloc[0] for x in (case, in_two_halves(case, who)))
        both = [not pd.isna(row["adoption_month"]) for row in (one, two)]
        adopted, changes = adopted + both[0], changes + (both[0] != both[1])
        apart += [
            abs(one[f"text_{k}"] - two[f"text_{k}"]) for k in ("form", "scope") if k in case.issues
        ]
    assert adopted > 20
    assert changes <= 1 and np.nanmean(apart) < 0.01
