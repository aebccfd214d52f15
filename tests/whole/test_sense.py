"""What an analyst would try first on the real catalogue, always over the same worlds."""

from __future__ import annotations

import itertools
import math
from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from helpers.engines import (
    changed,
    in_worlds,
    same,
    table,
    with_actors,
    with_tracks,
    with_venues,
)
from helpers.settings import figure
from helpers.talks import in_two_halves, settled, with_onlookers
from negotiation_sim import catalogue
from negotiation_sim.analysis.intervals import wilson
from negotiation_sim.catalogue import schema
from negotiation_sim.engine.scenario import compile_setting

N = 600


@cache
def experiment(name: str) -> schema.Setting:
    """Return an experiment of the catalogue."""
    return catalogue.load_setting(name)


def run(setting: schema.Setting, strategy: str, n: int = N, seed: int = 1) -> pd.DataFrame:
    """Return one strategy's table, one row a world."""
    rows = table(setting, n, seed, strategies=[strategy])
    return rows[rows["track"] == 0].set_index("chance")


def reached(rows: pd.DataFrame, column: str, within: int = 60) -> pd.Series:
    """Return in which worlds a milestone is reached within some months."""
    return (rows[column] <= within).fillna(False).astype(bool)


@pytest.mark.parametrize("name", ["bellagio", "bellagio-20", "cd-65"])
def test_the_ppwt_has_next_to_no_chance_in_the_conference_within_five_years(name):
    n = N if name == "bellagio" else 200
    successes = int(run(experiment(name), "ppwt@CD", n)["timely"].sum())
    assert wilson(successes, n)[1] < 0.05


@pytest.mark.parametrize(
    ("name", "size", "n"), [("bellagio-20", 20, 400), ("cd-65", 65, 200), ("copuos-69", 69, 200)]
)
def test_guidelines_through_copuos_are_neither_impossible_nor_certain(name, size, n):
    """Large bodies agree as small ones do: who has little at stake goes along."""
    case = experiment(name)
    assert len(case.actors) == size
    adopted = reached(run(case, "guidelines@COPUOS", n), "adoption_month", 180)
    low, high = wilson(int(adopted.sum()), n)
    assert low > 0.3 and high < 0.95


@pytest.mark.parametrize(
    "strategy",
    ["ban-treaty@COPUOS", "ban-treaty@adhoc-optin", "ban-treaty@adhoc-inclusive"],
)
def test_the_senates_threshold_decides_over_the_treaty_ban_where_the_executive_wants_it(strategy):
    def success(threshold):
        change = {"ratification_threshold": figure(threshold)}
        case = with_actors(
            experiment("us-administration"), lambda a: change if a.id == "USA" else {}
        )
        return reached(run(case, strategy, 1000), "success_month", 180).mean()

    shares = [success(x) for x in (-1.0, 0.0, 0.225, 1.0)]
    assert all(b <= a for a, b in itertools.pairwise(shares))
    assert shares[0] - shares[-1] > 0.2
    assert shares[-1] < 0.02, "without the United States no three fifths"


def under(name: str, venue: str, decision: schema.Procedure) -> schema.Setting:
    """Return an experiment in which one venue mandates and decides by a rule."""
    changes = {"decision": decision, "mandate": None}
    return with_venues(experiment(name), lambda v: changes if v.id == venue else {})


@pytest.mark.parametrize(
    "strategy",
    ["guidelines@COPUOS", "code@COPUOS", "eu-code@adhoc-inclusive", "open@adhoc-inclusive"],
)
def test_two_thirds_do_at_least_as_well_as_consensus_in_the_same_venue(strategy):
    venue = strategy.split("@")[1]
    consensus, two_thirds = (
        run(under("bellagio", venue, rule), strategy)
        for rule in (
            schema.Procedure(rule="consensus"),
            schema.Procedure(rule="qualified_majority", quota=[2, 3]),
        )
    )
    for years in (5, 15):
        more, less = (reached(r, "adoption_month", 12 * years) for r in (two_thirds, consensus))
        assert more.mean() > less.mean()


def open_to_binding(demand: float) -> schema.Setting:
    """Return the agenda with a United States that would bind itself broadly, its demand set."""
    broad = {"form": figure(0.7), "scope": figure(0.6)}
    change = {"ideal_point": broad, "verification_demand": figure(demand)}
    return with_actors(experiment("bellagio"), lambda a: change if a.id == "USA" else {})


