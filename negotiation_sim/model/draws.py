"""Every random number of a replicate: counter-based, so that each can be computed alone.

A draw is a function of the seed, the belief or chance, the code of whom it concerns, its purpose
and the month, and of nothing else: Philox 4x64-10 (Salmon, Moraes, Dror and Shaw 2011) with key
(seed, belief or chance) and counter (code, purpose, index, 0). One block gives four words; series
use a block for four months. Both engines call the compiled functions of this module.
"""

from __future__ import annotations

import hashlib
import math
from enum import IntEnum

import numpy as np

from negotiation_sim.model.compiling import compiled, multiply_high, rule
from negotiation_sim.model.environment import mood_next, triangular
from negotiation_sim.model.mandate import linkage_next
from negotiation_sim.model.terms import ENVIRONMENT_PARAMETERS, VENUE_PARAMETERS

_M0, _M1 = np.uint64(0xD2E7470EE14C6C93), np.uint64(0xCA5A826395121157)
_W0, _W1 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBB67AE8584CAA73B)
_ZERO, _TWELVE = np.uint64(0), np.uint64(12)
_STEP = 2.0**-52


class Purpose(IntEnum):
    """What a draw is for; part of its counter, so the numbers must never be reused."""

    IDEAL = 1
    ACTOR_FIGURE = 2
    VENUE_FIGURE = 3
    ENVIRONMENT_FIGURE = 4
    PRIVATE = 5
    MOOD = 6
    EVENT = 7
    EVENT_KIND = 8
    EVENT_AUTHOR = 9
    CRISIS = 10
    CRISIS_KIND = 11
    CRISIS_AUTHOR = 12
    LINKAGE = 13
    TURNOVER = 14
    SHIFT = 15
    WITHDRAWAL = 16
    RATIFICATION = 17
    DOMESTIC = 18
    ACCESSION = 19


P_IDEAL, P_ACTOR, P_VENUE, P_ENVIRONMENT = 1, 2, 3, 4
P_PRIVATE, P_MOOD, P_EVENT, P_EVENT_KIND, P_EVENT_AUTHOR = 5, 6, 7, 8, 9
P_CRISIS, P_CRISIS_KIND, P_CRISIS_AUTHOR, P_LINKAGE = 10, 11, 12, 13
P_TURNOVER, P_SHIFT, P_WITHDRAWAL, P_RATIFICATION, P_DOMESTIC, P_ACCESSION = 14, 15, 16, 17, 18, 19


def code_of(name: str) -> np.uint64:
    """Return the 64-bit code of a name (an actor's, a bloc's, ``environment``): BLAKE2b, 8 bytes.

    Examples
    --------
    >>> int(code_of("USA")) == int(code_of("USA")) != int(code_of("RUS"))
    True
    """
    digest = hashlib.blake2b(name.encode("utf-8"), digest_size=8).digest()
    return np.uint64(int.from_bytes(digest, "little"))


@rule
def philox(c0, c1, c2, c3, k0, k1):
    """Return the four words of Philox 4x64-10 for a counter and a key, all unsigned 64-bit."""
    for turn in range(10):
        if turn > 0:
            k0 = k0 + _W0
            k1 = k1 + _W1
        high0 = multiply_high(_M0, c0)
        low0 = _M0 * c0
        high1 = multiply_high(_M1, c2)
        low1 = _M1 * c2
        c0, c1, c2, c3 = high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0
    return c0, c1, c2, c3


@rule
def block(seed, replicate, code, purpose, index):
    """Return four words for (seed, replicate, code, purpose, index); codes and seeds unsigned."""
    return philox(code, np.uint64(purpose), np.uint64(index), _ZERO, seed, replicate)


@rule
def unit(word):
    """Return ``((word >> 12) + 0.5) * 2**-52``, strictly between 0 and 1."""
    return (np.float64(word >> _TWELVE) + 0.5) * _STEP


