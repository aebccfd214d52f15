"""What an analyst would try first on the real catalogue, always over the same worlds."""

from __future__ import annotations

import itertools
import math
from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from helpers.engines import in_worlds, same, table, with_actors, with_venues
from helpers.settings import figure
from negotiation_sim import catalogue
from negotiation_sim.analysis.intervals import wilson
from negotiation_sim.catalogue import schema
from negotiation_sim.engine.scenario import compile_setting

N = 2000


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
    opt_in, inclusive = (run(setting, f"code@adhoc-{x}", 3000) for x in ("optin", "inclusive"))
    a, b = (rows[rows["adoption_month"].notna()] for rows in (opt_in, inclusive))
    assert len(a) > len(b) > 50
    assert a["adoption_month"].mean() < b["adoption_month"].mean() - 24
    assert a["participation"].mean() < b["participation"].mean()
    both = a.index.intersection(b.index)
    assert (a.loc[both, "adoption_month"] < b.loc[both, "adoption_month"]).mean() > 0.95
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
    """200 runs of 60 worlds: the sum of squares is chi-square with 199 degrees of freedom."""
    setting, n, seeds = compile_setting(experiment("bellagio")), 60, 200
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


def test_shared_moods_make_a_large_consensus_likelier():
    """Independent vetoes of 69 states would block nearly everything; those of blocs block less."""
    together = experiment("copuos-69")
    apart = with_actors(together, lambda a: {"blocs": {}})
    for strategy in ("open@COPUOS", "code@paris-group"):
        more, less = (
            run(setting, strategy, 400)["mandate_month"].notna() for setting in (together, apart)
        )
        error = math.sqrt((more.astype(float) - less.astype(float)).var() / 400)
        assert more.mean() - less.mean() > 2 * error