@pytest.mark.parametrize("venue", ["CD", "adhoc-inclusive", "adhoc-optin"])
def test_a_higher_american_verification_demand_does_not_help_the_ppwt(venue):
    runs = [
        reached(run(open_to_binding(x), f"ppwt@{venue}", 1000), "adoption_month", 180).mean()
        for x in (0.0, 0.5, 1.0)
    ]
    assert runs[0] > 0.03, "somewhere to fall from"
    assert all(b <= a for a, b in itertools.pairwise(runs))


def test_a_higher_american_verification_demand_does_not_help_the_ppwt_as_it_stands():
    def p(demand):
        change = {"verification_demand": figure(demand)}
        setting = with_actors(experiment("bellagio"), lambda a: change if a.id == "USA" else {})
        return run(setting, "ppwt@CD", 500)["timely"]

    assert (p(1.0) <= p(0.2)).all()


@pytest.mark.parametrize("strategy", ["ban-treaty@CD", "code@CD", "open@CD"])
def test_a_revived_conference_does_better_than_a_blocked_one(strategy):
    blocked, revived = (run(experiment(name), strategy) for name in ("bellagio", "cd-revived"))
    for column in ("mandate_month", "adoption_month"):
        for months in (60, 180):
            more, less = (reached(r, column, months).mean() for r in (revived, blocked))
            assert more >= less
    assert reached(revived, "mandate_month").mean() > 2 * reached(blocked, "mandate_month").mean()
    assert revived["timely"].mean() >= blocked["timely"].mean()


def test_an_opt_in_body_adopts_sooner_and_gathers_fewer():
    """Of the texts adopted, and in the worlds where both bodies adopt one."""
    setting = experiment("bellagio")
    opt_in, inclusive = (run(setting, f"code@adhoc-{x}", 1000) for x in ("optin", "inclusive"))
    a, b = (rows[rows["adoption_month"].notna()] for rows in (opt_in, inclusive))
    assert len(a) > len(b) > 50
    assert a["adoption_month"].mean() < b["adoption_month"].mean() - 12
    assert a["participation"].mean() < b["participation"].mean()
    both = a.index.intersection(b.index)
    assert (a.loc[both, "adoption_month"] < b.loc[both, "adoption_month"]).mean() > 0.9
    assert a.loc[both, "participation"].mean() < b.loc[both, "participation"].mean()


def test_a_run_repeated_is_identical_and_another_seed_is_another_world():
    setting = experiment("bellagio")
    first, again = table(setting, 20, 7), table(setting, 20, 7)
    same(first, again)
    other = table(setting, 20, 8)
    assert not first["text_form"].equals(other["text_form"])
    assert not first["events"].equals(other["events"])


CLAIMS = {
    "adopted": lambda rows: reached(rows, "adoption_month", 24),
    "eventful": lambda rows: rows["events"] > 4,
    "broad": lambda rows: rows["text_scope"] > 0.38,
}


def test_standardised_differences_over_seeds_have_variance_one():
    """100 runs of 60 worlds: the sum of squares is chi-square with 99 degrees of freedom."""
    setting, n, seeds = compile_setting(experiment("bellagio")), 60, 100
    worlds = [(k, k) for k in range(n)]
    place = setting.index_of_strategy("code@adhoc-optin")
    tables = [in_worlds(setting, worlds, seed, strategies=[place]) for seed in range(seeds)]
    for name, claim in CLAIMS.items():
        shares = np.array([claim(rows).mean() for rows in tables])
        p = shares.mean()
        assert 0.02 < p < 0.98, name
        z = (shares - p) / math.sqrt(p * (1 - p) / n)
        low, high = stats.chi2.ppf([0.0005, 0.9995], seeds - 1)
        assert low < (z**2).sum() < high, name
        assert abs(np.corrcoef(z[1:], z[:-1])[0, 1]) < 4 / math.sqrt(seeds), name