@rule
def normal(u):
    """Return the standard normal quantile of ``u`` in (0, 1) (Wichura 1988, AS 241, PPND16)."""
    q = u - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        top = (((((((2.5090809287301226727e3 * r + 3.3430575583588128105e4) * r
            + 6.7265770927008700853e4) * r + 4.5921953931549871457e4) * r
            + 1.3731693765509461125e4) * r + 1.9715909503065514427e3) * r
            + 1.3314166789178437745e2) * r + 3.3871328727963666080e0)  # fmt: skip
        low = (((((((5.2264952788528545610e3 * r + 2.8729085735721942674e4) * r
            + 3.9307895800092710610e4) * r + 2.1213794301586595867e4) * r
            + 5.3941960214247511077e3) * r + 6.8718700749205790830e2) * r
            + 4.2313330701600911252e1) * r + 1.0)  # fmt: skip
        return q * top / low
    tail = u
    if q > 0.0:
        tail = 1.0 - u
    r = math.sqrt(-math.log(tail))
    if r <= 5.0:
        r -= 1.6
        top = (((((((7.74545014278341407640e-4 * r + 2.27238449892691845833e-2) * r
            + 2.41780725177450611770e-1) * r + 1.27045825245236838258e0) * r
            + 3.64784832476320460504e0) * r + 5.76949722146069140550e0) * r
            + 4.63033784615654529590e0) * r + 1.42343711074968357734e0)  # fmt: skip
        low = (((((((1.05075007164441684324e-9 * r + 5.47593808499534494600e-4) * r
            + 1.51986665636164571966e-2) * r + 1.48103976427480074590e-1) * r
            + 6.89767334985100004550e-1) * r + 1.67638483018380384940e0) * r
            + 2.05319162663775882187e0) * r + 1.0)  # fmt: skip
    else:
        r -= 5.0
        top = (((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r
            + 1.24266094738807843860e-3) * r + 2.65321895265761230930e-2) * r
            + 2.96560571828504891230e-1) * r + 1.78482653991729133580e0) * r
            + 5.46378491116411436990e0) * r + 6.65790464350110377720e0)  # fmt: skip
        low = (((((((2.04426310338993978564e-15 * r + 1.42151175831644588870e-7) * r
            + 1.84631831751005468180e-5) * r + 7.86869131145613259100e-4) * r
            + 1.48753612908506148525e-2) * r + 1.36929880922735805310e-1) * r
            + 5.99832206555887937690e-1) * r + 1.0)  # fmt: skip
    value = top / low
    if q < 0.0:
        return -value
    return value


@rule
def word_of(words, place):
    """Return one of a block's four words."""
    if place == 0:
        return words[0]
    if place == 1:
        return words[1]
    if place == 2:
        return words[2]
    return words[3]


@rule
def uniform(seed, replicate, code, purpose, month):
    """Return this month's uniform draw of a series; four months share a block."""
    return unit(word_of(block(seed, replicate, code, purpose, month >> 2), month & 3))


@rule
def uniform_of(seed, replicate, code, purpose, month, place):
    """Return the draw at ``place`` (an issue, a figure) of a vector made in one month."""
    index = month * 16 + (place >> 2)
    return unit(word_of(block(seed, replicate, code, purpose, index), place & 3))


@rule
def race(seed, replicate, codes, weights, purpose, month):
    """Return the index drawn with probability proportional to weight, -1 where all are 0.

    Each actor runs with an exponential time of its own rate, keyed by its own code, so an actor
    more or less changes nobody else's time.
    """
    winner = -1
    best = math.inf
    for i in range(len(codes)):
        if weights[i] > 0.0:
            u = uniform(seed, replicate, codes[i], purpose, month)
            time = -math.log(u) / weights[i]
            if time < best:
                best = time
                winner = i
    return winner


@rule
def draw_figures(seed, belief, codes, purpose, low, mode, high, out):
    """Draw every ranged figure of a table (rows by code, columns by figure) into ``out``."""
    for i in range(out.shape[0]):
        for p in range(out.shape[1]):
            if low[i, p] < high[i, p]:
                u = uniform_of(seed, belief, codes[i], purpose, 0, p)
                out[i, p] = triangular(u, low[i, p], mode[i, p], high[i, p])
            else:
                out[i, p] = mode[i, p]


@rule
def draw_private(seed, belief, codes, loadings, rest, bloc_codes, sd, out):
    """Draw ``private_i``: normal, standard deviation ``sd``, correlated within blocs."""
    for i in range(len(codes)):
        shock = rest[i] * normal(uniform(seed, belief, codes[i], P_PRIVATE, 0))
        for b in range(len(bloc_codes)):
            if loadings[i, b] != 0.0:
                shock += loadings[i, b] * normal(uniform(seed, belief, bloc_codes[b], P_PRIVATE, 0))
        out[i] = sd * shock


