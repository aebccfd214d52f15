"""The random numbers: Philox word by word, distributions against known moments, keys never shared.

Statistics are judged within four standard errors of a value known in closed form, at fixed seeds.
"""

from __future__ import annotations

import hashlib
import math
import operator
from collections import Counter

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import special, stats

from helpers.engines import same, table, with_venues
from helpers.generic import seeded_setting
from helpers.records import cast, keyed, plain_world, same_world, small, world_of
from helpers.settings import actor, figure, venue
from negotiation_sim.engine.agents import NegotiationModel
from negotiation_sim.engine.plain import PlainWorld
from negotiation_sim.engine.scenario import compile_setting
from negotiation_sim.model import compiling, draws, moods
from negotiation_sim.model.compiling import compiled
from negotiation_sim.model.moods import extend_moods, note_figures
from negotiation_sim.model.numbers import triangular, waiting_months
from negotiation_sim.model.opening import draw_belief, draw_chance

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


@pytest.fixture
def whole_numbers(monkeypatch):
    """Draws in plain Python's whole numbers, though compiled ones may be at hand."""
    monkeypatch.setattr(compiling, "_AT_HAND", False)


def in_words(*numbers):
    """Return numbers as compiled code takes them: what does not fit 63 bits is unsigned."""
    return [np.uint64(number) for number in numbers]


@given(word, word, word, st.integers(1, 19), st.integers(0, 5000))
def test_plain_python_gives_the_words_of_compiled_code(seed, world, code, purpose, index):
    """Whether it is given plain whole numbers or NumPy's, which wrap around."""
    words = [int(w) for w in compiled(draws.block)(*in_words(seed, world, code), purpose, index)]
    plain = draws.block.__wrapped__
    assert list(plain(seed, world, code, purpose, index)) == words
    assert [int(w) for w in plain(*in_words(seed, world, code), purpose, index)] == words


@given(word, word, word, st.integers(1, 19), st.integers(0, 1200), st.integers(0, 63))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_plain_draws_are_the_compiled_ones_to_the_last_bit(
    whole_numbers, seed, world, code, purpose, month, place
):
    keys = in_words(seed, world, code)
    u = draws.uniform(seed, world, code, purpose, month)
    assert u == compiled(draws.uniform)(*keys, purpose, month)
    assert draws.uniform(*keys, purpose, month) == u
    of_place = draws.uniform_of(seed, world, code, purpose, month, place)
    assert of_place == compiled(draws.uniform_of)(*keys, purpose, month, place)
    assert draws.normal(u) == compiled(draws.normal)(u)


@given(st.lists(st.tuples(word, st.floats(0.0, 5.0)), max_size=8), word, st.integers(0, 500))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_plain_race_has_the_compiled_winner(whole_numbers, racers, world, month):
    codes, weights = np.array([c for c, _ in racers], np.uint64), np.array([w for _, w in racers])
    winner = compiled(draws.race)(SEED, np.uint64(world), codes, weights, 9, month)
    assert draws.race(int(SEED), world, codes.tolist(), weights.tolist(), 9, month) == winner


@pytest.mark.parametrize("part", range(4))
def test_a_plain_world_is_the_compiled_one_to_the_last_bit(whole_numbers, part):
    for number in range(5 * part, 5 * part + 5):
        case = seeded_setting(number)
        given_, world = world_of(case)
        keyed(world, 2**63 - 1 - number, number, 2**40 + number)
        compiled(draw_belief)(given_, world)
        compiled(draw_chance)(given_, world)
        compiled(extend_moods)(given_, world)
        plain = PlainWorld(compile_setting(case), 2**63 - 1 - number, number, 2**40 + number)
        extend_moods(plain.given, plain.world)
        assert world.moods.any() == (case.environment["mood_sd"].value > 0)
        same_world(plain.world, world)


