"""The likelihood of a case's whole outcome: a text by five years, by ten, or by neither.

The two deadlines of a case are one draw, not two: whatever is adopted by five years is so by ten.
From the log odds at both the three chances follow, and they sum to 1 also where an emulator puts
the odds at ten years below those at five.
"""

from __future__ import annotations

import numpy as np

# Least integrated hazard between the deadlines: where the odds at ten years are not above those at
# five, the chance of a text between them falls towards 0 smoothly and never reaches it.
LEAST = 0.005


def _softplus(x: np.ndarray) -> np.ndarray:
    answer: np.ndarray = np.logaddexp(0.0, x)
    return answer


def _hazard(log_odds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the integrated hazard between the deadlines, above 0, and its slope in the raw one."""
    raw = _softplus(log_odds[..., 1]) - _softplus(log_odds[..., 0])
    root = np.sqrt(raw * raw + 4.0 * LEAST * LEAST)
    hazard = np.where(raw > 0.0, 0.5 * (raw + root), 2.0 * LEAST * LEAST / (root - raw))
    return hazard, hazard / root


def category_chances(log_odds: np.ndarray) -> np.ndarray:
    """Return the chances of a text by five years, between five and ten, and of none by ten.

    Parameters
    ----------
    log_odds : array, shape (..., 2)
        Of a text by five and by ten years.

    Returns
    -------
    array, shape (..., 3)
        Above 0 each, together 1.
    """
    hazard, _ = _hazard(log_odds)
    open_at_five = np.exp(-_softplus(log_odds[..., 0]))
    late, none = -open_at_five * np.expm1(-hazard), open_at_five * np.exp(-hazard)
    return np.stack([np.exp(-_softplus(-log_odds[..., 0])), late, none], axis=-1)


def joint_log_likelihood(
    log_odds: np.ndarray, outcome: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the log likelihood of every case's outcome, and its slope in the log odds.

    The gradient in parameters is ``np.tensordot(emulator.slopes(z), slope, axes=2)``.

    Parameters
    ----------
    log_odds : array, shape (cases, 2)
        Of a text by five and by ten years.
    outcome : array, shape (cases, 2)
        1 adopted by then, 0 not, not-a-number where nobody knows; where only one of the two is
        known its own chance counts, where neither is the case counts nothing.

    Returns
    -------
    (array of shape (cases,), array of shape (cases, 2))
    """
    five, ten = outcome[:, 0], outcome[:, 1]
    odds = log_odds[:, 0]
    p5, p10 = 1.0 / (1.0 + np.exp(-log_odds.T))
    hazard, bend = _hazard(log_odds)
    d_hazard = np.stack([-bend * p5, bend * p10], axis=1)
    early = (five == 1.0) & (ten != 0.0)
    no_five = (five == 0.0) & ~np.isfinite(ten)
    late = (five == 0.0) & (ten == 1.0)
    none = (ten == 0.0) & (five != 1.0)
    by_ten = ~np.isfinite(five) & (ten == 1.0)

    open_at_five, at_five = -_softplus(odds), np.zeros_like(log_odds)
    at_five[:, 0] = 1.0
    exposed = _softplus(odds) + hazard  # integrated hazard to ten years
    d_exposed = at_five * p5[:, None] + d_hazard
    value, slope = np.zeros(len(odds)), np.zeros_like(log_odds)
    for rows, likelihood, slopes in (
        (early, -_softplus(-odds), at_five * (1.0 - p5)[:, None]),
        (no_five, open_at_five, -at_five * p5[:, None]),
        (late, open_at_five + np.log(-np.expm1(-hazard)),
         -at_five * p5[:, None] + d_hazard / np.expm1(hazard)[:, None]),
        (none, -exposed, -d_exposed),
        (by_ten, np.log(-np.expm1(-exposed)), d_exposed / np.expm1(exposed)[:, None]),
    ):  # fmt: skip
        value[rows], slope[rows] = likelihood[rows], slopes[rows]
    return value, slope