@rule
def extend_moods(
    seed, chance, codes, loadings, rest, bloc_codes, persistence, sd, moods, filled, factors
):
    """Extend the table of moods (months by actors) by four months; return months now filled.

    ``factors`` is scratch of shape (blocs, 4). Month 0 is drawn from the stationary distribution.
    """
    index = filled >> 2
    months = min(4, moods.shape[0] - filled)
    for b in range(len(bloc_codes)):
        words = block(seed, chance, bloc_codes[b], P_MOOD, index)
        factors[b, 0] = normal(unit(words[0]))
        factors[b, 1] = normal(unit(words[1]))
        factors[b, 2] = normal(unit(words[2]))
        factors[b, 3] = normal(unit(words[3]))
    for i in range(len(codes)):
        words = block(seed, chance, codes[i], P_MOOD, index)
        for m in range(months):
            shock = rest[i] * normal(unit(word_of(words, m)))
            for b in range(len(bloc_codes)):
                if loadings[i, b] != 0.0:
                    shock += loadings[i, b] * factors[b, m]
            if filled + m == 0:
                moods[0, i] = sd * shock
            else:
                moods[filled + m, i] = mood_next(moods[filled + m - 1, i], shock, persistence, sd)
    return filled + months


@rule
def draw_events(
    seed, chance, environment_code, codes, propensity, capability, event_rate, deliberate_share,
    crisis_rate, months, kinds, authors, thinning, crises, crisis_draws,
):  # fmt: skip
    """Draw the events and crises that a world holds before anybody is bound by anything (M11).

    ``kinds``: 0 none, 1 accident, 2 deliberate test; ``authors``: index or -1; ``thinning``: the
    draw compared with what its author is bound by; ``crises``: the actor under pressure or -1;
    ``crisis_draws``: the draw compared with the chance of a breach. Rates are per month.
    """
    for t in range(months):
        kinds[t] = 0
        authors[t] = -1
        crises[t] = -1
        if uniform(seed, chance, environment_code, P_EVENT, t) < event_rate:
            kinds[t] = 1
            authors[t] = race(seed, chance, codes, propensity, P_EVENT_AUTHOR, t)
            kind = uniform_of(seed, chance, environment_code, P_EVENT_KIND, t, 0)
            if kind < deliberate_share and authors[t] >= 0:
                kinds[t] = 2
                thinning[t] = uniform_of(seed, chance, environment_code, P_EVENT_KIND, t, 1)
        if uniform(seed, chance, environment_code, P_CRISIS, t) < crisis_rate:
            crises[t] = race(seed, chance, codes, capability, P_CRISIS_AUTHOR, t)
            crisis_draws[t] = uniform(seed, chance, environment_code, P_CRISIS_KIND, t)


@rule
def draw_linkage(
    seed, chance, venue_code, starts, unblock_rate, block_rate, leadership, months, out
):
    """Fill ``out[t]`` with 1 where a venue with linkage is open; month 0 is as its file says."""
    is_open = starts == 1
    for t in range(months):
        if t > 0:
            u = uniform(seed, chance, venue_code, P_LINKAGE, t)
            is_open = linkage_next(is_open, u, unblock_rate, block_rate, leadership)
        out[t] = 1 if is_open else 0


