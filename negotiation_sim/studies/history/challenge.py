"""The expected-utility challenge model of Bueno de Mesquita, as documented by Scholz et al.

Every actor weighs challenging every other; the challenged move to the offer that asks least. The
forecast is the weighted median after some rounds. It is here as a second opinion and a judge, not
as part of our own model.

References
----------
Bueno de Mesquita (1994), in Bueno de Mesquita and Stokman (eds), European Community Decision
Making, Yale University Press. Scholz, Calbert and Smith (2011), Journal of Theoretical Politics
23(4), 510-531.

Notes
-----
What the publications leave open was settled by trying the variants on the emission-standards
table: the chance of success divides by the votes over all pairs of positions, each voter judging
by its own risk; an actor judges both sides of a pair by its own risk; challenges count before
compromises before capitulations; among compromises the published medians follow if the least
``(|E_i| x_i + |E_j| x_j) / (|E_i| + |E_j|)`` is taken and not the least move (``compromise``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from negotiation_sim.errors import UsageError
from negotiation_sim.studies.history.baselines import checked, weighted_mean, weighted_median

Compromise = Literal["published", "least_move"]
DEFAULT_ROUNDS = 8


@dataclass(frozen=True)
class ChallengeRounds:
    """Weighted median, weighted mean and positions before the first and after every round."""

    medians: tuple[float, ...]
    means: tuple[float, ...]
    positions: tuple[tuple[float, ...], ...]


def success_chance(
    position: np.ndarray, weight: np.ndarray, risk: np.ndarray, span: float
) -> np.ndarray:
    """Return the chance that the row's position beats the column's in a vote of all actors.

    A voter's vote is its weight times the difference of ``(distance / span) ** risk``; the chance
    is the sum of votes in favour over all votes on all pairs (not on this pair alone).
    """
    loss = (np.abs(position[:, None] - position[None, :]) / span) ** risk[:, None]
    vote = weight[:, None, None] * (loss[:, None, :] - loss[:, :, None])
    total = np.abs(vote).sum()
    if total <= 0.0:
        return np.zeros((len(position), len(position)))
    answer: np.ndarray = np.maximum(vote, 0.0).sum(axis=0) / total
    return answer


def expected_utility(
    position: np.ndarray, weight: np.ndarray, salience: np.ndarray, view: float, risk: np.ndarray,
    span: float, resistance: float,
) -> np.ndarray:  # fmt: skip
    """Return what the row's actor expects of challenging the column's, in the eyes of ``view``.

    Notes
    -----
    ``E = s_j (P u_success + (1 - P) u_failure) + (1 - s_j) u_success - Q u_status_quo`` with
    ``u = 2 - 4 (1/2 -+ distance / (2 span)) ** view``; the defender resists with probability of
    its salience. ``resistance`` is Q, 1 in the published runs.
    """
    distance = np.abs(position[:, None] - position[None, :]) / span
    success = 2.0 - 4.0 * np.maximum(0.5 - 0.5 * distance, 0.0) ** view
    failure = 2.0 - 4.0 * (0.5 + 0.5 * distance) ** view
    chance = success_chance(position, weight, risk, span)
    fight = salience[None, :] * (chance * success + (1.0 - chance) * failure)
    unopposed = (1.0 - salience[None, :]) * success
    answer: np.ndarray = fight + unopposed - resistance * (2.0 - 4.0 * 0.5**view)
    return answer


def risk_exponents(
    position: np.ndarray, weight: np.ndarray, salience: np.ndarray, span: float, resistance: float
) -> np.ndarray:
    """Return each actor's risk exponent in [1/2, 2]: 2 for the most secure position.

    Security is what all others expect of challenging the actor: ``R = (2 E - max - min) / (max -
    min)`` and ``r = (1 - R / 3) / (1 + R / 3)``.
    """
    neutral = np.ones_like(position)
    gain = expected_utility(position, weight, salience, 1.0, neutral, span, resistance)
    np.fill_diagonal(gain, 0.0)
    danger = gain.sum(axis=0)
    width = danger.max() - danger.min()
    if width <= 0.0:
        return neutral
    share = (2.0 * danger - danger.max() - danger.min()) / width
    answer: np.ndarray = (1.0 - share / 3.0) / (1.0 + share / 3.0)
    return answer


def _answer(i: int, position: np.ndarray, gain: np.ndarray, compromise: Compromise) -> float:
    """Return where actor ``i`` moves, given what it thinks each side of each pair expects."""
    fights, deals, yields = [], [], []
    for j in range(len(position)):
        own, other = gain[i, j], gain[j, i]
        if position[j] == position[i] or other <= 0.0:
            continue
        gap = position[j] - position[i]
        if other > own > 0.0:
            fights.append((abs(gap), position[j]))
        elif own < 0.0 and other > -own:
            offer = position[i] + gap * abs(own / other)
            pooled = (abs(own) * position[i] + abs(other) * position[j]) / (abs(own) + abs(other))
            key = pooled if compromise == "published" else abs(offer - position[i])
            deals.append((key, offer))
        elif own < 0.0:
            yields.append((abs(gap), position[j]))
    for offers in (fights, deals, yields):
        if offers:
            return float(min(offers)[1])
    return float(position[i])


def challenge_rounds(
    position: ArrayLike,
    salience: ArrayLike,
    capability: ArrayLike,
    rounds: int = DEFAULT_ROUNDS,
    *,
    resistance: float = 1.0,
    compromise: Compromise = "published",
) -> ChallengeRounds:
    """Run the challenge model on one issue.

    Parameters
    ----------
    position, salience, capability : array_like
        One number an actor; salience in [0, 1].
    rounds : int
        Number of rounds; 0 gives the opening median and mean only.
    resistance : float
        Q, the weight of the status quo; 1, or 1/2 in some of the published variants.
    compromise : {'published', 'least_move'}
        Which of several compromises an actor takes.

    Examples
    --------
    >>> challenge_rounds([0.0, 1.0, 1.0], [0.5, 0.5, 0.5], [1.0, 1.0, 1.0], 0).medians
    (1.0,)
    """
    if rounds < 0:
        raise UsageError(f"rounds: {rounds} is negative")
    s = np.asarray(salience, dtype=float)
    x, weight = checked(position, np.asarray(capability, dtype=float) * s)
    if (s < 0.0).any() or (s > 1.0).any():
        raise UsageError("salience must lie between 0 and 1")
    span = float(x.max() - x.min())
    x = x.copy()
    seen = [x.copy()]
    for _ in range(rounds if span > 0.0 else 0):
        risk = risk_exponents(x, weight, s, span, resistance)
        moved = x.copy()
        for i in range(len(x)):
            gain = expected_utility(x, weight, s, float(risk[i]), risk, span, resistance)
            moved[i] = _answer(i, x, gain, compromise)
        x = moved
        seen.append(x.copy())
    return ChallengeRounds(
        medians=tuple(weighted_median(at, weight) for at in seen),
        means=tuple(weighted_mean(at, weight) for at in seen),
        positions=tuple(tuple(float(p) for p in at) for at in seen),
    )