@pytest.mark.parametrize(("name", "size"), [("cd-65", 65), ("copuos-69", 69)])
def test_whole_bodies_run_in_both_engines(name, size):
    setting = compile_setting(experiment(name))
    assert len(setting.actor_ids) == size
    whole = in_worlds(setting, [(0, 0), (1, 1)])
    assert set(whole["strategy"]) == set(setting.strategy_names)
    for place in (0, 1):
        fast = in_worlds(setting, [(1, 1)], strategies=[place])
        same(fast, in_worlds(setting, [(1, 1)], strategies=[place], engine="mesa"))


@pytest.mark.long
def test_shared_draws_make_a_large_consensus_likelier_where_all_have_a_whole_stake():
    """Independent refusals of 69 states block more than those of blocs.

    With the stakes of the catalogue those who have little go along, and it hardly shows.
    """
    strategies = ["ban-treaty@COPUOS", "guidelines@COPUOS", "eu-code@COPUOS", "open@COPUOS"]

    def gained(stake0: float) -> pd.Series:
        together = changed(experiment("copuos-69"), environment={"stake0": figure(stake0)})
        apart = with_actors(together, lambda a: {"blocs": {}})
        more, less = (
            table(case, 2000, strategies=strategies)
            .assign(yes=lambda rows: rows["adoption_month"].notna().astype(float))
            .groupby("chance")["yes"].mean()
            for case in (together, apart)
        )  # fmt: skip
        return more - less

    whole, small = gained(1.0), gained(0.1)
    assert whole.mean() > 2.0 * whole.std(ddof=1) / math.sqrt(len(whole))
    assert abs(small.mean()) < 0.02


# What an analyst would turn first, over the agenda: the mean over its strategies of P of adoption


def tried() -> list[str]:
    """Return the strategies of the agenda that are one initiative in one venue to be adopted."""
    plain = [s for s in experiment("bellagio").strategies if len(s.tracks) == 1]
    return [
        s.name for s in plain if s.tracks[0].initiative != "pledges" and not s.tracks[0].fallback
    ]


def adoptions(case: schema.Setting, n: int = 80, within: int = 180) -> pd.DataFrame:
    """Return in which worlds each strategy's text is adopted."""
    rows = table(case, n, strategies=tried())
    rows = rows.assign(adopted=reached(rows, "adoption_month", within).astype(float))
    return rows.pivot(index="chance", columns="strategy", values="adopted")


def actors(**figures: float) -> schema.Setting:
    """Return the agenda with some figures the same for every state."""
    changes = {k: figure(x) for k, x in figures.items()}
    return with_actors(experiment("bellagio"), lambda a: changes)


def halls(**figures: float) -> schema.Setting:
    """Return the agenda with some figures the same for every venue."""
    changes = {k: figure(x) for k, x in figures.items()}
    return with_venues(experiment("bellagio"), lambda v: changes)


def process(**figures: float) -> schema.Setting:
    changes = {k: figure(x) for k, x in figures.items()}
    return changed(experiment("bellagio"), environment=changes)


def joined_by(margin: float, **ideal: float) -> schema.Setting:
    """Return the agenda with one more state, like Canada but for what it wants."""
    case = experiment("bellagio")
    wanted = {k: figure(ideal.get(k, 0.0)) for k in case.actors["CAN"].ideal_point}
    new = case.actors["CAN"].model_copy(update={
        "id": "ZZZ", "groups": [], "blocs": {}, "ideal_point": wanted, "margin": figure(margin),
    })  # fmt: skip
    case = changed(case, actors=case.actors | {"ZZZ": new})
    return with_venues(case, lambda v: (
        {} if v.members == "open" else {"members": [*v.members, "ZZZ"]}
    ))  # fmt: skip


def convened(universal: bool) -> schema.Setting:
    """Return the agenda in forums that three states would refuse."""
    return with_venues(experiment("bellagio"), lambda v: {
        "universal": universal,
        "convening": {
            i: figure(0.1) for i in ("CHN", "IND", "RUS") if v.members == "open" or i in v.members
        },
    })  # fmt: skip


def in_force(form: float, scope: float) -> schema.Setting:
    quo = {"form": figure(form), "scope": figure(scope)}
    return changed(experiment("bellagio"), status_quo=quo)


