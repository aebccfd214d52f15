"""The random numbers: Philox word by word, distributions against known moments, keys never shared.

Statistics are judged within four standard errors of a value known in closed form, at fixed seeds.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from negotiation_sim.model.environment import triangular, waiting_months
from scipy import special, stats

from helpers.engines import same, table, with_venues
from helpers.generic import seeded_setting
from helpers.settings import figure
from negotiation_sim.engine.agents import NegotiationModel
from negotiation_sim.engine.scenario import compile_setting
from negotiation_sim.model import draws
from negotiation_sim.model.compiling import compiled

N = 200_000
LIVE = 6  # a setting with ranges, moods and private draws
word = st.integers(0, 2**64 - 1)
SEED, WORLD = np.uint64(7), np.uint64(3)


def uniforms(n: int = N, purpose: int = 6, name: str = "USA") -> np.ndarray:
    """Return the first n draws of a monthly series."""
    draw, code = compiled(draws.uniform), draws.code_of(name)
    return np.array([draw(SEED, WORLD, code, purpose, t) for t in range(n)])


def within(found: float, expected: float, standard_error: float) -> None:
    assert abs(found - expected) < 4 * standard_error, (found, expected, standard_error)


def numpys_words(counter: int, key: tuple[int, int]) -> list[int]:
    """Return NumPy's block for a counter; its generator steps first, so it gets the one before."""
    before = (counter - 1) % 2**256
    words = np.array([(before >> (64 * i)) % 2**64 for i in range(4)], np.uint64)
    generator = np.random.Philox(counter=words, key=np.array(key, np.uint64))
    return generator.random_raw(4).tolist()


# Philox


@given(st.tuples(word, word, word, word), st.tuples(word, word))
def test_philox_is_numpys_word_by_word(counter, key):
    numpys = numpys_words(sum(c << (64 * i) for i, c in enumerate(counter)), key)
    ours = compiled(draws.philox)(*map(np.uint64, (*counter, *key)))
    assert [int(w) for w in ours] == numpys


def test_philox_gives_the_published_words():
    """Known answers of Random123 for zero and for all bits set (Salmon et al. 2011)."""
    for fill, words in (
        (0, (0x16554D9ECA36314C, 0xDB20FE9D672D0FDC, 0xD7E772CEE186176B, 0x7E68B68AEC7BA23B)),
        (2**64 - 1,
         (0x87B092C3013FE90B, 0x438C3C67BE8D0224, 0x9CC7D7C69CD777B6, 0xA09CAEBF594F0BA0)),
    ):  # fmt: skip
        assert tuple(map(int, compiled(draws.philox)(*[np.uint64(fill)] * 6))) == words


@given(word, word, word, st.integers(1, 19), st.integers(0, 5000))
def test_a_block_is_keyed_by_seed_and_world(seed, world, code, purpose, index):
    """A key of (seed, replicate) and a counter of (code, purpose, index, 0), in this order."""
    numpys = numpys_words(code | purpose << 64 | index << 128, (seed, world))
    ours = compiled(draws.block)(*map(np.uint64, (seed, world, code)), purpose, index)
    assert [int(w) for w in ours] == numpys


@given(word)
def test_plain_python_gives_the_words_of_compiled_code(code):
    arguments = (SEED, WORLD, np.uint64(code), 5, 9)
    with np.errstate(over="ignore"):
        plain = draws.block(*arguments)
    assert tuple(map(int, plain)) == tuple(map(int, compiled(draws.block)(*arguments)))


@given(word)
def test_a_unit_draw_is_strictly_inside_and_takes_52_bits(w):
    u = compiled(draws.unit)(np.uint64(w))
    assert 0.0 < u < 1.0
    assert u == draws.unit(np.uint64(w)) == ((w >> 12) + 0.5) * 2.0**-52


def test_the_ends_of_the_unit_interval():
    assert draws.unit(np.uint64(0)) == 2.0**-53
    assert draws.unit(np.uint64(2**64 - 1)) == 1.0 - 2.0**-53


# Keys