def test_draws_taken_from_compiled_code_are_the_same(whole_numbers, monkeypatch):
    case = seeded_setting(LIVE)
    plain = plain_world(case, 3, 1, 2)
    compiling.prepare()
    monkeypatch.setattr(compiling, "_AT_HAND", True)
    same_world(plain_world(case, 3, 1, 2), plain)


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


def test_words_are_never_used_for_two_things(whole_numbers, monkeypatch):
    """Runs whole replicates in plain Python and notes every word that becomes a number.

    Only four kinds of draw are read again, as meant: the factor of a bloc (by each of its actors),
    what is in force (by each initiative that has no status quo of its own), a treaty's delay (by
    each state) and a state's domestic draw of a month (by each text it has to ratify).
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

    for module in (draws, moods):
        monkeypatch.setattr(module, "block", remember)
        monkeypatch.setattr(module, "unit", unit)
    for number in (4, 6, 10, 21):
        compiled_setting = compile_setting(seeded_setting(number, 4, horizon_years=4.0))
        used.clear()
        NegotiationModel(compiled_setting, 0, 1, 2**33 + number, number).run()
        purposes = {purpose for _, _, purpose, _, _ in used}
        again = {purpose for (_, _, purpose, _, _), times in used.items() if times > 1}
        assert len(purposes) > 6
        assert again <= {
            draws.P_PRIVATE, draws.P_DOMESTIC, draws.P_TREATY_DELAY, draws.P_STATUS_QUO,
        }  # fmt: skip
        of_belief = {purpose for world, _, purpose, _, _ in used if world >= 2**33}
        assert of_belief <= {
            draws.P_IDEAL, draws.P_ACTOR, draws.P_VENUE, draws.P_PRIVATE, draws.P_GROUP,
            draws.P_STATUS_QUO, draws.P_CONVENING, draws.P_MISREADING,
        }  # fmt: skip


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


def bloc_of_two(*loadings: float, **process: float):
    """Return a setting of two actors in one bloc."""
    actors = [
        actor(name, {"scope": 0.5}, blocs={"EAST": figure(loading)} if loading else {})
        for name, loading in zip(("CHN", "IND"), loadings, strict=True)
    ]
    return small(actors, process=process)


def shocks(*loadings: float, n: int = 4000) -> np.ndarray:
    """Return n beliefs' private draws (standard deviation 0.1) of two actors in one bloc."""
    given_, world = world_of(bloc_of_two(*loadings, private_sd=0.1))
    out = np.zeros((n, 2))
    for belief in range(n):
        keyed(world, 7, belief, 0)
        compiled(draw_chance)(given_, world)
        out[belief] = world.actors["private"]
    return out


def test_private_draws_correlate_by_the_product_of_their_loadings():
    x = shocks(0.8, 0.5)
    n = len(x)
    within(x[:, 0].std(), 0.1, 0.1 / math.sqrt(2 * n))
    within(np.corrcoef(x.T)[0, 1], 0.4, (1 - 0.4**2) / math.sqrt(n))
    within(np.corrcoef(shocks(0.8, 0.0).T)[0, 1], 0.0, 1 / math.sqrt(n))


def moods_of(months: int) -> np.ndarray:
    """Return the moods of two actors that load on one bloc by a half."""
    case = bloc_of_two(0.5, 0.5, mood_sd=0.05, mood_persistence=0.8)
    given_, world = world_of(case, months)
    compiled(note_figures)(given_, world)
    while world.filled["moods"][0] < months:
        compiled(extend_moods)(given_, world)
    return world.moods


def test_moods_are_first_order_autoregressive():
    """Standard deviation 0.05 from month 0, autocorrelation 0.8, correlation 0.5 * 0.5."""
    n = 40_000
    x = moods_of(n)
    effective = n * (1 - 0.8**2) / (1 + 0.8**2)
    within(x[:, 0].std(), 0.05, 0.05 / math.sqrt(2 * effective))
    within(np.corrcoef(x[1:, 0], x[:-1, 0])[0, 1], 0.8, math.sqrt((1 - 0.8**2) / n))
    within(np.corrcoef(x.T)[0, 1], 0.25, (1 - 0.25**2) / math.sqrt(effective))