class World:
    """One world as Python lists, for the Mesa model: what a belief and a chance hold.

    Parameters
    ----------
    arrays : negotiation_sim.engine.scenario.Arrays
    seed, belief, chance : int
        A plain run takes belief = chance = the replicate's number.

    Notes
    -----
    Every number comes from the compiled functions above, so both engines meet the same world.
    """

    def __init__(self, arrays, seed: int, belief: int, chance: int) -> None:  # noqa: ANN001
        self.arrays = arrays
        self.seed, self.belief, self.chance = np.uint64(seed), np.uint64(belief), np.uint64(chance)
        self.months = int(arrays.clock[0])
        self._draw_belief()
        self._draw_environment()
        self._moods = np.zeros((self.months, len(arrays.codes)))
        self._factors = np.zeros((len(arrays.bloc_codes), 4))
        self._filled = 0
        self._uniform, self._uniform_of = compiled(uniform), compiled(uniform_of)
        self._normal = compiled(normal)

    def _figures(self, codes, purpose: int, low, mode, high) -> np.ndarray:  # noqa: ANN001
        out = np.empty_like(mode)
        compiled(draw_figures)(self.seed, self.belief, codes, purpose, low, mode, high, out)
        return out

    def _draw_belief(self) -> None:
        a = self.arrays
        self.ideal = self._figures(
            a.codes, P_IDEAL, a.ideal_low, a.ideal_mode, a.ideal_high
        ).tolist()
        figures = self._figures(a.codes, P_ACTOR, a.actor_low, a.actor_mode, a.actor_high)
        self.actor_figures = figures.tolist()
        self.propensity = np.ascontiguousarray(figures[:, -1])
        self.venue_figures = self._figures(
            a.venue_codes, P_VENUE, a.venue_low, a.venue_mode, a.venue_high
        ).tolist()
        rows = self._figures(
            a.environment_code,
            P_ENVIRONMENT,
            a.environment_low,
            a.environment_mode,
            a.environment_high,
        )
        self.environment = dict(zip(ENVIRONMENT_PARAMETERS, rows[0].tolist(), strict=True))
        private = np.zeros(len(a.codes))
        compiled(draw_private)(
            self.seed, self.belief, a.codes, a.loadings, a.rest, a.bloc_codes,
            self.environment["private_sd"], private,
        )  # fmt: skip
        self.private = private.tolist()

    def _draw_environment(self) -> None:
        a, env = self.arrays, self.environment
        kinds, authors = np.zeros(self.months, np.int64), np.zeros(self.months, np.int64)
        crises = np.zeros(self.months, np.int64)
        thinning, crisis_draws = np.zeros(self.months), np.zeros(self.months)
        compiled(draw_events)(
            self.seed, self.chance, a.environment_code[0], a.codes, self.propensity, a.influence,
            env["event_rate"], env["deliberate_share"], env["crisis_rate"], self.months,
            kinds, authors, thinning, crises, crisis_draws,
        )  # fmt: skip
        self.kinds, self.authors, self.crises = kinds.tolist(), authors.tolist(), crises.tolist()
        self.thinning, self.crisis_draws = thinning.tolist(), crisis_draws.tolist()
        self.linkage: dict[int, list[int]] = {}

    def linkage_open(self, venue: int, month: int) -> bool:
        """Return whether a venue is not blocked by linkage in a month."""
        starts = int(self.arrays.venue_facts[venue, 0])
        if starts < 0:
            return True
        if venue not in self.linkage:
            figures = dict(zip(VENUE_PARAMETERS, self.venue_figures[venue], strict=True))
            out = np.zeros(self.months, np.int64)
            compiled(draw_linkage)(
                self.seed, self.chance, self.arrays.venue_codes[venue], starts,
                figures["unblock_rate"], figures["block_rate"], figures["leadership"], self.months, out,
            )  # fmt: skip
            self.linkage[venue] = out.tolist()
        return self.linkage[venue][month] == 1

    def mood(self, month: int) -> list[float]:
        """Return every actor's mood in a month; extends the series as far as it is needed."""
        a, env = self.arrays, self.environment
        while self._filled <= month:
            self._filled = compiled(extend_moods)(
                self.seed, self.chance, a.codes, a.loadings, a.rest, a.bloc_codes,
                env["mood_persistence"], env["mood_sd"], self._moods, self._filled, self._factors,
            )  # fmt: skip
        return self._moods[month].tolist()

    def uniform(self, code: np.uint64, purpose: int, month: int) -> float:
        """Return a uniform draw of a monthly series of this chance."""
        return self._uniform(self.seed, self.chance, code, purpose, month)

    def uniform_of(self, code: np.uint64, purpose: int, month: int, place: int) -> float:
        """Return the uniform draw at one place of a vector made in one month of this chance."""
        return self._uniform_of(self.seed, self.chance, code, purpose, month, place)

    def normal(self, u: float) -> float:
        """Return the standard normal quantile of a draw."""
        return self._normal(u)
