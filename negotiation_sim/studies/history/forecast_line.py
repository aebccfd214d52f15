"""From the engine's share of worlds to the chance that is forecast: a line in log odds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from negotiation_sim.studies.history.logistic import fit_logistic

GENTLEST, STEEPEST = 0.5, 1.5  # slopes of the line


@dataclass(frozen=True)
class ForecastLine:
    """What carries the engine's log odds to those forecast, for each deadline: level and slope."""

    level: tuple[float, ...]
    slope: tuple[float, ...]

    def chances(self, log_odds: np.ndarray) -> np.ndarray:
        """Return the chances forecast from the engine's log odds, cases x deadlines.

        That of the later deadline is not below.
        """
        raw = 1.0 / (1.0 + np.exp(-(np.array(self.level) + np.array(self.slope) * log_odds)))
        answer: np.ndarray = np.maximum.accumulate(raw, axis=1)
        return answer


def log_odds_of(share: np.ndarray) -> np.ndarray:
    """Return log odds of shares of worlds; these are off 0 and 1."""
    answer: np.ndarray = np.log(share) - np.log1p(-share)
    return answer


PLAIN_LINE = ForecastLine((0.0, 0.0), (1.0, 1.0))


def line_of(inner: np.ndarray, engine: np.ndarray, outcome: np.ndarray) -> ForecastLine:
    """Return the line of a fit, from its own training rows alone.

    Parameters
    ----------
    inner : array, shape (rows, deadlines)
        Log odds of the emulator by fits without each row's frames: what the slope is taken from,
        since forecasts of the rows that were fitted are surer than they should be.
    engine : array, shape (rows, deadlines)
        Log odds of the engine by the fit itself: what the level is taken from.
    outcome : array, shape (rows, deadlines)
    """
    levels, slopes = [], []
    for d in range(outcome.shape[1]):
        known = np.isfinite(outcome[:, d])
        y = outcome[known, d]
        _, slope = _level_and_slope(inner[known, d], y)
        slope = min(STEEPEST, max(GENTLEST, slope))
        levels.append(level_of(slope * engine[known, d], y))
        slopes.append(slope)
    return ForecastLine(tuple(levels), tuple(slopes))


def _level_and_slope(log_odds: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    level, slope = fit_logistic(log_odds[:, None], y, penalty=1e-6)
    return float(level), float(slope)


def level_of(log_odds: np.ndarray, y: np.ndarray) -> float:
    """Return what must be added to log odds so that their mean chance is the share that happened."""
    level = 0.0
    for _ in range(100):
        chance = 1.0 / (1.0 + np.exp(-(log_odds + level)))
        curvature = max(1e-9, float((chance * (1.0 - chance)).mean()))
        level += float(np.clip((y.mean() - chance.mean()) / curvature, -2.0, 2.0))
    return level