# Name: the agenda with less and with more of it; by how much more is adopted at least. What can be
# verified moves the whole agenda by less than chance: ideal points allow for their own costs already.
SIGNS = {
    "lower margins": (lambda: (actors(margin=0.1), actors(margin=0.02)), 0.05),
    "isolation": (lambda: (halls(isolation=0.05), halls(isolation=0.2)), 0.05),
    "the end of a term": (
        lambda: (process(deadline_effect=0.2), process(deadline_effect=0.9)), 0.05,
    ),
    "less in force": (lambda: (in_force(0.15, 0.1), in_force(0.0, 0.0)), 0.05),
    "what all can verify": (
        lambda: (process(verifiable_scope=0.15), process(verifiable_scope=0.5)), None,
    ),
    "states' own means": (lambda: (actors(technical_means=0.0), actors(technical_means=0.4)), None),
    "leadership": (lambda: (halls(leadership=0.5), halls(leadership=6.0)), 0.03),
    "informality": (lambda: (halls(informality=0.1), halls(informality=0.9)), 0.02),
    "a universal convener": (lambda: (convened(False), convened(True)), 0.01),
    "a spoiler less": (lambda: (joined_by(0.1, form=0.1), experiment("bellagio")), 0.05),
    "a like-minded state more": (
        lambda: (experiment("bellagio"), joined_by(0.05, form=0.35, scope=0.4)), None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SIGNS)
def test_what_helps_does_not_lower_p_of_adoption_over_the_agenda(name):
    less, more = (adoptions(case) for case in SIGNS[name][0]())
    moved = (more - less).mean(axis=1)
    assert moved.mean() >= -2.0 * moved.std(ddof=1) / math.sqrt(len(moved))
    assert SIGNS[name][1] is None or moved.mean() > SIGNS[name][1]


@pytest.mark.long
def test_a_lower_quota_does_not_lower_p_of_adoption_once_talks_are_on():
    """Of the bodies that decide by consensus; that a vote may keep states from talking, test_signs."""
    begun = schema.Underway(mandate=True)
    case = with_tracks(experiment("bellagio"), lambda t: {"underway": begun})
    bodies = [v.id for v in case.venues.values() if v.decision.rule == "consensus"]

    def ruled(**rule) -> pd.DataFrame:
        decision = {"decision": schema.Procedure(**rule)}
        return adoptions(with_venues(case, lambda v: decision if v.id in bodies else {}))

    shares = [
        *(ruled(rule="qualified_majority", quota=x) for x in ([1, 1], [4, 5], [2, 3], [3, 5])),
        ruled(rule="simple_majority"),
    ]
    for high, low in itertools.pairwise(shares):
        moved = (low - high).mean(axis=1)
        assert moved.mean() >= -2.0 * moved.std(ddof=1) / math.sqrt(len(moved))
    assert shares[-1].mean(axis=None) > shares[0].mean(axis=None) + 0.05


def test_a_later_deadline_of_success_does_not_lower_what_is_timely():
    """The terms of the mandates stay what they are."""
    timely = [
        table(changed(experiment("bellagio"), success=experiment("bellagio").success.model_copy(
            update={"deadline_years": years}
        )), 60, strategies=tried())["timely"]
        for years in (3.0, 5.0, 10.0)
    ]  # fmt: skip
    assert all((low <= high).all() for low, high in itertools.pairwise(timely))
    assert timely[0].mean() < timely[-1].mean() - 0.1


def test_thirty_states_without_a_stake_hardly_change_what_bodies_adopt():
    case = process(chair_error=0.0)
    moved = adoptions(with_onlookers(case, 30), 100) - adoptions(case, 100)
    assert abs(moved.mean(axis=None)) <= 0.06


def test_a_chair_who_moves_does_not_do_worse_than_one_who_hardly_does():
    """In the mean by far; in no venue by more than 0.02, within two standard errors."""
    idle, active = (adoptions(process(chair_error=0.0, chair_step=x)) for x in (0.01, 0.5))
    moved = active - idle
    assert moved.mean(axis=None) > 0.02
    error = moved.std(ddof=1) / math.sqrt(len(moved))
    assert (moved.mean() >= -0.02 - 2.0 * error).all()


def test_a_state_in_two_halves_changes_next_to_nothing_without_noise():
    case = settled(experiment("bellagio"))
    whole = adoptions(case, 1)
    for who in sorted(case.actors):
        assert (adoptions(in_two_halves(case, who), 1) != whole).to_numpy().sum() <= 1, who
    assert 0.2 < whole.mean(axis=None) < 1.0
