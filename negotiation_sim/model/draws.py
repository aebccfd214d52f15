"""Every random number of a replicate: counter-based, so that each can be computed alone.

A draw is a function of the seed, the belief or chance, the code of whom it concerns, its purpose
and the month, and of nothing else: Philox 4x64-10 (Salmon, Moraes, Dror and Shaw 2011) with key
(seed, belief or chance) and counter (code, purpose, index, 0). One block gives four words; series
use a block for four months. The plain engine computes the same words with Python's whole numbers, or
calls the compiled functions where they are at hand (:func:`~negotiation_sim.model.compiling.drawn`).
"""

from __future__ import annotations

import hashlib
import math
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

from negotiation_sim.model.compiling import compiled_as, drawn, formula, multiply_high, step
from negotiation_sim.model.numbers import triangular

if TYPE_CHECKING:
    from negotiation_sim.model.state import Grid, Matrix, Vector

    Word = int | np.uint64  # 64 bits without a sign

_M0, _M1 = np.uint64(0xD2E7470EE14C6C93), np.uint64(0xCA5A826395121157)
_W0, _W1 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBB67AE8584CAA73B)
_ZERO, _TWELVE = np.uint64(0), np.uint64(12)
_STEP = 2.0**-52
_WORD = (1 << 64) - 1


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
    GROUP_FIGURE = 20
    STATUS_QUO = 21
    CONVENING = 22
    CLIMATE = 23
    TREATY_DELAY = 24
    STATE_DELAY = 25
    MISREADING = 26
    DIRECTED_SHIFT = 27
    ELECTION = 28
    SCHEDULED = 29
    CHANGE = 30


P_IDEAL, P_ACTOR, P_VENUE, P_ENVIRONMENT = 1, 2, 3, 4
P_PRIVATE, P_MOOD, P_EVENT, P_EVENT_KIND, P_EVENT_AUTHOR = 5, 6, 7, 8, 9
P_CRISIS, P_CRISIS_KIND, P_CRISIS_AUTHOR, P_LINKAGE = 10, 11, 12, 13
P_TURNOVER, P_SHIFT, P_WITHDRAWAL, P_RATIFICATION, P_DOMESTIC, P_ACCESSION = 14, 15, 16, 17, 18, 19
P_GROUP, P_STATUS_QUO, P_CONVENING, P_CLIMATE, P_TREATY_DELAY = 20, 21, 22, 23, 24
P_STATE_DELAY, P_MISREADING, P_DIRECTED_SHIFT, P_ELECTION, P_SCHEDULED = 25, 26, 27, 28, 29
P_CHANGE = 30


def code_of(name: str) -> np.uint64:
    """Return the 64-bit code of a name (an actor's, a bloc's, ``environment``): BLAKE2b, 8 bytes.

    Examples
    --------
    >>> int(code_of("USA")) == int(code_of("USA")) != int(code_of("RUS"))
    True
    """
    digest = hashlib.blake2b(name.encode("utf-8"), digest_size=8).digest()
    return np.uint64(int.from_bytes(digest, "little"))


@compiled_as(lambda a: a)
def _whole(a: Word) -> int:
    return int(a)


@compiled_as(lambda a, b: a + b)
def _plus(a: int, b: Word) -> int:
    return (a + int(b)) & _WORD


@compiled_as(lambda a, b: a * b)
def _times(a: Word, b: int) -> int:
    return (int(a) * b) & _WORD


@formula
def philox(c0: Word, c1: Word, c2: Word, c3: Word, k0: Word, k1: Word) -> tuple[int, int, int, int]:
    """Return the four words of Philox 4x64-10 for a counter and a key, all unsigned 64-bit."""
    c0, c1, c2, c3 = _whole(c0), _whole(c1), _whole(c2), _whole(c3)
    k0, k1 = _whole(k0), _whole(k1)
    for turn in range(10):
        if turn > 0:
            k0 = _plus(k0, _W0)
            k1 = _plus(k1, _W1)
        high0 = multiply_high(_M0, c0)
        low0 = _times(_M0, c0)
        high1 = multiply_high(_M1, c2)
        low1 = _times(_M1, c2)
        c0, c1, c2, c3 = high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0
    return c0, c1, c2, c3


@drawn
def block(
    seed: int, replicate: int, code: int, purpose: int, index: int
) -> tuple[int, int, int, int]:
    """Return four words for (seed, replicate, code, purpose, index); codes and seeds unsigned."""
    return philox(code, np.uint64(purpose), np.uint64(index), _ZERO, seed, replicate)


@formula
def unit(word: int) -> float:
    """Return ``((word >> 12) + 0.5) * 2**-52``, strictly between 0 and 1."""
    return (np.float64(word >> _TWELVE) + 0.5) * _STEP


@drawn
def normal(u: float) -> float:
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


@formula
def word_of(words: tuple[int, int, int, int], place: int) -> int:
    """Return one of a block's four words."""
    if place == 0:
        return words[0]
    if place == 1:
        return words[1]
    if place == 2:
        return words[2]
    return words[3]


@drawn
def uniform(seed: int, replicate: int, code: int, purpose: int, month: int) -> float:
    """Return this month's uniform draw of a series; four months share a block."""
    return unit(word_of(block(seed, replicate, code, purpose, month >> 2), month & 3))


@drawn
def uniform_of(seed: int, replicate: int, code: int, purpose: int, month: int, place: int) -> float:
    """Return the draw at ``place`` (an issue, a figure) of a vector made in one month."""
    index = month * 16 + (place >> 2)
    return unit(word_of(block(seed, replicate, code, purpose, index), place & 3))


@step
def race(
    seed: int, replicate: int, codes: Vector, weights: Vector, purpose: int, month: int
) -> int:
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


@step
def draw_figures(
    seed: int, belief: int, codes: Vector, purpose: int, ranges: Grid, out: Matrix
) -> None:
    """Draw every ranged figure of a table (rows by code, columns by figure) into ``out``."""
    low, high = ranges.low, ranges.high
    for i in range(out.shape[0]):
        for p in range(out.shape[1]):
            if low[i, p] < high[i, p]:
                u = uniform_of(seed, belief, codes[i], purpose, 0, p)
                out[i, p] = triangular(u, low[i, p], ranges.mode[i, p], high[i, p])
            else:
                out[i, p] = ranges.mode[i, p]