def test_codes_are_blake2b_of_the_name():
    digest = hashlib.blake2b(b"USA", digest_size=8).digest()
    assert int(draws.code_of("USA")) == int.from_bytes(digest, "little")


def test_no_two_names_of_a_catalogue_share_a_code():
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    names = [a + b + c for a in letters for b in letters for c in letters]
    names += [f"{kind}:{n}" for kind in ("venue", "bloc", "initiative") for n in names[:500]]
    assert len({int(draws.code_of(n)) for n in [*names, "environment"]}) == len(names) + 1


def test_purposes_are_told_apart_and_named_once():
    numbers = {name: value for name, value in vars(draws).items() if name.startswith("P_")}
    assert sorted(numbers.values()) == sorted(set(numbers.values())) == list(draws.Purpose)


class Word(int):
    """A word of a block that remembers where it stands."""

    place: tuple


def test_words_are_never_used_for_two_things(monkeypatch):
    """Runs whole replicates in plain Python and notes every word that becomes a number.

    Only two kinds of draw are read again, as meant: the factor of a bloc (by each of its actors)
    and a state's domestic draw of a month (by each text it has to ratify).
    """
    used: Counter = Counter()
    block = draws.block

    def remember(seed, world, code, purpose, index):
        counter = (int(world), int(code), int(purpose), int(index))
        words = [Word(w) for w in block(seed, world, code, purpose, index)]
        for place, w in enumerate(words):
            w.place = (*counter, place)
        return words

    def unit(w):
        used[w.place] += 1
        return ((w >> 12) + 0.5) * 2.0**-52

    monkeypatch.setattr(draws, "block", remember)
    monkeypatch.setattr(draws, "unit", unit)
    monkeypatch.setattr(draws, "compiled", lambda function: function)
    with np.errstate(over="ignore"):
        for number in (4, 6, 10, 21):
            compiled_setting = compile_setting(seeded_setting(number, 4, horizon_years=4.0))
            used.clear()
            NegotiationModel(compiled_setting, 0, 1, 2**33 + number, number).run()
            purposes = {purpose for _, _, purpose, _, _ in used}
            again = {purpose for (_, _, purpose, _, _), times in used.items() if times > 1}
            assert len(purposes) > 6
            assert again <= {draws.P_PRIVATE, draws.P_DOMESTIC}
            of_belief = {purpose for world, _, purpose, _, _ in used if world >= 2**33}
            assert of_belief <= {draws.P_IDEAL, draws.P_ACTOR, draws.P_VENUE, draws.P_PRIVATE}


# Distributions


def test_uniform_moments():
    u = uniforms()
    within(u.mean(), 0.5, math.sqrt(1 / 12 / N))
    within(u.var(), 1 / 12, math.sqrt((1 / 80 - 1 / 144) / N))
    within(np.corrcoef(u[1:], u[:-1])[0, 1], 0.0, 1 / math.sqrt(N))
    counts = np.bincount((u * 64).astype(int), minlength=64)
    assert 0.0001 < stats.chisquare(counts).pvalue < 0.9999


@pytest.mark.parametrize("other", [{"purpose": 7}, {"name": "RUS"}])
def test_series_of_other_purposes_and_actors_are_independent(other):
    n = 20_000
    within(np.corrcoef(uniforms(n), uniforms(n, **other))[0, 1], 0.0, 1 / math.sqrt(n))


def test_neighbouring_worlds_and_seeds_are_independent():
    n = 20_000
    draw, code = compiled(draws.uniform), draws.code_of("USA")
    by_world = np.array([draw(SEED, np.uint64(r), code, 6, 0) for r in range(n)])
    by_seed = np.array([draw(np.uint64(s), WORLD, code, 6, 0) for s in range(n)])
    for u in (by_world, by_seed):
        within(u.mean(), 0.5, math.sqrt(1 / 12 / n))
        within(np.corrcoef(u[1:], u[:-1])[0, 1], 0.0, 1 / math.sqrt(n))