def test_moods_are_a_prefix_however_far_they_are_drawn():
    """A replicate that ends early has drawn the very numbers of one that runs on."""
    np.testing.assert_array_equal(moods_of(180)[:9], moods_of(9))


def test_events_arrive_at_their_rates():
    """Rates of events, deliberate shares and crises over 2,000 worlds of 60 months."""
    n, months = 2000, 60
    actors = [
        actor(name, {"scope": 0.5}, test_propensity=weight, capability=weight)
        for name, weight in zip(("CHN", "IND", "RUS", "USA"), (1.0, 0.0, 2.0, 5.0), strict=True)
    ]
    process = {"event_rate": 0.05, "deliberate_share": 0.4, "crisis_rate": 0.02}
    given_, world = world_of(small(actors, process=process, horizon_years=months / 12))
    drawn = np.zeros((n, months), world.months.dtype)
    for r in range(n):
        keyed(world, 7, 0, r)
        compiled(draw_chance)(given_, world)
        drawn[r] = world.months
    kinds, authors, crises = drawn["event"], drawn["author"], drawn["pressed"]
    thinning = drawn["thinning"]
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
    hall = venue("hall", linkage="blocked", unblock_rate=0.6, block_rate=1.2, leadership=2.0)
    given_, world = world_of(small(cast("AAA"), hall), months)
    compiled(draw_chance)(given_, world)
    out = world.linkage_open[0].astype(np.int64)
    assert out[0] == 0, "month 0 is as the venue's file says"
    p = 1 - math.exp(-1.2 / 12)
    memory = 1 - 2 * p
    error = math.sqrt(0.25 * (1 + memory) / (1 - memory) / months)
    within(out.mean(), 0.5, error)
    opened = (out[1:] > out[:-1]).sum() / (out[:-1] == 0).sum()
    within(opened, p, math.sqrt(p * (1 - p) / (out[:-1] == 0).sum()))


def moods_by(world, given_, month: int) -> list[float]:
    """Return a month's moods, drawing as far as needed."""
    while world.filled[0].moods <= month:
        extend_moods(given_, world)
    return world.moods[month].tolist()


def test_ideal_points_are_the_beliefs_and_moods_the_chances():
    compiled_setting = compile_setting(seeded_setting(LIVE, 5))
    one, again, other = (PlainWorld(compiled_setting, 3, 1, chance) for chance in (2, 2, 9))
    for world in (one, again, other):
        moods_by(world.world, world.given, 30)
    same_world(one.world, again.world)
    np.testing.assert_array_equal(other.world.places.value, one.world.places.value)
    assert not (other.world.moods[3] == one.world.moods[3]).any()
    assert other.world.months.thinning.tolist() != one.world.months.thinning.tolist()


# The bystander


def idle(setting, name: str):
    """Return the setting with one actor more: without ties or influence, and never content."""
    actor = setting.actors[min(setting.actors)]
    bystander = actor.model_copy(update={
        "id": name, "name": name, "blocs": {}, "turnover_dates": [], "capability": figure(0.0),
        "test_propensity": figure(0.0), "margin": figure(1.0),
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
    few = PlainWorld(compile_setting(setting), 1, 2, 3)
    many = PlainWorld(compile_setting(idle(setting, "BBB")), 1, 2, 3)
    at = sorted([*setting.actors, "BBB"]).index("BBB")
    longer, shorter = many.world, few.world
    for name in ("figures", "places.value", "actors.private"):
        read = operator.attrgetter(name)
        np.testing.assert_array_equal(np.delete(read(longer), at, 0), read(shorter), name)
    found = moods_by(longer, many.given, 17)
    del found[at]
    assert found == moods_by(shorter, few.given, 17)
    for name in ("event", "thinning", "crisis"):
        np.testing.assert_array_equal(getattr(longer.months, name), getattr(shorter.months, name))