def test_normal_quantile_is_scipys():
    """AS241 promises about one part in 10^16; both are rounded."""
    u = np.concatenate([
        np.linspace(0.0005, 0.9995, 1999), np.logspace(-15.9, -3, 500),
        1 - np.logspace(-15, -3, 500),
        [2.0**-53, 1 - 2.0**-53, 0.075, 0.925, 0.5],
    ])  # fmt: skip
    quantile = compiled(draws.normal)
    ours = np.array([quantile(x) for x in u])
    np.testing.assert_allclose(ours, special.ndtri(u), rtol=4e-15, atol=4e-16)
    assert [draws.normal(float(x)) for x in u] == ours.tolist()
    assert quantile(0.5) == 0.0


def test_normal_moments():
    quantile = compiled(draws.normal)
    z = np.array([quantile(u) for u in uniforms()])
    for power, moment, variance in ((1, 0, 1), (2, 1, 2), (3, 0, 15), (4, 3, 96)):
        within((z**power).mean(), moment, math.sqrt(variance / N))
    assert stats.kstest(z, "norm").pvalue > 0.0001


def test_log_normal_delays():
    """The mean of exp(sigma z) is exp(sigma^2 / 2), its median 1."""
    sigma, quantile = 0.6, compiled(draws.normal)
    x = np.exp(sigma * np.array([quantile(u) for u in uniforms(purpose=17)]))
    s2 = sigma * sigma
    within(x.mean(), math.exp(s2 / 2), math.sqrt((math.exp(s2) - 1) * math.exp(s2) / N))
    within((x < 1).mean(), 0.5, math.sqrt(0.25 / N))


def test_waiting_is_geometric():
    """A hazard of h a year strikes each month with p = 1 - exp(-h / 12)."""
    rate = 0.9
    p = 1 - math.exp(-rate / 12)
    wait = np.array([waiting_months(float(u), rate) for u in uniforms(purpose=14)])
    within(wait.mean(), 1 / p, math.sqrt((1 - p) / p**2 / N))
    for month in (1, 5, 30):
        mass = p * (1 - p) ** (month - 1)
        within((wait == month).mean(), mass, math.sqrt(mass * (1 - mass) / N))


@pytest.mark.parametrize("corners", [(0.1, 0.2, 0.4), (0.0, 0.0, 1.0), (-1.0, 2.0, 2.0)])
def test_triangular_moments(corners):
    a, c, b = corners
    x = np.array([triangular(float(u), a, c, b) for u in uniforms(purpose=1)])
    variance = (a * a + b * b + c * c - a * b - a * c - b * c) / 18
    within(x.mean(), (a + b + c) / 3, math.sqrt(variance / N))
    fourth = stats.triang((c - a) / (b - a), a, b - a).stats("k") + 3
    within(x.var(), variance, variance * math.sqrt((fourth - 1) / N))


RACERS = np.array([draws.code_of(n) for n in ("CHN", "IND", "RUS", "USA")])


def races(codes: np.ndarray, weights: np.ndarray, n: int) -> np.ndarray:
    """Return who wins in each of n months."""
    run = compiled(draws.race)
    return np.array([run(SEED, WORLD, codes, weights, 9, t) for t in range(n)])


def test_a_race_is_won_in_proportion_to_weight():
    n, weights = 50_000, np.array([1.0, 0.0, 2.0, 5.0])
    wins = np.bincount(races(RACERS, weights, n), minlength=4) / n
    for share, p in zip(wins, weights / weights.sum(), strict=True):
        within(share, p, math.sqrt(p * (1 - p) / n) + 1e-12)


def test_a_race_without_weights_has_no_winner():
    assert races(RACERS, np.zeros(4), 3).tolist() == [-1, -1, -1]
    assert races(RACERS[:0], np.zeros(0), 1).tolist() == [-1]


def test_a_slower_racer_more_takes_wins_but_swaps_none():
    """Whoever joins may win a race; no race it does not win changes hands."""
    three = races(np.delete(RACERS, 1), np.array([1.0, 2.0, 5.0]), 5000)
    four = races(RACERS, np.array([1.0, 0.5, 2.0, 5.0]), 5000)
    kept = four != 1
    assert kept.mean() < 1
    np.testing.assert_array_equal(np.array([0, 2, 3])[three][kept], four[kept])


# Tables of draws


def shocks(loadings: list[list[float]], n: int = 4000) -> np.ndarray:
    """Return n beliefs' private draws (standard deviation 0.1) of two actors in one bloc."""
    codes, bloc = RACERS[:2], np.array([draws.code_of("bloc:EAST")])
    table_ = np.array(loadings)
    rest = np.sqrt(1 - (table_**2).sum(axis=1))
    out = np.zeros((n, 2))
    draw = compiled(draws.draw_private)
    for belief in range(n):
        draw(SEED, np.uint64(belief), codes, table_, rest, bloc, 0.1, out[belief])
    return out


def test_private_draws_correlate_by_the_product_of_their_loadings():
    x = shocks([[0.8], [0.5]])
    n = len(x)
    within(x[:, 0].std(), 0.1, 0.1 / math.sqrt(2 * n))
    within(np.corrcoef(x.T)[0, 1], 0.4, (1 - 0.4**2) / math.sqrt(n))
    within(np.corrcoef(shocks([[0.8], [0.0]]).T)[0, 1], 0.0, 1 / math.sqrt(n))


def moods(months: int, n_actors: int = 2, loading: float = 0.5) -> np.ndarray:
    codes = RACERS[:n_actors]
    loadings = np.full((n_actors, 1), loading)
    out = np.zeros((months, n_actors))
    filled, factors = 0, np.zeros((1, 4))
    while filled < months:
        filled = compiled(draws.extend_moods)(
            SEED, WORLD, codes, loadings, np.sqrt(1 - loadings[:, 0] ** 2),
            np.array([draws.code_of("bloc:EAST")]), 0.8, 0.05, out, filled, factors,
        )  # fmt: skip
    return out


def test_moods_are_first_order_autoregressive():
    """Standard deviation 0.05 from month 0, autocorrelation 0.8, correlation 0.5 * 0.5."""
    n = 40_000
    x = moods(n)
    effective = n * (1 - 0.8**2) / (1 + 0.8**2)
    within(x[:, 0].std(), 0.05, 0.05 / math.sqrt(2 * effective))
    within(np.corrcoef(x[1:, 0], x[:-1, 0])[0, 1], 0.8, math.sqrt((1 - 0.8**2) / n))
    within(np.corrcoef(x.T)[0, 1], 0.25, (1 - 0.25**2) / math.sqrt(effective))


def test_moods_are_a_prefix_however_far_they_are_drawn():
    """A replicate that ends early has drawn the very numbers of one that runs on."""
    np.testing.assert_array_equal(moods(180)[:9], moods(9))


def test_events_arrive_at_their_rates():
    """Rates of events, deliberate shares and crises over 2,000 worlds of 60 months."""
    n, months = 2000, 60
    kinds, authors, crises = (np.zeros((n, months), np.int64) for _ in range(3))
    thinning, crisis_draws = np.zeros((n, months)), np.zeros((n, months))
    weights = np.array([1.0, 0.0, 2.0, 5.0])
    for r in range(n):
        compiled(draws.draw_events)(
            SEED, np.uint64(r), draws.code_of("environment"), RACERS, weights, weights / 8,
            0.05, 0.4, 0.02, months, kinds[r], authors[r], thinning[r], crises[r], crisis_draws[r],
        )  # fmt: skip
    total = n * months
    for found, p in (((kinds > 0).mean(), 0.05), ((crises >= 0).mean(), 0.02)):
        within(found, p, math.sqrt(p * (1 - p) / total))
    events = (kinds > 0).sum()
    within((kinds == 2).sum() / events, 0.4, math.sqrt(0.24 / events))
    within((authors[kinds > 0] == 3).mean(), 5 / 8, math.sqrt(15 / 64 / events))
    deliberate = thinning[kinds == 2]
    within(deliberate.mean(), 0.5, math.sqrt(1 / 12 / len(deliberate)))


def test_linkage_spends_its_time_as_its_rates_say():
    """The chain's stationary share open is p_unblock / (p_unblock + p_block)."""
    months = 200_000
    out = np.zeros(months, np.int64)
    compiled(draws.draw_linkage)(
        SEED, WORLD, draws.code_of("venue:CD"), 0, 0.6, 1.2, 2.0, months, out
    )  # fmt: skip
    assert out[0] == 0, "month 0 is as the venue's file says"
    p = 1 - math.exp(-1.2 / 12)
    memory = 1 - 2 * p
    error = math.sqrt(0.25 * (1 + memory) / (1 - memory) / months)
    within(out.mean(), 0.5, error)
    opened = (out[1:] > out[:-1]).sum() / (out[:-1] == 0).sum()
    within(opened, p, math.sqrt(p * (1 - p) / (out[:-1] == 0).sum()))


def test_a_world_holds_the_same_numbers_as_the_compiled_loop():
    """The Mesa model's lists are copies of what the kernel draws into its arrays."""
    compiled_setting = compile_setting(seeded_setting(LIVE, 5))
    world = draws.World(compiled_setting.arrays, 3, 1, 2)
    again = draws.World(compiled_setting.arrays, 3, 1, 2)
    assert [world.mood(t) for t in (30, 2, 7)] == [again.mood(t) for t in (30, 2, 7)]
    assert world.ideal == again.ideal and world.kinds == again.kinds
    other = draws.World(compiled_setting.arrays, 3, 1, 9)
    assert other.ideal == world.ideal, "ideal points are the belief's"
    assert other.mood(3) != world.mood(3), "moods are the chance's"


# The bystander


def idle(setting, name: str):
    """Return the setting with one actor more: without ties or influence, and never content."""
    actor = setting.actors[min(setting.actors)]
    bystander = actor.model_copy(update={
        "id": name, "name": name, "blocs": {}, "turnover_dates": [], "capability": figure(0.0),
        "test_propensity": figure(0.0), "reservation_value": figure(1.0),
        "debris_concern": figure(0.0), "ideal_point": {k: figure(0.0) for k in actor.ideal_point},
    })  # fmt: skip
    return setting.model_copy(update={"actors": setting.actors | {name: bystander}})


def seated(setting):
    """Return the setting with the members of open venues written out, so that nobody may join."""
    everybody = {"members": sorted(setting.actors)}
    return with_venues(setting, lambda v: everybody if v.members == "open" else {})


@pytest.mark.parametrize("name", ["AAA", "ZZZ"])
def test_a_bystander_changes_nobodys_result(name):
    """First or last in the order, an idle state leaves every other column as it was."""
    named = 0
    for number in range(60):
        setting = seated(seeded_setting(number))
        before, after = table(setting, 4, number), table(idle(setting, name), 4, number)
        with_name = after["blockers"].str.contains(name)  # absent from a text in force
        assert set(after.loc[with_name, "cause"]) <= {"participation"}
        after["blockers"] = [
            " ".join(w for w in words.split() if not w.startswith(name))
            for words in after["blockers"]
        ]
        named += with_name.sum()
        same(before, after)
    assert named > 0, "the bystander was there"


def test_a_bystander_changes_nobodys_draws():
    setting = seeded_setting(LIVE, 6)
    few = draws.World(compile_setting(setting).arrays, 1, 2, 3)
    many = draws.World(compile_setting(idle(setting, "BBB")).arrays, 1, 2, 3)
    at = sorted([*setting.actors, "BBB"]).index("BBB")
    for name in ("ideal", "actor_figures", "private"):
        longer = list(getattr(many, name))
        del longer[at]
        assert longer == list(getattr(few, name)), name
    longer = many.mood(17)
    del longer[at]
    assert longer == few.mood(17)
    assert (many.kinds, many.thinning, many.crisis_draws) == (
        few.kinds, few.thinning, few.crisis_draws,
    )  # fmt: skip
